package host

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

// orderOut is an order as its merchant last told of it (alipay.merchant.order.sync).
type orderOut struct {
	ID         string `json:"id"`
	Number     string `json:"number"` // the merchant's own
	Title      string `json:"title"`  // its first item; "" when none was told
	Items      int    `json:"items"`
	Amount     string `json:"amount,omitempty"` // yuan
	Status     string `json:"status,omitempty"` // the merchant's word, such as MERCHANT_DELIVERD
	Merchant   string `json:"merchant"`
	MerchantZh string `json:"merchantZh,omitempty"`
	At         int64  `json:"at"`
	// The program's page about it; AppID is "" when there is no such program here.
	AppID string `json:"appId,omitempty"`
	Page  string `json:"page,omitempty"`
	Query string `json:"query,omitempty"`
}

const maxOrderTitle = 120 // runes

// orders lists what merchants told of the person's orders, newest first, at most openapp.MaxPage.
func (d door) orders(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	told, err := openapp.MerchantOrders(ctx, tx, string(person.ID))
	if err != nil {
		return nil, err
	}
	list := []orderOut{}
	for _, o := range told {
		out, err := d.describeOrder(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		list = append(list, out)
	}
	return map[string]any{"orders": list}, nil
}

func (d door) describeOrder(ctx context.Context, tx *db.Tx, o openapp.MerchantOrder) (orderOut, error) {
	teller, err := merchant.FindApp(ctx, tx, merchant.AppID(o.AppID))
	if err != nil {
		return orderOut{}, err
	}
	said := readOrder(o.Content)
	out := orderOut{ID: o.OrderID, Number: o.OutBizNo, Title: said.title, Items: said.items, Amount: said.amount, Status: o.Status,
		Merchant: teller.Merchant.Name, MerchantZh: teller.Merchant.NameZh, At: o.ModifiedAt}
	program := teller
	if said.program != "" && said.program != o.AppID {
		if program, err = merchant.FindApp(ctx, tx, merchant.AppID(said.program)); ignore(err, merchant.ErrAppNotFound) != nil {
			return out, err
		}
	}
	// A merchant leads to its own programs only.
	if _, released := d.describe(program); released && program.Merchant.ID == teller.Merchant.ID {
		out.AppID, out.Page, out.Query = string(program.ID), said.page, said.query
	}
	return out, nil
}

// orderSaid is what a merchant's word holds that is shown. Whatever is not as documented is left out: it came from outside, and was kept as it came.
type orderSaid struct {
	title, amount        string
	items                int
	program, page, query string
}

func readOrder(content string) (said orderSaid) {
	var in struct {
		Amount json.RawMessage `json:"amount"`
		Paid   json.RawMessage `json:"pay_amount"`
		Items  json.RawMessage `json:"item_order_list"`
		Ext    json.RawMessage `json:"ext_info"`
	}
	if json.Unmarshal([]byte(content), &in) != nil {
		return said
	}
	for _, raw := range []json.RawMessage{in.Paid, in.Amount} {
		if fen, err := money.ParseYuan(strings.Trim(string(raw), `"`)); err == nil {
			said.amount = fen.Yuan()
		}
	}
	var items []struct {
		Name string `json:"item_name"`
	}
	if loose(in.Items, &items) == nil && len(items) > 0 {
		said.items, said.title = len(items), clipped(items[0].Name, maxOrderTitle)
	}
	var facts []struct {
		Key   string `json:"ext_key"`
		Value string `json:"ext_value"`
	}
	if loose(in.Ext, &facts) != nil {
		return said
	}
	link := ""
	for _, f := range facts {
		switch f.Key {
		case "tiny_app_id":
			said.program = f.Value
		case "merchant_order_link_page":
			link = f.Value
		}
	}
	said.follow(link)
	return said
}

// follow reads where an order's page is: "pages/order/order?id=1", or alipays://platformapi/startapp?appId=…&page=….
func (said *orderSaid) follow(link string) {
	if u, err := url.Parse(link); err == nil && u.Scheme == "alipays" {
		link = u.Query().Get("page")
		if app := u.Query().Get("appId"); app != "" {
			said.program = app
		}
	}
	if len(link) > 1024 || strings.Contains(link, "://") {
		return
	}
	said.page, said.query, _ = strings.Cut(strings.TrimPrefix(link, "/"), "?")
}

// loose reads JSON that may stand in a text, as SDKs for v2 write it.
func loose(raw json.RawMessage, into any) error {
	var inner string
	if json.Unmarshal(raw, &inner) == nil {
		raw = json.RawMessage(inner)
	}
	return json.Unmarshal(raw, into)
}

func clipped(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
