package task

import (
	"errors"
	"io/fs"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// RulesFile holds the dated rules of following tasks up, in the definitions.
const RulesFile = "tasks/rules.yaml"

// Rules are the dated rules of following tasks and dossiers up, the earliest first.
type Rules []WatchRule

// WatchRule holds from a day until the next one does.
type WatchRule struct {
	From    calendar.Date `def:"from,required"`
	DueSoon int           `def:"due_soon,required"` // working days left from which on a task is due soon
	// DossierSoon is the same for dossiers; 0 = none is near.
	DossierSoon int    `def:"dossier_due_soon"`
	ToldLate    int    `def:"told_late"` // days for which what is overdue is still told of one by one
	Source      string `def:"source,required"`
	Status      string `def:"status"` // "cần xác minh" while nobody has compared it with a legal text
}

// LoadRules reads RulesFile; without the file there are no rules. Error: task.bad_rules, those of package defs.
func LoadRules(files fs.FS) (Rules, error) {
	raw, err := fs.ReadFile(files, RulesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(RulesFile, raw)
	if err != nil {
		return nil, err
	}
	var f struct {
		Versions Rules `def:"versions,required"`
	}
	if err := defs.Decode(node, &f).OrNil(); err != nil {
		return nil, err
	}
	for i, v := range f.Versions {
		if v.DueSoon < 0 || i > 0 && v.From <= f.Versions[i-1].From {
			return nil, fault.New(fault.Invalid, "task.bad_rules", "from", v.From).At(fault.Place{File: RulesFile})
		}
	}
	return f.Versions, nil
}

// At is the rule of a day; one without thresholds before the first.
func (r Rules) At(on calendar.Date) WatchRule {
	var found WatchRule
	for _, v := range r {
		if v.From <= on {
			found = v
		}
	}
	return found
}

// Watch is the rule that colours tasks on a day.
func (e *Engine) Watch(on calendar.Date) WatchRule { return e.opts.Rules.At(on) }

// Colour is a task's colour on a day, red, amber, blue or grey; a word always stands beside it.
func (e *Engine) Colour(t *Task, today calendar.Date) string {
	switch t.Status(today) {
	case Overdue:
		return "red"
	case InTerm:
		if t.Due != calendar.NoDate && e.Left(t, today) <= e.Watch(today).DueSoon {
			return "amber"
		}
		return "blue"
	}
	return "grey"
}

// Working reports whether a day is a working day of the agency.
func (e *Engine) Working(d calendar.Date) bool { return e.cal.Working(d) }
