package indicator

import (
	"slices"

	"trucot/internal/kernel/lang"
)

// Words are one text in both languages.
type Words map[lang.Tag]string

// In is the text in the reader's language, Vietnamese where that is missing.
func (w Words) In(tag lang.Tag) string {
	if s := w[tag]; s != "" {
		return s
	}
	return w[lang.VI]
}

// Names is a YAML string or list of strings.
type Names []string

func (n Names) allow(s string) bool { return len(n) == 0 || slices.Contains(n, s) }

// Match picks events and says how much each counts. All given conditions must hold.
type Match struct {
	Kind      Names            `def:"kind"`      // event kinds, required
	Procedure Names            `def:"procedure"` // procedure ids; empty = any
	Action    Names            `def:"action"`    // transition ids; empty = any
	To        Names            `def:"to"`        // states entered; empty = any
	Dims      map[string]Names `def:"dims"`      // dimension = value, or one of several
	Where     string           `def:"where"`     // further condition over a Fact; empty = true
	Value     string           `def:"value"`     // amount over a Fact; empty = 1
}

// Target is a figure to be reached, given with the definition. One recorded by an event
// "figure.target" for the same unit and period comes before it.
type Target struct {
	Period string `def:"period"`
	Unit   string `def:"unit"`
	Value  string `def:"value"`
	Source string `def:"source"` // the document that set it
}

// Provenance tells the reader how far to trust a figure: the five things that the GAO asks of agencies
// about each performance figure (where it comes from, how it is verified, how exact it must be, its limits,
// and what is done about them).
type Provenance struct {
	Source       Words `def:"source"`
	Verified     Words `def:"verified"`
	Accuracy     Words `def:"accuracy"`
	Limits       Words `def:"limits"`
	Compensation Words `def:"compensation"`
}

// Definition is one indicator.
type Definition struct {
	ID      string `def:"id"`
	Title   Words  `def:"title"`
	Group   Words  `def:"group"`   // what it stands under in a list of all; none of its own: that of its file
	Measure Words  `def:"measure"` // unit of measure: "hồ sơ", "triệu đồng", "%"
	Type    Type   `def:"type"`

	On    []Match `def:"on"`    // flow, sum, distinct: the events
	Plus  []Match `def:"plus"`  // stock: events that add
	Minus []Match `def:"minus"` // stock: events that take away
	By    string  `def:"by"`    // distinct: the expression whose different values are counted

	Parts []string `def:"parts"` // sum of other indicators, "-id" subtracts
	Of    string   `def:"of"`    // ratio: numerator
	Over  string   `def:"over"`  // ratio: denominator
	Scale int64    `def:"scale"` // ratio: 100 = percent (the default), 1 = plain

	Places     int        `def:"places"` // decimal places shown, and to which a ratio is rounded, 0–3
	Dimensions []string   `def:"dimensions"`
	Targets    []Target   `def:"targets"`
	Provenance Provenance `def:"provenance"`
}

// needs lists the indicators this one is computed from, with their sign.
func (d *Definition) needs() []need {
	var out []need
	for _, p := range d.Parts {
		if p != "" && p[0] == '-' {
			out = append(out, need{p[1:], -1})
		} else {
			out = append(out, need{p, 1})
		}
	}
	if d.Type == Ratio {
		out = append(out, need{d.Of, 1}, need{d.Over, 1})
	}
	return out
}

type need struct {
	id   string
	sign int64
}

// matches are the event rules with their sign.
func (d *Definition) matches() []signedMatch {
	var out []signedMatch
	for i := range d.On {
		out = append(out, signedMatch{&d.On[i], 1, "on", i})
	}
	for i := range d.Plus {
		out = append(out, signedMatch{&d.Plus[i], 1, "plus", i})
	}
	for i := range d.Minus {
		out = append(out, signedMatch{&d.Minus[i], -1, "minus", i})
	}
	return out
}

type signedMatch struct {
	*Match
	sign  int64
	field string
	index int
}
