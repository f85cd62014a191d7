// Package schedule (trang lịch công tác) shows the leaders' work calendar by week and month, takes items in, publishes a
// week, writes its sheet and gives out the address for a calendar programme. It owns no rules; room directive/schedule
// does.
package schedule

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive/schedule"
)

// Head makes the head of a side's sheet: layout, names and signature.
type Head func(side people.Side) (*document.Document, error)

type pages struct {
	book *schedule.Book
	who  *people.People
	head Head
}

// Routes are the pages of the work calendar.
func Routes(book *schedule.Book, who *people.People, head Head) []web.Route {
	s := &pages{book, who, head}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/lich-cong-tac", Permission: people.ReadDirectives, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/lich-cong-tac/tai", Permission: people.ReadDirectives, Handler: s.sheet},
		{Method: http.MethodGet, Pattern: "/lich-cong-tac/moi", Permission: people.KeepDirectives, Handler: s.blank},
		web.FormRoute("/lich-cong-tac", people.KeepDirectives, s.enter, s.enterAgain),
		{Method: http.MethodGet, Pattern: "/lich-cong-tac/muc/{id}", Permission: people.KeepDirectives, Handler: s.edit},
		web.FormRoute("/lich-cong-tac/muc/{id}", people.KeepDirectives, s.change, s.changeAgain),
		web.FormRoute("/lich-cong-tac/cong-bo", people.KeepDirectives, s.publish, nil),
		{Method: http.MethodPost, Pattern: "/lich-cong-tac/dia-chi", Permission: people.ReadDirectives, Handler: s.newFeed},
		{Method: http.MethodGet, Pattern: "/lich-cong-tac/ics/{ma}", Permission: web.Public, Handler: s.feed},
	}
}

// reach is what a reader may see: the State's calendar whoever reads anything of the State's, a Party unit's whoever may
// read that unit.
func reach(r *web.Request, who *people.People) (schedule.Reach, error) {
	var out schedule.Reach
	units, err := who.Units(r.Context(), r.Today(), "")
	for _, u := range units {
		switch {
		case !r.Can(people.ReadDirectives, u.Code):
		case u.Side == people.State:
			out.State = true
		default:
			out.Units = append(out.Units, u.Code)
		}
	}
	return out, err
}

// row is an item as the sheet shows it.
type row struct {
	*schedule.Item
	Change                        schedule.Change
	ChairName, With, PreparesName string
	Clash                         string // who is needed elsewhere at the time
	Keep                          bool
	Mine                          bool
}

// dayRows are the items of a day.
type dayRows struct {
	Date calendar.Date
	Rows []row
}

// published is a side's week with its state.
type published struct {
	Side people.Side
	On   calendar.Date
	Unit string // that may publish it; "" = not the reader
}

type listPage struct {
	*web.View
	Week                schedule.Week
	Month               string // "2025-12" where the page is of a month
	Name, Before, After string
	Days                []dayRows
	Sides               []published
	Keep                bool
	Feed                string // address just made
}

// span is the days that the page is of.
func (p *listPage) read(r *web.Request) (from, to calendar.Date, err error) {
	if text := r.Query("thang"); text != "" {
		t, err := time.Parse("2006-01", text)
		if err != nil {
			return 0, 0, fault.New(fault.Invalid, "schedules.bad_month", "text", text)
		}
		first := calendar.Of(t.Year(), t.Month(), 1)
		p.Month, p.Name = text, r.T("schedules.month", "month", int(t.Month()), "year", strconv.Itoa(t.Year()))
		p.Before, p.After = "?thang="+first.AddMonths(-1).Time().Format("2006-01"), "?thang="+first.AddMonths(1).Time().Format("2006-01")
		p.Week = schedule.WeekOf(first)
		return first, first.AddMonths(1) - 1, nil
	}
	p.Week = shownWeek(r.Today())
	if text := r.Query("tuan"); text != "" {
		if p.Week, err = schedule.ParseWeek(text); err != nil {
			return 0, 0, err
		}
	}
	p.Before, p.After = "?tuan="+schedule.WeekOf(p.Week.Monday-1).Code(), "?tuan="+schedule.WeekOf(p.Week.Sunday()+1).Code()
	v := &web.View{Lang: r.Lang}
	p.Name = r.T("schedules.week", "n", p.Week.Number(), "from", v.Date(p.Week.Monday), "to", v.Date(p.Week.Sunday()))
	return p.Week.Monday, p.Week.Sunday(), nil
}

