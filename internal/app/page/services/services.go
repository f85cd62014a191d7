// Package services (dịch vụ công) is the pages for people outside the agency: the catalogue of services, the filing of
// a dossier one question a page, the tracking of it. They need no account and no script. It owns no rules: package
// filing keeps drafts and says what may be seen.
package services

import (
	"net/http"
	"slices"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

type pages struct {
	filing *filing.Room
}

// limits are the bodies that carry files.
var limits = map[string]int64{"/nop-ho-so/{draft}/{step}/tep": maxUpload, "/tra-cuu/tep": maxUpload}

// Routes are the public pages.
func Routes(room *filing.Room) []web.Route {
	s := &pages{room}
	var out []web.Route
	for _, rt := range []struct {
		method, pattern string
		handler         web.Handler
	}{
		{http.MethodGet, "/dich-vu", s.catalogue},
		{http.MethodGet, "/dich-vu/{id}", s.service},
		{http.MethodGet, "/nop-ho-so", s.returnForm},
		{http.MethodPost, "/nop-ho-so", s.start},
		{http.MethodPost, "/nop-ho-so/mo", s.comeBack},
		{http.MethodGet, "/nop-ho-so/{draft}", s.tasks},
		{http.MethodGet, "/nop-ho-so/{draft}/luu", s.saved},
		{http.MethodPost, "/nop-ho-so/{draft}/xoa", s.discard},
		{http.MethodGet, "/nop-ho-so/{draft}/kiem-tra", s.check},
		{http.MethodPost, "/nop-ho-so/{draft}/gui", s.send},
		{http.MethodGet, "/nop-ho-so/{draft}/xong", s.receipt},
		{http.MethodGet, "/nop-ho-so/{draft}/{step}", s.question},
		{http.MethodPost, "/nop-ho-so/{draft}/{step}", s.answer},
		{http.MethodGet, "/tra-cuu", s.trackForm},
		{http.MethodPost, "/tra-cuu", s.prove},
		{http.MethodGet, "/tra-cuu/ho-so", s.track},
		{http.MethodPost, "/tra-cuu/ho-so/cau-hoi", s.answerCouncil},
		{http.MethodPost, "/tra-cuu/ho-so/{action}", s.reply},
		{http.MethodPost, "/tra-cuu/thoat", s.leave},
		{http.MethodPost, "/nop-ho-so/{draft}/{step}/tep", s.attach},
		{http.MethodPost, "/nop-ho-so/{draft}/{step}/bo-tep", s.detach},
		{http.MethodPost, "/tra-cuu/tep", s.supplementFile},
	} {
		out = append(out, web.Route{MaxBody: limits[rt.pattern], Method: rt.method, Pattern: rt.pattern, Permission: web.Public, Handler: s.citizen(rt.handler)})
	}
	return out
}

// citizen shows what went wrong in the citizens' own frame, with a way on that needs no account.
func (s *pages) citizen(h web.Handler) web.Handler {
	return func(r *web.Request) error {
		err := h(r)
		if err == nil || fault.KindOf(err) == fault.Internal {
			return err
		}
		return r.Render(web.Status(fault.KindOf(err)), trouble(r.View(r.T("services.trouble")), r.ErrorText(err)))
	}
}

// sector is a heading of the catalogue.
type sector struct {
	Name     string
	Services []*procedure.Procedure
}

type cataloguePage struct {
	*web.View
	Sectors []sector
	Find    string
	Found   int
}

// catalogue lists the services by field.
func (s *pages) catalogue(r *web.Request) error {
	p := cataloguePage{View: r.View(r.T("services.title")), Find: r.Query("q")}
	words := lang.Fold(p.Find)
	for _, v := range s.filing.Services() {
		if words != "" && !matches(v, words, r.Lang) {
			continue
		}
		p.Found++
		name := v.Sector.In(r.Lang)
		i := slices.IndexFunc(p.Sectors, func(o sector) bool { return o.Name == name })
		if i < 0 {
			i = len(p.Sectors)
			p.Sectors = append(p.Sectors, sector{Name: name})
		}
		p.Sectors[i].Services = append(p.Sectors[i].Services, v)
	}
	return r.Render(http.StatusOK, catalogue(p))
}

func matches(p *procedure.Procedure, words string, tag lang.Tag) bool {
	text := lang.Fold(p.Title.In(tag) + " " + p.Summary.In(tag) + " " + p.Sector.In(tag) + " " + p.Code)
	return containsAll(text, words)
}

type servicePage struct {
	*web.View
	P    *procedure.Procedure
	Main *procedure.Deadline // nil when the definition has none
}

// service says what one needs to know before filing.
func (s *pages) service(r *web.Request) error {
	v, err := s.filing.Service(r.PathValue("id"))
	if err != nil {
		return err
	}
	p := servicePage{View: r.View(v.Title.In(r.Lang)), P: v}
	for i := range v.Deadlines {
		if v.Deadlines[i].Main && p.Main == nil {
			p.Main = &v.Deadlines[i]
		}
	}
	return r.Render(http.StatusOK, service(p))
}
