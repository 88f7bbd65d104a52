package cardpack_test

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
	"souk/kit/money"
	"souk/platform/cardpack"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

var (
	ctx     = context.Background()
	schemas = []db.Schema{event.Schema, job.Schema, ledger.Schema, identity.Schema, merchant.Schema, cardpack.Schema}
)

const (
	ann  identity.PersonID = "ann"
	ben  identity.PersonID = "ben"
	app  merchant.AppID    = "2021000000000001"
	shop merchant.ID       = "shop"
	hour                   = 60 * 60 * 1000
)

// town has a merchant with two apps and another merchant.
func town(t *testing.T, d *db.DB) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		for _, m := range []merchant.Merchant{{ID: shop, Name: "Shop"}, {ID: "other", Name: "Other"}} {
			if err := merchant.Add(ctx, tx, m); err != nil {
				return err
			}
		}
		for id, m := range map[merchant.AppID]merchant.ID{app: shop, "2021000000000002": shop, "2021000000000003": "other"} {
			if err := merchant.AddApp(ctx, tx, merchant.App{ID: id, Merchant: merchant.Merchant{ID: m}, Name: "App"}); err != nil {
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

func voucher(serial string) cardpack.Order {
	five := money.Fen(5_00)
	return cardpack.Order{Kind: cardpack.Voucher, App: app, Person: ann, Serial: serial, Face: cardpack.Face{Title: "Five off", TitleZh: "立减五元", Amount: &five,
		Code: "V" + serial, Facts: []cardpack.Fact{{Label: "Valid at", Value: "every shop"}}}}
}

func issue(d *db.DB, o cardpack.Order) (p cardpack.Pass, repeated bool, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) { p, repeated, err = cardpack.Issue(ctx, tx, o); return err })
	return p, repeated, err
}

func issued(t *testing.T, d *db.DB, o cardpack.Order) cardpack.Pass {
	t.Helper()
	p, _, err := issue(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func use(d *db.DB, id cardpack.ID, code string) (p cardpack.Pass, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) { p, err = cardpack.Use(ctx, tx, shop, id, code); return err })
	return p, err
}

func held(t *testing.T, d *db.DB, person identity.PersonID, s cardpack.Search) (serials []string) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) error {
		list, err := cardpack.Of(ctx, tx, person, s)
		serials = nil
		for _, p := range list {
			serials = append(serials, p.Serial)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return serials
}

func told(t *testing.T, d *db.DB) (kinds []string) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT kind FROM event_log ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for kinds = nil; rows.Next(); {
			var kind string
			if err := rows.Scan(&kind); err != nil {
				return err
			}
			kinds = append(kinds, kind)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func TestIssuingTheSameAgainGivesNoSecondPass(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		first := issued(t, d, voucher("n1"))
		again, repeated, err := issue(d, voucher("n1"))
		if err != nil || !repeated || again.ID != first.ID || again.Facts[0].Value != "every shop" || *again.Amount != 5_00 {
			t.Errorf("%+v %v %v", again, repeated, err)
		}
		other := voucher("n1")
		other.Title = "Ten off"
		if _, _, err := issue(d, other); !errors.Is(err, cardpack.ErrInconsistent) {
			t.Errorf("other content: %v", err)
		}
		other = voucher("n1")
		other.Person = ben
		if _, _, err := issue(d, other); !errors.Is(err, cardpack.ErrInconsistent) {
			t.Errorf("another person: %v", err)
		}
		other = voucher("n1")
		other.App = "2021000000000003"
		if p, repeated, err := issue(d, other); err != nil || repeated || p.ID == first.ID {
			t.Errorf("another merchant's own n1: %v %v", repeated, err)
		}
		if got := held(t, d, ann, cardpack.Search{Merchant: shop}); len(got) != 1 {
			t.Errorf("held of the merchant: %v", got)
		}
		if got := held(t, d, ben, cardpack.Search{}); len(got) != 0 {
			t.Errorf("somebody else holds %v", got)
		}
	})
}

