package notice_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/event"
	"souk/kit/job"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/notice"
)

var (
	ctx     = context.Background()
	schemas = []db.Schema{event.Schema, job.Schema, ledger.Schema, identity.Schema, merchant.Schema, notice.Schema}
)

const (
	ann identity.PersonID = "ann"
	app merchant.AppID    = "2021000000000001"
)

// town has an app with two templates for once and a lasting one.
func town(t *testing.T, d *db.DB) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		m := merchant.Merchant{ID: "shop", Name: "Shop"}
		if err := merchant.Add(ctx, tx, m); err != nil {
			return err
		}
		for _, id := range []merchant.AppID{app, "other"} {
			if err := merchant.AddApp(ctx, tx, merchant.App{ID: id, Merchant: m, Name: "Shop"}); err != nil {
				return err
			}
		}
		for _, tpl := range []notice.Template{{ID: "ready", Title: "Order ready"}, {ID: "back", Title: "Back in stock"}, {ID: "news", Title: "News", Lasting: true}} {
			tpl.App, tpl.Keywords = app, []notice.Keyword{{Name: "Shop"}, {Name: "Code"}}
			if _, err := notice.AddTemplate(ctx, tx, tpl); err != nil {
				return err
			}
		}
		return nil
	})
}

func do(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func choose(t *testing.T, d *db.DB, keep bool, yes bool, ids ...string) []notice.Choice {
	t.Helper()
	accepted := map[string]bool{}
	for _, id := range ids {
		accepted[id] = yes
	}
	var list []notice.Choice
	do(t, d, func(tx *db.Tx) (err error) {
		list, err = notice.Choose(ctx, tx, ann, app, ids, accepted, keep)
		return err
	})
	return list
}

func send(d *db.DB, template, number, code string) (m notice.Message, repeated bool, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		m, repeated, err = notice.Send(ctx, tx, notice.Letter{App: app, Person: ann, Template: template, OutNo: number, Page: "/p?id=1", Values: map[string]string{"keyword1": "Harbour", "keyword2": code}})
		return err
	})
	return m, repeated, err
}

func TestAYesIsGoodForOneMessageHoweverManyAreSentAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		if _, _, err := send(d, "ready", "", "0"); !errors.Is(err, notice.ErrNotSubscribed) {
			t.Errorf("nobody asked: %v", err)
		}
		choose(t, d, false, true, "ready")
		if c := choose(t, d, false, true, "ready"); c[0].Sends != 2 || c[0].Silent() {
			t.Errorf("two yeses: %+v", c)
		}
		choose(t, d, false, false, "ready") // a no leaves what was allowed
		var group sync.WaitGroup
		var mu sync.Mutex
		sent := 0
		for i := range 12 {
			group.Go(func() {
				_, _, err := send(d, "ready", "", fmt.Sprint(i))
				if err != nil && !errors.Is(err, notice.ErrNotSubscribed) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					sent++
					mu.Unlock()
				}
			})
		}
		group.Wait()
		if sent != 2 {
			t.Errorf("%d messages for two yeses", sent)
		}
	})
}

func TestTheSameMessageIsNotSentTwiceAndTakesOneYes(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		clock := d.Now()
		d.SetClock(func() int64 { return clock })
		town(t, d)
		for range 4 {
			choose(t, d, false, true, "ready")
		}
		first, repeated, err := send(d, "ready", "f1", "7")
		if err != nil || repeated {
			t.Fatal(err)
		}
		if again, repeated, err := send(d, "ready", "f1", "7"); err != nil || !repeated || again.ID != first.ID {
			t.Errorf("again: %v %v", repeated, err)
		}
		if _, _, err := send(d, "ready", "f1", "8"); !errors.Is(err, notice.ErrInconsistent) {
			t.Errorf("the number for another message: %v", err)
		}
		if _, repeated, err := send(d, "ready", "", "9"); err != nil || repeated {
			t.Error(repeated, err)
		}
		if _, repeated, err := send(d, "ready", "", "9"); err != nil || !repeated {
			t.Errorf("the same words at once: %v %v", repeated, err)
		}
		clock += notice.SameMillis + 1
		if _, repeated, err := send(d, "ready", "", "9"); err != nil || repeated {
			t.Errorf("the same words later: %v %v", repeated, err)
		}
		if c := choose(t, d, false, false, "ready"); c[0].Sends != 1 {
			t.Errorf("%d yeses are left of four after three messages", c[0].Sends)
		}
	})
}

func TestALastingYesCountsUntilItIsTakenBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		if c := choose(t, d, false, true, "news"); !c[0].Silent() || c[0].Sends != 0 {
			t.Errorf("%+v", c)
		}
		for i := range 3 {
			if _, _, err := send(d, "news", "", fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
		do(t, d, func(tx *db.Tx) error { return notice.Forget(ctx, tx, ann, app, []string{"news", "ready"}) })
		if _, _, err := send(d, "news", "", "4"); !errors.Is(err, notice.ErrNotSubscribed) {
			t.Errorf("taken back: %v", err)
		}
		if c := choose(t, d, true, false, "news"); !c[0].Silent() || c[0].Accepted {
			t.Errorf("refused for good: %+v", c)
		}
		do(t, d, func(tx *db.Tx) error {
			list, err := notice.Of(ctx, tx, ann)
			if err == nil && (len(list) != 1 || list[0].Template.Title != "News" || !list[0].Kept) {
				t.Errorf("answers that count: %+v", list)
			}
			return err
		})
	})
}

func TestWhatMayNotBeAskedOrSentIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		choose(t, d, false, true, "ready")
		ask := func(ids ...string) error {
			return d.Read(ctx, func(tx *db.Tx) error { _, err := notice.Choices(ctx, tx, ann, app, ids); return err })
		}
		letter := func(change func(*notice.Letter)) error {
			l := notice.Letter{App: app, Person: ann, Template: "ready", Values: map[string]string{"keyword1": "a", "keyword2": "b"}}
			change(&l)
			return d.Write(ctx, func(tx *db.Tx) error { _, _, err := notice.Send(ctx, tx, l); return err })
		}
		for name, row := range map[string]struct{ got, want error }{
			"four":            {ask("ready", "back", "news", "x"), notice.ErrTooMany},
			"none":            {ask(), notice.ErrInvalid},
			"mixed":           {ask("ready", "news"), notice.ErrMixed},
			"unknown":         {ask("x"), notice.ErrTemplate},
			"twice the same":  {ask("ready", "ready"), nil},
			"another app's":   {letter(func(l *notice.Letter) { l.App = "other" }), notice.ErrTemplate},
			"a place empty":   {letter(func(l *notice.Letter) { delete(l.Values, "keyword2") }), notice.ErrKeyword},
			"too long":        {letter(func(l *notice.Letter) { l.Values["keyword1"] = strings.Repeat("长", notice.MaxValue+1) }), notice.ErrLength},
			"a strange page":  {letter(func(l *notice.Letter) { l.Page = "https://x.test" }), notice.ErrPage},
			"another person":  {letter(func(l *notice.Letter) { l.Person = "ben" }), notice.ErrNotSubscribed},
			"of another kind": {letter(func(l *notice.Letter) { l.Template = "back" }), notice.ErrNotSubscribed},
		} {
			if !errors.Is(row.got, row.want) {
				t.Errorf("%s: %v, want %v", name, row.got, row.want)
			}
		}
		do(t, d, func(tx *db.Tx) error {
			list, err := notice.Inbox(ctx, tx, ann, 0, "")
			if err == nil && len(list) != 0 {
				t.Errorf("refused, and yet in the box: %+v", list)
			}
			return err
		})
	})
}

func TestTheBoxHasPagesAndCountsWhatIsUnread(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		choose(t, d, false, true, "news")
		do(t, d, func(tx *db.Tx) error {
			for i := range notice.MaxPage + 2 {
				if _, _, err := notice.Send(ctx, tx, notice.Letter{App: app, Person: ann, Template: "news", Values: map[string]string{"keyword1": "a", "keyword2": fmt.Sprint(i)}}); err != nil {
					return err
				}
			}
			return nil
		})
		do(t, d, func(tx *db.Tx) error {
			first, err := notice.Inbox(ctx, tx, ann, 0, "")
			if err != nil {
				return err
			}
			last := first[len(first)-1]
			rest, err := notice.Inbox(ctx, tx, ann, last.SentAt, last.ID)
			unread, err2 := notice.Unread(ctx, tx, ann)
			if len(first) != notice.MaxPage || len(rest) != 2 || unread != notice.MaxPage+2 || first[0].Template.Keywords[1].Name != "Code" {
				t.Errorf("%d, %d, %d unread", len(first), len(rest), unread)
			}
			return errors.Join(err, err2, notice.Read(ctx, tx, ann, tx.Now()))
		})
		do(t, d, func(tx *db.Tx) error {
			n, err := notice.Unread(ctx, tx, ann)
			if n != 0 {
				t.Errorf("%d unread after reading", n)
			}
			return err
		})
	})
}
