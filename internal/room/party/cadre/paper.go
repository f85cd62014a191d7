package cadre

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/party"
)

// words are the room's texts for documents, always Vietnamese.
var words = sync.OnceValue(func() *lang.Catalog { return lang.NewCatalog(Texts()) })

func text(key string, args ...any) string { return words().T(lang.VI, key, args...) }

// WriteList writes the list of a round – those planned for, or the candidates of a congress – in the Party's layout. name
// gives the names of members, title those of positions.
func (r *Room) WriteList(ctx context.Context, w io.Writer, round *Round, name func(string) string, title func(Position) string) error {
	x, err := r.Ready(ctx, round)
	if err != nil {
		return err
	}
	number := ""
	if n := len(round.Approvals); n > 0 {
		number = round.Approvals[n-1].Number
	}
	d, err := r.party.Paper(round.Unit, r.date(round), strings.ToUpper(text("cadre.paper_list")), "DS", number, text("cadre.paper_list_"+round.Kind, "term", round.Term))
	if err != nil {
		return err
	}
	for i, p := range round.Positions {
		d.Blocks = append(d.Blocks, document.Heading{Level: 1, Text: d.Layout.Heading(1, i+1) + " " + text("cadre.paper_position", "title", title(p), "n", p.Seats)})
		d.Blocks = append(d.Blocks, r.listTable(x, round, p.ID, name))
	}
	d.Blocks = append(d.Blocks, document.Text(text("cadre.paper_women", "n", x.Women.N, "of", x.Women.Of)))
	return d.WriteDOCX(w)
}

// date is the day that a round's documents bear: when the list was settled, else today.
func (r *Room) date(round *Round) calendar.Date {
	if round.Stage == Closed {
		return round.On
	}
	return r.party.Today()
}

func (r *Room) listTable(x *Readiness, round *Round, position string, name func(string) string) document.Table {
	votes := x.Rules.Of(round.Kind).Votes
	last := votes[len(votes)-1]
	t := document.Table{Columns: []document.Column{{Width: 0.6, Align: document.Center}, {Width: 2.8, Align: document.Left}, {Width: 0.9, Align: document.Center}, {Width: 2.6, Align: document.Left}, {Width: 1.6, Align: document.Center}, {Width: 1.2, Align: document.Center}},
		Head: [][]document.Cell{{{Text: text("cadre.col_no")}, {Text: text("cadre.col_name")}, {Text: text("cadre.col_sex")}, {Text: text("cadre.col_cell")}, {Text: text("cadre.col_official")}, {Text: text("cadre.col_votes")}}}}
	n := 0
	for _, c := range x.Slate {
		if c.Out || c.Position != position || round.Kind == Congress && round.Stage == Closed && !c.Elected {
			continue
		}
		n++
		v := c.Votes[last.ID]
		if round.Kind == Congress && round.Stage == Closed {
			v = c.Ballot
		}
		sex := ""
		if c.M.Sex != "" {
			sex = text("cadre.sex_" + c.M.Sex)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(n)}, {Text: name(c.Member)}, {Text: sex}, {Text: name(c.M.Unit)}, {Text: c.M.Official.Written()}, {Text: counted(v)}})
	}
	return t
}

func counted(v party.Votes) string {
	if v.Of == 0 {
		return "–"
	}
	return strconv.Itoa(v.For) + "/" + strconv.Itoa(v.Of)
}

// WriteReadiness writes the report on how far a congress is prepared.
func (r *Room) WriteReadiness(ctx context.Context, w io.Writer, round *Round, title func(Position) string) error {
	x, err := r.Ready(ctx, round)
	if err != nil {
		return err
	}
	today := r.party.Today()
	d, err := r.party.Paper(round.Unit, today, strings.ToUpper(text("cadre.paper_report")), "BC", "", text("cadre.paper_report_of", "term", round.Term))
	if err != nil {
		return err
	}
	say := func(key string, args ...any) { d.Blocks = append(d.Blocks, document.Text(text(key, args...))) }
	head := func(n int, key string) {
		d.Blocks = append(d.Blocks, document.Heading{Level: 1, Text: d.Layout.Heading(1, n) + " " + text(key)})
	}
	say("cadre.report_day", "on", round.On)
	head(1, "cadre.report_steps")
	d.Blocks = append(d.Blocks, stepTable(x, today))
	head(2, "cadre.report_papers")
	say("cadre.report_papers_are", "n", x.Papers, "adopted", x.Adopted, "open", x.Unanswered)
	head(3, "cadre.report_slate")
	for _, p := range round.Positions {
		say("cadre.report_position", "title", title(p), "seats", p.Seats, "n", x.Standing[p.ID])
	}
	failing, unknown := 0, 0
	for _, c := range x.Slate {
		switch {
		case c.Out:
		case c.Verdict() == Fails:
			failing++
		case c.Verdict() == Unknown:
			unknown++
		}
	}
	say("cadre.report_checks", "fails", failing, "unknown", unknown)
	say("cadre.report_structure", "women", x.Women.N, "young", x.Young.N, "renewed", x.Renewed.N, "of", x.Women.Of)
	head(4, "cadre.report_below")
	if len(x.Below) == 0 {
		say("cadre.report_below_none")
	}
	for _, u := range x.Below {
		say("cadre.report_below_is", "name", u.NameVI)
	}
	return d.WriteDOCX(w)
}

func stepTable(x *Readiness, today calendar.Date) document.Table {
	t := document.Table{Columns: []document.Column{{Width: 0.6, Align: document.Center}, {Width: 4.6, Align: document.Left}, {Width: 1.8, Align: document.Center}, {Width: 3, Align: document.Left}},
		Head: [][]document.Cell{{{Text: text("cadre.col_no")}, {Text: text("cadre.col_step")}, {Text: text("cadre.col_due")}, {Text: text("cadre.col_state")}}}}
	for i, s := range x.Steps {
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: s.Title[lang.VI]}, {Text: s.Due.Written()}, {Text: stateOf(s, today)}})
	}
	return t
}

// stateOf says in words how a step stands on a day.
func stateOf(s StepState, today calendar.Date) string {
	switch {
	case s.Done != calendar.NoDate:
		return text("cadre.step_done", "on", s.Done)
	case s.Due < today:
		return text("cadre.step_late", "n", int(today-s.Due))
	}
	return text("cadre.step_coming")
}
