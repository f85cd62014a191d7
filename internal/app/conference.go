package app

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strconv"

	"trucot/internal/app/page/attachments"
	"trucot/internal/app/page/conferences"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/commendation"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
	"trucot/internal/room/report"
)

// openConferences opens the room and tells it what reports, awards and directives know.
func (a *App) openConferences(ctx context.Context, data string) error {
	var err error
	a.Conferences, err = conference.New(ctx, a.Ledger, a.DB, conference.Options{
		Clock: a.clock, People: a.People, Tasks: a.Tasks, Figures: a.Indicators, Seal: a.Vault.Seal, Open: a.Vault.Open,
		Rules:    func() (*conference.Rules, error) { return conference.Load(Definitions(data)) },
		Newsroom: conferenceNews{a},
		Head:     a.sideHead, Issue: a.issueNotice, Parts: a.conferenceParts,
		Symbol: func(side people.Side) string {
			if side == people.Party {
				return a.agency.Party.Symbol
			}
			return a.agency.State.Symbol
		},
		Units: func(side people.Side, on calendar.Date) []string {
			return a.reportingAgency("", string(side), on).Units
		},
	})
	return err
}

// conferencePages are what the pages of conferences stand on.
func (a *App) conferencePages(files *attachments.Pages) conferences.Parts {
	return conferences.Parts{Room: a.Conferences, People: a.People, Files: a.Attachments, Panel: files.OnConference}
}

// conferenceRow is what the files of a conference hang on.
func (a *App) conferenceRow(ctx context.Context, id string) (attachments.Row, error) {
	c, err := a.Conferences.Get(ctx, id)
	if err != nil {
		return attachments.Row{}, err
	}
	return attachments.Row{Unit: c.Unit, Title: c.Name, Path: conferences.Path(c.ID)}, nil
}

// sideHead is the heading and signature of a paper of a unit, in the layout of its side.
func (a *App) sideHead(_ context.Context, unit string, side people.Side, on calendar.Date) (*document.Document, error) {
	day := on
	if day == calendar.NoDate {
		day = calendar.OfTime(a.clock())
	}
	layout, err := a.layout(string(side), day)
	if err != nil {
		return nil, err
	}
	h := a.reportingAgency(unit, string(side), day)
	d := &document.Document{Layout: layout, Parent: h.Parent, Issuer: h.Name, Place: h.Place, Date: on, Authority: h.Authority, Post: h.Post, Name: h.Signer, Label: h.Label}
	if d.Place == "" {
		d.Place = "……"
	}
	return d, nil
}

// issueNotice enters a notice of conclusions in the register of directives, with the notice itself as its file. A notice
// that stands there already is the one that was entered before the program was stopped in between.
func (a *App) issueNotice(ctx context.Context, n conference.Issue) (string, error) {
	d := directive.Document{Symbol: n.Number, Issuer: a.People.UnitName(ctx, n.Unit, lang.VI), Date: n.On, Summary: n.Summary, Unit: n.Unit, EndedOn: calendar.NoDate}
	made, err := a.Directives.Add(ctx, n.Actor, d)
	if fault.Is(err, "directive.exists") {
		return directive.ID(d.Issuer, d.Symbol, "", d.Date), nil
	}
	if err != nil {
		return "", err
	}
	_, err = a.Attachments.Add(ctx, attachment.Incoming{Owner: "directive/" + made.ID, Name: conference.PaperNotice + ".docx", Actor: n.Actor, Unit: n.Unit}, bytes.NewReader(n.DOCX))
	return made.ID, err
}

