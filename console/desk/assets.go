package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// assets are the styles and scripts, ready to send, under names that end in .css or .js.
type assets struct {
	files map[string][]byte
	hash  string // of all files; addresses carry it, so they may be cached for ever
}

// bundle compiles desk.ts and each page's page.ts into a script of its own, and all styles into one sheet.
func bundle(pages []Folder) (assets, error) {
	a := assets{files: map[string][]byte{}}
	sheet, err := fs.ReadFile(own, "desk.css")
	if err != nil {
		return a, err
	}
	if err := a.script("desk.js", own, "desk.ts"); err != nil {
		return a, err
	}
	for _, p := range pages {
		style, err := fs.ReadFile(p.Files, "page.css")
		if err == nil {
			sheet = append(append(sheet, '\n'), style...)
		}
		if _, err := fs.Stat(p.Files, "page.ts"); err != nil {
			continue
		}
		if err := a.script(p.Name+".js", p.Files, "page.ts"); err != nil {
			return a, err
		}
	}
	if a.files["desk.css"], err = transform(sheet, api.LoaderCSS); err != nil {
		return a, fmt.Errorf("the console's styles: %w", err)
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(a.files[name]))
		h.Write(a.files[name])
	}
	a.hash = hex.EncodeToString(h.Sum(nil))[:16]
	return a, nil
}

func (a assets) script(name string, from fs.FS, file string) error {
	text, err := fs.ReadFile(from, file)
	if err != nil {
		return err
	}
	if a.files[name], err = transform(text, api.LoaderTS); err != nil {
		return fmt.Errorf("the console's script %s: %w", name, err)
	}
	return nil
}

func transform(text []byte, loader api.Loader) ([]byte, error) {
	o := api.TransformOptions{Loader: loader, Target: api.ES2022, Charset: api.CharsetUTF8, MinifyWhitespace: true, MinifySyntax: true, LogLevel: api.LogLevelSilent}
	if loader == api.LoaderTS {
		o.Format = api.FormatIIFE
	}
	out := api.Transform(string(text), o)
	if len(out.Errors) > 0 {
		return nil, fmt.Errorf("line %d: %s", out.Errors[0].Location.Line, out.Errors[0].Text)
	}
	return out.Code, nil
}

func (a assets) has(name string) bool { return a.files[name] != nil }

func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !a.has(name) {
		http.NotFound(w, r)
		return
	}
	kind := "text/javascript; charset=utf-8"
	if strings.HasSuffix(name, ".css") {
		kind = "text/css; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	if r.URL.Query().Get("v") == a.hash {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Write(a.files[name])
}
