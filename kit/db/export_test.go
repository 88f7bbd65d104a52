package db

import (
	"testing"
	"time"
)

// SetBusyTimeout shortens the wait for another process, for databases opened from now on.
func SetBusyTimeout(t *testing.T, d time.Duration) {
	before := busyTimeout
	busyTimeout = d
	t.Cleanup(func() { busyTimeout = before })
}

// SetLogTarget shortens SQLite's log, for databases opened from now on.
func SetLogTarget(t *testing.T, frames int64) {
	before := walTargetFrames
	walTargetFrames = frames
	t.Cleanup(func() { walTargetFrames = before })
}

// Waiting is how many Writes wait for the SQLite writer.
func Waiting(d *DB) int { return len(d.engine.(*liteEngine).queue) }

// Sharers is how many snapshots ReadTogether takes at once.
func Sharers() int { return sharers() }
