// Command souk is the one binary: a host for mini-programs, the services behind them, and the tools of their developers.
// A file here is a subcommand; each only reads flags, opens what it needs and calls a room. Rules live in the rooms.
// house.go puts rooms and doors together. Start reading in demo.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the release build (-ldflags "-X main.version=…").
var version = "0.1.0-dev"

type commands struct {
	Demo    demoCmd    `cmd:"" help:"Run the host with showcases, demo people and money, and print the address to open."`
	Serve   serveCmd   `cmd:"" help:"Run the host as a service, without showcases and demo people."`
	Dev     devCmd     `cmd:"" help:"Open a mini-program's folder in the browser, with live reload and errors on the page."`
	Check   checkCmd   `cmd:"" help:"Say what is wrong with a mini-program and what it needs of the platform."`
	Test    testCmd    `cmd:"" help:"Open every page of a mini-program and run its own tests, without a browser; for CI."`
	Build   buildCmd   `cmd:"" help:"Compile a mini-program into a bundle."`
	Compat  compatCmd  `cmd:"" help:"Print what Souk supports of the platform."`
	App     appCmd     `cmd:"" help:"Apps of the open API: make one with its keys."`
	Key     keyCmd     `cmd:"" help:"The platform's own signing key: show it, replace it."`
	Person  personCmd  `cmd:"" help:"People: list them, add one."`
	Notice  noticeCmd  `cmd:"" help:"Message templates of an app: make one, list them."`
	Staff   staffCmd   `cmd:"" help:"Who may sign in at the console: make a key."`
	Pay     payCmd     `cmd:"" help:"Pay a trade as somebody would; for demo and developer mode only."`
	Verify  verifyCmd  `cmd:"" help:"Recompute every balance from its postings and say whether the books are right."`
	Backup  backupCmd  `cmd:"" help:"Copy the database into a file while the host runs, and verify the copy."`
	Restore restoreCmd `cmd:"" help:"Put a backup where there is no database, after verifying it."`
	Bench   benchCmd   `cmd:"" help:"Measure this machine and how much of it Souk uses."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("souk", version)
	return nil
}

// errSilent ends a command with exit code 1 after it has said itself what is wrong.
var errSilent = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cli commands
	parsed, err := kong.Must(&cli,
		kong.Name("souk"),
		kong.Description("A self-hosted mini-program platform: runs Alipay mini-programs in any browser, with the services behind them."),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	).Parse(os.Args[1:])
	if err == nil {
		err = parsed.Run()
	}
	if err == nil {
		return
	}
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		showUsage(wrong.Context)
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "souk:", text)
	}
	os.Exit(1)
}

// showUsage prints, for a command line that cannot be understood, how the command that it began with is used.
func showUsage(at *kong.Context) {
	at.Stdout = os.Stderr
	_ = at.PrintUsage(len(os.Args) > 1) // without any argument with the list of commands, else in a line
	fmt.Fprintln(os.Stderr)
}
