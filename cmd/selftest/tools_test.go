package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// bench is a machine whose package manager only notes what it is told; told to install, it brings what it has.
type bench struct {
	machine
	ran  []string
	has  map[string]bool
	sell map[string]bool // packages that exist
}

func newBench(m machine, sells ...string) *bench {
	b := &bench{machine: m, has: map[string]bool{}, sell: map[string]bool{}}
	for _, s := range sells {
		b.sell[s] = true
	}
	b.do = func(_ context.Context, args ...string) error {
		b.ran = append(b.ran, strings.Join(args, " "))
		if !slices.Contains(args, "install") {
			return nil
		}
		for _, p := range args[slices.Index(args, "--no-install-recommends")+1:] {
			if !b.sell[p] {
				return errors.New("E: Unable to locate package " + p)
			}
			b.has[p] = true
		}
		return nil
	}
	return b
}

func (b *bench) wants() []tool {
	return []tool{
		{what: "a database", packages: []string{"postgresql"}, present: func() bool { return b.has["postgresql"] }},
		{what: "a browser", packages: []string{"chromium"}, ubuntu: []string{"chromium-browser"}, hint: "snap install chromium", present: func() bool { return b.has["chromium"] }},
	}
}

func TestWhatIsMissingIsInstalledOrNamed(t *testing.T) {
	for _, c := range []struct {
		name    string
		machine machine
		sells   []string
		has     []string
		ran     []string
		says    string // part of the error; "" for none
	}{
		{name: "nothing is missing", machine: machine{}, has: []string{"postgresql", "chromium"}},
		{name: "no apt", machine: machine{may: true}, says: "Debian names: chromium postgresql"},
		{name: "not root and no sudo", machine: machine{apt: true}, says: "run as root, or install by hand: apt-get install chromium postgresql"},
		{name: "root", machine: machine{apt: true, may: true}, sells: []string{"postgresql", "chromium"},
			ran: []string{"apt-get update -q", "apt-get install -q -y --no-install-recommends chromium postgresql"}},
		{name: "sudo, one missing", machine: machine{apt: true, may: true, prefix: []string{"sudo", "-n"}}, sells: []string{"chromium"}, has: []string{"postgresql"},
			ran: []string{"sudo -n apt-get update -q", "sudo -n apt-get install -q -y --no-install-recommends chromium"}},
		{name: "a package that is not there", machine: machine{apt: true, may: true}, sells: []string{"postgresql"},
			ran: []string{"apt-get update -q", "apt-get install -q -y --no-install-recommends chromium postgresql"}, says: "Unable to locate package chromium"},
		{name: "Ubuntu's package without a browser in it", machine: machine{apt: true, may: true, ubuntu: true}, sells: []string{"postgresql", "chromium-browser"},
			ran: []string{"apt-get update -q", "apt-get install -q -y --no-install-recommends chromium-browser postgresql"}, says: "still missing after the installation: a browser; snap install chromium"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(c.machine, c.sells...)
			for _, p := range c.has {
				b.has[p] = true
			}
			err := bring(t.Context(), b.machine, b.wants())
			if !slices.Equal(b.ran, c.ran) {
				t.Errorf("ran %q, want %q", b.ran, c.ran)
			}
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("said %v, want %q", err, c.says)
			}
		})
	}
}
