// Package desk is what every page of the console stands on: who is asking and what they may see, the frame around a page, its words in
// two languages, its styles and scripts.
//
// A page is a folder under console/pages: page.go reads and decides through the rooms, page.html draws, page.css and page.ts are bundled
// here. Pages are made by the server and work without scripts; scripts only copy, download and fill in.
//
// Safety is said once, here: every act is a POST that came from our own pages (http.CrossOriginProtection, a SameSite cookie and a
// token in the form), nothing is framed or cached, and a merchant's people reach their own merchant only (Visit.App, Visit.Shop).
// It holds no rule of business and touches no table. Start reading at Desk.Show and Desk.Act, then visit.go.
package desk

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/staff"
)

// Root is where the console is mounted.
const Root = "/console"

// maxForm bounds a form's body, in bytes: a few keys and certificates.
const maxForm = 64 << 10

// Options are what the console needs of the house.
type Options struct {
	DB   *db.DB
	Base string // how merchants' servers reach us, without a slash at the end
	Play bool   // a demo or developer mode: anybody may try any role
	Log  *slog.Logger
}

// Folder is one page's files.
type Folder struct {
	Name  string
	Files embed.FS
}

// Desk serves pages. Make it with New, add addresses with Show and Act, then use Handler.
type Desk struct {
	Options
	mux    *http.ServeMux
	drawn  map[string]*template.Template
	assets assets
}

//go:embed layout.html desk.css desk.ts
var own embed.FS

// New parses and bundles the pages' files. Errors: what is wrong with them.
func New(o Options, pages ...Folder) (*Desk, error) {
	d := &Desk{Options: o, mux: http.NewServeMux(), drawn: map[string]*template.Template{}}
	layout, err := template.ParseFS(own, "layout.html")
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		page, err := template.Must(layout.Clone()).ParseFS(p.Files, "page.html")
		if err != nil {
			return nil, fmt.Errorf("console page %s: %w", p.Name, err)
		}
		d.drawn[p.Name] = page
	}
	if d.assets, err = bundle(pages); err != nil {
		return nil, err
	}
	d.mux.HandleFunc("GET "+Root+"/-/{name}", d.assets.serve)
	d.mux.HandleFunc("POST "+Root+"/view", d.changeView)
	d.mux.HandleFunc("GET "+Root, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, Root+"/", http.StatusSeeOther) })
	return d, nil
}

// Handler answers everything under Root. Acts that another site's page could have caused are refused.
func (d *Desk) Handler() http.Handler {
	guard := http.NewCrossOriginProtection()
	return guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		d.mux.ServeHTTP(w, r)
	}))
}

// View is what a page shows. Data is what its page.html reads as .Data.
type View struct {
	Page    string // a Folder's name
	Section string // which entry of the navigation is lit
	Title   string // a word's key, or a name as it is
	Data    any
	To      string // not "": go to this address instead, an act done
	File    *File  // not nil: this is downloaded instead
}

// File is a download.
type File struct {
	Name, Kind string
	Body       []byte
}

// To is where an act sends the browser: an address of the console, with the word that says what was done.
func To(path, done string) View {
	u := url.URL{Path: Root + path, RawQuery: url.Values{"done": {done}}.Encode()}
	return View{To: u.String()}
}

// Who may come.
type Who int

const (
	Members    Who = iota // whoever is signed in
	Operators             // operators only
	Owners                // whoever may change apps and keys
	Treasurers            // whoever may give money back
	Everybody             // also strangers
)

// Show answers GET at a path under Root.
func (d *Desk) Show(path string, who Who, f func(ctx context.Context, v *Visit) (View, error)) {
	d.mux.HandleFunc("GET "+Root+path, func(w http.ResponseWriter, r *http.Request) { d.answer(w, r, who, f) })
}

// Act answers POST at a path under Root, from a form of ours. On a refusal that comes with a View, the view is shown with the refusal above.
func (d *Desk) Act(path string, who Who, f func(ctx context.Context, v *Visit) (View, error)) {
	d.mux.HandleFunc("POST "+Root+path, func(w http.ResponseWriter, r *http.Request) {
		d.answer(w, r, who, func(ctx context.Context, v *Visit) (View, error) {
			if err := r.ParseForm(); err != nil {
				return View{}, errForm.With("at most %d bytes", maxForm)
			}
			if v.token != "" && r.PostForm.Get("form") != v.Form() {
				return View{}, errForm
			}
			return f(ctx, v)
		})
	})
}

