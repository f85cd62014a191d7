package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/commendation"
)

// commended is a guarded agency with somebody in each of two units, rated good this year, and a nomination in the unit
// that "phong" does not reach.
func commended(t *testing.T) (a *agency, hidden string) {
	t.Helper()
	a, _ = guarded(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for id, unit := range map[string]string{"nv-qlcn": "qlcn", "nv-tdc": "tdc"} {
		must(t, a.People.SetPerson(ctx, people.Person{ID: id, Name: "Nhân viên mẫu " + unit}))
		must(t, a.People.GivePost(ctx, by, people.Post{Person: id, Unit: unit, TitleVI: "Chuyên viên"}))
		one, err := a.Commendation.Subject(ctx, commendation.State, id)
		must(t, err)
		must(t, a.Commendation.Assess(ctx, "test", one, 2021, commendation.Good))
	}
	list, err := a.Commendation.Propose(ctx, commendation.Proposal{Actor: "test", Side: commendation.State, Year: 2021, Award: "ldtt", Subjects: []string{"nv-tdc"}})
	must(t, err)
	return a, list[0].ID
}

// TestCommendationRolesSeeTheirOwn: another unit's person and nomination read like ones that are not there, on lists and by
// address; nobody decides without the right.
func TestCommendationRolesSeeTheirOwn(t *testing.T) {
	a, hidden := commended(t)
	head := a.reader(t, "phong")
	for _, path := range []string{"/khen-thuong", "/khen-thuong/ho-so?nam=2021"} {
		if status, page := head.get(path); status != http.StatusOK || strings.Contains(page, "Nhân viên mẫu tdc") {
			t.Errorf("%s: %d, and another unit's person stands there: %v", path, status, strings.Contains(page, "mẫu tdc"))
		}
	}
	for _, path := range []string{"/khen-thuong/ho-so/" + hidden, "/khen-thuong/ho-so/" + hidden + "/tai/bao-cao", "/khen-thuong/ca-nhan/nv-tdc", "/khen-thuong/ho-so/khong-co", "/khen-thuong/ca-nhan/khong-co"} {
		if status, _ := head.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	before := a.Ledger.Head()
	for path, form := range map[string]url.Values{
		"/khen-thuong/ca-nhan/nv-tdc/xep-loai": {"nam": {"2021"}, "muc": {"excellent"}},
		"/khen-thuong/ho-so":                   {"nam": {"2021"}, "danh-hieu": {"ldtt"}, "nguoi": {"nv-tdc"}},
		"/khen-thuong/buoc":                    {"ho-so": {hidden}, "buoc": {"endorsed"}},
		"/khen-thuong/phong-trao":              {"nam": {"2021"}, "ten": {"x"}, "tu": {"2021-01-01"}, "den": {"2021-12-31"}},
	} {
		if status, _ := head.post(path, form); status != http.StatusNotFound && status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
	}
	if a.Ledger.Head() != before {
		t.Error("something was recorded")
	}
	if status, _ := a.reader(t, "dang").get("/khen-thuong"); status != http.StatusForbidden {
		t.Errorf("the Party office opens the state's commendation: %d", status)
	}
}

// TestCommendationThroughThePages takes a title from the simulation to the decision and its papers, without a script.
func TestCommendationThroughThePages(t *testing.T) {
	a, _ := commended(t)
	leader := a.reader(t, "so")
	if status, page := leader.get("/khen-thuong?nam=2021&danh-hieu=cstdcs"); status != http.StatusOK || !strings.Contains(page, "cần một trong các điều") {
		t.Errorf("%d, or the reasons are missing", status)
	}
	if status, page := leader.post("/khen-thuong/ho-so", url.Values{"nam": {"2021"}, "danh-hieu": {"cstdcs"}, "nguoi": {"nv-qlcn"}}); status != http.StatusConflict || !strings.Contains(page, "chưa đủ điều kiện") {
		t.Errorf("who does not qualify is nominated: %d", status)
	}
	if status, _ := leader.post("/khen-thuong/ho-so", url.Values{"nam": {"2021"}, "danh-hieu": {"ldtt"}, "nguoi": {"nv-qlcn"}}); status != http.StatusOK {
		t.Fatal(status)
	}
	both := []string{"2021-ldtt-nv-qlcn", "2021-ldtt-nv-tdc"}
	for _, step := range []string{"endorsed", "appraised", "submitted", "decided"} {
		if status, page := leader.post("/khen-thuong/buoc", url.Values{"ho-so": both, "buoc": {step}, "so": {"7/QĐ-SKHCN"}}); status != http.StatusOK {
			t.Fatal(step, status, page)
		}
	}
	for _, paper := range []string{"bao-cao", "quyet-dinh", "bang", "danh-sach"} {
		if status, body := leader.get("/khen-thuong/ho-so/" + both[0] + "/tai/" + paper); status != http.StatusOK || !strings.HasPrefix(body, "PK") {
			t.Errorf("%s: %d", paper, status)
		}
	}
	f, err := a.Indicators.Figure(indicator.Query{Period: calendar.MustPeriod("2021"), AsOf: calendar.NoDate}, "commendation.decided")
	must(t, err)
	if f.Arising.String() != "2" {
		t.Errorf("%s awards are counted", f.Arising)
	}
}

// TestCommendationPagesInEveryWay looks at the pages wide and narrow, light and dark.
func TestCommendationPagesInEveryWay(t *testing.T) {
	a, nomination := commended(t)
	p := browser.New(t, axe)
	a.signIn(t, p)
	for name, path := range map[string]string{"khen-thuong": "/khen-thuong?nam=2021&danh-hieu=ldtt", "khen-thuong-ho-so": "/khen-thuong/ho-so?nam=2021&danh-hieu=ldtt&buoc=reported",
		"mot-khen-thuong": "/khen-thuong/ho-so/" + nomination, "ca-nhan": "/khen-thuong/ca-nhan/nv-tdc?nam=2021"} {
		for _, scheme := range []string{"light", "dark"} {
			p.Colours(scheme)
			look(t, p, name+"-"+scheme, a.url+path, 1440, 360)
		}
	}
}

// asked is an agency whose public is asked about somebody, and the nomination.
func asked(t *testing.T) (a *agency, id string) {
	t.Helper()
	a, _ = commended(t)
	ctx := context.Background()
	one, err := a.Commendation.Subject(ctx, commendation.State, "nv-qlcn")
	must(t, err)
	n := commendation.Nomination{ID: "2021-ldtt-nv-qlcn", Side: commendation.State, Year: 2021, Award: "ldtt", Law: "luat-2003", Subject: one.ID, Unit: one.Unit,
		Title: "Danh hiệu mẫu", Stage: commendation.Consulted, ConsultTo: a.Commendation.Today() + 3, LastOn: a.Commendation.Today()}
	_, err = a.Ledger.Append(ctx, ledger.Command{Stream: "commendation/2021/ldtt", Expect: ledger.AnyVersion, Actor: "test", Unit: one.Unit,
		Events: []ledger.NewEvent{{Kind: "commendation.consulted", On: n.LastOn, Data: map[string]any{"nomination": n, "dims": map[string]string{}}}}})
	must(t, err)
	return a, n.ID
}

// TestThePublicSaysWhatItThinks: a stranger sends an opinion on a telephone without a script; the office sees it without its
// sender, looks behind it with a reason that is written down, and another unit's head reads nothing of it.
func TestThePublicSaysWhatItThinks(t *testing.T) {
	a, id := asked(t)
	p := browser.New(t, axe)
	p.Scripts(false)
	p.Open(a.url + "/lay-y-kien")
	p.Click("main li a")
	p.Fill("#ho-ten", "Người dân mẫu")
	p.Fill("#lien-he", "gần chợ")
	p.Click("main form button")
	if text := p.Text(); !strings.Contains(text, "Ghi số điện thoại") || !strings.Contains(text, "Ghi ý kiến của bạn") || p.Attribute("#ho-ten", "value") != "Người dân mẫu" {
		t.Error("the page does not say what is missing, or forgets what was typed")
	}
	p.Fill("#lien-he", "0900 000 009")
	p.Fill("#noi-dung", "Lời bí mật mẫu")
	p.Click("main form button")
	if text := p.Text(); !strings.Contains(text, "YK-") || !strings.HasSuffix(p.URL(), "/da-gui") {
		t.Errorf("no receipt at %s", p.URL())
	}
	p.Scripts(true)
	look(t, p, "da-gui-y-kien", p.URL(), 360)
	for name, path := range map[string]string{"lay-y-kien": "/lay-y-kien", "gui-y-kien": "/lay-y-kien/" + id} {
		look(t, p, name, a.url+path, 1440, 360)
	}
	office, head := a.reader(t, "so"), a.reader(t, "phong")
	file := "/khen-thuong/ho-so/" + id
	if _, page := office.get(file); !strings.Contains(page, "Lời bí mật mẫu") || strings.Contains(page, "Người dân mẫu") {
		t.Error("the office does not read the opinion, or reads its sender without asking")
	}
	if _, page := head.get(file); strings.Contains(page, "Lời bí mật mẫu") || !strings.Contains(page, "YK-") {
		t.Error("the nominee's own head reads what the public sent")
	}
	if status, page := office.post(file+"/nguoi-gui", url.Values{"so": {"1"}}); status == http.StatusOK || strings.Contains(page, "0900") {
		t.Errorf("the sender is shown without a reason: %d", status)
	}
	if status, page := office.post(file+"/nguoi-gui", url.Values{"so": {"1"}, "ly-do": {"xác minh"}}); status != http.StatusOK || !strings.Contains(page, "0900 000 009") {
		t.Errorf("the sender is not shown: %d", status)
	}
	for _, form := range []url.Values{{"so": {"1"}, "noi-dung": {"x"}}, {"so": {"1"}, "viec": {"xoa"}}} {
		if status, _ := head.post(file+"/y-kien", form); status != http.StatusForbidden {
			t.Errorf("the nominee's own head acts on it: %d", status)
		}
	}
	if status, page := a.reader(t, "so").post("/lay-y-kien/"+id, url.Values{"ho-ten": {"A"}, "lien-he": {"0900 000 009"}, "noi-dung": {"x"}, "trang-web": {"http://mau"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "phải để trống") {
		t.Errorf("a machine is heard: %d", status)
	}
	if status, _, raw := a.caller(t, "phong").raw("POST", "/api/v1"+file+"/y-kien", `{"number":1,"do":"xoa"}`); status != http.StatusForbidden {
		t.Errorf("a program of the nominee's own head erases it: %d %s", status, raw)
	}
	program := a.caller(t, "so")
	if status, _, raw := program.raw("POST", "/api/v1"+file+"/y-kien", `{"number":1,"text":"Đã xem xét (mẫu)"}`); status != http.StatusOK {
		t.Errorf("the office's program answers it: %d %s", status, raw)
	}
	if status, _, raw := program.raw("POST", "/api/v1"+file+"/y-kien", `{"number":1,"do":"xoa"}`, "Idempotency-Key", "k"); status != http.StatusOK {
		t.Errorf("the office's program erases it: %d %s", status, raw)
	}
	if _, page := office.get(file); strings.Contains(page, "Lời bí mật mẫu") {
		t.Error("an erased opinion is still read")
	}
	if status, _ := office.get("/lay-y-kien/2021-ldtt-nv-tdc"); status != http.StatusNotFound {
		t.Errorf("a nomination that nobody is asked about is public: %d", status)
	}
}
