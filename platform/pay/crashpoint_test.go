package pay_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

var errCrash = errors.New("the machine stops here")

// deed is one thing that a door asks for. ready makes what must be there before, do does it; n tells one attempt's numbers from another's.
type deed struct {
	name  string
	ready func(y *yard, n int)
	do    func(y *yard, d *db.DB, n int) error
	anew  bool // doing it again does it anew, by intention
}

// yard is a market with a clock that can be moved, and what ready has made.
type yard struct {
	t      *testing.T
	d      *db.DB
	url    string
	now    int64
	made   int // orders and deposits, for their numbers
	trade  pay.Trade
	auth   hold.Auth
	code   string
	ticket wallet.Collect
}

// within is a deed of one transaction.
func within(f func(y *yard, tx *db.Tx, n int) error) func(*yard, *db.DB, int) error {
	return func(y *yard, d *db.DB, n int) error {
		return d.Write(ctx, func(tx *db.Tx) error { return f(y, tx, n) })
	}
}

func (y *yard) order(int) {
	y.made++
	y.trade = order(y.t, y.d, fmt.Sprint("o", y.made), 100_00)
}
func (y *yard) paid(n int)   { y.order(n); y.confirm(y.d, pay.Confirmation{}) }
func (y *yard) dayLater(int) { y.now += 24 * 60 * 60 * 1000 }

func (y *yard) confirm(d *db.DB, c pay.Confirmation) error {
	c.No, c.Payer = y.trade.No, person(0)
	_, err := pay.NewTill(d).Confirm(ctx, c)
	return err
}

func (y *yard) asked(int) {
	y.made++
	do(y.t, y.d, func(tx *db.Tx) (err error) {
		y.auth, _, err = hold.Ask(ctx, tx, hold.Request{App: shop, OutOrderNo: fmt.Sprint("h", y.made), OutRequestNo: "f", Title: "Deposit", Amount: 150_00})
		return err
	})
}

func (y *yard) frozen(n int) {
	y.asked(n)
	do(y.t, y.d, func(tx *db.Tx) error { _, _, err := hold.Freeze(ctx, tx, y.auth.No, person(0)); return err })
}

// accounts are those that deeds touch.
var accounts = []ledger.AccountID{wallet.Bank, wallet.Account(person(0)), wallet.Account(person(1)), "voucher/shop/CNY", "busy/one/CNY", seller.Pending(), seller.Settled(), pay.Fees}

// effect is what changed: balances and holds by account, rows by table.
type effect map[string]int64

func (y *yard) state(d *db.DB) (effect, dbtest.Content) {
	e := effect{}
	if err := d.Read(ctx, func(tx *db.Tx) error {
		for _, id := range accounts {
			a, err := ledger.Find(ctx, tx, id)
			if err != nil {
				return err
			}
			e[string(id)], e[string(id)+" held"] = a.Balance, a.Held
		}
		return nil
	}); err != nil {
		y.t.Fatal(err)
	}
	content := dbtest.ContentOf(y.t, d)
	for table, is := range content {
		e[table] = is.Rows
	}
	return e, content
}

func (e effect) since(before effect) effect {
	out := effect{}
	for k := range maps.Keys(e) {
		if e[k] != before[k] {
			out[k] = e[k] - before[k]
		}
	}
	return out
}

// crash does the deed on a machine that stops at the n-th moment; it answers which moment that was, "" when there are fewer, and, on SQLite, the
// address of what the crash left on the disk.
func (y *yard) crash(c deed, n int) (at, disk string) {
	y.t.Helper()
	faulty := db.Faulty(y.d, func() db.Strike {
		return func(step int, what string) error {
			if step != n {
				return nil
			}
			if at = what; y.d.Engine() == db.SQLite {
				disk = dbtest.Disk(y.t, y.url)
			}
			return errCrash
		}
	})
	err := c.do(y, faulty, n)
	if at != "" && !errors.Is(err, errCrash) || at == "" && err != nil {
		y.t.Fatalf("%s, moment %d (%.60q): %v", c.name, n, at, err)
	}
	return at, disk
}

// again is what a client does that got no answer: the same once more. It must do what was not done and nothing twice.
func (y *yard) again(c deed, d *db.DB, n int, where string) {
	y.t.Helper()
	if err := c.do(y, d, n); err != nil {
		y.t.Fatalf("%s, again after %s: %v", c.name, where, err)
	}
	if c.anew {
		return
	}
	_, once := y.state(d)
	if err := c.do(y, d, n); err != nil {
		y.t.Fatalf("%s, a third time after %s: %v", c.name, where, err)
	}
	if _, twice := y.state(d); once.Diff(twice) != "" {
		y.t.Errorf("%s, done twice after %s, changed %s", c.name, where, once.Diff(twice))
	}
}