var (
	errForm     = fault.New(fault.Forbidden, "FORM_STALE", "this form is from another session or too big; go back, load the page again and repeat")
	errDuty     = fault.New(fault.Forbidden, "DUTY", "your duty here does not allow this; ask an owner")
	errOperator = fault.New(fault.Forbidden, "OPERATOR_ONLY", "this page is for operators of the platform")
)

func (d *Desk) answer(w http.ResponseWriter, r *http.Request, who Who, f func(context.Context, *Visit) (View, error)) {
	v := &Visit{R: r, desk: d, look: readLook(r), token: cookie(r, sessionCookie)}
	if err := d.recognise(r.Context(), v); err != nil {
		d.refuse(w, v, View{}, err)
		return
	}
	if who != Everybody && v.Who.Name == "" {
		d.toSignIn(w, r)
		return
	}
	if who == Operators && v.Who.Role != staff.Operator {
		d.refuse(w, v, View{}, errOperator)
		return
	}
	if (who == Owners || who == Operators && r.Method != http.MethodGet) && !v.Who.MayManage() || who == Treasurers && !v.Who.MayRefund() {
		d.refuse(w, v, View{}, errDuty)
		return
	}
	view, err := f(r.Context(), v)
	for _, c := range v.cookies {
		http.SetCookie(w, c)
	}
	switch {
	case err != nil:
		d.refuse(w, v, view, err)
	case view.To != "":
		http.Redirect(w, r, view.To, http.StatusSeeOther)
	case view.File != nil:
		w.Header().Set("Content-Type", view.File.Kind)
		w.Header().Set("Content-Disposition", `attachment; filename="`+view.File.Name+`"`)
		w.Write(view.File.Body)
	default:
		d.draw(w, http.StatusOK, v, view, "")
	}
}

// toSignIn remembers where a visitor wanted to go; an act is not repeated by itself.
func (d *Desk) toSignIn(w http.ResponseWriter, r *http.Request) {
	to := Root + "/sign-in"
	if r.Method == http.MethodGet && r.URL.RequestURI() != Root+"/" {
		to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden,
	fault.Unauthorized: http.StatusUnauthorized, fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

// refuse shows a refusal, above the view where there is one. What is our own fault is logged and told without details.
func (d *Desk) refuse(w http.ResponseWriter, v *Visit, view View, err error) {
	f, ok := fault.Of(err)
	status := http.StatusInternalServerError
	if ok && f.Kind != fault.Internal {
		status = statuses[f.Kind]
	} else {
		if !errors.Is(err, context.Canceled) {
			d.Log.Error("console", "path", v.R.URL.Path, "error", err)
		}
		f = fault.New(fault.Internal, "SYSTEM_ERROR", "something went wrong here; please try again")
	}
	if view.Page == "" {
		view = View{Page: Refusal, Title: "refused"}
	}
	d.draw(w, status, v, view, v.refusal(f))
}

// Refusal is the page that only carries a refusal.
const Refusal = "signin"

func (d *Desk) draw(w http.ResponseWriter, status int, v *Visit, view View, problem string) {
	page := d.drawn[view.Page]
	if page == nil {
		panic("console: no page " + view.Page)
	}
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "layout", frame{v, view, problem, d.assets.hash}); err != nil {
		d.Log.Error("console page", "page", view.Page, "error", err)
		http.Error(w, "this page could not be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes())
}

// frame is what layout.html reads.
type frame struct {
	*Visit
	View
	Problem string
	Hash    string
}

// Done is the word for what was just done, from the address.
func (f frame) Done() string {
	if key := f.R.URL.Query().Get("done"); key != "" && f.Problem == "" {
		if _, known := words[key]; known {
			return f.T(key)
		}
	}
	return ""
}

// Heading is the title in the visitor's language, or as it is when it is a name.
func (f frame) Heading() string {
	if _, known := words[f.Title]; known {
		return f.T(f.Title)
	}
	return f.Title
}

// HasScript tells whether the page has one of its own.
func (f frame) HasScript() bool { return f.desk.assets.has(f.Page + ".js") }
