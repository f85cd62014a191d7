package dossier

import (
	"context"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Get reads a dossier. The caller must not change it. Error: fault.NotFound.
func (e *Engine) Get(ctx context.Context, code string) (*Dossier, error) {
	if e.db.Engine == store.SQLite {
		return e.load(ctx, code)
	}
	return e.reload(ctx, code) // another node may have written
}

// Seen gives a dossier as this process last saw it, without asking the database where it can: for deciding
// who may act, just before Act finds out whether anybody else changed it. The caller must not change it.
func (e *Engine) Seen(ctx context.Context, code string) (*Dossier, error) { return e.load(ctx, code) }

// load takes the dossier from the cache where it is there; the ledger finds out when that is stale.
func (e *Engine) load(ctx context.Context, code string) (*Dossier, error) {
	if d := e.cache.get(code); d != nil {
		return d, nil
	}
	return e.reload(ctx, code)
}

func (e *Engine) reload(ctx context.Context, code string) (*Dossier, error) {
	found, err := store.All(ctx, e.db, scanDossier, selectRows[1], code)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "dossier.not_found", "code", code)
	}
	e.cache.put(found[0])
	return found[0], nil
}

// Procedure is the definition that governs a dossier. Error: fault.NotFound "dossier.definition_gone".
func (e *Engine) Procedure(ctx context.Context, d *Dossier) (*procedure.Procedure, error) {
	return e.definition(ctx, d.Procedure, d.Version, d.Digest)
}
