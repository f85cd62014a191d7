// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"trucot/internal/app/prepared"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/council"
	"trucot/internal/engine/document"
	"trucot/internal/engine/document/read"
	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/flow"
	"trucot/internal/engine/dossier/script"
	"trucot/internal/engine/eventlog"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/indicator/crossfoot"
	"trucot/internal/engine/label"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/engine/people/oidc"
	"trucot/internal/engine/people/password"
	"trucot/internal/engine/procedure"
	"trucot/internal/engine/search"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/rule"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/vault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/activity"
	"trucot/internal/room/commendation"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/room/filing"
	"trucot/internal/room/onestop"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
	"trucot/internal/room/portal"
	"trucot/internal/room/quality"
	"trucot/internal/room/report"
	"trucot/internal/room/report/campaign"
)

// Options say where the data is.
type Options struct {
	Data string // folder; created when missing
	DB   string // "postgres://…"; empty = SQLite in Data

	Clock  func() time.Time // time.Now when nil; tests and the sample agency set their own
	Agency string           // the agency's code in dossier codes; agency.yaml's, then the sample's when empty

	Clamd string // ClamAV daemon that scans attachments, see attachment.NewClamd; empty = none

	CommitDelay time.Duration // see ledger.Options; for measurements
}

// sampleAgency is the code of no real agency: H00 is not given out.
const sampleAgency = "000.00.00.H00"

// Address is the database's address: the given one, or the SQLite file in the data folder.
func (o Options) Address() string {
	if o.DB != "" {
		return o.DB
	}
	return filepath.Join(o.Data, "trucot.db")
}

// App is the opened agency.
type App struct {
	Catalog *lang.Catalog
	DB      *store.DB
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
	People  *people.People
	Access  *accesslog.Log

	Calendar   *calendar.Calendar
	Procedures *procedure.Set
	Dossiers   *dossier.Engine
	Flow       *flow.Engine
	Indicators *indicator.Engine
	Reports    *report.Room
	Campaigns  *campaign.Desk
	Tasks      *task.Engine
	Directives *directive.Register
	Notify     *notify.Engine
	Filing     *filing.Room
	Party      *party.Room
	Cadre      *cadre.Room

	Attachments *attachment.Engine
	Schedule    *schedule.Book
	Activities  *activity.Book
	Books       *numbering.Books
	Desk        *onestop.Desk
	Quality     *quality.Room
	Councils    *council.Engine

	Commendation *commendation.Room
	Conferences  *conference.Room
	Portal       *portal.Engine

	// StandingCouncils are those that no dossier needs, read when first asked for.
	StandingCouncils func() ([]*procedure.Standing, error)

	layouts func() (*document.Layouts, error) // of official papers, read when first asked for
	agency  Agency
	data    string // the folder
	figures figureFile

	railCounts railCounts
	pasts      *pasts
	isPast     bool // see asOf
	watch      task.Rules
	finder     finder
	clock      func() time.Time
}

// Catalog is the texts of every package, merged once a process.
var Catalog = sync.OnceValue(func() *lang.Catalog {
	return lang.NewCatalog(append(pageTexts(),
		lang.OwnTexts(),
		defs.Texts(),
		calendar.Texts(),
		store.Texts(),
		blob.Texts(),
		ledger.Texts(),
		verifier.Texts(),
		vault.Texts(),
		rule.Texts(),
		web.Texts(),
		people.Texts(),
		attachment.Texts(),
		password.Texts(),
		oidc.Texts(),
		accesslog.Texts(),
		document.Texts(),
		read.Texts(),
		sheet.Texts(),
		eventlog.Texts(),
		indicator.Texts(),
		crossfoot.Texts(),
		procedure.Texts(),
		dossier.Texts(),
		label.Texts(),
		report.Texts(),
		campaign.Texts(),
		directive.Texts(),
		schedule.Texts(), activity.Texts(),
		script.Texts(),
		task.Texts(),
		notify.Texts(), filing.Texts(),
		numbering.Texts(),
		onestop.Texts(),
		quality.Texts(),
		council.Texts(),
		commendation.Texts(),
		conference.Texts(),
		party.Texts(),
		cadre.Texts(),
		portal.Texts(),
		search.Texts(),
		Texts(),
	)...)
})

// Open opens or creates the agency's data.
func Open(ctx context.Context, o Options) (*App, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if err := store.MakeFolder(o.Data); err != nil {
		return nil, err
	}
	prepared.Use()
	a := &App{Catalog: Catalog(), clock: o.Clock, data: o.Data}
	a.layouts = sync.OnceValues(func() (*document.Layouts, error) { return document.LoadLayouts(Definitions(o.Data)) })
	var err error
	if a.agency, err = readAgency(Definitions(o.Data)); err != nil {
		return nil, placed(o.Data, err)
	}
	o.Agency = cmp.Or(o.Agency, a.agency.Code, sampleAgency)
	// reading definitions is most of a start and waits for nothing: all at once, beside the database
	var regimes *report.Regimes
	var figures *indicator.Definitions
	var parts errgroup.Group
	parts.Go(func() (err error) { a.Calendar, err = Calendar(o.Data); return err })
	parts.Go(func() (err error) { a.Procedures, err = Procedures(o.Data); return err })
	parts.Go(func() (err error) { regimes, err = report.Load(Definitions(o.Data)); return err })
	parts.Go(func() (err error) { figures, err = loadIndicators(o.Data); return err })
	parts.Go(func() error { return a.openLedger(ctx, o) })
	err = parts.Wait()
	if err == nil && ownReports(o.Data) {
		err = regimes.Lint(figures)
	}
	if err == nil {
		err = a.openEngines(ctx, o, figures, regimes)
	}
	if err != nil && a.Ledger != nil {
		err = errors.Join(err, a.Ledger.Close(), a.DB.Close())
	}
	if err != nil {
		return nil, placed(o.Data, err)
	}
	return a, nil
}

