package party

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// text is a word of a document, always Vietnamese.
func (r *Room) text(key string, args ...any) string { return r.words.T(lang.VI, key, args...) }

// head is who issues a unit's documents; a cell signs for itself.
func (r *Room) head(unit string, on calendar.Date) Head {
	h := Head{}
	if r.opts.Head != nil {
		h = r.opts.Head(unit, on)
	}
	if u, err := r.who.Unit(context.Background(), unit, on); err == nil && u.Kind == "chi_bo" {
		h.Symbol, h.Authority, h.Post, h.Signer = r.text("party.cell_symbol"), r.text("party.cell_authority"), r.text("party.cell_post"), ""
	}
	return h
}

// Paper is a document of a unit in the Party's layout of a day.
func (r *Room) Paper(unit string, on calendar.Date, typeName, symbol, number, subject string) (*document.Document, error) {
	layouts, err := r.opts.Layouts()
	if err != nil {
		return nil, err
	}
	layout, err := layouts.At("party", on)
	if err != nil {
		return nil, err
	}
	h := r.head(unit, on)
	if number == "" {
		number = "       -" + symbol + "/" + cmp.Or(h.Symbol, "……")
	}
	return &document.Document{Layout: layout, Parent: h.Parent, Issuer: h.Name, Number: number, Place: cmp.Or(h.Place, "……"), Date: on,
		TypeName: typeName, Subject: subject, Authority: h.Authority, Post: h.Post, Name: h.Signer, Title: subject, Label: h.Label,
		Recipients: []string{r.text("party.paper_above"), r.text("party.paper_filed")}}, nil
}

// issued is the document of an entry, set out as the rules of its day have the kind.
func (r *Room) issued(rec *Record, code, subject string) (*document.Document, DocumentKind, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, DocumentKind{}, err
	}
	k := rules.DocumentsOn(rec.On).Kind(code)
	d, err := r.Paper(rec.Unit, rec.On, k.heading(), k.Symbol, rec.Number, subject)
	return d, k, err
}

// WriteDOCX writes an entry as the document that its kind makes. name gives the names of members and units.
func (r *Room) WriteDOCX(ctx context.Context, w io.Writer, rec *Record, name func(string) string) error {
	k, _ := KindOf(rec.Kind)
	if rec.Award != "" {
		return r.writeHonours(w, rec, name)
	}
	code := k.Paper
	if k.Numbered {
		code = rec.Form
	}
	d, kind, err := r.issued(rec, code, rec.Title)
	if err != nil {
		return err
	}
	text, err := r.Words(ctx, rec)
	if err != nil {
		return err
	}
	if k.Attended {
		d.Blocks = append(d.Blocks, document.Text(r.text("party.paper_attended", "n", rec.Attended, "of", rec.Of)))
		if len(rec.Present) > 0 {
			names := make([]string, len(rec.Present))
			for i, id := range rec.Present {
				names[i] = name(id)
			}
			d.Blocks = append(d.Blocks, document.Text(r.text("party.paper_present", "names", strings.Join(names, "; "))))
		}
	}
	if rec.Subject != "" {
		d.Blocks = append(d.Blocks, document.Text(r.text("party.paper_subject", "name", name(rec.Subject))))
	}
	for _, line := range strings.Split(text, "\n") {
		if line = trimmed(line); line != "" {
			d.Blocks = append(d.Blocks, document.Text(line))
		}
	}
	if len(rec.Decisions) > 0 {
		d.Blocks = append(d.Blocks, document.Heading{Level: 1, Text: d.Layout.Heading(1, 1) + " " + r.text("party.paper_resolved")}, r.decisionTable(rec, name))
	}
	if len(rec.Results) > 0 {
		d.Blocks = append(d.Blocks, r.resultTable(rec, name))
	}
	if kind.Layout == Minutes { // they are signed by who wrote and who presided, and go into the file
		d.Authority, d.Post, d.Name, d.Recipients = "", "", "", nil
		d.Blocks = append(d.Blocks, d.Layout.SignedByTwo(document.Signature{Post: r.text("party.paper_writer")}, document.Signature{Post: r.text("party.paper_chair")}))
	}
	return d.WriteDOCX(w)
}

