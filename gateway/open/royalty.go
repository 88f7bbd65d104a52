package open

import (
	"context"
	"errors"
	"strconv"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/merchant"
	"souk/platform/pay"
)

// royaltyReceiver is a RoyaltyEntity: who may take a part of an app's trades.
type royaltyReceiver struct {
	Type   text `json:"type"` // userId, openId, loginName
	Who    text `json:"account"`
	OpenID text `json:"account_open_id"`
	Name   text `json:"name"`
	Memo   text `json:"memo"`
}

type receiverFields struct {
	Request   text                      `json:"out_request_no"`
	Receivers object[[]royaltyReceiver] `json:"receiver_list"`
}

func (in receiverFields) resolve(ctx context.Context, tx *db.Tx, c *call) ([]pay.Receiver, error) {
	if len(in.Receivers.Value) == 0 {
		return nil, refuse("RECEIVER_LIST_EMPTY", "分账接收方列表为空")
	}
	if len(in.Receivers.Value) > pay.MaxSplitLines {
		return nil, refuse("RECEIVER_LIST_OVERLOAD", "分账接收方列表超过最大限制")
	}
	var out []pay.Receiver
	for _, r := range in.Receivers.Value {
		who := r.Who
		if who == "" {
			who = r.OpenID
		}
		account, err := party(ctx, tx, c.app.ID, string(r.Type), string(who), string(r.Name))
		if errors.Is(err, errNoParty) {
			return nil, refuse("USER_NOT_EXIST", "用户不存在: no receiver of this type, account and name")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, pay.Receiver{Account: account, Name: string(r.Name), Memo: string(r.Memo)})
	}
	return out, nil
}

type resultCode struct {
	Code string `json:"result_code"`
}

// relate binds or unbinds receivers.
func relate(change func(context.Context, *db.Tx, merchant.AppID, []pay.Receiver) error) handler {
	return func(ctx context.Context, c *call) (any, error) {
		var in receiverFields
		if err := first(c.bind(&in), need("out_request_no", in.Request, 64)); err != nil {
			return nil, err
		}
		return c.write(ctx, func(tx *db.Tx) (any, error) {
			list, err := in.resolve(ctx, tx, c)
			if err != nil {
				return nil, err
			}
			return resultCode{"SUCCESS"}, change(ctx, tx, c.appID(), list)
		})
	}
}

// receiverLine is a RoyaltyEntity in an answer.
type receiverLine struct {
	Type   string `json:"type"`
	Who    string `json:"account"`
	OpenID string `json:"account_open_id,omitempty"`
	Name   string `json:"name,omitempty"`
	Memo   string `json:"memo,omitempty"`
}

