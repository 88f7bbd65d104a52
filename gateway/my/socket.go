package my

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"souk/kit/db"
	"souk/kit/egress"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// Limits of sockets.
const (
	maxSockets       = 4096 // in this process
	maxSocketMessage = 1 << 20
	maxSocketLife    = 4 * time.Hour
	socketOpening    = 10 * time.Second
	socketBeat       = 30 * time.Second
	socketWrite      = 20 * time.Second
	maxProtocols     = 8
)

// Close codes of our own. The reason says in words what was refused.
const (
	closeRefused  = websocket.StatusCode(4403)
	closeNoAnswer = websocket.StatusCode(4502)
)

// socketWish is the first message of the shell: which socket the program wants. The answer is {"open": true, "protocol": "…"},
// or the socket is closed with a code of our own. After it, messages pass both ways as they are.
type socketWish struct {
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Protocols []string          `json:"protocols"`
}

// sockets serves GET /my/{appId}/socket: my.connectSocket. The browser's end is joined with the host that the program names.
type sockets struct {
	*door
	out    *http.Client
	places chan struct{}
}

func newSockets(d *door) *sockets {
	plain := d.out.Transport.(*http.Transport).Clone()
	plain.ForceAttemptHTTP2 = false
	plain.Protocols = new(http.Protocols)
	plain.Protocols.SetHTTP1(true) // a socket begins as HTTP/1.1
	return &sockets{d, &http.Client{Transport: plain, CheckRedirect: d.out.CheckRedirect}, make(chan struct{}, maxSockets)}
}

// ServeHTTP takes sockets of our own pages only: the websocket package refuses another origin than the host asked.
func (s *sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := call{door: s.door}
	if err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if c.person, err = identity.Session(r.Context(), tx, sessionToken(r)); err != nil {
			return err
		}
		c.app, err = merchant.FindApp(r.Context(), tx, merchant.AppID(r.PathValue("app")))
		return err
	}); err != nil {
		s.refuse(w, r, err)
		return
	}
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		s.refuse(w, r, errTooManySockets)
		return
	}
	near, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	defer near.CloseNow()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), maxSocketLife)
	defer cancel()
	s.join(ctx, c, near)
}

var errTooManySockets = fault.New(fault.Unavailable, "SOCKETS_FULL", "too many sockets are open here")

func (s *sockets) join(ctx context.Context, c call, near *websocket.Conn) {
	near.SetReadLimit(maxSocketMessage)
	far, err := s.dial(ctx, c, near)
	if err != nil {
		f, ok := fault.Of(err)
		code, words := closeNoAnswer, egress.Why(err)
		if ok {
			code, words = closeRefused, f.Message
		}
		near.Close(code, words)
		return
	}
	defer far.CloseNow()
	far.SetReadLimit(maxSocketMessage)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() { pass(ctx, far, near); cancel() })
	both.Go(func() { pass(ctx, near, far); cancel() })
	both.Go(func() { keepAlive(ctx, near) })
	both.Go(func() { keepAlive(ctx, far) })
	both.Wait()
}

// dial reads the wish, judges its address like a request's, and opens the far end.
func (s *sockets) dial(ctx context.Context, c call, near *websocket.Conn) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, socketOpening)
	defer cancel()
	var wish socketWish
	_, text, err := near.Read(ctx)
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(text, &wish) != nil || len(wish.Protocols) > maxProtocols {
		return nil, errBody
	}
	u, err := url.Parse(wish.URL)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" {
		return nil, errURL.With("a socket has a ws:// or wss:// address")
	}
	u.Scheme = strings.Replace(u.Scheme, "ws", "http", 1)
	// The same rules as for a request: scheme, host on the list, headers that are not the connection's own.
	like, err := c.outgoingRequest(ctx, outgoing{Headers: wish.Headers}, u.String(), nil)
	if err != nil {
		return nil, err
	}
	far, _, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{HTTPClient: s.out, HTTPHeader: withoutSocketHeaders(like.Header), Subprotocols: wish.Protocols})
	if err != nil {
		if errors.Is(err, egress.ErrPrivate) {
			return nil, egress.ErrPrivate
		}
		return nil, err
	}
	opened, err := json.Marshal(map[string]any{"open": true, "protocol": far.Subprotocol()})
	if err == nil {
		err = near.Write(ctx, websocket.MessageText, opened)
	}
	if err != nil {
		far.CloseNow()
		return nil, err
	}
	return far, nil
}

// withoutSocketHeaders takes out what the handshake writes itself.
func withoutSocketHeaders(h http.Header) http.Header {
	for name := range h {
		if strings.HasPrefix(name, "Sec-Websocket-") {
			delete(h, name)
		}
	}
	return h
}

// pass carries messages until one end closes, and then closes the other end with the same code.
func pass(ctx context.Context, from, to *websocket.Conn) {
	for {
		kind, data, err := from.Read(ctx)
		if err != nil {
			code, words := websocket.StatusGoingAway, "the other side is gone"
			var said websocket.CloseError
			if errors.As(err, &said) {
				code, words = said.Code, said.Reason
			}
			if code == websocket.StatusNoStatusRcvd || code == websocket.StatusAbnormalClosure {
				code = websocket.StatusNormalClosure
			}
			to.Close(code, words)
			return
		}
		writing, cancel := context.WithTimeout(ctx, socketWrite)
		err = to.Write(writing, kind, data)
		cancel()
		if err != nil {
			from.Close(websocket.StatusGoingAway, "the other side does not read")
			return
		}
	}
}

// keepAlive asks for a sign of life; an end that gives none is closed.
func keepAlive(ctx context.Context, conn *websocket.Conn) {
	beat := time.NewTicker(socketBeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			asking, cancel := context.WithTimeout(ctx, socketOpening)
			err := conn.Ping(asking)
			cancel()
			if err != nil {
				conn.CloseNow()
				return
			}
		}
	}
}
