package commendation

import "slices"

// counts reports whether an award is a regular one and still held; with revoked, also one that was taken back.
func (h *Held) counts(revoked bool) bool { return h.Occasion == "" && (revoked || h.Revoked == nil) }

// has reports whether the subject holds a regular award of a year.
func (r *Record) has(award string, year int) bool { return r.ever(award, year, false) }

func (r *Record) ever(award string, year int, revoked bool) bool {
	return slices.ContainsFunc(r.Held, func(h Held) bool { return h.Award == award && h.Year == year && h.counts(revoked) })
}

// since counts the years from the day on which an award may first be reckoned to this one: a year of discipline after the award
// starts them again. -1 for who never got it.
func (s *run) since(c *candidate, award string) int {
	most := -1
	for _, h := range c.rec.Held {
		if h.Award != award || h.Year > s.year || !h.counts(s.withRevoked) {
			continue
		}
		from := h.Year
		for y := h.Year; y <= s.year; y++ {
			if s.brokenIn(c.rec, y) {
				from = y
			}
		}
		most = max(most, s.year-from)
	}
	return most
}

// times counts the years with an award among the last ones, this one included.
func (s *run) times(c *candidate, k *Condition) int {
	n := 0
	for y := s.year; y > s.year-k.Within; y-- {
		if s.holds(c, k.Award, y) {
			n++
		}
	}
	return n
}

// merits counts those of the year; a wide one counts as base too.
func (s *run) merits(c *candidate, kind, scope string) int { return s.meritsWithin(c, kind, scope, 1) }

// meritsWithin counts those of the last years, this one included.
func (s *run) meritsWithin(c *candidate, kind, scope string, years int) int {
	n := 0
	for _, m := range c.rec.Merits {
		if m.Year <= s.year && m.Year > s.year-years && (kind == "" || m.Kind == kind) && (scope != "wide" || m.Scope == "wide") {
			n++
		}
	}
	return n
}

// shaken reports whether one of the conditions that are not met was met before an award was taken back.
func (s *run) shaken(c *candidate, missing []Reason) bool {
	s.withRevoked = true
	defer func() { s.withRevoked = false }()
	for _, x := range missing {
		if _, _, ok := s.meets(c, x.Condition); ok {
			return true
		}
	}
	return false
}
