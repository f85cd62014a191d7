package party

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/app/page/attachments"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
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

var (
	roundTones   = map[cadre.Stage]string{cadre.Open: "blue", cadre.Closed: "green", cadre.Dropped: "grey"}
	verdictTones = map[cadre.Verdict]string{cadre.Meets: "green", cadre.Fails: "red", cadre.Unknown: "amber"}
)

func (s *pages) showRounds(r *web.Request, kind string, in url.Values, trouble error) error {
	p := s.list(r, roundsPath(kind), r.T("partypage."+kind+"_list"), kind, in, trouble)
	list, total, err := s.cadre.List(r.Context(), cadre.Filter{Units: s.units(r), Kind: kind, Limit: perPage, Offset: p.offset()})
	if err != nil {
		return err
	}
	p.Total, p.Note = total, r.T("partypage.rounds", "n", total)
	p.Icon, p.None, p.NoneDo = "files", "partypage.no_rounds", "partypage."+kind+"_none"
	p.Columns = []column{{"partypage.number", "kh-p4"}, {"partypage.organisation", "kh-title"}, {"partypage.term", ""}, {"partypage.state", "kh-p2"}, {"partypage." + kind + "_day", "kh-p3"}, {"partypage.candidates", "kh-p3 kh-n"}}
	if kind == cadre.Planning {
		p.Columns = append(p.Columns, column{"partypage.review_due", "kh-p3"})
	}
	for _, x := range list {
		line := []cell{{Text: x.ID, Class: "kh-code kh-muted"}, {Text: s.who.UnitName(r.Context(), x.Unit, r.Lang), Path: roundPath(x)}, {Text: x.Term}, {Text: r.T("cadre.stage_" + string(x.Stage)), Tone: roundTones[x.Stage]},
			{Text: p.Date(x.On), Class: "kh-code"}, {Text: strconv.Itoa(len(x.Standing()))}}
		if kind == cadre.Planning {
			line = append(line, cell{Text: p.Date(x.Due), Class: late(x.Due != calendar.NoDate && x.Due < r.Today())})
		}
		p.add(line...)
	}
	keep, err := s.choice(r, people.KeepParty)
	if err != nil {
		return err
	}
	o, err := s.organisation(r.Today())
	if err == nil && len(keep) > 0 {
		p.Below = roundForm(p.sheet, kind, keep, o.Posts)
	}
	if err != nil {
		return err
	}
	return r.Render(p.Status, listed(p))
}

// plannedRows is how many positions the form of a plan has room for.
const plannedRows = 6

