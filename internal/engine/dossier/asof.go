package dossier

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// MostReplayed is how many dossiers a list as of a day works out at most: each is read from its events.
const MostReplayed = 2000

// replayable are the dossiers that a list of a day may have, those filed last first. $4 the day, $5 their procedure, $6 = 1: those
// without a result by then; 0: the others, which wait for nothing any more.
var replayable = store.Statement(`select code from dossier where` + withinReach + ` and submitted_on <= $4 and ($5 = '' or procedure = $5)
	and ($6 = 1 and (finished_on is null or finished_on > $4) or $6 = 0 and finished_on <= $4) order by submitted_on desc, num desc limit $7`)

// Past is the dossiers in reach as they stood at the end of a day.
type Past struct {
	rows        []*Row // in the order of ByDue
	owed, whole bool   // all that waited for a result were looked at; all were
}

// AllAsOf works out the dossiers of a procedure ("" = of any) as they stood at the end of a day, by what had happened until then: at
// most MostReplayed, first those that waited for a result, of each kind those filed last. Reach is that of now: whoever may not
// see a dossier today does not see it here.
func (e *Engine) AllAsOf(ctx context.Context, reach Reach, procedure string, day calendar.Date) (Past, error) {
	streams, err := e.replayable(ctx, reach, procedure, day, 1, MostReplayed)
	if err != nil {
		return Past{}, err
	}
	p := Past{owed: len(streams) <= MostReplayed}
	streams = streams[:min(len(streams), MostReplayed)]
	room := MostReplayed - len(streams)
	done, err := e.replayable(ctx, reach, procedure, day, 0, room)
	if err != nil {
		return Past{}, err
	}
	p.whole = p.owed && len(done) <= room
	at := map[string]*Dossier{}
	err = e.ledger.Streams(ctx, append(streams, done[:min(len(done), room)]...), func(ev ledger.Event) error { return replay(at, &ev, day) })
	for _, d := range at {
		p.rows = append(p.rows, d.row())
	}
	slices.SortFunc(p.rows, func(a, b *Row) int {
		return cmp.Or(-cmp.Compare(flag(open(a.Status)), flag(open(b.Status))), cmp.Compare(lastIfNone(a.DueOn), lastIfNone(b.DueOn)), cmp.Compare(a.Code, b.Code))
	})
	return p, err
}

// replayable gives at most one stream more than asked for.
func (e *Engine) replayable(ctx context.Context, reach Reach, procedure string, day calendar.Date, owed int64, most int) ([]string, error) {
	return store.All(ctx, e.db, func(rows *sql.Rows) (string, error) {
		var code string
		err := rows.Scan(&code)
		return streamPrefix + code, err
	}, replayable, append(reach.args(), int64(day), procedure, owed, int64(most+1))...)
}

// List gives the dossiers of the day that a filter shows, all of them and not to be changed, in the order of Engine.List: open ones
// first by due date. whole says that none had to be left out. The filter's Overdue, DueFrom and DueUntil are its own.
func (p Past) List(f Filter) (rows []*Row, whole bool) {
	for _, r := range p.rows {
		if f.shows(r) {
			rows = append(rows, r)
		}
	}
	return rows, p.whole || p.owed && f.waits()
}

// waits reports whether a filter shows none but those that wait for a result.
func (f *Filter) waits() bool {
	all := f.Statuses
	if f.Status != 0 {
		all = []int{f.Status}
	}
	dated := f.Overdue != 0 && f.Overdue != calendar.NoDate || f.DueFrom != 0 || f.DueUntil != 0
	return f.Open || dated || len(all) > 0 && !slices.ContainsFunc(all, func(status int) bool { return !open(status) })
}

func lastIfNone(d calendar.Date) calendar.Date {
	if d == calendar.NoDate {
		return math.MaxInt32
	}
	return d
}

// replay adds an event to its dossier where it had happened by a day.
func replay(at map[string]*Dossier, ev *ledger.Event, day calendar.Date) error {
	if ev.EffectiveOn > day {
		return nil
	}
	code := CodeOf(ev.Stream)
	d := at[code]
	if d == nil {
		if ev.Version > 1 {
			return nil // its first event came later: it was not there
		}
		d = new(Dossier)
		at[code] = d
	}
	x, err := payloadOf(ev)
	if err != nil {
		return err
	}
	d.apply(ev, x)
	return nil
}

// row is the dossier as a line of a list.
func (d *Dossier) row() *Row {
	return &Row{Num: uint32(d.num), Code: d.Code, Procedure: d.Procedure, Version: d.Version, State: d.State, Status: d.Status, Unit: d.Unit,
		Assignee: d.Assignee, Channel: d.Channel, Title: d.Title, Applicant: d.Applicant, Priority: d.Priority, Labels: strings.Join(d.Labels, labelSign),
		SubmittedOn: d.SubmittedOn, ReceivedOn: d.ReceivedOn, DueOn: d.DueOn, FinishedOn: d.FinishedOn, ReturnedOn: d.ReturnedOn, Late: d.Late, Stream: d.Stream}
}

// shows is the filter as a sentence about one row.
func (f *Filter) shows(r *Row) bool {
	due := open(r.Status) && r.DueOn != calendar.NoDate
	switch {
	case f.Procedure != "" && r.Procedure != f.Procedure,
		f.Units != nil && !slices.Contains(f.Units, r.Unit), slices.Contains(f.Without, r.Unit),
		f.Status != 0 && r.Status != f.Status, f.Statuses != nil && !slices.Contains(f.Statuses, r.Status),
		f.Assignee != "" && r.Assignee != f.Assignee, f.Unassigned && r.Assignee != "", f.Open && !open(r.Status),
		f.Overdue != 0 && f.Overdue != calendar.NoDate && !(due && r.DueOn < f.Overdue),
		f.DueFrom != 0 && !(due && r.DueOn >= f.DueFrom), f.DueUntil != 0 && !(due && r.DueOn < f.DueUntil),
		f.Priorities != nil && !slices.Contains(f.Priorities, r.Priority):
		return false
	}
	return f.labelled(labelList(r.Labels)) && f.says(r)
}

// labelled reports whether labels have the filter's.
func (f *Filter) labelled(labels []string) bool {
	return f.Label == "" || slices.ContainsFunc(labels, func(l string) bool { return lang.Fold(l) == lang.Fold(f.Label) })
}

// says reports whether a row has the words of the filter, with the marks that were typed.
func (f *Filter) says(r *Row) bool {
	list := lang.Words(f.Text)
	for i, typed := range list {
		found := strings.HasPrefix(lang.Fold(r.Code), lang.Fold(typed)) && len(typed) >= shortestCode
		lang.EachWord(r.Title+" "+r.Applicant, func(w string) { found = found || lang.HasWord(w, typed, i == len(list)-1) })
		if !found {
			return false
		}
	}
	return true
}
