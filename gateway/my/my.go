// Package my is the server half of my.*: POST /my/{appId}/{api} with a JSON body, as the person of the session cookie in that program.
//
// Only the shell calls it: a frame or a worker has no network. A call must carry X-Souk: 1 and a JSON body, which another site's page
// cannot make a browser send. Each api is one row of the table; it decodes, runs verbs of platform rooms in a transaction, and
// encodes {"data": …}, or {"error": number, "errorMessage": words, "fault": CODE} with a fitting status. Rules live in the rooms.
// Start reading at apis, the table.
package my

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/egress"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	trades "souk/platform/pay"
)

// Limits of a call.
const (
	maxBody    = 8 << 20 // an upload travels in it, in base64
	maxSeconds = 70
)

// Options are what the door needs.
type Options struct {
	DB  *db.DB
	Dev bool         // developer mode: any host may be called, private addresses too
	Log *slog.Logger // nil is slog.Default
	// Prove checks a payer's PIN at the cashier. nil is identity.CheckPIN; another one is for measuring without the PIN's hash.
	Prove func(ctx context.Context, d *db.DB, person identity.PersonID, pin string) error
	// SubmitOrder makes the trade that a signed order string of the open API asks for, and answers what to show at the cashier. nil: none are taken.
	SubmitOrder func(ctx context.Context, order string) (any, error)
}

type door struct {
	Options
	out    *http.Client
	till   *trades.Till
	people *db.Memo[tokenHash, identity.Person] // by their session's token
	apps   *db.Memo[merchant.AppID, merchant.App]
}

// tokenHash stands for a session's token: the token itself is kept nowhere.
type tokenHash [sha256.Size]byte

// call is one call, decoded as far as every api needs it.
type call struct {
	*door
	app     merchant.App
	person  identity.Person
	origin  string // of the shell, as the browser says
	body    json.RawMessage
	granted string    // a host that the merchant named itself, of the api cloud
	paying  payment   // of the api pay
	total   money.Fen // what paying is about, once it was looked at
}

// look is what an api reads in the snapshot in which its caller was found: a second snapshot costs a busy database more than the reading.
type look func(ctx context.Context, tx *db.Tx, c *call) error

var looks = map[string]look{
	"pay":        lookAtPayment,
	"askPasskey": lookAtPayment,
}

// verb answers one api.
type verb func(ctx context.Context, c call) (any, error)

var apis = map[string]verb{
	"cashier":         cashier,
	"pay":             pay,
	"askPasskey":      askPasskey,
	"trade":           trade,
	"orderStr":        orderStr,
	"getAuthCode":     getAuthCode,
	"getOpenUserInfo": getOpenUserInfo,
	"getAuthUserInfo": getAuthUserInfo,
	"getPhoneNumber":  getPhoneNumber,
	"getAddress":      getAddress,
	"consent":         consent,
	"consents":        consents,
	"request":         request,
	"uploadFile":      uploadFile,
	"downloadFile":    downloadFile,
	"decode":          decode,
	"encode":          encode,
	"contacts":        contacts,
	"contactsChosen":  contactsChosen,
	"cloud":           cloud,
	"subscriptions":   subscriptions,
	"subscribe":       subscribe,
	"unsubscribe":     unsubscribe,
}

var (
	errAPI  = fault.New(fault.NotFound, "API_UNKNOWN", "this platform has no such api")
	errBody = fault.New(fault.Invalid, "BODY_INVALID", "the body is not the JSON object that this api takes")
	errSite = fault.New(fault.Forbidden, "NOT_FROM_SHELL", "calls need the header X-Souk: 1 and the content type application/json")
)

// New is the handler of POST /my/{appId}/{api}, and of GET /my/{appId}/socket, a WebSocket.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Prove == nil {
		o.Prove = identity.CheckPIN
	}
	d := &door{Options: o, out: egress.New(o.Dev), till: trades.NewTill(o.DB),
		people: db.NewMemo[tokenHash, identity.Person](o.DB, identity.SessionTables...),
		apps:   db.NewMemo[merchant.AppID, merchant.App](o.DB, merchant.AppTables...)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /my/{app}/{api}", d.serve)
	mux.Handle("GET /my/{app}/socket", newSockets(d))
	return mux
}

