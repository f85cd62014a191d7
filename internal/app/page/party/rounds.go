package party

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// roundSlugs are the two kinds of round in addresses.
var roundSlugs = map[string]string{"dai-hoi": cadre.Congress, "quy-hoach": cadre.Planning}

func roundsPath(kind string) string {
	for slug, k := range roundSlugs {
		if k == kind {
			return "/dang/" + slug
		}
	}
	return "/dang"
}

func roundPath(x *cadre.Round) string { return roundsPath(x.Kind) + "/" + url.PathEscape(x.ID) }

func (s *pages) roundRoutes() []web.Route {
	var out []web.Route
	for _, slug := range []string{"dai-hoi", "quy-hoach"} {
		path, kind := "/dang/"+slug, roundSlugs[slug]
		out = append(out,
			web.Route{Method: http.MethodGet, Pattern: path, Permission: people.ReadParty, Handler: func(r *web.Request) error { return s.showRounds(r, kind, url.Values{}, nil) }},
			web.FormRoute(path, people.KeepParty, func(r *web.Request, in url.Values) (string, error) { return s.openRound(r, kind, in) },
				func(r *web.Request, in url.Values, trouble error) error { return s.showRounds(r, kind, in, trouble) }),
			web.Route{Method: http.MethodGet, Pattern: path + "/{id}", Permission: people.ReadParty, Handler: func(r *web.Request) error { return s.showRound(r, kind, url.Values{}, nil) }},
			web.Route{Method: http.MethodGet, Pattern: path + "/{id}/docx/{giay}", Permission: people.ReadParty, Handler: func(r *web.Request) error { return s.roundFile(r, kind) }},
			web.FormRoute(path+"/{id}/{viec}", people.KeepParty, func(r *web.Request, in url.Values) (string, error) { return s.stepRound(r, kind, in) },
				func(r *web.Request, in url.Values, trouble error) error { return s.showRound(r, kind, in, trouble) }))
	}
	return out
}

type roundRow struct {
	*cadre.Round
	UnitName string
}

type roundsPage struct {
	*web.View
	Kind        string
	Page, Total int
	Rows        []roundRow
	Units       []people.Unit
	Posts       []room.Post
	In          url.Values
	Trouble     string
}

func (p roundsPage) address(change ...string) string { return address(roundsPath(p.Kind), change) }

func (s *pages) showRounds(r *web.Request, kind string, in url.Values, trouble error) error {
	p := roundsPage{View: r.View(r.T("partypage."+kind+"_list"), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}), Kind: kind, Page: page(r), In: in}
	p.Path, p.Wide = roundsPath(kind), true
	list, total, err := s.cadre.List(r.Context(), cadre.Filter{Units: s.units(r), Kind: kind, Limit: perPage, Offset: (p.Page - 1) * perPage})
	if err != nil {
		return err
	}
	p.Total = total
	for _, x := range list {
		p.Rows = append(p.Rows, roundRow{x, s.who.UnitName(r.Context(), x.Unit, r.Lang)})
	}
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	rules, err := s.room.Rules()
	if err != nil {
		return err
	}
	p.Posts = rules.OrganisationOn(r.Today()).Posts
	return r.Render(s.troubled(r, trouble, &p.Trouble), rounds(p))
}

// plannedRows is how many positions the form of a plan has room for.
const plannedRows = 6

func (s *pages) openRound(r *web.Request, kind string, in url.Values) (string, error) {
	d := dateReader{in: in}
	x := cadre.Round{Kind: kind, Unit: in.Get("don-vi"), Term: in.Get("nhiem-ky"), On: d.day("ngay")}
	if d.err != nil {
		return "", d.err
	}
	if x.Unit != "" {
		if err := r.Require(people.KeepParty, x.Unit); err != nil {
			return "", err
		}
	}
	rules, err := s.room.Rules()
	if err != nil {
		return "", err
	}
	if kind == cadre.Congress {
		for _, post := range rules.OrganisationOn(r.Today()).Posts {
			if n, _ := strconv.Atoi(in.Get("so-" + post.ID)); n > 0 {
				x.Positions = append(x.Positions, cadre.Position{ID: post.ID, Seats: n})
			}
		}
	} else {
		for i, title := range in["chuc-danh"] {
			if strings.TrimSpace(title) != "" {
				n, _ := strconv.Atoi(typedAt(in, "so-luong", i)) // unreadable is refused
				x.Positions = append(x.Positions, cadre.Position{Title: title, Seats: n})
			}
		}
	}
	made, err := s.cadre.Start(r.Context(), cadre.By{Actor: r.Actor(), On: calendar.NoDate}, x)
	if err != nil {
		return "", err
	}
	return roundPath(made) + "?da=luu", nil
}

// candidateRow is a candidate with names.
type candidateRow struct {
	cadre.Checked
	Name, UnitName, Position string
}

