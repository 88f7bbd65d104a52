package openapp

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
)

// Form says which fields a notification's signature leaves out.
type Form string

// Trade notifications leave out sign and sign_type, messages only sign.
const (
	Trade   Form = "trade"
	Message Form = "message"
)

// Waits before the second and every later attempt: eight attempts within
// about 25 hours, Alipay's documented schedule.
var Waits = []time.Duration{
	4 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// Notification is something that a merchant's server must hear.
type Notification struct {
	ID        string // notify_id, the same in every attempt
	AppID     string
	Cause     string // what it tells of: one cause, one notification
	Form      Form
	URL       string
	Fields    map[string]string // unsigned; an empty value is never sent
	State     string            // waiting, delivered, given_up
	Attempts  int64
	LastError string
	CreatedAt int64 // ms
}

// ErrNoNotification says that there is no such notification, or not this app's.
var ErrNoNotification = fault.New(fault.NotFound, "NOTIFICATION_NOT_FOUND", "there is no such notification")

// Tell records a notification to be sent and returns its id. fresh is false
// when its cause was told before: the first record stays.
func Tell(_ context.Context, tx *db.Tx, in Notification) (id string, fresh bool, err error) {
	fields, err := json.Marshal(in.Fields)
	if err != nil {
		return "", false, err
	}
	id = newNotifyID(tx.Now())
	n, err := tx.Exec(`INSERT INTO openapp_notification (id, app_id, cause, form, url, fields, state, attempts, last_error, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, '', $7) ON CONFLICT DO NOTHING`,
		id, in.AppID, in.Cause, string(in.Form), in.URL, string(fields), tx.Now())
	if err != nil || n == 1 {
		return id, n == 1, err
	}
	err = tx.QueryRow(`SELECT id FROM openapp_notification WHERE cause = $1`, in.Cause).Scan(&id)
	return id, false, err
}

// newNotifyID is 34 characters: the day, then randomness.
func newNotifyID(now int64) string {
	var raw [13]byte
	rand.Read(raw[:])
	return time.UnixMilli(now).UTC().Format("20060102") + hex.EncodeToString(raw[:])
}

const notificationColumns = `id, app_id, cause, form, url, fields, state, attempts, last_error, created_at FROM openapp_notification`

func scanNotification(row interface{ Scan(...any) error }) (n Notification, err error) {
	var form, fields string
	if err = row.Scan(&n.ID, &n.AppID, &n.Cause, &form, &n.URL, &fields, &n.State, &n.Attempts, &n.LastError, &n.CreatedAt); err != nil {
		return n, err
	}
	n.Form = Form(form)
	return n, json.Unmarshal([]byte(fields), &n.Fields)
}

// FindNotification returns a notification. Error: ErrNoNotification.
func FindNotification(_ context.Context, tx *db.Tx, id string) (Notification, error) {
	n, err := scanNotification(tx.QueryRow(`SELECT `+notificationColumns+` WHERE id = $1`, id))
	if errors.Is(err, db.ErrNoRows) {
		return n, ErrNoNotification
	}
	return n, err
}

// Attempted records how an attempt went: failure is empty when it was taken.
// After the last of the schedule's attempts the notification is given up, and
// last is true.
func Attempted(_ context.Context, tx *db.Tx, id, failure string) (last bool, err error) {
	var state string
	err = tx.QueryRow(`UPDATE openapp_notification SET attempts = attempts + 1, attempted_at = $2, last_error = $3,
		state = CASE WHEN CAST($3 AS TEXT) = '' THEN 'delivered' WHEN attempts >= $4 THEN 'given_up' ELSE 'waiting' END
		WHERE id = $1 RETURNING state`, id, tx.Now(), failure, int64(len(Waits))).Scan(&state)
	if errors.Is(err, db.ErrNoRows) {
		return false, ErrNoNotification
	}
	return state != "waiting", err
}

// Again gives an app's notification all its attempts once more; the caller adds
// the job. Error: ErrNoNotification.
func Again(_ context.Context, tx *db.Tx, appID, id string) error {
	n, err := tx.Exec(`UPDATE openapp_notification SET state = 'waiting', attempts = 0, last_error = '' WHERE id = $1 AND app_id = $2`, id, appID)
	if err == nil && n == 0 {
		return ErrNoNotification
	}
	return err
}
