// Package bundle is named files in one zip: the same files always make the same bytes, and what is read from
// strangers is bounded in count, size and names.
//
//	packed, err := bundle.Write(map[string][]byte{"app.json": …})
//	files, err := bundle.Read(packed, bundle.Default)
//	id := bundle.Hash(files)
//
// A name is a relative slash path as io/fs has it ("pages/index.js"). The hash is of names and contents, not of the
// zip's bytes, so it does not change with the compressor. This room knows nothing of what the files mean, and never
// touches the disk. Start reading at Read.
package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"souk/kit/fault"
)

// Limits bound a bundle. Sizes are bytes, unpacked unless said.
type Limits struct {
	Packed int64 // of the zip itself
	Count  int   // files
	File   int64 // each
	Total  int64 // all together
	Name   int   // of a name
}

// Default is generous for a mini-program (Alipay allows 2 MiB a package, 8 MiB with its subpackages) and harmless for a server.
var Default = Limits{Packed: 32 << 20, Count: 4096, File: 16 << 20, Total: 64 << 20, Name: 300}

// ErrBundle refuses what is no bundle, or too large a one.
var ErrBundle = fault.New(fault.Invalid, "BUNDLE_INVALID", "this is not a bundle that can be taken")

// epoch is the modification time of every file, the earliest that a zip can say.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Write packs files, by name, within Default.
func Write(files map[string][]byte) ([]byte, error) {
	names := slices.Sorted(maps.Keys(files))
	if err := check(names, files, Default); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(to, flate.BestCompression)
	})
	for _, name := range names {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: epoch})
		if err != nil {
			return nil, ErrBundle.With("%s: %w", name, err)
		}
		if _, err := entry.Write(files[name]); err != nil {
			return nil, ErrBundle.With("%s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, ErrBundle.With("%w", err)
	}
	if int64(out.Len()) > Default.Packed {
		return nil, ErrBundle.With("%d bytes packed; the most is %d", out.Len(), Default.Packed)
	}
	return out.Bytes(), nil
}

// Read unpacks a zip, ours or a stranger's, within limits. Folders' own entries are passed over; links and other special
// files, names that lead outside, and names given twice are refused.
func Read(packed []byte, limits Limits) (map[string][]byte, error) {
	if int64(len(packed)) > limits.Packed {
		return nil, ErrBundle.With("%d bytes; the most is %d", len(packed), limits.Packed)
	}
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, ErrBundle.With("%w", err)
	}
	if len(r.File) > 2*limits.Count { // folders included
		return nil, ErrBundle.With("%d entries; the most is %d", len(r.File), limits.Count)
	}
	files := map[string][]byte{}
	left := limits.Total
	for _, entry := range r.File {
		if strings.HasSuffix(entry.Name, "/") && entry.UncompressedSize64 == 0 {
			continue
		}
		if !entry.Mode().IsRegular() {
			return nil, ErrBundle.With("%.80q is not a regular file", entry.Name)
		}
		if _, twice := files[entry.Name]; twice {
			return nil, ErrBundle.With("%.80q is there twice", entry.Name)
		}
		data, err := unpack(entry, min(left, limits.File))
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		files[entry.Name] = data
	}
	return files, check(slices.Sorted(maps.Keys(files)), files, limits)
}

// unpack reads at most most bytes, whatever the entry's header says.
func unpack(entry *zip.File, most int64) ([]byte, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, ErrBundle.With("%.80q: %w", entry.Name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, ErrBundle.With("%.80q: %w", entry.Name, err)
	}
	if int64(len(data)) > most {
		return nil, ErrBundle.With("%.80q is too large, or makes the whole too large", entry.Name)
	}
	return data, nil
}

// check wants names sorted.
func check(names []string, files map[string][]byte, limits Limits) error {
	if len(names) > limits.Count {
		return ErrBundle.With("%d files; the most is %d", len(names), limits.Count)
	}
	total := int64(0)
	for _, name := range names {
		if err := checkName(name, files, limits); err != nil {
			return err
		}
		size := int64(len(files[name]))
		if total += size; size > limits.File || total > limits.Total {
			return ErrBundle.With("%.80q is too large, or makes the whole too large", name)
		}
	}
	return nil
}

func checkName(name string, files map[string][]byte, limits Limits) error {
	if len(name) > limits.Name {
		return ErrBundle.With("the name %.80q… has %d bytes; the most is %d", name, len(name), limits.Name)
	}
	if name == "." || !fs.ValidPath(name) || !utf8.ValidString(name) || strings.ContainsAny(name, `\:`) || strings.ContainsFunc(name, unicode.IsControl) {
		return ErrBundle.With("the name %.80q is no plain relative path", name)
	}
	for folder, at := name, strings.LastIndexByte(name, '/'); at > 0; at = strings.LastIndexByte(folder, '/') {
		folder = folder[:at]
		if _, isFile := files[folder]; isFile {
			return ErrBundle.With("%.80q is a file and a folder", folder)
		}
	}
	return nil
}

// Hash names the contents: the SHA-256, in hex, of every file's name and data, in the order of names. Two sets of files
// have the same hash only if they are the same.
func Hash(files map[string][]byte) string {
	h := sha256.New()
	var size [8]byte
	field := func(data []byte) {
		binary.BigEndian.PutUint64(size[:], uint64(len(data)))
		h.Write(size[:])
		h.Write(data)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		field([]byte(name))
		field(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
