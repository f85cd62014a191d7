package procedure

import (
	"cmp"
	"slices"
)

// Sizes of the diagram, in SVG units.
const (
	charWidth  = 7.2 // of the 13-unit font; an upper bound for Vietnamese text, so that nothing overlaps
	lineHeight = 17.0
	padding    = 9.0
	gapX       = 22.0
	gapY       = 34.0
	stateChars = 24 // characters at which the label of a state is broken
	stepChars  = 18
)

// vertex is a box of the drawing: a box of the chart, a step, or a bend of a long edge.
type vertex struct {
	id            string // "s:…", "t:…" or "" for a bend
	lines         []string
	box           *ChartBox // nil for a step and a bend
	notes         int       // line from which a box's notes begin
	rank          int
	x, y          float64 // centre
	width, height float64
	up, down      []*vertex
}

// edge runs from one box to another through bends, always downwards; reversed says that the arrow points up.
type edge struct {
	path     []*vertex
	reversed bool
	width    float64 // of its stroke
}

// link is a line of the chart before it has a way.
type link struct {
	from, to *vertex
	width    float64
}

// layout is a layered drawing: every box stands in a row of its own rank, every line passes between rows through
// a place kept free for it, so that neither labels nor lines cover a box.
type layout struct {
	byID   map[string]*vertex
	all    []*vertex
	rows   [][]*vertex
	edges  []edge
	links  []link // as the chart names them
	width  float64
	height float64
}

func (g *layout) add(v *vertex) *vertex {
	g.byID[v.id] = v
	g.all = append(g.all, v)
	return v
}

// run places everything. start is the box from which ranks grow.
func (g *layout) run(start *vertex) {
	g.rank(start)
	g.bend()
	g.order()
	g.place()
}

// rank turns the links into a graph without cycles by reversing those that lead back to where the walk came from,
// and gives each box the length of the longest way to it.
func (g *layout) rank(start *vertex) {
	out := map[*vertex][]*vertex{}
	for _, l := range g.links {
		out[l.from] = append(out[l.from], l.to)
	}
	back := map[[2]*vertex]bool{}
	mark := map[*vertex]int{}
	var topological []*vertex
	var walk func(v *vertex)
	walk = func(v *vertex) {
		mark[v] = 1
		for _, w := range out[v] {
			switch mark[w] {
			case 0:
				walk(w)
			case 1:
				back[[2]*vertex{v, w}] = true
			}
		}
		mark[v] = 2
		topological = append(topological, v)
	}
	walk(start)
	for _, v := range g.all {
		if mark[v] == 0 {
			walk(v)
		}
	}
	slices.Reverse(topological)
	down := map[*vertex][]*vertex{}
	for _, l := range g.links {
		from, to, reversed := l.from, l.to, back[[2]*vertex{l.from, l.to}]
		if reversed {
			from, to = to, from
		}
		down[from] = append(down[from], to)
		g.edges = append(g.edges, edge{path: []*vertex{from, to}, reversed: reversed, width: l.width})
	}
	for changed := true; changed; { // reversed links may point against the order of the walk
		changed = false
		for _, v := range topological {
			for _, w := range down[v] {
				if w.rank <= v.rank {
					w.rank, changed = v.rank+1, true
				}
			}
		}
	}
}

// bend puts a bend into every row that an edge passes.
func (g *layout) bend() {
	for i := range g.edges {
		e := &g.edges[i]
		from, to := e.path[0], e.path[1]
		path := []*vertex{from}
		for r := from.rank + 1; r < to.rank; r++ {
			b := &vertex{rank: r, width: 6}
			g.all = append(g.all, b)
			path = append(path, b)
		}
		e.path = append(path, to)
		for j := 1; j < len(e.path); j++ {
			e.path[j-1].down = append(e.path[j-1].down, e.path[j])
			e.path[j].up = append(e.path[j].up, e.path[j-1])
		}
	}
	for _, v := range g.all {
		for len(g.rows) <= v.rank {
			g.rows = append(g.rows, nil)
		}
		g.rows[v.rank] = append(g.rows[v.rank], v)
	}
}

