// Package money is amounts of yuan as whole fen.
//
// Doors parse a decimal string once with ParseYuan; from there an amount is a Fen, added and compared as an integer,
// stored as BIGINT, and written with Yuan at the door again. Floats never enter. Splitting an amount without losing
// a fen is Split. This room knows no accounts and no currency but CNY. Start reading at Fen.
package money

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"souk/kit/fault"
)

// Fen is an amount: 100 fen are one yuan. Negative amounts exist inside (differences, debits) and never come from ParseYuan.
type Fen int64

// Max is the largest amount that a door accepts: 100,000,000.00 yuan, the open API's own limit. It leaves room
// to sum 900 million of them in an int64.
const Max Fen = 100_000_000_00

// ErrAmount refuses a string that is no amount.
var ErrAmount = fault.New(fault.Invalid, "AMOUNT_INVALID", "an amount is yuan with at most two decimals, from 0.00 to 100000000.00")

// ParseYuan reads "12", "12.3" or "12.30" as fen: digits, at most two decimals, no sign, no blanks, no exponent, at most Max.
func ParseYuan(s string) (Fen, error) {
	if len(s) > len("100000000.00") {
		return 0, ErrAmount.With("%d characters are too many", len(s))
	}
	whole, decimals, point := strings.Cut(s, ".")
	if !digits(whole) || point && (!digits(decimals) || len(decimals) > 2) {
		return 0, ErrAmount.With("%q", s)
	}
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil || Fen(n) > Max {
		return 0, ErrAmount.With("%q", s)
	}
	return Fen(n), nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Yuan writes the amount with two decimals: "12.30", "-0.05".
func (f Fen) Yuan() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	cents := strconv.FormatUint(100+n%100, 10)[1:]
	return sign + strconv.FormatUint(n/100, 10) + "." + cents
}

func (f Fen) String() string { return "¥" + f.Yuan() }

// Split divides f into parts in proportion to weights, exactly: the parts add up to f, and the odd fen go to the
// largest remainders, the earlier part first. Weights are not negative; when all are zero the first part takes all.
// No weights give no parts. f may be negative: the parts are those of -f, negated.
func (f Fen) Split(weights ...int64) []Fen {
	if len(weights) == 0 {
		return nil
	}
	if f < 0 {
		return negated((-f).Split(weights...))
	}
	total := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			panic("money: a negative weight")
		}
		total.Add(total, big.NewInt(w))
	}
	parts := make([]Fen, len(weights))
	if total.Sign() == 0 {
		parts[0] = f
		return parts
	}
	remainders := make([]*big.Int, len(weights))
	left := f
	for i, w := range weights {
		product := new(big.Int).Mul(big.NewInt(int64(f)), big.NewInt(w))
		quotient, remainder := product.QuoRem(product, total, new(big.Int))
		parts[i], remainders[i] = Fen(quotient.Int64()), remainder
		left -= parts[i]
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(remainders[b].Cmp(remainders[a]), cmp.Compare(a, b))
	})
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

func negated(parts []Fen) []Fen {
	for i := range parts {
		parts[i] = -parts[i]
	}
	return parts
}
