package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trucot/internal/app"
	"trucot/internal/app/sample"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
)

// past opens pages of the sample agency, as of days that are over: each says so, offers nothing to do, and leads on to pages of the same day.
// paths are addresses by the pattern of their route.
func (r reader) past(g *app.App, paths map[string][]string, pattern func(path string) string) {
	today := sample.Today()
	for at, list := range paths {
		opened := 0
		for _, path := range list {
			for i, day := range []string{(today - 1).String(), (today - 170).String(), "2020-01-01"} {
				status, page := r.get(then(path, day))
				switch {
				case status == http.StatusOK && i == 0:
					opened++
				case status == http.StatusOK, status == http.StatusNotFound: // it was not there yet
				case status == http.StatusForbidden && strings.HasPrefix(at, "/hoi-nghi/{id}/tai/"): // a list for those who invite
				case status == http.StatusUnprocessableEntity && strings.HasPrefix(at, "/khen-thuong") && i == 2: // the year was to come
				default:
					r.t.Errorf("%s (%s) as of %s: %d", path, at, day, status)
				}
				if strings.HasPrefix(strings.TrimSpace(page), "<!") {
					for _, wrong := range notPast(page, day, func(to string) bool { return g.Keeps(pattern(to)) }) {
						r.t.Errorf("%s as of %s: %s", path, day, wrong)
					}
				}
			}
		}
		if opened == 0 {
			r.t.Errorf("no page of %s opens as of yesterday: %q", at, list)
		}
	}
}

func then(path, day string) string {
	at, _ := url.Parse(path)
	q := at.Query()
	q.Set("ngay", day)
	at.RawQuery = q.Encode()
	return at.String()
}

// notPast is what a page of a past day has that it should not have, or lacks.
func notPast(page, day string, keeps func(string) bool) (wrong []string) {
	doc, err := html.Parse(bytes.NewReader([]byte(page)))
	if err != nil {
		return []string{err.Error()}
	}
	if !strings.Contains(page, `class="kh-past"`) {
		wrong = append(wrong, "does not say that it is one of a past day")
	}
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Main {
			continue
		}
		for c := range n.Descendants() {
			at := map[string]string{}
			for _, a := range c.Attr {
				at[a.Key] = a.Val
			}
			_, now := at["data-now"]
			switch to, err := url.Parse(at["href"]); {
			case c.DataAtom == atom.Form && at["method"] == "post":
				wrong = append(wrong, "has a form to "+at["action"])
			case c.DataAtom == atom.Button && at["form"] != "":
				wrong = append(wrong, "has a button of a form that is not there: "+at["form"])
			case c.DataAtom == atom.A && err == nil && strings.HasPrefix(to.Path, "/") && !now && keeps(to.String()) && to.Query().Get("ngay") == "":
				wrong = append(wrong, "leads to today's "+at["href"])
			case slices.Contains([]atom.Atom{atom.Section, atom.Details}, c.DataAtom) && strings.TrimSpace(text(c, atom.H2, atom.Summary)) == "" && !has(c, atom.Input):
				wrong = append(wrong, fmt.Sprintf("has an empty %s: %s", c.Data, text(c)))
			}
		}
	}
	return wrong
}

// text is what a node says besides what stands in some elements.
func text(n *html.Node, but ...atom.Atom) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		if !slices.Contains(but, c.DataAtom) {
			b.WriteString(text(c, but...))
		}
	}
	return b.String()
}

func has(n *html.Node, what atom.Atom) bool {
	for c := range n.Descendants() {
		if c.DataAtom == what {
			return true
		}
	}
	return false
}

