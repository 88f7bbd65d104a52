package my_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/kit/db"
	"souk/platform/cardpack"
	"souk/platform/demo"
)

// comesBack waits until the program is in front again.
const comesBack = `const back = async () => { const was = getApp().options; await until(() => getApp().options !== was); };`

// passes gives the first demo person a ticket of the program's own merchant, and tells the number of the demo's card.
func (p *phone) passes() (card, ticket cardpack.ID) {
	p.T.Helper()
	ctx := context.Background()
	err := p.DB.Write(ctx, func(tx *db.Tx) error {
		held, err := cardpack.Of(ctx, tx, demo.People[0].ID, cardpack.Search{Kind: cardpack.Card})
		if err != nil || len(held) != 1 {
			return err
		}
		made, _, err := cardpack.Issue(ctx, tx, cardpack.Order{Kind: cardpack.Ticket, App: p.App, Person: demo.People[0].ID, Serial: "SHOW-7",
			Face: cardpack.Face{Title: "Harbour concert", Line: "Saturday, 20:00", Code: "SHOW-7-ROW-2"}})
		card, ticket = held[0].ID, made.ID
		return err
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return card, ticket
}

// over waits for a page of the shell over the program that says the words, and goes a step back.
func (p *phone) over(hash, words string) {
	p.T.Helper()
	p.Sees(".page", words)
	if at, err := chrome.JS[string](p.Tab, "location.hash"); err != nil || at != hash {
		p.T.Errorf("the shell is at %q, not at %q (%v)", at, hash, err)
	}
	p.Run(chromedp.NavigateBack())
}

func TestTheCardPackOpensOverAProgramAndAStepBackReturns(t *testing.T) {
	p := open(t, comesBack+`
		const [card, ticket, merchant] = page.heard.at(-1)[1].value.split(' ');
		const calls = [['openCardList'], ['openVoucherList'], ['openTicketList'], ['openMerchantCardList', { partnerId: 'northpier' }],
			['openMerchantVoucherList', { partnerId: 'northpier' }], ['openMerchantTicketList', { partnerId: merchant }], ['openCardDetail', { passId: card }],
			['openVoucherDetail', { partnerId: 'northpier', serialNumber: 'NP-WELCOME-0001' }], ['openKBVoucherDetail', { partnerId: 'northpier', serialNumber: 'NP-UPSIZE-0001' }],
			['openTicketDetail', { passId: ticket }], ['openVoucherDetail', { passId: 'nobodys' }]];
		say('able', calls.every(([name]) => my.canIUse(name) && my.canIUse('ap.' + name)));
		for (const [name, options] of calls) { const waits = back(); say(name, (await my[name](options)) !== undefined); await waits; }
		const waits = back(); my.ap.openCardList({ success: () => say('ap', true) }); await waits;
		say('bad', [(await failing(my.openMerchantCardList({}))).error, (await failing(my.openCardDetail({}))).error, (await failing(my.openTicketDetail({ partnerId: 'x' }))).error].join());`,
		`<input id="told" onInput="hear" maxlength="200"/>`, "")
	card, ticket := p.passes()
	p.Press("#told")
	p.Types(string(card) + " " + string(ticket) + " " + p.merchant())
	p.Press("#go")
	for _, step := range []struct{ hash, words string }{
		{"#/cards?kind=card", "Harbour card"}, {"#/cards?kind=voucher", "¥5 off any drink"}, {"#/cards?kind=ticket", "Harbour concert"},
		{"#/cards?kind=card&merchant=northpier", "Harbour card"}, {"#/cards?kind=voucher&merchant=northpier", "Free larger cup"},
		{"#/cards?kind=ticket&merchant=" + p.merchant(), "Harbour concert"}, {"#/pass/" + string(card), "Deckhand"},
		{"#/pass?merchant=northpier&serial=NP-WELCOME-0001", "5200 0001 0001"}, {"#/pass?merchant=northpier&serial=NP-UPSIZE-0001", "5200 0001 0002"},
		{"#/pass/" + string(ticket), "SHOW-7-ROW-2"}, {"#/pass/nobodys", "There is no such card, voucher or ticket"}, {"#/cards?kind=card", "Harbour card"},
	} {
		p.over(step.hash, step.words)
	}
	p.ends(map[string]string{"able": "true", "ap": "true", "bad": "2,2,2", "openCardList": "true", "openTicketDetail": "true"})
}

func TestPagesOfAlipayThatAreHereOpenAndOthersAreRefused(t *testing.T) {
	p := begin(t, comesBack+`
		const at = (id) => 'alipays://platformapi/startapp?appId=' + id;
		const calls = [[my.ap.navigateToAlipayPage, { appCode: 'payCode' }], [my.ap.navigateToAlipayPage, { path: at('20000003') }],
			[my.ap.navigateToAlipayPage, { path: encodeURIComponent(at('20000123')) }], [my.ap.openURL, { url: at('20000021') }],
			[my.ap.openURL, { url: 'https://render.alipay.com/p/s/i/?scheme=' + encodeURIComponent(at('20000116')) }], [my.ap.openAlipayApp, { appCode: '20000019' }]];
		for (const [open, options] of calls) { const waits = back(); say('went', (await open(options)).success); await waits; }
		say('able', my.canIUse('ap.navigateToAlipayPage') && my.canIUse('ap.openURL') && my.canIUse('ap.openAlipayApp') && !my.canIUse('ap.navigateToFinance'));
		say('forest', (await failing(my.ap.navigateToAlipayPage({ appCode: 'antForest' }))).error);
		say('shop', (await failing(my.ap.openURL({ url: 'https://shop.example/' }))).error);
		say('nowhere', (await failing(my.ap.openURL({ url: 'nowhere' }))).error + ' ' + (await failing(my.ap.navigateToAlipayPage({}))).error + ' ' + (await failing(my.ap.openAlipayApp({}))).error);
		say('stranger', (await failing(my.ap.openURL({ url: at('2021999999999999') }))).error);
		say('scans', (await my.ap.navigateToAlipayPage({ appCode: 'alipayScan' })).success);`)
	for _, step := range []struct{ hash, words string }{
		{"#/paycode", "Show this to the cashier"}, {"#/bills", "Bills"}, {"#/collect", "Scan to pay me"}, {"#/cards", "Harbour card"}, {"#/transfer", "Next"}, {"#/wallet", "500.00"},
	} {
		p.over(step.hash, step.words)
	}
	p.Sees(".scan", "Type it instead")
	p.Shot("scanner")
	p.ends(map[string]string{"able": "true", "forest": "4", "shop": "60002", "nowhere": "2 2 2", "stranger": "31", "scans": "true", "went": "true"})
}

func TestAProgramBehindOpensNoPages(t *testing.T) {
	p := begin(t, comesBack+`
		const waits = back();
		await my.openCardList();
		for (let n = 0; n < 3; n++) say('again ' + n, (await failing(my.openVoucherList())).error);
		await waits;`)
	p.Sees(".page", "Harbour card")
	p.over("#/cards?kind=card", "Harbour card")
	p.ends(map[string]string{"again 0": "11", "again 2": "11"})
}

// merchant is whose program it is.
func (p *phone) merchant() (id string) {
	p.T.Helper()
	if err := p.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT merchant_id FROM merchant_app WHERE id = $1`, p.App).Scan(&id)
	}); err != nil {
		p.T.Fatal(err)
	}
	return id
}

func TestTheCityWhereThePersonIsIsToldNamedAndChosen(t *testing.T) {
	p := open(t, `my.onLocatedComplete(async (e) => {
			say('told', [e.latitude, e.longitude, e.locatedCityId.length > 8].join());
			say('other', (await failing(my.setLocatedCity({ locatedCityId: 'x', locatedCityName: 'y' }))).error + ' ' + (await failing(my.setLocatedCity({}))).error);
			say('named', (await my.setLocatedCity({ locatedCityId: e.locatedCityId, locatedCityName: 'West Lake', locatedCityAdCode: '330106' })).locatedCityName);
		});
		const c = await my.chooseCity({ showLocatedCity: true, setLocatedCity: true });
		say('chosen', [c.city, c.adCode, c.latitude].join());
		my.offLocatedComplete();
		const plain = await my.chooseCity({ showLocatedCity: true, cities: [{ city: '杭州', adCode: '330100' }] });
		say('plain', [plain.city, plain.adCode, plain.longitude].join());
		say('closed', (await failing(my.setLocatedCity({ locatedCityId: 'x', locatedCityName: 'y' }))).error);
		say('able', my.canIUse('setLocatedCity') && my.canIUse('onLocatedComplete') && my.canIUse('hideAddToDesktopMenu'));
		await my.hideAddToDesktopMenu();
		await my.hideAllAddToDesktopMenu();`, "", "")
	p.Stand(30.25, 120.15)
	p.Press("#go")
	p.Tap(".layer:not(.out) .allow")
	p.Sees(".located", "You are in West Lake")
	p.Shot("located")
	p.Tap(".located")
	p.Reads("chosen: West Lake,330106,30.25")
	p.Sees(".layer:not(.out) .located", "You are in 杭州市")
	p.Tap(".layer:not(.out) .located")
	p.ends(map[string]string{"told": "30.25,120.15,true", "other": "13 12", "named": "West Lake", "plain": "杭州市,330100,120.15", "closed": "13", "able": "true"})
}
