// Package notice is messages that programs send to people who asked for them (subscription messages): templates, what each person answered, and
// each person's box.
//
// A template belongs to an app and is filled place by place. A person answers about it: of a template for once, each yes is good for one message and
// yeses add up; of a lasting one, a yes is good until it is taken back. Send takes one yes with one conditional UPDATE, so that a message is
// never sent without. What happened is appended as notice.chosen and notice.sent. It carries nothing to phones (platform/messenger does) and knows
// no HTTP. Start reading at Template, then Choose and Send.
package notice

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/event"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/merchant"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "notice", Files: files}

var (
	ErrTemplate      = fault.New(fault.NotFound, "NOTICE_TEMPLATE_UNKNOWN", "this program has no such message template")
	ErrInvalid       = fault.New(fault.Invalid, "NOTICE_INVALID", "this message or template is not well formed")
	ErrMixed         = fault.New(fault.Invalid, "NOTICE_KINDS_MIXED", "templates for once and lasting ones are asked for apart")
	ErrTooMany       = fault.New(fault.Invalid, "NOTICE_TOO_MANY", "at most three templates are asked for at once")
	ErrNotSubscribed = fault.New(fault.Forbidden, "NOTICE_NOT_SUBSCRIBED", "the person has not asked for this message, or has got it already")
	ErrInconsistent  = fault.New(fault.Conflict, "NOTICE_CONTENT_DIFFERS", "this number was used for another message")
	ErrKeyword       = fault.New(fault.Invalid, "NOTICE_KEYWORD_MISSING", "a place of the template is not filled")
	ErrLength        = fault.New(fault.Invalid, "NOTICE_KEYWORD_LENGTH", "what fills a place is too long")
	ErrPage          = fault.New(fault.Invalid, "NOTICE_PAGE", "the page is a path of the program with its query")
)

// Bounds.
const (
	MaxAsked     = 3   // templates in one question
	MaxTemplates = 100 // of an app
	MaxKeywords  = 10
	MaxTitle     = 40   // characters
	MaxName      = 20   // of a place
	MaxValue     = 200  // of what fills it
	MaxPath      = 1024 // bytes
	MaxSends     = 100  // yeses that add up
	MaxPage      = 50
	// SameMillis is how long the same content without a number of its own is the same message.
	SameMillis = 10 * 60 * 1000
)

// Keyword is a place of a template.
type Keyword struct {
	Name   string `json:"name"`
	NameZh string `json:"nameZh,omitempty"`
}

// Template is what an app may tell.
type Template struct {
	ID             string // "" makes one
	App            merchant.AppID
	Title, TitleZh string
	Keywords       []Keyword
	Lasting        bool
	MadeAt         int64
}

const templateColumns = `template_id, app_id, title, title_zh, keywords, lasting, made_at`

func scanTemplate(row db.Scanner) (t Template, err error) {
	var keywords string
	err = row.Scan(&t.ID, &t.App, &t.Title, &t.TitleZh, &keywords, &t.Lasting, &t.MadeAt)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrTemplate
	}
	if err == nil {
		err = json.Unmarshal([]byte(keywords), &t.Keywords)
	}
	return t, err
}

// FindTemplate reads an app's template. Error: ErrTemplate.
func FindTemplate(_ context.Context, tx *db.Tx, app merchant.AppID, id string) (Template, error) {
	return scanTemplate(tx.QueryRow(`SELECT `+templateColumns+` FROM notice_template WHERE template_id = $1 AND app_id = $2`, id, app))
}

