package sample

import (
	"context"
	"errors"

	"trucot/definitions"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// fill makes the sample from its first day to its last.
func (g *Agency) fill(ctx context.Context) error {
	s := &simulation{app: g.App, ctx: ctx, clock: g.clock, rnd: chance{state: 57}, luck: chance{state: 58}, day: missionsFrom, instruments: map[calendar.Date][2]int{}, marks: map[string]int{}, issued: map[string][]inHand{}}
	s.pipe = newPipeline(g.Ledger)
	s.files = dossier.New(g.Ledger, g.DB, g.Procedures, g.Calendar, dossier.Options{AgencyCode: g.AgencyCode(), Clock: g.clock.Now, Append: s.pipe.Append, Conclusion: g.Councils.Conclusion})
	s.party = g.PartyOver(g.data, s.pipe.Append)
	if err := read("dossiers.yaml", &s.words); err != nil {
		return err
	}
	for _, plan := range []func() error{func() error { return s.alone(s.staff) }, s.directives, s.facts, s.partyEntries, s.cadre, s.reviews, s.schedule, s.councils, s.commendations, s.conferences, s.campaigns, s.news, s.marking} {
		if err := plan(); err != nil {
			return err
		}
	}
	s.propose(missions())
	for _, k := range append(oneStop(), verification()) {
		s.arrivals(k)
	}
	if err := errors.Join(s.run(), s.pipe.settle(0)); err != nil {
		return err
	}
	if err := s.papers(g.data); err != nil {
		return err
	}
	g.Filed = s.filed
	if err := talk(ctx, g.App); err != nil {
		return err
	}
	_, err := g.App.Reports.ImportSample(ctx, definitions.Files, provinceFolder, actor)
	return err
}
