package open

import (
	"context"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// Bounds of one look into the account log.
const (
	maxLogSpan = 31 * 24 * time.Hour
	maxLogPage = 2000
	maxLogRows = 20_000
)

// logItem is an AccountLogItemResult.
type logItem struct {
	ID        string `json:"account_log_id"`
	Order     string `json:"alipay_order_no"`
	Direction string `json:"direction"`
	Amount    string `json:"trans_amount"`
	Balance   string `json:"balance"`
	At        string `json:"trans_dt"`
	Memo      string `json:"trans_memo"`
	Type      string `json:"type"`
}

var errEnough = errors.New("open: the page is full")

// accountLog pages through what moved in the merchant's own money.
func accountLog(ctx context.Context, c *call) (any, error) {
	var in struct {
		Start text `json:"start_time"`
		End   text `json:"end_time"`
		Order text `json:"alipay_order_no"`
		Page  text `json:"page_no"`
		Size  text `json:"page_size"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	from, err1 := time.ParseInLocation(dateTime, string(in.Start), china)
	to, err2 := time.ParseInLocation(dateTime, string(in.End), china)
	if err1 != nil || err2 != nil || !to.After(from) || to.Sub(from) > maxLogSpan {
		return nil, refuse("ILLEGAL_ARGUMENT", "start_time and end_time must look like 2006-01-02 15:04:05 and be at most 31 days apart")
	}
	page, size := whole(in.Page, 1), min(whole(in.Size, maxLogPage), maxLogPage)
	items, total := []logItem{}, 0
	err := c.door.DB.Read(ctx, func(tx *db.Tx) error {
		items, total = items[:0], 0
		app, err := merchant.FindApp(ctx, tx, c.appID())
		if err != nil {
			return err
		}
		err = eachMovement(ctx, tx, app.Merchant.Settled(), from.UnixMilli(), to.UnixMilli(), func(v ledger.Movement, balance money.Fen) error {
			if in.Order != "" && v.Ref != string(in.Order) {
				return nil
			}
			if total++; total > maxLogRows {
				return errEnough
			}
			if total > (page-1)*size && len(items) < size {
				items = append(items, describeMovement(v, balance))
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			return refuse("ILLEGAL_ARGUMENT", "more than 20000 movements: ask for a shorter time")
		}
		return err
	})
	return struct {
		Items []logItem `json:"detail_list"`
		Page  int       `json:"page_no"`
		Size  int       `json:"page_size"`
		Total int       `json:"total_size"`
	}{items, page, size, total}, err
}

func describeMovement(v ledger.Movement, balance money.Fen) logItem {
	direction, fen := "收入", money.Fen(v.Amount)
	if fen < 0 {
		direction, fen = "支出", -fen
	}
	return logItem{string(v.Entry), v.Ref, direction, fen.Yuan(), balance.Yuan(), stamp(v.At), v.Title, v.Kind}
}
