package campaigns

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

type onePage struct {
	*web.View
	C        *campaign.Campaign
	Rows     []partRow // those that the reader may see
	In       int
	Late     int
	Back     int
	Whole    bool // the reader sees all of it
	Runs     bool
	Signs    bool
	Asked    []people.Unit // for which the reader may comment
	Comments []said
	Signer   string
	Open     int // double counts
	Trouble  string
	Typed    url.Values
}

type partRow struct {
	*campaign.Part
	Name string
}

type said struct {
	campaign.Comment
	N         int
	Unit, Who string
}

func (s *pages) one(r *web.Request) error {
	c, parts, err := Get(r, s.Desk, r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.show(r, c, parts, nil, nil)
}

func (s *pages) show(r *web.Request, c *campaign.Campaign, parts []*campaign.Part, typed url.Values, wrong error) error {
	p := &onePage{View: r.View(c.Title, web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"}, web.Crumb{Title: r.T("campaigns.title"), Path: "/bao-cao/dot"}), C: c, Typed: typed,
		Whole: may(r, people.ReadReports, c), Runs: may(r, people.RunCampaigns, c), Signs: may(r, people.SignReports, c)}
	p.Path = Path(c.ID)
	status := http.StatusOK
	if wrong != nil {
		p.Trouble, status = r.ErrorText(wrong), http.StatusUnprocessableEntity
	}
	for _, part := range parts {
		if !p.Whole && !r.Can(people.ReadReports, part.Unit) {
			continue
		}
		p.Rows = append(p.Rows, partRow{part, s.unitName(r, part.Unit)})
		switch {
		case part.Stage == campaign.Submitted:
			p.In++
		case part.Late(r.Today()):
			p.Late++
		}
		if part.Stage == campaign.Returned {
			p.Back++
		}
	}
	for _, u := range asked(r, c) {
		unit, err := s.People.Unit(r.Context(), u, r.Today())
		if err != nil {
			return err
		}
		p.Asked = append(p.Asked, unit)
	}
	for i, x := range c.Comments {
		if p.Whole || r.Can(people.ReadReports, x.Unit) {
			p.Comments = append(p.Comments, said{x, i + 1, s.unitName(r, x.Unit), s.People.AccountName(r.Context(), x.By)})
		}
	}
	if c.Signed != nil {
		p.Signer = s.People.AccountName(r.Context(), c.Signed.By)
	}
	if p.Whole && c.Stage.Open() && p.In > 0 && r.AsOf() == 0 { // what is double now is no matter of a past day
		x, err := s.Desk.Consolidate(r.Context(), c.ID, 0)
		if err != nil {
			return err
		}
		p.Open = x.Open()
	}
	return r.Render(status, one(p))
}

// act takes one step of a campaign.
func (s *pages) act(r *web.Request, in url.Values) (string, error) {
	c, _, err := Get(r, s.Desk, r.PathValue("id"))
	if err != nil {
		return "", err
	}
	by := campaign.By{Actor: r.Actor()}
	by.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	step := r.PathValue("step")
	d, known := deeds[step]
	if !known {
		return "", fault.New(fault.NotFound, "campaigns.unknown_step", "step", step)
	}
	if !d.may(s, r, c, in) {
		return "", web.Forbidden()
	}
	return backTo(c.ID, step, in), d.do(s, r, c, by, in)
}

// again shows the page that the step was taken on.
func (s *pages) again(r *web.Request, in url.Values, wrong error) error {
	step := r.PathValue("step")
	if _, known := deeds[step]; !known || !trouble(wrong) && fault.KindOf(wrong) != fault.NotFound {
		return wrong
	}
	c, parts, err := Get(r, s.Desk, r.PathValue("id"))
	if err != nil {
		return err
	}
	switch step {
	case "doan":
		return s.showText(r, c, in, wrong)
	case "xu-ly-trung", "chenh":
		page, _ := strconv.Atoi(in.Get("trang")) // unreadable = the first
		return s.showSums(r, c, page, wrong)
	}
	return s.show(r, c, parts, in, wrong)
}

// backTo is where the reader goes on after a step: to the same gap on the same page of gaps.
func backTo(id, step string, in url.Values) string {
	switch step {
	case "doan":
		return Path(id) + "/noi-dung?da=luu"
	case "xu-ly-trung":
		return Path(id) + "/tong-hop?da=luu"
	case "chenh":
		back := url.Values{"da": {"luu"}, "trang": {in.Get("trang")}, "mo": {in.Get("chi-tieu")}}
		if in.Get("xem") != "" {
			back.Set("xem", in.Get("xem"))
		}
		return Path(id) + "/tong-hop?" + back.Encode() + "#chenh-" + url.PathEscape(in.Get("chi-tieu"))
	}
	return Path(id) + "?da=luu"
}

// deed is one step of a campaign's page.
type deed struct {
	may func(s *pages, r *web.Request, c *campaign.Campaign, in url.Values) bool
	do  func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error
}

func office(_ *pages, r *web.Request, c *campaign.Campaign, _ url.Values) bool {
	return may(r, people.RunCampaigns, c)
}

func leader(_ *pages, r *web.Request, c *campaign.Campaign, _ url.Values) bool {
	return may(r, people.SignReports, c)
}

// commenter is who may speak for the unit that a comment names.
func commenter(_ *pages, r *web.Request, _ *campaign.Campaign, in url.Values) bool {
	return in.Get("don-vi") != "" && r.Can(people.SubmitParts, in.Get("don-vi"))
}

// deeds are the steps by their word in the address.
var deeds = map[string]deed{
	"doan": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.Write(r.Context(), c.ID, in.Get("muc"), in.Get("noi-dung"), by)
		return err
	}},
	"xu-ly-trung": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.Settle(r.Context(), c.ID, in.Get("ban-ghi"), in.Get("don-vi"), in.Get("ly-do"), by)
		return err
	}},
	"chenh": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.ExplainGap(r.Context(), c.ID, in.Get("chi-tieu"), in.Get("ly-do"), by)
		return err
	}},
	"xin-y-kien": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		due, err := calendar.Parse(in.Get("han"))
		if err == nil {
			_, err = s.Desk.AskComments(r.Context(), c.ID, due, in["don-vi"], by)
		}
		return err
	}},
	"gop-y": {commenter, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		by.Expect = 0 // several units speak at once
		_, err := s.Desk.Say(r.Context(), c.ID, in.Get("don-vi"), in.Get("muc"), in.Get("y-kien"), by)
		return err
	}},
	"tra-loi": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		n, _ := strconv.Atoi(in.Get("so")) // unreadable = no such comment
		_, err := s.Desk.Answer(r.Context(), c.ID, n, in.Get("tra-loi"), by)
		return err
	}},
	"ky": {leader, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.Sign(r.Context(), c.ID, in.Get("con-thieu"), by)
		return err
	}},
	"mo-lai": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.Reopen(r.Context(), c.ID, in.Get("ly-do"), by)
		return err
	}},
	"ban-hanh": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.Issue(r.Context(), c.ID, in.Get("so"), by)
		return err
	}},
	"huy": {office, func(s *pages, r *web.Request, c *campaign.Campaign, by campaign.By, in url.Values) error {
		_, err := s.Desk.Cancel(r.Context(), c.ID, in.Get("ly-do"), by)
		return err
	}},
}

