package shell_test

import (
	"os"
	"path/filepath"
	"testing"

	"souk/conformance/handset"
)

func TestASavedFileIsOnThePhoneAtOnceAndAMistakeIsShownWithItsPlace(t *testing.T) {
	dir := handset.Folder(t, plain)
	p := openPhone(t, dir, "", nil)
	if err := p.Folder.Watch(t.Context(), p.Log); err != nil {
		t.Fatal(err)
	}
	p.OpenProgram()
	p.Reads("plain page")
	save := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save("pages/index/index.axml", "<view>changed page</view>")
	p.Reads("changed page")
	save("pages/index/index.js", "Page({ data: { a: 1 +* 2 } });")
	p.Sees(`.dev-panel small`, "pages/index/index.js:1:")
	p.Sees(`.dev-panel pre`, "^")
	p.Shot("mistake")
	save("pages/index/index.js", "Page({ onLoad() { throw new Error('thrown in onLoad'); } });")
	p.Sees(`.dev-panel strong`, "thrown in onLoad")
	save("pages/index/index.js", "Page({});")
	p.Misses(`.dev-panel`)
	p.Reads("changed page")
}
