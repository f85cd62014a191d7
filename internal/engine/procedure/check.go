package procedure

import (
	"encoding/json"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Bounds on what one dossier may carry.
const (
	maxRows     = 500
	defaultText = 2000
	firstYear   = 1900
	lastYear    = 2200
)

// Check validates what a filer or an officer entered and returns it in the types that conditions use:
// string, float64, bool, calendar.Date, []map[string]any. Texts from a web form or a script ("12", "true",
// "2021-06-14") are taken for any type; an empty text empties the field. All faults come back at once, each
// naming the label of its field.
func (p *Procedure) Check(values map[string]any) (map[string]any, error) {
	var faults fault.List
	out := make(map[string]any, len(values))
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		f := p.fields[name]
		if f == nil {
			faults = append(faults, p.noField(name))
			continue
		}
		v, err := f.read(values[name])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out[name] = v
	}
	return out, faults.OrNil()
}

func (p *Procedure) noField(name string) *fault.Error {
	ids := make([]string, len(p.Fields))
	for i := range p.Fields {
		ids[i] = p.Fields[i].ID
	}
	if near := defs.Nearest(name, ids); near != "" {
		return fault.New(fault.Invalid, "procedure.field_unknown_near", "name", name, "near", near)
	}
	return fault.New(fault.Invalid, "procedure.field_unknown", "name", name, "names", strings.Join(ids, ", "))
}

// Missing lists the required fields and papers that a dossier lacks, as faults. env comes from Form.Fill with the
// same values; fields are those whose `required` or `when` asks for them.
func (p *Procedure) Missing(values map[string]any, env any) fault.List {
	var faults fault.List
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Needed(env) && empty(values[f.ID]) {
			faults = append(faults, fault.New(fault.Invalid, "procedure.field_missing", "label", f.Label))
		}
	}
	return faults
}

// Needed reports whether a field must be filled, given the others in env, see Form.Fill.
func (f *Field) Needed(env any) bool {
	if !f.Required || f.When.Empty() {
		return f.Required
	}
	holds, err := f.When.Holds(env)
	return err == nil && holds
}

// MissingDocuments lists the papers that a dossier must have at receipt and lacks.
func (p *Procedure) MissingDocuments(have map[string]bool, env any) (fault.List, error) {
	var faults fault.List
	for i := range p.Documents {
		d := &p.Documents[i]
		if !d.Required || have[d.ID] {
			continue
		}
		holds, err := d.When.Holds(env)
		if err != nil {
			return nil, err
		}
		if holds {
			faults = append(faults, fault.New(fault.Invalid, "procedure.document_missing", "label", d.Label))
		}
	}
	return faults, nil
}

// Filled reports whether a checked value counts as filled.
func Filled(v any) bool { return !empty(v) }

func (f *Field) fail(key string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, append([]any{"label", f.Label}, args...)...)
}

// Read checks one value as Procedure.Check does.
func (f *Field) Read(v any) (any, error) {
	out, err := f.read(v)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// read gives the checked value, nil for an emptied field.
func (f *Field) read(v any) (any, *fault.Error) {
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		if s == "" && f.Type != TypeList {
			return nil, nil
		}
		v = s
	}
	if v == nil {
		return nil, nil
	}
	switch f.Type {
	case TypeNumber, TypeMoney:
		return f.number(v)
	case TypeDate:
		return f.date(v)
	case TypeBool:
		return f.bool(v)
	case TypeList:
		return f.rows(v)
	}
	return f.text(v)
}

func (f *Field) text(v any) (any, *fault.Error) {
	s, ok := v.(string)
	if !ok {
		return nil, f.fail("procedure.field_text")
	}
	s = lang.NFC(s)
	limit := f.MaxLength
	if limit == 0 {
		limit = defaultText
	}
	if utf8.RuneCountInString(s) > limit {
		return nil, f.fail("procedure.field_long", "limit", limit)
	}
	if f.Type == TypeChoice && !f.option(s) {
		ids := make([]string, len(f.Options))
		for i, o := range f.Options {
			ids[i] = o.ID
		}
		return nil, f.fail("procedure.field_choice", "text", s, "options", strings.Join(ids, ", "))
	}
	return s, nil
}

