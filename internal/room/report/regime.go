package report

import (
	"crypto/sha256"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// The kinds of regime.
const (
	KindForms  = "forms"  // statistical forms of one folder
	KindReview = "review" // a written review along an outline
)

// Regime is one duty to report (chế độ báo cáo): what, for which periods, by when, under which law.
type Regime struct {
	Place   fault.Place         `def:"@"`
	ID      string              `def:"id,required"`
	Kind    string              `def:"kind,required"`
	Side    string              `def:"outline"` // review: "state", "party" or "union"; picks the outline in force
	Title   map[lang.Tag]string `def:"title,required"`
	Periods []string            `def:"periods,required"` // half, year, statistics
	Compare string              `def:"compare,required"` // "year-before" or "previous"
	Due     map[lang.Tag]string `def:"due,required"`
	Source  string              `def:"source,required"`
	Status  string              `def:"status,required"`
	To      []string            `def:"to"`
}

// Outline is the dated text of a review: sections of sentences whose numbers are indicators.
type Outline struct {
	Place     fault.Place         `def:"@"`
	ID        string              `def:"id,required"`
	Side      string              `def:"side,required"`
	Title     map[lang.Tag]string `def:"title,required"`
	Effective Span                `def:"effective,required"`
	Source    string              `def:"source,required"`
	Status    string              `def:"status,required"`
	Document  HeadDef             `def:"document,required"`
	Sections  []SectionDef        `def:"sections,required"`
	Annexes   []AnnexDef          `def:"annexes"`
	Asks      []string            `def:"asks"` // beginnings of the figures that the units below hand in; none = all
}

// Span is a period of force; To is calendar.NoDate while in force.
type Span struct {
	From calendar.Date  `def:"from,required"`
	To   *calendar.Date `def:"to"`
}

func (s Span) holds(d calendar.Date) bool { return s.From <= d && (s.To == nil || d <= *s.To) }

// HeadDef is what stands above and below the text.
type HeadDef struct {
	Type       map[lang.Tag]string `def:"type,required"`
	Subject    map[lang.Tag]string `def:"subject,required"`
	Symbol     string              `def:"symbol,required"`
	Opening    []Sentence          `def:"opening"`
	To         []string            `def:"to"`
	Recipients []string            `def:"recipients"`
}

// SectionDef is a numbered section.
type SectionDef struct {
	ID       string              `def:"id,required"`
	Title    map[lang.Tag]string `def:"title,required"`
	Blocks   []BlockDef          `def:"blocks"`
	Sections []SectionDef        `def:"sections"`
}

// BlockDef is one of: sentences, a table, a chart, or what people noted for the period.
type BlockDef struct {
	Place     fault.Place         `def:"@"`
	Sentences []Sentence          `def:"sentences"`
	Table     *RowsDef            `def:"table"`
	Chart     *RowsDef            `def:"chart"`
	Noted     string              `def:"noted"` // a note kind, or "carried"
	None      map[lang.Tag]string `def:"none"`  // written when the block has nothing to say
}

// Sentence is a template. It is left out when its gate figure (On, else its first) is absent or zero, or
// when Unless is present.
type Sentence struct {
	Place  fault.Place `def:"@"`
	VI     string      `def:"vi,required"`
	On     string      `def:"on"`
	Unless string      `def:"unless"`

	nodes []node
}

// RowsDef is a table or chart of figures, this period beside the one compared with.
type RowsDef struct {
	Place fault.Place         `def:"@"`
	Title map[lang.Tag]string `def:"title,required"`
	Rows  []string            `def:"rows,required"`
}

// AnnexDef is an appendix table in groups.
type AnnexDef struct {
	Title  map[lang.Tag]string `def:"title,required"`
	Groups []RowsDef           `def:"groups,required"`
}

// Regimes are all the regimes, outlines and forms.
type Regimes struct {
	Forms    *Forms
	list     []*Regime
	byID     map[string]*Regime
	outlines []*Outline
	sums     map[string][32]byte // SHA-256 of every file read, by name
}

// All lists the regimes by id.
func (r *Regimes) All() []*Regime { return r.list }

// Get is the regime of an id. Error: fault.NotFound "report.no_such_regime".
func (r *Regimes) Get(id string) (*Regime, error) {
	if x, ok := r.byID[id]; ok {
		return x, nil
	}
	return nil, fault.New(fault.NotFound, "report.no_such_regime", "id", id)
}

// Outline is the outline of a side in force on a day.
func (r *Regimes) Outline(side string, on calendar.Date) (*Outline, error) {
	for i := len(r.outlines) - 1; i >= 0; i-- {
		if o := r.outlines[i]; o.Side == side && o.Effective.holds(on) {
			return o, nil
		}
	}
	return nil, fault.New(fault.NotFound, "report.no_outline", "side", side, "on", on.String())
}

// Load reads the regimes, outlines and forms below fsys (definitions). The error is a fault.List of all
// faults of all files.
func Load(fsys fs.FS) (*Regimes, error) {
	out := &Regimes{byID: map[string]*Regime{}}
	var faults fault.List
	forms, err := LoadForms(fsys)
	if err != nil {
		faults = appendFaults(faults, err)
	}
	out.Forms = forms
	names, _ := fs.Glob(fsys, "reports/*/regime.yaml")
	for _, name := range names {
		r := &Regime{}
		if err := decodeFile(fsys, name, r); err != nil {
			faults = appendFaults(faults, err)
			continue
		}
		if r.ID != path.Base(path.Dir(name)) || r.Kind != KindForms && r.Kind != KindReview {
			faults = append(faults, fault.New(fault.Invalid, "report.regime_shape", "id", r.ID).At(r.Place))
		}
		out.list, out.byID[r.ID] = append(out.list, r), r
	}
	names, _ = fs.Glob(fsys, "reports/outlines/*.yaml")
	for _, name := range names {
		o := &Outline{}
		if err := decodeFile(fsys, name, o); err != nil {
			faults = appendFaults(faults, err)
			continue
		}
		faults = append(faults, o.prepare()...)
		out.outlines = append(out.outlines, o)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	if out.sums, err = sumFiles(fsys); err != nil {
		return nil, err
	}
	sort.Slice(out.outlines, func(i, j int) bool { return out.outlines[i].Effective.From < out.outlines[j].Effective.From })
	return out, nil
}

// prepare parses every template.
func (o *Outline) prepare() fault.List {
	var faults fault.List
	for i := range o.Document.Opening {
		faults = append(faults, o.Document.Opening[i].prepare()...)
	}
	o.blocks(func(b *BlockDef) {
		for k := range b.Sentences {
			faults = append(faults, b.Sentences[k].prepare()...)
		}
		if b.Noted != "" && b.Noted != NoteCarried && !slices.Contains(NoteKinds, b.Noted) {
			faults = append(faults, fault.New(fault.Invalid, "report.no_such_note", "kind", b.Noted).At(b.Place))
		}
	})
	return faults
}

func (s *Sentence) prepare() fault.List {
	nodes, ok := parseTemplate(s.VI)
	if !ok {
		return fault.List{fault.New(fault.Invalid, "report.bad_template", "text", s.VI).At(s.Place)}
	}
	s.nodes = nodes
	return nil
}

// AsksFor reports whether the units below hand in a figure; the others the agency counts itself.
func (o *Outline) AsksFor(id string) bool {
	return len(o.Asks) == 0 || slices.ContainsFunc(o.Asks, func(begin string) bool { return strings.HasPrefix(id, begin) })
}

// Refs lists every figure that the outline shows, each once, in order.
func (o *Outline) Refs() []Ref {
	var out []Ref
	seen := map[Ref]bool{}
	o.shown(func(r Ref, _ fault.Place) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	})
	return out
}

// shown calls do with every figure that the outline shows, and where it says so.
func (o *Outline) shown(do func(Ref, fault.Place)) {
	rows := func(t *RowsDef) {
		if t != nil {
			for _, id := range t.Rows {
				do(ParseRef(id), t.Place)
			}
		}
	}
	o.blocks(func(b *BlockDef) {
		for _, q := range b.Sentences {
			for _, r := range refsOf(q.nodes) {
				do(ParseRef(r), q.Place)
			}
		}
		rows(b.Table)
		rows(b.Chart)
	})
	for _, a := range o.Annexes {
		for i := range a.Groups {
			rows(&a.Groups[i])
		}
	}
}

// blocks calls do with every block of the sections, in order.
func (o *Outline) blocks(do func(*BlockDef)) {
	var walk func([]SectionDef)
	walk = func(sections []SectionDef) {
		for i := range sections {
			for j := range sections[i].Blocks {
				do(&sections[i].Blocks[j])
			}
			walk(sections[i].Sections)
		}
	}
	walk(o.Sections)
}

// sumFiles is the SHA-256 of each file of definitions/reports.
func sumFiles(fsys fs.FS) (map[string][32]byte, error) {
	sums := map[string][32]byte{}
	return sums, fs.WalkDir(fsys, "reports", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		sums[name] = sha256.Sum256(raw)
		return err
	})
}
