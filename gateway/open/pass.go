package open

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"souk/kit/db"
	"souk/platform/cardpack"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
)

// passContent is what a pass template of Alipay holds that is shown here. Pictures are not: the program's own stands on the pass.
type passContent struct {
	Content object[struct {
		Info struct {
			Title   text `json:"title"`
			Type    text `json:"type"` // coupon, eventTicket, boardingPass
			Start   text `json:"startDate"`
			End     text `json:"endDate"`
			Operate []struct {
				Format  text            `json:"format"`
				Message json.RawMessage `json:"message"`
			} `json:"operation"`
			Einfo struct {
				Logo   text        `json:"logoText"`
				Second text        `json:"secondLogoText"`
				Head   []passField `json:"headFields"`
				First  []passField `json:"primaryFields"`
				Next   []passField `json:"secondaryFields"`
				More   []passField `json:"auxiliaryFields"`
				Back   []passField `json:"backFields"`
			} `json:"einfo"`
		} `json:"evoucherInfo"`
		Platform struct {
			Channel text `json:"channelID"`
		} `json:"platform"`
		Style struct {
			Colour text `json:"backgroundColor"`
		} `json:"style"`
		File struct {
			Serial text `json:"serialNumber"`
		} `json:"fileInfo"`
		App struct {
			App struct {
				Launch    text `json:"android_launch"`
				LaunchIOS text `json:"ios_launch"`
			} `json:"app"`
		} `json:"appInfo"`
	}] `json:"content"`
}

type passField struct {
	Key   text `json:"key"`
	Label text `json:"label"`
	Value text `json:"value"`
	Type  text `json:"type"`
}

// passKinds are the types of Alipay's templates.
var passKinds = map[text]cardpack.Kind{"coupon": cardpack.Voucher, "eventTicket": cardpack.Ticket, "boardingPass": cardpack.Ticket}

// hole is a place of a template that tpl_params fill: $title$.
var hole = regexp.MustCompile(`\$([0-9A-Za-z_]{1,64})\$`)

// holesOf names the parameters of a template, each once, in their order.
func holesOf(content string) []string {
	names := []string{}
	for _, m := range hole.FindAllStringSubmatch(content, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// passAnswer is success and the JSON text that stands beside it, in answers to all four.
type passAnswer struct {
	Success bool   `json:"success"`
	Result  string `json:"result"`
}

// passing runs one of the four; what it refuses says so in success and result too, where Alipay's clients look.
func passing(operate string, run handler) handler {
	return func(ctx context.Context, c *call) (any, error) {
		out, err := run(ctx, c)
		bad := refusalOf(c.method, err)
		if err == nil || bad == nil {
			return out, err
		}
		told := *bad
		answer := passResult(struct {
			Operate string `json:"operate"`
			Why     string `json:"errorMessage"`
		}{operate, bad.words})
		answer.Success, told.more = false, &answer
		return nil, &told
	}
}

func passResult(v any) passAnswer {
	out, err := plain(v)
	if err != nil {
		panic("open: an answer of our own that JSON cannot write: " + err.Error())
	}
	return passAnswer{true, string(out)}
}

// passTemplateAdd keeps a template: a pass is made of it by filling its holes.
func passTemplateAdd(ctx context.Context, c *call) (any, error) {
	var in struct {
		Unique  text                    `json:"unique_id"`
		Content object[json.RawMessage] `json:"tpl_content"`
	}
	if err := first(c.bind(&in), need("unique_id", in.Unique, 64), templateContent(in.Content)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := cardpack.AddTemplate(ctx, tx, cardpack.Template{App: c.appID(), Form: cardpack.PassForm, OutNo: string(in.Unique), Content: string(in.Content.Value)})
		return templateAnswer(t), err
	})
}

// passTemplateUpdate changes what passes are made of that are issued, or changed, from now on.
func passTemplateUpdate(ctx context.Context, c *call) (any, error) {
	var in struct {
		ID      text                    `json:"tpl_id"`
		Content object[json.RawMessage] `json:"tpl_content"`
	}
	if err := first(c.bind(&in), need("tpl_id", in.ID, 64), templateContent(in.Content)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := cardpack.UpdateTemplate(ctx, tx, cardpack.Template{ID: string(in.ID), App: c.appID(), Form: cardpack.PassForm, Content: string(in.Content.Value)})
		return templateAnswer(t), err
	})
}

func templateContent(in object[json.RawMessage]) error {
	if !in.Set {
		return invalid("tpl_content", "is missing")
	}
	if len(in.Value) > cardpack.MaxContent {
		return invalid("tpl_content", "has more than "+strconv.Itoa(cardpack.MaxContent)+" bytes")
	}
	var content passContent
	if err := json.Unmarshal(in.Value, &content); err != nil || !content.Content.Set {
		return invalid("tpl_content", "needs content with evoucherInfo, as Alipay's templates have it")
	}
	if kind := content.Content.Value.Info.Type; passKinds[kind] == "" {
		return invalid("tpl_content", "evoucherInfo.type is coupon, eventTicket or boardingPass")
	}
	return nil
}

