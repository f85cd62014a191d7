package campaigns

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/app/page/events"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

type sumsPage struct {
	*web.View
	X       *campaign.Consolidated
	Rows    []sumRow
	Doubles []doubleRow
	Gaps    []gapRow // of this page
	AllGaps int
	Silent  int    // gaps about which nothing that still holds was stated
	GapPage int    // from 1
	Opened  string // indicator of the gap that was explained last
	Chosen  *chosen
	Last    string // names of the periods beside
	Year    string
	Runs    bool
	All     bool // figures of nothing too
	Trouble string
}

type sumRow struct {
	campaign.Sum
	Def indicator.Definition
}

type doubleRow struct {
	campaign.Double
	Def   indicator.Definition
	Names map[string]string
	Path  string // of the record
}

// gapRow is a figure whose total is not the agency's own count, with the causes that records show and what was stated.
type gapRow struct {
	campaign.Sum
	Def     indicator.Definition
	Pieces  []pieceRow
	Word    *campaign.GapWord
	Current bool // the word is about the gap of now
	By      string
}

type pieceRow struct {
	campaign.Piece
	Names   string // of its units
	Records []recordLink
	More    int // records that are not listed
}

type recordLink struct{ Key, Path string }

// Only so many gaps are explained on a page, and so many records listed of a cause: each explanation reads the records.
const (
	gapsPerPage = 30
	mostRecords = 8
)

// gaps counts all gaps and explains those of one page; one past the last is the last.
func (s *pages) gaps(r *web.Request, p *sumsPage, page int) error {
	var all []campaign.Sum
	for _, sum := range p.X.Sums {
		if sum.Apart() == 0 || sum.Apart() == indicator.NoValue {
			continue
		}
		all = append(all, sum)
		if _, current := p.X.Word(sum.Indicator); !current {
			p.Silent++
		}
	}
	p.AllGaps = len(all)
	p.GapPage = max(1, min(page, (len(all)+gapsPerPage-1)/gapsPerPage))
	first := (p.GapPage - 1) * gapsPerPage
	for _, sum := range all[first:min(first+gapsPerPage, len(all))] {
		row, err := s.gap(r, p.X, sum)
		if err != nil {
			return err
		}
		p.Gaps = append(p.Gaps, row)
	}
	return nil
}

func (s *pages) gap(r *web.Request, x *campaign.Consolidated, sum campaign.Sum) (gapRow, error) {
	row := gapRow{Sum: sum}
	row.Def, _ = s.Figures.Definitions().Get(sum.Indicator)
	pieces, err := s.Desk.Gap(r.Context(), x, sum.Indicator)
	if err != nil {
		return row, err
	}
	for _, piece := range pieces {
		row.Pieces = append(row.Pieces, s.piece(r, piece))
	}
	if row.Word, row.Current = x.Word(sum.Indicator); row.Word != nil {
		row.By = s.People.AccountName(r.Context(), row.Word.By)
	}
	return row, nil
}

// gapsAt is the page of gaps with a number.
func (p *sumsPage) gapsAt(page int) string {
	v := url.Values{"trang": {strconv.Itoa(page)}}
	if p.All {
		v.Set("xem", "het")
	}
	return "?" + v.Encode() + "#chenh"
}

// gapsBack and gapsNext are the neighbouring pages of gaps, "" for none.
func (p *sumsPage) gapsBack() string {
	if p.GapPage < 2 {
		return ""
	}
	return p.gapsAt(p.GapPage - 1)
}

func (p *sumsPage) gapsNext() string {
	if p.GapPage*gapsPerPage >= p.AllGaps {
		return ""
	}
	return p.gapsAt(p.GapPage + 1)
}

func (s *pages) piece(r *web.Request, piece campaign.Piece) pieceRow {
	row := pieceRow{Piece: piece}
	var names []string
	for _, u := range piece.Units {
		names = append(names, s.unitName(r, u))
	}
	row.Names = strings.Join(names, ", ")
	for _, stream := range piece.Records[:min(len(piece.Records), mostRecords)] {
		row.Records = append(row.Records, recordLink{campaign.Key(stream), events.About(stream)})
	}
	row.More = len(piece.Records) - len(row.Records)
	return row
}

// chosen is one figure by unit.
type chosen struct {
	Def   indicator.Definition
	Sum   campaign.Sum
	Units []unitShare
}

type unitShare struct {
	Unit, Name string
	Line       *campaign.Line // nil = not in, or nothing
	Part       *campaign.Part
}

func (s *pages) sums(r *web.Request) error {
	c, err := Whole(r, s.Desk, r.PathValue("id"), false)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(r.Query("trang")) // unreadable = the first
	return s.showSums(r, c, page, nil)
}

