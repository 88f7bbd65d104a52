// Package egress is how Souk calls hosts that somebody else named: merchants' servers, notification addresses.
//
// The address that is dialled is looked at, not the name, after DNS has answered and for every redirect and retry, so that a name
// which points inside (or first outside and then inside) reaches nothing. Answers are bounded in size and time. It follows no redirect
// by itself, uses no proxy, keeps no cookies. Start reading at New.
package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"souk/kit/fault"
)

var (
	// ErrPrivate refuses an address of this machine or its neighbourhood.
	ErrPrivate = fault.New(fault.Forbidden, "ADDRESS_PRIVATE", "this address is not on the public internet")
	// ErrTooLarge refuses an answer that is larger than asked for.
	ErrTooLarge = fault.New(fault.Invalid, "ANSWER_TOO_LARGE", "the other side's answer is too large")
)

// Connection limits.
const (
	dialTimeout = 5 * time.Second
	maxHeader   = 64 << 10
	maxIdle     = 64
)

// New makes a client. private lets it reach loopback and private addresses, for developer mode. A redirect comes back as the answer it is.
// The caller bounds time with the request's context and the body with ReadAll.
func New(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		return check(address, private)
	}}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           maxIdle,
			MaxConnsPerHost:        maxIdle,
			IdleConnTimeout:        30 * time.Second,
			TLSHandshakeTimeout:    dialTimeout,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// check refuses an address ("ip:port") that is not public, unless private ones are let through.
func check(address string, private bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivate.With("%q", address)
	}
	if !private && !Public(at.Addr()) {
		return ErrPrivate
	}
	return nil
}

// notPublic are ranges that netip's own questions leave out: shared address space, protocol assignments, benchmarks,
// documentation, reserved, and the IPv6 forms that carry an IPv4 address inside.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// Public tells whether an address is one that anybody on the internet could reach.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// ReadAll reads an answer's body, at most max bytes. Error: ErrTooLarge.
func ReadAll(r io.Reader, max int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > max {
		return nil, ErrTooLarge.With("more than %d bytes", max)
	}
	return b, nil
}

// Why says in one sentence what became of a call that failed, without the inner workings.
func Why(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrPrivate):
		return ErrPrivate.Message
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s is not known", dns.Name)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "the other side did not answer in time"
	}
	return "the other side cannot be reached"
}
