package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// maxPixels bounds a picture; a page at 300 dots an inch is 2,480 wide.
const maxPixels = 6000

// PNG is the chart as a picture of width pixels on white, for documents: take twice the pixels of the
// place it fills. The same chart gives the same bytes on the same kind of machine.
func (c *Chart) PNG(width int) ([]byte, error) {
	s := c.draw()
	width = min(max(width, 64), maxPixels)
	scale := float64(width) / s.width
	height := min(max(int(math.Ceil(s.height*scale)), 1), 4*maxPixels)
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	p := &painter{m: m, scale: scale, faces: map[faceKey]font.Face{}}
	defer p.close()
	for _, x := range s.shapes {
		if err := p.shape(x); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil { // the best compression takes three times as long for one part in fifty
		return nil, err
	}
	return b.Bytes(), nil
}

type painter struct {
	m     *image.RGBA
	scale float64
	faces map[faceKey]font.Face
}

type faceKey struct {
	size float64
	bold bool
}

func (p *painter) close() {
	for _, f := range p.faces {
		f.Close()
	}
}

func (p *painter) shape(x shape) error {
	switch {
	case x.text != "":
		return p.text(x)
	case x.size > 0:
	case x.radius > 0:
		p.fill(circle(x.points[0], x.radius), x.paint)
	case x.closed:
		p.fill(x.points, x.paint)
	default:
		p.polyline(x)
	}
	return nil
}

// fill paints a polygon with smooth edges. Only its box is worked on.
func (p *painter) fill(points []point, c paint) {
	box := p.box(points)
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, q := range points {
		x, y := float32(q.x*p.scale-float64(box.Min.X)), float32(q.y*p.scale-float64(box.Min.Y))
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	r.Draw(p.m, box, image.NewUniform(c.rgba()), image.Point{})
}

func (p *painter) box(points []point) image.Rectangle {
	low, high := points[0], points[0]
	for _, q := range points {
		low = point{min(low.x, q.x), min(low.y, q.y)}
		high = point{max(high.x, q.x), max(high.y, q.y)}
	}
	return image.Rect(int(math.Floor(low.x*p.scale)), int(math.Floor(low.y*p.scale)),
		int(math.Ceil(high.x*p.scale)), int(math.Ceil(high.y*p.scale))).Intersect(p.m.Bounds())
}

// polyline paints each stretch as a thin box; dots stand on the joints.
func (p *painter) polyline(x shape) {
	for i := 1; i < len(x.points); i++ {
		a, b := x.points[i-1], x.points[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		if length == 0 {
			continue
		}
		nx, ny := (b.y-a.y)/length*x.stroke/2, (a.x-b.x)/length*x.stroke/2
		p.fill([]point{{a.x + nx, a.y + ny}, {b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}}, x.paint)
	}
}

func circle(c point, r float64) []point {
	const n = 24
	points := make([]point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / n)
		points[i] = point{c.x + r*cos, c.y + r*sin}
	}
	return points
}

func (p *painter) text(x shape) error {
	key := faceKey{x.size, x.bold}
	face, ok := p.faces[key]
	if !ok {
		var err error
		face, err = opentype.NewFace(fontOf(x.bold), &opentype.FaceOptions{Size: x.size * p.scale, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return err
		}
		p.faces[key] = face
	}
	at := x.points[0]
	shift := [...]float64{0, 0.5, 1}[x.anchor] * textWidth(x.text, x.size, x.bold)
	d := font.Drawer{Dst: p.m, Src: image.NewUniform(x.paint.rgba()), Face: face,
		Dot: fixed.Point26_6{X: fixed.Int26_6((at.x - shift) * p.scale * 64), Y: fixed.Int26_6(at.y * p.scale * 64)}}
	d.DrawString(clean(x.text))
	return nil
}

// rgba is the paint on paper.
func (p paint) rgba() color.Color {
	rgb := p.rgb()
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), uint8(math.Round(p.opacity * 255))}
}
