// Package job is work to do later, outside any transaction: durable, leased, retried.
//
//	var notify = job.Kind{Name: "notify", Work: deliver, Retry: []time.Duration{4 * time.Minute, 10 * time.Minute, time.Hour}}
//
//	job.Add(ctx, tx, job.Task{Kind: "notify", Args: Notice{…}})   // with what caused it, in the same transaction
//	go job.Run(ctx, d, notify)                                     // in every process
//
// A task is worked on at least once, by one worker at a time while its lease is renewed; of several processes any may take it.
// Work waits for networks freely. What it wants to write down when it has succeeded it returns as a function, which runs
// in the transaction that removes the task: so that part happens once. A task that keeps failing becomes dead: it
// stays, listed, until somebody revives or drops it. This room knows no kinds; its tables are job_task and job_period.
// Start reading at Add and Kind, then run.go.
package job

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
)

//go:embed schema
var files embed.FS

// Schema is this room's tables.
var Schema = db.Schema{Room: "job", Files: files}

const (
	maxArgs = 64 << 10 // bytes of a task's JSON
	maxName = 200      // characters of a kind or unique key
)

var (
	// ErrTask refuses a task that cannot be kept.
	ErrTask = fault.New(fault.Internal, "JOB_INVALID", "a job needs a kind, and arguments that are JSON of at most 64 KiB")
	// ErrNoTask says that there is no dead task of that id.
	ErrNoTask = fault.New(fault.NotFound, "JOB_NOT_FOUND", "there is no dead job of that number")
)

// Task is what Add takes. At is the earliest time in milliseconds, 0 for now. UniqueKey, if not empty, lets only one task
// of its kind and key exist until it is done or dropped.
type Task struct {
	Kind      string
	UniqueKey string
	Args      any
	At        int64
}

// Claimed is a task that Work is to do. Attempt counts from 1. FirstAt is when it was added, in milliseconds.
type Claimed struct {
	ID      int64
	Kind    string
	Attempt int64
	FirstAt int64
	Args    json.RawMessage
}

// Decode reads the arguments into v.
func (c Claimed) Decode(v any) error { return json.Unmarshal(c.Args, v) }

// Done writes down a success in the transaction that removes the task; nil when there is nothing to write.
type Done func(tx *db.Tx) error

// Kind is a sort of task and how it is done.
type Kind struct {
	Name string
	// Work does one task. ctx ends at Timeout, when the lease is lost, or when the process stops.
	// An error tries again after the next pause of Retry; Never(err) does not.
	Work func(ctx context.Context, c Claimed) (Done, error)
	// Retry is the pauses between attempts; after one attempt more than it has pauses, the task is dead. nil is DefaultRetry.
	Retry []time.Duration
	// Workers is how many tasks of this kind a process works on at once; 0 is DefaultWorkers.
	Workers int
	// Timeout bounds one attempt; 0 is DefaultTimeout.
	Timeout time.Duration
	// Next makes the kind periodic: it returns the first time after now (both in milliseconds) at which a task without
	// arguments is to be added. See Every and Daily. Times missed while nobody ran are made up for by one task.
	Next func(now int64) int64
}

const (
	DefaultWorkers = 4
	DefaultTimeout = 30 * time.Second
)

// DefaultRetry makes nine attempts in about nine hours.
var DefaultRetry = []time.Duration{
	time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour,
}

// Every is a Next at the multiples of period.
func Every(period time.Duration) func(int64) int64 {
	return func(now int64) int64 {
		p := period.Milliseconds()
		return (now/p + 1) * p
	}
}

// Daily is a Next at hour:minute in zone.
func Daily(hour, minute int, zone *time.Location) func(int64) int64 {
	return func(now int64) int64 {
		t := time.UnixMilli(now).In(zone)
		for day := t.Day(); ; day++ {
			if next := time.Date(t.Year(), t.Month(), day, hour, minute, 0, 0, zone).UnixMilli(); next > now {
				return next
			}
		}
	}
}

