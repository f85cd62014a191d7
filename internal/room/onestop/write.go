package onestop

import (
	"context"
	"net/url"
	"strings"

	"rsc.io/qr"

	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// blank is the room for what is filled in by hand.
const blank = "………………………………"

// Write sets a paper. personal says whether the reader may see the filer's name where it is personal. The same paper
// of the same dossier gives the same bytes.
func (k *Desk) Write(ctx context.Context, d *dossier.Dossier, p *Paper, personal bool) (*document.Document, error) {
	output := p.Output
	if p.Draft || p.Form.Draft == DraftReceived {
		output = ""
	}
	letter, err := k.dossiers.Letter(ctx, d.Code, output)
	if err != nil {
		return nil, err
	}
	book, err := k.opts.Book()
	if err != nil {
		return nil, err
	}
	set := book.At(d.SubmittedOn)
	w := &writer{k: k, ctx: ctx, d: d, p: p, set: set, letter: letter, agency: k.opts.Agency(letter.On), fields: map[string]string{}}
	w.fill(personal)
	return w.document()
}

// writer lays one paper.
type writer struct {
	k      *Desk
	ctx    context.Context
	d      *dossier.Dossier
	p      *Paper
	set    *Forms
	letter *dossier.Letter
	agency Agency
	fields map[string]string
}

// fill gathers what the words of the form may name.
func (w *writer) fill(personal bool) {
	for id, text := range w.letter.Fields {
		if day, err := calendar.Parse(text); err == nil {
			text = day.Written()
		}
		w.fields[id] = text
	}
	f, l := w.fields, w.letter
	if w.p.Draft { // the reason and the new day are for whoever reviews the draft; the old day is the one in force
		f["old_due_on"] = f["due_on"]
		delete(f, "ly_do")
		delete(f, "hen_lai_ngay")
	}
	if personal && f["applicant"] == "" {
		f["applicant"] = w.k.dossiers.Filer(w.ctx, w.d)
	}
	f["agency"] = w.agency.Unit.NameVI
	f["office"], f["on"], f["kind"] = w.set.Office, l.On.Written(), w.p.Title.In(lang.VI)
	f["unit"] = w.k.who.UnitName(w.ctx, f["unit"], lang.VI)
	f["channel"] = w.set.Words[w.d.Channel]
	f["symbol"] = w.agency.Symbol
	_, f["short"], _ = strings.Cut(w.d.Code, "-")
}

func (w *writer) document() (*document.Document, error) {
	layouts, err := w.k.opts.Layouts()
	if err != nil {
		return nil, err
	}
	on, form := w.letter.On, w.p.Form
	layout, err := layouts.At("state", on)
	if err != nil {
		return nil, err
	}
	if form.Columns != nil { // a register has no end mark
		layout = layout.Unended()
	}
	doc := &document.Document{Layout: layout, Parent: w.agency.Parent, Issuer: w.agency.Unit.NameVI, Place: w.agency.Place, Date: calendar.NoDate,
		TypeName: w.put(form.Type), Subject: w.put(form.Subject), Label: w.agency.Label, Title: w.p.Title.In(lang.VI) + " " + w.d.Code}
	if form.Office {
		doc.Parent, doc.Issuer = doc.Issuer, w.set.Office
	}
	if form.To != "" {
		doc.To = []string{w.put(form.To)}
	}
	w.number(doc)
	if form.QR {
		if doc.Corner, err = w.code(); err != nil {
			return nil, err
		}
	}
	for _, text := range form.Body {
		doc.Blocks = append(doc.Blocks, w.blocks(text)...)
	}
	w.sign(doc)
	return doc, nil
}

// number dates and numbers the paper: by its book, or by the dossier's own code.
func (w *writer) number(doc *document.Document) {
	switch g := w.p.Given; {
	case w.p.Form.Book == "":
		doc.Number, doc.Date = w.put(w.p.Form.Symbol), w.letter.On
	case w.letter.Issued != nil:
		doc.Number, doc.Date = w.letter.Issued.Number, w.letter.On
	case g != nil:
		doc.Number, doc.Date = g.Number, g.On
	}
}

// sign is the block of who signs: several by hand side by side, or one for the agency.
func (w *writer) sign(doc *document.Document) {
	form := w.p.Form
	if len(form.Signers) > 0 {
		t := document.Table{Plain: true, Size: 13, Rows: make([][]document.Cell, 3)}
		for _, who := range form.Signers {
			t.Columns = append(t.Columns, document.Column{Width: 1, Align: document.Center})
			t.Rows[0] = append(t.Rows[0], document.Cell{Text: strings.ToUpper(who), Bold: true})
			t.Rows[1] = append(t.Rows[1], document.Cell{Text: w.set.Words["sign"], Italic: true})
			t.Rows[2] = append(t.Rows[2], document.Cell{Text: "\n\n\n"})
		}
		doc.Blocks = append(doc.Blocks, t)
	}
	for _, r := range form.Recipients {
		doc.Recipients = append(doc.Recipients, w.put(r))
	}
	if !form.Leader {
		return
	}
	if w.letter.Issued != nil { // a credential is signed by the step that issues it
		if block, err := w.k.SignatureOf(w.ctx, w.letter.Actor, false, w.letter.On); err == nil {
			doc.Authority, doc.Post, doc.Name = block.Authority, block.Post, w.k.who.AccountName(w.ctx, w.letter.Actor)
			return
		}
	} else if g := w.p.Given; g != nil {
		doc.Authority, doc.Post, doc.Name = g.Authority, g.Post, w.k.who.AccountName(w.ctx, g.Signer)
		return
	}
	if book, err := w.k.opts.Book(); err == nil { // a draft leaves the name open
		doc.Post = strings.ToUpper(book.signing.Heads[w.agency.Unit.Kind])
	}
}

// put replaces {name}s; what is not known is room to write.
func (w *writer) put(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		if value := w.fields[name]; value != "" {
			b.WriteString(value)
		} else {
			b.WriteString(blank)
		}
		text = after
	}
}

