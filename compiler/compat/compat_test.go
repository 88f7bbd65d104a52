package compat

import "testing"

func TestEveryEntryStandsOnceAndHasAStatus(t *testing.T) {
	index() // panics on a second entry of one name
	for _, e := range All() {
		if e.Status == "" || e.Name == "" {
			t.Errorf("%+v", e)
		}
	}
}
