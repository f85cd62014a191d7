package dossiers

import (
	"net/http"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// Line is a dossier in a list of the API. Dates are ISO or empty. Overdue says that it is open past its due date,
// Late that it ended so.
type Line struct {
	Code      string        `json:"code"`
	Procedure string        `json:"procedure"`
	State     string        `json:"state"`
	Status    int           `json:"status"`
	Unit      string        `json:"unit"`
	Assignee  string        `json:"assignee"`
	Title     string        `json:"title"`
	Submitted calendar.Date `json:"submitted"`
	Received  calendar.Date `json:"received"`
	Due       calendar.Date `json:"due"`
	Overdue   bool          `json:"overdue"`
	Late      bool          `json:"late"`
	Priority  string        `json:"priority"` // urgent, high, normal or low
	Labels    []string      `json:"labels,omitempty"`
	Version   int64         `json:"version"`
}

// List is a page of the work list. Next and Previous are the addresses of its neighbours, empty at the ends.
type List struct {
	Total    int            `json:"total"`
	From     int            `json:"from"`   // place of the first row, from 1; 0 without rows
	Counts   map[string]int `json:"counts"` // by view; as of a day only of views that are not Partial
	Rows     []Line         `json:"rows"`
	Next     string         `json:"next,omitempty"`
	Previous string         `json:"previous,omitempty"`
	AsOf     string         `json:"as_of,omitempty"`   // the day at whose end the list stood so
	Partial  bool           `json:"partial,omitempty"` // as of a day: only the dossiers filed last were looked at
}

// apiList is the list with its counts as JSON; the parameters are those of the page.
func (s *pages) apiList(r *web.Request) error {
	a, err := s.ask(r)
	if err != nil {
		return err
	}
	if a.q.Day != 0 {
		return s.apiListAsOf(r, a)
	}
	p, err := s.dossiers.Page(r.Context(), a.f, s.order(r, a.q), a.q.At, a.q.Back, perPage)
	if err != nil {
		return err
	}
	tabs, err := s.tabs(r, a.base)
	if err != nil {
		return err
	}
	out := List{Total: p.Total, Counts: make(map[string]int, len(tabs)), Rows: make([]Line, len(p.Rows))}
	for _, t := range tabs {
		out.Counts[t.ID] = t.Count
	}
	for i, d := range p.Rows {
		out.Rows[i] = line(d, r.Today())
	}
	if len(p.Rows) > 0 {
		out.From = p.First + 1
	}
	if p.Ahead {
		out.Next = a.q.at("/api/v1/ho-so", "sau", cursorText(p.End))
	}
	if p.Back {
		out.Previous = a.q.at("/api/v1/ho-so", "truoc", cursorText(p.Begin))
	}
	return r.JSON(http.StatusOK, out)
}

// apiListAsOf is the list as it stood at the end of a day.
func (s *pages) apiListAsOf(r *web.Request, a asked) error {
	past, err := s.listOfDay(r, a)
	if err != nil {
		return err
	}
	out := List{Total: len(past.all), Counts: past.counts, Rows: []Line{}, AsOf: a.q.Day.String(), Partial: !past.whole}
	for _, d := range past.rows {
		out.Rows = append(out.Rows, line(d, a.q.Day))
	}
	if len(past.rows) > 0 {
		out.From = past.first + 1
	}
	const path = "/api/v1/ho-so"
	out.Next, out.Previous = pastAddress(a.q, path, a.q.Number+1, out.Total), pastAddress(a.q, path, a.q.Number-1, out.Total)
	return r.JSON(http.StatusOK, out)
}

func line(d *dossier.Row, today calendar.Date) Line {
	return Line{Code: d.Code, Procedure: d.Procedure, State: d.State, Status: d.Status, Unit: d.Unit, Assignee: d.Assignee, Title: d.Title,
		Submitted: d.SubmittedOn, Received: d.ReceivedOn, Due: d.DueOn, Overdue: d.Overdue(today), Late: d.Late,
		Priority: d.Priority.Word(), Labels: d.LabelList(), Version: d.Stream}
}
