package attachment

import (
	"io/fs"
	"slices"
	"strings"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// RulesFile is where the rules stand in the definitions.
const RulesFile = "attachments/files.yaml"

// Rules say which files are taken. They are the agency's own, dated data like everything else that may change.
type Rules struct {
	From            calendar.Date `def:"from,required"`
	Source          string        `def:"source,required"`
	PerOwner        int           `def:"per_owner,required"`        // files
	NameLength      int           `def:"name_length,required"`      // characters
	UnfinishedHours int           `def:"unfinished_hours,required"` // an upload is kept since its last byte
	Unfinished      int           `def:"unfinished,required"`       // uploads of one account
	UnpackMB        int64         `def:"unpack_mb,required"`
	Parts           int           `def:"parts,required"` // in a package
	Pixels          int64         `def:"pixels,required"`
	ThumbnailPixels int64         `def:"thumbnail_pixels,required"`
	Executables     []string      `def:"executables,required"` // endings of programs and of documents with macros
	Types           []Type        `def:"types,required"`
}

// Type is a kind of file that is taken.
type Type struct {
	At      fault.Place `def:"@"`
	Type    string      `def:"type,required"` // media type that it is served under
	Main    string      `def:"main"`          // part of a package, or stream of a compound file, that makes it this type
	Endings []string    `def:"endings,required"`
	Name    string      `def:"name,required"` // for people
	MB      int64       `def:"mb,required"`
	Check   string      `def:"check,required"`
	Show    string      `def:"show,required"` // "inline" or "download"
}

// checks are the words of Type.Check.
var checks = []string{"pdf", "image", "package", "compound", "text"}

// Load reads the rules. Faults: those of package defs, attachment.bad_rule.
func Load(fsys fs.FS) (*Rules, error) {
	raw, err := fs.ReadFile(fsys, RulesFile)
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(RulesFile, raw)
	if err != nil {
		return nil, err
	}
	var r Rules
	if err := defs.Decode(node, &r).OrNil(); err != nil {
		return nil, err
	}
	return &r, r.check()
}

func (r *Rules) check() error {
	var faults fault.List
	for _, t := range r.Types {
		if !slices.Contains(checks, t.Check) || t.Show != "inline" && t.Show != "download" || t.MB <= 0 {
			faults = append(faults, fault.New(fault.Invalid, "attachment.bad_rule", "type", t.Type).At(t.At))
		}
	}
	for _, n := range []int64{int64(r.PerOwner), int64(r.NameLength), int64(r.UnfinishedHours), int64(r.Unfinished), r.UnpackMB, int64(r.Parts), r.Pixels, r.ThumbnailPixels} {
		if n <= 0 {
			faults = append(faults, fault.New(fault.Invalid, "attachment.bad_rule", "type", RulesFile).At(fault.Place{File: RulesFile}))
		}
	}
	return faults.OrNil()
}

// Type is the type of a media type, nil when files of it are not taken.
func (r *Rules) Type(media string) *Type {
	for i := range r.Types {
		if r.Types[i].Type == media {
			return &r.Types[i]
		}
	}
	return nil
}

// Largest is the size of the largest file that any type takes, in bytes.
func (r *Rules) Largest() int64 {
	var most int64
	for _, t := range r.Types {
		most = max(most, t.MB<<20)
	}
	return most
}

// Endings lists the endings that are taken, ".pdf" first, for a form and for messages.
func (r *Rules) Endings() []string {
	var out []string
	for _, t := range r.Types {
		for _, e := range t.Endings {
			out = append(out, "."+e)
		}
	}
	return out
}

func (r *Rules) listed() string { return strings.Join(r.Endings(), ", ") }

func (r *Rules) unfinishedFor() time.Duration { return time.Duration(r.UnfinishedHours) * time.Hour }
