package shell_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// at goes to one of the shell's own pages.
func (p *phone) at(hash string) {
	p.T.Helper()
	p.Run(chromedp.Navigate(p.Base+"/"+hash), chromedp.WaitVisible(chromedp.CSS(`.page`)))
}

// types writes into a field of the shell.
func (p *phone) types(selector, text string) {
	p.T.Helper()
	p.Run(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// proves presses the six digits on the pad of a sheet that asks before money leaves.
func (p *phone) proves(digits string) {
	p.T.Helper()
	for _, d := range digits {
		p.Tap(`.layer:not(.out) .pin-sheet [data-key="` + string(d) + `"]`)
	}
}

// balance expects what the person's wallet holds, in the database.
func (p *phone) balance(person identity.PersonID, want string) {
	p.T.Helper()
	var b wallet.Balance
	if err := p.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
		b, err = wallet.Read(context.Background(), tx, person)
		return err
	}); err != nil {
		p.T.Fatal(err)
	}
	if b.Total.Yuan() != want {
		p.T.Errorf("%s has %s, not %s", person, b.Total.Yuan(), want)
	}
}

func (p *phone) write(f func(tx *db.Tx) error) {
	p.T.Helper()
	if err := p.DB.Write(context.Background(), f); err != nil {
		p.T.Fatal(err)
	}
}

// become changes the demo's person behind the shell's back, as another phone would be.
func (p *phone) become(person identity.PersonID) {
	p.T.Helper()
	if _, err := chrome.JS[bool](p.Tab, `fetch('/host/v1/session', {method: 'POST', headers: {'X-Souk': '1', 'Content-Type': 'application/json'}, body: '{"person":"`+string(person)+`"}'}).then((r) => r.ok)`); err != nil {
		p.T.Fatal(err)
	}
}

var lin, chen = demo.People[0].ID, demo.People[1].ID

func TestMoneyIsSentToAPhoneNumberAfterItsNameWasShownAndThePINGiven(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.at("#/transfer")
	p.types(`input[name=phone]`, "13900000000")
	p.Tap(`form button.wide`)
	p.Sees(`.problem`, "Nobody here has this phone number")
	p.Run(chromedp.SetValue(chromedp.CSS(`input[name=phone]`), "138 0000 0002"))
	p.Tap(`form button.wide`)
	p.Sees(`.payee`, "C* Mo")
	p.types(`input[name=amount]`, "20.5")
	p.types(`input[name=note]`, "Dinner")
	p.Tap(`form button.wide`)
	p.Sees(`.pin-sheet .sum`, "20.50")
	p.proves("135792")
	p.Sees(`.pin-sheet .problem`, "4 tries left")
	p.proves(demo.PIN)
	p.Sees(`.list`, "Dinner")
	p.balance(lin, "479.50")
	p.balance(chen, "1301.00")

	p.Tap(`.wallet-acts button:nth-child(2)`)
	p.types(`.amount-field`, "79.50")
	p.Tap(`.sheet-foot .wide`)
	p.proves(demo.PIN)
	p.Sees(`.list`, "Withdrawal")
	p.balance(lin, "400.00")
	p.Shot("wallet")

	p.at("#/bills")
	p.Tap(`.chips [data-kind=transfer]`)
	p.Until("only transfers", func() bool {
		text, _ := chrome.JS[string](p.Tab, `document.querySelector('.list').innerText`)
		return regexp.MustCompile(`Dinner`).MatchString(text) && !regexp.MustCompile(`Withdrawal|Opening`).MatchString(text)
	})
	p.types(`.search input`, "nothing like it")
	p.Sees(`.list`, "No bills match")
}

// sell is what a till does with the code on the screen: it claims it for a trade, and takes small amounts at once.
func (p *phone) sell(no string, total money.Fen, buyerOnly bool) {
	p.T.Helper()
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.code-bars`)))
	code, err := chrome.JS[string](p.Tab, `document.querySelector('.code-bars').dataset.code`)
	if err != nil {
		p.T.Fatal(err)
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
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.at("#/paycode")
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.code-card svg.qr`)))
	p.Shot("code")
	p.sell("till-1", 56_00, false)
	p.Sees(`.code-card`, "Paid to Northpier Coffee")
	p.Sees(`.code-card .sum`, "56.00")
	p.balance(lin, "444.00")
	p.Tap(`.code-card .wide`)
	p.sell("till-2", 100_00, true) // as the open API does above what a code pays by itself
	p.Sees(`.cashier .cashier-sum`, "100.00")
	p.pin(demo.PIN)
	p.Sees(`.cashier`, "Paid")
	p.Tap(`.cashier .wide`)
	p.Sees(`.code-card .sum`, "100.00")
	p.balance(lin, "344.00")
}

