package e2e

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// focused is the text of what has the keyboard.
func focused(p *browser.Page) string {
	return browser.Eval[string](p, `document.activeElement.textContent.trim()`)
}

// settled waits until an expression of the page holds.
func settled(t *testing.T, p *browser.Page, what, expression string) {
	t.Helper()
	if !browser.Eval[bool](p, `new Promise(done => { let n = 0; const look = () => { if (`+expression+`) done(true); else if (n++ > 100) done(false); else setTimeout(look, 50); }; look(); })`) {
		t.Errorf("%s: never %s", what, expression)
	}
}

// TestTheListByKeyboard goes through the work list without a mouse.
func TestTheListByKeyboard(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Open(a.url + "/ho-so")
	titles := browser.Eval[[]string](p, `[...document.querySelectorAll("[data-open]")].map(e => e.textContent)`)
	p.Press("j")
	p.Press("j")
	p.Press("j")
	p.Press("k")
	if got := focused(p); got != titles[1] {
		t.Errorf("after j j j k the keyboard is on %q, not %q", got, titles[1])
	}
	p.Press("x")
	if n := browser.Eval[int](p, `document.querySelectorAll("tr:nth-child(2) [name=chon]:checked").length`); n != 1 {
		t.Error("x does not tick the row")
	}
	if said := browser.Eval[string](p, `document.querySelector(".kh-chosen").textContent`); said != "Đã chọn 1 hồ sơ" {
		t.Errorf("said %q", said)
	}
	p.Press("o")
	settled(t, p, "o", `document.querySelector(".kh-peek h2")?.textContent === `+fmt.Sprintf("%q", titles[1]))
	p.Press("j")
	settled(t, p, "j while looking", `document.querySelector(".kh-peek h2")?.textContent === `+fmt.Sprintf("%q", titles[2]))
	for _, v := range p.Violations() {
		t.Errorf("while looking: %s", v)
	}
	p.Press("\x1b")
	if got := focused(p); got != titles[2] || browser.Eval[bool](p, `!!document.querySelector(".kh-peek")`) {
		t.Errorf("Esc leaves the keyboard on %q", got)
	}
	p.Press("?")
	if !browser.Eval[bool](p, `document.querySelector("#phim").open`) {
		t.Error("? does not show the keys")
	}
	p.Press("f")
	if !browser.Eval[bool](p, `document.querySelector("#loc").open && document.activeElement.name === "q"`) {
		t.Error("f does not go to the filter")
	}
	p.Press("j") // types
	if got := browser.Eval[string](p, `document.activeElement.value`); !strings.HasSuffix(got, "j") {
		t.Errorf("a key in a field gave %q", got)
	}
	for _, v := range p.Violations() {
		t.Errorf("with the filter open: %s", v)
	}
	p.Open(a.url + "/ho-so")
	p.Press("g")
	p.Press("v")
	settled(t, p, "g v", `location.pathname === "/viec"`)
	p.Fill("#kh-find", "giong lua")
	settled(t, p, "the palette", `document.querySelectorAll(".kh-found a").length > 0`)
	for _, v := range append(p.Violations(), p.Said()...) {
		t.Errorf("the palette: %s", v)
	}
}

