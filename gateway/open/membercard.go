package open

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/cardpack"
)

// cardTemplate is what a member card's template says that is shown here.
type cardTemplate struct {
	RequestID text `json:"request_id"`
	CardType  text `json:"card_type"`
	WriteOff  text `json:"write_off_type"`
	Style     object[struct {
		Name   text `json:"card_show_name"`
		Brand  text `json:"brand_name"`
		Slogan text `json:"slogan"`
		Colour text `json:"bg_color"`
		Other  text `json:"color"`
	}] `json:"template_style_info"`
	Columns object[[]struct {
		Title text `json:"title"`
		Value text `json:"value"`
	}] `json:"column_info_list"`
}

// stillCodes are the ways a card is shown that do not change by the minute; with "none" it is not read at all.
var stillCodes = map[text]bool{"none": false, "text": true, "barcode": true, "qrcode": true}

func (in cardTemplate) check() error {
	if err := need("template_style_info.card_show_name", in.Style.Value.Name, 3*cardpack.MaxTitle); err != nil {
		return err
	}
	if _, known := stillCodes[in.WriteOff]; !known {
		return invalid("write_off_type", "is qrcode, barcode, text or none; codes that change by the minute are not offered here")
	}
	return nil
}

// cardTemplateCreate keeps a template of member cards.
func cardTemplateCreate(ctx context.Context, c *call) (any, error) {
	var in cardTemplate
	if err := first(c.bind(&in), need("request_id", in.RequestID, 64), in.check()); err != nil {
		return nil, err
	}
	if in.CardType != "OUT_MEMBER_CARD" {
		return nil, refuse("NO_CARD_TYPE", "卡类型不存在: card_type is OUT_MEMBER_CARD")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := cardpack.AddTemplate(ctx, tx, cardpack.Template{App: c.appID(), Form: cardpack.CardForm, OutNo: string(in.RequestID), Content: string(c.biz)})
		return templateID{t.ID}, err
	})
}

type templateID struct {
	ID string `json:"template_id"`
}

// cardTemplateModify changes a template, for cards that are opened or updated from then on; what is not given stays.
func cardTemplateModify(ctx context.Context, c *call) (any, error) {
	var in struct {
		ID text `json:"template_id"`
	}
	given := map[string]json.RawMessage{}
	if err := first(c.bind(&in), c.bind(&given), need("template_id", in.ID, 64)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := cardpack.FindTemplate(ctx, tx, c.appID(), cardpack.CardForm, string(in.ID))
		if err != nil {
			return nil, cardRefusal(err)
		}
		all := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(t.Content), &all); err != nil {
			return nil, err
		}
		for name, value := range given {
			all[name] = value
		}
		content, err := json.Marshal(all)
		if err != nil {
			return nil, err
		}
		var changed cardTemplate
		if err := json.Unmarshal(content, &changed); err != nil {
			return nil, invalid("template_style_info", "has the wrong type")
		}
		if err := changed.check(); err != nil {
			return nil, err
		}
		t.Content = string(content)
		t, err = cardpack.UpdateTemplate(ctx, tx, t)
		return templateID{t.ID}, err
	})
}

// merchantCard is a MerchantCard: what a card says of its holder. All but the first three may be changed.
type merchantCard struct {
	BizNo      text `json:"biz_card_no,omitempty"`
	ExternalNo text `json:"external_card_no,omitempty"`
	Opened     text `json:"open_date,omitempty"`
	Valid      text `json:"valid_date,omitempty"`
	Level      text `json:"level,omitempty"`
	Point      text `json:"point,omitempty"`
	Balance    text `json:"balance,omitempty"`
	TemplateID text `json:"template_id,omitempty"`
	Front      []struct {
		Label text `json:"label"`
		Value text `json:"value"`
	} `json:"front_text_list,omitempty"`
}

// over lays what is given over what is there.
func (m merchantCard) over(was merchantCard) merchantCard {
	for _, f := range []struct {
		to    *text
		given text
	}{{&was.Valid, m.Valid}, {&was.Level, m.Level}, {&was.Point, m.Point}, {&was.Balance, m.Balance}} {
		if f.given != "" {
			*f.to = f.given
		}
	}
	if m.Front != nil {
		was.Front = m.Front
	}
	return was
}

// cardParams is what a card's face is made of, as platform/cardpack keeps it.
type cardParams struct {
	OutSerialNo text         `json:"out_serial_no"`
	Card        merchantCard `json:"card"`
}

