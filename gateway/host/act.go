package host

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"souk/kit/db"
	"souk/platform/identity"
)

// act answers an address that minds its own transactions, for the person asking: a PIN is checked between them.
type act func(ctx context.Context, who asking, body []byte) (any, error)

// asking is who asks, and from where.
type asking struct {
	identity.Person
	token  string
	origin string // of the shell, as the browser says: https://host
}

// acts runs an act for whoever is signed in.
func (d door) acts(f act) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := d.actFor(w, r, f)
		d.finish(w, r, answer, err)
	}
}

func (d door) actFor(w http.ResponseWriter, r *http.Request, f act) (any, error) {
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	who := asking{token: token(r), origin: r.Header.Get("Origin")}
	if err := d.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		who.Person, err = identity.Session(r.Context(), tx, who.token)
		return err
	}); err != nil {
		return nil, err
	}
	return f(r.Context(), who, body)
}

// readBody is the body of a call that came from the shell.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := fromShell(r); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, errBody.With("more than %d bytes", maxBody)
	}
	return body, nil
}

func parse(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return errBody
	}
	return nil
}
