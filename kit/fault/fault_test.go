package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"souk/kit/fault"
)

var (
	errSoldOut = fault.New(fault.Conflict, "STOCK_EMPTY", "this item is sold out")
	errTwin    = fault.New(fault.Conflict, "STOCK_EMPTY_TOO", "this item is sold out")
)

func TestARefusalKeepsItsIdentityThroughWordsAndWraps(t *testing.T) {
	err := fmt.Errorf("reserve: %w", errSoldOut.With("latte has %d left", 0))
	if !errors.Is(err, errSoldOut) {
		t.Fatal("the wrapped refusal is no longer errSoldOut")
	}
	if errors.Is(err, errTwin) {
		t.Fatal("another refusal with the same message counts as the same")
	}
	f, ok := fault.Of(err)
	if !ok || f.Code != "STOCK_EMPTY" || f.Kind != fault.Conflict {
		t.Fatalf("Of gave %+v, %v", f, ok)
	}
	if got, want := f.Message, "this item is sold out: latte has 0 left"; got != want {
		t.Fatalf("message %q, want %q", got, want)
	}
	if again := f.With("again"); !errors.Is(again, errSoldOut) {
		t.Fatal("With twice lost the identity")
	}
}

func TestACauseStaysReachable(t *testing.T) {
	if err := errSoldOut.With("read: %w", io.ErrUnexpectedEOF); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal("the cause is lost")
	}
}

func TestWhatIsNoRefusalIsInternal(t *testing.T) {
	if k := fault.KindOf(io.EOF); k != fault.Internal {
		t.Fatalf("kind %v", k)
	}
	if k := fault.KindOf(errSoldOut); k != fault.Conflict {
		t.Fatalf("kind %v", k)
	}
	if fault.Kind(99).String() != "kind 99" || fault.TooMany.String() != "too many" {
		t.Fatal("kind names")
	}
}
