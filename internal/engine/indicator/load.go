package indicator

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Definitions is the set of all indicators.
type Definitions struct {
	list  []*compiled
	index map[string]int
}

// compiled is a definition with its rules ready to run.
type compiled struct {
	Definition
	rules  []clause
	by     *program
	locate func(field string) fault.Place
}

// clause is one compiled Match.
type clause struct {
	*Match
	sign  int64
	where *program // nil = always
	value *program // nil = 1
}

// sheet is one file of definitions/indicators.
type sheet struct {
	Group      Words        `def:"group"` // these two are for every indicator of the file that gives none of its own
	Provenance Provenance   `def:"provenance"`
	Indicators []*defs.Node `def:"indicators,required"`
}

// Load reads every *.yaml of the folder (definitions/indicators). Faults carry file, line and column; all
// faults of all files come back together as a fault.List. References between indicators are checked by
// Check, since report forms and procedures add theirs later.
func Load(fsys fs.FS) (*Definitions, error) {
	d := NewDefinitions()
	var faults fault.List
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var list fault.List
		var one *fault.Error
		switch err := d.readFile(name, raw); {
		case errors.As(err, &list):
			faults = append(faults, list...)
		case errors.As(err, &one):
			faults = append(faults, one)
		case err != nil:
			return nil, err
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return d, nil
}

// NewDefinitions is an empty set.
func NewDefinitions() *Definitions { return &Definitions{index: map[string]int{}} }

// Add adds definitions made elsewhere (report forms). Error: a fault.List; nothing that is faulty is added.
func (d *Definitions) Add(definitions ...Definition) error {
	var faults fault.List
	d.list = slices.Grow(d.list, len(definitions))
	for i := range definitions {
		id := definitions[i].ID // all that locate keeps of a definition, of which there are thousands
		faults = append(faults, d.add(definitions[i], false, func(string) fault.Place { return fault.Place{File: id} })...)
	}
	return faults.OrNil()
}

// Read adds definitions written inside other definition files, such as a procedure's. They take group and
// provenance from like where they give none. Error: a fault.List placed in that file.
func (d *Definitions) Read(like Definition, nodes ...*defs.Node) error {
	var faults fault.List
	for _, n := range nodes {
		faults = append(faults, d.read(&like, n)...)
	}
	return faults.OrNil()
}

// Get is the definition of an id.
func (d *Definitions) Get(id string) (Definition, bool) {
	i, ok := d.index[id]
	if !ok {
		return Definition{}, false
	}
	return d.list[i].Definition, true
}

// All is every definition in the order of loading.
func (d *Definitions) All() []Definition {
	out := make([]Definition, len(d.list))
	for i, c := range d.list {
		out[i] = c.Definition
	}
	return out
}

// Digest identifies the set: columns extracted under one digest are not used under another.
func (d *Definitions) Digest() [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "extraction %d\n", extractionVersion)
	enc := json.NewEncoder(h)
	for _, c := range d.list {
		def := c.Definition
		def.Title, def.Group, def.Measure, def.Provenance, def.Targets = nil, nil, nil, Provenance{}, nil
		if err := enc.Encode(def); err != nil {
			panic(err) // a Definition is plain data
		}
	}
	return [32]byte(h.Sum(nil))
}

// DigestOf identifies some definitions with all that they are computed from, and every word of them but their group.
func (d *Definitions) DigestOf(ids ...string) [32]byte {
	h := sha256.New()
	enc := json.NewEncoder(h)
	seen := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		i, known := d.index[id]
		if !known || seen[id] {
			return
		}
		seen[id] = true
		def := d.list[i].Definition
		for _, n := range def.needs() {
			visit(n.id)
		}
		def.Group = nil
		if err := enc.Encode(def); err != nil {
			panic(err) // a Definition is plain data
		}
	}
	for _, id := range ids {
		visit(id)
	}
	return [32]byte(h.Sum(nil))
}

// readFile parses one file strictly and adds what it holds.
func (d *Definitions) readFile(name string, raw []byte) error {
	tree, err := defs.Parse(name, raw)
	if err != nil {
		return err
	}
	var s sheet
	if faults := defs.Decode(tree, &s); len(faults) > 0 {
		return faults
	}
	return d.Read(Definition{Group: s.Group, Provenance: s.Provenance}, s.Indicators...)
}

func (d *Definitions) read(like *Definition, n *defs.Node) fault.List {
	var def Definition
	if faults := defs.Decode(n, &def); len(faults) > 0 {
		return faults
	}
	if def.Provenance.Source == nil {
		def.Provenance = like.Provenance
	}
	if def.Group == nil {
		def.Group = like.Group
	}
	return d.add(def, n.Known, func(field string) fault.Place { return locate(n, field) })
}

// locate finds a field of a definition, "on[0].where", or the nearest thing above it that is written out.
func locate(n *defs.Node, field string) fault.Place {
	for _, step := range strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		next := n.Get(step)
		if i, err := strconv.Atoi(step); err == nil && n.Kind == defs.List && i < len(n.Items) {
			next = n.Items[i]
		}
		if next == nil {
			break
		}
		n = next
	}
	return n.Place
}
