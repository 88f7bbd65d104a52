package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"golang.org/x/tools/txtar"
)

// snapshots are the trees that a test file's pages had when somebody looked at them: tests/x.test.js has tests/x.snap, a
// txtar archive with an entry a snapshot, each line indented by two spaces so that no line of a page looks like an entry.
type snapshots struct {
	file    string
	order   []string
	text    map[string]string
	seen    map[string]bool
	changed int
}

func readSnapshots(fsys fs.FS, test string) (*snapshots, error) {
	s := &snapshots{file: test[:strings.LastIndex(test, ".test.")] + ".snap", text: map[string]string{}, seen: map[string]bool{}}
	data, err := fs.ReadFile(fsys, s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range txtar.Parse(data).Files {
		s.order = append(s.order, f.Name)
		s.text[f.Name] = string(f.Data)
	}
	return s, nil
}

// compare is an error when the tree is not the snapshot; with update it becomes the snapshot.
func (s *snapshots) compare(name, tree string, update bool) error {
	name = strings.Join(strings.Fields(name), " ")
	have := indent(tree)
	want, known := s.text[name]
	s.seen[name] = true
	if have == want && known {
		return nil
	}
	if update {
		if !known {
			s.order = append(s.order, name)
		}
		s.text[name] = have
		s.changed++
		return nil
	}
	if !known {
		return fmt.Errorf("there is no snapshot %q in %s yet: run with --update, and look at what it writes", name, s.file)
	}
	return fmt.Errorf("the page is not as in the snapshot %q (--update takes it over):\n%s", name, difference(want, have))
}

// keep marks what a test that did not run to its end would have looked at.
func (s *snapshots) keep(test string) {
	for _, name := range s.order {
		if strings.HasPrefix(name, strings.Join(strings.Fields(test), " ")+" › ") {
			s.seen[name] = true
		}
	}
}

// finish hands over the file to write. Snapshots that no test looks at any more are left out.
func (s *snapshots) finish(r *run) {
	if !r.in.Update {
		return
	}
	archive := &txtar.Archive{Comment: []byte("Pages as the tests saw them; written by souk test --update.\n")}
	for _, name := range s.order {
		if s.seen[name] {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(s.text[name])})
		} else {
			s.changed++
		}
	}
	if s.changed == 0 {
		return
	}
	r.report.Updated += s.changed
	r.report.Snapshots[s.file] = nil
	if len(archive.Files) > 0 {
		r.report.Snapshots[s.file] = txtar.Format(archive)
	}
}

func indent(tree string) string {
	var b strings.Builder
	for line := range strings.Lines(tree) {
		b.WriteString("  " + line)
	}
	return b.String()
}

const contextLines = 2

// difference shows the lines that differ between the first and the last that do, with two lines around them.
func difference(want, have string) string {
	a, b := strings.Split(strings.TrimSuffix(want, "\n"), "\n"), strings.Split(strings.TrimSuffix(have, "\n"), "\n")
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out strings.Builder
	put := func(sign string, lines []string) {
		for _, l := range lines {
			out.WriteString(sign + l + "\n")
		}
	}
	put("  ", a[max(0, head-contextLines):head])
	put("- ", a[head:len(a)-tail])
	put("+ ", b[head:len(b)-tail])
	put("  ", a[len(a)-tail:min(len(a), len(a)-tail+contextLines)])
	return strings.TrimSuffix(out.String(), "\n")
}

func parseQuery(text string) map[string]string {
	out := map[string]string{}
	values, err := url.ParseQuery(text)
	if err != nil {
		return out
	}
	for k := range values {
		out[k] = values.Get(k)
	}
	return out
}
