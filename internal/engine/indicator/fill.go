package indicator

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"trucot/internal/kernel/ledger"
)

// Fill reads stream, kind and title of the records from the ledger.
func (e *Engine) Fill(ctx context.Context, l Log, records []Record) error {
	for i := range records {
		ev, err := eventAt(ctx, l, records[i].Position)
		if err != nil {
			return err
		}
		r := &records[i]
		r.Stream, r.Kind, r.Actor, r.Label = ev.Stream, ev.Kind, ev.Actor, label(ev)
	}
	return nil
}

var errFound = errors.New("found")

// eventAt reads one event. A ledger that can read by position is asked directly.
func eventAt(ctx context.Context, l Log, position int64) (ledger.Event, error) {
	if direct, ok := l.(interface {
		Event(context.Context, int64) (ledger.Event, error)
	}); ok {
		return direct.Event(ctx, position)
	}
	var found ledger.Event
	err := l.Scan(ctx, position-1, func(ev ledger.Event) error {
		found = ev
		return errFound
	})
	if err == errFound && found.Position == position {
		return found, nil
	}
	return found, err
}

// label is how a reader would call an event's subject.
func label(ev ledger.Event) string {
	var data struct {
		Title string `json:"title"`
		Code  string `json:"code"`
	}
	if json.Unmarshal(ev.Data, &data) == nil {
		if data.Title != "" {
			return data.Title
		}
		if data.Code != "" {
			return data.Code
		}
	}
	_, id, _ := strings.Cut(ev.Stream, "/")
	return id
}