func TestOfManyWhoIssueTheSameAtOnceOneDoes(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		var group sync.WaitGroup
		var mu sync.Mutex
		ids, fresh := map[cardpack.ID]bool{}, 0
		for range 24 {
			group.Go(func() {
				p, repeated, err := issue(d, voucher("n1"))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				ids[p.ID] = true
				if !repeated {
					fresh++
				}
			})
		}
		group.Wait()
		if len(ids) != 1 || fresh != 1 {
			t.Errorf("%d passes, %d fresh", len(ids), fresh)
		}
	})
}

func TestAVoucherIsUsedOnceHoweverManyTry(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		p := issued(t, d, voucher("n1"))
		var group sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for till := range 16 {
			group.Go(func() {
				_, err := use(d, p.ID, fmt.Sprintf("till %d", till))
				if err != nil && !errors.Is(err, cardpack.ErrUsed) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					taken++
					mu.Unlock()
				}
			})
		}
		group.Wait()
		if taken != 1 {
			t.Errorf("used %d times", taken)
		}
		if got := told(t, d); len(got) != 2 || got[1] != "pass.used" {
			t.Errorf("told %v", got)
		}
	})
}

// TestEveryWayAPassEnds: what each act says of a pass in each state, and what it is then.
func TestEveryWayAPassEnds(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		clock := d.Now()
		d.SetClock(func() int64 { return clock })
		town(t, d)
		acts := map[string]func(*db.Tx, cardpack.ID) error{
			"use":       func(tx *db.Tx, id cardpack.ID) error { _, err := cardpack.Use(ctx, tx, shop, id, "A"); return err },
			"use other": func(tx *db.Tx, id cardpack.ID) error { _, err := cardpack.Use(ctx, tx, shop, id, "B"); return err },
			"withdraw":  func(tx *db.Tx, id cardpack.ID) error { _, err := cardpack.Withdraw(ctx, tx, shop, id); return err },
			"change": func(tx *db.Tx, id cardpack.ID) error {
				_, err := cardpack.Change(ctx, tx, shop, id, func(p cardpack.Pass) (cardpack.Face, string, error) {
					p.Title = "Six off"
					return p.Face, `{"a":1}`, nil
				})
				return err
			},
			"stranger": func(tx *db.Tx, id cardpack.ID) error { _, err := cardpack.Use(ctx, tx, "other", id, "A"); return err },
			"later":    func(*db.Tx, cardpack.ID) error { clock += 2 * hour; return nil },
			"expire":   func(tx *db.Tx, _ cardpack.ID) error { _, err := cardpack.Expire(ctx, tx, 10); return err },
		}
		ticket, card, early, short := voucher(""), voucher(""), voucher(""), voucher("")
		ticket.Kind, card.Kind = cardpack.Ticket, cardpack.Card
		early.ValidFrom, short.ValidUntil = clock+hour, clock+hour
		for i, row := range []struct {
			name  string
			order cardpack.Order
			acts  []string
			last  error // of the last act; those before succeed
			state cardpack.State
		}{
			{"used, and told again", ticket, []string{"use", "use"}, nil, cardpack.Used},
			{"used, by another code", voucher(""), []string{"use", "use other"}, cardpack.ErrUsed, cardpack.Used},
			{"used, then withdrawn", voucher(""), []string{"use", "withdraw"}, cardpack.ErrUsed, cardpack.Used},
			{"used, then changed", voucher(""), []string{"use", "change"}, cardpack.ErrUsed, cardpack.Used},
			{"withdrawn twice", voucher(""), []string{"withdraw", "withdraw"}, nil, cardpack.Void},
			{"withdrawn, then used", voucher(""), []string{"withdraw", "use"}, cardpack.ErrVoid, cardpack.Void},
			{"changed", voucher(""), []string{"change"}, nil, cardpack.Usable},
			{"a card", card, []string{"use"}, cardpack.ErrCard, cardpack.Usable},
			{"a card withdrawn", card, []string{"withdraw"}, nil, cardpack.Void},
			{"too early", early, []string{"use"}, cardpack.ErrEarly, cardpack.Usable},
			{"another merchant's", voucher(""), []string{"stranger"}, cardpack.ErrNotFound, cardpack.Usable},
			{"over, before the chore", short, []string{"later", "use"}, cardpack.ErrExpired, cardpack.Expired},
			{"over, and changed", short, []string{"later", "change"}, cardpack.ErrExpired, cardpack.Expired},
			{"over, after the chore", short, []string{"later", "expire", "withdraw"}, cardpack.ErrExpired, cardpack.Expired},
		} {
			row.order.Serial = fmt.Sprintf("s%d", i)
			if row.order.ValidUntil > 0 {
				row.order.ValidUntil = clock + hour
			}
			p := issued(t, d, row.order)
			for n, act := range row.acts {
				err := d.Write(ctx, func(tx *db.Tx) error { return acts[act](tx, p.ID) })
				if want := row.last; n == len(row.acts)-1 && !errors.Is(err, want) || n < len(row.acts)-1 && err != nil {
					t.Errorf("%s: %s: %v, want %v", row.name, act, err, want)
				}
			}
			err := d.Read(ctx, func(tx *db.Tx) (err error) { p, err = cardpack.Find(ctx, tx, ann, p.ID); return err })
			if err != nil || p.At(clock) != row.state {
				t.Errorf("%s: it is %s, want %s (%v)", row.name, p.At(clock), row.state, err)
			}
		}
	})
}

