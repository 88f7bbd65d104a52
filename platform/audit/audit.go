// Package audit is the log of what people did at the console: who, when, what, to whom. An entry is written in the transaction of the act, so
// that nothing is done without one, and none stands for what was not done. It is only appended; it holds no secrets and knows no pages.
// Start reading at Append.
package audit

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"souk/kit/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's table.
var Schema = db.Schema{Room: "audit", Files: files}

// Bounds of an entry's texts, in bytes, and of a page.
const (
	maxText = 512
	maxNote = 2048
	MaxPage = 100
)

// Entry is one act.
type Entry struct {
	ID       string // set by Append
	At       int64  // ms
	Actor    string
	Name     string
	Role     string
	Merchant string
	Act      string
	Target   string
	Note     map[string]string
	Remote   string
}

// Append records an act in its transaction.
func Append(_ context.Context, tx *db.Tx, e Entry) error {
	note, err := json.Marshal(e.Note)
	if err != nil {
		return err
	}
	if len(note) > maxNote {
		note = []byte(`{"note":"too long"}`)
	}
	var raw [8]byte
	rand.Read(raw[:])
	_, err = tx.Exec(`INSERT INTO audit_entry (id, at, actor, name, role, merchant, act, target, note, remote) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		fmt.Sprintf("%015d%s", tx.Now(), hex.EncodeToString(raw[:])), tx.Now(), clip(e.Actor), clip(e.Name), clip(e.Role), clip(e.Merchant), clip(e.Act), clip(e.Target), string(note), clip(e.Remote))
	return err
}

func clip(text string) string {
	if len(text) > maxText {
		return text[:maxText]
	}
	return text
}

// List answers a page of entries, newest first, older than the id after ("" is the newest), of one merchant's people or, with "", of all.
func List(_ context.Context, tx *db.Tx, merchant, after string, limit int) ([]Entry, error) {
	if after == "" {
		after = "~"
	}
	rows, err := tx.Query(`SELECT id, at, actor, name, role, merchant, act, target, note, remote FROM audit_entry
		WHERE id < $1 AND (CAST($2 AS TEXT) = '' OR merchant = $2) ORDER BY id DESC LIMIT $3`, after, merchant, min(limit, MaxPage))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Entry{}
	for rows.Next() {
		var e Entry
		var note string
		if err := rows.Scan(&e.ID, &e.At, &e.Actor, &e.Name, &e.Role, &e.Merchant, &e.Act, &e.Target, &note, &e.Remote); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(note), &e.Note); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
