package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// row is one measured figure.
type row struct {
	what  string
	value float64
	unit  string
	goal  string
	met   verdict
	note  string
}

// verdict says whether a figure reached its goal.
type verdict int

const (
	noGoal verdict = iota
	reached
	missed
)

func (v verdict) String() string { return [...]string{"", "yes", "NO"}[v] }

// atLeast and atMost are goals.
func (r row) atLeast(goal float64) row { return r.judged(fmt.Sprintf("≥ %g", goal), r.value >= goal) }

func (r row) atMost(goal float64) row { return r.judged(fmt.Sprintf("≤ %g", goal), r.value <= goal) }

func (r row) judged(goal string, ok bool) row {
	r.goal, r.met = goal, missed
	if ok {
		r.met = reached
	}
	return r
}

// median of the values; the upper of the two in the middle of an even number.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// quantile of sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func printRows(w io.Writer, section string, rows []row) {
	t := tabwriter.NewWriter(w, 2, 8, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tmedian\tunit\tgoal\treached\t\n", section)
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%v\t%s\n", r.what, figure(r.value), r.unit, r.goal, r.met, r.note)
	}
	t.Flush()
	fmt.Fprintln(w)
}

// figure keeps three significant digits, and whole numbers whole.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
