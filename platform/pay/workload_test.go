package pay_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/ledger"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// auditor keeps books of its own from the answers that actors get, and knows nothing of the ledger's tables.
type auditor struct {
	sync.Mutex
	balances map[ledger.AccountID]money.Fen
	trades   map[pay.No]*audited
	repeats  int
	refusals map[string]int
}

type audited struct {
	total, refunded money.Fen
	refunds         map[string]money.Fen
	status          pay.Status
	fresh           map[string]int // how often a payment ("") or a refund was answered as new
}

func (a *auditor) move(from, to ledger.AccountID, amount money.Fen) {
	a.balances[from] -= amount
	a.balances[to] += amount
}

// rank orders the states: none may be seen after a later one was answered.
var rank = map[pay.Status]int{pay.Waiting: 0, pay.Success: 1, pay.Finished: 2, pay.Closed: 3}

// actor is one of many clients, each with its own chance, on a machine of its own that stops now and then.
type actor struct {
	t      *testing.T
	d      *db.DB // faulty
	till   *pay.Till
	a      *auditor
	random *rand.Rand
	me     int
	others int
	known  []pay.Trade // paid by this actor

	lottery sync.Mutex // over chance
	chance  *rand.Rand
	crashed *atomic.Int64
}

// crashes draws, for one write in eight, the moment at which its machine stops: before one of its first statements, before the commit, or after
// it, before the answer.
func (c *actor) crashes() db.Strike {
	c.lottery.Lock()
	defer c.lottery.Unlock()
	if c.chance.IntN(8) != 0 {
		return func(int, string) error { return nil }
	}
	at, last := c.chance.IntN(12), []string{db.AtCommit, db.AtAnswer}[c.chance.IntN(2)]
	return func(step int, what string) error {
		if step == at || what == last {
			c.crashed.Add(1)
			return errCrash
		}
		return nil
	}
}

// write does what f does until it is answered, as a client does whose server stopped: with the same numbers.
func (c *actor) write(f func(tx *db.Tx) error) error {
	for {
		if err := c.d.Write(ctx, f); !errors.Is(err, errCrash) {
			return err
		}
	}
}

// try runs f twice as often as not at the same time, as a client does that got no answer: each fault must be a refusal of ours.
func (c *actor) try(f func(tx *db.Tx) (after func(), err error)) {
	c.twice(func() (after func(), err error) {
		err = c.write(func(tx *db.Tx) (err error) {
			after, err = f(tx)
			return err
		})
		return after, err
	})
}

func (c *actor) twice(f func() (after func(), err error)) {
	times := 1 + c.random.IntN(2)
	var wg sync.WaitGroup
	for range times {
		wg.Go(func() {
			after, err := f()
			c.a.Lock()
			defer c.a.Unlock()
			if err == nil {
				after()
				return
			}
			refusal, ok := fault.Of(err)
			if !ok || refusal.Kind == fault.Internal || refusal.Kind == fault.Unavailable {
				c.t.Error(err)
				return
			}
			c.a.refusals[refusal.Code]++
		})
	}
	wg.Wait()
}

// buy orders (perhaps twice) and pays (perhaps twice at once); now and then somebody closes the trade meanwhile.
func (c *actor) buy(step int) {
	o := pay.Order{App: shop, OutTradeNo: fmt.Sprintf("a%d_%d", c.me, step), Subject: "Thing", Total: 1 + money.Fen(c.random.IntN(150_00))}
	var trade pay.Trade
	c.try(func(tx *db.Tx) (func(), error) {
		made, _, err := pay.Create(ctx, tx, o)
		return func() { trade = made }, err
	})
	var wg sync.WaitGroup
	if c.random.IntN(6) == 0 {
		wg.Go(func() {
			err := c.write(func(tx *db.Tx) error { _, err := pay.Close(ctx, tx, shop, trade.No, ""); return err })
			if err != nil && !errors.Is(err, pay.ErrStatus) {
				c.t.Error(err)
			}
		})
	}
	c.twice(func() (func(), error) {
		for {
			r, err := c.till.Confirm(ctx, pay.Confirmation{No: trade.No, Payer: person(c.me)})
			if !errors.Is(err, errCrash) {
				return func() { c.paid(r.Trade, r.Repeated) }, err
			}
		}
	})
	wg.Wait()
}

