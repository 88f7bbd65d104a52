package open

import "sync"

// signedRefusals is how many answers a second to forged requests are signed,
// with as many saved up. A signature costs us a hundred times what a forgery
// costs its sender; beyond the budget the answer says the same, unsigned.
const signedRefusals = 50

// budget is a bucket that fills by itself.
type budget struct {
	mu    sync.Mutex
	spent float64
	at    int64 // ms
}

// take reports whether one more may be had at now (ms), of so many a second and at most saved up.
func (b *budget) take(now int64, perSecond, most float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(0, b.spent-float64(max(0, now-b.at))*perSecond/1000)
	b.at = max(b.at, now)
	if b.spent+1 > most {
		return false
	}
	b.spent++
	return true
}

// mayRefuseSigned reports whether one more refusal may be signed.
func (d *Door) mayRefuseSigned() bool {
	return d.forged.take(d.DB.Now(), signedRefusals, signedRefusals)
}

// underRate reports whether an app may make one more genuine call now. Only apps that exist have a budget, so there are not too many.
func (d *Door) underRate(appID string) bool {
	if d.AppRate <= 0 {
		return true
	}
	b, found := d.rates.Load(appID)
	if !found {
		b, _ = d.rates.LoadOrStore(appID, &budget{})
	}
	return b.(*budget).take(d.DB.Now(), float64(d.AppRate), 2*float64(d.AppRate))
}
