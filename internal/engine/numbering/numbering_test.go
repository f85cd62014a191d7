package numbering

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

var noon = time.Date(2025, 12, 30, 5, 0, 0, 0, time.UTC)

func open(t *testing.T, at string) *Books {
	t.Helper()
	db := storetest.Open(t, at)
	l, err := ledger.Open(context.Background(), db, ledger.Options{Folds: []ledger.Fold{Fold()}, Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return New(l, db)
}

func want(book, about string, on calendar.Date) Request {
	return Request{Pattern: "{seq:2}/" + book + "-{symbol}", Symbol: "SKHCN", Given: Given{Book: book, About: about, Form: "thu", On: on, Unit: "so"}}
}

// TestNumbersAreGaplessWhoeverAsks: eight clerks ask at once; every number from 1 on is given, each to one paper.
func TestNumbersAreGaplessWhoeverAsks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		b := open(t, at)
		const clerks, each = 8, 6
		var wg sync.WaitGroup
		errs := make(chan error, clerks*each)
		for c := range clerks {
			wg.Go(func() {
				for i := range each {
					if _, err := b.Give(context.Background(), want("TB", fmt.Sprintf("dossier/%d-%d", c, i), calendar.MustParse("2025-06-02"))); err != nil {
						errs <- err
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		got, n, err := b.List(context.Background(), Filter{Year: 2025, Limit: 100})
		if err != nil || n != clerks*each {
			t.Fatalf("%d numbers, %v", n, err)
		}
		papers := map[string]bool{}
		for i, g := range got {
			if g.Seq != int64(n-i) {
				t.Fatalf("%d. from the top is number %d", i, g.Seq)
			}
			papers[g.About] = true
		}
		if len(papers) != n {
			t.Errorf("%d papers hold %d numbers", len(papers), n)
		}
	})
}

// TestABookIsGaplessAndRepeatsNothing takes numbers in any order of books, papers and repetitions.
func TestABookIsGaplessAndRepeatsNothing(t *testing.T) {
	b, round := open(t, t.TempDir()+"/a.db"), 0
	rapid.Check(t, func(r *rapid.T) {
		round++ // each round has books of its own
		has, last := map[string]string{}, map[string]int64{}
		day := calendar.MustParse("2024-12-30")
		for range rapid.IntRange(1, 12).Draw(r, "requests") {
			day += calendar.Date(rapid.IntRange(0, 2).Draw(r, "days later"))
			book := rapid.SampledFrom([]string{"TB", "KQ"}).Draw(r, "book") + strconv.Itoa(round)
			paper := fmt.Sprintf("dossier/%s-%d", book, rapid.IntRange(1, 5).Draw(r, "paper"))
			g, err := b.Give(context.Background(), want(book, paper, day))
			if err != nil {
				r.Fatal(err)
			}
			if old, again := has[paper]; again {
				if g.Number != old {
					r.Fatalf("%s was %s and is now %s", paper, old, g.Number)
				}
				continue
			}
			key := fmt.Sprint(book, g.Year)
			if last[key]++; g.Seq != last[key] {
				r.Fatalf("after %d comes %d", last[key]-1, g.Seq)
			}
			has[paper] = g.Number
		}
	})
}

func TestANumberIsPrintedByItsPattern(t *testing.T) {
	for _, c := range []struct {
		pattern string
		seq     int64
		want    string
	}{
		{"{seq:2}/TB-{symbol}", 5, "05/TB-SKHCN"}, {"{seq:2}/TB-{symbol}", 123, "123/TB-SKHCN"}, {"{seq}/{year}/GP", 7, "7/2025/GP"},
	} {
		if got := printed(c.pattern, c.seq, 2025, "SKHCN"); got != c.want {
			t.Errorf("%s: %s, not %s", c.pattern, got, c.want)
		}
	}
}

func TestABookRefusesWhatWouldBreakIt(t *testing.T) {
	b := open(t, t.TempDir()+"/a.db")
	if _, err := b.Give(t.Context(), want("TB", "dossier/1", calendar.MustParse("2025-06-02"))); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Give(t.Context(), want("TB", "dossier/2", calendar.MustParse("2025-06-01"))); !fault.Is(err, "numbering.before_last") {
		t.Errorf("a number dated before the last one: %v", err)
	}
	bad := want("TB", "dossier/3", calendar.MustParse("2025-06-03"))
	bad.Pattern = "TB-{symbol}"
	if _, err := b.Give(t.Context(), bad); !fault.Is(err, "numbering.bad_request") {
		t.Errorf("a pattern without a number: %v", err)
	}
	if got, n, err := b.List(t.Context(), Filter{Year: 2025, Units: []string{"khac"}, Limit: 9}); err != nil || n != 0 || len(got) != 0 {
		t.Errorf("out of reach: %v %d %v", got, n, err)
	}
}
