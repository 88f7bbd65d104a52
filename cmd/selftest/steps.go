package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// npmCache holds other people's packages; it is ignored by git.
const npmCache = ".cache/npm"

// npmPackages are what the tests run against, at the versions they were written for.
var npmPackages = []string{
	"typescript@7.0.2",
	"mini-ali-ui@1.4.1",
	"antd-mini@2.36.9",
	"alipay-sdk@4.14.0",
	"@mini-types/my@3.0.14",
	"@mini-types/global@3.0.14",
	"@mini-types/alipay@3.0.14",
}

// goTestTimeout is for one package; browser packages are the slow ones.
const goTestTimeout = "25m"

type step struct {
	name  string
	run   func(context.Context) error
	first bool // runs whatever is asked for, and nothing runs without it
}

var steps = []step{
	{"tools", bringTools, true},
	{"npm packages", fetchPackages, false},
	{"go formatting", checkFormatting, false},
	{"go vet", command("go", "vet", "./..."), false},
	{"go build", command("go", "build", "./..."), false},
	{"typescript types", checkTypes, false},
	{"go test", testPackages(func(path string) bool { return !drawsScreens(path) }, "-p", "2"), false},
	{"screens in Chromium", testPackages(drawsScreens, "-p", "1"), false},
}

func command(name string, args ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		return cmd.Run()
	}
}

// drawsScreens tells the packages whose tests drive browsers: they are run one after the other, since two browsers on two cores
// starve each other.
func drawsScreens(path string) bool {
	return strings.HasPrefix(path, "souk/conformance/") || path == "souk/console"
}

// testPackages runs the tests of the packages that want says, and fails when there are none.
func testPackages(want func(path string) bool, flags ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		out, err := exec.CommandContext(ctx, "go", "list", "./...").Output()
		if err != nil {
			return fmt.Errorf("go list: %w", err)
		}
		args := append([]string{"test", "-count=1", "-timeout", goTestTimeout}, flags...)
		before := len(args)
		for _, path := range strings.Fields(string(out)) {
			if want(path) {
				args = append(args, path)
			}
		}
		if len(args) == before {
			return errors.New("no packages to test")
		}
		return command("go", args...)(ctx)
	}
}

// fetchPackages installs the npm packages where they are not there yet. Their install scripts are not run.
func fetchPackages(ctx context.Context) error {
	if err := os.MkdirAll(npmCache, 0o755); err != nil {
		return err
	}
	manifest := filepath.Join(npmCache, "package.json")
	if _, err := os.Stat(manifest); errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(manifest, []byte(`{"private": true}`+"\n"), 0o644); err != nil {
			return err
		}
	}
	args := []string{"install", "--prefix", npmCache, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"}
	return command("npm", append(args, npmPackages...)...)(ctx)
}

func checkFormatting(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "gofmt", "-l", ".").Output()
	if err != nil {
		return err
	}
	var wrong []string
	for _, name := range strings.Fields(string(out)) {
		if !strings.HasPrefix(name, ".cache") {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("not formatted (run gofmt -w): %s", strings.Join(wrong, " "))
	}
	return nil
}

func checkTypes(ctx context.Context) error {
	tsc := filepath.Join(npmCache, "node_modules", ".bin", "tsc")
	for _, project := range []string{"browser/tsconfig.json", "console/tsconfig.json"} {
		if err := command(tsc, "--noEmit", "-p", project)(ctx); err != nil {
			return err
		}
	}
	return nil
}
