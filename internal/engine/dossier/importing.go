package dossier

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// ImportedCase is one dossier of a foreign log (nhật ký ngoài). It follows no definition: its history is what
// the log says.
type ImportedCase struct {
	Code       string
	Name       string // of the log's procedure; the dossier's procedure is "imported/<name>"
	Unit       string
	Title      string
	ReceivedOn calendar.Date // NoDate = day of the first event
	DueOn      calendar.Date // NoDate = the log names none
	FinishedOn calendar.Date // NoDate = not finished
	Attributes map[string]string
	Events     []ImportedEvent
}

// ImportedEvent is one line of the log.
type ImportedEvent struct {
	Activity   string
	At         time.Time
	Actor      string
	Unit       string
	Attributes map[string]string
}

// Span is what an imported dossier says of itself as a whole.
type Span struct {
	ReceivedOn calendar.Date `json:"received_on"`
	DueOn      calendar.Date `json:"due_on"`
	FinishedOn calendar.Date `json:"finished_on"`
	Name       string        `json:"name"`
	Events     int           `json:"events"`
}

// importedPrefix begins the procedure of an imported dossier.
const importedPrefix = "imported/"

// importBatch is how many cases go into one write: large enough for one sync to serve many, small enough for
// other writers to get their turn.
const importBatch = 256

// Import records foreign cases, one command a case with all its events, and tells how many cases were new. A case
// whose code is already there with the same events is skipped, so that an interrupted import can be repeated.
// Errors: fault.Conflict "dossier.import_differs" when a code is taken by something else.
func (e *Engine) Import(ctx context.Context, cases []ImportedCase) (int, error) {
	done := 0
	for len(cases) > 0 {
		n := min(importBatch, len(cases))
		cmds := make([]ledger.Command, 0, n)
		for i := range cases[:n] {
			c, err := imported(&cases[i])
			if err != nil {
				return done, err
			}
			cmds = append(cmds, c)
		}
		_, err := e.opts.Append(ctx, cmds...)
		switch {
		case err == nil:
			done += n
		case fault.Is(err, "ledger.version_conflict"):
			some, err := e.importSlowly(ctx, cmds)
			done += some
			if err != nil {
				return done, err
			}
		default:
			return done, err
		}
		cases = cases[n:]
	}
	return done, nil
}

// importSlowly appends case by case, skipping those that are there already.
func (e *Engine) importSlowly(ctx context.Context, cmds []ledger.Command) (int, error) {
	done := 0
	for _, c := range cmds {
		_, err := e.opts.Append(ctx, c)
		if err == nil {
			done++
			continue
		}
		if !fault.Is(err, "ledger.version_conflict") {
			return done, err
		}
		there, err := e.ledger.Stream(ctx, c.Stream)
		if err != nil {
			return done, err
		}
		if len(there) != len(c.Events) || there[0].Kind != kindImported || string(there[0].Data) != string(c.Events[0].Data.(json.RawMessage)) {
			return done, fault.New(fault.Conflict, "dossier.import_differs", "code", trimStream(c.Stream))
		}
	}
	return done, nil
}

func imported(c *ImportedCase) (ledger.Command, error) {
	cmd := ledger.Command{Stream: streamPrefix + c.Code, Expect: 0, Unit: c.Unit}
	if c.Code == "" || strings.ContainsAny(c.Code, "\n\t") {
		return cmd, fault.New(fault.Invalid, "dossier.import_code", "code", c.Code)
	}
	if len(c.Events) == 0 && c.ReceivedOn == calendar.NoDate {
		return cmd, fault.New(fault.Invalid, "dossier.import_empty", "code", c.Code)
	}
	received := c.ReceivedOn
	if received == calendar.NoDate {
		received = calendar.OfTime(c.Events[0].At)
	}
	late := c.FinishedOn != calendar.NoDate && c.DueOn != calendar.NoDate && c.FinishedOn > c.DueOn
	whole := Data{Procedure: importedPrefix + c.Name, Version: "imported", To: "received", Status: Received, Title: c.Title, Dims: c.Attributes,
		Channel: "direct", Due: absent(c.DueOn), Received: received, Late: late, Span: &Span{received, c.DueOn, c.FinishedOn, c.Name, len(c.Events)}}
	if c.FinishedOn != calendar.NoDate && len(c.Events) == 0 {
		whole.To, whole.Status = "finished", Finished
	}
	events := make([]ledger.NewEvent, 0, len(c.Events)+1)
	events = append(events, ledger.NewEvent{Kind: kindImported, On: received, Data: whole})
	from, status := "received", Received
	for i := range c.Events {
		ev := &c.Events[i]
		x := Data{Procedure: whole.Procedure, Version: whole.Version, Action: ev.Activity, From: from, To: ev.Activity, Status: InProcessing,
			PrevStatus: status, Due: whole.Due, Received: received, Title: c.Title, Dims: c.Attributes,
			Line: &Line{At: ev.At, Actor: ev.Actor, Unit: ev.Unit, Attributes: ev.Attributes}}
		if i == len(c.Events)-1 && c.FinishedOn != calendar.NoDate {
			x.Status, x.Late = Finished, late
		}
		events = append(events, ledger.NewEvent{Kind: kindStepped, On: calendar.OfTime(ev.At), Data: x})
		from, status = x.To, x.Status
	}
	for i := range events {
		raw, err := json.Marshal(events[i].Data)
		if err != nil {
			return cmd, err
		}
		events[i].Data = json.RawMessage(raw)
	}
	cmd.Events = events
	return cmd, nil
}

// absent is a date for Data, where zero means none.
func absent(d calendar.Date) calendar.Date {
	if d == calendar.NoDate {
		return 0
	}
	return d
}

// Line is one line of a foreign log as it stood there, so that it can be exported again unchanged.
type Line struct {
	At         time.Time         `json:"at"`
	Actor      string            `json:"actor,omitempty"`
	Unit       string            `json:"unit,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}
