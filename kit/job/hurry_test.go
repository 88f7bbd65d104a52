package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/job"
)

func TestAHurriedTaskIsDueNowWithAllItsAttempts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, attempts := clock(d), 0
		kind := job.Kind{Name: "slow", Retry: []time.Duration{time.Hour}, Work: func(context.Context, job.Claimed) (job.Done, error) {
			attempts++
			return nil, errors.New("not yet")
		}}
		hurry := func() (found bool) {
			if err := d.Write(bg, func(tx *db.Tx) (err error) { found, err = job.Hurry(bg, tx, "slow", "k"); return err }); err != nil {
				t.Fatal(err)
			}
			return found
		}
		if hurry() {
			t.Error("a task that is not there was hurried")
		}
		add(t, d, job.Task{Kind: "slow", UniqueKey: "k"})
		runDue(t, d, kind)
		now.Add(1)
		if n := runDue(t, d, kind); n != 0 {
			t.Fatalf("%d attempts before their time", n)
		}
		for range 3 { // waiting for its second attempt, then dead, then dead again
			if !hurry() {
				t.Fatal("there was nothing to hurry")
			}
			if n := runDue(t, d, kind); n != 1 {
				t.Errorf("%d attempts after hurrying", n)
			}
			now.Add(2 * time.Hour.Milliseconds())
			runDue(t, d, kind)
		}
		if attempts != 7 {
			t.Errorf("%d attempts, not 1 and three times 2", attempts)
		}
	})
}
