package demo

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/cardpack"
	"souk/platform/identity"
)

// weekMillis is a week; the demo's vouchers are good for one and for twelve of them, counted from the first start.
const weekMillis = 7 * 24 * 60 * 60 * 1000

// seedPack puts a card and two vouchers of Northpier Coffee into a person's pack, unless they are there.
func seedPack(ctx context.Context, tx *db.Tx, person identity.PersonID) error {
	last := string(person[len(person)-4:])
	five := money.Fen(5_00)
	everywhere := cardpack.Fact{Label: "Valid at", LabelZh: "适用门店", Value: "Every Northpier", ValueZh: "全部北埠门店"}
	for _, o := range []cardpack.Order{
		{Kind: cardpack.Voucher, Serial: "NP-WELCOME-" + last, Face: cardpack.Face{Title: "¥5 off any drink", TitleZh: "任意饮品立减5元", Line: "Welcome to the harbour", LineZh: "新客见面礼",
			Amount: &five, Colour: "#b9471b", Code: "5200" + last + "0001", ValidUntil: tx.Now() + 12*weekMillis,
			Facts: []cardpack.Fact{everywhere, {Label: "How to use", LabelZh: "使用方法", Value: "Show the code at the till before you pay.", ValueZh: "结账前向店员出示此码。"}}}},
		{Kind: cardpack.Voucher, Serial: "NP-UPSIZE-" + last, Face: cardpack.Face{Title: "Free larger cup", TitleZh: "免费升杯", Line: "With any latte", LineZh: "适用于任意拿铁",
			Colour: "#355c9a", Code: "5200" + last + "0002", ValidUntil: tx.Now() + weekMillis,
			Facts: []cardpack.Fact{everywhere, {Label: "Not together with", LabelZh: "不可同享", Value: "Other vouchers", ValueZh: "其他优惠券"}}}},
		{Kind: cardpack.Card, Serial: "NP-MEMBER-" + last, Face: cardpack.Face{Title: "Harbour card", TitleZh: "港湾会员卡", Line: "Deckhand · 0 points", LineZh: "水手 · 0 积分",
			Colour: "#0f4a48", Code: "6000" + last + "8888",
			Facts: []cardpack.Fact{{Label: "Level", LabelZh: "等级", Value: "Deckhand", ValueZh: "水手"}, everywhere}}},
	} {
		o.App, o.Person = Coffee, person
		_, err := cardpack.FindSerial(ctx, tx, northpier.ID, o.Serial)
		if errors.Is(err, cardpack.ErrNotFound) {
			_, _, err = cardpack.Issue(ctx, tx, o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
