// Command selftest runs every check of Souk on this machine: formatting, vet, the rules of the house, unit tests on both
// database engines, the real binary, the screens in a real Chromium and the TypeScript types. What it needs and does not
// find (PostgreSQL, Chromium, CJK fonts, Node for other people's SDKs) it installs on Debian and Ubuntu, and names elsewhere.
// Nothing is skipped for a missing tool. It never changes the sources. Start reading at main; tools.go brings the tools, steps.go runs the checks.
//
//	go run ./cmd/selftest               everything
//	go run ./cmd/selftest --only go     the steps whose name contains "go"
//	go run ./cmd/selftest --only tools  brings the tools and stops
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	only := flag.String("only", "", "run only the steps whose name contains this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, *only))
}

// run brings the tools, runs the steps in order and goes on after a failure, so that one run shows all that is wrong.
func run(ctx context.Context, only string) int {
	if _, err := os.Stat("go.mod"); err != nil {
		fmt.Fprintln(os.Stderr, "selftest: run this from the root of the checkout (where go.mod is)")
		return 1
	}
	passed, failed := 0, []string{}
	for _, s := range steps {
		if !s.first && !strings.Contains(s.name, only) || ctx.Err() != nil {
			continue
		}
		fmt.Printf("== %s\n", s.name)
		start := time.Now()
		if err := s.run(ctx); err != nil {
			fmt.Printf("-- %s FAILED after %.0f s: %v\n", s.name, time.Since(start).Seconds(), err)
			failed = append(failed, s.name)
			if s.first {
				break
			}
			continue
		}
		fmt.Printf("-- %s passed in %.0f s\n", s.name, time.Since(start).Seconds())
		passed++
	}
	for _, name := range failed {
		fmt.Println("failed:", name)
	}
	fmt.Printf("%d passed, %d failed\n", passed, len(failed))
	if len(failed) > 0 || passed == 0 || ctx.Err() != nil {
		return 1
	}
	return 0
}
