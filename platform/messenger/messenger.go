// Package messenger is the port through which short messages reach phones: a code to sign in, a code to set a new PIN.
//
// A Port is whatever carries them. Inbox is the simulated network of a demo: messages stay in the database, where the shell shows
// them. Journal writes one JSON line a message for a carrier's own program to follow and deliver. A Port sends after the
// transaction that made the message, never inside: what is sent cannot be rolled back. It knows nothing of what messages say.
//
// Start reading at Port.
package messenger

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"io"
	"sync"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's table.
var Schema = db.Schema{Room: "messenger", Files: files}

// MaxText is the most characters of a message: what three short messages carry in Chinese.
const MaxText = 200

// ErrInvalid refuses a message.
var ErrInvalid = fault.New(fault.Invalid, "MESSAGE_INVALID", "a message goes to a phone number in digits and has 1 to 200 characters")

// Message is a text for a phone. To is the number, E.164 digits without plus.
type Message struct {
	To   string `json:"to"`
	Text string `json:"text"`
	At   int64  `json:"at"` // ms; set by who sends
}

func (m Message) check() error {
	if n := utf8.RuneCountInString(m.Text); m.To == "" || len(m.To) > 15 || n < 1 || n > MaxText {
		return ErrInvalid
	}
	for _, c := range m.To {
		if c < '0' || c > '9' {
			return ErrInvalid
		}
	}
	return nil
}

// Port carries messages. A nil error means taken, not delivered. Error: ErrInvalid.
type Port interface {
	Send(ctx context.Context, m Message) error
}

// Inbox is the simulated network: every phone's messages, the last day's, in the database.
type Inbox struct{ DB *db.DB }

const keepMillis = 24 * 60 * 60 * 1000

// Send keeps the message where Latest finds it.
func (i Inbox) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	return i.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM messenger_message WHERE sent_at < $1`, tx.Now()-keepMillis); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO messenger_message (id, phone, text, sent_at) VALUES ($1, $2, $3, $4)`, rand.Text(), m.To, m.Text, tx.Now())
		return err
	})
}

// MaxPage is the most messages that Latest answers.
const MaxPage = 20

// Latest lists what the simulated network delivered to a phone, newest first.
func Latest(_ context.Context, tx *db.Tx, phone string, limit int) ([]Message, error) {
	rows, err := tx.Query(`SELECT phone, text, sent_at FROM messenger_message WHERE phone = $1 ORDER BY sent_at DESC, id DESC LIMIT $2`, phone, min(limit, MaxPage))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Message{}
	for rows.Next() {
		var m Message
		if err := rows.Scan(&m.To, &m.Text, &m.At); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// Journal writes each message as a line of JSON, {"to", "text", "at"}, for another program to carry on. Now is the clock, in ms.
type Journal struct {
	Out io.Writer
	Now func() int64

	lock sync.Mutex
}

// Send appends the line, whole, in one write.
func (j *Journal) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	m.At = j.Now()
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	j.lock.Lock()
	defer j.lock.Unlock()
	_, err = j.Out.Write(append(line, '\n'))
	return err
}