// royaltyList pages through the bound receivers.
func royaltyList(ctx context.Context, c *call) (any, error) {
	var in struct {
		Page text `json:"page_num"`
		Size text `json:"page_size"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	page, size := whole(in.Page, 1), min(whole(in.Size, 20), 100)
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		all, err := pay.Receivers(ctx, tx, c.appID())
		if err != nil {
			return nil, err
		}
		lines := []receiverLine{}
		for _, r := range all[min((page-1)*size, len(all)):min(page*size, len(all))] {
			user, openID, err := partyName(ctx, tx, c.app.ID, r.Account)
			if err != nil {
				return nil, err
			}
			lines = append(lines, receiverLine{"userId", user, openID, r.Name, r.Memo})
		}
		return struct {
			resultCode
			Lines   []receiverLine `json:"receiver_list"`
			Page    int            `json:"current_page_num"`
			Size    int            `json:"current_page_size"`
			Pages   int            `json:"total_page_num"`
			Records int            `json:"total_record_num"`
		}{resultCode{"SUCCESS"}, lines, page, len(lines), (len(all) + size - 1) / size, len(all)}, nil
	})
}

const maxPageNumber = 10_000

// whole reads a page number or size; what is none of these is the default.
func whole(t text, otherwise int) int {
	n, err := strconv.Atoi(string(t))
	if err != nil || n < 1 || n > maxPageNumber {
		return otherwise
	}
	return n
}

// royaltyRate tells the largest part of a trade that may be split: all of it
// that is left after the fee, which the split itself checks.
func royaltyRate(ctx context.Context, c *call) (any, error) {
	var owner string
	err := c.door.DB.Read(ctx, func(tx *db.Tx) (err error) { owner, err = merchantOf(ctx, tx, c.app.ID); return err })
	return struct {
		Ratio string `json:"max_ratio"`
		User  string `json:"user_id"`
	}{"100", owner}, err
}

// splitLine is one receiver's part in a request.
type splitLine struct {
	Type   text `json:"trans_in_type"`
	Who    text `json:"trans_in"`
	Name   text `json:"trans_in_name"`
	Amount text `json:"amount"`
	Desc   text `json:"desc"`
}

func splitLines(ctx context.Context, tx *db.Tx, c *call, lines []splitLine) ([]pay.SplitLine, error) {
	if len(lines) > pay.MaxSplitLines {
		return nil, invalid("royalty_parameters", "has too many lines")
	}
	var out []pay.SplitLine
	for _, l := range lines {
		fen, err := amount("royalty_parameters.amount", l.Amount)
		if err != nil {
			return nil, err
		}
		if l.Type == "" {
			l.Type = "userId"
		}
		account, err := party(ctx, tx, c.app.ID, string(l.Type), string(l.Who), string(l.Name))
		if errors.Is(err, errNoParty) {
			return nil, refuse("ACQ.ROYALTY_RECEIVER_INVALID", "分账收款方非法: trans_in is unknown")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, pay.SplitLine{Receiver: account, Amount: fen, Memo: string(l.Desc)})
	}
	return out, nil
}

// settle divides a paid trade's money among bound receivers.
func settle(ctx context.Context, c *call) (any, error) {
	var in struct {
		tradeKey
		Request text                `json:"out_request_no"`
		Lines   object[[]splitLine] `json:"royalty_parameters"`
		Extend  object[struct {
			Finish text `json:"royalty_finish"`
		}] `json:"extend_params"`
	}
	if err := first(c.bind(&in), need("out_request_no", in.Request, 64), need("trade_no", in.TradeNo, 64)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		lines, err := splitLines(ctx, tx, c, in.Lines.Value)
		if err != nil {
			return nil, err
		}
		s, err := pay.MakeSplit(ctx, tx, pay.SplitRequest{
			App: c.appID(), No: pay.No(in.TradeNo), OutRequestNo: string(in.Request), Lines: lines, Finish: in.Extend.Value.Finish == "true",
		})
		return struct {
			TradeNo  string `json:"trade_no"`
			SettleNo string `json:"settle_no"`
		}{string(s.Trade), s.SettleNo}, err
	})
}

// settleConfirm lets a trade whose money waits (royalty_freeze) be settled,
// once: what is left of it, no part of that.
func settleConfirm(ctx context.Context, c *call) (any, error) {
	var in struct {
		tradeKey
		Request text `json:"out_request_no"`
		Settle  object[struct {
			Details []struct {
				Amount text `json:"amount"`
			} `json:"settle_detail_infos"`
		}] `json:"settle_info"`
	}
	if err := first(c.bind(&in), need("out_request_no", in.Request, 64), need("trade_no", in.TradeNo, 64)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := in.find(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		left := t.Total - t.Refunded - t.Split
		for _, d := range in.Settle.Value.Details {
			if fen, err := amount("settle_info.amount", d.Amount); err != nil || fen != left || len(in.Settle.Value.Details) != 1 {
				return nil, refuse("ACQ.TRADE_SETTLE_ERROR", "a trade is settled as a whole: "+left.Yuan()+" is left of it")
			}
		}
		s, err := pay.MakeSplit(ctx, tx, pay.SplitRequest{App: c.appID(), No: t.No, OutRequestNo: string(in.Request), Finish: true})
		if err == nil && !s.Repeated && !t.Frozen {
			err = refuse("ACQ.ILLEGAL_SETTLE_STATE", "the trade does not wait to be settled")
		}
		return struct {
			TradeNo string `json:"trade_no"`
			Request string `json:"out_request_no"`
			Amount  string `json:"settle_amount"`
		}{string(t.No), string(in.Request), left.Yuan()}, err
	})
}

// splitDetail is a RoyaltyDetail.
type splitDetail struct {
	Operation string `json:"operation_type"`
	At        string `json:"execute_dt"`
	Type      string `json:"trans_in_type"`
	Who       string `json:"trans_in"`
	OpenID    string `json:"trans_in_open_id,omitempty"`
	Amount    string `json:"amount"`
	State     string `json:"state"`
}

func settleQuery(ctx context.Context, c *call) (any, error) {
	var in struct {
		SettleNo text `json:"settle_no"`
		Request  text `json:"out_request_no"`
		TradeNo  text `json:"trade_no"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if in.SettleNo == "" && (in.Request == "" || in.TradeNo == "") {
		return nil, invalid("settle_no", "or out_request_no with trade_no is needed")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		s, err := pay.FindSplit(ctx, tx, c.appID(), pay.No(in.TradeNo), string(in.Request), string(in.SettleNo))
		if errors.Is(err, pay.ErrNotFound) {
			return nil, refuse("MERCHANT_TRADE_NOT_MATCH", "商户与交易不匹配: this app has no such split")
		}
		if err != nil {
			return nil, err
		}
		details := []splitDetail{}
		for _, l := range s.Lines {
			user, openID, err := partyName(ctx, tx, c.app.ID, l.Receiver)
			if err != nil {
				return nil, err
			}
			details = append(details, splitDetail{"transfer", stamp(s.At), "userId", user, openID, l.Amount.Yuan(), "SUCCESS"})
		}
		return struct {
			Request string        `json:"out_request_no"`
			At      string        `json:"operation_dt"`
			Details []splitDetail `json:"royalty_detail_list"`
		}{s.OutRequestNo, stamp(s.At), details}, nil
	})
}

// onsettle tells what of a trade has not been divided yet.
func onsettle(ctx context.Context, c *call) (any, error) {
	var in tradeKey
	if err := first(c.bind(&in), need("trade_no", in.TradeNo, 64)); err != nil {
		return nil, err
	}
	var left money.Fen
	err := c.door.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := in.find(ctx, tx, c)
		if err == nil && t.PaidAt > 0 {
			left = t.Total - t.Refunded - t.Split
		}
		return err
	})
	return struct {
		Left string `json:"unsettled_amount"`
	}{left.Yuan()}, err
}
