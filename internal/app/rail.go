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
	head, rights := a.Ledger.Head(), people.Rights(r.Reader)
	for i := range items {
		key := railKey{path: items[i].Path, rights: rights}
		if key.path == "/hoi-dong" { // the councils that one sits in
			key.account = r.Actor()
		}
		items[i].Count = a.railCounts.count(key, r.Actor(), head, r.Today(), func() int { return a.railCount(r, key.path) })
	}
	return append(items, a.pins(r)...)
}

// pins are the reader's saved views: of dossiers, then of tasks.
func (a *App) pins(r *web.Request) []web.RailItem {
	var views []dossier.View
	for _, l := range []struct {
		path       string
		permission web.Permission
		reach      func(*web.Request) (units, without []string)
	}{{dossier.Dossiers, people.ReadDossiers, dossiers.Reach}, {tasks.List, people.ReadTasks, tasks.ListReach}} {
		if !r.Can(l.permission, "") {
			continue
		}
		units, without := l.reach(r)
		some, err := a.Dossiers.Views(r.Context(), l.path, r.Actor(), units, without)
		if err != nil {
			return nil // the page itself will say what is wrong
		}
		views = append(views, some...)
	}
	var items []web.RailItem
	for _, v := range views[:min(len(views), pinned)] {
		items = append(items, web.RailItem{Title: v.Title, Short: v.Title, Path: v.Path(), Icon: "filter", Count: -1, Pinned: true})
	}
	return items
}

// railCounts are the counts behind the rail's lines, one for all who may see the same. They hold as long as nothing is recorded;
// while others work they may be a few seconds old, but never older than the reader's own last step.
type railCounts struct {
	mu  sync.Mutex
	of  map[railKey]railCount
	own map[string]int64 // the position of an account's last step
}

// railKey is who sees the same count: those with the same rights, and the same account where the count is of one's own.
type railKey struct{ path, rights, account string }

type railCount struct {
	at   time.Time
	head int64 // that it was counted at, or before
	day  calendar.Date
	n    int
}

// railAge is how long counts hold while others work: counting anew at each step of anybody took half of a busy server.
const railAge = 3 * time.Second

// count is the count of a key as account may see it, made by fresh where it is not known. A negative one is not kept.
func (c *railCounts) count(key railKey, account string, head int64, day calendar.Date, fresh func() int) int {
	c.mu.Lock()
	known, ok := c.of[key]
	ok = ok && known.day == day && (known.head == head || known.head >= c.own[account] && time.Since(known.at) <= railAge)
	c.mu.Unlock()
	if ok {
		return known.n
	}
	made := railCount{at: time.Now(), head: head, day: day, n: fresh()}
	if made.n >= 0 {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.of == nil {
			c.of = map[railKey]railCount{}
		}
		c.of[key] = made
	}
	return made.n
}

// outdate takes note of who recorded something.
func (c *railCounts) outdate(batch []ledger.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.own == nil {
		c.own = map[string]int64{}
	}
	for i := range batch {
		c.own[batch[i].Actor] = batch[i].Position
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
		n, err = a.Tasks.Count(r.Context(), task.Filter{Reach: tasks.Reach(r), View: "open"})
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
