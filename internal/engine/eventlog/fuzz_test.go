package eventlog_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
)

// fuzzLimits keep one try quick.
var fuzzLimits = eventlog.Limits{Bytes: 1 << 20, Whole: 1 << 20, Token: 8 << 10, Depth: 32, CaseEvents: 1 << 10}

// check reads doc: whatever it is, the reading ends in cases or in faults with the file's name, and twice
// the same way.
func check(t *testing.T, maps []*eventlog.Mapping, doc []byte, lenient bool) {
	opts := eventlog.Options{Known: maps, Limits: fuzzLimits, Lenient: lenient, Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	events := 0
	sum, err := eventlog.Read(context.Background(), text("f", doc), opts, func(c *eventlog.Case) error {
		events += len(c.Events)
		return nil
	})
	again, err2 := eventlog.Read(context.Background(), text("f", doc), opts, nil)
	if (err == nil) != (err2 == nil) {
		t.Fatalf("first %v, then %v", err, err2)
	}
	if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) || f.Key == "" || f.Place.File != "f" {
			t.Fatalf("%v is no fault with a place", err)
		}
		return
	}
	if sum.Statistics.Events != events || sum.Statistics != again.Statistics {
		t.Fatalf("visited %d events, counted %+v then %+v", events, sum.Statistics, again.Statistics)
	}
}

func seeds(f *testing.F, docs ...string) {
	for _, d := range docs {
		f.Add([]byte(d), false)
		f.Add([]byte(d), true)
	}
}

// fileSeeds adds the small documents of the real input where it is beside the checkout.
func fileSeeds(f *testing.F, files ...string) {
	for _, name := range files {
		if raw, err := os.ReadFile("../../../../shared/data/event-logs/" + name); err == nil && len(raw) < 32<<10 {
			f.Add(raw, false)
		}
	}
}

func FuzzXES(f *testing.F) {
	seeds(f,
		`<log xes.version="1849.2016" xes.features=""><extension name="a" prefix="a" uri="a"/><global scope="event"><string key="concept:name" value=""/></global><classifier name="x" keys="concept:name"/><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="a&amp;b"/><date key="time:timestamp" value="2021-06-14T08:30:00.123+07:00"/><list key="l"><values><int key="i" value="1"/></values></list></event></trace><event/></log>`,
		`<?xml version="1.0" encoding="ISO-8859-1"?><log><trace><event/></trace></log>`,
		"<!DOCTYPE log [<!ENTITY a 'b'>]><log>&a;</log>", "<log><![CDATA[x]]></log>", "<log><!-- x --><?pi?></log>")
	fileSeeds(f, "xes_20.xes", "partial_order_example.xes", "running-example.xes")
	maps := known(f)
	f.Fuzz(func(t *testing.T, doc []byte, lenient bool) { check(t, maps, doc, lenient) })
}

func FuzzCSV(f *testing.F) {
	seeds(f, "case_id,activity,timestamp\nc1,a,2021-01-01\nc2,b,2021-01-02 10:00\nc1,\"x, \"\"y\"\"\",\n",
		"case_id;activity\n\"open", "case:concept:name\tconcept:name\n1\ta\r\n\r\n2\tb", "\xff\xfec\x00,\x00d\x00", "M\xb7 h\xe5 s\xac,B\xad\xedc\nHS,Ti\xd5p nh\xcbn\n")
	fileSeeds(f, "running-example.csv")
	maps := known(f)
	f.Fuzz(func(t *testing.T, doc []byte, lenient bool) { check(t, maps, doc, lenient) })
}

func FuzzOCELJSON(f *testing.F) {
	seeds(f, `{"events":[{"id":"e","type":"a","time":"2021-01-01T00:00:00Z","attributes":[{"name":"n","value":1}],"relationships":[{"objectId":"o","qualifier":"q"}]}],"objects":[{"id":"o","type":"t","attributes":[{"name":"x","time":"1970-01-01T00:00:00Z","value":"y"}]}]}`,
		`{"ocel:events":{"e":{"ocel:activity":"a","ocel:timestamp":"2021-01-01","ocel:omap":["o"],"ocel:vmap":{"k":[1]}}},"ocel:objects":{"o":{"ocel:type":"t","ocel:ovmap":{}}}}`)
	fileSeeds(f, "ocel/example_log.jsonocel", "ocel/ocel20_example.jsonocel")
	maps := known(f)
	f.Fuzz(func(t *testing.T, doc []byte, lenient bool) { check(t, maps, doc, lenient) })
}

func FuzzOCELXML(f *testing.F) {
	seeds(f, `<log><object-types/><objects><object id="o" type="t"><attributes><attribute name="a" time="1970-01-01T00:00:00Z">v</attribute></attributes></object></objects><events><event id="e" type="a" time="2021-01-01T00:00:00"><objects><relationship object-id="o" qualifier="q"/></objects></event></events></log>`,
		`<log><global scope="log"/><events><event><string key="id" value="e"/><string key="activity" value="a"/><date key="timestamp" value="2021-01-01"/><list key="omap"><string key="object-id" value="o"/></list></event></events></log>`)
	fileSeeds(f, "ocel/example_log.xmlocel", "ocel/ocel20_example.xmlocel")
	maps := known(f)
	f.Fuzz(func(t *testing.T, doc []byte, lenient bool) { check(t, maps, doc, lenient) })
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte("name: x\ncase: {id: a, due: [b, c]}\ntime_zone: Asia/Ho_Chi_Minh\ncsv: {delimiter: ';'}\n"))
	f.Add([]byte("name: &a [*a]\n"))
	f.Add([]byte("name: x\ncase:\n  idd: a\n"))
	maps := known(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := eventlog.ParseMapping("m", raw, maps[0])
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || e.Place.File != "m" {
				t.Fatalf("%v is no fault with a place", err)
			}
			return
		}
		check(t, []*eventlog.Mapping{m}, []byte("case_id,activity\n1,a\n"), true)
	})
}
