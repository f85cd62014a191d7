package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/commendation"
	"trucot/internal/room/party"
)

// TestAPartyAwardIsTakenBackOnItsPage: the entry stays and says so, figures and lists follow, and the reason is for nobody else.
func TestAPartyAwardIsTakenBackOnItsPage(t *testing.T) {
	a, own := cells(t)
	ctx, member := t.Context(), strings.TrimPrefix(own[0], "/dang/dang-vien/")
	good := party.Record{Kind: "assessment", Unit: "cb1", On: calendar.MustParse("2020-12-10"), Title: "Xếp loại riêng mẫu", Until: calendar.NoDate, Results: []party.Result{{Subject: member, Class: party.Excellent}}}
	for _, id := range []string{"DV-7", "DV-8", "DV-9", "DV-10", "DV-11"} {
		good.Results = append(good.Results, party.Result{Subject: id, Class: party.Good})
	}
	assessed, err := a.Party.Enter(ctx, "dang", good, false)
	must(t, err)
	given, err := a.Party.Honour(ctx, "dang", party.Honouring{Unit: "du", Award: "giay_khen_dv", Year: 2020, On: calendar.MustParse("2021-06-05"), Subjects: []string{member}, Title: "Khen riêng mẫu"})
	must(t, err)
	count := func() string {
		f, err := a.Indicators.Figure(indicator.Query{Period: calendar.MustPeriod("2021"), AsOf: calendar.NoDate}, "party.commended_members")
		must(t, err)
		return f.Arising.String()
	}
	if got := count(); got != "1" {
		t.Error("commended:", got)
	}
	path := "/dang/so/khen-thuong/" + given.ID
	form := url.Values{"chon": {member}, "so": {"09-QĐ/ĐU"}, "ngay": {"2021-06-10"}, "ly-do": {"Khai sai riêng mẫu"}}
	for _, who := range []string{"xem", "so", "phong", "bithu"} {
		for _, to := range []string{path, "/dang/so/xep-loai/" + assessed.ID} {
			if status, _ := a.reader(t, who).post(to+"/thu-hoi", form); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s takes back %s: %d", who, to, status)
			}
		}
	}
	keeper := a.reader(t, "dang")
	for _, name := range []string{"ly-do", "so", "chon"} {
		bad := url.Values{"chon": {member}, "so": {"09-QĐ/ĐU"}, "ngay": {"2021-06-10"}, "ly-do": {"Khai sai riêng mẫu"}}
		bad.Del(name)
		if status, page := keeper.post(path+"/thu-hoi", bad); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Giấy khen") {
			t.Errorf("without %s: %d", name, status)
		}
	}
	p := browser.New(t, axe)
	link, _, err := a.People.NewLink(ctx, "dang")
	must(t, err)
	p.Open(a.url + link)
	p.Click("main form button")
	p.Open(a.url + path)
	browser.Eval[bool](p, `document.querySelector("details.kh-step").open = true`)
	p.Tick("#th-" + member)
	p.Fill("#so", "09-QĐ/ĐU")
	p.Fill("#ly-do", "Khai sai riêng mẫu")
	p.Click(`form[action$="/thu-hoi"] button`)
	for _, size := range []int64{1440, 360} {
		p.Size(size, 900)
		if p.Overflow() > 0 {
			t.Errorf("%d pixels too wide at %d", p.Overflow(), size)
		}
		for _, v := range append(p.Violations(), p.Said()...) {
			t.Error(v)
		}
	}
	if text := p.Text(); !strings.Contains(text, "Thu hồi ngày 14/06/2021 theo 09-QĐ/ĐU") || !strings.Contains(text, "Khai sai riêng mẫu") {
		t.Error(text)
	}
	if got := count(); got != "0" {
		t.Error("the figure does not follow:", got)
	}
	if page := mustGet(t, a, "dang", "/dang/so/khen-thuong?xem=revoked"); !strings.Contains(page, given.ID) || !strings.Contains(page, "Đã thu hồi") {
		t.Error("the register does not show it as taken back")
	}
	if page := mustGet(t, a, "dang", "/dang/khen-thuong?nam=2020"); strings.Contains(page, path) || !strings.Contains(page, "Đủ điều kiện") {
		t.Error("the list does not follow")
	}
	status, _, got := a.caller(t, "dang").call("GET", "/api/v1"+path, "")
	if back, ok := got["revoked"].([]any); status != http.StatusOK || !ok || len(back) != 1 || back[0].(map[string]any)["number"] != "09-QĐ/ĐU" || back[0].(map[string]any)["reason"] != "" {
		t.Errorf("the interface, which gives no sealed reason: %d %v", status, got["revoked"])
	}
	// a badge by the wrong hand
	step := own[0] + "/huy-hieu"
	if status, _ := keeper.post(step, url.Values{"bac": {"30"}, "ngay": {"2021-06-14"}, "so": {"21-QĐ/TU"}}); status != http.StatusOK {
		t.Error(status)
	}
	status, page := keeper.post(own[0]+"/thu-hoi-huy-hieu", url.Values{"so": {"10-QĐ/ĐU"}, "ly-do": {"Ghi nhầm"}, "ngay": {"2021-06-14"}})
	if status != http.StatusOK || !strings.Contains(page, "Thu hồi ngày 14/06/2021 theo 10-QĐ/ĐU") {
		t.Errorf("%d %v", status, strings.Contains(page, "21-QĐ/TU"))
	}
}

// TestAStateAwardOfBeforeIsTakenBack: by who decides; the record keeps it, marked, and the conditions no longer see it.
func TestAStateAwardOfBeforeIsTakenBack(t *testing.T) {
	a, _ := commended(t)
	one, err := a.Commendation.Subject(t.Context(), commendation.State, "nv-qlcn")
	must(t, err)
	must(t, a.Commendation.Enter(t.Context(), "test", one, commendation.State, commendation.Held{Award: "bang_khen_tinh", Year: 2015, Decision: "77/QĐ-UBND"}))
	near := func() string {
		sim, err := a.Commendation.Simulate(t.Context(), commendation.State, 2021)
		must(t, err)
		for _, v := range sim.Award("bk_ttg").Verdicts {
			if v.Subject.ID == one.ID {
				for _, r := range v.Reasons {
					if r.Kind == "since" {
						return "never"
					}
				}
			}
		}
		return "held"
	}
	if near() != "held" {
		t.Error("six years ago is long enough")
	}
	path := "/khen-thuong/ca-nhan/nv-qlcn"
	form := url.Values{"nam": {"2015"}, "danh-hieu": {"bang_khen_tinh"}, "so": {"77/QĐ-UBND"}, "cach": {"annul"}, "so-thu-hoi": {"9/QĐ-UBND"}, "ly-do": {"Kê khai sai"}}
	if status, _ := a.reader(t, "phong").post(path+"/thu-hoi", form); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("a head takes it back: %d", status)
	}
	if page := mustGet(t, a, "so", path+"?nam=2021"); !strings.Contains(page, "Thu hồi Bằng khen của bộ, tỉnh năm 2015") {
		t.Error("no form to take it back")
	}
	status, page := a.reader(t, "so").post(path+"/thu-hoi", form)
	if status != http.StatusOK || !strings.Contains(page, "Đã thu hồi theo 9/QĐ-UBND") || near() != "never" {
		t.Errorf("%d %s", status, near())
	}
	if page := mustGet(t, a, "so", "/khen-thuong?nam=2021&danh-hieu=bk_ttg"); !strings.Contains(page, "chưa từng được tặng Bằng khen của bộ, tỉnh") {
		t.Error("the near miss does not say why")
	}
}