// conferenceParts are the frozen reports of the period that a conference reviews, and the award lists of its year, of each side whose
// work it reviews.
func (a *App) conferenceParts(ctx context.Context, c *conference.Conference) ([]conference.Part, error) {
	period, err := c.PeriodOf()
	if err != nil {
		return nil, err
	}
	sides, err := a.Conferences.Sides(c)
	if err != nil {
		return nil, err
	}
	var out []conference.Part
	for _, regime := range a.Reports.Regimes.All() {
		side := people.Side(regime.Side)
		if side == "" {
			side = people.State
		}
		if !slices.Contains(sides, side) || regime.Kind != report.KindReview {
			continue
		}
		frozen, err := a.Reports.LastFrozen(ctx, report.Request{Regime: regime.ID, Period: period.Code, AsOf: calendar.NoDate})
		if fault.Is(err, "report.period_kind") || err == nil && frozen == nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, conference.Part{Key: "bao-cao:" + regime.ID, Title: a.Catalog.T(lang.VI, "app.conference_report", "title", regime.Title[lang.VI], "period", period.Name(lang.VI)),
			Load: func(ctx context.Context) (*document.Document, error) {
				rep, err := a.Reports.Rebuild(ctx, frozen)
				if err != nil {
					return nil, err
				}
				return rep.Document()
			}})
	}
	for _, side := range sides {
		awards := a.awardParts
		if side == people.Party {
			awards = a.partyAwardParts
		}
		parts, err := awards(ctx, c, period)
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
	}
	return out, nil
}

// awardParts are the lists of who is awarded what, one a decision and award.
func (a *App) awardParts(ctx context.Context, c *conference.Conference, period calendar.Period) ([]conference.Part, error) {
	year, err := strconv.Atoi(period.Code[:4])
	if err != nil {
		return nil, nil // a period of free days names no year of commendation
	}
	type key struct{ decision, award string }
	lists := map[key][]*commendation.Nomination{}
	var order []key
	for _, stage := range []commendation.Stage{commendation.Decided, commendation.Conferred} {
		found, _, err := a.Commendation.List(ctx, commendation.Filter{Year: year, Stage: stage, Limit: 1 << 30})
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			k := key{n.Decision, n.Award}
			if lists[k] == nil {
				order = append(order, k)
			}
			lists[k] = append(lists[k], n)
		}
	}
	var out []conference.Part
	for _, k := range order {
		list := lists[k]
		title := list[0].Title
		out = append(out, conference.Part{Key: "khen:" + k.award + ":" + url.QueryEscape(k.decision),
			Title: a.Catalog.T(lang.VI, "app.conference_awards", "award", title, "decision", k.decision),
			News:  a.Catalog.T(lang.VI, "app.conference_awards_news", "award", title, "decision", k.decision, "n", len(list)),
			Load:  func(ctx context.Context) (*document.Document, error) { return a.awardPaper(ctx, c, list) }})
	}
	return out, nil
}

// awardPaper is the list that the conference reads out.
func (a *App) awardPaper(ctx context.Context, c *conference.Conference, list []*commendation.Nomination) (*document.Document, error) {
	d, err := a.sideHead(ctx, c.Unit, c.Side, calendar.NoDate)
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return a.Catalog.T(lang.VI, "commendations."+key, args...) }
	first := list[0]
	d.TypeName, d.Subject = t("doc_list"), t("doc_conferral_about", "award", first.Title, "year", strconv.Itoa(first.Year))
	table := document.Table{Columns: []document.Column{{Width: 1, Align: document.Center}, {Width: 4}, {Width: 5}},
		Head: [][]document.Cell{{{Text: t("doc_no")}, {Text: t("who")}, {Text: t("unit")}}}}
	for i, n := range list {
		name := a.People.PersonName(ctx, n.Subject)
		unit := a.People.UnitName(ctx, n.Unit, lang.VI)
		if n.Group {
			name = unit
		}
		table.Rows = append(table.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: name}, {Text: unit}})
	}
	d.Layout, d.Post, d.Name, d.Authority = d.Layout.Unended(), "", "", ""
	d.Blocks = []document.Block{document.Text(t("doc_conferral", "decision", first.Decision, "on", first.DecidedOn.Written())), table}
	return d, nil
}
