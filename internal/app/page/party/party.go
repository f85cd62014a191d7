// Package party (trang công tác đảng) is the pages of Party work: what waits, organisations and their committees,
// members, applicants, congresses and planning, badges, the register of what organisations do, and the dated rules behind
// them. It owns no rules: room party does; package people says who the reader is. Everything here stays inside Party scope:
// whoever may not read a unit's Party matters finds nothing.
package party

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// Needs are what the pages show.
type Needs struct {
	Room  *room.Room
	Cadre *cadre.Room
	Who   *people.People
	// Work counts the tasks of somebody that were due in a year, and those done in time, as far as the reader may see
	// them: evidence for the yearly assessment.
	Work func(r *web.Request, person string, year int) (due, onTime int, err error)
	// Files are those that hang on the row of a stream.
	Files func(r *web.Request, v *web.View, stream string) (templ.Component, error)
}

type pages struct {
	Needs
	room  *room.Room
	cadre *cadre.Room
	who   *people.People
}

// Routes are the pages of Party work.
func Routes(n Needs) []web.Route {
	s := &pages{n, n.Room, n.Cadre, n.Who}
	read := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Permission: people.ReadParty, Handler: h}
	}
	keep := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Permission: people.KeepParty, Handler: h}
	}
	return slices.Concat(s.bodyRoutes(), s.applicantRoutes(), s.roundRoutes(), []web.Route{
		read("/dang", s.overview),
		read("/dang/quy-dinh", s.rules),
		read("/dang/huy-hieu", s.badges),
		read("/dang/huy-hieu/docx", s.badgesFile),
		read("/dang/hoc-tap", s.study),
		read(honoursPath, s.honours),
		web.FormRoute(honoursPath, people.KeepParty, s.addHonours, s.showHonours),
		read("/dang/dang-vien", s.members),
		keep("/dang/dang-vien/moi", s.blankMember),
		web.FormRoute("/dang/dang-vien", people.KeepParty, s.addMember, s.showBlankMember),
		read("/dang/dang-vien/{id}", s.member),
		web.FormRoute("/dang/dang-vien/{id}/{viec}", people.KeepParty, s.stepMember, s.showMember),
		read("/dang/so/{loai}", s.records),
		keep("/dang/so/{loai}/moi", s.blankRecord),
		web.FormRoute("/dang/so/{loai}", people.KeepParty, s.addRecord, s.showBlankRecord),
		read("/dang/so/{loai}/{id}", s.record),
		keep("/dang/so/{loai}/{id}/ket-qua", s.outcome),
		web.FormRoute("/dang/so/{loai}/{id}/{viec}", people.KeepParty, s.stepRecord, s.stepRecordAgain),
		read("/dang/so/{loai}/{id}/docx", s.recordFile),
		read("/dang/so/{loai}/{id}/giay-khen/{n}", s.honourFile),
	})
}

// sheet is what a page of this room has around its own content.
type sheet struct {
	*web.View
	Note    string     // beside the title
	In      url.Values // as typed in the form that was refused
	Verb    string     // of that form
	Trouble string     // what is wrong with it
	Status  int
}

