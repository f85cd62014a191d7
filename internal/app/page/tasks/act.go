package tasks

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// step is one thing that the reader may do now, with what was typed after a mistake.
type step struct {
	task.Rule
	Slug, Key string
	Typed     url.Values
	Open      bool
}

// entry is one line of the history.
type entry struct {
	task.Entry
	Who, FromName, ToName string
}

type onePage struct {
	*web.View
	Row
	Doc      *directive.Document // that it rests on; nil for none
	DocEnded bool
	Steps    []step
	History  []entry
	Assigner string
	Others   string // collaborators
	Units    []people.Unit
	Accounts []people.Account
	MayMark  bool
	AsOf     calendar.Date // the day it is shown as of, 0 = now
	Edit     bool          // the reader may put the assignment right
	Trouble  string
	Files    templ.Component
}

func (s *pages) one(r *web.Request) error {
	t, err := s.get(r)
	if err != nil {
		return err
	}
	if day, err := calendar.Parse(r.Query("ngay")); err == nil && day < r.Today() {
		return s.past(r, t, day)
	}
	return s.show(r, t, nil, nil)
}

// past is the task's page as of the end of a day that is over: nothing can be done there, and files, which may be younger, are
// left out.
func (s *pages) past(r *web.Request, t *task.Task, day calendar.Date) error {
	then, err := s.tasks.AsOf(r.Context(), t, day)
	if err != nil {
		return err
	}
	p := s.page(r, then, day)
	p.AsOf = day
	if err := s.told(r, p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, one(p))
}

// show is the task's page; after a refused step it carries what was typed and what is wrong.
func (s *pages) show(r *web.Request, t *task.Task, typed url.Values, trouble error) error {
	p := s.page(r, t, r.Today())
	p.Edit = t.State == task.Open && people.Holds(r.Reader, people.AssignTasks, t.Unit)
	p.MayMark = mayMark(r, t)
	for _, rule := range t.Next() {
		if mayTake(r, t, rule) {
			p.Steps = append(p.Steps, step{Rule: rule, Slug: slugs[rule.Verb], Key: rand.Text(), Open: len(p.Steps) == 0})
		}
	}
	if err := s.complete(r, p); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
		for i := range p.Steps {
			p.Steps[i].Open = p.Steps[i].Slug == r.PathValue("action")
			if p.Steps[i].Open {
				p.Steps[i].Typed, p.Steps[i].Key = typed, typed.Get("khoa")
			}
		}
	}
	return r.Render(status, one(p))
}

// page is what the task itself tells on a day.
func (s *pages) page(r *web.Request, t *task.Task, day calendar.Date) *onePage {
	p := &onePage{View: r.View(t.Title, web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}), Row: newRow(r, s.tasks, s.who, t, day)}
	p.Path = Path(t.ID)
	p.Assigner = s.who.AccountName(r.Context(), t.Assigner)
	var names []string
	for _, c := range t.Collaborators {
		names = append(names, s.who.AccountName(r.Context(), c))
	}
	p.Others = strings.Join(names, ", ")
	if p.Doc = s.directive(r, t.Directive); p.Doc != nil {
		p.DocEnded = !p.Doc.InForce(day)
	}
	return p
}

// told reads the history, of a past day up to it.
func (s *pages) told(r *web.Request, p *onePage) error {
	history, err := s.tasks.History(r.Context(), p.ID)
	for i := len(history) - 1; i >= 0; i-- {
		if p.AsOf != 0 && history[i].On > p.AsOf {
			continue
		}
		e := entry{Entry: history[i], Who: s.who.AccountName(r.Context(), history[i].Actor)}
		if e.From != "" {
			e.FromName, e.ToName = s.who.UnitName(r.Context(), e.From, r.Lang), s.who.UnitName(r.Context(), e.To, r.Lang)
		}
		p.History = append(p.History, e)
	}
	return err
}

// complete reads history, files, units and accounts.
func (s *pages) complete(r *web.Request, p *onePage) error {
	err := s.told(r, p)
	if err != nil {
		return err
	}
	if p.Files, err = s.files(r, p.View, p.Task); err != nil {
		return err
	}
	// a task may be handed to any unit of its own side
	if p.Units, err = s.who.Units(r.Context(), r.Today(), p.Side); err != nil {
		return err
	}
	p.Accounts, err = s.accounts(r.Context())
	return err
}

// act takes one step from the task's page.
func (s *pages) act(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	verb := verbOf(r.PathValue("action"))
	rule, err := task.RuleOf(verb)
	if err != nil {
		return fault.New(fault.NotFound, "task.unknown_act", "act", r.PathValue("action"))
	}
	t, err := s.get(r)
	if err != nil {
		return err
	}
	if !mayTake(r, t, rule) {
		return web.Forbidden()
	}
	if err := s.take(r, t, verb, in); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.show(r, t, in, err)
	}
	if now, err := s.tasks.Get(r.Context(), t.ID); err == nil && !people.Holds(r.Reader, people.ReadTasks, now.Unit) && !helps(r, now) {
		return r.Go("/viec?da=luu") // handed over to where the reader does not look
	}
	return r.Go(Path(t.ID) + "?da=luu")
}

func (s *pages) take(r *web.Request, t *task.Task, verb task.Verb, in url.Values) error {
	a := task.Act{ID: t.ID, Verb: verb, On: calendar.NoDate, Actor: r.Actor(), Note: strings.TrimSpace(in.Get("ghi-chu")), Due: in.Get("han"),
		Unit: in.Get("don-vi"), Owner: in.Get("nguoi"), Evidence: in.Get("minh-chung")}
	a.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	if key := in.Get("khoa"); key != "" {
		a.Key = r.Actor() + ":" + key
	}
	var err error
	if on := in.Get("ngay"); on != "" {
		if a.On, err = calendar.Parse(on); err != nil {
			return err
		}
	}
	_, err = s.tasks.Take(r.Context(), a)
	return err
}