// paid hears that a trade is paid. The first answer may be that of a repeat: it overtook the other, or the other was lost in a crash.
func (c *actor) paid(t pay.Trade, repeated bool) {
	of := c.a.trades[t.No]
	if of == nil {
		of = &audited{total: t.Total, refunds: map[string]money.Fen{}, status: t.Status, fresh: map[string]int{}}
		c.a.trades[t.No] = of
		c.a.move(wallet.Account(person(c.me)), seller.Pending(), t.Total)
		c.known = append(c.known, t)
	}
	c.heard(of, t.No, "", repeated)
}

// heard counts answers; what is done a second time must say that it had been done.
func (c *actor) heard(of *audited, no pay.No, what string, repeated bool) {
	if repeated {
		c.a.repeats++
		return
	}
	if of.fresh[what]++; of.fresh[what] > 1 {
		c.t.Errorf("%s was done twice: %s", no, what)
	}
}

// refund gives a piece back, perhaps with a number used before, perhaps too much.
func (c *actor) refund() {
	if len(c.known) == 0 {
		return
	}
	t := c.known[c.random.IntN(len(c.known))]
	r := pay.RefundRequest{App: shop, No: t.No, OutRequestNo: fmt.Sprint("r", c.random.IntN(4)), Amount: 1 + money.Fen(c.random.Int64N(int64(t.Total)+1))}
	c.try(func(tx *db.Tx) (func(), error) {
		done, err := pay.Refund(ctx, tx, r)
		return func() { c.refunded(t.No, done) }, err
	})
}

func (c *actor) refunded(no pay.No, r pay.Refunded) {
	of := c.a.trades[no]
	c.heard(of, no, r.OutRequestNo, r.Repeated)
	if r.Buyer+r.Platform+r.Merchant != r.Amount {
		c.t.Errorf("parts of %d: %d + %d + %d", r.Amount, r.Buyer, r.Platform, r.Merchant)
	}
	if before, known := of.refunds[r.OutRequestNo]; known {
		if before != r.Amount {
			c.t.Errorf("refund %s of %s was of %d, now %d", r.OutRequestNo, no, before, r.Amount)
		}
		return
	}
	of.refunds[r.OutRequestNo] = r.Amount
	of.refunded += r.Amount
	if rank[r.Trade.Status] < rank[of.status] && r.Trade.Refunded >= of.refunded {
		c.t.Errorf("%s went from %s back to %s", no, of.status, r.Trade.Status)
	}
	if rank[r.Trade.Status] > rank[of.status] {
		of.status = r.Trade.Status
	}
	c.a.move(seller.Pending(), wallet.Account(person(c.me)), r.Amount)
}

func (c *actor) transfer(step int) {
	to := (c.me + 1 + c.random.IntN(c.others-1)) % c.others
	r := wallet.Request{Person: person(c.me), Key: fmt.Sprint("t", step), Amount: 1 + money.Fen(c.random.IntN(400_00))}
	first := true
	c.try(func(tx *db.Tx) (func(), error) {
		err := wallet.Transfer(ctx, tx, r, person(to))
		return func() {
			if first {
				c.a.move(wallet.Account(person(c.me)), wallet.Account(person(to)), r.Amount)
			}
			first = false
		}, err
	})
}

// reserve agrees to an authorisation, has part of it taken and the rest given back.
func (c *actor) reserve(step int) {
	total := 2 + money.Fen(c.random.IntN(100_00))
	var auth hold.Auth
	c.try(func(tx *db.Tx) (func(), error) {
		a, _, err := hold.Ask(ctx, tx, hold.Request{App: shop, OutOrderNo: fmt.Sprintf("h%d_%d", c.me, step), OutRequestNo: "f", Title: "Deposit", Amount: total})
		return func() { auth = a }, err
	})
	frozen := false
	c.try(func(tx *db.Tx) (func(), error) {
		_, _, err := hold.Freeze(ctx, tx, auth.No, person(c.me))
		return func() { frozen = true }, err
	})
	if !frozen {
		return
	}
	take := 1 + money.Fen(c.random.Int64N(int64(total)-1))
	o := pay.Order{App: shop, OutTradeNo: fmt.Sprintf("h%d_%d", c.me, step), Subject: "Deposit", Total: take}
	var trade pay.Trade
	c.try(func(tx *db.Tx) (func(), error) {
		made, _, err := pay.Create(ctx, tx, o)
		return func() { trade = made }, err
	})
	complete := c.random.IntN(2) == 0
	c.try(func(tx *db.Tx) (func(), error) {
		paid, repeated, err := pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: person(c.me), Auth: auth.No, Complete: complete})
		return func() { c.paid(paid, repeated) }, err
	})
	if !complete {
		c.try(func(tx *db.Tx) (func(), error) {
			_, err := hold.Unfreeze(ctx, tx, shop, auth.No, "u", total-take, "")
			return func() {}, err
		})
	}
}

