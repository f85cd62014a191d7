package chart

import "math"

// scene is a drawing made of simple shapes, the same for SVG and PNG. Lengths are CSS pixels.
type scene struct {
	width, height float64
	shapes        []shape
}

// shape is a filled or stroked polygon (a bar, a line, an area), a dot, or a text.
type shape struct {
	points []point
	closed bool
	paint  paint
	stroke float64 // width of the line; 0 = filled
	radius float64 // a dot at points[0]
	bar    bool    // a rectangle; SVG writes it as one
	text   string
	size   float64
	bold   bool
	anchor anchor
}

type point struct{ x, y float64 }

type anchor int

const (
	start anchor = iota
	middle
	end
)

// paint is a colour of the palette (from 0) or ink, the colour of text, and how much of it. light is the
// tone of an earlier period; it covers what lies below, where opacity would let the grid shine through.
type paint struct {
	colour  int
	opacity float64
	light   bool
}

// rgb is the colour on paper.
func (p paint) rgb() uint32 {
	if p.colour == ink {
		return 0x1d2329
	}
	c := palette[p.colour]
	if !p.light {
		return c
	}
	mixed := uint32(0)
	for shift := 0; shift <= 16; shift += 8 {
		part := float64(c >> shift & 0xff)
		mixed |= uint32(math.Round(part+(255-part)*paler)) << shift
	}
	return mixed
}

// ink is the colour of text and lines: the page's own, so that it turns with the dark mode.
const ink = -1

// palette holds colours with a contrast of 3:1 at least on white and on the dark page.
var palette = [...]uint32{0x2f7ec7, 0xb86e00, 0x1f8f7a, 0x8a63c9, 0xc2554b, 0x7a828c}

const (
	paler  = 0.5  // how much white is in the tone of an earlier period
	hair   = 0.16 // grid lines
	quiet  = 0.72 // secondary text
	textPx = 12.0
	titlePx,
	lineHeight = 15.0, 15.0
)

func (s *scene) add(x shape) { s.shapes = append(s.shapes, x) }

func (s *scene) rect(x, y, w, h float64, p paint) {
	if w < 0 {
		x, w = x+w, -w
	}
	if h < 0 {
		y, h = y+h, -h
	}
	s.add(shape{points: []point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, closed: true, bar: true, paint: p})
}

func (s *scene) line(points []point, width float64, p paint) {
	s.add(shape{points: points, stroke: width, paint: p})
}

func (s *scene) dot(x, y, r float64, p paint) {
	s.add(shape{points: []point{{x, y}}, radius: r, paint: p})
}

func (s *scene) write(x, y float64, text string, a anchor, bold bool, opacity float64) {
	size := textPx
	s.add(shape{points: []point{{x, y}}, text: text, size: size, bold: bold, anchor: a, paint: paint{colour: ink, opacity: opacity}})
}

// Needs is the height in CSS pixels that the chart takes as it is, to set several side by side at one height.
func (c *Chart) Needs() float64 { return c.draw().height }

// draw lays out the chart.
func (c *Chart) draw() *scene {
	d := &drawing{Chart: c, scene: scene{width: c.Width}}
	if d.width == 0 {
		d.width = 720
	}
	if d.kind = c.Kind; d.kind == "" {
		d.kind = Bars
	}
	if d.kind == Bars && !d.namesFit() {
		d.kind = Rows
	}
	d.colours()
	d.top = d.heading(6)
	if c.empty() {
		d.height = d.top + 60
		d.write(d.width/2, d.top+34, c.Empty, middle, false, quiet)
		return &d.scene
	}
	switch d.kind {
	case Rows:
		d.rows()
	case Line, Area:
		d.upright(d.lines)
	case Stacked:
		d.upright(d.stack)
	default:
		d.upright(d.bars)
	}
	return &d.scene
}

// drawing is a chart being laid out. top is where the plot may begin.
type drawing struct {
	*Chart
	scene
	kind  Kind
	top   float64
	paint []paint // by series
	plot  struct{ x, y, w, h float64 }
	axis  axis
}

