package app

import (
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
)

// railLine is a line of the left rail before it is known who looks.
type railLine struct {
	key, path, icon string
	permission      web.Permission
}

var railLines = []railLine{
	{"app.rail_home", "/", "home", web.SignedIn},
	{"app.rail_dossiers", "/ho-so", "files", people.ReadDossiers},
	{"app.rail_reports", "/bao-cao", "report", people.ReadReports},
	{"app.rail_procedures", "/thu-tuc", "book-2", people.ReadProcedures},
	{"app.rail_ledger", "/so-cai", "shield-check", people.ReadLedger},
}

// rail is the left rail: what this reader may open.
func (a *App) rail(r *web.Request) []web.RailItem {
	var items []web.RailItem
	for _, l := range railLines {
		if l.permission == web.SignedIn || r.Can(l.permission, "") {
			items = append(items, web.RailItem{Title: r.T(l.key), Short: r.T(l.key + "_short"), Path: l.path, Icon: l.icon, Count: -1})
		}
	}
	return items
}
