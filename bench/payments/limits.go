package payments

import (
	"context"
	"crypto/rsa"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"souk/kit/sign"
)

var cpus = float64(runtime.NumCPU())

const (
	page    = 4 << 10
	preMade = 16 << 20 // bytes of the file that is overwritten

	signingPieces = 20 // of a turn
)

// addLimits adds what nothing durable or signed can be quicker than.
func (b *bench) addLimits(ctx context.Context) error {
	path := filepath.Join(b.Folder, "overwritten")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return ErrOptions.With("the folder cannot be written: %w", err)
	}
	b.undo = append(b.undo, func() { f.Close(); os.Remove(path) })
	block := make([]byte, page)
	for at := int64(0); at < preMade; at += page {
		if _, err := f.WriteAt(block, at); err != nil {
			return fmt.Errorf("preparing a file: %w", err)
		}
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("preparing a file: %w", err)
	}
	b.forms = append(b.forms, &form{name: "fdatasync of a preallocated 4 KiB", unit: "flushes", clients: 1, ready: endless(func(i int) error {
		block[0]++
		if _, err := f.WriteAt(block, int64(i)%(preMade/page)*page); err != nil {
			return err
		}
		return flush(f)
	})})
	return nil
}

// signing is the bare signature in every answer of the open API.
func signing(key *rsa.PrivateKey) *form {
	text := []byte(`{"code":"10000","msg":"Success"}`)
	return &form{name: "crypto/rsa signature, 2048 bits", unit: "signatures", clients: runtime.NumCPU(), pieces: signingPieces, ready: endless(func(int) error {
		_, err := sign.Sign(key, sign.RSA2, text)
		return err
	})}
}
