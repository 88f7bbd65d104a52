package db

import (
	"net/url"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lite "modernc.org/sqlite/lib"
)

// SQLite writes its log a frame at a time, in two calls of the system each: a commit of two hundred pages is four hundred calls, a seventh of what
// a payment cost. The writer's connection opens its files through a layer ("VFS") over SQLite's own, which keeps what is appended to
// the log and hands it on in large pieces before the log is synced, read, measured, cut or closed. Nobody misses it before that: under
// synchronous = FULL SQLite shows frames to others only after the sync. When something is durable does not change.

const (
	logLayer = "souk-log" // the layer's name in SQLite's list
	maxHeld  = 1 << 20    // bytes kept of one log
	maxPiece = 1 << 16    // bytes of one write: SQLite's own layer takes less than 128 KiB
)

// heldLog is what is kept of one open log. Only its connection's goroutine touches it. What SQLite has the address of is in its own
// memory, never in Go's.
type heldLog struct {
	below   *lite.Tsqlite3_io_methods // SQLite's own for this file
	methods uintptr                   // the same with ours among them
	memory  uintptr                   // of held: maxHeld bytes
	held    []byte
	at      int64 // where held begins in the file
}

// layer is what is known of the layer once it is installed.
var layer struct {
	once      sync.Once
	installed bool
	below     uintptr // SQLite's own
	mu        sync.RWMutex
	logs      map[uintptr]*heldLog // by SQLite's handle of the open file
}

// layered is the address at which SQLite opens path through the layer, or "" where that is not possible.
func layered(path string) string {
	layer.once.Do(installLayer)
	if !layer.installed || runtime.GOOS == "windows" || strings.HasPrefix(path, "//") {
		return ""
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?vfs=" + logLayer
}

// installLayer copies SQLite's own layer and takes xOpen for itself.
func installLayer() {
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := libc.CString(logLayer) // SQLite keeps it
	layer.below = lite.Xsqlite3_vfs_find(tls, 0)
	own := lite.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(lite.Tsqlite3_vfs{}))) // and this, for good
	if layer.below == 0 || own == 0 || err != nil {
		return
	}
	layer.logs = map[uintptr]*heldLog{}
	vfs := there[lite.Tsqlite3_vfs](own)
	*vfs = *there[lite.Tsqlite3_vfs](layer.below)
	vfs.FpNext, vfs.FzName, vfs.FxOpen = 0, name, address(openLayered)
	layer.installed = lite.Xsqlite3_vfs_register(tls, own, 0) == lite.SQLITE_OK
}

// there is the C object at p; address is a Go function as C has it, and function the way back.
func there[T any](p uintptr) *T    { return *(**T)(unsafe.Pointer(&p)) }
func address[F any](f F) uintptr   { return *(*uintptr)(unsafe.Pointer(&f)) }
func function[F any](at uintptr) F { return *(*F)(unsafe.Pointer(&at)) }

// What the layer puts in place of SQLite's own, in the words of C.
type (
	openFunc  = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	writeFunc = func(tls *libc.TLS, file, buffer uintptr, count int32, at int64) int32
	sizeFunc  = func(tls *libc.TLS, file, size uintptr) int32
	cutFunc   = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc  = func(tls *libc.TLS, file uintptr, flags int32) int32
	closeFunc = func(tls *libc.TLS, file uintptr) int32
)

