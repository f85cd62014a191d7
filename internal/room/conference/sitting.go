package conference

import (
	"cmp"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Session (buổi họp) is when one of a conference's later sittings begins; the first begins with the conference itself.
type Session struct {
	Day   calendar.Date `json:"day"`
	Start string        `json:"start"` // "13:30", local
}

// Sitting is one session with its part of the programme.
type Sitting struct {
	Session
	N     int // from 0
	Slots []Slot
}

// End is the clock at which the session's programme ends.
func (s *Sitting) End() string { return clock(s.ends()) }

func (s *Sitting) ends() int {
	at := minutes(s.Start)
	for i := range s.Slots {
		at += s.Slots[i].Minutes
	}
	return at
}

// Part is the part of the day that a session lies in: "morning", "afternoon", "evening".
func (s *Session) Part() string {
	switch at := minutes(s.Start); {
	case at < 12*60:
		return "morning"
	case at < 18*60:
		return "afternoon"
	}
	return "evening"
}

// Sittings are the sessions in their order, each with its items and their hours. There is always a first.
func (c *Conference) Sittings() []Sitting {
	out := make([]Sitting, 1, len(c.Sessions)+1)
	out[0].Session = Session{c.Day, c.Start}
	for i, s := range c.Sessions {
		out = append(out, Sitting{Session: s, N: i + 1})
	}
	for i, item := range c.Programme {
		s := &out[min(item.Session, len(out)-1)]
		s.Slots = append(s.Slots, Slot{item, i + 1, s.End()})
	}
	return out
}

// LastDay is the day of the last session.
func (c *Conference) LastDay() calendar.Date {
	if n := len(c.Sessions); n > 0 {
		return c.Sessions[n-1].Day
	}
	return c.Day
}

// doors is how many minutes before a session its guests are received.
const doors = 90

// SittingAt is the session whose guests are received at a time: the last of that day whose doors are open, before that the
// day's first; -1 on a day without one.
func (c *Conference) SittingAt(day calendar.Date, at string) int {
	found := -1
	for _, s := range c.Sittings() {
		if s.Day == day && (found < 0 || minutes(at) >= minutes(s.Start)-doors) {
			found = s.N
		}
	}
	return found
}

// checkSessions refuses sessions that do not follow each other, or begin before the one before them ends. Errors:
// conference.bad_session, conference.session_overlap.
func (c *Conference) checkSessions() error {
	all := c.Sittings()
	for i := 1; i < len(all); i++ {
		before, s := &all[i-1], &all[i]
		if cmp.Or(cmp.Compare(s.Day, before.Day), cmp.Compare(s.Start, before.Start)) <= 0 {
			return fault.New(fault.Invalid, "conference.bad_session", "n", i+1)
		}
		if s.Day == before.Day && before.ends() > minutes(s.Start) {
			return fault.New(fault.Invalid, "conference.session_overlap", "n", i, "end", before.End(), "start", s.Start)
		}
	}
	return nil
}

// setSessions reads later sessions as typed. Errors: conference.no_day, conference.bad_time.
func (c *Conference) setSessions(later []Session) error {
	var kept []Session
	for _, s := range later {
		if s.Day == calendar.NoDate && s.Start == "" {
			continue
		}
		if s.Day == calendar.NoDate {
			return fault.New(fault.Invalid, "conference.no_day")
		}
		start, err := readClock(s.Start)
		if err != nil {
			return err
		}
		kept = append(kept, Session{s.Day, start})
	}
	c.Sessions = kept
	return nil
}

// moveSessions keeps the later sessions as many days after the first as they were, when the first moves.
func (c *Conference) moveSessions(days int) {
	c.Sessions = slices.Clone(c.Sessions)
	for i := range c.Sessions {
		c.Sessions[i].Day += calendar.Date(days)
	}
}

// Visit is that a guest came to a session.
type Visit struct {
	At   string `json:"at"` // clock of the check-in
	Late bool   `json:"late,omitempty"`
	How  string `json:"how,omitempty"`
}

// Visit is a guest's coming to a session, nil where they were not there.
func (g *Guest) Visit(session int) *Visit {
	if session == 0 {
		if !g.Present {
			return nil
		}
		return &Visit{g.At, g.Late, g.How}
	}
	if v, ok := g.Later[session]; ok {
		return &v
	}
	return nil
}

// Came reports whether a guest was at any session.
func (g *Guest) Came() bool { return g.Present || len(g.Later) > 0 }

// cameLate reports whether a guest was late at any session.
func (g *Guest) cameLate() bool {
	for _, v := range g.Later {
		if v.Late {
			return true
		}
	}
	return g.Present && g.Late
}

// setVisit records that a guest came to a session, nil that they did not.
func (g *Guest) setVisit(session int, v *Visit) {
	switch {
	case session == 0 && v == nil:
		g.Present, g.At, g.Late, g.How = false, "", false, ""
	case session == 0:
		g.Present, g.At, g.Late, g.How = true, v.At, v.Late, v.How
	case v == nil:
		delete(g.Later, session)
	default:
		if g.Later == nil {
			g.Later = map[int]Visit{}
		}
		g.Later[session] = *v
	}
}

// CountAt counts a guest list with who came to one session.
func CountAt(guests []*Guest, session int) Counts {
	c := Count(guests)
	c.Present, c.Late = 0, 0
	for _, g := range guests {
		v := g.Visit(session)
		if g.Removed || v == nil {
			continue
		}
		c.Present++
		if v.Late {
			c.Late++
		}
	}
	return c
}
