package dossiers

import (
	"net/http"
	"strconv"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/web"
)

// listAsOf is the list as it stood at the end of a day: read only, without groups.
func (s *pages) listAsOf(r *web.Request, a asked, p *listPage) error {
	past, err := s.listOfDay(r, a)
	if err != nil {
		return err
	}
	p.Whole, p.Page.Total, p.Page.First, p.Page.Rows = past.whole, len(past.all), past.first, past.rows
	for _, v := range views {
		n, counted := past.counts[v]
		p.Tabs = append(p.Tabs, tab{ID: v, Count: n, Uncounted: !counted})
	}
	part := section{}
	for _, d := range past.rows {
		line := s.row(r, d, a.q.Day)
		line.Path += "?ngay=" + a.q.Day.String()
		part.Rows = append(part.Rows, line)
	}
	p.Sections = []section{part}
	if p.Name = s.who.AccountName(r.Context(), a.q.Assignee); p.Name == "" {
		p.Name = a.q.Assignee
	}
	return r.Render(http.StatusOK, list(p))
}

// pastList is the list of a day.
type pastList struct {
	all, rows []*dossier.Row // the whole list, and the page asked for
	first     int            // place of the page's first row, from 0
	whole     bool
	counts    map[string]int // of each view of which all dossiers were looked at
}

func (s *pages) listOfDay(r *web.Request, a asked) (pastList, error) {
	units, without := Reach(r)
	then, err := s.dossiers.AllAsOf(r.Context(), dossier.Reach{Units: units, Without: without}, a.base.Procedure, a.q.Day)
	p := pastList{counts: map[string]int{}}
	for _, v := range views {
		f := a.base
		s.view(r, v, &f, a.q.Day)
		rows, whole := then.List(f)
		if whole {
			p.counts[v] = len(rows)
		}
		if v == a.q.View {
			p.all, p.whole = rows, whole
		}
	}
	p.first = min((a.q.Number-1)*perPage, len(p.all))
	p.rows = p.all[p.first:min(p.first+perPage, len(p.all))]
	return p, err
}

// pastAddress is another page of the list of a day, "" where there is none.
func pastAddress(q query, path string, number, total int) string {
	if number < 1 || (number-1)*perPage >= total {
		return ""
	}
	return q.at(path, "trang", strconv.Itoa(number))
}
