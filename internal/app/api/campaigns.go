package api

import (
	"net/http"

	"trucot/internal/app/page/campaigns"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

func (s *service) campaignOps() []operation {
	return []operation{
		op("campaign-list", http.MethodGet, "/bao-cao/dot", people.ReadReports, s.listCampaigns),
		op("campaign-part", http.MethodGet, "/bao-cao/dot/{id}/phan/{unit}", people.ReadReports, s.getPart),
		op("campaign-get", http.MethodGet, "/bao-cao/dot/{id}", people.ReadReports, s.getCampaign),
		made(op("campaign-open", http.MethodPost, "/bao-cao/dot", people.RunCampaigns, s.openCampaign)),
		op("campaign-part-submit", http.MethodPost, "/bao-cao/dot/{id}/phan/{unit}/nop", people.SubmitParts, s.submitPart),
		op("campaign-part-return", http.MethodPost, "/bao-cao/dot/{id}/phan/{unit}/tra-lai", people.RunCampaigns, s.returnPart),
	}
}

// OneCampaign names a report campaign.
type OneCampaign struct {
	ID string `path:"id" maxLength:"100"`
}

// Campaign is a report campaign with the parts that the reader may see.
type Campaign struct {
	ID      string         `json:"id"`
	Regime  string         `json:"regime"`
	Period  string         `json:"period"`
	Title   string         `json:"title"`
	Stage   string         `json:"stage"`
	Due     calendar.Date  `json:"due" format:"date"`
	Number  string         `json:"number,omitempty"`
	Parts   []CampaignPart `json:"parts"`
	Version int64          `json:"version"`
}

// CampaignPart is a unit's part of a campaign.
type CampaignPart struct {
	Unit    string `json:"unit"`
	Stage   string `json:"stage"`
	Due     string `json:"due"`
	On      string `json:"on,omitempty"`
	Late    bool   `json:"late"`
	Reason  string `json:"reason,omitempty"`
	Version int64  `json:"version"`
}

func partOf(r *web.Request, p *campaign.Part) CampaignPart {
	out := CampaignPart{Unit: p.Unit, Stage: string(p.Stage), Due: p.Due.String(), Late: p.Late(r.Today()), Reason: p.Reason, Version: p.Version}
	if p.On != calendar.NoDate {
		out.On = p.On.String()
	}
	return out
}

func campaignOf(r *web.Request, c *campaign.Campaign, parts []*campaign.Part) Campaign {
	out := Campaign{ID: c.ID, Regime: c.Regime, Period: c.Period, Title: c.Title, Stage: string(c.Stage), Due: c.Due, Number: c.Number, Parts: []CampaignPart{}, Version: c.Version}
	for _, p := range parts {
		if r.Can(people.ReadReports, c.Unit) || r.Can(people.ReadReports, p.Unit) {
			out.Parts = append(out.Parts, partOf(r, p))
		}
	}
	return out
}

func (s *service) getCampaign(r *web.Request, in *OneCampaign) (*reply[Campaign], error) {
	c, parts, err := campaigns.Get(r, s.Campaigns, in.ID)
	if err != nil {
		return nil, err
	}
	return summed(r, campaignOf(r, c, parts))
}

func (s *service) listCampaigns(r *web.Request, in *Paging) (*reply[list[Campaign]], error) {
	var f campaign.Filter
	f.Units, f.Without = people.Reach(r.Reader, people.ReadReports)
	return listed(r, *in, func(after string, n int) ([]*campaign.Campaign, error) {
		f.Limit = n
		return s.Campaigns.After(r.Context(), f, after)
	}, func(c *campaign.Campaign) (Campaign, error) {
		parts, err := s.Campaigns.Parts(r.Context(), c.ID)
		return campaignOf(r, c, parts), err
	}, func(c Campaign) string { return c.ID })
}

// FilledPart is a unit's part with its figures: as handed in, or as the records stand.
type FilledPart struct {
	CampaignPart
	Lines       []PartLine `json:"lines"`
	Limitations string     `json:"limitations,omitempty"`
	Causes      string     `json:"causes,omitempty"`
}

// PartLine is one figure of a part.
type PartLine struct {
	Indicator string `json:"indicator"`
	Actual    number `json:"actual"`
	Previous  number `json:"previous"`
	Estimate  number `json:"estimate"`
	Why       string `json:"why,omitempty"`
}

func (s *service) getPart(r *web.Request, in *OnePart) (*reply[FilledPart], error) {
	c, p, err := campaigns.GetPart(r, s.Campaigns, in.ID, in.Unit)
	if err != nil {
		return nil, err
	}
	lines := p.Lines
	if p.Stage != campaign.Submitted {
		filled, err := s.Campaigns.Prefill(r.Context(), c, p)
		if err != nil {
			return nil, err
		}
		lines = nil
		for _, l := range filled {
			lines = append(lines, l.Line)
		}
	}
	out := FilledPart{CampaignPart: partOf(r, p), Lines: []PartLine{}, Limitations: p.Entered.Limitations, Causes: p.Entered.Causes}
	for _, l := range lines {
		out.Lines = append(out.Lines, PartLine{l.Indicator, number(l.Actual), number(l.Previous), number(l.Estimate), l.Why})
	}
	return summed(r, out)
}

// Opening is a campaign to open.
type Opening struct {
	Regime   string   `json:"regime" minLength:"1" maxLength:"60" example:"tong-ket-nam"`
	Period   string   `json:"period" minLength:"1" maxLength:"20" example:"2025"`
	AsOf     string   `json:"as_of,omitempty" format:"date"`
	Due      string   `json:"due,omitempty" format:"date"`
	UnitsDue string   `json:"units_due,omitempty" format:"date"`
	Units    []string `json:"units,omitempty" maxItems:"2000"`
	External []string `json:"external,omitempty" maxItems:"2000"`
}

type openCampaign struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body Opening
}

