package shell_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/pay"
)

// keyed is a phone at a host's name, whose person has added a passkey.
func keyed(t *testing.T) *phone {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.device()
	p.Base = strings.Replace(p.Base, "127.0.0.1", "localhost", 1)
	p.at("#/security")
	p.Tap(`.add-passkey`)
	p.proves(demo.PIN)
	p.Sees(`.page`, "not used yet")
	return p
}

// due makes a trade of the coffee shop that anybody may pay.
func (p *phone) due(out string, total money.Fen) (t pay.Trade) {
	p.T.Helper()
	p.write(func(tx *db.Tx) (err error) {
		t, _, err = pay.Create(context.Background(), tx, pay.Order{App: demo.Coffee, OutTradeNo: out, Subject: "Beans", Total: total})
		return err
	})
	return t
}

func TestThePersonPaysAtTheCashierByPasskeyEvenWhileThePINIsLocked(t *testing.T) {
	p := keyed(t)
	trade := p.due("key-1", 45_00)
	p.at("#/cashier?tradeNO=" + string(trade.No))
	p.Sees(`.cashier .by-passkey`, "Use a passkey")
	p.Shot("passkey")
	p.Tap(`.cashier .by-passkey`)
	p.Sees(`.cashier .outcome`, "Paid")
	p.balance(lin, "455.00")

	for range identity.PINTries {
		_ = identity.CheckPIN(context.Background(), p.DB, lin, "135791")
	}
	second := p.due("key-2", 5_00)
	p.at("#/cashier?tradeNO=" + string(second.No))
	p.pin(demo.PIN)
	p.Sees(`.cashier .outcome.bad`, "Too many wrong PINs")
	p.Sees(`.cashier .link`, "Security")
	p.Shot("locked")
	p.balance(lin, "455.00")
	p.Tap(`.cashier .wide`)
	p.Tap(`.outcome-page button.wide`)
	p.Tap(`.cashier .by-passkey`)
	p.Sees(`.cashier .outcome.good`, "Paid")
	p.balance(lin, "450.00")
}

// pays calls the door as the shell does with the answer that the JavaScript given makes of a question, and tells the fault, or "9000".
func (p *phone) pays(no pay.No, answer string) string {
	p.T.Helper()
	said, err := chrome.JS[string](p.Tab, `(async () => {
		const post = (path, body) => fetch(path, {method: 'POST', headers: {'X-Souk': '1', 'Content-Type': 'application/json'}, body: JSON.stringify(body)}).then((r) => r.json());
		const answer = async (path, body) => {
			const asked = await post(path, body);
			return (await navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON((asked.data ?? asked).publicKey)})).toJSON();
		};
		const passkey = await (`+answer+`)(answer, post);
		const said = await post('/my/`+string(demo.Coffee)+`/pay', {tradeNO: '`+string(no)+`', passkey});
		return said.fault ?? said.data.resultCode;
	})()`)
	if err != nil {
		p.T.Fatal(err)
	}
	return said
}

func TestAPasskeysAnswerPaysOnceForItsPersonAndPurpose(t *testing.T) {
	p := keyed(t)
	first, second := p.due("once-1", 1_00), p.due("once-2", 2_00)
	ask := func(no pay.No) string {
		return `answer('/my/` + string(demo.Coffee) + `/askPasskey', {tradeNO: '` + string(no) + `'})`
	}
	for _, row := range []struct {
		what, answer string
		no           pay.No
		want         string
	}{
		{"an answer to sign in", `(answer) => answer('/host/v1/signin/passkey/ask', {})`, first.No, "PASSKEY_WRONG"},
		{"no answer", `() => ({})`, first.No, "PASSKEY_WRONG"},
		{"an answer with another signature", `async (answer) => { const a = await ` + ask(first.No) + `; a.response.signature = 'AQID'; return (window.broken = a); }`, first.No, "PASSKEY_WRONG"},
		{"an answer given for another trade", `async (answer) => (window.other = await ` + ask(second.No) + `)`, first.No, "PASSKEY_WRONG"},
		{"an answer that was once shown for another trade", `() => window.other`, second.No, "PASSKEY_WRONG"},
		{"an answer given for a transfer", `(answer) => answer('/host/v1/passkeys/ask', {purpose: 'spend', deed: 'transfer', amount: '1.00', key: 'k', phone: '13800000002'})`, first.No, "PASSKEY_WRONG"},
		{"an answer given for a trade that is called a transfer's key", `(answer) => answer('/host/v1/passkeys/ask', {purpose: 'spend', deed: 'withdraw', amount: '1.00', key: '` + string(first.No) + `'})`, first.No, "PASSKEY_WRONG"},
		{"the right answer", `async (answer) => (window.kept = await ` + ask(first.No) + `)`, first.No, "9000"},
		{"the same answer for another trade", `() => window.kept`, second.No, "PASSKEY_WRONG"},
	} {
		if said := p.pays(row.no, row.answer); said != row.want {
			t.Errorf("%s: %s, not %s", row.what, said, row.want)
		}
	}
	p.balance(lin, "499.00")
	p.become(chen)
	if said := p.pays(second.No, `(answer) => answer('/host/v1/signin/passkey/ask', {})`); said != "PASSKEY_WRONG" {
		t.Errorf("another person's key: %s", said)
	}
	p.balance(chen, "1280.50")
	p.Run(chromedp.Navigate("about:blank"))
}
