package dossiers

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// remark is a comment as the page shows it.
type remark struct {
	Who  string
	At   time.Time
	On   calendar.Date
	Text string
}

// linked is a dossier that this one is joined to; Title is empty where the reader may not open it.
type linked struct {
	Code, Title, Note string
	Open              bool
}

// around fills the comments and links.
func (s *pages) around(r *web.Request, p *onePage) error {
	t, err := s.dossiers.Talk(r.Context(), p.D.Code)
	if err != nil {
		return err
	}
	for _, c := range t.Comments {
		on := calendar.OfTime(c.At)
		if p.AsOf == 0 || on <= p.AsOf {
			p.Comments = append(p.Comments, remark{Who: s.who.AccountName(r.Context(), c.Actor), At: c.At, On: on, Text: c.Text})
		}
	}
	for _, l := range t.Links {
		line := linked{Code: l.Other, Note: l.Note}
		d, err := s.dossiers.Get(r.Context(), l.Other)
		if err == nil && people.Holds(r.Reader, people.ReadDossiers, d.Unit) {
			line.Title, line.Open = titleOr(d.Title, d.Code), true
		} else if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		p.Links = append(p.Links, line)
	}
	p.MayGive = p.AsOf == 0 && mayHandOver(r, p.D)
	if p.AsOf == 0 && mayMove(r, p.D) {
		if p.MoveTo, err = s.destinations(r, p.D.Unit); err != nil {
			return err
		}
	}
	p.MayTalk = p.AsOf == 0 && people.Holds(r.Reader, people.ActOnDossiers, p.D.Unit)
	return nil
}

// comment records a remark. It mentions only accounts that may read the dossier; who follows the ledger tells them.
func (s *pages) comment(r *web.Request, in url.Values) (string, error) {
	d, err := s.forTalk(r)
	if err != nil {
		return "", err
	}
	known := func(account string) bool {
		id, err := s.who.Reader(r.Context(), account)
		return err == nil && id != nil && people.Holds(id, people.ReadDossiers, d.Unit)
	}
	_, err = s.dossiers.Comment(r.Context(), d.Code, strings.TrimSpace(in.Get("y-kien")), r.Actor(), known)
	return path(d.Code) + "?da=luu", err
}

// link joins the dossier to another that the reader may see, or parts them.
func (s *pages) link(r *web.Request, in url.Values) (string, error) {
	d, err := s.forTalk(r)
	if err != nil {
		return "", err
	}
	other := strings.TrimSpace(in.Get("ho-so"))
	to, err := s.dossiers.Get(r.Context(), other)
	if _, err := visible(r, other, to, err); err != nil {
		return "", err
	}
	if in.Get("go") != "" {
		err = s.dossiers.Unlink(r.Context(), d.Code, other, r.Actor())
	} else {
		err = s.dossiers.Link(r.Context(), d.Code, other, in.Get("ghi-chu"), r.Actor())
	}
	return path(d.Code) + "?da=luu", err
}

// forTalk is the dossier, for those who work on it.
func (s *pages) forTalk(r *web.Request) (*dossier.Dossier, error) {
	d, err := s.get(r)
	if err == nil && !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
		err = web.Forbidden()
	}
	return d, err
}

// again is the dossier's page with what was typed and what is wrong with it.
func (s *pages) again(r *web.Request, in url.Values, trouble error) error {
	d, err := s.get(r)
	if err != nil {
		return err
	}
	return s.show(r, d, in, trouble)
}

// peek is a dossier at a glance, beside the list: a part of a page, for the script of the list.
func (s *pages) peek(r *web.Request) error {
	d, err := s.get(r)
	if err != nil {
		return err
	}
	p := s.page(r, d)
	history, err := s.history(r, d, p.P)
	if err != nil {
		return err
	}
	p.History = history[:min(len(history), 3)]
	if p.Accounts, err = s.assignees(r.Context()); err != nil {
		return err
	}
	if err := s.around(r, p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, peek(p))
}

// past is the dossier as it stood at the end of a day; nothing can be done there.
func (s *pages) past(r *web.Request, d *dossier.Dossier, text string) error {
	day, err := calendar.Parse(text)
	if err != nil {
		return err
	}
	was, err := s.dossiers.AsOf(r.Context(), d.Code, day)
	if err != nil {
		return s.show(r, d, nil, err)
	}
	p := s.page(r, was)
	p.AsOf, p.Steps, p.Waiting = day, nil, nil
	p.Late = was.Overdue(day)
	all, err := s.history(r, d, p.P)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.On <= day {
			p.History = append(p.History, e)
		}
	}
	if err := s.around(r, p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, one(p))
}
