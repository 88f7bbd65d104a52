package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/staff"
)

// with signs in as a new member with a key of their own.
func (w *town) with(role staff.Role, of string, duty staff.Duty) visitor {
	w.t.Helper()
	var key string
	if err := w.db.Write(context.Background(), func(tx *db.Tx) (err error) {
		_, key, err = staff.Add(context.Background(), tx, staff.Member{Name: "Somebody", Role: role, Merchant: merchant.ID(of), Duty: duty})
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	v := w.visitor()
	if status, text := v.post("/sign-in", "key", key); status != http.StatusOK {
		w.t.Fatalf("signing in: %d %s", status, text)
	}
	return v
}

func TestADutyBoundsWhatAMemberMayDo(t *testing.T) {
	each(t, true, func(w *town) {
		no := w.sale(w.card.AppID, w.keyText, "duty-1", "10.00", "Thing")
		app := "/apps/" + w.card.AppID
		for _, row := range []struct {
			duty            staff.Duty
			refunds, manage bool
		}{{staff.Clerk, false, false}, {staff.Finance, true, false}, {staff.Owner, true, true}} {
			v := w.with(staff.Merchant, w.card.Merchant, row.duty)
			for _, path := range []string{"/apps", app, app + "/calls", app + "/notifications", "/trades", "/trades/" + no, "/bill"} {
				if status, _ := v.get(path); status != http.StatusOK {
					w.t.Errorf("%s reads %s: %d", row.duty, path, status)
				}
			}
			_, page := v.get("/trades/" + no)
			if strings.Contains(page, "/refund\"") != row.refunds {
				w.t.Errorf("%s: the form to refund is there: %v", row.duty, !row.refunds)
			}
			refund, _ := v.post("/trades/"+no+"/refund", "key", "k-"+string(row.duty), "amount", "1.00")
			if (refund == http.StatusOK) != row.refunds || !row.refunds && refund != http.StatusForbidden {
				w.t.Errorf("%s refunds: %d", row.duty, refund)
			}
			for _, act := range [][]string{{app + "/aes", "mode", "make"}, {"/apps", "name", "New", "mode", "pair"}, {app + "/platform-key"}, {app + "/messages", "messageURL", ""}} {
				status, text := v.post(act[0], act[1:]...)
				if (status == http.StatusForbidden) == row.manage {
					w.t.Errorf("%s at %s: %d %.200s", row.duty, act[0], status, text)
				}
			}
		}
		clerk := w.with(staff.Operator, "", staff.Clerk)
		status, text := clerk.get("/team")
		w.must(status, text, http.StatusOK, "<h1>Team</h1>")
		status, text = clerk.post("/team", "name", "Mallory", "duty", "owner")
		w.must(status, text, http.StatusForbidden, "ask an owner")
		owner := w.with(staff.Operator, "", staff.Owner)
		status, text = owner.post("/team", "name", "Fin", "duty", "finance")
		w.must(status, text, http.StatusOK, "souk-key-", "give money back")
		status, text = owner.post("/team", "name", "Odd", "duty", "king")
		w.must(status, text, http.StatusBadRequest, "owner, finance or clerk")
	})
}
