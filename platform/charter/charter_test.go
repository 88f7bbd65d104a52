package charter_test

import (
	"context"
	"errors"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/charter"
)

func TestTheFirstWhoOpensADatabaseDecidesWhatItIsFor(t *testing.T) {
	for _, c := range []struct {
		first, other charter.Kind
		refusal      error
	}{
		{charter.Play, charter.Real, charter.ErrPlay},
		{charter.Real, charter.Play, charter.ErrReal},
	} {
		t.Run(string(c.first), func(t *testing.T) {
			dbtest.Each(t, []db.Schema{charter.Schema}, func(t *testing.T, d *db.DB) {
				claim := func(k charter.Kind) error {
					return d.Write(context.Background(), func(tx *db.Tx) error { return charter.Claim(context.Background(), tx, k) })
				}
				for _, step := range []struct {
					kind charter.Kind
					want error
				}{{c.first, nil}, {c.first, nil}, {c.other, c.refusal}, {c.first, nil}} {
					if err := claim(step.kind); !errors.Is(err, step.want) {
						t.Errorf("claiming %s: %v, not %v", step.kind, err, step.want)
					}
				}
			})
		})
	}
}
