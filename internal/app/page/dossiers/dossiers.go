// Package dossiers (trang hồ sơ) is the pages and the JSON transitions of dossiers: the work list, one
// dossier with its next steps, clock and history, and filing a new one. It owns no rules: package dossier
// decides what a step may do, package people who the reader is.
package dossiers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// Panel is a part of a dossier's page that another package shows there: its papers, its council, its slips.
// It returns nil when it has nothing to show to this reader. The dossier is one that the reader may see.
type Panel func(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error)

// Panels hang on a dossier's page: Main below its next steps, Side below its facts.
type Panels struct{ Main, Side []Panel }

type pages struct {
	dossiers *dossier.Engine
	procs    *procedure.Set
	who      *people.People
	panels   Panels
}

// Routes are the pages and the API of dossiers.
func Routes(e *dossier.Engine, procs *procedure.Set, who *people.People, panels Panels) []web.Route {
	s := &pages{e, procs, who, panels}
	return append(s.saved().Routes(), []web.Route{
		{Method: http.MethodGet, Pattern: "/ho-so", Permission: people.ReadDossiers, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/ho-so/moi", Permission: people.OpenDossiers, Handler: s.blank},
		{Method: http.MethodPost, Pattern: "/ho-so", Permission: people.OpenDossiers, Handler: s.file},
		{Method: http.MethodGet, Pattern: "/ho-so/xuat", Permission: people.ReadDossiers, Handler: s.export},
		{Method: http.MethodPost, Pattern: "/ho-so/hang-loat", Permission: people.ActOnDossiers, Handler: s.bulk},
		{Method: http.MethodGet, Pattern: "/ho-so/{code}/xem", Permission: people.ReadDossiers, Handler: s.peek},
		{Method: http.MethodPost, Pattern: "/ho-so/hang-loat/don-vi", Permission: people.MoveDossiers, Handler: s.bulkMove},
		web.FormRoute("/ho-so/{code}/chuyen", people.ActOnDossiers, s.give, s.again),
		web.FormRoute("/ho-so/{code}/don-vi", people.MoveDossiers, s.move, s.again),
		web.FormRoute("/ho-so/{code}/danh-dau", people.ActOnDossiers, s.mark, s.again),
		web.FormRoute("/ho-so/{code}/nhan-xet", people.ActOnDossiers, s.comment, s.again),
		web.FormRoute("/ho-so/{code}/lien-ket", people.ActOnDossiers, s.link, s.again),
		{Method: http.MethodGet, Pattern: "/api/v1/ho-so", Permission: people.ReadDossiers, Handler: s.apiList},
		{Method: http.MethodGet, Pattern: "/ho-so/{code}", Permission: people.ReadDossiers, Handler: s.one},
		{Method: http.MethodPost, Pattern: "/ho-so/{code}/{action}", Permission: people.ActOnDossiers, Handler: s.act},
		{Method: http.MethodGet, Pattern: "/api/v1/ho-so/{code}", Permission: people.ReadDossiers, Handler: s.apiGet},
		{Method: http.MethodPost, Pattern: "/api/v1/ho-so/{code}/{action}", Permission: people.ActOnDossiers, Handler: s.apiAct},
	}...)
}

// roles says which role of package people an actor of a definition is. Those outside the agency act through
// the one-stop desk. An actor that stands here not is played by whoever may act in the unit: a definition may
// name bodies that have no account of their own.
var roles = map[string]people.Role{
	"nguoi_nop": people.OneStop, "chu_tri": people.OneStop, "de_xuat": people.OneStop, "khach": people.OneStop,
	"mot_cua": people.OneStop, "nhan_mau": people.OneStop,
	"truong_phong": people.UnitHead, "chuyen_vien": people.Specialist, "kiem_dinh_vien": people.Specialist,
	"truong_doan": people.Specialist, "ke_toan": people.Specialist,
	"lanh_dao": people.Leader, "van_phong": people.GeneralOffice,
}

// roleFor is the first actor of a transition that the reader is in the dossier's unit, "" when none.
func roleFor(r *web.Request, t *procedure.Transition, unit string) string {
	for _, actor := range t.Actor {
		role, known := roles[actor]
		if known && people.HasRole(r.Reader, role, unit) || !known && r.Can(people.ActOnDossiers, unit) {
			return actor
		}
	}
	return ""
}

// Awaits reports whether the next step of an open dossier is the reader's by role: to receive, to assign, to sign. What
// specialists do is given to them by name.
func Awaits(r *web.Request, procs *procedure.Set, d *dossier.Row) bool {
	p, err := procs.Version(d.Procedure, d.Version)
	if err != nil || !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
		return false
	}
	for _, t := range p.Leaving(d.State) {
		for _, actor := range t.Actor {
			if role, known := roles[actor]; known && role != people.Specialist && !isSide(p, t) && people.HasRole(r.Reader, role, d.Unit) {
				return true
			}
		}
	}
	return false
}

// get reads a dossier that the reader may see.
func (s *pages) get(r *web.Request) (*dossier.Dossier, error) {
	d, err := s.dossiers.Get(r.Context(), r.PathValue("code"))
	return visible(r, r.PathValue("code"), d, err)
}

// seen is get for a step: it may come from memory, since the engine finds out when that is stale.
func (s *pages) seen(r *web.Request) (*dossier.Dossier, error) {
	d, err := s.dossiers.Seen(r.Context(), r.PathValue("code"))
	return visible(r, r.PathValue("code"), d, err)
}

// visible says the same of another unit's dossier as of one that does not exist, so that a code cannot be
// guessed.
func visible(r *web.Request, code string, d *dossier.Dossier, err error) (*dossier.Dossier, error) {
	if fault.KindOf(err) == fault.NotFound || err == nil && !people.Holds(r.Reader, people.ReadDossiers, d.Unit) {
		return nil, fault.New(fault.NotFound, "dossiers.unknown", "code", code)
	}
	return d, err
}

// definition governs a dossier; nil for an imported one, which has none.
func (s *pages) definition(ctx context.Context, d *dossier.Dossier) *procedure.Procedure {
	p, err := s.dossiers.Procedure(ctx, d)
	if err != nil {
		return nil
	}
	return p
}

// procedureName is a procedure's title, or its id where there is no definition.
func (s *pages) procedureName(tag lang.Tag, id, version string) string {
	if p, err := s.procs.Version(id, version); err == nil {
		return p.Title.In(tag)
	}
	return id
}

// path is a dossier's page.
func path(code string) string { return "/ho-so/" + url.PathEscape(code) }

// tone is the colour of a national status; the word always stands beside it.
func tone(status int, late bool) string {
	switch {
	case late:
		return "red"
	case status == dossier.Finished || status == dossier.Returned:
		return "green"
	case status == dossier.AwaitSupplement || status == dossier.AwaitFee:
		return "purple"
	case status == dossier.Refused || status == dossier.Withdrawn || status == dossier.Stopped:
		return "grey"
	case status == dossier.Filed:
		return "teal"
	}
	return "blue"
}

func (s *pages) assignees(ctx context.Context) ([]people.Account, error) {
	all, err := s.who.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var out []people.Account
	for _, a := range all {
		for _, g := range a.Grants {
			if g.Role == people.Specialist && !a.Closed {
				out = append(out, a)
				break
			}
		}
	}
	return out, nil
}
