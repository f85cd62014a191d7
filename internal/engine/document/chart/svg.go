package chart

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// SVG is the chart as an element for a page: no script, no style, so that it stands under a strict content
// policy; text and grid take the page's colour (currentColor), series carry the classes ch-1 … ch-6
// and, for an earlier period, ch-before.
// The same chart gives the same text.
func (c *Chart) SVG() string {
	s := c.draw()
	desc := c.describe()
	h := fnv.New32a()
	h.Write([]byte(c.Title + desc))
	id := fmt.Sprintf("ch%08x", h.Sum32())
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%s-t %s-d" class="chart" font-family="Inter, 'Segoe UI', Arial, sans-serif" fill="currentColor">`,
		px(s.width), px(s.height), px(s.width), px(s.height), id, id)
	fmt.Fprintf(&b, `<title id="%s-t">%s</title><desc id="%s-d">%s</desc><g aria-hidden="true">`, id, escape(c.Title), id, escape(desc))
	for _, x := range s.shapes {
		b.WriteString(x.svg())
	}
	b.WriteString(`</g></svg>`)
	return b.String()
}

func (x shape) svg() string {
	at := x.points[0]
	switch {
	case x.text != "":
		return fmt.Sprintf(`<text x="%s" y="%s" font-size="%s"%s%s%s>%s</text>`, px(at.x), px(at.y), px(x.size),
			attribute("font-weight", "600", x.bold), [...]string{"", ` text-anchor="middle"`, ` text-anchor="end"`}[x.anchor],
			attribute("fill-opacity", px(x.paint.opacity), x.paint.opacity < 1), escape(x.text))
	case x.size > 0:
		return "" // an empty text
	case x.radius > 0:
		return fmt.Sprintf(`<circle cx="%s" cy="%s" r="%s"%s/>`, px(at.x), px(at.y), px(x.radius), x.paint.svg("fill"))
	case x.bar:
		return fmt.Sprintf(`<rect x="%s" y="%s" width="%s" height="%s"%s/>`, px(at.x), px(at.y), px(x.points[2].x-at.x), px(x.points[2].y-at.y), x.paint.svg("fill"))
	case x.closed:
		return fmt.Sprintf(`<polygon points="%s"%s/>`, path(x.points), x.paint.svg("fill"))
	}
	return fmt.Sprintf(`<polyline points="%s" fill="none" stroke-width="%s" stroke-linejoin="round"%s/>`, path(x.points), px(x.stroke), x.paint.svg("stroke"))
}

func (p paint) svg(what string) string {
	opacity := attribute(what+"-opacity", px(p.opacity), p.opacity < 1)
	if p.colour == ink {
		return fmt.Sprintf(` %s="currentColor"%s`, what, opacity)
	}
	before := ""
	if p.light {
		before = " ch-before"
	}
	return fmt.Sprintf(` class="ch-%d%s" %s="#%06x"%s`, p.colour+1, before, what, p.rgb(), opacity)
}

func attribute(name, value string, on bool) string {
	if !on {
		return ""
	}
	return ` ` + name + `="` + value + `"`
}

func path(points []point) string {
	parts := make([]string, len(points))
	for i, p := range points {
		parts[i] = px(p.x) + "," + px(p.y)
	}
	return strings.Join(parts, " ")
}

// px writes a length with two decimals at most.
func px(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escape(s string) string { return escaper.Replace(clean(s)) }