func (f *Field) option(id string) bool {
	for i := range f.Options {
		if f.Options[i].ID == id {
			return true
		}
	}
	return false
}

func (f *Field) number(v any) (any, *fault.Error) {
	n, ok := v.(float64)
	switch x := v.(type) {
	case int:
		n, ok = float64(x), true
	case int64:
		n, ok = float64(x), true
	case json.Number:
		n, ok = parseFloat(string(x))
	case string:
		n, ok = parseFloat(x)
	}
	key := "procedure.field_number"
	if f.Type == TypeMoney {
		key = "procedure.field_money"
		ok = ok && n >= 0 && n == math.Trunc(n) && n <= 1e15
	}
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) > 1e15 {
		return nil, f.fail(key, "text", v)
	}
	if f.Min != nil && n < *f.Min || f.Max != nil && n > *f.Max {
		return nil, f.fail("procedure.field_range", "value", plain(n), "range", f.span())
	}
	return n, nil
}

func parseFloat(s string) (float64, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (f *Field) span() string {
	switch {
	case f.Min != nil && f.Max != nil:
		return plain(*f.Min) + "–" + plain(*f.Max)
	case f.Min != nil:
		return "≥ " + plain(*f.Min)
	}
	return "≤ " + plain(*f.Max)
}

func (f *Field) date(v any) (any, *fault.Error) {
	d, ok := v.(calendar.Date)
	if s, isText := v.(string); isText {
		parsed, err := calendar.Parse(s)
		d, ok = parsed, err == nil
	}
	if !ok {
		return nil, f.fail("procedure.field_date", "text", v)
	}
	if y, _, _ := d.YMD(); y < firstYear || y > lastYear {
		return nil, f.fail("procedure.field_date_far", "text", d.String())
	}
	return d, nil
}

func (f *Field) bool(v any) (any, *fault.Error) {
	switch v {
	case true, "true":
		return true, nil
	case false, "false":
		return false, nil
	}
	return nil, f.fail("procedure.field_bool")
}

func (f *Field) rows(v any) (any, *fault.Error) {
	var in []map[string]any
	switch rows := v.(type) {
	case []map[string]any:
		in = rows
	case []any:
		for _, r := range rows {
			row, ok := r.(map[string]any)
			if !ok {
				return nil, f.fail("procedure.field_list")
			}
			in = append(in, row)
		}
	default:
		return nil, f.fail("procedure.field_list")
	}
	if len(in) > maxRows {
		return nil, f.fail("procedure.field_rows", "limit", maxRows)
	}
	out := make([]map[string]any, 0, len(in))
	for i, row := range in {
		clean, err := f.row(row)
		if err != nil {
			return nil, f.fail("procedure.field_row", "row", i+1, "reason", err)
		}
		out = append(out, clean)
	}
	return out, nil
}

func (f *Field) row(row map[string]any) (map[string]any, *fault.Error) {
	known := 0
	out := map[string]any{}
	for i := range f.Columns {
		c := &f.Columns[i]
		v, there := row[c.ID]
		if there {
			known++
		}
		clean, err := c.read(v)
		if err != nil {
			return nil, err
		}
		if c.Required && empty(clean) {
			return nil, fault.New(fault.Invalid, "procedure.field_missing", "label", c.Label)
		}
		if clean != nil {
			out[c.ID] = clean
		}
	}
	if known < len(row) {
		ids := make([]string, len(f.Columns))
		for i := range f.Columns {
			ids[i] = f.Columns[i].ID
		}
		for name := range row {
			if !slices.Contains(ids, name) {
				return nil, fault.New(fault.Invalid, "procedure.field_unknown", "name", name, "names", strings.Join(ids, ", "))
			}
		}
	}
	return out, nil
}
