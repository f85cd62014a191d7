// Package label (nhãn và mức ưu tiên) is how an office marks its work: how soon a piece should be taken up, and words of the
// office's own to find it by. It owns what a label may look like and the order of priorities. It does not own what is
// marked: dossiers and tasks keep their marks with their own events.
package label

import (
	"slices"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Priority is how soon a piece of work should be taken up. It moves no deadline.
type Priority int

// The priorities. Normal is that of everything nobody marked.
const (
	Low Priority = iota - 1
	Normal
	High
	Urgent
)

// Priorities lists all, the most pressing first.
func Priorities() []Priority { return []Priority{Urgent, High, Normal, Low} }

// Word is the priority's name in addresses, forms and texts.
func (p Priority) Word() string {
	switch p {
	case Urgent:
		return "urgent"
	case High:
		return "high"
	case Low:
		return "low"
	}
	return "normal"
}

// Colour is the colour of the dot beside the priority's word.
func (p Priority) Colour() string {
	switch p {
	case Urgent:
		return "red"
	case High:
		return "amber"
	case Low:
		return "grey"
	}
	return "blue"
}

// ParsePriority reads a Word. Error: label.bad_priority.
func ParsePriority(word string) (Priority, error) {
	for _, p := range Priorities() {
		if p.Word() == word {
			return p, nil
		}
	}
	return Normal, fault.New(fault.Invalid, "label.bad_priority", "text", word)
}

// Bounds of the labels of one piece of work.
const (
	most    = 8
	longest = 40 // letters
)

// Clean gives labels as they are kept: without needless blanks, each once whatever its marks and case, in the order of the
// alphabet. Errors: label.too_many, label.too_long, label.bad_sign for what divides labels in lists and addresses.
func Clean(labels []string) ([]string, error) {
	var out []string
	for _, l := range labels {
		l = lang.NFC(strings.Join(strings.Fields(l), " "))
		switch {
		case l == "" || slices.ContainsFunc(out, func(o string) bool { return lang.Fold(o) == lang.Fold(l) }):
			continue
		case len([]rune(l)) > longest:
			return nil, fault.New(fault.Invalid, "label.too_long", "label", l, "most", longest)
		case strings.ContainsAny(l, ",<>"):
			return nil, fault.New(fault.Invalid, "label.bad_sign", "label", l)
		}
		out = append(out, l)
	}
	if len(out) > most {
		return nil, fault.New(fault.Invalid, "label.too_many", "n", len(out), "most", most)
	}
	slices.SortFunc(out, lang.Compare)
	return out, nil
}

// Change says what to do to the marks of a piece of work; its zero value does nothing.
type Change struct {
	Priority *Priority
	Labels   *[]string // all of them
	Add      []string
	Remove   []string
}

// Apply gives the marks after the change. Errors: as Clean.
func (c Change) Apply(p Priority, labels []string) (Priority, []string, error) {
	if c.Priority != nil {
		p = *c.Priority
	}
	if c.Labels != nil {
		labels = *c.Labels
	}
	labels = append(slices.Clone(labels), c.Add...)
	labels = slices.DeleteFunc(labels, func(l string) bool {
		return slices.ContainsFunc(c.Remove, func(r string) bool { return lang.Fold(r) == lang.Fold(l) })
	})
	labels, err := Clean(labels)
	return p, labels, err
}
