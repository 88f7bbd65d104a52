package diag

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestABagKeepsEachRemarkOnceInTheOrderOfPlaces(t *testing.T) {
	b := &Bag{}
	for _, line := range []int{3, 1, 3, 2} {
		b.Add(Diagnostic{Severity: Error, File: "a.axml", Line: line})
	}
	var lines []int
	for _, d := range b.Sorted() {
		lines = append(lines, d.Line)
	}
	if fmt.Sprint(lines) != "[1 2 3]" || b.Errors() != 3 {
		t.Errorf("lines %v, errors %d", lines, b.Errors())
	}
}

func TestAFullBagStillCountsErrors(t *testing.T) {
	b := &Bag{}
	for i := range maxKept + 5 {
		b.Add(Diagnostic{Severity: Error, Line: i + 1})
	}
	if len(b.Sorted()) != maxKept || b.Errors() != maxKept+5 || b.Dropped() != 5 {
		t.Errorf("kept %d, errors %d, dropped %d", len(b.Sorted()), b.Errors(), b.Dropped())
	}
}

func TestANilBagSwallowsEverything(t *testing.T) {
	var b *Bag
	b.Add(Diagnostic{})
	if b.Errors() != 0 || b.Sorted() != nil || b.Dropped() != 0 {
		t.Error("a nil bag remembers something")
	}
}

func TestTheCaretStandsUnderThePlaceAlsoBehindChinese(t *testing.T) {
	d := Diagnostic{Severity: Error, Code: "x", File: "a.axml", Line: 2, Column: 9, Length: 2, Message: "bad", Hint: "do this"}
	got := Render(d, []byte("<view>\r\n\t<v>首页{{}}</v>\r\n"))
	want := "a.axml:2:9: error: bad [x]\n" +
		"    2 |  <v>首页{{}}</v>\n" +
		"      |           ^^\n" +
		"      = hint: do this\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestALongLineIsCutAroundThePlace(t *testing.T) {
	line := strings.Repeat("a", 500) + "X" + strings.Repeat("b", 500)
	got := strings.Split(Render(Diagnostic{Line: 1, Column: 501, Length: 1}, []byte(line)), "\n")
	if at := strings.IndexRune(got[2], '^'); at < 0 || []rune(got[1])[at] != 'X' || len(got[1]) > 200 {
		t.Errorf("the caret misses:\n%s\n%s", got[1], got[2])
	}
}

func TestAPlaceBeyondTheFileIsNoHarm(t *testing.T) {
	for _, d := range []Diagnostic{{Line: 9, Column: 9}, {Line: 1, Column: 99, Length: 99}, {Line: 1, Column: -4}, {}} {
		if got := Render(d, []byte("ab")); got == "" {
			t.Error("nothing drawn")
		}
	}
}

func TestTheJSONFormNamesTheSeverityAndReadsBack(t *testing.T) {
	d := Diagnostic{Severity: Warning, Code: "c", File: "f", Line: 1, Column: 2, Length: 3, Message: "m"}
	text, err := json.Marshal(d)
	if err != nil || !strings.Contains(string(text), `"severity":"warning"`) {
		t.Fatalf("%s %v", text, err)
	}
	var back Diagnostic
	if err := json.Unmarshal(text, &back); err != nil || back != d {
		t.Errorf("%+v %v", back, err)
	}
}
