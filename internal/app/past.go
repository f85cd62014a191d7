package app

import (
	"context"
	"net/http"
	"slices"
	"time"

	"trucot/internal/engine/council"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
	"trucot/internal/room/commendation"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// The pages of a past day are those of today over the agency as it was: the same handlers and rooms, over tables that are folded anew from
// what had happened by the end of the day. What is no fold of few records (dossiers, credentials, figures) is asked for the day by the
// page itself, which sees it as r.Today().

// refolded makes the folds that pages of a past day read, each for one database.
var refolded = map[string]func() ledger.Fold{
	"directive": directive.Fold, "schedule": schedule.Fold, "task": task.Fold, "council": council.Fold, "conference": conference.Fold,
	"commendation": commendation.Fold, "party": party.Fold, "cadre": cadre.Fold,
}

// pastPages are the pages that are shown as of a day, with the folds that they read anew.
var pastPages = map[string][]string{
	"/chi-dao": {"directive", "task"}, "/chi-dao/{id}": {"directive", "task"},
	"/lich-cong-tac": {"schedule"}, "/lich-cong-tac/tai": {"schedule"},
	"/viec/don-vi": {"task"}, "/viec/lich": {"task", "directive"}, "/viec/dong-thoi-gian": {"task", "directive"},
	"/moc-viec": {"task", "directive"}, "/moc-viec/{id}": {"task", "directive"}, "/moc-viec/{id}/xuat": {"task", "directive"},
	"/hoi-dong": {"council"}, "/hoi-dong/{id}": {"council"}, "/hoi-dong/{id}/tai/{paper}": {"council"},
}

// daysThemselves are the pages that read a day from their address without being worked out anew.
var daysThemselves = []string{"/ho-so", "/ho-so/{code}", "/ho-so/xuat", "/viec", "/viec/{id}", "/viec/xuat", "/dang/to-chuc", "/quan-tri/don-vi"}

// Shows reports whether a page is worked out for a day here.
func (p *pasts) Shows(pattern string) bool { return pastPages[pattern] != nil }

// Keeps reports whether a page can be seen as of a day.
func (p *pasts) Keeps(pattern string) bool {
	return p.Shows(pattern) || slices.Contains(daysThemselves, pattern)
}

// asOf is the agency as it was at the end of a day, over an empty database. What is not worked out anew is that of today.
func (a *App) asOf(ctx context.Context, db *store.DB, day calendar.Date) (*App, error) {
	past := &App{Catalog: a.Catalog, DB: db, Ledger: a.Ledger.Until(day), Vault: a.Vault, People: a.People, Access: a.Access, Calendar: a.Calendar, Procedures: a.Procedures,
		Dossiers: a.Dossiers, Flow: a.Flow, Indicators: a.Indicators, Reports: a.Reports, Campaigns: a.Campaigns, Notify: a.Notify, Filing: a.Filing, Attachments: a.Attachments,
		Activities: a.Activities, Books: a.Books, Desk: a.Desk, Quality: a.Quality, Portal: a.Portal, layouts: a.layouts, agency: a.agency, data: a.data,
		clock: func() time.Time { return (day + 1).Time().In(calendar.Zone).Add(-time.Second) }}
	o := Options{Data: a.data, Clock: past.clock}
	if err := past.openCouncils(ctx, o.Data); err != nil {
		return nil, err
	}
	past.openDirectives(o)
	past.openTasks(o, a.watch)
	past.openParty(o)
	past.openCommendation(o.Data)
	return past, past.openConferences(ctx, o.Data)
}

// pastRoutes are the handlers of the pages as of a day.
func (a *App) pastRoutes() map[string]web.Handler {
	out := map[string]web.Handler{}
	for _, rt := range a.routes(SiteOptions{}) {
		if rt.Method == http.MethodGet && pastPages[rt.Pattern] != nil {
			out[rt.Pattern] = rt.Handler
		}
	}
	return out
}