// cardOpen gives a person a member card.
func cardOpen(ctx context.Context, c *call) (any, error) {
	var in struct {
		Serial   text                 `json:"out_serial_no"`
		Template text                 `json:"card_template_id"`
		Card     object[merchantCard] `json:"card_ext_info"`
		Who      object[struct {
			ID     text `json:"user_uni_id"`
			Type   text `json:"user_uni_id_type"`
			OpenID text `json:"open_id"`
		}] `json:"card_user_info"`
	}
	err := first(c.bind(&in), need("out_serial_no", in.Serial, 64), need("card_template_id", in.Template, 64), need("card_ext_info.external_card_no", in.Card.Value.ExternalNo, 64),
		need("card_ext_info.open_date", in.Card.Value.Opened, 32))
	if err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := cardpack.FindTemplate(ctx, tx, c.appID(), cardpack.CardForm, string(in.Template))
		if err != nil {
			return nil, cardRefusal(err)
		}
		person, err := c.whoIs(ctx, tx, in.Who.Value.OpenID, in.Who.Value.ID)
		if _, refused := err.(*refusal); refused {
			return nil, refuse("USER_AUTH_FAIL", "用户授权失败: card_user_info names nobody that this app knows")
		}
		if err != nil {
			return nil, err
		}
		order, err := c.cardOf(t, cardParams{in.Serial, in.Card.Value})
		if err != nil {
			return nil, err
		}
		order.Person = person
		p, _, err := cardpack.Issue(ctx, tx, order)
		if err != nil {
			return nil, cardRefusal(err)
		}
		card, err := cardInfo(p)
		return struct {
			Card    merchantCard `json:"card_info"`
			Channel string       `json:"open_card_channel,omitempty"`
		}{Card: card}, err
	})
}

// cardOf makes a card of its template and what is known of its holder.
func (c *call) cardOf(t cardpack.Template, in cardParams) (o cardpack.Order, err error) {
	var look cardTemplate
	if err := json.Unmarshal([]byte(t.Content), &look); err != nil {
		return o, err
	}
	style := look.Style.Value
	o = cardpack.Order{Kind: cardpack.Card, App: c.appID(), Serial: string(in.Card.ExternalNo), Template: t.ID,
		Face: cardpack.Face{Title: string(style.Name), Line: string(style.Slogan), Colour: colourOf(style.Colour)}}
	if o.Line == "" && style.Brand != style.Name {
		o.Line = string(style.Brand)
	}
	if o.Colour == "" {
		o.Colour = colourOf(style.Other)
	}
	if stillCodes[look.WriteOff] {
		o.Code = string(in.Card.ExternalNo)
	}
	if in.Card.Balance != "" {
		fen, err := money.ParseYuan(string(in.Card.Balance))
		if err != nil {
			return o, invalid("balance", "must be yuan with at most two decimals")
		}
		o.Amount = &fen
	}
	o.Facts = cardFacts(look, in.Card)
	if o.ValidUntil, err = momentOf("valid_date", in.Card.Valid); err != nil {
		return o, err
	}
	if _, err = momentOf("open_date", in.Card.Opened); err != nil {
		return o, err
	}
	kept, err := json.Marshal(in)
	o.Params = string(kept)
	return o, err
}

func cardFacts(look cardTemplate, card merchantCard) []cardpack.Fact {
	facts := []cardpack.Fact{{Label: "Level", LabelZh: "等级", Value: string(card.Level)}, {Label: "Points", LabelZh: "积分", Value: string(card.Point)}}
	for _, f := range card.Front {
		facts = append(facts, cardpack.Fact{Label: string(f.Label), Value: string(f.Value)})
	}
	for _, f := range look.Columns.Value {
		facts = append(facts, cardpack.Fact{Label: string(f.Title), Value: string(f.Value)})
	}
	shown := facts[:0]
	for _, f := range facts {
		if f.Label != "" && f.Value != "" && !strings.HasPrefix(f.Value, "$") { // a column may stand for the card's own balance, point or level
			shown = append(shown, f)
		}
	}
	return shown
}

func cardInfo(p cardpack.Pass) (merchantCard, error) {
	var kept cardParams
	err := json.Unmarshal([]byte(p.Params), &kept)
	kept.Card.BizNo, kept.Card.TemplateID = text(p.ID), text(p.Template)
	return kept.Card, err
}

