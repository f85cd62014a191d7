package read

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/fault"
)

// jsonCell is a cell of a cell list: a string, a number, null, or an object with t, colspan, rowspan.
type jsonCell struct {
	Text    string `json:"t"`
	ColSpan int    `json:"colspan"`
	RowSpan int    `json:"rowspan"`
	number  bool
}

// UnmarshalJSON reads any of the forms.
func (c *jsonCell) UnmarshalJSON(b []byte) error {
	switch b = bytes.TrimSpace(b); b[0] {
	case '"':
		return json.Unmarshal(b, &c.Text)
	case '{':
		type plain jsonCell
		return json.Unmarshal(b, (*plain)(c))
	case 'n': // null
		return nil
	case '[', 't', 'f':
		return &json.UnmarshalTypeError{Value: string(b[:1]), Field: "cell"}
	}
	c.Text, c.number = string(b), true
	return nil
}

// json reads a cell list: rows of cells, or an object with "rows" and the lines that stand around the table
// ("outside_table").
func (f *file) json(ctx context.Context) (*Workbook, error) {
	var list struct {
		Outside []string     `json:"outside_table"`
		Rows    [][]jsonCell `json:"rows"`
	}
	raw := []byte(strings.TrimSpace(f.text))
	target := any(&list)
	if raw[0] == '[' {
		target = &list.Rows
	}
	if err := json.Unmarshal(raw, target); err != nil {
		return nil, f.jsonFault(raw, err)
	}
	if len(list.Rows) == 0 {
		return nil, f.fault(fault.Invalid, "read.no_table", "kind", "JSON")
	}
	outside := make([][]Cell, 0, len(list.Outside))
	for _, o := range list.Outside {
		outside = append(outside, []Cell{{Text: oneLine(o)}})
	}
	rows := make([][]Cell, 0, len(list.Rows))
	for _, r := range list.Rows {
		if err := f.count(ctx, len(r)+1); err != nil {
			return nil, err
		}
		row := make([]Cell, len(r))
		for i, c := range r {
			row[i] = Cell{Text: oneLine(c.Text), ColSpan: c.ColSpan, RowSpan: c.RowSpan, Number: c.number}
		}
		rows = append(rows, row)
	}
	// References count the rows of the list itself; the lines around it have none of their own.
	s := sheet("", rows)
	for i := range outside {
		outside[i][0].Ref, outside[i][0].ColSpan, outside[i][0].RowSpan = "outside_table", 1, 1
	}
	s.Rows = append(outside, s.Rows...)
	return &Workbook{Kind: "json", Sheets: []Sheet{s}, Notes: f.notes}, nil
}

// jsonFault points at the line where the list stops being one.
func (f *file) jsonFault(raw []byte, err error) error {
	at := int64(len(raw))
	switch e := err.(type) {
	case *json.SyntaxError:
		at = e.Offset
	case *json.UnmarshalTypeError:
		at = e.Offset
	}
	before := raw[:min(max(at, 0), int64(len(raw)))]
	line := bytes.Count(before, []byte("\n")) + 1
	e := fault.New(fault.Invalid, "read.bad_json").Because(err)
	return e.At(fault.Place{File: f.name, Line: line, Column: len(before) - bytes.LastIndexByte(before, '\n')})
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
