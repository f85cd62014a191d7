package crossfoot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
)

// table reads lines "row: cells of columns 1, 2 …" with "." for blank and "X" for crossed out.
func table(lines ...string) Tables {
	t := Tables{}
	for _, line := range lines {
		row, cells, _ := strings.Cut(line, ": ")
		for i, text := range strings.Fields(cells) {
			at := Ref{"03", row, string(rune('1' + i))}
			switch text {
			case ".":
			case "X":
				t[at] = Cell{Value: indicator.NoValue, Crossed: true}
			default:
				v, err := indicator.ParseValue(text)
				if err != nil {
					panic(err)
				}
				t[at] = Cell{Value: v, Source: "a R" + row}
			}
		}
	}
	return t
}

func TestCheck(t *testing.T) {
	rows := Rule{Form: "03", Kind: Rows, Total: "01", Parts: []string{"02", "03"}}
	strict := rows
	strict.Blank = "fault"
	near := rows
	near.Tolerance = "0.1"
	columns := Rule{Form: "03", Kind: Columns, Total: "1", Parts: []string{"2", "-3"}}
	within := Rule{Form: "03", Kind: Within, Total: "01", Parts: []string{"02", "03"}}
	together := within
	together.Together = true
	across := Rule{Form: "03", Kind: Within, Axis: "column", Total: "1", Parts: []string{"2"}}
	equal := Rule{Kind: Equal, Left: Ref{"03", "01", "1"}, Right: Ref{"03", "02", "1"}}
	for _, c := range []struct {
		name  string
		rule  Rule
		table Tables
		want  string // row,column expected found difference; …
	}{
		{"a row that adds up", rows, table("01: 5 7", "02: 2 3", "03: 3 4"), ""},
		{"one that does not is named with its difference", rows, table("01: 5 8", "02: 2 3", "03: 3 4"), "01,2 7 8 1"},
		{"a blank part is nothing", rows, table("01: 2", "02: 2"), ""},
		{"no breakdown given is no fault", rows, table("01: 2"), ""},
		{"unless the rule says so", strict, table("01: 2"), "01,1  2 2"},
		{"a blank total over filled parts is a fault", rows, table("01: .", "02: 2"), "01,1 2  -2"},
		{"a crossed-out total is not checked", rows, table("01: X", "02: 2"), ""},
		{"a crossed-out part is nothing", rows, table("01: 2", "02: 2", "03: X"), ""},
		{"a zero is filled in", rows, table("01: 0", "02: 2"), "01,1 2 0 -2"},
		{"rounded amounts may differ a little", near, table("01: 2.1 2.2", "02: 2 2"), "01,2 2 2.2 0.2"},
		{"columns, with one subtracted", columns, table("01: 5 7 2", "02: 5 7 1"), "02,1 6 5 -1"},
		{"a part above its whole", within, table("01: 5", "02: 6", "03: 5"), "02,1 5 6 1"},
		{"a part of a blank whole", within, table("02: 6"), "02,1  6 6"},
		{"parts that exceed the whole together", together, table("01: 5", "02: 3", "03: 3"), "01,1 6 5 -1"},
		{"parts below the whole together", together, table("01: 7", "02: 3", "03: 3"), ""},
		{"a part in a column", across, table("01: 5 6", "02: 5 5"), "01,2 5 6 1"},
		{"equal cells", equal, table("01: 5", "02: 5"), ""},
		{"unequal cells", equal, table("01: 5", "02: 6"), "01,1 6 5 -1"},
		{"one side blank", equal, table("01: 5"), ""},
	} {
		var got []string
		for _, f := range Check([]Rule{c.rule}, c.table) {
			got = append(got, f.Row+","+f.Column+" "+f.Expected.String()+" "+f.Found.String()+" "+f.Difference.String())
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}

func TestFaultAsJSON(t *testing.T) {
	faults := Check([]Rule{{Form: "03", Kind: Rows, Total: "01", Parts: []string{"02", "-03"}}}, table("02: 2.5", "03: 1"))
	got, err := json.Marshal(faults[0])
	want := `{"form":"03","row":"01","column":"1","rule":"01 = 02 − 03","expected":1.5,"found":null,"difference":-1.5,"source":""}`
	if err != nil || string(got) != want {
		t.Errorf("%s %v\nwant %s", got, err, want)
	}
}

// A table whose totals were computed has no fault, and one changed total has exactly that one.
func TestOnlyTheChangedTotalIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := []string{"1", "2", "3"}
		parts := []string{"02", "03", "04"}
		tables := Tables{}
		for _, c := range columns {
			sum := indicator.Value(0)
			for _, p := range parts {
				v := indicator.Value(rapid.Int64Range(-1e6, 1e6).Draw(t, "part"))
				tables[Ref{"03", p, c}] = Cell{Value: v}
				sum += v
			}
			tables[Ref{"03", "01", c}] = Cell{Value: sum}
		}
		rules := []Rule{{Form: "03", Kind: Rows, Total: "01", Parts: parts}}
		if faults := Check(rules, tables); len(faults) != 0 {
			t.Fatalf("a table that adds up: %+v", faults)
		}
		at := Ref{"03", "01", rapid.SampledFrom(columns).Draw(t, "column")}
		by := indicator.Value(rapid.Int64Range(1, 1000).Draw(t, "by"))
		tables[at] = Cell{Value: tables[at].Value + by}
		faults := Check(rules, tables)
		if len(faults) != 1 || faults[0].Column != at.Column || faults[0].Difference != by {
			t.Fatalf("%+v, want column %s off by %s", faults, at.Column, by)
		}
	})
}

func TestLint(t *testing.T) {
	ok := Rule{Form: "03", Kind: Rows, Total: "01", Parts: []string{"02"}}
	with := func(change func(*Rule)) Rule { r := ok; change(&r); return r }
	known := func(r Ref) bool { return r.Row < "05" }
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{ok, ""},
		{with(func(r *Rule) { r.Kind = "diagonal" }), "crossfoot.bad_kind"},
		{with(func(r *Rule) { r.Blank = "maybe" }), "crossfoot.bad_blank"},
		{with(func(r *Rule) { r.Tolerance = "-1" }), "crossfoot.bad_tolerance"},
		{with(func(r *Rule) { r.Parts = nil }), "crossfoot.parts_missing"},
		{with(func(r *Rule) { r.Parts = []string{"01"} }), "crossfoot.total_is_part"},
		{Rule{Kind: Equal}, "crossfoot.sides_missing"},
		{with(func(r *Rule) { r.Parts, r.In = []string{"09"}, []string{"1"} }), "crossfoot.unknown_cell"},
	} {
		err := Lint([]Rule{c.rule}, known)
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%+v: %v, want %s", c.rule, err, c.want)
		}
	}
}

func TestCodesSortAsNumbers(t *testing.T) {
	codes := []string{"b", "10", "2", "A", "1"}
	slices.SortFunc(codes, compareCodes)
	if got := strings.Join(codes, " "); got != "1 2 10 A b" {
		t.Error(got)
	}
}
