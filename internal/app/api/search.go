package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	pages "trucot/internal/app/page/search"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

func (s *service) searchOps() []operation {
	return []operation{
		op("search-find", http.MethodGet, "/tim-kiem", web.SignedIn, s.find),
		op("search-complete", http.MethodGet, "/tim-kiem/goi-y", web.SignedIn, s.complete),
	}
}

type asked struct {
	Paging
	Text string `query:"q" required:"true" minLength:"1" maxLength:"500" example:"giấy phép bức xạ"`
	Kind string `query:"kind" enum:"directive,task,dossier,credential,conference,news,procedure,person"`
	Unit string `query:"unit" maxLength:"100"`
	From string `query:"from" format:"date"`
	To   string `query:"to" format:"date"`
	Sort string `query:"sort" enum:"best,newest" default:"best"`
}

// query is the question for the index, within what the reader may find.
func (in *asked) query(r *web.Request) (search.Query, error) {
	q := search.Query{Text: in.Text, Scope: pages.Scope(r.Reader), Newest: in.Sort == "newest", Most: true, Snippets: true, Limit: in.Limit + 1, Count: []string{"kind", "unit"}}
	from, to, err := span(in.From, in.To)
	if err != nil {
		return q, err
	}
	q.From, q.To = bound(from), bound(to)
	if in.Kind != "" {
		q.Filter = append(q.Filter, []string{"kind:" + in.Kind})
	}
	if in.Unit != "" {
		q.Filter = append(q.Filter, []string{"unit:" + in.Unit})
	}
	after, err := in.after(r)
	if err != nil || after == "" {
		return q, err
	}
	if q.Offset, err = strconv.Atoi(after); err != nil || q.Offset < 0 {
		return q, fault.New(fault.Invalid, "api.bad_cursor").At(fault.Place{File: "query.cursor"})
	}
	return q, nil
}

// bound is a day as the index has it: 0 is open.
func bound(d calendar.Date) int32 {
	if d == calendar.NoDate {
		return 0
	}
	return int32(d)
}

// Found is one page of what was found, the best first, with what all pages hold of each kind and unit.
type Found struct {
	Items []FoundOne                `json:"items"`
	Next  string                    `json:"next,omitempty"`
	Total int                       `json:"total"`
	Count map[string]map[string]int `json:"count"`           // by "kind" and by "unit"
	Meant string                    `json:"meant,omitempty"` // what may have been meant, where a word is known nowhere
}

// FoundOne is one record. Path is its page, which has the same address below /api/v1 where there is an operation.
type FoundOne struct {
	Kind    string        `json:"kind" enum:"directive,task,dossier,credential,conference,news,procedure,person"`
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	Unit    string        `json:"unit,omitempty"`
	On      calendar.Date `json:"on"`
	Path    string        `json:"path,omitempty"`
	Snippet []FoundText   `json:"snippet"`
}

// FoundText is a stretch of the record's own words; found are those that were asked for.
type FoundText struct {
	Text  string `json:"text"`
	Found bool   `json:"found"`
}

func foundOne(h search.Hit) FoundOne {
	kind, id, _ := strings.Cut(h.ID, "/")
	out := FoundOne{Kind: kind, ID: id, Title: h.Title, Path: pages.Path(kind, id), On: calendar.NoDate, Snippet: []FoundText{}}
	if h.Date != 0 {
		out.On = calendar.Date(h.Date)
	}
	if i := slices.IndexFunc(h.Facets, func(f string) bool { return strings.HasPrefix(f, "unit:") }); i >= 0 {
		out.Unit = strings.TrimPrefix(h.Facets[i], "unit:")
	}
	for _, p := range h.Snippet {
		out.Snippet = append(out.Snippet, FoundText{p.Text, p.Found})
	}
	return out
}

// find searches as the page does. Its order is that of the ranking, so the cursor counts hits: what is recorded meanwhile may shift them.
func (s *service) find(r *web.Request, in *asked) (*reply[Found], error) {
	q, err := in.query(r)
	if err != nil {
		return nil, err
	}
	found, err := s.Search.Find(r.Context(), q)
	if err != nil {
		return nil, err
	}
	items := make([]FoundOne, 0, len(found.Hits))
	for _, h := range found.Hits {
		items = append(items, foundOne(h))
	}
	one, err := page(r, in.Paging, items, func(FoundOne) string { return strconv.Itoa(q.Offset + in.Limit) })
	if err != nil {
		return nil, err
	}
	body := Found{Items: one.Body.Items, Next: one.Body.Next, Total: found.Total, Count: map[string]map[string]int{}, Meant: found.Meant}
	for _, facet := range q.Count {
		body.Count[facet] = map[string]int{}
		for value, n := range found.Counts[facet] {
			if n > 0 && value != "" {
				body.Count[facet][value] = n
			}
		}
	}
	return &reply[Found]{Status: one.Status, Link: one.Link, Body: body}, nil
}

type begun struct {
	Text  string `query:"q" required:"true" minLength:"1" maxLength:"500" example:"giấy ph"`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"6"`
}

// complete gives how words may go on, out of records that the reader may find.
func (s *service) complete(r *web.Request, in *begun) (*reply[[]string], error) {
	out, err := s.Search.Complete(r.Context(), in.Text, pages.Scope(r.Reader), in.Limit)
	if err != nil {
		return nil, err
	}
	return ok(some(out))
}
