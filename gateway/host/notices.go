package host

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/notice"
)

// messageOut is a message that a program sent to the person.
type messageOut struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	TitleZh   string    `json:"titleZh,omitempty"`
	Lines     []lineOut `json:"lines"`
	Program   string    `json:"program"`
	ProgramZh string    `json:"programZh,omitempty"`
	Icon      string    `json:"icon,omitempty"`
	At        int64     `json:"at"`
	Unread    bool      `json:"unread"`
	// The program's page about it; AppID is "" when there is no such program here any more.
	AppID string `json:"appId,omitempty"`
	Page  string `json:"page,omitempty"`
	Query string `json:"query,omitempty"`
}

type lineOut struct {
	Name   string `json:"name"`
	NameZh string `json:"nameZh,omitempty"`
	Value  string `json:"value"`
}

// messages lists what programs sent to the person, newest first. ?before= → {messages, next}.
func (d door) messages(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	at, id, _ := strings.Cut(clip(r.URL.Query().Get("before")), "-")
	before, _ := strconv.ParseInt(at, 10, 64) // what is no page's end is the first page
	box, err := notice.Inbox(ctx, tx, person.ID, before, id)
	if err != nil {
		return nil, err
	}
	list, next := []messageOut{}, ""
	for _, m := range box {
		app, err := merchant.FindApp(ctx, tx, m.App)
		if err != nil {
			return nil, err
		}
		out := messageOut{ID: m.ID, Title: m.Template.Title, TitleZh: m.Template.TitleZh, Program: app.Name, ProgramZh: app.NameZh, At: m.SentAt, Unread: m.ReadAt == 0, Lines: []lineOut{}}
		for i, value := range m.Lines {
			if i < len(m.Template.Keywords) {
				out.Lines = append(out.Lines, lineOut{m.Template.Keywords[i].Name, m.Template.Keywords[i].NameZh, value})
			}
		}
		if program, released := d.describe(app); released {
			out.AppID, out.Icon = program.AppID, program.Icon
			out.Page, out.Query, _ = strings.Cut(m.Page, "?")
		}
		list = append(list, out)
	}
	if len(box) == notice.MaxPage {
		last := box[len(box)-1]
		next = strconv.FormatInt(last.SentAt, 10) + "-" + last.ID
	}
	return map[string]any{"messages": list, "next": next}, nil
}

// unread counts the person's unread messages, up to 100. → {unread}.
func unread(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	n, err := notice.Unread(ctx, tx, person.ID)
	return map[string]int64{"unread": n}, err
}

// readMessages marks as read what came until a moment. {until} → {}.
func readMessages(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ Until int64 }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, notice.Read(ctx, tx, person.ID, in.Until)
}

// subscriptionOut is an answer about a message template that still counts.
type subscriptionOut struct {
	AppID     string `json:"appId"`
	ID        string `json:"id"`
	Program   string `json:"program"`
	ProgramZh string `json:"programZh,omitempty"`
	Title     string `json:"title"`
	TitleZh   string `json:"titleZh,omitempty"`
	Accepted  bool   `json:"accepted"`
	Lasting   bool   `json:"lasting"`
	Kept      bool   `json:"kept"`
	Sends     int64  `json:"sends"`
	At        int64  `json:"at"`
}

// subscriptions lists what the person answered about messages. → {subscriptions}.
func subscriptions(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	choices, err := notice.Of(ctx, tx, person.ID)
	if err != nil {
		return nil, err
	}
	list := []subscriptionOut{}
	for _, c := range choices {
		app, err := merchant.FindApp(ctx, tx, c.Template.App)
		if err != nil {
			return nil, err
		}
		list = append(list, subscriptionOut{string(app.ID), c.Template.ID, app.Name, app.NameZh, c.Template.Title, c.Template.TitleZh, c.Accepted, c.Template.Lasting, c.Kept, c.Sends, c.At})
	}
	return map[string]any{"subscriptions": list}, nil
}

// endSubscription takes an answer about messages back. {appId, id} → {}.
func endSubscription(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct {
		AppID merchant.AppID
		ID    string
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, notice.Forget(ctx, tx, person.ID, in.AppID, []string{in.ID})
}
