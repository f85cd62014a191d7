package dossier

import (
	"context"
	"sync"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// kindAdopted is the event that keeps the text of a definition: a dossier goes on under the law it was received
// under, even when the file has been edited or removed since.
const kindAdopted = "procedure.adopted"

// adopted is the data of that event.
type adopted struct {
	Procedure string            `json:"procedure"`
	Version   string            `json:"version"`
	Digest    string            `json:"digest"`
	Status    string            `json:"status"`
	Sources   map[string]string `json:"sources"`
}

// pastVersions are the definitions known to be in the ledger, and those compiled from it.
type pastVersions struct {
	mu       sync.Mutex
	recorded map[string]bool
	compiled map[string]*procedure.Procedure
}

func adoptedStream(id, version, digest string) string {
	return "procedure/" + id + "/" + version + "/" + digest[:16]
}

// adopt records the text of a definition before the first dossier is filed under it.
func (e *Engine) adopt(ctx context.Context, p *procedure.Procedure) error {
	e.past.mu.Lock()
	defer e.past.mu.Unlock()
	if e.past.recorded[p.Digest] {
		return nil
	}
	_, err := e.opts.Append(ctx, ledger.Command{Stream: adoptedStream(p.ID, p.Version, p.Digest), Expect: 0, Events: []ledger.NewEvent{{
		Kind: kindAdopted, On: e.today(), Data: adopted{p.ID, p.Version, p.Digest, p.Status, p.Sources}}}})
	if err != nil && !fault.Is(err, "ledger.version_conflict") {
		return err
	}
	if e.past.recorded == nil {
		e.past.recorded = map[string]bool{}
	}
	e.past.recorded[p.Digest] = true
	return nil
}

// pinned is the definition that governs the act. A dossier keeps the version in force at receipt: one that was
// filed under an older version and is received under a newer one changes over at that moment, where the newer one
// has the same step.
func (e *Engine) pinned(ctx context.Context, d *Dossier, a Act) (*procedure.Procedure, error) {
	p, err := e.definition(ctx, d.Procedure, d.Version, d.Digest)
	if err != nil {
		return nil, err
	}
	t := p.Transition(a.Action)
	if t == nil || p.Verb(t, d.State) != "received" || p.Effective.Covers(a.On) {
		return p, nil
	}
	now, err := e.procs.At(d.Procedure, a.On)
	if err != nil || now.State(d.State) == nil || now.Transition(a.Action) == nil {
		return p, nil
	}
	return now, e.adopt(ctx, now)
}

// definition finds a text by its digest: among the definitions, else in the ledger. Errors:
// fault.NotFound "dossier.definition_gone".
func (e *Engine) definition(ctx context.Context, id, version, digest string) (*procedure.Procedure, error) {
	if p, err := e.procs.Version(id, version); err == nil && p.Digest == digest {
		return p, nil
	}
	e.past.mu.Lock()
	defer e.past.mu.Unlock()
	if p := e.past.compiled[digest]; p != nil {
		return p, nil
	}
	p, err := e.recall(ctx, id, version, digest)
	if err != nil {
		return nil, fault.New(fault.NotFound, "dossier.definition_gone", "id", id, "version", version).Because(err)
	}
	if e.past.compiled == nil {
		e.past.compiled = map[string]*procedure.Procedure{}
	}
	e.past.compiled[digest] = p
	return p, nil
}

// recall compiles a definition from the text in the ledger.
func (e *Engine) recall(ctx context.Context, id, version, digest string) (*procedure.Procedure, error) {
	if len(digest) < 16 {
		return nil, fault.New(fault.NotFound, "procedure.unknown_version", "id", id, "version", version)
	}
	events, err := e.ledger.Stream(ctx, adoptedStream(id, version, digest))
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, fault.New(fault.NotFound, "procedure.unknown_version", "id", id, "version", version)
	}
	var text adopted
	if err := decode(events[0].Data, &text); err != nil {
		return nil, err
	}
	return procedure.Restore(id, version, text.Sources)
}
