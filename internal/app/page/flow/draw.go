package flow

import (
	"math"
	"strconv"

	"trucot/internal/engine/dossier/flow"
	"trucot/internal/engine/procedure"
)

// The drawing shows this many states, and of the steps between them those that make up shownPart of all, in hundredths: the
// rare ones stand in the table. Each state keeps the commonest step into it, so that none hangs in the air.
const (
	shownStates = 20
	shownPart   = 95
	shownSteps  = 40
	widest      = 7.0
)

// draw is the diagram and how many steps it leaves out.
func (p *onePage) draw() (svg string, hidden int) {
	c := procedure.Chart{ID: "dong-chay", Title: p.T("flow.diagram_title", "title", p.View.Title), Desc: p.T("flow.diagram_desc", "cases", p.flowView.Cases, "states", len(p.flowView.Nodes)), Start: p.flowView.Start}
	shown := map[string]bool{}
	for i, n := range p.flowView.Nodes {
		if i >= shownStates && n.State != p.flowView.Start {
			continue
		}
		shown[n.State] = true
		box := procedure.ChartBox{ID: n.State, Label: p.name(n.State), Notes: []string{p.T("flow.box_visits", "n", n.Visits)}, End: n.Wait.N == 0 && n.Here == 0}
		if n.Wait.N > 0 {
			box.Notes = append(box.Notes, p.T("flow.box_wait", "median", n.Wait.Median, "p90", n.Wait.P90))
		}
		if n.Here > 0 {
			box.Notes = append(box.Notes, p.T("flow.box_here", "n", n.Here))
		}
		if again := p.again(n.State); again > 0 {
			box.Notes = append(box.Notes, p.T("flow.box_again", "n", again))
		}
		c.Boxes = append(c.Boxes, box)
	}
	if len(c.Boxes) == 0 {
		return "", 0
	}
	for i, e := range p.steps(shown) {
		c.Steps = append(c.Steps, procedure.ChartStep{ID: strconv.Itoa(i), From: []string{e.From}, To: e.To, Label: p.T("flow.step", "n", e.Count, "median", e.Wait.Median),
			Width: 1 + (widest-1)*math.Sqrt(float64(e.Count)/float64(max(p.flowView.Edges[0].Count, 1)))})
	}
	for _, e := range p.flowView.Edges {
		if e.From != e.To {
			hidden++
		}
	}
	return c.SVG(), hidden - len(c.Steps)
}

// again is how often a state followed itself.
func (p *onePage) again(state string) int {
	for _, e := range p.flowView.Edges {
		if e.From == state && e.To == state {
			return e.Count
		}
	}
	return 0
}

// steps chooses the steps to draw.
func (p *onePage) steps(shown map[string]bool) []flow.Edge {
	all, sum, reached := 0, 0, map[string]bool{p.flowView.Start: true}
	for _, e := range p.flowView.Edges {
		if e.From != e.To {
			all += e.Count
		}
	}
	var out []flow.Edge
	for _, e := range p.flowView.Edges {
		if e.From == e.To || !shown[e.From] || !shown[e.To] {
			continue
		}
		common := sum*100 < all*shownPart && len(out) < shownSteps
		sum += e.Count
		if common || !reached[e.To] {
			out = append(out, e)
			reached[e.To] = true
		}
	}
	return out
}
