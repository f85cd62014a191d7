package web

import (
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// View is what every page knows: its reader, language, place and head. Pages embed it in their own struct
// or pass it along.
type View struct {
	Title  string
	Lang   lang.Tag
	Theme  Theme
	Path   string // where this page is, for the switches to come back to
	Other  string // the same page in the other language, where that has an address of its own
	Crumbs []Crumb
	Rail   []RailItem
	Notice string // one sentence about what was just done
	Today  calendar.Date
	Wide   bool // the page is a table that wants the whole width
	Bell   int  // unread notices, -1 without a bell

	Head templ.Component // what a public page says to programs in its head; nil = nothing

	req *Request
}

// Crumb is one step of the path to a page; the last has no Path.
type Crumb struct{ Title, Path string }

// RailItem is one line of the left rail. Count < 0 shows none.
type RailItem struct {
	Title, Short string // Short is for the narrow bar of a phone
	Path, Icon   string
	Count        int
	Alert        bool     // the count is of things that are late
	Pinned       bool     // a saved list
	Also         []string // paths of other pages that belong here
}

// View makes the page head of a request. The notice comes from ?da=<key>, which only names a text and
// so cannot carry foreign words.
func (r *Request) View(title string, crumbs ...Crumb) *View {
	v := &View{Title: title, Lang: r.Lang, Theme: r.Theme, Path: r.URL.RequestURI(), Today: r.Today(), Bell: -1, req: r}
	if r.Method != "GET" {
		v.Path = r.URL.Path
	}
	v.Crumbs = append(crumbs, Crumb{Title: title})
	if key := "web.done_" + r.URL.Query().Get("da"); r.site.opts.Catalog.Has(key) {
		v.Notice = r.T(key)
	}
	now := r.Present()
	if r.Reader != nil && r.site.opts.Rail != nil {
		v.Rail = r.site.opts.Rail(now)
	}
	if r.Reader != nil && r.site.opts.Bell != nil {
		v.Bell = r.site.opts.Bell(now)
	}
	return v
}

// T is a text in the reader's language.
func (v *View) T(key string, args ...any) string { return v.req.T(key, args...) }

// Pick is the reader's language out of a pair, Vietnamese when there is no other.
func (v *View) Pick(m map[lang.Tag]string) string {
	if s := m[v.Lang]; s != "" {
		return s
	}
	return m[lang.VI]
}

// Date is the short form for tables, 14/06/2021; "—" for none.
func (v *View) Date(d calendar.Date) string {
	if d == calendar.NoDate {
		return "—"
	}
	return d.Format(lang.VI)
}

// DateWithDay is the date with its weekday, beginning with a capital: "Thứ Hai, 14/06/2021".
func (v *View) DateWithDay(d calendar.Date) string {
	if d == calendar.NoDate {
		return "—"
	}
	return lang.Sentence(d.WeekdayName(v.Lang)) + ", " + v.Date(d)
}

// Int groups thousands in the reader's language.
func (v *View) Int(n int64) string { return lang.Integer(v.Lang, n) }

// Can reports whether the reader has the permission somewhere, to show or leave out a button.
func (v *View) Can(p Permission) bool { return v.req.Can(p, "") }

// ReaderName is the logged-in person's name, "" for nobody.
func (v *View) ReaderName() string {
	if v.req.Reader == nil {
		return ""
	}
	return v.req.Reader.Name()
}

// Initials are the first letters of the last two words of a name, as Vietnamese offices abbreviate:
// Nguyễn Thị Minh Khai → MK. What stands in brackets is no part of the name.
func Initials(name string) string {
	name, _, _ = strings.Cut(name, "(")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if len(words) > 2 {
		words = words[len(words)-2:]
	}
	var b strings.Builder
	for _, w := range words {
		for _, r := range w {
			b.WriteRune(unicode.ToUpper(r))
			break
		}
	}
	return b.String()
}

// Agency is the agency's name in the page's language.
func (v *View) Agency() string { return v.agency() }

// switchTo is where the switch of languages comes back to.
func (v *View) switchTo() string {
	if v.Other != "" {
		return v.Other
	}
	return v.Path
}

func (v *View) agency() string {
	if name := v.req.site.opts.Agency; name != nil {
		return name(v.Lang)
	}
	return ""
}

func (v *View) sample() bool { return v.req.site.opts.Sample }

// Asset is the address of one of the shipped files, for a script that loads another.
func (v *View) Asset(name string) string { return v.asset(name) }

func (v *View) asset(name string) string { return v.req.site.assets.URL(name) }

// current reports whether a rail item leads to this page or one below it.
// barred is how many lines a phone's bar has room for; the last becomes "more" where there are more of them.
const barred = 5

// over reports whether a phone keeps a line of the rail under "more".
func (v *View) over(i int) bool { return len(v.Rail) > barred && i >= barred-1 }

// inMore reports whether the page belongs to a line that a phone keeps under "more".
func (v *View) inMore() bool {
	for i, item := range v.Rail {
		if v.over(i) && v.current(item) {
			return true
		}
	}
	return false
}

func (v *View) current(item RailItem) bool {
	if item.Pinned {
		return v.Path == item.Path
	}
	p, _, _ := strings.Cut(v.Path, "?")
	if item.Path == "/" {
		return p == "/"
	}
	for _, path := range append([]string{item.Path}, item.Also...) {
		if p == path || strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}
