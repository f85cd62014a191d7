package party

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// rule is the form of commendation that an entry gives. Error: party.no_honour.
func (r *Room) rule(rec *Record) (*Honour, error) {
	h, err := r.HonourOf(rec)
	if err == nil && h == nil {
		err = fault.New(fault.NotFound, "party.no_honour", "award", rec.Award)
	}
	return h, err
}

// subject is what an entry commends for, as a paper's subject.
func (r *Room) subject(rec *Record, h *Honour) string {
	return r.text("party.paper_honour_about", "award", h.Label[lang.VI], "year", strconv.Itoa(rec.Year))
}

// honourDecision is the organisation's decision to commend, with its list.
func (r *Room) honourDecision(rec *Record, h *Honour, name func(string) string) (*document.Document, error) {
	d, _, err := r.issued(rec, decisionForm, r.subject(rec, h))
	if err != nil {
		return nil, err
	}
	d.Basis = []string{r.text("party.paper_honour_charter"), r.text("party.paper_honour_rules"), r.text("party.paper_honour_assessed", "year", strconv.Itoa(rec.Year))}
	article := func(n int, text string) document.Paragraph {
		return document.Paragraph{Runs: []document.Run{{Text: r.text("party.paper_article", "n", n) + " ", Bold: true}, {Text: text}}}
	}
	d.Blocks = []document.Block{
		document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: strings.ToUpper(d.Issuer), Bold: true}}},
		document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: r.text("party.paper_decides"), Bold: true}}},
		article(1, r.text("party.paper_honour_1", "award", h.Label[lang.VI], "year", strconv.Itoa(rec.Year), "n", fmt.Sprintf("%02d", len(rec.Subjects)), "whom", r.text("party.paper_whom_"+h.Subject))),
		article(2, r.text("party.paper_honour_2")),
		document.Section{Restart: true},
		document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: strings.ToUpper(r.text("party.paper_list")), Bold: true}}},
		document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: r.text("party.paper_honour_with", "number", rec.Number, "on", rec.On.Written())}}},
		r.honouredTable(rec, name),
	}
	return d, nil
}

// writeHonours writes the decision; where a committee above decided, the list of whom it named.
func (r *Room) writeHonours(w io.Writer, rec *Record, name func(string) string) error {
	h, err := r.rule(rec)
	if err != nil {
		return err
	}
	d, err := r.HonourList(rec, name)
	if h.Level == "" && err == nil {
		d, err = r.honourDecision(rec, h, name)
	}
	if err != nil {
		return err
	}
	return d.WriteDOCX(w)
}

// HonourList is the list of whom an entry commends. A conference, which reads it out, is given an entry of those for whom it stands.
func (r *Room) HonourList(rec *Record, name func(string) string) (*document.Document, error) {
	h, err := r.rule(rec)
	if err != nil {
		return nil, err
	}
	d, err := r.Paper(rec.Unit, rec.On, strings.ToUpper(r.text("party.paper_list")), "DS", "", r.subject(rec, h))
	if err != nil {
		return nil, err
	}
	d.Layout, d.Authority, d.Post, d.Name, d.Recipients = d.Layout.Unended(), "", "", "", nil
	d.Blocks = []document.Block{document.Text(r.text("party.paper_honour_by", "number", rec.Number, "on", rec.On.Written())), r.honouredTable(rec, name)}
	return d, nil
}

func (r *Room) honouredTable(rec *Record, name func(string) string) document.Table {
	t := document.Table{Columns: []document.Column{{Width: 0.7, Align: document.Center}, {Width: 6, Align: document.Left}},
		Head: [][]document.Cell{{{Text: r.text("party.col_no")}, {Text: r.text("party.object_" + rec.Object)}}}}
	for i, id := range rec.Subjects {
		text := name(id)
		if back := rec.RevokedOf(id); back != nil {
			text = r.text("party.paper_taken_back", "name", text, "number", back.Number, "on", back.On.Written())
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: text}})
	}
	return t
}

// WriteCertificate writes the letter of commendation (giấy khen) of one whom an entry commends.
func (r *Room) WriteCertificate(w io.Writer, rec *Record, subject string, name func(string) string) error {
	h, err := r.rule(rec)
	if err != nil {
		return err
	}
	d, err := r.honourDecision(rec, h, name)
	if err != nil {
		return err
	}
	c := &document.Certificate{Layout: d.Layout, Giver: strings.ToUpper(d.Issuer), Verb: r.text("party.certificate_verb"), Form: r.text("party.certificate_" + h.Form),
		To: name(subject), For: r.text("party.certificate_for", "year", strconv.Itoa(rec.Year)), Left: []string{r.text("party.certificate_by", "number", rec.Number, "on", rec.On.Long(lang.VI)), r.text("party.certificate_register")},
		Place: d.Place, Date: rec.On, Authority: d.Authority, Post: d.Post, Name: d.Name, Title: rec.Title, Label: d.Label}
	return c.WriteDOCX(w)
}
