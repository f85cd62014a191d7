package document

import (
	_ "embed"
	"math"
	"strings"
	"sync"
	"unicode"
)

//go:embed compounds.txt
var compoundFile string

// compounds are words written as several syllables; breaking a line inside one reads badly.
var compounds = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(compoundFile) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			set[line] = true
		}
	}
	return set
})

// balance breaks s into the fewest lines that fit mm and evens them out, so that no line holds a lone
// word. It does not break inside a compound or between a word and its number, and likes to break after a
// comma and before "và". A word wider than the line stays whole.
func balance(s string, mm, size float64, bold bool) []string {
	units := glue(s)
	if len(units) == 0 {
		return nil
	}
	least := greedy(units, mm, size, bold)
	if least == 1 {
		return []string{strings.Join(units, " ")}
	}
	b := breaker{units: units, mm: mm, size: size, bold: bold}
	b.even = width(strings.Join(units, " "), size, bold) / float64(least)
	_, ends := b.best(0, least)
	lines, from := make([]string, 0, least), 0
	for _, end := range ends {
		lines = append(lines, strings.Join(units[from:end], " "))
		from = end
	}
	return lines
}

// glue splits s at spaces, keeping compounds and "năm 2021", "6 tháng" in one piece.
func glue(s string) []string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' })
	var units []string
	for i := 0; i < len(words); i++ {
		unit := words[i]
		for i+1 < len(words) && together(words[i], words[i+1]) {
			unit += " " + words[i+1]
			i++
		}
		units = append(units, unit)
	}
	return units
}

func together(a, b string) bool {
	if strings.HasSuffix(a, ",") {
		return false
	}
	key := strings.ToLower(a) + " " + strings.TrimRight(strings.ToLower(b), ",.;:")
	return compounds()[key] || digits(b) && !digits(a) || digits(a) && strings.ToLower(b) == "tháng"
}

func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && r != '/' && r != ',' && r != '.' }) < 0
}

// greedy counts the lines that the units need at least.
func greedy(units []string, mm, size float64, bold bool) int {
	n, line := 1, units[0]
	for _, u := range units[1:] {
		if width(line+" "+u, size, bold) <= mm {
			line += " " + u
			continue
		}
		n, line = n+1, u
	}
	return n
}

// breaker searches the breaks of least cost; titles have few words, so plain search over them is enough.
type breaker struct {
	units    []string
	mm, size float64
	bold     bool
	even     float64 // the width every line would have
	seen     map[[2]int]found
}

type found struct {
	cost float64
	ends []int
}

// best sets units[from:] in exactly n lines.
func (b *breaker) best(from, n int) (float64, []int) {
	if b.seen == nil {
		b.seen = map[[2]int]found{}
	}
	if f, ok := b.seen[[2]int{from, n}]; ok {
		return f.cost, f.ends
	}
	best := found{cost: math.Inf(1)}
	last := len(b.units)
	for end := from + 1; end <= last; end++ {
		if (n == 1) != (end == last) || last-end < n-1 {
			continue
		}
		cost := b.cost(from, end)
		var rest []int
		if n > 1 {
			var more float64
			more, rest = b.best(end, n-1)
			cost += more
		}
		if cost < best.cost {
			best = found{cost, append([]int{end}, rest...)}
		}
	}
	b.seen[[2]int{from, n}] = best
	return best.cost, best.ends
}

// cost of one line: how uneven it is, whether it overflows, whether it ends at a good place.
func (b *breaker) cost(from, end int) float64 {
	line := width(strings.Join(b.units[from:end], " "), b.size, b.bold)
	off := (line - b.even) / b.even
	cost := off * off
	if line > b.mm && end-from > 1 {
		cost += 1000
	}
	if end < len(b.units) && !strings.HasSuffix(b.units[end-1], ",") && strings.ToLower(b.units[end]) != "và" {
		cost += 0.06
	}
	return cost
}
