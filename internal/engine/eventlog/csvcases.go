package eventlog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"trucot/internal/kernel/fault"
)

// csvIndex says which case each good row belongs to.
type csvIndex struct {
	together bool // the rows of each case follow one another
	cases    int
	caseOf   []uint32
	lines    []uint32
	offsets  []int64
}

// checkEvery is after how many rows a reading looks whether it was called off.
const checkEvery = 4096

// index reads the file once, checks every row and finds out whether cases stand together.
func (c *csvReader) index(ctx context.Context) (*csvIndex, error) {
	x := &csvIndex{together: true}
	number := map[string]uint32{}
	last := ^uint32(0)
	err := c.rows(ctx, func(row *csvRow, id string) error {
		if !c.good(row, id) {
			if len(c.errs) >= c.opts.Limits.Problems {
				return c.errs
			}
			return nil
		}
		n, seen := number[id]
		if !seen {
			n = uint32(len(number))
			number[strings.Clone(id)] = n
		}
		x.together = x.together && (n == last || !seen)
		last = n
		x.caseOf = append(x.caseOf, n)
		x.lines = append(x.lines, uint32(row.line))
		x.offsets = append(x.offsets, row.offset)
		return nil
	})
	x.cases = len(number)
	return x, err
}

// good checks a row; a bad one is an error, or skipped with a warning where reading is lenient.
func (c *csvReader) good(row *csvRow, id string) bool {
	at := fault.Place{File: c.src.Name, Line: row.line}
	var bad *fault.Error
	switch {
	case len(row.fields) != len(c.cols):
		bad = fault.New(fault.Invalid, "eventlog.csv_fields", "found", len(row.fields), "want", len(c.cols)).At(at)
	case hasNUL(row):
		bad = fault.New(fault.Invalid, "eventlog.control", "code", "0").At(at)
	case id == "":
		bad = fault.New(fault.Invalid, "eventlog.csv_empty_case", "column", c.cols[c.caseAt].key).At(at)
	default:
		return true
	}
	if c.opts.Lenient {
		c.sum.Skipped++
		c.sum.warn(c.opts.Limits.Problems, bad)
	} else {
		c.errs = append(c.errs, bad)
	}
	return false
}

func hasNUL(row *csvRow) bool {
	for _, f := range row.fields {
		if bytes.IndexByte(f, 0) >= 0 {
			return true
		}
	}
	return false
}

// usable repeats the verdict of good without reporting again.
func (c *csvReader) usable(row *csvRow, id string) bool {
	return len(row.fields) == len(c.cols) && id != "" && !hasNUL(row)
}

// rows calls each for every row behind the header, good or not.
func (c *csvReader) rows(ctx context.Context, each func(row *csvRow, id string) error) error {
	s := newCSVScanner(c.src.Name, nil, c.comma, c.opts.Limits.Token)
	s.reset(c.from(c.start), c.first, c.start)
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id := ""
		if c.caseAt < len(row.fields) {
			id = strings.TrimSpace(c.decode(row.fields[c.caseAt]))
		}
		if err := each(row, id); err != nil {
			return err
		}
	}
}

// stream reads cases whose rows stand together.
func (c *csvReader) stream(ctx context.Context, visit func(*Case) error) error {
	var open *Case
	current := ""
	err := c.rows(ctx, func(row *csvRow, id string) error {
		if !c.usable(row, id) {
			return nil // reported by index
		}
		if open == nil || id != current {
			if open != nil {
				if err := c.b.finish(open, visit); err != nil {
					return err
				}
			}
			open, current = c.b.newCase(row.line), strings.Clone(id)
		}
		return c.event(open, row)
	})
	if err == nil && open != nil {
		err = c.b.finish(open, visit)
	}
	return err
}

// gather reads cases whose rows are scattered: it sorts the index by case, then fetches row by row.
func (c *csvReader) gather(ctx context.Context, x *csvIndex, visit func(*Case) error) error {
	s := newCSVScanner(c.src.Name, nil, c.comma, c.opts.Limits.Token)
	order, starts := x.byCase()
	for n := range x.cases {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rows := order[starts[n]:starts[n+1]]
		open := c.b.newCase(int(x.lines[rows[0]]))
		for _, i := range rows {
			s.reset(c.from(x.offsets[i]), int(x.lines[i]), x.offsets[i])
			row, err := s.next()
			if err != nil {
				return err
			}
			if err := c.event(open, row); err != nil {
				return err
			}
		}
		if err := c.b.finish(open, visit); err != nil {
			return err
		}
	}
	return nil
}

// byCase is a counting sort: the rows of case n are order[starts[n]:starts[n+1]], in file order.
func (x *csvIndex) byCase() (order []uint32, starts []int) {
	starts = make([]int, x.cases+1)
	for _, n := range x.caseOf {
		starts[n+1]++
	}
	for n := range x.cases {
		starts[n+1] += starts[n]
	}
	order = make([]uint32, len(x.caseOf))
	next := append([]int(nil), starts...)
	for i, n := range x.caseOf {
		order[next[n]] = uint32(i)
		next[n]++
	}
	return order, starts
}

// event adds one row to its case. Case attributes come from the first row that fills them.
func (c *csvReader) event(open *Case, row *csvRow) error {
	at := func() fault.Place { return fault.Place{File: c.src.Name, Line: row.line} }
	if err := c.b.roomForEvent(at); err != nil {
		return err
	}
	if len(c.b.errs) >= c.opts.Limits.Problems {
		return c.b.errs
	}
	e := c.b.newEvent(open, row.line)
	for i, f := range row.fields {
		if len(f) == 0 {
			continue
		}
		col := &c.cols[i]
		if !col.ofCase {
			e.Attributes = append(e.Attributes, Attribute{Key: col.key, Value: c.decode(f)})
		} else if !hasAttribute(open.Attributes, col.key) {
			open.Attributes = append(open.Attributes, Attribute{Key: col.key, Value: c.decode(f)})
		}
	}
	return nil
}

func hasAttribute(attrs []Attribute, key string) bool {
	for i := range attrs {
		if attrs[i].Key == key {
			return true
		}
	}
	return false
}
