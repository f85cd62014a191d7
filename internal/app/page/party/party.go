// Package party (trang công tác đảng) is the pages of Party work: what waits, organisations and their committees,
// members, applicants, congresses and planning, badges, the register of what organisations do, and the dated rules behind them. It owns no rules: room party does; package people says who the
// reader is. Everything here stays inside Party scope: whoever may not read a unit's Party matters finds nothing.
package party

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// Work counts the tasks of somebody that were due in a year, and those done in time, as far as the reader may see
// them: evidence for the yearly assessment.
type Work func(r *web.Request, person string, year int) (due, onTime int, err error)

type pages struct {
	room  *room.Room
	cadre *cadre.Room
	who   *people.People
	work  Work
}

// Routes are the pages of Party work.
func Routes(r *room.Room, c *cadre.Room, who *people.People, work Work) []web.Route {
	s := &pages{r, c, who, work}
	return slices.Concat(s.bodyRoutes(), s.applicantRoutes(), s.roundRoutes(), []web.Route{
		{Method: http.MethodGet, Pattern: "/dang", Permission: people.ReadParty, Handler: s.overview},
		{Method: http.MethodGet, Pattern: "/dang/quy-dinh", Permission: people.ReadParty, Handler: s.rules},
		{Method: http.MethodGet, Pattern: "/dang/huy-hieu", Permission: people.ReadParty, Handler: s.badges},
		{Method: http.MethodGet, Pattern: "/dang/huy-hieu/docx", Permission: people.ReadParty, Handler: s.badgesFile},
		{Method: http.MethodGet, Pattern: "/dang/dang-vien", Permission: people.ReadParty, Handler: s.members},
		{Method: http.MethodGet, Pattern: "/dang/dang-vien/moi", Permission: people.KeepParty, Handler: s.blankMember},
		web.FormRoute("/dang/dang-vien", people.KeepParty, s.addMember, s.showBlankMember),
		{Method: http.MethodGet, Pattern: "/dang/dang-vien/{id}", Permission: people.ReadParty, Handler: s.member},
		web.FormRoute("/dang/dang-vien/{id}/{viec}", people.KeepParty, s.stepMember, s.showMember),
		{Method: http.MethodGet, Pattern: "/dang/so/{loai}", Permission: people.ReadParty, Handler: s.records},
		{Method: http.MethodGet, Pattern: "/dang/so/{loai}/moi", Permission: people.KeepParty, Handler: s.blankRecord},
		web.FormRoute("/dang/so/{loai}", people.KeepParty, s.addRecord, s.addRecordAgain),
		{Method: http.MethodGet, Pattern: "/dang/so/{loai}/{id}", Permission: people.ReadParty, Handler: s.record},
		{Method: http.MethodGet, Pattern: "/dang/so/{loai}/{id}/ket-qua", Permission: people.KeepParty, Handler: s.outcome},
		web.FormRoute("/dang/so/{loai}/{id}/{viec}", people.KeepParty, s.stepRecord, s.stepRecordAgain),
		{Method: http.MethodGet, Pattern: "/dang/so/{loai}/{id}/docx", Permission: people.ReadParty, Handler: s.recordFile},
		{Method: http.MethodGet, Pattern: "/dang/hoc-tap", Permission: people.ReadParty, Handler: s.study},
	})
}

// units are the codes of the Party units whose matters the reader may read, closed ones too; never nil.
func (s *pages) units(r *web.Request) []string {
	_, units := people.Sides(r.Reader, people.ReadParty)
	return units
}

// choice lists the Party units of today in which the reader has a permission.
func (s *pages) choice(r *web.Request, p web.Permission) ([]people.Unit, error) {
	all, err := s.who.Units(r.Context(), r.Today(), people.Party)
	return slices.DeleteFunc(all, func(u people.Unit) bool { return !r.Can(p, u.Code) }), err
}

// chosen are the units that a list is of: those in reach, or one of them with what stands below it.
func (s *pages) chosen(r *web.Request) ([]string, error) {
	all, unit := s.units(r), r.Query("don-vi")
	if unit == "" {
		return all, nil
	}
	if err := r.Require(people.ReadParty, unit); err != nil {
		return nil, err
	}
	below, err := s.who.Subtree(r.Context(), unit, r.Today())
	return slices.DeleteFunc(below, func(u string) bool { return !slices.Contains(all, u) }), err
}

// name is what a member or a unit is called.
func (s *pages) name(ctx context.Context, id string, r *web.Request) string {
	if id == "" {
		return ""
	}
	if m, err := s.room.Member(ctx, id); err == nil {
		return s.who.PersonName(ctx, m.Person)
	}
	return s.who.UnitName(ctx, id, r.Lang)
}

// memberRow is a member in a list.
type memberRow struct {
	*room.Member
	Name, UnitName string
}

func (s *pages) row(r *web.Request, m *room.Member) memberRow {
	return memberRow{m, s.who.PersonName(r.Context(), m.Person), s.who.UnitName(r.Context(), m.Unit, r.Lang)}
}

// roll are the members of the reader's units who belong to a cell now, for forms.
func (s *pages) roll(r *web.Request, units []string) ([]memberRow, error) {
	list, _, err := s.room.Members(r.Context(), room.MemberFilter{Units: units, State: room.Active, Limit: 1 << 30})
	var out []memberRow
	for _, m := range list {
		out = append(out, s.row(r, m))
	}
	return out, err
}

func (s *pages) get(r *web.Request) (*room.Member, error) {
	return Member(r, s.room, r.PathValue("id"))
}

// Member reads a member that the reader may see; another unit's is not found rather than forbidden.
func Member(r *web.Request, book *room.Room, id string) (*room.Member, error) {
	m, err := book.Member(r.Context(), id)
	if err == nil && !r.Can(people.ReadParty, m.Unit) {
		return nil, fault.New(fault.NotFound, "party.no_member", "id", id)
	}
	return m, err
}

func (s *pages) getRecord(r *web.Request) (*room.Record, error) {
	return Record(r, s.room, r.PathValue("id"))
}

// Record reads an entry that the reader may see; another unit's is not found rather than forbidden.
func Record(r *web.Request, book *room.Room, id string) (*room.Record, error) {
	rec, err := book.Record(r.Context(), id)
	if err == nil && !r.Can(people.ReadParty, rec.Unit) {
		return nil, fault.New(fault.NotFound, "party.no_record", "id", id)
	}
	return rec, err
}

func parseDay(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.NoDate, nil
	}
	return calendar.Parse(text)
}

// dateReader reads the dates of a form and keeps the first mistake.
type dateReader struct {
	in  url.Values
	err error
}

func (d *dateReader) day(field string) calendar.Date {
	on, err := parseDay(d.in.Get(field))
	if d.err == nil {
		d.err = err
	}
	return on
}

// pick is a title in the reader's language.
func pick(r *web.Request, m map[lang.Tag]string) string {
	if text := m[r.Lang]; text != "" {
		return text
	}
	return m[lang.VI]
}

func memberPath(id string) string { return "/dang/dang-vien/" + url.PathEscape(id) }

func recordPath(rec *room.Record) string {
	k, _ := room.KindOf(rec.Kind)
	return "/dang/so/" + k.Slug + "/" + url.PathEscape(rec.ID)
}

func docx(r *web.Request, name string) {
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.docx"`)
	h.Set("Cache-Control", "no-store")
}
