package tasks

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// mostBulk is how many tasks one change of many takes.
const mostBulk = 200

// bulkRow is a task that may be changed with others, and what became of it.
type bulkRow struct {
	Row
	Chosen         bool
	Undo           string // what takes the change of its marks back
	Outcome, Error string // empty before the change
}

type bulkPage struct {
	listPage
	Rows     []bulkRow
	Accounts []people.Account
	In       url.Values
	Done     bool
	Undo     bool // a change of marks can be taken back
	Trouble  string
}

// bulk offers the list's open tasks that the reader assigns for a change of many at once.
func (s *pages) bulk(r *web.Request) error {
	p, err := s.bulkPage(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, bulk(p))
}

func (s *pages) bulkPage(r *web.Request) (*bulkPage, error) {
	p := &bulkPage{listPage: listPage{View: r.View(r.T("tasks.bulk"), web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}), Q: readQuery(r.URL.Query(), r.Today()), Lens: "/viec/hang-loat"}, In: url.Values{}}
	p.Wide = true
	f, err := s.frame(r, &p.listPage)
	if err != nil {
		return nil, err
	}
	f.Limit = mostBulk
	if f.View != "overdue" && f.View != "in_term" { // only what is open can change
		f.View = "open"
	}
	list, total, err := s.tasks.List(r.Context(), f)
	if err != nil {
		return nil, err
	}
	p.Total = total
	for _, t := range list {
		if people.Holds(r.Reader, people.AssignTasks, t.Unit) {
			p.Rows = append(p.Rows, bulkRow{Row: NewRow(r, s.tasks, s.who, t)})
		}
	}
	p.Accounts, err = s.accounts(r.Context())
	return p, err
}

// bulkChange changes the chosen tasks one by one; one that cannot change does not stop the others.
func (s *pages) bulkChange(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	p, err := s.bulkPage(r)
	if err != nil {
		return err
	}
	p.In, p.Done = in, true
	if trouble := checkBulk(in); trouble != nil {
		p.Trouble, p.Done = r.ErrorText(trouble), false
		for i := range p.Rows {
			p.Rows[i].Chosen = slices.Contains(in["viec"], p.Rows[i].ID)
		}
		return r.Render(http.StatusUnprocessableEntity, bulk(p))
	}
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.Chosen = slices.Contains(in["viec"], row.ID); !row.Chosen {
			continue
		}
		change, expect, ok, err := marking(in, row.ID)
		if err != nil {
			return err
		}
		if ok {
			if err := s.bulkMark(r, row, change, expect); err != nil {
				return err
			}
			p.Undo = p.Undo || row.Undo != ""
			continue
		}
		now, changed, err := s.tasks.Change(r.Context(), row.ID, revised(row.Task, in, r.Actor()))
		switch {
		case fault.KindOf(err) == fault.Internal && err != nil:
			return err
		case err != nil:
			row.Outcome, row.Error = "failed", r.ErrorText(err)
		case changed:
			row.Outcome, row.Row = "updated", NewRow(r, s.tasks, s.who, now)
		default:
			row.Outcome = "unchanged"
		}
	}
	return r.Render(http.StatusOK, bulk(p))
}

// checkBulk refuses a change of nothing, or to nothing. Errors: tasks.bulk_none, tasks.bulk_nothing.
func checkBulk(in url.Values) error {
	if len(in["viec"]) == 0 {
		return fault.New(fault.Invalid, "tasks.bulk_none")
	}
	if _, _, ok, err := marking(in, ""); ok || err != nil {
		return err
	}
	if in.Get("nguoi") == "" && strings.TrimSpace(in.Get("han")) == "" && in.Get("phoi-hop") == "" {
		return fault.New(fault.Invalid, "tasks.bulk_nothing")
	}
	return nil
}

// revised is the task's assignment with what the form changes; what it leaves empty stays.
func revised(t *task.Task, in url.Values, actor string) task.Assignment {
	n := task.Assignment{Title: t.Title, Directive: t.Directive, Goal: t.Goal, Unit: t.Unit, Owner: t.Owner, Product: t.Product, Collaborators: t.Collaborators, Due: t.Term, Actor: actor, Expect: t.Version}
	if t.Term == "" && t.Due != calendar.NoDate {
		n.Due = t.Due.String()
	}
	if who := in.Get("nguoi"); who != "" {
		n.Owner = who
	}
	if due := strings.TrimSpace(in.Get("han")); due != "" {
		n.Due = due
	}
	if who := in.Get("phoi-hop"); who != "" && !slices.Contains(n.Collaborators, who) {
		n.Collaborators = append(slices.Clone(n.Collaborators), who)
	}
	return n
}
