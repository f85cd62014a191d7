package campaign

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/report"
)

// Frozen (chốt) is an issued report: everything that stands on its pages, and the state of the ledger that it shows. Its
// files are written from it alone, so they stay the same whatever happens to outlines and indicators.
type Frozen struct {
	Paper      Paper  `json:"paper"`
	Position   int64  `json:"position"`
	Checkpoint string `json:"checkpoint,omitempty"`
	DOCX       string `json:"docx"` // SHA-256 of the files
	XLSX       string `json:"xlsx"`
}

// Paper is a report ready to be written: words and numbers, no tokens.
type Paper struct {
	Agency     report.Agency `json:"agency"`
	Side       string        `json:"side"`
	Type       string        `json:"type"`
	Subject    string        `json:"subject"`
	Symbol     string        `json:"symbol"` // of the kind of paper, for a number to come
	Number     string        `json:"number,omitempty"`
	To         []string      `json:"to,omitempty"`
	Recipients []string      `json:"recipients,omitempty"`
	On         calendar.Date `json:"on"` // NoDate = a draft
	Opening    []string      `json:"opening,omitempty"`
	Sections   []PaperPart   `json:"sections"`
	Figures    []Compared    `json:"figures"`
	Doubles    []Resolved    `json:"doubles,omitempty"`
	Units      []UnitLine    `json:"units"`
	Missing    string        `json:"missing,omitempty"`
	Heads      [3]string     `json:"heads"` // this period, the one before, the year before
	Position   int64         `json:"position"`
	Checkpoint string        `json:"checkpoint,omitempty"`
}

// PaperPart is a section.
type PaperPart struct {
	Level  int        `json:"level"`
	Index  int        `json:"index"` // among its siblings, from 1
	Title  string     `json:"title"`
	Lines  []string   `json:"lines,omitempty"`
	Tables [][]string `json:"tables,omitempty"` // captions with the ids of their figures
}

// Compared is one line of the comparison.
type Compared struct {
	Sum
	Label   string `json:"label"`
	Measure string `json:"measure"`
	Places  int    `json:"places"`
	Ratio   bool   `json:"ratio,omitempty"`
	Gap     string `json:"gap,omitempty"` // what was stated about Sum.Apart
}

// Resolved is a double count as the paper says it.
type Resolved struct {
	Figure string          `json:"figure"`
	Record string          `json:"record"`
	Units  string          `json:"units"`
	Keeper string          `json:"keeper"`
	Reason string          `json:"reason"`
	Off    indicator.Value `json:"off"`
}

// UnitLine is a unit's part as the paper lists it.
type UnitLine struct {
	Name     string        `json:"name"`
	Due      calendar.Date `json:"due"`
	On       calendar.Date `json:"on"`
	Late     bool          `json:"late,omitempty"`
	Imported bool          `json:"imported,omitempty"`
	Whys     []Why         `json:"whys,omitempty"`
}

// Why is an explanation of a figure that moved.
type Why struct {
	Figure   string          `json:"figure"`
	Previous indicator.Value `json:"previous"`
	Now      indicator.Value `json:"now"`
	Text     string          `json:"text"`
}

