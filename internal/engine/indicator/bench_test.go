package indicator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

const (
	benchFigures = 60
	benchUnits   = 30
	benchEvents  = 10_000_000
)

// benchEngine is an engine with ten million rows: 60 flows in 30 units over five years, one row an event. The rows
// are written straight into the columns. With scattered, days are in no order at all, so that no chunk can be
// answered by its totals; otherwise they follow the ledger with entries up to thirty days late.
func benchEngine(b *testing.B, rows int, scattered bool) *Engine {
	b.Helper()
	var text strings.Builder
	text.WriteString("indicators:\n")
	for i := range benchFigures {
		fmt.Fprintf(&text, "  - {id: f%02d, type: flow, title: {vi: x, en: x}, measure: {vi: x, en: x}, dimensions: [d], on: [{kind: k%02d}]}\n", i, i)
	}
	defs, err := Load(fstest.MapFS{"bench.yaml": {Data: []byte(text.String())}})
	if err != nil {
		b.Fatal(err)
	}
	e, err := New(defs, Options{})
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var classes, combos [benchFigures * benchUnits]uint32
	for i := range classes {
		unit := intern(e.w.unitOf, &e.w.units, fmt.Sprintf("unit%02d", i%benchUnits))
		classes[i] = e.w.class(e.w.pattern([]term{{indicator: uint16(i / benchUnits)}}, false), unit)
		combos[i] = e.w.combo(&Fact{Dims: map[string]string{"d": fmt.Sprint(i % 100)}})
	}
	first, days := int(dayNumber(calendar.MustParse("2020-12-15"))), 5*365
	for i := range rows {
		day := i * days / rows
		if scattered {
			day = random.IntN(days)
		} else {
			day = max(0, day-random.IntN(30))
		}
		n := random.IntN(len(classes))
		e.w.append(classes[n], uint16(first+day), combos[n], int64(One), int64(i+1))
	}
	e.w.position = int64(rows)
	e.view.Store(e.w.publish())
	return e
}

// askAll asks every figure for every unit: 60 × 30 × (opening, arising, closing).
func askAll(b *testing.B, e *Engine, knownAt int64) {
	q := Query{Period: calendar.MustPeriod("2023-H1"), AsOf: calendar.NoDate, KnownAt: knownAt}
	var ids, units []string
	for i := range benchFigures {
		ids = append(ids, fmt.Sprintf("f%02d", i))
	}
	for i := range benchUnits {
		units = append(units, fmt.Sprintf("unit%02d", i))
	}
	b.ReportAllocs()
	for b.Loop() {
		figures, err := e.Figures(q, ids, units)
		if err != nil || len(figures) != benchFigures*benchUnits || figures[0].Arising <= 0 {
			b.Fatal(len(figures), err)
		}
	}
	size := e.Size()
	b.ReportMetric(float64(size.Bytes)/float64(size.Rows), "B/event")
}

// The question "as known at the last event but one" cannot be answered by the cube.
func BenchmarkColumns(b *testing.B) {
	e := benchEngine(b, benchEvents, true)
	askAll(b, e, benchEvents-1)
}

// The same where the ledger is roughly in the order of time, as it is in an office.
func BenchmarkColumnsInOrder(b *testing.B) {
	e := benchEngine(b, benchEvents, false)
	askAll(b, e, benchEvents-1)
}

func BenchmarkCube(b *testing.B) {
	e := benchEngine(b, benchEvents, true)
	e.cubeFor(e.view.Load())
	askAll(b, e, 0)
}

func BenchmarkCubeBuild(b *testing.B) {
	e := benchEngine(b, benchEvents, true)
	for b.Loop() {
		e.cube.Store(nil)
		e.cubeFor(e.view.Load())
	}
}

func BenchmarkSnapshotSave(b *testing.B) {
	e := benchEngine(b, benchEvents, true)
	path := filepath.Join(b.TempDir(), "figures.snapshot")
	for b.Loop() {
		if err := e.Save(path); err != nil {
			b.Fatal(err)
		}
	}
}

// From an empty engine to the first answer, with the snapshot file and the cube.
func BenchmarkSnapshotLoad(b *testing.B) {
	e := benchEngine(b, benchEvents, true)
	path := filepath.Join(b.TempDir(), "figures.snapshot")
	if err := e.Save(path); err != nil {
		b.Fatal(err)
	}
	l := endless{}
	e.w.anchor = anchorOf(&ledger.Event{Position: benchEvents})
	if err := e.Save(path); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		again, err := New(e.defs, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if used, why := again.Restore(context.Background(), path, l); !used {
			b.Fatal(why)
		}
		if err := again.CatchUp(context.Background(), l); err != nil {
			b.Fatal(err)
		}
		if f, err := again.Figure(halfYear(), "f00"); err != nil || f.Arising <= 0 {
			b.Fatal(f, err)
		}
	}
}

// endless is a ledger whose last event is the benchmark's last.
type endless struct{ memory }

func (endless) Head() int64 { return benchEvents }

func (endless) Event(context.Context, int64) (ledger.Event, error) {
	return ledger.Event{Position: benchEvents}, nil
}

// What one event costs when the ledger is read again.
func BenchmarkFeed(b *testing.B) {
	defs := shipped(b)
	e, err := New(defs, Options{})
	if err != nil {
		b.Fatal(err)
	}
	batch := typicalBatch()
	position := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		for i := range batch {
			position++
			batch[i].Position = position
		}
		e.Feed(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(position), "ns/event")
}

// typicalBatch is the life of dossiers as the dossier engine records it: received, assigned, two steps, finished.
func typicalBatch() []ledger.Event {
	var out []ledger.Event
	for i := range 200 {
		for _, verb := range []string{"received", "assigned", "stepped", "stepped", "finished"} {
			data := fmt.Sprintf(`{"procedure":"technology_appraisal","version":"2018","action":"tiep_nhan","from":"nhap","to":"tiep_nhan","status":2,"prev_status":1,`+
				`"due":"2021-06-30","late":%t,"working_days":12,"title":"Thẩm định công nghệ dự án số %d","applicant":"Công ty Mẫu %d","fields":{"von_dau_tu":%d,"dia_diem":"Khu công nghiệp Mẫu"},`+
				`"dims":{"channel":"online","field":"cong_nghe"},"note":""}`, i%9 == 0, i, i, i*1000)
			out = append(out, ledger.Event{
				Stream: fmt.Sprint("dossier/", i), Kind: "dossier." + verb, EffectiveOn: calendar.MustParse("2021-06-14") + calendar.Date(i%90),
				Unit: fmt.Sprint("phong-", i%8), Data: []byte(data),
			})
		}
	}
	return out
}
