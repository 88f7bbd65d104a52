package open

import (
	"context"
	"testing"

	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/notice"
)

func TestAMessageIsSentForEachYesAndOnceForItsNumber(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		who, app := h.knownTo(c, lin), merchant.AppID(c.card.AppID)
		template := ""
		h.write(func(tx *db.Tx) error {
			made, err := notice.AddTemplate(context.Background(), tx, notice.Template{App: app, Title: "Order ready", Keywords: []notice.Keyword{{Name: "Shop"}, {Name: "Code"}}})
			template = made.ID
			return err
		})
		const method = "alipay.open.app.mini.templatemessage.send"
		send := func(change fields) fields {
			out := fields{"to_open_id": who, "user_template_id": template, "page": "pages/order/order?id=7", "data": `{"keyword1": {"value": "Harbour"}, "keyword2": {"value": 7}}`}
			for name, value := range change {
				out[name] = value
			}
			return out
		}
		c.refused("USER_NOT_SUBSCRIBED", method, send(nil))
		h.write(func(tx *db.Tx) error {
			for range 2 {
				if _, err := notice.Choose(context.Background(), tx, lin, app, []string{template}, map[string]bool{template: true}, false); err != nil {
					return err
				}
			}
			return nil
		})
		for name, row := range map[string]struct {
			sub    string
			change fields
		}{
			"a stranger": {"QUERY_CONSUMER_REQEUST_ERROR", fields{"to_open_id": "nobody"}}, "no template": {"USER_TEMPLATE_ILLEGAL", fields{"user_template_id": "x"}},
			"a place empty": {"USER_TEMPLATE_LACK_KEYWORD", fields{"data": `{"keyword1": {"value": "a"}}`}}, "no data": {"DATA_CONTENT_FORMAT_ERROR", fields{"data": ""}},
			"an address": {"PAGE_OVER_LIMIT", fields{"page": "https://x.test"}},
		} {
			if a := c.v2(method, send(row.change)); a.text("sub_code") != row.sub {
				t.Errorf("%s: %v, want %s", name, a, row.sub)
			}
		}
		c.want(method, send(fields{"form_id": "f1"}))
		c.want(method, send(fields{"form_id": "f1"}))
		c.refused("FORM_ID_SEND_LIMIT", method, send(fields{"form_id": "f1", "page": "other"}))
		if status, a := c.v3("POST", "/v3/alipay/open/app/mini/templatemessage/send", send(fields{"form_id": "f2", "page": "again"}), ""); status != 200 {
			t.Errorf("v3: %d %v", status, a)
		}
		c.refused("USER_NOT_SUBSCRIBED", method, send(fields{"page": "third"}))
		h.app(testKeys[1]).refused("QUERY_CONSUMER_REQEUST_ERROR", method, send(nil))
		h.read(func(tx *db.Tx) error {
			box, err := notice.Inbox(context.Background(), tx, lin, 0, "")
			if err == nil && (len(box) != 2 || box[0].Lines[1] != "7") {
				t.Errorf("%+v", box)
			}
			return err
		})
	})
}
