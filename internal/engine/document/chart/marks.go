package chart

import "math"

// bars draws the series of each category side by side, with the value on each where it fits.
func (d *drawing) bars() {
	n := float64(max(1, len(d.Series)))
	group := min(d.slot()*0.76, 44*n)
	width := group/n - 2
	for at := range d.Categories {
		left := d.x(at) + (d.slot()-group)/2
		for s := range d.Series {
			v := d.value(s, at)
			if math.IsNaN(v) {
				continue
			}
			x := left + float64(s)*group/n + 1
			d.rect(x, d.y(0), width, d.y(v)-d.y(0), d.paint[s])
			label := d.number(v)
			if textWidth(label, textPx, false) <= max(width+6, (d.slot()-4)/n) {
				d.write(x+width/2, d.above(v), label, middle, false, 1)
			}
		}
	}
}

// above is the line of a label on the outer side of a bar.
func (d *drawing) above(v float64) float64 {
	if v < 0 {
		return d.y(v) + 13
	}
	return d.y(v) - 5
}

// stack draws the series on one another, gains upwards and losses downwards, with the total on top.
func (d *drawing) stack() {
	width := min(d.slot()*0.62, 56)
	for at := range d.Categories {
		up, down := 0.0, 0.0
		for s := range d.Series {
			v := d.value(s, at)
			if math.IsNaN(v) || v == 0 {
				continue
			}
			base := &up
			if v < 0 {
				base = &down
			}
			x := d.x(at) + (d.slot()-width)/2
			top, bottom := d.y(*base+v), d.y(*base)
			d.rect(x, bottom, width, top-bottom, d.paint[s])
			*base += v
		}
		if label := d.number(up + down); textWidth(label, textPx, true) <= d.slot()-2 {
			d.write(d.x(at)+d.slot()/2, d.above(up), label, middle, true, 1)
		}
	}
}

// lines draws each series as a line with a dot a value; a missing value breaks the line. One series has
// its values written, several only their last.
func (d *drawing) lines() {
	for s := range d.Series {
		var run []point
		last := -1
		for at := range d.Categories {
			v := d.value(s, at)
			if math.IsNaN(v) {
				d.stretch(run, s)
				run = nil
				continue
			}
			run = append(run, point{d.x(at) + d.slot()/2, d.y(v)})
			last = at
		}
		d.stretch(run, s)
		d.lineLabels(s, last)
	}
}

// stretch draws one unbroken piece of a line.
func (d *drawing) stretch(run []point, s int) {
	if len(run) == 0 {
		return
	}
	if d.kind == Area {
		area := append([]point{{run[0].x, d.y(0)}}, run...)
		area = append(area, point{run[len(run)-1].x, d.y(0)})
		d.add(shape{points: area, closed: true, paint: paint{colour: d.paint[s].colour, opacity: 0.18}})
	}
	if len(run) > 1 {
		d.line(run, 2, d.paint[s])
	}
	for _, p := range run {
		d.dot(p.x, p.y, 3, d.paint[s])
	}
}

// lineLabels writes values where the line leaves room: below a valley, and for several series the greatest
// last value above its dot and the others below theirs.
func (d *drawing) lineLabels(s, last int) {
	for at := range d.Categories {
		v := d.value(s, at)
		if math.IsNaN(v) || len(d.Series) > 1 && at != last {
			continue
		}
		below := d.valley(s, at)
		if len(d.Series) > 1 {
			below = d.topped(s, at)
		}
		y := d.y(v) - 8
		if below {
			y = d.y(v) + 17
		}
		if label := d.number(v); at == last || textWidth(label, textPx, false) <= d.slot()-2 {
			d.write(d.x(at)+d.slot()/2, y, label, middle, false, 1)
		}
	}
}

// valley: both neighbours are higher.
func (d *drawing) valley(s, at int) bool {
	return at > 0 && at+1 < len(d.Categories) && d.value(s, at-1) > d.value(s, at) && d.value(s, at+1) > d.value(s, at)
}

// topped: another series is higher there.
func (d *drawing) topped(s, at int) bool {
	for other := range d.Series {
		if d.value(other, at) > d.value(s, at) {
			return true
		}
	}
	return false
}

// rows draws bars lying down: names of any length stand at the left, values at the end of the bars.
func (d *drawing) rows() {
	const thick, gap = 14.0, 3.0
	between := 12.0
	low, high := d.bounds()
	d.axis = newAxis(low, high, 5)
	room := 0.0
	for _, c := range d.Categories {
		room = max(room, textWidth(c, textPx, false))
	}
	room = min(room, d.width*0.38) + 12
	value := 0.0
	for at := range d.Categories {
		for s := range d.Series {
			if v := d.value(s, at); !math.IsNaN(v) {
				value = max(value, textWidth(d.number(v), textPx, false))
			}
		}
	}
	d.plot.x, d.plot.w = room, d.width-room-value-14
	group := func(c string) (name []string, height float64) {
		name = wrap(c, room-12, textPx, false)
		return name, max(float64(len(d.Series))*(thick+gap)-gap, float64(len(name))*lineHeight)
	}
	y := d.top + 4
	const below = 4 + lineHeight + 8
	need := y - between + below
	for _, c := range d.Categories {
		_, height := group(c)
		need += height + between
	}
	if spare := (d.Height - need) / float64(len(d.Categories)); spare > 0 { // a taller picture sets its groups farther apart
		between += spare
		y += spare / 2
	}
	first := y
	var bars []func()
	for at, c := range d.Categories {
		name, height := group(c)
		text := y + (height-float64(len(name))*lineHeight)/2 + 11.5
		for i, line := range name {
			d.write(room-8, text+float64(i)*lineHeight, line, end, false, 1)
		}
		from := y + (height-(float64(len(d.Series))*(thick+gap)-gap))/2
		for s := range d.Series {
			v, at, top := d.value(s, at), s, from+float64(s)*(thick+gap)
			if !math.IsNaN(v) {
				bars = append(bars, func() { d.lying(v, top, thick, at) })
			}
		}
		y += height + between
	}
	d.grid(first-4, y-between+4)
	for _, b := range bars { // on top of the grid
		b()
	}
	d.height = max(d.Height, y-between+below)
}

func (d *drawing) lying(v, y, thick float64, s int) {
	zero, tip := d.across(0), d.across(v)
	d.rect(zero, y, tip-zero, thick, d.paint[s])
	if v < 0 {
		d.write(tip-5, y+11.5, d.number(v), end, false, 1)
		return
	}
	d.write(tip+5, y+11.5, d.number(v), start, false, 1)
}

func (d *drawing) across(v float64) float64 { return d.plot.x + d.plot.w*d.axis.part(v) }

// grid draws the value axis of lying bars.
func (d *drawing) grid(top, bottom float64) {
	for _, t := range d.axis.ticks() {
		x, weight := math.Round(d.across(t))+0.5, hair
		if t == 0 {
			weight = 0.6
		}
		d.line([]point{{x, top}, {x, bottom}}, 1, paint{colour: ink, opacity: weight})
		d.write(x, bottom+lineHeight, d.number(t), middle, false, quiet)
	}
}
