package commendations

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/commendation"
)

// asked is where the public reads the notice of proposed awards and says what it thinks, without an account.
const asked = "/lay-y-kien"

// trap is an input that people do not see: what fills it is a machine.
const trap = "trang-web"

func (s *pages) publicRoutes() []web.Route {
	var out []web.Route
	for _, rt := range []struct {
		method, pattern string
		do              web.Handler
	}{
		{http.MethodGet, asked, s.askedList},
		{http.MethodGet, asked + "/{id}", s.askedOne},
		{http.MethodPost, asked + "/{id}", s.send},
		{http.MethodGet, asked + "/{id}/da-gui", s.sent},
	} {
		out = append(out, web.Route{Method: rt.method, Pattern: rt.pattern, Permission: web.Public, Handler: outside(rt.do)})
	}
	return out
}

// outside shows what went wrong in the public frame, with a way on that needs no account.
func outside(h web.Handler) web.Handler {
	return func(r *web.Request) error {
		err := h(r)
		if err == nil || fault.KindOf(err) == fault.Internal {
			return err
		}
		return r.Render(web.Status(fault.KindOf(err)), askedTrouble(r.View(r.T("commendations.asked_trouble")), r.ErrorText(err)))
	}
}

func askedPath(id string) string { return asked + "/" + url.PathEscape(id) }

type askedListPage struct {
	*web.View
	Rows        []row
	Page, Total int
}

func (s *pages) askedList(r *web.Request) error {
	p := &askedListPage{View: r.View(r.T("commendations.asked_title"))}
	p.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	p.Page = min(max(p.Page, 1), 1000)
	list, total, err := s.Room.Consulted(r.Context(), perPage, (p.Page-1)*perPage)
	if err != nil {
		return err
	}
	p.Total = total
	for _, n := range list {
		p.Rows = append(p.Rows, s.row(r, n))
	}
	return r.Render(http.StatusOK, askedListView(p))
}

// at is the neighbouring page of the list, "" for none.
func (p *askedListPage) at(page int) string {
	if page < 1 || (page-1)*perPage >= p.Total {
		return ""
	}
	return asked + "?trang=" + strconv.Itoa(page)
}

type askedPage struct {
	*web.View
	row
	Award    *commendation.Award
	Typed    url.Values
	Problems web.Mistakes
}

func (s *pages) askedOne(r *web.Request) error { return s.showAsked(r, nil, nil) }

