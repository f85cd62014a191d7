package procedure

import (
	"io/fs"
	"path"
	"reflect"
	"strings"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Standing is a group of councils that stand by themselves, without a dossier, such as the commendation council.
type Standing struct {
	At       fault.Place `def:"@"`
	ID       string      `def:"id,required"` // the file's name
	Title    Text        `def:"title,required"`
	Legal    []Basis     `def:"legal,required"`
	Councils []Council   `def:"councils,required"`
}

// LoadStanding reads every <id>.yaml at the root of fsys. Every fault of every file is in the returned fault.List.
func LoadStanding(fsys fs.FS) ([]*Standing, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Standing
	var faults fault.List
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		tree, err := defs.Parse(name, raw)
		if err != nil {
			return nil, err
		}
		s := &Standing{}
		if more := defs.Decode(tree, s); len(more) > 0 {
			faults = append(faults, more...)
			continue
		}
		faults = append(faults, s.lint(strings.TrimSuffix(path.Base(name), ".yaml"))...)
		out = append(out, s)
	}
	return out, faults.OrNil()
}

// lint checks the councils as those of a procedure without fields.
func (s *Standing) lint(id string) fault.List {
	p := &Procedure{At: s.At, Legal: s.Legal, Councils: s.Councils}
	l := &linter{p: p}
	l.texts(reflect.ValueOf(p).Elem(), p.At)
	if s.ID != id {
		l.fail(s.At, "procedure.wrong_file", "id", s.ID, "file", id)
	}
	check(l, p.Councils, func(c *Council) (string, fault.Place) { return c.ID, c.At })
	l.councils()
	l.legal()
	return l.faults
}
