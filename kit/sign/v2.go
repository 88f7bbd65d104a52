package sign

import (
	"crypto/rsa"
	"slices"
)

// Drop says which parameters a string to sign leaves out besides sign itself.
type Drop int

// The three habits of the SDKs. Official text says DropEmpty; npm and smartwalle
// sign empty values too; the PHP SDK also leaves out values equal to "0".
const (
	DropEmpty Drop = iota
	DropNothing
	DropEmptyAndZero
)

var habits = [...]Drop{DropEmpty, DropNothing, DropEmptyAndZero}

func (d Drop) leavesOut(value string) bool {
	switch d {
	case DropNothing:
		return false
	case DropEmptyAndZero:
		return value == "" || value == "0"
	}
	return value == ""
}

// V2String is the string to sign of a v2 request: all parameters except sign,
// sign_type included, sorted by the bytes of their names, "k=v" joined with &.
// Values are as decoded from the form, in the bytes of the request's charset.
func V2String(params map[string]string, drop Drop) []byte {
	return join(params, drop, "sign", "")
}

// NotifyString is the string to sign of a trade notification (form V1) and of
// a return_url: without sign and without sign_type, empty values dropped.
func NotifyString(params map[string]string) []byte {
	return join(params, DropEmpty, "sign", "sign_type")
}

// MessageString is the string to sign of a message to an app's gateway (form
// V2): only sign is left out.
func MessageString(params map[string]string) []byte {
	return join(params, DropEmpty, "sign", "")
}

// VerifyV2 checks a request's signature in the three forms that SDKs sign. It
// returns ErrSignature when none fits.
func VerifyV2(key *rsa.PublicKey, params map[string]string) error {
	signature, kind := params["sign"], Type(params["sign_type"])
	for i, drop := range habits {
		if i > 0 && !differs(params, drop) {
			continue
		}
		if Verify(key, kind, V2String(params, drop), signature) == nil {
			return nil
		}
	}
	return ErrSignature
}

// differs reports whether drop leads to another string than DropEmpty, so that
// a forged request costs one verification and not three.
func differs(params map[string]string, drop Drop) bool {
	for name, value := range params {
		if name != "sign" && drop.leavesOut(value) != DropEmpty.leavesOut(value) {
			return true
		}
	}
	return false
}

func join(params map[string]string, drop Drop, without, andWithout string) []byte {
	names, size := make([]string, 0, len(params)), 0
	for name, value := range params {
		if name == without || name == andWithout || drop.leavesOut(value) {
			continue
		}
		names = append(names, name)
		size += len(name) + len(value) + 2
	}
	slices.Sort(names)
	text := make([]byte, 0, size)
	for i, name := range names {
		if i > 0 {
			text = append(text, '&')
		}
		text = append(text, name...)
		text = append(text, '=')
		text = append(text, params[name]...)
	}
	return text
}
