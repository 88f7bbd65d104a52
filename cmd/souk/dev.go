package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"souk/compiler/diag"
	"souk/compiler/pack"
	"souk/gateway/dev"
	"souk/platform/merchant"
)

// devCmd is souk dev DIR: one program's folder in the phone, compiled again whenever a file changes.
type devCmd struct {
	Dir    string                    `arg:"" help:"Folder of the mini-program (with app.json, or mini.project.json that names it)."`
	Addr   string                    `help:"Address to listen on." default:"127.0.0.1:8090"`
	App    string                    `help:"Run under this app id, for instance a showcase's, which then finds its items." default:"2021999900000001" placeholder:"ID"`
	Beside map[merchant.AppID]string `help:"Folders of other programs, which this one may open with my.navigateToMiniProgram. They are compiled once." placeholder:"ID=DIR"`
	Data   string                    `help:"Folder of the data to keep between starts; without it a new one each time." placeholder:"DIR"`
}

func (c devCmd) Run(ctx context.Context) error {
	if err := isProgram(ctx, c.Dir); err != nil {
		return err
	}
	l, err := listen(c.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	data, forget, err := c.data()
	if err != nil {
		return err
	}
	defer forget()
	d, err := data.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := data.unlock(ctx, d); err != nil {
		return err
	}
	if err := (plan{play: true}).claim(ctx, d); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	handler, folder, err := dev.New(ctx, dev.Options{Dir: c.Dir, App: merchant.AppID(c.App), Beside: c.Beside, DB: d, Log: log})
	if err != nil {
		return err
	}
	if err := folder.Watch(ctx, log); err != nil {
		return err
	}
	for _, p := range folder.News().Problems {
		if p.Severity >= diag.Warning {
			fmt.Fprintln(os.Stderr, diag.Render(p.Diagnostic, []byte(source(c.Dir, p.File))))
		}
	}
	say("%s is open at %s%s", folder.Name(), address(l), dev.Address(merchant.AppID(c.App)))
	say("  compiled in %d ms; it is compiled again when a file changes; Ctrl-C stops", folder.News().Millis)
	return serve(ctx, l, handler)
}

// data is the folder given, or one that is forgotten afterwards.
func (c devCmd) data() (database, func(), error) {
	if c.Data != "" {
		return database{Data: c.Data}, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "souk-dev-")
	return database{Data: dir}, func() { os.RemoveAll(dir) }, err
}

// isProgram refuses a folder in which there is no program; mistakes inside one are shown on the page.
func isProgram(ctx context.Context, dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder; name the folder of a mini-program (the one with app.json)", dir)
	}
	_, bag := pack.CompileDir(ctx, dir, pack.Options{})
	for _, d := range bag.Sorted() {
		if d.Severity == diag.Error && filepath.Base(d.File) == "app.json" && d.Line == 0 {
			return fmt.Errorf("%s: %s", dir, d.Message)
		}
	}
	return nil
}

func source(dir, file string) string {
	text, err := fs.ReadFile(pack.Dir(dir), file)
	if err != nil {
		return ""
	}
	return string(text)
}

// redact hides the password of a database's address.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the database given"
	}
	return u.Redacted()
}
