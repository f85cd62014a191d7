package calendar

import (
	"encoding/json"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Pause is a time in which the clock stands still: from From (inclusive) until To (exclusive). To = NoDate
// means that it still stands.
type Pause struct {
	From   Date   `json:"from"`
	To     Date   `json:"to"`
	Reason string `json:"reason,omitempty"`
}

func (p Pause) covers(d Date) bool { return p.From <= d && (p.To == NoDate || d < p.To) }

// ParsePause reads "2021-06-15..2021-06-22", the second date being the day the clock runs again;
// "2021-06-15.." is a clock that still stands.
func ParsePause(s string) (Pause, error) {
	from, to, ok := strings.Cut(s, "..")
	p := Pause{To: NoDate}
	var err error
	if p.From, err = Parse(from); err == nil && to != "" {
		p.To, err = Parse(to)
	}
	if err != nil || !ok || p.To != NoDate && p.To < p.From {
		return Pause{}, fault.New(fault.Invalid, "calendar.bad_pause", "text", s)
	}
	return p, nil
}

// Count asks for a due date: Duration after From. The day From itself is never counted. AfterCutOff says
// that the dossier came after the cut-off hour, so that the next working day counts as the day of receipt.
// Ahead lets a long term run into years whose holidays are not announced yet: there only the weekly rest
// days are known, and the explanation is marked as to be verified.
type Count struct {
	From        Date
	AfterCutOff bool
	Ahead       bool
	Duration    Duration
	Pauses      []Pause
}

// The text keys of a Step.
const (
	StepAnchor      = "calendar.step_anchor"       // the day the clock starts; not counted
	StepCutOff      = "calendar.step_cut_off"      // received too late in the day
	StepWorking     = "calendar.step_working"      // counted working day
	StepDay         = "calendar.step_day"          // counted calendar day
	StepWeekend     = "calendar.step_weekend"      // weekly rest, not counted
	StepHoliday     = "calendar.step_holiday"      // public holiday or compensation day, not counted
	StepSwappedOff  = "calendar.step_swapped_off"  // day off by swap, not counted
	StepSwappedWork = "calendar.step_swapped_work" // rest day worked by swap, counted
	StepPaused      = "calendar.step_paused"       // clock stopped
	StepMonths      = "calendar.step_months"       // end of the months
	StepRoll        = "calendar.step_roll"         // due day is a rest day: moved on
	StepRolled      = "calendar.step_rolled"       // the working day it moved to
)

// Step is one day of an Explanation: how many days are counted after it, and why it counts or not.
type Step struct {
	Date    Date   `json:"date"`
	Counted int    `json:"counted"`
	Key     string `json:"key"`
	Note    string `json:"note,omitempty"`    // name of the holiday, reason of the pause
	NoteEN  string `json:"note_en,omitempty"` // the same in English where the data has it
}

// Text is the sentence for the step.
func (s Step) Text(tag lang.Tag) string {
	note := s.Note
	if tag == lang.EN && s.NoteEN != "" {
		note = s.NoteEN
	}
	return texts().T(tag, s.Key, "n", s.Counted, "note", note)
}

// Explanation is a due date with its reasons, one step a day.
type Explanation struct {
	From     Date     `json:"from"`
	Duration Duration `json:"duration"`
	Due      Date     `json:"due"`
	Steps    []Step   `json:"steps"`
	Verify   bool     `json:"verify,omitempty"` // a day it rests on still has to be confirmed at its source
}

// MarshalJSON keeps an empty list a list.
func (e Explanation) MarshalJSON() ([]byte, error) {
	type plain Explanation
	if e.Steps == nil {
		e.Steps = []Step{}
	}
	return json.Marshal(plain(e))
}

// Due is the last day of the count. Faults: calendar.bad_duration; calendar.year_missing when the count
// runs into a year without data; calendar.clock_stopped when it runs into a pause that has no end yet.
func (c *Calendar) Due(q Count) (Date, error) { return c.count(q, nil) }

// Explain is Due with the reason for every day. When the clock is stopped it gives the steps so far along
// with the fault.
func (c *Calendar) Explain(q Count) (Explanation, error) {
	e := Explanation{From: q.From, Duration: q.Duration}
	due, err := c.count(q, func(s Step) {
		e.Verify = e.Verify || !c.Covers(s.Date)
		day, named := c.days[s.Date]
		if named {
			if s.Note == "" {
				s.Note, s.NoteEN = day.Name[lang.VI], day.Name[lang.EN]
			}
			e.Verify = e.Verify || day.Verify
		}
		e.Steps = append(e.Steps, s)
	})
	e.Due = due
	return e, err
}

// count walks the days. tell, if not nil, hears of each.
func (c *Calendar) count(q Count, tell func(Step)) (Date, error) {
	if tell == nil {
		tell = func(Step) {}
	}
	if !q.Duration.valid() {
		return NoDate, fault.New(fault.Invalid, "calendar.bad_duration", "text", q.Duration.String())
	}
	if err := c.countable(q.From, q.Ahead); err != nil {
		return NoDate, err
	}
	w := walk{c: c, q: q, day: q.From, tell: tell}
	if q.AfterCutOff {
		tell(Step{Date: q.From, Key: StepCutOff})
		w.day = c.Next(q.From)
		if err := c.countable(w.day, q.Ahead); err != nil {
			return NoDate, err
		}
	}
	tell(Step{Date: w.day, Key: StepAnchor})
	return w.run()
}

// walk is one count under way.
type walk struct {
	c       *Calendar
	q       Count
	day     Date
	counted int
	tell    func(Step)
}

func (w *walk) run() (Date, error) {
	need, unit := w.q.Duration.N, w.q.Duration.Unit
	if unit == Month {
		need = int(w.day.AddMonths(need) - w.day)
	}
	for w.counted < need {
		if err := w.next(); err != nil {
			return NoDate, err
		}
		kind := w.c.Kind(w.day)
		paused, err := w.paused()
		switch {
		case err != nil:
			return NoDate, err
		case paused:
		case unit == WorkingDay && !kind.Works():
			w.say(restKey(kind))
		default:
			w.counted++
			w.say(countedKey(unit, kind, w.counted == need))
		}
	}
	return w.roll()
}

// roll moves a due day that is a rest day on to the next working day, where the rules in force say so. A
// working-day count ends on a working day by itself unless it is empty.
func (w *walk) roll() (Date, error) {
	if w.c.Working(w.day) || !w.c.rulesOn(w.day).roll {
		return w.day, nil
	}
	w.say(StepRoll)
	for {
		if err := w.next(); err != nil {
			return NoDate, err
		}
		paused, err := w.paused()
		switch kind := w.c.Kind(w.day); {
		case err != nil:
			return NoDate, err
		case paused:
		case kind.Works():
			w.say(StepRolled)
			return w.day, nil
		default:
			w.say(restKey(kind))
		}
	}
}

// next goes one day on, if the count may go there.
func (w *walk) next() error {
	w.day++
	return w.c.countable(w.day, w.q.Ahead)
}

// paused reports and tells a stopped day. A pause that has no end yet is a fault: no due date can be given.
func (w *walk) paused() (bool, error) {
	for _, p := range w.q.Pauses {
		if !p.covers(w.day) {
			continue
		}
		w.tell(Step{Date: w.day, Counted: w.counted, Key: StepPaused, Note: p.Reason})
		if p.To == NoDate {
			return true, fault.New(fault.Unavailable, "calendar.clock_stopped", "from", p.From, "reason", p.Reason)
		}
		return true, nil
	}
	return false, nil
}

func (w *walk) say(key string) { w.tell(Step{Date: w.day, Counted: w.counted, Key: key}) }

func restKey(k DayKind) string {
	switch k {
	case Holiday, Compensation:
		return StepHoliday
	case SwappedOff:
		return StepSwappedOff
	}
	return StepWeekend
}

func countedKey(unit string, k DayKind, last bool) string {
	switch {
	case unit == Month && last:
		return StepMonths
	case unit != WorkingDay:
		return StepDay
	case k == SwappedWork:
		return StepSwappedWork
	}
	return StepWorking
}
