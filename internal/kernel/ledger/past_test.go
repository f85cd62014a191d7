package ledger_test

import (
	"path/filepath"
	"slices"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

var allBooks = store.Statement(`select stream from (select stream, max(position) as last from event group by stream) s order by last desc limit $1`)

// TestALedgerOfAPastDay: of each stream what had happened by the end of the day, nothing of one whose first event came later, in the ledger
// itself and in tables folded from it; it takes no events.
func TestALedgerOfAPastDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, _ := start(t, at, ledger.Options{})
		on := func(stream, reader, day string) {
			t.Helper()
			c := lend(stream, ledger.AnyVersion, reader)
			c.Events[0].On = calendar.MustParse(day)
			if _, err := l.Append(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		on("book/1", "an", "2021-03-01")
		on("book/2", "chi", "2021-05-01") // its first event
		on("book/1", "binh", "2021-04-01")
		on("book/2", "dung", "2021-03-15") // entered late, for a day before that
		on("book/1", "giang", "2021-03-20")
		for day, want := range map[string][]int64{"2021-02-28": nil, "2021-03-31": {1, 5}, "2021-04-01": {1, 3, 5}, "2021-05-01": {1, 2, 3, 4, 5}} {
			past := l.Until(calendar.MustParse(day))
			var got []int64
			for _, stream := range []string{"book/1", "book/2"} {
				events, err := past.Stream(ctx, stream)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range events {
					got = append(got, e.Position)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("as of %s: %d, want %d", day, got, want)
			}
			db := storetest.Open(t, filepath.Join(t.TempDir(), "then.db"))
			f := loans(1)
			f.Streams = allBooks
			whole, err := past.FoldInto(ctx, db, f, 2)
			if n, _ := loanRows(t, db); err != nil || !whole || n != int64(len(want)) {
				t.Errorf("as of %s %d rows, whole %v: %v", day, n, whole, err)
			}
			if _, err := past.Append(ctx, lend("book/3", 0, "hoa")); !fault.Is(err, "ledger.closed") {
				t.Errorf("it takes an event: %v", err)
			}
		}
		db := storetest.Open(t, filepath.Join(t.TempDir(), "part.db"))
		f := loans(1)
		f.Streams = allBooks
		whole, err := l.Until(calendar.MustParse("2021-05-01")).FoldInto(ctx, db, f, 1)
		if n, _ := loanRows(t, db); err != nil || whole || n != 3 {
			t.Errorf("of one stream %d rows, whole %v: %v", n, whole, err)
		}
	})
}
