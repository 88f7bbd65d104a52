package payments

import (
	"syscall"
	"time"
)

// ownCPU is what this process has used. Windows counts in units of 100 ns.
func ownCPU() time.Duration {
	var started, ended, kernel, user syscall.Filetime
	self, err := syscall.GetCurrentProcess()
	if err != nil || syscall.GetProcessTimes(self, &started, &ended, &kernel, &user) != nil {
		return 0
	}
	units := func(t syscall.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return time.Duration(units(kernel)+units(user)) * 100
}
