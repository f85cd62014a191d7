package activity_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/activity"
	"trucot/internal/testing/storetest"
)

var now = time.Date(2021, 6, 10, 2, 0, 0, 0, time.UTC)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// office is a book on a fresh ledger, with the figures that follow it, on 10 June 2021.
func office(t testing.TB, at string) (*activity.Book, *indicator.Engine) {
	t.Helper()
	ctx, clock := context.Background(), func() time.Time { return now }
	db := storetest.Open(t, at)
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{activity.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	defs := indicators(t)
	figures, err := indicator.New(defs, indicator.Options{})
	must(t, err)
	l.Follow(figures.Feed)
	kinds := func() (*activity.Kinds, error) { return activity.Load(definitions.Files) }
	return activity.New(l, db, kinds, activity.Options{Clock: clock, Indicators: defs}), figures
}

func indicators(t testing.TB) *indicator.Definitions {
	t.Helper()
	folder, err := fs.Sub(definitions.Files, "indicators")
	must(t, err)
	defs, err := indicator.Load(folder)
	must(t, err)
	return defs
}

// value is a figure of the whole year.
func value(t testing.TB, e *indicator.Engine, id string, knownAt int64) string {
	t.Helper()
	f, err := e.Figure(indicator.Query{Period: calendar.MustPeriod("2021"), AsOf: calendar.NoDate, KnownAt: knownAt}, id)
	must(t, err)
	return fmt.Sprint(f.Arising.String(), "/", f.Estimate.String(), "/", f.Target.String())
}

// TestAWrongEntryIsPutRightOnBothEngines: figures follow an entry, its correction and its taking back, and the past stays.
func TestAWrongEntryIsPutRightOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		b, figures := office(t, at)
		e, err := b.Enter(ctx, "hung", activity.Entry{Kind: "inspection", Unit: "ttra", On: day("2021-05-04"), Amounts: map[string]float64{"subjects": 12, "fines": 7.5}})
		must(t, err)
		if e.ID != "000001" || e.Title != "Thanh tra, kiểm tra chuyên ngành" {
			t.Errorf("%+v", e)
		}
		if got := value(t, figures, "inspection.held", 0) + " " + value(t, figures, "inspection.fines", 0); got != "1// 7.5//" {
			t.Error(got)
		}
		fixed := *e
		fixed.Amounts = map[string]float64{"count": 2, "subjects": 15, "fines": 9}
		after, err := b.Correct(ctx, "khai", fixed, e.Version, "ghi thiếu một cuộc")
		must(t, err)
		if got := value(t, figures, "inspection.held", 0) + " " + value(t, figures, "inspection.fines", 0) + " " + value(t, figures, "inspection.fines", 1); got != "2// 9// 7.5//" {
			t.Error(got)
		}
		if _, err := b.Correct(ctx, "hung", fixed, e.Version, "x"); !fault.Is(err, "activity.changed") {
			t.Error("an old version was corrected:", err)
		}
		must(t, b.TakeBack(ctx, "khai", e.ID, after.Version, "việc của đơn vị khác"))
		if got := value(t, figures, "inspection.held", 0) + " " + value(t, figures, "inspection.subjects", 0); got != "0// 0//" {
			t.Error(got)
		}
		list, n, err := b.List(ctx, activity.Filter{From: day("2021-01-01"), To: day("2021-12-31"), Limit: 10})
		must(t, err)
		if n != 1 || !list[0].Gone || list[0].Reason != "việc của đơn vị khác" || list[0].Actor != "khai" {
			t.Errorf("%d %+v", n, list)
		}
		for after, want := range map[string]int{"": 1, list[0].ID: 0} {
			rows, err := b.After(ctx, activity.Filter{From: day("2021-01-01"), To: day("2021-12-31"), Limit: 10}, after)
			if err != nil || len(rows) != want {
				t.Errorf("%d rows behind %q: %v", len(rows), after, err)
			}
		}
		if err := b.TakeBack(ctx, "khai", e.ID, list[0].Version, "nữa"); !fault.Is(err, "activity.gone") {
			t.Error("taken back twice:", err)
		}
		if _, n, err := b.List(ctx, activity.Filter{Units: []string{"vp"}, From: day("2021-01-01"), To: day("2021-12-31"), Limit: 10}); err != nil || n != 0 {
			t.Error("another unit's reader sees it:", n, err)
		}
	})
}

