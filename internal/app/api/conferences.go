package api

import (
	"net/http"
	"slices"

	"trucot/internal/app/page/conferences"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

func (s *service) conferenceOps() []operation {
	return []operation{
		op("conference-list", http.MethodGet, "/hoi-nghi", people.ReadConferences, s.listConferences),
		op("conference-guests", http.MethodGet, "/hoi-nghi/{id}/dai-bieu", people.ReadConferences, s.listGuests),
		op("conference-talks", http.MethodGet, "/hoi-nghi/{id}/phat-bieu", people.ReadConferences, s.listTalks),
		made(op("conference-prepare", http.MethodPost, "/hoi-nghi", people.KeepConferences, s.prepareConference)),
		op("conference-get", http.MethodGet, "/hoi-nghi/{id}", people.ReadConferences, s.getConference),
		op("conference-change", http.MethodPut, "/hoi-nghi/{id}", people.KeepConferences, s.changeConference),
		op("conference-move", http.MethodPost, "/hoi-nghi/{id}/buoc", people.KeepConferences, s.moveConference),
		op("conference-check-in", http.MethodPost, "/hoi-nghi/{id}/diem-danh", people.KeepConferences, s.checkIn),
		made(op("conference-ask", http.MethodPost, "/hoi-nghi/{id}/cau-hoi", people.ReadConferences, s.askConference)),
		op("conference-conclude", http.MethodPut, "/hoi-nghi/{id}/ket-luan", people.KeepConferences, s.concludeConference),
		made(op("conference-issue", http.MethodPost, "/hoi-nghi/{id}/thong-bao", people.KeepConferences, s.issueConference)),
	}
}

// ConferenceSlot is a line of the programme with its hour.
type ConferenceSlot struct {
	At      string `json:"at"`
	Minutes int    `json:"minutes"`
	What    string `json:"what"`
	Who     string `json:"who,omitempty"`
	Session int    `json:"session"`
}

// ConferenceSession is one session, numbered from 0, with how many came to it.
type ConferenceSession struct {
	N       int    `json:"n"`
	Day     string `json:"day"`
	Start   string `json:"start"`
	End     string `json:"end"`
	Present int    `json:"present"`
	Late    int    `json:"late"`
}

// ConferenceConclusion is one thing concluded; task is set once it was given out.
type ConferenceConclusion struct {
	Text    string `json:"text" minLength:"1" maxLength:"4000"`
	Unit    string `json:"unit,omitempty" maxLength:"100" example:"qlcn"`
	Owner   string `json:"owner,omitempty" maxLength:"100"`
	Due     string `json:"due,omitempty" maxLength:"20" example:"15wd"`
	Product string `json:"product,omitempty" maxLength:"300"`
	Task    string `json:"task,omitempty" readOnly:"true"`
}

// Conference is a conference without the names of its guests.
type Conference struct {
	ID          string                 `json:"id"`
	Name        string                 `json:"name"`
	Occasion    string                 `json:"occasion"`
	Unit        string                 `json:"unit"`
	Side        string                 `json:"side"`
	Status      string                 `json:"status"`
	Day         string                 `json:"day"`
	Start       string                 `json:"start"`
	Place       string                 `json:"place"`
	Period      string                 `json:"period,omitempty"`
	Sessions    []ConferenceSession    `json:"sessions"`
	Programme   []ConferenceSlot       `json:"programme"`
	Invited     int                    `json:"invited"`
	Present     int                    `json:"present"`
	Late        int                    `json:"late"`
	Conclusions []ConferenceConclusion `json:"conclusions"`
	Directive   string                 `json:"directive,omitempty"`
	Version     int64                  `json:"version"`
}

func (s *service) conferenceOf(r *web.Request, c *conference.Conference) (Conference, error) {
	guests, err := s.Conferences.Guests(r.Context(), c.ID)
	n := conference.Count(guests)
	out := Conference{ID: c.ID, Name: c.Name, Occasion: c.Occasion, Unit: c.Unit, Side: string(c.Side), Status: string(c.Status), Day: c.Day.String(), Start: c.Start, Place: c.Place, Period: c.Period,
		Programme: []ConferenceSlot{}, Invited: n.Invited, Present: n.Present, Late: n.Late, Conclusions: []ConferenceConclusion{}, Version: c.Version}
	for _, x := range c.Sittings() {
		came := conference.CountAt(guests, x.N)
		out.Sessions = append(out.Sessions, ConferenceSession{x.N, x.Day.String(), x.Start, x.End(), came.Present, came.Late})
	}
	for _, slot := range c.Timetable() {
		out.Programme = append(out.Programme, ConferenceSlot{slot.At, slot.Minutes, slot.What, slot.Who, slot.Session})
	}
	for _, x := range c.Conclusions {
		out.Conclusions = append(out.Conclusions, ConferenceConclusion(x))
	}
	if c.Notice != nil {
		out.Directive = c.Notice.Directive
	}
	return out, err
}

// answerConference is a conference as it stands after a write.
func (s *service) answerConference(r *web.Request, status int, id string) (*reply[Conference], error) {
	c, err := s.Conferences.Get(r.Context(), id)
	if err != nil {
		return nil, err
	}
	body, err := s.conferenceOf(r, c)
	return &reply[Conference]{Status: status, ETag: quoted(c.Version), Body: body}, err
}

type conferenceFilter struct {
	Paging
	Status string `query:"stage" enum:"preparing,invited,running,closed,published,cancelled,open,past"`
}

func (s *service) listConferences(r *web.Request, in *conferenceFilter) (*reply[list[Conference]], error) {
	return listed(r, in.Paging, func(after string, n int) ([]*conference.Conference, error) {
		return s.Conferences.After(r.Context(), conference.Filter{Reach: conferences.Reach(r, s.People), Status: in.Status, Limit: n}, after)
	}, func(c *conference.Conference) (Conference, error) { return s.conferenceOf(r, c) }, func(c Conference) string { return c.ID })
}

// ConferenceHead is what a conference is called and when and where it is.
type ConferenceHead struct {
	Name     string `json:"name" minLength:"1" maxLength:"300"`
	Occasion string `json:"occasion" minLength:"1" maxLength:"60" example:"tong_ket"`
	Unit     string `json:"unit" minLength:"1" maxLength:"100" example:"so"`
	Day      string `json:"day" format:"date"`
	Start    string `json:"start" minLength:"1" maxLength:"10" example:"08:00"`
	Place    string `json:"place" minLength:"1" maxLength:"300"`
	Period   string `json:"period,omitempty" maxLength:"30" example:"2025"`
}

func (h ConferenceHead) read() (conference.Head, error) {
	on, err := day(h.Day, "body.day")
	return conference.Head{Name: h.Name, Occasion: h.Occasion, Unit: h.Unit, Start: h.Start, Place: h.Place, Period: h.Period, Day: on}, err
}

type prepareConference struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body ConferenceHead
}

