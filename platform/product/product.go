// Package product is what a program sells: items with names and prices, kept on the server so that no client sets a price.
//
// It knows no stock and no orders. Start reading at Item, then Price, which turns a basket into lines at today's prices.
package product

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/merchant"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "product", Files: files}

// Limits of a basket and a page.
const (
	MaxLines = 100
	MaxCount = 999
	MaxPage  = 200
)

var (
	ErrItemNotFound  = fault.New(fault.NotFound, "ITEM_NOT_FOUND", "no such item is on sale here")
	ErrItemInvalid   = fault.New(fault.Invalid, "ITEM_INVALID", "an item needs an id, a name and a price between 0.01 and 100000000.00 yuan")
	ErrBasketInvalid = fault.New(fault.Invalid, "BASKET_INVALID", "a basket has 1 to 100 lines, each with an item and a count from 1 to 999")
)

// ItemID names an item within its app.
type ItemID string

// Item is one thing on sale.
type Item struct {
	App      merchant.AppID
	ID       ItemID
	Name     string
	NameZh   string
	Detail   string
	DetailZh string
	Price    money.Fen
	Image    string // path below the program's assets, or an address
	Position int64
	OnSale   bool
}

// Put adds an item or replaces it. Error: ErrItemInvalid.
func Put(ctx context.Context, tx *db.Tx, it Item) error {
	long := len(it.Name) > 128 || len(it.NameZh) > 128 || len(it.Detail) > 1024 || len(it.DetailZh) > 1024 || len(it.Image) > 512
	if it.App == "" || it.ID == "" || len(it.ID) > 64 || it.Name == "" || long || it.Price <= 0 || it.Price > money.Max {
		return ErrItemInvalid
	}
	_, err := tx.Exec(`INSERT INTO product_item (app_id, id, name, name_zh, detail, detail_zh, price_fen, image, position, on_sale)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (app_id, id) DO UPDATE SET name = excluded.name, name_zh = excluded.name_zh,
		detail = excluded.detail, detail_zh = excluded.detail_zh, price_fen = excluded.price_fen, image = excluded.image,
		position = excluded.position, on_sale = excluded.on_sale`,
		it.App, it.ID, it.Name, it.NameZh, it.Detail, it.DetailZh, it.Price, it.Image, it.Position, it.OnSale)
	return err
}

const columns = `app_id, id, name, name_zh, detail, detail_zh, price_fen, image, position, on_sale FROM product_item`

func scan(row interface{ Scan(...any) error }) (Item, error) {
	var it Item
	err := row.Scan(&it.App, &it.ID, &it.Name, &it.NameZh, &it.Detail, &it.DetailZh, &it.Price, &it.Image, &it.Position, &it.OnSale)
	return it, err
}

// List answers the items on sale, in the shop's order, at most MaxPage after the position and id of the last one seen.
func List(ctx context.Context, tx *db.Tx, app merchant.AppID, after Item) ([]Item, error) {
	rows, err := tx.Query(`SELECT `+columns+` WHERE app_id = $1 AND on_sale AND (position, id) > ($2, $3) ORDER BY position, id LIMIT $4`,
		app, after.Position, after.ID, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Item{}
	for rows.Next() {
		it, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, it)
	}
	return list, rows.Err()
}

// Wish is one line of a basket as the client sends it: no price.
type Wish struct {
	Item  ItemID `json:"item"`
	Count int64  `json:"count"`
}

// Line is one line of a basket with the price of the moment.
type Line struct {
	Item  Item
	Count int64
	Total money.Fen
}

// Basket is what a basket costs now.
type Basket struct {
	Lines []Line
	Total money.Fen
}

// Price looks up every line; lines of the same item are added together. Errors: ErrBasketInvalid, ErrItemNotFound.
func Price(ctx context.Context, tx *db.Tx, app merchant.AppID, wishes []Wish) (Basket, error) {
	if len(wishes) == 0 || len(wishes) > MaxLines {
		return Basket{}, ErrBasketInvalid
	}
	counts := map[ItemID]int64{}
	order := []ItemID{}
	for _, w := range wishes {
		if w.Count < 1 || w.Count > MaxCount {
			return Basket{}, ErrBasketInvalid
		}
		if counts[w.Item] == 0 {
			order = append(order, w.Item)
		}
		counts[w.Item] += w.Count
	}
	var b Basket
	for _, id := range order {
		it, err := scan(tx.QueryRow(`SELECT `+columns+` WHERE app_id = $1 AND id = $2 AND on_sale`, app, id))
		if errors.Is(err, db.ErrNoRows) {
			return b, ErrItemNotFound.With("%q", id)
		}
		if err != nil {
			return b, err
		}
		line := Line{Item: it, Count: counts[id], Total: it.Price * money.Fen(counts[id])} // at most 1e10 × 1e5: fits
		b.Lines, b.Total = append(b.Lines, line), b.Total+line.Total
	}
	if b.Total > money.Max {
		return b, ErrBasketInvalid.With("more than %s yuan in all", money.Max.Yuan())
	}
	return b, nil
}

// Subject names the basket in a few words for the bill, in English or in Chinese: the first item and how many more.
func (b Basket) Subject(chinese bool) string {
	var n int64
	for _, l := range b.Lines {
		n += l.Count
	}
	first := b.Lines[0]
	name, more := first.Item.Name, " and %d more"
	if chinese && first.Item.NameZh != "" {
		name, more = first.Item.NameZh, " 等 %d 件"
	}
	switch {
	case n == 1:
		return name
	case n == first.Count:
		return fmt.Sprintf("%s × %d", name, n)
	case chinese:
		return name + fmt.Sprintf(more, n)
	}
	return fmt.Sprintf("%s × %d"+more, name, first.Count, n-first.Count)
}
