package campaigns

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/app/page/scope"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report"
	"trucot/internal/room/report/campaign"
)

type blankPage struct {
	*web.View
	In      url.Values
	Regimes []*report.Regime
	Periods []calendar.Period
	Units   []people.Unit
	Trouble string
	Rule    campaign.Rule
}

func (s *pages) blank(r *web.Request) error { return s.showBlank(r, r.URL.Query(), nil) }

func (s *pages) showBlank(r *web.Request, in url.Values, wrong error) error {
	p := blankPage{View: r.View(r.T("campaigns.new"), web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"}, web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}), In: in}
	status := http.StatusOK
	if wrong != nil {
		p.Trouble, status = r.ErrorText(wrong), http.StatusUnprocessableEntity
	}
	rules, err := s.Desk.Rules()
	if err != nil {
		return err
	}
	p.Rule = rules.At(r.Today())
	for _, regime := range s.Desk.Reports.Regimes.All() {
		if regime.Kind == report.KindReview && s.runs(r, regime) {
			p.Regimes = append(p.Regimes, regime)
		}
	}
	for _, code := range scope.Choices(r.Today()) {
		if period, err := calendar.ParsePeriod(code); err == nil && (period.Kind == calendar.PeriodHalf || period.Kind == calendar.PeriodYear) {
			p.Periods = append(p.Periods, period)
		}
	}
	units, err := s.People.Units(r.Context(), r.Today(), "")
	for _, u := range units {
		if (u.Parent != "" || u.Side == people.Party) && r.Can(people.RunCampaigns, u.Code) {
			p.Units = append(p.Units, u)
		}
	}
	if err != nil {
		return err
	}
	slices.SortStableFunc(p.Regimes, func(a, b *report.Regime) int { return strings.Compare(b.Side, a.Side) }) // the State's first
	slices.SortStableFunc(p.Units, func(a, b people.Unit) int { return strings.Compare(string(b.Side), string(a.Side)) })
	return r.Render(status, blank(p))
}

// runs reports whether the reader may open campaigns of a regime's side.
func (s *pages) runs(r *web.Request, regime *report.Regime) bool { return Runs(r, s.Desk, regime) }

// Runs reports whether the reader may open campaigns of a regime: in the unit at the top of its side.
func Runs(r *web.Request, desk *campaign.Desk, regime *report.Regime) bool {
	top := desk.Top(r.Context(), people.Side(regime.Side))
	return top != "" && r.Can(people.RunCampaigns, top)
}

func (s *pages) open(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	regime, err := s.Desk.Reports.Regimes.Get(in.Get("che-do"))
	if err != nil {
		return err
	}
	if !s.runs(r, regime) {
		return web.Forbidden()
	}
	o := campaign.Opening{Regime: regime.ID, Period: in.Get("ky"), Units: in["don-vi"], External: in["ngoai"]}
	for name, to := range map[string]*calendar.Date{"chot": &o.AsOf, "han": &o.Due, "han-don-vi": &o.DueBy} {
		if *to, err = date(in.Get(name)); err != nil {
			return s.showBlank(r, in, err)
		}
	}
	c, err := s.Desk.Open(r.Context(), o, campaign.By{Actor: r.Actor()})
	if err != nil {
		if trouble(err) {
			return s.showBlank(r, in, err)
		}
		return err
	}
	return r.Go(Path(c.ID) + "?da=luu")
}
