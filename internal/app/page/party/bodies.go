package party

import (
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
)

const bodiesPath = "/dang/to-chuc"

func bodyPath(code string) string { return bodiesPath + "/" + url.PathEscape(code) }

func (s *pages) bodyRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: bodiesPath, Permission: people.ReadParty, Handler: s.bodies},
		web.FormRoute(bodiesPath, people.KeepParty, s.establish, s.showBodies),
		{Method: http.MethodGet, Pattern: bodiesPath + "/{ma}", Permission: people.ReadParty, Handler: s.body},
		web.FormRoute(bodiesPath+"/{ma}/{viec}", people.KeepParty, s.changeBody, s.showBody),
	}
}

// bodyRow is an organisation of a day with its strength then.
type bodyRow struct {
	cellRow
	Kind   room.BodyKind
	Advice string
}

type bodiesPage struct {
	sheet
	On    calendar.Date
	Rule  *room.Organisation
	Lines [][]cell
	Units []people.Unit // below which the reader may establish one
}

func (s *pages) bodies(r *web.Request) error { return s.showBodies(r, url.Values{}, nil) }

// showBodies is the tree of the organisations in reach as it stood on a day.
func (s *pages) showBodies(r *web.Request, in url.Values, trouble error) error {
	on, err := parseDay(r.Query("ngay"))
	if err != nil {
		trouble = err
	}
	if on == calendar.NoDate {
		on = r.Today()
	}
	p := bodiesPage{sheet: s.sheet(r, bodiesPath, r.T("partypage.organisations"), in, trouble), On: on}
	p.Note = r.T("partypage.as_of", "on", on)
	if p.Rule, err = s.organisation(on); err != nil {
		return err
	}
	rows, err := s.bodyRows(r, on, p.Rule)
	if err != nil {
		return err
	}
	for _, b := range rows {
		advice, tone := adviceOf(p.View, b.Kind, b.Advice)
		p.Lines = append(p.Lines, []cell{b.named(r.Lang), {Text: p.Pick(b.Kind.Title), Class: "kh-muted"}, {Text: strconv.Itoa(b.Official)}, {Text: strconv.Itoa(b.Probation)}, {Text: advice, Tone: tone}})
	}
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	return r.Render(p.Status, bodies(p))
}

// adviceOf says what an organisation's strength means, with the tone of it; "" for nothing.
func adviceOf(v *web.View, k room.BodyKind, what string) (text, tone string) {
	switch what {
	case "too_few":
		return v.T("partypage.advice_too_few", "n", k.Least), "amber"
	case "raise":
		return v.T("partypage.advice_raise", "n", k.Raise.At), "blue"
	}
	return "", ""
}

func (s *pages) bodyRows(r *web.Request, on calendar.Date, rule *room.Organisation) ([]bodyRow, error) {
	all, err := s.who.Units(r.Context(), on, people.Party)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(u people.Unit) bool { return !r.Can(people.ReadParty, u.Code) })
	counts, err := s.room.StrengthOn(r.Context(), s.units(r), on)
	if err != nil {
		return nil, err
	}
	var out []bodyRow
	for _, c := range tree(all, counts) {
		k := rule.Kind(c.Unit.Kind)
		row := bodyRow{cellRow: c, Kind: k, Advice: k.Advice(c.Official)}
		if !k.Cell { // its members are those of the cells below
			row.UnitCount = below(all, counts, c.Unit.Code)
			row.Advice = k.Advice(row.Official)
		}
		out = append(out, row)
	}
	return out, nil
}

// below adds up what an organisation and those under it count.
func below(all []people.Unit, counts []room.UnitCount, code string) room.UnitCount {
	sum := room.UnitCount{Unit: code}
	for _, c := range counts {
		if c.Unit == code {
			sum.Official, sum.Probation = sum.Official+c.Official, sum.Probation+c.Probation
		}
	}
	for _, u := range all {
		if u.Parent == code {
			b := below(all, counts, u.Code)
			sum.Official, sum.Probation = sum.Official+b.Official, sum.Probation+b.Probation
		}
	}
	return sum
}

// bodyIn reads an organisation from the fields of a form with a prefix.
func bodyIn(in url.Values, prefix string) people.Unit {
	get := func(name string) string { return strings.TrimSpace(in.Get(prefix + name)) }
	return people.Unit{Code: get("ma"), NameVI: get("ten"), NameEN: get("ten-en"), Parent: get("cap-tren"), Kind: get("loai"), Side: people.Party}
}

