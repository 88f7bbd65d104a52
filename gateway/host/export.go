package host

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/ledger"
)

// Limits of an export.
const (
	maxExport   = 10_000
	exportBatch = ledger.MaxPage
)

var errExport = fault.New(fault.Invalid, "EXPORT_TOO_LONG", "these are more than 10000 bills; choose fewer days")

var china = time.FixedZone("CST", 8*60*60)

// exported are the columns, in English and in Chinese.
var exported = map[bool][]string{
	false: {"time", "kind", "title", "counterparty", "amount (CNY)", "refunded (CNY)", "trade number", "order number", "bill"},
	true:  {"时间", "类型", "说明", "交易对方", "金额（元）", "已退款（元）", "交易号", "商户订单号", "账单号"},
}

var kindsZh = map[string]string{"payment": "付款", "refund": "退款", "topup": "充值", "withdraw": "提现", "transfer": "转账"}

// export answers the bills that bills would, all of them, as a table for spreadsheets: UTF-8 with its mark, times in China. ?lang=zh-Hans.
func (d door) export(w http.ResponseWriter, r *http.Request) {
	chinese := strings.HasPrefix(r.URL.Query().Get("lang"), "zh")
	var rows [][]string
	err := fromShell(r)
	if err == nil {
		err = d.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			rows, err = exportRows(r.Context(), tx, r, chinese)
			return err
		})
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	table := csv.NewWriter(&out)
	table.UseCRLF = true
	table.WriteAll(rows) // into memory: no error
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="souk-bills.csv"`)
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	w.Write(out.Bytes())
}

func exportRows(ctx context.Context, tx *db.Tx, r *http.Request, chinese bool) ([][]string, error) {
	person, err := identity.Session(ctx, tx, token(r))
	if err != nil {
		return nil, err
	}
	search, err := billSearch(r.URL.Query())
	if err != nil {
		return nil, err
	}
	rows := [][]string{exported[chinese]}
	for {
		page, next, err := billPage(ctx, tx, person, search, exportBatch)
		if err != nil {
			return nil, err
		}
		for _, b := range page {
			rows = append(rows, b.row(chinese))
		}
		if len(rows) > maxExport+1 {
			return nil, errExport
		}
		if next == "" {
			return rows, nil
		}
		if search.After, err = decodeCursor(next); err != nil {
			return nil, err
		}
	}
}

func (b billOut) row(chinese bool) []string {
	kind, other := b.Kind, b.Counterparty
	if chinese && kindsZh[kind] != "" {
		kind = kindsZh[kind]
	}
	if chinese && b.CounterZh != "" {
		other = b.CounterZh
	}
	at := time.UnixMilli(b.At).In(china).Format(time.DateTime)
	// Numbers of trades have 28 digits, which a spreadsheet would round: a tab keeps them text.
	return []string{at, kind, cell(b.Title), cell(other), b.Amount, b.Refunded, digits(b.TradeNo), digits(b.OutTradeNo), b.ID}
}

func digits(number string) string {
	if number == "" {
		return ""
	}
	return "\t" + number
}

// cell keeps a spreadsheet from running what somebody else wrote as a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
