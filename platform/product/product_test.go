package product_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/product"
)

var ctx = context.Background()

func TestABasketCostsWhatTheServerSaysWhateverTheOrderOfItsLines(t *testing.T) {
	dbtest.Each(t, []db.Schema{product.Schema}, func(t *testing.T, d *db.DB) {
		put := func(it product.Item) error {
			it.App = "app"
			return d.Write(ctx, func(tx *db.Tx) error { return product.Put(ctx, tx, it) })
		}
		for i, it := range []product.Item{{ID: "a", Name: "A", Price: 3_00, OnSale: true}, {ID: "b", Name: "B", Price: 5_50, OnSale: true}, {ID: "off", Name: "Off", Price: 1, OnSale: false}, {ID: "dear", Name: "Dear", Price: money.Max, OnSale: true}} {
			it.Position = int64(9 - i)
			if err := put(it); err != nil {
				t.Fatal(err)
			}
		}
		for _, price := range []money.Fen{0, -1, money.Max + 1} {
			if err := put(product.Item{ID: "bad", Name: "Bad", Price: price}); !errors.Is(err, product.ErrItemInvalid) {
				t.Errorf("a price of %d: %v", price, err)
			}
		}
		cost := func(wishes ...product.Wish) (b product.Basket, err error) {
			err = d.Read(ctx, func(tx *db.Tx) (err error) { b, err = product.Price(ctx, tx, "app", wishes); return err })
			return b, err
		}
		for _, wishes := range [][]product.Wish{{{Item: "a", Count: 2}, {Item: "b", Count: 1}}, {{Item: "b", Count: 1}, {Item: "a", Count: 1}, {Item: "a", Count: 1}}} {
			if b, err := cost(wishes...); err != nil || b.Total != 11_50 || len(b.Lines) != 2 {
				t.Errorf("%+v %v", b, err)
			}
		}
		many := []product.Wish{}
		for i := range product.MaxLines + 1 {
			many = append(many, product.Wish{Item: product.ItemID(fmt.Sprint(i)), Count: 1})
		}
		for what, c := range map[string]struct {
			wishes []product.Wish
			want   error
		}{
			"nothing": {nil, product.ErrBasketInvalid}, "too many": {many, product.ErrBasketInvalid}, "none": {[]product.Wish{{Item: "a"}}, product.ErrBasketInvalid},
			"less than none": {[]product.Wish{{Item: "a", Count: -1}}, product.ErrBasketInvalid}, "off sale": {[]product.Wish{{Item: "off", Count: 1}}, product.ErrItemNotFound},
			"too dear": {[]product.Wish{{Item: "dear", Count: 2}}, product.ErrBasketInvalid},
		} {
			if _, err := cost(c.wishes...); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			list, err := product.List(ctx, tx, "app", product.Item{Position: -1})
			if len(list) != 3 || list[0].ID != "dear" || list[2].ID != "a" {
				t.Errorf("%+v", list)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
