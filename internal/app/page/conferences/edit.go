package conferences

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

// blankRows is how many empty lines a form of lines offers; saving gives as many again.
const blankRows = 3

type headPage struct {
	*web.View
	In        url.Values
	C         *conference.Conference // nil for a new one
	Units     []people.Unit
	Occasions []conference.Occasion
	Trouble   string
}

func (s *pages) blank(r *web.Request) error { return s.showHead(r, nil, url.Values{}, nil) }

func (s *pages) showHead(r *web.Request, c *conference.Conference, in url.Values, trouble error) error {
	p := &headPage{C: c, In: in}
	crumbs := []web.Crumb{{Title: r.T("conferences.title"), Path: home}}
	title := r.T("conferences.new")
	if c != nil {
		title = r.T("conferences.edit")
		crumbs = append(crumbs, web.Crumb{Title: c.Name, Path: Path(c.ID)})
	}
	p.View = r.View(title, crumbs...)
	rules, err := s.Room.Rules()
	if err != nil {
		return err
	}
	p.Occasions = rules.Occasions
	if p.Units, err = s.units(r, people.KeepConferences, ""); err != nil {
		return err
	}
	if trouble != nil {
		p.Trouble = r.ErrorText(trouble)
	}
	return r.Render(status(trouble), headView(p))
}

func readHead(in url.Values) (conference.Head, error) {
	day, err := parseDay(in.Get("ngay"))
	return conference.Head{Name: in.Get("ten"), Occasion: in.Get("loai"), Unit: in.Get("don-vi"), Day: day, Start: in.Get("gio"), Place: in.Get("noi"), Period: in.Get("ky")}, err
}

func (s *pages) prepare(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	if err := r.Require(people.KeepConferences, in.Get("don-vi")); err != nil || in.Get("don-vi") == "" {
		return web.Forbidden()
	}
	h, err := readHead(in)
	var c *conference.Conference
	if err == nil {
		c, err = s.Room.Prepare(r.Context(), r.Actor(), h)
	}
	path := home
	if err == nil {
		path = Path(c.ID) + "?da=luu"
	}
	return settle(r, err, path, func(trouble error) error { return s.showHead(r, nil, in, trouble) })
}

func (s *pages) edit(r *web.Request) error {
	b, err := s.open(r, "conferences.edit", true, nil)
	if err != nil {
		return err
	}
	c := b.C
	if !c.May("edit") {
		return r.Go(Path(c.ID))
	}
	return s.showHead(r, c, url.Values{"ten": {c.Name}, "loai": {c.Occasion}, "ngay": {c.Day.String()}, "gio": {c.Start}, "noi": {c.Place}, "ky": {c.Period}}, nil)
}

func (s *pages) change(r *web.Request) error {
	c, in, err := s.keeper(r)
	if err != nil {
		return err
	}
	h, err := readHead(in)
	if err == nil {
		err = s.Room.Edit(r.Context(), r.Actor(), c.ID, h)
	}
	return settle(r, err, Path(c.ID)+"?da=luu", func(trouble error) error { return s.showHead(r, c, in, trouble) })
}

type programmePage struct {
	*base
	Came     []int
	Sessions []sessionLine // after the first
	Items    []conference.Item
}

// sessionLine is a later session as typed.
type sessionLine struct{ Day, Start string }

// blankSessions is how many empty lines the form of sessions offers.
const blankSessions = 2

func (s *pages) programme(r *web.Request) error { return s.showProgramme(r, nil, nil, nil) }

func (s *pages) showProgramme(r *web.Request, sessions []sessionLine, items []conference.Item, trouble error) error {
	b, err := s.open(r, "conferences.programme", true, trouble)
	if err != nil {
		return err
	}
	if items == nil {
		items = b.C.Programme
		for _, x := range b.C.Sessions {
			sessions = append(sessions, sessionLine{x.Day.String(), x.Start})
		}
	}
	guests, err := s.Room.Guests(r.Context(), b.C.ID)
	if err != nil {
		return err
	}
	return r.Render(status(trouble), programmeView(&programmePage{b, came(b.C, guests), append(sessions, make([]sessionLine, blankSessions)...), append(items[:len(items):len(items)], make([]conference.Item, blankRows)...)}))
}

// maxLines is how many lines a form of lines has at most.
const maxLines = 200

// lines gives each line of a form of lines its values by field name, "ten.0", "ten.1", …, as long as there is one of first.
func lines(in url.Values, first string, do func(get func(field string) string)) {
	for i := 0; i < maxLines && in.Has(first+"."+strconv.Itoa(i)); i++ {
		do(func(field string) string { return strings.TrimSpace(in.Get(field + "." + strconv.Itoa(i))) })
	}
}

