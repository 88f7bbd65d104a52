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
	p.reads("slot 0", "a: 1", "b: 2", "not yet")
	p.says("onInit", "deriveDataFromProps", "didMount components/steps/steps")
	p.tapText("more", 0)
	p.reads("slot 1")
	p.says("deriveDataFromProps", "didUpdate 1")
	p.tapText("next page", 0)
	p.reads("Mei", "44")
}

func TestGiftCardsOpenFromAnUnclosedPage(t *testing.T) {
	p := standIn(t, "giftcards")
	p.reads("Coffee for friends", "Warm hands ¥50")
	p.tap(".card", 0)
	p.reads("Give it")
	p.tap("a-button", 0)
	p.sees("Give it?")
}

func TestTheKitchenOffersBatchesAndRefreshesInPlace(t *testing.T) {
	p := standIn(t, "kitchen")
	p.reads("Peppers and carrots", "fresh", "sold")
	p.tap(".dish", 0)
	p.reads("0002")
	p.tapText("0002", 0)
	p.reads("0002", "the hill farm")
}
