package dossiers

import (
	"net/url"

	"trucot/internal/app/page/marks"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
)

func marksOf(d *dossier.Dossier) marks.Marks {
	return marks.Marks{Priority: d.Priority, Labels: d.Labels}
}

// setMarks marks a dossier for those who work in its unit.
func (s *pages) setMarks(r *web.Request, d *dossier.Dossier, c label.Change, expect int64) (*dossier.Dossier, error) {
	if !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
		return nil, web.Forbidden()
	}
	return s.dossiers.Mark(r.Context(), dossier.Mark{Code: d.Code, Change: c, Expect: expect, Actor: r.Actor()})
}

// mark is the form of a dossier's page.
func (s *pages) mark(r *web.Request, in url.Values) (string, error) {
	d, err := s.get(r)
	if err != nil {
		return "", err
	}
	c, err := marks.Read(in)
	if err != nil {
		return "", err
	}
	if _, err := s.setMarks(r, d, c, web.Seen(in, d.Stream)); err != nil {
		return "", err
	}
	if back := in.Get("ve"); back != "" {
		return listPath(back), nil
	}
	return path(d.Code) + "?da=luu", nil
}

// bulkMarks is what a form for many changes of the marks; ok is false where it changes something else.
func bulkMarks(in url.Values, before string) (c label.Change, ok bool, err error) {
	if in.Get("lam") == "hoan-tac-nhan" {
		c, err = marks.Parse(before)
		return c, true, err
	}
	return marks.ReadBulk(in)
}

// bulkMark marks one of many and says what became of it.
func (s *pages) bulkMark(r *web.Request, res result, c label.Change, expect int64, trouble error) result {
	d, err := s.dossiers.Get(r.Context(), res.Code)
	if d, err = visible(r, res.Code, d, err); err == nil {
		res.Title, res.Before = d.Title, marksOf(d).Text()
		if err = trouble; err == nil {
			d, err = s.setMarks(r, d, c, expect)
		}
	}
	if err != nil {
		res.Text = r.ErrorText(err)
		return res
	}
	res.Done, res.Version, res.Text = true, d.Stream, marksOf(d).Now(r)
	return res
}
