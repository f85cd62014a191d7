package app

import (
	"sync"
	"time"

	"trucot/internal/app/page/dossiers"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
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
	{"app.rail_desk", "/sap-tre", "building-bank", people.ReadDossiers},
	{"app.rail_councils", "/hoi-dong", "users-group", people.SitInCouncils},
	{"app.rail_conferences", "/hoi-nghi", "calendar-event", people.ReadConferences},
	{"app.rail_commendation", "/khen-thuong", "medal", people.ReadCommendation},
	{"app.rail_party", "/dang", "flag", people.ReadParty},
	{"app.rail_news", "/bien-tap", "news", people.WriteNews},
	{"app.rail_reports", "/bao-cao", "report", people.ReadReports},
	{"app.rail_figures", "/so-lieu", "chart-bar", people.ReadFigures},
	{"app.rail_work", "/so-viec", "notebook", people.RecordFigures},
	{"app.rail_procedures", "/thu-tuc", "book-2", people.ReadProcedures},
	{"app.rail_ledger", "/so-cai", "shield-check", people.ReadLedger},
	{"app.rail_admin", "/quan-tri", "settings", people.ManagePeople},
}

// railAlso are the pages that belong to a line without standing below its path.
var railAlso = map[string][]string{
	"/chi-dao":  {"/lich-cong-tac"},
	"/viec":     {"/moc-viec"},
	"/sap-tre":  {"/so-theo-doi", "/giay-phep", "/phi", "/so-van-ban", "/chat-luong"},
	"/thu-tuc":  {"/quy-trinh"},
	"/bien-tap": {"/tin-tuc/tu-kiem-tra"},
}

// rail is the left rail: what this reader may open with what waits there, and below it their saved views.
func (a *App) rail(r *web.Request) []web.RailItem {
	items := a.places(r)
	known := a.railCounts.get(r.Actor(), a.Ledger.Head(), r.Today())
	for i := range items {
		path := items[i].Path
		items[i].Count = a.railCounts.count(known, path, func() int { return a.railCount(r, path) })
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

// railCounts are the counts of each account. They hold as long as nothing is recorded; while others work they may be a few
// seconds old, but never older than the reader's own last step.
type railCounts struct {
	mu sync.Mutex
	of map[string]*railCount // by account
}

type railCount struct {
	at   time.Time
	head int64
	day  calendar.Date
	n    map[string]int // by path
}

// railAge is how long counts hold while others work: counting anew at each step of anybody took half of a busy server.
const railAge = 3 * time.Second

// get is what is known of an account now, emptied where it no longer holds.
func (c *railCounts) get(account string, head int64, day calendar.Date) *railCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.of[account]
	if known == nil || known.day != day || known.head != head && time.Since(known.at) > railAge {
		if known = (&railCount{at: time.Now(), head: head, day: day, n: map[string]int{}}); c.of == nil {
			c.of = map[string]*railCount{}
		}
		c.of[account] = known
	}
	return known
}

// count is the count of a path, made by fresh where it is not known.
func (c *railCounts) count(of *railCount, path string, fresh func() int) int {
	c.mu.Lock()
	n, ok := of.n[path]
	c.mu.Unlock()
	if ok {
		return n
	}
	if n = fresh(); n >= 0 {
		c.mu.Lock()
		of.n[path] = n
		c.mu.Unlock()
	}
	return n
}

// outdate forgets the counts of who recorded something.
func (c *railCounts) outdate(batch []ledger.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range batch {
		delete(c.of, batch[i].Actor)
	}
}

// pinned is how many saved views stand in the rail.
const pinned = 7

// places are the parts of the program that this reader may open.
func (a *App) places(r *web.Request) []web.RailItem {
	var items []web.RailItem
	for _, l := range railLines {
		if l.permission == web.SignedIn || r.Can(l.permission, "") {
			items = append(items, web.RailItem{Title: r.T(l.key), Short: r.T(l.key + "_short"), Path: l.path, Icon: l.icon, Count: -1, Also: railAlso[l.path]})
		}
	}
	return items
}

// railCount is what waits behind a line, -1 for nothing to count. A failed count leaves the rail without
// it: the page itself will say what is wrong.
func (a *App) railCount(r *web.Request, path string) int {
	n, err := -1, error(nil)
	switch path {
	case "/ho-so", "/sap-tre":
		f := dossier.Filter{Open: true}
		if path == "/sap-tre" {
			f.DueUntil = a.Dossiers.WarnUntil() + 1
		}
		f.Units, f.Without = dossiers.Reach(r)
		var counts []int
		if counts, err = a.Dossiers.Count(r.Context(), f); err == nil {
			n = counts[0]
		}
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
