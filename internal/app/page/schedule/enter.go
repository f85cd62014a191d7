package schedule

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive/schedule"
)

// formPage is the form of an item, new or there already.
type formPage struct {
	*web.View
	In       url.Values
	Existing *schedule.Item
	Keepers  []people.Unit
	Units    []people.Unit
	Accounts []people.Account
	Trouble  string
}

func (s *pages) blank(r *web.Request) error {
	in := url.Values{"ngay": {r.Today().String()}, "tu": {"08:00"}}
	return s.form(r, in, nil, nil)
}

// get reads an item that the reader keeps; another's is not there.
func (s *pages) get(r *web.Request) (*schedule.Item, error) {
	id := r.PathValue("id")
	i, err := s.book.Get(r.Context(), id)
	if err == nil && !people.Holds(r.Reader, people.KeepDirectives, i.Unit) {
		return nil, fault.New(fault.NotFound, "schedule.not_found", "id", id)
	}
	return i, err
}

func (s *pages) edit(r *web.Request) error {
	i, err := s.get(r)
	if err != nil {
		return err
	}
	in := url.Values{"ngay": {i.On.String()}, "tu": {i.Start}, "den": {i.End}, "noi-dung": {i.Content}, "noi": {i.Place}, "chu-tri": {i.Chair}, "nguoi": i.People, "thanh-phan": i.Units,
		"khac": {i.Others}, "chuan-bi": {i.Prepares}, "tai-lieu": {i.Materials}, "don-vi": {i.Unit}, "ban": {strconv.FormatInt(i.Version, 10)}}
	return s.form(r, in, i, nil)
}

func (s *pages) form(r *web.Request, in url.Values, i *schedule.Item, trouble error) error {
	title := r.T("schedules.new")
	if i != nil {
		title = r.T("schedules.edit")
	}
	p := formPage{View: r.View(title, web.Crumb{Title: r.T("schedules.title"), Path: "/lich-cong-tac"}), In: in, Existing: i}
	side := people.Side("")
	if i != nil {
		side = i.Side
	}
	var err error
	if p.Keepers, err = s.keepers(r, side); err != nil {
		return err
	}
	if p.Units, err = s.who.Units(r.Context(), r.Today(), side); err != nil {
		return err
	}
	all, err := s.who.Accounts(r.Context())
	if err != nil {
		return err
	}
	for _, a := range all {
		if !a.Closed {
			p.Accounts = append(p.Accounts, a)
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, form(p))
}

// read turns the form into an item of a unit that the reader keeps.
func (s *pages) read(r *web.Request, in url.Values) (schedule.Item, error) {
	i := schedule.Item{Unit: in.Get("don-vi"), Start: in.Get("tu"), End: in.Get("den"), Content: in.Get("noi-dung"), Place: in.Get("noi"), Chair: in.Get("chu-tri"), People: in["nguoi"],
		Units: in["thanh-phan"], Others: in.Get("khac"), Prepares: in.Get("chuan-bi"), Materials: in.Get("tai-lieu"), Reason: in.Get("ly-do")}
	if !r.Can(people.KeepDirectives, i.Unit) || i.Unit == "" {
		return i, web.Forbidden()
	}
	var err error
	i.On, err = calendar.Parse(strings.TrimSpace(in.Get("ngay")))
	return i, err
}

func (s *pages) enter(r *web.Request, in url.Values) (string, error) {
	i, err := s.read(r, in)
	if err == nil {
		_, err = s.book.Enter(r.Context(), r.Actor(), i)
	}
	return weekPath(schedule.WeekOf(i.On)), err
}

func (s *pages) enterAgain(r *web.Request, in url.Values, trouble error) error {
	return s.form(r, in, nil, trouble)
}

func (s *pages) change(r *web.Request, in url.Values) (string, error) {
	was, err := s.get(r)
	if err != nil {
		return "", err
	}
	if in.Get("viec") == "huy" {
		return weekPath(schedule.WeekOf(was.On)), s.book.Cancel(r.Context(), r.Actor(), was.ID, in.Get("ly-do"))
	}
	now, err := s.read(r, in)
	if err == nil {
		version, _ := strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
		err = s.book.Change(r.Context(), r.Actor(), was.ID, now, version)
	}
	return weekPath(schedule.WeekOf(now.On)), err
}

func (s *pages) changeAgain(r *web.Request, in url.Values, trouble error) error {
	was, err := s.get(r)
	if err != nil {
		return err
	}
	return s.form(r, in, was, trouble)
}

// weekPath is where a change is seen.
func weekPath(w schedule.Week) string { return "/lich-cong-tac?tuan=" + w.Code() + "&da=luu" }
