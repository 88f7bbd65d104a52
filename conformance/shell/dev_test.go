package shell_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestASavedFileIsOnThePhoneAtOnceAndAMistakeIsShownWithItsPlace(t *testing.T) {
	dir := program(t, plain)
	p := openPhone(t, dir, "", nil)
	if err := p.folder.Watch(t.Context(), p.log); err != nil {
		t.Fatal(err)
	}
	p.openProgram()
	p.reads("plain page")
	save := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save("pages/index/index.axml", "<view>changed page</view>")
	p.reads("changed page")
	save("pages/index/index.js", "Page({ data: { a: 1 +* 2 } });")
	p.sees(`.dev-panel small`, "pages/index/index.js:1:")
	p.sees(`.dev-panel pre`, "^")
	p.shot("mistake")
	save("pages/index/index.js", "Page({ onLoad() { throw new Error('thrown in onLoad'); } });")
	p.sees(`.dev-panel strong`, "thrown in onLoad")
	save("pages/index/index.js", "Page({});")
	p.misses(`.dev-panel`)
	p.reads("changed page")
}
