package onestop

import (
	"context"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// head is the head of a table out of its column names.
func head(names []string) [][]document.Cell {
	row := make([]document.Cell, len(names))
	for i, n := range names {
		row[i] = document.Cell{Text: n}
	}
	return [][]document.Cell{row}
}

func centred(widths ...float64) []document.Column {
	out := make([]document.Column, len(widths))
	for i, w := range widths {
		out[i] = document.Column{Width: w, Align: document.Center}
	}
	return out
}

// control is the table of the control slip: each step, who took it, and how it stands to the due date.
func (w *writer) control() document.Table {
	t := document.Table{Columns: centred(8, 18, 32, 26, 25, 18, 16), Size: 11,
		Head: head(w.p.Form.Columns)}
	steps, err := w.k.dossiers.History(w.ctx, w.d.Code)
	if err != nil {
		return t
	}
	for i, s := range steps {
		t.Rows = append(t.Rows, []document.Cell{{Text: lang.Integer(lang.VI, int64(i+1))}, {Text: s.On.Written()}, {Text: s.Label.In(lang.VI), Align: document.Left},
			{Text: w.k.who.AccountName(w.ctx, s.Actor), Align: document.Left}, {Text: s.To.In(lang.VI), Align: document.Left}, {Text: dayWord(s.Due)}, {Text: w.set.Words[outcome(&s)]}})
	}
	return t
}

// outcome is how a step stands to the due date, as a key of the words; "" for a step that ends nothing.
func outcome(s *dossier.Entry) string {
	switch {
	case s.Kind != "dossier.finished":
		return ""
	case s.Late:
		return "late"
	case s.Due != calendar.NoDate && s.On < s.Due:
		return "early"
	}
	return "on_time"
}

func dayWord(d calendar.Date) string {
	if d == calendar.NoDate || d == 0 {
		return ""
	}
	return d.Written()
}

// MostLogged is how many dossiers one logbook holds at most.
const MostLogged = 1000

// Logbook sets the logbook of the dossiers received in a time, as far as the reader sees them. Personal names are
// left out.
func (k *Desk) Logbook(ctx context.Context, reach dossier.Reach, from, to calendar.Date, procedureName func(id, version string) string) (*document.Document, error) {
	book, err := k.opts.Book()
	if err != nil {
		return nil, err
	}
	set := book.At(to)
	layouts, err := k.opts.Layouts()
	if err != nil {
		return nil, err
	}
	layout, err := layouts.At("state", to)
	if err != nil {
		return nil, err
	}
	rows, _, err := k.dossiers.Received(ctx, reach, from, to, MostLogged, 0)
	if err != nil {
		return nil, err
	}
	agency := k.opts.Agency(to)
	form := set.log()
	doc := &document.Document{Layout: layout.Unended(), Parent: agency.Unit.NameVI, Issuer: set.Office, Number: "        ", Place: agency.Place, Date: to, TypeName: form.Type,
		Subject: set.word("period", "from", from.Written(), "until", to.Written()), Label: agency.Label, Title: form.Title.In(lang.VI), Landscape: true}
	t := document.Table{Columns: centred(7, 32, 50, 42, 32, 20, 20, 20, 20, 16), Size: 10.5,
		Head: head(form.Columns)}
	for i, r := range rows {
		t.Rows = append(t.Rows, []document.Cell{{Text: lang.Integer(lang.VI, int64(i+1))}, {Text: r.Code}, {Text: procedureName(r.Procedure, r.Version) + ": " + r.Title, Align: document.Left},
			{Text: r.Applicant, Align: document.Left}, {Text: k.who.UnitName(ctx, r.Unit, lang.VI), Align: document.Left},
			{Text: dayWord(r.ReceivedOn)}, {Text: dayWord(r.DueOn)}, {Text: dayWord(r.FinishedOn)}, {Text: dayWord(r.ReturnedOn)}, {}})
	}
	doc.Blocks = []document.Block{t}
	return doc, nil
}

// log is the form of the logbook.
func (f *Forms) log() *Form {
	for i := range f.Forms {
		if f.Forms[i].Log {
			return &f.Forms[i]
		}
	}
	return &Form{Type: strings.TrimSpace(f.Title.In(lang.VI)), Title: f.Title}
}
