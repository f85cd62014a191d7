package tasks

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/app/taskbook"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// blankPage is the form that gives out a task.
type blankPage struct {
	*web.View
	Key      string
	In       url.Values
	Units    []people.Unit
	Accounts []people.Account
	Doc      *directive.Document // that the task rests on, chosen on its page
	Existing *task.Task          // the task that is put right; nil for a new one
	Trouble  string
}

func (s *pages) blank(r *web.Request) error { return s.showBlank(r, r.URL.Query(), nil, nil) }

// edit is the form with an open task in it, for its assigner to put right.
func (s *pages) edit(r *web.Request) error {
	t, err := s.assigned(r)
	if err != nil {
		return err
	}
	in := url.Values{"noi-dung": {t.Title}, "don-vi": {t.Unit}, "nguoi": {t.Owner}, "san-pham": {t.Product}, "muc-tieu": {t.Goal}, "van-ban": {t.Directive},
		"phoi-hop": t.Collaborators, "han": {t.Term}, "ban": {strconv.FormatInt(t.Version, 10)}}
	if t.Term == "" && t.Due != calendar.NoDate {
		in.Set("han", t.Due.Format(lang.VI))
	} else if term, err := calendar.ParseDuration(t.Term); err == nil {
		in.Set("han", term.Name(r.Lang))
	}
	return s.showBlank(r, in, t, nil)
}

// assigned reads a task that the reader may put right.
func (s *pages) assigned(r *web.Request) (*task.Task, error) {
	t, err := s.get(r)
	if err != nil {
		return nil, err
	}
	return t, r.Require(people.AssignTasks, t.Unit)
}

// change puts an open task right.
func (s *pages) change(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	t, err := s.assigned(r)
	if err != nil {
		return err
	}
	n, err := s.read(r, in)
	if err == nil {
		n.Directive = t.Directive                             // chosen when the task was given out
		n.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
		_, _, err = s.tasks.Change(r.Context(), t.ID, n)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showBlank(r, in, t, err)
	}
	return r.Go(Path(t.ID) + "?da=luu")
}

func (s *pages) showBlank(r *web.Request, in url.Values, t *task.Task, trouble error) error {
	title, crumbs := r.T("tasks.new"), []web.Crumb{{Title: r.T("tasks.title"), Path: "/viec"}}
	if t != nil {
		title, crumbs = r.T("tasks.edit"), append(crumbs, web.Crumb{Title: t.Title, Path: Path(t.ID)})
	}
	p := blankPage{View: r.View(title, crumbs...), Key: rand.Text(), In: in, Existing: t, Doc: s.directive(r, in.Get("van-ban"))}
	var err error
	if p.Units, err = s.units(r, people.AssignTasks); err != nil {
		return err
	}
	if t != nil { // it stays on its side
		p.Units = slices.DeleteFunc(p.Units, func(u people.Unit) bool { return u.Side != t.Side })
	}
	if p.Accounts, err = s.accounts(r.Context()); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
		p.Key = in.Get("khoa")
	}
	return r.Render(status, blank(p))
}

func (s *pages) assign(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	t, err := s.open(r, in)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showBlank(r, in, nil, err)
	}
	return r.Go(Path(t.ID) + "?da=luu")
}

func (s *pages) open(r *web.Request, in url.Values) (*task.Task, error) {
	n, err := s.read(r, in)
	if err != nil {
		return nil, err
	}
	return s.tasks.Assign(r.Context(), n)
}

// read turns the form into an assignment that the reader may make.
func (s *pages) read(r *web.Request, in url.Values) (task.Assignment, error) {
	n := task.Assignment{Title: in.Get("noi-dung"), Goal: in.Get("muc-tieu"), Unit: in.Get("don-vi"), Owner: in.Get("nguoi"), Product: in.Get("san-pham"),
		Due: in.Get("han"), External: in.Get("so-hieu"), Collaborators: in["phoi-hop"], On: calendar.NoDate, Actor: r.Actor()}
	if key := in.Get("khoa"); key != "" {
		n.Key = r.Actor() + ":" + key
	}
	if n.Unit != "" {
		if err := r.Require(people.AssignTasks, n.Unit); err != nil {
			return n, err
		}
	}
	if d := s.directive(r, in.Get("van-ban")); d != nil {
		n.Directive = d.ID
	}
	return n, nil
}

// tablePage takes in a table and accounts for it row by row.
type tablePage struct {
	*web.View
	Rows    []tableRow
	Counts  map[taskbook.Outcome]int
	Done    bool
	Trouble string
}

type tableRow struct {
	taskbook.Row
	Error string
}

func (s *pages) table(r *web.Request) error { return s.showTable(r, nil, nil) }

func (s *pages) showTable(r *web.Request, rows []taskbook.Row, trouble error) error {
	p := tablePage{View: r.View(r.T("tasks.import"), web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}), Counts: map[taskbook.Outcome]int{}, Done: rows != nil}
	for _, row := range rows {
		p.Counts[row.Outcome]++
		line := tableRow{Row: row}
		if row.Err != nil {
			line.Error = r.ErrorText(row.Err)
		}
		p.Rows = append(p.Rows, line)
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, table(p))
}

func (s *pages) readTable(r *web.Request) error {
	_, file, err := r.FormWithFile("tep")
	if err != nil {
		return err
	}
	if len(file.Data) == 0 {
		return s.showTable(r, nil, fault.New(fault.Invalid, "tasks.no_file"))
	}
	im := taskbook.Import{Tasks: s.tasks, Words: s.words, Actor: r.Actor(),
		May:       func(unit string) bool { return r.Can(people.AssignTasks, unit) },
		Directive: taskbook.Finder(s.docs, func(d *directive.Document) bool { return people.Holds(r.Reader, people.ReadDirectives, d.Unit) })}
	rows, err := im.Read(context.WithoutCancel(r.Context()), file.Name, file.Data)
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err
	}
	if rows == nil && err == nil {
		rows = []taskbook.Row{}
	}
	return s.showTable(r, rows, err)
}

func typed(in url.Values, name string) string { return strings.TrimSpace(in.Get(name)) }
