package api

import (
	"net/http"
	"strconv"
	"strings"

	"trucot/internal/app/page/onestop"
	pages "trucot/internal/app/page/quality"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/quality"
)

func (s *service) onestopOps() []operation {
	return []operation{
		op("fee-list", http.MethodGet, "/phi", people.ReadDossiers, s.listFees),
		op("dossier-fees", http.MethodGet, "/ho-so/{code}/phi", people.ReadDossiers, s.dossierFees),
		op("number-list", http.MethodGet, "/so-van-ban", people.ReadDossiers, s.listNumbers),
		op("quality-get", http.MethodGet, "/chat-luong", people.ReadDossiers, s.getQuality),
		op("quality-costing", http.MethodGet, "/chat-luong/{group}/{id}", people.ReadDossiers, s.listCosting),
	}
}

// Fee is a fee of a dossier, asked for, paid, or both.
type Fee struct {
	Dossier   string        `json:"dossier"`
	ID        string        `json:"id"`
	Procedure string        `json:"procedure"`
	Unit      string        `json:"unit"`
	Title     string        `json:"title"`
	Amount    int64         `json:"amount"`       // đồng
	Requested calendar.Date `json:"requested_on"` // empty = not asked for beforehand
	Paid      calendar.Date `json:"paid_on"`      // empty = owed
	Receipt   string        `json:"receipt"`
	Online    bool          `json:"online"`
}

func feeOf(f dossier.Fee) Fee {
	return Fee{f.Dossier, f.ID, f.Procedure, f.Unit, f.Title, f.Amount, f.RequestedOn, f.PaidOn, f.Receipt, f.Online}
}

type feeFilter struct {
	Paging
	From string `query:"from" format:"date"`
	To   string `query:"to" format:"date"`
}

// FeeList is one page of fees, with the totals of all pages.
type FeeList struct {
	Items []Fee           `json:"items"`
	Next  string          `json:"next,omitempty"`
	Sums  dossier.FeeSums `json:"sums"`
}

func (s *service) listFees(r *web.Request, in *feeFilter) (*reply[FeeList], error) {
	from, to, err := span(in.From, in.To)
	if err != nil {
		return nil, err
	}
	var body FeeList
	if body.Sums, err = s.Dossiers.SumFees(r.Context(), onestop.Reach(r), from, to); err != nil {
		return nil, err
	}
	page, err := listed(r, in.Paging, func(after string, n int) ([]dossier.Fee, error) {
		code, id, _ := strings.Cut(after, "\n")
		return s.Dossiers.FeesAfter(r.Context(), onestop.Reach(r), from, to, code, id, n)
	}, plain(feeOf), func(f Fee) string { return f.Dossier + "\n" + f.ID })
	if err != nil {
		return nil, err
	}
	body.Items, body.Next = page.Body.Items, page.Body.Next
	return &reply[FeeList]{Status: page.Status, Link: page.Link, Body: body}, nil
}

func (s *service) dossierFees(r *web.Request, in *OneDossier) (*reply[[]Fee], error) {
	d, err := s.DossierAPI.Get(r, in.Code)
	if err != nil {
		return nil, err
	}
	fees, err := s.Dossiers.FeesOf(r.Context(), d.Code)
	if err != nil {
		return nil, err
	}
	out := []Fee{}
	for _, f := range fees {
		out = append(out, feeOf(f))
	}
	return tagged(r, quoted(d.Stream), out)
}

type numberFilter struct {
	Paging
	Year int    `query:"year" minimum:"1900" maximum:"9999"`
	Book string `query:"book" maxLength:"100"`
}

func (s *service) listNumbers(r *web.Request, in *numberFilter) (*reply[list[numbering.Given]], error) {
	f := numbering.Filter{Year: in.Year, Book: in.Book}
	if f.Year == 0 {
		f.Year, _, _ = r.Today().YMD()
	}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadDossiers)
	return listed(r, in.Paging, func(after string, n int) ([]numbering.Given, error) {
		f.Limit = n
		book, number, _ := strings.Cut(after, "\n")
		seq, _ := strconv.ParseInt(number, 10, 64) // "" = from the first; the cursor is ours
		return s.Books.After(r.Context(), f, book, seq)
	}, plain(func(g numbering.Given) numbering.Given { return g }), func(g numbering.Given) string { return g.Book + "\n" + strconv.FormatInt(g.Seq, 10) })
}