func templateAnswer(t cardpack.Template) passAnswer {
	return passResult(struct {
		ID     string   `json:"tpl_id"`
		Params []string `json:"tpl_params"`
	}{t.ID, holesOf(t.Content)})
}

// passAdd issues a pass to whoever paid an order, or to a person that the app knows.
func passAdd(ctx context.Context, c *call) (any, error) {
	var in struct {
		Template text                    `json:"tpl_id"`
		Params   object[map[string]text] `json:"tpl_params"`
		Type     text                    `json:"recognition_type"`
		Who      object[struct {
			Partner  text `json:"partner_id"`
			OutTrade text `json:"out_trade_no"`
			UserID   text `json:"user_id"`
			OpenID   text `json:"open_id"`
		}] `json:"recognition_info"`
	}
	if err := first(c.bind(&in), need("tpl_id", in.Template, 64)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		owner, err := c.owner(ctx, tx)
		if err != nil {
			return nil, err
		}
		t, err := cardpack.FindTemplate(ctx, tx, c.appID(), cardpack.PassForm, string(in.Template))
		if err != nil {
			return nil, err
		}
		var person identity.PersonID
		switch who := in.Who.Value; in.Type {
		case "1":
			person, err = c.whoPaid(ctx, tx, owner, who.Partner, who.OutTrade)
		case "3":
			person, err = c.whoIs(ctx, tx, who.OpenID, who.UserID)
		default:
			err = invalid("recognition_type", "is 1 (an order) or 3 (a person)")
		}
		if err != nil {
			return nil, err
		}
		order, err := c.passOf(t, owner, in.Params.Value)
		if err != nil {
			return nil, err
		}
		order.Person = person
		p, _, err := cardpack.Issue(ctx, tx, order)
		return passMade("SEND", p), err
	})
}

func passMade(operate string, p cardpack.Pass) passAnswer {
	return passResult(struct {
		Operate string      `json:"operate"`
		ID      cardpack.ID `json:"passId"`
	}{operate, p.ID})
}

// whoPaid is the payer of one of the app's orders.
func (c *call) whoPaid(ctx context.Context, tx *db.Tx, owner merchant.ID, partner, outTrade text) (identity.PersonID, error) {
	if err := first(need("recognition_info.out_trade_no", outTrade, 64), c.channel("recognition_info.partner_id", owner, partner)); err != nil {
		return "", err
	}
	t, err := pay.FindOut(ctx, tx, c.appID(), "", string(outTrade))
	if errors.Is(err, pay.ErrNotFound) || err == nil && t.PaidAt == 0 {
		return "", invalid("recognition_info", "no paid order of this app has this out_trade_no")
	}
	return t.Buyer, err
}

// whoIs is a person that the app knows by one of the two numbers made for it.
func (c *call) whoIs(ctx context.Context, tx *db.Tx, openID, userID text) (identity.PersonID, error) {
	who := openID
	if who == "" {
		who = userID
	}
	p, err := identity.PersonOf(ctx, tx, c.app.ID, clip(string(who), 64))
	if errors.Is(err, identity.ErrPersonNotFound) {
		return "", invalid("recognition_info", "this app knows no such open_id or user_id")
	}
	return p.ID, err
}

// owner is the app's merchant.
func (c *call) owner(ctx context.Context, tx *db.Tx) (merchant.ID, error) {
	app, err := merchant.FindApp(ctx, tx, c.appID())
	return app.Merchant.ID, err
}

// channel refuses another's number where the caller's own stands: its app's, or its merchant's. "" is the caller's.
func (c *call) channel(name string, owner merchant.ID, id text) error {
	if id != "" && string(id) != c.app.ID && merchant.ID(id) != owner {
		return refuse("KP.AE_ALIPASS_APPID_NOSUPPORT", "该AppId不支持: "+name+" is neither this app nor its merchant")
	}
	return nil
}

// passOf fills a template.
func (c *call) passOf(t cardpack.Template, owner merchant.ID, params map[string]text) (o cardpack.Order, err error) {
	for _, name := range holesOf(t.Content) {
		if _, given := params[name]; !given {
			return o, invalid("tpl_params", "lacks "+name)
		}
	}
	filled := hole.ReplaceAllStringFunc(t.Content, func(found string) string {
		quoted, err := json.Marshal(string(params[strings.Trim(found, "$")]))
		if err != nil {
			panic("open: a text that JSON cannot write: " + err.Error())
		}
		return strings.TrimSuffix(strings.TrimPrefix(string(quoted), `"`), `"`)
	})
	var in passContent
	if err := json.Unmarshal([]byte(filled), &in); err != nil {
		return o, invalid("tpl_params", "do not fill the template")
	}
	said := in.Content.Value
	if err := first(need("fileInfo.serialNumber", said.File.Serial, 64), c.channel("platform.channelID", owner, said.Platform.Channel)); err != nil {
		return o, err
	}
	kept, err := json.Marshal(params)
	if err != nil {
		return o, err
	}
	o = cardpack.Order{Kind: passKinds[said.Info.Type], App: c.appID(), Serial: string(said.File.Serial), Template: t.ID, Params: string(kept),
		Face: cardpack.Face{Title: string(said.Info.Title), Line: string(said.Info.Einfo.Logo), Colour: colourOf(said.Style.Colour), Page: c.pageOf(said.App.App.Launch, said.App.App.LaunchIOS)}}
	if o.Line == o.Title {
		o.Line = string(said.Info.Einfo.Second)
	}
	e := said.Info.Einfo
	for _, f := range slices.Concat(e.Head, e.First, e.Next, e.More, e.Back) {
		if f.Label != "" && f.Value != "" && f.Key != "status" && (f.Type == "text" || f.Type == "") { // how it stands is ours to say
			o.Facts = append(o.Facts, cardpack.Fact{Label: string(f.Label), Value: string(f.Value)})
		}
	}
	for _, op := range said.Info.Operate {
		var message string
		if json.Unmarshal(op.Message, &message) == nil && o.Code == "" && op.Format != "img" && op.Format != "app" {
			o.Code = message
		}
	}
	if o.ValidFrom, err = momentOf("startDate", said.Info.Start); err == nil {
		o.ValidUntil, err = momentOf("endDate", said.Info.End)
	}
	return o, err
}

