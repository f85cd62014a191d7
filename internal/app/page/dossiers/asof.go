package dossiers

import (
	"net/http"
	"strconv"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
)

// listAsOf is the list as it stood at the end of a day: read only, without counts and groups.
func (s *pages) listAsOf(r *web.Request, a asked, p *listPage) error {
	rows, past, err := s.pastPage(r, a)
	if err != nil {
		return err
	}
	p.Whole, p.Page.Total, p.Page.First, p.Page.Rows = past.Whole, len(past.Rows), (a.q.Number-1)*perPage, rows
	for _, v := range views {
		p.Tabs = append(p.Tabs, tab{ID: v})
	}
	part := section{}
	for _, d := range rows {
		line := s.row(r, d, a.q.Day)
		line.Path += "?ngay=" + a.q.Day.String()
		part.Rows = append(part.Rows, line)
	}
	p.Sections = []section{part}
	if p.Units, err = s.unitsFor(r, people.ReadDossiers); err != nil {
		return err
	}
	if p.Name = s.who.AccountName(r.Context(), a.q.Assignee); p.Name == "" {
		p.Name = a.q.Assignee
	}
	return r.Render(http.StatusOK, list(p))
}

// pastPage is one page of the list of a day, and the whole of it.
func (s *pages) pastPage(r *web.Request, a asked) ([]*dossier.Row, dossier.Past, error) {
	units, without := Reach(r)
	past, err := s.dossiers.ListAsOf(r.Context(), a.f, dossier.Reach{Units: units, Without: without}, a.q.Day)
	from := min((a.q.Number-1)*perPage, len(past.Rows))
	return past.Rows[from:min(from+perPage, len(past.Rows))], past, err
}

// pastAddress is another page of the list of a day, "" where there is none.
func pastAddress(q query, path string, number, total int) string {
	if number < 1 || (number-1)*perPage >= total {
		return ""
	}
	return q.at(path, "trang", strconv.Itoa(number))
}
