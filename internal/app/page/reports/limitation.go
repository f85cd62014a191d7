package reports

import (
	"net/url"
	"strconv"

	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report"
)

// limitation is one limitation with what became of it and, for those who may, the form that gives it out.
type limitation struct {
	report.Limitation
	Period, State, Tone string
	Path                string // of the task, where the reader sees it
	May                 bool
}

// tones are the colours of a limitation's states.
var tones = map[string]string{"resolved": "green", "repaired": "green", "repairing": "blue", "unassigned": "amber"}

// limitations fills the lists of this period and of the one before.
func (s *pages) limitations(r *web.Request, p *onePage) error {
	if p.R.Regime.Kind == report.KindForms {
		return nil
	}
	now, err := s.room.Limitations(r.Context(), p.Unit, p.R.Period.Code, p.R.Regime.Side, p.R.KnownAt)
	if err != nil {
		return err
	}
	may := !p.AsFrozen && r.Can(people.AssignTasks, "")
	if may {
		if p.Units, err = s.assignable(r, people.Side(p.R.Regime.Side)); err != nil {
			return err
		}
	}
	show := func(list []report.Limitation, period string) (out []limitation) {
		for _, l := range list {
			state := l.State()
			one := limitation{Limitation: l, Period: period, State: l.StateText(s.catalog, r.Lang), Tone: tones[state], May: state == "unassigned" && len(p.Units) > 0}
			if t, err := s.tasks.Get(r.Context(), l.Task); err == nil && people.Holds(r.Reader, people.ReadTasks, t.Unit) {
				one.Path = tasks.Path(t.ID)
			}
			out = append(out, one)
		}
		return out
	}
	p.Before, p.Found = show(p.R.Carried, p.R.Period.Previous().Code), show(now, p.R.Period.Code)
	return nil
}

// assignable lists the units of a side in which the reader may give out tasks.
func (s *pages) assignable(r *web.Request, side people.Side) ([]people.Unit, error) {
	all, err := s.who.Units(r.Context(), r.Today(), side)
	var out []people.Unit
	for _, u := range all {
		if r.Can(people.AssignTasks, u.Code) {
			out = append(out, u)
		}
	}
	return out, err
}

// repair gives a limitation to a unit as a task. One that somebody
// has already is not given out again; after a task that was withdrawn it may be.
func (s *pages) repair(r *web.Request, in url.Values) (string, error) {
	regime, err := s.room.Regimes.Get(r.PathValue("regime"))
	if err != nil {
		return "", err
	}
	unit, of := in.Get("unit"), in.Get("don-vi")
	if !May(r, people.ReadReports, regime, unit) || !r.Can(people.AssignTasks, of) {
		return "", web.Forbidden()
	}
	position, _ := strconv.ParseInt(r.PathValue("position"), 10, 64) // unreadable = none such
	period := in.Get("ky")
	list, err := s.room.Limitations(r.Context(), unit, period, regime.Side, 0)
	if err != nil {
		return "", err
	}
	var found *report.Limitation
	for i := range list {
		if list[i].Position == position {
			found = &list[i]
		}
	}
	if found == nil {
		return "", fault.New(fault.NotFound, "report.no_such_limitation", "position", position, "period", period)
	}
	back := reportPath(regime.ID, r.PathValue("period"), unit) + "#han-che"
	if found.State() != "unassigned" {
		return back, nil
	}
	u, err := s.who.Unit(r.Context(), of, r.Today())
	if err != nil {
		return "", err
	}
	if string(u.Side) != regime.Side { // what one side found is not told to the other
		return "", fault.New(fault.Invalid, "reports.other_side")
	}
	t, err := s.tasks.Assign(r.Context(), task.Assignment{Title: r.T("reports.repair_task", "text", found.Text), Unit: of, Due: in.Get("han"), On: calendar.NoDate, Actor: r.Actor(),
		Product: r.T("reports.repair_product"), Key: "limitation/" + strconv.FormatInt(position, 10) + "/" + found.Task})
	if err != nil {
		return "", err
	}
	if err := s.room.AssignLimitation(r.Context(), unit, period, position, t.ID, r.Today(), r.Actor()); err != nil {
		return "", err
	}
	return back, nil
}
