package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/event"
	"souk/kit/job"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// Letter is a message to send. Values fill the template's places by keyword1, keyword2, …. OutNo is the app's own number of it, "" for none.
type Letter struct {
	App      merchant.AppID
	Person   identity.PersonID
	Template string
	OutNo    string
	Values   map[string]string
	Page     string
}

// Message is a message in a person's box.
type Message struct {
	ID       string
	App      merchant.AppID
	Person   identity.PersonID
	Template Template
	Lines    []string // what fills the template's places, in their order
	Page     string
	SentAt   int64
	ReadAt   int64
}

// Send puts a message into a person's box, for one yes. repeated is true when it was sent before: under the same number, or, without one, with the same
// content within SameMillis; then no yes is taken. Errors: ErrTemplate, ErrKeyword, ErrLength, ErrPage, ErrNotSubscribed, ErrInconsistent.
func Send(ctx context.Context, tx *db.Tx, in Letter) (m Message, repeated bool, err error) {
	t, err := FindTemplate(ctx, tx, in.App, in.Template)
	if err != nil {
		return m, false, err
	}
	m = Message{ID: number(tx.Now()), App: in.App, Person: in.Person, Template: t, Page: strings.TrimPrefix(in.Page, "/"), SentAt: tx.Now()}
	if m.Lines, err = t.fill(in.Values); err != nil {
		return m, false, err
	}
	if len(in.Page) > MaxPath || strings.Contains(in.Page, "://") || len(in.OutNo) > 64 {
		return m, false, ErrPage
	}
	lines, err := json.Marshal(m.Lines)
	if err != nil {
		return m, false, err
	}
	hash := contentHash(m, string(lines))
	outNo := "own/" + in.OutNo
	if in.OutNo == "" {
		outNo = "same/" + m.ID
	}
	sent, err := before(tx, in, outNo, hash)
	if err != nil || sent != "" {
		m.ID = sent
		return m, true, err
	}
	n, err := tx.Exec(`INSERT INTO notice_message (message_id, person_id, app_id, template_id, out_no, content_hash, lines, page, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (app_id, out_no) DO NOTHING`, m.ID, m.Person, m.App, t.ID, outNo, hash, string(lines), m.Page, m.SentAt)
	if err != nil {
		return m, false, err
	}
	if n == 0 { // the same number, at the same moment
		m.ID, err = before(tx, in, outNo, hash)
		return m, true, err
	}
	n, err = tx.Exec(`UPDATE notice_choice SET sends = CASE WHEN sends > 0 THEN sends - 1 ELSE 0 END
		WHERE person_id = $1 AND template_id = $2 AND (sends > 0 OR accepted AND $3)`, m.Person, t.ID, t.Lasting)
	if err == nil && n == 0 {
		err = ErrNotSubscribed
	}
	if err != nil {
		return m, false, err
	}
	return m, false, event.Append(ctx, tx, event.Event{Kind: "notice.sent", Key: string(m.Person), Data: Sent{m.ID, t.ID, m.App, m.Person}})
}

// Sent is the event of a message.
type Sent struct {
	Message  string            `json:"messageId"`
	Template string            `json:"templateId"`
	App      merchant.AppID    `json:"app"`
	Person   identity.PersonID `json:"person"`
}

// before finds the message that was sent under the number, or, without one, lately with the same content; "" when there is none.
func before(tx *db.Tx, in Letter, outNo, hash string) (id string, err error) {
	was := ""
	if in.OutNo != "" {
		err = tx.QueryRow(`SELECT message_id, content_hash FROM notice_message WHERE app_id = $1 AND out_no = $2`, in.App, outNo).Scan(&id, &was)
	} else {
		err = tx.QueryRow(`SELECT message_id, content_hash FROM notice_message WHERE person_id = $1 AND sent_at > $2 AND app_id = $3 AND content_hash = $4
			ORDER BY sent_at DESC, message_id LIMIT 1`, in.Person, tx.Now()-SameMillis, in.App, hash).Scan(&id, &was)
	}
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err == nil && was != hash {
		err = ErrInconsistent
	}
	return id, err
}

func (t Template) fill(values map[string]string) ([]string, error) {
	lines := []string{}
	for i, k := range t.Keywords {
		value := values[fmt.Sprintf("keyword%d", i+1)]
		if value == "" {
			return nil, ErrKeyword.With("keyword%d, %s", i+1, k.Name)
		}
		if long(MaxValue, value) {
			return nil, ErrLength.With("keyword%d has more than %d characters", i+1, MaxValue)
		}
		lines = append(lines, value)
	}
	return lines, nil
}

func contentHash(m Message, lines string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(m.Person), m.Template.ID, lines, m.Page}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// Inbox lists a person's messages, newest first, at most MaxPage, after the one named ("" for the first page).
func Inbox(_ context.Context, tx *db.Tx, person identity.PersonID, before int64, beforeID string) ([]Message, error) {
	if before == 0 {
		before = tx.Now() + 1
	}
	rows, err := tx.Query(`SELECT m.message_id, m.app_id, m.lines, m.page, m.sent_at, COALESCE(m.read_at, 0), t.template_id, t.title, t.title_zh, t.keywords
		FROM notice_message m JOIN notice_template t ON t.template_id = m.template_id
		WHERE m.person_id = $1 AND (m.sent_at, m.message_id) < ($2, $3) ORDER BY m.sent_at DESC, m.message_id DESC LIMIT $4`, person, before, beforeID, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Message{}
	for rows.Next() {
		m := Message{Person: person}
		var lines, keywords string
		if err := rows.Scan(&m.ID, &m.App, &lines, &m.Page, &m.SentAt, &m.ReadAt, &m.Template.ID, &m.Template.Title, &m.Template.TitleZh, &keywords); err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal([]byte(lines), &m.Lines), json.Unmarshal([]byte(keywords), &m.Template.Keywords)); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// Unread counts a person's unread messages, up to 100.
func Unread(_ context.Context, tx *db.Tx, person identity.PersonID) (n int64, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM notice_message WHERE person_id = $1 AND read_at IS NULL LIMIT 100) u`, person).Scan(&n)
	return n, err
}

// Read marks a person's messages as read that came until a moment.
func Read(_ context.Context, tx *db.Tx, person identity.PersonID, until int64) error {
	_, err := tx.Exec(`UPDATE notice_message SET read_at = $1 WHERE person_id = $2 AND read_at IS NULL AND sent_at <= $3`, tx.Now(), person, until)
	return err
}

// keepMillis is how long a message is kept; sweepBatch how many one transaction forgets.
const (
	keepMillis = 180 * 24 * 60 * 60 * 1000
	sweepBatch = 500
)

// Jobs are the room's chore: every hour, forget messages of half a year ago.
func Jobs(d *db.DB) []job.Kind {
	return []job.Kind{{Name: "notice.sweep", Workers: 1, Next: job.Every(time.Hour), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
		for gone := int64(sweepBatch); gone == sweepBatch; {
			if err := d.Write(ctx, func(tx *db.Tx) (err error) {
				gone, err = tx.Exec(`DELETE FROM notice_message WHERE message_id IN (SELECT message_id FROM notice_message WHERE sent_at < $1 ORDER BY sent_at, message_id LIMIT $2)`,
					tx.Now()-keepMillis, sweepBatch)
				return err
			}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}}}
}
