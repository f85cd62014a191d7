package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"trucot/internal/app/api"
	"trucot/internal/engine/council"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
	"trucot/internal/room/activity"
	"trucot/internal/room/commendation"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
	"trucot/internal/room/report/campaign"
)

// The pages of a past day are those of today over the agency as it was: the same handlers and rooms, over tables that are folded anew from
// what had happened by the end of the day. What is no fold of few records (dossiers, credentials, figures) is asked for the day by the
// page itself, which sees it as r.Today().

// refolded makes the folds that pages of a past day read, each for one database.
var refolded = map[string]func() ledger.Fold{
	"directive": directive.Fold, "schedule": schedule.Fold, "task": task.Fold, "council": council.Fold, "conference": conference.Fold, "activity": activity.Fold,
	"commendation": commendation.Fold, "party": party.Fold, "cadre": cadre.Fold, "campaign": campaign.Fold, "numbering": numbering.Fold,
}

// pastPages are the pages, and with them the operations of the API, that are shown as of a day, with the folds that they read anew.
var pastPages = reads{
	"directive task":                     {"/chi-dao", "/chi-dao/{id}", "/viec/lich", "/viec/dong-thoi-gian", "/moc-viec", "/moc-viec/{id}", "/moc-viec/{id}/xuat"},
	"task":                               {"/viec/don-vi", "/api/v1/viec-theo-don-vi", "/api/v1/viec/{id}"},
	"schedule":                           {"/lich-cong-tac", "/lich-cong-tac/tai"},
	"activity":                           {"/so-viec", "/so-viec/{id}"},
	"numbering":                          {"/so-van-ban"},
	"campaign":                           {"/bao-cao/dot", "/bao-cao/dot/{id}"},
	"council":                            {"/hoi-dong", "/hoi-dong/{id}", "/hoi-dong/{id}/tai/{paper}"},
	"conference task party commendation": {"/hoi-nghi", "/hoi-nghi/{id}", "/hoi-nghi/{id}/dai-bieu", "/hoi-nghi/{id}/phat-bieu", "/hoi-nghi/{id}/tai-lieu", "/hoi-nghi/{id}/tai/{paper}"},
	"commendation task council":          {"/khen-thuong", "/khen-thuong/ho-so", "/khen-thuong/ho-so/{id}", "/khen-thuong/ho-so/{id}/tai/{paper}", "/khen-thuong/ca-nhan/{id}", "/api/v1/khen-thuong/phong-trao"},
	"party cadre task commendation": {"/dang", "/dang/to-chuc/{ma}", "/dang/ket-nap", "/dang/ket-nap/{id}", "/dang/dai-hoi", "/dang/dai-hoi/{id}", "/dang/quy-hoach", "/dang/quy-hoach/{id}",
		"/dang/huy-hieu", "/dang/huy-hieu/docx", "/dang/hoc-tap", "/dang/khen-thuong", "/dang/dang-vien", "/dang/dang-vien/{id}", "/dang/so/{loai}", "/dang/so/{loai}/{id}",
		"/dang/so/{loai}/{id}/docx", "/dang/so/{loai}/{id}/giay-khen/{n}", "/dang/dai-hoi/{id}/docx/{giay}", "/dang/quy-hoach/{id}/docx/{giay}"},
	"task council campaign": {"/{$}"},
	"":                      {"/thu-tuc", "/thu-tuc/{id}", "/dang/quy-dinh", "/giay-phep", "/giay-phep/mot", "/giay-phep/xuat"},
}.byPage()

// reads are pages by the names of the folds that they read.
type reads map[string][]string

func (r reads) byPage() map[string][]string {
	out := map[string][]string{}
	for names, pages := range r {
		for _, page := range pages {
			out[page] = strings.Fields(names)
		}
	}
	return out
}

// daysThemselves are the pages that read a day from their address without being worked out anew.
var daysThemselves = []string{"/ho-so", "/ho-so/{code}", "/ho-so/xuat", "/viec", "/viec/{id}", "/viec/xuat", "/dang/to-chuc", "/quan-tri/don-vi"}

// Shows reports whether a page is worked out for a day here.
func (p *pasts) Shows(pattern string) bool {
	_, shown := foldsOf(pattern)
	return shown
}

func foldsOf(pattern string) (names []string, shown bool) {
	if names, shown = pastPages[pattern]; !shown {
		page, ours := strings.CutPrefix(pattern, api.Base)
		names, shown = pastPages[page]
		shown = shown && ours
	}
	return names, shown
}

// Keeps reports whether a page can be seen as of a day.
func (p *pasts) Keeps(pattern string) bool {
	return p.Shows(pattern) || slices.Contains(daysThemselves, pattern)
}

// asOf is the agency as it was at the end of a day, over an empty database. What is not worked out anew is that of today.
func (a *App) asOf(ctx context.Context, db *store.DB, day calendar.Date) (*App, error) {
	past := &App{Catalog: a.Catalog, DB: db, Ledger: a.Ledger.Until(day), Vault: a.Vault, People: a.People.AsOf(day), Access: a.Access, Calendar: a.Calendar, Procedures: a.Procedures,
		Dossiers: a.Dossiers, Flow: a.Flow, Indicators: a.Indicators, Reports: a.Reports, Notify: a.Notify, Filing: a.Filing, Attachments: a.Attachments,
		Quality: a.Quality, Portal: a.Portal, pasts: a.pasts, isPast: true, layouts: a.layouts, agency: a.agency, data: a.data,
		clock: func() time.Time { return (day + 1).Time().In(calendar.Zone).Add(-time.Second) }}
	o := Options{Data: a.data, Clock: past.clock}
	if err := past.openCouncils(ctx, o.Data); err != nil {
		return nil, err
	}
	past.openDirectives(o)
	past.openTasks(o, a.watch)
	past.openParty(o)
	past.openDesk(o.Data)
	past.openCommendation(o.Data)
	past.openActivities(o)
	past.openCampaigns()
	return past, past.openConferences(ctx, o.Data)
}

// pastRoutes are the handlers of the pages as of a day.
func (a *App) pastRoutes() map[string]web.Handler {
	out := map[string]web.Handler{}
	for _, rt := range a.routes(SiteOptions{}) {
		if rt.Method == http.MethodGet && a.pasts.Shows(rt.Pattern) {
			out[rt.Pattern] = rt.Handler
		}
	}
	return out
}

// Shows reports whether the page of a route is worked out anew as of a day.
func (a *App) Shows(pattern string) bool { return a.pasts.Shows(pattern) }

// Keeps reports whether the page of a route can be seen as of a day, in whatever way.
func (a *App) Keeps(pattern string) bool { return a.pasts.Keeps(pattern) }
