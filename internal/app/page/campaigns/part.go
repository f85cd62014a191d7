package campaigns

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

type partPage struct {
	*web.View
	C       *campaign.Campaign
	P       *campaign.Part
	Name    string
	Lines   []campaign.Prefilled // with something to say
	Rest    []campaign.Prefilled // without
	Missing int                  // explanations
	NotOurs int                  // figures of the report that this unit does not hand in
	Fills   bool
	Submits bool
	Runs    bool
	Files   templ.Component
	Trouble string
	Typed   url.Values
	Then    string // name of the compared period
}

func (s *pages) part(r *web.Request) error {
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return err
	}
	return s.showPart(r, c, p, nil, nil)
}

func (s *pages) showPart(r *web.Request, c *campaign.Campaign, part *campaign.Part, typed url.Values, wrong error) error {
	name := s.unitName(r, part.Unit)
	p := &partPage{View: r.View(name, web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"}, web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}, web.Crumb{Title: c.Title, Path: Path(c.ID)}),
		C: c, P: part, Name: name, Typed: typed}
	p.Path = PartPath(c.ID, part.Unit)
	open := c.Stage.Open() && part.Stage != campaign.Submitted
	p.Fills, p.Submits = open && r.Can(people.FillParts, part.Unit), open && r.Can(people.SubmitParts, part.Unit)
	p.Runs = c.Stage.Open() && part.Stage == campaign.Submitted && may(r, people.RunCampaigns, c)
	status := http.StatusOK
	if wrong != nil {
		p.Trouble, status = r.ErrorText(wrong), http.StatusUnprocessableEntity
	}
	lines, err := s.lines(r, c, part)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if _, written := part.Entered.Rows[l.Indicator]; l.Blank() && !written && (!part.External || !p.Fills) {
			p.Rest = append(p.Rest, l)
		} else {
			p.Lines = append(p.Lines, l)
		}
		if !l.Explained() {
			p.Missing++
		}
	}
	p.NotOurs = len(c.Figures) - len(s.Desk.Asks(c))
	if then, err := s.Desk.Compared(c); err == nil {
		p.Then = then.Name(r.Lang)
	}
	if p.Files, err = s.Files(r, p.View, "campaign-part/"+c.ID+"/"+part.Unit); err != nil {
		return err
	}
	return r.Render(status, partView(p))
}

// lines are those of a part: as handed in, or as the records stand.
func (s *pages) lines(r *web.Request, c *campaign.Campaign, p *campaign.Part) ([]campaign.Prefilled, error) {
	if p.Stage != campaign.Submitted {
		return s.Desk.Prefill(r.Context(), c, p)
	}
	asks, out := s.Desk.Asks(c), make([]campaign.Prefilled, 0, len(p.Lines))
	for _, l := range p.Lines {
		if !slices.Contains(asks, l.Indicator) {
			continue
		}
		def, _ := s.Figures.Definitions().Get(l.Indicator)
		out = append(out, campaign.Prefilled{Line: l, Definition: def, Own: l.Actual, Must: l.Why != ""})
	}
	return out, nil
}

// value is what stands in a field: what was typed, else what was kept.
func (p *partPage) value(name, kept string) string {
	if p.Typed != nil {
		return p.Typed.Get(name)
	}
	return kept
}

func (p *partPage) row(id string) campaign.Row {
	if r, ok := p.P.Entered.Rows[id]; ok {
		return r
	}
	return campaign.Row{Actual: indicator.NoValue, Estimate: indicator.NoValue}
}

// typedValue is a number as it is typed.
func typedValue(tag lang.Tag, v indicator.Value) string { return lang.Decimal(tag, int64(v)) }

// entered reads the form of a part. Numbers may be written as offices write them. Error: the fault.List of bad numbers.
func (s *pages) entered(r *web.Request, c *campaign.Campaign, in url.Values) (campaign.Entered, error) {
	e := campaign.Entered{Rows: map[string]campaign.Row{}, Limitations: in.Get("han-che"), Causes: in.Get("nguyen-nhan")}
	var faults fault.List
	number := func(id, text string) indicator.Value {
		if text = strings.TrimSpace(text); text == "" {
			return indicator.NoValue
		}
		n, err := lang.ParseNumber(text, lang.NumbersOf(r.Lang))
		if err != nil || n < 0 {
			def, _ := s.Figures.Definitions().Get(id)
			faults = append(faults, fault.New(fault.Invalid, "campaigns.bad_number", "figure", def.Title, "text", text))
		}
		return indicator.Value(n)
	}
	for _, id := range s.Desk.Asks(c) {
		row := campaign.Row{Actual: number(id, in.Get("so."+id)), Estimate: number(id, in.Get("uoc."+id)), Why: in.Get("gt." + id)}
		row.Claims = strings.FieldsFunc(in.Get("ghi."+id), func(c rune) bool { return strings.ContainsRune(",; \n\r\t", c) })
		if row.Actual != indicator.NoValue || row.Estimate != indicator.NoValue || row.Why != "" || len(row.Claims) > 0 {
			e.Rows[id] = row
		}
	}
	return e, faults.OrNil()
}

func (s *pages) save(r *web.Request, in url.Values) (string, error) {
	return s.write(r, in, people.FillParts, func(c *campaign.Campaign, p *campaign.Part, e campaign.Entered, by campaign.By) (*campaign.Part, error) {
		return s.Desk.Save(r.Context(), c.ID, p.Unit, e, by)
	})
}