func (s *service) prepareConference(r *web.Request, in *prepareConference) (*reply[Conference], error) {
	if err := r.Require(people.KeepConferences, in.Body.Unit); err != nil {
		return nil, err
	}
	h, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	once, err := s.recorded(r, Versioned{Key: in.Key}, func() error {
		_, err := s.Conferences.Prepare(r.Context(), r.Actor(), h)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.answerConference(r, http.StatusCreated, recordedAs(once))
}

// OneConference names a conference.
type OneConference struct {
	ID string `path:"id" maxLength:"100"`
}

// conference reads one that the caller may see, or keep where they are to write.
func (s *service) conference(r *web.Request, id string, keep bool) (*conference.Conference, error) {
	c, keeps, _, err := conferences.Get(r, s.Conferences, s.People, id)
	if err == nil && keep && !keeps {
		err = web.Forbidden()
	}
	return c, err
}

// WholeConference is a conference with what can be had of it on paper.
type WholeConference struct {
	Conference
	Papers []string   `json:"papers"` // that conference-paper gives
	Pack   []PackPart `json:"pack"`   // that may go into the pack
}

// PackPart is a part that may go into a conference's pack of papers.
type PackPart struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	In    bool   `json:"in"`
}

func (s *service) getConference(r *web.Request, in *OneConference) (*reply[WholeConference], error) {
	c, err := s.conference(r, in.ID, false)
	if err != nil {
		return nil, err
	}
	out := WholeConference{Papers: some(conferences.Papers(c, r.Can(people.KeepConferences, c.Unit))), Pack: []PackPart{}}
	if out.Conference, err = s.conferenceOf(r, c); err != nil {
		return nil, err
	}
	parts, err := s.Conferences.Parts(r.Context(), c)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		out.Pack = append(out.Pack, PackPart{p.Key, p.Title, slices.Contains(c.Pack, p.Key)})
	}
	return tagged(r, quoted(c.Version), out)
}

type changeConference struct {
	Versioned
	OneConference
	Body ConferenceHead
}

func (s *service) changeConference(r *web.Request, in *changeConference) (*reply[Conference], error) {
	c, err := s.conference(r, in.ID, true)
	if err != nil {
		return nil, err
	}
	h, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	if _, err := s.recorded(r, in.Versioned, func() error {
		if err := in.saw(c.Version); err != nil { // the same again changes nothing, and asks no version
			return err
		}
		return s.Conferences.Edit(r.Context(), r.Actor(), c.ID, h)
	}); err != nil {
		return nil, err
	}
	return s.answerConference(r, http.StatusOK, c.ID)
}

type moveConference struct {
	Versioned
	OneConference
	Body struct {
		Step string `json:"step" enum:"invited,began,closed,published,cancelled"`
		Note string `json:"note,omitempty" maxLength:"300"`
	}
}

