package defs

import (
	"errors"
	"strings"
	"testing"

	"trucot/internal/kernel/fault"
)

type inner struct {
	At   fault.Place `def:"@"`
	ID   string      `def:"id,required"`
	Size int         `def:"size"`
	On   bool        `def:"on"`
}

type outer struct {
	Title map[string]string `def:"title"`
	Items []inner           `def:"items"`
	From  []string          `def:"from"`
	Rate  float64           `def:"rate"`
}

func TestDecodePlacesEverything(t *testing.T) {
	src := "title: {vi: Mượn sách, en: Loan}\nfrom: nhap\nrate: 0.5\nitems:\n  - {id: a, size: 3, on: true}\n  - id: b\n"
	n, err := Parse("x.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var o outer
	if faults := Decode(n, &o); len(faults) > 0 {
		t.Fatal(faults)
	}
	if o.Title["vi"] != "Mượn sách" || len(o.From) != 1 || o.From[0] != "nhap" || o.Rate != 0.5 {
		t.Errorf("%+v", o)
	}
	if len(o.Items) != 2 || o.Items[0].Size != 3 || !o.Items[0].On || o.Items[1].At.String() != "x.yaml:6:5" {
		t.Errorf("%+v", o.Items)
	}
}

func TestMistakesNameTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, src, key, at string }{
		{"unknown key near", "items:\n  - {id: a, sise: 3}\n", "defs.unknown_key_near", "x:2:13"},
		{"unknown key", "colour: red\n", "defs.unknown_key", "x:1:1"},
		{"missing key", "items:\n  - size: 3\n", "defs.missing_key", "x:2:5"},
		{"empty required key", "items:\n  - id:\n", "defs.missing_key", "x:2:5"},
		{"not a whole number", "items:\n  - {id: a, size: 3.5}\n", "defs.want_whole", "x:2:19"},
		{"not a boolean", "items:\n  - {id: a, on: yes}\n", "defs.want_bool", "x:2:17"},
		{"a list for a text", "items:\n  - {id: [a]}\n", "defs.want_text", "x:2:10"},
		{"a text for a map", "items: [a]\n", "defs.want_map", "x:1:9"},
		{"a map for a list", "items: {id: a}\n", "defs.want_list", "x:1:9"},
		{"duplicate key", "rate: 1\nrate: 2\n", "defs.duplicate_key", "x:2:1"},
		{"anchor", "rate: &a 1\n", "defs.refused_construct", "x:1:7"},
		{"alias", "a: *b\n", "defs.refused_construct", "x:1:4"},
		{"tag", "rate: !!int 1\n", "defs.refused_construct", "x:1:7"},
		{"merge key", "<<: {a: 1}\n", "defs.refused_construct", "x:1:1"},
		{"syntax", "items:\n  - {id: a\n", "defs.syntax", "x"},
		{"empty", "# nothing\n", "defs.empty", "x"},
		{"two documents", "rate: 1\n---\nrate: 2\n", "defs.one_document", "x:3:5"},
		{"deep flow", "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "defs.too_deep", "x:1"},
		{"deep dashes", "a:\n  " + strings.Repeat("- ", 100) + "x\n", "defs.too_deep", "x:2"},
		{"large", strings.Repeat("# a long comment\n", 40000), "defs.too_large", "x"},
		{"long", "rate: >\n" + strings.Repeat("\n", 100000), "defs.too_many_lines", "x"},
	} {
		n, err := Parse("x", []byte(c.src))
		if err == nil {
			var o outer
			err = Decode(n, &o).OrNil()
		}
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != c.key || !strings.HasPrefix(e.Place.String(), c.at) {
			t.Errorf("%s: %v, want %s at %s", c.name, err, c.key, c.at)
		}
	}
}

func TestAliasBombIsRefusedBeforeItGrows(t *testing.T) {
	var b strings.Builder
	b.WriteString("a: &a [x,x,x,x,x,x,x,x,x]\n")
	for c := 'b'; c < 'k'; c++ {
		prev := string(c - 1)
		b.WriteString(string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+prev+",", 8) + "*" + prev + "]\n")
	}
	if _, err := Parse("bomb", []byte(b.String())); !fault.Is(err, "defs.refused_construct") {
		t.Fatal(err)
	}
}

func TestMergeKeepsTheBaseWhereNothingIsSaid(t *testing.T) {
	parse := func(s string) *Node {
		n, err := Parse("x", []byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	base := parse("rate: 1\nfrom: [a, b]\ntitle: {vi: x, en: y}\nitems: [{id: a, size: 1, on: true}, {id: b}]\n")
	over := parse("from: [c]\ntitle: {vi: z}\nitems: [{id: c}, {id: a, size: 2}]\n")
	var o outer
	if faults := Decode(Merge(base, over), &o); len(faults) > 0 {
		t.Fatal(faults)
	}
	if o.Rate != 1 || strings.Join(o.From, "") != "c" || o.Title["en"] != "" || len(o.Items) != 3 {
		t.Errorf("%+v", o)
	}
	if a := o.Items[0]; a.ID != "a" || a.Size != 2 || !a.On || o.Items[1].ID != "b" || o.Items[2].ID != "c" {
		t.Errorf("%+v", o.Items)
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"deadlin": "deadline", "dedline": "deadline", "xyz": "", "tp": "to", "froom": "from"} {
		if got := Nearest(word, []string{"deadline", "to", "from"}); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1", "items:\n  - {id: a}\n", "a: |\n  x\n", "a: 'b", "- - - a", "? a\n: b", "a: &x 1\nb: *x", "\t", "a: \"\\u1EA1\"", "{a: [b, {c: d}]}", "a:\n- b\n-\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, err := Parse("x", src)
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		var o outer
		Decode(Merge(n, n), &o)
	})
}
