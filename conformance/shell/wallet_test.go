package shell_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// at goes to one of the shell's own pages.
func (p *phone) at(hash string) {
	p.t.Helper()
	p.run(chromedp.Navigate(p.base+"/"+hash), chromedp.WaitVisible(chromedp.CSS(`.page`)))
}

// types writes into a field of the shell.
func (p *phone) types(selector, text string) {
	p.t.Helper()
	p.run(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// proves presses the six digits on the pad of a sheet that asks before money leaves.
func (p *phone) proves(digits string) {
	p.t.Helper()
	for _, d := range digits {
		p.tap(`.layer:not(.out) .pin-sheet [data-key="` + string(d) + `"]`)
	}
}

// balance expects what the person's wallet holds, in the database.
func (p *phone) balance(person identity.PersonID, want string) {
	p.t.Helper()
	var b wallet.Balance
	if err := p.db.Read(context.Background(), func(tx *db.Tx) (err error) {
		b, err = wallet.Read(context.Background(), tx, person)
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	if b.Total.Yuan() != want {
		p.t.Errorf("%s has %s, not %s", person, b.Total.Yuan(), want)
	}
}

func (p *phone) write(f func(tx *db.Tx) error) {
	p.t.Helper()
	if err := p.db.Write(context.Background(), f); err != nil {
		p.t.Fatal(err)
	}
}

// become changes the demo's person behind the shell's back, as another phone would be.
func (p *phone) become(person identity.PersonID) {
	p.t.Helper()
	if _, err := js[bool](p, `fetch('/host/v1/session', {method: 'POST', headers: {'X-Souk': '1', 'Content-Type': 'application/json'}, body: '{"person":"`+string(person)+`"}'}).then((r) => r.ok)`); err != nil {
		p.t.Fatal(err)
	}
}

var lin, chen = demo.People[0].ID, demo.People[1].ID

func TestMoneyIsSentToAPhoneNumberAfterItsNameWasShownAndThePINGiven(t *testing.T) {
	p := openPhone(t, program(t, till), "", nil)
	p.at("#/transfer")
	p.types(`input[name=phone]`, "13900000000")
	p.tap(`form button.wide`)
	p.sees(`.problem`, "nobody here has this phone number")
	p.run(chromedp.SetValue(chromedp.CSS(`input[name=phone]`), "138 0000 0002"))
	p.tap(`form button.wide`)
	p.sees(`.payee`, "C* Mo")
	p.types(`input[name=amount]`, "20.5")
	p.types(`input[name=note]`, "Dinner")
	p.tap(`form button.wide`)
	p.sees(`.pin-sheet .sum`, "20.50")
	p.proves("135792")
	p.sees(`.pin-sheet .problem`, "4 tries left")
	p.proves(demo.PIN)
	p.sees(`.list`, "Dinner")
	p.balance(lin, "479.50")
	p.balance(chen, "1301.00")

	p.tap(`.wallet-acts button:nth-child(2)`)
	p.types(`.amount-field`, "79.50")
	p.tap(`.sheet-foot .wide`)
	p.proves(demo.PIN)
	p.sees(`.list`, "Withdrawal")
	p.balance(lin, "400.00")
	p.shot("wallet")

	p.at("#/bills")
	p.tap(`.chips [data-kind=transfer]`)
	p.until("only transfers", func() bool {
		text, _ := js[string](p, `document.querySelector('.list').innerText`)
		return regexp.MustCompile(`Dinner`).MatchString(text) && !regexp.MustCompile(`Withdrawal|Opening`).MatchString(text)
	})
	p.types(`.search input`, "nothing like it")
	p.sees(`.list`, "No bills match")
}

// sell is what a till does with the code on the screen: it claims it for a trade, and takes small amounts at once.
func (p *phone) sell(no string, total money.Fen, buyerOnly bool) {
	p.t.Helper()
	p.run(chromedp.WaitVisible(chromedp.CSS(`.code-bars`)))
	code, err := js[string](p, `document.querySelector('.code-bars').dataset.code`)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(func(tx *db.Tx) error {
		ctx := context.Background()
		payer, err := wallet.UseCode(ctx, tx, code, string(demo.Coffee)+"/"+no)
		if err != nil {
			return err
		}
		order := pay.Order{App: demo.Coffee, OutTradeNo: no, Subject: "Two lattes", Total: total}
		if buyerOnly {
			order.Buyer = payer
		}
		t, _, err := pay.Create(ctx, tx, order)
		if err == nil && !buyerOnly {
			_, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: t.No, Payer: payer})
		}
		return err
	})
}

func TestATillReadsThePaymentCodeAndThePhoneSaysWhatWasPaid(t *testing.T) {
	p := openPhone(t, program(t, till), "", nil)
	p.at("#/paycode")
	p.run(chromedp.WaitVisible(chromedp.CSS(`.code-card svg.qr`)))
	p.shot("code")
	p.sell("till-1", 56_00, false)
	p.sees(`.code-card`, "Paid to Northpier Coffee")
	p.sees(`.code-card .sum`, "56.00")
	p.balance(lin, "444.00")
	p.tap(`.code-card .wide`)
	p.sell("till-2", 100_00, true) // as the open API does above what a code pays by itself
	p.sees(`.cashier .cashier-sum`, "100.00")
	p.pin(demo.PIN)
	p.sees(`.cashier`, "Paid")
	p.tap(`.cashier .wide`)
	p.sees(`.code-card .sum`, "100.00")
	p.balance(lin, "344.00")
}

func TestWhoScansACollectingCodePaysAndTheCollectorSeesIt(t *testing.T) {
	p := openPhone(t, program(t, till), "", nil)
	p.at("#/collect")
	p.tap(`.set-amount`)
	p.types(`.dialog-field`, "12.5")
	p.tap(`.dialog-buttons .strong`)
	p.sees(`.code-card .sum`, "12.50")
	url, err := js[string](p, `document.querySelector('.code-qr').dataset.url`)
	if err != nil {
		t.Fatal(err)
	}
	p.become(chen)
	p.run(chromedp.Navigate(url), chromedp.Reload())
	p.sees(`.payee`, "L* Xia")
	p.tap(`.transfer .wide`)
	p.proves(demo.PIN)
	p.sees(`.list`, "Lin Xia")
	p.balance(lin, "512.50")
	p.become(lin)
	p.run(chromedp.Navigate(url), chromedp.Reload())
	p.sees(`.page`, "Chen Mo")
	p.sees(`.page .amount`, "+12.50")
}

func TestAMerchantsSiteOpensTheCashierAndGetsThePersonBack(t *testing.T) {
	p := openPhone(t, program(t, till), "", nil)
	var trade pay.Trade
	p.write(func(tx *db.Tx) (err error) {
		trade, _, err = pay.Create(context.Background(), tx, pay.Order{App: demo.Coffee, OutTradeNo: "web-1", Subject: "Beans", Total: 45_00})
		return err
	})
	p.at("#/cashier?tradeNO=" + string(trade.No) + "&quit=https%3A%2F%2Fshop.example%2Fbasket")
	p.sees(`.cashier .cashier-sum`, "45.00")
	p.tap(`.cashier .sheet-close`)
	p.tap(`.dialog-buttons .strong`)
	p.sees(`.outcome-page`, "shop.example")
	p.tap(`.outcome-page button.wide`)
	p.sees(`.cashier .cashier-sum`, "45.00")
	p.pin(demo.PIN)
	p.sees(`.cashier`, "Paid")
	p.tap(`.cashier .wide`)
	p.sees(`.outcome-page`, "Paid")
	p.balance(lin, "455.00")
	p.at("#/cashier?tradeNO=1&quit=javascript%3Aalert(1)&return=%2F%2Fevil.example")
	p.sees(`.outcome-page`, "no such trade")
	if n, err := js[int](p, `document.querySelectorAll('.outcome-page a').length`); err != nil || n != 0 {
		t.Errorf("%d links to strangers, %v", n, err)
	}
}

func TestSomebodyNewSignsInByPhoneAndSetsAPIN(t *testing.T) {
	p := openPhone(t, program(t, till), "", nil)
	p.at("#/signin")
	p.types(`input[name=phone]`, "13912345678")
	p.tap(`form button.wide`)
	p.run(chromedp.WaitVisible(chromedp.CSS(`.inbox`)))
	message, err := js[string](p, `document.querySelector('.inbox').innerText`)
	if err != nil {
		t.Fatal(err)
	}
	p.types(`input[name=code]`, regexp.MustCompile(`\d{6}`).FindString(message))
	p.types(`input[name=name]`, "Mei")
	p.tap(`form button.wide`)
	p.sees(`.wallet-card .sum`, "0.00")
	p.at("#/security")
	p.sees(`.page`, "Not set")
	p.tap(`.block .row`)
	p.proves("123456")
	p.sees(`.cashier-ask`, "Once more")
	p.proves("123456")
	p.sees(`.pin-sheet .problem`, "too easy")
	p.tap(`.layer.in:not(.out) .sheet-close`)
	p.misses(`.pin-sheet`)
	p.tap(`.block .row`)
	p.proves("864209")
	p.sees(`.cashier-ask`, "Once more")
	p.proves("864209")
	p.sees(`.page`, "Change PIN")
	p.shot("security")
}

// device gives the browser an authenticator that keeps keys and recognises its user.
func (p *phone) device() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		p.t.Fatal(err)
	}
	o := webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true}
	if _, err := chromedp.Call(p.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &o}); err != nil {
		p.t.Fatal(err)
	}
}

