package bundle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"souk/kit/bundle"
)

var program = map[string][]byte{
	"app.json":             []byte(`{"pages":["pages/index"]}`),
	"pages/index.js":       []byte("Page({})"),
	"pages/饮料.js":          []byte("Page({})"),
	"assets/empty":         {},
	"assets/large and.png": bytes.Repeat([]byte("0123456789"), 50_000),
}

func TestTheSameFilesMakeTheSameBytesAndComeBack(t *testing.T) {
	first, err := bundle.Write(program)
	if err != nil {
		t.Fatal(err)
	}
	second, err := bundle.Write(maps.Clone(program))
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("two packings differ: %v", err)
	}
	files, err := bundle.Read(first, bundle.Default)
	if err != nil || !maps.EqualFunc(files, program, bytes.Equal) {
		t.Fatalf("%v came back, %v", slices.Sorted(maps.Keys(files)), err)
	}
	if bundle.Hash(files) != bundle.Hash(program) {
		t.Fatal("the hash changed on the way")
	}
}

func TestTheHashTellsApartWhatDiffers(t *testing.T) {
	seen := map[string]string{}
	for _, files := range []map[string][]byte{
		{},
		{"a": []byte("bc")},
		{"ab": []byte("c")},
		{"a": {}, "bc": {}},
		{"a": []byte("b"), "c": {}},
		{"a": []byte("bc"), "d": {}},
	} {
		what, hash := fmt.Sprint(files), bundle.Hash(files)
		if other, twice := seen[hash]; twice {
			t.Errorf("%s and %s have one hash", what, other)
		}
		seen[hash] = what
	}
}

func TestNamesThatLeadAstrayAreNotPacked(t *testing.T) {
	for _, names := range [][]string{
		{""}, {"."}, {".."}, {"../x"}, {"a/../../x"}, {"/etc/passwd"}, {`a\b`}, {`C:x`}, {"a//b"}, {"a/"}, {"a\x00b"}, {"a\nb"},
		{"\xff"}, {strings.Repeat("x", 301)}, {"a", "a/b"}, {"a/b", "a/b/c/d"},
	} {
		files := map[string][]byte{}
		for _, name := range names {
			files[name] = nil
		}
		if _, err := bundle.Write(files); !errors.Is(err, bundle.ErrBundle) {
			t.Errorf("%q: %v", names, err)
		}
	}
}

// entry is one file of a stranger's zip.
type entry struct {
	name string
	mode fs.FileMode
	data string
}

func strangers(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if e.data != "" {
			if _, err := f.Write([]byte(e.data)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var tight = bundle.Limits{Packed: 10_000, Count: 3, File: 1000, Total: 2000, Name: 50}

func TestStrangersZipsAreBounded(t *testing.T) {
	for what, packed := range map[string][]byte{
		"no zip":            []byte("PK no"),
		"empty":             nil,
		"outside":           strangers(t, entry{"../../etc/cron.d/x", 0o644, "x"}),
		"absolute":          strangers(t, entry{"/x", 0o644, "x"}),
		"backslashes":       strangers(t, entry{`..\x`, 0o644, "x"}),
		"a link":            strangers(t, entry{"x", fs.ModeSymlink | 0o777, "/etc/passwd"}),
		"twice":             strangers(t, entry{"x", 0o644, "1"}, entry{"x", 0o644, "2"}),
		"file and folder":   strangers(t, entry{"x", 0o644, "1"}, entry{"x/y", 0o644, "2"}),
		"too many":          strangers(t, entry{"1", 0, ""}, entry{"2", 0, ""}, entry{"3", 0, ""}, entry{"4", 0, ""}),
		"many folders":      strangers(t, slices.Repeat([]entry{{"d/", fs.ModeDir, ""}}, 10)...),
		"a bomb":            strangers(t, entry{"x", 0o644, strings.Repeat("0", 1_000_000)}),
		"together a bomb":   strangers(t, entry{"1", 0o644, strings.Repeat("0", 900)}, entry{"2", 0o644, strings.Repeat("0", 900)}, entry{"3", 0o644, strings.Repeat("0", 900)}),
		"long name":         strangers(t, entry{strings.Repeat("x", 60), 0o644, ""}),
		"large when zipped": bytes.Repeat([]byte("x"), 20_000),
	} {
		if _, err := bundle.Read(packed, tight); !errors.Is(err, bundle.ErrBundle) {
			t.Errorf("%s: %v", what, err)
		}
	}
	files, err := bundle.Read(strangers(t, entry{"d/", fs.ModeDir | 0o755, ""}, entry{"d/x", 0o600, "1"}), tight)
	if err != nil || string(files["d/x"]) != "1" || len(files) != 1 {
		t.Errorf("an ordinary zip: %v, %v", files, err)
	}
}

// A header that lies about the size must not lead to more than the limit.
func TestALyingHeaderIsRefused(t *testing.T) {
	packed := strangers(t, entry{"x", 0o644, strings.Repeat("0", 1500)})
	at := bytes.Index(packed, []byte("PK\x01\x02"))
	packed[at+24], packed[at+25] = 1, 0 // uncompressed size in the central directory: 1
	if files, err := bundle.Read(packed, tight); !errors.Is(err, bundle.ErrBundle) {
		t.Fatalf("%d files, %v", len(files), err)
	}
}

func FuzzRead(f *testing.F) {
	packed, err := bundle.Write(map[string][]byte{"app.json": []byte("{}"), "pages/index.js": []byte("Page({})")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(strangers(f, entry{"../x", 0o644, "x"}, entry{"l", fs.ModeSymlink, "/"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := bundle.Read(data, tight)
		if err != nil {
			if !errors.Is(err, bundle.ErrBundle) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		total := 0
		for name, data := range files {
			if total += len(data); !fs.ValidPath(name) || len(data) > int(tight.File) {
				t.Fatalf("%q, %d bytes", name, len(data))
			}
		}
		if len(files) > tight.Count || total > int(tight.Total) {
			t.Fatalf("%d files, %d bytes", len(files), total)
		}
		again, err := bundle.Write(files)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := bundle.Read(again, bundle.Default)
		if err != nil || bundle.Hash(back) != bundle.Hash(files) {
			t.Fatalf("it comes back changed: %v", err)
		}
	})
}