func (s *service) openCampaign(r *web.Request, in *openCampaign) (*reply[Campaign], error) {
	regime, err := s.Reports.Regimes.Get(in.Body.Regime)
	if err != nil {
		return nil, err
	}
	if !campaigns.Runs(r, s.Campaigns, regime) {
		return nil, web.Forbidden()
	}
	b := in.Body
	o := campaign.Opening{Regime: b.Regime, Period: b.Period, Units: b.Units, External: b.External}
	for _, d := range []struct {
		name, text string
		to         *calendar.Date
	}{{"as_of", b.AsOf, &o.AsOf}, {"due", b.Due, &o.Due}, {"units_due", b.UnitsDue, &o.DueBy}} {
		if *d.to = calendar.NoDate; d.text == "" {
			continue
		}
		if *d.to, err = calendar.Parse(d.text); err != nil {
			return nil, fault.New(fault.Invalid, "api.bad_value").At(fault.Place{File: "body." + d.name}).Because(err)
		}
	}
	once, err := s.recorded(r, Versioned{Key: in.Key}, func() error {
		_, err := s.Campaigns.Open(r.Context(), o, campaign.By{Actor: r.Actor()})
		return err
	})
	if err != nil {
		return nil, err
	}
	c, parts, err := campaigns.Get(r, s.Campaigns, recordedAs(once))
	if err != nil {
		return nil, err
	}
	return &reply[Campaign]{Status: http.StatusCreated, Body: campaignOf(r, c, parts)}, nil
}

// OnePart names a unit's part of a campaign.
type OnePart struct {
	OneCampaign
	Unit string `path:"unit" maxLength:"100"`
}

// ChangedPart names a unit's part on the version that was seen.
type ChangedPart struct {
	Versioned
	OnePart
}

// partStep takes a step of a part once and answers with the part as it stands.
func (s *service) partStep(r *web.Request, in *ChangedPart, do func(campaign.By) (*campaign.Part, error)) (*reply[CampaignPart], error) {
	if _, err := s.recorded(r, in.Versioned, func() error {
		_, err := do(campaign.By{Actor: r.Actor()})
		return err
	}); err != nil {
		return nil, err
	}
	p, err := s.Campaigns.Part(r.Context(), in.ID, in.Unit)
	if err != nil {
		return nil, err
	}
	return &reply[CampaignPart]{Status: http.StatusOK, ETag: quoted(p.Version), Body: partOf(r, p)}, nil
}

// submitPart hands in what the part's form holds.
func (s *service) submitPart(r *web.Request, in *ChangedPart) (*reply[CampaignPart], error) {
	if _, _, err := campaigns.GetPart(r, s.Campaigns, in.ID, in.Unit); err != nil {
		return nil, err
	}
	if err := r.Require(people.SubmitParts, in.Unit); err != nil {
		return nil, err
	}
	return s.partStep(r, in, func(by campaign.By) (*campaign.Part, error) {
		return s.Campaigns.Submit(r.Context(), in.ID, in.Unit, by)
	})
}

type returnPart struct {
	ChangedPart
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (s *service) returnPart(r *web.Request, in *returnPart) (*reply[CampaignPart], error) {
	c, _, err := campaigns.GetPart(r, s.Campaigns, in.ID, in.Unit)
	if err != nil {
		return nil, err
	}
	if err := r.Require(people.RunCampaigns, c.Unit); err != nil {
		return nil, err
	}
	return s.partStep(r, &in.ChangedPart, func(by campaign.By) (*campaign.Part, error) {
		return s.Campaigns.Return(r.Context(), in.ID, in.Unit, in.Body.Reason, by)
	})
}
