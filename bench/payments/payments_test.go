package payments

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/openapp"
)

// A run this short says nothing about speed: it shows that every form does its work and that all books are right at the end.
func TestAShortRunMeasuresEveryFormAndVerifiesTheBooks(t *testing.T) {
	r, err := Run(context.Background(), Options{Folder: t.TempDir(), Postgres: dbtest.DurablePostgres(t), Clients: 8, Seconds: 1, Turn: 50 * time.Millisecond, Persons: 100,
		Schemas: append(demo.Schemas[:len(demo.Schemas):len(demo.Schemas)], openapp.Schema)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Figures {
		if f.Count == 0 || f.Rate <= 0 || f.P99 < f.P50 {
			t.Errorf("%+v", f)
		}
	}
	if len(r.Figures) != 13 || len(r.Ratios) != 8 || len(r.Books) != 5 {
		t.Errorf("%d figures, %d ratios, %d books", len(r.Figures), len(r.Ratios), len(r.Books))
	}
	if text := r.String(); !strings.Contains(text, "the books are right") || !strings.Contains(text, "PostgreSQL hot / spread") {
		t.Error(text)
	}
}

func TestWhatCannotBeMeasuredIsRefused(t *testing.T) {
	for _, o := range []Options{
		{Folder: t.TempDir(), Clients: 0, Seconds: 1},
		{Folder: t.TempDir(), Clients: 1, Seconds: MaxSeconds + 1},
		{Folder: t.TempDir() + "/none", Clients: 1, Seconds: 1},
	} {
		if _, err := Run(context.Background(), o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
