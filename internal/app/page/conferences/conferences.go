// Package conferences (trang hội nghị) is the pages of conferences: preparing and inviting, the desk at the door, who
// speaks and asks, the screen in the hall, conclusions with what became of them, papers and photos; and the page that a
// guest opens by the code on the invitation, without an account. It owns no rules: room conference does.
package conferences

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

// Parts are what the pages stand on.
type Parts struct {
	Room   *conference.Room
	People *people.People
	Files  *attachment.Engine
	// Panel takes and lists the files of a conference.
	Panel func(r *web.Request, v *web.View, id string) (templ.Component, error)
}

type pages struct{ Parts }

const home = "/hoi-nghi"

// Routes are the pages of conferences and of their guests.
func Routes(p Parts) []web.Route {
	s := &pages{p}
	read, keep := people.ReadConferences, people.KeepConferences
	one := home + "/{id}"
	change := func(pattern string, do web.Deed, again web.Again) web.Route {
		return web.FormRoute(pattern, keep, do, func(r *web.Request, in url.Values, trouble error) error {
			if fault.KindOf(trouble) == fault.NotFound {
				return trouble
			}
			return again(r, in, trouble)
		})
	}
	return []web.Route{
		{Method: http.MethodGet, Pattern: home, Permission: read, Handler: s.list},
		{Method: http.MethodPost, Pattern: home, Permission: keep, Handler: s.prepare},
		{Method: http.MethodGet, Pattern: home + "/moi", Permission: keep, Handler: s.blank},
		{Method: http.MethodGet, Pattern: one, Permission: read, Handler: s.one},
		{Method: http.MethodGet, Pattern: one + "/sua", Permission: keep, Handler: s.edit},
		{Method: http.MethodPost, Pattern: one + "/sua", Permission: keep, Handler: s.change},
		{Method: http.MethodPost, Pattern: one + "/buoc", Permission: keep, Handler: s.step},
		{Method: http.MethodGet, Pattern: one + "/chuong-trinh", Permission: keep, Handler: s.programme},
		change(one+"/chuong-trinh", s.setProgramme, s.programmeAgain),
		change(one+"/muc", s.beginItem, s.oneAgain),
		{Method: http.MethodGet, Pattern: one + "/dai-bieu", Permission: read, Handler: s.guests},
		change(one+"/dai-bieu", s.addGuests, s.showChoose),
		{Method: http.MethodGet, Pattern: one + "/moi-them", Permission: keep, Handler: s.choose},
		change(one+"/dai-bieu/{n}/{what}", s.guestStep, s.guestAgain),
		{Method: http.MethodGet, Pattern: one + "/dai-bieu/{n}/giay-moi.docx", Permission: keep, Handler: s.invitation},
		{Method: http.MethodGet, Pattern: one + "/giay-moi.pdf", Permission: keep, Handler: s.invitations},
		{Method: http.MethodGet, Pattern: one + "/diem-danh", Permission: keep, Handler: s.desk},
		{Method: http.MethodGet, Pattern: one + "/phat-bieu", Permission: read, Handler: s.talks},
		{Method: http.MethodPost, Pattern: one + "/phat-bieu", Permission: read, Handler: s.talk},
		change(one+"/phat-bieu/{n}/{what}", s.talkStep, s.talkAgain),
		{Method: http.MethodGet, Pattern: one + "/man-hinh", Permission: read, Handler: s.screen},
		{Method: http.MethodGet, Pattern: one + "/ket-luan", Permission: keep, Handler: s.conclusions},
		{Method: http.MethodPost, Pattern: one + "/ket-luan", Permission: keep, Handler: s.conclude},
		{Method: http.MethodPost, Pattern: one + "/thong-bao", Permission: keep, Handler: s.issue},
		{Method: http.MethodGet, Pattern: one + "/tai-lieu", Permission: read, Handler: s.papers},
		change(one+"/tai-lieu", s.setPack, s.packAgain),
		{Method: http.MethodGet, Pattern: one + "/tai-lieu.pdf", Permission: read, Handler: s.pack},
		{Method: http.MethodGet, Pattern: one + "/tai/{paper}", Permission: read, Handler: s.paper},
		{Method: http.MethodGet, Pattern: one + "/cam-on", Permission: keep, Handler: s.thanks},
		change(one+"/cam-on", s.setThanks, s.thanksAgain),
		change(one+"/anh", s.setPhoto, s.oneAgain),
		{Method: http.MethodGet, Pattern: one + "/tin", Permission: keep, Handler: s.news},
		change(one+"/tin", s.handNews, s.newsAgain),

		{Method: http.MethodGet, Pattern: "/moi/{token}", Permission: web.Public, Handler: s.guest(s.own)},
		{Method: http.MethodPost, Pattern: "/moi/{token}", Permission: web.Public, Handler: s.guest(s.reply)},
		{Method: http.MethodPost, Pattern: "/moi/{token}/hoi", Permission: web.Public, Handler: s.guest(s.ask)},
		{Method: http.MethodPost, Pattern: "/moi/{token}/diem-danh", Permission: keep, Handler: s.atTheDoor},
	}
}

