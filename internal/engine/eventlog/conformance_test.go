package eventlog_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
	"trucot/internal/testing/shared"
)

// The conformance documents by name. All claim IEEE 1849-2016 and are held to its XML schema and rules.
// Three names do not settle the matter:
//   - dateNoTZD: the schema's dateTime may lack its zone, but the instant is then unknown, and the sibling
//     dateCorrectValue has one. It is wrong unless a mapping says which zone the log stands in.
//   - globalNoAttributes: a global without its required scope.
//   - logNoNestedAttributes: declares a feature that it does not use, as every log of the reference
//     library does. Nothing is lost by taking it, so it is accepted with a warning at its line.
var conformance = map[string]struct {
	key  string // empty: accepted
	line int
}{
	"attributeEventSwapped":            {"eventlog.xes_order", 4},
	"attributeValuesSwapped":           {"eventlog.xes_list_order", 4},
	"booleanIncorrectValue":            {"eventlog.bad_value", 13},
	"classifierCorrectAttributes":      {},
	"classifierEventCorrectAttributes": {},
	"classifierIncorrectKey":           {"eventlog.xes_classifier_key", 8},
	"classifierNoAttributes":           {"eventlog.xes_text", 8},
	"classifierTraceCorrectAttributes": {},
	"dateCorrectValue":                 {},
	"dateNoTZD":                        {"eventlog.no_zone", 13},
	"eventCorrectAttributes":           {},
	"eventIncorrectType":               {"eventlog.xes_global_type", 23},
	"extensionAttributeSwapped":        {"eventlog.xes_order", 3},
	"extensionCorrectAttributes":       {},
	"extensionGlobalSwapped":           {"eventlog.xes_missing", 2}, // and the order, at line 3
	"extensionNoAttributes":            {"eventlog.xes_missing", 2},
	"extensionStandard":                {},
	"extensionTraceSwapped":            {"eventlog.xes_order", 3},
	"globalClassifierSwapped":          {"eventlog.xes_missing", 3}, // and the order, at line 7
	"globalEventSwapped":               {"eventlog.xes_order", 6},
	"globalNoAttributes":               {"eventlog.xes_missing", 3},
	"globalStringNoAttributes":         {"eventlog.xes_missing", 3}, // and those of its string, at line 4
	"globalTooManyAttributes":          {"eventlog.xes_attribute", 3},
	"globalTraceSwapped":               {"eventlog.xes_order", 4},
	"idIncorrectValue":                 {"eventlog.bad_value", 13},
	"intIncorrectValue":                {"eventlog.bad_value", 13},
	"listNoValues":                     {"eventlog.xes_list_values", 13},
	"logCorrectAttributes":             {},
	"logNoNestedAttributes":            {},
	"logTooManyAttributes":             {"eventlog.xes_attribute", 1},
	"realCorrectValue":                 {},
	"stringCorrectAttributes":          {},
	"stringNoAttributes":               {"eventlog.xes_missing", 9},
	"stringTooManyAttributes":          {"eventlog.xes_attribute", 9},
	"traceEventSwapped":                {"eventlog.xes_order", 3},
	"traceTooManyAttributes":           {"eventlog.xes_attribute", 14},
}

func TestConformanceDocuments(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared.Dir(t, "data", "event-logs", "xes-conformance"), "*.xes"))
	if err != nil || len(files) != len(conformance) {
		t.Fatalf("%d documents, the table has %d (%v)", len(files), len(conformance), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			want, ok := conformance[name[:len(name)-len(".xes")]]
			if !ok {
				t.Fatal("not in the table")
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = eventlog.Read(context.Background(), text(name, raw), eventlog.Options{Known: known(t)}, nil)
			if want.key == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var first *fault.Error
			if !errors.As(err, &first) {
				t.Fatalf("accepted, want %s", want.key)
			}
			if first.Key != want.key || first.Place.Line != want.line || first.Place.File != name || first.Place.Source == "" {
				t.Errorf("%v (source %q), want %s at line %d", first, first.Place.Source, want.key, want.line)
			}
		})
	}
}

// A log that claims no standard, or asks for leniency, is taken with warnings where nothing is lost.
func TestTheSameBreachIsAWarningWhereNoStandardIsClaimed(t *testing.T) {
	const swapped = `<log%s><trace><event><string key="concept:name" value="a"/></event><string key="concept:name" value="c1"/></trace></log>`
	for _, c := range []struct {
		version string
		lenient bool
		refused bool
	}{
		{"", false, false},
		{` xes.version="1.0"`, false, false},
		{` xes.version="1849.2016" xes.features=""`, false, true},
		{` xes.version="1849.2016" xes.features=""`, true, false},
	} {
		doc := []byte(sprintf(swapped, c.version))
		sum, err := eventlog.Read(context.Background(), text("x.xes", doc), eventlog.Options{Known: known(t), Lenient: c.lenient}, nil)
		if refused := fault.Is(err, "eventlog.xes_order"); refused != c.refused {
			t.Errorf("%q lenient=%v: %v", c.version, c.lenient, err)
		}
		if !c.refused && (sum.WarningN != 1 || sum.Statistics.Events != 1 || sum.Statistics.Cases != 1) {
			t.Errorf("%q lenient=%v: %+v", c.version, c.lenient, sum)
		}
	}
}
