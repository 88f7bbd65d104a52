package pack

import (
	"fmt"

	"souk/kit/bundle"
)

// Zip writes the bundle as one file: the same program gives the same bytes. A program beyond the bundle's limits is an
// error that says which.
func (p *Program) Zip() ([]byte, error) {
	entries, err := p.Entries()
	if err != nil {
		return nil, err
	}
	data, err := bundle.Write(entries)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return data, nil
}
