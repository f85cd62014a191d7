package sample

import (
	"fmt"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// life is one dossier on its way. Its methods are steps: each acts through the engine and plans the next.
type life struct {
	s    *simulation
	d    *dossier.Dossier
	kind *kind

	desk, head, hand, leader string // accounts
	supplemented             bool
	apologised               bool
}

// kind is how dossiers of one procedure fare.
type kind struct {
	procedure string
	unit      string
	head      string
	hands     []string
	rate      float64    // filed a working day of the first year
	growth    float64    // of the second year, in percent
	late      [2]float64 // percent late, by year
	refuse    float64
	missing   float64 // must supplement before being received
	unclear   float64 // must supplement later
	withdraw  float64
	papers    []string
	draw      func(*simulation, calendar.Date) map[string]any // the form
	begin     func(*life, calendar.Date) error                // after filing
}

// file files a new dossier.
func (s *simulation) file(k *kind, on calendar.Date, fields map[string]any, channel string) (*life, error) {
	l := &life{s: s, kind: k, desk: pick(&s.rnd, []string{"motcua-1", "motcua-2"}), head: k.head, hand: pick(&s.rnd, k.hands),
		leader: pick(&s.rnd, []string{"giamdoc", "phogiamdoc-1", "phogiamdoc-2"})}
	s.clock.tick()
	var err error
	l.d, err = s.files.Open(s.ctx, dossier.Filing{Procedure: k.procedure, On: on, Channel: channel, Actor: l.desk, Unit: k.unit, Fields: fields,
		Documents: k.papers})
	s.filed++
	return l, err
}

// act takes one step.
func (l *life) act(action, who string, on calendar.Date, fields map[string]any, papers ...string) error {
	l.s.clock.tick()
	a := dossier.Act{Code: l.d.Code, Action: action, On: on, Actor: who, Fields: fields, Documents: papers}
	switch action {
	case "phan_cong":
		a.Assignee = l.hand
	case "nop_phi", "tra": // where the step pays a fee
		l.s.receipts++
		a.Receipt, a.Online = fmt.Sprintf("BL%06d", l.s.receipts), l.d.Channel == "online" && l.s.receipts%4 > 0
	}
	d, err := l.s.files.Act(l.s.ctx, a)
	if err != nil {
		return err
	}
	l.s.keep(d, len(l.d.Track.Issued))
	l.d = d
	return nil
}

// then plans a step n working days on.
func (l *life) then(on calendar.Date, n int, step func(*life, calendar.Date) error) error {
	l.s.at(l.s.working(on, n), func(on calendar.Date) error { return step(l, on) })
	return nil
}

// on plans a step on a day, or the first working day from it.
func (l *life) on(day calendar.Date, step func(*life, calendar.Date) error) error {
	return l.then(day, 0, step)
}

func reason(text string) map[string]any { return map[string]any{"ly_do": text} }

// channel is how a dossier is filed: more and more online.
func (s *simulation) channel(on calendar.Date) string {
	online := 46.0
	if secondYear(on) {
		online = 68
	}
	switch {
	case s.rnd.percent(online):
		return "online"
	case s.rnd.percent(12):
		return "post"
	}
	return "direct"
}

// season is how busy a day is: quiet around Tết, busy before the year's end.
func (s *simulation) season(on calendar.Date) float64 {
	if s.app.Calendar.WorkingDays(on-8, on+8) <= 8 { // a long holiday is near
		return 0.4
	}
	switch _, month, _ := on.YMD(); month {
	case 3, 4:
		return 1.15
	case 7, 8:
		return 0.9
	case 10:
		return 1.1
	case 11, 12:
		return 1.3
	}
	return 1
}

// arrivals plans the filing of a kind's dossiers over the whole time.
func (s *simulation) arrivals(k *kind) {
	for on := s.working(firstDay, 0); on <= lastDay; on = s.app.Calendar.Next(on) {
		rate := k.rate * s.season(on)
		if secondYear(on) {
			rate *= 1 + k.growth/100
		}
		for range s.rnd.rounded(rate * (0.5 + float64(s.rnd.below(101))/100)) {
			s.at(on, func(on calendar.Date) error {
				l, err := s.file(k, on, k.draw(s, on), s.channel(on))
				if err != nil {
					return err
				}
				return k.begin(l, on)
			})
		}
	}
}

// rush is the days at the end in which more work is left lying.
const rush = 7

// finishBy draws the day of the result: within the deadline, or after it.
func (l *life) finishBy(on calendar.Date) (day calendar.Date, late bool) {
	s, due := l.s, l.d.DueOn
	rate := l.kind.late[0]
	if secondYear(on) {
		rate = l.kind.late[1]
	}
	if due >= lastDay-rush && due < lastDay { // some are overdue when the newcomer looks
		rate *= 5
	}
	if s.rnd.percent(rate) {
		return s.working(due, s.rnd.between(1, 5)), true
	}
	span := s.app.Calendar.WorkingDays(on, due)
	if span <= 1 {
		return s.back(due+1, 1), false
	}
	return s.back(due+1, s.rnd.between(1, 1+span*2/3)), false
}

// apologiseFirst plans, for some of those that will be late, an apology that appoints another day, after which
// the work is planned anew.
func (l *life) apologiseFirst(on calendar.Date, late bool, work func(*life, calendar.Date) error) (planned bool, err error) {
	notice := l.s.back(l.d.DueOn, 2)
	if !late || l.apologised || notice < on || !l.s.rnd.percent(45) {
		return false, nil
	}
	l.apologised = true
	return true, l.on(notice, func(l *life, on calendar.Date) error {
		next := l.s.working(l.d.DueOn, l.s.rnd.between(2, 5))
		err := l.act("xin_loi", l.hand, on, map[string]any{"ly_do": l.s.words.Reasons.Late, "hen_lai_ngay": next.String()})
		if err != nil {
			return err
		}
		if err := l.issueLetter(on); err != nil {
			return err
		}
		return work(l, on)
	})
}