func TestAPasskeySignsInAndSpendsAndWorksForNothingElse(t *testing.T) {
	p := openPhone(t, program(t, till), "", nil)
	p.device()
	p.base = strings.Replace(p.base, "127.0.0.1", "localhost", 1)
	p.at("#/security")
	p.tap(`.add-passkey`)
	p.proves(demo.PIN)
	p.sees(`.page`, "not used yet")
	p.at("#/transfer")
	p.types(`input[name=phone]`, "13800000002")
	p.tap(`form button.wide`)
	p.types(`input[name=amount]`, "5")
	p.tap(`form button.wide`)
	p.tap(`.pin-sheet .by-passkey`)
	p.sees(`.list`, "Transfer")
	p.balance(lin, "495.00")
	// An answer given to sign in spends nothing.
	code, err := js[string](p, `(async () => {
		const post = (path, body) => fetch('/host/v1/' + path, {method: 'POST', headers: {'X-Souk': '1', 'Content-Type': 'application/json'}, body: JSON.stringify(body)}).then((r) => r.json());
		const asked = await post('signin/passkey/ask', {});
		const key = await navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey)});
		return (await post('wallet/withdraw', {amount: '1.00', key: 'k', passkey: key.toJSON()})).code;
	})()`)
	if err != nil || code != "PASSKEY_WRONG" {
		t.Errorf("%q, %v", code, err)
	}
	p.become(chen)
	p.run(chromedp.Navigate(p.base+"/#/signin"), chromedp.Reload())
	p.tap(`.by-passkey`)
	p.sees(`.wallet-card .sum`, "495.00")
	p.balance(lin, "495.00")
}
