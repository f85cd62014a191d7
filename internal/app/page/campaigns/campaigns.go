// Package campaigns (trang đợt báo cáo) is the pages of report campaigns: the list, one campaign with what to do next, a
// unit's part, the consolidation with its double counts, the narrative, cut-offs side by side, and packages of other
// installations. It owns no rules: package campaign decides what a step may do, package people who the reader is.
package campaigns

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

// Parts are what the pages stand on.
type Parts struct {
	Desk    *campaign.Desk
	Ledger  *ledger.Ledger
	People  *people.People
	Figures *indicator.Engine
	// Files shows the files that hang on a stream; nil component = nothing to show.
	Files func(r *web.Request, v *web.View, stream string) (templ.Component, error)
}

type pages struct{ Parts }

// maxBook bounds an uploaded workbook or package, in bytes.
const maxBook = 16 << 20

// Routes are the pages of campaigns. Whoever reads reports of the agency or of a unit that owes a part reaches one; each
// handler looks what of it is the reader's.
func Routes(p Parts) []web.Route {
	s := &pages{p}
	get := func(pattern string, perm web.Permission, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: "/bao-cao/dot" + pattern, Permission: perm, Handler: h}
	}
	post := func(pattern string, perm web.Permission, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: "/bao-cao/dot" + pattern, Permission: perm, Handler: h}
	}
	upload := func(r web.Route) web.Route { r.MaxBody = maxBook; return r }
	return []web.Route{
		get("", people.ReadReports, s.list),
		get("/moi", people.RunCampaigns, s.blank),
		post("", people.RunCampaigns, s.open),
		get("/goi", people.RunCampaigns, s.packages),
		upload(post("/goi", people.RunCampaigns, s.readPackages)),
		get("/moc", people.ReadReports, s.marks),
		get("/{id}", people.ReadReports, s.one),
		get("/{id}/tong-hop", people.ReadReports, s.sums),
		get("/{id}/noi-dung", people.ReadReports, s.text),
		get("/{id}/tai/{kind}", people.ReadReports, s.file),
		get("/{id}/phan/{unit}", people.ReadReports, s.part),
		get("/{id}/phan/{unit}/so/{figure}", people.ReadReports, s.records),
		get("/{id}/phan/{unit}/mau.xlsx", people.ReadReports, s.template),
		web.FormRoute("/bao-cao/dot/{id}/phan/{unit}/luu", people.FillParts, s.save, s.partAgain),
		web.FormRoute("/bao-cao/dot/{id}/phan/{unit}/nop", people.SubmitParts, s.submit, s.partAgain),
		post("/{id}/phan/{unit}/tra-lai", people.RunCampaigns, s.giveBack),
		upload(post("/{id}/phan/{unit}/nhap", people.FillParts, s.read)),
		web.FormRoute("/bao-cao/dot/{id}/buoc/{step}", people.ReadReports, s.act, s.again),
	}
}

// Path is a campaign's page.
func Path(id string) string { return "/bao-cao/dot/" + url.PathEscape(id) }

// PartPath is the page of a unit's part.
func PartPath(id, unit string) string { return Path(id) + "/phan/" + url.PathEscape(unit) }

// may reports whether the reader has a permission for a campaign's own unit: its general office and leaders.
func may(r *web.Request, p web.Permission, c *campaign.Campaign) bool { return r.Can(p, c.Unit) }

// Sees reports whether the reader may see a campaign: all of it by its own unit, or by a unit that owes a part.
func Sees(r *web.Request, c *campaign.Campaign, parts []*campaign.Part) bool {
	return may(r, people.ReadReports, c) || slices.ContainsFunc(parts, func(p *campaign.Part) bool { return r.Can(people.ReadReports, p.Unit) })
}

