package shell_test

import (
	"context"
	"testing"

	"souk/conformance/handset"
	"souk/kit/db"
	"souk/platform/openapp"
)

const kitchen = `
-- app.json --
{"pages": ["pages/index/index", "pages/order/order"], "window": {"defaultTitle": "Kitchen"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view>menu</view>
-- pages/index/index.js --
Page({});
-- pages/order/order.json --
{}
-- pages/order/order.axml --
<view>order number {{id}}</view>
-- pages/order/order.js --
Page({ data: { id: 'none' }, onLoad(query) { this.setData({ id: query.id }); } });
`

func TestAnOrderThatAMerchantToldOfIsFoundUnderBillsAndOpensItsPage(t *testing.T) {
	p := openPhone(t, handset.Folder(t, kitchen), "", nil)
	p.at("#/bills")
	p.Tap(`.to-orders`)
	p.Sees(`.list`, "No merchant has told of an order yet")
	p.write(func(tx *db.Tx) error {
		for number, content := range map[string]string{
			"O-7": `{"amount": "56.00", "item_order_list": [{"item_name": "Two lattes"}, {"item_name": "Lemon cake"}], "ext_info": [{"ext_key": "merchant_order_link_page", "ext_value": "pages/order/order?id=O-7"}]}`,
			"O-8": `{"ext_info": [{"ext_key": "tiny_app_id", "ext_value": "2021999999999999"}]}`,
		} {
			if _, err := openapp.KeepMerchantOrder(context.Background(), tx, openapp.MerchantOrder{AppID: string(p.App), OutBizNo: number, Person: string(lin), Status: "MERCHANT_DELIVERD", Content: content, ModifiedAt: tx.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	p.at("#/")
	p.at("#/me")
	p.at("#/orders")
	p.Sees(`[data-order="O-7"]`, "Two lattes and 1 more")
	p.Sees(`[data-order="O-7"]`, "On its way")
	p.Sees(`[data-order="O-8"]`, "Order O-8")
	p.Misses(`button[data-order="O-8"]`)
	p.Shot("orders")
	p.Tap(`[data-order="O-7"]`)
	p.Reads("order number O-7")
}