func (s *pages) openRound(r *web.Request, kind string, in url.Values) (string, error) {
	d := dateReader{in: in}
	x := cadre.Round{Kind: kind, Unit: in.Get("don-vi"), Term: in.Get("nhiem-ky"), On: d.day("ngay")}
	if d.err != nil {
		return "", d.err
	}
	if err := keeps(r, x.Unit); err != nil {
		return "", err
	}
	o, err := s.organisation(r.Today())
	if err != nil {
		return "", err
	}
	if kind == cadre.Congress {
		for _, post := range o.Posts {
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
	return saved(roundPath(made)), nil
}

// candidateRow is a candidate with names.
type candidateRow struct {
	cadre.Checked
	Name, UnitName, Position string
	Why                      string // taken off the list
}

type roundPage struct {
	sheet
	X         *cadre.Round
	Ready     *cadre.Readiness
	UnitName  string
	Facts     []fact
	Slate     []candidateRow
	Members   []memberRow
	Units     []people.Unit // that comment
	From      map[string]string
	Files     templ.Component // of the papers of a congress; nil where there is nothing to show
	Keep      bool
	Steps     int // of the calendar that are done
	Failing   int // candidates that fail a criterion
	InDoubt   int
	positions func(cadre.Position) string
}

// act is a step of the round.
func (p roundPage) act(verb string) act {
	return p.sheet.act(verb, "partypage.round_"+verb, p.X.Version)
}

// onPaper is a step on one of its papers: it depends on no version, as several write at once.
func (p roundPage) onPaper(verb, label string) act {
	return act{Label: p.T(label), Path: p.Path + "/" + verb}
}

// positionTitle is what a position is called in a language.
func (s *pages) positionTitle(r *web.Request, tag lang.Tag) (func(cadre.Position) string, error) {
	o, err := s.organisation(r.Today())
	return func(p cadre.Position) string {
		if p.Title != "" {
			return p.Title
		}
		post, _ := o.Post(p.ID)
		return post.Title[tag]
	}, err
}

func (s *pages) showRound(r *web.Request, kind string, in url.Values, trouble error) error {
	x, err := Round(r, s.cadre, kind, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := roundPage{X: x, UnitName: s.who.UnitName(r.Context(), x.Unit, r.Lang), From: map[string]string{}, Keep: r.Can(people.KeepParty, x.Unit)}
	p.sheet = s.sheet(r, roundPath(x), r.T("partypage."+kind+"_title", "unit", p.UnitName, "term", x.Term), in, trouble, web.Crumb{Title: r.T("partypage." + kind + "_list"), Path: roundsPath(kind)})
	p.Wide = true
	if p.Ready, err = s.cadre.Ready(r.Context(), x); err != nil {
		return err
	}
	if p.positions, err = s.positionTitle(r, r.Lang); err != nil {
		return err
	}
	if err := s.fillRound(r, &p); err != nil {
		return err
	}
	if kind == cadre.Congress {
		if p.Files, err = s.Files(r, p.View, FilesOf(x)); err != nil {
			return err
		}
	}
	if p.Keep && x.Stage == cadre.Open {
		if err := s.mayStand(r, &p); err != nil {
			return err
		}
	}
	return r.Render(p.Status, round(p))
}

// FilesOf is the stream of the files that hang on a congress.
func FilesOf(x *cadre.Round) string { return FilesKind + "/" + x.ID }

// FilesKind begins the streams of the files of congresses.
const FilesKind = "party-congress"

// FilesRow is a congress as a row that the files of its papers hang on. Error: cadre.no_round.
func FilesRow(ctx context.Context, rounds *cadre.Room, id string) (attachments.Row, error) {
	x, err := rounds.Get(ctx, id)
	if err == nil && x.Kind != cadre.Congress {
		err = fault.New(fault.NotFound, "cadre.no_round", "id", id)
	}
	if err != nil {
		return attachments.Row{}, err
	}
	row := attachments.Row{Unit: x.Unit, Title: x.ID, Path: roundPath(x)}
	for _, paper := range x.Papers {
		row.Slots = append(row.Slots, attachments.Slot{ID: paper.ID, Label: procedure.Text{lang.VI: paper.Title}})
	}
	return row, nil
}

// fillRound names who stands, says where their position is, and counts.
func (s *pages) fillRound(r *web.Request, p *roundPage) error {
	for _, c := range p.Ready.Slate {
		row := candidateRow{Checked: c, Name: s.name(r.Context(), c.Member, r), UnitName: s.who.UnitName(r.Context(), c.M.Unit, r.Lang)}
		var err error
		if row.Why, err = s.room.Reveal(r.Context(), c.Reason); err != nil {
			return err
		}
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
	p.Facts = p.facts()
	return nil
}

func (p *roundPage) facts() []fact {
	out := []fact{{Label: p.T("partypage.organisation"), Text: p.UnitName, Path: bodyPath(p.X.Unit)}, {Label: p.T("partypage." + p.X.Kind + "_day"), Text: p.dayOf(p.X.On)}}
	if w := p.Ready.Window; w != nil {
		out = append(out, fact{Label: p.T("partypage.window"), Text: p.T("partypage.from_to", "from", w.From, "to", w.To), Bad: !p.Ready.InWindow})
	}
	out = append(out, fact{Label: p.T("partypage.review_due"), Text: p.dayOf(p.X.Due), Bad: p.X.Due < p.Today})
	for _, at := range p.X.Positions {
		out = append(out, fact{Label: p.positions(at), Text: p.T("partypage.seats_filled", "seats", at.Seats, "n", p.Ready.Standing[at.ID])})
	}
	return out
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
	under, err := s.below(r, p.X.Unit)
	if err != nil {
		return err
	}
	if p.Members, err = s.roll(r, under, room.Official); err != nil {
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
	x, err := Round(r, s.cadre, kind, r.PathValue("id"))
	if err != nil {
		return "", err
	}
	if err := keeps(r, x.Unit); err != nil {
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
		if err := s.visible(r, in.Get("dang-vien")); err != nil {
			return "", err
		}
		_, err = s.cadre.Propose(ctx, by, x.ID, in.Get("dang-vien"), in.Get("chuc-danh"))
	case "rut":
		_, err = s.cadre.Withdraw(ctx, by, x.ID, in.Get("nhan-su"), in.Get("ly-do"))
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
	return saved(roundPath(x)), nil
}

// roundFile is the list of a round, or the report on how far a congress is prepared.
func (s *pages) roundFile(r *web.Request, kind string) error {
	x, err := Round(r, s.cadre, kind, r.PathValue("id"))
	if err != nil {
		return err
	}
	title, err := s.positionTitle(r, lang.VI) // documents are Vietnamese
	if err != nil {
		return err
	}
	var write func(context.Context, io.Writer) error
	switch r.PathValue("giay") {
	case "danh-sach":
		write = func(ctx context.Context, w io.Writer) error {
			return s.cadre.WriteList(ctx, w, x, s.called(r), title)
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