// Get reads a campaign that the reader may see, with its parts; another's is not found rather than forbidden.
func Get(r *web.Request, desk *campaign.Desk, id string) (*campaign.Campaign, []*campaign.Part, error) {
	c, err := desk.Get(r.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	parts, err := desk.Parts(r.Context(), id)
	if err == nil && !Sees(r, c, parts) {
		err = campaign.NotFound(id)
	}
	return c, parts, err
}

// GetPart reads a unit's part that the reader may see.
func GetPart(r *web.Request, desk *campaign.Desk, id, unit string) (*campaign.Campaign, *campaign.Part, error) {
	c, err := desk.Get(r.Context(), id)
	if err == nil && !r.Can(people.ReadReports, unit) {
		err = campaign.NotFound(id)
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := desk.Part(r.Context(), id, unit)
	return c, p, err
}

// Whole reads a campaign for those who may see all of it, or its draft while they are asked for comment.
func Whole(r *web.Request, desk *campaign.Desk, id string, draft bool) (*campaign.Campaign, error) {
	c, err := desk.Get(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if may(r, people.ReadReports, c) || draft && len(asked(r, c)) > 0 {
		return c, nil
	}
	return nil, campaign.NotFound(c.ID)
}

// asked lists the units for which the reader may comment now.
func asked(r *web.Request, c *campaign.Campaign) []string {
	var out []string
	if c.Stage != campaign.Commenting || c.Round == nil {
		return nil
	}
	for _, u := range c.Round.Units {
		if r.Can(people.SubmitParts, u) && r.Can(people.ReadReports, u) {
			out = append(out, u)
		}
	}
	return out
}

func (s *pages) unitName(r *web.Request, unit string) string {
	return s.People.UnitName(r.Context(), unit, r.Lang)
}

// tone is the colour of a stage; the word always stands beside it.
func tone(st campaign.Stage) string {
	switch st {
	case campaign.Collecting:
		return "blue"
	case campaign.Commenting:
		return "amber"
	case campaign.Signed:
		return "purple"
	case campaign.Issued:
		return "green"
	}
	return "grey"
}

// partTone is that of a part on a day.
func partTone(p *campaign.Part, today calendar.Date) string {
	switch {
	case p.Stage == campaign.Submitted:
		return "green"
	case p.Late(today):
		return "red"
	case p.Stage == campaign.Returned:
		return "amber"
	}
	return "grey"
}

const perPage = 50

type listPage struct {
	*web.View
	Rows  []listRow
	Total int
	Page  int
	May   bool
}

type listRow struct {
	*campaign.Campaign
	In, Late, All int
	Path          string // where this reader goes: the campaign, or the one part that is theirs
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("campaigns.title"), web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"}), May: r.Can(people.RunCampaigns, "")}
	p.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	p.Page = max(p.Page, 1)
	f := campaign.Filter{Limit: perPage, Offset: (p.Page - 1) * perPage}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadReports)
	found, total, err := s.Desk.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, c := range found {
		parts, err := s.Desk.Parts(r.Context(), c.ID)
		if err != nil {
			return err
		}
		row := listRow{Campaign: c, Path: Path(c.ID)}
		for _, part := range parts {
			if !may(r, people.ReadReports, c) && !r.Can(people.ReadReports, part.Unit) {
				continue
			}
			row.All++
			if part.Stage == campaign.Submitted {
				row.In++
			} else if part.Late(r.Today()) && c.Stage.Open() {
				row.Late++
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return r.Render(http.StatusOK, list(p))
}

func (p listPage) address(page int) string { return "/bao-cao/dot?trang=" + strconv.Itoa(page) }

func (p listPage) back() string {
	if p.Page < 2 {
		return ""
	}
	return p.address(p.Page - 1)
}

func (p listPage) next() string {
	if p.Page*perPage >= p.Total {
		return ""
	}
	return p.address(p.Page + 1)
}

// trouble tells faults that belong into the page from those that go the common way.
func trouble(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Invalid || k == fault.Conflict || k == fault.TooLarge
}

// date reads an optional date of a form.
func date(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.NoDate, nil
	}
	return calendar.Parse(text)
}
