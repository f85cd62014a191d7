package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// judges are the outside members of the councils of these tests.
var judges = []string{"hd-1", "hd-2", "hd-3", "hd-4", "hd-5"}

// outside opens the judges' accounts: they may see the councils in which they sit and nothing else.
func (a *agency) outside(t *testing.T) {
	t.Helper()
	for _, id := range judges {
		account(t, a.App, id, "Thành viên "+id+" (mẫu)", people.CouncilMember)
	}
}

// initiative is a dossier that waits for its council.
func (a *agency) initiative(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "initiative", On: calendar.MustParse("2021-06-07"), Actor: "hung", Unit: "qlcn", Documents: []string{"don", "mo_ta", "xac_nhan"},
		Fields: map[string]any{"ten": "Tưới tự động cho vườn ươm (mẫu)", "don_vi": "Trung tâm Ứng dụng (mẫu)", "giai_phap": "ky_thuat", "tac_gia": "Tác giả mẫu", "pham_vi": "co_so", "ap_dung_tu": "2021-01-10"}})
	if err != nil {
		t.Fatal(a.Catalog.Error("vi", err))
	}
	for _, action := range []string{"chap_nhan", "dua_hoi_dong"} {
		_, err = a.Dossiers.Act(ctx, dossier.Act{Code: d.Code, Action: action, On: calendar.MustParse("2021-06-08"), Actor: "hung"})
		must(t, err)
	}
	return d.Code
}

// council is the council of the last form that a reader sent.
func (a *agency) council(t *testing.T) *council.Council {
	t.Helper()
	list, _, err := a.Councils.List(context.Background(), council.Filter{Limit: 1})
	must(t, err)
	if len(list) == 0 {
		t.Fatal("no council was formed")
	}
	return list[0]
}

// ready forms a council of a dossier through the pages and brings it to the opening of its vote.
func (a *agency) ready(t *testing.T, code string) string {
	t.Helper()
	r := a.reader(t, "hung")
	send := func(path string, in url.Values) {
		t.Helper()
		if status, page := r.post(path, in); status != http.StatusOK {
			t.Fatalf("%s answers %d: %s", path, status, page[strings.Index(page, "<main"):])
		}
	}
	send("/hoi-dong", url.Values{"ho-so": {code}, "loai": {"sang_kien"}, "thu-ky": {"hung"}, "quyet-dinh": {"12/QĐ-SKHCN"}, "khoa": {"k1"}})
	at := "/hoi-dong/" + a.council(t).ID
	for i, seat := range []string{"chu_tich", "thu_ky", "uy_vien"} {
		send(at+"/thanh-vien", url.Values{"tai-khoan": {judges[i]}, "vi-tri": {seat}, "noi-cong-tac": {"Trường Đại học Mẫu"}})
		if status, _ := a.reader(t, judges[i]).post(at+"/khai", url.Values{}); status != http.StatusOK {
			t.Fatalf("%s cannot declare: %d", judges[i], status)
		}
	}
	send(at+"/hop", url.Values{"ngay": {"2021-06-14"}, "dia-diem": {"Phòng họp tầng 2"}})
	send(at+"/cau-hoi", url.Values{"cau-hoi": {"Giải pháp đã áp dụng ở đâu?"}})
	send(at+"/tra-loi", url.Values{"so": {"1"}, "tra-loi": {"Tại hai vườn ươm."}})
	send(at+"/diem-danh", url.Values{"co-mat.hd-1": {"co"}, "co-mat.hd-2": {"co"}, "co-mat.hd-3": {"co"}})
	send(at+"/mo", url.Values{})
	return at
}

