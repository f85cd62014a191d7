package web

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// dayName is the parameter that asks for a page as it stood at the end of a day.
const dayName = "ngay"

// APIDay is that parameter of operations of the API. Their answers bear the day in the header X-As-Of.
const APIDay = "asof"

// nowMark is the attribute of the way from a page of a past day to how things stand: it alone keeps no day.
const nowMark = "data-now"

// Days shows pages as they stood at the end of a day that is over.
type Days interface {
	// Shows reports whether it answers for the page of a route.
	Shows(pattern string) bool
	// Keeps reports whether the page of a route takes the day in its address, by itself or since Days shows it.
	Keeps(pattern string) bool
	// Looking is a reader without the rights to change anything.
	Looking(Identity) Identity
	// Serve answers as of the end of r.Today().
	Serve(r *Request, pattern string) error
}

// past is what a request knows of the day that it asks about.
type past struct {
	shown   bool          // the page can be seen as of a day
	day     calendar.Date // the day that it is seen as of; 0 = now
	links   calendar.Date // the day that its links keep; 0 = none
	most    int           // records that were looked at of a kind that has more; 0 = of none
	present *Request      // the same request of today
}

// answer is the route's handler, which where a day that is over is asked for shows the page as of then. Errors of it: fault.Invalid for what
// is no date or one to come.
func (s *Site) answer(rt Route) Handler {
	days := s.opts.Days
	switch {
	case rt.Method != http.MethodGet || days == nil || !days.Keeps(rt.Pattern):
		return rt.Handler
	case !days.Shows(rt.Pattern):
		return func(r *Request) error {
			if day, err := calendar.Parse(r.Query(dayName)); err == nil && day < r.Today() {
				r.past.links = day
			}
			return rt.Handler(r)
		}
	}
	return func(r *Request) error {
		r.past.shown = true
		day, err := r.dayAsked()
		switch {
		case err != nil:
			return err
		case day == 0:
			return rt.Handler(r)
		}
		present := *r
		r.past.day, r.past.links, r.past.present, r.Reader = day, day, &present, days.Looking(r.Reader)
		if isAPI(r.Request) {
			r.W.Header().Set("X-As-Of", day.String())
		}
		return days.Serve(r, rt.Pattern)
	}
}

// dayAsked reads the day that is asked about, 0 = now. An operation of the API does not see it any more.
func (r *Request) dayAsked() (calendar.Date, error) {
	name := dayName
	if isAPI(r.Request) {
		name = APIDay
	}
	text := r.Query(name)
	if text == "" {
		return 0, nil
	}
	if isAPI(r.Request) {
		r.Request = r.Request.Clone(r.Context())
		q := r.URL.Query()
		q.Del(APIDay)
		r.URL.RawQuery = q.Encode()
	}
	day, err := calendar.Parse(text)
	switch today := r.Today(); {
	case err != nil:
		return 0, err
	case day > today:
		return 0, fault.New(fault.Invalid, "web.day_ahead", "day", day.Format(lang.VI), "today", today.Format(lang.VI))
	case day == today:
		return 0, nil
	}
	return day, nil
}

// AsOf is the day that is over as of whose end the page is shown, 0 = as things stand.
func (r *Request) AsOf() calendar.Date { return r.past.day }

// Bounded says that of some kind of records only so many were looked at; an answer of the API bears it in the header X-As-Of-Most.
func (r *Request) Bounded(most int) {
	if r.past.most = most; isAPI(r.Request) {
		r.W.Header().Set("X-As-Of-Most", strconv.Itoa(most))
	}
}

// Present is the request without a day and with all rights of its reader: of today are the frame around a page of the past, and what
// would have been the reader's to do.
func (r *Request) Present() *Request {
	if r.past.present != nil {
		return r.past.present
	}
	return r
}

// AsOf is Request.AsOf.
func (v *View) AsOf() calendar.Date { return v.req.past.day }

// asOfOnly says what a page of a past day does not have.
func (v *View) asOfOnly() string {
	if v.req.past.most > 0 {
		return v.T("web.as_of_bounded", "n", v.req.past.most)
	}
	return v.T("web.as_of_only")
}

// asked is what the page was asked for besides a day, name and value.
func (v *View) asked() [][2]string {
	var out [][2]string
	q := v.req.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[name] {
			if name != dayName && name != "da" {
				out = append(out, [2]string{name, value})
			}
		}
	}
	return out
}

// otherDay is the page as of another day, "" = now.
func (v *View) otherDay(day string) string { return withDay(v.req.URL, day) }

