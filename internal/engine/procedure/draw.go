package procedure

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"trucot/internal/kernel/lang"
)

// Draw is the state diagram as an SVG element: states as boxes with their national status, transitions as
// rounded labels between them, steps that stay in place inside their state. Colours are the page's own
// (currentColor), so that it reads in light and dark and needs no style sheet; title and description say it in
// words. The same definition gives the same bytes.
func (p *Procedure) Draw(texts *lang.Catalog, tag lang.Tag) string {
	g := p.diagram(texts, tag)
	var b strings.Builder
	id := "so-do-" + p.ID + "-" + p.Version
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-labelledby="%s-t %s-d" font-family="Inter, 'Segoe UI', Arial, sans-serif" font-size="13" fill="none" stroke="currentColor">`+"\n",
		g.width, g.height, g.width, g.height, id, id)
	fmt.Fprintf(&b, `<title id="%s-t">%s</title>`+"\n", id, html.EscapeString(texts.T(tag, "procedure.draw_title", "title", p.Title)))
	fmt.Fprintf(&b, `<desc id="%s-d">%s</desc>`+"\n", id, html.EscapeString(p.describe(texts, tag)))
	for _, e := range g.edges {
		e.draw(&b)
	}
	for _, v := range g.all {
		v.draw(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
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

// diagram makes boxes and links of the machine and places them.
func (p *Procedure) diagram(texts *lang.Catalog, tag lang.Tag) *layout {
	g := &layout{byID: map[string]*vertex{}}
	for i := range p.States {
		s := &p.States[i]
		label := s.Label.In(tag)
		if s.Status > 0 {
			label += fmt.Sprintf(" (%d)", s.Status)
		}
		lines := wrap(label, stateChars)
		for _, t := range p.leaving[s.ID] {
			if t.To == "" || t.To == s.ID {
				lines = append(lines, wrap("↻ "+texts.T(tag, "procedure.draw_here", "label", t.Label), stateChars+6)...)
			}
		}
		g.add(box("s:"+s.ID, lines)).state = s
	}
	for i := range p.Transitions {
		t := &p.Transitions[i]
		if t.To == "" || len(t.From) == 1 && t.From[0] == t.To {
			continue
		}
		step := g.add(box("t:"+t.ID, wrap(t.Label.In(tag), stepChars)))
		for _, from := range t.From {
			if from != t.To {
				g.links = append(g.links, [2]*vertex{g.byID["s:"+from], step})
			}
		}
		g.links = append(g.links, [2]*vertex{step, g.byID["s:"+t.To]})
	}
	g.run(g.byID["s:"+p.Initial])
	return g
}

func box(id string, lines []string) *vertex {
	longest := 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	return &vertex{id: id, lines: lines, width: float64(longest)*charWidth + 2*padding, height: float64(len(lines))*lineHeight + 2*padding}
}

// wrap breaks a label at blanks.
func wrap(label string, limit int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(label) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > limit {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// draw writes the line from box to box as a curve that is upright at every row, with its arrow.
func (e *edge) draw(b *strings.Builder) {
	first, last := e.path[0], e.path[len(e.path)-1]
	x, y := first.x, first.y+first.height/2
	fmt.Fprintf(b, `<path d="M%.1f %.1f`, x, y)
	for _, v := range e.path[1:] {
		top := v.y - v.height/2
		mid := (y + top) / 2
		fmt.Fprintf(b, "C%.1f %.1f %.1f %.1f %.1f %.1f", x, mid, v.x, mid, v.x, top)
		x, y = v.x, top
		if v.id == "" {
			y = v.y + v.height/2
			fmt.Fprintf(b, "V%.1f", y)
		}
	}
	b.WriteString(`" stroke-opacity="0.55"/>` + "\n")
	tip, rise := last.y-last.height/2, -7.0
	at := last.x
	if e.reversed {
		tip, rise, at = first.y+first.height/2, 7.0, first.x
	}
	if target := e.target(); target.state == nil && len(target.up)+len(target.down) > 0 {
		return // lines into a step need no arrow: the one that leaves it has
	}
	fmt.Fprintf(b, `<path d="M%.1f %.1fl-4 %.0fh8z" fill="currentColor" stroke="none"/>`+"\n", at, tip, rise)
}

// target is the box that the arrow points to.
func (e *edge) target() *vertex {
	if e.reversed {
		return e.path[0]
	}
	return e.path[len(e.path)-1]
}

// draw writes a box and its label.
func (v *vertex) draw(b *strings.Builder) {
	if v.id == "" {
		return
	}
	left, top := v.x-v.width/2, v.y-v.height/2
	switch {
	case v.state == nil:
		fmt.Fprintf(b, `<g><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" stroke-opacity="0.55" stroke-dasharray="3 3"/>`, left, top, v.width, v.height, v.height/2)
	case v.state.Terminal:
		fmt.Fprintf(b, `<g><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" fill="currentColor" fill-opacity="0.12" stroke-width="3"/>`, left, top, v.width, v.height)
	default:
		fmt.Fprintf(b, `<g><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" fill="currentColor" fill-opacity="0.05"/>`, left, top, v.width, v.height)
	}
	weight := ""
	if v.state != nil {
		weight = ` font-weight="600"`
	}
	fmt.Fprintf(b, `<text text-anchor="middle" fill="currentColor" stroke="none"%s>`, weight)
	for i, line := range v.lines {
		if i > 0 && strings.HasPrefix(line, "↻") && weight != "" {
			weight = ""
			fmt.Fprintf(b, `</text><text text-anchor="middle" fill="currentColor" stroke="none">`)
		}
		fmt.Fprintf(b, `<tspan x="%.1f" y="%.1f">%s</tspan>`, v.x, top+padding+float64(i)*lineHeight+12.5, html.EscapeString(line))
	}
	b.WriteString("</text></g>\n")
}
