package payments

import (
	"os"
	"syscall"
)

// flush makes a file's bytes durable, without the times that the file system keeps of it.
func flush(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
