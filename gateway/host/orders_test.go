package host_test

import (
	"fmt"
	"testing"

	"souk/gateway/host"
	"souk/gateway/site"
	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/openapp"
)

func TestOrdersStandAsTheirMerchantsToldOfThemAndLeadToTheMerchantsOwnProgramsOnly(t *testing.T) {
	shelf := &site.Shelf{}
	shelf.Publish(string(demo.Coffee), "1", map[string][]byte{"bundle.json": []byte("{}")})
	dbtest.Each(t, append([]db.Schema{openapp.Schema}, demo.Schemas...), func(t *testing.T, d *db.DB) {
		if err := demo.Seed(ctx, d); err != nil {
			t.Fatal(err)
		}
		p := &phone{t: t, door: host.New(host.Options{DB: d, Shelf: shelf, Demo: true}), db: d}
		p.gets("GET", "session", nil)
		rows := []struct {
			status, content string
			want            string // title|items|amount|page|query, and whether it leads anywhere
		}{
			{"PAID", `{"pay_amount": "12.5", "amount": 15, "item_order_list": [{"item_name": "Two lattes"}, {"item_name": "Cake"}], "ext_info": [{"ext_key": "merchant_order_link_page", "ext_value": "/pages/order/order?id=7&a=b"}]}`,
				"Two lattes|2|15.00|pages/order/order|id=7&a=b|leads"},
			{"MERCHANT_FINISHED", `{"item_order_list": "[{\"item_name\": \"Beans\"}]", "ext_info": "[{\"ext_key\": \"merchant_order_link_page\", \"ext_value\": \"alipays://platformapi/startapp?appId=` + string(demo.Coffee) + `&page=pages%2Fa%2Fa%3Fx%3D1\"}]"}`,
				"Beans|1||pages/a/a|x=1|leads"},
			{"", `{"amount": "0.01", "ext_info": [{"ext_key": "tiny_app_id", "ext_value": "2021999999999999"}, {"ext_key": "merchant_order_link_page", "ext_value": "pages/a/a"}]}`, "|0|0.01|||"},
			{"", `{"amount": "-5", "item_order_list": {"item_name": 1}, "ext_info": [{"ext_key": "merchant_order_link_page", "ext_value": "https://elsewhere.example/"}]}`, "|0||||leads"},
		}
		for i, row := range rows {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := openapp.KeepMerchantOrder(ctx, tx, openapp.MerchantOrder{AppID: string(demo.Coffee), OutBizNo: fmt.Sprint("O", i), Person: string(lin.ID), Status: row.status, Content: row.content, ModifiedAt: int64(1000 - i)})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		text := func(v any) string {
			if v == nil {
				return ""
			}
			return fmt.Sprint(v)
		}
		list := p.gets("GET", "orders", nil)["orders"].([]any)
		if len(list) != len(rows) {
			t.Fatalf("%d orders", len(list))
		}
		for i, row := range rows {
			o := list[i].(map[string]any)
			leads := ""
			if text(o["appId"]) == string(demo.Coffee) {
				leads = "leads"
			}
			got := fmt.Sprintf("%s|%s|%s|%s|%s|%s", text(o["title"]), text(o["items"]), text(o["amount"]), text(o["page"]), text(o["query"]), leads)
			if got != row.want || text(o["status"]) != row.status || o["merchant"] != "Northpier Coffee" {
				t.Errorf("%s: %s (%v)", row.content, got, o)
			}
		}
		if others := p.as(chen.ID).gets("GET", "orders", nil)["orders"].([]any); len(others) != 0 {
			t.Errorf("another person sees %v", others)
		}
	})
}
