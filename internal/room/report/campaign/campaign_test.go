package campaign_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/report"
	"trucot/internal/room/report/campaign"
	"trucot/internal/testing/storetest"
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused checks that a step was refused for one reason.
func refused(t testing.TB, err error, key string) {
	t.Helper()
	if !fault.Is(err, key) {
		t.Fatalf("refused with %v, want %s", err, key)
	}
}

type shipped struct {
	calendar *calendar.Calendar
	figures  *indicator.Definitions
	regimes  *report.Regimes
	layouts  *document.Layouts
	rules    campaign.Rules
	words    *lang.Catalog
}

// definitionsOnce reads what is shipped once for all offices.
var definitionsOnce = sync.OnceValues(func() (s shipped, err error) {
	if s.calendar, err = calendar.Load(definitions.Files); err != nil {
		return s, err
	}
	files, err := fs.Sub(definitions.Files, "indicators")
	if err != nil {
		return s, err
	}
	if s.figures, err = indicator.Load(files); err != nil {
		return s, err
	}
	if s.regimes, err = report.Load(definitions.Files); err != nil {
		return s, err
	}
	if s.layouts, err = document.LoadLayouts(definitions.Files); err != nil {
		return s, err
	}
	s.words = lang.NewCatalog(campaign.Texts(), report.Texts(), document.Texts(), calendar.Texts())
	s.rules, err = campaign.LoadRules(definitions.Files)
	return s, err
})

// office is a desk over an empty database whose clock the test sets: an agency with two divisions, a branch with a centre
// below it, and a Party committee with a cell.
type office struct {
	*campaign.Desk
	ctx     context.Context
	ledger  *ledger.Ledger
	people  *people.People
	figures *indicator.Engine
	now     time.Time
	serial  int
}

func newOffice(t testing.TB, at string) *office {
	t.Helper()
	o := &office{ctx: context.Background()}
	o.set("2025-06-02")
	clock := func() time.Time { return o.now }
	db := storetest.Open(t, at)
	l, err := ledger.Open(o.ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), report.Fold(), numbering.Fold(), campaign.Fold()}, Clock: clock, KeyFile: t.TempDir() + "/ledger.key"})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	o.people, err = people.New(o.ctx, db, l, people.Options{Clock: clock})
	must(t, err)
	for _, u := range []people.Unit{
		{Code: "so", NameVI: "Sở mẫu", Side: people.State}, {Code: "qlkh", NameVI: "Phòng Quản lý khoa học", Parent: "so", Side: people.State},
		{Code: "qlcn", NameVI: "Phòng Quản lý công nghệ", Parent: "so", Side: people.State}, {Code: "tdc", NameVI: "Chi cục mẫu", Parent: "so", Side: people.State},
		{Code: "ktdl", NameVI: "Trung tâm mẫu", Parent: "tdc", Side: people.State},
		{Code: "du", NameVI: "Đảng ủy mẫu", Side: people.Party}, {Code: "cb1", NameVI: "Chi bộ mẫu", Parent: "du", Side: people.Party},
	} {
		must(t, o.people.OpenUnit(o.ctx, people.By{Actor: "sample", On: day("2019-01-01")}, u))
	}
	s, err := definitionsOnce()
	must(t, err)
	o.figures, err = indicator.New(s.figures, indicator.Options{})
	must(t, err)
	l.Follow(o.figures.Feed)
	must(t, o.figures.CatchUp(o.ctx, l))
	head := func(unit, side string, on calendar.Date) report.Agency {
		var led []string // the agency, which the Party's report as a whole is about too
		if unit == "" {
			unit = map[string]string{"state": "so", "party": "du"}[side]
			if side == "party" {
				led, _ = o.people.Subtree(o.ctx, "so", on)
			}
		}
		units, _ := o.people.Subtree(o.ctx, unit, on)
		units = append(units, led...)
		return report.Agency{Name: o.people.UnitName(o.ctx, unit, lang.VI), Symbol: map[string]string{"state": "SKHCN", "party": "ĐU"}[side], Place: "Mẫu", Post: "GIÁM ĐỐC", Units: units}
	}
	o.ledger = l
	root := func(ctx context.Context, position int64) (string, error) {
		h, err := l.Root(ctx, position)
		return h.String(), err
	}
	room := report.New(l, db, s.regimes, o.figures, s.layouts.At, report.Options{Clock: clock, Agency: head, Checkpoint: root})
	o.Desk = campaign.New(campaign.Needs{Ledger: l, DB: db, Calendar: s.calendar, People: o.people, Figures: o.figures, Reports: room, Layout: s.layouts.At, Books: numbering.New(l, db), Words: s.words,
		Clock: clock, Rules: func() (campaign.Rules, error) { return s.rules, nil }, Head: head, Checkpoint: root})
	return o
}