// openLayered opens a file as SQLite does, and if it is a log puts our functions in place.
func openLayered(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	below := there[lite.Tsqlite3_vfs](layer.below)
	rc := function[openFunc](below.FxOpen)(tls, layer.below, name, file, flags, out)
	if rc != lite.SQLITE_OK || flags&lite.SQLITE_OPEN_WAL == 0 {
		return rc
	}
	f := there[lite.Tsqlite3_file](file)
	l := &heldLog{below: there[lite.Tsqlite3_io_methods](f.FpMethods)}
	l.methods = lite.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(*l.below)))
	l.memory = lite.Xsqlite3_malloc(tls, maxHeld)
	if l.methods == 0 || l.memory == 0 {
		function[closeFunc](l.below.FxClose)(tls, file)
		return lite.SQLITE_NOMEM
	}
	l.held = unsafe.Slice(there[byte](l.memory), maxHeld)[:0]
	own := there[lite.Tsqlite3_io_methods](l.methods)
	*own = *l.below
	own.FxWrite, own.FxRead, own.FxSync = address(writeHeld), address(readHeld), address(syncHeld)
	own.FxTruncate, own.FxFileSize, own.FxClose = address(cutHeld), address(sizeHeld), address(closeHeld)
	layer.mu.Lock()
	layer.logs[file] = l
	layer.mu.Unlock()
	f.FpMethods = l.methods
	return rc
}

func logOf(file uintptr) *heldLog {
	layer.mu.RLock()
	defer layer.mu.RUnlock()
	return layer.logs[file]
}

// writeHeld keeps what follows on what is kept, and hands on first what it does not follow on.
func writeHeld(tls *libc.TLS, file, buffer uintptr, count int32, at int64) int32 {
	l := logOf(file)
	if len(l.held) > 0 && (at != l.at+int64(len(l.held)) || len(l.held)+int(count) > maxHeld) {
		if rc := l.handOn(tls, file); rc != lite.SQLITE_OK {
			return rc
		}
	}
	if len(l.held) == 0 {
		l.at = at
	}
	if int(count) > maxHeld {
		return function[writeFunc](l.below.FxWrite)(tls, file, buffer, count, at)
	}
	l.held = append(l.held, unsafe.Slice(there[byte](buffer), count)...)
	return lite.SQLITE_OK
}

// handOn writes what is kept. It is forgotten even if that fails: SQLite then gives the transaction up, and writes the place again.
func (l *heldLog) handOn(tls *libc.TLS, file uintptr) int32 {
	if len(l.held) == 0 {
		return lite.SQLITE_OK
	}
	count := len(l.held)
	l.held = l.held[:0]
	for at := 0; at < count; at += maxPiece {
		piece := min(count-at, maxPiece)
		if rc := function[writeFunc](l.below.FxWrite)(tls, file, l.memory+uintptr(at), int32(piece), l.at+int64(at)); rc != lite.SQLITE_OK {
			return rc
		}
	}
	return lite.SQLITE_OK
}

func readHeld(tls *libc.TLS, file, buffer uintptr, count int32, at int64) int32 {
	l := logOf(file)
	if rc := l.handOn(tls, file); rc != lite.SQLITE_OK {
		return rc
	}
	return function[writeFunc](l.below.FxRead)(tls, file, buffer, count, at)
}

func syncHeld(tls *libc.TLS, file uintptr, flags int32) int32 {
	l := logOf(file)
	if rc := l.handOn(tls, file); rc != lite.SQLITE_OK {
		return rc
	}
	return function[syncFunc](l.below.FxSync)(tls, file, flags)
}

func cutHeld(tls *libc.TLS, file uintptr, size int64) int32 {
	l := logOf(file)
	if rc := l.handOn(tls, file); rc != lite.SQLITE_OK {
		return rc
	}
	return function[cutFunc](l.below.FxTruncate)(tls, file, size)
}

func sizeHeld(tls *libc.TLS, file, size uintptr) int32 {
	l := logOf(file)
	if rc := l.handOn(tls, file); rc != lite.SQLITE_OK {
		return rc
	}
	return function[sizeFunc](l.below.FxFileSize)(tls, file, size)
}

func closeHeld(tls *libc.TLS, file uintptr) int32 {
	l := logOf(file)
	rc := l.handOn(tls, file)
	layer.mu.Lock()
	delete(layer.logs, file)
	layer.mu.Unlock()
	closed := function[closeFunc](l.below.FxClose)(tls, file)
	lite.Xsqlite3_free(tls, l.methods)
	lite.Xsqlite3_free(tls, l.memory)
	if closed != lite.SQLITE_OK {
		return closed
	}
	return rc
}
