package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"souk/browser/headless"
	"souk/browser/suite"
	"souk/compiler/diag"
	"souk/compiler/pack"
)

// testCmd is souk test DIR: every page opened and the program's own tests run, without a browser.
type testCmd struct {
	Dir    string `arg:"" help:"Folder of the mini-program; its tests are tests/*.test.js in it."`
	Only   string `help:"Run only what has this in its name or file." placeholder:"TEXT"`
	Update bool   `help:"Write snapshots as the pages are now."`
	JSON   bool   `name:"json" help:"Print one JSON object for machines."`
	JUnit  string `name:"junit" help:"Also write a JUnit XML file for CI." placeholder:"FILE"`
}

func (c testCmd) Run(ctx context.Context) error {
	program, bag := pack.CompileDir(ctx, c.Dir, pack.Options{Dev: true})
	printRemarks(os.Stderr, c.Dir, bag, diag.Error)
	if program == nil || bag.Errors() > 0 {
		return errSilent
	}
	bundle, err := json.Marshal(program.Bundle)
	if err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	packages := map[string]headless.Package{}
	for _, sub := range program.Packages {
		packages[sub.Root] = headless.Package{Script: sub.Script, Frame: sub.Frame}
	}
	report, err := suite.Run(ctx, suite.Input{Bundle: bundle, Script: program.Script, SourceMap: program.SourceMap, Packages: packages,
		Files: pack.Dir(c.Dir), Only: c.Only, Update: c.Update})
	if err != nil {
		return err
	}
	if err := c.write(report); err != nil {
		return err
	}
	switch {
	case report.Failed > 0:
		return errSilent
	case len(report.Results) == 0:
		return fmt.Errorf("nothing to test has %q in its name", c.Only)
	}
	return nil
}

func (c testCmd) write(report suite.Report) error {
	for name, text := range report.Snapshots {
		file := filepath.Join(c.Dir, filepath.FromSlash(name))
		err := error(nil)
		if text == nil {
			err = os.Remove(file)
		} else {
			err = os.WriteFile(file, text, 0o644)
		}
		if err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("write the snapshots: %w", err)
		}
	}
	if c.JUnit != "" {
		out, err := os.Create(c.JUnit)
		if err != nil {
			return fmt.Errorf("write the JUnit file: %w", err)
		}
		defer out.Close()
		if err := report.JUnit(out, filepath.Base(filepath.Clean(c.Dir))); err != nil {
			return fmt.Errorf("write the JUnit file: %w", err)
		}
	}
	if c.JSON {
		return printJSON(os.Stdout, report)
	}
	report.Print(os.Stdout)
	return nil
}