// TestManyDossiersWithoutJavaScript gives two dossiers to somebody, takes it back, and saves the list.
func TestManyDossiersWithoutJavaScript(t *testing.T) {
	a := start(t)
	ctx := context.Background()
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Scripts(false)
	p.Open(a.url + "/ho-so?xem=unassigned&don-vi=qlcn")
	rows, _, err := a.Dossiers.List(ctx, dossier.Filter{Open: true, Unassigned: true, Units: []string{"qlcn"}})
	must(t, err)
	for _, r := range rows[:2] {
		p.Tick(fmt.Sprintf(`[value="%s@%d"]`, r.Code, r.Stream))
	}
	p.Click(`.kh-bulk [value=giao]`)
	if text := p.Text(); !strings.Contains(text, "2 trong 2 hồ sơ đã được ghi nhận") {
		t.Fatalf("nothing was given:\n%s", text)
	}
	given, err := a.Dossiers.Get(ctx, rows[0].Code)
	must(t, err)
	if given.Assignee == "" || given.State != rows[0].State {
		t.Errorf("%+v", given)
	}
	p.Click(`main form [type=submit]`)
	if given, err = a.Dossiers.Get(ctx, rows[0].Code); err != nil || given.Assignee != "" {
		t.Errorf("not taken back: %q, %v", given.Assignee, err)
	}
	p.Open(a.url + "/ho-so?xem=late&nhom=don-vi")
	p.Tick("#da-luu summary")
	p.Fill("#v-t", "Quá hạn theo phòng")
	p.Click(`#da-luu form button`)
	if !strings.Contains(p.Text(), "Quá hạn theo phòng") || !strings.Contains(p.URL(), "nhom=don-vi") {
		t.Errorf("the view is not in the rail, or another list came back: %s", p.URL())
	}
	p.Open(a.url + "/viec?xem=overdue&nhom=don-vi&la=1")
	p.Tick("#da-luu summary")
	p.Fill("#v-t", "Việc trễ theo đơn vị")
	p.Click(`#da-luu form button`)
	if !strings.Contains(p.Text(), "Việc trễ theo đơn vị") || !strings.Contains(p.URL(), "/viec?nhom=don-vi&xem=overdue") {
		t.Errorf("the view of tasks is not in the rail, or another list came back: %s", p.URL())
	}
	p.Tick("#da-luu summary")
	p.Click(`[action="/viec/bo-loc/xoa"] button`)
	if strings.Contains(p.Text(), "Việc trễ theo đơn vị") {
		t.Error("the view was not taken away")
	}
}

// TestTalkAndTheDayBefore: a remark reaches those it names, and the page of a past day shows that day and no form.
func TestTalkAndTheDayBefore(t *testing.T) {
	a := start(t)
	code := a.code(25)
	r := a.reader(t, "khai")
	status, page := r.post("/ho-so/"+code+"/nhan-xet", url.Values{"y-kien": {"Nhờ @hung xem <b>phần</b> này"}})
	if status != http.StatusOK || !strings.Contains(page, "&lt;b&gt;phần&lt;/b&gt;") {
		t.Errorf("%d: the remark is not there as it was written", status)
	}
	if _, page = r.post("/ho-so/"+code+"/lien-ket", url.Values{"ho-so": {a.code(3)}}); !strings.Contains(page, a.code(3)) {
		t.Error("the link is not there")
	}
	d, err := a.Dossiers.Get(context.Background(), code)
	must(t, err)
	_, page = r.get("/ho-so/" + code + "?ngay=" + d.SubmittedOn.String())
	if !strings.Contains(page, "Hồ sơ như cuối ngày") || strings.Contains(page, `method="post" action="/ho-so/`) || strings.Contains(page, `name="y-kien"`) {
		t.Error("a past day is not marked, or something can be done there")
	}
	if status, page = r.get("/ho-so/" + code + "?ngay=2000-01-01"); status != http.StatusNotFound || !strings.Contains(page, "chưa có hồ sơ") {
		t.Errorf("before its first day: %d", status)
	}
}

