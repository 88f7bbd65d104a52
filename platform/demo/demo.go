// Package demo fills a fresh Souk with people, money and a merchant, so that there is something to try in the first minute.
//
// Everything goes through the rooms' own verbs, money through the ledger, so a seeded Souk verifies like any other. Seeding again
// changes nothing. The PIN of every demo person is PIN. It is never used by `souk serve`. Start reading at Seed.
package demo

import (
	"context"

	"souk/kit/db"
	"souk/kit/event"
	"souk/kit/job"
	"souk/kit/money"
	"souk/platform/agreement"
	"souk/platform/cardpack"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/merge"
	"souk/platform/messenger"
	"souk/platform/notice"
	"souk/platform/passkey"
	"souk/platform/pay"
	"souk/platform/product"
	"souk/platform/wallet"
)

// PIN is every demo person's PIN.
const PIN = "246810"

// Coffee is the app of Northpier Coffee, the showcase on which the demo opens.
const Coffee merchant.AppID = "2021000000000001"

// OrderReady is the message template of Northpier Coffee.
const OrderReady = "np-order-ready"

// Person is somebody to try things as.
type Person struct {
	identity.Person
	Balance money.Fen
	Address identity.Address
}

// People are the demo persons; the first is signed in when the demo starts.
var People = []Person{
	{identity.Person{ID: "1000000000000001", Name: "Lin Xia", NameZh: "林夏", Phone: "8613800000001"}, 500_00,
		identity.Address{ID: "demo-home-1", Name: "Lin Xia 林夏", Phone: "8613800000001", Province: "Zhejiang", City: "Hangzhou", District: "Xihu", Street: "18 Harbour Street"}},
	{identity.Person{ID: "1000000000000002", Name: "Chen Mo", NameZh: "陈墨", Phone: "8613800000002"}, 1280_50,
		identity.Address{ID: "demo-home-2", Name: "Chen Mo 陈墨", Phone: "8613800000002", Province: "Shanghai", City: "Shanghai", District: "Xuhui", Street: "7 Wisteria Lane"}},
	{identity.Person{ID: "1000000000000003", Name: "Amara Diallo", NameZh: "阿玛拉", Phone: "8613800000003"}, 88_00,
		identity.Address{ID: "demo-home-3", Name: "Amara Diallo", Phone: "8613800000003", Province: "Guangdong", City: "Guangzhou", District: "Yuexiu", Street: "203 Pearl Quay"}},
	{identity.Person{ID: "1000000000000004", Name: "Wu Yu (empty wallet)", NameZh: "吴雨（余额为零）", Phone: "8613800000004"}, 0,
		identity.Address{ID: "demo-home-4", Name: "Wu Yu 吴雨", Phone: "8613800000004", Province: "Sichuan", City: "Chengdu", District: "Wuhou", Street: "9 Bamboo Court"}},
}

var northpier = merchant.Merchant{ID: "northpier", Name: "Northpier Coffee", NameZh: "北埠咖啡", FeeBP: 60}

var drinks = []product.Item{
	{ID: "latte", Name: "Harbour Latte", NameZh: "海港拿铁", Detail: "Two shots, steamed milk, a little oat", DetailZh: "双份浓缩，燕麦与鲜奶", Price: 28_00, Image: "/assets/latte.svg", Position: 1},
	{ID: "americano", Name: "Pier Americano", NameZh: "栈桥美式", Detail: "Long, bright, nothing added", DetailZh: "清爽明亮，不加修饰", Price: 22_00, Image: "/assets/americano.svg", Position: 2},
	{ID: "coldbrew", Name: "Slow Tide Cold Brew", NameZh: "慢潮冷萃", Detail: "Eighteen hours in cold water", DetailZh: "冷水慢萃十八小时", Price: 32_00, Image: "/assets/coldbrew.svg", Position: 3},
}

// Seed makes the demo's people, merchant, program and items, unless they are there. It hashes one PIN, which takes some 30 ms.
func Seed(ctx context.Context, d *db.DB) error {
	pin, err := identity.HashPIN(ctx, PIN)
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := pay.OpenBooks(ctx, tx); err != nil {
			return err
		}
		for _, p := range People {
			if err := seedPerson(ctx, tx, p, pin); err != nil {
				return err
			}
		}
		if err := seedCoffee(ctx, tx); err != nil {
			return err
		}
		for _, p := range People {
			if err := seedPack(ctx, tx, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func seedPerson(ctx context.Context, tx *db.Tx, p Person, pin string) error {
	if err := identity.Add(ctx, tx, p.Person); err != nil {
		return err
	}
	if err := wallet.Open(ctx, tx, p.ID); err != nil {
		return err
	}
	has, err := identity.HasPIN(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if !has {
		if err := identity.SetPIN(ctx, tx, p.ID, pin); err != nil {
			return err
		}
	}
	if err := identity.AddAddress(ctx, tx, p.ID, p.Address); err != nil {
		return err
	}
	if p.Balance == 0 {
		return nil
	}
	return wallet.TopUp(ctx, tx, wallet.Request{Person: p.ID, Key: "demo-start", Amount: p.Balance, Title: "Opening balance"})
}

func seedCoffee(ctx context.Context, tx *db.Tx) error {
	if err := merchant.Add(ctx, tx, northpier); err != nil {
		return err
	}
	if err := merchant.AddApp(ctx, tx, merchant.App{ID: Coffee, Merchant: northpier, Name: "Northpier Coffee", NameZh: "北埠咖啡", Icon: "/assets/logo.svg"}); err != nil {
		return err
	}
	ready := notice.Template{ID: OrderReady, App: Coffee, Title: "Your drink is ready", TitleZh: "取餐提醒",
		Keywords: []notice.Keyword{{Name: "Shop", NameZh: "门店"}, {Name: "Drink", NameZh: "饮品"}, {Name: "Pickup code", NameZh: "取餐码"}}}
	if _, err := notice.AddTemplate(ctx, tx, ready); err != nil {
		return err
	}
	for _, it := range drinks {
		it.App, it.OnSale = Coffee, true
		if err := product.Put(ctx, tx, it); err != nil {
			return err
		}
	}
	return nil
}

// Schemas are the rooms that the demo needs, in the order in which they are made.
var Schemas = []db.Schema{event.Schema, job.Schema, ledger.Schema, identity.Schema, merchant.Schema, product.Schema, wallet.Schema, hold.Schema, pay.Schema, messenger.Schema, passkey.Schema, agreement.Schema, merge.Schema, cardpack.Schema, notice.Schema}