// newAuditor knows a market that has just opened.
func newAuditor(persons int) *auditor {
	a := &auditor{balances: map[ledger.AccountID]money.Fen{}, trades: map[pay.No]*audited{}, refusals: map[string]int{}}
	for i := range persons {
		a.balances[wallet.Account(person(i))] = 1000_00
	}
	return a
}

// upTo is for work: steps before the n-th.
func upTo(n int) func(step int) bool { return func(step int) bool { return step < n } }

// work lets actors act at once, each step after step from first on while there are more, and answers how often a machine stopped.
func (a *auditor) work(t *testing.T, d *db.DB, seed uint64, actors, first int, more func(step int) bool) (crashes int64) {
	t.Helper()
	var wg sync.WaitGroup
	var crashed atomic.Int64
	for me := range actors {
		c := &actor{t: t, a: a, random: rand.New(rand.NewPCG(seed, uint64(me))), me: me, others: actors, chance: rand.New(rand.NewPCG(seed, uint64(actors+me))), crashed: &crashed}
		c.d = db.Faulty(d, c.crashes)
		c.till = pay.NewTill(c.d)
		wg.Go(func() {
			for step := first; more(step); step++ {
				[]func(){func() { c.buy(step) }, func() { c.buy(step) }, c.refund, c.refund, func() { c.transfer(step) }, func() { c.reserve(step) },
					func() { c.chore() }}[c.random.IntN(7)]()
			}
		})
	}
	wg.Wait()
	if n := a.refusals[pay.ErrSellerBalance.Code]; n > 0 {
		t.Errorf("%d refunds were refused although the seller had the money", n)
	}
	return crashed.Load()
}

func TestManyActorsAndAnAuditorAgree(t *testing.T) {
	const actors, steps = 64, 14
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		market(t, d, actors)
		a := newAuditor(actors)
		crashes := a.work(t, d, seed, actors, 0, upTo(steps))
		a.check(t, d)
		r := verify(t, d)
		t.Logf("%d crashes, %d entries, %d trades, %d repeats, refusals %v", crashes, r.Entries, len(a.trades), a.repeats, a.refusals)
	})
}

// chore is what jobs do meanwhile.
func (c *actor) chore() {
	err := c.write(func(tx *db.Tx) error {
		if _, err := ledger.Sweep(ctx, tx, seller.Pending()); err != nil {
			return err
		}
		_, err := pay.CloseExpired(ctx, tx, 10)
		return err
	})
	if err != nil {
		c.t.Error(err)
	}
	if err := c.write(func(tx *db.Tx) error { _, err := ledger.Seal(ctx, tx); return err }); err != nil && !db.IsUnique(err) {
		c.t.Error(err)
	}
}

func (a *auditor) check(t *testing.T, d *db.DB) {
	t.Helper()
	for id, want := range a.balances {
		if got := balance(t, d, id); got != want {
			t.Errorf("%s holds %d, the auditor says %d", id, got, want)
		}
		if want < 0 {
			t.Errorf("%s went negative: %d", id, want)
		}
	}
	for no, of := range a.trades {
		var trade pay.Trade
		var refunds []pay.Refunded
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			if trade, err = pay.Find(ctx, tx, no); err != nil {
				return err
			}
			refunds, err = pay.Refunds(ctx, tx, trade)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if trade.Refunded != of.refunded || trade.Refunded > trade.Total || len(refunds) != len(of.refunds) {
			t.Errorf("%s refunded %d in %d refunds, the auditor says %d in %d", no, trade.Refunded, len(refunds), of.refunded, len(of.refunds))
		}
		if (trade.Status == pay.Closed) != (trade.Refunded == trade.Total) {
			t.Errorf("%s is %s with %d of %d refunded", no, trade.Status, trade.Refunded, trade.Total)
		}
	}
}