// TestACouncilDecidesOnAPhone: the members fill in their score sheets on a small screen without scripts, the urn is closed,
// the chair confirms, the papers can be had, and the dossier's step takes over what was counted.
func TestACouncilDecidesOnAPhone(t *testing.T) {
	a := start(t)
	a.outside(t)
	code := a.initiative(t)
	at := a.ready(t, code)
	p := browser.New(t, axe)
	p.Size(360, 760)
	p.Scripts(false)
	link, _, err := a.People.NewLink(context.Background(), "hd-1")
	must(t, err)
	p.Open(a.url + link)
	p.Click("main form button")
	p.Open(a.url + "/hoi-dong")
	p.Click(`main a[href="` + at + `"]`)
	p.Click(`a[href="` + at + `/phieu"]`)
	p.Fill(`[name="p.1.tinh_moi"]`, "41")
	p.Fill(`[name="p.1.hieu_qua"]`, "30,5")
	p.Fill(`[name="p.1.nhan_rong"]`, "15")
	p.Click(".kh-sheet form button")
	if text := p.Text(); !strings.Contains(text, "từ 0 đến 40") || p.Attribute(`[name="p.1.hieu_qua"]`, "value") != "30,5" {
		t.Fatalf("too many points pass, or what was typed was lost:\n%s", text)
	}
	browser.Eval[string](p, `document.querySelector('[name="p.1.tinh_moi"]').value = ""`)
	p.Fill(`[name="p.1.tinh_moi"]`, "35")
	p.Click(".kh-sheet form button")
	if text := p.Text(); !strings.Contains(text, "Tổng 80,5 điểm") {
		t.Fatalf("the review does not say the total:\n%s", text)
	}
	p.Click("button[name=gui]")
	text := p.Text()
	if !strings.Contains(text, "Đã nhận phiếu của bạn.") {
		t.Fatalf("the ballot was not received:\n%s", text)
	}
	receipt := browser.Eval[string](p, `document.querySelector(".kh-receipt").innerText`)
	p.Open(a.url + at + "/phieu")
	if text := p.Text(); !strings.Contains(text, "Mỗi người chỉ bỏ một phiếu") {
		t.Errorf("a second ballot is offered:\n%s", text)
	}
	sheet := func(points ...string) url.Values {
		return url.Values{"p.1.tinh_moi": {points[0]}, "p.1.hieu_qua": {points[1]}, "p.1.nhan_rong": {points[2]}, "khoa": {"form"}, "gui": {"1"}}
	}
	for account, in := range map[string]url.Values{"hd-2": sheet("30", "30", "12"), "hd-3": {"trong.1": {"1"}, "khoa": {"form"}, "gui": {"1"}}} {
		if status, page := a.reader(t, account).post(at+"/phieu", in); status != http.StatusOK || !strings.Contains(page, "Đã nhận phiếu") {
			t.Fatalf("%s: %d", account, status)
		}
	}
	hung := a.reader(t, "hung")
	if _, page := hung.get(at); strings.Contains(page, "76,25") || !strings.Contains(page, "Đã bỏ phiếu 3 trên 3 người") {
		t.Error("the page must say how many have voted and not how")
	}
	hung.post(at+"/dong", url.Values{})
	if status, page := hung.get(at); status != http.StatusOK || !strings.Contains(page, "76,25 điểm") || !strings.Contains(page, receipt) {
		t.Errorf("the count, or the receipt %s, does not show", receipt)
	}
	if status, _ := hung.get(at + "/tai/bien-ban"); status != http.StatusNotFound {
		t.Errorf("there are minutes before the conclusion: %d", status)
	}
	if status, _ := hung.post("/ho-so/"+code+"/ket_luan_hoi_dong", url.Values{"f.diem": {"90"}}); status == http.StatusOK {
		t.Error("the dossier went on before its council had concluded")
	}
	a.reader(t, "hd-1").post(at+"/xac-nhan", url.Values{})
	hung.post(at+"/ket-luan", url.Values{"ket-luan": {"Đề nghị công nhận sáng kiến."}})
	for _, kind := range []string{"kiem-phieu", "bien-ban", "ket-qua"} {
		status, file := hung.get(at + "/tai/" + kind)
		if dir := os.Getenv("SHOTS"); dir != "" {
			must(t, os.WriteFile(dir+"/"+kind+".docx", []byte(file), 0o640))
		}
		if status != http.StatusOK || !strings.HasPrefix(file, "PK") {
			t.Errorf("%s: %d", kind, status)
		}
	}
	if status, page := hung.post("/ho-so/"+code+"/ket_luan_hoi_dong", url.Values{"f.diem": {"90"}}); status == http.StatusOK || !strings.Contains(page, "76.25") {
		t.Error("another score than the one counted was taken")
	}
	if status, _ := hung.post("/ho-so/"+code+"/ket_luan_hoi_dong", url.Values{}); status != http.StatusOK {
		t.Error("the dossier does not take over the count:", status)
	}
	d, err := a.Dossiers.Get(context.Background(), code)
	must(t, err)
	if string(d.Fields["diem"]) != "76.25" {
		t.Errorf("the dossier's score is %s", d.Fields["diem"])
	}
	r, err := a.Councils.Recount(context.Background(), strings.TrimPrefix(at, "/hoi-dong/"))
	must(t, err)
	if !r.OK {
		t.Errorf("%+v", r)
	}
}