func (s *pages) list(r *web.Request) error { return s.show(r, "") }

func (s *pages) show(r *web.Request, feed string) error {
	p := listPage{Keep: r.Can(people.KeepDirectives, ""), Feed: feed}
	from, to, err := p.read(r)
	if err != nil {
		return err
	}
	p.View = r.View(p.Name, web.Crumb{Title: r.T("schedules.title"), Path: "/lich-cong-tac"})
	p.View.Wide = true
	if p.Days, err = s.days(r, from, to, ""); err != nil {
		return err
	}
	if p.Month == "" {
		if p.Sides, err = s.sides(r, p.Week); err != nil {
			return err
		}
	}
	return r.Render(http.StatusOK, list(p))
}

// sides tells of each side that the reader sees whether the week is published, and who may do it.
func (s *pages) sides(r *web.Request, w schedule.Week) ([]published, error) {
	reach, err := reach(r, s.who)
	if err != nil {
		return nil, err
	}
	var out []published
	for _, side := range []people.Side{people.State, people.Party} {
		if side == people.State && !reach.State || side == people.Party && len(reach.Units) == 0 {
			continue
		}
		one := published{Side: side}
		if one.On, err = s.book.PublishedOn(r.Context(), side, w); err != nil {
			return nil, err
		}
		keepers, err := s.keepers(r, side)
		if err != nil {
			return nil, err
		}
		if len(keepers) > 0 {
			one.Unit = keepers[0].Code
		}
		out = append(out, one)
	}
	return out, nil
}

// keepers are the units for which the reader keeps the calendar, those at the top of a side first.
func (s *pages) keepers(r *web.Request, side people.Side) ([]people.Unit, error) {
	all, err := s.who.Units(r.Context(), r.Today(), side)
	all = slices.DeleteFunc(slices.Clone(all), func(u people.Unit) bool { return !r.Can(people.KeepDirectives, u.Code) })
	slices.SortStableFunc(all, func(a, b people.Unit) int { return top(a) - top(b) })
	return all, err
}

func top(u people.Unit) int {
	if u.Parent == "" {
		return 0
	}
	return 1
}

// Entry is an item as a reader sees it: on the day where it stands, or stood when it was published and then moved away.
type Entry struct {
	*schedule.Item
	Day    calendar.Date
	Change schedule.Change
	Clash  []string // accounts needed elsewhere at the time
}

// Entries are the items of a span that the reader may see, in the order of time. A draft is for those who keep it.
func Entries(r *web.Request, book *schedule.Book, who *people.People, from, to calendar.Date) ([]Entry, error) {
	reach, err := reach(r, who)
	if err != nil {
		return nil, err
	}
	items, err := book.Items(r.Context(), reach, from, to)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(items, func(a, b *schedule.Item) int {
		return strings.Compare(a.On.String()+a.Start+a.ID, b.On.String()+b.Start+b.ID)
	})
	clashes, weeks := schedule.Clashes(items), map[string]calendar.Date{}
	var out []Entry
	for _, i := range items {
		w := schedule.WeekOf(i.On)
		key := string(i.Side) + w.Code()
		if _, known := weeks[key]; !known {
			if weeks[key], err = book.PublishedOn(r.Context(), i.Side, w); err != nil {
				return nil, err
			}
		}
		x := Entry{Item: i, Day: i.On, Change: i.Change(weeks[key] != calendar.NoDate), Clash: clashes[i.ID]}
		if x.Day < from || x.Day > to {
			x.Day = i.Shown.On // it was moved away: said on the day where it was published
		}
		if x.Change == schedule.Draft && !people.Holds(r.Reader, people.KeepDirectives, i.Unit) || x.Change == schedule.Cancelled && i.Shown == nil {
			continue
		}
		out = append(out, x)
	}
	return out, nil
}