// Path is a conference's page.
func Path(id string) string { return home + "/" + url.PathEscape(id) }

// base is what every page of one conference knows.
type base struct {
	*web.View
	C       *conference.Conference
	Keep    bool
	Own     *conference.Guest // the reader's own invitation, nil without one
	Trouble string
}

func (b *base) path(below string) templ.SafeURL { return templ.SafeURL(Path(b.C.ID) + below) }

// Get reads a conference that the reader may see, whether they keep it, and their own invitation, nil without one. Whoever
// is invited to one of the state side sees it; another unit's is not found rather than forbidden.
func Get(r *web.Request, room *conference.Room, who *people.People, id string) (c *conference.Conference, keep bool, own *conference.Guest, err error) {
	if c, err = room.Get(r.Context(), id); err != nil {
		return nil, false, nil, err
	}
	person, err := who.PersonOf(r.Context(), r.Actor())
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, false, nil, err
	}
	if own, err = room.Invitation(r.Context(), id, person); err != nil {
		return nil, false, nil, err
	}
	if !people.Holds(r.Reader, people.ReadConferences, c.Unit) && (own == nil || c.Side != people.State) {
		return nil, false, nil, conference.NotFound(id)
	}
	return c, keeps(r, c), own, nil
}

func (s *pages) get(r *web.Request) (*conference.Conference, bool, *conference.Guest, error) {
	return Get(r, s.Room, s.People, r.PathValue("id"))
}

// open begins the page of a conference; mustKeep refuses who only reads it. trouble is what went wrong, nil for nothing.
func (s *pages) open(r *web.Request, title string, mustKeep bool, trouble error) (*base, error) {
	c, keep, own, err := s.get(r)
	if err == nil && mustKeep && !keep {
		err = web.Forbidden()
	}
	if err != nil {
		return nil, err
	}
	b := &base{C: c, Keep: keep, Own: own}
	crumbs := []web.Crumb{{Title: r.T("conferences.title"), Path: home}}
	if title == "" {
		title = c.Name
	} else {
		crumbs = append(crumbs, web.Crumb{Title: c.Name, Path: Path(c.ID)})
		title = r.T(title)
	}
	b.View = r.View(title, crumbs...)
	if trouble != nil {
		b.Trouble = r.ErrorText(trouble)
	}
	return b, nil
}

// status is that of an answer that may show a trouble.
func status(trouble error) int {
	if trouble == nil {
		return http.StatusOK
	}
	return web.Status(fault.KindOf(trouble))
}

// settle goes on after a form: to path where it was done, else to the same page with what is wrong.
func settle(r *web.Request, err error, path string, again func(trouble error) error) error {
	switch {
	case err == nil:
		return r.Go(path)
	case slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.TooLarge}, fault.KindOf(err)):
		return again(err)
	}
	return err
}

// kept is the conference that a form changes.
func (s *pages) kept(r *web.Request) (*conference.Conference, error) {
	c, keep, _, err := s.get(r)
	if err == nil && !keep {
		err = web.Forbidden()
	}
	return c, err
}

// keeper is the start of every form of a page alone that changes a conference.
func (s *pages) keeper(r *web.Request) (*conference.Conference, url.Values, error) {
	in, err := r.Form()
	if err != nil {
		return nil, nil, err
	}
	c, err := s.kept(r)
	return c, in, err
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // unreadable = 0, which the room refuses
	return n
}

func parseDay(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.NoDate, nil
	}
	return calendar.Parse(text)
}

// units are the units of a side in which the reader has a permission.
func (s *pages) units(r *web.Request, p web.Permission, side people.Side) ([]people.Unit, error) {
	all, err := s.People.Units(r.Context(), r.Today(), side)
	return slices.DeleteFunc(all, func(u people.Unit) bool { return !people.Holds(r.Reader, p, u.Code) }), err
}

func (s *pages) unitName(ctx context.Context, v *web.View, unit string) string {
	return s.People.UnitName(ctx, unit, v.Lang)
}

// sendFile answers with a file that the browser saves.
func sendFile(r *web.Request, name, kind string, write func(http.ResponseWriter) error) error {
	h := r.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	return write(r.W)
}

// sendPaper answers with a paper as DOCX.
func sendPaper(r *web.Request, name string, d *document.Document) error {
	var out bytes.Buffer
	if err := d.WriteDOCX(&out); err != nil {
		return err
	}
	return sendFile(r, name+".docx", docxType, func(w http.ResponseWriter) error {
		_, err := out.WriteTo(w)
		return err
	})
}

const (
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	pdfType  = "application/pdf"
)

// tones are the colours of the statuses; the word always stands beside them.
var tones = map[conference.Status]string{conference.Preparing: "grey", conference.Invited: "blue", conference.Running: "amber", conference.Closed: "purple",
	conference.Published: "green", conference.Cancelled: "red"}

var replyTones = map[conference.Reply]string{"": "grey", conference.Attends: "green", conference.Absent: "red", conference.Substitute: "blue"}