func (s *pages) showAsked(r *web.Request, typed url.Values, trouble error) error {
	n, err := s.Room.Asked(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := s.Room.Award(n)
	if err != nil {
		return err
	}
	x := s.row(r, n)
	p := &askedPage{View: r.View(a.Label.In(r.Lang) + ": " + x.Name), row: x, Award: a, Typed: typed}
	status := http.StatusOK
	if trouble != nil {
		status, p.Title = web.Status(fault.KindOf(trouble)), r.T("commendations.asked_error")+p.View.Title
		p.Problems = problems(r, trouble)
	}
	return r.Render(status, askedView(p))
}

// inputOf are the inputs that a fault of the room is about.
var inputOf = map[string]string{"commendation.voice_name": "ho-ten", "commendation.voice_reach": "lien-he", "commendation.voice_text": "noi-dung"}

// problems lays faults beside their inputs; what is about no other is about the words.
func problems(r *web.Request, err error) web.Mistakes {
	all := fault.List{}
	if !errors.As(err, &all) {
		return web.Mistakes{{Input: "noi-dung", Text: r.ErrorText(err)}}
	}
	var out web.Mistakes
	for _, one := range all {
		input := inputOf[one.Key]
		if field, ok := one.Args["field"].(string); ok {
			input = inputOf[field]
		}
		out = append(out, web.Mistake{Input: input, Text: r.ErrorText(one)})
	}
	return out
}

// The receipt is kept for a quarter of an hour in the browser that sent, so that it stands in no address.
const (
	receipt     = "y-kien"
	receiptKept = 15 * 60
)

func (s *pages) send(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	if in.Get(trap) != "" {
		return fault.New(fault.Invalid, "commendations.trap")
	}
	id := r.PathValue("id")
	code, err := s.Room.Send(r.Context(), id, r.Address(), commendation.Voice{Name: in.Get("ho-ten"), Reach: in.Get("lien-he"), Text: in.Get("noi-dung")})
	if k := fault.KindOf(err); err != nil && k != fault.Internal && k != fault.NotFound {
		return s.showAsked(r, in, err)
	}
	if err != nil {
		return err
	}
	r.Keep(receipt, askedPath(id), code, receiptKept)
	return r.Go(askedPath(id) + "/da-gui")
}

func (s *pages) sent(r *web.Request) error {
	n, err := s.Room.Asked(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	code := r.Kept(receipt)
	if code == "" {
		return r.Go(askedPath(n.ID))
	}
	return r.Render(http.StatusOK, sentView(r.View(r.T("commendations.sent_title")), code))
}

// said is an opinion as the reader may see it.
type said struct {
	commendation.Opinion
	Voice *commendation.Voice // opened, for who weighs what the public sends
}

// opinionsPerPage is the number of opinions on a page.
const opinionsPerPage = 50

// opinions reads one page of what was said about a nomination. What the public sends is for whoever keeps commendation for the
// whole agency: not for the nominee's own unit.
func (s *pages) opinions(r *web.Request, p *onePage) error {
	host, err := s.Room.Host(r.Context())
	if err != nil {
		return err
	}
	p.Office = people.Holds(r.Reader, people.KeepCommendation, host)
	p.Reveal = p.Office && people.Holds(r.Reader, people.OpenPersonal, host)
	p.OpinionPage, _ = strconv.Atoi(r.Query("y-kien")) // unreadable = the first page
	p.OpinionPage = min(max(p.OpinionPage, 1), 1000)
	list, total, _, err := s.Room.Opinions(r.Context(), p.ID, opinionsPerPage, (p.OpinionPage-1)*opinionsPerPage)
	if err != nil {
		return err
	}
	p.OpinionTotal = total
	for _, o := range list {
		x := said{Opinion: o}
		if p.Office && o.Sealed != "" {
			v, err := s.Room.Voice(r.Context(), o)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			if err == nil {
				x.Voice = &v
			}
		}
		p.Opinions = append(p.Opinions, x)
	}
	return nil
}

// opinionsAt is a page of the opinions, "" for none.
func (p *onePage) opinionsAt(page int) string {
	if page < 1 || (page-1)*opinionsPerPage >= p.OpinionTotal {
		return ""
	}
	return Path(p.ID) + "?y-kien=" + strconv.Itoa(page) + "#y-kien"
}

// weighed is a nomination with an opinion that the reader may answer, erase or look behind.
func (s *pages) weighed(r *web.Request, number int) (*commendation.Nomination, *commendation.Opinion, error) {
	n, err := s.kept(r)
	if err != nil {
		return nil, nil, err
	}
	list, _, _, err := s.Room.Opinions(r.Context(), n.ID, 1<<30, 0)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		if list[i].Number != number {
			continue
		}
		if list[i].Code != "" {
			host, err := s.Room.Host(r.Context())
			if err != nil {
				return nil, nil, err
			}
			if err := r.Require(people.KeepCommendation, host); err != nil {
				return nil, nil, err
			}
		}
		return n, &list[i], nil
	}
	return nil, nil, fault.New(fault.NotFound, "commendation.no_opinion", "n", number)
}

// opinion records what somebody said about a nomination, or what became of it, or erases it at its sender's wish.
func (s *pages) opinion(r *web.Request, in url.Values) (string, error) {
	id, number := r.PathValue("id"), 0
	number, _ = strconv.Atoi(in.Get("so")) // none for a new one
	back := Path(id) + "?da=luu#y-kien"
	if number == 0 {
		n, err := s.kept(r)
		if err != nil {
			return "", err
		}
		return back, s.Room.Hear(r.Context(), r.Actor(), n.ID, in.Get("noi-dung"))
	}
	if _, _, err := s.weighed(r, number); err != nil {
		return "", err
	}
	if in.Get("viec") == "xoa" {
		return back, s.Room.EraseOpinion(r.Context(), r.Actor(), id, number)
	}
	return back, s.Room.AnswerOpinion(r.Context(), r.Actor(), id, number, in.Get("noi-dung"))
}

type senderPage struct {
	*web.View
	ID            string
	Number        int
	Voice         commendation.Voice
	Reason, Wrong string
}

// sender shows who sent an opinion after its opening is written down. It stands in no address and in no cache.
func (s *pages) sender(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	number, _ := strconv.Atoi(in.Get("so")) // unreadable = no such opinion
	n, o, err := s.weighed(r, number)
	if err != nil {
		return err
	}
	host, err := s.Room.Host(r.Context())
	if err == nil {
		err = r.Require(people.OpenPersonal, host)
	}
	if err != nil {
		return err
	}
	p := senderPage{View: r.View(r.T("commendations.sender"), web.Crumb{Title: n.ID, Path: Path(n.ID)}), ID: n.ID, Number: number, Reason: strings.TrimSpace(in.Get("ly-do"))}
	p.Path = Path(n.ID)
	err = s.Access.Opened(r.Context(), accesslog.Entry{Account: r.Actor(), Subject: "commendation/" + n.ID, Unit: n.Unit, Detail: o.Code, Reason: p.Reason, Address: r.Address()})
	if err == nil {
		p.Voice, err = s.Room.Voice(r.Context(), *o)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		p.Wrong = r.ErrorText(err)
		return r.Render(web.Status(fault.KindOf(err)), senderView(p))
	}
	return r.Render(http.StatusOK, senderView(p))
}
