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

// take reports whether one more answer may be signed at now (ms).
func (b *budget) take(now int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(0, b.spent-float64(max(0, now-b.at))*signedRefusals/1000)
	b.at = max(b.at, now)
	if b.spent+1 > signedRefusals {
		return false
	}
	b.spent++
	return true
}