// TestListsHoldWhatTheReaderMayRead compares, for readers of every kind, every way of listing with every dossier looked
// at: the page by page JSON, its counts, the file, the quick search.
func TestListsHoldWhatTheReaderMayRead(t *testing.T) {
	a, _ := guarded(t)
	ctx := context.Background()
	all, _, err := a.Dossiers.List(ctx, dossier.Filter{Limit: 1000, Overdue: calendar.NoDate})
	must(t, err)
	for _, account := range []string{"khai", "phong", "dang", "so", "xem"} {
		id, err := a.People.Reader(ctx, account)
		must(t, err)
		var want, open []string
		for _, d := range all {
			if people.Holds(id, people.ReadDossiers, d.Unit) {
				want = append(want, d.Code)
				if full, err := a.Dossiers.Get(ctx, d.Code); err == nil && full.Open() {
					open = append(open, d.Code)
				}
			}
		}
		_, token, err := a.People.NewToken(ctx, account, "thử", nil, time.Hour)
		must(t, err)
		got, counts := a.pageThrough(t, token)
		slices.Sort(want)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: the list has %v, not %v", account, got, want)
		}
		if len(want) > 0 && (counts["all"] != len(want) || counts["open"] != len(open)) {
			t.Errorf("%s: counts %v, want %d and %d", account, counts, len(want), len(open))
		}
		if len(want) == 0 {
			continue
		}
		r := a.reader(t, account)
		_, file := r.get("/ho-so/xuat?xem=all&dinh-dang=csv")
		lines, err := csv.NewReader(strings.NewReader(file)).ReadAll()
		must(t, err)
		var exported []string
		for _, l := range lines[1:] {
			exported = append(exported, l[0])
		}
		if slices.Sort(exported); !slices.Equal(exported, want) {
			t.Errorf("%s: the file has %d dossiers, not %d", account, len(exported), len(want))
		}
		for _, d := range all {
			_, page := r.get("/tim?q=" + url.QueryEscape(d.Code))
			if found := strings.Contains(page, "/ho-so/"+d.Code+`"`); found != slices.Contains(want, d.Code) {
				t.Errorf("%s: quick search shows %s: %v", account, d.Code, found)
			}
		}
	}
}

// pageThrough reads every page of the whole list.
func (a *agency) pageThrough(t *testing.T, token string) (codes []string, counts map[string]int) {
	t.Helper()
	for path := "/api/v1/ho-so?xem=all&nhom=trang-thai"; path != ""; {
		q, err := http.NewRequest(http.MethodGet, a.url+path, nil)
		must(t, err)
		q.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(q)
		must(t, err)
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		must(t, err)
		if res.StatusCode == http.StatusForbidden {
			return nil, nil
		}
		var list struct {
			Total  int
			Counts map[string]int
			Rows   []struct{ Code string }
			Next   string
		}
		must(t, json.Unmarshal(body, &list))
		for _, r := range list.Rows {
			codes = append(codes, r.Code)
		}
		counts, path = list.Counts, list.Next
	}
	return codes, counts
}

// TestBulkWorkIsCheckedRowByRow: what is out of reach, ended or overtaken is refused alone.
func TestBulkWorkIsCheckedRowByRow(t *testing.T) {
	a, at := guarded(t)
	ctx := context.Background()
	code := func(name string) string { return strings.TrimPrefix(at[name], "/ho-so/") }
	mine, err := a.Dossiers.Get(ctx, code(hostile))
	must(t, err)
	r := a.reader(t, "phong")
	status, page := r.post("/ho-so/hang-loat", url.Values{"lam": {"giao"}, "giao": {"khai"}, "chon": {
		fmt.Sprint(mine.Code, "@", mine.Stream), code(unitSecret) + "@1", "khong-co@1", fmt.Sprint(mine.Code, "@", mine.Stream)}})
	if status != http.StatusOK || !strings.Contains(page, "1 trong 4 hồ sơ") {
		t.Errorf("%d: %s", status, page[max(0, strings.Index(page, "<main")):])
	}
	if d, err := a.Dossiers.Get(ctx, code(unitSecret)); err != nil || d.Assignee != "" {
		t.Errorf("another unit's dossier was given to %q, %v", d.Assignee, err)
	}
	for _, form := range []url.Values{{}, {"chon": make([]string, 101)}} {
		if status, _ := r.post("/ho-so/hang-loat", form); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Errorf("%v: %d", form, status)
		}
	}
}
