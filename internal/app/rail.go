package app

import (
	"trucot/internal/app/page/tasks"
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
	{"app.rail_party", "/dang", "building-bank", people.ReadParty},
	{"app.rail_reports", "/bao-cao", "report", people.ReadReports},
	{"app.rail_figures", "/so-lieu", "chart-bar", people.ReadFigures},
	{"app.rail_procedures", "/thu-tuc", "book-2", people.ReadProcedures},
	{"app.rail_ledger", "/so-cai", "shield-check", people.ReadLedger},
}

// rail is the left rail: what this reader may open, with the number of dossiers in work.
func (a *App) rail(r *web.Request) []web.RailItem {
	var items []web.RailItem
	for _, l := range railLines {
		if l.permission == web.SignedIn || r.Can(l.permission, "") {
			items = append(items, web.RailItem{Title: r.T(l.key), Short: r.T(l.key + "_short"), Path: l.path, Icon: l.icon, Count: a.railCount(r, l)})
		}
	}
	return items
}

// railCount is what waits behind a line, -1 for nothing to count. A failed count leaves the rail without
// it: the page itself will say what is wrong.
func (a *App) railCount(r *web.Request, l railLine) int {
	n, err := -1, error(nil)
	switch l.path {
	case "/ho-so":
		f := dossier.Filter{Open: true, Limit: 1, Overdue: calendar.NoDate}
		f.Units, f.Without = people.Reach(r.Reader, people.ReadDossiers)
		_, n, err = a.Dossiers.List(r.Context(), f)
	case "/viec":
		_, n, err = a.Tasks.List(r.Context(), task.Filter{Reach: tasks.Reach(r), View: "open", Limit: 1})
	case "/chi-dao":
		state, units := people.Sides(r.Reader, people.ReadDirectives)
		_, n, err = a.Directives.List(r.Context(), directive.Filter{State: state, Units: units, Force: "in_force", Limit: 1})
	}
	if err != nil {
		return -1
	}
	return n
}
