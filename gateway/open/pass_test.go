package open

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/platform/cardpack"
)

// passTemplate is content as Alipay's own clients write it: JSON in a text, with holes.
const passTemplate = `{"logo": "https://pictures.example/logo.png", "strip": null, "icon": null, "content": {
	"evoucherInfo": {"goodsId": "", "title": "$title$", "type": "coupon", "product": "free", "startDate": "2026-01-01 00:00:00", "endDate": "$end$",
		"operation": [{"message": {"img": "https://pictures.example/x.png", "target": ""}, "format": "img"}, {"format": "barcode", "message": "$code$", "messageEncoding": "UTF-8", "altText": "$code$"}],
		"einfo": {"logoText": "$title$", "secondLogoText": "For \"members\"", "headFields": [{"key": "status", "label": "State", "value": "usable", "type": "text"}],
			"primaryFields": [{"key": "strip", "label": "", "value": "", "type": "text"}], "secondaryFields": [{"key": "v", "label": "Valid at", "value": "$shop$", "type": "text"}],
			"auxiliaryFields": [], "backFields": [{"key": "d", "label": "How", "value": "Show it.", "type": "text"}]}, "locations": []},
	"merchant": {"mname": "Shop", "mtel": "", "minfo": ""}, "platform": {"channelID": "", "webServiceUrl": ""}, "style": {"backgroundColor": "RGB(26,150,219)"},
	"fileInfo": {"formatVersion": "2", "canShare": true, "serialNumber": "$serial$"},
	"appInfo": {"app": {"android_launch": "alipays://platformapi/startapp?appId=APP&page=pages%2Fv%3Fid%3D1", "ios_launch": ""}, "label": "", "message": ""}, "source": "alipassprod", "alipayVerify": ["qrcode"]}}`

// result reads the JSON text in an answer's result.
func (a answer) result(name string) string {
	var fields map[string]any
	if json.Unmarshal([]byte(a.text("result")), &fields) != nil {
		return ""
	}
	return answer(fields).text(name)
}

func (h *house) passOf(id string) (p cardpack.Pass) {
	h.t.Helper()
	h.read(func(tx *db.Tx) (err error) {
		p, err = cardpack.Find(context.Background(), tx, lin, cardpack.ID(id))
		return err
	})
	return p
}

