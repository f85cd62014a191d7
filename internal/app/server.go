package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"trucot/internal/app/api"
	"trucot/internal/app/page/account"
	"trucot/internal/app/page/activities"
	"trucot/internal/app/page/admin"
	"trucot/internal/app/page/attachments"
	"trucot/internal/app/page/campaigns"
	"trucot/internal/app/page/commendations"
	"trucot/internal/app/page/conferences"
	"trucot/internal/app/page/councils"
	"trucot/internal/app/page/directives"
	"trucot/internal/app/page/dossiers"
	"trucot/internal/app/page/events"
	"trucot/internal/app/page/figures"
	"trucot/internal/app/page/find"
	"trucot/internal/app/page/flow"
	"trucot/internal/app/page/home"
	"trucot/internal/app/page/intake"
	"trucot/internal/app/page/login"
	"trucot/internal/app/page/marks"
	"trucot/internal/app/page/newsroom"
	"trucot/internal/app/page/notices"
	"trucot/internal/app/page/onestop"
	"trucot/internal/app/page/party"
	"trucot/internal/app/page/personal"
	"trucot/internal/app/page/portal"
	"trucot/internal/app/page/procedures"
	"trucot/internal/app/page/quality"
	"trucot/internal/app/page/reports"
	"trucot/internal/app/page/saved"
	"trucot/internal/app/page/schedule"
	"trucot/internal/app/page/scope"
	"trucot/internal/app/page/search"
	"trucot/internal/app/page/services"
	"trucot/internal/app/page/tasks"
	"trucot/internal/app/taskbook"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/oidc"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// SiteOptions say how the web is served.
type SiteOptions struct {
	Secure bool // over TLS, here or at a proxy in front
	Sample bool // the data is the labelled sample
	Log    *slog.Logger
	Rate   int // API requests a minute and account; 0 = api's own, negative = without limit

	URL     string         // see web.Options
	Proxies int            // see web.Options
	SSO     *oidc.Provider // nil = no single sign-on
}

// Site is the whole web: every route of the program stands in routes.
func (a *App) Site(ctx context.Context, o SiteOptions) *web.Site {
	return web.NewSite(web.Options{
		Catalog: a.Catalog, Auth: a.People, Agency: a.agencyName(ctx), Rail: a.rail, Bell: a.bell,
		Secure: o.Secure, Sample: o.Sample || a.agency.Sample, Log: o.Log, Clock: a.clock, URL: o.URL, Proxies: o.Proxies, Days: a.pasts,
	}, a.routes(o))
}

// pageTexts are the texts of the pages.
func pageTexts() []lang.Texts {
	return []lang.Texts{login.Texts(), account.Texts(), admin.Texts(), personal.Texts(), home.Texts(), dossiers.Texts(), procedures.Texts(), events.Texts(), figures.Texts(), reports.Texts(), campaigns.Texts(), scope.Texts(),
		directives.Texts(), tasks.Texts(), taskbook.Texts(), attachments.Texts(), notices.Texts(), api.Texts(), flow.Texts(), schedule.Texts(), activities.Texts(), services.Texts(), intake.Texts(), onestop.Texts(), quality.Texts(), councils.Texts(), commendations.Texts(), conferences.Texts(), find.Texts(), party.Texts(), search.Texts(), portal.Texts(), newsroom.Texts(), marks.Texts(), saved.Texts()}
}

