package open

import (
	"archive/zip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
)

// billLife is how long the address of a bill may be opened.
const billLife = 30 * time.Second

// billTicket is what a bill's address says; it is signed, not stored.
type billTicket struct {
	Merchant string   `json:"m"`
	Days     []string `json:"d"` // one day, or the first and last of a month
	Type     string   `json:"t"`
	Until    int64    `json:"u"` // ms
}

// billURL gives the address of a day's or month's bill, good for 30 seconds.
func billURL(ctx context.Context, c *call) (any, error) {
	var in struct {
		Type text `json:"bill_type"`
		Date text `json:"bill_date"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if in.Type != "trade" && in.Type != "signcustomer" {
		return nil, refuse("TYPE_NOT_SUPPORTED", "bill_type must be trade or signcustomer")
	}
	days, err := billDays(string(in.Date), c.door.now())
	if err != nil {
		return nil, err
	}
	ticket := billTicket{Days: []string{string(days[0]), string(days[len(days)-1])}, Type: string(in.Type), Until: c.door.DB.Now() + billLife.Milliseconds()}
	err = c.door.DB.Read(ctx, func(tx *db.Tx) error {
		app, err := merchant.FindApp(ctx, tx, c.appID())
		ticket.Merchant = string(app.Merchant.ID)
		if err != nil {
			return err
		}
		return someBill(ctx, tx, app.Merchant, ticket.Type, days)
	})
	if err != nil {
		return nil, err
	}
	return struct {
		URL string `json:"bill_download_url"`
	}{c.door.Base + billPath + c.door.sealTicket(ticket)}, nil
}

// billDays reads a day or a month that is over.
func billDays(text string, now time.Time) (days []ledger.Day, err error) {
	bad := refuse("INVAILID_ARGUMENTS", "bill_date must be a past day such as 2026-11-22, or a past month such as 2026-11")
	from, err := time.ParseInLocation(time.DateOnly, text, china)
	to := from.AddDate(0, 0, 1)
	if err != nil {
		if from, err = time.ParseInLocation("2006-01", text, china); err != nil {
			return nil, bad
		}
		to = from.AddDate(0, 1, 0)
	}
	if to.After(now) {
		return nil, bad
	}
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		days = append(days, ledger.DayOf(day.UnixMilli()))
	}
	return days, nil
}

var errSome = errors.New("open: there is something in the bill")

// someBill refuses a bill in which nothing stands.
func someBill(ctx context.Context, tx *db.Tx, m merchant.Merchant, kind string, days []ledger.Day) error {
	for _, day := range days {
		err := pay.Bill(ctx, tx, m.ID, day, func(pay.BillLine) error { return errSome })
		if kind == "signcustomer" {
			var found []ledger.Movement
			from, to := day.Span()
			found, err = ledger.Movements(ctx, tx, ledger.Search{Account: m.Settled(), From: from, To: to, Limit: 1})
			if len(found) > 0 {
				return err
			}
		}
		if errors.Is(err, errSome) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return refuse("BILL_NOT_EXIST", "账单不存在: nothing happened then")
}

// billKey seals tickets; it follows from the root's key, so that every
// process has the same, whatever key signs.
func (d *Door) billKey() []byte {
	sum := sha256.Sum256(append([]byte("bill:"), x509.MarshalPKCS1PrivateKey(d.own.Root.Key)...))
	return sum[:]
}

func (d *Door) sealTicket(t billTicket) string {
	text, err := json.Marshal(t)
	if err != nil {
		panic("open: a ticket that JSON cannot write: " + err.Error())
	}
	mac := hmac.New(sha256.New, d.billKey())
	mac.Write(text)
	return base64.RawURLEncoding.EncodeToString(text) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (d *Door) openTicket(sealed string) (t billTicket, ok bool) {
	body, tag, _ := strings.Cut(sealed, ".")
	text, err := base64.RawURLEncoding.DecodeString(body)
	given, err2 := base64.RawURLEncoding.DecodeString(tag)
	mac := hmac.New(sha256.New, d.billKey())
	mac.Write(text)
	if err != nil || err2 != nil || !hmac.Equal(given, mac.Sum(nil)) || json.Unmarshal(text, &t) != nil || len(t.Days) != 2 {
		return t, false
	}
	return t, d.DB.Now() <= t.Until
}

// serveBill streams the zip: one CSV of lines, in GBK as Alipay's bills are.
func (d *Door) serveBill(w http.ResponseWriter, r *http.Request) {
	ticket, ok := d.openTicket(r.PathValue("ticket"))
	if !ok {
		writeNotice(w, http.StatusNotFound, "BILL_NOT_EXIST", "this address is unknown or older than 30 seconds; ask for a new one")
		return
	}
	name := fmt.Sprintf("%s_%s", ticket.Merchant, strings.ReplaceAll(ticket.Days[0], "-", ""))
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv.zip"`)
	w.Header().Set("Cache-Control", "no-store")
	err := d.DB.Read(r.Context(), func(tx *db.Tx) error { return d.writeBill(r.Context(), tx, w, ticket, name) })
	if err != nil { // the headers are gone: a broken zip is what is left to say
		d.Log.Error("bill", "merchant", ticket.Merchant, "error", err)
		panic(http.ErrAbortHandler)
	}
}

