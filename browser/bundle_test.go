package browser

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryProgramIsBundledWithoutNames(t *testing.T) {
	a, err := Build(false)
	if err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string][]byte{"shell": a.ShellJS, "frame": a.FrameJS, "worker": a.WorkerJS, "headless worker": a.HeadlessJS, "style": a.CSS} {
		if len(script) < 1000 {
			t.Errorf("the %s has only %d bytes", name, len(script))
		}
	}
	if len(a.Hash) != 16 || len(a.Groups) == 0 {
		t.Errorf("hash %q, %d groups of elements", a.Hash, len(a.Groups))
	}
	if bytes.Contains(a.WorkerJS, []byte("sourceMappingURL")) {
		t.Error("the production script carries a source map")
	}
}

func TestAnImportFromOutsideIsRefused(t *testing.T) {
	fsys := fstest.MapFS{"worker/main.ts": {Data: []byte(`import { x } from "left-pad"; x()`)}}
	_, err := bundle(fsys, []string{"worker/main.ts"}, true, nil)
	if err == nil || !strings.Contains(err.Error(), "only relative imports") {
		t.Fatalf("got %v", err)
	}
}

// A group that imports what the worker does not hand out would get a second copy of it, with a state of its own.
func TestAGroupHasNoCopyOfTheWorker(t *testing.T) {
	a, err := Build(true)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.MyGroups) == 0 {
		t.Fatal("there are no groups of functions")
	}
	for name, text := range a.MyGroups {
		if !bytes.Contains(text, []byte("souk.group(")) {
			t.Errorf("group %s does not register itself", name)
		}
		if bytes.Contains(text, []byte("nextCall")) || bytes.Contains(text, []byte("let post =")) {
			t.Errorf("group %s holds the worker's way to the shell", name)
		}
	}
	fsys := fstest.MapFS{
		"my/core.ts":     {Data: []byte(`import { a } from "../worker/w"; export const core = { a };`)},
		"worker/w.ts":    {Data: []byte("export const a = 1, b = 2;")},
		"my/groups/g.ts": {Data: []byte(`import { b } from "../../worker/w"; declare const souk: any; souk.group(b);`)},
	}
	if err := buildMyGroups(fsys, false, &Assets{MyGroups: map[string][]byte{}}, map[string][]byte{}); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("a group that imports what my/core.ts does not hand out: %v", err)
	}
}
