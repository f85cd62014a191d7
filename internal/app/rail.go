package app

import (
	"sync"

	"trucot/internal/app/page/dossiers"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// railLine is a line of the left rail before it is known who looks.
type railLine struct {
	key, path, icon string
	permission      web.Permission
}

var railLines = []railLine{
	{"app.rail_home", "/", "home", web.SignedIn},
	{"app.rail_directives", "/chi-dao", "file-text", people.ReadDirectives},
	{"app.rail_tasks", "/viec", "circle-check", people.ReadTasks},
	{"app.rail_dossiers", "/ho-so", "files", people.ReadDossiers},
	{"app.rail_desk", "/sap-tre", "clock", people.ReadDossiers},
	{"app.rail_councils", "/hoi-dong", "building-bank", people.SitInCouncils},
	{"app.rail_commendation", "/khen-thuong", "hierarchy-2", people.ReadCommendation},
	{"app.rail_party", "/dang", "building-bank", people.ReadParty},
	{"app.rail_reports", "/bao-cao", "report", people.ReadReports},
	{"app.rail_figures", "/so-lieu", "chart-bar", people.ReadFigures},
	{"app.rail_procedures", "/thu-tuc", "book-2", people.ReadProcedures},
	{"app.rail_ledger", "/so-cai", "shield-check", people.ReadLedger},
	{"app.rail_admin", "/quan-tri", "hierarchy-2", people.ManagePeople},
}

// rail is the left rail: what this reader may open with what waits there, and below it their saved views.
func (a *App) rail(r *web.Request) []web.RailItem {
	items := a.places(r)
	head, day := a.Ledger.Head(), r.Today()
	known := a.railCounts.of(r.Actor(), head, day)
	for i := range items {
		path := items[i].Path
		if n, ok := known(path); ok {
			items[i].Count = n
			continue
		}
		items[i].Count = a.railCount(r, path)
		a.railCounts.keep(r.Actor(), path, items[i].Count, head, day)
	}
	if !r.Can(people.ReadDossiers, "") {
		return items
	}
	units, without := dossiers.Reach(r)
	views, err := a.Dossiers.Views(r.Context(), r.Actor(), units, without)
	if err != nil {
		return items // the page itself will say what is wrong
	}
	for _, v := range views[:min(len(views), pinned)] {
		items = append(items, web.RailItem{Title: v.Title, Short: v.Title, Path: "/ho-so?" + v.Query, Icon: "filter", Count: -1, Pinned: true})
	}
	return items
}

// railCounts are the counts of each account as of a position of the ledger and a day: what they count changes with
// nothing else.
type railCounts struct {
	mu     sync.Mutex
	head   int64
	day    calendar.Date
	counts map[string]int // account, line break, path
}

// of gives what is known of an account now.
func (c *railCounts) of(account string, head int64, day calendar.Date) func(path string) (int, bool) {
	c.mu.Lock()
	if c.head != head || c.day != day || c.counts == nil {
		c.head, c.day, c.counts = head, day, map[string]int{}
	}
	c.mu.Unlock()
	return func(path string) (int, bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		n, ok := c.counts[account+"\n"+path]
		return n, ok && c.head == head && c.day == day
	}
}

// keep notes a count that was made since of, unless somebody wrote meanwhile.
func (c *railCounts) keep(account, path string, n int, head int64, day calendar.Date) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head == head && c.day == day && n >= 0 {
		c.counts[account+"\n"+path] = n
	}
}

// pinned is how many saved views stand in the rail.
const pinned = 7

// places are the parts of the program that this reader may open.
func (a *App) places(r *web.Request) []web.RailItem {
	var items []web.RailItem
	for _, l := range railLines {
		if l.permission == web.SignedIn || r.Can(l.permission, "") {
			items = append(items, web.RailItem{Title: r.T(l.key), Short: r.T(l.key + "_short"), Path: l.path, Icon: l.icon, Count: -1, Wide: l.path == "/quan-tri"})
		}
	}
	return items
}

// railCount is what waits behind a line, -1 for nothing to count. A failed count leaves the rail without
// it: the page itself will say what is wrong.
func (a *App) railCount(r *web.Request, path string) int {
	n, err := -1, error(nil)
	switch path {
	case "/ho-so":
		f := dossier.Filter{Open: true}
		f.Units, f.Without = dossiers.Reach(r)
		var counts []int
		if counts, err = a.Dossiers.Count(r.Context(), f); err == nil {
			n = counts[0]
		}
	case "/sap-tre":
		units, without := people.Reach(r.Reader, people.ReadDossiers)
		_, n, err = a.Dossiers.Soon(r.Context(), dossier.Reach{Units: units, Without: without}, 0, 0)
	case "/viec":
		_, n, err = a.Tasks.List(r.Context(), task.Filter{Reach: tasks.Reach(r), View: "open", Limit: 1})
	case "/hoi-dong":
		f := council.Filter{Account: r.Actor(), Stage: council.Open, Limit: 1}
		f.Units, f.Without = people.Reach(r.Reader, people.ReadCouncils)
		_, n, err = a.Councils.List(r.Context(), f)
	case "/chi-dao":
		state, units := people.Sides(r.Reader, people.ReadDirectives)
		_, n, err = a.Directives.List(r.Context(), directive.Filter{State: state, Units: units, Force: "in_force", Limit: 1})
	}
	if err != nil {
		return -1
	}
	return n
}
