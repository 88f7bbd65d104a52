package job_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/job"
)

var done = db.Schema{Room: "done", Files: fstest.MapFS{"schema/0001_done.sql": {Data: []byte(
	`CREATE TABLE done_task (id BIGINT PRIMARY KEY, n BIGINT NOT NULL);`)}}}

var schemas = []db.Schema{job.Schema, done}

var bg = context.Background()

type number struct{ N int64 }

func add(t *testing.T, d *db.DB, task job.Task) (added bool) {
	t.Helper()
	if err := d.Write(bg, func(tx *db.Tx) (err error) {
		added, err = job.Add(bg, tx, task)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return added
}

func runDue(t *testing.T, d *db.DB, kinds ...job.Kind) int {
	t.Helper()
	n, err := job.RunDue(bg, d, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// clock is a database's time that tests move.
func clock(d *db.DB) *atomic.Int64 {
	var now atomic.Int64
	now.Store(d.Now())
	d.SetClock(now.Load)
	return &now
}

func deadOnes(t *testing.T, d *db.DB) (dead []job.Dead) {
	t.Helper()
	if err := d.Read(bg, func(tx *db.Tx) (err error) {
		dead, err = job.ListDead(bg, tx, 0, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return dead
}

func TestATaskOfATransactionThatFailsIsNotDone(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		failed := errors.New("failed")
		if err := d.Write(bg, func(tx *db.Tx) error {
			if _, err := job.Add(bg, tx, job.Task{Kind: "k"}); err != nil {
				return err
			}
			return failed
		}); err != failed {
			t.Fatal(err)
		}
		if n := runDue(t, d, job.Kind{Name: "k", Work: nothing}); n != 0 {
			t.Fatalf("%d attempts", n)
		}
	})
}

func nothing(context.Context, job.Claimed) (job.Done, error) { return nil, nil }

func TestTasksAreDoneWhenTheirTimeHasComeInItsOrder(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := clock(d)
		start := now.Load()
		add(t, d, job.Task{Kind: "k", Args: number{3}, At: start + 3000})
		add(t, d, job.Task{Kind: "k", Args: number{2}, At: start + 2000})
		add(t, d, job.Task{Kind: "k", Args: number{1}})
		add(t, d, job.Task{Kind: "other", Args: number{9}})
		var order []int64
		kind := job.Kind{Name: "k", Work: func(_ context.Context, c job.Claimed) (job.Done, error) {
			var n number
			err := c.Decode(&n)
			order = append(order, n.N)
			return nil, err
		}}
		runDue(t, d, kind)
		if !slices.Equal(order, []int64{1}) {
			t.Fatalf("at once: %v", order)
		}
		now.Store(start + 5000)
		runDue(t, d, kind)
		if !slices.Equal(order, []int64{1, 2, 3}) {
			t.Fatalf("later: %v", order)
		}
	})
}

func TestAFailingTaskWaitsAsItsKindSaysAndThenIsDead(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := clock(d)
		broken := true
		kind := job.Kind{Name: "k", Retry: []time.Duration{time.Minute, time.Hour}, Work: func(_ context.Context, c job.Claimed) (job.Done, error) {
			if broken {
				return nil, fmt.Errorf("attempt %d failed", c.Attempt)
			}
			return nil, nil
		}}
		add(t, d, job.Task{Kind: "k", UniqueKey: "one", Args: number{7}})
		for attempt, wait := range []time.Duration{0, time.Minute, time.Hour} {
			now.Add(wait.Milliseconds() - 1)
			if n := runDue(t, d, kind); n != 0 && wait > 0 {
				t.Fatalf("attempt %d came early", attempt+1)
			}
			now.Add(1)
			if n := runDue(t, d, kind); n != 1 {
				t.Fatalf("attempt %d: %d made", attempt+1, n)
			}
		}
		now.Add(time.Hour.Milliseconds() * 24)
		if n := runDue(t, d, kind); n != 0 {
			t.Fatalf("a dead task was tried %d times", n)
		}
		dead := deadOnes(t, d)
		if len(dead) != 1 || dead[0].Error != "attempt 3 failed" || dead[0].Attempts != 3 || string(dead[0].Args) != `{"N":7}` {
			t.Fatalf("dead: %+v", dead)
		}
		if add(t, d, job.Task{Kind: "k", UniqueKey: "one"}) {
			t.Fatal("the dead task's unique key is free")
		}
		broken = false
		if err := d.Write(bg, func(tx *db.Tx) error { return job.Revive(bg, tx, dead[0].ID) }); err != nil {
			t.Fatal(err)
		}
		if n := runDue(t, d, kind); n != 1 || len(deadOnes(t, d)) != 0 {
			t.Fatalf("after its revival %d attempts, dead: %+v", n, deadOnes(t, d))
		}
	})
}

func TestWhatCannotSucceedAndWhatPanicsDoesNotHoldUpTheRest(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		kind := job.Kind{Name: "k", Retry: []time.Duration{0}, Work: func(_ context.Context, c job.Claimed) (job.Done, error) {
			var n number
			c.Decode(&n)
			switch n.N {
			case 1:
				return nil, fmt.Errorf("no: %w", job.Never(errors.New("the address does not exist")))
			case 2:
				panic("oh")
			}
			return func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO done_task (id, n) VALUES ($1, $2)`, c.ID, n.N)
				return err
			}, nil
		}}
		for n := range int64(4) {
			add(t, d, job.Task{Kind: "k", Args: number{n}})
		}
		if n := runDue(t, d, kind); n != 5 {
			t.Fatalf("%d attempts, want 1+1+2+1", n)
		}
		dead := deadOnes(t, d)
		if len(dead) != 2 || dead[0].Attempts != 1 || dead[1].Error != "panic: oh" {
			t.Fatalf("dead: %+v", dead)
		}
		if n := doneCount(t, d); n != 2 {
			t.Fatalf("%d done", n)
		}
		if err := d.Write(bg, func(tx *db.Tx) error { return job.Drop(bg, tx, dead[0].ID) }); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(bg, func(tx *db.Tx) error { return job.Drop(bg, tx, dead[0].ID) }); !errors.Is(err, job.ErrNoTask) {
			t.Fatalf("dropped twice: %v", err)
		}
		if err := d.Write(bg, func(tx *db.Tx) error { return job.Revive(bg, tx, 999) }); !errors.Is(err, job.ErrNoTask) {
			t.Fatalf("revived nothing: %v", err)
		}
	})
}

func doneCount(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	if err := d.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM done_task`).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// done_task's primary key refuses a second writing down of the same task.
func TestTwoProcessesDoEveryTaskOnce(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		const tasks = 120
		ctx, stop := context.WithCancel(bg)
		defer stop()
		var group sync.WaitGroup
		var attempts atomic.Int64
		first, second := dbtest.Open(t, url, schemas...), dbtest.Open(t, url, schemas...)
		for _, d := range []*db.DB{first, second} {
			kind := job.Kind{Name: "k", Workers: 5, Work: func(_ context.Context, c job.Claimed) (job.Done, error) {
				attempts.Add(1)
				time.Sleep(time.Millisecond)
				return func(tx *db.Tx) error {
					_, err := tx.Exec(`INSERT INTO done_task (id, n) VALUES ($1, 0)`, c.ID)
					return err
				}, nil
			}}
			group.Go(func() { job.Run(ctx, d, kind) })
		}
		for range tasks {
			add(t, first, job.Task{Kind: "k"})
		}
		for end := time.Now().Add(time.Minute); doneCount(t, first) < tasks; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d of %d done within a minute", doneCount(t, first), tasks)
			}
		}
		stop()
		group.Wait()
		if n := attempts.Load(); n != tasks {
			t.Fatalf("%d attempts for %d tasks", n, tasks)
		}
	})
}

