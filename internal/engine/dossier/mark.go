package dossier

import (
	"context"
	"slices"

	"trucot/internal/engine/label"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// kindMarked is a change of priority or labels, which is no step either.
const kindMarked = "dossier.marked"

// Mark changes the priority and the labels of a dossier (mức ưu tiên, nhãn). Nothing else about it changes.
type Mark struct {
	Code   string
	Change label.Change
	Expect int64 // stream version the actor saw; 0 = whatever it is now
	Actor  string
}

// Marks are what an event of kindMarked says: the priority and all labels after it.
type Marks struct {
	Priority label.Priority `json:"priority"`
	Labels   []string       `json:"labels"`
}

// Mark records a change of marks and gives the dossier after it; where nothing changes it records nothing. Errors:
// fault.NotFound; fault.Conflict "dossier.changed"; those of label.Clean.
func (e *Engine) Mark(ctx context.Context, m Mark) (*Dossier, error) {
	for range maxTries {
		d, err := e.reload(ctx, m.Code)
		if err != nil {
			return nil, err
		}
		if m.Expect > 0 && m.Expect != d.Stream {
			return nil, fault.New(fault.Conflict, "dossier.changed", "code", m.Code)
		}
		var now Marks
		if now.Priority, now.Labels, err = m.Change.Apply(d.Priority, d.Labels); err != nil {
			return nil, err
		}
		if now.Priority == d.Priority && slices.Equal(now.Labels, d.Labels) {
			return d, nil
		}
		data, err := e.restated(ctx, d)
		if err != nil {
			return nil, err
		}
		data.Marks = &now
		err = e.aside(ctx, d, kindMarked, m.Actor, "", data)
		if fault.Is(err, "ledger.version_conflict") {
			continue
		}
		if err != nil {
			return nil, err
		}
		return e.reload(ctx, m.Code)
	}
	return nil, fault.New(fault.Conflict, "dossier.busy")
}

// aside records something about a dossier that is no step of its procedure.
func (e *Engine) aside(ctx context.Context, d *Dossier, kind, actor, key string, data *Data) error {
	_, err := e.opts.Append(ctx, ledger.Command{Stream: streamPrefix + d.Code, Expect: d.Stream, Key: key, Actor: actor, Unit: d.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: e.today(), Data: data}}})
	e.cache.drop(d.Code)
	return err
}
