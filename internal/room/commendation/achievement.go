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

// Opinion is what somebody said while the people were asked, in the clerk's words without a name, and what became of it.
type Opinion struct {
	Text   string        `json:"text"`
	On     calendar.Date `json:"on"`
	Answer string        `json:"answer,omitempty"`
}

// Facts of a nomination that move it to no other stage.
const (
	chose    Verb = "achievements_chosen"
	heard    Verb = "opinion_recorded"
	answered Verb = "opinion_answered"
)

// Hear records an opinion or a petition about a nomination. Errors: commendation.not_found, commendation.not_now before
// anything was made public and after the decision, commendation.need_note.
func (r *Room) Hear(ctx context.Context, actor, id, text string) error {
	return r.opinion(ctx, actor, id, heard, text, func(n *Nomination, text string) error {
		n.Opinions = append(n.Opinions, Opinion{Text: text, On: r.Today()})
		return nil
	})
}

// AnswerOpinion says what became of an opinion, by its number from 1. Errors: as Hear, commendation.no_opinion.
func (r *Room) AnswerOpinion(ctx context.Context, actor, id string, number int, text string) error {
	return r.opinion(ctx, actor, id, answered, text, func(n *Nomination, text string) error {
		if number < 1 || number > len(n.Opinions) {
			return fault.New(fault.NotFound, "commendation.no_opinion", "n", number)
		}
		n.Opinions[number-1].Answer = text
		return nil
	})
}

func (r *Room) opinion(ctx context.Context, actor, id string, v Verb, text string, do func(*Nomination, string) error) error {
	n, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	if !n.Open() {
		return fault.New(fault.Conflict, "commendation.not_now", "id", id)
	}
	if text = tidy(text); text == "" {
		return fault.New(fault.Invalid, "commendation.need_note")
	}
	if err := do(n, text); err != nil {
		return err
	}
	n.LastOn = r.Today()
	return r.append(ctx, actor, v, "", []*Nomination{n}, nil)
}

// Open reports whether opinions about a nomination may still be recorded: it is not decided yet.
func (n *Nomination) Open() bool {
	return !slices.Contains([]Stage{Decided, Conferred, Refused, Revoked}, n.Stage)
}

// Unanswered counts the opinions without an answer; nothing is submitted before each has one.
func (n *Nomination) Unanswered() int {
	count := 0
	for _, o := range n.Opinions {
		if o.Answer == "" {
			count++
		}
	}
	return count
}

// Editable reports whether the report of achievements may still be put right.
func (n *Nomination) Editable() bool { return slices.Contains(reporting, n.Stage) }
