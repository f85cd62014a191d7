package flow

import (
	"cmp"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
)

// Wait is how long something took, in working days: the middle one, and the one that nine in ten did not exceed.
type Wait struct {
	N           int
	Median, P90 int
	Total       int
}

// Node is a state as dossiers went through it.
type Node struct {
	State   string
	Cases   int // dossiers that came through
	Visits  int // times that one entered
	Returns int // visits of a dossier that had been there before
	Here    int // dossiers in work that are in it
	Wait    Wait
	Share   int // of all waiting, in thousandths
}

// Edge is one state directly after another. Wait is the time in the first before it went on to the second.
type Edge struct {
	From, To string
	Count    int
	Wait     Wait
}

// Variant is one way through, with the dossiers that took it.
type Variant struct {
	States []string
	Count  int
	Late   int
	Wait   Wait // from receipt to result
}

// Map is how dossiers went.
type Map struct {
	Cases, Open, Late int
	Nodes             []Node // the most visited first
	Edges             []Edge // the most frequent first
	Variants          []Variant
	Distinct          int // variants in all
	Reworked          int // dossiers that came back to a state
	Supplemented      int // dossiers whose papers had to be supplemented
	Through           Wait
	Start             string // the most frequent first state
}

// mostVariants is how many ways the map names.
const mostVariants = 10

// days counts working days, never below 0: a late entry may stand before what it follows.
type days func(from, to calendar.Date) int

func workingDays(cal *calendar.Calendar) days {
	return func(from, to calendar.Date) int { return max(cal.WorkingDays(from, to), 0) }
}

// Mine makes the map of traces as they stand on a day.
func Mine(traces []*Trace, cal *calendar.Calendar, today calendar.Date) *Map {
	m := miner{days: workingDays(cal), nodes: map[string]*node{}, edges: map[[2]string]*[]int{}, ways: map[string]*way{}, starts: map[string]int{}}
	for _, t := range traces {
		if len(t.Steps) > 0 {
			m.trace(t, today)
		}
	}
	return m.finish()
}

type node struct {
	Node
	waits []int
}

type way struct {
	states      []string
	count, late int
	waits       []int
}

type miner struct {
	Map
	days    days
	nodes   map[string]*node
	edges   map[[2]string]*[]int
	ways    map[string]*way
	starts  map[string]int
	through []int
}

func (m *miner) trace(t *Trace, today calendar.Date) {
	m.Cases++
	m.starts[t.Steps[0].State]++
	if t.Open {
		m.Open++
	}
	late := t.Late(today)
	if late {
		m.Late++
	}
	if t.Supplements > 0 {
		m.Supplemented++
	}
	if m.steps(t) {
		m.Reworked++
	}
	m.way(t, late)
}

// steps counts a trace's states and what follows them, and reports whether it came back to one.
func (m *miner) steps(t *Trace) (back bool) {
	seen := map[string]bool{}
	for i, s := range t.Steps {
		n := m.nodes[s.State]
		if n == nil {
			n = &node{Node: Node{State: s.State}}
			m.nodes[s.State] = n
		}
		n.Visits++
		if seen[s.State] {
			n.Returns++
			back = true
		} else {
			n.Cases++
		}
		seen[s.State] = true
		if i+1 == len(t.Steps) {
			if t.Open {
				n.Here++
			}
			break
		}
		next := t.Steps[i+1]
		wait := m.days(s.On, next.On)
		n.waits = append(n.waits, wait)
		key := [2]string{s.State, next.State}
		if m.edges[key] == nil {
			m.edges[key] = new([]int)
		}
		*m.edges[key] = append(*m.edges[key], wait)
	}
	return back
}

func (m *miner) way(t *Trace, late bool) {
	states := make([]string, len(t.Steps))
	for i, s := range t.Steps {
		states[i] = s.State
	}
	key := strings.Join(states, "\x00")
	w := m.ways[key]
	if w == nil {
		w = &way{states: states}
		m.ways[key] = w
	}
	w.count++
	if late {
		w.late++
	}
	if t.Finished != calendar.NoDate && t.Received != calendar.NoDate {
		wait := m.days(t.Received, t.Finished)
		w.waits, m.through = append(w.waits, wait), append(m.through, wait)
	}
}

// finish sorts what was counted, ties by name, so that the same dossiers give the same map.
func (m *miner) finish() *Map {
	out := &m.Map
	all := 0
	for _, n := range m.nodes {
		n.Wait = measure(n.waits)
		all += n.Wait.Total
		out.Nodes = append(out.Nodes, n.Node)
	}
	for i := range out.Nodes {
		out.Nodes[i].Share = out.Nodes[i].Wait.Total * 1000 / max(all, 1)
	}
	slices.SortFunc(out.Nodes, func(a, b Node) int { return cmp.Or(b.Visits-a.Visits, cmp.Compare(a.State, b.State)) })
	for key, waits := range m.edges {
		out.Edges = append(out.Edges, Edge{key[0], key[1], len(*waits), measure(*waits)})
	}
	slices.SortFunc(out.Edges, func(a, b Edge) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for _, w := range m.ways {
		out.Variants = append(out.Variants, Variant{w.states, w.count, w.late, measure(w.waits)})
	}
	slices.SortFunc(out.Variants, func(a, b Variant) int { return cmp.Or(b.Count-a.Count, slices.Compare(a.States, b.States)) })
	out.Distinct = len(out.Variants)
	out.Variants = out.Variants[:min(len(out.Variants), mostVariants)]
	out.Through = measure(m.through)
	for s, n := range m.starts {
		if best := m.starts[out.Start]; n > best || n == best && s < out.Start {
			out.Start = s
		}
	}
	return out
}

// measure sums up waits; it sorts them.
func measure(waits []int) Wait {
	w := Wait{N: len(waits)}
	if w.N == 0 {
		return w
	}
	slices.Sort(waits)
	for _, d := range waits {
		w.Total += d
	}
	w.Median, w.P90 = waits[(w.N-1)/2], waits[(w.N*9+9)/10-1]
	return w
}

// Bottlenecks are the states that make up most of the waiting, those with the largest share first.
func (m *Map) Bottlenecks(most int) []Node {
	out := slices.Clone(m.Nodes)
	slices.SortStableFunc(out, func(a, b Node) int { return b.Wait.Total - a.Wait.Total })
	out = slices.DeleteFunc(out, func(n Node) bool { return n.Wait.Total == 0 })
	return out[:min(len(out), most)]
}