func TestWhatTheBookDoesNotTake(t *testing.T) {
	ctx := context.Background()
	b, _ := office(t, t.TempDir()+"/a.db")
	good := activity.Entry{Kind: "article", Unit: "vp", On: day("2021-06-10"), Amounts: map[string]float64{"count": 3}}
	for want, change := range map[string]func(*activity.Entry){
		"activity.unknown_kind":   func(e *activity.Entry) { e.Kind = "artcle" },
		"activity.bad_day":        func(e *activity.Entry) { e.On++ },
		"activity.no_unit":        func(e *activity.Entry) { e.Unit = "" },
		"activity.bad_amount":     func(e *activity.Entry) { e.Amounts = map[string]float64{"count": -1} },
		"activity.unknown_amount": func(e *activity.Entry) { e.Amounts = map[string]float64{"fines": 1} },
	} {
		e := good
		change(&e)
		if _, err := b.Enter(ctx, "hung", e); !fault.Is(err, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := b.Enter(ctx, "hung", good); err != nil {
		t.Error(err)
	}
}

func TestEnteredFiguresHoldUntilTakenBack(t *testing.T) {
	ctx := context.Background()
	b, figures := office(t, t.TempDir()+"/a.db")
	set := func(id string, role activity.Role, text string) error {
		return b.SetFigure(ctx, "hung", activity.Figure{Indicator: id, Unit: "khtc", Period: "2021", Role: role, Value: text})
	}
	must(t, set("budget.disbursed", activity.Actual, "1.234,5"))
	must(t, set("budget.disbursed", activity.Target, "2.000"))
	must(t, set("inspection.held", activity.Estimate, "12"))
	if got := value(t, figures, "budget.disbursed", 0) + " " + value(t, figures, "inspection.held", 0); got != "1234.5//2000 0/12/" {
		t.Error(got)
	}
	must(t, set("budget.disbursed", activity.Actual, ""))
	if got := value(t, figures, "budget.disbursed", 0); got != "//2000" {
		t.Error(got)
	}
	if err := set("inspection.held", activity.Actual, "3"); !fault.Is(err, "activity.not_entered") {
		t.Error(err)
	}
	if err := set("budget.disbursed", activity.Actual, "1.23"); !fault.Is(err, "lang.bad_number") {
		t.Error(err)
	}
}

// TestFiguresAreTheSumOfWhatStands: whatever is entered, corrected and taken back, in any order.
func TestFiguresAreTheSumOfWhatStands(t *testing.T) {
	ctx := context.Background()
	b, figures := office(t, t.TempDir()+"/a.db")
	standing := map[string]*activity.Entry{}
	rapid.Check(t, func(rt *rapid.T) {
		count := float64(rapid.IntRange(0, 50).Draw(rt, "count"))
		e := activity.Entry{Kind: "ip_filing", Unit: "atbx", On: day("2021-01-01") + calendar.Date(rapid.IntRange(0, 150).Draw(rt, "day")), Amounts: map[string]float64{"count": count}}
		var ids []string
		for id := range standing {
			ids = append(ids, id)
		}
		what := rapid.IntRange(0, 2).Draw(rt, "what")
		if len(ids) == 0 {
			what = 0
		}
		switch what {
		case 0:
			got, err := b.Enter(ctx, "hung", e)
			must(t, err)
			standing[got.ID] = got
		case 1:
			e.ID = ids[0]
			got, err := b.Correct(ctx, "hung", e, standing[e.ID].Version, "sửa")
			must(t, err)
			standing[e.ID] = got
		case 2:
			must(t, b.TakeBack(ctx, "hung", ids[0], standing[ids[0]].Version, "rút"))
			delete(standing, ids[0])
		}
		sum := 0.0
		for _, x := range standing {
			sum += x.Amounts["count"]
		}
		if got, want := value(t, figures, "ip.filed", 0), indicator.FromFloat(sum).String()+"//"; got != want {
			rt.Fatalf("%s, not %s", got, want)
		}
	})
}

// TestEveryKindIsCounted: nobody enters work that no figure shows, and no figure waits for work that nobody can enter.
func TestEveryKindIsCounted(t *testing.T) {
	kinds, err := activity.Load(definitions.Files)
	must(t, err)
	defs := indicators(t)
	read := map[string]bool{}
	for _, d := range defs.All() {
		for _, m := range d.On {
			if slices.Contains(m.Kind, activity.KindRecorded) {
				for _, id := range m.Dims["kind"] {
					read[id] = true
				}
			}
		}
	}
	for _, a := range kinds.Areas {
		for _, k := range a.Kinds {
			if !read[k.ID] {
				t.Errorf("no figure counts %s", k.ID)
			}
			delete(read, k.ID)
		}
	}
	for id := range read {
		t.Errorf("nobody can enter %s", id)
	}
}
