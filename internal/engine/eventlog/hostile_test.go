package eventlog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
)

var sprintf = fmt.Sprintf

func zipped(raw []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(raw)
	z.Close()
	return b.Bytes()
}

func TestHostileInputEndsInAFaultWithAPlace(t *testing.T) {
	small := eventlog.Limits{Bytes: 1 << 20, Token: 4 << 10, Depth: 16, CaseEvents: 100}
	deep := strings.Repeat(`<string key="k" value="v">`, 40) + strings.Repeat(`</string>`, 40)
	for _, c := range []struct {
		name, doc, key string
		line           int
	}{
		{"entity bomb", "<?xml version=\"1.0\"?>\n<!DOCTYPE log [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<log/>", "eventlog.xml_doctype", 2},
		{"external entity", "<!DOCTYPE log SYSTEM \"file:///etc/passwd\"><log/>", "eventlog.xml_doctype", 1},
		{"undeclared entity", "<log>\n<string key=\"a\" value=\"&xxe;\"/></log>", "eventlog.xml_entity", 2},
		{"nul by reference", "<log><string key=\"a\" value=\"&#0;\"/></log>", "eventlog.xml_entity", 1},
		{"raw control", "<log><string key=\"a\" value=\"\x01\"/></log>", "eventlog.control", 1},
		{"deep nesting", "<log>\n<trace>" + deep + "</trace></log>", "eventlog.too_deep", 2},
		{"endless tag", "<log>\n<string key=\"a\" value=\"" + strings.Repeat("x", 1<<16) + "\"/></log>", "eventlog.token_too_large", 2},
		{"endless comment", "<log>\n<!--" + strings.Repeat("x", 1<<16) + "--></log>", "eventlog.token_too_large", 2},
		{"endless case", "<log><trace>\n" + strings.Repeat("<event/>", 200) + "</trace></log>", "eventlog.case_too_long", 2},
		{"too large", "<log>\n" + strings.Repeat("<trace/>\n", 1<<17) + "</log>", "eventlog.too_large", 0},
		{"gzip bomb", string(zipped([]byte("<log>\n" + strings.Repeat("<trace/>\n", 1<<17) + "</log>"))), "eventlog.too_large", 0},
		{"gzip cut off", string(zipped([]byte("<log>" + strings.Repeat("<trace/>", 100) + "</log>"))[:30]), "eventlog.gzip", 0},
		{"not closed", "<log>\n<trace>", "eventlog.xml_unclosed", 2},
		{"crossed", "<log>\n<trace></log>", "eventlog.xml_mismatch", 2},
		{"cut in a tag", "<log>\n<trace", "eventlog.xml_truncated", 2},
		{"two roots", "<log/>\n<log/>", "eventlog.xml_two_roots", 2},
		{"other root", "<html><body/></html>", "eventlog.xes_not_log", 1},
		{"attribute twice", "<log><string key=\"a\" key=\"b\" value=\"\"/></log>", "eventlog.xml_twice", 1},
		{"not quoted", "<log><string key=a /></log>", "eventlog.xml_unquoted", 1},
		{"text outside", "<log/> tail", "eventlog.xml_text_outside", 1},
		{"broken utf-8", "<log>\n<string key=\"\xff\" value=\"\"/></log>", "eventlog.not_utf8", 2},
		{"unknown encoding", "<?xml version=\"1.0\" encoding=\"klingon\"?><log/>", "eventlog.encoding", 1},
		{"year 1", "<log><trace>\n<event><string key=\"concept:name\" value=\"a\"/><date key=\"time:timestamp\" value=\"0001-01-01T00:00:00Z\"/></event></trace></log>", "eventlog.impossible_date", 2},
		{"spreadsheet", "PK\x03\x04....", "eventlog.unknown_format", 0},
		{"empty", "", "eventlog.unknown_format", 0},
		{"csv with an open quote", "case_id,activity\n\"c1,a\nc2,b\n", "eventlog.csv_quote_open", 2},
		{"csv with a short row", "case_id,activity\nc1,a\nc2\n", "eventlog.csv_fields", 3},
		{"csv without a case", "a,b\n1,2\n", "eventlog.csv_no_case", 1},
		{"csv without an activity", "case_id,b\n1,2\n", "eventlog.csv_no_activity", 1},
		{"csv with an empty case", "case_id,activity\n,a\n", "eventlog.csv_empty_case", 2},
		{"csv with a bad time", "case_id,activity,timestamp\nc1,a,2021-02-30\n", "eventlog.bad_time", 2},
		{"csv with a nul", "case_id,activity\nc1,a\n" + strings.Repeat("c1,a\n", 1<<14) + "c\x00,a\n", "eventlog.control", 1<<14 + 3},
		{"csv with an endless field", "case_id,activity\n" + strings.Repeat("x", 1<<16) + ",a\n", "eventlog.token_too_large", 2},
		{"json cut off", "{\"events\": [\n{\"id\": \"e1\",", "eventlog.json_syntax", 2},
		{"json of something else", "{\"a\": 1}", "eventlog.json_not_ocel", 1},
		{"json of another shape", "{\"events\": {}}", "eventlog.json_shape", 1},
		{"json deep", "{\"x\":" + strings.Repeat("[", 20000) + "}", "eventlog.json_syntax", 1},
		{"json event without type", "{\"events\": [\n{\"id\": \"e1\", \"time\": \"2021-01-01T00:00:00Z\"}], \"objects\": []}", "eventlog.ocel_event_incomplete", 2},
		{"json event twice", "{\"events\": [\n{\"id\":\"e\",\"type\":\"a\",\"time\":\"2021-01-01T00:00:00Z\"},\n{\"id\":\"e\",\"type\":\"a\",\"time\":\"2021-01-01T00:00:00Z\"}]}", "eventlog.ocel_twice", 3},
		{"json event without time", "{\"events\": [\n{\"id\":\"e\",\"type\":\"a\",\"time\":\"soon\"}]}", "eventlog.ocel_time", 2},
		{"sqlite in name only", "SQLite format 3\x00" + strings.Repeat("\x01", 4096), "eventlog.sqlite_broken", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := eventlog.Options{Known: known(t), Limits: small, Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			_, err := eventlog.Read(context.Background(), text("log", []byte(c.doc)), opts, nil)
			if !fault.Is(err, c.key) {
				t.Fatalf("%v, want %s", err, c.key)
			}
			var first *fault.Error
			if list, ok := err.(fault.List); ok {
				first = list[0]
			} else {
				first = err.(*fault.Error)
			}
			if first.Place.File != "log" || c.line > 0 && first.Place.Line != c.line {
				t.Errorf("at %v, want line %d", first.Place, c.line)
			}
		})
	}
}

func TestImplausibleDatesAreKeptAndSaid(t *testing.T) {
	doc := `<log><trace><string key="concept:name" value="c"/>
<event><string key="concept:name" value="born"/><date key="time:timestamp" value="1948-05-01T00:00:00Z"/></event>
<event><string key="concept:name" value="planned"/><date key="time:timestamp" value="2027-05-01T00:00:00Z"/></event>
</trace></log>`
	opts := eventlog.Options{Known: known(t), Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	var years []int
	sum, err := eventlog.Read(context.Background(), text("log", []byte(doc)), opts, func(c *eventlog.Case) error {
		for _, e := range c.Events {
			years = append(years, e.At.Year())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Statistics.Implausible != 2 || len(sum.Warnings) != 2 || sum.Warnings[0].Key != "eventlog.early_event" ||
		sum.Warnings[0].Place.Line != 2 || sum.Warnings[1].Key != "eventlog.future_event" || len(years) != 2 || years[0] != 1948 {
		t.Errorf("%v %+v %v", years, sum.Statistics, sum.Warnings)
	}
}
