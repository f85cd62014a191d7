package api

import (
	"context"
	"net/http"
	"time"

	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
)

func (s *service) noticeOps() []operation {
	return []operation{
		op("notice-list", http.MethodGet, "/thong-bao", people.ReadNotices, s.listNotices),
		op("notice-read", http.MethodPost, "/thong-bao/da-doc", people.ReadNotices, s.readNotices),
		op("notice-choices", http.MethodGet, "/thong-bao/tuy-chon", people.ReadNotices, s.choices),
		op("notice-choose", http.MethodPut, "/thong-bao/tuy-chon", people.ReadNotices, s.choose),
		op("webhook-list", http.MethodGet, "/webhook", people.ManageHooks, s.listHooks),
		made(op("webhook-add", http.MethodPost, "/webhook", people.ManageHooks, s.addHook)),
		op("webhook-remove", http.MethodDelete, "/webhook/{id}", people.ManageHooks, s.removeHook),
		op("webhook-deliveries", http.MethodGet, "/webhook/{id}/lan-gui", people.ManageHooks, s.deliveries),
	}
}

type noticeFilter struct {
	Paging
	Unread bool `query:"unread"`
}

// Notice is one thing that the caller was told. Title and path are empty where the caller may not see it any more.
type Notice struct {
	Key      string      `json:"key"`
	Kind     notify.Kind `json:"kind"`
	Text     string      `json:"text"`
	Subject  string      `json:"subject"`
	Title    string      `json:"title,omitempty"`
	Path     string      `json:"path,omitempty"`
	At       string      `json:"at" format:"date-time"`
	Position int64       `json:"position"`
	Read     bool        `json:"read"`

	place string
}

func (s *service) listNotices(r *web.Request, in *noticeFilter) (*reply[list[Notice]], error) {
	return listed(r, in.Paging, func(after string, n int) ([]notify.Notice, error) {
		return s.Notify.List(r.Context(), r.Actor(), after, in.Unread, n)
	}, plain(func(n notify.Notice) Notice {
		one := Notice{Key: n.Key, Kind: n.Kind, Text: r.T("notify.kind_" + string(n.Kind)), Subject: n.Subject, At: n.At.Format(timeForm), Position: n.Position, Read: n.Read, place: n.Place}
		one.Title, one.Path, _ = s.Describe(r, n.Subject)
		return one
	}), func(n Notice) string { return n.place })
}

type readNotices struct {
	Body struct {
		Keys []string `json:"keys,omitempty" maxItems:"200"`
		All  bool     `json:"all,omitempty"`
	}
}

// Unread is how many notices are left unread.
type Unread struct {
	Unread int `json:"unread"`
}

func (s *service) readNotices(r *web.Request, in *readNotices) (*reply[Unread], error) {
	if in.Body.All {
		if err := s.Notify.MarkAllRead(r.Context(), r.Actor(), ""); err != nil {
			return nil, err
		}
	}
	for _, key := range in.Body.Keys {
		if err := s.Notify.MarkRead(r.Context(), r.Actor(), key); err != nil {
			return nil, err
		}
	}
	n, err := s.Notify.Unread(r.Context(), r.Actor())
	if err != nil {
		return nil, err
	}
	return ok(Unread{n})
}

// Choices are how the caller wants to be told of each kind. The address itself is not given out.
type Choices struct {
	Ways       map[string]notify.Way `json:"ways"`
	HasAddress bool                  `json:"has_address"`
}

func (s *service) choices(r *web.Request, _ *struct{}) (*reply[Choices], error) {
	ways, err := s.Notify.Choices(r.Context(), r.Actor())
	if err != nil {
		return nil, err
	}
	address, err := s.Notify.Address(r.Context(), r.Actor())
	if err != nil {
		return nil, err
	}
	out := Choices{Ways: map[string]notify.Way{}, HasAddress: address != ""}
	for k, w := range ways {
		out.Ways[string(k)] = w
	}
	return ok(out)
}

