package commendation

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Achievement is one thing of a subject's year that stands on record and may go into the report: a task done before its due
// date, a mission or an initiative, a run of years. It opens the record that it comes from.
type Achievement struct {
	Kind  string        `json:"kind"` // "early", "initiative", "mission", "streak"
	Title string        `json:"title"`
	Ref   string        `json:"ref,omitempty"` // id of the task or code of the dossier
	Due   calendar.Date `json:"due,omitzero"`
	On    calendar.Date `json:"on,omitzero"` // done
	Years int           `json:"years,omitempty"`
	Scope string        `json:"scope,omitempty"`
}

// Key tells achievements of a subject's year apart, as a form names them.
func (a *Achievement) Key() string { return a.Kind + "/" + cmp.Or(a.Ref, a.Title) }

// leastStreak is how many years in a row are worth a line.
const leastStreak = 2

// Achievements are what the records hold about a subject's year, in the order of a report: the run of years, missions and
// initiatives, tasks done early.
func (r *Room) Achievements(ctx context.Context, s Subject, year int) ([]Achievement, error) {
	rec, err := r.Record(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	var out []Achievement
	if n := rec.streak(year); n >= leastStreak {
		out = append(out, Achievement{Kind: "streak", Title: string(rec.Classes[year]), Years: n})
	}
	for _, m := range rec.Merits {
		if m.Year == year {
			title := m.Title
			if m.Source != "" {
				title += " (" + m.Source + ")"
			}
			out = append(out, Achievement{Kind: m.Kind, Title: title, Ref: m.Code, Scope: m.Scope})
		}
	}
	if r.opts.Early == nil {
		return out, nil
	}
	early, err := r.opts.Early(ctx, s, year)
	return append(out, early...), err
}

// streak is how many years in a row, this one the last, the class was this year's or better.
func (r *Record) streak(year int) int {
	class, n := r.Classes[year], 0
	for class != "" && r.Classes[year-n].atLeast(class) {
		n++
	}
	return n
}

// reporting are the stages in which the report of achievements may still be put right.
var reporting = []Stage{Reported, Endorsed}

// Choose keeps the achievements with the given keys in a nomination's report, those of the records of now, and what the clerk
// wrote beside them. Errors: commendation.not_found, commendation.not_now once the office has appraised it.
func (r *Room) Choose(ctx context.Context, actor, id string, keys []string, words string) error {
	n, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(reporting, n.Stage) {
		return fault.New(fault.Conflict, "commendation.not_now", "id", id)
	}
	all, err := r.Achievements(ctx, Subject{ID: n.Subject, Unit: n.Unit, Group: n.Group}, n.Year)
	if err != nil {
		return err
	}
	n.Chosen = slices.DeleteFunc(all, func(a Achievement) bool { return !slices.Contains(keys, a.Key()) })
	n.Report, n.LastOn = strings.TrimSpace(words), r.Today()
	return r.append(ctx, actor, chose, "", []*Nomination{n}, nil)
}

// chose is the fact of a nomination that its report was put right.
const chose Verb = "achievements_chosen"

// Editable reports whether the report of achievements may still be put right.
func (n *Nomination) Editable() bool { return slices.Contains(reporting, n.Stage) }