func (s *service) moveConference(r *web.Request, in *moveConference) (*reply[Conference], error) {
	c, err := s.conference(r, in.ID, true)
	if err != nil {
		return nil, err
	}
	if _, err := s.recorded(r, in.Versioned, func() error {
		return s.Conferences.Move(r.Context(), r.Actor(), c.ID, conference.Verb(in.Body.Step), in.Body.Note)
	}); err != nil {
		return nil, err
	}
	return s.answerConference(r, http.StatusOK, c.ID)
}

type checkIn struct {
	Key string `header:"Idempotency-Key" maxLength:"200"`
	OneConference
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"200"`
	}
}

// checkIn is for a scanner at the door.
func (s *service) checkIn(r *web.Request, in *checkIn) (*reply[Conference], error) {
	c, err := s.conference(r, in.ID, true)
	if err != nil {
		return nil, err
	}
	of, g, err := s.Conferences.ByToken(r.Context(), in.Body.Token)
	if err != nil {
		return nil, err
	}
	if of.ID != c.ID {
		return nil, conference.NotFound(of.ID)
	}
	if _, err := s.recorded(r, Versioned{Key: in.Key}, func() error {
		return s.Conferences.CheckIn(r.Context(), r.Actor(), c.ID, g.N, conference.ByCode)
	}); err != nil {
		return nil, err
	}
	return s.answerConference(r, http.StatusOK, c.ID)
}

type askConference struct {
	Key string `header:"Idempotency-Key" maxLength:"200"`
	OneConference
	Body struct {
		Text    string `json:"text" minLength:"1" maxLength:"4000"`
		Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"60"`
	}
}

func (s *service) askConference(r *web.Request, in *askConference) (*reply[Conference], error) {
	c, err := s.conference(r, in.ID, false)
	if err != nil {
		return nil, err
	}
	from := conference.From{Account: r.Actor()}
	if _, err = s.recorded(r, Versioned{Key: in.Key}, func() error {
		if in.Body.Minutes > 0 {
			return s.Conferences.Speak(r.Context(), r.Actor(), c.ID, from, in.Body.Text, in.Body.Minutes)
		}
		return s.Conferences.Ask(r.Context(), r.Actor(), c.ID, from, in.Body.Text)
	}); err != nil {
		return nil, err
	}
	return s.answerConference(r, http.StatusCreated, c.ID)
}

type concludeConference struct {
	Versioned
	OneConference
	Body struct {
		Conclusions []ConferenceConclusion `json:"conclusions" maxItems:"200"`
	}
}

func (s *service) concludeConference(r *web.Request, in *concludeConference) (*reply[Conference], error) {
	c, err := s.conference(r, in.ID, true)
	if err != nil {
		return nil, err
	}
	var all []conference.Conclusion
	for _, x := range in.Body.Conclusions {
		all = append(all, conference.Conclusion(x))
	}
	if err := mayAssign(r, all); err != nil {
		return nil, err
	}
	if _, err := s.recorded(r, in.Versioned, func() error { return s.Conferences.Conclude(r.Context(), r.Actor(), c.ID, all) }); err != nil {
		return nil, err
	}
	return s.answerConference(r, http.StatusOK, c.ID)
}

// mayAssign refuses to give work to units that the caller may not give work to.
func mayAssign(r *web.Request, all []conference.Conclusion) error {
	for _, x := range all {
		if x.Unit == "" {
			continue
		}
		if err := r.Require(people.AssignTasks, x.Unit); err != nil {
			return err
		}
	}
	return nil
}

type issueConference struct {
	Key string `header:"Idempotency-Key" maxLength:"200"`
	OneConference
	Body struct {
		Number string `json:"number" minLength:"1" maxLength:"100" example:"12/TB-SKHCN"`
		On     string `json:"on,omitempty" format:"date"`
	}
}

func (s *service) issueConference(r *web.Request, in *issueConference) (*reply[Conference], error) {
	c, err := s.conference(r, in.ID, true)
	if err != nil {
		return nil, err
	}
	if err := r.Require(people.KeepDirectives, c.Unit); err != nil {
		return nil, err
	}
	if err := mayAssign(r, c.Conclusions); err != nil {
		return nil, err
	}
	on, err := day(in.Body.On, "body.on")
	if err != nil {
		return nil, err
	}
	once, err := s.once(r, Versioned{Key: in.Key})
	if err != nil {
		return nil, err
	}
	if once.Stream == "" || !given(c) { // a notice and its tasks are several entries: the same again does what is left of them
		if _, err := s.Conferences.IssueNotice(r.Context(), r.Actor(), c.ID, in.Body.Number, on); err != nil && !ledger.KeyUsed(err, once.Key) {
			return nil, err
		}
	}
	return s.answerConference(r, http.StatusCreated, c.ID)
}

// given reports whether a conference's conclusions were issued and every task of theirs was given out.
func given(c *conference.Conference) bool {
	return c.Notice != nil && !slices.ContainsFunc(c.Conclusions, func(x conference.Conclusion) bool { return x.Unit != "" && x.Task == "" })
}