// proves runs one deed with a crash at every moment that it has.
func (y *yard) proves(c deed) (moments int) {
	y.t.Helper()
	var want effect
	same := func(e, before effect, where string) {
		if got := e.since(before); want == nil {
			want = got
		} else if !reflect.DeepEqual(got, want) {
			y.t.Errorf("%s: after %s and once more the effect is %v, not %v", c.name, where, got, want)
		}
	}
	for n := 0; ; n++ {
		if c.ready != nil {
			c.ready(y, n)
		}
		before, was := y.state(y.d)
		at, disk := y.crash(c, n)
		where := fmt.Sprintf("a crash at moment %d (%.60s)", n, at)
		_, is := y.state(y.d)
		if at != "" && at != db.AtAnswer && was.Diff(is) != "" {
			y.t.Errorf("%s: %s left %s changed", c.name, where, was.Diff(is))
		}
		if disk != "" {
			y.restarts(c, n, disk, where, is, func(e effect) { same(e, before, where+" and a restart") })
		}
		if at == "" || at == db.AtAnswer && c.anew {
			return n
		}
		y.again(c, y.d, n, where)
		after, _ := y.state(y.d)
		same(after, before, where)
	}
}

// restarts opens what the crash left on the disk: it is what everybody else saw too, and the deed can be done on it.
func (y *yard) restarts(c deed, n int, disk, where string, seen dbtest.Content, done func(effect)) {
	y.t.Helper()
	d, err := db.Open(ctx, disk, schemas...)
	if err != nil {
		y.t.Fatalf("%s: after %s: %v", c.name, where, err)
	}
	defer d.Close()
	d.SetClock(func() int64 { return y.now })
	if _, is := y.state(d); seen.Diff(is) != "" {
		y.t.Errorf("%s: after %s the disk differs in %s", c.name, where, seen.Diff(is))
	}
	if err := c.do(y, d, n); err != nil {
		y.t.Fatalf("%s, again after %s and a restart: %v", c.name, where, err)
	}
	if e, _ := y.state(d); !c.anew {
		done(e)
	}
}

func TestACrashAtAnyMomentLosesNothingAnsweredAndDoesNothingTwice(t *testing.T) {
	for group, deeds := range map[string][]deed{"trade": tradeDeeds(), "seller": sellerDeeds(), "hold": holdDeeds(), "wallet": walletDeeds(), "ledger": ledgerDeeds()} {
		t.Run(group, func(t *testing.T) {
			dbtest.EachURL(t, func(t *testing.T, url string) {
				y, moments := newYard(t, url), 0
				for _, c := range deeds {
					moments += y.proves(c)
				}
				verify(t, y.d)
				t.Logf("%d deeds, %d crashes", len(deeds), moments)
			})
		})
	}
}

// newYard has money everywhere that deeds take it from.
func newYard(t *testing.T, url string) *yard {
	t.Helper()
	y := &yard{t: t, d: dbtest.Open(t, url, schemas...), url: url, now: 1_763_800_000_000}
	y.d.SetClock(func() int64 { return y.now })
	market(t, y.d, 2)
	do(t, y.d, func(tx *db.Tx) error {
		for id, stripes := range map[ledger.AccountID]int{"voucher/shop/CNY": 0, "busy/one/CNY": 4} {
			if err := ledger.Open(ctx, tx, ledger.Account{ID: id, Unit: ledger.CNY, Floor: ledger.Zero(), Stripes: stripes}); err != nil {
				return err
			}
		}
		for i, id := range []ledger.AccountID{"voucher/shop/CNY", wallet.Account(person(0)), wallet.Account(person(1)), seller.Pending(), seller.Settled()} {
			if _, err := ledger.Post(ctx, tx, entry(fmt.Sprint("seed", i), wallet.Bank, id, 1_000_000_00)); err != nil {
				return err
			}
		}
		for i := range 2 {
			if err := ledger.SetDayLimit(ctx, tx, wallet.Account(person(i)), nil); err != nil {
				return err
			}
		}
		return pay.Bind(ctx, tx, shop, []pay.Receiver{{Account: wallet.Account(person(1)), Name: "One"}})
	})
	return y
}

func entry(id string, from, to ledger.AccountID, fen money.Fen) ledger.Entry {
	return ledger.Entry{ID: ledger.EntryID(id), Kind: "test", Lines: []ledger.Line{{Account: from, Unit: ledger.CNY, Amount: -int64(fen)}, {Account: to, Unit: ledger.CNY, Amount: int64(fen)}}}
}