func changeIn(r *web.Request, in url.Values) (room.Change, error) {
	on, err := parseDay(in.Get("ngay"))
	return room.Change{Actor: r.Actor(), On: on, Basis: in.Get("can-cu")}, err
}

func (s *pages) establish(r *web.Request, in url.Values) (string, error) {
	c, err := changeIn(r, in)
	if err != nil {
		return "", err
	}
	c.Body = bodyIn(in, "")
	if err := r.Require(people.KeepParty, c.Body.Parent); err != nil || c.Body.Parent == "" {
		return "", fault.New(fault.NotFound, "people.unknown_unit", "unit", c.Body.Parent)
	}
	if err := s.room.Establish(r.Context(), c); err != nil {
		return "", err
	}
	return saved(bodyPath(c.Body.Code)), nil
}

// seatRow is a seat with the names of who holds it and of the post.
type seatRow struct {
	room.Seat
	Name, Post string
}

// termRow is a committee of a term.
type termRow struct {
	*room.Committee
	Seats []seatRow
	Until calendar.Date // the next congress, held or due
	Now   bool
}

type bodyPage struct {
	sheet
	Unit          people.Unit
	Kind          room.BodyKind
	Rule          *room.Organisation
	Above         string
	Count         room.UnitCount
	Advice        string
	History       []room.Act
	Terms         []termRow
	Members       []memberRow // who may hold a post
	Own           []memberRow // of the organisation itself, to be split
	Others        []people.Unit
	Keep, Reshape bool
}

// act is a step on the organisation.
func (p bodyPage) act(verb string) act { return p.sheet.act(verb, "partypage.body_"+verb, 0) }

// getBody reads an organisation in reach.
func (s *pages) getBody(r *web.Request, code string) (people.Unit, error) {
	u, err := s.who.Unit(r.Context(), code, r.Today())
	if err != nil || u.Side != people.Party || !r.Can(people.ReadParty, code) {
		return u, fault.New(fault.NotFound, "people.unknown_unit", "unit", code)
	}
	return u, nil
}

// mayReshape: what becomes of an organisation is for the one above it; of the highest, for itself.
func mayReshape(r *web.Request, u people.Unit) bool {
	if u.Parent != "" {
		return r.Can(people.KeepParty, u.Parent)
	}
	return r.Can(people.KeepParty, u.Code)
}

func (s *pages) body(r *web.Request) error { return s.showBody(r, url.Values{}, nil) }

func (s *pages) showBody(r *web.Request, in url.Values, trouble error) error {
	u, err := s.getBody(r, r.PathValue("ma"))
	if err != nil {
		return err
	}
	p := bodyPage{sheet: s.sheet(r, bodyPath(u.Code), u.Name(r.Lang), in, trouble, web.Crumb{Title: r.T("partypage.organisations"), Path: bodiesPath}), Unit: u}
	open := u.To == calendar.NoDate
	p.Keep, p.Reshape = open && r.Can(people.KeepParty, u.Code), open && mayReshape(r, u)
	if p.Rule, err = s.organisation(r.Today()); err != nil {
		return err
	}
	p.Kind = p.Rule.Kind(u.Kind)
	p.Note = p.Pick(p.Kind.Title)
	if u.Parent != "" {
		p.Above = s.who.UnitName(r.Context(), u.Parent, r.Lang)
	}
	if p.History, err = s.room.History(r.Context(), u.Code); err != nil {
		return err
	}
	for _, load := range []func(*web.Request, *bodyPage) error{s.bodyCounts, s.bodyTerms, s.bodyMembers} {
		if err := load(r, &p); err != nil {
			return err
		}
	}
	return r.Render(p.Status, body(p))
}

func (s *pages) bodyCounts(r *web.Request, p *bodyPage) error {
	rows, err := s.bodyRows(r, r.Today(), p.Rule)
	for _, row := range rows {
		if row.Unit.Code == p.Unit.Code {
			p.Count, p.Advice = row.UnitCount, row.Advice
		}
	}
	return err
}

func (s *pages) bodyTerms(r *web.Request, p *bodyPage) error {
	terms, err := s.room.Committees(r.Context(), p.Unit.Code)
	if err != nil {
		return err
	}
	for i, c := range terms {
		row := termRow{Committee: c, Now: i == 0, Until: c.Until}
		seats := c.On(r.Today(), p.Rule)
		if i > 0 {
			row.Until = terms[i-1].From
			seats = c.On(row.Until-1, p.Rule)
		}
		for _, seat := range seats {
			row.Seats = append(row.Seats, s.seatRow(r, p.Rule, seat))
		}
		p.Terms = append(p.Terms, row)
	}
	return nil
}

