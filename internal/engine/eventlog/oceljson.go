package eventlog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"trucot/internal/kernel/fault"
)

// jsonOCEL reads OCEL 2.0 (arrays events, objects) and 1.0 (maps ocel:events, ocel:objects).
type jsonOCEL struct {
	file string
	raw  []byte
	dec  *json.Decoder
	log  *ocelLog
	opts *Options
	errs fault.List
	// lineAt remembers the last line that was counted, so that counting is linear.
	countedTo, counted int
}

func readOCELJSON(ctx context.Context, src Source, opts *Options, sum *Summary, visit func(*Case) error) error {
	raw, err := src.whole(opts.Limits)
	if err != nil {
		return err
	}
	raw = bytes.TrimPrefix(raw, utf8BOM)
	j := &jsonOCEL{file: src.Name, raw: raw, dec: json.NewDecoder(bytes.NewReader(raw)), log: newOCELLog(""), opts: opts}
	if !utf8.Valid(raw) {
		return fault.New(fault.Invalid, "eventlog.not_utf8").At(fault.Place{File: src.Name})
	}
	if err := j.top(); err != nil {
		return j.syntax(err)
	}
	if len(j.errs) > 0 {
		return j.errs
	}
	if j.log.version == "" {
		return fault.New(fault.Invalid, "eventlog.json_not_ocel").At(fault.Place{File: src.Name, Line: 1})
	}
	return j.log.flatten(ctx, src.Name, opts, sum, visit)
}

// line is the line of a byte offset; offsets only grow.
func (j *jsonOCEL) line(offset int64) int {
	to := min(int(offset), len(j.raw))
	if to > j.countedTo {
		j.counted += bytes.Count(j.raw[j.countedTo:to], newline)
		j.countedTo = to
	}
	return j.counted + 1
}

// syntax gives an error of the JSON decoder its place.
func (j *jsonOCEL) syntax(err error) error {
	var f *fault.Error
	var list fault.List
	if errors.As(err, &f) || errors.As(err, &list) {
		return err
	}
	offset := j.dec.InputOffset()
	var s *json.SyntaxError
	if errors.As(err, &s) {
		offset = max(offset, s.Offset)
	}
	at := fault.Place{File: j.file, Line: j.line(offset)}
	if from := bytes.LastIndexByte(j.raw[:min(int(offset), len(j.raw))], '\n') + 1; from < len(j.raw) {
		line, _, _ := bytes.Cut(j.raw[from:], newline)
		at.Source = cut(string(bytes.TrimSpace(line)))
	}
	return fault.New(fault.Invalid, "eventlog.json_syntax").At(at).Because(err)
}

// bad keeps a fault of one entry; too many end the reading.
func (j *jsonOCEL) bad(line int, key string, args []any) error {
	if key == "" {
		return nil
	}
	j.errs = append(j.errs, fault.New(fault.Invalid, key, args...).At(fault.Place{File: j.file, Line: line}))
	if len(j.errs) >= j.opts.Limits.Problems {
		return j.errs
	}
	return nil
}

func (j *jsonOCEL) expect(want json.Delim) error {
	t, err := j.dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fault.New(fault.Invalid, "eventlog.json_shape", "want", want.String()).
			At(fault.Place{File: j.file, Line: j.line(j.dec.InputOffset())})
	}
	return nil
}

// top walks the outermost object; what it does not know is read over.
func (j *jsonOCEL) top() error {
	if err := j.expect('{'); err != nil {
		return err
	}
	for j.dec.More() {
		key, err := j.dec.Token()
		if err != nil {
			return err
		}
		switch key {
		case "events":
			err = j.each2(j.event2)
		case "objects":
			err = j.each2(j.object2)
		case "ocel:events":
			err = j.each1(j.event1)
		case "ocel:objects":
			err = j.each1(j.object1)
		default:
			var skip json.RawMessage
			err = j.dec.Decode(&skip)
		}
		if err != nil {
			return err
		}
	}
	if err := j.expect('}'); err != nil {
		return err
	}
	if _, err := j.dec.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "eventlog.json_trailing").At(fault.Place{File: j.file, Line: j.line(j.dec.InputOffset())})
	}
	return nil
}