func tradeDeeds() []deed {
	refundOf := func(amount money.Fen, back ...pay.SplitLine) func(*yard, *db.DB, int) error {
		return within(func(y *yard, tx *db.Tx, n int) error {
			_, err := pay.Refund(ctx, tx, pay.RefundRequest{App: shop, No: y.trade.No, OutRequestNo: "r", Amount: amount, TakeBack: back})
			return err
		})
	}
	voucher := []pay.Tender{{Kind: "balance", Account: wallet.Account(person(0)), Funder: pay.ByBuyer, Amount: 80_00}, {Kind: "voucher", Account: "voucher/shop/CNY", Funder: pay.ByMerchant, Amount: 20_00}}
	cancel := within(func(y *yard, tx *db.Tx, n int) error {
		_, _, err := pay.Cancel(ctx, tx, shop, y.trade.No, "")
		return err
	})
	return []deed{
		{name: "create", do: within(func(y *yard, tx *db.Tx, n int) error {
			_, _, err := pay.Create(ctx, tx, pay.Order{App: shop, OutTradeNo: fmt.Sprint("c", n), Subject: "Thing", Total: 5_00})
			return err
		})},
		{name: "confirm from the wallet", ready: (*yard).order, do: func(y *yard, d *db.DB, n int) error { return y.confirm(d, pay.Confirmation{}) }},
		{name: "confirm with a voucher", ready: (*yard).order, do: func(y *yard, d *db.DB, n int) error { return y.confirm(d, pay.Confirmation{Tenders: voucher}) }},
		{name: "confirm out of an authorisation", ready: func(y *yard, n int) {
			y.frozen(n)
			y.order(n)
		}, do: func(y *yard, d *db.DB, n int) error { return y.confirm(d, pay.Confirmation{Auth: y.auth.No}) }},
		{name: "confirm out of an authorisation and end it", ready: func(y *yard, n int) {
			y.frozen(n)
			y.order(n)
		}, do: func(y *yard, d *db.DB, n int) error {
			return y.confirm(d, pay.Confirmation{Auth: y.auth.No, Complete: true})
		}},
		{name: "close", ready: (*yard).order, do: within(func(y *yard, tx *db.Tx, n int) error { _, err := pay.Close(ctx, tx, shop, y.trade.No, ""); return err })},
		{name: "cancel unpaid", ready: (*yard).order, do: cancel},
		{name: "cancel paid", ready: (*yard).paid, do: cancel},
		{name: "refund a part", ready: (*yard).paid, do: refundOf(30_00)},
		{name: "refund all", ready: (*yard).paid, do: refundOf(100_00)},
		{name: "refund of own money and voucher", ready: func(y *yard, n int) { y.order(n); y.confirm(y.d, pay.Confirmation{Tenders: voucher}) }, do: refundOf(90_00)},
		{name: "split", ready: (*yard).paid, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := pay.MakeSplit(ctx, tx, pay.SplitRequest{App: shop, No: y.trade.No, OutRequestNo: "s", Lines: []pay.SplitLine{{Receiver: wallet.Account(person(1)), Amount: 10_00}}})
			return err
		})},
		{name: "refund and take a split back", ready: func(y *yard, n int) {
			y.paid(n)
			do(y.t, y.d, func(tx *db.Tx) error {
				_, err := pay.MakeSplit(ctx, tx, pay.SplitRequest{App: shop, No: y.trade.No, OutRequestNo: "s", Lines: []pay.SplitLine{{Receiver: wallet.Account(person(1)), Amount: 10_00}}})
				return err
			})
		}, do: refundOf(100_00, pay.SplitLine{Receiver: wallet.Account(person(1)), Amount: 10_00})},
		{name: "send", do: within(func(y *yard, tx *db.Tx, n int) error {
			_, _, err := pay.Send(ctx, tx, pay.Transfer{App: shop, OutBizNo: fmt.Sprint("t", n), Payee: wallet.Account(person(1)), Amount: 7_00, Title: "Thanks"})
			return err
		})},
	}
}

