package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"souk/compiler/diag"
	"souk/compiler/pack"
)

// program is one page with a button; page is the inside of Page({…}).
func program(page, test string, more ...string) fstest.MapFS {
	files := fstest.MapFS{
		"app.json":               {Data: []byte(`{"pages": ["pages/index/index"]}`)},
		"app.js":                 {Data: []byte("App({})")},
		"pages/index/index.axml": {Data: []byte(`<view id="say" onTap="go">{{word}}</view><input onInput="typed" />`)},
		"pages/index/index.js":   {Data: []byte("import { helper } from '../../lib/helper'; import '../../lib/empty';\n\nPage({\n" + page + "\n});\n")},
		"lib/empty.js":           {Data: []byte("// nothing yet\n")},
		"lib/helper.js":          {Data: []byte("// the first line\nexport function helper() {\n  throw new Error('out of beans');\n}\n")},
	}
	if test != "" {
		files["tests/it.test.js"] = &fstest.MapFile{Data: []byte(test)}
	}
	for i := 0; i+1 < len(more); i += 2 {
		files[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return files
}

func runAll(t *testing.T, files fs.FS, update bool) Report {
	t.Helper()
	p, bag := pack.Compile(context.Background(), files, pack.Options{Dev: true})
	for _, d := range bag.Sorted() {
		if d.Severity == diag.Error {
			t.Fatal(diag.Render(d, nil))
		}
	}
	text, err := json.Marshal(p.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(context.Background(), Input{Bundle: text, Script: p.Script, SourceMap: p.SourceMap, Files: files, Update: update})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestTheCoffeeShowcasePassesItsOwnTests(t *testing.T) {
	report := runAll(t, os.DirFS("../../showcase/coffee"), false)
	var out bytes.Buffer
	report.Print(&out)
	if report.Failed > 0 || report.Passed < 12 {
		t.Error(out.String())
	}
}

// Each row is a program, its test and what the report must say.
func TestWhatAProgramThrowsIsReportedWithItsSourcePlace(t *testing.T) {
	for name, c := range map[string]struct {
		page, test string
		want       []string
	}{
		"thrown while the page opens": {"onLoad() {\n  helper();\n}", "",
			[]string{"FAIL  opens pages/index/index", "uncaught Error: out of beans", "at lib/helper.js:3:", "at pages/index/index.js:5:"}},
		"thrown after an await": {"async onLoad() {\n  await 1;\n  helper();\n}", "",
			[]string{"uncaught Error: out of beans", "at lib/helper.js:3:"}},
		"thrown by a timer": {"onLoad() {\n  setTimeout(() => helper(), 500);\n}", "",
			[]string{"uncaught Error: out of beans", "at lib/helper.js:3:"}},
		"thrown by a handler, though the test looks away": {"go() { helper(); }", "test('taps', async ({ open, tap }) => { await open(); await tap('#say'); });",
			[]string{"ok    opens pages/index/index", "FAIL  tests/it.test.js: taps", "at lib/helper.js:3:"}},
		"an expectation that fails names the line of the test": {"data: { word: 'tea' }", "\n\ntest('words', async ({ open, expect }) => {\n  await open();\n  expect('#say').toHaveText('coffee');\n});",
			[]string{`expected #say with text "tea" to have text "coffee"`, "at tests/it.test.js:5:"}},
		"an endless loop ends": {"go() { for (;;) ; }", "test('loops', async ({ open, tap }) => { await open(); await tap('#say'); });",
			[]string{"FAIL  tests/it.test.js: loops", "ran for more than 10s without a break"}},
		"an endless test ends":              {"", "test('waits', () => new Promise(() => {}));", []string{"the test never ends"}},
		"a test file that cannot be read":   {"", "test('x', () => {\n  oops(;\n});", []string{"FAIL", "at tests/it.test.js:2:"}},
		"a test file that throws":           {"", "\nnothing.here();", []string{"FAIL", "nothing", "at tests/it.test.js:2:"}},
		"a file without a test":             {"", "const a = 1;", []string{"there is no test in this file"}},
		"an import from outside is refused": {"", "import x from 'left-pad';", []string{"a test imports files of the program by relative names"}},
		"a request that nobody answers":     {"onLoad() { my.request({ url: 'https://a.example/x', fail: (e) => this.setData({ word: e.errorMessage }) }); }", "test('asks', async ({ open, text }) => { await open(); throw new Error(text('#say')); });", []string{"no mock answers GET https://a.example/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := runAll(t, program(c.page, c.test), false)
			var out bytes.Buffer
			report.Print(&out)
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, out.String())
				}
			}
			if report.Failed == 0 {
				t.Error("nothing failed")
			}
		})
	}
}

func TestATestDrivesTheProgramAndSeesWhatItDid(t *testing.T) {
	page := `data: { word: 'tea', n: 0 },
  onLoad(q) { this.setData({ word: q.word || my.getStorageSync({ key: 'word' }).data || 'tea' }); },
  go() { my.confirm({ content: 'sure?', success: (r) => { my.setStorageSync({ key: 'word', data: String(r.confirm) }); this.setData({ word: String(r.confirm) }); } }); },
  typed(e) { setTimeout(() => this.setData({ word: e.detail.value }), 3000); },`
	test := `
test('a query, scripted dialogs and what is stored', async ({ open, tap, expect, answer, storage, calls }) => {
  answer('confirm', { confirm: false }, { confirm: true });
  await open('pages/index/index?word=hello');
  expect('#say').toHaveText('hello');
  await tap('#say');
  expect('#say').toHaveText('false');
  await tap('#say');
  expect(storage.get('word')).toBe('true');
  expect(calls('my.confirm')).toHaveLength(2);
  await open();
  expect('#say').toHaveText('true');
});
test('storage starts empty in each test, and time passes when a test waits', async ({ open, input, wait, expect, storage }) => {
  expect(storage.all()).toEqual({});
  storage.set('word', 'kept');
  await open();
  expect('#say').toHaveText('kept');
  await input('input', 'typed');
  expect('#say').toHaveText('kept');
  await wait(3000);
  expect('#say').toHaveText('typed');
  expect(() => expect(1).toBe(2)).toThrow('expected 1 to be 2');
  expect('#say').not.toHaveText('kept');
});`
	report := runAll(t, program(page, test), false)
	if report.Failed > 0 || report.Passed != 3 {
		var out bytes.Buffer
		report.Print(&out)
		t.Error(out.String())
	}
}

func TestASnapshotIsWrittenOnlyWhenAskedAndComparedEverAfter(t *testing.T) {
	test := "test('looks', async ({ open, snapshot }) => { await open(); await snapshot(); await snapshot('again'); });"
	files := program("data: { word: 'tea' }", test)
	if report := runAll(t, files, false); report.Failed != 1 || len(report.Snapshots) != 0 {
		t.Errorf("a missing snapshot must fail and must not be written: %+v", report)
	}
	report := runAll(t, files, true)
	text := report.Snapshots["tests/it.snap"]
	if report.Failed > 0 || report.Updated != 2 || !bytes.Contains(text, []byte("-- looks › again --\n")) {
		t.Fatalf("--update must write both: %+v\n%s", report, text)
	}
	files["tests/it.snap"] = &fstest.MapFile{Data: text}
	if report := runAll(t, files, false); report.Failed > 0 {
		t.Errorf("the page is as it was: %+v", report.Results)
	}
	files["pages/index/index.js"] = &fstest.MapFile{Data: []byte("Page({ data: { word: 'mate' } })")}
	report = runAll(t, files, false)
	var out bytes.Buffer
	report.Print(&out)
	if report.Failed != 1 || !strings.Contains(out.String(), "-     tea") || !strings.Contains(out.String(), "+     mate") {
		t.Errorf("the difference must be shown:\n%s", out.String())
	}
}

func TestTheMockTableAnswersAndSaysHowPagesAreOpened(t *testing.T) {
	page := `onLoad(q) { if (!q.id) helper(); my.request({ url: 'https://a.example/items/' + q.id, success: (r) => this.setData({ word: r.data.name }) }); },`
	table := `{"requests": [{"url": "/items/*", "data": {"name": "Mocha"}}], "pages": {"pages/index/index": {"query": {"id": "7"}}}}`
	test := "test('asks', async ({ open, expect }) => { await open('pages/index/index', { id: 7 }); expect('#say').toHaveText('Mocha'); });"
	report := runAll(t, program(page, test, "souk.mock.json", table), false)
	if report.Failed > 0 || report.Passed != 2 {
		t.Errorf("%+v", report.Results)
	}
}

func TestTheJUnitFileCountsAndIsXML(t *testing.T) {
	report := runAll(t, program("onLoad() { helper(); }", "test('a <b> & c', () => {});"), false)
	var out bytes.Buffer
	if err := report.JUnit(&out, "it"); err != nil {
		t.Fatal(err)
	}
	var back junitSuite
	if err := xml.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if back.Tests != 2 || back.Failures != 1 || back.Cases[1].Name != "a <b> & c" || back.Cases[0].Failure == nil {
		t.Errorf("got %+v", back)
	}
}
