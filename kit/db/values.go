package db

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"
)

// maxArgs is the most parameters of one statement, the lower of the engines' limits (SQLite's).
const maxArgs = 32766

// plain turns arguments into the six kinds that both engines take the same way: nil, int64, float64, bool, string, []byte.
// Pointers are followed (nil is NULL) and named types count as what they are made of.
func plain(args []any) ([]any, error) {
	if len(args) > maxArgs {
		return nil, fmt.Errorf("%d arguments; a statement takes at most %d", len(args), maxArgs)
	}
	out := make([]any, len(args))
	for i, a := range args {
		v, err := plainOne(a)
		if err != nil {
			return nil, fmt.Errorf("$%d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

func plainOne(a any) (any, error) {
	switch v := a.(type) {
	case nil, int64, bool, float64:
		return v, nil
	case string:
		return v, checkText(v)
	case int:
		return int64(v), nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	}
	return plainReflected(reflect.ValueOf(a))
}

func plainReflected(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return plainOne(v.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return nil, fmt.Errorf("%d does not fit a BIGINT", v.Uint())
		}
		return int64(v.Uint()), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.String:
		return v.String(), checkText(v.String())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return plainOne(v.Bytes())
		}
	}
	return nil, fmt.Errorf("a %s is no value of a column", v.Type())
}

func checkText(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return ErrText
	}
	return nil
}
