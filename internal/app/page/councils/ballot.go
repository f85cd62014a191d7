package councils

import (
	"net/http"
	"net/url"
	"strings"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// The three faces of a ballot.
const (
	filling   = "filling"
	reviewing = "reviewing"
	received  = "received"
)

type ballotPage struct {
	*web.View
	C       *council.Council
	For     string // account whose ballot it is
	ForName string // not empty when it is somebody else's, sent in writing
	Face    string
	In      url.Values
	Key     string
	Paper   council.Paper
	Receipt string
	Trouble string
}

// ballot shows the blank paper.
func (s *pages) ballot(r *web.Request) error {
	p, err := s.ballotPage(r, r.Query("cho"))
	if err != nil {
		return err
	}
	p.Face, p.In, p.Key = filling, url.Values{}, newKey()
	return r.Render(http.StatusOK, ballot(p))
}

// ballotPage checks that the reader may fill in the ballot of an account, "" = their own.
func (s *pages) ballotPage(r *web.Request, account string) (*ballotPage, error) {
	c, err := s.get(r)
	if err != nil {
		return nil, err
	}
	p := &ballotPage{View: r.View(r.T("councils.ballot"), web.Crumb{Title: r.T("councils.title"), Path: "/hoi-dong"}, web.Crumb{Title: c.Title, Path: Path(c.ID)}), C: c, For: account}
	p.Path = Path(c.ID) + "/phieu"
	if account == "" || account == r.Actor() {
		p.For = r.Actor()
	} else if !runs(r, c) {
		return nil, web.Forbidden()
	} else {
		p.ForName = s.People.AccountName(r.Context(), account)
	}
	if c.Member(p.For) == nil {
		return nil, council.NotFound(c.ID)
	}
	return p, nil
}

// vote checks what was filled in, shows it for review, and once that is confirmed puts it into the urn.
func (s *pages) vote(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	p, err := s.ballotPage(r, in.Get("cho"))
	if err != nil {
		return err
	}
	p.In, p.Key, p.Face = in, in.Get("khoa"), reviewing
	if in.Get("sua") != "" {
		p.Face = filling
		return r.Render(http.StatusOK, ballot(p))
	}
	p.Paper, err = paperOf(r.Lang, p.C, in)
	if err == nil {
		err = p.C.Rules.Ballot.Check(p.C.Files, p.Paper)
	}
	if err == nil && in.Get("gui") != "" {
		p.Receipt, err = s.Councils.Vote(r.Context(), council.Casting{Council: p.C.ID, Account: p.For, Actor: r.Actor(), Key: p.Key, Paper: p.Paper})
		p.Face = received
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		p.Face, p.Trouble = filling, r.ErrorText(err)
		return r.Render(web.Status(fault.KindOf(err)), ballot(p))
	}
	return r.Render(http.StatusOK, ballot(p))
}

// paperOf reads the form: "p.<file>.<criterion>" points or pass, "c.<file>" the choice, "trong.<file>" a blank one.
func paperOf(tag lang.Tag, c *council.Council, in url.Values) (council.Paper, error) {
	paper := council.Paper{}
	for _, f := range c.Files {
		if in.Get("trong."+f.ID) != "" {
			paper[f.ID] = council.Mark{Blank: true}
			continue
		}
		m := council.Mark{Choice: in.Get("c." + f.ID)}
		for _, k := range c.Rules.Ballot.Criteria {
			text := strings.TrimSpace(in.Get("p." + f.ID + "." + k.ID))
			if text == "" {
				continue // Check names what is missing
			}
			n, err := pointsOf(tag, text)
			if err != nil {
				return nil, fault.New(fault.Invalid, "councils.bad_points", "criterion", k.Label, "text", text)
			}
			if c.Rules.Ballot.Kind == council.Criteria {
				n /= 100
			}
			if m.Points == nil {
				m.Points = map[string]int64{}
			}
			m.Points[k.ID] = n
		}
		paper[f.ID] = m
	}
	return paper, nil
}

// pointsOf reads points in hundredths; both a comma and a point divide, since phones offer either.
func pointsOf(tag lang.Tag, text string) (int64, error) {
	style := lang.NumberVI
	if tag == lang.EN {
		style = lang.NumberEN
	}
	n, err := lang.ParseNumber(text, style)
	if err != nil && strings.Count(text, ".")+strings.Count(text, ",") == 1 {
		n, err = lang.ParseNumber(strings.ReplaceAll(text, ",", "."), lang.NumberEN)
	}
	if err == nil && n%10 != 0 {
		err = fault.New(fault.Invalid, "councils.bad_points", "criterion", "", "text", text)
	}
	return n / 10, err
}

// points writes hundredths for people.
func points(tag lang.Tag, hundredths int64) string { return lang.Decimal(tag, hundredths*10) }

// total is the sum of a mark's points.
func total(m council.Mark) int64 {
	var sum int64
	for _, n := range m.Points {
		sum += n
	}
	return sum
}
