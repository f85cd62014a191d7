package party

import (
	"net/http"
	"slices"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

// ahead is how many days before its end something is shown as waiting.
const ahead = 90

// aheadStep is the same for the many small steps before a congress.
const aheadStep = 30

// waiting is one line of what waits: what, who or which entry, and until when.
type waiting struct {
	What, Who, Path string
	On              calendar.Date
	Late            bool
}

// cellRow is an organisation with its strength.
type cellRow struct {
	people.Unit
	room.UnitCount
	Depth int
}

type overviewPage struct {
	*web.View
	Cells               []cellRow
	Official, Probation int
	Waiting             []waiting
	Occasion            calendar.Date
	Badges              int
}

func (s *pages) overview(r *web.Request) error {
	p := overviewPage{View: r.View(r.T("partypage.title"))}
	units := s.units(r)
	counts, err := s.room.ByUnit(r.Context(), units)
	if err != nil {
		return err
	}
	for _, c := range counts {
		p.Official += c.Official
		p.Probation += c.Probation
	}
	all, err := s.choice(r, people.ReadParty)
	if err != nil {
		return err
	}
	p.Cells = tree(all, counts)
	rules, err := s.room.Rules()
	if err != nil {
		return err
	}
	p.Occasion = rules.On(r.Today()).NextOccasion(r.Today())
	lines, err := s.room.Badges(r.Context(), units, p.Occasion)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Due() {
			p.Badges++
		}
	}
	if p.Waiting, err = s.waiting(r, units); err != nil {
		return err
	}
	return r.Render(http.StatusOK, overview(p))
}

// tree puts the units below their parents.
func tree(all []people.Unit, counts []room.UnitCount) []cellRow {
	known := map[string]bool{}
	for _, u := range all {
		known[u.Code] = true
	}
	var out []cellRow
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		for _, u := range all {
			top := parent == "" && !known[u.Parent]
			if !top && (parent == "" || u.Parent != parent) {
				continue
			}
			row := cellRow{Unit: u, Depth: depth}
			if i := slices.IndexFunc(counts, func(c room.UnitCount) bool { return c.Unit == u.Code }); i >= 0 {
				row.UnitCount = counts[i]
			}
			out = append(out, row)
			walk(u.Code, depth+1)
		}
	}
	walk("", 0)
	return out
}

// comingUp adds terms of committees that end, admission files whose term runs out, and what congresses and planning ask for.
func (s *pages) comingUp(r *web.Request, units []string, out []waiting) ([]waiting, error) {
	today := r.Today()
	ending, err := s.room.Ending(r.Context(), units, today+ahead)
	if err != nil {
		return nil, err
	}
	for _, c := range ending {
		out = append(out, waiting{r.T("partypage.wait_congress"), s.who.UnitName(r.Context(), c.Unit, r.Lang), bodyPath(c.Unit), c.Until, c.Until < today})
	}
	files, _, err := s.room.Applicants(r.Context(), room.ApplicantFilter{Units: units, DueBy: today + ahead, Limit: 1 << 30})
	if err != nil {
		return nil, err
	}
	for _, a := range files {
		if a.Due != calendar.NoDate {
			out = append(out, waiting{r.T("partypage.wait_" + a.Next()), s.who.PersonName(r.Context(), a.Person), applicantPath(a.ID), a.Due, a.Due < today})
		}
	}
	due, err := s.cadre.Due(r.Context(), units, today+ahead)
	for _, w := range due {
		if w.What == "step" && w.On > today+aheadStep {
			continue
		}
		what := r.T("partypage.wait_round_" + w.What)
		if w.Step != nil {
			what = pick(r, w.Step.Title)
		}
		out = append(out, waiting{what, r.T("partypage."+w.Kind+"_title", "unit", s.who.UnitName(r.Context(), w.Unit, r.Lang), "term", w.Term), roundPath(w.Round), w.On, w.On < today})
	}
	return out, err
}

