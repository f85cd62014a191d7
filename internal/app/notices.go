package app

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"trucot/internal/app/page/campaigns"
	"trucot/internal/app/page/councils"
	"trucot/internal/app/page/directives"
	"trucot/internal/app/page/events"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
)

// openNotify opens what tells people, and says what concerns whom.
func (a *App) openNotify(ctx context.Context, o Options) error {
	var err error
	a.Notify, err = notify.New(ctx, a.Ledger, a.DB, a.People, notify.Options{
		Clock: o.Clock, Seal: a.Vault.Seal, Open: a.Vault.Open, Erase: a.Vault.Erase, Text: a.Catalog.T,
		Sources: notify.Sources{Of: a.noticesOf, Due: a.noticesDue, MayKnow: a.mayKnow, Letter: a.letterOf},
	})
	return err
}

// Tell begins to tell people and systems what happens, until ctx ends or stop is called, which waits for what is under way.
func (a *App) Tell(ctx context.Context, out notify.Outside) (stop func()) {
	if out.Failed == nil {
		out.Failed = func(job string, err error) { slog.Warn("not told", "job", job, "why", err) }
	}
	a.Notify.Reach(out)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.Notify.Run(ctx)
	}()
	return func() { cancel(); <-ended }
}

// noticed is what is read of an event to know whom it concerns. Any event may say whom it mentions.
type noticed struct {
	ID       string     `json:"id"`
	Owner    string     `json:"owner"`
	Assigner string     `json:"assigner"`
	Others   []string   `json:"collaborators"`
	State    task.State `json:"state"`
	Assignee string     `json:"assignee"`
	Mentions []string   `json:"mentions"`
	Member   struct {
		Account string `json:"account"`
	} `json:"member"` // of a council
	Round struct {
		Units []string `json:"units"`
	} `json:"round"` // of comments on a report
}

// noticesOf says what an event tells whom.
func (a *App) noticesOf(ctx context.Context, e ledger.Event) ([]notify.Notice, error) {
	mentions := bytes.Contains(e.Data, []byte(`"mentions"`))
	kind := concerning[e.Kind]
	if kind == "" && !mentions {
		return nil, nil // most events, without reading them
	}
	var x noticed
	if err := json.Unmarshal(e.Data, &x); err != nil {
		return nil, err
	}
	var out []notify.Notice
	tell := func(kind notify.Kind, accounts ...string) {
		for _, who := range accounts {
			out = append(out, notify.Notice{Account: who, Kind: kind, Subject: e.Stream})
		}
	}
	switch kind {
	case notify.TaskAssigned:
		tell(kind, slices.Compact(append([]string{x.Owner}, x.Others...))...)
	case notify.TaskAsked:
		tell(kind, x.Assigner)
	case notify.ExplanationDemanded:
		tell(kind, x.Owner)
	case notify.DossierAssigned:
		tell(kind, x.Assignee)
	case notify.DossierArrived:
		tell(notify.DossierAssigned, x.Assignee)
		who, err := a.roles(ctx)
		if err != nil {
			return nil, err
		}
		tell(kind, slices.DeleteFunc(a.minders(ctx, who, e.Unit), func(account string) bool { return account == x.Assignee })...)
	case notify.DossierSupplemented:
		d, err := a.Dossiers.Get(ctx, strings.TrimPrefix(e.Stream, "dossier/"))
		if err != nil {
			return nil, err
		}
		tell(kind, d.Assignee)
	case notify.CouncilInvited:
		tell(kind, x.Member.Account)
	case notify.PartAsked, notify.PartReturned:
		who, err := a.roles(ctx)
		if err != nil {
			return nil, err
		}
		tell(kind, who.heads[e.Unit]...)
	case notify.CommentsAsked:
		who, err := a.roles(ctx)
		if err != nil {
			return nil, err
		}
		for _, unit := range x.Round.Units {
			tell(kind, who.heads[unit]...)
		}
	}
	if mentions {
		tell(notify.Mentioned, x.Mentions...)
	}
	return a.known(ctx, out)
}

// concerning are the events that somebody is told of, by their kind.
var concerning = map[string]notify.Kind{
	"task." + string(task.Assigned): notify.TaskAssigned, "task." + string(task.TakenOver): notify.TaskAssigned,
	"task." + string(task.ExtensionRequested): notify.TaskAsked, "task." + string(task.ExplanationDemanded): notify.ExplanationDemanded,
	"dossier.assigned": notify.DossierAssigned, "dossier.supplemented": notify.DossierSupplemented, dossier.KindMovedIn: notify.DossierArrived,
	"council.seated":      notify.CouncilInvited,
	"campaign.part_asked": notify.PartAsked, "campaign.part_returned": notify.PartReturned, "campaign.comments_asked": notify.CommentsAsked,
}

