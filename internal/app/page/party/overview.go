package party

import (
	"net/http"
	"slices"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
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
	Since           bool // On is no term: it waits from then on
}

// cellRow is an organisation with its strength.
type cellRow struct {
	people.Unit
	room.UnitCount
	Depth int
}

// named is the organisation as the first field of a line, set in below what stands above it.
func (c cellRow) named(tag lang.Tag) cell {
	out := cell{Text: c.Unit.Name(tag), Path: bodyPath(c.Unit.Code)}
	if c.Depth > 0 {
		out.Text = "– " + out.Text
	}
	return out
}

type overviewPage struct {
	sheet
	Bodies              [][]cell
	Official, Probation int
	Waiting             []waiting
	Occasion            calendar.Date
	Badges              int
}

func (s *pages) overview(r *web.Request) error {
	p := overviewPage{sheet: sheet{View: r.View(r.T("partypage.title"))}}
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
	for _, c := range tree(all, counts) {
		n := ""
		if sum := c.Official + c.Probation; sum > 0 {
			n = p.Int(int64(sum))
		}
		p.Bodies = append(p.Bodies, []cell{c.named(r.Lang), {Text: n}})
	}
	rule, err := s.charter(r)
	if err != nil {
		return err
	}
	p.Occasion = rule.NextOccasion(r.Today())
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
		out = append(out, waiting{r.T("partypage.wait_congress"), s.who.UnitName(r.Context(), c.Unit, r.Lang), bodyPath(c.Unit), c.Until, false})
	}
	files, _, err := s.room.Applicants(r.Context(), room.ApplicantFilter{Units: units, DueBy: today + ahead, Limit: 1 << 30})
	if err != nil {
		return nil, err
	}
	for _, a := range files {
		if a.Due != calendar.NoDate {
			out = append(out, waiting{r.T("partypage.wait_" + a.Next()), s.who.PersonName(r.Context(), a.Person), applicantPath(a.ID), a.Due, false})
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
		out = append(out, waiting{what, r.T("partypage."+w.Kind+"_title", "unit", s.who.UnitName(r.Context(), w.Unit, r.Lang), "term", w.Term), roundPath(w.Round), w.On, false})
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
		if d.On > today+ahead {
			continue
		}
		w := waiting{r.T("partypage.wait_" + d.What), s.who.PersonName(r.Context(), d.Person), memberPath(d.ID), d.Last, false}
		if d.Last == calendar.NoDate { // no rule says until when
			w.On, w.Since = d.On, true
		}
		out = append(out, w)
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
				out = append(out, waiting{r.T("partypage.wait_" + kind), rec.Title, recordPath(rec), rec.Until, false})
			}
		}
	}
	for _, k := range room.Kinds() {
		list, _, err := s.room.Records(r.Context(), room.RecordFilter{Units: units, Kind: k.Name, Stage: room.Planned, From: calendar.NoDate, To: today + ahead, UntilBy: calendar.NoDate})
		if err != nil {
			return nil, err
		}
		for _, rec := range list {
			out = append(out, waiting{r.T("party.kind_" + k.Name), rec.Title, recordPath(rec), rec.On, false})
		}
	}
	slices.SortStableFunc(out, func(a, b waiting) int { return int(a.On - b.On) })
	return out, nil
}

// occasion is the day that the address asks for, else the next one.
func (s *pages) occasion(r *web.Request) (calendar.Date, *room.Charter, error) {
	rules, err := s.room.Rules()
	if err != nil {
		return calendar.NoDate, nil, err
	}
	on, err := parseDay(r.Query("dot"))
	if on == calendar.NoDate {
		on = rules.On(r.Today()).NextOccasion(r.Today())
	}
	return on, rules.On(on), err
}

func (s *pages) badges(r *web.Request) error {
	on, c, err := s.occasion(r)
	if err != nil {
		return err
	}
	p := s.list(r, "/dang/huy-hieu", r.T("partypage.badges"), "badges", nil, nil)
	p.Note, p.Mark = r.T("partypage.occasion", "on", on), doubtful(p.View, contains(c.Unverified, "badges"))
	p.Acts, p.Below = badgeActs(p.View, on), badgesNote(p.View, c)
	p.Icon, p.None, p.NoneDo = "circle-check", "partypage.no_badges", "partypage.no_badges_do"
	year, _, _ := on.YMD()
	for _, day := range c.Occasions(year) {
		p.Chips = append(p.Chips, chip{p.address("dot", day.String()), p.Date(day), day == on})
	}
	p.Columns = []column{{"party.col_name", "kh-title"}, {"party.col_badge", ""}, {"partypage.state", "kh-p2"}, {"party.col_cell", "kh-p3"}, {"partypage.age", "kh-p3"}, {"party.col_decided", "kh-p4"}, {"party.col_money", "kh-n kh-p3"}}
	lines, err := s.room.Badges(r.Context(), s.units(r), on)
	if err != nil {
		return err
	}
	for _, l := range lines {
		m, state := s.row(r, l.Member), cell{Text: r.T("partypage.badge_due"), Tone: "green"}
		if !l.Due() {
			state = cell{Text: r.T("partypage.badge_early", "n", l.Short), Tone: "amber"}
		}
		p.add(cell{Text: m.Name, Path: memberPath(l.ID)}, cell{Text: r.T("party.years", "n", l.Grade), Class: "kh-code"}, state, cell{Text: m.UnitName, Class: "kh-muted"},
			cell{Text: r.T("partypage.years_months", "y", l.Age/12, "m", l.Age%12)}, cell{Text: p.Date(l.Decided), Class: "kh-code"}, cell{Text: sum(p.View, l.Money)})
	}
	return r.Render(p.Status, listed(p))
}

// sum is an amount, "—" where no rule says it.
func sum(v *web.View, n int64) string {
	if n == 0 {
		return "—"
	}
	return v.Int(n)
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
	return s.room.WriteBadges(r.W, tree(units, nil)[0].Unit.Code, on, lines, s.called(r))
}
