// Package notices (trang thông báo) is the pages of notices: what the reader was told, how they want to be told, and the
// webhooks. It owns no rules: package notify does.
package notices

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Describe names what a notice is about and its page, as far as this reader may see it.
type Describe func(r *web.Request, subject string) (title, path string, visible bool)

type pages struct {
	notify   *notify.Engine
	who      *people.People
	describe Describe
}

// Routes are the pages of notices.
func Routes(e *notify.Engine, who *people.People, describe Describe) []web.Route {
	s := &pages{e, who, describe}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/thong-bao", Permission: web.SignedIn, Handler: s.list},
		{Method: http.MethodPost, Pattern: "/thong-bao/da-doc", Permission: web.SignedIn, Handler: s.read},
		{Method: http.MethodGet, Pattern: "/thong-bao/tuy-chon", Permission: web.SignedIn, Handler: s.choices},
		{Method: http.MethodPost, Pattern: "/thong-bao/tuy-chon", Permission: web.SignedIn, Handler: s.choose},
		{Method: http.MethodGet, Pattern: "/quan-tri/webhook", Permission: people.ManageHooks, Handler: s.hooks},
		{Method: http.MethodPost, Pattern: "/quan-tri/webhook", Permission: people.ManageHooks, Handler: s.addHook},
		{Method: http.MethodPost, Pattern: "/quan-tri/webhook/{id}/xoa", Permission: people.ManageHooks, Handler: s.removeHook},
	}
}

// perPage is the number of notices on a page.
const perPage = 50

type line struct {
	notify.Notice
	Title, Path string
	Hidden      bool // out of the reader's reach by now
	When        string
}

type listPage struct {
	*web.View
	Lines  []line
	Unread bool // only unread ones are shown
	Next   string
	UpTo   string // place of the latest one shown
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("notices.title")), Unread: r.Query("xem") == "chua-doc"}
	found, err := s.notify.List(r.Context(), r.Actor(), r.Query("sau"), p.Unread, perPage+1)
	if err != nil {
		return err
	}
	if len(found) > perPage {
		found = found[:perPage]
		p.Next = address(p.Unread, found[perPage-1].Place)
	}
	for _, n := range found {
		l := line{Notice: n, When: n.At.In(calendar.Zone).Format("15:04 02/01/2006")}
		var visible bool
		l.Title, l.Path, visible = s.describe(r, n.Subject)
		l.Hidden = !visible
		p.Lines = append(p.Lines, l)
	}
	if len(found) > 0 {
		p.UpTo = found[0].Place
	}
	return r.Render(http.StatusOK, list(p))
}

func address(unread bool, after string) string {
	v := url.Values{}
	if unread {
		v.Set("xem", "chua-doc")
	}
	if after != "" {
		v.Set("sau", after)
	}
	return strings.TrimSuffix("/thong-bao?"+v.Encode(), "?")
}

// read marks one notice, or all that the page showed, as read.
func (s *pages) read(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	if key := in.Get("khoa"); key != "" {
		err = s.notify.MarkRead(r.Context(), r.Actor(), key)
	} else {
		err = s.notify.MarkAllRead(r.Context(), r.Actor(), in.Get("den"))
	}
	if err != nil {
		return err
	}
	return r.Go(web.LocalPath(in.Get("ve")))
}

type choicePage struct {
	*web.View
	Ways    map[notify.Kind]notify.Way
	Address string
	Trouble string
}

func (s *pages) choices(r *web.Request) error {
	p := choicePage{}
	var err error
	if p.Ways, err = s.notify.Choices(r.Context(), r.Actor()); err != nil {
		return err
	}
	if p.Address, err = s.notify.Address(r.Context(), r.Actor()); err != nil {
		return err
	}
	return s.showChoices(r, p, nil)
}

func (s *pages) showChoices(r *web.Request, p choicePage, trouble error) error {
	p.View = r.View(r.T("notices.choices"), web.Crumb{Title: r.T("notices.title"), Path: "/thong-bao"})
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, choices(p))
}

func (s *pages) choose(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	p := choicePage{Ways: map[notify.Kind]notify.Way{}, Address: strings.TrimSpace(in.Get("thu"))}
	for _, k := range notify.Kinds() {
		p.Ways[k] = notify.InApp
		if w := in.Get("cach." + string(k)); w != "" {
			p.Ways[k] = notify.Way(w)
		}
	}
	if err = s.notify.SetAddress(r.Context(), r.Actor(), p.Address); err == nil {
		err = s.notify.Choose(r.Context(), r.Actor(), p.Ways)
	}
	switch {
	case err == nil:
		return r.Go("/thong-bao/tuy-chon?da=luu")
	case fault.KindOf(err) == fault.Internal:
		return err
	}
	return s.showChoices(r, p, err)
}

type hookLine struct {
	notify.Hook
	Host, OwnerName string
	Calls           []notify.Job
}

type hooksPage struct {
	*web.View
	Hooks      []hookLine
	Secret     string // of the one just added
	URL, Kinds string // typed
	Trouble    string
}

func (s *pages) hooks(r *web.Request) error { return s.showHooks(r, hooksPage{}, nil) }

// callsShown is how many deliveries of each webhook the page shows.
const callsShown = 10

func (s *pages) showHooks(r *web.Request, p hooksPage, trouble error) error {
	p.View = r.View(r.T("notices.hooks"), web.Crumb{Title: r.T("admin.title"), Path: "/quan-tri"})
	hooks, err := s.notify.Hooks(r.Context())
	if err != nil {
		return err
	}
	for _, h := range hooks {
		l := hookLine{Hook: h, Host: s.notify.Host(r.Context(), h.ID), OwnerName: s.who.AccountName(r.Context(), h.Owner)}
		if l.Calls, err = s.notify.Deliveries(r.Context(), h.ID, callsShown); err != nil {
			return err
		}
		p.Hooks = append(p.Hooks, l)
	}
	slices.Reverse(p.Hooks) // the latest first
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, hooksView(p))
}

// addHook shows the new webhook's secret at once, since it is not kept in a form that could be shown again.
func (s *pages) addHook(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	p := hooksPage{URL: strings.TrimSpace(in.Get("dia-chi")), Kinds: in.Get("su-kien")}
	_, secret, err := s.notify.AddHook(r.Context(), r.Actor(), p.URL, strings.FieldsFunc(p.Kinds, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' || c == '\r' }))
	if fault.KindOf(err) == fault.Internal && err != nil {
		return err
	}
	if err == nil {
		p = hooksPage{Secret: secret}
	}
	return s.showHooks(r, p, err)
}

func (s *pages) removeHook(r *web.Request) error {
	if err := s.notify.RemoveHook(r.Context(), r.Actor(), r.PathValue("id")); err != nil {
		return err
	}
	return r.Go("/quan-tri/webhook?da=luu")
}

// tone is the colour of a delivery's state; the word stands beside it.
func tone(state string) string {
	switch state {
	case "done":
		return "green"
	case "failed":
		return "red"
	}
	return "amber"
}

// answer is the outcome of a delivery's last attempt in words: an HTTP status as it is, a trouble by its name.
func (p hooksPage) answer(j notify.Job) string {
	if j.Answer == "" {
		return p.T("notices.answer_none")
	}
	if j.Answer[0] >= '0' && j.Answer[0] <= '9' {
		return "HTTP " + j.Answer
	}
	return p.T("notices.answer_" + j.Answer)
}
