package sample

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trucot/internal/app/page/events"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	work "trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/activity"
	"trucot/internal/room/commendation"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
	"trucot/internal/room/portal"
	"trucot/internal/room/report"
	"trucot/internal/room/report/campaign"
	"trucot/internal/testing/storetest"
)

// one is a sample made once and then opened again for the tests, which only read it.
var one = sync.OnceValues(func() (*Agency, error) {
	dir, err := os.MkdirTemp("", "trucot-sample-")
	if err != nil {
		return nil, err
	}
	made = dir
	o := Options{Data: filepath.Join(dir, "data")}
	g, err := Open(context.Background(), o)
	if err != nil {
		return nil, err
	}
	if err := g.Close(); err != nil {
		return nil, err
	}
	shared, err = Open(context.Background(), o)
	return shared, err
})

var (
	made   string
	shared *Agency
)

func TestMain(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.Close()
	}
	if made != "" {
		os.RemoveAll(made)
	}
	os.Exit(code)
}

func opened(t *testing.T) *Agency {
	t.Helper()
	g, err := one()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The same program makes the same ledger, on either database.
func TestTheSameSampleEveryTime(t *testing.T) {
	first := opened(t)
	a, err := first.Ledger.Root(t.Context(), first.Ledger.Head())
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, at string) {
		second, err := Open(t.Context(), Options{Data: t.TempDir() + "/again", DB: at})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		if !second.Made || first.Made {
			t.Error("a fresh folder is filled, a filled one is opened")
		}
		b, err := second.Ledger.Root(t.Context(), second.Ledger.Head())
		if err != nil {
			t.Fatal(err)
		}
		if a != b || first.Ledger.Head() != second.Ledger.Head() {
			t.Errorf("%d events under %s, then %d under %s", first.Ledger.Head(), a, second.Ledger.Head(), b)
		}
		if n := second.Filed; n < 2900 || n > 3400 {
			t.Errorf("%d dossiers, about 3,000 wanted", n)
		}
		foldedAnew(t, second)
	})
}

// foldedAnew: the tables that pages of a past day read are, as of a day on which all has happened, those that stand; as of the days before,
// each fold takes the events that it then has.
func foldedAnew(t *testing.T, g *Agency) {
	t.Helper()
	all := calendar.MustParse("2100-01-01")
	for _, fold := range []func() ledger.Fold{directive.Fold, schedule.Fold, work.Fold, council.Fold, conference.Fold, activity.Fold, commendation.Fold, party.Fold, cadre.Fold, campaign.Fold, numbering.Fold} {
		for _, on := range []calendar.Date{all, Today() - 200, Today() - 500} {
			db := storetest.Open(t, filepath.Join(t.TempDir(), "then.db"))
			f := fold()
			if whole, err := g.Ledger.Until(on).FoldInto(t.Context(), db, f, 5000); err != nil || !whole {
				t.Errorf("%s as of %s: whole %v, %v", f.Name, on, whole, err)
			}
			for _, table := range f.Tables {
				then, err := db.Digest(t.Context(), table.Name)
				if err != nil {
					t.Fatal(err)
				}
				now, err := g.DB.Digest(t.Context(), table.Name)
				if err != nil || on == all && then != now {
					t.Errorf("%s, folded anew: %+v, standing: %+v, %v", table.Name, then, now, err)
				}
			}
		}
	}
}

func TestTheLedgerOfTheSampleIsSound(t *testing.T) {
	g := opened(t)
	r, err := g.Ledger.Verify(t.Context())
	if err != nil || !r.Sound() || r.Events != g.Ledger.Head() {
		t.Errorf("%+v, %v", r, err)
	}
}

// The page of the ledger says in a sentence what each event means.
func TestEveryKindOfEventHasItsSentence(t *testing.T) {
	g := opened(t)
	seen := map[string]bool{}
	err := g.Ledger.Scan(t.Context(), 0, func(e ledger.Event) error {
		if key := events.Sentence(e.Kind); !seen[key] && !g.Catalog.Has(key) {
			t.Errorf("%s has no text %s", e.Kind, key)
		}
		seen[events.Sentence(e.Kind)] = true
		return nil
	})
	if err != nil || len(seen) < 100 {
		t.Errorf("%d kinds, %v", len(seen), err)
	}
}