// submit keeps what was typed and hands it in.
func (s *pages) submit(r *web.Request, in url.Values) (string, error) {
	return s.write(r, in, people.SubmitParts, func(c *campaign.Campaign, p *campaign.Part, e campaign.Entered, by campaign.By) (*campaign.Part, error) {
		p, err := s.Desk.Save(r.Context(), c.ID, p.Unit, e, by)
		if err != nil {
			return nil, err
		}
		return s.Desk.Submit(r.Context(), c.ID, p.Unit, campaign.By{Actor: by.Actor, Expect: p.Version})
	})
}

// write takes a step of a part's form.
func (s *pages) write(r *web.Request, in url.Values, perm web.Permission, do func(*campaign.Campaign, *campaign.Part, campaign.Entered, campaign.By) (*campaign.Part, error)) (string, error) {
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return "", err
	}
	if !r.Can(perm, p.Unit) {
		return "", web.Forbidden()
	}
	e, err := s.entered(r, c, in)
	if err != nil {
		return "", err
	}
	by := campaign.By{Actor: r.Actor()}
	by.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	_, err = do(c, p, e, by)
	return PartPath(c.ID, p.Unit) + "?da=luu", err
}

// partAgain shows a part with what was typed and what is wrong with it.
func (s *pages) partAgain(r *web.Request, in url.Values, wrong error) error {
	if !trouble(wrong) {
		return wrong
	}
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return err
	}
	return s.showPart(r, c, p, in, wrong)
}

// giveBack returns a part to its unit.
func (s *pages) giveBack(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return err
	}
	if !may(r, people.RunCampaigns, c) {
		return web.Forbidden()
	}
	if _, err := s.Desk.Return(r.Context(), c.ID, p.Unit, in.Get("ly-do"), campaign.By{Actor: r.Actor()}); err != nil {
		if trouble(err) {
			return s.showPart(r, c, p, nil, err)
		}
		return err
	}
	return r.Go(PartPath(c.ID, p.Unit) + "?da=luu")
}

// template sends the workbook for a unit without the system.
func (s *pages) template(r *web.Request) error {
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.Desk.WriteTemplate(&b, c, p); err != nil {
		return err
	}
	return send(r, fileKinds["xlsx"], c.ID+"-"+p.Unit+".xlsx", b.Bytes())
}

// read takes a filled-in workbook.
func (s *pages) read(r *web.Request) error {
	_, file, err := r.FormWithFile("tep")
	if err != nil {
		return err
	}
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return err
	}
	if !r.Can(people.FillParts, p.Unit) {
		return web.Forbidden()
	}
	if file.Name == "" {
		return s.showPart(r, c, p, nil, fault.New(fault.Invalid, "campaigns.no_file"))
	}
	if _, err := s.Desk.Import(r.Context(), c.ID, p.Unit, file.Name, file.Data, campaign.By{Actor: r.Actor()}); err != nil {
		if trouble(err) {
			return s.showPart(r, c, p, nil, err)
		}
		return err
	}
	return r.Go(PartPath(c.ID, p.Unit) + "?da=luu")
}

type recordsPage struct {
	*web.View
	Def     indicator.Definition
	Records []indicator.Record
	Sum     indicator.Value
	More    bool
}

// recordsMost is how many records one page lists.
const recordsMost = 500

// PartQuery asks for the records of a unit's part: of the units that it covers, as known when it was handed in.
func PartQuery(c *campaign.Campaign, p *campaign.Part, part indicator.Part) (indicator.Query, error) {
	period, err := calendar.ParsePeriod(c.Period)
	return indicator.Query{Period: period, AsOf: c.AsOf, KnownAt: p.KnownAt, Units: p.Covers, Part: part}, err
}

// records lists what a unit's figure is made of.
func (s *pages) records(r *web.Request) error {
	c, p, err := GetPart(r, s.Desk, r.PathValue("id"), r.PathValue("unit"))
	if err != nil {
		return err
	}
	id := r.PathValue("figure")
	def, ok := s.Figures.Definitions().Get(id)
	if !ok || !slices.Contains(s.Desk.Asks(c), id) {
		return fault.New(fault.NotFound, "indicator.unknown", "id", id)
	}
	q, err := PartQuery(c, p, s.Figures.Definitions().MainPart(id))
	if err != nil {
		return err
	}
	found, err := s.Figures.Records(r.Context(), s.Ledger, q, id, recordsMost+1, 0)
	if err != nil {
		return err
	}
	v := recordsPage{View: r.View(def.Title.In(r.Lang), web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}, web.Crumb{Title: c.Title, Path: Path(c.ID)},
		web.Crumb{Title: s.unitName(r, p.Unit), Path: PartPath(c.ID, p.Unit)}), Def: def, Records: found, Sum: indicator.NoValue}
	f, err := s.Figures.Figure(q, id)
	if err != nil {
		return err
	}
	v.Sum = f.Get(q.Part)
	if v.More = len(found) > recordsMost; v.More {
		v.Records = found[:recordsMost]
	}
	return r.Render(http.StatusOK, recordsView(v))
}

// moveText says how far a figure moved: by how many, by how much of what it was, and how much may pass unexplained.
func moveText(p *partPage, l campaign.Prefilled) string {
	if l.Previous <= 0 {
		return p.T("campaigns.moved_from_nothing", "by", signed(p.View, l.Moved))
	}
	return p.T("campaigns.moved", "by", signed(p.View, l.Moved), "percent", signed(p.View, indicator.Quotient(l.Moved, l.Previous, 100, 1)), "most", p.C.Explain.Percent)
}
