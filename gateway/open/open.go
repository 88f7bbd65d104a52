// Package open is the door for merchants' servers: Alipay's open API, dialects
// v2 (/gateway.do) and v3 (/v3/…), so that an unmodified Alipay SDK works after
// changing the address and the keys.
//
// It decodes, checks who is calling, runs one verb of a platform room in one
// transaction, and encodes the answer in the exact bytes that SDKs cut apart.
// It holds no money rule and writes no table itself. What it does not offer it
// names honestly.
//
// Start reading at Door.Routes; then v2.go and v3.go (the two dialects),
// methods.go (the table of methods), refusal.go (every error), and one file a
// family: trade.go, identity.go, fund.go, split.go, bill.go.
package open

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"souk/kit/db"
	"souk/kit/egress"
	"souk/kit/event"
	"souk/kit/fault"
	"souk/kit/job"
	"souk/platform/openapp"
)

// Config is what the door needs of the house.
type Config struct {
	DB        *db.DB
	Base      string // how callers and browsers reach us, without a slash at the end: "http://127.0.0.1:8080"
	Developer bool   // notifications may go to private addresses
	AppRate   int    // calls a second that one app may make, with twice as many saved up; 0 is any number
	Log       *slog.Logger
}

// Door answers the open API. Make it with New; run its jobs with Run.
type Door struct {
	Config
	own    openapp.Own // as it was at the start; answers are signed with signer
	keys   keyring
	apps   *db.Memo[string, knownApp]
	calls  chan noted
	client *http.Client
	names  []string // of the methods that work here
	forged budget   // of signed answers to requests that are not genuine, or too many
	rates  sync.Map // app id → *budget, of genuine calls
	lost   lost
}

// New makes the door, and at the first start the platform's key.
func New(ctx context.Context, c Config) (*Door, error) {
	own, err := openapp.Ensure(ctx, c.DB)
	if err != nil {
		return nil, err
	}
	return &Door{Config: c, own: own, apps: db.NewMemo[string, knownApp](c.DB, openapp.KeyTables...), keys: keyring{own: own, at: c.DB.Now()}, calls: make(chan noted, callBacklog), client: egress.New(c.Developer), names: offeredNames()}, nil
}

// Paths that this door answers, beside /gateway.do and /v3/.
const (
	gatewayPath = "/gateway.do"
	v3Path      = "/v3/"
	errorsPath  = "/open/errors/"
	returnPath  = "/open/return/"
	billPath    = "/open/bill/"
	qrPath      = "/open/qr/"
	authPath    = "/open/auth/"
	agreePath   = "/open/agree/"
	receiptPath = "/open/receipt/"
	// agreementsPath is where a person sees, and ends, agreements to later payments.
	agreementsPath = "/open/agreements"
	cashierPath    = "/#/cashier?"
)

// Routes adds the door's paths to mux.
func (d *Door) Routes(mux *http.ServeMux) {
	mux.HandleFunc(gatewayPath, d.serveV2)
	mux.HandleFunc(v3Path, d.serveV3)
	mux.HandleFunc("GET "+errorsPath+"{code}", d.serveErrorPage)
	d.routePages(mux)
	d.routeAsk(mux)
}

// Run writes the call log and sends notifications until ctx ends, then returns.
func (d *Door) Run(ctx context.Context) {
	var group sync.WaitGroup
	group.Go(func() { d.writeCalls(ctx) })
	group.Go(func() { event.Consume(ctx, d.DB, notifyConsumer, d.onEvent, notifyEvents...) })
	group.Go(func() { job.Run(ctx, d.DB, d.notifyKind(), d.packetKind()) })
	group.Wait()
}

// call is one request that passed the gateway's checks, whatever its dialect.
type call struct {
	door      *Door
	app       openapp.App // for whom: its own app's, or the one that an app_auth_token names
	agent     string      // the app that called for another; "" when it called for itself
	method    string
	biz       []byte // a JSON object in UTF-8
	notifyURL string
	returnURL string
	authToken string
	certified bool // the request was in certificate mode
	files     []upload
}

// newTrace names one answer: 32 hex digits.
func newTrace() string {
	var raw [16]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// explain turns an error of a verb into a refusal. What is nobody's fault but
// ours is logged here and told without details.
func (d *Door) explain(trace, method string, err error) *refusal {
	if bad := refusalOf(method, err); bad != nil {
		return bad
	}
	d.Log.Error("open api call failed", "trace", trace, "method", method, "error", err)
	return refuse("isp.unknow-error")
}

// refusalOf is the refusal that an error of a verb is; nil when it is none.
func refusalOf(method string, err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	if f, known := fault.Of(err); known && f.Kind != fault.Internal {
		return translate(method, f)
	}
	return nil
}

// remote is the caller's address without its port, for the call log.
func remote(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return at.Addr().Unmap().String()
}

// now is the one clock as a time, in the zone that the protocol writes.
func (d *Door) now() time.Time { return time.UnixMilli(d.DB.Now()).In(china) }

// china is GMT+8, the zone of every date in the protocol.
var china = time.FixedZone("GMT+8", 8*60*60)

const dateTime = "2006-01-02 15:04:05"

// stamp writes milliseconds since 1970 as the protocol does; zero is nothing.
func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(china).Format(dateTime)
}
