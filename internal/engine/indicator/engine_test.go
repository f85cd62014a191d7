package indicator

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// lending is the indicators of a small library, on which the tests run.
const lending = `
indicators:
  - {id: lent, type: flow, title: {vi: Lượt mượn, en: Loans}, measure: {vi: lượt, en: loans}, dimensions: [shelf], on: [{kind: book.lent}]}
  - {id: lent_some, type: flow, title: {vi: Mượn, en: Some}, measure: {vi: lượt, en: loans}, on: [{kind: book.lent, dims: {shelf: [b, c], reader: bình}}]}
  - {id: lent_late, type: flow, title: {vi: Trễ, en: Late}, measure: {vi: lượt, en: loans}, on: [{kind: book.returned, where: Late}]}
  - {id: out, type: stock, title: {vi: Đang mượn, en: Out}, measure: {vi: cuốn, en: books}, dimensions: [shelf], plus: [{kind: book.lent}], minus: [{kind: [book.returned, book.lost]}]}
  - {id: fines, type: sum, title: {vi: Tiền phạt, en: Fines}, measure: {vi: đồng, en: dong}, dimensions: [shelf], on: [{kind: book.returned, value: 'Amounts["fine"]'}]}
  - {id: readers, type: distinct, title: {vi: Bạn đọc, en: Readers}, measure: {vi: người, en: people}, dimensions: [shelf], by: 'Dims["reader"]', on: [{kind: book.lent}]}
  - {id: returned, type: flow, title: {vi: Lượt trả, en: Returns}, measure: {vi: lượt, en: returns}, on: [{kind: book.returned}]}
  - {id: late_rate, type: ratio, title: {vi: Tỷ lệ trễ, en: Late rate}, measure: {vi: "%", en: "%"}, of: lent_late, over: returned, places: 2}
  - {id: moves, type: sum, title: {vi: Lượt, en: Moves}, measure: {vi: lượt, en: moves}, dimensions: [], parts: [lent, returned]}
  - {id: kept, type: sum, title: {vi: Còn, en: Kept}, measure: {vi: lượt, en: moves}, parts: [lent, -returned]}
  - {id: visits, type: manual, title: {vi: Lượt khách, en: Visits}, measure: {vi: lượt, en: visits}, targets: [{period: 2021-H1, value: "900"}, {period: 2021-H1, unit: north, value: "400"}]}
`

