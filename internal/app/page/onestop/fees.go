package onestop

import (
	"net/http"
	"net/url"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

type fee struct {
	dossier.Fee
	Label string
}

type feesPage struct {
	*web.View
	pager
	From, To calendar.Date
	Fees     []fee
	Sums     dossier.FeeSums
}

// fees lists what was paid in a time, and what was asked for and is owed.
func (s *pages) fees(r *web.Request) error {
	p := feesPage{View: r.View(r.T("onestop_page.fees"))}
	p.Wide = true
	var err error
	if p.From, p.To, err = span(r); err != nil {
		return err
	}
	p.pager = pager{Page: pageOf(r), base: "/phi", values: url.Values{"tu": {p.From.String()}, "den": {p.To.String()}}}
	if p.Sums, err = s.dossiers.SumFees(r.Context(), Reach(r), p.From, p.To); err != nil {
		return err
	}
	rows, err := s.dossiers.Fees(r.Context(), Reach(r), p.From, p.To, perPage, (p.Page-1)*perPage)
	if err != nil {
		return err
	}
	p.Total, p.Shown = p.Sums.Count, len(rows)
	for _, f := range rows {
		label := f.ID
		if def, err := s.procs.Version(f.Procedure, f.Version); err == nil && def.Fee(f.ID) != nil {
			label = def.Fee(f.ID).Label.In(r.Lang)
		}
		p.Fees = append(p.Fees, fee{f, label})
	}
	return r.Render(http.StatusOK, feesView(p))
}