// clocked is an agency with some units and readers whose clock the test sets.
func clocked(t *testing.T) (a *agency, on func(day string)) {
	t.Helper()
	at := now
	a = serve(t, siteOptions, func() time.Time { return at }, func(t *testing.T, a *app.App) {
		units(t, a)
		account(t, a, "khai", "Nguyễn Thị Minh Khai (mẫu)", people.Leader, people.Specialist)
		account(t, a, "hung", "Trần Văn Hùng (mẫu)", people.Specialist)
		account(t, a, "phong", "phong")
		must(t, a.People.GrantRole(t.Context(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, "phong", people.Grant{Role: people.UnitHead, Unit: "qlcn"}))
	})
	return a, func(day string) { at = calendar.MustParse(day).Time().Add(2 * time.Hour) }
}

// TestARegisterAsOfADay: a directive stands in the register from its day on, is in force until the day on which another one replaces it, and
// names no successor before; what is entered late for a day shows on it from then on.
func TestARegisterAsOfADay(t *testing.T) {
	a, on := clocked(t)
	on("2021-03-01")
	old := register(t, a.App, directive.Document{Symbol: "01/KH-SKHCN", Issuer: "Sở KH&CN", Date: calendar.MustParse("2021-03-01"), Summary: "Kế hoạch thứ nhất"})
	assign := func(title, day string) {
		t.Helper()
		_, err := a.Tasks.Assign(t.Context(), task.Assignment{Title: title, Directive: old.ID, Unit: "qlcn", Owner: "hung", On: calendar.MustParse(day), Due: "2021-12-31", Actor: "khai"})
		must(t, err)
	}
	assign("Việc thứ nhất", "2021-03-01")
	on("2021-06-01")
	later := register(t, a.App, directive.Document{Symbol: "02/KH-SKHCN", Issuer: "Sở KH&CN", Date: calendar.MustParse("2021-06-01"), Summary: "Kế hoạch thứ hai"})
	_, err := a.Directives.Change(t.Context(), directive.Change{ID: old.ID, How: directive.Replaces, By: later.ID, From: calendar.MustParse("2021-06-01"), Actor: "khai"})
	must(t, err)
	on("2021-06-14")
	khai, phong := a.reader(t, "khai"), a.reader(t, "phong")
	for _, c := range []struct {
		who       reader
		path      string
		status    int
		has, lack string
	}{
		{khai, "/chi-dao?hieu-luc=in_force&ngay=2021-05-31", 200, "Kế hoạch thứ nhất", "Kế hoạch thứ hai"},
		{khai, "/chi-dao?hieu-luc=ended&ngay=2021-05-31", 200, "2021-05-31", "Kế hoạch thứ nhất"},
		{khai, "/chi-dao?hieu-luc=in_force&ngay=2021-06-01", 200, "Kế hoạch thứ hai", "Kế hoạch thứ nhất"},
		{khai, "/chi-dao?hieu-luc=ended&ngay=2021-06-01", 200, "Kế hoạch thứ nhất", "Kế hoạch thứ hai"},
		{khai, "/chi-dao/" + old.ID + "?ngay=2021-05-31", 200, "Còn hiệu lực", "02/KH-SKHCN"},
		{khai, "/chi-dao/" + old.ID + "?ngay=2021-06-01", 200, "02/KH-SKHCN", "Còn hiệu lực"},
		{khai, "/chi-dao/" + old.ID + "?ngay=2021-02-28", 404, "Về hiện tại", "Kế hoạch thứ nhất"},
		{khai, "/chi-dao/" + later.ID + "?ngay=2021-05-31", 404, "Về hiện tại", "Kế hoạch thứ hai"},
		{khai, "/chi-dao?ngay=2021-06-14", 200, "Kế hoạch thứ hai", "Về hiện tại"}, // today is no day that is over
		{khai, "/chi-dao?ngay=2021-06-15", 422, "chưa tới", "Kế hoạch"},
		{khai, "/chi-dao?ngay=hom-qua", 422, "hom-qua", "Kế hoạch"},
		{phong, "/chi-dao/" + old.ID + "?ngay=2021-05-31", 404, "", "Kế hoạch thứ nhất"}, // the register of another unit
		{phong, "/chi-dao?ngay=2021-05-31", 200, "", "Kế hoạch thứ nhất"},
		{khai, "/chi-dao/" + old.ID + "?ngay=2021-04-01", 200, "Việc thứ nhất", "Việc ghi muộn"},
	} {
		status, page := c.who.get(c.path)
		if status != c.status || !strings.Contains(page, c.has) || strings.Contains(page, c.lack) {
			t.Errorf("%s: %d, %q %v, %q %v", c.path, status, c.has, strings.Contains(page, c.has), c.lack, strings.Contains(page, c.lack))
		}
	}
	assign("Việc ghi muộn", "2021-03-20")
	if _, page := khai.get("/chi-dao/" + old.ID + "?ngay=2021-04-01"); !strings.Contains(page, "Việc ghi muộn") {
		t.Error("what was entered late for a day does not show on it")
	}
	if _, page := khai.get("/chi-dao/" + old.ID + "?ngay=2021-03-19"); strings.Contains(page, "Việc ghi muộn") {
		t.Error("what was entered late shows before its day")
	}
	program := a.caller(t, "khai")
	status, header, out := program.call(http.MethodGet, "/api/v1/chi-dao?asof=2021-05-31", "")
	if items, _ := out["items"].([]any); status != http.StatusOK || len(items) != 1 || header.Get("X-As-Of") != "2021-05-31" {
		t.Errorf("the API answers %d, %q: %v", status, header.Get("X-As-Of"), out)
	}
	if status, _, out := program.call(http.MethodGet, "/api/v1/chi-dao?asof=2021-06-14", ""); status != http.StatusOK { // today
		t.Errorf("the API answers %d: %v", status, out)
	}
	if status, _, _ := program.call(http.MethodGet, "/api/v1/chi-dao?asof=2021-07-01", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("a day to come: %d", status)
	}
	status, _, out = program.call(http.MethodGet, "/api/v1/chi-dao", "")
	if items, _ := out["items"].([]any); status != http.StatusOK || len(items) != 2 {
		t.Errorf("the API of now answers %d: %v", status, out)
	}
}

// TestAVoteAsOfADay: on a day on which the urn was open, nobody learns the count, then or later; the count shows from the day on which it was
// closed.
func TestAVoteAsOfADay(t *testing.T) {
	a, on := clocked(t)
	on("2021-06-14")
	a.outside(t)
	at := a.ready(t, a.initiative(t))
	for _, account := range []string{"hd-1", "hd-2", "hd-3"} {
		in := url.Values{"p.1.tinh_moi": {"30"}, "p.1.hieu_qua": {"30"}, "p.1.nhan_rong": {"12"}, "khoa": {"form"}, "gui": {"1"}}
		if status, _ := a.reader(t, account).post(at+"/phieu", in); status != http.StatusOK {
			t.Fatalf("%s: %d", account, status)
		}
	}
	on("2021-06-15")
	hung := a.reader(t, "hung")
	if status, _ := hung.post(at+"/dong", url.Values{}); status != http.StatusOK {
		t.Fatal(status)
	}
	on("2021-06-20")
	hung = a.reader(t, "hung")
	for day, c := range map[string]struct{ has, lack string }{
		"2021-06-14": {"Đang bỏ phiếu", "72 điểm"}, "2021-06-15": {"72 điểm", "Đang bỏ phiếu"},
	} {
		status, page := hung.get(at + "?ngay=" + day)
		if status != http.StatusOK || !strings.Contains(page, c.has) || strings.Contains(page, c.lack) {
			t.Errorf("as of %s: %d\n%s", day, status, page[strings.Index(page, "<main"):])
		}
		if wrong := notPast(page, day, func(string) bool { return false }); len(wrong) > 0 {
			t.Errorf("as of %s: %q", day, wrong)
		}
	}
	if status, _ := hung.get(at + "/tai/kiem-phieu?ngay=2021-06-14"); status != http.StatusNotFound {
		t.Errorf("there is a paper of the count before the count: %d", status)
	}
}

// TestADayOpensNoDoor: whoever may not open a page may not open it as of a day, by a page or by the API.
func TestADayOpensNoDoor(t *testing.T) {
	a, _ := guarded(t)
	for _, account := range []string{"xem", "so", "phong", "dang"} {
		r, program := a.reader(t, account), a.caller(t, account)
		doors := 0
		for _, rt := range a.Site(t.Context(), siteOptions).Routes() {
			path := strings.TrimSuffix(rt.Pattern, "{$}")
			if rt.Method != http.MethodGet || !a.Shows(rt.Pattern) || strings.Contains(path, "{") {
				continue
			}
			day := "?ngay=2021-06-12"
			if strings.HasPrefix(path, "/api/") {
				day = "?asof=2021-06-12"
			}
			now, then := r.status(path, program.token), r.status(path+day, program.token)
			if now != then && now/100 != 2 {
				t.Errorf("%s: %s answers %d, as of a day %d", account, path, now, then)
			}
			if then == http.StatusForbidden {
				doors++
			}
		}
		if doors == 0 {
			t.Errorf("%s may open all", account)
		}
	}
}

// status is how an address answers a browser, or below /api/ a program.
func (r reader) status(path, token string) int {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodGet, r.url+path, nil)
	must(r.t, err)
	q.Header.Set("Authorization", "Bearer "+token)
	got, err := r.c.Do(q)
	must(r.t, err)
	got.Body.Close()
	return got.StatusCode
}
