package dossiers

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// perPage is the number of dossiers on a page.
const perPage = 50

// query is what the list is asked for; each part is a parameter of its address.
type query struct {
	Text, Procedure, Unit, Assignee string
	View                            string // one of views
	Status                          int
	Sort                            string // a column, with "-" before it for the other way round; "" = the view's own
	Group                           string // one of groupings
	Priority, Label                 string
	Day                             calendar.Date // the list as it stood at its end; 0 = as it stands
	Number                          int           // of the page of such a list, from 1
	Columns                         []string
	At                              worklist.Cursor
	Back                            bool // the page before At, not after
}

// views are the lists that stand above every list.
var views = []string{"open", "mine", "soon", "late", "waiting", "unassigned", "done", "all"}

// column is a column of the list. Its priority says how soon it leaves a narrow window; the dimension or the key is
// what it sorts by.
type column struct {
	ID       string
	Priority int // 2–5; 0 stays
	Dim      worklist.Dim
	Key      worklist.Key
	Sorts    bool
	Default  bool
}

var columns = []column{
	{"ma", 2, worklist.NoDim, worklist.Filed, true, true},
	{"trich-yeu", 0, worklist.NoDim, worklist.Title, true, true},
	{"uu-tien", 3, worklist.Priority, worklist.Due, true, false},
	{"nhan-viec", 4, worklist.Labels, worklist.Due, true, false},
	{"nguoi-nop", 4, worklist.NoDim, 0, false, false},
	{"thu-tuc", 3, worklist.Procedure, worklist.Due, true, true},
	{"trang-thai", 2, worklist.Status, worklist.Due, true, true},
	{"nguoi", 4, worklist.Assignee, worklist.Due, true, true},
	{"don-vi", 5, worklist.Unit, worklist.Due, true, true},
	{"nop", 5, worklist.NoDim, worklist.Filed, true, false},
	{"nhan", 5, worklist.NoDim, worklist.Received, true, true},
	{"han", 0, worklist.NoDim, worklist.Due, true, true},
}

// groupings are the columns that lists may be divided by, besides "tuan", the week of the due date.
var groupings = []string{"trang-thai", "don-vi", "nguoi", "thu-tuc", "uu-tien", "nhan-viec", "tuan"}

func columnOf(id string) (column, bool) {
	i := slices.IndexFunc(columns, func(c column) bool { return c.ID == id })
	if i < 0 {
		return column{}, false
	}
	return columns[i], true
}

func readQuery(v url.Values) query {
	get := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	q := query{Text: get("q"), Procedure: get("thu-tuc"), Unit: get("don-vi"), Assignee: get("nguoi"), View: get("xem"), Sort: get("sap"), Group: get("nhom")}
	q.Status, _ = strconv.Atoi(get("trang-thai")) // unreadable = every status
	if _, err := label.ParsePriority(get("uu-tien")); err == nil {
		q.Priority = get("uu-tien")
	}
	q.Label = get("nhan-viec")
	if day, err := calendar.Parse(get("ngay")); err == nil {
		q.Day = day
	}
	q.Number, _ = strconv.Atoi(get("trang")) // unreadable = the first page
	q.Number = max(q.Number, 1)
	if !slices.Contains(views, q.View) {
		q.View = "open"
		if q.Text != "" || q.Status != 0 || q.Label != "" {
			q.View = "all" // whoever searches means every dossier
		}
	}
	if c, ok := columnOf(strings.TrimPrefix(q.Sort, "-")); !ok || !c.Sorts {
		q.Sort = ""
	}
	if !slices.Contains(groupings, q.Group) {
		q.Group = ""
	}
	for _, list := range v["cot"] {
		for _, id := range strings.Split(list, ",") {
			if _, ok := columnOf(id); ok && !slices.Contains(q.Columns, id) {
				q.Columns = append(q.Columns, id)
			}
		}
	}
	if at := get("truoc"); at != "" {
		q.At, q.Back = readCursor(at), true
	} else {
		q.At = readCursor(get("sau"))
	}
	q.Back = q.Back && q.At.Set
	return q
}

// cursorText is a place in the list for an address; readCursor takes anything else for the start.
func cursorText(c worklist.Cursor) string { return fmt.Sprintf("%d.%d.%s", c.Day, c.Num, c.Group) }

