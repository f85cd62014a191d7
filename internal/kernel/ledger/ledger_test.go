package ledger

import (
	"context"
	"path/filepath"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

func TestAppendChecksTheVersion(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l, err := Open(ctx, db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := Command{Stream: "book/1", Events: []NewEvent{{Kind: "book.lent", On: calendar.MustParse("2021-06-14"), Data: map[string]int{"n": 1}}}}
	if r, err := l.Append(ctx, c); err != nil || r[0].Position != 1 || r[0].Version != 1 {
		t.Fatal(r, err)
	}
	if _, err := l.Append(ctx, c); fault.KindOf(err) != fault.Conflict {
		t.Fatal(err)
	}
	es, err := l.Stream(ctx, "book/1")
	if err != nil || len(es) != 1 || es[0].EffectiveOn.String() != "2021-06-14" {
		t.Fatal(es, err)
	}
}
