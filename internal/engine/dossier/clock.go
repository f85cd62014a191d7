package dossier

import (
	"slices"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// clock works out pauses and deadlines after the step, on s.next.
func (e *Engine) clock(s *step) error {
	t := &s.next.Track
	paused := s.pause()
	started, err := s.start()
	if err != nil {
		return err
	}
	met := s.meet()
	moved := false
	if s.t.Reappoint != "" {
		if err := e.reappoint(s); err != nil {
			return err
		}
		moved = true
	}
	if !paused && !started && !met && !moved {
		return nil
	}
	for i := range t.Deadlines {
		if r := &t.Deadlines[i]; r.Met == calendar.NoDate {
			if r.Due, err = e.due(r, t.Pauses); err != nil {
				return err
			}
		}
	}
	s.data.Deadlines = t.Deadlines
	if paused {
		s.data.Pauses = t.Pauses
	}
	return nil
}

// due counts one deadline; it is NoDate while the clock stands still.
func (e *Engine) due(r *Running, pauses []calendar.Pause) (calendar.Date, error) {
	due, err := e.cal.Due(count(r, pauses))
	if fault.Is(err, "calendar.clock_stopped") {
		return calendar.NoDate, nil
	}
	return due, err
}

func count(r *Running, pauses []calendar.Pause) calendar.Count {
	return calendar.Count{From: r.From, AfterCutOff: r.After, Ahead: true, Duration: r.Duration, Pauses: pauses}
}

// pause stops or starts the clock; it reports whether it changed.
func (s *step) pause() bool {
	t := &s.next.Track
	open := s.next.stopped()
	leaves := s.t.Clock == "resume" || open && s.ends()
	switch {
	case s.t.Clock == "stop" && !open:
		t.Pauses = append(t.Pauses, calendar.Pause{From: s.act.On, To: calendar.NoDate, Reason: s.t.ID})
		return true
	case open && leaves:
		t.Pauses[len(t.Pauses)-1].To = s.act.On
		return true
	}
	return false
}

// ends reports whether the step ends the dossier's work.
func (s *step) ends() bool {
	to := s.target()
	return to.Terminal || to.Status == Finished
}

// target is the state after the step.
func (s *step) target() *procedure.State {
	if s.t.To == "" {
		return s.p.State(s.old.State)
	}
	return s.p.State(s.t.To)
}

// start begins the deadlines that are anchored at this transition or at a date field that changed.
func (s *step) start() (bool, error) {
	any := false
	for i := range s.p.Deadlines {
		l := &s.p.Deadlines[i]
		from, after := s.act.On, s.after
		switch {
		case l.Before:
			continue
		case l.Date != "":
			day, ok := s.given[l.Date].(calendar.Date)
			if !ok {
				continue
			}
			from, after = day, false
		case !slices.Contains(l.Anchor, s.t.ID):
			continue
		}
		length, err := l.DurationFor(s.env)
		if err != nil {
			return false, err
		}
		run := Running{ID: l.ID, From: from, After: after, Duration: length.Duration, Due: calendar.NoDate, Met: calendar.NoDate, Main: l.Main}
		s.next.Track.begin(run)
		any = true
	}
	return any, nil
}

// begin starts a deadline, again if it is running already.
func (t *Track) begin(run Running) {
	for i := range t.Deadlines {
		if r := &t.Deadlines[i]; r.ID == run.ID && r.Met == calendar.NoDate {
			*r = run
			return
		}
	}
	t.Deadlines = append(t.Deadlines, run)
}

// meet marks the deadlines that this transition meets; those it starts itself go on.
func (s *step) meet() bool {
	any := false
	for i := range s.next.Track.Deadlines {
		r := &s.next.Track.Deadlines[i]
		l := s.p.Deadline(r.ID)
		if r.Met != calendar.NoDate || l == nil || slices.Contains(l.Anchor, s.t.ID) {
			continue
		}
		if slices.Contains(l.Until, s.t.ID) || s.ends() {
			r.Met = s.act.On
			any = true
		}
	}
	return any
}

// reappoint moves the main deadline to the day promised (hẹn lại): in time, later than before, on a working
// day, not beyond what the law allows.
func (e *Engine) reappoint(s *step) error {
	r := s.next.main()
	if r == nil || r.Met != calendar.NoDate || s.old.DueOn == calendar.NoDate {
		return fault.New(fault.Invalid, "dossier.nothing_to_reappoint")
	}
	to, ok := s.given[s.t.Reappoint].(calendar.Date)
	if !ok {
		return fault.New(fault.Invalid, "procedure.field_missing", "label", s.p.Field(s.t.Reappoint).Label)
	}
	label := s.p.Field(s.t.Reappoint).Label
	if latest := before(e.cal, s.old.DueOn, s.t.Notice.Duration); s.act.On > latest {
		return fault.New(fault.Invalid, "dossier.reappoint_late", "due", s.old.DueOn, "latest", latest)
	}
	if to <= s.old.DueOn {
		return fault.New(fault.Invalid, "dossier.reappoint_earlier", "label", label, "date", to, "due", s.old.DueOn)
	}
	if !e.cal.Working(to) {
		return fault.New(fault.Invalid, "dossier.reappoint_rest", "label", label, "date", to, "next", e.cal.Next(to))
	}
	if err := e.withinExtension(s, r, to); err != nil {
		return err
	}
	s.data.Reappointed = true
	r.From, r.After = s.act.On, false
	r.Duration = calendar.Duration{N: e.cal.WorkingDays(s.act.On, to), Unit: calendar.WorkingDay}
	r.Extended++
	return nil
}

func (e *Engine) withinExtension(s *step, r *Running, to calendar.Date) error {
	l := s.p.Deadline(r.ID)
	if l == nil || l.Extends == nil {
		return nil
	}
	if r.Extended >= l.Extends.Times {
		return fault.New(fault.Invalid, "dossier.second_reappointment", "action", s.t.Label)
	}
	most := l.Extends.Max.Duration
	if l.Extends.Max.Zero() {
		length, err := l.DurationFor(s.env)
		if err != nil {
			return err
		}
		most = length.Duration
	}
	last, err := e.cal.Due(calendar.Count{From: s.old.DueOn, Ahead: true, Duration: most})
	if err != nil {
		return err
	}
	if to > last {
		return fault.New(fault.Invalid, "dossier.reappoint_far", "date", to, "last", last, "most", most)
	}
	return nil
}

// workingDays counts the working days from receipt to a day, without those in which the clock stood still.
func (e *Engine) workingDays(d *Dossier, pauses []calendar.Pause, on calendar.Date) int {
	from := d.ReceivedOn
	if from == calendar.NoDate {
		from = d.SubmittedOn
	}
	n := e.cal.WorkingDays(from, on)
	for _, p := range pauses {
		first, last := max(p.From, from+1), on // the paused days that were counted
		if p.To != calendar.NoDate {
			last = min(p.To-1, on)
		}
		if last >= first {
			n -= e.cal.WorkingDays(first-1, last)
		}
	}
	return n
}
