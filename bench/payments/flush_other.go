//go:build !linux

package payments

import "os"

// flush makes a file durable; fdatasync is Linux's alone.
func flush(f *os.File) error { return f.Sync() }
