package eventlog

import (
	"hash/maphash"

	"trucot/internal/kernel/calendar"
)

// Statistics are the counts that say whether a log arrived whole.
type Statistics struct {
	Cases       int
	Events      int
	Activities  int // distinct
	Resources   int // distinct
	Untimed     int // events without a time
	Implausible int // events before the mapping's earliest year or in the future
	Shared      int // OCEL: appearances of an event in more cases than its first
	From, To    calendar.Date
}

// maxDistinct bounds the sets that count distinct names.
const maxDistinct = 1 << 22

// collector counts distinct names by their hashes: 8 bytes a name however long it is.
type collector struct {
	seed       maphash.Seed
	seeded     bool
	activities map[uint64]struct{}
	resources  map[uint64]struct{}
}

func (k *collector) add(c *Case, sum *Summary) {
	if !k.seeded {
		*k = collector{seed: maphash.MakeSeed(), seeded: true, activities: map[uint64]struct{}{}, resources: map[uint64]struct{}{}}
	}
	s := &sum.Statistics
	if s.Cases == 0 {
		s.From, s.To = calendar.NoDate, calendar.NoDate
	}
	s.Cases++
	s.Events += len(c.Events)
	for i := range c.Events {
		e := &c.Events[i]
		if e.Activity != "" {
			k.note(k.activities, e.Activity)
		}
		if e.Resource != "" {
			k.note(k.resources, e.Resource)
		}
		if e.At.IsZero() {
			continue
		}
		d := localDate(e.At)
		if s.From == calendar.NoDate || d < s.From {
			s.From = d
		}
		s.To = max(s.To, d)
	}
	s.Activities, s.Resources = len(k.activities), len(k.resources)
}

func (k *collector) note(set map[uint64]struct{}, name string) {
	if len(set) < maxDistinct {
		set[maphash.String(k.seed, name)] = struct{}{}
	}
}
