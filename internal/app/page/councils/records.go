package councils

import (
	"slices"

	"github.com/a-h/templ"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

type recordsPage struct {
	*web.View
	Found []dossier.Recorded
	Opens map[string]bool
}

// Records shows on a dossier's page what other dossiers tell of who takes part in it, while a step stands open that this
// decides about.
func Records(p Parts) func(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
	s := &pages{p}
	return func(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
		def, err := s.Dossiers.Procedure(r.Context(), d)
		if fault.KindOf(err) == fault.Internal && err != nil {
			return nil, err
		}
		if err != nil || !judges(def, d) || !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
			return nil, nil
		}
		found, err := s.Dossiers.Records(r.Context(), d)
		if err != nil {
			return nil, err
		}
		var codes []string
		for _, x := range found {
			codes = append(codes, x.Dossiers...)
		}
		return records(&recordsPage{v, found, s.mayOpen(r, codes)}), nil
	}
}

// judges reports whether records decide about a step that is open now, and the dossier names somebody to ask them about.
func judges(p *procedure.Procedure, d *dossier.Dossier) bool {
	return slices.ContainsFunc(p.Leaving(d.State), func(t *procedure.Transition) bool { return t.Clears != "" }) &&
		slices.ContainsFunc(p.Records, func(r procedure.Record) bool {
			return slices.ContainsFunc(r.Party, func(id string) bool { return d.Fields[id] != nil })
		})
}

// mayOpen are those of some dossiers that the reader may open.
func (s *pages) mayOpen(r *web.Request, codes []string) map[string]bool {
	out := map[string]bool{}
	for _, code := range codes {
		d, err := s.Dossiers.Get(r.Context(), code)
		out[code] = err == nil && people.Holds(r.Reader, people.ReadDossiers, d.Unit)
	}
	return out
}