// sellerDeeds move the clock on, a day or more at a time.
func sellerDeeds() []deed {
	return []deed{
		{name: "time-out", ready: func(y *yard, n int) {
			y.now += pay.DefaultMillis
			do(y.t, y.d, func(tx *db.Tx) error { _, err := pay.CloseExpired(ctx, tx, 200); return err }) // what other deeds left
			y.order(n)
			y.now += pay.DefaultMillis
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := pay.CloseExpired(ctx, tx, 10)
			return err
		})},
		{name: "settle", ready: func(y *yard, n int) { y.paid(n); y.dayLater(n) }, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := pay.Settle(ctx, tx, seller.ID, ledger.DayOf(y.now-24*60*60*1000))
			return err
		})},
		{name: "refund after settlement", ready: func(y *yard, n int) {
			y.paid(n)
			y.dayLater(n)
			do(y.t, y.d, func(tx *db.Tx) error {
				_, err := pay.Settle(ctx, tx, seller.ID, ledger.DayOf(y.now-24*60*60*1000))
				return err
			})
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := pay.Refund(ctx, tx, pay.RefundRequest{App: shop, No: y.trade.No, OutRequestNo: "late", Amount: 40_00})
			return err
		})},
	}
}

func holdDeeds() []deed {
	return []deed{
		{name: "ask for a deposit", do: within(func(y *yard, tx *db.Tx, n int) error {
			_, _, err := hold.Ask(ctx, tx, hold.Request{App: shop, OutOrderNo: fmt.Sprint("ask", n), OutRequestNo: "f", Title: "Deposit", Amount: 50_00})
			return err
		})},
		{name: "freeze", ready: (*yard).asked, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, _, err := hold.Freeze(ctx, tx, y.auth.No, person(0))
			return err
		})},
		{name: "unfreeze a part", ready: (*yard).frozen, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := hold.Unfreeze(ctx, tx, shop, y.auth.No, "u", 20_00, "")
			return err
		})},
		{name: "unfreeze all", ready: (*yard).frozen, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := hold.Unfreeze(ctx, tx, shop, y.auth.No, "u", 150_00, "")
			return err
		})},
		{name: "cancel a question", ready: (*yard).asked, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, _, err := hold.Cancel(ctx, tx, shop, y.auth.No, "")
			return err
		})},
		{name: "cancel a deposit", ready: (*yard).frozen, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, _, err := hold.Cancel(ctx, tx, shop, y.auth.No, "")
			return err
		})},
		{name: "a deposit's time is over", ready: func(y *yard, n int) {
			y.now += hold.ReservationMillis
			do(y.t, y.d, func(tx *db.Tx) error { _, err := hold.Expire(ctx, tx, 200); return err }) // what other deeds left
			y.frozen(n)
			y.now += hold.ReservationMillis
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := hold.Expire(ctx, tx, 10)
			return err
		})},
	}
}

func walletDeeds() []deed {
	move := func(f func(tx *db.Tx, r wallet.Request) error) func(*yard, *db.DB, int) error {
		return within(func(y *yard, tx *db.Tx, n int) error {
			return f(tx, wallet.Request{Person: person(0), Key: fmt.Sprint("k", n), Amount: 3_00})
		})
	}
	return []deed{
		{name: "top up", do: move(func(tx *db.Tx, r wallet.Request) error { return wallet.TopUp(ctx, tx, r) })},
		{name: "withdraw", do: move(func(tx *db.Tx, r wallet.Request) error { return wallet.Withdraw(ctx, tx, r) })},
		{name: "transfer", do: move(func(tx *db.Tx, r wallet.Request) error { return wallet.Transfer(ctx, tx, r, person(1)) })},
		{name: "ask for money", anew: true, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := wallet.NewCollect(ctx, tx, person(1), 2_00, "Tea")
			return err
		})},
		{name: "pay whoever asks", ready: func(y *yard, n int) {
			do(y.t, y.d, func(tx *db.Tx) (err error) {
				y.ticket, err = wallet.NewCollect(ctx, tx, person(1), 2_00, "Tea")
				return err
			})
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			return wallet.PayCollect(ctx, tx, wallet.Request{Person: person(0), Key: fmt.Sprint("c", n), Amount: 2_00}, y.ticket.ID)
		})},
		{name: "show a payment code", anew: true, do: within(func(y *yard, tx *db.Tx, n int) error { _, err := wallet.NewCode(ctx, tx, person(0)); return err })},
		{name: "take a payment code", ready: func(y *yard, n int) {
			do(y.t, y.d, func(tx *db.Tx) (err error) { y.code, err = wallet.NewCode(ctx, tx, person(0)); return err })
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := wallet.UseCode(ctx, tx, y.code, fmt.Sprint("u", n))
			return err
		})},
		{name: "change the limit", do: within(func(y *yard, tx *db.Tx, n int) error { return wallet.SetLimit(ctx, tx, person(0), wallet.MaxDayLimit) })},
	}
}

