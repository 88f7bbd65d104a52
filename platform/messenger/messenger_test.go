package messenger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/messenger"
)

var ctx = context.Background()

// proveAPort is what every Port promises; received reads what reached a phone, oldest first.
func proveAPort(t *testing.T, p messenger.Port, received func(phone string) []messenger.Message) {
	t.Helper()
	for what, m := range map[string]messenger.Message{
		"nobody": {Text: "x"}, "letters": {To: "12a45", Text: "x"}, "too long a number": {To: "1234567890123456", Text: "x"},
		"nothing": {To: "8613800000001"}, "too much": {To: "8613800000001", Text: strings.Repeat("长", 201)},
	} {
		if err := p.Send(ctx, m); !errors.Is(err, messenger.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if err := p.Send(ctx, messenger.Message{To: "8613800000001", Text: fmt.Sprintf("line one\nline \"two\" 验证码 %d", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := p.Send(ctx, messenger.Message{To: "8613800000002", Text: "for another"}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range received("8613800000001") {
		if m.At == 0 || m.To != "8613800000001" {
			t.Errorf("message %+v", m)
		}
		seen[m.Text] = true
	}
	if len(seen) != 16 {
		t.Errorf("%d of 16 messages arrived whole", len(seen))
	}
	if other := received("8613800000002"); len(other) != 1 || other[0].Text != "for another" {
		t.Errorf("the other phone has %+v", other)
	}
}

func TestTheSimulatedNetworkDeliversEveryMessageToItsPhoneOnly(t *testing.T) {
	dbtest.Each(t, []db.Schema{messenger.Schema}, func(t *testing.T, d *db.DB) {
		proveAPort(t, messenger.Inbox{DB: d}, func(phone string) (list []messenger.Message) {
			if err := d.Read(ctx, func(tx *db.Tx) (err error) { list, err = messenger.Latest(ctx, tx, phone, 20); return err }); err != nil {
				t.Fatal(err)
			}
			return list
		})
	})
}

func TestTheJournalHasALineOfJSONForEveryMessage(t *testing.T) {
	var out bytes.Buffer
	j := &messenger.Journal{Out: &out, Now: func() int64 { return 7 }}
	proveAPort(t, j, func(phone string) (list []messenger.Message) {
		for line := range strings.Lines(out.String()) {
			var m messenger.Message
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if m.To == phone {
				list = append(list, m)
			}
		}
		return list
	})
}
