package read

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"trucot/internal/kernel/fault"
)

// csv reads separated values; the separator is the one that cuts the first lines most evenly.
func (f *file) csv(ctx context.Context) (*Workbook, error) {
	r := csv.NewReader(strings.NewReader(f.text))
	r.Comma = separator(f.text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	var rows [][]Cell
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, f.csvFault(err)
		}
		if err := f.count(ctx, len(record)+1); err != nil {
			return nil, err
		}
		row := make([]Cell, len(record))
		for i, text := range record {
			row[i].Text = strings.TrimSpace(text)
		}
		rows = append(rows, row)
	}
	return &Workbook{Kind: "csv", Sheets: []Sheet{sheet("", rows)}, Notes: f.notes}, nil
}

func (f *file) csvFault(err error) error {
	place := fault.Place{File: f.name}
	var p *csv.ParseError
	if errors.As(err, &p) {
		place.Line, place.Column = p.Line, p.Column
	}
	return fault.New(fault.Invalid, "read.bad_csv").At(place).Because(err)
}

// separator tries tab, semicolon, bar and comma in this order: a comma is also a decimal mark, so that it
// wins only by cutting more evenly.
func separator(text string) rune {
	best, score := ',', 0
	for _, c := range []rune{'\t', ';', '|', ','} {
		if s := evenness(text, c); s > score {
			best, score = c, s
		}
	}
	return best
}

// evenness is the number of first lines that have the same number (more than none) of separators outside
// quotes as the line before.
func evenness(text string, c rune) int {
	even, last, lines := 0, -1, 0
	for line := range strings.Lines(text) {
		if lines++; lines > 20 {
			break
		}
		n, quoted := 0, false
		for _, r := range line {
			switch {
			case r == '"':
				quoted = !quoted
			case r == c && !quoted:
				n++
			}
		}
		if n > 0 && (last < 0 || n == last) {
			even++
		}
		last = n
	}
	return even
}
