package api

import (
	"net/http"
	"slices"

	"trucot/internal/app/page/campaigns"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

func (s *service) campaignSums() []operation {
	return []operation{
		op("campaign-sums", http.MethodGet, "/bao-cao/dot/{id}/tong-hop", people.ReadReports, s.getSums),
		op("campaign-sum", http.MethodGet, "/bao-cao/dot/{id}/tong-hop/{indicator}", people.ReadReports, s.getSum),
		op("campaign-part-records", http.MethodGet, "/bao-cao/dot/{id}/phan/{unit}/so/{figure}", people.ReadReports, s.partRecords),
		op("campaign-draft", http.MethodGet, "/bao-cao/dot/{id}/noi-dung", people.ReadReports, s.getDraft),
		op("campaign-write", http.MethodPut, "/bao-cao/dot/{id}/noi-dung/{section}", people.RunCampaigns, s.writeSection),
	}
}

// CampaignSums is what the parts of a campaign add up to, beside the agency's own count. Version is the campaign's, for If-Match.
type CampaignSums struct {
	Campaign string           `json:"campaign"`
	Stage    string           `json:"stage"`
	KnownAt  int64            `json:"known_at"` // position of the ledger that the agency's own count is read at
	Missing  []string         `json:"missing"`  // units whose part is not in
	Sums     []CampaignSum    `json:"sums"`
	Doubles  []CampaignDouble `json:"doubles"`
	Version  int64            `json:"version"`
}

// CampaignSum is one figure: null is a number that is not there, which is not 0.
type CampaignSum struct {
	Indicator string            `json:"indicator" example:"dossier.received"`
	Title     map[string]string `json:"title"`
	Units     number            `json:"units"`   // as handed in, added up
	Doubled   number            `json:"doubled"` // taken off: counted by several, settled for one
	Total     number            `json:"total"`   // units less doubled; a ratio is that of the totals
	Own       number            `json:"own"`     // from the records of the whole agency
	Apart     number            `json:"apart"`   // own less total; another value than 0 is a gap
	Estimate  number            `json:"estimate"`
	Target    number            `json:"target"`
	Previous  number            `json:"previous"`  // own, in the period just before
	LastYear  number            `json:"last_year"` // own, in the same period of the year before
	Open      int               `json:"open"`      // records counted by several and not settled
	In        int               `json:"in"`        // parts that gave the figure
}

// CampaignDouble is a record that several units counted in one figure. Key names it to the step that settles it.
type CampaignDouble struct {
	Key        string               `json:"key"`
	Indicator  string               `json:"indicator"`
	Record     string               `json:"record" example:"dossier/HS-2026-001"`
	Held       []CampaignShare      `json:"held"`
	Settlement *campaign.Settlement `json:"settlement,omitempty"` // none = open
}

// CampaignShare is what a unit counts.
type CampaignShare struct {
	Unit  string `json:"unit"`
	Value number `json:"value"`
}

func (s *service) sumOf(sum campaign.Sum) CampaignSum {
	def, _ := s.Indicators.Definitions().Get(sum.Indicator) // a figure that is defined no more has no title
	return CampaignSum{sum.Indicator, words(def.Title), number(sum.Units), number(sum.Doubled), number(sum.Total), number(sum.Own), number(sum.Apart()), number(sum.Estimate),
		number(sum.Target), number(sum.Previous), number(sum.LastYear), sum.Open, sum.In}
}

func doubleOf(x campaign.Double) CampaignDouble {
	out := CampaignDouble{Key: x.Key(), Indicator: x.Indicator, Record: x.Record, Held: []CampaignShare{}, Settlement: x.Settlement}
	for _, h := range x.Held {
		out.Held = append(out.Held, CampaignShare{h.Unit, number(h.Value)})
	}
	return out
}

// consolidated is a campaign's consolidation for who may see all of the campaign.
func (s *service) consolidated(r *web.Request, id string) (*campaign.Consolidated, error) {
	c, err := campaigns.Whole(r, s.Campaigns, id, false)
	if err != nil {
		return nil, err
	}
	return s.Campaigns.Consolidate(r.Context(), c.ID, 0)
}

func (s *service) getSums(r *web.Request, in *OneCampaign) (*reply[CampaignSums], error) {
	x, err := s.consolidated(r, in.ID)
	if err != nil {
		return nil, err
	}
	out := CampaignSums{Campaign: x.Campaign.ID, Stage: string(x.Campaign.Stage), KnownAt: x.KnownAt, Missing: some(x.Missing()), Sums: []CampaignSum{}, Doubles: []CampaignDouble{}, Version: x.Campaign.Version}
	for _, sum := range x.Sums {
		out.Sums = append(out.Sums, s.sumOf(sum))
	}
	for _, d := range x.Doubles {
		out.Doubles = append(out.Doubles, doubleOf(d))
	}
	return summed(r, out)
}

// OneSum names a figure of a campaign.
type OneSum struct {
	OneCampaign
	Indicator string `path:"indicator" maxLength:"200" example:"dossier.received"`
}

// ExplainedSum is one figure by unit, with the causes of its gap that records show and what the general office said of it.
type ExplainedSum struct {
	CampaignSum
	Parts []SumPart   `json:"parts"`
	Gap   []GapPiece  `json:"gap"` // the pieces add up to “apart”
	Word  *GapWording `json:"word,omitempty"`
}

// SumPart is a unit's line of the figure; without a value it gave none.
type SumPart struct {
	Unit   string  `json:"unit"`
	Stage  string  `json:"stage"`
	Actual *number `json:"actual,omitempty"`
	Why    string  `json:"why,omitempty"`
}

// GapPiece is one cause of a gap.
type GapPiece struct {
	Cause   string   `json:"cause" enum:"double,not_in,afterward,outside,dropped,gone,changed,by_hand,unlisted,distinct,computed,unknown"`
	Units   []string `json:"units"`
	Value   number   `json:"value"`
	Records []string `json:"records"`
}

// GapWording is what was said of a gap; it is current as long as the gap is the one that was spoken of.
type GapWording struct {
	campaign.GapWord
	Current bool `json:"current"`
}

func (s *service) getSum(r *web.Request, in *OneSum) (*reply[ExplainedSum], error) {
	x, err := s.consolidated(r, in.ID)
	if err != nil {
		return nil, err
	}
	sum := x.Sum(in.Indicator)
	if sum == nil {
		return nil, fault.New(fault.NotFound, "indicator.unknown", "id", in.Indicator)
	}
	pieces, err := s.Campaigns.Gap(r.Context(), x, in.Indicator)
	if err != nil {
		return nil, err
	}
	out := ExplainedSum{CampaignSum: s.sumOf(*sum), Parts: []SumPart{}, Gap: []GapPiece{}}
	for _, p := range x.Parts {
		one := SumPart{Unit: p.Unit, Stage: string(p.Stage)}
		if l := p.Line(in.Indicator); l != nil {
			actual := number(l.Actual)
			one.Actual, one.Why = &actual, l.Why
		}
		out.Parts = append(out.Parts, one)
	}
	for _, p := range pieces {
		out.Gap = append(out.Gap, GapPiece{string(p.Cause), some(p.Units), number(p.Value), some(p.Records)})
	}
	if word, current := x.Word(in.Indicator); word != nil {
		out.Word = &GapWording{*word, current}
	}
	return summed(r, out)
}

type partRecords struct {
	OnePart
	Figure string `path:"figure" maxLength:"200" example:"dossier.received"`
	After  int64  `query:"after" minimum:"0"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// partRecords are the records behind a figure of a part, as known when the part was handed in.
func (s *service) partRecords(r *web.Request, in *partRecords) (*reply[Records], error) {
	c, p, err := campaigns.GetPart(r, s.Campaigns, in.ID, in.Unit)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.Campaigns.Asks(c), in.Figure) {
		return nil, fault.New(fault.NotFound, "indicator.unknown", "id", in.Figure)
	}
	q, err := campaigns.PartQuery(c, p, s.Indicators.Definitions().MainPart(in.Figure))
	if err != nil {
		return nil, err
	}
	return s.records(r, q, in.Figure, in.After, in.Limit)
}

// CampaignDraft is the text of a campaign's report as it stands; once signed, as it was signed. Version is the campaign's, for
// If-Match.
type CampaignDraft struct {
	Campaign string         `json:"campaign"`
	Stage    string         `json:"stage"`
	Sections []DraftSection `json:"sections"`
	Problems []string       `json:"problems"` // tokens that name no figure
	Version  int64          `json:"version"`
}

// DraftSection is a numbered section: its text as it is edited, with {{figure}} tokens, and as it is printed.
type DraftSection struct {
	ID      string   `json:"id"`
	Number  string   `json:"number"`
	Level   int      `json:"level"`
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Printed []string `json:"printed"` // paragraphs
	Written bool     `json:"written"` // by somebody; else drafted from the outline
}

func (s *service) getDraft(r *web.Request, in *OneCampaign) (*reply[CampaignDraft], error) {
	c, err := campaigns.Whole(r, s.Campaigns, in.ID, true)
	if err != nil {
		return nil, err
	}
	at := int64(0)
	if c.Signed != nil {
		at = c.Signed.KnownAt
	}
	f, err := s.Campaigns.Draft(r.Context(), c.ID, at)
	if err != nil {
		return nil, err
	}
	out := CampaignDraft{Campaign: c.ID, Stage: string(c.Stage), Sections: []DraftSection{}, Problems: []string{}, Version: c.Version}
	for _, x := range f.Sections {
		one := DraftSection{x.ID, x.Number, x.Level, x.Title, x.Text, []string{}, x.Written}
		for _, l := range x.Lines {
			one.Printed = append(one.Printed, l.String())
		}
		out.Sections = append(out.Sections, one)
	}
	for _, x := range f.Problems {
		out.Problems = append(out.Problems, r.ErrorText(x))
	}
	return summed(r, out)
}

type writtenSection struct {
	Versioned
	OneCampaign
	Section string `path:"section" maxLength:"100"`
	Body    struct {
		Text string `json:"text" maxLength:"20000" example:"Tiếp nhận {{dossier.received}} hồ sơ."`
	}
}

// writeSection keeps one section's text; an empty one goes back to the draft of the outline.
func (s *service) writeSection(r *web.Request, in *writtenSection) (*reply[Done], error) {
	return s.done(r, in.Versioned, func() (string, error) {
		r.SetPathValue("step", "doan")
		return s.Forms["/bao-cao/dot/{id}/buoc/{step}"].Deed(r, formOf(r.Lang, campaignStep{Section: in.Section, Text: in.Body.Text}))
	})
}