func TestWhatIsOverIsListedApartAndPagesMeet(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		clock := d.Now()
		d.SetClock(func() int64 { return clock })
		town(t, d)
		for i := range cardpack.MaxPage + 3 {
			clock += int64(i % 2) // pairs of one moment
			issued(t, d, voucher(fmt.Sprintf("n%d", i)))
		}
		over := voucher("over")
		over.ValidUntil = clock + hour
		issued(t, d, over)
		clock += 2 * hour
		if got := held(t, d, ann, cardpack.Search{Over: true}); len(got) != 1 || got[0] != "over" {
			t.Errorf("over: %v", got)
		}
		seen := map[string]bool{}
		s := cardpack.Search{Kind: cardpack.Voucher}
		for range 3 {
			err := d.Read(ctx, func(tx *db.Tx) error {
				list, err := cardpack.Of(ctx, tx, ann, s)
				for _, p := range list {
					seen[p.Serial] = true
					s.Before, s.BeforeID = p.MadeAt, p.ID
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != cardpack.MaxPage+3 || seen["over"] {
			t.Errorf("%d of %d were listed", len(seen), cardpack.MaxPage+3)
		}
		if got := held(t, d, ann, cardpack.Search{Kind: cardpack.Card}); len(got) != 0 {
			t.Errorf("cards: %v", got)
		}
	})
}

func TestWhatAPersonRemovesIsSeenNoMoreAndStaysTheMerchants(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		p := issued(t, d, voucher("n1"))
		remove := func(who identity.PersonID) error {
			return d.Write(ctx, func(tx *db.Tx) error { return cardpack.Remove(ctx, tx, who, p.ID) })
		}
		if err := remove(ben); !errors.Is(err, cardpack.ErrNotFound) {
			t.Errorf("somebody else: %v", err)
		}
		if err := remove(ann); err != nil {
			t.Fatal(err)
		}
		if err := remove(ann); !errors.Is(err, cardpack.ErrNotFound) {
			t.Errorf("again: %v", err)
		}
		if got := held(t, d, ann, cardpack.Search{}); len(got) != 0 {
			t.Errorf("still seen: %v", got)
		}
		if _, repeated, err := issue(d, voucher("n1")); err != nil || !repeated {
			t.Errorf("issued again: %v %v", repeated, err)
		}
		if _, err := use(d, p.ID, "x"); err != nil {
			t.Errorf("the merchant uses it: %v", err)
		}
	})
}