// Paper is the campaign's report: the frozen one, or as it stands.
func (d *Desk) Paper(ctx context.Context, id string) (*Paper, error) {
	c, err := d.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.Frozen != nil {
		return &c.Frozen.Paper, nil
	}
	f, err := d.Draft(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	return d.paper(ctx, f), nil
}

// paper lays a draft out.
func (d *Desk) paper(ctx context.Context, f *Draft) *Paper {
	rep, c, doc := f.Report, f.X.Campaign, f.Report.Outline.Document
	p := &Paper{Agency: rep.Agency, Side: rep.Regime.Side, Type: doc.Type[lang.VI], Subject: rep.Subject, Symbol: doc.Symbol, Number: c.Number, To: doc.To,
		Recipients: doc.Recipients, On: calendar.NoDate, Position: f.X.KnownAt}
	now, _, err := d.periods(c)
	if err == nil {
		p.Heads = [3]string{now.Name(lang.VI), now.Previous().Name(lang.VI), now.YearBefore().Name(lang.VI)}
	}
	if c.Signed != nil {
		p.Missing = c.Signed.Missing
	}
	for _, o := range rep.Opening {
		p.Opening = append(p.Opening, o.Text())
	}
	p.sections(f)
	for _, s := range f.X.Sums {
		def, _ := d.Figures.Definitions().Get(s.Indicator)
		p.Figures = append(p.Figures, Compared{Sum: s, Label: def.Title.In(lang.VI), Measure: def.Measure.In(lang.VI), Places: def.Places, Ratio: def.Type == indicator.Ratio,
			Gap: d.gapText(f.X, &s)})
	}
	d.doubleLines(ctx, p, f)
	d.unitLines(ctx, p, f)
	return p
}

// gapText is what the paper says of a figure's gap, so that none is hidden; "" where there is none.
func (d *Desk) gapText(x *Consolidated, s *Sum) string {
	if s.Apart() == 0 || s.Apart() == indicator.NoValue {
		return ""
	}
	if w, current := x.Word(s.Indicator); current {
		return w.Reason
	}
	return d.say("campaign.gap_unstated")
}

func (p *Paper) sections(f *Draft) {
	var index [10]int
	for _, s := range f.Sections {
		level := min(s.Level, len(index)-1)
		index[level]++
		clear(index[level+1:])
		part := PaperPart{Level: s.Level, Index: index[level], Title: s.Title}
		for _, l := range s.Lines {
			part.Lines = append(part.Lines, l.String())
		}
		for _, t := range s.Tables {
			row := []string{t.Title}
			for _, r := range t.Rows {
				if r.This >= 0 {
					row = append(row, f.Report.Figures[r.This].Indicator)
				}
			}
			part.Tables = append(part.Tables, row)
		}
		p.Sections = append(p.Sections, part)
	}
}

func (d *Desk) doubleLines(ctx context.Context, p *Paper, f *Draft) {
	for i := range f.X.Doubles {
		x := &f.X.Doubles[i]
		def, _ := d.Figures.Definitions().Get(x.Indicator)
		var units []string
		for _, h := range x.Held {
			units = append(units, h.Unit)
		}
		r := Resolved{Figure: def.Title.In(lang.VI), Record: Key(x.Record), Units: d.names(ctx, units), Off: x.Off()}
		if x.Settlement != nil {
			r.Keeper, r.Reason = d.People.UnitName(ctx, x.Settlement.Unit, lang.VI), x.Settlement.Reason
		}
		p.Doubles = append(p.Doubles, r)
	}
}

func (d *Desk) unitLines(ctx context.Context, p *Paper, f *Draft) {
	for _, part := range f.X.Parts {
		u := UnitLine{Name: d.People.UnitName(ctx, part.Unit, lang.VI), Due: part.Due, On: calendar.NoDate, Imported: part.Imported != ""}
		if part.Stage == Submitted {
			u.On, u.Late = part.On, part.InLate()
			for _, l := range part.Lines {
				if l.Why != "" {
					def, _ := d.Figures.Definitions().Get(l.Indicator)
					u.Whys = append(u.Whys, Why{Figure: def.Title.In(lang.VI), Previous: l.Previous, Now: l.Actual, Text: l.Why})
				}
			}
		}
		p.Units = append(p.Units, u)
	}
}

// freeze makes the paper of an issued report and the sums of its files.
func (d *Desk) freeze(ctx context.Context, f *Draft) (*Frozen, error) {
	out := &Frozen{Position: f.X.KnownAt}
	if d.Checkpoint != nil {
		var err error
		if out.Checkpoint, err = d.Checkpoint(ctx, out.Position); err != nil {
			return nil, err
		}
	}
	p := d.paper(ctx, f)
	p.On, p.Checkpoint = d.Today(), out.Checkpoint
	out.Paper = *p
	for _, file := range []struct {
		sum   *string
		write func(io.Writer, *Paper) error
	}{{&out.DOCX, d.WriteDOCX}, {&out.XLSX, d.WriteXLSX}} {
		var b bytes.Buffer
		if err := file.write(&b, p); err != nil {
			return nil, err
		}
		sum := sha256.Sum256(b.Bytes())
		*file.sum = hex.EncodeToString(sum[:])
	}
	return out, nil
}
