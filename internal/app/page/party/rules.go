package party

import (
	"strconv"
	"strings"

	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// ruleLine is one thing that a version says: in one sentence, or as a list.
type ruleLine struct {
	Label, Text string
	Items       []string
	Doubt       bool // the full text has not confirmed it
}

// ruleCard is one version of some rules.
type ruleCard struct {
	Title  string
	Span   room.Span
	Now    bool
	Source string
	Doubt  bool // all of it
	Lines  []ruleLine
}

// ruleGroup is the versions of one set of rules, the latest first.
type ruleGroup struct {
	Key, Title string
	Cards      []ruleCard
}

type rulesPage struct {
	sheet
	Groups []ruleGroup
}

// rules shows every version of the rules, of all that this room goes by.
func (s *pages) rules(r *web.Request) error {
	p := rulesPage{sheet: s.sheet(r, "/dang/quy-dinh", r.T("partypage.rules"), nil, nil)}
	var err error
	if p.Groups, err = s.ruleGroups(p.View); err != nil {
		return err
	}
	return r.Render(p.Status, rules(p))
}

func (s *pages) ruleGroups(v *web.View) ([]ruleGroup, error) {
	all, err := s.room.Rules()
	if err != nil {
		return nil, err
	}
	congress, err := s.cadre.All()
	if err != nil {
		return nil, err
	}
	return []ruleGroup{
		versions(v, "charter", all.Charters, charterCard), versions(v, "assessment", all.Assessments, assessmentCard),
		versions(v, "honours", all.Honours, honoursCard), versions(v, "documents", all.Documents, documentsCard),
		versions(v, "organisation", all.Organisations, organisationCard), versions(v, "cadre", congress, func(v *web.View, c *cadre.Rules) ruleCard { return cadreCard(v, c, all) })}, nil
}

func versions[T any, P room.Dated[T]](v *web.View, key string, all []P, card func(*web.View, P) ruleCard) ruleGroup {
	g := ruleGroup{Key: key, Title: v.T("partypage.rules_" + key)}
	now := room.InForce(all, v.Today)
	for i := len(all) - 1; i >= 0; i-- {
		c := card(v, all[i])
		c.Now = all[i] == now
		g.Cards = append(g.Cards, c)
	}
	return g
}

func charterCard(v *web.View, c *room.Charter) ruleCard {
	line := func(label, text string, keys ...string) ruleLine {
		out := ruleLine{Label: v.T(label), Text: text}
		for _, key := range keys {
			out.Doubt = out.Doubt || contains(c.Unverified, key)
		}
		return out
	}
	a := c.Admission
	return ruleCard{Title: v.Pick(c.Title), Span: c.Effective, Source: c.Source, Lines: []ruleLine{
		line("partypage.rule_levels", strconv.Itoa(c.Levels), "levels"),
		line("partypage.rule_admission", v.T("partypage.rule_admission_is", "min", a.AgeMin, "max", a.AgeMax, "share", a.Cell.String(), "ceremony", a.Ceremony), "admission"),
		line("partypage.sponsors", v.T("partypage.sponsors_hint", "n", a.Sponsors, "term", a.Together), "admission"),
		line("partypage.rule_papers", v.T("partypage.rule_papers_is", "certificate", a.Certificate, "papers", a.Papers, "decide", a.Decide), "papers"),
		line("partypage.rule_probation", v.T("partypage.rule_probation_is", "probation", c.Probation, "recognise", c.Recognise)),
		line("partypage.recognition", v.T("partypage.fall_hint", "n", c.RecogniseVotes), "recognise_votes"),
		line("partypage.rule_again", againText(v, c), "recognise_again"),
		line("partypage.rule_transfer", v.T("partypage.rule_within", "term", c.Transfer), "transfer"),
		line("partypage.badges", v.T("partypage.rule_badges_is", "grades", numbers(c.Badges.Grades), "ill", c.Badges.IllEarly, "old", c.Badges.OldFrom/12, "oldearly", c.Badges.OldEarly), "badges"),
		line("partypage.congress_list", v.T("partypage.rule_congress_is", "cell", c.Congress.Cell, "base", c.Congress.Base, "slack", c.Congress.Slack), "congress"),
		line("party.kind_discipline", v.T("partypage.rule_discipline_is", "term", c.Discipline.Expires), "discipline"),
		line("party.kind_posting", v.T("partypage.rule_rotation_is", "from", c.Rotation.From, "to", c.Rotation.To), "rotation"),
	}}
}

func assessmentCard(v *web.View, a *room.Assessment) ruleCard {
	c := ruleCard{Title: v.Pick(a.Title), Span: a.Effective, Source: a.Source,
		Lines: []ruleLine{{Label: v.T("partypage.rule_cap"), Text: v.T("partypage.rule_cap_is", "percent", a.Cap.Percent), Doubt: contains(a.Unverified, "cap")}}}
	if len(a.Points) > 0 {
		c.Lines = append(c.Lines, ruleLine{Label: v.T("party.col_points"), Text: v.T("partypage.rule_points_is", "a", a.Points[0], "b", a.Points[1], "c", a.Points[2], "exceeding", a.Exceeding)})
	}
	c.Lines = append(c.Lines, revokeLine(v, a.Revoke))
	return c
}

func revokeLine(v *web.View, x room.Revocable) ruleLine {
	text := v.T("partypage.rule_revoke_no")
	if x.Allowed {
		text = v.T("partypage.rule_revoke_yes")
	}
	return ruleLine{Label: v.T("partypage.revoke"), Text: text + ". " + x.Basis, Doubt: x.Verify()}
}

// againText says how long the cell waits between two votes on recognition.
func againText(v *web.View, c *room.Charter) string {
	if c.RecogniseAgain.N == 0 {
		return v.T("partypage.rule_again_none")
	}
	return v.T("partypage.rule_again_is", "term", c.RecogniseAgain)
}

func honoursCard(v *web.View, h *room.Honours) ruleCard {
	c := ruleCard{Title: v.Pick(h.Title), Span: h.Effective, Source: h.Source}
	for _, a := range h.Awards {
		c.Lines = append(c.Lines, ruleLine{Label: v.Pick(a.Label), Text: a.Basis, Doubt: a.Verify()})
	}
	c.Lines = append(c.Lines, revokeLine(v, h.Revoke))
	return c
}

// documentsCard lists the kinds of document with their abbreviations, those apart that were written down from memory and those
// that only the Centre issues.
func documentsCard(v *web.View, d *room.Documents) ruleCard {
	seen, recalled, central := ruleLine{Label: v.T("partypage.rule_documents")}, ruleLine{Label: v.T("partypage.rule_documents_recalled"), Doubt: true}, ruleLine{Label: v.T("partypage.rule_documents_central"), Doubt: true}
	for _, k := range d.Kinds {
		line := &seen
		switch {
		case k.Central:
			line = &central
		case k.Verify():
			line = &recalled
		}
		text := v.Pick(k.Title) + " (" + k.Symbol + ")"
		if k.Layout != room.Named {
			text += ": " + v.T("partypage.rule_layout_"+string(k.Layout))
		}
		line.Items = append(line.Items, text)
	}
	return ruleCard{Title: v.Pick(d.Title), Span: d.Effective, Source: d.Source, Doubt: d.Status != "", Lines: []ruleLine{seen, recalled, central}}
}

func organisationCard(v *web.View, o *room.Organisation) ruleCard {
	kinds, posts := ruleLine{Label: v.T("partypage.body_kind")}, ruleLine{Label: v.T("partypage.post")}
	for _, k := range o.Kinds {
		text := v.Pick(k.Title)
		if k.Least > 0 {
			text += ": " + v.T("partypage.rule_least", "n", k.Least)
		}
		if k.Raise != nil {
			text += "; " + v.T("partypage.rule_raise", "n", k.Raise.At, "to", v.Pick(o.Kind(k.Raise.To).Title))
		}
		kinds.Items = append(kinds.Items, text)
	}
	for _, x := range o.Posts {
		text := v.Pick(x.Title)
		if x.One {
			text += " (" + v.T("partypage.rule_one") + ")"
		}
		posts.Items = append(posts.Items, text)
	}
	return ruleCard{Title: v.T("partypage.rules_organisation_of", "from", o.Effective.From), Span: o.Effective, Source: o.Source, Doubt: o.Status != "", Lines: []ruleLine{kinds, posts}}
}

func cadreCard(v *web.View, c *cadre.Rules, all *room.Rules) ruleCard {
	out := ruleCard{Title: v.Pick(c.Title), Span: c.Effective, Source: c.Source, Doubt: c.Status != ""}
	calendarOf, papers := ruleLine{Label: v.T("partypage.calendar")}, ruleLine{Label: v.T("partypage.congress_papers")}
	for _, x := range c.Steps {
		calendarOf.Items = append(calendarOf.Items, v.Pick(x.Title)+": "+v.T("partypage.rule_before", "n", x.Before))
	}
	for _, x := range c.Papers {
		papers.Items = append(papers.Items, v.Pick(x.Title))
	}
	windows := ruleLine{Label: v.T("partypage.window")}
	for _, w := range c.Windows {
		windows.Items = append(windows.Items, v.T("partypage.rule_window", "kinds", kindNames(v, w, all.OrganisationOn(w.From)), "term", w.Term, "from", w.From, "to", w.To))
	}
	out.Lines = append(out.Lines, windows, calendarOf, papers,
		ruleLine{Label: v.T("partypage.congress_list"), Items: criteria(v, &c.Congress)}, ruleLine{Label: v.T("partypage.planning_list"), Items: criteria(v, &c.Planning)},
		ruleLine{Label: v.T("partypage.rule_retirement"), Text: v.T("partypage.rule_retirement_is", "year", c.Retirement.Year, "male", ageText(v, c.Retirement.Male.Months),
			"female", ageText(v, c.Retirement.Female.Months), "m", c.Retirement.Male.Step, "f", c.Retirement.Female.Step, "malemost", c.Retirement.Male.Most/12, "femalemost", c.Retirement.Female.Most/12)},
		ruleLine{Label: v.T("partypage.rule_retirement_source"), Text: c.Retirement.Source})
	return out
}

// kindNames are the kinds of organisation that a window is for.
func kindNames(v *web.View, w cadre.Window, o *room.Organisation) string {
	var names []string
	for _, kind := range w.Kinds {
		names = append(names, v.Pick(o.Kind(kind).Title))
	}
	return strings.Join(names, ", ")
}

func ageText(v *web.View, months int) string {
	return v.T("partypage.years_months", "y", months/12, "m", months%12)
}

// criteria are what candidates and their list are measured by, a sentence each.
func criteria(v *web.View, c *cadre.Criteria) []string {
	var out []string
	say := func(ok bool, key string, args ...any) {
		if ok {
			out = append(out, v.T(key, args...))
		}
	}
	for _, x := range c.Votes {
		out = append(out, v.T("partypage.rule_more_than", "what", v.Pick(x.Title), "share", x.Share.String()))
	}
	if c.Ballot != nil {
		out = append(out, v.T("partypage.rule_more_than", "what", v.T("partypage.ballot"), "share", c.Ballot.String()))
	}
	out = append(out, v.T("partypage.rule_months_left", "new", c.MonthsLeft.New, "again", c.MonthsLeft.Again), v.T("partypage.rule_class", "class", v.T("party.class_"+string(c.Class))))
	say(c.OfficialMonths > 0, "partypage.rule_official_months", "n", c.OfficialMonths)
	say(c.Women > 0, "partypage.rule_women", "n", c.Women)
	say(c.Young.Percent > 0, "partypage.rule_young", "n", c.Young.Percent, "age", c.Young.Under)
	say(c.Renewed > 0, "partypage.rule_renewed", "n", c.Renewed)
	say(c.Most.Position > 0, "partypage.rule_most", "position", c.Most.Position, "person", c.Most.Person)
	say(c.Review > 0, "partypage.rule_review", "n", c.Review)
	return out
}

func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}
