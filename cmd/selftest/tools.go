package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"souk/conformance/chrome"
)

// A tool is something the tests run that Go does not bring, with the Debian packages that bring it.
type tool struct {
	what     string
	packages []string
	ubuntu   []string // the packages' names on Ubuntu, where they differ
	hint     string   // what to do where the package alone does not help
	present  func() bool
}

var tools = []tool{
	{what: "PostgreSQL server", packages: []string{"postgresql"}, present: func() bool { return inPath("postgres") || found("/usr/lib/postgresql/*/bin/initdb") }},
	{what: "Chromium", packages: []string{"chromium"}, ubuntu: []string{"chromium-browser"}, hint: "on Ubuntu its package only points at a snap: snap install chromium, or install google-chrome", present: chromiumRuns},
	{what: "CJK fonts", packages: []string{"fonts-noto-cjk"}, present: hasChineseFont},
	{what: "Node.js and npm (they run other people's SDKs and the TypeScript checker)", packages: []string{"nodejs", "npm"}, present: func() bool { return inPath("node") && inPath("npm") }},
}

// chromiumRuns asks the browser for its version: Ubuntu's package is a script that only asks for a snap.
func chromiumRuns() bool {
	bin, err := chrome.Binary()
	return err == nil && exec.Command(bin, "--version").Run() == nil
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

// A machine is what can be done about missing tools.
type machine struct {
	apt    bool     // packages come by apt-get
	ubuntu bool     // under Ubuntu's names
	may    bool     // this user may install, with the prefix before a command
	prefix []string // such as sudo
	do     func(ctx context.Context, args ...string) error
}

func thisMachine(ctx context.Context) machine {
	m := machine{apt: inPath("apt-get"), do: install}
	release, err := os.ReadFile("/etc/os-release")
	m.ubuntu = err == nil && strings.Contains("\n"+string(release), "\nID=ubuntu\n")
	if os.Geteuid() == 0 {
		m.may = true
	} else if inPath("sudo") && exec.CommandContext(ctx, "sudo", "-n", "true").Run() == nil {
		m.may, m.prefix = true, []string{"sudo", "-n", "DEBIAN_FRONTEND=noninteractive"}
	}
	return m
}

// install runs a package manager where everybody sees what it says.
func install(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	return nil
}

func bringTools(ctx context.Context) error {
	return bring(ctx, thisMachine(ctx), tools)
}

// bring installs what is missing where that can be done by apt, and otherwise says by name what to install.
func bring(ctx context.Context, m machine, wanted []tool) error {
	names, packages, _ := missing(wanted, m.ubuntu)
	if len(names) == 0 {
		return nil
	}
	fmt.Printf("selftest: missing: %s\n", strings.Join(names, "; "))
	if !m.apt {
		return fmt.Errorf("install these and run again (Debian names: %s)", strings.Join(packages, " "))
	}
	if !m.may {
		return fmt.Errorf("run as root, or install by hand: apt-get install %s", strings.Join(packages, " "))
	}
	for _, args := range [][]string{{"apt-get", "update", "-q"}, append([]string{"apt-get", "install", "-q", "-y", "--no-install-recommends"}, packages...)} {
		if err := m.do(ctx, append(slices.Clone(m.prefix), args...)...); err != nil {
			return err
		}
	}
	if names, _, hints := missing(wanted, m.ubuntu); len(names) > 0 {
		return fmt.Errorf("still missing after the installation: %s", strings.Join(append(names, hints...), "; "))
	}
	return nil
}

func missing(wanted []tool, ubuntu bool) (names, packages, hints []string) {
	for _, t := range wanted {
		if t.present() {
			continue
		}
		names = append(names, t.what)
		if t.hint != "" {
			hints = append(hints, t.hint)
		}
		if ubuntu && len(t.ubuntu) > 0 {
			packages = append(packages, t.ubuntu...)
		} else {
			packages = append(packages, t.packages...)
		}
	}
	slices.Sort(packages)
	return names, packages, hints
}