func TestAMerchantCannotFillSomebodysPack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		do(t, d, func(tx *db.Tx) error {
			for i := range cardpack.MaxOfOne {
				if _, _, err := cardpack.Issue(ctx, tx, voucher(fmt.Sprintf("n%d", i))); err != nil {
					return err
				}
			}
			return nil
		})
		if _, _, err := issue(d, voucher("more")); !errors.Is(err, cardpack.ErrFull) {
			t.Errorf("one more: %v", err)
		}
		if _, repeated, err := issue(d, voucher("n0")); err != nil || !repeated {
			t.Errorf("one that is there: %v", err)
		}
	})
}

func TestAPassThatIsNotWellFormedIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		for name, spoil := range map[string]func(*cardpack.Order){
			"no title":        func(o *cardpack.Order) { o.Title = "" },
			"a long title":    func(o *cardpack.Order) { o.TitleZh = strings.Repeat("长", cardpack.MaxTitle+1) },
			"no kind":         func(o *cardpack.Order) { o.Kind = "gift" },
			"nobody":          func(o *cardpack.Order) { o.Person = "" },
			"no number":       func(o *cardpack.Order) { o.Serial = "" },
			"a line break":    func(o *cardpack.Order) { o.Serial = "a\nb" },
			"a colour's name": func(o *cardpack.Order) { o.Colour = "red" },
			"less than none":  func(o *cardpack.Order) { n := money.Fen(-1); o.Amount = &n },
			"a long code":     func(o *cardpack.Order) { o.Code = strings.Repeat("1", cardpack.MaxCode+1) },
			"an address":      func(o *cardpack.Order) { o.Page = "https://x.test/" },
			"ends first":      func(o *cardpack.Order) { o.ValidFrom, o.ValidUntil = 9, 8 },
			"no label":        func(o *cardpack.Order) { o.Facts = []cardpack.Fact{{Value: "x"}} },
			"many lines":      func(o *cardpack.Order) { o.Facts = make([]cardpack.Fact, cardpack.MaxFacts+1) },
		} {
			o := voucher("bad")
			spoil(&o)
			if _, _, err := issue(d, o); !errors.Is(err, cardpack.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		late := voucher("late")
		late.ValidUntil = 1
		if _, _, err := issue(d, late); !errors.Is(err, cardpack.ErrExpired) {
			t.Errorf("issued too late: %v", err)
		}
		if got := held(t, d, ann, cardpack.Search{}); len(got) != 0 {
			t.Errorf("held: %v", got)
		}
	})
}

func TestATemplateIsMadeOnceAndChangedByItsApp(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		town(t, d)
		make := func(content string) (tpl cardpack.Template, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				tpl, err = cardpack.AddTemplate(ctx, tx, cardpack.Template{App: app, Form: cardpack.PassForm, OutNo: "u1", Content: content})
				return err
			})
			return tpl, err
		}
		first, err := make(`{"a": 1}`)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := make(`{"a": 1}`); err != nil || again.ID != first.ID {
			t.Errorf("again: %v %v", again, err)
		}
		if _, err := make(`{"a": 2}`); !errors.Is(err, cardpack.ErrInconsistent) {
			t.Errorf("other content: %v", err)
		}
		if _, err := make(`{`); !errors.Is(err, cardpack.ErrTemplateBad) {
			t.Errorf("no JSON: %v", err)
		}
		update := func(app merchant.AppID) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := cardpack.UpdateTemplate(ctx, tx, cardpack.Template{ID: first.ID, App: app, Form: cardpack.PassForm, Content: `{"a": 3}`})
				return err
			})
		}
		if err := update("2021000000000003"); !errors.Is(err, cardpack.ErrTemplate) {
			t.Errorf("a stranger's update: %v", err)
		}
		if err := update(app); err != nil {
			t.Error(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) (err error) {
			first, err = cardpack.FindTemplate(ctx, tx, app, cardpack.PassForm, first.ID)
			return err
		})
		if err != nil || first.Content != `{"a": 3}` {
			t.Errorf("%+v %v", first, err)
		}
	})
}