func (s *pages) setProgramme(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	var later []conference.Session
	for _, x := range readSessions(in) {
		day, err := parseDay(x.Day)
		if err != nil {
			return "", err
		}
		later = append(later, conference.Session{Day: day, Start: x.Start})
	}
	return Path(c.ID) + "/chuong-trinh?da=luu", s.Room.SetProgramme(r.Context(), r.Actor(), c.ID, later, readProgramme(in))
}

func (s *pages) programmeAgain(r *web.Request, in url.Values, trouble error) error {
	return s.showProgramme(r, readSessions(in), readProgramme(in), trouble)
}

func readSessions(in url.Values) []sessionLine {
	var list []sessionLine
	lines(in, "buoi-ngay", func(get func(string) string) {
		if x := (sessionLine{get("buoi-ngay"), get("buoi-gio")}); x != (sessionLine{}) {
			list = append(list, x)
		}
	})
	return list
}

func readProgramme(in url.Values) []conference.Item {
	items := []conference.Item{}
	lines(in, "noi-dung", func(get func(string) string) {
		if item := (conference.Item{What: get("noi-dung"), Who: get("nguoi"), Minutes: number(get("phut")), Session: number(get("buoi"))}); item.What != "" {
			items = append(items, item)
		}
	})
	return items
}

type conclusionsPage struct {
	*base
	Lines    []conference.Conclusion
	Units    []people.Unit
	Accounts []people.Account
	Number   string
	May      bool // issue the notice
	outcomes outcomeList
}

func (s *pages) conclusions(r *web.Request) error { return s.showConclusions(r, nil, "", nil) }

func (s *pages) showConclusions(r *web.Request, list []conference.Conclusion, no string, trouble error) error {
	b, err := s.open(r, "conferences.conclusions", true, trouble)
	if err != nil {
		return err
	}
	p := &conclusionsPage{base: b, Number: no, May: people.Holds(r.Reader, people.KeepDirectives, b.C.Unit)}
	if list == nil {
		list = b.C.Conclusions
	}
	p.Lines = append(list[:len(list):len(list)], make([]conference.Conclusion, blankRows)...)
	if p.outcomes, err = s.outcomes(r, b); err != nil {
		return err
	}
	if p.Units, err = s.units(r, people.AssignTasks, b.C.Side); err != nil {
		return err
	}
	all, err := s.People.Accounts(r.Context())
	if err != nil {
		return err
	}
	for _, a := range all {
		if !a.Closed {
			p.Accounts = append(p.Accounts, a)
		}
	}
	return r.Render(status(trouble), conclusionsView(p))
}

func (s *pages) conclude(r *web.Request) error {
	c, in, err := s.keeper(r)
	if err != nil {
		return err
	}
	list := []conference.Conclusion{}
	lines(in, "ket-luan", func(get func(string) string) {
		if x := (conference.Conclusion{Text: get("ket-luan"), Unit: get("don-vi"), Owner: get("nguoi"), Due: get("han"), Product: get("san-pham")}); x.Text != "" {
			list = append(list, x)
		}
	})
	if err := s.mayAssign(r, list); err != nil {
		return err
	}
	err = s.Room.Conclude(r.Context(), r.Actor(), c.ID, list)
	return settle(r, err, Path(c.ID)+"/ket-luan?da=luu", func(trouble error) error { return s.showConclusions(r, list, "", trouble) })
}

// mayAssign refuses to give work to units that the writer may not give work to.
func (s *pages) mayAssign(r *web.Request, list []conference.Conclusion) error {
	for _, x := range list {
		if x.Unit == "" {
			continue
		}
		if err := r.Require(people.AssignTasks, x.Unit); err != nil {
			return err
		}
	}
	return nil
}

// issue makes the conclusions a notice in the register and tasks.
func (s *pages) issue(r *web.Request) error {
	c, in, err := s.keeper(r)
	if err != nil {
		return err
	}
	if err := r.Require(people.KeepDirectives, c.Unit); err != nil {
		return err
	}
	if err := s.mayAssign(r, c.Conclusions); err != nil {
		return err
	}
	on, err := parseDay(in.Get("ngay"))
	if err == nil {
		_, err = s.Room.IssueNotice(r.Context(), r.Actor(), c.ID, in.Get("so"), on)
	}
	return settle(r, err, Path(c.ID)+"?da=luu#ket-luan", func(trouble error) error { return s.showConclusions(r, nil, in.Get("so"), trouble) })
}

type thanksPage struct {
	*base
	Lines []conference.Thanks
}

