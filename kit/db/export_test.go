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