// routes is the route table of rooms and engines, in the order of the left rail.
func (a *App) routes(o SiteOptions) []web.Route {
	var all []web.Route
	files := a.files()
	for _, part := range [][]web.Route{
		login.Routes(a.People, o.SSO),
		account.Routes(a.People, a.Access),
		admin.Routes(a.People, a.Access, a.openWork),
		a.personal().Routes(),
		home.Routes(a.Dossiers, a.Procedures, a.Indicators, a.People, a.Calendar, a.Tasks, a.Flow, a.awaiting),
		services.Routes(a.Filing),
		directives.Routes(a.Directives, a.Tasks, a.Indicators, a.People, files.OnDirective),
		schedule.Routes(a.Schedule, a.People, a.sheetHead),
		activities.Routes(a.Activities, a.Indicators, a.notEntered(), a.People),
		tasks.Routes(a.Tasks, a.Directives, a.People, a.Catalog, files.OnTask, a.Dossiers),
		intake.Routes(a.Filing, a.Dossiers, a.People, slip),
		dossiers.Routes(a.Dossiers, a.Procedures, a.People, a.panels(files)),
		files.Routes(),
		onestop.Routes(a.desk()),
		quality.Routes(a.Quality, a.Procedures, a.People),
		councils.Routes(a.councilPages()),
		commendations.Routes(a.commendationPages()),
		conferences.Routes(a.conferencePages(files)),
		find.Routes(find.Options{Dossiers: a.Dossiers, Tasks: a.Tasks, Directives: a.Directives, Procedures: a.Procedures, Rail: a.places}),
		procedures.Routes(a.Procedures, a.draw),
		flow.Routes(a.Flow, a.Procedures, a.People),
		reports.Routes(a.Reports, a.People, a.Indicators.Definitions(), a.Catalog, a.Tasks),
		campaigns.Routes(a.campaignPages(files)),
		party.Routes(party.Needs{Room: a.Party, Cadre: a.Cadre, Who: a.People, Work: a.partyWork, Files: files.OnRow}),
		figures.Routes(a.Indicators, a.Ledger, a.People, a.Procedures),
		events.Routes(a.Ledger, a.People, a.Reports.OfParty),
		notices.Routes(a.Notify, a.People, a.describe),
		search.Routes(a.searchParts()),
		portal.Routes(a.newsParts()),
		newsroom.Routes(a.newsroomParts()),
	} {
		all = append(all, part...)
	}
	return append(all, api.Routes(a.apiParts(o.Rate, files, all))...)
}

// apiParts are what the API works on.
func (a *App) apiParts(rate int, files *attachments.Pages, pages []web.Route) api.Parts {
	forms, reading := map[string]web.Route{}, map[string]web.Route{}
	for _, rt := range pages {
		if rt.Method == http.MethodGet {
			reading[rt.Pattern] = rt
		}
		if rt.Deed != nil {
			forms[rt.Pattern] = rt
		}
	}
	return api.Parts{Words: a.Catalog, Ledger: a.Ledger, People: a.People, Calendar: a.Calendar, Procedures: a.Procedures, Dossiers: a.Dossiers,
		DossierAPI: a.dossierAPI(), Tasks: a.Tasks, Directives: a.Directives, Indicators: a.Indicators, Reports: a.Reports, Conferences: a.Conferences, Campaigns: a.Campaigns, Notify: a.Notify,
		Files: files, Schedule: a.Schedule, Filing: a.Filing, News: a.newsroomParts(), Councils: a.Councils, Activities: a.Activities, Commendation: a.Commendation, Party: a.Party, Cadre: a.Cadre, Books: a.Books, Quality: a.Quality, Flow: a.Flow, Desk: a.Desk, Search: a.searchParts(), Pages: reading, Forms: forms, Describe: a.describe, Dated: a.pasts.Shows, Past: a.isPast, Rate: rate}
}

func (a *App) searchParts() search.Parts {
	return search.Parts{Find: a.Find, Complete: a.Complete, People: a.People}
}

func (a *App) dossierAPI() dossiers.API { return dossiers.NewAPI(a.Dossiers, a.Procedures, a.People) }

// slip is the address of a dossier's receipt slip, for the officers who may open it.
func slip(code string) string { return "/ho-so/" + url.PathEscape(code) + "/phieu/tiep-nhan.pdf" }

// panels are what other parts show on a dossier's page.
func (a *App) panels(files *attachments.Pages) dossiers.Panels {
	return dossiers.Panels{Main: append([]dossiers.Panel{files.OnDossier}, onestop.Panels(a.desk())...), Side: []dossiers.Panel{a.personal().Panel, councils.Panel(a.councilPages()), councils.Records(a.councilPages()), intake.Panel(a.Filing, a.Dossiers)}}
}

func (a *App) personal() *personal.Pages { return personal.New(a.Dossiers, a.Access, a.Vault) }

// draw is a procedure's state diagram.
func (a *App) draw(p *procedure.Procedure, tag lang.Tag) string { return p.Draw(a.Catalog, tag) }

// agencyName is the name of the unit at the top of the state side, as it is when the site is made.
func (a *App) agencyName(ctx context.Context) func(lang.Tag) string {
	units, err := a.People.Units(ctx, calendar.OfTime(a.clock()), people.State)
	if err == nil {
		for _, u := range units {
			if u.Parent == "" {
				return u.Name
			}
		}
	}
	return func(tag lang.Tag) string { return a.Catalog.T(tag, "cli.agency") }
}

// stopIn is how long open requests may finish after the program was told to stop.
const stopIn = 10 * time.Second

// Serve answers at ln until ctx ends, then lets open requests finish.
func Serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	defer time.AfterFunc(time.Second, followHeap).Stop() // the start is over by then
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), stopIn)
		defer cancel()
		stopped <- srv.Shutdown(last)
	}()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
