package party

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// perPage is the number of lines on a page.
const perPage = 50

// cell is one field of a line. As Head it names the line, and with a Path leads to its page; with a Tone it is a status.
type cell struct {
	Text, Class, Tone, Path string
	Head                    bool
}

// column heads the fields below it: the key of its text, and the class that it shares with them.
type column struct{ Key, Class string }

// chip is one way to look at a list.
type chip struct {
	Path, Text string
	Here       bool
}

// listPage is a page with one list of this room.
type listPage struct {
	sheet
	Shelf       string          // of shelves
	Mark        templ.Component // beside the title
	Acts, Below templ.Component // what may be done; what stands under the list
	Chips       []chip
	Units       []people.Unit // to choose from; none = no such choice
	Columns     []column
	Lines       [][]cell
	Icon        string // with None and NoneDo, keys of texts, where there are no lines
	None        string
	NoneDo      string
	Page, Total int

	path  string
	query []string // name, value pairs
}

// list begins a list's page: shown is the value of its chips, "xem" in addresses.
func (s *pages) list(r *web.Request, path, title, shelf string, in url.Values, trouble error) *listPage {
	p := &listPage{sheet: s.sheet(r, path, title, in, trouble), Shelf: shelf, Mark: templ.NopComponent, Acts: templ.NopComponent, Below: templ.NopComponent,
		Page: page(r), path: path, query: []string{"xem", r.Query("xem"), "don-vi", r.Query("don-vi")}}
	p.Wide = true
	return p
}

func page(r *web.Request) int {
	n, _ := strconv.Atoi(r.Query("trang")) // unreadable = the first page
	return max(n, 1)
}

func (p *listPage) offset() int { return (p.Page - 1) * perPage }

// unit is the unit that the list was narrowed to.
func (p *listPage) unit() string { return p.query[3] }

// add puts a line under the others.
func (p *listPage) add(cells ...cell) { p.Lines = append(p.Lines, cells) }

// way adds a chip for a value of "xem".
func (p *listPage) way(value, text, shown string) {
	p.Chips = append(p.Chips, chip{p.address("xem", value), text, value == shown})
}

// address is the list's own with other parameters: name, value pairs; "" takes one away.
func (p *listPage) address(change ...string) string {
	v, pairs := url.Values{}, append(p.query[:len(p.query):len(p.query)], change...)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Del(pairs[i])
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return p.path
	}
	return p.path + "?" + v.Encode()
}

// turn is the address of a page before or behind this one, "" for none.
func (p *listPage) turn(by int) string {
	to := p.Page + by
	if to < 1 || (to-1)*perPage >= p.Total {
		return ""
	}
	return p.address("trang", strconv.Itoa(to))
}

// status is the field of a line that says how things stand: a narrow screen shows it under the name.
func status(line []cell) cell {
	for _, c := range line {
		if c.Tone != "" {
			return c
		}
	}
	return cell{}
}

// late is the class of a day, marked where it has passed.
func late(is bool) string {
	if is {
		return "kh-code kh-bad"
	}
	return "kh-code"
}

// fact is one line of what is known of something; without a text it is left out.
type fact struct {
	Label, Text string
	Path        string
	Bad         bool
}

// dayOf is a day in words, "" for none, as facts are left out that are not there.
func (s sheet) dayOf(on calendar.Date) string {
	if on == calendar.NoDate {
		return ""
	}
	return s.DateWithDay(on)
}

// option is one choice of a field.
type option struct{ Value, Text string }

// nobody is the choice of nothing.
var nobody = option{"", "–"}

func unitOptions(v *web.View, units []people.Unit, first ...option) []option {
	for _, u := range units {
		first = append(first, option{u.Code, u.Name(v.Lang)})
	}
	return first
}

func memberOptions(members []memberRow, first ...option) []option {
	for _, m := range members {
		first = append(first, option{m.Member.ID, m.Name})
	}
	return first
}

// act is a step that the reader may take, folded up under its name.
type act struct {
	Label, Path string
	Class       string
	Version     int64 // that the reader sees; 0 where the step does not depend on it
	Open        bool
	Or, OrPath  string // another button of the same form
}

// act is a step at a path below the page's own.
func (s sheet) act(verb, label string, version int64) act {
	return act{Label: s.T(label), Path: s.Path + "/" + verb, Version: version, Open: s.Verb == verb}
}

// anew is the form under a list that adds to it.
func (s sheet) anew(label string) act {
	return act{Label: s.T(label), Path: s.Path, Class: "kh-card", Open: s.Trouble != ""}
}

func typedAt(in url.Values, name string, i int) string {
	if list := in[name]; i < len(list) {
		return list[i]
	}
	return ""
}
