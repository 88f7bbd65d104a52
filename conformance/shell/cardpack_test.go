package shell_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/kit/db"
	"souk/platform/cardpack"
	"souk/platform/demo"
	"souk/platform/identity"
)

// amara is the third demo person.
const amara identity.PersonID = "1000000000000003"

// prefers sets the language and the theme as the person would have left them, and opens the address anew.
func (p *phone) prefers(language, theme, hash string) {
	p.T.Helper()
	if _, err := chrome.JS[bool](p.Tab, `(localStorage.setItem('souk.language', `+chrome.Quote(language)+`), localStorage.setItem('souk.theme', `+chrome.Quote(theme)+`), true)`); err != nil {
		p.T.Fatal(err)
	}
	p.Run(chromedp.Navigate("about:blank"))
	p.at(hash)
}

func TestThePackShowsWhatIsHeldByKindAndMerchant(t *testing.T) {
	p := openPhone(t, handset.Folder(t, kitchen), "", nil)
	p.at("#/me")
	p.TapWords("Card pack")
	p.Sees(`.pass[data-pass="NP-MEMBER-0001"]`, "Harbour card")
	p.Sees(`.pass[data-pass="NP-WELCOME-0001"]`, "Northpier Coffee")
	p.Sees(`.pass[data-pass="NP-UPSIZE-0001"]`, "days left")
	p.Misses(`.whose:not([hidden])`) // one merchant is no choice
	p.Shot("all")
	p.TapWords("Tickets")
	p.Sees(`.pack-none`, "Nothing here yet")
	p.Shot("none")
	issue(p, cardpack.Order{Kind: cardpack.Ticket, App: p.App, Serial: "SHOW-7", Face: cardpack.Face{Title: "Harbour concert", Line: "Saturday, 20:00", Code: "SHOW-7", Page: "/pages/order/order?id=SHOW-7"}})
	p.at("#/cards?kind=ticket")
	p.Run(chromedp.Reload())
	p.Sees(`.passes`, "Harbour concert")
	p.Sees(`.whose`, "Northpier Coffee")
	p.TapWords("All")
	p.Sees(`.passes`, "Harbour card")
	p.Tap(`.whose button:last-child`) // by id, Northpier stands before or after; whoever it is, only its own are left
	p.Until("one merchant's passes", func() bool {
		n, err := chrome.JS[int](p.Tab, `new Set([...document.querySelectorAll('.passes:not(.over) .pass-who')].map((n) => n.textContent)).size`)
		return err == nil && n == 1
	})
	p.at("#/cards?kind=ticket")
	p.Tap(`.pass[data-pass="SHOW-7"]`)
	p.Sees(`.pass-code`, "SHOW-7")
	p.Shot("ticket")
	p.Tap(`.pass-open`)
	p.Reads("order number SHOW-7")
}

func TestAPassThatIsUsedIsFoldedAwayAndShowsNoCode(t *testing.T) {
	p := openPhone(t, handset.Folder(t, kitchen), "", nil)
	p.at("#/cards?kind=voucher")
	p.Tap(`.pass[data-pass="NP-WELCOME-0001"]`)
	p.Sees(`.pass-code .code-digits`, "5200 0001 0001")
	p.Sees(`.pass-face`, "Worth")
	p.Shot("voucher")
	p.write(func(tx *db.Tx) error {
		held, err := cardpack.FindSerial(context.Background(), tx, "northpier", "NP-WELCOME-0001")
		if err != nil {
			return err
		}
		_, err = cardpack.Use(context.Background(), tx, "northpier", held.ID, "520000010001")
		return err
	})
	p.Run(chromedp.Reload())
	p.Sees(`.pass-face.done`, "Used on")
	p.Misses(`.pass-code`)
	p.Shot("used")
	p.at("#/cards?kind=voucher")
	p.Sees(`.passes`, "Free larger cup")
	p.Misses(`.pass[data-pass="NP-WELCOME-0001"]`)
	p.Tap(`.pack-over`)
	p.Sees(`.passes.over`, "¥5 off any drink")
	p.Shot("over")
	p.prefers("zh-Hans", "dark", "#/cards")
	p.Sees(`.passes`, "港湾会员卡")
	p.Shot("zh-dark")
	p.Tap(`.pass[data-pass="NP-MEMBER-0001"]`)
	p.Sees(`.pass-page`, "水手")
	p.Shot("card-zh-dark")
	p.become(amara) // another person's pass is nobody's
	p.Run(chromedp.Reload())
	p.Sees(`.pass-page`, "没有该卡券票")
}

// issue gives the first demo person a pass.
func issue(p *phone, o cardpack.Order) {
	p.T.Helper()
	o.Person = demo.People[0].ID
	p.write(func(tx *db.Tx) error { _, _, err := cardpack.Issue(context.Background(), tx, o); return err })
}