// TestCouncilRolesSeeTheirOwn: a member from outside sees the council in which they sit and nothing else of the agency;
// somebody else's council reads like one that is not there; nobody does another's part.
func TestCouncilRolesSeeTheirOwn(t *testing.T) {
	a := start(t)
	a.outside(t)
	at := a.ready(t, a.initiative(t))
	member, other, reads := a.reader(t, "hd-1"), a.reader(t, "hd-5"), a.reader(t, "xem")
	for _, c := range []struct {
		who  reader
		path string
		want int
	}{
		{member, at, 200}, {member, at + "/phieu", 200}, {member, "/hoi-dong", 200}, {member, "/ho-so", 403}, {member, "/so-cai", 403}, {member, "/hoi-dong/moi", 403}, {member, "/viec", 403},
		{member, at + "/phieu?cho=hd-2", 403}, {other, at, 404}, {other, at + "/phieu", 404}, {other, at + "/tai/kiem-phieu", 404}, {reads, at, 200}, {reads, at + "/phieu", 404},
	} {
		if status, _ := c.who.get(c.path); status != c.want {
			t.Errorf("%s answers %d, not %d", c.path, status, c.want)
		}
	}
	if _, page := other.get("/hoi-dong?xem=all"); strings.Contains(page, "Tưới tự động") {
		t.Error("a council is listed to who has no part in it")
	}
	head := a.Ledger.Head()
	for step, who := range map[string][]reader{"dong": {member, other, reads}, "huy": {member, reads}, "thanh-vien": {member, reads}, "xac-nhan": {reads}, "phieu": {other, reads}, "khai": {other}} {
		for _, r := range who {
			status, _ := r.post(at+"/"+step, url.Values{"ly-do": {"x"}, "c.1": {"yes"}, "gui": {"1"}, "tai-khoan": {"hd-1"}})
			if status != http.StatusForbidden && status != http.StatusNotFound && status != http.StatusConflict {
				t.Errorf("%s: %d", step, status)
			}
		}
	}
	if now := a.Ledger.Head(); now != head {
		t.Errorf("%d events were recorded", now-head)
	}
}

// TestCouncilPagesInEveryWay looks at the pages of councils wide and narrow, light and dark.
func TestCouncilPagesInEveryWay(t *testing.T) {
	a := start(t)
	a.outside(t)
	code := a.initiative(t)
	at := a.ready(t, code)
	p := browser.New(t, axe)
	visit := func(account string, paths ...string) {
		p.Size(1440, 900)
		link, _, err := a.People.NewLink(context.Background(), account)
		must(t, err)
		p.Open(a.url + link)
		p.Click("main form button")
		for i, path := range paths {
			for scheme, width := range map[string]int64{"light": 1440, "dark": 360} {
				p.Colours(scheme)
				look(t, p, fmt.Sprintf("hoi-dong-%s-%d-%s", account, i, scheme), a.url+path, width)
			}
		}
	}
	visit("hd-1", at, at+"/phieu")
	for account, points := range map[string]string{"hd-1": "40", "hd-2": "30", "hd-3": "35"} {
		a.reader(t, account).post(at+"/phieu", url.Values{"p.1.tinh_moi": {points}, "p.1.hieu_qua": {points}, "p.1.nhan_rong": {"20"}, "khoa": {"f"}, "gui": {"1"}})
	}
	a.reader(t, "hung").post(at+"/dong", url.Values{})
	_, err := a.Councils.Form(context.Background(), council.Founding{Rule: "khen_thuong.co_so", Title: "Xét Chiến sĩ thi đua cơ sở năm 2021 (mẫu)", Unit: "so", Secretary: "khai",
		Files: []council.File{{ID: "1", Label: "Người được xét 1 (mẫu)"}, {ID: "2", Label: "Người được xét 2 (mẫu)"}}, Actor: "khai"})
	must(t, err)
	visit("khai", at, "/hoi-dong?xem=all", "/hoi-dong/moi", "/hoi-dong/moi?ho-so="+code, "/hoi-dong/HD-210614-002")
}
