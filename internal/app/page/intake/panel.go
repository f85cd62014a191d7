package intake

import (
	"github.com/a-h/templ"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

type partyPanel struct {
	*web.View
	Party *filing.Party
	P     *procedure.Procedure // nil where the definition is gone
}

// Panel shows on a dossier's page who filed and what they wrote, with all but the last four figures of their numbers
// left out.
func Panel(room *filing.Room, e *dossier.Engine) func(*web.Request, *web.View, *dossier.Dossier) (templ.Component, error) {
	return func(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
		party, err := room.Party(r.Context(), d.Code)
		if party == nil || err != nil {
			return nil, err
		}
		p, err := e.Procedure(r.Context(), d)
		if err != nil {
			p = nil // the panel then shows ids
		}
		return partyPart(partyPanel{v, party, p}), nil
	}
}

func (p partyPanel) paper(id string) string {
	if p.P != nil {
		if d := p.P.Document(id); d != nil {
			return d.Label.In(p.Lang)
		}
	}
	return id
}

func (p partyPanel) action(id string) string {
	if p.P != nil {
		if t := p.P.Transition(id); t != nil {
			return t.Label.In(p.Lang)
		}
	}
	return id
}