func (r *Room) decisionTable(rec *Record, name func(string) string) document.Table {
	t := document.Table{Columns: []document.Column{{Width: 0.7, Align: document.Center}, {Width: 5, Align: document.Left}, {Width: 2.6, Align: document.Left}, {Width: 1.7, Align: document.Center}},
		Head: [][]document.Cell{{{Text: r.text("party.col_no")}, {Text: r.text("party.col_decision")}, {Text: r.text("party.col_owes")}, {Text: r.text("party.col_due")}}}}
	for i, d := range rec.Decisions {
		due := d.Due
		if day, err := calendar.Parse(due); err == nil {
			due = day.Written()
		} else if span, err := calendar.ParseDuration(due); err == nil {
			due = span.Name(lang.VI)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: d.Text}, {Text: name(d.Unit)}, {Text: due}})
	}
	return t
}

func (r *Room) resultTable(rec *Record, name func(string) string) document.Table {
	t := document.Table{Columns: []document.Column{{Width: 0.7, Align: document.Center}, {Width: 4, Align: document.Left}, {Width: 1.2, Align: document.Right}, {Width: 1.4, Align: document.Center}, {Width: 2.8, Align: document.Left}},
		Head: [][]document.Cell{{{Text: r.text("party.col_no")}, {Text: r.text("party.col_subject")}, {Text: r.text("party.col_points")}, {Text: r.text("party.col_votes")}, {Text: r.text("party.col_class")}}}}
	for i, x := range rec.Results {
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: name(x.Subject)}, {Text: strconv.Itoa(x.Points)},
			{Text: strconv.Itoa(x.Votes) + "/" + strconv.Itoa(rec.Of)}, {Text: r.text("party.class_" + string(x.Class))}})
	}
	return t
}

// WriteBadges writes the list of members due for a badge on an occasion, as the committee proposes it.
func (r *Room) WriteBadges(w io.Writer, unit string, on calendar.Date, lines []BadgeLine, name func(string) string) error {
	d, err := r.badgePaper(unit, on, r.text("party.paper_badges", "on", on), lines, name)
	if err != nil {
		return err
	}
	return d.WriteDOCX(w)
}

// BadgeList is the list of those who get their badge, as a conference reads it out.
func (r *Room) BadgeList(unit string, on calendar.Date, lines []BadgeLine, name func(string) string) (*document.Document, error) {
	d, err := r.badgePaper(unit, on, r.text("party.paper_badges_given"), lines, name)
	if err != nil {
		return nil, err
	}
	d.Layout, d.Authority, d.Post, d.Name, d.Recipients = d.Layout.Unended(), "", "", "", nil
	return d, nil
}

func (r *Room) badgePaper(unit string, on calendar.Date, subject string, lines []BadgeLine, name func(string) string) (*document.Document, error) {
	d, err := r.Paper(unit, on, strings.ToUpper(r.text("party.paper_list")), "DS", "", subject)
	if err != nil {
		return nil, err
	}
	t := document.Table{Columns: []document.Column{{Width: 0.7, Align: document.Center}, {Width: 3, Align: document.Left}, {Width: 3, Align: document.Left}, {Width: 1.7, Align: document.Center}, {Width: 1.5, Align: document.Center}, {Width: 1.8, Align: document.Right}, {Width: 1.7, Align: document.Left}},
		Head: [][]document.Cell{{{Text: r.text("party.col_no")}, {Text: r.text("party.col_name")}, {Text: r.text("party.col_cell")}, {Text: r.text("party.col_decided")}, {Text: r.text("party.col_badge")}, {Text: r.text("party.col_money")}, {Text: r.text("party.col_note")}}}}
	for i, x := range lines {
		remark := x.Number
		if !x.Due() {
			remark = r.text("party.months_short", "n", x.Short)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: name(x.ID)}, {Text: name(x.Unit)}, {Text: x.Decided.Written()},
			{Text: r.text("party.years", "n", x.Grade)}, {Text: money(x.Money)}, {Text: remark}})
	}
	d.Blocks = append(d.Blocks, t)
	return d, nil
}

// money is an amount in đồng, "" where no rule says it.
func money(n int64) string {
	if n == 0 {
		return ""
	}
	return lang.Integer(lang.VI, n)
}
