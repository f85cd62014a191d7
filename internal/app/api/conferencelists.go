package api

import (
	"fmt"
	"slices"

	"trucot/internal/app/page/conferences"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

// ConferenceGuest is who is invited. Names and reasons are there for those who keep the conference, as on its page.
type ConferenceGuest struct {
	N          int              `json:"n"`
	Unit       string           `json:"unit,omitempty"`
	Title      string           `json:"title"` // post and where
	Name       string           `json:"name,omitempty"`
	Role       conference.Role  `json:"role"`
	Reply      conference.Reply `json:"reply,omitempty"`
	Substitute string           `json:"substitute,omitempty"`
	Why        string           `json:"why,omitempty"`
	Present    bool             `json:"present"`
	At         string           `json:"at,omitempty"` // clock of the check-in
	Late       bool             `json:"late"`
}

type conferenceRows struct {
	Paging
	OneConference
}

func (s *service) listGuests(r *web.Request, in *conferenceRows) (*reply[list[ConferenceGuest]], error) {
	c, keep, _, err := conferences.Get(r, s.Conferences, s.People, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.Conferences.Guests(r.Context(), c.ID)
	if err != nil {
		return nil, err
	}
	return listed(r, in.Paging, among(all, func(g *conference.Guest) string { return numbered(g.N) }),
		func(g *conference.Guest) (ConferenceGuest, error) { return s.guestOf(r, g, keep) }, func(g ConferenceGuest) string { return numbered(g.N) })
}

// numbered is a number as the place of a row: places are compared as texts.
func numbered(n int) string { return fmt.Sprintf("%08d", n) }

func (s *service) guestOf(r *web.Request, g *conference.Guest, named bool) (ConferenceGuest, error) {
	out := ConferenceGuest{N: g.N, Unit: g.Unit, Title: s.Conferences.Title(r.Context(), g), Role: g.Role, Reply: g.Reply, Present: g.Present, At: g.At, Late: g.Late}
	if !named {
		return out, nil
	}
	var err error
	if out.Name, err = s.Conferences.Name(r.Context(), g); err != nil {
		return out, err
	}
	if out.Substitute, err = s.Conferences.Personal(r.Context(), g, "substitute"); err != nil {
		return out, err
	}
	out.Why, err = s.Conferences.Personal(r.Context(), g, "why")
	return out, err
}

// ConferenceTalk is a speech that was registered, or a question with its answer. Whose it is is said by post.
type ConferenceTalk struct {
	N        int                 `json:"n"`
	Kind     conference.TalkKind `json:"kind"`
	Who      string              `json:"who"`
	Text     string              `json:"text"`
	Minutes  int                 `json:"minutes,omitempty"`
	Order    int                 `json:"order,omitempty"`
	Called   string              `json:"called,omitempty"` // clock
	Answer   string              `json:"answer,omitempty"`
	Answerer string              `json:"answerer,omitempty"`
	Gist     string              `json:"gist,omitempty"`
}

func (s *service) listTalks(r *web.Request, in *conferenceRows) (*reply[list[ConferenceTalk]], error) {
	c, err := s.conference(r, in.ID, false)
	if err != nil {
		return nil, err
	}
	all, err := s.Conferences.Talks(r.Context(), c.ID)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t *conference.Talk) bool { return t.Dropped })
	return listed(r, in.Paging, among(all, func(t *conference.Talk) string { return numbered(t.N) }), func(t *conference.Talk) (ConferenceTalk, error) {
		who, err := s.Conferences.Speaker(r.Context(), c, t)
		return ConferenceTalk{t.N, t.Kind, who, t.Text, t.Minutes, t.Order, t.Called, t.Answer, t.Answerer, t.Gist}, err
	}, func(t ConferenceTalk) string { return numbered(t.N) })
}