// passUpdate changes a pass, or ends it: USED once, CLOSED for good.
func passUpdate(ctx context.Context, c *call) (any, error) {
	var in struct {
		Serial  text                    `json:"serial_number"`
		Channel text                    `json:"channel_id"`
		Params  object[map[string]text] `json:"tpl_params"`
		Status  text                    `json:"status"`
		Code    text                    `json:"verify_code"`
		Type    text                    `json:"verify_type"`
	}
	err := first(c.bind(&in), need("serial_number", in.Serial, 64), need("channel_id", in.Channel, 64), short("verify_code", in.Code, maxText))
	if err == nil && in.Status != "" && in.Status != "USED" && in.Status != "CLOSED" {
		err = invalid("status", "is USED or CLOSED")
	}
	if err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		owner, err := c.owner(ctx, tx)
		if err == nil && c.channel("channel_id", owner, in.Channel) != nil {
			err = cardpack.ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		p, err := cardpack.FindSerial(ctx, tx, owner, string(in.Serial))
		if err == nil && len(in.Params.Value) > 0 {
			p, err = c.refill(ctx, tx, p, in.Params.Value)
		}
		switch {
		case err != nil:
			return nil, err
		case in.Status == "USED":
			p, err = cardpack.Use(ctx, tx, p.Merchant, p.ID, string(in.Code))
		case in.Status == "CLOSED":
			p, err = cardpack.Withdraw(ctx, tx, p.Merchant, p.ID)
		}
		return passMade("UPDATE", p), err
	})
}

// refill fills a pass's template again, with new parameters in the places of the old ones that they name. Its number stays.
func (c *call) refill(ctx context.Context, tx *db.Tx, p cardpack.Pass, params map[string]text) (cardpack.Pass, error) {
	t, err := cardpack.FindTemplate(ctx, tx, p.App, cardpack.PassForm, p.Template)
	if err != nil {
		return p, err
	}
	return cardpack.Change(ctx, tx, p.Merchant, p.ID, func(p cardpack.Pass) (cardpack.Face, string, error) {
		all := map[string]text{}
		if err := json.Unmarshal([]byte(p.Params), &all); err != nil {
			return p.Face, p.Params, err
		}
		for name, value := range params {
			all[name] = value
		}
		o, err := c.passOf(t, p.Merchant, all)
		if err == nil && o.Serial != p.Serial {
			err = invalid("tpl_params", "a pass keeps its serialNumber")
		}
		return o.Face, o.Params, err
	})
}

var rgbText = regexp.MustCompile(`(?i)^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$`)

// colourOf reads "RGB(26,150,219)" and "#1a96db"; what is no colour is none.
func colourOf(t text) string {
	s := strings.ToLower(strings.TrimSpace(string(t)))
	if m := rgbText.FindStringSubmatch(s); m != nil {
		out := []byte("#")
		for _, part := range m[1:] {
			n, _ := strconv.Atoi(part) // three digits at most
			n = min(n, 255)
			out = append(out, "0123456789abcdef"[n>>4], "0123456789abcdef"[n&15])
		}
		return string(out)
	}
	if len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdef") == "" {
		return s
	}
	return ""
}

// momentOf reads a time in China, "" as 0.
func momentOf(name string, t text) (int64, error) {
	if t == "" {
		return 0, nil
	}
	for _, layout := range []string{dateTime, time.DateOnly} {
		if at, err := time.ParseInLocation(layout, string(t), china); err == nil {
			return at.UnixMilli(), nil
		}
	}
	return 0, invalid(name, "must look like 2006-01-02 15:04:05")
}

// pageOf is the app's own page that one of the addresses names: alipays://platformapi/startapp?appId=…&page=….
func (c *call) pageOf(addresses ...text) string {
	for _, address := range addresses {
		u, err := url.Parse(string(address))
		if err != nil || u.Scheme != "alipays" || u.Query().Get("appId") != c.app.ID {
			continue
		}
		if page := u.Query().Get("page"); page != "" && !strings.Contains(page, "://") {
			return page
		}
	}
	return ""
}
