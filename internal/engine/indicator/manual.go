package indicator

import (
	"encoding/json"
	"sync"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// role says what a recorded figure is.
type role uint8

const (
	actual role = iota
	estimate
	target
)

// Recorded is the data of the events "figure.recorded" and "figure.target".
type Recorded struct {
	Indicator string `json:"indicator"`
	Period    string `json:"period"` // period code, "2021-H1"
	Value     string `json:"value"`  // plain decimal; empty takes an earlier record back
	Estimate  bool   `json:"estimate"`
	Source    Source `json:"source"`
	Note      string `json:"note"`
}

// Source is where a recorded figure was read.
type Source struct {
	File   string `json:"file,omitempty"`
	Cell   string `json:"cell,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// slot is what a record is for; the last one recorded for a slot and a unit holds.
type slot struct {
	indicator, period string
	role              role
}

// record is one recorded figure and the one it replaced.
type record struct {
	Position int64
	On       calendar.Date
	Value    Value
	Before   int32 // index of the record it replaced, −1 = first
}

// recorded keeps every record, so that any earlier state can be asked for.
type recorded struct {
	mu      sync.RWMutex
	records []record
	last    map[slot]map[string]int32 // by unit
}

func newRecorded() *recorded { return &recorded{last: map[slot]map[string]int32{}} }

// feed takes one event; the error says why it cannot be read.
func (r *recorded) feed(e *ledger.Event) error {
	var data Recorded
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return err
	}
	v, err := ParseValue(data.Value)
	if err != nil {
		return err
	}
	if data.Indicator == "" || data.Period == "" {
		return fault.New(fault.Invalid, "indicator.record_incomplete")
	}
	s := slot{data.Indicator, data.Period, actual}
	if data.Estimate {
		s.role = estimate
	}
	if e.Kind == KindTarget {
		s.role = target
	}
	r.put(s, e.Unit, record{Position: e.Position, On: e.EffectiveOn, Value: v})
	return nil
}

func (r *recorded) put(s slot, unit string, rec record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	units := r.last[s]
	if units == nil {
		units = map[string]int32{}
		r.last[s] = units
	}
	rec.Before = -1
	if i, ok := units[unit]; ok {
		rec.Before = i
	}
	units[unit] = int32(len(r.records))
	r.records = append(r.records, rec)
}

// cut limits records to a ledger position and an effective date (NoDate = any).
type cut struct {
	known int64
	asOf  calendar.Date
}

func (q Query) cut(v *view) cut {
	c := cut{known: v.position, asOf: calendar.NoDate}
	if q.KnownAt > 0 {
		c.known = min(q.KnownAt, v.position)
	}
	if q.AsOf != calendar.NoDate && q.AsOf < q.Period.To {
		c.asOf = q.AsOf
	}
	return c
}

// holding is the record that holds for a chain of records, or nil. The caller holds the lock.
func (r *recorded) holding(i int32, c cut) *record {
	for ; i >= 0; i = r.records[i].Before {
		rec := &r.records[i]
		if rec.Position <= c.known && (c.asOf == calendar.NoDate || rec.On <= c.asOf) {
			return rec
		}
	}
	return nil
}

// values is what holds for a slot by group of units; nil where nothing was ever recorded.
func (r *recorded) values(s slot, g *grouping, c cut) []Value {
	r.mu.RLock()
	defer r.mu.RUnlock()
	units := r.last[s]
	if len(units) == 0 {
		return nil
	}
	out := absent(g.n)
	for unit, i := range units {
		n := g.of(unit)
		if n < 0 {
			continue
		}
		if rec := r.holding(i, c); rec != nil {
			out[n] = out[n].Add(rec.Value)
		}
	}
	return out
}

// units lists every unit that anything was recorded for.
func (r *recorded) units() map[string]bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := map[string]bool{}
	for _, units := range r.last {
		for u := range units {
			out[u] = true
		}
	}
	return out
}

// bytes is the memory the records take, without the map's own.
func (r *recorded) bytes() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return int64(cap(r.records)) * 32
}
