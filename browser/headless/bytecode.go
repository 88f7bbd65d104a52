package headless

import (
	"bytes"
	"crypto/sha256"
	"reflect"
	"sync"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// maxCompiled bounds the scripts kept compiled: those of one worker and of the programs that are tested side by side.
const maxCompiled = 16

// compiled keeps scripts as the engine's own code, by their text: parsing a large program takes most of the time that
// opening one of its pages does. The code never leaves this process, as the engine asks.
var compiled = struct {
	sync.Mutex
	code map[[sha256.Size]byte][]byte
}{code: map[[sha256.Size]byte][]byte{}}

// How scripts are called in traces: package stack knows the program's by its name.
const (
	workerName  = "<worker>"
	programName = "<input>"
)

// evaluate runs a script in the global scope under a name.
func evaluate(vm *quickjs.VM, name, script string) error {
	key := sha256.Sum256([]byte(name + script))
	compiled.Lock()
	code := compiled.code[key]
	compiled.Unlock()
	if code == nil {
		var ok bool
		if code, ok = compileAs(vm, name, script); !ok {
			return run(vm, script) // which says what is wrong with it
		}
		keepCode(key, code)
	}
	v, err := vm.EvalBytecodeValue(code)
	if err != nil {
		return err
	}
	v.Free()
	return nil
}

func run(vm *quickjs.VM, script string) error {
	v, err := vm.EvalValue(script, quickjs.EvalGlobal)
	if err == nil {
		v.Free()
	}
	return err
}

// compileAs is VM.Compile with a name; false: the script cannot be compiled. As in rejection.go, the library below is
// used for what package quickjs leaves out.
func compileAs(vm *quickjs.VM, name, script string) ([]byte, bool) {
	tls, ctx := below(vm)
	source, err := libc.CString(script)
	if err != nil {
		return nil, false
	}
	defer libc.Xfree(tls, source)
	label, err := libc.CString(name)
	if err != nil {
		return nil, false
	}
	defer libc.Xfree(tls, label)
	v := libquickjs.XJS_Eval(tls, ctx, source, libc.Tsize_t(len(script)), label, quickjs.EvalGlobal|libquickjs.MJS_EVAL_FLAG_COMPILE_ONLY)
	defer libquickjs.XFreeValue(tls, ctx, v)
	if libquickjs.XJS_HasException(tls, ctx) != 0 {
		libquickjs.XFreeValue(tls, ctx, libquickjs.XJS_GetException(tls, ctx))
		return nil, false
	}
	width := int(unsafe.Sizeof(libc.Tsize_t(0)))
	at := tls.Alloc(width)
	defer tls.Free(width)
	written := libquickjs.XJS_WriteObject(tls, ctx, at, v, libquickjs.MJS_WRITE_OBJ_BYTECODE)
	if written == 0 {
		return nil, false
	}
	defer libquickjs.Xjs_free(tls, ctx, written)
	return bytes.Clone(libc.GoBytes(written, int(*in[libc.Tsize_t](at)))), true
}

// in is memory of the library, which Go's collector does not know.
func in[T any](at uintptr) *T { return *(**T)(unsafe.Pointer(&at)) }

// below finds what a VM stands on.
func below(vm *quickjs.VM) (tls *libc.TLS, ctx uintptr) {
	inside := reflect.ValueOf(vm).Elem()
	return (*libc.TLS)(inside.FieldByName("runtime").Elem().FieldByName("tls").UnsafePointer()), uintptr(inside.FieldByName("cContext").Uint())
}

func keepCode(key [sha256.Size]byte, code []byte) {
	compiled.Lock()
	defer compiled.Unlock()
	for old := range compiled.code {
		if len(compiled.code) < maxCompiled {
			break
		}
		delete(compiled.code, old)
	}
	compiled.code[key] = code
}
