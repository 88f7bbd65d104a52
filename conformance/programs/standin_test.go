package programs_test

import (
	"strings"
	"testing"
)

// The stand-ins have the constructs of the real programs 1, 8 and 9, so that what those show holds on every machine.

func standIn(t *testing.T, name string) *phone {
	t.Helper()
	pages, tabs := pagesOf(t, name)
	p := openPhone(t, name, nil)
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		if opened, failures, _ := p.walk(pages, tabs, nil); len(failures) > 0 {
			t.Errorf("%d of %d pages opened; %s", opened, len(pages), strings.Join(failures, "\n"))
		}
	})
	return p
}

func TestAComponentLivesInTheDocumentedOrderAndItsSlotsFollow(t *testing.T) {
	p := standIn(t, "lifecycle")
	p.Reads("slot 0", "a: 1", "b: 2", "not yet")
	p.says("onInit", "deriveDataFromProps", "didMount components/steps/steps")
	p.PressWords("more")
	p.Reads("slot 1")
	p.says("deriveDataFromProps", "didUpdate 1")
	p.PressWords("next page")
	p.Reads("Mei", "44")
}

func TestGiftCardsOpenFromAnUnclosedPage(t *testing.T) {
	p := standIn(t, "giftcards")
	p.Reads("Coffee for friends", "Warm hands ¥50")
	p.Press(".card")
	p.Reads("Give it")
	p.Press("a_button")
	p.Sees("body", "Give it?")
}

func TestTheKitchenOffersBatchesAndRefreshesInPlace(t *testing.T) {
	p := standIn(t, "kitchen")
	p.Reads("Peppers and carrots", "fresh", "sold")
	p.Press(".dish")
	p.Reads("0002")
	p.PressWords("0002")
	p.Reads("0002", "the hill farm")
}
