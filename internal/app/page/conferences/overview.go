package conferences

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

const perPage = 50

// Reach is whose conferences the reader may see.
func Reach(r *web.Request, who *people.People) conference.Reach {
	state, units := people.Sides(r.Reader, people.ReadConferences)
	person, err := who.PersonOf(r.Context(), r.Actor())
	if err != nil {
		person = "" // nobody's invitations
	}
	return conference.Reach{State: state, Units: units, Person: person}
}

type listPage struct {
	*web.View
	Rows        []listRow
	Show        string
	Page, Total int
	Keep        bool
}

type listRow struct {
	*conference.Conference
	Occasion, UnitName string
}

func (p *listPage) address(show string, page int) string {
	v := url.Values{}
	if show != "" {
		v.Set("xem", show)
	}
	if page > 1 {
		v.Set("trang", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return home
	}
	return home + "?" + v.Encode()
}

func (s *pages) list(r *web.Request) error {
	p := &listPage{View: r.View(r.T("conferences.title")), Show: r.Query("xem"), Page: max(number(r.Query("trang")), 1)}
	p.Wide = true
	p.Keep = r.Can(people.KeepConferences, "")
	rules, err := s.Room.Rules()
	if err != nil {
		return err
	}
	list, total, err := s.Room.List(r.Context(), conference.Filter{Reach: Reach(r, s.People), Status: p.Show, Limit: perPage, Offset: (p.Page - 1) * perPage})
	if err != nil {
		return err
	}
	p.Total = total
	for _, c := range list {
		row := listRow{Conference: c, UnitName: s.unitName(r.Context(), p.View, c.Unit)}
		if o := rules.Occasion(c.Occasion); o != nil {
			row.Occasion = o.Label.In(r.Lang)
		}
		p.Rows = append(p.Rows, row)
	}
	return r.Render(http.StatusOK, listView(p))
}

// outcomeList is what was concluded, how much of it is done, and the names of the units that owe it.
type outcomeList struct {
	Progress *conference.Progress
	Units    map[string]string
}

func (s *pages) outcomes(r *web.Request, b *base) (o outcomeList, err error) {
	if o.Progress, err = s.Room.Progress(r.Context(), b.C); err != nil {
		return o, err
	}
	o.Units = map[string]string{}
	for _, x := range o.Progress.Outcomes {
		o.Units[x.Unit] = s.unitName(r.Context(), b.View, x.Unit)
	}
	return o, nil
}

type onePage struct {
	*base
	outcomes outcomeList
	Occasion string
	Unit     string
	Chairs   []string
	Count    conference.Counts
	Came     []int // to each session
	Open     int   // questions without an answer
	Photos   []photo
	Panel    templ.Component
	Steps    []conference.Step
	OwnLink  string
}

// photo is a picture of the conference with its words.
type photo struct {
	conference.Photo
	Name   string
	People []string
}

func (s *pages) one(r *web.Request) error { return s.showOne(r, nil) }

func (s *pages) showOne(r *web.Request, trouble error) error {
	b, err := s.open(r, "", false, trouble)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p := &onePage{base: b, Unit: s.unitName(ctx, b.View, b.C.Unit)}
	rules, err := s.Room.Rules()
	if err != nil {
		return err
	}
	if o := rules.Occasion(b.C.Occasion); o != nil {
		p.Occasion = o.Label.In(r.Lang)
	}
	guests, err := s.Room.Guests(ctx, b.C.ID)
	if err != nil {
		return err
	}
	p.Count = conference.Count(guests)
	p.Came = came(b.C, guests)
	for _, g := range guests {
		if g.Role == conference.Chair {
			p.Chairs = append(p.Chairs, s.Room.Title(ctx, g))
		}
	}
	if p.outcomes, err = s.outcomes(r, b); err != nil {
		return err
	}
	talks, err := s.Room.Talks(ctx, b.C.ID)
	if err != nil {
		return err
	}
	_, questions := conference.Split(talks)
	for _, q := range questions {
		if q.Open() {
			p.Open++
		}
	}
	if b.Keep {
		p.Steps = b.C.Next()
	}
	if b.Own != nil {
		token, err := s.Room.Token(ctx, b.C.ID, b.Own.N)
		if err != nil {
			return err
		}
		p.OwnLink = conference.LinkPath(token)
	}
	if people.Holds(r.Reader, people.ReadConferences, b.C.Unit) { // an invited guest of another unit sees no files
		if err := s.pictures(r, p); err != nil {
			return err
		}
	}
	return r.Render(status(trouble), oneView(p))
}

// came counts who came to each session.
func came(c *conference.Conference, guests []*conference.Guest) []int {
	out := make([]int, len(c.Sessions)+1)
	for n := range out {
		out[n] = conference.CountAt(guests, n).Present
	}
	return out
}

// pictures lists the photos, and the panel of files below them.
func (s *pages) pictures(r *web.Request, p *onePage) error {
	files, err := s.Files.List(r.Context(), "conference/"+p.C.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Withdrawn || !isPicture(f) {
			continue
		}
		one := photo{Photo: conference.Photo{File: f.ID}, Name: f.Name}
		if i := slices.IndexFunc(p.C.Photos, func(x conference.Photo) bool { return x.File == f.ID }); i >= 0 {
			one.Photo = p.C.Photos[i]
		}
		for _, id := range one.Photo.People {
			one.People = append(one.People, s.People.PersonName(r.Context(), id))
		}
		p.Photos = append(p.Photos, one)
	}
	if p.Keep {
		p.Panel, err = s.Panel(r, p.View, p.C.ID)
	}
	return err
}

func isPicture(f *attachment.File) bool { return strings.HasPrefix(f.Type, "image/") }

// setPhoto captions a picture and tags who and what is on it.
func (s *pages) setPhoto(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	f, err := s.Files.Get(r.Context(), in.Get("tep"))
	if err != nil {
		return "", err
	}
	if f.Owner != "conference/"+c.ID {
		return "", attachment.NotFound(f.ID)
	}
	photo := conference.Photo{File: f.ID, Caption: in.Get("chu-thich"), Records: fields(in.Get("ho-so"))}
	for _, name := range fields(in.Get("nguoi")) {
		if id := s.personCalled(r, name); id != "" {
			photo.People = append(photo.People, id)
		}
	}
	return Path(c.ID) + "?da=luu#anh", s.Room.SetPhoto(r.Context(), r.Actor(), c.ID, photo)
}

func (s *pages) oneAgain(r *web.Request, _ url.Values, trouble error) error {
	return s.showOne(r, trouble)
}

// personCalled finds one of the agency's own by a name as it is shown, "" for nobody: tags name people that the agency
// knows.
func (s *pages) personCalled(r *web.Request, name string) string {
	posts, err := s.People.Posts(r.Context(), r.Today())
	if err != nil {
		return ""
	}
	for _, p := range posts {
		if p.Person == name || lang.Fold(s.People.PersonName(r.Context(), p.Person)) == lang.Fold(name) {
			return p.Person
		}
	}
	return ""
}

// step moves the conference on.
func (s *pages) step(r *web.Request) error {
	c, in, err := s.keeper(r)
	if err != nil {
		return err
	}
	err = s.Room.Move(r.Context(), r.Actor(), c.ID, conference.Verb(in.Get("buoc")), in.Get("ly-do"))
	return settle(r, err, Path(c.ID)+"?da=luu", func(trouble error) error { return s.showOne(r, trouble) })
}

func (s *pages) beginItem(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	return Path(c.ID) + "?da=luu", s.Room.BeginItem(r.Context(), r.Actor(), c.ID, number(in.Get("muc")))
}
