package indicator

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// The columns answer as plain SQL would: the same random log is written as a table of observations, by rules
// spelt out here and not by the engine's own, and both are asked the same questions.

var (
	createObservations = store.Statement(`create table if not exists observation (log bigint not null, indicator text not null, unit text not null,
		day bigint not null, position bigint not null, value bigint not null, object text not null)`)
	insertObservation = store.Statement(`insert into observation (log, indicator, unit, day, position, value, object) values ($1,$2,$3,$4,$5,$6,$7)`)
	sumObservations   = store.Statement(`select cast(coalesce(sum(case when day < $1 then value end), 0) as bigint),
		cast(coalesce(sum(case when day >= $1 then value end), 0) as bigint)
		from observation where log = $2 and indicator = $3 and day <= $4 and position <= $5 and (unit = $6 or unit = $7)`)
	countObjects = store.Statement(`select count(distinct case when day < $1 then object end), count(distinct case when day >= $1 then object end), count(distinct object)
		from observation where log = $2 and indicator = $3 and day <= $4 and position <= $5 and (unit = $6 or unit = $7)`)
)

var units = []string{"north", "south", "east"}

// observation is what one event counts for, by hand.
type observation struct {
	indicator string
	value     int64
	object    string
}

// randomEvent draws an event and says what it must count for.
func randomEvent(t *rapid.T, m *memory) (ledger.Event, []observation) {
	on := randomDay(t)
	unit := rapid.SampledFrom(units).Draw(t, "unit")
	kind := rapid.SampledFrom([]string{"book.lent", "book.returned", "book.lost", "book.read"}).Draw(t, "kind")
	switch kind {
	case "book.lent":
		reader := fmt.Sprint("r", rapid.IntRange(0, 9).Draw(t, "reader"))
		e := m.add(kind, on.String(), unit, lent(reader, "a"))
		return e, []observation{{"lent", 1000, ""}, {"out", 1000, ""}, {"readers", 0, reader}}
	case "book.returned":
		late := rapid.Bool().Draw(t, "late")
		// Beyond 32 bits of thousandths now and then, and negative: a fine given back.
		fine := rapid.OneOf(rapid.Int64Range(-2000, 2000), rapid.Int64Range(1<<32, 1<<40), rapid.Just(int64(1000))).Draw(t, "fine")
		e := m.add(kind, on.String(), unit, returned(late, float64(fine)/1000))
		out := []observation{{"returned", 1000, ""}, {"out", -1000, ""}, {"fines", fine, ""}}
		if late {
			out = append(out, observation{"lent_late", 1000, ""})
		}
		return e, out
	case "book.lost":
		return m.add(kind, on.String(), unit, object{}), []observation{{"out", -1000, ""}}
	}
	return m.add(kind, on.String(), unit, object{}), nil
}

// randomDay is any day of two years, and often one at the edge of a period.
func randomDay(t *rapid.T) calendar.Date {
	if rapid.Bool().Draw(t, "any day") {
		return calendar.MustParse("2020-06-01") + calendar.Date(rapid.IntRange(0, 600).Draw(t, "day"))
	}
	return calendar.MustParse(rapid.SampledFrom([]string{
		"1948-09-02", "2020-11-14", "2020-11-15", "2020-12-14", "2020-12-15", "2020-12-31", "2021-01-01", "2021-02-09", "2021-02-10",
		"2021-02-11", "2021-06-14", "2021-06-15", "2021-09-14", "2021-09-15", "2021-12-14", "2021-12-15", "2021-12-31",
	}).Draw(t, "edge"))
}

func randomQuery(t *rapid.T, head int) Query {
	q := Query{AsOf: calendar.NoDate}
	q.Period = calendar.MustPeriod(rapid.SampledFrom([]string{"2021", "2021-H1", "2021-Q3", "2020-M12", "2021-S", "2021-02-10..2021-02-10"}).Draw(t, "period"))
	if rapid.Bool().Draw(t, "cut off") {
		q.AsOf = q.Period.From + calendar.Date(rapid.IntRange(-40, 400).Draw(t, "as of"))
	}
	if rapid.Bool().Draw(t, "as known") {
		q.KnownAt = int64(rapid.IntRange(1, head+5).Draw(t, "position"))
	}
	return q
}

func TestTheColumnsAnswerAsSQLDoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		db := storetest.Open(t, at)
		ctx := context.Background()
		if err := db.Update(ctx, func(tx store.Tx) error { _, err := tx.Exec(ctx, createObservations); return err }); err != nil {
			t.Fatal(err)
		}
		log := int64(0)
		rapid.Check(t, func(t *rapid.T) {
			log++
			s := sqlModel{t: t, ctx: ctx, db: db, log: log}
			e := s.fill(rapid.IntRange(1, 120).Draw(t, "events"))
			for range 4 {
				s.compare(e, randomQuery(t, int(e.Position())))
			}
		})
	})
}

type sqlModel struct {
	t   *rapid.T
	ctx context.Context
	db  *store.DB
	log int64
}

// fill makes a random log, in the table and in an engine that was fed in batches.
func (s *sqlModel) fill(n int) *Engine {
	e, err := New(loaded(s.t, lending), Options{Workers: 2, chunkRows: 8})
	if err != nil {
		s.t.Fatal(err)
	}
	var m memory
	err = s.db.Update(s.ctx, func(tx store.Tx) error {
		for range n {
			ev, observations := randomEvent(s.t, &m)
			for _, o := range observations {
				if _, err := tx.Exec(s.ctx, insertObservation, s.log, o.indicator, ev.Unit, int64(ev.EffectiveOn), ev.Position, o.value, o.object); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for from := 0; from < n; {
		to := min(n, from+rapid.IntRange(1, 30).Draw(s.t, "batch"))
		e.Feed(m[from:to])
		if _, err := e.Figure(halfYear(), "lent"); err != nil { // extends the cube on the way
			s.t.Fatal(err)
		}
		from = to
	}
	return e
}

func (s *sqlModel) compare(e *Engine, q Query) {
	unit := rapid.SampledFrom(append([]string{""}, units...)).Draw(s.t, "asked unit")
	q.Units = []string{"north", "south"}
	if unit != "" {
		q.Units = []string{unit}
	}
	ids := []string{"lent", "out", "fines", "lent_late", "returned", "readers"}
	for _, id := range ids {
		want := s.ask(q, id)
		f, err := e.Figure(q, id)
		if err != nil {
			s.t.Fatal(err)
		}
		if got := [3]int64{int64(f.Opening), int64(f.Arising), int64(f.Closing)}; got != want {
			s.t.Fatalf("%s of %v, period %s, as of %s, known at %d: columns %v, SQL %v", id, q.Units, q.Period.Code, q.AsOf, q.KnownAt, got, want)
		}
	}
	if unit == "" {
		return
	}
	figures, err := e.Figures(q, ids, q.Units)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, f := range figures {
		if got, want := [3]int64{int64(f.Opening), int64(f.Arising), int64(f.Closing)}, s.ask(q, ids[i]); got != want {
			s.t.Fatalf("%s of unit %s: columns %v, SQL %v", ids[i], unit, got, want)
		}
	}
}

// ask is the SQL answer.
func (s *sqlModel) ask(q Query, id string) (want [3]int64) {
	end, known := int64(q.end()), q.KnownAt
	from := min(int64(q.Period.From), end+1)
	if known == 0 {
		known = 1 << 40
	}
	args := []any{from, s.log, id, end, known, q.Units[0], q.Units[len(q.Units)-1]}
	var err error
	if id == "readers" {
		err = s.db.QueryRow(s.ctx, countObjects, args...).Scan(&want[0], &want[1], &want[2])
		for i := range want {
			want[i] *= 1000
		}
	} else {
		err = s.db.QueryRow(s.ctx, sumObservations, args...).Scan(&want[0], &want[1])
		want[2] = want[0] + want[1]
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return want
}
