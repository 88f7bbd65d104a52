package sign_test

import (
	"strings"
	"testing"

	"souk/kit/sign"
)

func TestASealedTextOpensInItsPlaceWithItsKeyOnly(t *testing.T) {
	v, err := sign.ParseVault(sign.NewVaultKey())
	other, err2 := sign.ParseVault(sign.NewVaultKey() + "\n")
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	sealed := v.Seal("a/1", "secret")
	if text, err := v.Open("a/1", sealed); err != nil || text != "secret" {
		t.Errorf("%q %v", text, err)
	}
	if id, ok := sign.SealedBy(sealed); !ok || id != v.ID() || strings.Contains(sealed, "secret") {
		t.Errorf("%s is sealed by %q", sealed, id)
	}
	if again := v.Seal("a/1", "secret"); again == sealed {
		t.Error("equal secrets look equal")
	}
	for name, open := range map[string]func() (string, error){
		"another place":  func() (string, error) { return v.Open("a/2", sealed) },
		"another key":    func() (string, error) { return other.Open("a/1", sealed) },
		"a changed text": func() (string, error) { return v.Open("a/1", altered(sealed)) },
		"a cut text":     func() (string, error) { return v.Open("a/1", sealed[:30]) },
		"a plain text":   func() (string, error) { return v.Open("a/1", "secret") },
	} {
		if text, err := open(); err == nil {
			t.Errorf("%s opens: %q", name, text)
		}
	}
	for _, key := range []string{"", "x", "AAAA", strings.Repeat("A", 64)} {
		if _, err := sign.ParseVault(key); err == nil {
			t.Errorf("%q is a master key", key)
		}
	}
}

// altered is the text with its last letter but one turned into another.
func altered(text string) string {
	at := len(text) - 2
	if text[at] == 'A' {
		return text[:at] + "B" + text[at+1:]
	}
	return text[:at] + "A" + text[at+1:]
}

func FuzzOpeningASealedTextNeverPanics(f *testing.F) {
	v, err := sign.ParseVault(sign.NewVaultKey())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(v.Seal("p", "x"))
	f.Add("sealed1." + v.ID() + ".")
	f.Fuzz(func(t *testing.T, text string) {
		if plain, err := v.Open("q", text); err == nil {
			t.Errorf("%q opens in another place as %q", text, plain)
		}
	})
}
