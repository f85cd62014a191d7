package indicator

import (
	"encoding/json"
	"maps"
	"testing"
	"unicode/utf8"

	"trucot/internal/kernel/ledger"
)

// reference reads the same through encoding/json; ok is false where a field has another type than it should.
func reference(data []byte) (f Fact, ok bool) {
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) != nil {
		return f, false
	}
	var status, prev, days float64
	dims := map[string]*string{}
	amounts := map[string]*float64{}
	for key, into := range map[string]any{
		"procedure": &f.Procedure, "action": &f.Action, "from": &f.From, "to": &f.To, "applicant": &f.Applicant, "received": &f.Received,
		"due": &f.Due, "status": &status, "prev_status": &prev, "working_days": &days, "late": &f.Late, "dims": &dims, "amounts": &amounts,
	} {
		if raw, has := all[key]; has && json.Unmarshal(raw, into) != nil {
			return f, false
		}
	}
	f.Status, f.PrevStatus, f.WorkingDays = int(status), int(prev), int(days)
	f.Dims, f.Amounts = map[string]string{}, map[string]float64{}
	for k, v := range dims {
		f.Dims[k] = ""
		if v != nil {
			f.Dims[k] = *v
		}
	}
	for k, v := range amounts {
		f.Amounts[k] = 0
		if v != nil {
			f.Amounts[k] = *v
		}
	}
	return f, true
}

func sameFact(a, b Fact) bool {
	same := maps.Equal(a.Dims, b.Dims) && maps.Equal(a.Amounts, b.Amounts)
	a.Dims, b.Dims, a.Amounts, b.Amounts = nil, nil, nil, nil
	return same && a.Procedure == b.Procedure && a.Action == b.Action && a.From == b.From && a.To == b.To && a.Status == b.Status &&
		a.PrevStatus == b.PrevStatus && a.Applicant == b.Applicant && a.Received == b.Received && a.Due == b.Due && a.Late == b.Late &&
		a.WorkingDays == b.WorkingDays
}

// FuzzFact compares the reader with encoding/json on valid JSON, and lets it see anything else.
func FuzzFact(f *testing.F) {
	for _, s := range []string{
		`{}`, `null`, `[]`, `{"procedure":"a","dims":{"x":"y","z":null},"amounts":{"n":1.5e3},"late":true,"status":2}`,
		` { "title" : "a \"quoted\" \\" , "fields" : { "deep" : [ { "x" : [] } , "}" ] } , "to" : "\u0111\n" } `,
		`{"working_days":-3,"status":"2"}`, `{"dims":{"a":"b"},"dims":{"c":"d"}}`, `{"late":false,"due":null,"x":}`, `{"a":1,}`, `{"status":123456789012345678}`,
	} {
		f.Add([]byte(s))
	}
	r := newFactReader()
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := r.read(&ledger.Event{Data: data}, false)
		if !json.Valid(data) || !utf8.Valid(data) || hasTwice(data) {
			return
		}
		want, ok := reference(data)
		if ok != (err == nil) || ok && !sameFact(*got, want) {
			t.Errorf("%s\nread      %+v %v\nreference %+v %t", data, got, err, want, ok)
		}
	})
}

// hasTwice reports whether decoding drops something: a repeated key, at which the two may differ.
func hasTwice(data []byte) bool {
	var v any
	if json.Unmarshal(data, &v) != nil {
		return true
	}
	return countKeys(data) != keysOf(v)
}

// countKeys counts the colons outside strings.
func countKeys(data []byte) int {
	n, inside := 0, false
	for i := 0; i < len(data); i++ {
		switch {
		case inside && data[i] == '\\':
			i++
		case data[i] == '"':
			inside = !inside
		case data[i] == ':' && !inside:
			n++
		}
	}
	return n
}

func keysOf(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		n = len(v)
		for _, x := range v {
			n += keysOf(x)
		}
	case []any:
		for _, x := range v {
			n += keysOf(x)
		}
	}
	return n
}

func TestNumbersAmongTheFieldsAreAmounts(t *testing.T) {
	data := []byte(`{"fields":{"n":12,"money":1234.5,"text":"7","list":[1,2],"none":null,"yes":true},"amounts":{"own":-1}}`)
	f, err := newFactReader().read(&ledger.Event{Data: data}, true)
	want := map[string]float64{"n": 12, "money": 1234.5, "own": -1}
	if err != nil || !maps.Equal(f.Amounts, want) {
		t.Errorf("%v %v, want %v", f, err, want)
	}
}
