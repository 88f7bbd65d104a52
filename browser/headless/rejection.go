package headless

import (
	"reflect"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// watchRejections makes the engine tell the worker's `rejection(promise, reason, handled)` of Promises that are rejected
// while nobody listens, and of those that are listened to after all. Package quickjs has no function for it, so this
// looks up the runtime behind a VM and uses the library below it; TestARejectionNobodyCaughtIsHeard says when a new
// version no longer has that form.
func watchRejections(vm *quickjs.VM) {
	engine := reflect.ValueOf(vm).Elem().FieldByName("runtime").Elem().FieldByName("cRuntime").Uint()
	libquickjs.XJS_SetHostPromiseRejectionTracker(nil, uintptr(engine), functionPointer(tellRejection), 0)
}

// functionPointer is a Go function as the translated C library holds it.
func functionPointer(f any) uintptr {
	return (*[2]uintptr)(unsafe.Pointer(&f))[1]
}

// rejectionEntry is where the worker puts its function for tellRejection: a name on the global object.
const rejectionEntry = "__souk_rejection"

// tellRejection is called by the engine, in the middle of JavaScript.
func tellRejection(tls *libc.TLS, ctx uintptr, promise, reason libquickjs.TJSValue, handled int32, _ uintptr) {
	global := libquickjs.XJS_GetGlobalObject(tls, ctx)
	name, err := libc.CString(rejectionEntry)
	if err != nil {
		panic("headless: no memory for a name") // the engine has no way to say so
	}
	listener := libquickjs.XJS_GetPropertyStr(tls, ctx, global, name)
	libc.Xfree(tls, name)
	libquickjs.XFreeValue(tls, ctx, global)
	if libquickjs.XJS_IsFunction(tls, ctx, listener) != 0 {
		args := [3]libquickjs.TJSValue{promise, reason, libquickjs.XNewInt32(tls, ctx, handled)}
		at := tls.Alloc(int(unsafe.Sizeof(args)))
		*in[[3]libquickjs.TJSValue](at) = args
		libquickjs.XFreeValue(tls, ctx, libquickjs.XJS_Call(tls, ctx, listener, listener, 3, at))
		tls.Free(int(unsafe.Sizeof(args)))
	}
	libquickjs.XFreeValue(tls, ctx, listener)
}
