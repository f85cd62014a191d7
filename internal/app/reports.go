package app

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/report"
)

// frozenFolder is where the files of frozen reports stand in the data folder.
const frozenFolder = "bao-cao-chot"

// openReports opens the report room and tells it who the units are.
func (a *App) openReports(regimes *report.Regimes) {
	a.Reports = report.New(a.Ledger, a.DB, regimes, a.Indicators, a.layout, report.Options{
		Clock: a.clock, Agency: a.reportingAgency, Checkpoint: a.checkpointAt, UnitByName: a.unitByName, Repair: a.repair,
		Files: blob.NewDisk(filepath.Join(a.data, frozenFolder)),
	})
	a.openCampaigns()
}

// reportingAgency is the unit as a report names it. A report of no unit is the whole side's; the Party's
// covers the figures of the agency that it leads as well.
func (a *App) reportingAgency(unit, side string, on calendar.Date) report.Agency {
	ctx := context.Background()
	whole := unit == ""
	switch {
	case whole && side == unionSide:
		unit = a.unionUnit(ctx, on)
	case whole:
		unit = a.root(ctx, on, people.Side(side))
	}
	u, err := a.People.Unit(ctx, unit, on)
	if err != nil {
		return report.Agency{}
	}
	out := report.Agency{Name: u.Name(lang.VI)}
	if parent, err := a.People.Unit(ctx, u.Parent, on); err == nil {
		out.Parent = parent.Name(lang.VI)
	}
	out.Units = a.oneSide(ctx, unit, u.Side, on)
	if whole && u.Side == people.Party {
		out.Units = append(out.Units, a.oneSide(ctx, a.root(ctx, on, people.State), people.State, on)...)
	}
	if side != unionSide {
		side = string(u.Side)
	}
	return a.agency.heading(out, side)
}

// unionUnit is the trade union among the units, "" where there is none.
func (a *App) unionUnit(ctx context.Context, on calendar.Date) string {
	units, err := a.People.Units(ctx, on, people.State)
	if err != nil {
		return ""
	}
	for _, u := range units {
		if u.Kind == unionKind {
			return u.Code
		}
	}
	return ""
}

// oneSide is the units of one side in a subtree, empty for an unknown unit: a report of the state side never
// counts what stands under a Party unit below it.
func (a *App) oneSide(ctx context.Context, unit string, side people.Side, on calendar.Date) []string {
	all, _ := a.People.Subtree(ctx, unit, on) // an unknown unit has none
	return slices.DeleteFunc(all, func(code string) bool {
		u, err := a.People.Unit(ctx, code, on)
		return err != nil || u.Side != side
	})
}

// layout is the layout of a side's papers on a day. The layouts are read when the first paper is made.
func (a *App) layout(side string, on calendar.Date) (*document.Layout, error) {
	all, err := a.layouts()
	if err != nil {
		return nil, err
	}
	return all.At(side, on)
}

// sheetHead is the head of a week's sheet of the leaders' calendar, as the agency's other papers bear it.
func (a *App) sheetHead(side people.Side) (*document.Document, error) {
	on := calendar.OfTime(a.clock())
	layout, err := a.layout(string(side), on)
	if err != nil {
		return nil, err
	}
	g := a.reportingAgency("", string(side), on)
	return &document.Document{Layout: layout, Parent: g.Parent, Issuer: g.Name, Place: cmp.Or(g.Place, "……"), Authority: g.Authority, Post: g.Post, Name: g.Signer,
		Date: calendar.NoDate, Label: g.Label, Landscape: true}, nil
}

// root is the unit at the top of a side, empty where there is none.
func (a *App) root(ctx context.Context, on calendar.Date, side people.Side) string {
	units, err := a.People.Units(ctx, on, side)
	if err != nil {
		return ""
	}
	for _, u := range units {
		if u.Parent == "" {
			return u.Code
		}
	}
	return ""
}

// checkpointAt is the root of the ledger's tree over its first events, which a report prints: whoever holds
// a signed checkpoint of then or later can check it.
func (a *App) checkpointAt(ctx context.Context, position int64) (string, error) {
	root, err := a.Ledger.Root(ctx, position)
	return root.String(), err
}

// repair is the task that a limitation was given to, for the report room.
func (a *App) repair(ctx context.Context, id string, knownAt int64) (*report.Repair, error) {
	t, err := a.Tasks.KnownAt(ctx, id, knownAt)
	if err != nil || t == nil {
		return nil, err
	}
	return &report.Repair{ID: t.ID, Title: t.Title, Unit: a.People.UnitName(ctx, t.Unit, lang.VI), Due: t.Due, DoneOn: t.DoneOn, Evidence: t.Evidence,
		Withdrawn: t.State == task.Withdrawn}, nil
}

// unitByName finds a unit by its Vietnamese name, marks and case aside.
func (a *App) unitByName(name string) (string, bool) {
	units, err := a.People.Units(context.Background(), calendar.OfTime(a.clock()), "")
	if err != nil {
		return "", false
	}
	for _, u := range units {
		if lang.Fold(u.NameVI) == lang.Fold(name) {
			return u.Code, true
		}
	}
	return "", false
}