func TestEveryReportIsBuiltLabelledAndFull(t *testing.T) {
	g := opened(t)
	written, err := g.Write(t.Context(), t.TempDir())
	if err != nil || len(written) != len(Reports) {
		t.Fatalf("%d reports: %v", len(written), err)
	}
	for _, w := range written {
		name := w.Report.FileName()
		t.Run(name, func(t *testing.T) {
			real := w.Report.Unit == Province
			for _, path := range w.Paths {
				if labelled := strings.Contains(unzipped(t, path), "DỮ LIỆU MẪU"); labelled == real {
					t.Errorf("%s: labelled %v; what is made up says so, the real province does not", filepath.Base(path), labelled)
				}
			}
			if real {
				if len(w.Report.Discrepancies) != 24 {
					t.Errorf("%d sums do not hold, 24 in the real forms", len(w.Report.Discrepancies))
				}
				return
			}
			for _, table := range tables(w.Report) {
				checkRows(t, w.Report, table)
			}
		})
	}
}

// tables are all tables, charts and annexes of a review.
func tables(r *report.Report) []report.FigureTable {
	var out []report.FigureTable
	var walk func([]report.Section)
	walk = func(sections []report.Section) {
		for _, s := range sections {
			for _, b := range s.Blocks {
				if b.Table != nil {
					out = append(out, *b.Table)
				}
				if b.Chart != nil {
					out = append(out, *b.Chart)
				}
			}
			walk(s.Sections)
		}
	}
	walk(r.Sections)
	for _, a := range r.Annexes {
		out = append(out, a.Table)
	}
	return out
}

// checkRows: each row says something about one of the years, each table about both.
func checkRows(t *testing.T, r *report.Report, table report.FigureTable) {
	t.Helper()
	var this, before bool
	for _, row := range table.Rows {
		if row.This < 0 {
			continue
		}
		now, then := r.Figures[row.This].Value, r.Figures[row.Previous].Value
		if now <= 0 && then <= 0 {
			t.Errorf("%s: nothing about %q", table.Title, row.Label)
		}
		this, before = this || now > 0, before || then > 0
	}
	if !this || !before {
		t.Errorf("%s: one of the years is empty", table.Title)
	}
}

func unzipped(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var b strings.Builder
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".xml") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return b.String()
}

