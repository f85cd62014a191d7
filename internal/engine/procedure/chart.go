package procedure

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Chart (sơ đồ) is a drawing of boxes joined by labelled steps: the states of a definition, or how dossiers really went
// through them. Colours are the page's own (currentColor), so that it reads in light and dark and needs no style sheet;
// title and description say it in words.
type Chart struct {
	ID, Title, Desc string
	Start           string // box from which the rows grow
	Boxes           []ChartBox
	Steps           []ChartStep
}

// ChartBox is a box with its label and smaller lines below it.
type ChartBox struct {
	ID, Label string
	Notes     []string
	End       bool // drawn as one where the way ends
}

// ChartStep leads from some boxes to another.
type ChartStep struct {
	ID    string
	From  []string
	To    string
	Label string
	Width float64 // of its lines; 1 when 0
}

// SVG is the drawing as an SVG element; the same chart gives the same bytes.
func (c *Chart) SVG() string {
	g := c.layout()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-labelledby="%s-t %s-d" font-family="Inter, 'Segoe UI', Arial, sans-serif" font-size="13" fill="none" stroke="currentColor">`+"\n",
		g.width, g.height, g.width, g.height, c.ID, c.ID)
	fmt.Fprintf(&b, `<title id="%s-t">%s</title>`+"\n", c.ID, html.EscapeString(c.Title))
	fmt.Fprintf(&b, `<desc id="%s-d">%s</desc>`+"\n", c.ID, html.EscapeString(c.Desc))
	for _, e := range g.edges {
		e.draw(&b)
	}
	for _, v := range g.all {
		v.draw(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// layout makes boxes and links and places them.
func (c *Chart) layout() *layout {
	g := &layout{byID: map[string]*vertex{}}
	for i := range c.Boxes {
		lines := wrap(c.Boxes[i].Label, stateChars)
		for _, n := range c.Boxes[i].Notes {
			lines = append(lines, wrap(n, stateChars+6)...)
		}
		v := g.add(box("s:"+c.Boxes[i].ID, lines))
		v.box, v.notes = &c.Boxes[i], len(wrap(c.Boxes[i].Label, stateChars))
	}
	for _, s := range c.Steps {
		step := g.add(box("t:"+s.ID, wrap(s.Label, stepChars)))
		width := max(s.Width, 1)
		for _, from := range s.From {
			if from != s.To {
				g.links = append(g.links, link{g.byID["s:"+from], step, width})
			}
		}
		g.links = append(g.links, link{step, g.byID["s:"+s.To], width})
	}
	g.run(g.byID["s:"+c.Start])
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
	b.WriteString(`" stroke-opacity="0.55"`)
	if e.width > 1 {
		fmt.Fprintf(b, ` stroke-width="%.1f"`, e.width)
	}
	b.WriteString("/>\n")
	tip, rise := last.y-last.height/2, -7.0
	at := last.x
	if e.reversed {
		tip, rise, at = first.y+first.height/2, 7.0, first.x
	}
	if target := e.target(); target.box == nil && len(target.up)+len(target.down) > 0 {
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
	case v.box == nil:
		fmt.Fprintf(b, `<g><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" stroke-opacity="0.55" stroke-dasharray="3 3"/>`, left, top, v.width, v.height, v.height/2)
	case v.box.End:
		fmt.Fprintf(b, `<g><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" fill="currentColor" fill-opacity="0.12" stroke-width="3"/>`, left, top, v.width, v.height)
	default:
		fmt.Fprintf(b, `<g><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" fill="currentColor" fill-opacity="0.05"/>`, left, top, v.width, v.height)
	}
	weight := ""
	if v.box != nil {
		weight = ` font-weight="600"`
	}
	fmt.Fprintf(b, `<text text-anchor="middle" fill="currentColor" stroke="none"%s>`, weight)
	for i, line := range v.lines {
		if weight != "" && i == v.notes {
			weight = ""
			fmt.Fprintf(b, `</text><text text-anchor="middle" fill="currentColor" stroke="none">`)
		}
		fmt.Fprintf(b, `<tspan x="%.1f" y="%.1f">%s</tspan>`, v.x, top+padding+float64(i)*lineHeight+12.5, html.EscapeString(line))
	}
	b.WriteString("</text></g>\n")
}
