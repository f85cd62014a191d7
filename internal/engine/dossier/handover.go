package dossier

import (
	"context"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// kindHandedOver is a change of who works on a dossier that is no step of its procedure.
const kindHandedOver = "dossier.handed_over"

// HandOver gives an open dossier to somebody else (chuyển giao). Nothing else about it changes.
type HandOver struct {
	Code   string
	To     string // account; empty = nobody yet
	Expect int64  // stream version the actor saw; 0 = whatever it is now
	Actor  string
	Note   string
	Key    string // idempotency key
}

// HandOver records a change of assignee and gives the dossier after it. Errors: fault.NotFound; fault.Conflict
// "dossier.changed"; fault.Invalid "dossier.closed" for one that waits for nothing any more, "dossier.same_assignee".
func (e *Engine) HandOver(ctx context.Context, h HandOver) (*Dossier, error) {
	if len(h.Note) > maxNote {
		return nil, fault.New(fault.TooLarge, "dossier.note_long", "limit", maxNote)
	}
	for range maxTries {
		d, err := e.reload(ctx, h.Code)
		if err != nil {
			return nil, err
		}
		switch {
		case h.Expect > 0 && h.Expect != d.Stream:
			return nil, fault.New(fault.Conflict, "dossier.changed", "code", h.Code)
		case !d.Open():
			return nil, fault.New(fault.Invalid, "dossier.closed", "code", h.Code)
		case d.Assignee == h.To:
			return nil, fault.New(fault.Invalid, "dossier.same_assignee", "code", h.Code)
		}
		data, err := e.restated(ctx, d)
		if err != nil {
			return nil, err
		}
		data.Note, data.Assignee, data.Unassigned = strings.TrimSpace(h.Note), h.To, h.To == ""
		err = e.aside(ctx, d, kindHandedOver, h.Actor, h.Key, data)
		if fault.Is(err, "ledger.version_conflict") {
			continue
		}
		if err != nil {
			return nil, err
		}
		return e.reload(ctx, h.Code)
	}
	return nil, fault.New(fault.Conflict, "dossier.busy")
}

// restated says again all that lists and figures read from the last event of a dossier.
func (e *Engine) restated(ctx context.Context, d *Dossier) (*Data, error) {
	x := &Data{Procedure: d.Procedure, Version: d.Version, From: d.State, To: d.State, Status: d.Status, PrevStatus: d.Status,
		Received: absent(d.ReceivedOn), Due: absent(d.DueOn), Title: d.Title, Applicant: d.Applicant}
	if strings.HasPrefix(d.Procedure, importedPrefix) {
		return x, nil // its events have neither measures nor dimensions
	}
	p, err := e.definition(ctx, d.Procedure, d.Version, d.Digest)
	if err != nil {
		return nil, err
	}
	s := &step{p: p, old: d, values: values(p, d)}
	x.Dims = s.dims()
	for _, id := range p.Measures {
		if v := s.values[id]; v != nil {
			if x.Fields == nil {
				x.Fields = map[string]any{}
			}
			x.Fields[id] = v
		}
	}
	return x, nil
}

// AsOf is the dossier as it stood at the end of a day, by what had happened until then whenever it was written
// down. Errors: fault.NotFound, "dossier.not_yet" before its first day.
func (e *Engine) AsOf(ctx context.Context, code string, day calendar.Date) (*Dossier, error) {
	events, err := e.ledger.Stream(ctx, streamPrefix+code)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, fault.New(fault.NotFound, "dossier.not_found", "code", code)
	}
	if events[0].EffectiveOn > day {
		return nil, fault.New(fault.NotFound, "dossier.not_yet", "code", code, "day", day, "first", events[0].EffectiveOn)
	}
	d := &Dossier{Fields: map[string]json.RawMessage{}}
	for i := range events {
		if events[i].EffectiveOn > day {
			continue
		}
		var x payload
		if err := decode(events[i].Data, &x); err != nil {
			return nil, err
		}
		d.apply(&events[i], &x)
	}
	return d, nil
}