func (d *Door) writeBill(ctx context.Context, tx *db.Tx, w io.Writer, ticket billTicket, name string) error {
	m, err := merchant.Find(ctx, tx, merchant.ID(ticket.Merchant))
	if err != nil {
		return err
	}
	days, err := span(ticket.Days)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	file, err := z.Create(name + "_" + ticket.Type + ".csv")
	if err != nil {
		return err
	}
	csv := encoding.ReplaceUnsupported(simplifiedchinese.GBK.NewEncoder()).Writer(file)
	write := tradeBill
	if ticket.Type == "signcustomer" {
		write = accountBill
	}
	fmt.Fprintf(csv, "#账号：[%s]\r\n#起始日期：[%s]   终止日期：[%s]\r\n", m.ID, ticket.Days[0], ticket.Days[1])
	if err := write(ctx, tx, csv, m, days); err != nil {
		return err
	}
	fmt.Fprintf(csv, "#导出时间：[%s]\r\n", d.now().Format(dateTime))
	return z.Close()
}

func span(ends []string) ([]ledger.Day, error) {
	first, err := ledger.ParseDay(ends[0])
	if err != nil {
		return nil, err
	}
	last, err := ledger.ParseDay(ends[1])
	if err != nil {
		return nil, err
	}
	var days []ledger.Day
	for day := first; day <= last && len(days) < 31; {
		days = append(days, day)
		_, next := day.Span()
		day = ledger.DayOf(next)
	}
	return days, nil
}

// cell keeps a value from breaking its column, or from being run by a
// spreadsheet.
func cell(text string) string {
	text = strings.NewReplacer(",", "，", "\r", " ", "\n", " ", `"`, "”").Replace(text)
	if text != "" && strings.ContainsRune("=+-@\t", rune(text[0])) {
		return "'" + text
	}
	return text
}

const tradeHead = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,退款批次号/请求号,服务费（元）,备注\r\n"

// tradeBill writes every payment and refund of the days, then their sums.
func tradeBill(ctx context.Context, tx *db.Tx, w io.Writer, m merchant.Merchant, days []ledger.Day) error {
	var paid, refunded money.Fen
	var payments, refunds int
	io.WriteString(w, "#-----------------------------------------业务明细列表----------------------------------------\r\n"+tradeHead)
	for _, day := range days {
		err := pay.Bill(ctx, tx, m.ID, day, func(l pay.BillLine) error {
			kind, sign := "交易", money.Fen(1)
			if l.OutRequestNo != "" {
				kind, sign = "退款", -1
				refunds, refunded = refunds+1, refunded+l.Amount
			} else {
				payments, paid = payments+1, paid+l.Amount
			}
			_, err := fmt.Fprintf(w, "%s\t,%s\t,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\r\n", l.Trade.No, cell(l.Trade.OutTradeNo), kind, cell(l.Trade.Subject),
				stamp(l.Trade.MadeAt), stamp(l.At), (sign * l.Amount).Yuan(), (sign * l.Amount).Yuan(), l.Trade.PaidBy(pay.ByPlatform).Yuan(),
				l.Trade.PaidBy(pay.ByMerchant).Yuan(), cell(l.OutRequestNo), l.FeeBack.Yuan(), cell(l.Trade.Body))
			return err
		})
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "#-----------------------------------------业务明细列表结束------------------------------------\r\n#交易合计：%d笔，共%s元\r\n#退款合计：%d笔，共-%s元\r\n",
		payments, paid.Yuan(), refunds, refunded.Yuan())
	return err
}

const accountHead = "账务流水号,业务流水号,业务类型,商品名称,发生时间,收入金额（+元）,支出金额（-元）,账户余额（元）\r\n"

// accountBill writes every movement of the merchant's own money, newest first.
func accountBill(ctx context.Context, tx *db.Tx, w io.Writer, m merchant.Merchant, days []ledger.Day) error {
	io.WriteString(w, "#-----------------------------------------账务明细列表----------------------------------------\r\n"+accountHead)
	from, _ := days[0].Span()
	_, to := days[len(days)-1].Span()
	err := eachMovement(ctx, tx, m.Settled(), from, to, func(v ledger.Movement, balance money.Fen) error {
		in, out := money.Fen(v.Amount).Yuan(), ""
		if v.Amount < 0 {
			in, out = "", money.Fen(v.Amount).Yuan()
		}
		_, err := fmt.Fprintf(w, "%s\t,%s\t,%s,%s,%s,%s,%s,%s\r\n", cell(string(v.Entry)), cell(v.Ref), cell(v.Kind), cell(v.Title), stamp(v.At), in, out, balance.Yuan())
		return err
	})
	if err == nil {
		_, err = io.WriteString(w, "#-----------------------------------------账务明细列表结束------------------------------------\r\n")
	}
	return err
}

// eachMovement walks an account's movements from to (ms, exclusive) back to
// from, with the balance after each.
func eachMovement(ctx context.Context, tx *db.Tx, account ledger.AccountID, from, to int64, f func(ledger.Movement, money.Fen) error) error {
	balance, err := ledger.BalanceAt(ctx, tx, account, to)
	if err != nil {
		return err
	}
	search := ledger.Search{Account: account, From: from, To: to, Limit: ledger.MaxPage}
	for {
		page, err := ledger.Movements(ctx, tx, search)
		if err != nil {
			return err
		}
		for _, v := range page {
			if err := f(v, money.Fen(balance)); err != nil {
				return err
			}
			balance -= v.Amount
		}
		if len(page) < ledger.MaxPage {
			return nil
		}
		search.After = page[len(page)-1].Cursor()
	}
}
