package indicator

import (
	"context"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/ledger"
)

// Fill reads stream, kind and title of the records from the ledger.
func (e *Engine) Fill(ctx context.Context, l Log, records []Record) error {
	for i := range records {
		ev, err := l.Event(ctx, records[i].Position)
		if err != nil {
			return err
		}
		r := &records[i]
		r.Stream, r.Kind, r.Actor, r.Label = ev.Stream, ev.Kind, ev.Actor, label(ev)
	}
	return nil
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
