package app

import (
	"cmp"
	"errors"
	"io/fs"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/defs"
	"trucot/internal/room/report"
)

// AgencyFile is where the definitions say who the agency is on paper; <data>/definitions/agency.yaml for an
// office of its own.
const AgencyFile = "agency.yaml"

// Agency is what stands on the agency's papers besides the names of its units.
type Agency struct {
	Sample bool       `def:"sample"` // the data is made up: every page and report says so
	Label  string     `def:"label"`  // printed on every page of a report
	Code   string     `def:"code"`   // first part of dossier codes, as 000.00.14.H62
	Site   string     `def:"site"`   // public address that papers lead to, as https://…
	State  AgencySide `def:"state"`
	Party  AgencySide `def:"party"`
	Union  AgencySide `def:"union"` // công đoàn cơ sở
}

// unionSide is what a regime of the trade union names as its side; unionKind is the kind of its unit.
const (
	unionSide = "union"
	unionKind = "cong_doan"
)

// AgencySide is one side's heading and signature.
type AgencySide struct {
	Parent    string `def:"parent"`    // who stands above it in the heading
	Symbol    string `def:"symbol"`    // in numbers, as SKHCN
	Place     string `def:"place"`     // of signing
	Authority string `def:"authority"` // "T/M ĐẢNG ỦY", or empty
	Post      string `def:"post"`
	Signer    string `def:"signer"`
}

// readAgency reads the file; an office that has none prints blanks to fill in by hand.
func readAgency(fsys fs.FS) (Agency, error) {
	var a Agency
	raw, err := fs.ReadFile(fsys, AgencyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	node, err := defs.Parse(AgencyFile, raw)
	if err != nil {
		return a, err
	}
	return a, defs.Decode(node, &a).OrNil()
}

// heading lays the file's names under those that the units gave.
func (a Agency) heading(out report.Agency, side string) report.Agency {
	s := a.State
	switch side {
	case string(people.Party):
		s = a.Party
	case unionSide:
		s = a.Union
		out.Parent = s.Parent // not the agency that its unit stands under
	}
	if out.Parent == "" {
		out.Parent = s.Parent
	}
	out.Symbol, out.Place, out.Authority, out.Post, out.Signer, out.Label = s.Symbol, s.Place, s.Authority, s.Post, s.Signer, a.Label
	return out
}

// AgencyCode is the first part of dossier codes.
func (a *App) AgencyCode() string { return cmp.Or(a.agency.Code, sampleAgency) }
