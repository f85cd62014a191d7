package conferences

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

// guestRow is a guest in a list. Names and reasons stand in it only for who keeps the list.
type guestRow struct {
	*conference.Guest
	Name, Title, Substitute, Why string
	Link                         string
}

func (s *pages) guestRow(r *web.Request, c *conference.Conference, g *conference.Guest, keep bool) (guestRow, error) {
	row := guestRow{Guest: g, Title: s.Room.Title(r.Context(), g)}
	if !keep {
		return row, nil
	}
	var err error
	if row.Name, err = s.Room.Name(r.Context(), g); err != nil {
		return row, err
	}
	if row.Substitute, err = s.Room.Personal(r.Context(), g, "substitute"); err != nil {
		return row, err
	}
	if row.Why, err = s.Room.Personal(r.Context(), g, "why"); err != nil {
		return row, err
	}
	token, err := s.Room.Token(r.Context(), c.ID, g.N)
	row.Link = conference.LinkPath(token)
	return row, err
}

type guestsPage struct {
	*base
	Rows  []guestRow
	Count conference.Counts
	Find  string
	Done  *guestRow // just checked in
	At    int       // session whose coming the list shows; -1 = any

	Receiving int // session whose guests are received now, -1 for none
}

func (s *pages) guests(r *web.Request) error { return s.showGuests(r, nil) }

func (s *pages) showGuests(r *web.Request, trouble error) error {
	p, err := s.guestList(r, "conferences.guests", false, trouble)
	if err != nil {
		return err
	}
	return r.Render(status(trouble), guestsView(p))
}

// guestList is the list with its counts; a search looks at names, posts and units with or without marks.
func (s *pages) guestList(r *web.Request, title string, mustKeep bool, trouble error) (*guestsPage, error) {
	b, err := s.open(r, title, mustKeep, trouble)
	if err != nil {
		return nil, err
	}
	b.Wide = true
	p := &guestsPage{base: b, Find: r.Query("q"), At: -1}
	if n, err := strconv.Atoi(r.Query("buoi")); err == nil && n >= 0 && n <= len(b.C.Sessions) {
		p.At = n
	}
	all, err := s.Room.Guests(r.Context(), b.C.ID)
	if err != nil {
		return nil, err
	}
	p.Count = conference.Count(all)
	if p.At >= 0 {
		p.Count = conference.CountAt(all, p.At)
	}
	words := strings.Fields(lang.Fold(p.Find))
	for _, g := range all {
		row, err := s.guestRow(r, b.C, g, b.Keep)
		if err != nil {
			return nil, err
		}
		text := lang.Fold(row.Name + " " + row.Title + " " + row.Substitute)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			p.Rows = append(p.Rows, row)
		}
		if g.N == number(r.Query("den")) && g.Came() {
			p.Done = &row
		}
	}
	return p, nil
}

// desk is the page of the officer at the door: who is missing first, one button a guest.
func (s *pages) desk(r *web.Request) error { return s.showDesk(r, nil) }

