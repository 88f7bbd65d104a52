package programs_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"souk/compiler/diag"
	"souk/compiler/pack"
)

var update = flag.Bool("update", false, "write results.md, from which docs/compatibility.md takes its table of programs")

const resultsFile = "results.md"

// realProgram is one that somebody else wrote for Alipay.
type realProgram struct {
	Name   string // its folder under SOUK_PROGRAMS
	Source string // repository and commit
	Mocks  string // testdata/mocks/….json, or ""
	Gone   string // why nobody can build it any more; then only that reason may keep it from compiling
	Known  []mistake
	Tour   func(p *phone) // what a person looks at and taps
	All    bool           // everything that can be tapped on its pages is tapped too; none may end in an error of ours
}

var realPrograms = []realProgram{
	{Name: "01-component2", Source: "ant-mini-program/component2-demo@2caf49defe", Tour: tourComponent2},
	{Name: "02-multistore", Source: "ant-mini-program/multiple-store-demo@8ec9689661", Tour: tourMultistore},
	{Name: "03-morjs/examples/alipay/src", Source: "eleme/morjs@fb9bb4a832 examples/alipay/src", Tour: tourOfficial, All: true, Known: []mistake{
		{Page: "page/API/canvas/canvas", Message: "cannot be loaded", Why: "the picture that it draws is on a server that is not asked here"},
		{Page: "page/API/card-pack/card-pack", Message: "navigateToCouponDetail is not a function", Why: "it is in no typing or document"},
		{Page: "page/API/file/file", Message: "reading 'apFilePath'", Why: "it reads the first of no saved files"},
		{Page: "page/API/get-user-info/get-user-info", Message: "abridge is not defined", Why: "it forgets to import it"},
	}},
	{Name: "04-mini-ali-ui/demo", Source: "Alibaba-mp/mini-ali-ui@19d221e991 demo", Tour: tourMiniAliUI, All: true},
	{Name: "05-mushroom", Mocks: "mushroom", Source: "Duanzihuang/alipay-mp-mushroom-online@69897ca650", Tour: tourMushroom},
	{Name: "06-locallife", Mocks: "locallife", Source: "Duanzihuang/alipay_mp_local_life@27e361ccc2", Tour: tourLocalLife},
	{Name: "07-gdei", Mocks: "gdei", Source: "GdeiAssistant/GdeiAssistant-AlipayApp@758f7c1474", Tour: tourGdei},
	{Name: "08-starbucks", Source: "Dandelion529/zfb_starbucks@e74dfa49d5", Tour: tourStarbucks},
	{Name: "09-foodchain", Source: "Hollys31/foodChainAlipay@f6be58fc27", Tour: tourFoodChain},
	{Name: "10-nideshop", Mocks: "nideshop", Source: "hu-qi/nideshop-alipay@cfd9a3787c", Tour: tourNideshop, Known: []mistake{
		{Page: "pages/ucenter/index/index", Message: "Unexpected end of JSON input", Why: "it reads an empty string as JSON while nobody is logged in"},
	}},
	{Name: "11-greenpath", Source: "oezeb/green-path@1a57b60901", Tour: tourGreenPath},
	{Name: "12-dana", Source: "BagasMB/Dana-Mini-App@b7b6ce95c7", Tour: tourDana},
	{Name: "13-f7", Source: "antvis/F7@e7358bbf4e", Gone: "the versions of its npm dependencies are no longer in the registry"},
	{Name: "13b-device", Source: "OmerElgoni/Mini-Program-Device-Features-Demo@03552c6715", Tour: tourDevice},
}

func TestRealProgramsRun(t *testing.T) {
	rows, err := os.ReadFile(resultsFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| program | compiles | pages opened | looked at and tapped | errors of its own |\n|---|---|---|---|---|\n")
	for _, r := range realPrograms {
		row := ""
		t.Run(r.Name, func(t *testing.T) { row = r.row(t) })
		if row == "" {
			row = recorded(string(rows), r)
		}
		table.WriteString(row + "\n")
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(resultsFile, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !t.Failed() && string(rows) != table.String() {
		t.Errorf("%s is not what this run says; write it with -update:\n%s", resultsFile, table.String())
	}
}

// recorded is the row of an earlier run, for a program that is not fetched here.
func recorded(rows string, r realProgram) string {
	for line := range strings.Lines(rows) {
		if strings.HasPrefix(line, r.rowStart()) {
			return strings.TrimSuffix(line, "\n")
		}
	}
	return r.rowStart() + " not fetched | | | |"
}

func (r realProgram) rowStart() string { return "| " + r.Source + " |" }

// row runs the program and gives its row, or "" when it is not fetched or failed.
func (r realProgram) row(t *testing.T) string {
	dir := folderOf(r.Name)
	switch {
	case dir == "":
		t.Logf("not fetched: %s", r.Source)
		return ""
	case r.Gone != "":
		onlyMissing(t, dir)
		return r.rowStart() + " no: " + r.Gone + " | | | |"
	}
	var answers []answer
	if r.Mocks != "" {
		answers = answersOf(t, r.Mocks)
	}
	pages, tabs := pagesOf(t, dir)
	p := openPhone(t, dir, answers)
	p.Shot("first")
	r.Tour(p)
	opened, failures, theirs := p.walk(pages, tabs, r.Known)
	for _, f := range failures {
		t.Error(f)
	}
	t.Logf("%d of %d pages opened; %d addresses without a server", opened, len(pages), len(p.servers.refused))
	looked := "yes"
	if r.All {
		looked = "yes, and everything on its pages tapped"
		p.tapAll(pages, tabs, r)
		for _, m := range r.Known {
			theirs = append(theirs, m.Page+": "+m.Message+" ("+m.Why+")")
		}
	}
	if t.Failed() {
		return ""
	}
	return fmt.Sprintf("%s yes | %d of %d | %s | %s |", r.rowStart(), opened, len(pages), looked, strings.Join(theirs, "; "))
}

// onlyMissing checks that nothing but packages that are gone keeps the program from compiling.
func onlyMissing(t *testing.T, dir string) {
	_, bag := pack.CompileDir(t.Context(), dir, pack.Options{})
	missing := 0
	for _, d := range bag.Sorted() {
		switch {
		case d.Severity != diag.Error:
		case d.Code == "script-import" && strings.HasSuffix(d.Message, "is not there"):
			missing++
		default:
			t.Errorf("%s:%d: %s", d.File, d.Line, d.Message)
		}
	}
	if missing == 0 {
		t.Error("the program compiles: its packages are back, so run it")
	}
}

// tapAll taps everything on the program's pages. What shows nothing is logged, not counted against it: it is chosen already, does what cannot be
// seen, or takes longer than this machine has time for.
func (p *phone) tapAll(pages []string, tabs map[string]bool, r realProgram) {
	if from := os.Getenv("SOUK_TAPS_FROM"); from != "" { // goes on where a long walk was cut short
		pages = pages[max(slices.Index(pages, from), 0):]
	}
	all := p.tapEverything(pages, tabs, r.Known)
	p.T.Logf("%d of %d taps showed something", all.answered, all.taps)
	if all.taps < len(pages) {
		p.T.Errorf("only %d things could be tapped on %d pages", all.taps, len(pages))
	}
}