func withDay(at *url.URL, day string) string {
	q := at.Query()
	q.Del(dayName)
	if day != "" {
		q.Set(dayName, day)
	}
	out := *at
	out.RawQuery = q.Encode()
	return out.String()
}

// stay makes a page of now one of the past: what changes something is taken out of it, and its links and questions keep the day.
func (r *Request) stay(page *bytes.Buffer) error {
	doc, err := html.Parse(page)
	if err != nil {
		return err
	}
	if main := find(doc, atom.Main); main != nil {
		r.settle(main)
	}
	page.Reset()
	return html.Render(page, doc)
}

// settle goes through what is below a node.
func (r *Request) settle(n *html.Node) {
	var gone []*html.Node
	for c := range n.Descendants() {
		switch {
		case c.Type != html.ElementNode, r.past.day == 0 && c.DataAtom != atom.A:
		case c.DataAtom == atom.Form && strings.EqualFold(attribute(c, "method"), http.MethodPost), slices.Contains(strings.Fields(attribute(c, "class")), "kh-next"):
			gone = append(gone, c)
		case c.DataAtom == atom.Form:
			r.askThen(c)
		case c.DataAtom == atom.A && !slices.ContainsFunc(c.Attr, func(a html.Attribute) bool { return a.Key == nowMark }):
			if !r.leadThen(c) {
				gone = append(gone, c)
			}
		}
	}
	for _, c := range gone {
		remove(c, n)
	}
}

// leadThen lets a link keep the day where the page behind it can be seen as of one. It is false for one that leads to what the reader may
// not do then.
func (r *Request) leadThen(a *html.Node) bool {
	for i := range a.Attr {
		if a.Attr[i].Key != "href" {
			continue
		}
		to, err := r.URL.Parse(a.Attr[i].Val)
		if err != nil || to.Host != r.URL.Host || to.Scheme != r.URL.Scheme || strings.HasPrefix(a.Attr[i].Val, "#") {
			return true
		}
		rt, ok := r.site.route(to)
		if !ok {
			return true
		}
		if rt.Permission != Public && rt.Permission != SignedIn && !r.Can(rt.Permission, "") && r.Present().Can(rt.Permission, "") {
			return false
		}
		if r.site.opts.Days.Keeps(rt.Pattern) && !to.Query().Has(dayName) {
			a.Attr[i].Val = withDay(to, r.past.links.String())
		}
	}
	return true
}

// askThen lets a question, such as a filter, keep the day.
func (r *Request) askThen(form *html.Node) {
	to, err := r.URL.Parse(attribute(form, "action"))
	if err != nil {
		return
	}
	for c := range form.Descendants() {
		if c.DataAtom == atom.Input && attribute(c, "name") == dayName {
			return
		}
	}
	if rt, ok := r.site.route(to); ok && r.site.opts.Days.Keeps(rt.Pattern) {
		form.InsertBefore(&html.Node{Type: html.ElementNode, Data: "input", DataAtom: atom.Input,
			Attr: []html.Attribute{{Key: "type", Val: "hidden"}, {Key: "name", Val: dayName}, {Key: "value", Val: r.past.day.String()}}}, form.FirstChild)
	}
}

// route is the line of the table that answers for an address.
func (s *Site) route(to *url.URL) (Route, bool) {
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: to})
	rt, ok := s.pages[pattern]
	return rt, ok
}

// remove takes a node out, and what around it, below top, has nothing left to say.
func remove(n, top *html.Node) {
	for n.Parent != nil && n != top {
		up := n.Parent
		up.RemoveChild(n)
		if up == top || !slices.Contains(around, up.DataAtom) || says(up) {
			return
		}
		n = up
	}
}

// around are the elements that go with their last content.
var around = []atom.Atom{atom.Details, atom.Section, atom.Div, atom.P, atom.Li, atom.Ul, atom.Td, atom.Dd, atom.Fieldset}

// says reports whether there is more in a node than a heading.
func says(n *html.Node) bool {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			return true
		case c.Type != html.ElementNode, slices.Contains([]atom.Atom{atom.Summary, atom.H2, atom.H3, atom.Legend, atom.Caption}, c.DataAtom):
		case slices.Contains([]atom.Atom{atom.Input, atom.Img, atom.Svg, atom.Table, atom.Progress, atom.Select, atom.Hr}, c.DataAtom) || says(c):
			return true
		}
	}
	return false
}

func find(n *html.Node, what atom.Atom) *html.Node {
	for c := range n.Descendants() {
		if c.DataAtom == what {
			return c
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
