package passkey

import (
	"encoding/json"

	"souk/kit/money"
)

// Deed is what exactly an answer to Spend allows: an answer that was given for one deed allows no other. "" is none.
type Deed string

// For names a deed by its verb and by every fact on which the person's yes depends: to whom, how much, which tap.
func For(verb string, facts ...string) Deed {
	text, err := json.Marshal(append([]string{verb}, facts...)) // so that no fact can be written to look like two
	if err != nil {
		panic(err) // strings can always be written
	}
	return Deed(text)
}

// Paying is the deed of paying one trade, or one merged payment, of this total.
func Paying(no string, total money.Fen) Deed { return For("pay", no, total.Yuan()) }