// showSums is the consolidation with one page of its gaps.
func (s *pages) showSums(r *web.Request, c *campaign.Campaign, page int, wrong error) error {
	x, err := s.Desk.Consolidate(r.Context(), c.ID, 0)
	if err != nil {
		return err
	}
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return err
	}
	p := &sumsPage{View: r.View(r.T("campaigns.sums"), web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}, web.Crumb{Title: c.Title, Path: Path(c.ID)}), X: x,
		Last: period.Previous().Name(r.Lang), Year: period.YearBefore().Name(r.Lang), Runs: c.Stage.Open() && may(r, people.RunCampaigns, c), All: r.Query("xem") == "het", Opened: r.Query("mo")}
	p.Wide = true
	status := http.StatusOK
	if wrong != nil {
		p.Trouble, status = r.ErrorText(wrong), http.StatusUnprocessableEntity
	}
	for _, sum := range x.Sums {
		def, _ := s.Figures.Definitions().Get(sum.Indicator)
		if p.All || !empty(sum) {
			p.Rows = append(p.Rows, sumRow{sum, def})
		}
		if sum.Indicator == r.Query("chi-tieu") {
			p.Chosen = s.chosen(r, x, sum, def)
		}
	}
	for _, d := range x.Doubles {
		def, _ := s.Figures.Definitions().Get(d.Indicator)
		row := doubleRow{Double: d, Def: def, Names: map[string]string{}, Path: events.About(d.Record)}
		for _, h := range d.Held {
			row.Names[h.Unit] = s.unitName(r, h.Unit)
		}
		p.Doubles = append(p.Doubles, row)
	}
	if err = s.gaps(r, p, page); err != nil {
		return err
	}
	return r.Render(status, sumsView(p))
}

func empty(s campaign.Sum) bool {
	for _, v := range []indicator.Value{s.Units, s.Own, s.Estimate, s.Target, s.Previous, s.LastYear} {
		if v != indicator.NoValue && v != 0 {
			return false
		}
	}
	return true
}

func (s *pages) chosen(r *web.Request, x *campaign.Consolidated, sum campaign.Sum, def indicator.Definition) *chosen {
	out := &chosen{Def: def, Sum: sum}
	for _, part := range x.Parts {
		out.Units = append(out.Units, unitShare{part.Unit, s.unitName(r, part.Unit), part.Line(sum.Indicator), part})
	}
	return out
}

type textPage struct {
	*web.View
	C       *campaign.Campaign
	F       *campaign.Draft
	Runs    bool
	Problem []string
	Trouble string
	Typed   url.Values
	Known   []known
}

// known is a figure that the text may quote.
type known struct{ ID, Title, Value string }

func (s *pages) text(r *web.Request) error {
	c, err := Whole(r, s.Desk, r.PathValue("id"), true)
	if err != nil {
		return err
	}
	return s.showText(r, c, nil, nil)
}

func (s *pages) showText(r *web.Request, c *campaign.Campaign, typed url.Values, wrong error) error {
	at := int64(0)
	if c.Signed != nil {
		at = c.Signed.KnownAt
	}
	f, err := s.Desk.Draft(r.Context(), c.ID, at)
	if err != nil {
		return err
	}
	p := &textPage{View: r.View(r.T("campaigns.text"), web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}, web.Crumb{Title: c.Title, Path: Path(c.ID)}), C: c, F: f, Typed: typed,
		Runs: c.Stage.Open() && may(r, people.RunCampaigns, c)}
	status := http.StatusOK
	if wrong != nil {
		p.Trouble, status = r.ErrorText(wrong), http.StatusUnprocessableEntity
	}
	for _, x := range f.Problems {
		p.Problem = append(p.Problem, r.ErrorText(x))
	}
	for _, sum := range f.X.Sums {
		if def, _ := s.Figures.Definitions().Get(sum.Indicator); !empty(sum) {
			p.Known = append(p.Known, known{sum.Indicator, def.Title.In(r.Lang), number(p.View, sum.Total)})
		}
	}
	return r.Render(status, textView(p))
}

type packagesPage struct {
	*web.View
	Packages []*campaign.Package
	Joined   []campaign.Joined
	Own      []string // public keys of this installation, to give to others
	Keys     string
	Trouble  string
}

func (s *pages) packages(r *web.Request) error { return s.showPackages(r, &packagesPage{}, nil) }

