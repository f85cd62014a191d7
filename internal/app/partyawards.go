package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/conference"
	"trucot/internal/room/party"
)

// awardsBehind is how many months before a conference of the Party its awards may have been decided, to be announced there.
const awardsBehind = 12

// partyAwardParts are the lists of whom a conference of the Party commends: one a decision, and one of the badges.
func (a *App) partyAwardParts(ctx context.Context, c *conference.Conference, _ calendar.Period) ([]conference.Part, error) {
	units, err := a.People.Subtree(ctx, c.Unit, c.Day)
	if err != nil {
		return nil, err
	}
	from, to := c.Day.AddMonths(-awardsBehind), c.LastDay()
	list, _, err := a.Party.Records(ctx, party.RecordFilter{Units: units, Kind: "commendation", Stage: party.Done, From: from, To: to, UntilBy: calendar.NoDate, Limit: 1 << 30})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b *party.Record) int { return cmp.Or(int(a.On-b.On), strings.Compare(a.ID, b.ID)) })
	var out []conference.Part
	for _, rec := range list {
		h, err := a.Party.HonourOf(rec)
		if err != nil {
			return nil, err
		}
		if h == nil { // entered as a number alone
			continue
		}
		rec.Subjects = rec.Standing() // what was taken back is not read out
		award := h.Label[lang.VI]
		out = append(out, conference.Part{Key: "khen-dang:" + rec.ID,
			Title: a.Catalog.T(lang.VI, "app.conference_awards", "award", award, "decision", rec.Number),
			News: a.Catalog.T(lang.VI, "app.party_awards_news", "award", award, "decision", rec.Number, "year", strconv.Itoa(rec.Year),
				"n", fmt.Sprintf("%02d", len(rec.Subjects)), "whom", strings.ToLower(a.Catalog.T(lang.VI, "party.object_"+rec.Object))),
			Load: func(context.Context) (*document.Document, error) { return a.Party.HonourList(rec, a.partyName(ctx)) }})
	}
	badges, err := a.badgePart(ctx, c, units, from, to)
	return append(out, badges...), err
}

// badgePart is the list of those who got their badge in the time, and of those who are due for it on the last occasion.
func (a *App) badgePart(ctx context.Context, c *conference.Conference, units []string, from, to calendar.Date) ([]conference.Part, error) {
	lines, err := a.Party.BadgesBetween(ctx, units, from, to)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	count := map[int]int{}
	for _, l := range lines {
		count[l.Grade]++
	}
	var said []string
	for _, grade := range slices.Sorted(maps.Keys(count)) {
		said = append(said, a.Catalog.T(lang.VI, "app.party_badge_of", "years", grade, "n", fmt.Sprintf("%02d", count[grade])))
	}
	return []conference.Part{{Key: "huy-hieu-dang", Title: a.Catalog.T(lang.VI, "app.party_badges"),
		News: a.Catalog.T(lang.VI, "app.party_badges_news", "badges", strings.Join(said, "; ")),
		Load: func(context.Context) (*document.Document, error) {
			return a.Party.BadgeList(c.Unit, c.Day, lines, a.partyName(ctx))
		}}}, nil
}

// partyName names members and organisations on the Party's own papers.
func (a *App) partyName(ctx context.Context) func(string) string {
	return func(id string) string {
		if m, err := a.Party.Member(ctx, id); err == nil {
			return a.People.PersonName(ctx, m.Person)
		}
		return a.People.UnitName(ctx, id, lang.VI)
	}
}
