package sample

import (
	"cmp"
	"fmt"
	"slices"

	"trucot/internal/kernel/calendar"
)

// factWords is one line of activities.yaml: work that is no dossier.
type factWords struct {
	Kind    string            `def:"kind,required"`
	Unit    string            `def:"unit"`
	Moved   string            `def:"moved"` // the unit from which the work goes on when Unit is closed
	Units   []string          `def:"units"`
	Each    bool              `def:"each"` // each of Units every time
	Actor   string            `def:"actor,required"`
	Monthly []int             `def:"monthly,required"`
	Growth  int               `def:"growth"`
	Months  []int             `def:"months"`
	Amounts map[string][]int  `def:"amounts"`
	Needs   map[string]string `def:"needs"` // amount → the amount without which it is nothing
	Dims    map[string]string `def:"dims"`
	VI      string            `def:"vi,required"`
	Seed    int               `def:"seed"` // of a chance of its own, so that a line that came later leaves the others as they were
	own     *chance
}

// chance is what the line is drawn by.
func (f *factWords) chance(all *chance) *chance {
	switch {
	case f.Seed == 0:
		return all
	case f.own == nil:
		f.own = &chance{state: uint64(f.Seed)}
	}
	return f.own
}

type factsWords struct {
	Activities  []factWords `def:"activities,required"`
	Instruments struct {
		Unit  string `def:"unit,required"`
		Actor string `def:"actor,required"`
		VI    string `def:"vi,required"`
	} `def:"instruments,required"`
	Party     []factWords    `def:"party,required"`
	Members   map[string]int `def:"members,required"`
	MembersOn calendar.Date  `def:"members_on,required"`
}

// fact is the data of an activity or of a Party fact.
type fact struct {
	Title   string            `json:"title"`
	Dims    map[string]string `json:"dims,omitempty"`
	Amounts map[string]int    `json:"amounts,omitempty"`
}

// kindActivity is the event of any activity; its dims say which.
const kindActivity = "activity.recorded"

// facts plans what is recorded beside the dossiers, reporting month by reporting month.
func (s *simulation) facts() error {
	var w factsWords
	if err := read("activities.yaml", &w); err != nil {
		return err
	}
	for _, cell := range sorted(w.Members) {
		s.at(w.MembersOn, func(on calendar.Date) error {
			return s.alone(func() error { return s.roll(cell, w.Members[cell], on) })
		})
	}
	for from := opening; from < lastDay; from = from.AddMonths(1) {
		to := from.AddMonths(1) - 1
		for i := range w.Activities {
			s.month(&w.Activities[i], kindActivity, from, to)
		}
		for i := range w.Party {
			s.month(&w.Party[i], w.Party[i].Kind, from, to)
		}
		s.at(min(to+1, lastDay), func(calendar.Date) error { return s.countInstruments(&w, to) }) // once all of the month is signed
	}
	return nil
}

// month plans one line's facts of a reporting month, which is named after its last day's month.
func (s *simulation) month(f *factWords, kind string, from, to calendar.Date) {
	_, m, _ := to.YMD()
	if len(f.Months) > 0 && !slices.Contains(f.Months, int(m)) {
		return
	}
	rnd := f.chance(&s.rnd)
	n := float64(rnd.between(f.Monthly[0], f.Monthly[1]))
	if secondYear(from) && f.Amounts["count"] == nil {
		n *= 1 + float64(f.Growth)/100
	}
	for range rnd.rounded(n) {
		day := min(s.working(from+calendar.Date(rnd.below(29)), 0), to)
		units := f.Units
		if len(units) > 0 && !f.Each {
			units = []string{pick(rnd, units)}
		}
		if len(units) == 0 {
			units = []string{f.Unit}
		}
		for _, unit := range units {
			data := s.draw(f, kind, secondYear(from))
			s.at(day, func(on calendar.Date) error {
				return s.happened(f, kind, s.unit(unit, f.Moved, on), on, data)
			})
		}
	}
}

// unit is where the work is done on a day.
func (s *simulation) unit(unit, moved string, on calendar.Date) string {
	if u, err := s.app.People.Unit(s.ctx, unit, on); moved != "" && (err != nil || u.To != calendar.NoDate && on >= u.To) {
		return moved
	}
	return unit
}

// draw makes a fact's data.
func (s *simulation) draw(f *factWords, kind string, later bool) fact {
	out := fact{Title: f.VI, Dims: map[string]string{}, Amounts: map[string]int{}}
	for k, v := range f.Dims {
		out.Dims[k] = v
	}
	if kind == kindActivity {
		out.Dims["kind"] = f.Kind
	}
	for _, name := range sorted(f.Amounts) {
		r := f.Amounts[name]
		n := f.chance(&s.rnd).between(r[0], r[1])
		if later && r[1] > 3 {
			n = max(r[0], n*(100+f.Growth)/100)
		}
		out.Amounts[name] = n
	}
	for name, needed := range f.Needs {
		if out.Amounts[needed] == 0 {
			out.Amounts[name] = 0
		}
	}
	return out
}

// happened records a fact; a few are entered days late, as in any office.
func (s *simulation) happened(f *factWords, kind, unit string, on calendar.Date, data fact) error {
	s.serial++
	stream := fmt.Sprintf("activity/%06d", s.serial)
	enter := func(calendar.Date) error {
		if kind != kindActivity {
			return s.partyWork(f, kind, unit, on, data)
		}
		return s.record(stream, f.Actor, unit, kind, on, data)
	}
	rnd := f.chance(&s.rnd)
	if rnd.percent(4) && on+9 <= lastDay {
		s.at(s.working(on+calendar.Date(rnd.between(2, 8)), 0), enter)
		return nil
	}
	return enter(on)
}

// countInstruments records the month's verified instruments, as the signed orders say.
func (s *simulation) countInstruments(w *factsWords, on calendar.Date) error {
	n := s.instruments[on]
	for _, x := range []struct {
		kind  string
		count int
	}{{"instrument_verified", n[0] + n[1]}, {"instrument_failed", n[1]}} {
		s.serial++
		data := fact{Title: w.Instruments.VI, Dims: map[string]string{"kind": x.kind}, Amounts: map[string]int{"count": x.count}}
		if err := s.record(fmt.Sprintf("activity/%06d", s.serial), w.Instruments.Actor, w.Instruments.Unit, kindActivity, on, data); err != nil {
			return err
		}
	}
	return nil
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[string])
	return keys
}