// days are the items of a span by day; side restricts where it is given.
func (s *pages) days(r *web.Request, from, to calendar.Date, side people.Side) ([]dayRows, error) {
	entries, err := Entries(r, s.book, s.who, from, to)
	var out []dayRows
	for _, e := range entries {
		if side != "" && e.Side != side {
			continue
		}
		day := e.Day
		at := slices.IndexFunc(out, func(d dayRows) bool { return d.Date == day })
		if at < 0 {
			out, at = append(out, dayRows{Date: day}), len(out)
		}
		out[at].Rows = append(out[at].Rows, s.row(r, e.Item, e.Change, e.Clash))
	}
	slices.SortStableFunc(out, func(a, b dayRows) int { return int(a.Date - b.Date) })
	return out, err
}

func (s *pages) row(r *web.Request, i *schedule.Item, c schedule.Change, clash []string) row {
	out := row{Item: i, Change: c, Keep: people.Holds(r.Reader, people.KeepDirectives, i.Unit), Mine: i.Concerns(r.Actor(), nil),
		ChairName: s.who.AccountName(r.Context(), i.Chair)}
	var with, busy []string
	for _, id := range i.People {
		with = append(with, s.who.AccountName(r.Context(), id))
	}
	for _, u := range i.Units {
		with = append(with, s.who.UnitName(r.Context(), u, r.Lang))
	}
	if i.Others != "" {
		with = append(with, i.Others)
	}
	if i.Prepares != "" {
		out.PreparesName = s.who.UnitName(r.Context(), i.Prepares, r.Lang)
	}
	for _, id := range clash {
		if name := s.who.AccountName(r.Context(), id); !slices.Contains(busy, name) {
			busy = append(busy, name)
		}
	}
	out.With, out.Clash = strings.Join(with, "; "), strings.Join(busy, ", ")
	return out
}

// hours are an item's times.
func hours(i *schedule.Item) string {
	if i.End == "" {
		return i.Start
	}
	return i.Start + " – " + i.End
}

// was says what an item was when it was published, where that differs.
func was(v *web.View, i *schedule.Item) string {
	if i.Shown == nil || i.Cancelled {
		return ""
	}
	var parts []string
	if i.Shown.On != i.On || hours(i.Shown) != hours(i) {
		parts = append(parts, hours(i.Shown)+", "+v.Date(i.Shown.On))
	}
	if i.Shown.Place != i.Place {
		parts = append(parts, i.Shown.Place)
	}
	return strings.Join(parts, "; ")
}

// publish shows a week to everybody.
func (s *pages) publish(r *web.Request, in url.Values) (string, error) {
	w, err := schedule.ParseWeek(in.Get("tuan"))
	if err != nil {
		return "", err
	}
	unit := in.Get("don-vi")
	if unit == "" || !r.Can(people.KeepDirectives, unit) {
		return "", web.Forbidden()
	}
	return weekPath(w), s.book.Publish(r.Context(), r.Actor(), unit, w)
}

// newFeed makes the reader's address and shows it once.
func (s *pages) newFeed(r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	address, err := NewFeed(r, s.book)
	if err != nil {
		return err
	}
	return s.show(r, address)
}

// NewFeed makes the reader's address of the calendar, in the place of an earlier one; it is given once.
func NewFeed(r *web.Request, book *schedule.Book) (string, error) {
	secret, err := book.NewFeed(r.Context(), r.Actor())
	return r.Origin() + "/lich-cong-tac/ics/" + url.PathEscape(secret), err
}

func (s *pages) feed(r *web.Request) error {
	var b bytes.Buffer
	if err := s.book.Feed(r.Context(), &b, r.PathValue("ma")); err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	_, err := b.WriteTo(r.W)
	return err
}