// Templates lists an app's, the first made first, at most MaxTemplates.
func Templates(_ context.Context, tx *db.Tx, app merchant.AppID) ([]Template, error) {
	rows, err := tx.Query(`SELECT `+templateColumns+` FROM notice_template WHERE app_id = $1 ORDER BY made_at, template_id LIMIT $2`, app, MaxTemplates)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Template{}
	for rows.Next() {
		t, err := scanTemplate(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// AddTemplate makes a template; with the id of one that is there it changes nothing. Errors: ErrInvalid, merchant.ErrAppNotFound.
func AddTemplate(ctx context.Context, tx *db.Tx, t Template) (Template, error) {
	if t.ID == "" {
		t.ID = number(tx.Now())
	}
	if t.Title == "" || long(MaxTitle, t.Title, t.TitleZh) || len(t.ID) > 64 || len(t.Keywords) == 0 || len(t.Keywords) > MaxKeywords {
		return t, ErrInvalid.With("a template has a title of at most %d characters and 1 to %d keywords", MaxTitle, MaxKeywords)
	}
	for _, k := range t.Keywords {
		if k.Name == "" || long(MaxName, k.Name, k.NameZh) {
			return t, ErrInvalid.With("a keyword has 1 to %d characters", MaxName)
		}
	}
	if _, err := merchant.FindApp(ctx, tx, t.App); err != nil {
		return t, err
	}
	keywords, err := json.Marshal(t.Keywords)
	if err != nil {
		return t, err
	}
	t.MadeAt = tx.Now()
	n, err := tx.Exec(`INSERT INTO notice_template (`+templateColumns+`) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT),
		CAST($6 AS BOOLEAN), CAST($7 AS BIGINT) WHERE (SELECT COUNT(*) FROM notice_template WHERE app_id = $2) < $8 ON CONFLICT (template_id) DO NOTHING`,
		t.ID, t.App, t.Title, t.TitleZh, string(keywords), t.Lasting, t.MadeAt, MaxTemplates)
	if err != nil || n == 1 {
		return t, err
	}
	was, err := FindTemplate(ctx, tx, t.App, t.ID)
	if errors.Is(err, ErrTemplate) {
		err = ErrInvalid.With("an app has at most %d templates", MaxTemplates)
	}
	return was, err
}

func long(most int, texts ...string) bool {
	for _, text := range texts {
		if utf8.RuneCountInString(text) > most {
			return true
		}
	}
	return false
}

// Choice is what a person answered about a template last; without an answer it is all false.
type Choice struct {
	Template Template
	Answered bool
	Accepted bool
	Kept     bool  // counts without asking again
	Sends    int64 // messages still allowed, of a template for once
	At       int64
}

// Silent tells that nobody is to be asked: the person decided for good.
func (c Choice) Silent() bool { return c.Kept || c.Template.Lasting && c.Accepted }

// Choices tells what a person answered about an app's templates, in the order asked. Errors: ErrTooMany, ErrInvalid for none, ErrTemplate, ErrMixed.
func Choices(ctx context.Context, tx *db.Tx, person identity.PersonID, app merchant.AppID, ids []string) ([]Choice, error) {
	if len(ids) == 0 {
		return nil, ErrInvalid.With("no template is named")
	}
	if len(ids) > MaxAsked {
		return nil, ErrTooMany
	}
	list, seen := []Choice{}, map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		t, err := FindTemplate(ctx, tx, app, id)
		if err != nil {
			return nil, err
		}
		c := Choice{Template: t, Answered: true}
		err = tx.QueryRow(`SELECT accepted, kept, sends, changed_at FROM notice_choice WHERE person_id = $1 AND template_id = $2`, person, id).
			Scan(&c.Accepted, &c.Kept, &c.Sends, &c.At)
		if errors.Is(err, db.ErrNoRows) {
			c.Answered, err = false, nil
		}
		if err != nil {
			return nil, err
		}
		if len(list) > 0 && list[0].Template.Lasting != t.Lasting {
			return nil, ErrMixed
		}
		list = append(list, c)
	}
	return list, nil
}

// Choose records a person's answers: accepted says which of the templates they want. keep makes the answers count from now on without asking; of a
// lasting template a yes does so by itself. Each yes about a template for once adds a message, up to MaxSends. Errors: as Choices.
func Choose(ctx context.Context, tx *db.Tx, person identity.PersonID, app merchant.AppID, ids []string, accepted map[string]bool, keep bool) ([]Choice, error) {
	list, err := Choices(ctx, tx, person, app, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		t, yes := c.Template, accepted[c.Template.ID]
		more := int64(0)
		if yes && !t.Lasting {
			more = 1
		}
		_, err := tx.Exec(`INSERT INTO notice_choice (person_id, template_id, app_id, accepted, kept, sends, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (person_id, template_id) DO UPDATE SET accepted = excluded.accepted, kept = excluded.kept, changed_at = excluded.changed_at,
			sends = CASE WHEN notice_choice.sends + excluded.sends > $8 THEN $8 ELSE notice_choice.sends + excluded.sends END`,
			person, t.ID, app, yes, keep || yes && t.Lasting, more, tx.Now(), MaxSends)
		if err != nil {
			return nil, err
		}
		if err := event.Append(ctx, tx, event.Event{Kind: "notice.chosen", Key: string(person), Data: Chosen{t.ID, app, person, yes}}); err != nil {
			return nil, err
		}
	}
	return Choices(ctx, tx, person, app, ids)
}

// Chosen is the event of an answer.
type Chosen struct {
	Template string            `json:"templateId"`
	App      merchant.AppID    `json:"app"`
	Person   identity.PersonID `json:"person"`
	Accepted bool              `json:"accepted"`
}

// Forget takes a person's answers about an app's templates back, yeses that were not used too: the next time they are asked. Templates without an
// answer are passed over.
func Forget(ctx context.Context, tx *db.Tx, person identity.PersonID, app merchant.AppID, ids []string) error {
	for _, id := range ids {
		n, err := tx.Exec(`DELETE FROM notice_choice WHERE person_id = $1 AND template_id = $2 AND app_id = $3`, person, id, app)
		if err == nil && n == 1 {
			err = event.Append(ctx, tx, event.Event{Kind: "notice.chosen", Key: string(person), Data: Chosen{id, app, person, false}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Of lists what a person answered that still counts, newest first, at most MaxPage.
func Of(_ context.Context, tx *db.Tx, person identity.PersonID) ([]Choice, error) {
	rows, err := tx.Query(`SELECT t.template_id, t.app_id, t.title, t.title_zh, t.lasting, c.accepted, c.kept, c.sends, c.changed_at
		FROM notice_choice c JOIN notice_template t ON t.template_id = c.template_id
		WHERE c.person_id = $1 AND (c.kept OR c.sends > 0 OR c.accepted AND t.lasting) ORDER BY c.changed_at DESC, t.template_id LIMIT $2`, person, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Choice{}
	for rows.Next() {
		c := Choice{Answered: true}
		if err := rows.Scan(&c.Template.ID, &c.Template.App, &c.Template.Title, &c.Template.TitleZh, &c.Template.Lasting, &c.Accepted, &c.Kept, &c.Sends, &c.At); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

var china = time.FixedZone("CST", 8*60*60)

// number is 20 digits: the day in China, then randomness.
func number(now int64) string {
	n, err := rand.Int(rand.Reader, big.NewInt(1e12))
	if err != nil {
		panic("notice: no randomness: " + err.Error())
	}
	return fmt.Sprintf("%s%012d", time.UnixMilli(now).In(china).Format("20060102"), n)
}
