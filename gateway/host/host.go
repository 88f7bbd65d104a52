// Package host is the super-app's own API, /host/v1: who is using it, which programs there are and which release this
// person gets, the wallet's balance, top-up and bills. Only the shell calls it.
//
// It decodes, runs verbs of platform rooms in one transaction, and encodes; it holds no rule. Amounts are yuan with two
// decimals. Errors are {"code", "message"}. In a demo the person may be changed at will; elsewhere a person has to be
// signed in. Start reading at New.
package host

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"souk/gateway/site"
	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/messenger"
)

// Options are what the door needs.
type Options struct {
	DB    *db.DB
	Shelf *site.Shelf
	// Demo lets anybody become anybody, and signs the first visitor in as the first person. PINHint is then shown.
	Demo    bool
	PINHint string
	Dev     bool
	// Messages carries codes to phones; nil is none, in a demo the simulated network.
	Messages messenger.Port
	// Listings are words and pictures about programs that no room keeps yet, by appId.
	Listings map[merchant.AppID]Listing
	Log      *slog.Logger // nil is slog.Default
}

// Listing is how a program introduces itself.
type Listing struct {
	About, AboutZh string
	Icon           string // a path inside its release ("assets/logo.png"), or ""
	Hidden         bool   // opens by its address only
}

const maxBody = 16 << 10

// Cookie is the name of the session's cookie; gateway/my and gateway/commerce read the same one.
const Cookie = "souk_session"

var (
	errSite    = fault.New(fault.Forbidden, "NOT_FROM_SHELL", "calls need the header X-Souk: 1, and JSON bodies")
	errBody    = fault.New(fault.Invalid, "BODY_INVALID", "the body is not the JSON object that this address takes")
	errNoDemo  = fault.New(fault.Forbidden, "NOT_A_DEMO", "persons can be changed in a demo only")
	errRelease = fault.New(fault.NotFound, "NOT_RELEASED", "this mini-program has no release here")
	errBill    = fault.New(fault.NotFound, "BILL_NOT_FOUND", "there is no such bill")
	errAddress = fault.New(fault.NotFound, "ADDRESS_UNKNOWN", "there is nothing at this address")
)

type door struct{ Options }

// verb answers one address for the person asking.
type verb func(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error)

