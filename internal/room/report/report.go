// Package report (báo cáo) turns recorded figures into the reports that an agency owes: the annual
// statistical forms and the half-year and annual reviews, in the state and in the Party outline.
//
// It owns the report regimes and forms (definitions/reports), the reading of filled-in forms, the
// cross-footing of their cells, the building of a report from figures, its freezing, and what changed
// since. It does not own figures (engine indicator computes them), nor page layouts (engine document).
//
// Its workbook is not written by engine document/sheet: forms are read in again from it, cell by cell, and need what a streamed list
// has not: several headed tables a sheet, crossed cells, a frozen first column, a label on every printed page.
package report

import (
	"io/fs"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// decodeFile reads one YAML definition strictly into out. The error is a fault.List with every fault's
// place.
func decodeFile(fsys fs.FS, name string, out any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fault.New(fault.Unavailable, "report.definition_unreadable", "file", name).Because(err)
	}
	node, err := defs.Parse(name, raw)
	if err != nil {
		return err
	}
	return defs.Decode(node, out).OrNil()
}
