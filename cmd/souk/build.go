package main

import (
	"context"
	"fmt"
	"os"

	"souk/compiler/diag"
	"souk/compiler/pack"
)

// buildCmd is souk build DIR -o FILE: the bundle that souk publish uploads.
type buildCmd struct {
	Dir string `arg:"" help:"Folder of the mini-program (with app.json, or mini.project.json that names it)."`
	Out string `short:"o" required:"" help:"File to write."`
	Dev bool   `help:"Readable script with a source map."`
}

func (c buildCmd) Run(ctx context.Context) error {
	program, bag := pack.CompileDir(ctx, c.Dir, pack.Options{Dev: c.Dev})
	printRemarks(os.Stderr, c.Dir, bag, diag.Warning)
	if program == nil || bag.Errors() > 0 {
		return errSilent
	}
	data, err := program.Zip()
	if err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	if err := os.WriteFile(c.Out, data, 0o644); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	fmt.Printf("%s: %d pages, %d components, %d assets, %d KB\n", c.Out, len(program.Bundle.Pages), len(program.Bundle.Components),
		len(program.Bundle.Assets), len(data)>>10)
	return nil
}
