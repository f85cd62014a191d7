package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/label"
	"trucot/internal/kernel/calendar"
)

// apiName is how the operation of a list calls what its page's address is asked for. What arranges the rows of the list of tasks
// has no name: an operation gives them in the order of their ids.
var apiName = map[string]map[string]string{
	"/viec": {"xem": "view", "q": "q", "don-vi": "unit", "van-ban": "directive", "uu-tien": "priority", "nhan-viec": "label", "ngay": "asof", "sap": "-", "nhom": "-"},
	"/ho-so": {"xem": "xem", "q": "q", "don-vi": "don-vi", "thu-tuc": "thu-tuc", "trang-thai": "trang-thai", "nguoi": "nguoi", "uu-tien": "uu-tien", "nhan-viec": "nhan-viec",
		"ngay": "ngay", "sap": "sap", "nhom": "nhom", "trang": "trang", "sau": "sau", "truoc": "truoc", "cot": "-"},
}

var (
	control = regexp.MustCompile(`(?s)<form action="(/[^"]*)" method="get"(.*?)</form>`)
	name    = regexp.MustCompile(`name="([^"]+)"`)
	address = regexp.MustCompile(`href="([^"]+)"`)
)

// asksFor are the parameters that a list's page has controls or links for.
func asksFor(page, path string) map[string]bool {
	out := map[string]bool{}
	for _, form := range control.FindAllStringSubmatch(page, -1) {
		for _, n := range name.FindAllStringSubmatch(form[2], -1) {
			if form[1] == path {
				out[n[1]] = true
			}
		}
	}
	for _, link := range address.FindAllStringSubmatch(page, -1) {
		u, err := url.Parse(html.UnescapeString(link[1]))
		if err == nil && u.Path == path {
			for n := range u.Query() {
				out[n] = true
			}
		}
	}
	return out
}

// TestProgramsFilterAsPagesDo: whatever the page of a list can be asked for is a parameter of its operation.
func TestProgramsFilterAsPagesDo(t *testing.T) {
	a := start(t)
	r := a.reader(t, "khai")
	d := a.description(t)
	for path, names := range apiName {
		var described []string
		for _, p := range d.Paths[api.Base+path]["get"].Parameters {
			described = append(described, p.Name)
		}
		status, page := r.get(path + "?xem=all")
		asked := asksFor(page, path)
		if status != http.StatusOK || len(asked) < 6 {
			t.Fatalf("%s answers %d and asks for %v", path, status, asked)
		}
		for n := range asked {
			if names[n] != "-" && !slices.Contains(described, names[n]) {
				t.Errorf("%s is filtered by %s, its operation is not: %v", path, n, described)
			}
		}
	}
}

// listedOn are the rows of a list's page and the numbers beside its views.
func listedOn(page, path string) (rows []string, counts map[string]int) {
	counts = map[string]int{}
	main := page[strings.Index(page, "<main"):]
	row := regexp.MustCompile(`href="` + path + `/([^"?]+)`)
	for _, link := range regexp.MustCompile(`<a [^>]*data-open[^>]*>`).FindAllString(main, -1) {
		if m := row.FindStringSubmatch(link); m != nil {
			id, _ := url.PathUnescape(m[1])
			rows = append(rows, id)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)href="(`+path+`\?[^"]*)"[^>]*>[^<]*<span class="kh-count[^"]*">([0-9.]+)<`).FindAllStringSubmatch(main, -1) {
		if u, err := url.Parse(html.UnescapeString(m[1])); err == nil {
			counts[u.Query().Get("xem")], _ = strconv.Atoi(strings.ReplaceAll(m[2], ".", "")) // digits
		}
	}
	slices.Sort(rows)
	return rows, counts
}

// asProgram asks the operation of a list what the page was asked for.
func (c caller) asProgram(path string, q url.Values) (rows []string, counts map[string]any, asOf any) {
	c.t.Helper()
	v := url.Values{}
	for n := range q {
		v.Set(apiName[path][n], q.Get(n))
	}
	_, _, d := c.call("GET", api.Base+path+"?"+v.Encode(), "")
	key, id := "items", "id"
	if path == "/ho-so" {
		key, id = "rows", "code"
	}
	list, is := d[key].([]any)
	if !is {
		c.t.Fatalf("%s: %v", v.Encode(), d)
	}
	for _, row := range list {
		rows = append(rows, fmt.Sprint(row.(map[string]any)[id]))
	}
	slices.Sort(rows)
	counts, _ = d["counts"].(map[string]any)
	return rows, counts, d["as_of"]
}

// TestListsAndCountsAreTheSameForPrograms: now and as of a day, whatever it is filtered by, a page and its operation list and count
// the same, and the number beside a view is that of its rows; for who sees the agency and for who sees one unit.
func TestListsAndCountsAreTheSameForPrograms(t *testing.T) {
	a, _ := guarded(t)
	urgent, _ := label.ParsePriority("urgent")
	_, err := a.Tasks.Mark(t.Context(), a.task(0), label.Change{Priority: &urgent, Add: []string{"Đợt 1"}}, 0, "khai")
	must(t, err)
	d, err := a.Dossiers.Get(t.Context(), a.code(25))
	must(t, err)
	_, err = a.Dossiers.Mark(t.Context(), dossier.Mark{Code: d.Code, Change: label.Change{Priority: &urgent, Add: []string{"Đợt 1"}}, Actor: "khai"})
	must(t, err)
	days := []string{"", (calendar.MustParse("2021-06-14") - 1).String(), "2021-06-01", "2000-01-01"}
	seen := 0
	for _, account := range []string{"khai", "phong"} {
		r, c := a.reader(t, account), a.caller(t, account)
		for path := range apiName {
			for _, filter := range []string{"xem=all", "xem=open", "xem=mine", "xem=done", "xem=all&uu-tien=urgent", "xem=all&nhan-viec=dot+1", "xem=all&q=vi%E1%BB%87c", "xem=all&don-vi=qlcn"} {
				for _, day := range days {
					q, err := url.ParseQuery(filter)
					must(t, err)
					if day != "" {
						q.Set("ngay", day)
					}
					_, page := r.get(path + "?" + q.Encode())
					want, numbers := listedOn(page, path)
					got, counts, asOf := c.asProgram(path, q)
					at := account + " " + path + "?" + q.Encode()
					if !slices.Equal(want, got) || day != "" && asOf != day {
						t.Errorf("%s: the page lists %v, the operation %v as of %v", at, want, got, asOf)
					}
					for view, n := range numbers {
						if counts[view] != float64(n) {
							t.Errorf("%s: %s has %d on the page, %v for programs", at, view, n, counts[view])
						}
					}
					if n, there := numbers[q.Get("xem")]; !there || len(want) < 50 && n != len(want) {
						t.Errorf("%s: %d rows, %d counted (%v)", at, len(want), n, numbers)
					}
					seen += len(want)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d rows were compared", seen)
	}
}