// never marks an error that another attempt cannot mend.
type never struct{ error }

func (n never) Unwrap() error { return n.error }

// Never says that trying again is of no use: the task becomes dead at once.
func Never(err error) error { return never{err} }

func isNever(err error) bool {
	var n never
	return errors.As(err, &n)
}

// Add adds a task when tx commits. added is false when its UniqueKey is taken.
func Add(ctx context.Context, tx *db.Tx, t Task) (added bool, err error) {
	if t.Args == nil {
		t.Args = struct{}{}
	}
	args, err := json.Marshal(t.Args)
	if err != nil {
		return false, ErrTask.With("%s: %w", t.Kind, err)
	}
	if t.Kind == "" || len(t.Kind) > maxName || len(t.UniqueKey) > maxName || len(args) > maxArgs {
		return false, ErrTask.With("kind %.40q, key of %d, arguments of %d bytes", t.Kind, len(t.UniqueKey), len(args))
	}
	var key *string
	if t.UniqueKey != "" {
		key = &t.UniqueKey
	}
	n, err := tx.Exec(`INSERT INTO job_task (kind, unique_key, args, state, due_at, attempt_count, error, added_at)
		VALUES ($1, $2, $3, 'waiting', $4, 0, '', $5) ON CONFLICT DO NOTHING`, t.Kind, key, string(args), max(t.At, tx.Now()), tx.Now())
	tx.Signal(topic(t.Kind))
	return n == 1, err
}

func topic(kind string) string { return "job:" + kind }

// Dead is a task that was given up.
type Dead struct {
	ID        int64
	Kind      string
	UniqueKey string
	Args      json.RawMessage
	Attempts  int64
	Error     string
	AddedAt   int64 // milliseconds
	DiedAt    int64
}

// ListDead lists up to limit dead tasks after the one of id after, the oldest first.
func ListDead(ctx context.Context, tx *db.Tx, after int64, limit int) ([]Dead, error) {
	rows, err := tx.Query(`SELECT id, kind, coalesce(unique_key, ''), args, attempt_count, error, added_at, due_at FROM job_task
		WHERE state = 'dead' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Dead
	for rows.Next() {
		var d Dead
		var args string
		if err := rows.Scan(&d.ID, &d.Kind, &d.UniqueKey, &args, &d.Attempts, &d.Error, &d.AddedAt, &d.DiedAt); err != nil {
			return nil, err
		}
		d.Args = []byte(args)
		all = append(all, d)
	}
	return all, rows.Err()
}

// Revive gives a dead task all its attempts again, from now.
func Revive(ctx context.Context, tx *db.Tx, id int64) error {
	var kind string
	err := tx.QueryRow(`UPDATE job_task SET state = 'waiting', attempt_count = 0, due_at = $2 WHERE id = $1 AND state = 'dead' RETURNING kind`,
		id, tx.Now()).Scan(&kind)
	if errors.Is(err, db.ErrNoRows) {
		return ErrNoTask
	}
	tx.Signal(topic(kind))
	return err
}

// Drop removes a dead task.
func Drop(ctx context.Context, tx *db.Tx, id int64) error {
	n, err := tx.Exec(`DELETE FROM job_task WHERE id = $1 AND state = 'dead'`, id)
	if err == nil && n == 0 {
		return ErrNoTask
	}
	return err
}

// Count is how many tasks of a kind there are: Late ones are due and waiting.
type Count struct {
	Kind                         string
	Waiting, Late, Claimed, Dead int64
}

// Counts counts every kind's tasks.
func Counts(ctx context.Context, tx *db.Tx) ([]Count, error) {
	rows, err := tx.Query(`SELECT kind, count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'waiting' AND due_at <= $1),
		count(*) FILTER (WHERE state = 'claimed'), count(*) FILTER (WHERE state = 'dead') FROM job_task GROUP BY kind ORDER BY kind`, tx.Now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Count
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Kind, &c.Waiting, &c.Late, &c.Claimed, &c.Dead); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