func (d *door) serve(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), maxSeconds*time.Second)
	defer cancel()
	data, err := d.answer(ctx, w, r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply(w, http.StatusOK, answer{data})
}

// answer is the body of a call that was granted.
type answer struct {
	Data any `json:"data"`
}

func (d *door) answer(ctx context.Context, w http.ResponseWriter, r *http.Request) (any, error) {
	if r.Header.Get("X-Souk") != "1" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return nil, errSite
	}
	verb, ok := apis[r.PathValue("api")]
	if !ok {
		return nil, errAPI.With("%.64q", r.PathValue("api"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, errBody.With("more than %d bytes", maxBody)
	}
	c := call{door: d, origin: r.Header.Get("Origin"), body: body}
	if err := d.find(ctx, &c, sessionToken(r), merchant.AppID(r.PathValue("app")), looks[r.PathValue("api")]); err != nil {
		return nil, err
	}
	return verb(ctx, c)
}

// find finds who calls, and in which program, and looks at what the api has to look at. Who and which are remembered until they change: see db.Memo.
func (d *door) find(ctx context.Context, c *call, token string, app merchant.AppID, look look) error {
	session := tokenHash(sha256.Sum256([]byte(token)))
	var knownPerson, knownApp bool
	c.person, knownPerson = d.people.Get(session)
	c.app, knownApp = d.apps.Get(app)
	if knownPerson && knownApp && look == nil {
		return nil
	}
	people, apps := d.people.Mark(), d.apps.Mark()
	err := d.DB.ReadTogether(ctx, func(tx *db.Tx) (err error) {
		if !knownPerson {
			if c.person, err = identity.Session(ctx, tx, token); err != nil {
				return err
			}
		}
		if !knownApp {
			if c.app, err = merchant.FindApp(ctx, tx, app); err != nil {
				return err
			}
		}
		if look != nil {
			err = look(ctx, tx, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !knownPerson {
		d.people.Keep(people, session, c.person)
	}
	if !knownApp {
		d.apps.Keep(apps, app, c.app)
	}
	return nil
}

// Cookie is the name of the session's cookie; its value is an identity token.
const Cookie = "souk_session"

func sessionToken(r *http.Request) string {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// decode reads a call's body into v.
func (c call) decode(v any) error {
	if err := json.Unmarshal(c.body, v); err != nil {
		return errBody
	}
	return nil
}

// numbers are the JSAPI's error numbers by kind of refusal; 12 (no network) is the shell's own.
var numbers = map[fault.Kind]int{
	fault.Internal: 3, fault.Invalid: 2, fault.NotFound: 3, fault.Conflict: 3, fault.Forbidden: 4, fault.Unauthorized: 4, fault.TooMany: 3, fault.Unavailable: 12,
}

var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Unauthorized: http.StatusUnauthorized,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

// exceptions have a number of their own: 11 and 2001 are "not allowed by the person", 1 to 20 of request come from its documentation.
var exceptions = map[*fault.Fault]int{
	errAPI:                     1,
	identity.ErrConsentMissing: 2001,
	errHost:                    23,
	errUpstream:                12,
	errSlow:                    13,
	egress.ErrTooLarge:         14,
}

func (d *door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Internal {
		d.Log.Error("my", "api", r.PathValue("api"), "app", r.PathValue("app"), "error", err)
		f = fault.New(fault.Internal, "SYSTEM_ERROR", "something went wrong here; please try again")
	}
	number := numbers[f.Kind]
	for special, n := range exceptions {
		if errors.Is(f, special) {
			number = n
		}
	}
	reply(w, statuses[f.Kind], map[string]any{"error": number, "errorMessage": f.Message, "fault": f.Code})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