func TestAPassIsMadeOfATemplateForWhoPaidChangedAndUsedOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		content := strings.ReplaceAll(passTemplate, "APP", c.card.AppID)
		made := c.want("alipay.pass.template.add", fields{"unique_id": "u1", "tpl_content": content})
		tpl := made.result("tpl_id")
		if made["success"] != true || made.result("tpl_params") != "[title end code shop serial]" {
			t.Errorf("%v", made)
		}
		if again := c.want("alipay.pass.template.add", fields{"unique_id": "u1", "tpl_content": content}); again.result("tpl_id") != tpl {
			t.Errorf("again: %v", again)
		}
		c.refused("PASS_CONTENT_DIFFERS", "alipay.pass.template.add", fields{"unique_id": "u1", "tpl_content": strings.Replace(content, "Show it.", "Say it.", 1)})
		c.refused("isv.invalid-parameter", "alipay.pass.template.add", fields{"unique_id": "u2", "tpl_content": `{"content": {"evoucherInfo": {"type": "gift"}}}`})

		trade := c.want("alipay.trade.create", order("BOUGHT", "10.00"))
		params := fields{"title": `Five "off"`, "end": "2036-12-31 23:59:59", "code": "8612231273", "shop": "every shop", "serial": "S1"}
		add := fields{"tpl_id": tpl, "tpl_params": string(jsonOf(t, params)), "recognition_type": "1", "recognition_info": `{"partner_id": "` + c.card.Merchant + `", "out_trade_no": "BOUGHT"}`}
		c.refused("isv.invalid-parameter", "alipay.pass.instance.add", add) // nobody has paid yet
		h.payAs(lin, trade.text("trade_no"))
		given := c.want("alipay.pass.instance.add", add)
		if again := c.want("alipay.pass.instance.add", add); again.result("passId") != given.result("passId") {
			t.Errorf("issued twice: %v %v", given, again)
		}
		p := h.passOf(given.result("passId"))
		if p.Kind != cardpack.Voucher || p.Title != `Five "off"` || p.Line != `For "members"` || p.Colour != "#1a96db" || p.Code != "8612231273" || p.Page != "pages/v?id=1" ||
			len(p.Facts) != 2 || p.Facts[0].Value != "every shop" || stamp(p.ValidUntil) != "2036-12-31 23:59:59" {
			t.Errorf("%+v", p)
		}
		other := fields{"tpl_id": tpl, "recognition_type": "1", "recognition_info": add["recognition_info"], "tpl_params": fields{"title": "Six off", "end": "", "code": "1", "shop": "x", "serial": "S1"}}
		c.refused("PASS_CONTENT_DIFFERS", "alipay.pass.instance.add", other)
		c.refused("isv.invalid-parameter", "alipay.pass.instance.add", fields{"tpl_id": tpl, "tpl_params": fields{"title": "x"}, "recognition_type": "1", "recognition_info": add["recognition_info"]})
		c.refused("KP.AE_ALIPASS_APPID_NOSUPPORT", "alipay.pass.instance.add", fields{"tpl_id": tpl, "tpl_params": params, "recognition_type": "1", "recognition_info": `{"partner_id": "2088102114633762", "out_trade_no": "BOUGHT"}`})
		c.refused("PASS_TEMPLATE_NOT_FOUND", "alipay.pass.instance.add", fields{"tpl_id": "1", "tpl_params": "{}", "recognition_type": "1", "recognition_info": "{}"})

		// Other parameters, then used: by its number alone, once, and by nobody else.
		c.want("alipay.pass.instance.update", fields{"serial_number": "S1", "channel_id": c.card.AppID, "tpl_params": fields{"shop": "the harbour"}})
		if p := h.passOf(string(p.ID)); p.Facts[0].Value != "the harbour" || p.Title != `Five "off"` {
			t.Errorf("changed: %+v", p)
		}
		c.refused("isv.invalid-parameter", "alipay.pass.instance.update", fields{"serial_number": "S1", "channel_id": c.card.AppID, "tpl_params": fields{"serial": "S2"}})
		stranger := h.app(testKeys[1])
		absent := stranger.v2("alipay.pass.instance.update", fields{"serial_number": "S1", "channel_id": stranger.card.AppID, "status": "USED", "verify_code": "1", "verify_type": "wave"})
		if absent.text("sub_code") != "KP.AE_ALIPASS_NOTEXIST" || absent["success"] != false || !strings.Contains(absent.text("result"), `"operate":"UPDATE"`) {
			t.Errorf("a stranger: %v", absent)
		}
		use := fields{"serial_number": "S1", "channel_id": c.card.Merchant, "status": "USED", "verify_code": "8612231273", "verify_type": "barcode"}
		c.want("alipay.pass.instance.update", use)
		c.want("alipay.pass.instance.update", use) // told again
		use["verify_code"] = "other"
		c.refused("PASS_USED", "alipay.pass.instance.update", use)
		c.refused("PASS_USED", "alipay.pass.instance.update", fields{"serial_number": "S1", "channel_id": c.card.AppID, "status": "CLOSED"})
		c.refused("isv.invalid-parameter", "alipay.pass.instance.update", fields{"serial_number": "S1", "channel_id": c.card.AppID, "status": "GONE"})
	})
}

func TestAPassIsGivenToAPersonThatTheAppKnowsAndTakenBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		who := h.knownTo(c, lin)
		tpl := c.want("alipay.pass.template.add", fields{"unique_id": "show", "tpl_content": fields{"content": fields{"evoucherInfo": fields{"title": "Concert", "type": "eventTicket"}, "fileInfo": fields{"serialNumber": "$seat$"}}}}).result("tpl_id")
		add := func(c *client, who string) answer {
			return c.v2("alipay.pass.instance.add", fields{"tpl_id": tpl, "tpl_params": fields{"seat": "B7"}, "recognition_type": "3", "recognition_info": fields{"open_id": who}})
		}
		given := add(c, who)
		if p := h.passOf(given.result("passId")); p.Kind != cardpack.Ticket || p.Serial != "B7" || p.Title != "Concert" {
			t.Errorf("%v: %+v", given, p)
		}
		if a := add(c, "nobody"); a.text("sub_code") != "isv.invalid-parameter" {
			t.Errorf("a stranger: %v", a)
		}
		c.want("alipay.pass.template.update", fields{"tpl_id": tpl, "tpl_content": fields{"content": fields{"evoucherInfo": fields{"title": "Concert, moved", "type": "eventTicket"}, "fileInfo": fields{"serialNumber": "$seat$"}}}})
		c.want("alipay.pass.instance.update", fields{"serial_number": "B7", "channel_id": c.card.AppID, "tpl_params": fields{"seat": "B7"}})
		if p := h.passOf(given.result("passId")); p.Title != "Concert, moved" {
			t.Errorf("made anew: %+v", p)
		}
		for range 2 {
			c.want("alipay.pass.instance.update", fields{"serial_number": "B7", "channel_id": c.card.AppID, "status": "CLOSED"})
		}
		c.refused("PASS_VOID", "alipay.pass.instance.update", fields{"serial_number": "B7", "channel_id": c.card.AppID, "status": "USED"})
	})
}

