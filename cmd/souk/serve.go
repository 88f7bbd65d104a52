package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// Bounds of every request at the door; single doors are stricter.
const (
	maxHeaderBytes  = 32 << 10
	headerTimeout   = 10 * time.Second
	bodyTimeout     = 90 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 5 * time.Second
)

// listen takes the address, and says what to do when somebody else has it.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the address %s is in use; stop what runs there, or choose another with --addr 127.0.0.1:PORT", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("the address %s cannot be used: %w; choose another with --addr 127.0.0.1:PORT", addr, err)
	}
	return l, nil
}

// live serves and does the chores until ctx ends.
func (h house) live(ctx context.Context, l net.Listener) error {
	chores, stop := context.WithCancel(context.WithoutCancel(ctx))
	wait := h.runChores(chores)
	defer wait()
	defer stop()
	if err := serve(ctx, l, h.handler); err != nil {
		return err
	}
	say("Souk has closed; the data are kept.")
	return nil
}

// warnings go to the terminal.
func warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// serve answers on l until ctx ends, then lets the requests under way finish.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{Handler: h, MaxHeaderBytes: maxHeaderBytes, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout,
		BaseContext: func(net.Listener) context.Context { return requests }}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	// Event streams never finish by themselves: a moment after the others had their time they are ended.
	time.AfterFunc(time.Second, cancel)
	stopping, stop := context.WithTimeout(context.Background(), shutdownTimeout)
	defer stop()
	if err := server.Shutdown(stopping); err != nil {
		return server.Close()
	}
	return nil
}

// address is how a browser on this machine reaches l.
func address(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func say(format string, args ...any) { fmt.Fprintf(os.Stdout, format+"\n", args...) }
