package main

import (
	"net"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
