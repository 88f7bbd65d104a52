package my

import (
	"context"
	"errors"
	"testing"
)

func TestAnOrderStringIsHandedToTheOpenAPIWhenThereIsOne(t *testing.T) {
	got := ""
	d := &door{Options: Options{SubmitOrder: func(_ context.Context, order string) (any, error) { got = order; return "made", nil }}}
	made, err := orderStr(t.Context(), call{door: d, body: []byte(`{"orderStr":"app_id=1&sign=2"}`)})
	if err != nil || made != "made" || got != "app_id=1&sign=2" {
		t.Errorf("%v, %v; it got %q", made, err, got)
	}
	for _, body := range []string{`{}`, `{"orderStr":""}`} {
		if _, err := orderStr(t.Context(), call{door: d, body: []byte(body)}); !errors.Is(err, errOrder) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := orderStr(t.Context(), call{door: &door{}, body: []byte(`{"orderStr":"x"}`)}); !errors.Is(err, errOrder) {
		t.Errorf("without an open API: %v", err)
	}
}
