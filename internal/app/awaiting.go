package app

import (
	"context"
	"slices"

	"trucot/internal/app/page/campaigns"
	"trucot/internal/app/page/councils"
	"trucot/internal/app/page/home"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// awaiting is what waits for the reader besides dossiers and tasks: ballots and meetings of their councils, parts of report
// campaigns that their units owe.
func (a *App) awaiting(r *web.Request) ([]home.Work, error) {
	var out []home.Work
	sitting, _, err := a.Councils.List(r.Context(), council.Filter{Account: r.Actor(), Mine: true, Stage: council.Open})
	if err != nil {
		return nil, err
	}
	for _, c := range sitting {
		w := home.Work{Kind: "meeting", Title: c.Title, Path: councils.Path(c.ID), Due: c.MeetsOn, State: r.T("home.meeting_state")}
		if c.Stage == council.Voting {
			w.Kind, w.State = "ballot", r.T("home.ballot_state")
		}
		votes := slices.Contains(c.Present, r.Actor()) || slices.Contains(c.Written, r.Actor())
		if c.Member(r.Actor()) == nil || slices.Contains(c.Voters, r.Actor()) || c.Stage == council.Voting && !votes || c.Stage != council.Voting && c.MeetsOn < r.Today() {
			continue
		}
		out = append(out, w)
	}
	if !r.Present().Can(people.FillParts, "") {
		return out, nil
	}
	// Those of the year around today: a campaign that nobody ended stays on its own page.
	parts, err := a.Campaigns.Owed(r.Context(), r.Today().AddMonths(-6), r.Today().AddMonths(6))
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		writes := people.HasRole(r.Reader, people.UnitHead, p.Unit) || people.HasRole(r.Reader, people.Specialist, p.Unit) || people.HasRole(r.Reader, people.PartyOffice, p.Unit)
		if !writes || !people.Holds(r.Reader, people.ReadReports, p.Unit) {
			continue
		}
		c, err := a.Campaigns.Get(r.Context(), p.Campaign)
		if err != nil {
			return nil, err
		}
		out = append(out, home.Work{Kind: "part", Title: c.Title + " – " + a.People.UnitName(r.Context(), p.Unit, r.Lang),
			Path: campaigns.PartPath(p.Campaign, p.Unit), Due: p.Due, State: r.T("home.part_state")})
	}
	return out, nil
}

// openWork counts the open dossiers and tasks of one unit, without those below it.
func (a *App) openWork(ctx context.Context, unit string) (dossiers, tasks int, err error) {
	open, err := a.Dossiers.CountBy(ctx, dossier.Filter{Units: []string{unit}, Open: true, Overdue: calendar.NoDate}, worklist.Unit)
	if err != nil {
		return 0, 0, err
	}
	_, tasks, err = a.Tasks.List(ctx, task.Filter{Reach: task.Reach{Units: []string{unit}}, Units: []string{unit}, View: "open", Limit: 1})
	return open[unit], tasks, err
}
