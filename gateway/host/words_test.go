package host_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// speakers are the rooms whose refusals a person may read in the shell.
var speakers = []string{"gateway/host", "platform/identity", "platform/passkey", "platform/wallet", "platform/hold", "platform/agreement", "platform/merge",
	"platform/pay", "platform/ledger", "platform/messenger", "platform/merchant", "platform/cardpack", "platform/notice", "kit/db", "kit/money"}

// unheard are refusals that never reach a person in the shell, by whom they are for instead.
var unheard = map[string]string{
	"ADDRESS_UNKNOWN": "our own code", "BODY_INVALID": "our own code", "NOT_FROM_SHELL": "our own code", "ADDRESS_INVALID": "our own code",
	"ENTRY_INVALID": "our own code", "ENTRY_NOT_FOUND": "our own code", "ENTRY_REVERSED": "our own code", "ACCOUNT_MISMATCH": "our own code", "HOLD_ENDED": "our own code",
	"HOLD_EXCEEDED": "our own code", "HOLD_MISMATCH": "our own code", "HOLD_NOT_FOUND": "our own code", "NO_ROWS": "our own code", "DAY_NOT_CLOSED": "reports",
	"DB_BACKUP": "the command line", "DB_HISTORY": "the command line", "DB_MIGRATION": "the command line", "DB_NEWER": "the command line", "DB_OPEN": "the command line", "DB_URL": "the command line",
	"HOST_INVALID": "the command line", "CLOUD_INVALID": "the command line", "CLOUD_UNKNOWN": "the program", "MERCHANT_INVALID": "the console", "DAY_NOT_OVER": "the console",
	"AUTH_CODE_INVALID": "the open API", "AUTH_TOKEN_INVALID": "the open API", "AUTH_OPERATION_NOT_EXIST": "the open API", "ILLEGAL_ARGUMENT": "the open API",
	"CYCLE_PAY_DATE_NOT_MATCH": "the open API", "CYCLE_PAY_SINGLE_FEE_EXCEED": "the open API", "CYCLE_PAY_TOTAL_FEE_EXCEED": "the open API", "CYCLE_PAY_TOTAL_TIMES_EXCEED": "the open API",
	"ILLEGAL_EXECUTION_TIME": "the open API", "ALLOC_AMOUNT_VALIDATE_ERROR": "the open API", "ORDER_NOT_EXIST": "the open API", "PAYER_BALANCE_NOT_ENOUGH": "the open API",
	"PAYMENT_INFO_INCONSISTENCY": "the open API", "REASON_TRADE_REFUND_FEE_ERR": "the open API", "RELATION_QUANTITY_LIMIT": "the open API", "ROYALTY_RECEIVER_INVALID": "the open API",
	"SELLER_BALANCE_NOT_ENOUGH": "the open API", "PASS_INVALID": "the open API", "PASS_CONTENT_DIFFERS": "the open API", "PASS_TOO_MANY": "the open API", "PASS_USED": "the open API",
	"PASS_EXPIRED": "the open API", "PASS_EARLY": "the open API", "PASS_VOID": "the open API", "PASS_IS_CARD": "the open API", "PASS_TEMPLATE_NOT_FOUND": "the open API",
	"PASS_TEMPLATE_INVALID":   "the open API",
	"NOTICE_TEMPLATE_UNKNOWN": "the program", "NOTICE_INVALID": "the program", "NOTICE_KINDS_MIXED": "the program", "NOTICE_TOO_MANY": "the program",
	"NOTICE_NOT_SUBSCRIBED": "the open API", "NOTICE_CONTENT_DIFFERS": "the open API", "NOTICE_KEYWORD_MISSING": "the open API", "NOTICE_KEYWORD_LENGTH": "the open API", "NOTICE_PAGE": "the open API",
}

func TestEveryRefusalThatAPersonMayReadIsThereInChinese(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "..", "browser", "shell", "refusals.ts"))
	if err != nil {
		t.Fatal(err)
	}
	chinese := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z_]+): '[^']*\p{Han}[^']*',$`).FindAllStringSubmatch(string(table), -1) {
		chinese[m[1]] = true
	}
	said := map[string]string{}
	for _, room := range speakers {
		for code := range refusalsOf(t, room) {
			said[code] = room
			if _, ok := unheard[code]; !chinese[code] && !ok {
				t.Errorf("%s refuses with %s, which browser/shell/refusals.ts does not say in Chinese", room, code)
			}
		}
	}
	if len(said) < 80 {
		t.Errorf("only %d refusals were found: the test looks in the wrong place", len(said))
	}
	for code := range unheard {
		if said[code] == "" {
			t.Errorf("nobody refuses with %s any more", code)
		}
	}
}

// refusalsOf reads the codes that a room's code gives to fault.New.
func refusalsOf(t *testing.T, room string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(room), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", room, err)
	}
	codes := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 3 {
				return true
			}
			made, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || made.Sel.Name != "New" {
				return true
			}
			code, literal := call.Args[1].(*ast.BasicLit)
			if pkg, ok := made.X.(*ast.Ident); ok && literal && pkg.Name == "fault" {
				text, _ := strconv.Unquote(code.Value)
				codes[text] = true
			}
			return true
		})
	}
	return codes
}