// sheet is a side's week as DOCX, as it is published or being prepared.
func (s *pages) sheet(r *web.Request) error {
	side := people.Side(r.Query("ben"))
	if side != people.Party {
		side = people.State
	}
	w := shownWeek(r.Today())
	if text := r.Query("tuan"); text != "" {
		var err error
		if w, err = schedule.ParseWeek(text); err != nil {
			return err
		}
	}
	reach, err := reach(r, s.who)
	if err != nil {
		return err
	}
	if side == people.State && !reach.State || side == people.Party && len(reach.Units) == 0 {
		return web.Forbidden()
	}
	r.Lang = lang.VI // an official paper is Vietnamese whatever language its reader uses
	days, err := s.days(r, w.Monday, w.Sunday(), side)
	if err != nil {
		return err
	}
	d, err := s.head(side)
	if err != nil {
		return err
	}
	s.write(r, d, w, days)
	var b bytes.Buffer
	if err := d.WriteDOCX(&b); err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="lich-cong-tac-`+w.Code()+`.docx"`)
	h.Set("Cache-Control", "no-store")
	_, err = b.WriteTo(r.W)
	return err
}

// write fills the sheet: a row an item, the days' cells over their rows.
func (s *pages) write(r *web.Request, d *document.Document, w schedule.Week, days []dayRows) {
	v := &web.View{Lang: r.Lang}
	d.TypeName = r.T("schedules.sheet_type")
	d.Subject = r.T("schedules.week", "n", w.Number(), "from", v.Date(w.Monday), "to", v.Date(w.Sunday()))
	d.Title = d.TypeName + " " + d.Subject
	t := document.Table{Size: 11, Columns: []document.Column{{Width: 2.4, Align: document.Center}, {Width: 1.6, Align: document.Center}, {Width: 6.2, Align: document.Left},
		{Width: 3, Align: document.Left}, {Width: 4.6, Align: document.Left}, {Width: 3, Align: document.Left}, {Width: 3, Align: document.Left}}}
	var head []document.Cell
	for _, key := range []string{"day", "time", "content", "chair", "with", "place", "prepares"} {
		head = append(head, document.Cell{Text: r.T("schedules." + key)})
	}
	t.Head = [][]document.Cell{head}
	for _, day := range days {
		for n, x := range day.Rows {
			var cells []document.Cell
			if n == 0 {
				cells = append(cells, document.Cell{Text: v.DateWithDay(day.Date), Bold: true, RowSpan: len(day.Rows)})
			}
			content := x.Content
			if x.Change != schedule.Same && x.Change != schedule.Draft {
				content = "(" + r.T("schedules.change_"+string(x.Change)) + ") " + content
			}
			if x.Reason != "" && x.Change != schedule.Same {
				content += " (" + x.Reason + ")"
			}
			t.Rows = append(t.Rows, append(cells, document.Cell{Text: hours(x.Item)}, document.Cell{Text: content}, document.Cell{Text: x.ChairName}, document.Cell{Text: x.With},
				document.Cell{Text: x.Place}, document.Cell{Text: strings.Trim(x.PreparesName+": "+x.Materials, ": ")}))
		}
	}
	if len(t.Rows) == 0 {
		d.Blocks = append(d.Blocks, document.Text(r.T("schedules.none")))
	} else {
		d.Blocks = append(d.Blocks, t, document.Text(r.T("schedules.sheet_note"))) // words that the signature stands under
	}
	d.Recipients = []string{r.T("schedules.to_units"), r.T("schedules.filed")}
}

// shownWeek is the week that the calendar opens with: from Saturday on, when the leaders' week is over, the coming one.
func shownWeek(today calendar.Date) schedule.Week {
	if w := today.Weekday(); w == time.Saturday || w == time.Sunday {
		return schedule.WeekOf(today + 2)
	}
	return schedule.WeekOf(today)
}