// order sorts each row by the mean place of the neighbours above, then below, several times.
func (g *layout) order() {
	position := map[*vertex]float64{}
	number := func(row []*vertex) {
		for i, v := range row {
			position[v] = float64(i)
		}
	}
	for _, row := range g.rows {
		number(row)
	}
	sortRow := func(row []*vertex, near func(*vertex) []*vertex) {
		key := map[*vertex]float64{}
		for _, v := range row {
			key[v] = mean(near(v), position, position[v])
		}
		slices.SortStableFunc(row, func(a, b *vertex) int { return cmp.Compare(key[a], key[b]) })
		number(row)
	}
	for range 12 {
		for _, row := range g.rows {
			sortRow(row, func(v *vertex) []*vertex { return v.up })
		}
		for _, row := range slices.Backward(g.rows) {
			sortRow(row, func(v *vertex) []*vertex { return v.down })
		}
	}
}

func mean(near []*vertex, at map[*vertex]float64, otherwise float64) float64 {
	if len(near) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, w := range near {
		sum += at[w]
	}
	return sum / float64(len(near))
}

// place gives coordinates: rows from top to bottom, boxes drawn towards their neighbours without touching.
func (g *layout) place() {
	y := padding
	for _, row := range g.rows {
		height := 0.0
		for _, v := range row {
			height = max(height, v.height)
		}
		for _, v := range row {
			v.y = y + height/2
			if v.id == "" {
				v.height = height // a bend crosses the whole row upright
			}
		}
		y += height + gapY
	}
	g.height = y - gapY + padding
	for _, row := range g.rows {
		spread(row, func(v *vertex) float64 { return v.x })
	}
	for i := range 40 {
		rows := slices.Clone(g.rows)
		if i%2 == 1 {
			slices.Reverse(rows)
		}
		for _, row := range rows {
			spread(row, towards)
		}
	}
	g.frame()
}

// towards is where a box would like to stand: the middle of its neighbours.
func towards(v *vertex) float64 {
	sum, n := 0.0, 0.0
	for _, near := range [][]*vertex{v.up, v.down} {
		for _, w := range near {
			weight := 1.0
			if v.id == "" && w.id == "" {
				weight = 4 // long lines should be straight
			}
			sum += weight * w.x
			n += weight
		}
	}
	if n == 0 {
		return v.x
	}
	return sum / n
}

// spread places a row as near as it can to where its boxes want to be, keeping order and distance: boxes that
// would touch are joined into a block that stands at the mean of their wishes.
func spread(row []*vertex, want func(*vertex) float64) {
	type block struct {
		first, n  int
		sum, left float64 // sum of wishes for the block's left end
		width     float64
	}
	var blocks []block
	for i, v := range row {
		b := block{first: i, n: 1, width: v.width + gapX}
		b.sum = want(v) - v.width/2
		b.left = b.sum
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.left+last.width <= b.left {
				break
			}
			merged := block{first: last.first, n: last.n + b.n, width: last.width + b.width}
			merged.sum = last.sum + b.sum - float64(b.n)*last.width
			merged.left = merged.sum / float64(merged.n)
			b, blocks = merged, blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	for _, b := range blocks {
		x := b.left
		for _, v := range row[b.first : b.first+b.n] {
			v.x = x + v.width/2
			x += v.width + gapX
		}
	}
}

// frame moves the drawing to begin at the margin.
func (g *layout) frame() {
	left, right := 0.0, 0.0
	for i, v := range g.all {
		if l := v.x - v.width/2; i == 0 || l < left {
			left = l
		}
		if r := v.x + v.width/2; i == 0 || r > right {
			right = r
		}
	}
	for _, v := range g.all {
		v.x += padding - left
	}
	g.width = right - left + 2*padding
}
