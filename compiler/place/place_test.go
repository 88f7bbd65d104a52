package place

import (
	"testing"

	"souk/compiler/diag"
)

func TestColumnsCountCharactersNotBytes(t *testing.T) {
	x := New("a.json", []byte("{\n  \"标题\": x\n}"))
	for _, c := range []struct{ offset, line, column int }{{0, 1, 1}, {2, 2, 1}, {14, 2, 9}, {99, 3, 2}} {
		if line, column := x.At(c.offset); line != c.line || column != c.column {
			t.Errorf("At(%d) = %d:%d, want %d:%d", c.offset, line, column, c.line, c.column)
		}
	}
}

func TestADiagnosticStaysOnItsFirstLine(t *testing.T) {
	d := New("a", []byte("one\ntwo")).Diagnostic(diag.Error, "c", 1, 7, "m", "")
	if d.Line != 1 || d.Column != 2 || d.Length != 2 {
		t.Errorf("got %d:%d+%d, want 1:2+2", d.Line, d.Column, d.Length)
	}
}