func TestAMemberCardIsOpenedOnceUpdatedQueriedAndDeleted(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		who := h.knownTo(c, lin)
		template := fields{"request_id": "t1", "card_type": "OUT_MEMBER_CARD", "biz_no_prefix": "x", "biz_no_suffix_len": "10", "write_off_type": "qrcode",
			"template_style_info": fields{"card_show_name": "Harbour card", "slogan": "Welcome aboard", "bg_color": "rgb(15,74,72)", "logo_id": "1"},
			"column_info_list":    []fields{{"code": "TEL", "title": "Phone", "value": "0571-1"}, {"code": "POINT", "title": "Points", "value": "$point$"}}}
		id := c.want("alipay.marketing.card.template.create", template).text("template_id")
		if again := c.want("alipay.marketing.card.template.create", template).text("template_id"); again != id {
			t.Errorf("templates %s and %s", id, again)
		}
		template["write_off_type"] = "mdqrcode"
		c.refused("isv.invalid-parameter", "alipay.marketing.card.template.create", template)
		open := fields{"out_serial_no": "o1", "card_template_id": id, "card_user_info": fields{"user_uni_id": who, "user_uni_id_type": "UID"},
			"card_ext_info": fields{"external_card_no": "EXT1", "open_date": "2026-11-01 10:00:00", "level": "VIP1", "point": "10", "balance": "124.89"}}
		card := c.want("alipay.marketing.card.open", open)["card_info"].(map[string]any)
		if again := c.want("alipay.marketing.card.open", open)["card_info"].(map[string]any); again["biz_card_no"] != card["biz_card_no"] {
			t.Errorf("opened twice: %v %v", card, again)
		}
		p := h.passOf(answer(card).text("biz_card_no"))
		if p.Kind != cardpack.Card || p.Title != "Harbour card" || p.Line != "Welcome aboard" || p.Colour != "#0f4a48" || p.Amount.Yuan() != "124.89" || p.Code != "EXT1" || len(p.Facts) != 3 {
			t.Errorf("%+v", p)
		}
		open["out_serial_no"] = "o2"
		c.refused("CARD_HAS_OPENED", "alipay.marketing.card.open", open)
		open["card_user_info"] = fields{"user_uni_id": "nobody", "user_uni_id_type": "UID"}
		c.refused("USER_AUTH_FAIL", "alipay.marketing.card.open", open)
		open["card_template_id"] = "1"
		c.refused("TEMPLATE_NOT_EXIT", "alipay.marketing.card.open", open)

		key := fields{"target_card_no": "EXT1", "target_card_no_type": "EXTERNAL_CARD"}
		update := fields{"target_card_no": card["biz_card_no"], "target_card_no_type": "BIZ_CARD", "occur_time": "2026-11-02 10:00:00", "card_info": fields{"point": "25", "balance": "99"}}
		if a := c.want("alipay.marketing.card.update", update); a.text("result_code") != "SUCCESS" {
			t.Errorf("%v", a)
		}
		update["card_info"] = fields{"balance": "9.999"}
		c.refused("isv.invalid-parameter", "alipay.marketing.card.update", update)
		q := c.want("alipay.marketing.card.query", key)
		now := answer(q["card_info"].(map[string]any))
		if now.text("point") != "25" || now.text("balance") != "99" || now.text("level") != "VIP1" || q.text("pass_id") != string(p.ID) || !strings.HasSuffix(q.text("schema_url"), "p="+string(p.ID)) {
			t.Errorf("%v", q)
		}
		c.want("alipay.marketing.card.template.modify", fields{"template_id": id, "template_style_info": fields{"card_show_name": "Ocean card"}})
		c.want("alipay.marketing.card.update", fields{"target_card_no": "EXT1", "target_card_no_type": "EXTERNAL_CARD", "occur_time": "2026-11-03 10:00:00", "card_info": fields{"level": "VIP2"}})
		if p := h.passOf(string(p.ID)); p.Title != "Ocean card" || p.Facts[0].Value != "VIP2" || p.Amount.Yuan() != "99.00" {
			t.Errorf("%+v", p)
		}
		h.app(testKeys[1]).refused("CARD_NOT_EXIT", "alipay.marketing.card.query", key)
		del := fields{"out_serial_no": "d1", "target_card_no": "EXT1", "target_card_no_type": "EXTERNAL_CARD", "reason_code": "USER_UNBUND"}
		c.want("alipay.marketing.card.delete", del)
		c.refused("CARD_IS_DELETED_ALREADY", "alipay.marketing.card.delete", del)
		c.refused("CARD_NOT_EXIT", "alipay.marketing.card.query", key)
		if status, a := c.v3("DELETE", "/v3/alipay/marketing/card/delete?out_serial_no=d2&target_card_no=EXT1&target_card_no_type=EXTERNAL_CARD&reason_code=CANCEL", nil, ""); status != 400 || a.text("code") != "CARD_IS_DELETED_ALREADY" {
			t.Errorf("v3: %d %v", status, a)
		}
	})
}
