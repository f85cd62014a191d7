package document

import (
	"bytes"
	"image/png"

	"trucot/internal/kernel/fault"
)

// check refuses what cannot be set, before a byte is written: nothing that the author gave is left out in
// silence.
func (d *Document) check() error {
	if d.Layout == nil {
		return fault.New(fault.Invalid, "document.layout_missing")
	}
	blocks := d.Blocks
	if d.Corner != nil {
		blocks = append([]Block{*d.Corner}, blocks...)
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case Heading:
			if b.Level < 1 || b.Level > 3 {
				return fault.New(fault.Invalid, "document.bad_heading", "text", b.Text, "level", b.Level)
			}
		case Table:
			if err := b.check(); err != nil {
				return err
			}
		case Picture:
			if _, err := png.DecodeConfig(bytes.NewReader(b.PNG)); err != nil {
				return fault.New(fault.Invalid, "document.bad_picture", "alt", b.Alt).Because(err)
			}
		}
	}
	return nil
}

// check: no row has more cells than fit beside the spans that reach down into it.
func (t Table) check() error {
	total := 0.0
	for _, c := range t.Columns {
		total += max(c.Width, 0)
	}
	if total <= 0 {
		return fault.New(fault.Invalid, "document.bad_columns", "caption", t.Caption)
	}
	for _, rows := range [][][]Cell{t.Head, t.Rows} {
		below := make([]int, len(t.Columns)) // rows still covered, by column
		for n, row := range rows {
			if !room(row, below) {
				return fault.New(fault.Invalid, "document.bad_table", "caption", t.Caption, "row", n+1, "columns", len(t.Columns))
			}
		}
	}
	return nil
}

// room places one row and marks what its cells cover below; false when a cell finds no column.
func room(row []Cell, below []int) bool {
	next := 0
	for at := 0; at < len(below); {
		if below[at] > 0 {
			below[at]--
			at++
			continue
		}
		if next == len(row) {
			at++
			continue
		}
		c := row[next]
		next++
		span := max(c.ColSpan, 1)
		if at+span > len(below) {
			return false
		}
		for i := range span {
			if below[at+i] > 0 {
				return false
			}
			below[at+i] = max(c.RowSpan, 1) - 1
		}
		at += span
	}
	return next == len(row)
}