// colours gives each series its colour; an earlier period takes the lighter tone of the series after it.
func (d *drawing) colours() {
	next := 0
	for _, s := range d.Series {
		p := paint{colour: next % len(palette), opacity: 1}
		if s.Previous {
			p.light = true
		} else {
			next++
		}
		d.paint = append(d.paint, p)
	}
}

// heading writes title, unit and legend; it gives the height they took.
func (d *drawing) heading(y float64) float64 {
	if d.Title != "" && !d.HideTitle {
		for _, line := range wrap(d.Title, d.width-8, titlePx, true) {
			y += lineHeight + 4
			d.add(shape{points: []point{{4, y}}, text: line, size: titlePx, bold: true, paint: paint{colour: ink, opacity: 1}})
		}
		y += 6
	}
	legend := len(d.Series) > 1
	if !legend && d.Unit == "" {
		return y + 4
	}
	y += lineHeight
	x := 4.0
	if legend {
		for i, s := range d.Series {
			w := 16 + textWidth(s.Name, textPx, false) + 18
			if x+w > d.width && x > 4 {
				x, y = 4, y+lineHeight+3
			}
			d.rect(x, y-10, 11, 11, d.paint[i])
			d.write(x+16, y, s.Name, start, false, 1)
			x += w
		}
	}
	if d.Unit != "" {
		if x+textWidth(d.Unit, textPx, false) > d.width-4 {
			y += lineHeight + 3
		}
		d.write(d.width-4, y, d.Unit, end, false, quiet)
	}
	return y + 10
}

// upright sets the frame of charts whose values grow upwards and has their marks drawn inside.
func (d *drawing) upright(marks func()) {
	low, high := d.bounds()
	d.axis = newAxis(low, high, 5)
	left := 0.0
	for _, t := range d.axis.ticks() {
		left = max(left, textWidth(d.number(t), textPx, false))
	}
	d.plot.x, d.plot.w = left+14, d.width-left-14-6
	names, lines := d.names(d.plot.w / float64(max(1, len(d.Categories))))
	below := float64(lines)*lineHeight + 10
	d.height = d.Height
	if d.height == 0 {
		d.height = d.top + 16 + 220 + below
	}
	d.plot.y = d.top + 16 // room for the label of the tallest bar
	d.plot.h = max(60, d.height-d.plot.y-below)
	for _, t := range d.axis.ticks() {
		y := math.Round(d.y(t)) + 0.5
		weight := hair
		if t == 0 {
			weight = 0.6
		}
		d.line([]point{{d.plot.x, y}, {d.plot.x + d.plot.w, y}}, 1, paint{colour: ink, opacity: weight})
		d.write(d.plot.x-7, y+4, d.number(t), end, false, quiet)
	}
	for i, name := range names {
		for j, line := range name {
			d.write(d.x(i)+d.slot()/2, d.plot.y+d.plot.h+lineHeight+2+float64(j)*lineHeight, line, middle, false, quiet)
		}
	}
	marks()
}

func (d *drawing) y(v float64) float64    { return d.plot.y + d.plot.h*(1-d.axis.part(v)) }
func (d *drawing) slot() float64          { return d.plot.w / float64(len(d.Categories)) }
func (d *drawing) x(category int) float64 { return d.plot.x + d.slot()*float64(category) }

// names are the broken names below the axis. Where even their words are wider than a slot (a long series
// of dates), only every so many-th is written.
func (d *drawing) names(slot float64) (names [][]string, lines int) {
	widest := 0.0
	for _, c := range d.Categories {
		widest = max(widest, longestWord(c))
	}
	every := max(1, int(math.Ceil((widest+6)/slot)))
	for i, c := range d.Categories {
		var name []string
		if i%every == 0 {
			name = wrap(c, slot*float64(every)-6, textPx, false)
		}
		names = append(names, name)
		lines = max(lines, len(name))
	}
	return names, lines
}

// namesFit: every name below upright bars in three lines.
func (d *drawing) namesFit() bool {
	slot := (d.width-60)/float64(max(1, len(d.Categories))) - 6
	for _, c := range d.Categories {
		if longestWord(c) > slot || len(wrap(c, slot, textPx, false)) > 3 {
			return false
		}
	}
	return true
}
