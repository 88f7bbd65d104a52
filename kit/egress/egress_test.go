package egress_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"souk/kit/egress"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for address, public := range map[string]bool{
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "0.0.0.0": false, "0.1.2.3": false,
		"100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "::1": false, "::": false, "fe80::1%eth0": false,
		"fc00::1": false, "fd12::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "ff02::1": false,
		"8.8.8.8": true, "93.184.216.34": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true,
	} {
		if got := egress.Public(netip.MustParseAddr(address)); got != public {
			t.Errorf("%s: public is %v", address, got)
		}
	}
}

func TestAPrivateAddressIsRefusedWhateverItsNameUnlessAllowed(t *testing.T) {
	reached := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer s.Close()
	for _, url := range []string{s.URL, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)} {
		if _, err := egress.New(false).Get(url); !errors.Is(err, egress.ErrPrivate) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if reached != 0 {
		t.Fatalf("%d calls got through", reached)
	}
	if _, err := egress.New(true).Get(s.URL); err != nil || reached != 1 {
		t.Errorf("allowed: %v, %d calls", err, reached)
	}
}

func TestARedirectIsNotFollowedAndABigAnswerIsRefused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	}))
	defer s.Close()
	answer, err := egress.New(true).Get(s.URL)
	if err != nil || answer.StatusCode != http.StatusFound {
		t.Errorf("%v %v", answer, err)
	}
	if _, err := egress.ReadAll(strings.NewReader("12345"), 4); !errors.Is(err, egress.ErrTooLarge) {
		t.Error(err)
	}
	if b, err := egress.ReadAll(strings.NewReader("1234"), 4); err != nil || string(b) != "1234" {
		t.Errorf("%q %v", b, err)
	}
}
