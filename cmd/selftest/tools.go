package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// A tool is something the tests run that Go does not bring, with the Debian packages that bring it.
type tool struct {
	what     string
	packages []string
	present  func() bool
}

var tools = []tool{
	{"PostgreSQL server", []string{"postgresql"}, func() bool { return inPath("postgres") || found("/usr/lib/postgresql/*/bin/initdb") }},
	{"Chromium", []string{"chromium"}, func() bool { return inPath("chromium") || inPath("chromium-browser") || inPath("google-chrome") }},
	{"CJK fonts", []string{"fonts-noto-cjk"}, hasChineseFont},
	{"Node.js and npm (they run other people's SDKs and the TypeScript checker)", []string{"nodejs", "npm"}, func() bool { return inPath("node") && inPath("npm") }},
}

func inPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

func found(pattern string) bool {
	hits, err := filepath.Glob(pattern)
	return err == nil && len(hits) > 0
}

func hasChineseFont() bool {
	if out, err := exec.Command("fc-list", ":lang=zh", "family").Output(); err == nil {
		return len(strings.TrimSpace(string(out))) > 0
	}
	return found("/usr/share/fonts/opentype/noto/NotoSansCJK*") || found("/System/Library/Fonts/PingFang*")
}

// bringTools installs what is missing where that can be done by apt, and otherwise says by name what to install.
func bringTools(ctx context.Context) error {
	names, packages := missing()
	if len(names) == 0 {
		return nil
	}
	fmt.Printf("selftest: missing: %s\n", strings.Join(names, "; "))
	if !inPath("apt-get") {
		return fmt.Errorf("install these and run again (Debian names: %s)", strings.Join(packages, " "))
	}
	prefix, err := rootPrefix(ctx)
	if err != nil {
		return fmt.Errorf("run as root, or install by hand: apt-get install %s", strings.Join(packages, " "))
	}
	for _, args := range [][]string{{"apt-get", "update", "-q"}, append([]string{"apt-get", "install", "-q", "-y", "--no-install-recommends"}, packages...)} {
		args = append(append([]string{}, prefix...), args...)
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
	}
	if names, _ := missing(); len(names) > 0 {
		return fmt.Errorf("still missing after the installation: %s", strings.Join(names, "; "))
	}
	return nil
}

func missing() (names, packages []string) {
	for _, t := range tools {
		if !t.present() {
			names = append(names, t.what)
			packages = append(packages, t.packages...)
		}
	}
	sort.Strings(packages)
	return names, packages
}

func rootPrefix(ctx context.Context) ([]string, error) {
	if os.Geteuid() == 0 {
		return nil, nil
	}
	if inPath("sudo") && exec.CommandContext(ctx, "sudo", "-n", "true").Run() == nil {
		return []string{"sudo", "-n", "DEBIAN_FRONTEND=noninteractive"}, nil
	}
	return nil, errors.New("not root and no sudo without a password")
}
