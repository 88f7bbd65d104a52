package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"souk/gateway/open"
	"souk/kit/sign"
)

// The tests run this very binary: the test program calls main when it is started as "souk".
func TestMain(m *testing.M) {
	if os.Getenv("SOUK_TEST_AS") == "souk" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"souk": main})
}

// Each file under testdata/script is a session at the command line: what a newcomer types, and what must be seen.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("SOUK_DB", "")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"occupy":     occupy,
			"unreadable": unreadable,
			"start":      start,
			"keypair":    keypair,
			"order":      order,
			"setkey":     setKey,
		},
	})
}

// occupy NAME takes a free port on 127.0.0.1 until the script ends and puts its address into $NAME.
func occupy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: occupy NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// unreadable PATH makes a plain file stand where a folder is expected: it refuses root as well, as permissions do not.
func unreadable(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: unreadable PATH")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("not a folder"), 0o400))
}

var openAt = regexp.MustCompile(`Souk is open at (https?://\S+)`)

// start NAME args… runs souk with args until the script ends, and puts the address it prints into $NAME.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME command…")
	}
	self, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(self, args[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "SOUK_TEST_AS=souk", "SOUK_DB=")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Kill(); cmd.Wait() })
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := openAt.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		close(address)
	}()
	select {
	case a, ok := <-address:
		if !ok {
			ts.Fatalf("souk %s ended before it was open", args[1])
		}
		ts.Setenv(args[0], a)
	case <-time.After(time.Minute):
		ts.Fatalf("souk %s did not open", args[1])
	}
}

// keypair PRIVATE PUBLIC writes a fresh RSA key pair, as a merchant's tool would.
func keypair(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keypair PRIVATE PUBLIC")
	}
	key, err := sign.NewKey()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(sign.PrivateText(key)), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(sign.PublicText(&key.PublicKey)), 0o600))
}

// setKey NAME FILE puts what stands in the file into $NAME.
func setKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: setkey NAME FILE")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
}

// order NAME CARD PRIVATE AMOUNT has a merchant's server create a trade through the gateway of the card, and puts
// its number into $NAME.
func order(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: order NAME CARD PRIVATE AMOUNT")
	}
	var card open.AppCard
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &card))
	key, err := sign.ParsePrivateKey(ts.ReadFile(args[2]))
	ts.Check(err)
	biz, err := json.Marshal(map[string]string{"out_trade_no": "order-" + strings.ReplaceAll(args[3], ".", "-"), "total_amount": args[3], "subject": "From a script", "product_code": "JSAPI_PAY"})
	ts.Check(err)
	params := map[string]string{"app_id": card.AppID, "method": "alipay.trade.create", "charset": "utf-8", "sign_type": "RSA2", "version": "1.0",
		"timestamp": time.Now().UTC().Add(8 * time.Hour).Format(time.DateTime), "biz_content": string(biz)}
	params["sign"], err = sign.Sign(key, sign.RSA2, sign.V2String(params, sign.DropEmpty))
	ts.Check(err)
	form := url.Values{}
	for name, value := range params {
		form.Set(name, value)
	}
	answer, err := http.PostForm(card.Gateway, form)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	var out struct {
		Node struct {
			TradeNo string `json:"trade_no"`
		} `json:"alipay_trade_create_response"`
	}
	if err := json.Unmarshal(text, &out); err != nil || out.Node.TradeNo == "" {
		ts.Fatalf("the gateway answered %s", text)
	}
	ts.Setenv(args[0], out.Node.TradeNo)
}
