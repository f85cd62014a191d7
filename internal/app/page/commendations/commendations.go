// Package commendations (trang thi đua, khen thưởng) is the pages of a year's commendation: the simulation with its
// reasons, what stands on record about a person or unit, the nominations with their steps, and the official papers. It
// owns no rules: room commendation decides what a step may do, package people who the reader is.
package commendations

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/commendation"
)

// Parts are what the pages stand on.
type Parts struct {
	Room   *commendation.Room
	People *people.People
	Words  *lang.Catalog
	Access *accesslog.Log // of who looked at whose personal data
	// Head is the official heading and signature of a paper of a unit, issued on a day.
	Head func(ctx context.Context, unit string, on calendar.Date) (*document.Document, error)
}

type pages struct{ Parts }

const (
	home    = "/khen-thuong"
	files   = home + "/ho-so"
	persons = home + "/ca-nhan"
)

// Routes are the pages of commendation.
func Routes(p Parts) []web.Route {
	s := &pages{p}
	return append(s.publicRoutes(), []web.Route{
		{Method: http.MethodGet, Pattern: home, Permission: people.ReadCommendation, Handler: s.year},
		web.FormRoute(home+"/phong-trao", people.KeepCommendation, s.movement, s.yearAgain),
		{Method: http.MethodGet, Pattern: files, Permission: people.ReadCommendation, Handler: s.list},
		web.FormRoute(files, people.KeepCommendation, s.propose, s.yearAgain),
		web.FormRoute(home+"/buoc", people.KeepCommendation, s.step, nil),
		{Method: http.MethodGet, Pattern: files + "/{id}", Permission: people.ReadCommendation, Handler: s.one},
		web.FormRoute(files+"/{id}/thanh-tich", people.KeepCommendation, s.choose, s.oneAgain),
		web.FormRoute(files+"/{id}/y-kien", people.KeepCommendation, s.opinion, s.oneAgain),
		{Method: http.MethodPost, Pattern: files + "/{id}/nguoi-gui", Permission: people.KeepCommendation, Handler: s.sender},
		{Method: http.MethodGet, Pattern: files + "/{id}/tai/{paper}", Permission: people.ReadCommendation, Handler: s.paper},
		{Method: http.MethodGet, Pattern: persons + "/{id}", Permission: people.ReadCommendation, Handler: s.person},
		web.FormRoute(persons+"/{id}/{what}", people.KeepCommendation, s.write, s.personAgain),
	}...)
}

// Path is a nomination's page.
func Path(id string) string { return files + "/" + url.PathEscape(id) }

func personPath(id string, year int) string {
	return persons + "/" + url.PathEscape(id) + "?nam=" + strconv.Itoa(year)
}

// yearOf is the year asked for, this year where it is unreadable.
func yearOf(r *web.Request) int {
	if n, err := strconv.Atoi(r.Query("nam")); err == nil {
		return n
	}
	return r.Today().Time().Year()
}

func (s *pages) get(r *web.Request, id string) (*commendation.Nomination, error) {
	return Get(r, s.Room, id)
}

// Get reads a nomination that the reader may see; another unit's is not found rather than forbidden.
func Get(r *web.Request, room *commendation.Room, id string) (*commendation.Nomination, error) {
	n, err := room.Get(r.Context(), id)
	if err == nil && !people.Holds(r.Reader, people.ReadCommendation, n.Unit) {
		return nil, commendation.NotFound(id)
	}
	return n, err
}

// name is a subject as pages and papers call it.
func (s *pages) name(ctx context.Context, tag lang.Tag, id, unit string, group bool) string {
	if group {
		return s.People.UnitName(ctx, unit, tag)
	}
	return s.People.PersonName(ctx, id)
}

// say translates a key in the reader's language.
type say func(key string, args ...any) string

// reason says in words why a condition is not met.
func reason(t say, tag lang.Tag, law *commendation.Law, x commendation.Reason) string {
	if x.Kind == "case" {
		return t("commendation.case_" + x.Case)
	}
	return condition(t, tag, law, "commendation.miss_", x.Condition, x.Have, x.Need)
}

// condition says in words what is asked for, or with "miss" what is missing.
func condition(t say, tag lang.Tag, law *commendation.Law, key string, c *commendation.Condition, have, need int) string {
	label := func(id string) string {
		if a := law.Award(id); a != nil {
			return a.Label.In(tag)
		}
		return id
	}
	if need == 0 {
		need = c.Months + c.Share + c.Count + c.Since + c.Times
	}
	kind, what := c.Kind(), label(c.Of)
	if c.OfClass != "" {
		what = t("commendation.class_" + string(c.OfClass))
	}
	switch {
	case kind == "share" && c.Over:
		kind = "share_over"
	case kind == "since" && have < 0: // never: how long ago does not matter yet
		kind = "held"
	case kind == "any":
		var list []string
		for i := range c.Any {
			list = append(list, condition(t, tag, law, "commendation.want_", &c.Any[i], 0, 0))
		}
		return t(key+kind, "list", strings.Join(list, "; "))
	}
	return t(key+kind, "class", t("commendation.class_"+string(c.Class)), "award", label(c.Award+c.Held), "years", max(c.Years, 1), "within", c.Within,
		"scope", t("commendation.scope_"+scope(c)), "have", have, "need", need, "what", what)
}

func scope(c *commendation.Condition) string {
	if c.Scope == "wide" {
		return "wide"
	}
	return "base"
}

// achievement says in words what a record shows.
func achievement(t say, tag lang.Tag, a commendation.Achievement) string {
	class := ""
	if a.Kind == "streak" {
		class = t("commendation.class_" + a.Title)
	}
	return t("commendation.achievement_"+a.Kind, "title", a.Title, "due", a.Due.Format(tag), "on", a.On.Format(tag), "years", a.Years, "class", class, "scope", t("commendation.scope_"+cmp.Or(a.Scope, "base")))
}

// recordPath is the page of the record that an achievement comes from, "" for none.
func recordPath(a commendation.Achievement) string {
	switch {
	case a.Ref == "":
		return ""
	case a.Kind == "early":
		return "/viec/" + url.PathEscape(a.Ref)
	}
	return "/ho-so/" + url.PathEscape(a.Ref)
}

// tone is the colour of a standing; the word always stands beside it.
func tone(s commendation.Standing) string {
	switch s {
	case commendation.Within:
		return "green"
	case commendation.Beyond:
		return "purple"
	case commendation.Near:
		return "amber"
	case commendation.Blocked:
		return "red"
	}
	return "grey"
}

// stageTone is the colour of a stage.
func stageTone(s commendation.Stage) string {
	switch s {
	case commendation.Decided, commendation.Conferred:
		return "green"
	case commendation.Refused, commendation.Revoked:
		return "grey"
	case commendation.Voting, commendation.Consulted:
		return "amber"
	}
	return "blue"
}