func TestWhoScansACollectingCodePaysAndTheCollectorSeesIt(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.at("#/collect")
	p.Tap(`.set-amount`)
	p.types(`.collect-set input[name=amount]`, "12.5")
	p.types(`.collect-set input[name=note]`, "Dumplings")
	p.Tap(`.collect-set .wide`)
	p.Sees(`.code-card .sum`, "12.50")
	p.Sees(`.code-card`, "Dumplings")
	p.Shot("asks")
	url, err := chrome.JS[string](p.Tab, `document.querySelector('.code-qr').dataset.url`)
	if err != nil {
		t.Fatal(err)
	}
	p.become(chen)
	p.Run(chromedp.Navigate(url), chromedp.Reload())
	p.Sees(`.payee`, "L* Xia")
	p.Sees(`.transfer`, "Dumplings")
	p.Tap(`.transfer .wide`)
	p.proves(demo.PIN)
	p.Sees(`.list`, "Lin Xia")
	p.Sees(`.list`, "Dumplings")
	p.balance(lin, "512.50")
	p.become(lin)
	p.Run(chromedp.Navigate(url), chromedp.Reload())
	p.Sees(`.page`, "Chen Mo")
	p.Sees(`.page .amount`, "+12.50")
}

func TestAMerchantsSiteOpensTheCashierAndGetsThePersonBack(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	var trade pay.Trade
	p.write(func(tx *db.Tx) (err error) {
		trade, _, err = pay.Create(context.Background(), tx, pay.Order{App: demo.Coffee, OutTradeNo: "web-1", Subject: "Beans", Total: 45_00})
		return err
	})
	p.at("#/cashier?tradeNO=" + string(trade.No) + "&quit=https%3A%2F%2Fshop.example%2Fbasket")
	p.Sees(`.cashier .cashier-sum`, "45.00")
	p.Tap(`.cashier .sheet-close`)
	p.Tap(`.dialog-buttons .strong`)
	p.Sees(`.outcome-page`, "shop.example")
	p.Tap(`.outcome-page button.wide`)
	p.Sees(`.cashier .cashier-sum`, "45.00")
	p.pin(demo.PIN)
	p.Sees(`.cashier`, "Paid")
	p.Tap(`.cashier .wide`)
	p.Sees(`.outcome-page`, "Paid")
	p.balance(lin, "455.00")
	p.at("#/cashier?tradeNO=1&quit=javascript%3Aalert(1)&return=%2F%2Fevil.example")
	p.Sees(`.outcome-page`, "No such trade")
	if n, err := chrome.JS[int](p.Tab, `document.querySelectorAll('.outcome-page a').length`); err != nil || n != 0 {
		t.Errorf("%d links to strangers, %v", n, err)
	}
}

func TestSomebodyNewSignsInByPhoneAndSetsAPIN(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.at("#/signin")
	p.types(`input[name=phone]`, "13912345678")
	p.Tap(`form button.wide`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.inbox`)))
	message, err := chrome.JS[string](p.Tab, `document.querySelector('.inbox').innerText`)
	if err != nil {
		t.Fatal(err)
	}
	p.types(`input[name=code]`, regexp.MustCompile(`\d{6}`).FindString(message))
	p.types(`input[name=name]`, "Mei")
	p.Tap(`form button.wide`)
	p.Sees(`.wallet-card .sum`, "0.00")
	p.at("#/security")
	p.Sees(`.page`, "Not set")
	p.Tap(`.block .row`)
	p.proves("123456")
	p.Sees(`.cashier-ask`, "Once more")
	p.proves("123456")
	p.Sees(`.pin-sheet .problem`, "too easy")
	p.Tap(`.layer.in:not(.out) .sheet-close`)
	p.Misses(`.pin-sheet`)
	p.Tap(`.block .row`)
	p.proves("864209")
	p.Sees(`.cashier-ask`, "Once more")
	p.proves("864209")
	p.Sees(`.page`, "Change PIN")
	p.Shot("security")
}

// device gives the browser an authenticator that keeps keys and recognises its user.
func (p *phone) device() {
	p.T.Helper()
	if _, err := chromedp.Call(p.Ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		p.T.Fatal(err)
	}
	o := webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true}
	if _, err := chromedp.Call(p.Ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &o}); err != nil {
		p.T.Fatal(err)
	}
}

func TestAPasskeySignsInAndSpendsAndWorksForNothingElse(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.device()
	p.Base = strings.Replace(p.Base, "127.0.0.1", "localhost", 1)
	p.at("#/security")
	p.Tap(`.add-passkey`)
	p.proves(demo.PIN)
	p.Sees(`.page`, "not used yet")
	p.at("#/transfer")
	p.types(`input[name=phone]`, "13800000002")
	p.Tap(`form button.wide`)
	p.types(`input[name=amount]`, "5")
	p.Tap(`form button.wide`)
	p.Tap(`.pin-sheet .by-passkey`)
	p.Sees(`.list`, "Transfer")
	p.balance(lin, "495.00")
	// An answer given to sign in spends nothing.
	code, err := chrome.JS[string](p.Tab, `(async () => {
		const post = (path, body) => fetch('/host/v1/' + path, {method: 'POST', headers: {'X-Souk': '1', 'Content-Type': 'application/json'}, body: JSON.stringify(body)}).then((r) => r.json());
		const asked = await post('signin/passkey/ask', {});
		const key = await navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey)});
		return (await post('wallet/withdraw', {amount: '1.00', key: 'k', passkey: key.toJSON()})).code;
	})()`)
	if err != nil || code != "PASSKEY_WRONG" {
		t.Errorf("%q, %v", code, err)
	}
	p.become(chen)
	p.Run(chromedp.Navigate(p.Base+"/#/signin"), chromedp.Reload())
	p.Tap(`.by-passkey`)
	p.Sees(`.wallet-card .sum`, "495.00")
	p.balance(lin, "495.00")
}