// set moves the clock to noon of a day.
func (o *office) set(d string) { o.now = day(d).Time().Add(5 * time.Hour) }

// record counts an article (info.articles) of a unit on a day, under a record of its own or a named one.
func (o *office) record(t testing.TB, unit, on string, n int, stream string) string {
	t.Helper()
	if stream == "" {
		o.serial++
		stream = fmt.Sprintf("activity/%d", o.serial)
	}
	o.fact(t, unit, on, n, stream, "activity.recorded", "article")
	return stream
}

func (o *office) fact(t testing.TB, unit, on string, n int, stream, event, kind string) {
	t.Helper()
	_, err := o.ledger.Append(o.ctx, ledger.Command{Stream: stream, Expect: ledger.AnyVersion, Actor: "sample", Unit: unit,
		Events: []ledger.NewEvent{{Kind: event, On: day(on), Data: map[string]any{"dims": map[string]string{"kind": kind}, "amounts": map[string]int{"count": n}}}}})
	must(t, err)
}

const articles = "info.articles"

var by = campaign.By{Actor: "chanhvp"}

func (o *office) open(t testing.TB, with campaign.Opening) *campaign.Campaign {
	t.Helper()
	if with.Regime == "" {
		with.Regime, with.Period = "so-ket-6-thang", "2025-H1"
	}
	c, err := o.Open(o.ctx, with, by)
	must(t, err)
	return c
}

func (o *office) handIn(t testing.TB, id string, units ...string) {
	t.Helper()
	for _, u := range units {
		_, err := o.Submit(o.ctx, id, u, by)
		must(t, err)
	}
}

func row(actual, estimate indicator.Value, why string, claims ...string) campaign.Row {
	return campaign.Row{Actual: actual, Estimate: estimate, Why: why, Claims: claims}
}

func entered(r campaign.Row) campaign.Entered {
	return campaign.Entered{Rows: map[string]campaign.Row{articles: r}}
}

func TestFromOpeningToTheFrozenReportOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		shared := o.record(t, "qlkh", "2025-03-03", 3, "")
		o.record(t, "qlcn", "2025-03-04", 2, "")
		o.record(t, "ktdl", "2025-03-05", 1, "")
		o.record(t, "qlkh", "2024-03-05", 3, "")
		o.record(t, "so", "2025-03-06", 1, "") // of no unit that is asked
		c := o.open(t, campaign.Opening{AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate})
		if c.ID != "so-ket-6-thang-2025-h1" || c.Due != day("2025-06-25") {
			t.Fatalf("opened %s due %s", c.ID, c.Due)
		}
		parts, err := o.Parts(o.ctx, c.ID)
		must(t, err)
		due := map[string]string{}
		for _, p := range parts {
			due[p.Unit] = p.Due.String() + " " + strings.Join(p.Covers, "+")
		}
		want := map[string]string{"qlkh": "2025-06-18 qlkh", "qlcn": "2025-06-18 qlcn", "tdc": "2025-06-18 tdc", "ktdl": "2025-06-13 ktdl"}
		if fmt.Sprint(due) != fmt.Sprint(want) {
			t.Fatalf("parts %v, want %v", due, want)
		}

		_, err = o.Save(o.ctx, c.ID, "qlcn", entered(row(indicator.NoValue, indicator.Of(9), "", campaign.Key(shared))), by)
		must(t, err)
		_, err = o.Submit(o.ctx, c.ID, "qlcn", by) // 2 of its own and 3 shared, from nothing
		refused(t, err, "campaign.unexplained")
		_, err = o.Save(o.ctx, c.ID, "qlcn", entered(row(indicator.NoValue, indicator.Of(9), "Cùng thực hiện với Phòng Quản lý khoa học", campaign.Key(shared))), by)
		must(t, err)
		o.handIn(t, c.ID, "qlkh", "qlcn", "tdc", "ktdl")
		x, err := o.Consolidate(o.ctx, c.ID, 0)
		must(t, err)
		s := x.Sum(articles)
		if s.Units != indicator.Of(9) || s.Total != indicator.Of(9) || s.Own != indicator.Of(7) || s.Open != 1 || s.Estimate != indicator.Of(13) || s.LastYear != indicator.Of(3) {
			t.Fatalf("before settling: %+v", s)
		}
		_, err = o.Sign(o.ctx, c.ID, "", by)
		refused(t, err, "campaign.doubles_open")
		_, err = o.Settle(o.ctx, c.ID, x.Doubles[0].Key(), "tdc", "nhầm", by)
		refused(t, err, "campaign.no_such_double")
		_, err = o.Settle(o.ctx, c.ID, x.Doubles[0].Key(), "qlkh", "Phòng Quản lý khoa học chủ trì", by)
		must(t, err)
		x, err = o.Consolidate(o.ctx, c.ID, 0)
		must(t, err)
		if s := x.Sum(articles); s.Total != indicator.Of(6) || s.Doubled != indicator.Of(3) || s.Apart() != indicator.Of(1) || len(x.Doubles) != 1 {
			t.Fatalf("after settling: %+v", s)
		}

		_, err = o.Write(o.ctx, c.ID, "info", "Đăng {{info.articles}} tin, bài; tự đếm {{info.articles.own}}; {{info.articles.change}}.", by)
		must(t, err)
		_, err = o.Sign(o.ctx, c.ID, "", campaign.By{Actor: "giamdoc"})
		must(t, err)
		o.record(t, "qlkh", "2025-03-07", 50, "") // after the signature: not in what was signed
		o.set("2025-06-24")
		c, err = o.Issue(o.ctx, c.ID, "", by)
		must(t, err)
		if c.Stage != campaign.Issued || c.Number != "01/BC-SKHCN" {
			t.Fatalf("issued as %s, %s", c.Stage, c.Number)
		}
		text := paperText(c.Frozen.Paper)
		if !strings.Contains(text, "Đăng 06 tin, bài; tự đếm 07; tăng 03 bài.") {
			t.Fatalf("frozen text:\n%s", text)
		}
		paper, err := o.Paper(o.ctx, c.ID)
		must(t, err)
		if docx, xlsx := sums(t, o, paper); docx != c.Frozen.DOCX || xlsx != c.Frozen.XLSX {
			t.Fatal("the frozen report's files are not the same bytes again")
		}
		_, err = o.Return(o.ctx, c.ID, "qlkh", "muộn rồi", by)
		refused(t, err, "campaign.wrong_stage")
		rebuilt, err := o.ledger.Rebuild(o.ctx, "campaign")
		must(t, err)
		for _, r := range rebuilt {
			if !r.Equal() {
				t.Errorf("table %+v differs when rebuilt", r)
			}
		}
	})
}

func paperText(p campaign.Paper) string {
	var b strings.Builder
	for _, s := range p.Sections {
		b.WriteString(s.Title + "\n" + strings.Join(s.Lines, "\n") + "\n")
	}
	return b.String()
}
