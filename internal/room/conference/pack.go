package conference

import (
	"context"
	"io"
	"slices"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Part is something that may go into the pack of a conference.
type Part struct {
	Key, Title string
	News       string // what the news says of it, a whole sentence; empty for nothing
	Load       func(context.Context) (*document.Document, error)
}

// The room's own parts.
const (
	partProgramme   = "chuong-trinh"
	partGuests      = "dai-bieu"
	partConclusions = "du-thao-ket-luan"
	partFigures     = "so-lieu"
)

// Parts lists what may go into the pack: the room's own papers, then what other rooms have.
func (r *Room) Parts(ctx context.Context, c *Conference) ([]Part, error) {
	concluded := r.text("conference.part_conclusions")
	if c.Notice != nil {
		concluded = r.text("conference.part_concluded")
	}
	own := []Part{
		{Key: partProgramme, Title: r.text("conference.part_programme"), Load: func(ctx context.Context) (*document.Document, error) { return r.programmePaper(ctx, c) }},
		{Key: partGuests, Title: r.text("conference.part_guests"), Load: func(ctx context.Context) (*document.Document, error) { return r.guestPaper(ctx, c, false) }},
		{Key: partFigures, Title: r.text("conference.part_figures"), Load: func(ctx context.Context) (*document.Document, error) { return r.figurePaper(ctx, c) }},
		{Key: partConclusions, Title: concluded, Load: func(ctx context.Context) (*document.Document, error) { return r.noticePaper(ctx, c) }},
	}
	if r.opts.Parts == nil {
		return own, nil
	}
	more, err := r.opts.Parts(ctx, c)
	return slices.Concat(own[:3:3], more, own[3:]), err
}

// WritePack writes the chosen parts as one PDF with a contents page and running page numbers. Error: conference.empty_pack.
func (r *Room) WritePack(ctx context.Context, w io.Writer, c *Conference) error {
	parts, err := r.Parts(ctx, c)
	if err != nil {
		return err
	}
	p := document.Pack{Foot: r.text("conference.pack_foot", "name", c.Name, "day", c.Day.Written()),
		Head: [3]string{r.text("conference.col_no"), r.text("conference.col_part"), r.text("conference.col_page")}}
	for _, part := range parts {
		if !slices.Contains(c.Pack, part.Key) {
			continue
		}
		d, err := part.Load(ctx)
		if err != nil {
			return err
		}
		p.Parts = append(p.Parts, document.Part{Title: part.Title, Document: d})
	}
	if len(p.Parts) == 0 {
		return fault.New(fault.Conflict, "conference.empty_pack")
	}
	if p.Front, err = r.paper(ctx, c, calendar.NoDate, "tai-lieu", "", c.Name); err != nil {
		return err
	}
	p.Front.Layout, p.Front.Post, p.Front.Name, p.Front.Authority = p.Front.Layout.Unended(), "", "", ""
	p.Front.Blocks = []document.Block{labelled(r.text("conference.time"), r.when(c)), labelled(r.text("conference.place"), c.Place), centred(r.text("conference.contents"), true)}
	return p.WritePDF(w)
}

// figurePaper is the key figures as a table and as charts.
func (r *Room) figurePaper(ctx context.Context, c *Conference) (*document.Document, error) {
	d, err := r.paper(ctx, c, calendar.NoDate, "so-lieu", "", r.text("conference.figures_about", "name", c.Name))
	if err != nil {
		return nil, err
	}
	figures, err := r.Figures(c, lang.VI)
	if err != nil {
		return nil, err
	}
	t := document.Table{Columns: []document.Column{{Width: 0.8, Align: document.Center}, {Width: 5, Align: document.Left}, {Width: 1.8, Align: document.Center}, {Width: 2, Align: document.Right}, {Width: 2, Align: document.Right}}}
	for i, f := range figures {
		if i == 0 {
			t.Head = [][]document.Cell{cells(r.text("conference.col_no"), r.text("conference.col_figure"), r.text("conference.col_measure"), f.Period.Name(lang.VI), f.Period.YearBefore().Name(lang.VI))}
		}
		t.Rows = append(t.Rows, cells(itoa(i+1), f.Label, f.Measure, Shown(f.This), Shown(f.Previous)))
	}
	images, err := pictures(figures)
	if err != nil {
		return nil, err
	}
	d.Layout, d.Post, d.Name, d.Authority = d.Layout.Unended(), "", "", ""
	d.Blocks = append([]document.Block{document.Text(r.text("conference.figures_opening", "day", c.Day.Written())), t}, images...)
	return d, nil
}