// cardKey names a card: BIZ_CARD by Souk's number, EXTERNAL_CARD by the merchant's.
type cardKey struct {
	No   text `json:"target_card_no"`
	Type text `json:"target_card_no_type"`
}

func (k cardKey) find(ctx context.Context, tx *db.Tx, c *call) (p cardpack.Pass, err error) {
	if err := need("target_card_no", k.No, 64); err != nil {
		return p, err
	}
	owner, err := c.owner(ctx, tx)
	if err != nil {
		return p, err
	}
	switch k.Type {
	case "BIZ_CARD":
		p, err = cardpack.FindOf(ctx, tx, owner, cardpack.ID(k.No))
	case "EXTERNAL_CARD":
		p, err = cardpack.FindSerial(ctx, tx, owner, string(k.No))
	default:
		return p, invalid("target_card_no_type", "is BIZ_CARD or EXTERNAL_CARD")
	}
	if err == nil && p.Kind != cardpack.Card {
		err = cardpack.ErrNotFound
	}
	return p, cardRefusal(err)
}

// cardRefusal spells a room's fault as the methods of member cards do.
func cardRefusal(err error) error {
	switch {
	case errors.Is(err, cardpack.ErrNotFound):
		return refuse("CARD_NOT_EXIT", "会员卡不存在")
	case errors.Is(err, cardpack.ErrVoid):
		return refuse("CARD_IS_DELETED_ALREADY", "会员卡已经删除")
	case errors.Is(err, cardpack.ErrTemplate):
		return refuse("TEMPLATE_NOT_EXIT", "卡模板不存在")
	case errors.Is(err, cardpack.ErrInconsistent):
		return refuse("CARD_HAS_OPENED", "会员卡已经开卡: this external_card_no was opened with other content")
	}
	return err
}

// cardQuery answers a card, with the address at which it stands in the pack.
func cardQuery(ctx context.Context, c *call) (any, error) {
	var in cardKey
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		p, err := in.find(ctx, tx, c)
		if err == nil && p.State == cardpack.Void {
			err = cardRefusal(cardpack.ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		card, err := cardInfo(p)
		return struct {
			Card   merchantCard `json:"card_info"`
			PassID cardpack.ID  `json:"pass_id"`
			Schema string       `json:"schema_url"`
		}{card, p.ID, "alipays://platformapi/startapp?appId=20000021&b=m&p=" + string(p.ID)}, err
	})
}

// cardUpdate changes level, points, balance and validity, and what stands on the card's front.
func cardUpdate(ctx context.Context, c *call) (any, error) {
	var in struct {
		cardKey
		At   text                 `json:"occur_time"`
		Card object[merchantCard] `json:"card_info"`
	}
	if err := first(c.bind(&in), need("occur_time", in.At, 32)); err != nil {
		return nil, err
	}
	if _, err := momentOf("occur_time", in.At); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		p, err := in.find(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		t, err := cardpack.FindTemplate(ctx, tx, p.App, cardpack.CardForm, p.Template)
		if err != nil {
			return nil, cardRefusal(err)
		}
		_, err = cardpack.Change(ctx, tx, p.Merchant, p.ID, func(p cardpack.Pass) (cardpack.Face, string, error) {
			var kept cardParams
			if err := json.Unmarshal([]byte(p.Params), &kept); err != nil {
				return p.Face, p.Params, err
			}
			kept.Card = in.Card.Value.over(kept.Card)
			o, err := c.cardOf(t, kept)
			return o.Face, o.Params, err
		})
		return resultCode{"SUCCESS"}, cardRefusal(err)
	})
}

// cardDelete takes a card out of its holder's pack for good.
func cardDelete(ctx context.Context, c *call) (any, error) {
	var in struct {
		cardKey
		Serial text `json:"out_serial_no"`
		Reason text `json:"reason_code"`
	}
	if err := first(c.bind(&in), need("out_serial_no", in.Serial, 64), need("reason_code", in.Reason, 32)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		p, err := in.find(ctx, tx, c)
		if err == nil && p.State == cardpack.Void {
			err = cardRefusal(cardpack.ErrVoid)
		}
		if err == nil {
			p, err = cardpack.Withdraw(ctx, tx, p.Merchant, p.ID)
		}
		return struct {
			Serial cardpack.ID `json:"biz_serial_no"`
		}{p.ID}, cardRefusal(err)
	})
}