func TestFiguresOfTheSampleAddUp(t *testing.T) {
	g := opened(t)
	for _, code := range []string{"2024-H1", "2024-H2", "2024", "2025-H1", "2025-H2", "2025"} {
		period, err := calendar.ParsePeriod(code)
		if err != nil {
			t.Fatal(err)
		}
		get := func(id string) indicator.Figure {
			f, err := g.Indicators.Figure(indicator.Query{Period: period, AsOf: calendar.NoDate}, id)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		open, received, finished := get("dossier.open"), get("dossier.received").Arising, get("dossier.finished").Arising
		if ended := get("dossier.ended_otherwise").Arising; open.Opening+received-finished-ended != open.Closing {
			t.Errorf("%s: %d + %d − %d − %d ≠ %d", code, open.Opening, received, finished, ended, open.Closing)
		}
		if on, late := get("dossier.finished_on_time").Arising, get("dossier.finished_late").Arising; on+late != finished || late == 0 || late*10 > finished {
			t.Errorf("%s: %d on time and %d late of %d", code, on, late, finished)
		}
		members := get("party.members")
		if members.Opening+get("party.admitted").Arising+get("party.moved_in").Arising-get("party.moved_out").Arising != members.Closing {
			t.Errorf("%s: Party members do not add up: %+v", code, members)
		}
		if recorded, signed := get("tdc.instruments").Arising, get("measurement_verification.verified").Arising; recorded != signed {
			t.Errorf("%s: %d instruments recorded, %d on signed orders", code, recorded, signed)
		}
	}
}

// The notes of reviews.yaml claim these; a change of the sample must keep them true.
func TestTheNotesSayWhatTheFiguresSay(t *testing.T) {
	g := opened(t)
	for _, c := range []struct {
		id, period string
		more       bool // than the year before
	}{{"dossier.finished_late", "2025", false}, {"mission.applied", "2025", true}, {"dossier.received_online", "2025-H1", true}} {
		period, err := calendar.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		var values [2]indicator.Value
		for i, p := range []calendar.Period{period, period.YearBefore()} {
			f, err := g.Indicators.Figure(indicator.Query{Period: p, AsOf: calendar.NoDate}, c.id)
			if err != nil {
				t.Fatal(err)
			}
			values[i] = f.Arising
		}
		if c.more != (values[0] > values[1]) || values[0] == values[1] {
			t.Errorf("%s in %s: %d, the year before %d", c.id, c.period, values[0]/indicator.One, values[1]/indicator.One)
		}
	}
}

func TestAReportFrozenInTheSampleTellsWhatChanged(t *testing.T) {
	g := opened(t)
	w, err := g.build(t.Context(), Reports[1])
	if err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, c := range w.Changes {
		refs = append(refs, c.Ref)
	}
	if all := strings.Join(refs, " "); w.Frozen == nil || !strings.Contains(all, "inspection.held") || !strings.Contains(all, "ip.filed") {
		t.Errorf("frozen %v, changed since: %s", w.Frozen, all)
	}
}

func TestNoPersonalFieldIsFilled(t *testing.T) {
	g := opened(t)
	rows, total, err := g.Dossiers.List(t.Context(), dossier.Filter{Limit: 50, Overdue: calendar.NoDate})
	if err != nil || total < 2900 {
		t.Fatalf("%d dossiers: %v", total, err)
	}
	for _, r := range rows {
		d, err := g.Dossiers.Get(t.Context(), r.Code)
		if err != nil {
			t.Fatal(err)
		}
		for name, raw := range d.Fields {
			if strings.Contains(string(raw), "sealed") {
				t.Errorf("%s of %s is sealed: the ledger would be another one every time", name, r.Code)
			}
		}
	}
}

func TestTheSampleIsNeverMixed(t *testing.T) {
	with := func(name, text string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, c := range []struct{ name, folder, key string }{
		{"other data", with("trucot.db", "x"), "app.sample_other_data"},
		{"broken off", with(markerFile, filling), "app.sample_unfinished"},
		{"marker without data", with(markerFile, ready), "app.sample_other_data"},
	} {
		if g, err := Open(t.Context(), Options{Data: c.folder}); !fault.Is(err, c.key) {
			t.Errorf("%s: %v", c.name, err)
			if g != nil {
				g.Close()
			}
		}
	}
}

func TestTheGuestSeesBothSides(t *testing.T) {
	g := opened(t)
	units, err := g.People.Units(t.Context(), Today(), people.Party)
	if err != nil || len(units) != 6 {
		t.Fatalf("%d Party units: %v", len(units), err)
	}
	accounts, err := g.People.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		if !strings.Contains(a.Name, "Mẫu") && !strings.Contains(a.Name, "mẫu") {
			t.Errorf("%s is not labelled as a sample: %s", a.ID, a.Name)
		}
		if a.ID == Guest && len(a.Grants) != 7 {
			t.Errorf("the guest has %v", a.Grants)
		}
	}
	if u, err := g.People.Unit(t.Context(), "ttra", Today()); err != nil || u.MergedInto != "vp" {
		t.Errorf("the inspectorate ended in 2025: %+v, %v", u, err)
	}
}

func TestChanceIsItsOwn(t *testing.T) {
	c := chance{state: 57}
	var counts [4]int
	for range 40_000 {
		counts[c.weighted(1, 2, 3, 4)]++
	}
	for i, n := range counts {
		if want := 4000 * (i + 1); n < want-300 || n > want+300 {
			t.Errorf("weight %d was drawn %d times of 40,000", i+1, n)
		}
	}
	if first := (&chance{}).next(); first != 0xe220a8397b1dcdaf { // the published first value of SplitMix64 from seed 0
		t.Errorf("%#x", first)
	}
}

// The sample's directives are worked off: each status has its tasks, one directive amends another, and what is counted
// adds up to what was assigned.
func TestTheSampleHasWorkInEveryStatus(t *testing.T) {
	g := opened(t)
	rows, err := g.Tasks.ByUnit(t.Context(), work.Reach{State: true, Units: []string{"du", "cb2"}})
	if err != nil {
		t.Fatal(err)
	}
	var sum work.UnitCount
	for _, r := range rows {
		sum.OnTime, sum.DoneLate, sum.InTerm, sum.Overdue = sum.OnTime+r.OnTime, sum.DoneLate+r.DoneLate, sum.InTerm+r.InTerm, sum.Overdue+r.Overdue
	}
	if want := (work.UnitCount{OnTime: 10, DoneLate: 3, InTerm: 10, Overdue: 3}); sum != want {
		t.Errorf("%+v, not %+v", sum, want)
	}
	f, err := g.Indicators.Figure(indicator.Query{Period: calendar.MustPeriod("2025"), AsOf: calendar.NoDate}, "task.total")
	if err != nil || int(f.Closing/indicator.One) != sum.Total() {
		t.Errorf("%v assigned, %v", f.Closing, err)
	}
	found, err := g.Directives.Called(t.Context(), "03/NQ-CP")
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if links, err := g.Directives.Chain(t.Context(), found[0].ID); err != nil || len(links) != 1 {
		t.Errorf("%v, %v", links, err)
	}
}

// The sample's past conference has its sixty guests, of whom some came late and some not at all, a question without an
// answer, and conclusions of which each kind of task came; the coming one waits for replies.
func TestTheSampleHasAPastAndAComingConference(t *testing.T) {
	g := opened(t)
	past, err := g.Conferences.Get(t.Context(), "HN-2025-1")
	if err != nil {
		t.Fatal(err)
	}
	guests, err := g.Conferences.Guests(t.Context(), past.ID)
	if err != nil {
		t.Fatal(err)
	}
	if n := conference.Count(guests); n.Invited != 61 || n.Late == 0 || n.Present <= n.Late || n.Present == n.Invited {
		t.Errorf("%+v", n)
	}
	p, err := g.Conferences.Progress(t.Context(), past)
	if want := (work.UnitCount{OnTime: 2, DoneLate: 1, InTerm: 1, Overdue: 1}); err != nil || p.Count != want || past.Status != conference.Published {
		t.Errorf("%+v, %s, %v", p.Count, past.Status, err)
	}
	talks, err := g.Conferences.Talks(t.Context(), past.ID)
	if _, questions := conference.Split(talks); err != nil || len(questions) != 2 || questions[0].Open() || !questions[1].Open() {
		t.Errorf("%v, %v", questions, err)
	}
	coming, err := g.Conferences.Get(t.Context(), "HN-2025-3")
	if err != nil || coming.Status != conference.Invited || coming.Day <= Today() || len(coming.Sittings()) != 3 || coming.LastDay() == coming.Day {
		t.Errorf("%+v, %v", coming, err)
	}
}

// TestTheSampleHasAPartyConferenceWithItsAwards: the decision of the term, the five-year certificate and the badges stand in its pack
// and its news, which waits with the Party's own editors; the State's news of its conference is out.
func TestTheSampleHasAPartyConferenceWithItsAwards(t *testing.T) {
	g := opened(t)
	held, err := g.Conferences.Get(t.Context(), "HN-2025-2")
	if err != nil || held.Side != people.Party || held.Status != conference.Published {
		t.Fatalf("%+v, %v", held, err)
	}
	news, err := g.Conferences.DraftNews(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"đảng viên hoàn thành xuất sắc nhiệm vụ năm 2024 (", "số 88-QĐ/ĐUK", "5 năm liền năm 2024 (01 đảng viên)", "năm tuổi Đảng cho"} {
		if !strings.Contains(news.Text(), want) {
			t.Errorf("the news does not say %q: %s", want, news.Text())
		}
	}
	draft, err := g.Portal.Get(t.Context(), held.News)
	if err != nil || draft.State == portal.Approved || draft.Section != "cong-tac-dang" || draft.Unit != "du" {
		t.Errorf("%+v, %v", draft, err)
	}
	for _, b := range draft.Body {
		for _, run := range b.Text {
			if run.Link != "" {
				t.Errorf("a figure of the Party is bound to its records in public news: %q", run.Link)
			}
		}
	}
	state, err := g.Conferences.Get(t.Context(), "HN-2025-1")
	if err != nil {
		t.Fatal(err)
	}
	if a, err := g.Portal.Get(t.Context(), state.News); err != nil || a.State != portal.Approved {
		t.Errorf("%+v, %v", a, err)
	}
}