func loaded(t fataler, text string) *Definitions {
	t.Helper()
	d, err := Load(fstest.MapFS{"lending.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func engine(t testing.TB) *Engine {
	t.Helper()
	e, err := New(loaded(t, lending), Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// memory is a ledger in memory.
type memory []ledger.Event

func (m memory) Head() int64 { return int64(len(m)) }

func (m memory) Scan(_ context.Context, from int64, fn func(ledger.Event) error) error {
	for _, e := range m[min(from, m.Head()):] {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (m memory) Event(_ context.Context, position int64) (ledger.Event, error) {
	if position < 1 || position > m.Head() {
		return ledger.Event{}, fault.New(fault.NotFound, "ledger.no_event")
	}
	return m[position-1], nil
}

// add appends an event as the ledger would.
func (m *memory) add(kind, on, unit string, data any) ledger.Event {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	e := ledger.Event{
		Position: int64(len(*m)) + 1, Stream: fmt.Sprintf("book/%d", len(*m)), Version: 1, Kind: kind,
		EffectiveOn: calendar.MustParse(on), Unit: unit, Data: raw,
	}
	*m = append(*m, e)
	return e
}

type object = map[string]any

func lent(reader, shelf string) object {
	return object{"title": "Sách của " + reader, "dims": object{"reader": reader, "shelf": shelf}}
}

func returned(late bool, fine float64) object {
	return object{"late": late, "dims": object{"shelf": "a"}, "fields": object{"fine": fine, "note": "x"}}
}

// sample is a half year in two branches, with one loan entered late.
func sample() memory {
	var m memory
	m.add("book.lent", "2020-12-01", "north", lent("an", "a"))
	m.add("book.lent", "2020-12-15", "north", lent("an", "a"))
	m.add("book.lent", "2021-06-14", "south", lent("bình", "b"))
	m.add("book.lent", "2021-06-15", "south", lent("bình", "b"))
	m.add("book.returned", "2021-02-01", "north", returned(true, 1500.5))
	m.add("book.returned", "2021-03-01", "north", returned(false, 0))
	m.add("book.lost", "2021-03-02", "south", object{})
	m.add("book.lent", "2021-01-05", "north", lent("chi", "b")) // entered late
	return m
}

func caughtUp(t testing.TB, m memory) *Engine {
	t.Helper()
	e := engine(t)
	if err := e.CatchUp(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	return e
}

func halfYear() Query {
	return Query{Period: calendar.MustPeriod("2021-H1"), AsOf: calendar.NoDate}
}

func TestFigures(t *testing.T) {
	e := caughtUp(t, sample())
	june1, known4 := halfYear(), halfYear()
	june1.AsOf = calendar.MustParse("2021-02-15")
	known4.KnownAt = 7
	north := halfYear()
	north.Units = []string{"north"}
	early := halfYear()
	early.AsOf = calendar.MustParse("2020-12-10")
	for _, c := range []struct {
		name                      string
		q                         Query
		id                        string
		opening, arising, closing string
	}{
		{"a flow counts by effective date", halfYear(), "lent", "1", "3", "4"},
		{"a rule may name dimensions and several of their values", halfYear(), "lent_some", "0", "1", "1"},
		{"a unit by itself", north, "lent", "1", "2", "3"},
		{"a stock keeps what is left", halfYear(), "out", "1", "0", "1"},
		{"a sum adds amounts", halfYear(), "fines", "0", "1500.5", "1500.5"},
		{"different readers, before and inside, do not add up", halfYear(), "readers", "1", "3", "3"},
		{"a ratio is of the arising parts", halfYear(), "late_rate", "", "50", "50"},
		{"parts are added", halfYear(), "moves", "1", "5", "6"},
		{"and taken away", halfYear(), "kept", "1", "1", "2"},
		{"as of a day", june1, "returned", "0", "1", "1"},
		{"as of a day before the period", early, "lent", "1", "0", "1"},
		{"as known before the late entry", known4, "lent", "1", "2", "3"},
		{"as known before the late entry, readers", known4, "readers", "1", "2", "2"},
	} {
		f, err := e.Figure(c.q, c.id)
		if err != nil {
			t.Fatal(err)
		}
		got := [3]string{f.Opening.String(), f.Arising.String(), f.Closing.String()}
		if want := [3]string{c.opening, c.arising, c.closing}; got != want {
			t.Errorf("%s: %s is %v, want %v", c.name, c.id, got, want)
		}
	}
}

func TestUnknownIndicatorIsNamed(t *testing.T) {
	_, err := engine(t).Figure(halfYear(), "nothing")
	if err == nil || err.Error() != "indicator.unknown map[id:nothing]" {
		t.Error(err)
	}
}

func visits(period, value string, estimate bool) Recorded {
	return Recorded{Indicator: "visits", Period: period, Value: value, Estimate: estimate}
}

func TestManualFigures(t *testing.T) {
	var m memory
	m.add(KindRecorded, "2020-12-14", "north", visits("2020-H2", "70", false))
	m.add(KindRecorded, "2021-06-01", "north", visits("2021-H1", "120", true))
	m.add(KindRecorded, "2021-06-14", "north", visits("2021-H1", "100", false))
	m.add(KindRecorded, "2021-06-14", "south", visits("2021-H1", "50.5", false))
	m.add(KindRecorded, "2021-06-14", "north", visits("2021-H1", "101", false)) // a correction
	m.add(KindTarget, "2021-01-10", "north", visits("2021-H1", "450", false))
	m.add(KindRecorded, "2021-06-14", "south", visits("2021-H1", "", false)) // taken back
	e := caughtUp(t, m)
	known := func(p int64) Query { q := halfYear(); q.KnownAt = p; return q }
	unit := func(u string) Query { q := halfYear(); q.Units = []string{u}; return q }
	for _, c := range []struct {
		name                               string
		q                                  Query
		opening, arising, estimate, target string
	}{
		{"the last record holds", unit("north"), "70", "101", "120", "450"},
		{"units are added", known(5), "70", "151.5", "120", "900"},
		{"as known before the correction", known(4), "70", "150.5", "120", "900"},
		{"a figure taken back is absent, not zero", unit("south"), "", "", "", ""},
		{"the estimate stays apart", known(2), "70", "", "120", "900"},
	} {
		f, err := e.Figure(c.q, "visits")
		if err != nil {
			t.Fatal(err)
		}
		got := [4]string{f.Opening.String(), f.Arising.String(), f.Estimate.String(), f.Target.String()}
		if want := [4]string{c.opening, c.arising, c.estimate, c.target}; got != want {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
}

func TestFiguresListsUnitsInTheOrderAsked(t *testing.T) {
	e := caughtUp(t, sample())
	figures, err := e.Figures(halfYear(), []string{"lent", "returned"}, []string{"south", "north", "east"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range figures {
		got = append(got, f.Indicator+" "+f.Unit+" "+f.Arising.String())
	}
	want := []string{"lent south 1", "lent north 2", "lent east 0", "returned south 0", "returned north 2", "returned east 0"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRecordsLeadBackToTheEvents(t *testing.T) {
	m := sample()
	e := caughtUp(t, m)
	first, err := e.Records(context.Background(), m, halfYear(), "lent", 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 2 || first[0].Position != 2 || first[0].Label != "Sách của an" || first[1].Stream != "book/2" {
		t.Fatalf("first page: %+v", first)
	}
	next, err := e.Records(context.Background(), m, halfYear(), "lent", 2, first[1].Position)
	if err != nil || len(next) != 1 || next[0].Position != 8 || next[0].On.String() != "2021-01-05" {
		t.Fatalf("second page: %+v %v", next, err)
	}
	rate, err := e.Records(context.Background(), m, halfYear(), "late_rate", 10, 0)
	if err != nil || len(rate) != 3 || rate[0].Indicator != "lent_late" || rate[1].Indicator != "returned" {
		t.Fatalf("a ratio shows both its parts: %+v %v", rate, err)
	}
}

func TestChangedSinceNamesLateEntriesAndCorrections(t *testing.T) {
	m := sample()
	m.add(KindRecorded, "2021-06-14", "north", visits("2021-H1", "5", false))
	e := caughtUp(t, m)
	for id, want := range map[string]int64{"lent": 8, "visits": 9} {
		changed, err := e.ChangedSince(halfYear(), id, 7)
		if err != nil || len(changed) != 1 || changed[0].Position != want {
			t.Errorf("%s: %+v %v", id, changed, err)
		}
	}
}

func TestBreakdown(t *testing.T) {
	e := caughtUp(t, sample())
	for _, c := range []struct{ id, dim, want string }{
		{"lent", "shelf", "[{a 1 1 2} {b 0 2 2}]"},
		{"out", "shelf", "[{ 0 -1 -1} {a 1 -1 0} {b 0 2 2}]"},
		{"readers", "shelf", "[{a 1 1 1} {b 0 2 2}]"},
		{"lent", "unit", "[{north 1 2 3} {south 0 1 1}]"},
		{"late_rate", "unit", "[{north  50 50}]"},
	} {
		slices, err := e.Breakdown(halfYear(), c.id, c.dim)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(slices); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.id, c.dim, got, c.want)
		}
	}
	if _, err := e.Breakdown(halfYear(), "moves", "shelf"); err == nil {
		t.Error("moves has parts without the dimension shelf and must not be split by it")
	}
}

func TestABadEventCountsForNothingAndIsReported(t *testing.T) {
	m := sample()
	m[1].Data = []byte(`{"dims": 3}`)
	e := caughtUp(t, m)
	f, err := e.Figure(halfYear(), "lent")
	if err != nil || f.Arising != Of(2) {
		t.Errorf("%v %v", f, err)
	}
	problems, _ := e.Problems()
	if len(problems) != 1 || problems[0].Position != 2 {
		t.Errorf("%+v", problems)
	}
}

func TestFeedTakesEachEventOnce(t *testing.T) {
	m := sample()
	e := engine(t)
	e.Feed(m[:3])
	e.Feed(m[1:5]) // overlaps
	e.Feed(m[7:])  // leaves a gap, so it must wait for CatchUp
	if e.Position() != 5 {
		t.Fatalf("position %d, want 5", e.Position())
	}
	if err := e.CatchUp(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	if f, _ := e.Figure(halfYear(), "lent"); f.Closing != Of(4) {
		t.Errorf("closing %v, want 4", f.Closing)
	}
}

type broken struct{ memory }

func (b broken) Head() int64 { return b.memory.Head() + 1 }

func TestCatchUpStopsAtAMissingEvent(t *testing.T) {
	err := engine(t).CatchUp(context.Background(), broken{sample()})
	if !fault.Is(err, "indicator.ledger_gap") {
		t.Fatalf("got %v, want a fault about the missing event", err)
	}
}

// fataler is what *testing.T and *rapid.T share.
type fataler interface {
	Helper()
	Fatal(args ...any)
}
