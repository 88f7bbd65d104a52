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
	if len(a.WorkerJS) == 0 || len(a.Hash) != 16 {
		t.Fatalf("worker %d bytes, hash %q", len(a.WorkerJS), a.Hash)
	}
	if bytes.Contains(a.WorkerJS, []byte("sourceMappingURL")) {
		t.Error("the production script carries a source map")
	}
}

func TestAnImportFromOutsideIsRefused(t *testing.T) {
	fsys := fstest.MapFS{"worker/main.ts": {Data: []byte(`import { x } from "left-pad"; x()`)}}
	_, err := build(fsys, true)
	if err == nil || !strings.Contains(err.Error(), "only relative imports") {
		t.Fatalf("got %v", err)
	}
}