// blocks are the blocks of one line of the form.
func (w *writer) blocks(text string) []document.Block {
	switch text {
	case "{documents}":
		return w.documents()
	case "{control}":
		return []document.Block{w.control()}
	case "{fields}":
		return w.table()
	case "{validity}":
		return w.validity()
	}
	var runs []document.Run
	for i, part := range strings.Split(text, "*") {
		if part != "" {
			runs = append(runs, document.Run{Text: w.put(part), Bold: i%2 == 1})
		}
	}
	list := strings.HasSuffix(text, ":")
	return []document.Block{document.Paragraph{Runs: runs, Keep: list, Close: list || strings.HasSuffix(text, "{blank}")}}
}

func (w *writer) documents() []document.Block {
	if len(w.letter.Documents) == 0 {
		return []document.Block{document.Text(blank)}
	}
	var out []document.Block
	for i, title := range w.letter.Documents {
		p := document.Text(lang.Integer(lang.VI, int64(i+1)) + ". " + title.In(lang.VI))
		p.Close = i < len(w.letter.Documents)-1
		out = append(out, p)
	}
	return out
}

func (w *writer) table() []document.Block {
	t := document.Table{Columns: []document.Column{{Width: 2}, {Width: 3}}}
	for _, f := range w.letter.Shown {
		text := f.Text
		if day, err := calendar.Parse(text); err == nil {
			text = day.Written()
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: f.Label}, {Text: text}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []document.Block{t}
}

func (w *writer) validity() []document.Block {
	c := w.letter.Issued
	if c == nil {
		return nil
	}
	word := "valid"
	if c.Until != calendar.NoDate {
		word = "valid_until"
	}
	return []document.Block{document.Text(w.set.word(word, "from", c.From.Written(), "until", c.Until.Written()))}
}

// code is the square that a telephone reads: the page where the dossier is tracked.
func (w *writer) code() (*document.Picture, error) {
	text := w.d.Code
	if w.agency.Site != "" {
		text = strings.TrimRight(w.agency.Site, "/") + "/tra-cuu?ma=" + url.QueryEscape(w.d.Code)
	}
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	return &document.Picture{PNG: c.PNG(), Alt: w.set.word("look_up", "code", w.d.Code), Width: 24, Height: 24}, nil
}

// word is one of the set's words with its {name}s replaced: name, value pairs.
func (f *Forms) word(id string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(f.Words[id])
}
