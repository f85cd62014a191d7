package dossiers

import (
	"net/url"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// save keeps the list as it is filtered, sorted and laid out.
func (s *pages) save(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(in.Get("loc"))
	if err != nil {
		return fault.New(fault.Invalid, "dossiers.bad_list")
	}
	v := dossier.View{Title: in.Get("ten"), Query: readQuery(asked).values().Encode(), Owner: r.Actor(), Unit: in.Get("don-vi")}
	if v.Unit != "" {
		if err := r.Require(people.ActOnDossiers, v.Unit); err != nil {
			return err
		}
	}
	if v, err = s.dossiers.SaveView(r.Context(), v); err != nil {
		return err
	}
	return r.Go("/ho-so?" + v.Query + "&da=luu")
}

func (s *pages) unsave(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	if err := s.dossiers.RemoveView(r.Context(), in.Get("id"), r.Actor()); err != nil {
		return err
	}
	return r.Go("/ho-so?da=luu")
}
