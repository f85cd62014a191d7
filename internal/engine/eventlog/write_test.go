package eventlog_test

import (
	"bytes"
	"context"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/engine/eventlog"
)

// word is any text XML can carry, marks of quotation and markup among it.
var word = rapid.StringOf(rapid.RuneFrom([]rune("abcđéệ ƯỜ<>&\"'/=\t\n0189😀")))

var instant = rapid.Custom(func(t *rapid.T) time.Time {
	zone := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "hours")*3600)
	return time.UnixMilli(rapid.Int64Range(200_000_000, 1_900_000_000_000).Draw(t, "ms")).In(zone)
})

var anyCase = rapid.Custom(func(t *rapid.T) eventlog.Case {
	c := eventlog.Case{ID: word.Draw(t, "id") + "x", Attributes: []eventlog.Attribute{{Key: "k", Value: word.Draw(t, "value")}}}
	if rapid.Bool().Draw(t, "has dates") {
		c.Received, c.Due, c.Finished = instant.Draw(t, "received"), instant.Draw(t, "due"), instant.Draw(t, "finished")
	}
	for range rapid.IntRange(0, 5).Draw(t, "events") {
		e := eventlog.Event{Activity: word.Draw(t, "activity") + "a", Lifecycle: "start", Resource: word.Draw(t, "resource"),
			Attributes: []eventlog.Attribute{{Key: "n", Value: "7", Type: eventlog.Int}, {Key: "f", Value: "none", Type: eventlog.Float}}}
		if rapid.Bool().Draw(t, "timed") {
			e.At = instant.Draw(t, "at")
		}
		c.Events = append(c.Events, e)
	}
	return c
})

// What Writer writes claims IEEE 1849 and is held to it when read back: same cases, same order, times to
// the millisecond with their offset.
func TestWrittenLogsReadBack(t *testing.T) {
	maps := known(t)
	rapid.Check(t, func(t *rapid.T) {
		cases := rapid.SliceOfN(anyCase, 0, 5).Draw(t, "cases")
		var b bytes.Buffer
		w := eventlog.NewWriter(&b, word.Draw(t, "name"))
		for i := range cases {
			if err := w.Case(&cases[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		n := 0
		sum, err := eventlog.Read(context.Background(), text("out.xes", b.Bytes()), eventlog.Options{Known: maps}, func(c *eventlog.Case) error {
			same(t, &cases[n], c)
			n++
			return nil
		})
		if err != nil || sum.WarningN > 0 || n != len(cases) || sum.Version != "1849.2016" {
			t.Fatalf("%v %v: %d of %d cases\n%s", err, sum.Warnings, n, len(cases), b.String())
		}
	})
}

func same(t *rapid.T, want, got *eventlog.Case) {
	if got.ID != want.ID || !got.Received.Equal(want.Received) || !got.Due.Equal(want.Due) || !got.Finished.Equal(want.Finished) ||
		!reflect.DeepEqual(got.Attributes, want.Attributes) || len(got.Events) != len(want.Events) {
		t.Fatalf("case\n%+v\nread as\n%+v", want, got)
	}
	for i := range want.Events {
		w, g := want.Events[i], got.Events[i]
		_, wo := w.At.Zone()
		_, so := g.At.Zone()
		if g.Activity != w.Activity || g.Resource != w.Resource || g.Lifecycle != w.Lifecycle || !g.At.Equal(w.At) || !w.At.IsZero() && wo != so ||
			len(g.Attributes) != 2 || g.Attributes[0].Value != "7" || g.Attributes[0].Type != eventlog.Int || g.Attributes[1].Type != eventlog.String {
			t.Fatalf("event\n%+v\nread as\n%+v", w, g)
		}
	}
}

func TestPseudonymsAreStable(t *testing.T) {
	var p eventlog.Pseudonyms
	if a, b, c := p.Of("Pete"), p.Of("Mike"), p.Of("Pete"); a != "R1" || b != "R2" || c != a || p.Of("") != "" {
		t.Errorf("%s %s %s", a, b, c)
	}
}

func BenchmarkReadXES(b *testing.B) {
	src := source(b, "15_bpic2020_permit_log_1t_per_variant.xes.gz")
	benchmarkRead(b, src)
}

func BenchmarkReadCSV(b *testing.B) { benchmarkRead(b, source(b, "receipt.csv")) }

// benchmarkRead is reading alone: one pass, no ledger.
func benchmarkRead(b *testing.B, src eventlog.Source) {
	opts := eventlog.Options{Known: known(b)}
	events := 0
	b.ReportAllocs()
	for b.Loop() {
		sum, err := eventlog.Read(context.Background(), src, opts, func(*eventlog.Case) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		events += sum.Statistics.Events
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