func readCursor(text string) worklist.Cursor {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return worklist.Cursor{}
	}
	day, err := strconv.ParseUint(parts[0], 10, 16)
	num, err2 := strconv.ParseUint(parts[1], 10, 32)
	if err != nil || err2 != nil {
		return worklist.Cursor{}
	}
	return worklist.Cursor{Set: true, Day: uint16(day), Num: uint32(num), Group: parts[2]}
}

// values is the query without its place in the list.
func (q query) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("q", q.Text)
	set("thu-tuc", q.Procedure)
	set("don-vi", q.Unit)
	set("nguoi", q.Assignee)
	set("xem", q.View)
	set("trang-thai", strconv.Itoa(q.Status))
	set("sap", q.Sort)
	set("nhom", q.Group)
	set("uu-tien", q.Priority)
	set("nhan-viec", q.Label)
	if q.Day != 0 {
		v.Set("ngay", q.Day.String())
	}
	set("cot", strings.Join(q.Columns, ","))
	return v
}

// address is the list with some parts changed: name, value pairs; "" takes a part away. It begins at the first page.
func (q query) address(change ...string) string { return q.at("/ho-so", change...) }

func (q query) at(path string, change ...string) string {
	v := q.values()
	for i := 0; i+1 < len(change); i += 2 {
		if v.Del(change[i]); change[i+1] != "" {
			v.Set(change[i], change[i+1])
		}
	}
	return path + "?" + v.Encode()
}

// view narrows a filter to one of the views, seen from a day.
func (s *pages) view(r *web.Request, view string, f *dossier.Filter, today calendar.Date) {
	switch view {
	case "open":
		f.Open = true
	case "mine":
		f.Open, f.Assignee = true, r.Actor()
	case "soon":
		f.DueFrom, f.DueUntil = today, s.dossiers.Near(today)
	case "late":
		f.Overdue = today
	case "waiting":
		if f.Status == 0 {
			f.Statuses = []int{dossier.AwaitSupplement, dossier.AwaitFee}
		} else {
			f.Open = true
		}
	case "unassigned":
		f.Open, f.Unassigned, f.Assignee = true, true, ""
	case "done":
		if f.Status == 0 {
			f.Status = dossier.Finished
		}
	}
}

// Reach is where the reader may read dossiers, for the lists. Those of no unit are with who has a role everywhere or at
// the root of the state side, as on their own pages.
func Reach(r *web.Request) (units, without []string) {
	units, without = people.Reach(r.Reader, people.ReadDossiers)
	if units != nil && people.Holds(r.Reader, people.ReadDossiers, "") {
		units = append(units, "")
	}
	return units, without
}

// reach is Reach, within a unit and what is below it where one is asked for.
func (s *pages) reach(r *web.Request, unit string) (units, without []string, err error) {
	units, without = Reach(r)
	if unit == "" {
		return units, without, nil
	}
	if err := r.Require(people.ReadDossiers, unit); err != nil {
		return nil, nil, err
	}
	units, err = s.who.Subtree(r.Context(), unit, r.Today())
	return units, without, err // what lies below but out of reach is taken out again
}

// order is how the query sorts: its group first, then its column, then the due date.
func (s *pages) order(r *web.Request, q query) worklist.Order {
	o := worklist.Order{Group: worklist.NoDim, Key: worklist.Due}
	id, down := strings.CutPrefix(q.Sort, "-")
	c, sorted := columnOf(id)
	switch {
	case sorted:
		o.Group, o.Key = c.Dim, c.Key
		o.GroupDesc, o.Desc = down && c.Dim != worklist.NoDim, down && c.Dim == worklist.NoDim
	case q.View == "all" || q.View == "done":
		o.Key, o.Desc = worklist.Filed, true
	}
	if g, ok := columnOf(q.Group); ok {
		o.Group, o.GroupDesc = g.Dim, false
	} else if q.Group == "tuan" {
		o = worklist.Order{Group: worklist.ByOpen, Key: worklist.Due}
	}
	if o.Group >= 0 {
		ranks := map[string]string{}
		o.Rank = func(value string) string {
			rank, known := ranks[value]
			if !known {
				rank = s.rank(r, o.Group, value)
				ranks[value] = rank
			}
			return rank
		}
	}
	return o
}

// monday begins the week of a day.
func monday(d calendar.Date) calendar.Date {
	for d.Time().Weekday() != 1 {
		d--
	}
	return d
}