func (s *pages) showPackages(r *web.Request, p *packagesPage, wrong error) error {
	p.View = r.View(r.T("campaigns.packages"), web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"}, web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"})
	var err error
	if p.Own, err = s.Ledger.Verifiers(r.Context()); err != nil {
		return err
	}
	status := http.StatusOK
	if wrong != nil {
		p.Trouble, status = r.ErrorText(wrong), http.StatusUnprocessableEntity
	}
	return r.Render(status, packagesView(p))
}

// readPackages verifies the packages that came with the form and sets them side by side; nothing is kept.
func (s *pages) readPackages(r *web.Request) error {
	in, first, err := r.FormWithFile("tep")
	if err != nil {
		return err
	}
	p := &packagesPage{Keys: in.Get("khoa")}
	uploads := []web.Upload{first}
	if r.MultipartForm != nil {
		if uploads, err = r.Uploads("tep"); err != nil {
			return err
		}
	}
	for _, u := range uploads {
		if u.Name == "" {
			return s.showPackages(r, p, fault.New(fault.Invalid, "campaigns.no_file"))
		}
		one, err := campaign.OpenPackage(u.Name, u.Data, keys(p.Keys))
		if err != nil {
			return s.showPackages(r, p, err)
		}
		p.Packages = append(p.Packages, one)
	}
	if p.Joined, err = campaign.Join(p.Packages); err != nil {
		p.Packages = nil
		return s.showPackages(r, p, err)
	}
	return s.showPackages(r, p, nil)
}

type marksPage struct {
	*web.View
	Choices []indicator.Definition
	Units   []people.Unit
	ID      string
	Unit    string
	From    calendar.Date
	On      []calendar.Date
	Def     indicator.Definition
	Marks   []campaign.Mark
	Trouble string
}

// marks sets one quantity on several cut-offs side by side.
func (s *pages) marks(r *web.Request) error {
	p := &marksPage{View: r.View(r.T("campaigns.marks"), web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"}, web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}),
		ID: r.Query("chi-tieu"), Unit: r.Query("don-vi")}
	units, err := s.People.Units(r.Context(), r.Today(), "")
	if err != nil {
		return err
	}
	for _, u := range units {
		if r.Can(people.ReadReports, u.Code) {
			p.Units = append(p.Units, u)
			if p.Unit == "" && (u.Parent == "" && u.Side == people.State || len(units) == 1) {
				p.Unit = u.Code
			}
		}
	}
	if p.Unit == "" && len(p.Units) > 0 {
		p.Unit = p.Units[0].Code
	}
	for _, def := range s.Figures.Definitions().All() {
		if def.Type == indicator.Flow || def.Type == indicator.Sum || def.Type == indicator.Stock || def.Type == indicator.Distinct {
			p.Choices = append(p.Choices, def)
		}
	}
	s.marksAsked(r, p)
	if p.ID == "" {
		return r.Render(http.StatusOK, marksView(p))
	}
	if !r.Can(people.ReadReports, p.Unit) {
		return web.Forbidden()
	}
	status := http.StatusOK
	if err := s.countMarks(r, p); err != nil {
		if !trouble(err) {
			return err
		}
		p.Trouble, status = r.ErrorText(err), http.StatusUnprocessableEntity
	}
	return r.Render(status, marksView(p))
}

// marksAsked reads the days, or sets those that offices ask for: the reporting half-year's end, the statistics year's, and
// today for the conference.
func (s *pages) marksAsked(r *web.Request, p *marksPage) {
	for _, text := range r.URL.Query()["moc"] {
		d, err := date(text)
		if err != nil {
			p.Trouble = r.ErrorText(err)
		} else if d != calendar.NoDate {
			p.On = append(p.On, d)
		}
	}
	var err error
	if p.From, err = date(r.Query("tu")); err != nil {
		p.Trouble, p.From = r.ErrorText(err), calendar.NoDate
	}
	year, _, _ := r.Today().YMD()
	if p.From == calendar.NoDate {
		p.From = calendar.Of(year-1, 12, 15)
	}
	if len(p.On) == 0 {
		p.On = []calendar.Date{calendar.Of(year, 6, 14), r.Today(), calendar.Of(year, 12, 31)}
	}
}

func (s *pages) countMarks(r *web.Request, p *marksPage) error {
	p.Def, _ = s.Figures.Definitions().Get(p.ID)
	u, err := s.People.Unit(r.Context(), p.Unit, r.Today())
	if err != nil {
		return err
	}
	units, err := s.Desk.Side(r.Context(), p.Unit, u.Side)
	if err != nil {
		return err
	}
	p.Marks, err = s.Desk.Marks(r.Context(), p.ID, p.From, p.On, units)
	return err
}

// keys are the lines of a text.
func keys(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' })
}