func (s *pages) thanks(r *web.Request) error { return s.showThanks(r, nil, nil) }

func (s *pages) showThanks(r *web.Request, list []conference.Thanks, trouble error) error {
	b, err := s.open(r, "conferences.thanks", true, trouble)
	if err != nil {
		return err
	}
	if list == nil {
		list = b.C.Thanks
	}
	return r.Render(status(trouble), thanksView(&thanksPage{b, append(list[:len(list):len(list)], make([]conference.Thanks, blankRows)...)}))
}

func (s *pages) setThanks(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	return Path(c.ID) + "/cam-on?da=luu", s.Room.SetThanks(r.Context(), r.Actor(), c.ID, readThanks(in))
}

func (s *pages) thanksAgain(r *web.Request, in url.Values, trouble error) error {
	return s.showThanks(r, readThanks(in), trouble)
}

func readThanks(in url.Values) []conference.Thanks {
	list := []conference.Thanks{}
	lines(in, "ai", func(get func(string) string) {
		if t := (conference.Thanks{Who: get("ai"), Reason: get("ly-do")}); t != (conference.Thanks{}) {
			list = append(list, t)
		}
	})
	return list
}

// fields are the parts of a line between commas.
func fields(text string) []string {
	var out []string
	for _, f := range strings.Split(text, ",") {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

type newsPage struct {
	*base
	Draft string
	To    bool // there is a newsroom
}

func (s *pages) news(r *web.Request) error { return s.showNews(r, nil) }

func (s *pages) showNews(r *web.Request, trouble error) error {
	b, err := s.open(r, "conferences.news", true, trouble)
	if err != nil {
		return err
	}
	n, err := s.Room.DraftNews(r.Context(), b.C)
	if err != nil {
		return err
	}
	return r.Render(status(trouble), newsView(&newsPage{b, n.Text(), s.Room.HasNewsroom()}))
}

func (s *pages) handNews(r *web.Request, _ url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	return Path(c.ID) + "/tin?da=luu", s.Room.HandToNewsroom(r.Context(), r.Actor(), c.ID)
}

func (s *pages) newsAgain(r *web.Request, _ url.Values, trouble error) error {
	return s.showNews(r, trouble)
}

type papersPage struct {
	*base
	Parts  []conference.Part
	Papers []string
}

func (s *pages) papers(r *web.Request) error { return s.showPapers(r, nil) }

func (s *pages) showPapers(r *web.Request, trouble error) error {
	b, err := s.open(r, "conferences.papers", false, trouble)
	if err != nil {
		return err
	}
	p := &papersPage{base: b}
	if p.Parts, err = s.Room.Parts(r.Context(), b.C); err != nil {
		return err
	}
	p.Papers = Papers(b.C, b.Keep)
	return r.Render(status(trouble), papersView(p))
}

// Papers are the kinds that a conference has enough for, as far as they are the reader's.
func Papers(c *conference.Conference, keep bool) []string {
	return slices.DeleteFunc(c.Papers(), func(kind string) bool { return !keep && named(kind) })
}

// named papers have persons' names in them: they are for those who keep the conference.
func named(kind string) bool {
	return kind == conference.PaperGuests || kind == conference.PaperMinutes
}

func (s *pages) setPack(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	return Path(c.ID) + "/tai-lieu?da=luu", s.Room.SetPack(r.Context(), r.Actor(), c.ID, in["phan"])
}

func (s *pages) packAgain(r *web.Request, _ url.Values, trouble error) error {
	return s.showPapers(r, trouble)
}

func (s *pages) pack(r *web.Request) error {
	c, _, _, err := s.get(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer // whole before the first byte goes out: what is wrong can still be said
	if err := s.Room.WritePack(r.Context(), &out, c); err != nil {
		return err
	}
	return sendFile(r, "tai-lieu-"+c.ID+".pdf", pdfType, func(w http.ResponseWriter) error {
		_, err := out.WriteTo(w)
		return err
	})
}

func (s *pages) paper(r *web.Request) error {
	c, keep, _, err := s.get(r)
	if err != nil {
		return err
	}
	kind := r.PathValue("paper")
	if named(kind) && !keep {
		return web.Forbidden()
	}
	d, err := s.Room.Paper(r.Context(), c, kind)
	if err != nil {
		return err
	}
	return sendPaper(r, kind+"-"+c.ID, d)
}

// due is a deadline as the form and pages show it.
func due(v *web.View, text string) string {
	if day, err := calendar.Parse(text); err == nil {
		return v.Date(day)
	}
	if span, err := calendar.ParseDuration(text); err == nil {
		return span.Name(v.Lang)
	}
	return text
}
