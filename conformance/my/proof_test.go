package my_test

import (
	"bufio"
	_ "embed"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"souk/compiler/compat"
)

// proofText says for each function that real programs use where it is proven: must (ten and more of 75 programs) and should (three to nine).
//
//go:embed proof.txt
var proofText string

// proof is one function, what is promised of it, and the test that proves it.
type proof struct {
	Name, Status, Test string
	Weight             string // must or should
}

func proofs(t *testing.T) []proof {
	t.Helper()
	var all []proof
	weight := ""
	lines := bufio.NewScanner(strings.NewReader(proofText))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			weight = heading
			continue
		}
		f := strings.Fields(line)
		if len(f) != 3 {
			t.Fatalf("proof.txt cannot be read: %q", line)
		}
		all = append(all, proof{Name: f[0], Status: f[1], Test: f[2], Weight: weight})
	}
	return all
}

// sources are the tests of the folders that speak with my, by the tests' names, each with what its file says before the first one.
func sources(t *testing.T) map[string]string {
	t.Helper()
	tests := map[string]string{}
	start := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, pattern := range []string{"*_test.go", "../shell/*_test.go", "../runtime/*_test.go", "../programs/*_test.go", "../../browser/headless/*_test.go", "../../compiler/compat/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			at := start.FindAllSubmatchIndex(text, -1)
			for i, m := range at {
				end := len(text)
				if i+1 < len(at) {
					end = at[i+1][0]
				}
				tests[string(text[m[2]:m[3]])] = string(text[:at[0][0]]) + string(text[m[0]:end])
			}
		}
	}
	cases, err := filepath.Glob("../runtime/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tests[filepath.Base(name)] = string(text)
	}
	return tests
}

func TestEveryFunctionThatProgramsUseIsProvenWhereTheTableSays(t *testing.T) {
	tests, seen, count := sources(t), map[string]bool{}, map[string]int{}
	for _, p := range proofs(t) {
		if seen[p.Name] {
			t.Errorf("%s stands twice", p.Name)
		}
		seen[p.Name] = true
		count[p.Weight]++
		e, ok := compat.Find(compat.API, p.Name)
		if want := map[compat.Status]string{compat.Supported: "supported", compat.Partial: "partial", compat.Missing: "refused"}[e.Status]; !ok || want != p.Status {
			t.Errorf("my.%s: proof.txt says %s, compiler/compat says %s", p.Name, p.Status, e.Status)
		}
		source, ok := tests[p.Test]
		if !ok {
			t.Errorf("my.%s: there is no test %s", p.Name, p.Test)
			continue
		}
		if last := p.Name[strings.LastIndex(p.Name, ".")+1:]; !regexp.MustCompile(`\b` + last + `\b`).MatchString(source) {
			t.Errorf("my.%s: %s does not speak of it", p.Name, p.Test)
		}
	}
	if count["must"] != 39 || count["should"] < 98 {
		t.Errorf("%d must and %d should: programs use 39 and 98 functions that much", count["must"], count["should"])
	}
}