// Quality is the index of service quality of a time: what was reached of the marks that are counted here.
type Quality struct {
	Index    string            `json:"index"`
	Title    map[string]string `json:"title"`
	Source   string            `json:"source"`
	Verified bool              `json:"verified"`
	Period   string            `json:"period"`
	Unit     string            `json:"unit,omitempty"`
	Points   float64           `json:"points"`
	Of       float64           `json:"of"`      // marks that are counted here
	Unknown  float64           `json:"unknown"` // marks that are not, or have nothing to count in the time
	Groups   []QualityGroup    `json:"groups"`
}

// QualityGroup is a group of components.
type QualityGroup struct {
	ID         string            `json:"id"`
	Title      map[string]string `json:"title"`
	Points     float64           `json:"points"`
	Of         float64           `json:"of"`
	Max        float64           `json:"max"`
	Components []QualityPart     `json:"components"`
}

// QualityPart is a component beside its target. Known is false for what is not counted here, Why says the reason, and for what has
// nothing to count.
type QualityPart struct {
	ID     string            `json:"id"`
	Title  map[string]string `json:"title"`
	Max    float64           `json:"max"`
	Known  bool              `json:"known"`
	Good   int               `json:"good"`
	All    int               `json:"all"`
	Share  float64           `json:"share"`  // per cent
	Target float64           `json:"target"` // per cent that earns all marks
	Points float64           `json:"points"`
	Note   map[string]string `json:"note"`
	Why    map[string]string `json:"why"`
}

// QualityAsked is the time and the unit of the index.
type QualityAsked struct {
	Period string `query:"period" maxLength:"20"`
	Unit   string `query:"unit" maxLength:"100"`
}

func (s *service) getQuality(r *web.Request, in *QualityAsked) (*reply[Quality], error) {
	q, err := pages.Query(r, s.People, in.Period, in.Unit)
	if err != nil {
		return nil, err
	}
	x, err := s.Quality.Measure(r.Context(), q)
	if err != nil {
		return nil, err
	}
	out := Quality{Index: x.Index.ID, Title: words(x.Index.Title), Source: x.Index.Source, Verified: x.Index.Verified(), Period: q.Period.Code, Unit: in.Unit,
		Points: x.Points, Of: x.Of, Unknown: x.Unknown, Groups: []QualityGroup{}}
	for _, g := range x.Groups {
		group := QualityGroup{g.ID, words(g.Title), g.Points, g.Of, g.Max, []QualityPart{}}
		for _, c := range g.Components {
			group.Components = append(group.Components, QualityPart{c.ID, words(c.Title), c.Max, c.Known, c.Good, c.All, c.Share, c.Full, c.Points, words(c.Note), words(c.Why)})
		}
		out.Groups = append(out.Groups, group)
	}
	return summed(r, out)
}

type costingAsked struct {
	Paging
	QualityAsked
	Group string `path:"group" maxLength:"100"`
	ID    string `path:"id" maxLength:"100"`
}

// Costly is a dossier that costs a component its marks.
type Costly struct {
	Code      string        `json:"code"`
	Procedure string        `json:"procedure"`
	Unit      string        `json:"unit"`
	Title     string        `json:"title"`
	Channel   string        `json:"channel"`
	Status    int           `json:"status"`
	Received  calendar.Date `json:"received"`
	Due       calendar.Date `json:"due"`
	Finished  calendar.Date `json:"finished"`
}

func costlyOf(d *dossier.Row) Costly {
	return Costly{d.Code, d.Procedure, d.Unit, d.Title, d.Channel, d.Status, d.ReceivedOn, d.DueOn, d.FinishedOn}
}

func (s *service) listCosting(r *web.Request, in *costingAsked) (*reply[list[Costly]], error) {
	q, err := pages.Query(r, s.People, in.Period, in.Unit)
	if err != nil {
		return nil, err
	}
	c, err := s.component(q, in.Group, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(r, in.Paging, func(after string, n int) ([]*dossier.Row, error) {
		return s.Quality.CostingAfter(r.Context(), q, c, after, n)
	}, plain(costlyOf), func(d Costly) string { return d.Code })
}

// component is a component of the index in force at the end of the time.
func (s *service) component(q quality.Query, group, id string) (*quality.Component, error) {
	x, err := s.Quality.At(q.Period)
	if err != nil {
		return nil, err
	}
	return x.Component(group, id)
}