// openLedger opens the database and the ledger with the folds of every part.
func (a *App) openLedger(ctx context.Context, o Options) error {
	var err error
	if a.DB, err = store.Open(ctx, o.Address()); err != nil {
		return err
	}
	l, err := ledger.Open(ctx, a.DB, ledger.Options{
		Folds:   []ledger.Fold{people.Fold(), dossier.Fold(), report.Fold(), campaign.Fold(), task.Fold(), directive.Fold(), attachment.Fold(), notify.Fold(), schedule.Fold(), activity.Fold(), filing.Fold(), numbering.Fold(), onestop.Fold(), council.Fold(), commendation.Fold(), party.Fold(), cadre.Fold(), conference.Fold(), portal.Fold()},
		Clock:   o.Clock,
		KeyFile: filepath.Join(o.Data, "ledger.key"), CommitDelay: o.CommitDelay,
	})
	if err != nil {
		return errors.Join(err, a.DB.Close())
	}
	a.Ledger = l
	l.Follow(a.railCounts.outdate)
	a.pasts = newPasts(a)
	l.Follow(a.pasts.outdate)
	return nil
}

// openEngines opens what stands on the ledger, from the ground up.
func (a *App) openEngines(ctx context.Context, o Options, figures *indicator.Definitions, regimes *report.Regimes) error {
	var err error
	if a.Vault, err = vault.Open(ctx, a.DB, filepath.Join(o.Data, "vault.key")); err != nil {
		return err
	}
	if a.Access, err = accesslog.New(ctx, a.DB, Definitions(o.Data), o.Clock); err != nil {
		return err
	}
	if a.People, err = people.New(ctx, a.DB, a.Ledger, people.Options{Clock: o.Clock, Vault: a.Vault, Journal: a.Access}); err != nil {
		return err
	}
	watch, err := task.LoadRules(Definitions(o.Data))
	if err != nil {
		return err
	}
	a.Dossiers = dossier.New(a.Ledger, a.DB, a.Procedures, a.Calendar, dossier.Options{
		AgencyCode: o.Agency, Clock: o.Clock, Seal: a.Vault.Seal,
		Open:       func(ctx context.Context, _, sealed string) (string, error) { return a.Vault.Open(ctx, sealed) },
		Conclusion: a.concluded, Soon: func(today calendar.Date) int { return watch.At(today).DossierSoon },
	})
	a.openDirectives(o)
	if err := a.Schedule.OpenFeeds(ctx); err != nil {
		return err
	}
	a.Flow = flow.New(a.Ledger, a.DB, a.Calendar, flow.Options{Clock: o.Clock})
	if err = a.openCouncils(ctx, o.Data); err != nil {
		return err
	}
	a.openAttachments(o)
	a.openTasks(o, watch)
	a.openParty(o)
	if err := a.openNotify(ctx, o); err != nil {
		return err
	}
	if err := a.openPortal(ctx, o); err != nil {
		return err
	}
	a.openDesk(o.Data)
	a.openCommendation(o.Data)
	if err := a.openFiling(ctx, o); err != nil {
		return err
	}
	if err := a.openFigures(ctx, o.Data, figures, regimes.Forms); err != nil {
		return err
	}
	a.openActivities(o)
	a.openReports(regimes)
	return a.openConferences(ctx, o.Data)
}

// openDirectives opens the register of directives and the leaders' calendar.
func (a *App) openDirectives(o Options) {
	a.Schedule = schedule.New(a.Ledger, a.DB, a.People, schedule.Options{Clock: o.Clock})
	a.Directives = directive.New(a.Ledger, a.DB, a.People, directive.Options{Clock: o.Clock,
		Lists: func() (*directive.Recogniser, error) { return directive.Load(Definitions(o.Data)) }})
}

func (a *App) openTasks(o Options, watch task.Rules) {
	a.watch = watch
	a.Tasks = task.New(a.Ledger, a.DB, a.Calendar, a.People, task.Options{Clock: o.Clock, Rules: watch})
}

// openFiling opens the citizens' side.
func (a *App) openFiling(ctx context.Context, o Options) error {
	var err error
	a.Filing, err = filing.New(ctx, a.DB, a.Ledger, a.Dossiers, a.Procedures, a.Calendar, filing.Options{
		Clock: o.Clock,
		Rules: func() (*filing.Rules, error) { return filing.LoadRules(Definitions(o.Data)) },
		Unit:  func(ctx context.Context) string { return a.root(ctx, calendar.OfTime(a.clock()), people.State) },
		Standing: func(ctx context.Context, unit string) string {
			u, err := a.People.Standing(ctx, unit, calendar.OfTime(a.clock()))
			if err != nil {
				return ""
			}
			return u.Code
		},
		Seal: a.Vault.Seal, Open: a.Vault.Open, Erase: a.Vault.Erase,
		Files: a.Attachments, Asked: a.askedByCouncils, Answer: a.answerCouncil, Mail: a.mailDraft,
	})
	return err
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error {
	a.pasts.close()
	err := errors.Join(a.Portal.Close(), a.Ledger.Close())
	a.saveFigures()
	a.saveSearch(context.Background())
	return errors.Join(err, a.DB.Close())
}
