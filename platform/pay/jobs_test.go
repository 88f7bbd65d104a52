package pay_test

import (
	"slices"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/job"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// reserved has the person agree to a deposit, hold a fen and sign in.
func reserved(t *testing.T, d *db.DB) (auth hold.Auth) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) {
		if auth, _, err = hold.Ask(ctx, tx, hold.Request{App: shop, OutOrderNo: "h", OutRequestNo: "f", Title: "Deposit", Amount: 30_00}); err != nil {
			return err
		}
		if _, _, err = hold.Freeze(ctx, tx, auth.No, person(0)); err != nil {
			return err
		}
		if _, err = ledger.Place(ctx, tx, ledger.Hold{ID: "loose", Account: wallet.Account(person(0)), Unit: ledger.CNY, Amount: 1, ExpiresAt: tx.Now() + 1}); err != nil {
			return err
		}
		_, err = identity.StartSession(ctx, tx, person(0))
		return err
	})
	return auth
}

// Nobody asks for anything here but the jobs.
func TestTheJobsCloseExpireSettleSealAndForget(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := int64(1_763_800_000_000)
		d.SetClock(func() int64 { return now })
		market(t, d, 1)
		sold, open := paid(t, d, "sold", 100_00), order(t, d, "open", 5_00)
		auth := reserved(t, d)
		sessions := dbtest.ContentOf(t, d)["identity_session"].Rows
		day := ledger.DayOf(now)
		now += max(pay.DefaultMillis, hold.ReservationMillis) + 1000
		for _, kind := range slices.Concat(ledger.Jobs(d), pay.Jobs(d), hold.Jobs(d), identity.Jobs(d)) {
			if _, err := kind.Work(ctx, job.Claimed{}); err != nil {
				t.Errorf("%s: %v", kind.Name, err)
			}
		}
		read := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Read(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		read(func(tx *db.Tx) error {
			if open, _ = pay.Find(ctx, tx, open.No); open.Status != pay.Closed {
				t.Errorf("the open trade is %s", open.Status)
			}
			if auth, _ = hold.Find(ctx, tx, auth.No); auth.Status != hold.Finished {
				t.Errorf("the authorisation is %s", auth.Status)
			}
			if h, _ := ledger.FindHold(ctx, tx, "loose"); h.State != "expired" {
				t.Errorf("the hold is %s", h.State)
			}
			if b, err := ledger.ClosedBalance(ctx, tx, wallet.Account(person(0)), day); b != 900_00 || err != nil {
				t.Errorf("the day was closed with %d, %v", b, err)
			}
			b, err := wallet.Read(ctx, tx, person(0))
			if b.Available != 900_00 {
				t.Errorf("%s is free", b.Available.Yuan())
			}
			return err
		})
		// The job has not run for a year: the old trade is settled late, and finished; a fresh one settles the night after.
		fresh := paid(t, d, "fresh", 10_00)
		now += 24 * 60 * 60 * 1000
		if err := pay.SettleAll(ctx, d); err != nil {
			t.Fatal(err)
		}
		read(func(tx *db.Tx) error {
			sold, _ = pay.Find(ctx, tx, sold.No)
			fresh, _ = pay.Find(ctx, tx, fresh.No)
			if sold.Status != pay.Finished || sold.Settlement == "" || fresh.Settlement == "" {
				t.Errorf("the old trade is %s and settled by %q, the fresh one by %q", sold.Status, sold.Settlement, fresh.Settlement)
			}
			return nil
		})
		if is := dbtest.ContentOf(t, d)["identity_session"].Rows; sessions != 1 || is != 0 {
			t.Errorf("%d sessions, then %d", sessions, is)
		}
		if r := verify(t, d); r.Unsealed == r.Entries || r.Seals == 0 {
			t.Errorf("%d of %d entries are not sealed", r.Unsealed, r.Entries)
		}
	})
}