type choose struct {
	Body struct {
		Ways    map[string]notify.Way `json:"ways,omitempty"`
		Address *string               `json:"address,omitempty" maxLength:"254"`
	}
}

func (s *service) choose(r *web.Request, in *choose) (*reply[Choices], error) {
	if in.Body.Address != nil {
		if err := s.Notify.SetAddress(r.Context(), r.Actor(), *in.Body.Address); err != nil {
			return nil, err
		}
	}
	ways := map[notify.Kind]notify.Way{}
	for k, w := range in.Body.Ways {
		ways[notify.Kind(k)] = w
	}
	if err := s.Notify.Choose(r.Context(), r.Actor(), ways); err != nil {
		return nil, err
	}
	return s.choices(r, nil)
}

// Hook is a webhook. Secret is given once, when it is added.
type Hook struct {
	ID     string   `json:"id"`
	Owner  string   `json:"owner"`
	Host   string   `json:"host"`
	Kinds  []string `json:"kinds"`
	Since  int64    `json:"since"`
	Secret string   `json:"secret,omitempty"`
}

func (s *service) hookOf(ctx context.Context, h notify.Hook) Hook {
	return Hook{ID: h.ID, Owner: h.Owner, Host: s.Notify.Host(ctx, h.ID), Kinds: h.Kinds, Since: h.Since}
}

func (s *service) listHooks(r *web.Request, _ *struct{}) (*reply[[]Hook], error) {
	hooks, err := s.Notify.Hooks(r.Context())
	out := []Hook{}
	for _, h := range hooks {
		out = append(out, s.hookOf(r.Context(), h))
	}
	if err != nil {
		return nil, err
	}
	return ok(out)
}

type addHook struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		URL   string   `json:"url" minLength:"1" maxLength:"2000" example:"https://example.gov.vn/nhan"`
		Kinds []string `json:"kinds" minItems:"1" maxItems:"50" example:"[\"task.*\"]"`
	}
}

func (s *service) addHook(r *web.Request, in *addHook) (*reply[Hook], error) {
	once, err := s.once(r, Versioned{Key: in.Key})
	if err != nil {
		return nil, err
	}
	if id := recordedAs(once); id != "" { // its secret was given once
		h, err := s.Notify.Hook(r.Context(), id)
		if err != nil {
			return nil, err
		}
		return &reply[Hook]{Status: http.StatusCreated, Body: s.hookOf(r.Context(), h)}, nil
	}
	h, secret, err := s.Notify.AddHook(r.Context(), r.Actor(), in.Body.URL, in.Body.Kinds)
	if err != nil {
		return nil, err
	}
	out := s.hookOf(r.Context(), h)
	out.Secret = secret
	return &reply[Hook]{Status: http.StatusCreated, Body: out}, nil
}

type oneHook struct {
	ID string `path:"id" maxLength:"60"`
}

// nothing is an answer without a body.
type nothing struct{ Status int }

func (s *service) removeHook(r *web.Request, in *oneHook) (*nothing, error) {
	if err := s.Notify.RemoveHook(r.Context(), r.Actor(), in.ID); err != nil {
		return nil, err
	}
	return &nothing{http.StatusNoContent}, nil
}

// Delivery is one call of a webhook.
type Delivery struct {
	ID      string `json:"id"`
	State   string `json:"state" enum:"waiting,done,failed"`
	Attempt int    `json:"attempt"`
	Due     string `json:"due" format:"date-time"`
	Answer  string `json:"answer"`
}

func (s *service) deliveries(r *web.Request, in *oneHook) (*reply[[]Delivery], error) {
	if _, err := s.Notify.Hook(r.Context(), in.ID); err != nil {
		return nil, err
	}
	jobs, err := s.Notify.Deliveries(r.Context(), in.ID, 100)
	out := []Delivery{}
	for _, j := range jobs {
		out = append(out, Delivery{j.ID, j.State, j.Attempt, j.Due.Format(time.RFC3339), j.Answer})
	}
	if err != nil {
		return nil, err
	}
	return ok(out)
}
