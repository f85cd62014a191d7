package indicator

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

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
	rules  []rule
	by     *program
	locate func(field string) fault.Place
}

// rule is one compiled Match.
type rule struct {
	*Match
	sign  int64
	where *program // nil = always
	value *program // nil = 1
}

// sheet is one file of definitions/indicators.
type sheet struct {
	Provenance Provenance   `yaml:"provenance"` // for every indicator of the file that gives none of its own
	Indicators []Definition `yaml:"indicators"`
}

const maxFile = 1 << 20 // a definition file larger than this is not one

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
		faults = append(faults, d.read(name, raw)...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return d, nil
}

// NewDefinitions is an empty set.
func NewDefinitions() *Definitions { return &Definitions{index: map[string]int{}} }

// Add adds definitions made elsewhere (report forms, procedures). Error: a fault.List; nothing that is
// faulty is added.
func (d *Definitions) Add(defs ...Definition) error {
	var faults fault.List
	for _, def := range defs {
		faults = append(faults, d.add(def, func(string) fault.Place { return fault.Place{File: def.ID} })...)
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
		def.Title, def.Measure, def.Provenance, def.Targets = nil, nil, Provenance{}, nil
		if err := enc.Encode(def); err != nil {
			panic(err) // a Definition is plain data
		}
	}
	return [32]byte(h.Sum(nil))
}

// read parses one file strictly and adds what it holds.
func (d *Definitions) read(name string, raw []byte) fault.List {
	if len(raw) > maxFile {
		return fault.List{fault.New(fault.TooLarge, "indicator.file_too_large", "limit", int64(maxFile)).At(fault.Place{File: name})}
	}
	var s sheet
	if err := decode(raw, &s); err != nil {
		return fault.List{yamlFault(name, raw, err)}
	}
	file, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return fault.List{yamlFault(name, raw, err)}
	}
	var faults fault.List
	for i, def := range s.Indicators {
		if def.Provenance.Source == nil {
			def.Provenance = s.Provenance
		}
		faults = append(faults, d.add(def, func(field string) fault.Place {
			return locate(file, name, raw, fmt.Sprintf("$.indicators[%d]", i), field)
		})...)
	}
	return faults
}

// decode is strict; a panic of the YAML library on hostile input is a fault of the input.
func decode(raw []byte, into any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: %v", p)
		}
	}()
	if bytes.ContainsAny(raw, "&*") && hasAlias(raw) {
		return errors.New("aliases are not allowed")
	}
	return yaml.UnmarshalWithOptions(raw, into, yaml.Strict())
}

// hasAlias refuses YAML anchors: definitions need none, and nested ones can grow without bound.
func hasAlias(raw []byte) bool {
	file, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return false // the decoder names the error
	}
	found := false
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(aliasFinder{&found}, doc.Body)
		}
	}
	return found
}

type aliasFinder struct{ found *bool }

// Visit notes an anchor or alias.
func (f aliasFinder) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode:
		*f.found = true
	}
	return f
}

// locate finds a field of a definition in the file, or the definition itself where the field is absent.
func locate(file *ast.File, name string, raw []byte, at, field string) fault.Place {
	for _, p := range []string{at + "." + field, at + ".id", at} {
		q, err := yaml.PathString(strings.TrimSuffix(p, "."))
		if err != nil {
			continue
		}
		node, err := q.FilterFile(file)
		if err != nil || node == nil || node.GetToken() == nil {
			continue
		}
		pos := node.GetToken().Position
		return fault.Place{File: path.Base(name), Line: pos.Line, Column: pos.Column, Source: sourceLine(raw, pos.Line)}
	}
	return fault.Place{File: path.Base(name)}
}

// yamlFault turns the library's error into ours, with place and source line.
func yamlFault(name string, raw []byte, err error) *fault.Error {
	f := fault.New(fault.Invalid, "indicator.bad_yaml", "reason", firstLine(err.Error()))
	p := fault.Place{File: path.Base(name)}
	var y yaml.Error
	if errors.As(err, &y) {
		f = fault.New(fault.Invalid, "indicator.bad_yaml", "reason", y.GetMessage())
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
			p.Source = sourceLine(raw, p.Line)
		}
	}
	return f.At(p).Because(err)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func sourceLine(raw []byte, line int) string {
	lines := bytes.Split(raw, []byte("\n"))
	if line < 1 || line > len(lines) {
		return ""
	}
	return string(lines[line-1])
}
