package open

import (
	"context"
	"crypto/rsa"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/sign"
)

// BenchmarkReplies compares whole answers with the one thing in them that
// cannot be made cheaper, a signature by crypto/rsa, in one run and turn by
// turn, so that both see the same machine. It reports
//
//	replies/s, signs/s, and of-signing: replies/s as a part of signs/s (target 0.85)
func BenchmarkReplies(b *testing.B) {
	h := newHouse(b, db.SQLite)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go h.door.Run(ctx) // with the call log being written beside
	c := h.app(testKeys[0])
	c.want("alipay.trade.create", order("BENCH", "1.00"))
	body := formOf(c.params("alipay.trade.query", fields{"out_trade_no": "BENCH"})).Encode()
	key := h.door.own.Key
	reply := func() {
		r := httptest.NewRequest("POST", gatewayPath, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"code":"10000"`) {
			b.Errorf("%d %s", w.Code, w.Body)
		}
	}
	raw := func() { rawSign(b, key) }
	const turns = 10 // halves of a run that alternate
	var replies, signs time.Duration
	for b.Loop() {
		for range turns {
			replies += timed(reply)
			signs += timed(raw)
		}
	}
	n := float64(b.N * turns * perTurn)
	b.ReportMetric(n/replies.Seconds(), "replies/s")
	b.ReportMetric(n/signs.Seconds(), "signs/s")
	b.ReportMetric(signs.Seconds()/replies.Seconds(), "of-signing")
}

// perTurn is how often one turn does its work, over two goroutines.
const perTurn = 64

func timed(f func()) time.Duration {
	var next atomic.Int64
	began := time.Now()
	done := make(chan struct{})
	for range 2 {
		go func() {
			for next.Add(1) <= perTurn {
				f()
			}
			done <- struct{}{}
		}()
	}
	<-done
	<-done
	return time.Since(began)
}

func rawSign(b *testing.B, key *rsa.PrivateKey) {
	if _, err := sign.Sign(key, sign.RSA2, []byte(`{"code":"10000","msg":"Success"}`)); err != nil {
		b.Error(err)
	}
}
