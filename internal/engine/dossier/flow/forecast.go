package flow

import (
	"cmp"
	"slices"

	"trucot/internal/kernel/calendar"
)

// The forecast (dự báo trễ hạn) is one sentence: of the past dossiers that were still in this state after as many working
// days as this one, how many then needed longer than it has left. More than half, and it is said to be late if nothing
// changes. With fewer than enough such dossiers nothing is said.
const enough = 10

// visit is one stay of a finished dossier in a state: how long it stayed, and how long from its entry to the result, in
// working days.
type visit struct{ stay, rest int }

// Model is what finished dossiers teach: by state, how many visits were alike, which are few.
type Model struct{ visits map[string]map[visit]int }

// Learn takes the dossiers that had their result before a day.
func Learn(traces []*Trace, cal *calendar.Calendar, before calendar.Date) *Model {
	m, days := &Model{map[string]map[visit]int{}}, workingDays(cal)
	for _, t := range traces {
		if t.Finished == calendar.NoDate || t.Finished >= before {
			continue
		}
		for i, s := range t.Steps {
			left := t.Finished
			if i+1 < len(t.Steps) {
				left = min(t.Steps[i+1].On, t.Finished)
			}
			if m.visits[s.State] == nil {
				m.visits[s.State] = map[visit]int{}
			}
			m.visits[s.State][visit{days(s.On, left), days(s.On, t.Finished)}]++
		}
	}
	return m
}

// Chance tells, of the past dossiers still in the state after elapsed working days, how many (of) there were and how many
// (late) needed more than allowed working days from entering it to the result.
func (m *Model) Chance(state string, elapsed, allowed int) (late, of int) {
	for v, n := range m.visits[state] {
		if v.stay < elapsed {
			continue
		}
		of += n
		if v.rest > allowed {
			late += n
		}
	}
	return late, of
}

// Risk is a dossier in work that will be late if nothing changes.
type Risk struct {
	Code, Procedure, Unit, State string
	Since, Due                   calendar.Date
	Elapsed                      int // working days in the state
	Late, Of                     int // of so many past dossiers like it, so many were late
}

// say is the forecast for a dossier on a day; sure is false where too few dossiers were like it.
func (m *Model) say(s Step, due, today calendar.Date, days days) (r Risk, late, sure bool) {
	r = Risk{State: s.State, Since: s.On, Due: due, Elapsed: days(s.On, today)}
	r.Late, r.Of = m.Chance(s.State, r.Elapsed, days(s.On, due))
	return r, 2*r.Late > r.Of, r.Of >= enough
}

// AtRisk lists the dossiers in work, not late yet, that will be if nothing changes: the surest first.
func (m *Model) AtRisk(traces []*Trace, cal *calendar.Calendar, today calendar.Date) []Risk {
	var out []Risk
	days := workingDays(cal)
	for _, t := range traces {
		if !t.Open || t.Finished != calendar.NoDate || t.Due == calendar.NoDate || t.Due < today || len(t.Steps) == 0 {
			continue
		}
		if r, late, sure := m.say(t.Last(), t.Due, today, days); late && sure {
			r.Code, r.Unit = t.Code, t.Unit
			out = append(out, r)
		}
	}
	slices.SortFunc(out, bySurety)
	return out
}

// bySurety puts the surest first, then the nearest due date.
func bySurety(a, b Risk) int {
	return cmp.Or(b.Late*a.Of-a.Late*b.Of, cmp.Compare(a.Due, b.Due), cmp.Compare(a.Code, b.Code))
}

// Trial is how the forecast would have done on past dossiers it had not seen: each is looked at once, on the day when half
// of its time was over, with what was known then.
type Trial struct {
	From, To calendar.Date // days of the looks
	Learned  int           // finished dossiers it had learned from
	Tried    int           // dossiers looked at
	Late     int           // of them late in the end: the base rate
	Unsure   int           // nothing was said
	Said     int           // said to become late
	Hit      int           // of those said, late in the end
}

// Useful reports whether its word is worth more than guessing: enough was said, and a larger part of it came true than the
// part of all dossiers that was late.
func (t Trial) Useful() bool {
	return t.Said >= enough && t.Hit*t.Tried > t.Late*t.Said
}

// look is a past dossier on the day when half of its time was over.
type look struct {
	trace *Trace
	step  Step
	on    calendar.Date
	due   calendar.Date
}

// learnedPart is the part of the looks, in tenths, by time, that only teaches.
const learnedPart = 7

// Try splits the past by time and tells how the forecast did on the later part. What is not decided yet on today is left out.
func Try(traces []*Trace, cal *calendar.Calendar, today calendar.Date) Trial {
	var looks []look
	for _, t := range traces {
		if l, ok := halfway(t); ok && (t.Finished != calendar.NoDate || t.Open && today > t.Due) {
			looks = append(looks, l)
		}
	}
	slices.SortFunc(looks, func(a, b look) int { return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.trace.Code, b.trace.Code)) })
	if len(looks) < enough {
		return Trial{From: calendar.NoDate, To: calendar.NoDate}
	}
	split := looks[len(looks)*learnedPart/10].on
	out := Trial{From: split, To: looks[len(looks)-1].on}
	for _, t := range traces {
		if t.Finished != calendar.NoDate && t.Finished < split {
			out.Learned++
		}
	}
	m, days := Learn(traces, cal, split), workingDays(cal)
	for _, l := range looks {
		if l.on >= split {
			out.count(m, l, today, days)
		}
	}
	return out
}

func (t *Trial) count(m *Model, l look, today calendar.Date, days days) {
	t.Tried++
	late := l.trace.Late(today)
	if late {
		t.Late++
	}
	_, said, sure := m.say(l.step, l.due, l.on, days)
	switch {
	case !sure:
		t.Unsure++
	case said:
		t.Said++
		if late {
			t.Hit++
		}
	}
}

// halfway is a dossier on the day between its receipt and the due date it had first; ok is false where it had none, or its
// result before that day.
func halfway(t *Trace) (l look, ok bool) {
	if t.Received == calendar.NoDate || t.Due == calendar.NoDate {
		return l, false
	}
	due := calendar.NoDate
	for _, s := range t.Steps {
		if s.Due != calendar.NoDate {
			due = s.Due
			break
		}
	}
	if due == calendar.NoDate || due <= t.Received {
		return l, false
	}
	l = look{trace: t, on: t.Received + (due-t.Received)/2, due: due}
	if t.Finished != calendar.NoDate && t.Finished <= l.on {
		return l, false
	}
	for _, s := range t.Steps {
		if s.On <= l.on {
			l.step, ok = s, true
			if s.Due != calendar.NoDate {
				l.due = s.Due
			}
		}
	}
	return l, ok
}
