package openapp

import (
	"context"
	"errors"
	"math"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
)

// MaxPage bounds a page of calls or notifications.
const MaxPage = 100

// ErrNoCall says that there is no such call, or not this app's, or no longer.
var ErrNoCall = fault.New(fault.NotFound, "CALL_NOT_FOUND", "there is no such call in the log; calls are kept for a week")

// CallSearch says which calls: of one app, whose method contains Method, only refused ones if Refused, older than After (the last Call of the page
// before; zero is the newest), at most Limit.
type CallSearch struct {
	AppID   string
	Method  string
	Refused bool
	After   Call
	Limit   int
}

const callColumns = `trace_id, app_id, dialect, method, sub_code, request, reply, signed, remote, micros, called_at FROM openapp_call`

func scanCall(row interface{ Scan(...any) error }) (c Call, err error) {
	err = row.Scan(&c.TraceID, &c.AppID, &c.Dialect, &c.Method, &c.SubCode, &c.Request, &c.Reply, &c.Signed, &c.Remote, &c.Micros, &c.CalledAt)
	return c, err
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Calls answers one page, newest first.
func Calls(_ context.Context, tx *db.Tx, s CallSearch) ([]Call, error) {
	if s.After.TraceID == "" {
		s.After.CalledAt = math.MaxInt64
	}
	rows, err := tx.Query(`SELECT `+callColumns+` WHERE app_id = $1 AND (called_at, trace_id) < ($2, $3)
		AND lower(method) LIKE $4 ESCAPE '!' AND (sub_code <> '' OR NOT CAST($5 AS BOOLEAN)) ORDER BY called_at DESC, trace_id DESC LIMIT $6`,
		s.AppID, s.After.CalledAt, s.After.TraceID, "%"+likeEscape.Replace(strings.ToLower(s.Method))+"%", s.Refused, min(s.Limit, MaxPage))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Call
	for rows.Next() {
		c, err := scanCall(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// FindCall reads one call of an app. Error: ErrNoCall.
func FindCall(_ context.Context, tx *db.Tx, appID, trace string) (Call, error) {
	c, err := scanCall(tx.QueryRow(`SELECT `+callColumns+` WHERE trace_id = $1 AND app_id = $2`, trace, appID))
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNoCall
	}
	return c, err
}

// Certificate is one that an app has.
type Certificate struct {
	SN        string
	PEM       string
	From, To  int64 // ms
	RevokedAt int64 // 0 while it may be used
}

// maxCertificates bounds Certificates.
const maxCertificates = 100

// Certificates lists an app's certificates, newest first.
func Certificates(_ context.Context, tx *db.Tx, appID string) ([]Certificate, error) {
	rows, err := tx.Query(`SELECT sn, pem, not_before, not_after, COALESCE(revoked_at, 0) FROM openapp_certificate WHERE app_id = $1
		ORDER BY not_before DESC, sn LIMIT $2`, appID, maxCertificates)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Certificate
	for rows.Next() {
		var c Certificate
		if err := rows.Scan(&c.SN, &c.PEM, &c.From, &c.To, &c.RevokedAt); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// NotificationSearch says which notifications: of one app, in a state ("" is any), older than After (zero is the newest), at most Limit.
type NotificationSearch struct {
	AppID string
	State string
	After Notification
	Limit int
}

// Notifications answers one page, newest first.
func Notifications(_ context.Context, tx *db.Tx, s NotificationSearch) ([]Notification, error) {
	if s.After.ID == "" {
		s.After.CreatedAt = math.MaxInt64
	}
	rows, err := tx.Query(`SELECT `+notificationColumns+` WHERE app_id = $1 AND (created_at, id) < ($2, $3) AND (CAST($4 AS TEXT) = '' OR state = $4)
		ORDER BY created_at DESC, id DESC LIMIT $5`, s.AppID, s.After.CreatedAt, s.After.ID, s.State, min(s.Limit, MaxPage))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Notification
	for rows.Next() {
		n, err := scanNotification(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
