// Command assemble prepares what bench/runtime measures: the runtimes as souk serves them and the compiled program, as
// files that the benchmark's server hands out; with --compile it measures how long the compiler takes instead. It is
// called by run.mjs, writes only into the folder it is given and is no part of souk. Start reading at main.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"souk/browser"
	"souk/compiler/pack"
)

func main() {
	out := flag.String("o", "", "folder to write runtimes and the compiled program to")
	dev := flag.Bool("dev", false, "keep the runtimes' names, for profiles")
	compile := flag.Bool("compile", false, "measure compiling the program instead")
	flag.Parse()
	if flag.NArg() != 1 || (*out == "") == !*compile {
		fmt.Fprintln(os.Stderr, "usage: assemble [-dev] -o DIR PROGRAM, or assemble -compile PROGRAM")
		os.Exit(2)
	}
	var report any
	var err error
	if *compile {
		report, err = compileTimes(flag.Arg(0))
	} else {
		report, err = write(*out, flag.Arg(0), *dev)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(ctx context.Context, dir string, opts pack.Options) (*pack.Program, error) {
	program, bag := pack.CompileDir(ctx, dir, opts)
	if program == nil {
		return nil, fmt.Errorf("%s: nothing was compiled (%d errors); souk check %s says why", dir, bag.Errors(), dir)
	}
	return program, nil
}

// write puts the runtimes and the program's bundle into out and answers the runtimes' sizes after gzip, in bytes.
func write(out, dir string, dev bool) (map[string]int, error) {
	runtimes, err := browser.Build(dev)
	if err != nil {
		return nil, err
	}
	program, err := build(context.Background(), dir, pack.Options{})
	if err != nil {
		return nil, err
	}
	bundle, err := json.Marshal(program.Bundle)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"frame.js": runtimes.FrameJS, "worker.js": runtimes.WorkerJS, "bundle.json": bundle, "app.js": program.Script}
	for name, script := range runtimes.Groups {
		files["groups/"+name+".js"] = script
	}
	sizes := map[string]int{}
	for name, data := range files {
		path := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return nil, err
		}
		sizes[name] = zipped(data)
	}
	return sizes, nil
}

func zipped(data []byte) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	w.Write(data)                                         // to memory
	w.Close()
	return b.Len()
}

// times of compiling one program, in milliseconds.
type times struct {
	Templates int     `json:"templates"` // AXML files in its folder
	Cold      float64 `json:"cold"`      // nothing remembered; the fastest, what the machine can do
	ColdUsual float64 `json:"coldUsual"` // the median
	Again     float64 `json:"again"`     // one template changed, with the cache that souk dev keeps: the median
	AgainBest float64 `json:"againBest"`
}

const rounds = 15

// compileTimes compiles a copy of the program: from nothing, then again and again after one template has changed.
func compileTimes(dir string) (times, error) {
	copied, err := os.MkdirTemp("", "souk-bench-")
	if err != nil {
		return times{}, err
	}
	defer os.RemoveAll(copied)
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		return times{}, err
	}
	templates, err := templatesIn(copied)
	if err != nil {
		return times{}, err
	}
	if len(templates) == 0 {
		return times{}, fmt.Errorf("%s holds no .axml file", dir)
	}
	cold, err := measure(func(int) error { _, err := build(context.Background(), copied, pack.Options{}); return err })
	if err != nil {
		return times{}, err
	}
	again, err := compileAgain(copied, templates[len(templates)/2])
	if err != nil {
		return times{}, err
	}
	return times{len(templates), cold[0], cold[rounds/2], again[rounds/2], again[0]}, nil
}

func templatesIn(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".axml") && !strings.Contains(path, "node_modules") {
			found = append(found, path)
		}
		return err
	})
	return found, err
}

func compileAgain(dir, template string) ([]float64, error) {
	var cache pack.Cache
	opts := pack.Options{Dev: true, Cache: &cache}
	if _, err := build(context.Background(), dir, opts); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(template)
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(dir, template)
	if err != nil {
		return nil, err
	}
	opts.Changed = []string{filepath.ToSlash(name)} // as the watcher of souk dev says
	return measure(func(round int) error {
		if err := os.WriteFile(template, fmt.Appendf(text[:len(text):len(text)], "<view>%d</view>\n", round), 0o644); err != nil {
			return err
		}
		_, err := build(context.Background(), dir, opts)
		return err
	})
}

// measure runs f rounds times and answers how long each took, in milliseconds, the fastest first.
func measure(f func(round int) error) ([]float64, error) {
	var took []float64
	for round := range rounds {
		start := time.Now()
		if err := f(round); err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(start).Microseconds())/1000)
	}
	slices.Sort(took)
	return took, nil
}
