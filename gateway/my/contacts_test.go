package my_test

import (
	"context"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/wallet"
)

func TestAProgramGetsOnlyThoseWhomAPersonKnowsAndChose(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		as := seeded(t, d, false)
		var people []identity.Person
		if err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
			if people, err = identity.List(context.Background(), tx, "", 3); err != nil {
				return err
			}
			return wallet.Transfer(context.Background(), tx, wallet.Request{Person: people[0].ID, Amount: 100, Key: "k1", Title: "lunch"}, people[1].ID)
		}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who, knows int
		}{{0, 1}, {1, 0}} {
			_, got := as(people[c.who].ID).my("contacts", map[string]any{})
			list, _ := got["contacts"].([]any)
			if len(list) != 1 || list[0].(map[string]any)["id"] != string(people[c.knows].ID) || list[0].(map[string]any)["userId"] != nil {
				t.Errorf("%s knows %v", people[c.who].Name, got)
			}
		}
		_, got := as(people[0].ID).my("contactsChosen", map[string]any{"ids": []string{string(people[1].ID)}})
		list, _ := got["contacts"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["userId"] == "" || list[0].(map[string]any)["userId"] == string(people[1].ID) {
			t.Errorf("chosen: %v", got)
		}
		if status, got := as(people[0].ID).my("contactsChosen", map[string]any{"ids": []string{string(people[2].ID)}}); status != 403 {
			t.Errorf("a stranger was handed out: %d %v", status, got)
		}
	})
}

func TestACodeIsComputedAndNonsenseIsRefused(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		as := seeded(t, d, false)
		var people []identity.Person
		if err := d.Read(context.Background(), func(tx *db.Tx) (err error) {
			people, err = identity.List(context.Background(), tx, "", 1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		p := as(people[0].ID)
		_, got := p.my("encode", map[string]any{"text": "6 cups", "level": "H"})
		if rows, _ := got["rows"].([]any); len(rows) != 21 && len(rows) != 25 || len(rows[0].(string)) != len(rows) {
			t.Errorf("the modules: %v", got)
		}
		for _, body := range []map[string]any{{"text": "", "level": "H"}, {"text": "x", "level": "Z"}, {"text": string(make([]byte, 3000)), "level": "H"}} {
			if status, _ := p.my("encode", body); status != 400 {
				t.Errorf("%.20v was answered %d", body, status)
			}
		}
	})
}
