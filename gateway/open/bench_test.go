package open

import (
	"context"
	"crypto/rsa"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
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
//	of-signing-cpu: the same by processor time of the whole process, which holds on a busy machine too
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
	var replies, signs, repliesCPU, signsCPU time.Duration
	for b.Loop() {
		for range turns {
			timed(&replies, &repliesCPU, reply)
			timed(&signs, &signsCPU, raw)
		}
	}
	n := float64(b.N * turns * perTurn)
	b.ReportMetric(n/replies.Seconds(), "replies/s")
	b.ReportMetric(n/signs.Seconds(), "signs/s")
	b.ReportMetric(signs.Seconds()/replies.Seconds(), "of-signing")
	b.ReportMetric(signsCPU.Seconds()/repliesCPU.Seconds(), "of-signing-cpu")
}

// perTurn is how often one turn does its work, over two goroutines.
const perTurn = 64

// timed does one turn of f and adds its time and processor time.
func timed(wall, cpu *time.Duration, f func()) {
	var next atomic.Int64
	began, used := time.Now(), processTime()
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
	*wall += time.Since(began)
	*cpu += processTime() - used
}

func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func rawSign(b *testing.B, key *rsa.PrivateKey) {
	if _, err := sign.Sign(key, sign.RSA2, []byte(`{"code":"10000","msg":"Success"}`)); err != nil {
		b.Error(err)
	}
}