type roundPage struct {
	*web.View
	X         *cadre.Round
	Ready     *cadre.Readiness
	UnitName  string
	Slate     []candidateRow
	Members   []memberRow
	Units     []people.Unit // that comment
	From      map[string]string
	Keep      bool
	Steps     int // of the calendar that are done
	Failing   int // candidates that fail a criterion
	InDoubt   int
	In        url.Values
	Verb      string
	Trouble   string
	positions func(cadre.Position) string
}

func (s *pages) getRound(r *web.Request, kind string) (*cadre.Round, error) {
	return Round(r, s.cadre, kind, r.PathValue("id"))
}

// Round reads a round of a kind that the reader may see; another unit's is not found rather than forbidden.
func Round(r *web.Request, rounds *cadre.Room, kind, id string) (*cadre.Round, error) {
	x, err := rounds.Get(r.Context(), id)
	if err == nil && (x.Kind != kind || !r.Can(people.ReadParty, x.Unit)) {
		return nil, fault.New(fault.NotFound, "cadre.no_round", "id", id)
	}
	return x, err
}

// positionTitle is what a position is called in the reader's language.
func (s *pages) positionTitle(r *web.Request) (func(cadre.Position) string, error) {
	rules, err := s.room.Rules()
	return func(p cadre.Position) string {
		if p.Title != "" {
			return p.Title
		}
		post, _ := rules.OrganisationOn(r.Today()).Post(p.ID)
		return pick(r, post.Title)
	}, err
}

func (s *pages) showRound(r *web.Request, kind string, in url.Values, trouble error) error {
	x, err := s.getRound(r, kind)
	if err != nil {
		return err
	}
	p := roundPage{X: x, In: in, Verb: r.PathValue("viec"), UnitName: s.who.UnitName(r.Context(), x.Unit, r.Lang), From: map[string]string{}}
	p.Keep = r.Can(people.KeepParty, x.Unit)
	p.View = r.View(r.T("partypage."+kind+"_title", "unit", p.UnitName, "term", x.Term), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"},
		web.Crumb{Title: r.T("partypage." + kind + "_list"), Path: roundsPath(kind)})
	p.Path, p.Wide = roundPath(x), true
	if p.Ready, err = s.cadre.Ready(r.Context(), x); err != nil {
		return err
	}
	if p.positions, err = s.positionTitle(r); err != nil {
		return err
	}
	s.fillRound(r, &p)
	if p.Keep && x.Stage == cadre.Open {
		if err := s.mayStand(r, &p); err != nil {
			return err
		}
	}
	return r.Render(s.troubled(r, trouble, &p.Trouble), round(p))
}

func (s *pages) fillRound(r *web.Request, p *roundPage) {
	for _, c := range p.Ready.Slate {
		row := candidateRow{Checked: c, Name: s.name(r.Context(), c.Member, r), UnitName: s.who.UnitName(r.Context(), c.M.Unit, r.Lang)}
		for _, at := range p.X.Positions {
			if at.ID == c.Position {
				row.Position = p.positions(at)
			}
		}
		p.Slate = append(p.Slate, row)
		switch {
		case c.Out:
		case c.Verdict() == cadre.Fails:
			p.Failing++
		case c.Verdict() == cadre.Unknown:
			p.InDoubt++
		}
	}
	slices.SortStableFunc(p.Slate, func(a, b candidateRow) int { return p.rank(a) - p.rank(b) })
	for _, step := range p.Ready.Steps {
		if step.Done != calendar.NoDate {
			p.Steps++
		}
	}
	for _, paper := range p.X.Papers {
		for _, c := range paper.Comments {
			p.From[c.From] = s.who.UnitName(r.Context(), c.From, r.Lang)
		}
	}
}

// rank puts candidates in the order of their positions, those taken off last.
func (p *roundPage) rank(c candidateRow) int {
	n := slices.IndexFunc(p.X.Positions, func(at cadre.Position) bool { return at.ID == c.Candidate.Position })
	if c.Out {
		n += len(p.X.Positions)
	}
	return n
}

// mayStand are the official members in reach below the round's unit, and the organisations that comment.
func (s *pages) mayStand(r *web.Request, p *roundPage) error {
	under, err := s.who.Subtree(r.Context(), p.X.Unit, r.Today())
	if err != nil {
		return err
	}
	under = slices.DeleteFunc(under, func(u string) bool { return !r.Can(people.ReadParty, u) })
	list, _, err := s.room.Members(r.Context(), room.MemberFilter{Units: under, State: room.Official, Limit: 1 << 30})
	for _, m := range list {
		p.Members = append(p.Members, s.row(r, m))
	}
	if err != nil {
		return err
	}
	all, err := s.choice(r, people.ReadParty)
	p.Units = slices.DeleteFunc(all, func(u people.Unit) bool { return !slices.Contains(under, u.Code) })
	return err
}