func (j *jsonOCEL) each2(read func(line int) error) error {
	j.log.version = "2.0"
	if err := j.expect('['); err != nil {
		return err
	}
	for j.dec.More() {
		if err := read(j.entryLine()); err != nil {
			return err
		}
	}
	return j.expect(']')
}

// entryLine is the line of the next value, past white space and comma.
func (j *jsonOCEL) entryLine() int {
	at := int(j.dec.InputOffset())
	for at < len(j.raw) && (isSpace(j.raw[at]) || j.raw[at] == ',') {
		at++
	}
	return j.line(int64(at))
}

func (j *jsonOCEL) each1(read func(id string, line int) error) error {
	j.log.version = "1.0"
	if err := j.expect('{'); err != nil {
		return err
	}
	for j.dec.More() {
		line := j.entryLine()
		id, err := j.dec.Token()
		if err != nil {
			return err
		}
		if err := read(id.(string), line); err != nil {
			return err
		}
	}
	return j.expect('}')
}

type jsonAttribute struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

func (a jsonAttribute) attribute() Attribute { return jsonValue(a.Name, a.Value) }

// jsonValue keeps a scalar as its text and anything else as its JSON.
func jsonValue(key string, raw json.RawMessage) Attribute {
	a := Attribute{Key: key, Value: string(raw)}
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil && len(raw) > 0 && raw[0] == '"':
		a.Value = s
	case a.Value == "true" || a.Value == "false":
		a.Type = Boolean
	case a.Value == "null":
		a.Value = ""
	default:
		if _, err := strconv.ParseInt(a.Value, 10, 64); err == nil {
			a.Type = Int
		} else if isDouble(a.Value) {
			a.Type = Float
		}
	}
	return a
}

func (j *jsonOCEL) event2(line int) error {
	var v struct {
		ID            string          `json:"id"`
		Type          string          `json:"type"`
		Time          string          `json:"time"`
		Attributes    []jsonAttribute `json:"attributes"`
		Relationships []struct {
			Object string `json:"objectId"`
		} `json:"relationships"`
	}
	if err := j.dec.Decode(&v); err != nil {
		return err
	}
	e := ocelEvent{id: v.ID, typ: v.Type, time: v.Time, line: line}
	for _, a := range v.Attributes {
		e.attrs = append(e.attrs, a.attribute())
	}
	for _, r := range v.Relationships {
		e.objects = append(e.objects, r.Object)
	}
	key, args := j.log.addEvent(e)
	return j.bad(line, key, args)
}

func (j *jsonOCEL) object2(line int) error {
	var v struct {
		ID         string          `json:"id"`
		Type       string          `json:"type"`
		Attributes []jsonAttribute `json:"attributes"`
	}
	if err := j.dec.Decode(&v); err != nil {
		return err
	}
	o := &ocelObject{id: v.ID, typ: v.Type, line: line}
	for _, a := range v.Attributes {
		o.initial(a.Name, a.attribute().Value)
	}
	key, args := j.log.addObject(o)
	return j.bad(line, key, args)
}

func (j *jsonOCEL) event1(id string, line int) error {
	var v struct {
		Activity string                     `json:"ocel:activity"`
		Time     string                     `json:"ocel:timestamp"`
		Objects  []string                   `json:"ocel:omap"`
		Values   map[string]json.RawMessage `json:"ocel:vmap"`
	}
	if err := j.dec.Decode(&v); err != nil {
		return err
	}
	e := ocelEvent{id: id, typ: v.Activity, time: v.Time, objects: v.Objects, line: line, attrs: jsonValues(v.Values)}
	key, args := j.log.addEvent(e)
	return j.bad(line, key, args)
}

func (j *jsonOCEL) object1(id string, line int) error {
	var v struct {
		Type   string                     `json:"ocel:type"`
		Values map[string]json.RawMessage `json:"ocel:ovmap"`
	}
	if err := j.dec.Decode(&v); err != nil {
		return err
	}
	key, args := j.log.addObject(&ocelObject{id: id, typ: v.Type, attrs: jsonValues(v.Values), line: line})
	return j.bad(line, key, args)
}

// jsonValues orders a map's entries by key, so that the same log always reads the same.
func jsonValues(m map[string]json.RawMessage) []Attribute {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []Attribute
	for _, k := range keys {
		out = append(out, jsonValue(k, m[k]))
	}
	return out
}
