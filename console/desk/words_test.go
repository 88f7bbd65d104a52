package desk

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	inTemplate = regexp.MustCompile(`\.T "([^"]+)"`)
	inGo       = regexp.MustCompile(`"([A-Za-z_-]+)"`)
)

// Words whose keys are put together while a page is drawn.
var composed = []string{"by-", "tender-", "TRADE_", "WAIT_", "waiting", "delivered", "given_up"}

func TestEveryWordOnAPageIsInTheTableAndEveryWordInTheTableIsOnAPage(t *testing.T) {
	used := map[string]bool{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || p == "desk/words.go" || strings.HasSuffix(p, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../" + p)
		if err != nil {
			return err
		}
		if strings.HasSuffix(p, ".html") {
			for _, m := range inTemplate.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
				if _, known := words[m[1]]; !known {
					t.Errorf("%s says %q, which is not in the table", p, m[1])
				}
			}
		}
		if strings.HasSuffix(p, ".go") {
			for _, m := range inGo.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range words {
		if !used[key] && !strings.HasPrefix(key+" ", begins(key)) {
			t.Errorf("nobody says %q", key)
		}
	}
}

func begins(key string) string {
	for _, c := range composed {
		if strings.HasPrefix(key, c) {
			return c
		}
	}
	return "\x00"
}

func TestEveryWordIsThereInBothLanguages(t *testing.T) {
	for key, pair := range words {
		if pair[0] == "" || pair[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
		if strings.ContainsFunc(pair[0], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: the English words have Chinese in them", key)
		}
		if !strings.ContainsFunc(pair[1], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: the Chinese words have none", key)
		}
	}
}

func TestNobodyIsLedOutOfTheConsole(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"/console/apps?x=1", "/console/apps?x=1"}, {"", "/console/"}, {"/", "/console/"}, {"//evil.example/console/", "/console/"}, {"https://evil.example/console/", "/console/"},
		{`/console/\evil.example`, "/console/"}, {"/consolexyz/", "/console/"}, {"javascript:alert(1)", "/console/"}, {"/console/a\r\nSet-Cookie: x", "/console/"},
	} {
		if got := Inside(c.in); got != c.want {
			t.Errorf("%q leads to %q, not %q", c.in, got, c.want)
		}
	}
}

func TestTheFirstKnownLanguageOfTheBrowserCounts(t *testing.T) {
	for accept, want := range map[string]bool{"": false, "zh-CN,zh;q=0.9,en;q=0.8": true, "en-GB,zh": false, "fr,zh-TW": true, "de": false, strings.Repeat("fr,", 10000) + "zh": false} {
		if got := prefersChinese(accept); got != want {
			t.Errorf("%.40q: %v", accept, got)
		}
	}
}
