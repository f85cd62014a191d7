package procedure

import (
	"io/fs"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Local is an agency's own shorter deadline (rút ngắn thời hạn), with the decision that set it.
type Local struct {
	At        fault.Place `def:"@"`
	Procedure string      `def:"procedure,required"`
	Deadline  string      `def:"deadline,required"`
	Duration  Duration    `def:"duration,required"`
	Basis     string      `def:"basis,required"`
}

// localFile is where an agency writes them, beside its own definition folders.
const localFile = "local.yaml"

// LoadLocal reads the agency's shorter deadlines and lays them over the set. A file that is not there changes
// nothing. Errors: a fault.List; a deadline longer than the law's, or in another unit, is refused.
func (s *Set) LoadLocal(fsys fs.FS) error {
	raw, err := fs.ReadFile(fsys, localFile)
	if err != nil {
		return nil // an agency without its own deadlines has no such file
	}
	tree, err := defs.Parse(localFile, raw)
	if err != nil {
		return err
	}
	var file struct {
		Deadlines []Local `def:"deadlines,required"`
	}
	faults := defs.Decode(tree, &file)
	for i := range file.Deadlines {
		faults = append(faults, s.shorten(&file.Deadlines[i])...)
	}
	return faults.OrNil()
}

func (s *Set) shorten(l *Local) fault.List {
	var faults fault.List
	found := false
	for _, p := range s.byID[l.Procedure] {
		d := p.deadlines[l.Deadline]
		if d == nil {
			continue
		}
		found = true
		if l.Duration.Unit != d.Duration.Unit || l.Duration.N > d.Duration.N {
			faults = append(faults, fault.New(fault.Invalid, "procedure.override_longer", "deadline", d.ID, "id", p.ID,
				"legal", d.Duration.String(), "local", l.Duration.String()).At(l.At))
			continue
		}
		d.local = l
	}
	if !found {
		faults = append(faults, fault.New(fault.Invalid, "procedure.override_unknown", "id", l.Procedure, "deadline", l.Deadline).At(l.At))
	}
	return faults
}

// Local is the agency's own shorter deadline, nil when it keeps the law's.
func (d *Deadline) Local() *Local { return d.local }