func (s *pages) showDesk(r *web.Request, trouble error) error {
	p, err := s.guestList(r, "conferences.desk", true, trouble)
	if err != nil {
		return err
	}
	p.Receiving = s.Room.Receiving(p.C)
	if p.At < 0 {
		p.At = max(p.Receiving, 0)
		all, err := s.Room.Guests(r.Context(), p.C.ID)
		if err != nil {
			return err
		}
		p.Count = conference.CountAt(all, p.At)
	}
	slices.SortStableFunc(p.Rows, func(a, b guestRow) int {
		return boolInt(a.Visit(p.At) != nil) - boolInt(b.Visit(p.At) != nil)
	})
	return r.Render(status(trouble), deskView(p))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// postGroup is the holders of posts of one unit, to choose from.
type postGroup struct {
	Unit, Name string
	Posts      []postLine
}

type postLine struct {
	Value, Post, Name string
	On                bool // on the list already
}

type choosePage struct {
	*base
	Groups []postGroup
	In     url.Values
}

func (s *pages) choose(r *web.Request) error { return s.showChoose(r, url.Values{}, nil) }

func (s *pages) showChoose(r *web.Request, in url.Values, trouble error) error {
	b, err := s.open(r, "conferences.invite_more", true, trouble)
	if err != nil {
		return err
	}
	groups, err := s.groups(r, b.C)
	if err != nil {
		return err
	}
	return r.Render(status(trouble), chooseView(&choosePage{b, groups, in}))
}

// groups are the posts of the state side and, for a Party conference, first those of the Party side.
func (s *pages) groups(r *web.Request, c *conference.Conference) ([]postGroup, error) {
	ctx := r.Context()
	posts, err := s.People.Posts(ctx, r.Today())
	if err != nil {
		return nil, err
	}
	guests, err := s.Room.Guests(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	on := map[string]bool{}
	for _, g := range guests {
		on[g.Person] = g.Person != ""
	}
	sides := []people.Side{people.State}
	if c.Side == people.Party {
		sides = []people.Side{people.Party, people.State}
	}
	var out []postGroup
	for _, side := range sides {
		units, err := s.People.Units(ctx, r.Today(), side)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if side == people.Party && !people.Holds(r.Reader, people.ReadParty, u.Code) {
				continue
			}
			g := postGroup{Unit: u.Code, Name: u.Name(r.Lang)}
			for _, p := range posts {
				if p.Unit == u.Code {
					g.Posts = append(g.Posts, postLine{Value: p.Person + " " + p.Unit, Post: p.TitleVI, Name: s.People.PersonName(ctx, p.Person), On: on[p.Person]})
				}
			}
			if len(g.Posts) > 0 {
				out = append(out, g)
			}
		}
	}
	return out, nil
}

// addGuests puts the ticked posts on the list, whole units where those are ticked, and one guest from outside.
func (s *pages) addGuests(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	groups, err := s.groups(r, c)
	if err != nil {
		return "", err
	}
	var list []conference.Invitee
	seen := map[string]bool{}
	for _, g := range groups {
		for _, p := range g.Posts {
			person, _, _ := strings.Cut(p.Value, " ")
			if !p.On && !seen[person] && (slices.Contains(in["chuc-danh"], p.Value) || slices.Contains(in["ca-don-vi"], g.Unit)) {
				seen[person] = true
				list = append(list, conference.Invitee{Person: person, Unit: g.Unit, Post: p.Post, Role: conference.Role(in.Get("vai-tro"))})
			}
		}
	}
	if in.Get("khach-chuc-danh")+in.Get("khach-co-quan")+in.Get("khach-ten") != "" {
		list = append(list, conference.Invitee{Post: in.Get("khach-chuc-danh"), Body: in.Get("khach-co-quan"), Name: in.Get("khach-ten"), Role: conference.Role(in.Get("khach-vai-tro"))})
	}
	_, err = s.Room.AddGuests(r.Context(), r.Actor(), c.ID, list)
	return Path(c.ID) + "/dai-bieu?da=luu", err
}

// guestStep does one thing with one guest.
func (s *pages) guestStep(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	n, ctx, actor := number(r.PathValue("n")), r.Context(), r.Actor()
	list := Path(c.ID) + "/dai-bieu?da=luu"
	switch what := r.PathValue("what"); what {
	case "bo":
		return list, s.Room.RemoveGuest(ctx, actor, c.ID, n)
	case "vai-tro":
		return list, s.Room.SetRole(ctx, actor, c.ID, n, conference.Role(in.Get("vai-tro")))
	case "tra-loi": // by telephone
		return list, s.Room.ReplyTo(ctx, actor, c.ID, n, readAnswer(in))
	case "diem-danh":
		return Path(c.ID) + "/diem-danh?den=" + r.PathValue("n"), s.Room.CheckIn(ctx, actor, c.ID, n, conference.ByList)
	case "bo-diem-danh":
		return Path(c.ID) + "/diem-danh?da=luu", s.Room.UndoCheckIn(ctx, actor, c.ID, n, number(in.Get("buoi")))
	default:
		return "", fault.New(fault.NotFound, "conference.unknown_step", "step", what)
	}
}

// guestAgain is the page that the step's button stands on.
func (s *pages) guestAgain(r *web.Request, _ url.Values, trouble error) error {
	if strings.HasSuffix(r.PathValue("what"), "diem-danh") {
		return s.showDesk(r, trouble)
	}
	return s.showGuests(r, trouble)
}

func readAnswer(in url.Values) conference.Answer {
	return conference.Answer{Reply: conference.Reply(in.Get("tra-loi")), Why: in.Get("ly-do"), Name: in.Get("nguoi-thay"), Post: in.Get("chuc-danh-thay")}
}

// invitation is one guest's invitation.
func (s *pages) invitation(r *web.Request) error {
	c, keep, _, err := s.get(r)
	if err == nil && !keep {
		err = web.Forbidden()
	}
	if err != nil {
		return err
	}
	g, err := s.Room.Guest(r.Context(), c.ID, number(r.PathValue("n")))
	if err != nil {
		return err
	}
	d, err := s.Room.InvitationPaper(r.Context(), c, g, r.Origin())
	if err != nil {
		return err
	}
	return sendPaper(r, conference.PaperInvitation+"-"+c.ID+"-"+r.PathValue("n"), d)
}

// invitations are all of them, to be printed at once.
func (s *pages) invitations(r *web.Request) error {
	c, keep, _, err := s.get(r)
	if err == nil && !keep {
		err = web.Forbidden()
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := s.Room.WriteInvitations(r.Context(), &out, c, r.Origin()); err != nil {
		return err
	}
	return sendFile(r, conference.PaperInvitation+"-"+c.ID+".pdf", pdfType, func(w http.ResponseWriter) error {
		_, err := out.WriteTo(w)
		return err
	})
}
