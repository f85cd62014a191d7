package api

import (
	"bytes"
	"encoding/json"
	"net/http"

	"trucot/internal/app/page/reports"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report"
)

func (s *service) reportOps() []operation {
	return []operation{
		op("report-list", http.MethodGet, "/bao-cao", people.ReadReports, s.listReports),
		op("report-get", http.MethodGet, "/bao-cao/{regime}/{period}", people.ReadReports, s.getReport),
		made(op("report-freeze", http.MethodPost, "/bao-cao/{regime}/{period}/chot", people.FreezeReports, s.freezeReport)),
	}
}

// Regime is a duty to report.
type Regime struct {
	ID      string            `json:"id"`
	Kind    string            `json:"kind"`
	Side    string            `json:"side,omitempty"`
	Title   map[string]string `json:"title"`
	Periods []string          `json:"periods"`
	Due     map[string]string `json:"due"`
	Source  string            `json:"source"`
	Status  string            `json:"status"`
}

func (s *service) listReports(r *web.Request, _ *struct{}) (*reply[[]Regime], error) {
	out := []Regime{}
	for _, g := range s.Reports.Regimes.All() {
		if reports.May(r, people.ReadReports, g, "") {
			out = append(out, Regime{g.ID, g.Kind, g.Side, words(g.Title), some(g.Periods), words(g.Due), g.Source, g.Status})
		}
	}
	return ok(out)
}

// OneReport names a report.
type OneReport struct {
	Regime string `path:"regime" maxLength:"60"`
	Period string `path:"period" maxLength:"20"`
	Unit   string `query:"unit" maxLength:"100"`
	AsOf   string `query:"asof" format:"date"`
	Known  int64  `query:"known" minimum:"0"`
}

// Report is a built report as a program reads it: every number with what it is bound to.
type Report struct {
	Regime        string               `json:"regime"`
	Period        string               `json:"period"`
	Unit          string               `json:"unit"`
	KnownAt       int64                `json:"known_at"`
	Subject       string               `json:"subject"`
	Label         string               `json:"label,omitempty"`
	Figures       []ReportFigure       `json:"figures"`
	Discrepancies []report.Discrepancy `json:"discrepancies"`
}

// ReportFigure is one number of it.
type ReportFigure struct {
	Ref       string       `json:"ref"`
	Indicator string       `json:"indicator"`
	Part      string       `json:"part"`
	Period    string       `json:"period"`
	Value     *json.Number `json:"value"`
}

func reportOf(rep *report.Report) (Report, error) {
	var b bytes.Buffer
	out := Report{Figures: []ReportFigure{}}
	if err := rep.WriteJSON(&b); err != nil {
		return out, err
	}
	err := json.Unmarshal(b.Bytes(), &out)
	if out.Discrepancies == nil {
		out.Discrepancies = []report.Discrepancy{}
	}
	return out, err
}

func (s *service) getReport(r *web.Request, _ *OneReport) (*reply[Report], error) {
	q, err := reports.Request(r, s.Reports)
	if err != nil {
		return nil, err
	}
	rep, err := s.Reports.Build(r.Context(), q)
	if err != nil {
		return nil, err
	}
	body, err := reportOf(rep)
	if err != nil {
		return nil, err
	}
	return ok(body)
}

type freezeReport struct {
	Key    string `header:"Idempotency-Key" maxLength:"200"`
	Regime string `path:"regime" maxLength:"60"`
	Period string `path:"period" maxLength:"20"`
	Unit   string `query:"unit" maxLength:"100"`
}

func (s *service) freezeReport(r *web.Request, in *freezeReport) (*reply[Report], error) {
	regime, err := s.Reports.Regimes.Get(in.Regime)
	if err != nil {
		return nil, err
	}
	if !reports.May(r, people.ReadReports, regime, in.Unit) || !reports.May(r, people.FreezeReports, regime, in.Unit) {
		return nil, web.Forbidden()
	}
	if _, err := calendar.ParsePeriod(in.Period); err != nil {
		return nil, fault.New(fault.Invalid, "api.bad_value").At(fault.Place{File: "path.period"}).Because(err)
	}
	once, err := s.once(r, Versioned{Key: in.Key})
	if err != nil {
		return nil, err
	}
	q := report.Request{Regime: regime.ID, Period: in.Period, Unit: in.Unit, AsOf: calendar.NoDate}
	rep, err := s.freezeOnce(r, q, once.Stream != "")
	if err != nil {
		return nil, err
	}
	body, err := reportOf(rep)
	if err != nil {
		return nil, err
	}
	return &reply[Report]{Status: http.StatusCreated, Body: body}, nil
}

// freezeOnce freezes a report, or gives it as it was frozen where the same request did so before.
func (s *service) freezeOnce(r *web.Request, q report.Request, before bool) (*report.Report, error) {
	if !before {
		return s.Reports.Freeze(r.Context(), q, r.Actor())
	}
	f, err := s.Reports.LastFrozen(r.Context(), q)
	if err != nil {
		return nil, err
	}
	return s.Reports.Rebuild(r.Context(), f)
}