// New is the handler of /host/v1/.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Messages == nil && o.Demo {
		o.Messages = messenger.Inbox{DB: o.DB}
	}
	d := door{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /host/v1/session", d.session)
	mux.HandleFunc("POST /host/v1/session", d.become)
	mux.HandleFunc("GET /host/v1/programs", d.as(o.DB.Read, d.programs))
	mux.HandleFunc("GET /host/v1/programs/{app}", d.as(o.DB.Read, d.program))
	mux.HandleFunc("GET /host/v1/open/{app}", d.opening)
	mux.HandleFunc("GET /host/v1/wallet", d.as(o.DB.Read, balance))
	mux.HandleFunc("POST /host/v1/wallet/topup", d.as(o.DB.Write, topUp))
	mux.HandleFunc("POST /host/v1/wallet/withdraw", d.acts(d.withdraw))
	mux.HandleFunc("POST /host/v1/wallet/transfer", d.acts(d.transfer))
	mux.HandleFunc("POST /host/v1/wallet/payee", d.acts(d.findPayee))
	mux.HandleFunc("POST /host/v1/wallet/limit", d.acts(d.setLimit))
	mux.HandleFunc("GET /host/v1/pin", d.as(o.DB.Read, pinState))
	mux.HandleFunc("POST /host/v1/pin", d.acts(d.setPIN))
	mux.HandleFunc("POST /host/v1/pin/code", d.acts(d.sendPINCode))
	mux.HandleFunc("GET /host/v1/bills.csv", d.export)
	mux.HandleFunc("GET /host/v1/bills", d.as(o.DB.Read, bills))
	mux.HandleFunc("GET /host/v1/bills/{id}", d.as(o.DB.Read, bill))
	mux.HandleFunc("GET /host/v1/orders", d.as(o.DB.Read, d.orders))
	mux.HandleFunc("GET /host/v1/passes", d.as(o.DB.Read, d.passes))
	mux.HandleFunc("GET /host/v1/passes/find", d.as(o.DB.Read, d.passBySerial))
	mux.HandleFunc("GET /host/v1/messages", d.as(o.DB.Read, d.messages))
	mux.HandleFunc("GET /host/v1/messages/unread", d.as(o.DB.Read, unread))
	mux.HandleFunc("POST /host/v1/messages/read", d.as(o.DB.Write, readMessages))
	mux.HandleFunc("GET /host/v1/subscriptions", d.as(o.DB.Read, subscriptions))
	mux.HandleFunc("POST /host/v1/subscriptions/end", d.as(o.DB.Write, endSubscription))
	mux.HandleFunc("POST /host/v1/passes/remove", d.as(o.DB.Write, removePass))
	mux.HandleFunc("GET /host/v1/passes/{id}", d.as(o.DB.Read, d.pass))
	mux.HandleFunc("POST /host/v1/paycode", d.as(o.DB.Write, newPayCode))
	mux.HandleFunc("GET /host/v1/paycode/{code}", d.as(o.DB.Read, payCodeUse))
	mux.HandleFunc("POST /host/v1/collect", d.as(o.DB.Write, newCollect))
	mux.HandleFunc("GET /host/v1/collect/{id}", d.as(o.DB.Read, collect))
	mux.HandleFunc("GET /host/v1/due", d.as(o.DB.Read, due))
	mux.HandleFunc("GET /host/v1/authorisations/{no}", d.as(o.DB.Read, authorisation))
	mux.HandleFunc("POST /host/v1/authorisations", d.acts(d.agree))
	mux.HandleFunc("GET /host/v1/promises", d.as(o.DB.Read, promises))
	mux.HandleFunc("POST /host/v1/agreements/end", d.as(o.DB.Write, endAgreement))
	mux.HandleFunc("POST /host/v1/signin/code", d.sendSignInCode)
	mux.HandleFunc("POST /host/v1/signin", d.signInByPhone)
	mux.HandleFunc("GET /host/v1/passkeys", d.as(o.DB.Read, passkeys))
	mux.HandleFunc("POST /host/v1/passkeys", d.acts(d.addPasskey))
	mux.HandleFunc("POST /host/v1/passkeys/ask", d.acts(d.askPasskey))
	mux.HandleFunc("POST /host/v1/passkeys/remove", d.as(o.DB.Write, removePasskey))
	mux.HandleFunc("POST /host/v1/signin/passkey/ask", d.askSignIn)
	mux.HandleFunc("POST /host/v1/signin/passkey", d.signInByPasskey)
	mux.HandleFunc("POST /host/v1/signout", d.signOut)
	mux.HandleFunc("GET /host/v1/inbox", d.inbox)
	mux.HandleFunc("GET /host/v1/sessions", d.as(o.DB.Read, sessions))
	mux.HandleFunc("POST /host/v1/sessions/end", d.as(o.DB.Write, endSessions))
	mux.HandleFunc("POST /host/v1/me", d.as(o.DB.Write, rename))
	mux.HandleFunc("GET /host/v1/consents/log", d.as(o.DB.Read, consentLog))
	mux.HandleFunc("GET /host/v1/consents", d.as(o.DB.Read, consents))
	mux.HandleFunc("/host/v1/", func(w http.ResponseWriter, r *http.Request) { d.refuse(w, r, errAddress) })
	return mux
}

// as runs a verb in a transaction for whoever is signed in.
func (d door) as(run func(context.Context, func(*db.Tx) error) error, f verb) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := fromShell(r); err != nil {
			d.refuse(w, r, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		body, err := io.ReadAll(r.Body) // before the transaction, which may run twice
		if err != nil {
			d.refuse(w, r, errBody.With("more than %d bytes", maxBody))
			return
		}
		var answer any
		err = run(r.Context(), func(tx *db.Tx) error {
			person, err := identity.Session(r.Context(), tx, token(r))
			if err != nil {
				return err
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			answer, err = f(r.Context(), tx, person, r)
			return err
		})
		d.finish(w, r, answer, err)
	}
}

// fromShell refuses what another site's page could make a browser send.
func fromShell(r *http.Request) error {
	if r.Header.Get("X-Souk") != "1" {
		return errSite
	}
	if r.Method != http.MethodGet && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return errSite
	}
	return nil
}

func token(r *http.Request) string {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func decode(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return errBody
	}
	return nil
}

var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Unauthorized: http.StatusUnauthorized,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

func (d door) finish(w http.ResponseWriter, r *http.Request, answer any, err error) {
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply(w, http.StatusOK, answer)
}

func (d door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Internal {
		if !errors.Is(err, context.Canceled) {
			d.Log.Error("host", "path", r.URL.Path, "error", err)
		}
		f = fault.New(fault.Internal, "SYSTEM_ERROR", "something went wrong here; please try again")
	}
	reply(w, statuses[f.Kind], map[string]string{"code": f.Code, "message": f.Message})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