// waiting are the recognitions, posts to rotate, disciplines that expire and planned work of the next weeks.
func (s *pages) waiting(r *web.Request, units []string) ([]waiting, error) {
	var out []waiting
	today := r.Today()
	due, err := s.room.Recognitions(r.Context(), units)
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		if d.On <= today+ahead {
			out = append(out, waiting{r.T("partypage.wait_recognise"), s.who.PersonName(r.Context(), d.Person), memberPath(d.ID), d.Last, d.Last < today})
		}
	}
	if out, err = s.comingUp(r, units, out); err != nil {
		return nil, err
	}
	for _, kind := range []string{"posting", "discipline"} {
		list, _, err := s.room.Records(r.Context(), room.RecordFilter{Units: units, Kind: kind, Stage: room.Done, From: calendar.NoDate, To: calendar.NoDate, UntilBy: today + ahead})
		if err != nil {
			return nil, err
		}
		for _, rec := range list {
			if kind == "posting" || rec.Until >= today { // a post stays due until it is said to be handed on
				out = append(out, waiting{r.T("partypage.wait_" + kind), rec.Title, recordPath(rec), rec.Until, rec.Until < today})
			}
		}
	}
	for _, k := range room.Kinds() {
		list, _, err := s.room.Records(r.Context(), room.RecordFilter{Units: units, Kind: k.Name, Stage: room.Planned, From: calendar.NoDate, To: today + ahead, UntilBy: calendar.NoDate})
		if err != nil {
			return nil, err
		}
		for _, rec := range list {
			out = append(out, waiting{r.T("party.kind_" + k.Name), rec.Title, recordPath(rec), rec.On, rec.On < today})
		}
	}
	slices.SortStableFunc(out, func(a, b waiting) int { return int(a.On - b.On) })
	return out, nil
}

type rulesPage struct {
	*web.View
	*room.Rules
	Now       *room.Charter
	NowAssess *room.Assessment
}

func (s *pages) rules(r *web.Request) error {
	all, err := s.room.Rules()
	if err != nil {
		return err
	}
	p := rulesPage{View: r.View(r.T("partypage.rules"), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}), Rules: all}
	p.Now, p.NowAssess = all.On(r.Today()), all.AssessmentOn(r.Today())
	return r.Render(http.StatusOK, rules(p))
}

type badgesPage struct {
	*web.View
	On        calendar.Date
	Occasions []calendar.Date
	Rows      []badgeRow
	Rule      *room.Charter
}

type badgeRow struct {
	room.BadgeLine
	Name, UnitName string
}

// occasion is the day that the address asks for, else the next one.
func (s *pages) occasion(r *web.Request) (calendar.Date, *room.Charter, error) {
	all, err := s.room.Rules()
	if err != nil {
		return calendar.NoDate, nil, err
	}
	on, err := parseDay(r.Query("dot"))
	if on == calendar.NoDate {
		on = all.On(r.Today()).NextOccasion(r.Today())
	}
	return on, all.On(on), err
}

func (s *pages) badges(r *web.Request) error {
	on, c, err := s.occasion(r)
	if err != nil {
		return err
	}
	year, _, _ := on.YMD()
	p := badgesPage{View: r.View(r.T("partypage.badges"), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}), On: on, Rule: c, Occasions: c.Occasions(year)}
	p.Wide = true
	lines, err := s.room.Badges(r.Context(), s.units(r), on)
	if err != nil {
		return err
	}
	for _, l := range lines {
		m := s.row(r, l.Member)
		p.Rows = append(p.Rows, badgeRow{l, m.Name, m.UnitName})
	}
	return r.Render(http.StatusOK, badges(p))
}

// badgesFile is the list as a document of the highest organisation that the reader works for.
func (s *pages) badgesFile(r *web.Request) error {
	on, _, err := s.occasion(r)
	if err != nil {
		return err
	}
	units, err := s.choice(r, people.ReadParty)
	if err != nil || len(units) == 0 {
		return err
	}
	lines, err := s.room.Badges(r.Context(), s.units(r), on)
	if err != nil {
		return err
	}
	docx(r, "huy-hieu-dang-"+on.String())
	return s.room.WriteBadges(r.W, tree(units, nil)[0].Unit.Code, on, lines, func(id string) string { return s.name(r.Context(), id, r) })
}
