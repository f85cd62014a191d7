package app

import (
	"context"
	"strings"
	"sync"

	"trucot/internal/app/page/attachments"
	"trucot/internal/app/page/campaigns"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/report/campaign"
)

// openCampaigns opens the desk of report campaigns over the report room.
func (a *App) openCampaigns() {
	a.Campaigns = campaign.New(campaign.Needs{
		Ledger: a.Ledger, DB: a.DB, Calendar: a.Calendar, People: a.People, Figures: a.Indicators, Reports: a.Reports, Layout: a.layout, Books: a.Books, Words: a.Catalog,
		Clock: a.clock, Head: a.reportingAgency, Checkpoint: a.checkpointAt,
		Rules: sync.OnceValues(func() (campaign.Rules, error) { return campaign.LoadRules(Definitions(a.data)) }),
	})
}

// campaignPages are what the pages of campaigns stand on.
func (a *App) campaignPages(files *attachments.Pages) campaigns.Parts {
	return campaigns.Parts{Desk: a.Campaigns, People: a.People, Figures: a.Indicators, Ledger: a.Ledger, Files: files.OnRow}
}

// campaignRow is a unit's part as a row that evidence hangs on.
func (a *App) campaignRow(ctx context.Context, id string) (attachments.Row, error) {
	name, unit, _ := strings.Cut(id, "/")
	p, err := a.Campaigns.Part(ctx, name, unit)
	if err != nil {
		return attachments.Row{}, err
	}
	c, err := a.Campaigns.Get(ctx, name)
	if err != nil {
		return attachments.Row{}, err
	}
	return attachments.Row{Unit: p.Unit, Title: c.Title + " – " + a.People.UnitName(ctx, unit, lang.VI), Path: campaigns.PartPath(name, unit)}, nil
}

// partsDue tells those who owe a part of a campaign, and after a while the agency's heads.
func (a *App) partsDue(ctx context.Context, today calendar.Date) ([]notify.Notice, error) {
	owed, err := a.Campaigns.Watch(ctx, today)
	if err != nil || len(owed) == 0 {
		return nil, err
	}
	who, err := a.roles(ctx)
	if err != nil {
		return nil, err
	}
	var out []notify.Notice
	for _, o := range owed {
		subject := "campaign-part/" + o.Campaign + "/" + o.Unit
		tell := func(kind notify.Kind, accounts []string) {
			for _, account := range accounts {
				out = append(out, notify.Notice{Account: account, Kind: kind, Subject: subject, Key: string(kind) + "/" + subject + "/" + o.Due.String()})
			}
		}
		kind := notify.PartDueSoon
		if o.Late {
			kind = notify.PartOverdue
		}
		tell(kind, who.heads[o.Unit])
		if o.Escalate {
			tell(notify.PartEscalated, who.sign[a.sideOf(ctx, o.Unit)])
		}
	}
	return out, nil
}

func (a *App) sideOf(ctx context.Context, unit string) people.Side {
	u, err := a.People.Unit(ctx, unit, calendar.OfTime(a.clock()))
	if err != nil {
		return people.State
	}
	return u.Side
}

// holders are the accounts that notices concern by their roles: who answers for a unit, who signs for a side, and the one-stop desk.
type holders struct {
	heads map[string][]string
	sign  map[people.Side][]string
	desk  []string
}

// roles reads who holds the posts that notices ask for. Roles above a unit are left out: they would be told of every part.
func (a *App) roles(ctx context.Context) (holders, error) {
	h := holders{heads: map[string][]string{}, sign: map[people.Side][]string{}}
	all, err := a.People.Accounts(ctx)
	for _, account := range all {
		for _, g := range account.Grants {
			switch {
			case account.Closed:
			case g.Role == people.UnitHead && g.Unit != people.Everywhere || g.Role == people.PartyOffice:
				h.heads[g.Unit] = append(h.heads[g.Unit], account.ID)
			case g.Role == people.Leader:
				h.sign[people.State] = append(h.sign[people.State], account.ID)
			case g.Role == people.OneStop:
				h.desk = append(h.desk, account.ID)
			}
			if g.Role == people.PartyOffice && !account.Closed {
				h.sign[people.Party] = append(h.sign[people.Party], account.ID)
			}
		}
	}
	return h, err
}
