package console_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"souk/platform/openapp"
)

var agentCode = regexp.MustCompile(`<code id="agent-code">([0-9A-Za-z]+)</code>`)

func TestWhatWasDoneStandsInTheAuditLogAndNoSecretDoes(t *testing.T) {
	each(t, true, func(w *town) {
		no := w.sale(w.card.AppID, w.keyText, "au-1", "10.00", "Tea")
		v := w.as(w.card.Merchant)
		_, text := v.get("/trades/" + no)
		v.post("/trades/"+no+"/refund", "key", refundKey.FindStringSubmatch(text)[1], "amount", "3.00", "reason", "cold")
		v.post("/apps/"+w.card.AppID+"/aes", "aes", "new")
		_, text = v.get("/apps/" + w.card.AppID)
		aes := regexp.MustCompile(`id="aes" class="secret wide" readonly value="([^"]+)"`).FindStringSubmatch(text)[1]
		status, text := v.get("/audit")
		w.must(status, text, http.StatusForbidden, "operators of the platform")
		status, text = w.as("").get("/audit")
		w.must(status, text, http.StatusOK, "/trades/"+no+"/refund", "amount=3.00", "reason=cold", "/apps/"+w.card.AppID+"/aes", w.card.Merchant)
		if strings.Contains(text, aes) {
			t.Error("the new content key stands in the audit log")
		}
		before := strings.Count(text, "/refund")
		v.post("/trades/"+no+"/refund", "key", "other", "amount", "99.00")
		if _, text = w.as("").get("/audit"); strings.Count(text, "/refund") != before {
			t.Error("what was refused stands in the audit log")
		}
	})
}

func TestAMerchantLetsAnAgentActAndTakesTheNewPlatformKey(t *testing.T) {
	each(t, true, func(w *town) {
		mine := w.card
		w.otherShop()
		other, v, page := w.card.AppID, w.as(mine.Merchant), "/apps/"+mine.AppID
		status, text := v.post(page+"/agents", "agent", mine.AppID)
		w.must(status, text, http.StatusBadRequest, "no permission to act for itself")
		status, text = v.post(page+"/agents", "agent", "2021000000000000")
		w.must(status, text, http.StatusNotFound, "no key for the open API")
		status, text = v.post(page+"/agents", "agent", other)
		w.must(status, text, http.StatusOK, "works once, within a day")
		if code := agentCode.FindStringSubmatch(text); code == nil {
			t.Errorf("no code in %s", text)
		}
		if _, text = v.get(page); agentCode.MatchString(text) || !strings.Contains(text, other) {
			t.Error("the code is shown again, or the agent is not shown")
		}
		status, text = v.post(page + "/agents/" + other + "/end")
		w.must(status, text, http.StatusOK, "no longer acts")
		if strings.Contains(text, "has been replaced") {
			t.Error("the platform key is said to be replaced")
		}
		own, err := openapp.Rotate(context.Background(), w.db, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		status, text = v.get(page)
		w.must(status, text, http.StatusOK, "has been replaced", own.PublicText()[40:80])
		status, text = v.post(page + "/platform-key")
		w.must(status, text, http.StatusOK, "signed with the new platform key now")
		if strings.Contains(text, "has been replaced") {
			t.Error("the old key is still said to sign")
		}
	})
}
