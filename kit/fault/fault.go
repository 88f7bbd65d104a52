// Package fault gives a refusal a kind, a stable code and one sentence that the caller can use.
//
// A room declares its refusals as package variables and returns them, with more words where they help:
//
//	var ErrSoldOut = fault.New(fault.Conflict, "STOCK_EMPTY", "this item is sold out")
//	return ErrSoldOut.With("%s has %d left", item, left)
//
// Doors map a fault to HTTP status, sub_code or JSAPI number, each in one table; this room knows no
// protocol, logs nothing, and never wraps an error of ours that is not a refusal: what has no fault is Internal.
// Start reading at Fault.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of refusal it is; doors choose the status from it.
type Kind int

const (
	Internal     Kind = iota // our own fault: the caller can do nothing but report it
	Invalid                  // the input is wrong; the same input fails again
	NotFound                 // what is named does not exist, or not for this caller
	Conflict                 // the state does not allow it (any more)
	Forbidden                // known caller, not allowed
	Unauthorized             // unknown caller
	TooMany                  // over a limit; later may do
	Unavailable              // something we need is away; the same call may succeed later
)

var kindNames = [...]string{"internal", "invalid", "not found", "conflict", "forbidden", "unauthorized", "too many", "unavailable"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kindNames[k]
}

// Fault is a refusal. Kind and Code are its identity (errors.Is compares the code); Message is one sentence
// in English for the person or developer who asked, without secrets.
type Fault struct {
	Kind    Kind
	Code    string
	Message string
	origin  *Fault
	cause   error
}

// New declares a refusal. Call it for package variables; codes are unique in the program.
func New(k Kind, code, message string) *Fault {
	return &Fault{Kind: k, Code: code, Message: message}
}

// With returns the same refusal with more words after its message: "this item is sold out: latte has 0 left".
// A %w among the words keeps the cause for errors.Is and errors.As.
func (f *Fault) With(format string, args ...any) error {
	words := fmt.Errorf(format, args...)
	return &Fault{Kind: f.Kind, Code: f.Code, Message: f.Message + ": " + words.Error(), origin: f.root(), cause: errors.Unwrap(words)}
}

func (f *Fault) Error() string { return f.Message }

// Is makes errors.Is(err, ErrSoldOut) true for every With of ErrSoldOut.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && f.root() == t.root()
}

// Unwrap returns the cause given by %w, if any.
func (f *Fault) Unwrap() error { return f.cause }

func (f *Fault) root() *Fault {
	if f.origin != nil {
		return f.origin
	}
	return f
}

// Of finds the fault in err's chain. ok is false for errors that are not refusals: treat those as Internal.
func Of(err error) (f *Fault, ok bool) {
	ok = errors.As(err, &f)
	return f, ok
}

// KindOf is the kind of the fault in err's chain, and Internal when there is none.
func KindOf(err error) Kind {
	if f, ok := Of(err); ok {
		return f.Kind
	}
	return Internal
}
