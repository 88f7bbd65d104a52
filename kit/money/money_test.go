package money_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"souk/kit/money"
)

func TestYuanAreReadExactly(t *testing.T) {
	for s, want := range map[string]money.Fen{
		"0": 0, "0.0": 0, "0.00": 0, "0.01": 1, "0.1": 10, "12.30": 1230, "12.3": 1230, "12": 1200,
		"007.00": 700, "100000000.00": money.Max, "88.88": 8888,
	} {
		got, err := money.ParseYuan(s)
		if err != nil || got != want {
			t.Errorf("ParseYuan(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	for _, s := range []string{
		"", ".", "1.", ".5", "1.234", "-1", "+1", " 1", "1 ", "1e3", "1,000", "0x10", "NaN", "１２", "1.2.3", "100000000.01",
		"99999999999999999999", "00000000000000.01", "1_0",
	} {
		if got, err := money.ParseYuan(s); !errors.Is(err, money.ErrAmount) {
			t.Errorf("ParseYuan(%q) = %d, %v; want ErrAmount", s, got, err)
		}
	}
}

func TestYuanAreWrittenWithTwoDecimals(t *testing.T) {
	for f, want := range map[money.Fen]string{
		0: "0.00", 5: "0.05", 1230: "12.30", -5: "-0.05", -1230: "-12.30",
		math.MaxInt64: "92233720368547758.07", math.MinInt64: "-92233720368547758.08",
	} {
		if got := f.Yuan(); got != want {
			t.Errorf("%d fen are %q, want %q", int64(f), got, want)
		}
	}
}

func TestWrittenAmountsReadBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := money.Fen(rapid.Int64Range(0, int64(money.Max)).Draw(t, "fen"))
		if got, err := money.ParseYuan(f.Yuan()); err != nil || got != f {
			t.Fatalf("%d read back as %d, %v", f, got, err)
		}
	})
}

func TestSplittingLosesNoFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := money.Fen(rapid.Int64Range(-int64(money.Max), int64(money.Max)).Draw(t, "fen"))
		weights := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/64), 1, 20).Draw(t, "weights")
		var sum money.Fen
		for i, p := range f.Split(weights...) {
			sum += p
			if p != 0 && (p < 0) != (f < 0) {
				t.Fatalf("part %d is %d of %d", i, p, f)
			}
		}
		if sum != f {
			t.Fatalf("the parts add up to %d, not %d", sum, f)
		}
	})
}

func TestOddFenGoToTheLargestRemainders(t *testing.T) {
	for _, c := range []struct {
		f       money.Fen
		weights []int64
		want    []money.Fen
	}{
		{100, []int64{1, 1, 1}, []money.Fen{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []money.Fen{-34, -33, -33}},
		{2, []int64{1, 1, 1}, []money.Fen{1, 1, 0}},
		{8000, []int64{80, 20}, []money.Fen{6400, 1600}},
		{5, []int64{0, 0}, []money.Fen{5, 0}},
		{10, []int64{0, 3, 3}, []money.Fen{0, 5, 5}},
		{7, nil, nil},
	} {
		if got := c.f.Split(c.weights...); !slices.Equal(got, c.want) {
			t.Errorf("%d split by %v is %v, want %v", c.f, c.weights, got, c.want)
		}
	}
}
