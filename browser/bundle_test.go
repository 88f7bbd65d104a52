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
	_, err := bundle(fsys, []string{"worker/main.ts"}, true)
	if err == nil || !strings.Contains(err.Error(), "only relative imports") {
		t.Fatalf("got %v", err)
	}
}
