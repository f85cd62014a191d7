package tasks

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// mostInMonth is how many tasks one month shows; beyond it the page says so and leads to the list.
const mostInMonth = 500

// lenses are the ways of looking at the same tasks: name of the text and address.
var lenses = []struct{ key, path string }{
	{"tasks.lens_list", "/viec"}, {"tasks.lens_calendar", "/viec/lich"}, {"tasks.lens_timeline", "/viec/dong-thoi-gian"}, {"tasks.by_unit", "/viec/don-vi"}, {"tasks.baselines", "/moc-viec"},
}

// month is a calendar month.
type month struct{ first, last calendar.Date }

func monthOf(d calendar.Date) month {
	y, m, _ := d.YMD()
	first := calendar.Of(y, m, 1)
	return month{first, first.AddMonths(1) - 1}
}

// readMonth reads "2025-12"; empty is the month of today. Error: tasks.bad_month.
func readMonth(text string, today calendar.Date) (month, error) {
	if text == "" {
		return monthOf(today), nil
	}
	t, err := time.Parse("2006-01", text)
	if err != nil {
		return month{}, fault.New(fault.Invalid, "tasks.bad_month", "text", text)
	}
	return monthOf(calendar.Of(t.Year(), t.Month(), 1)), nil
}

func (m month) code() string { return m.first.Time().Format("2006-01") }

// weeks are the weeks of a month from Monday to Sunday, with the days of its neighbours that fill them.
func (m month) weeks() [][]calendar.Date {
	start := m.first - calendar.Date((int(m.first.Weekday())+6)%7)
	var out [][]calendar.Date
	for d := start; d <= m.last; d += 7 {
		week := make([]calendar.Date, 7)
		for i := range week {
			week[i] = d + calendar.Date(i)
		}
		out = append(out, week)
	}
	return out
}

// calendarDay is one field of the month.
type calendarDay struct {
	Date  calendar.Date
	Other bool // belongs to a neighbouring month
	Rest  bool // no working day
	Tasks []Row
}

type calendarPage struct {
	listPage
	Month, Before, After string
	Name                 string
	Weeks                [][]calendarDay
	More                 int // tasks of the month beyond those shown
	Undated              int
}

// calendar shows the list's tasks on the days by which they are owed.
func (s *pages) calendar(r *web.Request) error {
	m, err := readMonth(r.Query("thang"), r.Today())
	if err != nil {
		return err
	}
	p := calendarPage{listPage: listPage{View: r.View(r.T("tasks.calendar"), web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}), Q: readQuery(r.URL.Query(), r.Today()), Lens: "/viec/lich"},
		Month: m.code(), Before: monthOf(m.first - 1).code(), After: monthOf(m.last + 1).code()}
	p.Wide = true
	year, number, _ := m.first.YMD()
	p.Name = r.T("tasks.month", "month", int(number), "year", strconv.Itoa(year))
	f, err := s.frame(r, &p.listPage)
	if err != nil {
		return err
	}
	f.Due, f.Limit = task.Window{From: m.first, To: m.last}, mostInMonth
	list, total, err := s.tasks.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total, p.More = total, total-len(list)
	f.Due = task.Undated
	if p.Undated, err = s.tasks.Count(r.Context(), f); err != nil {
		return err
	}
	on := map[calendar.Date][]Row{}
	for _, t := range list {
		on[t.Due] = append(on[t.Due], NewRow(r, s.tasks, s.who, t))
	}
	for _, week := range m.weeks() {
		var line []calendarDay
		for _, d := range week {
			line = append(line, calendarDay{Date: d, Other: d < m.first || d > m.last, Rest: !s.tasks.Working(d), Tasks: on[d]})
		}
		p.Weeks = append(p.Weeks, line)
	}
	return r.Render(http.StatusOK, monthView(p))
}

// weekdays are the heads of a month's columns, Monday first.
func weekdays(v *web.View) []string {
	monday := calendar.MustParse("2024-01-01")
	out := make([]string, 7)
	for i := range out {
		name, _, _ := strings.Cut(v.DateWithDay(monday+calendar.Date(i)), ",") // with its capital
		out[i] = name
	}
	return out
}

// empty reports whether a day has nothing to say in the agenda of a phone.
func (d calendarDay) empty() bool { return len(d.Tasks) == 0 }

func (d calendarDay) number() string {
	_, m, day := d.Date.YMD()
	if d.Other {
		return strconv.Itoa(day) + "/" + strconv.Itoa(int(m))
	}
	return strconv.Itoa(day)
}
