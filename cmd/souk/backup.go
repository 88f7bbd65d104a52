package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"souk/kit/db"
)

// backupCmd is souk backup: a copy of the database as it is at one moment, with the books in it proven.
type backupCmd struct {
	database
	File string `arg:"" help:"The file to write; it must not exist."`
}

func (c backupCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Backup(ctx, c.File); err != nil {
		return err
	}
	report, err := examine(ctx, c.File)
	if err != nil {
		return fmt.Errorf("the copy %s is not good: %w", c.File, err)
	}
	say("%s has %d accounts and %d entries; its books are right. Keep the master key (master.key) elsewhere: without it the private keys in the copy stay sealed.", c.File, report.Accounts, report.Entries)
	return nil
}

// restoreCmd is souk restore: a backup becomes the database of a data folder.
type restoreCmd struct {
	database
	File string `arg:"" help:"The backup."`
}

func (c restoreCmd) Run(ctx context.Context) error {
	if c.DB != "" {
		return fmt.Errorf("a backup is put into a data folder; name it with --data")
	}
	to := filepath.Join(c.Data, databaseFile)
	for _, end := range []string{"", "-wal"} {
		if _, err := os.Lstat(to + end); err == nil {
			return fmt.Errorf("%s exists; move it away first, so that nothing is lost", to+end)
		}
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder %s cannot be used: %w; choose another with --data", c.Data, err)
	}
	part := to + ".part"
	defer os.Remove(part)
	if err := copyOf(c.File, part); err != nil {
		return fmt.Errorf("the backup %s cannot be copied: %w", c.File, err)
	}
	report, err := examine(ctx, part)
	if err != nil {
		return fmt.Errorf("the backup %s is not good, nothing was restored: %w", c.File, err)
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	say("%s has %d accounts and %d entries; its books are right.", to, report.Accounts, report.Entries)
	return nil
}

// examine opens a database file, brings it up to date and proves its books. It leaves one file.
func examine(ctx context.Context, file string) (report proof, err error) {
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		return report, fmt.Errorf("there is no database in %s", file)
	}
	d, err := db.Open(ctx, "sqlite:"+file, schemas...)
	if err != nil {
		return report, err
	}
	report, err = prove(ctx, d)
	if err == nil {
		err = report.err()
	}
	if closed := d.Close(); err == nil {
		err = closed
	}
	return report, err
}

func copyOf(from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	if err == nil {
		err = w.Sync()
	}
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}
