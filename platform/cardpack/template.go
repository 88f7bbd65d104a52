package cardpack

import (
	"context"
	"encoding/json"
	"errors"

	"souk/kit/db"
	"souk/platform/merchant"
)

// Form is which of the open API's two spellings a template's content has.
type Form string

const (
	PassForm Form = "pass" // alipay.pass.template.add
	CardForm Form = "card" // alipay.marketing.card.template.create
)

// Template is what a merchant's passes are made of.
type Template struct {
	ID      string
	App     merchant.AppID
	Form    Form
	OutNo   string // the merchant's own number
	Content string // JSON
}

const templateColumns = `template_id, app_id, form, out_no, content`

func scanTemplate(row db.Scanner) (t Template, err error) {
	err = row.Scan(&t.ID, &t.App, &t.Form, &t.OutNo, &t.Content)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrTemplate
	}
	return t, err
}

// FindTemplate reads an app's template. Error: ErrTemplate.
func FindTemplate(_ context.Context, tx *db.Tx, app merchant.AppID, form Form, id string) (Template, error) {
	return scanTemplate(tx.QueryRow(`SELECT `+templateColumns+` FROM cardpack_template WHERE template_id = $1 AND app_id = $2 AND form = $3`, id, app, form))
}

func (t Template) check() error {
	switch {
	case len(t.OutNo) > maxSerial || !printable(t.OutNo):
		return ErrTemplateBad.With("its number has at most %d characters", maxSerial)
	case len(t.Content) > MaxContent || !json.Valid([]byte(t.Content)):
		return ErrTemplateBad.With("its content is JSON of at most %d bytes", MaxContent)
	}
	return nil
}

// AddTemplate keeps a template. With the number of one that is there it answers that one, and ErrInconsistent when the content is another.
// Errors: ErrTemplateBad, ErrInconsistent.
func AddTemplate(_ context.Context, tx *db.Tx, t Template) (Template, error) {
	t.ID = string(number(tx.Now()))
	if t.OutNo == "" {
		t.OutNo = t.ID
	}
	if err := t.check(); err != nil {
		return t, err
	}
	n, err := tx.Exec(`INSERT INTO cardpack_template (template_id, app_id, form, out_no, content, made_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
		ON CONFLICT (app_id, form, out_no) DO NOTHING`, t.ID, t.App, t.Form, t.OutNo, t.Content, tx.Now())
	if err != nil || n == 1 {
		return t, err
	}
	was, err := scanTemplate(tx.QueryRow(`SELECT `+templateColumns+` FROM cardpack_template WHERE app_id = $1 AND form = $2 AND out_no = $3`, t.App, t.Form, t.OutNo))
	if err == nil && was.Content != t.Content {
		err = ErrInconsistent.With("the template %s has other content; update it instead", t.OutNo)
	}
	return was, err
}

// UpdateTemplate gives a template other content, for what is issued or changed from then on. Errors: ErrTemplateBad, ErrTemplate.
func UpdateTemplate(_ context.Context, tx *db.Tx, t Template) (Template, error) {
	if err := t.check(); err != nil {
		return t, err
	}
	return scanTemplate(tx.QueryRow(`UPDATE cardpack_template SET content = $1, changed_at = $2 WHERE template_id = $3 AND app_id = $4 AND form = $5
		RETURNING `+templateColumns, t.Content, tx.Now(), t.ID, t.App, t.Form))
}