func ledgerDeeds() []deed {
	placed := func(y *yard, n int) {
		do(y.t, y.d, func(tx *db.Tx) error { _, err := ledger.Place(ctx, tx, holdNo(y, n)); return err })
	}
	return []deed{
		{name: "open a striped account", anew: true, do: within(func(y *yard, tx *db.Tx, n int) error {
			return ledger.Open(ctx, tx, ledger.Account{ID: ledger.AccountID(fmt.Sprint("x/", n, "/CNY")), Unit: ledger.CNY, Floor: ledger.Zero(), Stripes: 3})
		})},
		{name: "post", do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := ledger.Post(ctx, tx, entry(fmt.Sprint("e", n), wallet.Account(person(0)), wallet.Account(person(1)), 1_00))
			return err
		})},
		{name: "reverse", ready: func(y *yard, n int) {
			do(y.t, y.d, func(tx *db.Tx) error {
				_, err := ledger.Post(ctx, tx, entry(fmt.Sprint("f", n), wallet.Account(person(0)), wallet.Account(person(1)), 1_00))
				return err
			})
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := ledger.Reverse(ctx, tx, ledger.EntryID(fmt.Sprint("f", n)), ledger.EntryID(fmt.Sprint("back", n)), "")
			return err
		})},
		{name: "place a hold", do: within(func(y *yard, tx *db.Tx, n int) error { _, err := ledger.Place(ctx, tx, holdNo(y, 1000+n)); return err })},
		{name: "capture a hold", ready: placed, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := ledger.Capture(ctx, tx, holdNo(y, n).ID, entry(fmt.Sprint("cap", n), wallet.Account(person(0)), wallet.Account(person(1)), 3_00))
			return err
		})},
		{name: "void a hold", ready: func(y *yard, n int) { placed(y, 2000+n) }, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := ledger.Void(ctx, tx, holdNo(y, 2000+n).ID)
			return err
		})},
		{name: "a hold's time is over", ready: func(y *yard, n int) {
			y.now += holdMillis
			do(y.t, y.d, func(tx *db.Tx) error { _, err := ledger.Expire(ctx, tx, 2000); return err }) // what other deeds left
			placed(y, 3000+n)
			y.now += holdMillis
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			_, err := ledger.Expire(ctx, tx, 2000)
			return err
		})},
		{name: "sweep", ready: func(y *yard, n int) {
			do(y.t, y.d, func(tx *db.Tx) error {
				for i := range ledger.AccountID("abc") {
					to := ledger.AccountID(fmt.Sprint("busy/one/CNY#", i))
					if _, err := ledger.Post(ctx, tx, entry(fmt.Sprint("w", n, to), wallet.Account(person(0)), to, 1_00)); err != nil {
						return err
					}
				}
				return nil
			})
		}, do: within(func(y *yard, tx *db.Tx, n int) error { _, err := ledger.Sweep(ctx, tx, "busy/one/CNY"); return err })},
		{name: "seal", ready: func(y *yard, n int) { seal(y); ledgerPost(y, n) }, do: within(func(y *yard, tx *db.Tx, n int) error { _, err := ledger.Seal(ctx, tx); return err })},
		{name: "close an account", ready: func(y *yard, n int) {
			do(y.t, y.d, func(tx *db.Tx) error {
				return ledger.Open(ctx, tx, ledger.Account{ID: merchant.Merchant{ID: merchant.ID(fmt.Sprint("gone", n))}.Settled(), Unit: ledger.CNY, Floor: ledger.Zero()})
			})
		}, do: within(func(y *yard, tx *db.Tx, n int) error {
			return ledger.Close(ctx, tx, merchant.Merchant{ID: merchant.ID(fmt.Sprint("gone", n))}.Settled())
		})},
	}
}

const holdMillis = 60_000

func holdNo(y *yard, n int) ledger.Hold {
	return ledger.Hold{ID: ledger.HoldID(fmt.Sprint("hold", n)), Account: wallet.Account(person(0)), Unit: ledger.CNY, Amount: 5_00, ExpiresAt: y.now + holdMillis}
}

func seal(y *yard) {
	do(y.t, y.d, func(tx *db.Tx) error { _, err := ledger.Seal(ctx, tx); return err })
}

func ledgerPost(y *yard, n int) {
	do(y.t, y.d, func(tx *db.Tx) error {
		_, err := ledger.Post(ctx, tx, entry(fmt.Sprint("sealed", n), wallet.Account(person(0)), wallet.Account(person(1)), 1))
		return err
	})
}
