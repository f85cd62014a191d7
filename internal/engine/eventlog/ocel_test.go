package eventlog_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
)

// written is a log in one canonical text, instants in UTC, so that forms can be compared.
func written(t testing.TB, src eventlog.Source, m *eventlog.Mapping) string {
	t.Helper()
	var b strings.Builder
	opts := eventlog.Options{Known: known(t), Mapping: m}
	_, err := eventlog.Read(context.Background(), src, opts, func(c *eventlog.Case) error {
		b.WriteString(c.ID + attributes(c.Attributes) + "\n")
		for _, e := range c.Events {
			b.WriteString("  " + e.At.UTC().Format(time.RFC3339Nano) + " " + e.Activity + attributes(e.Attributes) + "\n")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func attributes(attrs []eventlog.Attribute) string {
	var out []string
	for _, a := range attrs {
		out = append(out, a.Key+"="+a.Value)
	}
	slices.Sort(out)
	return " {" + strings.Join(out, " | ") + "}"
}

func mapping(t testing.TB, yaml string) *eventlog.Mapping {
	t.Helper()
	m, err := eventlog.ParseMapping("map.yaml", []byte(yaml), known(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The three forms of one OCEL 2.0 log read the same, to the instant once the mapping says in which zone
// the XML and SQLite forms (which write no offset) stand.
func TestThreeFormsOfOCELAreOneLog(t *testing.T) {
	m := mapping(t, "name: rome\ntime_zone: Europe/Rome\n")
	first := written(t, source(t, "ocel", "ocel20_example.jsonocel"), m)
	if !strings.Contains(first, "2022-01-09T14:00:00Z Create Purchase Requisition") || strings.Count(first, "\n  ") != 13 {
		t.Fatalf("unexpected reading:\n%s", first)
	}
	for _, form := range []string{"ocel20_example.xmlocel", "ocel20_example.sqlite"} {
		if got := written(t, source(t, "ocel", form), m); got != first {
			t.Errorf("%s reads\n%s\nthe JSON form reads\n%s", form, got, first)
		}
	}
}

// The published schema says <object object-id=…> where the published example says <relationship …>.
func TestBothSpellingsOfARelationAreRead(t *testing.T) {
	raw, err := os.ReadFile(sharedFile(t, "ocel", "ocel20_example.xmlocel"))
	if err != nil {
		t.Fatal(err)
	}
	other := strings.ReplaceAll(string(raw), "<relationship ", "<object ")
	if a, b := written(t, text("a", raw), nil), written(t, text("b", []byte(other)), nil); a != b {
		t.Errorf("as object:\n%s", b)
	}
}

func TestOCEL1FormsHaveTheSameEvents(t *testing.T) {
	a, _ := outline(t, source(t, "ocel", "example_log.jsonocel"), eventlog.Options{})
	b, _ := outline(t, source(t, "ocel", "example_log.xmlocel"), eventlog.Options{})
	if a != b {
		t.Errorf("JSON:\n%s\nXML:\n%s", a, b)
	}
}

func TestChoosingTheCaseObject(t *testing.T) {
	src := source(t, "ocel", "ocel20_example.jsonocel")
	got, sum := outline(t, src, eventlog.Options{Mapping: mapping(t, "name: po\nocel:\n  case_object_types: Purchase Order\n")})
	want := "PO1: Create Purchase Order, Change PO Quantity, Insert Invoice, Insert Invoice\nPO2: Create Purchase Order"
	if got != want || sum.Skipped != 8 || sum.Warnings[0].Key != "eventlog.ocel_no_case" {
		t.Errorf("%s\nskipped %d", got, sum.Skipped)
	}
}

func TestAnEventOfSeveralObjects(t *testing.T) {
	doc := `{"events":[{"id":"e1","type":"pack","time":"2021-01-01T00:00:00Z","relationships":[{"objectId":"i10"},{"objectId":"i9"}]}],
"objects":[{"id":"i9","type":"item"},{"id":"i10","type":"item"}]}`
	if got, sum := outline(t, text("a", []byte(doc)), eventlog.Options{}); got != "i9: pack" || sum.Statistics.Shared != 0 {
		t.Errorf("first: %s", got)
	}
	each := mapping(t, "name: each\nocel: {case_object_types: [item], shared: each}\n")
	if got, sum := outline(t, text("a", []byte(doc)), eventlog.Options{Mapping: each}); got != "i9: pack\ni10: pack" || sum.Statistics.Shared != 1 {
		t.Errorf("each: %s", got)
	}
}

// A view that never ends stands where the table should be.
func TestHostileSQLiteIsNotExecuted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, ddl := range []string{
		`create view event (ocel_id, ocel_type) as with recursive n(i) as (select 1 union all select i+1 from n) select i, 'a' from n`,
		`create table object (ocel_id text, ocel_type text)`, `create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text)`,
		`create table event_map_type (ocel_type text, ocel_type_map text)`, `create table object_map_type (ocel_type text, ocel_type_map text)`,
	} {
		if _, err := db.Exec(ddl); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = eventlog.Read(context.Background(), text("x.sqlite", raw), eventlog.Options{Known: known(t)}, nil)
	if !fault.Is(err, "eventlog.sqlite_table") {
		t.Errorf("%v", err)
	}
}