func TestATaskWhoseProcessDiedIsDoneByAnother(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := clock(d)
		add(t, d, job.Task{Kind: "k"})
		// A worker that dies while it works leaves the task claimed; here it is still there when the lease is over, too late.
		late := job.Kind{Name: "k", Work: func(_ context.Context, c job.Claimed) (job.Done, error) {
			now.Add(21_000)
			other := job.Kind{Name: "k", Work: func(_ context.Context, c job.Claimed) (job.Done, error) {
				if c.Attempt != 2 {
					t.Errorf("attempt %d", c.Attempt)
				}
				return nil, nil
			}}
			if n := runDue(t, d, other); n != 1 {
				t.Errorf("the other made %d attempts", n)
			}
			return func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO done_task (id, n) VALUES ($1, 0)`, c.ID)
				return err
			}, nil
		}}
		if _, err := job.RunDue(bg, d, late); err == nil {
			t.Fatal("the late worker was believed")
		}
		if n := doneCount(t, d); n != 0 {
			t.Fatal("the late worker wrote its result down")
		}
	})
}

func TestAStoppingProcessGivesItsTaskBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		add(t, d, job.Task{Kind: "k"})
		ctx, stop := context.WithCancel(bg)
		kind := job.Kind{Name: "k", Work: func(ctx context.Context, c job.Claimed) (job.Done, error) {
			stop()
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		if err := job.Run(ctx, d, kind); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		attempt := int64(0)
		kind.Work = func(_ context.Context, c job.Claimed) (job.Done, error) {
			attempt = c.Attempt
			return nil, nil
		}
		if n := runDue(t, d, kind); n != 1 || attempt != 1 {
			t.Fatalf("%d attempts, the last was number %d", n, attempt)
		}
	})
}

func TestAnAttemptEndsAtItsTimeout(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		add(t, d, job.Task{Kind: "k"})
		runDue(t, d, job.Kind{Name: "k", Timeout: time.Millisecond, Retry: []time.Duration{}, Work: func(ctx context.Context, c job.Claimed) (job.Done, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		if dead := deadOnes(t, d); len(dead) != 1 || dead[0].Error != "no end within 1ms" {
			t.Fatalf("dead: %+v", dead)
		}
	})
}

func TestAUniqueKeyIsTakenUntilItsTaskIsDone(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		task := job.Task{Kind: "k", UniqueKey: "order 1"}
		if !add(t, d, task) || add(t, d, task) {
			t.Fatal("the second was added, or the first was not")
		}
		if !add(t, d, job.Task{Kind: "other", UniqueKey: "order 1"}) {
			t.Fatal("another kind shares the key")
		}
		if n := runDue(t, d, job.Kind{Name: "k", Work: nothing}); n != 1 {
			t.Fatalf("%d attempts", n)
		}
		if !add(t, d, task) {
			t.Fatal("the key is not free after the task was done")
		}
	})
}

func TestAPeriodicTaskComesOnceAPeriodHoweverManyProcesses(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		first, second := dbtest.Open(t, url, schemas...), dbtest.Open(t, url, schemas...)
		now := clock(first)
		second.SetClock(now.Load)
		runs, fail := 0, false
		kind := job.Kind{Name: "settle", Next: job.Every(time.Hour), Retry: []time.Duration{}, Work: func(context.Context, job.Claimed) (job.Done, error) {
			runs++
			if fail {
				return nil, errors.New("no")
			}
			return nil, nil
		}}
		both := func() {
			for _, d := range []*db.DB{first, second, first} {
				runDue(t, d, kind)
			}
		}
		both()
		if runs != 0 {
			t.Fatalf("%d runs before the first time", runs)
		}
		for hour := 1; hour <= 3; hour++ {
			fail = hour == 2
			now.Add(time.Hour.Milliseconds())
			both()
			if runs != hour {
				t.Fatalf("%d runs after %d hours", runs, hour)
			}
		}
		now.Add(10 * time.Hour.Milliseconds())
		if both(); runs != 4 {
			t.Fatalf("%d runs after a long pause, want one more", runs)
		}
	})
}

func TestTimesOfPeriodicKinds(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := func(s string) int64 {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnixMilli()
	}
	daily := job.Daily(2, 30, zone)
	for now, want := range map[string]string{
		"2026-11-22 02:29": "2026-11-22 02:30",
		"2026-11-22 02:30": "2026-11-23 02:30",
		"2026-12-31 23:00": "2027-01-01 02:30",
	} {
		if got := daily(at(now)); got != at(want) {
			t.Errorf("after %s comes %s", now, time.UnixMilli(got).In(zone))
		}
	}
	if got := job.Every(time.Minute)(at("2026-11-22 02:29") + 1); got != at("2026-11-22 02:30") {
		t.Errorf("every minute: %d", got)
	}
}

func TestCountsTellWhatWaits(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := clock(d)
		add(t, d, job.Task{Kind: "a"})
		add(t, d, job.Task{Kind: "a", At: now.Load() + 1000})
		add(t, d, job.Task{Kind: "b"})
		runDue(t, d, job.Kind{Name: "b", Work: func(context.Context, job.Claimed) (job.Done, error) {
			return nil, job.Never(errors.New("no"))
		}})
		var got []job.Count
		if err := d.Read(bg, func(tx *db.Tx) (err error) {
			got, err = job.Counts(bg, tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want := []job.Count{{Kind: "a", Waiting: 2, Late: 1}, {Kind: "b", Dead: 1}}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v", got)
		}
	})
}

func TestWhatIsNoTaskIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for _, task := range []job.Task{{}, {Kind: "k", Args: make(chan int)}, {Kind: "k", Args: string(make([]byte, 70_000))}} {
			err := d.Write(bg, func(tx *db.Tx) error {
				_, err := job.Add(bg, tx, task)
				return err
			})
			if !errors.Is(err, job.ErrTask) {
				t.Errorf("%.20v: %v", task, err)
			}
		}
	})
}
