package procedure

import (
	"fmt"
	"strings"

	"trucot/internal/kernel/lang"
)

// Draw is the state diagram as an SVG element: states as boxes with their national status, transitions as
// rounded labels between them, steps that stay in place inside their state. The same definition gives the same
// bytes.
func (p *Procedure) Draw(texts *lang.Catalog, tag lang.Tag) string { return p.chart(texts, tag).SVG() }

func (p *Procedure) chart(texts *lang.Catalog, tag lang.Tag) *Chart {
	c := Chart{ID: "so-do-" + p.ID + "-" + p.Version, Title: texts.T(tag, "procedure.draw_title", "title", p.Title), Desc: p.describe(texts, tag), Start: p.Initial}
	for i := range p.States {
		s := &p.States[i]
		b := ChartBox{ID: s.ID, Label: s.Label.In(tag), End: s.Terminal}
		if s.Status > 0 {
			b.Label += fmt.Sprintf(" (%d)", s.Status)
		}
		for _, t := range p.leaving[s.ID] {
			if t.To == "" || t.To == s.ID {
				b.Notes = append(b.Notes, "↻ "+texts.T(tag, "procedure.draw_here", "label", t.Label))
			}
		}
		c.Boxes = append(c.Boxes, b)
	}
	for i := range p.Transitions {
		t := &p.Transitions[i]
		if t.To != "" && !(len(t.From) == 1 && t.From[0] == t.To) {
			c.Steps = append(c.Steps, ChartStep{ID: t.ID, From: t.From, To: t.To, Label: t.Label.In(tag)})
		}
	}
	return &c
}

// describe says the diagram in words.
func (p *Procedure) describe(texts *lang.Catalog, tag lang.Tag) string {
	var ends []string
	for i := range p.States {
		if p.States[i].Terminal {
			ends = append(ends, p.States[i].Label.In(tag))
		}
	}
	return texts.T(tag, "procedure.draw_desc", "states", len(p.States), "steps", len(p.Transitions),
		"first", p.states[p.Initial].Label, "ends", strings.Join(ends, "; "))
}