// sheet makes a page under the room's own, with what was wrong with a form on it.
func (s *pages) sheet(r *web.Request, path, title string, in url.Values, trouble error, above ...web.Crumb) sheet {
	out := sheet{View: r.View(title, append([]web.Crumb{{Title: r.T("partypage.title"), Path: "/dang"}}, above...)...), In: in, Verb: r.PathValue("viec"), Status: http.StatusOK}
	out.Path = path
	if trouble != nil {
		out.Trouble, out.Status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return out
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

// below are a unit and those under it whose matters the reader may read.
func (s *pages) below(r *web.Request, unit string) ([]string, error) {
	under, err := s.who.Subtree(r.Context(), unit, r.Today())
	return slices.DeleteFunc(under, func(u string) bool { return !r.Can(people.ReadParty, u) }), err
}

// chosen are the units that a list is of: those in reach, or one of them with what stands below it.
func (s *pages) chosen(r *web.Request) ([]string, error) {
	unit := r.Query("don-vi")
	if unit == "" {
		return s.units(r), nil
	}
	if err := r.Require(people.ReadParty, unit); err != nil {
		return nil, err
	}
	return s.below(r, unit)
}

// keeps asks for the right to write the Party matters of units; "" is none.
func keeps(r *web.Request, units ...string) error {
	for _, unit := range units {
		if unit == "" {
			continue
		}
		if err := r.Require(people.KeepParty, unit); err != nil {
			return err
		}
	}
	return nil
}

// visible refuses members whom the reader may not see, so that nobody is named out of reach; "" is nobody.
func (s *pages) visible(r *web.Request, ids ...string) error {
	for _, id := range ids {
		if id == "" {
			continue
		}
		if _, err := Member(r, s.room, id); err != nil {
			return fault.New(fault.NotFound, "party.no_member", "id", id)
		}
	}
	return nil
}

// charter are the rules of today.
func (s *pages) charter(r *web.Request) (*room.Charter, error) {
	rules, err := s.room.Rules()
	if err != nil {
		return nil, err
	}
	return rules.On(r.Today()), nil
}

// organisation are the kinds of organisation and posts of a day.
func (s *pages) organisation(on calendar.Date) (*room.Organisation, error) {
	rules, err := s.room.Rules()
	if err != nil {
		return nil, err
	}
	return rules.OrganisationOn(on), nil
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

// called names members and units in documents.
func (s *pages) called(r *web.Request) func(string) string {
	return func(id string) string { return s.name(r.Context(), id, r) }
}

// memberRow is a member in a list.
type memberRow struct {
	*room.Member
	Name, UnitName string
}

func (s *pages) row(r *web.Request, m *room.Member) memberRow {
	return memberRow{m, s.who.PersonName(r.Context(), m.Person), s.who.UnitName(r.Context(), m.Unit, r.Lang)}
}

// roll are the members of some units in a state, for forms.
func (s *pages) roll(r *web.Request, units []string, state room.State) ([]memberRow, error) {
	list, _, err := s.room.Members(r.Context(), room.MemberFilter{Units: units, State: state, Limit: 1 << 30})
	var out []memberRow
	for _, m := range list {
		out = append(out, s.row(r, m))
	}
	return out, err
}

// The rows of other units read like those that are not there: not found rather than forbidden.

// Member reads a member that the reader may see.
func Member(r *web.Request, book *room.Room, id string) (*room.Member, error) {
	m, err := book.Member(r.Context(), id)
	if err == nil && !r.Can(people.ReadParty, m.Unit) {
		return nil, fault.New(fault.NotFound, "party.no_member", "id", id)
	}
	return m, err
}

// Record reads an entry that the reader may see.
func Record(r *web.Request, book *room.Room, id string) (*room.Record, error) {
	rec, err := book.Record(r.Context(), id)
	if err == nil && !r.Can(people.ReadParty, rec.Unit) {
		return nil, fault.New(fault.NotFound, "party.no_record", "id", id)
	}
	return rec, err
}

// Applicant reads a file that the reader may see.
func Applicant(r *web.Request, book *room.Room, id string) (*room.Applicant, error) {
	a, err := book.Applicant(r.Context(), id)
	if err == nil && !r.Can(people.ReadParty, a.Unit) {
		return nil, fault.New(fault.NotFound, "party.no_applicant", "id", id)
	}
	return a, err
}

// Round reads a round of a kind that the reader may see.
func Round(r *web.Request, rounds *cadre.Room, kind, id string) (*cadre.Round, error) {
	x, err := rounds.Get(r.Context(), id)
	if err == nil && (x.Kind != kind || !r.Can(people.ReadParty, x.Unit)) {
		return nil, fault.New(fault.NotFound, "cadre.no_round", "id", id)
	}
	return x, err
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

func contains(list []string, id string) bool { return slices.Contains(list, id) }

func memberPath(id string) string { return "/dang/dang-vien/" + url.PathEscape(id) }

func recordPath(rec *room.Record) string {
	k, _ := room.KindOf(rec.Kind)
	return "/dang/so/" + k.Slug + "/" + url.PathEscape(rec.ID)
}

// saved is where a form leads once it is done.
func saved(path string) string { return path + "?da=luu" }

func docx(r *web.Request, name string) {
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.docx"`)
	h.Set("Cache-Control", "no-store")
}
