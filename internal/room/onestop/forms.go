// Package onestop (giấy tờ một cửa) owns what the one-stop desk hands out and asks for: the seven forms, letters and
// results of a dossier as papers with their number and signature, the opinions asked of other agencies, and the list
// of dossiers about to be late.
//
// Forms and the rules of signing are dated data in definitions/slips. It does not own the dossier (package dossier),
// how a paper is set (package document) or the books of numbers (package numbering).
package onestop

import (
	"io/fs"
	"path"
	"sort"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Forms is one dated set of forms.
type Forms struct {
	ID        string              `def:"id,required"`
	Title     procedure.Text      `def:"title,required"`
	Effective procedure.Effective `def:"effective,required"`
	Source    string              `def:"source,required"`
	Status    string              `def:"status,required"` // procedure.Published or procedure.NeedsVerification
	Office    string              `def:"office,required"` // what the one-stop desk is called
	Words     map[string]string   `def:"words,required"`
	Forms     []Form              `def:"forms,required"`
}

// The moments at which a form exists that no step issues.
const (
	DraftLate     = "late"     // a letter drafted for a dossier about to be late
	DraftReceived = "received" // from receipt on
)

// Form is one form: its words, and when a dossier has it.
type Form struct {
	At         fault.Place    `def:"@"`
	ID         string         `def:"id,required"`
	Number     string         `def:"number"` // as Mẫu số 01
	Output     string         `def:"output"` // of the steps that issue it
	Draft      string         `def:"draft"`  // DraftLate or DraftReceived
	Result     bool           `def:"result"` // stands for every output of a procedure that has no form here
	Log        bool           `def:"log"`    // of a period, not of a dossier
	Title      procedure.Text `def:"title,required"`
	Type       string         `def:"type,required"` // name of the kind, printed as the head of the paper
	Subject    string         `def:"subject"`
	Book       string         `def:"book"`   // book of numbers; empty = the number is the symbol
	Symbol     string         `def:"symbol"` // pattern of the number
	Office     bool           `def:"office"` // issued by the one-stop desk, under the agency
	QR         bool           `def:"qr"`
	Leader     bool           `def:"leader"` // signed for the agency
	To         string         `def:"to"`
	Columns    []string       `def:"columns"` // of its table
	Body       []string       `def:"body,required"`
	Signers    []string       `def:"signers"` // who sign side by side
	Recipients []string       `def:"recipients"`
}

// signing is the rules of the signature block.
type signing struct {
	Source string            `def:"source,required"`
	Mark   string            `def:"mark,required"`
	Heads  map[string]string `def:"heads,required"`
	Also   []string          `def:"also"`
	Deputy string            `def:"deputy,required"`
	Acting string            `def:"acting,required"`
	Words  struct {
		Instead    string `def:"instead,required"`
		Order      string `def:"order,required"`
		Mandate    string `def:"mandate,required"`
		Collective string `def:"collective,required"`
		Acting     string `def:"acting,required"`
	} `def:"words,required"`
}

// Book is every set of forms by date, with the rules of signing.
type Book struct {
	sets    []*Forms
	signing signing
}

const signingFile = "slips/signing.yaml"

// Load reads definitions/slips. Errors name file, line and column.
func Load(files fs.FS) (*Book, error) {
	names, err := fs.Glob(files, "slips/*.yaml")
	if err != nil {
		return nil, err
	}
	b := &Book{}
	for _, name := range names {
		if name == signingFile {
			err = read(files, name, &b.signing)
		} else {
			one := &Forms{}
			err = read(files, name, one)
			b.sets = append(b.sets, one)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(b.sets) == 0 {
		return nil, fault.New(fault.NotFound, "onestop.no_forms")
	}
	sort.Slice(b.sets, func(i, j int) bool { return b.sets[i].Effective.From < b.sets[j].Effective.From })
	return b, nil
}

func read(files fs.FS, name string, out any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	node, err := defs.Parse(path.Base(name), raw)
	if err != nil {
		return err
	}
	return defs.Decode(node, out).OrNil()
}

// At is the set in force on a day, the earliest one for days before it.
func (b *Book) At(on calendar.Date) *Forms {
	found := b.sets[0]
	for _, s := range b.sets {
		if s.Effective.From <= on {
			found = s
		}
	}
	return found
}

// Form finds a form by its id, nil when there is none.
func (f *Forms) Form(id string) *Form {
	for i := range f.Forms {
		if f.Forms[i].ID == id {
			return &f.Forms[i]
		}
	}
	return nil
}

// result is the form of results.
func (f *Forms) result() *Form {
	for i := range f.Forms {
		if f.Forms[i].Result {
			return &f.Forms[i]
		}
	}
	return nil
}

// of finds the form that an output is printed on.
func (f *Forms) of(output string) *Form {
	for i := range f.Forms {
		if f.Forms[i].Output == output {
			return &f.Forms[i]
		}
	}
	return f.result()
}
