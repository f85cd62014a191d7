package tasks

import (
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"

	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// The drawing of a line of time: its own units, the length of what it may show, and how near two marks of the head may
// stand.
const (
	lineWidth  = 1000
	lineHeight = 26
	mostMonths = 36
	markRoom   = 90
)

// span is the time that all lines of a page show.
type span struct{ from, to calendar.Date }

// spanOf covers the tasks and today, whole months, at most mostMonths of them and always today.
func spanOf(list []*task.Task, today calendar.Date) span {
	s := span{today, today}
	for _, t := range list {
		s.from = min(s.from, t.AssignedOn)
		for _, d := range []calendar.Date{t.Due, t.DoneOn} {
			if d != calendar.NoDate {
				s.to = max(s.to, d)
			}
		}
	}
	s.from, s.to = monthOf(s.from).first, monthOf(s.to).last
	s.from = max(s.from, monthOf(today.AddMonths(-mostMonths/2)).first)
	s.to = min(s.to, monthOf(s.from.AddMonths(mostMonths-1)).last)
	return s
}

// at is the place of the beginning of a day on the line, inside it.
func (s span) at(d calendar.Date) int {
	d = max(s.from, min(d, s.to+1))
	return int(d-s.from) * lineWidth / int(s.to-s.from+1)
}

// mark is one month at the head of the lines.
type mark struct {
	x     int
	label string
}

// marks are the beginnings of months that have room.
func (s span) marks() []mark {
	var out []mark
	for d := s.from; d <= s.to; d = d.AddMonths(1) {
		x := s.at(d)
		if n := len(out); n > 0 && x-out[n-1].x < markRoom || x > lineWidth-markRoom/2 {
			continue
		}
		y, m, _ := d.YMD()
		out = append(out, mark{x, strconv.Itoa(int(m)) + "/" + strconv.Itoa(y)})
	}
	return out
}

// bar is one task on the line.
type bar struct {
	Row
	Words string // the same in words
}

type timelinePage struct {
	listPage
	span span
	Bars []bar
}

// timeline shows the list's tasks from assignment to due date.
func (s *pages) timeline(r *web.Request) error {
	p := timelinePage{listPage: listPage{View: r.View(r.T("tasks.timeline"), web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}), Q: readQuery(r.URL.Query(), r.Today()), Lens: "/viec/dong-thoi-gian"}}
	p.Wide = true
	f, err := s.frame(r, &p.listPage)
	if err != nil {
		return err
	}
	f.Limit, f.Offset = perPage, (p.Q.Page-1)*perPage
	list, total, err := s.tasks.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total, p.span = total, spanOf(list, r.Today())
	for _, t := range list {
		row := NewRow(r, s.tasks, s.who, t)
		p.Bars = append(p.Bars, bar{row, barWords(p.View, row)})
	}
	return r.Render(http.StatusOK, timeline(p))
}

// barWords says a bar in words.
func barWords(v *web.View, t Row) string {
	words := []string{v.T("tasks.bar_from", "from", v.Date(t.AssignedOn))}
	if t.FirstDue != 0 {
		words = append(words, v.T("tasks.bar_moved", "due", v.Date(t.FirstDue)))
	}
	if t.Due == calendar.NoDate {
		words = append(words, v.T("tasks.no_due"))
	} else {
		words = append(words, v.T("tasks.bar_due", "due", v.Date(t.Due)))
	}
	if t.DoneOn != calendar.NoDate {
		words = append(words, v.T("tasks.bar_done", "on", v.Date(t.DoneOn)))
	}
	return strings.Join(append(words, t.Word), ", ")
}

// head is the scale of months as SVG.
func (p timelinePage) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="kh-line" viewBox="0 0 %d %d" aria-hidden="true">`, lineWidth, lineHeight)
	for _, m := range p.span.marks() {
		fmt.Fprintf(&b, `<path class="kh-grid" d="M%d 0V%d"/><text class="kh-name" x="%d" y="18" font-size="21">%s</text>`, m.x, lineHeight, m.x+4, m.label)
	}
	return b.String() + "</svg>"
}

// line is one task as SVG: a bar to the due date, lighter after the first due date where that was moved, a mark on the day
// it was done, and the line of today.
func (p timelinePage) line(t bar) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="kh-line" viewBox="0 0 %d %d" role="img" aria-label="%s">`, lineWidth, lineHeight, html.EscapeString(t.Words))
	for _, m := range p.span.marks() {
		fmt.Fprintf(&b, `<path class="kh-grid" d="M%d 0V%d"/>`, m.x, lineHeight)
	}
	from, to := p.span.at(t.AssignedOn), p.span.at(p.end(t)+1)
	first := to
	if t.FirstDue != 0 {
		first = min(p.span.at(t.FirstDue+1), to)
	}
	fmt.Fprintf(&b, `<rect class="kh-bar kh-%s" x="%d" y="7" width="%d" height="12" rx="3"/>`, t.Colour, from, max(first-from, 4))
	if to > first {
		fmt.Fprintf(&b, `<rect class="kh-bar kh-moved kh-%s" x="%d" y="7" width="%d" height="12" rx="3"/>`, t.Colour, first, to-first)
	}
	if t.DoneOn != calendar.NoDate {
		x := p.span.at(t.DoneOn)
		fmt.Fprintf(&b, `<path class="kh-done" d="M%d 13l6 6 10-13"/>`, x-6)
	}
	fmt.Fprintf(&b, `<path class="kh-now" d="M%d 0V%d"/></svg>`, p.span.at(p.Today), lineHeight)
	return b.String()
}

// end is the last day of a bar; a task without a due date reaches to the day it was done, or to today.
func (p timelinePage) end(t bar) calendar.Date {
	switch {
	case t.Due != calendar.NoDate:
		return t.Due
	case t.DoneOn != calendar.NoDate:
		return t.DoneOn
	}
	return max(p.Today, t.AssignedOn)
}
