package directive

import (
	"context"
	"encoding/json"

	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The facts of the register, in the stream of the directive that they speak of.
const (
	kindRegistered   = "directive.registered"
	kindReplaced     = "directive.replaced"
	kindAmended      = "directive.amended"
	kindEnded        = "directive.ended"
	kindTargetSet    = "target.set"
	kindTargetFigure = "figure.target" // read by the figures
)

// fact is an event's data: the whole directive after it, and what the event adds.
type fact struct {
	Document
	Note  string            `json:"note,omitempty"`
	Later string            `json:"later,omitempty"` // the directive that replaces or amends it
	How   How               `json:"how,omitempty"`
	Goal  *Goal             `json:"goal,omitempty"`
	Dims  map[string]string `json:"dims"`
}

// figureTarget is the data of figure.target.
type figureTarget struct {
	Indicator string `json:"indicator"`
	Period    string `json:"period"`
	Value     string `json:"value"`
	Note      string `json:"note,omitempty"`
}

func streamOf(id string) string { return "directive/" + id }

func (d *Document) dims() map[string]string {
	return map[string]string{"unit": d.Unit, "side": string(d.Side), "kind": d.Kind}
}

// Fold keeps the tables directive and directive_link.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "directive", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			switch e := &batch[i]; e.Kind {
			case kindRegistered, kindReplaced, kindAmended, kindEnded, kindTargetSet:
				if err := apply(ctx, tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var f fact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	if err := upsert(ctx, tx, &f.Document, e); err != nil {
		return err
	}
	if f.Later == "" {
		return nil
	}
	_, err := tx.Exec(ctx, insertLink, f.Later, f.ID, string(f.How), int64(e.EffectiveOn))
	return err
}
