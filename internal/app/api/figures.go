package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"trucot/internal/app/page/figures"
	"trucot/internal/app/page/scope"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

func (s *service) figureOps() []operation {
	return []operation{
		op("figure-list", http.MethodGet, "/so-lieu", people.ReadFigures, s.listFigures),
		op("figure-get", http.MethodGet, "/so-lieu/{id}", people.ReadFigures, s.getFigure),
		op("figure-records", http.MethodGet, "/so-lieu/{id}/ban-ghi", people.ReadFigures, s.figureRecords),
	}
}

// number is a figure's value in JSON: an exact decimal, or null for none.
type number indicator.Value

// MarshalJSON writes it.
func (n number) MarshalJSON() ([]byte, error) { return indicator.Value(n).MarshalJSON() }

// Schema describes it.
func (number) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Nullable: true}
}

// Asked is what figures are asked for; package scope reads the same parameters from the address.
type Asked struct {
	Period string `query:"period" maxLength:"20"`
	Unit   string `query:"unit" maxLength:"100"`
	AsOf   string `query:"asof" format:"date"`
	Known  int64  `query:"known" minimum:"0"`
}

// Figure is one indicator's value.
type Figure struct {
	Indicator string            `json:"indicator"`
	Title     map[string]string `json:"title"`
	Measure   map[string]string `json:"measure"`
	Type      string            `json:"type"`
	Period    string            `json:"period"`
	Unit      string            `json:"unit,omitempty"`
	AsOf      calendar.Date     `json:"as_of"`
	KnownAt   int64             `json:"known_at"`
	Opening   number            `json:"opening"`
	Arising   number            `json:"arising"`
	Closing   number            `json:"closing"`
	Estimate  number            `json:"estimate"`
	Target    number            `json:"target"`
}

func figureOf(sc scope.Scope, head int64, d indicator.Definition, f indicator.Figure) Figure {
	out := Figure{Indicator: d.ID, Title: words(d.Title), Measure: words(d.Measure), Type: string(d.Type), Period: sc.Period.Code, Unit: sc.Unit,
		AsOf: min(sc.AsOf, sc.Period.To), KnownAt: sc.Known, Opening: number(f.Opening), Arising: number(f.Arising), Closing: number(f.Closing),
		Estimate: number(f.Estimate), Target: number(f.Target)}
	if sc.AsOf == calendar.NoDate {
		out.AsOf = sc.Period.To
	}
	if out.KnownAt == 0 {
		out.KnownAt = head
	}
	return out
}

func (s *service) listFigures(r *web.Request, _ *Asked) (*reply[[]Figure], error) {
	head := s.Indicators.Position()
	sc, err := scope.Read(r, s.People, people.ReadFigures, s.Indicators.Units(), s.Indicators.Position())
	if err != nil {
		return nil, err
	}
	out := []Figure{}
	for _, d := range s.Indicators.Definitions().All() {
		f, err := s.Indicators.Figure(sc.Query(), d.ID)
		if err != nil {
			return nil, err
		}
		if !f.Empty() {
			out = append(out, figureOf(sc, head, d, f))
		}
	}
	return ok(out)
}

// OneFigure names a figure and its scope.
type OneFigure struct {
	Asked
	ID string `path:"id" maxLength:"100"`
}

// figure is the definition and the scope that a request asks for.
func (s *service) figure(r *web.Request, id string) (indicator.Definition, scope.Scope, error) {
	def, known := s.Indicators.Definitions().Get(id)
	if !known {
		return def, scope.Scope{}, fault.New(fault.NotFound, "figures.unknown", "id", id)
	}
	sc, err := scope.Read(r, s.People, people.ReadFigures, s.Indicators.Units(), s.Indicators.Position())
	return def, sc, err
}

func (s *service) getFigure(r *web.Request, in *OneFigure) (*reply[Figure], error) {
	head := s.Indicators.Position()
	def, sc, err := s.figure(r, in.ID)
	if err != nil {
		return nil, err
	}
	f, err := s.Indicators.Figure(sc.Query(), def.ID)
	if err != nil {
		return nil, err
	}
	return ok(figureOf(sc, head, def, f))
}

type recordsOf struct {
	OneFigure
	Part  indicator.Part `query:"part" enum:"opening,arising,closing" default:"arising"`
	After int64          `query:"after" minimum:"0"`
	Limit int            `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Record is one event behind a figure. Label is empty for a dossier that the caller may not read.
type Record struct {
	Position  int64         `json:"position"`
	Indicator string        `json:"indicator"`
	Unit      string        `json:"unit"`
	On        calendar.Date `json:"on"`
	Value     number        `json:"value"`
	Stream    string        `json:"stream"`
	Kind      string        `json:"kind"`
	Label     string        `json:"label"`
}

// Records are one page of them; Next is the After of the next page, 0 for none.
type Records struct {
	Items []Record `json:"items"`
	Next  int64    `json:"next"`
}

func (s *service) figureRecords(r *web.Request, in *recordsOf) (*reply[Records], error) {
	def, sc, err := s.figure(r, in.ID)
	if err != nil {
		return nil, err
	}
	q := sc.Query()
	q.Part = in.Part
	return s.records(r, q, def.ID, in.After, in.Limit)
}

// records is one page of the records behind a figure.
func (s *service) records(r *web.Request, q indicator.Query, id string, after int64, limit int) (*reply[Records], error) {
	found, err := s.Indicators.Records(r.Context(), s.Ledger, q, id, limit+1, after)
	if err != nil {
		return nil, err
	}
	out := Records{Items: []Record{}}
	if len(found) > limit {
		found = found[:limit]
		out.Next = found[limit-1].Position
	}
	figures.HideDossiers(r, found)
	for _, f := range found {
		out.Items = append(out.Items, Record{f.Position, f.Indicator, f.Unit, f.On, number(f.Value), f.Stream, f.Kind, f.Label})
	}
	return ok(out)
}