func (s *pages) seatRow(r *web.Request, o *room.Organisation, seat room.Seat) seatRow {
	post, _ := o.Post(seat.Post)
	return seatRow{seat, s.name(r.Context(), seat.Member, r), pick(r, post.Title)}
}

func (s *pages) bodyMembers(r *web.Request, p *bodyPage) error {
	if !p.Keep && !p.Reshape {
		return nil
	}
	under, err := s.below(r, p.Unit.Code)
	if err != nil {
		return err
	}
	all, err := s.roll(r, under, room.Active)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.State == room.Official {
			p.Members = append(p.Members, m)
		}
		if m.Member.Unit == p.Unit.Code {
			p.Own = append(p.Own, m)
		}
	}
	p.Others, err = s.choice(r, people.KeepParty)
	p.Others = slices.DeleteFunc(p.Others, func(u people.Unit) bool { return u.Code == p.Unit.Code })
	return err
}

// changeBody does what a form on an organisation's page says.
func (s *pages) changeBody(r *web.Request, in url.Values) (string, error) {
	u, err := s.getBody(r, r.PathValue("ma"))
	if err != nil {
		return "", err
	}
	c, err := changeIn(r, in)
	if err != nil {
		return "", err
	}
	switch viec := r.PathValue("viec"); viec {
	case "dai-hoi", "chuc-vu", "thoi-chuc-vu":
		if err := keeps(r, u.Code); err != nil {
			return "", err
		}
		err = s.committee(r, viec, u.Code, c.On, in)
	default:
		if !mayReshape(r, u) {
			return "", web.Forbidden()
		}
		err = s.reshape(r, viec, u, c, in)
	}
	if err != nil {
		return "", err
	}
	return saved(bodyPath(u.Code)), nil
}

func (s *pages) reshape(r *web.Request, viec string, u people.Unit, c room.Change, in url.Values) error {
	switch viec {
	case "sua":
		c.Body = bodyIn(in, "")
		c.Body.Code = u.Code
		if c.Body.Parent != u.Parent && !r.Can(people.KeepParty, c.Body.Parent) || c.Body.Parent == "" && u.Parent != "" {
			return fault.New(fault.NotFound, "people.unknown_unit", "unit", c.Body.Parent)
		}
		return s.room.Reshape(r.Context(), c)
	case "sap-nhap":
		c.Body, c.Into = u, in.Get("vao")
		if !r.Can(people.KeepParty, c.Into) {
			return fault.New(fault.NotFound, "people.unknown_unit", "unit", c.Into)
		}
		return s.room.Merge(r.Context(), c)
	case "tach":
		c.Of, c.Body, c.Part, c.Members = u.Code, bodyIn(in, "a-"), bodyIn(in, "b-"), in["dang-vien"]
		return s.room.Split(r.Context(), c)
	case "giai-the":
		c.Body = u
		return s.room.Dissolve(r.Context(), c)
	}
	return fault.New(fault.NotFound, "web.no_page")
}

// committee records an election that was not prepared here, or a post given or ended. Nobody is named whom the writer may not see.
func (s *pages) committee(r *web.Request, viec, unit string, on calendar.Date, in url.Values) error {
	if err := s.visible(r, in["dang-vien"]...); err != nil {
		return err
	}
	if viec == "dai-hoi" {
		c := room.Committee{Unit: unit, Term: strings.TrimSpace(in.Get("nhiem-ky")), From: on, Until: calendar.NoDate}
		for i, post := range in["chuc-vu"] {
			if member := in["dang-vien"]; i < len(member) && member[i] != "" {
				c.Seats = append(c.Seats, room.Seat{Member: member[i], Post: post})
			}
		}
		return s.room.Elect(r.Context(), r.Actor(), c)
	}
	seat := room.Seat{Member: in.Get("dang-vien"), Post: in.Get("chuc-vu"), From: on, To: on}
	if viec == "thoi-chuc-vu" {
		return s.room.EndPost(r.Context(), r.Actor(), unit, seat)
	}
	return s.room.GivePost(r.Context(), r.Actor(), unit, seat)
}
