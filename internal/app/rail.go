package app

import "trucot/internal/kernel/web"

// rail is the left rail: what this reader may open, with what waits there.
func (a *App) rail(r *web.Request) []web.RailItem {
	items := []web.RailItem{{Title: r.T("app.rail_home"), Short: r.T("app.rail_home_short"), Path: "/", Icon: "home", Count: -1}}
	return items
}