// tally reads votes from a form: "phieu-<candidate>" of "tong".
func tally(in url.Values, x *cadre.Round) (votes map[string]room.Votes, of int) {
	of, _ = strconv.Atoi(in.Get("tong")) // unreadable is refused
	votes = map[string]room.Votes{}
	for _, c := range x.Standing() {
		if text := in.Get("phieu-" + c.Key()); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				n = -1 // refused as no number of votes
			}
			votes[c.Key()] = room.Votes{For: n, Of: of}
		}
	}
	return votes, of
}

func (s *pages) stepRound(r *web.Request, kind string, in url.Values) (string, error) {
	x, err := s.getRound(r, kind)
	if err != nil {
		return "", err
	}
	if err := r.Require(people.KeepParty, x.Unit); err != nil {
		return "", err
	}
	d := dateReader{in: in}
	by := cadre.By{Actor: r.Actor(), On: d.day("ngay"), Expect: web.Seen(in, x.Version)}
	if d.err != nil {
		return "", d.err
	}
	ctx, paper := r.Context(), in.Get("van-kien")
	switch r.PathValue("viec") {
	case "ngay":
		_, err = s.cadre.Plan(ctx, cadre.By{Actor: by.Actor, On: calendar.NoDate, Expect: by.Expect}, x.ID, by.On)
	case "buoc":
		_, err = s.cadre.Tick(ctx, by, x.ID, in.Get("buoc"))
	case "huy":
		_, err = s.cadre.Drop(ctx, by, x.ID)
	case "gioi-thieu":
		if m, missing := s.room.Member(ctx, in.Get("dang-vien")); missing != nil || !r.Can(people.ReadParty, m.Unit) {
			return "", fault.New(fault.NotFound, "party.no_member", "id", in.Get("dang-vien"))
		}
		_, err = s.cadre.Propose(ctx, by, x.ID, in.Get("dang-vien"), in.Get("chuc-danh"))
	case "rut":
		_, err = s.cadre.Withdraw(ctx, by, x.ID, in.Get("nhan-su"))
	case "phieu":
		votes, _ := tally(in, x)
		_, err = s.cadre.Vote(ctx, by, x.ID, in.Get("buoc"), votes)
	case "ket-qua":
		votes, of := tally(in, x)
		_, err = s.cadre.Conclude(ctx, by, x.ID, of, votes)
	case "phe-duyet":
		_, err = s.cadre.Approve(ctx, by, x.ID, in.Get("so"), in.Get("ghi-chu"))
	case "ra-soat":
		_, err = s.cadre.Review(ctx, by, x.ID)
	case "soan":
		_, err = s.cadre.Write(ctx, by, x.ID, paper, in.Get("loai"), in.Get("ten"), in.Get("noi-dung"))
	case "gop-y":
		if !r.Can(people.ReadParty, in.Get("tu")) {
			return "", fault.New(fault.NotFound, "people.unknown_unit", "unit", in.Get("tu"))
		}
		_, err = s.cadre.Comment(ctx, by, x.ID, paper, in.Get("tu"), in.Get("noi-dung"))
	case "tra-loi":
		n, _ := strconv.Atoi(in.Get("y-kien")) // unreadable is refused
		_, err = s.cadre.Answer(ctx, by, x.ID, paper, n, in.Get("noi-dung"))
	case "thong-qua":
		_, err = s.cadre.Adopt(ctx, by, x.ID, paper)
	default:
		return "", fault.New(fault.NotFound, "web.no_page")
	}
	if err != nil {
		return "", err
	}
	return roundPath(x) + "?da=luu", nil
}

// roundFile is the list of a round, or the report on how far a congress is prepared.
func (s *pages) roundFile(r *web.Request, kind string) error {
	x, err := s.getRound(r, kind)
	if err != nil {
		return err
	}
	rules, err := s.room.Rules()
	if err != nil {
		return err
	}
	title := func(p cadre.Position) string { // documents are Vietnamese
		if p.Title != "" {
			return p.Title
		}
		post, _ := rules.OrganisationOn(r.Today()).Post(p.ID)
		return post.Title["vi"]
	}
	var write func(context.Context, io.Writer) error
	switch r.PathValue("giay") {
	case "danh-sach":
		write = func(ctx context.Context, w io.Writer) error {
			return s.cadre.WriteList(ctx, w, x, func(id string) string { return s.name(ctx, id, r) }, title)
		}
	case "bao-cao":
		if kind == cadre.Congress {
			write = func(ctx context.Context, w io.Writer) error { return s.cadre.WriteReadiness(ctx, w, x, title) }
		}
	}
	if write == nil {
		return fault.New(fault.NotFound, "cadre.no_round", "id", x.ID)
	}
	docx(r, strings.ToLower(x.ID)+"-"+r.PathValue("giay"))
	return write(r.Context(), r.W)
}