// fileKinds are the files of a campaign with their media types.
var fileKinds = map[string]string{
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "goi": "application/json",
}

// file sends the report as DOCX, PDF or XLSX, or the signed package for a higher installation.
func (s *pages) file(r *web.Request) error {
	kind := r.PathValue("kind")
	media, known := fileKinds[kind]
	c, err := Whole(r, s.Desk, r.PathValue("id"), kind != "goi" && kind != "xlsx")
	if err != nil {
		return err
	}
	if !known {
		return fault.New(fault.NotFound, "campaigns.unknown_kind", "kind", kind)
	}
	if kind == "goi" {
		data, err := s.Desk.Pack(r.Context(), c.ID)
		if err != nil {
			return err
		}
		return send(r, media, c.ID+".goi.json", data)
	}
	paper, err := s.Desk.Paper(r.Context(), c.ID)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	switch kind {
	case "docx":
		err = s.Desk.WriteDOCX(&b, paper)
	case "pdf":
		err = s.Desk.WritePDF(&b, paper)
	default:
		err = s.Desk.WriteXLSX(&b, paper)
	}
	if err != nil {
		return err
	}
	return send(r, media, c.ID+"."+kind, b.Bytes())
}

func send(r *web.Request, media, name string, data []byte) error {
	h := r.W.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, err := r.W.Write(data)
	return err
}
