package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"souk/gateway/site"
	"souk/kit/db"
	"souk/platform/messenger"
	"souk/platform/pay"
)

// serveCmd is souk serve: the host for real people, or with --dev for a developer's or a CI's invented ones.
type serveCmd struct {
	database
	Addr     string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Base     string `help:"How browsers and merchants reach this service; without it, the address it listens on." placeholder:"https://HOST"`
	Frames   string `help:"Where the frames of mini-programs come from, with a star for a name of each, so that each has a process of its own. Every such name must lead here." placeholder:"https://*.frames.HOST"`
	Messages string `help:"File to which codes for phones are appended, a line of JSON each, for a carrier's program to deliver; - is the terminal. Without it nobody can sign in by phone." placeholder:"FILE"`
	AppRate  int    `help:"Calls of the open API that one app may make a second, with twice as many saved up; 0 is any number." default:"200" placeholder:"N"`
	Dev      bool   `help:"Developer conveniences: change persons at will, pay from the command line, notify private addresses. Needs data of its own."`
}

func (c serveCmd) Run(ctx context.Context) error {
	base, err := parseBase(c.Base)
	if err != nil {
		return err
	}
	if err := site.CheckFrames(c.Frames); err != nil {
		return err
	}
	l, err := listen(c.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	if base == "" {
		base = address(l)
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := c.unlock(ctx, d); err != nil {
		return err
	}
	messages, closeMessages, err := c.port(d)
	if err != nil {
		return err
	}
	defer closeMessages()
	p := plan{base: base, frames: c.Frames, play: c.Dev, appRate: c.AppRate, messages: messages}
	if err := p.claim(ctx, d); err != nil {
		return err
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return pay.OpenBooks(ctx, tx) }); err != nil {
		return err
	}
	h, err := build(ctx, d, p, warnings())
	if err != nil {
		return err
	}
	say("Souk is open at %s", base)
	say("  console: %s/console/; data: %s; Ctrl-C stops", base, c.describe())
	if c.Dev {
		say("  developer mode: whoever reaches this address may act as anybody")
	}
	return h.live(ctx, l)
}

// port is what carries codes to phones; nil when no file was named.
func (c serveCmd) port(d *db.DB) (messenger.Port, func() error, error) {
	switch c.Messages {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return &messenger.Journal{Out: os.Stdout, Now: d.Now}, func() error { return nil }, nil
	}
	f, err := os.OpenFile(c.Messages, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("messages cannot be written to %s: %w; name another file with --messages", c.Messages, err)
	}
	return &messenger.Journal{Out: f, Now: d.Now}, f.Close, nil
}

// parseBase reads an address such as https://souk.example; "" stays "".
func parseBase(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return "", fmt.Errorf("the address %q must be of the form https://host or http://host:port", text)
	}
	return u.Scheme + "://" + u.Host, nil
}
