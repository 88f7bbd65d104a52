package pack

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// bundleTime stands on every entry, so that the same program gives the same bytes.
var bundleTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Zip writes the bundle as one file: the same program gives the same bytes.
func (p *Program) Zip() ([]byte, error) {
	entries, err := p.Entries()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: bundleTime})
		if err == nil {
			_, err = entry.Write(entries[name])
		}
		if err != nil {
			return nil, fmt.Errorf("bundle entry %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return out.Bytes(), nil
}
