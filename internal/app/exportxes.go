package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// ExportXES writes the dossiers of a procedure (empty = all, imported ones too) as an XES log and returns
// its counts. Titles, applicants, form fields of the agency's own dossiers and names of accounts stay in
// the house; accounts become R1, R2 …, the same within one log.
func (a *App) ExportXES(ctx context.Context, w io.Writer, procedure string) (cases, events int, err error) {
	head := a.Ledger.Head()
	streams, err := dossierStreams(ctx, a.Ledger, procedure, head)
	if err != nil {
		return 0, 0, err
	}
	x := eventlog.NewWriter(w, "trucot")
	var names eventlog.Pseudonyms
	for _, s := range streams {
		history, err := a.Ledger.Stream(ctx, s)
		if err != nil {
			return cases, events, err
		}
		c, err := traceOf(history, head, &names)
		if err != nil {
			return cases, events, err
		}
		if err := x.Case(c); err != nil {
			return cases, events, err
		}
		cases, events = cases+1, events+len(c.Events)
	}
	return cases, events, x.Close()
}

// dossierStreams lists the dossiers in the order in which they began.
func dossierStreams(ctx context.Context, l *ledger.Ledger, procedure string, head int64) ([]string, error) {
	var out []string
	err := l.Scan(ctx, 0, func(e ledger.Event) error {
		if e.Version != 1 || e.Position > head || !strings.HasPrefix(e.Stream, "dossier/") {
			return nil
		}
		var d struct{ Procedure string }
		if procedure != "" {
			if err := json.Unmarshal(e.Data, &d); err != nil || d.Procedure != procedure {
				return err
			}
		}
		out = append(out, e.Stream)
		return nil
	})
	return out, err
}

// dossierData is what the export reads of a dossier's event.
type dossierData struct {
	Procedure string            `json:"procedure"`
	Version   string            `json:"version"`
	Action    string            `json:"action"`
	Due       string            `json:"due"`
	Dims      map[string]string `json:"dims"`
	Fields    json.RawMessage   `json:"fields"`
	Line      struct {
		At    string `json:"at"`
		Actor string `json:"actor"`
		Unit  string `json:"unit"`
	} `json:"line"`
	Log struct {
		ReceivedAt string          `json:"received_at"`
		DueAt      string          `json:"due_at"`
		FinishedAt string          `json:"finished_at"`
		Lifecycle  string          `json:"lifecycle"`
		Attributes json.RawMessage `json:"attributes"`
	} `json:"log"`
}

// traceOf turns a dossier's history into a case.
func traceOf(history []ledger.Event, head int64, names *eventlog.Pseudonyms) (*eventlog.Case, error) {
	c := &eventlog.Case{}
	for _, e := range history {
		if e.Position > head {
			break
		}
		var d dossierData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return nil, err
		}
		foreign := strings.HasPrefix(d.Procedure, "imported/")
		caseOf(c, e, &d, foreign)
		if foreign && e.Kind != "dossier.stepped" || e.Kind == "dossier.marked" {
			continue // the frame of an imported case is in its attributes; a mark is no step
		}
		c.Events = append(c.Events, stepOf(e, &d, foreign, names))
	}
	return c, nil
}

// caseOf takes what an event says about the whole dossier.
func caseOf(c *eventlog.Case, e ledger.Event, d *dossierData, foreign bool) {
	if c.ID == "" {
		c.ID = strings.TrimPrefix(e.Stream, "dossier/")
		c.Attributes = append(c.Attributes, eventlog.Attribute{Key: "trucot:procedure", Value: d.Procedure},
			eventlog.Attribute{Key: "trucot:version", Value: d.Version})
		if foreign {
			c.Attributes = append(c.Attributes, fieldsOf(d.Fields)...)
			c.Received, _ = timeOf(d.Log.ReceivedAt)
			c.Due, _ = timeOf(d.Log.DueAt)
			c.Finished, _ = timeOf(d.Log.FinishedAt)
		}
	}
	if foreign {
		return
	}
	if due, err := calendar.Parse(d.Due); err == nil {
		c.Due = dayTime(due, time.Time{}).Add(24*time.Hour - time.Millisecond) // the whole day is in time
	}
	switch e.Kind {
	case "dossier.received":
		c.Received = dayTime(e.EffectiveOn, time.Time{})
	case "dossier.finished":
		c.Finished = dayTime(e.EffectiveOn, e.RecordedAt)
	}
}

func stepOf(e ledger.Event, d *dossierData, foreign bool, names *eventlog.Pseudonyms) eventlog.Event {
	if foreign {
		v := eventlog.Event{Activity: d.Action, Lifecycle: d.Log.Lifecycle, Resource: names.Of(d.Line.Actor), Group: d.Line.Unit,
			Attributes: fieldsOf(d.Log.Attributes)}
		v.At, _ = timeOf(d.Line.At)
		return v
	}
	v := eventlog.Event{Activity: cmp.Or(d.Action, strings.TrimPrefix(e.Kind, "dossier.")), At: dayTime(e.EffectiveOn, e.RecordedAt),
		Resource: names.Of(e.Actor), Group: e.Unit}
	for _, k := range sortedKeys(d.Dims) {
		v.Attributes = append(v.Attributes, eventlog.Attribute{Key: "trucot:" + k, Value: d.Dims[k]})
	}
	return v
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func timeOf(s string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339Nano, s)
	return at, err == nil
}

// dayTime is the effective day at the hour it was recorded if that was the same day, else at midnight.
func dayTime(on calendar.Date, recorded time.Time) time.Time {
	if !recorded.IsZero() && calendar.OfTime(recorded) == on {
		return recorded.In(calendar.Zone)
	}
	y, m, d := on.YMD()
	return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone)
}

// fieldsOf reads the foreign attributes back, in order of their keys; nested ones under joined keys.
func fieldsOf(raw json.RawMessage) []eventlog.Attribute {
	if len(raw) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var m map[string]any
	if dec.Decode(&m) != nil {
		return nil
	}
	return flatFields("", m)
}

func flatFields(prefix string, m map[string]any) []eventlog.Attribute {
	var out []eventlog.Attribute
	for _, k := range sortedKeys(m) {
		a := eventlog.Attribute{Key: strings.TrimSuffix(prefix+k, "/")}
		switch v := m[k].(type) {
		case string:
			a.Value = v
			if _, ok := timeOf(v); ok {
				a.Type = eventlog.Date
			}
		case bool:
			a.Type, a.Value = eventlog.Boolean, "false"
			if v {
				a.Value = "true"
			}
		case json.Number:
			a.Type, a.Value = eventlog.Int, v.String()
		case map[string]any:
			out = append(out, flatFields(prefix+k+"/", v)...)
			continue
		}
		out = append(out, a)
	}
	return out
}
