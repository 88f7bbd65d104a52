package db

import (
	"context"
	"os"
	"strings"

	"souk/kit/fault"
)

// ErrBackup refuses to copy a database.
var ErrBackup = fault.New(fault.Invalid, "DB_BACKUP", "the database cannot be copied there")

// Backup copies a SQLite database, as it is at one moment, into a new file, while others read and write it. The file must not exist; it is there when
// Backup returns, whole and durable, or not at all. PostgreSQL has tools of its own. Error: ErrBackup.
func (d *DB) Backup(ctx context.Context, path string) (err error) {
	e, ok := d.engine.(*liteEngine)
	if !ok {
		return ErrBackup.With("this is PostgreSQL: use pg_dump, or its continuous archiving")
	}
	if _, err := os.Lstat(path); err == nil {
		return ErrBackup.With("%s exists", path)
	}
	c, err := openLite(e.path, readerCacheKiB)
	if err != nil {
		return err
	}
	defer c.close()
	c.c.SetInterrupt(ctx.Done())
	part := path + ".part"
	if err := os.Remove(part); err != nil && !os.IsNotExist(err) {
		return ErrBackup.With("%w", reason(err))
	}
	if err := c.script("VACUUM INTO '" + strings.ReplaceAll(part, "'", "''") + "'"); err != nil {
		os.Remove(part)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return ErrBackup.With("%s: %w", path, err)
	}
	if err := settle(part, path); err != nil {
		os.Remove(part)
		return ErrBackup.With("%s: %w", path, reason(err))
	}
	return nil
}

// settle makes a written file durable and gives it its name.
func settle(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err = f.Chmod(0o600); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	return err
}