// known leaves out who has no account: a dossier may be assigned to a post.
func (a *App) known(ctx context.Context, notices []notify.Notice) ([]notify.Notice, error) {
	var out []notify.Notice
	for _, n := range notices {
		id, err := a.People.Reader(ctx, n.Account)
		if err != nil {
			return nil, err
		}
		if id != nil {
			out = append(out, n)
		}
	}
	return out, nil
}

// dueMost bounds what one morning tells.
const dueMost = 5000

// noticesDue says whose work comes due or fell due around a day.
func (a *App) noticesDue(ctx context.Context, today calendar.Date) ([]notify.Notice, error) {
	watch := a.Tasks.Watch(today)
	until := today
	for range max(watch.DueSoon, watch.DossierSoon) {
		until = a.Calendar.Next(until)
	}
	near := a.Dossiers.Near(today)
	var out []notify.Notice
	tell := func(due calendar.Date, soon, late notify.Kind, subject string, accounts ...string) {
		kind := soon
		if due < today {
			kind = late
		}
		for _, who := range accounts {
			out = append(out, notify.Notice{Account: who, Kind: kind, Subject: subject, Key: string(kind) + "/" + subject + "/" + due.String()})
		}
	}
	around := func(due calendar.Date) bool {
		return due != calendar.NoDate && due >= today-calendar.Date(watch.ToldLate) && due <= until
	}
	work, _, err := a.Tasks.List(ctx, task.Filter{Reach: task.Reach{State: true, Units: a.partyUnits(ctx)}, View: "open", Limit: dueMost})
	if err != nil {
		return nil, err
	}
	for _, t := range work {
		if around(t.Due) && (t.Due < today || a.Tasks.Left(t, today) <= watch.DueSoon) {
			tell(t.Due, notify.TaskDueSoon, notify.TaskOverdue, "task/"+t.ID, t.Owner)
		}
	}
	rows, _, err := a.Dossiers.List(ctx, dossier.Filter{Open: true, Overdue: until + 1, Limit: dueMost})
	if err != nil {
		return nil, err
	}
	who, err := a.roles(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range rows {
		if around(d.DueOn) && d.DueOn < near {
			concerned, err := a.workers(ctx, who, &d)
			if err != nil {
				return nil, err
			}
			tell(d.DueOn, notify.DossierDueSoon, notify.DossierOverdue, "dossier/"+d.Code, concerned...)
		}
	}
	parts, err := a.partsDue(ctx, today)
	if err != nil {
		return nil, err
	}
	return a.known(ctx, append(out, parts...))
}

// partyUnits are the units of the Party side: each person is told of their own tasks there too.
func (a *App) partyUnits(ctx context.Context) []string {
	units, err := a.People.Units(ctx, calendar.OfTime(a.clock()), people.Party)
	var out []string
	for _, u := range units {
		out = append(out, u.Code)
	}
	if err != nil {
		return nil
	}
	return out
}

// mayKnow reports whether an account may read an event, for webhooks in its name.
func (a *App) mayKnow(ctx context.Context, account string, e ledger.Event) (bool, error) {
	id, err := a.People.Reader(ctx, account)
	if err != nil || id == nil {
		return false, err
	}
	return events.MayRead(id, a.Reports.OfParty, e), nil
}

// describe names what a notice is about and its page, as far as this reader may see it today.
func (a *App) describe(r *web.Request, subject string) (title, path string, visible bool) {
	area, id, _ := strings.Cut(subject, "/")
	switch area {
	case "task":
		if t, err := tasks.Get(r, a.Tasks, id); err == nil {
			return t.Title, tasks.Path(id), true
		}
	case "dossier":
		if d, err := a.dossierAPI().Get(r, id); err == nil {
			return d.Title, events.About(subject), true
		}
	case "directive":
		if d, err := directives.Get(r, a.Directives, id); err == nil {
			return d.Label(), directives.Path(id), true
		}
	case "campaign":
		if c, _, err := campaigns.Get(r, a.Campaigns, id); err == nil {
			return c.Title, campaigns.Path(id), true
		}
	case "campaign-part":
		name, unit, _ := strings.Cut(id, "/")
		if c, p, err := campaigns.GetPart(r, a.Campaigns, name, unit); err == nil {
			return c.Title + " – " + a.People.UnitName(r.Context(), p.Unit, r.Lang), campaigns.PartPath(name, unit), true
		}
	case "council":
		if c, err := a.Councils.Get(r.Context(), id); err == nil && councils.Sees(r, c) {
			return c.Title, councils.Path(id), true
		}
	}
	return "", "", false
}

// bell is the number of unread notices of the reader, -1 where it cannot be had: the page is complete without.
func (a *App) bell(r *web.Request) int {
	n, err := a.Notify.Unread(r.Context(), r.Actor())
	if err != nil {
		return -1
	}
	return n
}
