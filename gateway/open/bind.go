package open

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"souk/kit/money"
)

const (
	maxText  = 512 // bytes of an ordinary text field
	maxMoney = 100_000_000_00
)

// text is a string field of a request. SDK users also write numbers and
// booleans where strings are meant, so those count as their own spelling. An
// empty string is the same as an absent field.
type text string

var errNotText = errors.New("a text field holds an object or a list")

// UnmarshalJSON accepts strings, numbers, booleans and null.
func (t *text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*t = text(s)
		return err
	}
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		return errNotText
	}
	*t = text(raw)
	return nil
}

// object is a nested object, which query parameters and some callers send as
// a text with JSON in it.
type object[T any] struct {
	Value T
	Set   bool
}

// UnmarshalJSON accepts an object, a text holding one, an empty text, and null.
func (o *object[T]) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var inner string
		if err := json.Unmarshal(raw, &inner); err != nil {
			return err
		}
		raw = []byte(strings.TrimSpace(inner))
	}
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	o.Set = true
	return json.Unmarshal(raw, &o.Value)
}

// bind reads the business parameters into a struct of text and object fields.
func (c *call) bind(into any) error {
	trimmed := bytes.TrimSpace(c.biz)
	if len(trimmed) == 0 || trimmed[0] != '{' || !json.Valid(trimmed) {
		return refuse("isv.illegal-json")
	}
	if err := json.Unmarshal(trimmed, into); err != nil {
		return refuse("isv.invalid-parameter", "参数无效: a field of biz_content has the wrong type")
	}
	return nil
}

// need refuses an absent field, and one longer than most bytes.
func need(name string, value text, most int) error {
	if value == "" {
		return invalid(name, "is missing")
	}
	return short(name, value, most)
}

// short refuses a field longer than most bytes.
func short(name string, value text, most int) error {
	if len(value) > most {
		return invalid(name, "is too long")
	}
	if strings.ContainsRune(string(value), 0) {
		return invalid(name, "holds a NUL character")
	}
	return nil
}

// amount reads a sum in yuan: at least 0.01, at most two decimals, no sign.
func amount(name string, value text) (money.Fen, error) {
	if value == "" {
		return 0, invalid(name, "is missing")
	}
	fen, err := money.ParseYuan(string(value))
	if err != nil || fen <= 0 || fen > maxMoney {
		return 0, invalid(name, "must be yuan from 0.01 to 100000000.00 with at most two decimals")
	}
	return fen, nil
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
