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
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// missionUpTo takes a mission of a host through its steps, the last included.
func (a *agency) missionUpTo(t *testing.T, on, host, last string) string {
	t.Helper()
	ctx, day := context.Background(), calendar.MustParse(on)
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "mission", On: day, Actor: "hung", Unit: "qlcn", Documents: []string{"phieu_de_xuat", "tra_cuu"},
		Fields: map[string]any{"ten": "Giống lúa chịu mặn cho vùng ven biển (mẫu)", "to_chuc_de_xuat": "Viện Nông nghiệp (mẫu)", "cap": "tinh", "loai_hinh": "de_tai", "linh_vuc": "nong_nghiep"}})
	must(t, err)
	for _, s := range []struct {
		action string
		fields map[string]any
		papers []string
	}{
		{"tong_hop", nil, nil}, {"hop_xac_dinh", nil, nil}, {"ket_luan_xac_dinh", map[string]any{"ty_le_thuc_hien": 90}, nil}, {"phe_duyet_danh_muc", nil, nil}, {"mo_tuyen_chon", map[string]any{"han_nop": "2021-07-05"}, nil},
		{"mo_ho_so", map[string]any{"to_chuc_chu_tri": host}, []string{"don_dang_ky", "thuyet_minh", "ly_lich"}}, {"ket_luan_tuyen_chon", map[string]any{"diem": 80}, nil}, {"nop_sua", nil, nil},
		{"phe_duyet_kinh_phi", map[string]any{"kinh_phi_nsnn": 900_000_000, "thoi_gian": 12}, nil}, {"ky_hop_dong", map[string]any{"so_hop_dong": "1/HĐ", "bat_dau": on, "ket_thuc": "2020-03-01"}, nil},
	} {
		_, err := a.Dossiers.Act(ctx, dossier.Act{Code: d.Code, Action: s.action, On: day, Actor: "hung", Fields: s.fields, Documents: s.papers})
		must(t, err)
		if s.action == last {
			break
		}
	}
	return d.Code
}

// TestASelectionShowsWhatTheRecordsSay: the secretary sees which application is barred and by which dossier, who of the
// members stands in one, decides otherwise only with a reason, and the page is fit for every reader.
func TestASelectionShowsWhatTheRecordsSay(t *testing.T) {
	a := start(t)
	a.outside(t)
	late := a.missionUpTo(t, "2019-03-01", "Trường Kỹ thuật (mẫu)", "ky_hop_dong")
	code := a.missionUpTo(t, "2021-06-01", "Viện Nông nghiệp (mẫu)", "mo_ho_so")
	hung := a.reader(t, "hung")
	send := func(path string, in url.Values, want int) string {
		t.Helper()
		status, page := hung.post(path, in)
		if status != want {
			t.Fatalf("%s answers %d: %s", path, status, page[strings.Index(page, "<main"):])
		}
		return page
	}
	send("/hoi-dong", url.Values{"ho-so": {code}, "loai": {"tuyen_chon"}, "thu-ky": {"hung"}, "khoa": {"k1"}, "danh-sach": {"Viện Nông nghiệp (mẫu)\nTrường Kỹ thuật (mẫu)"}}, http.StatusOK)
	at := "/hoi-dong/" + a.council(t).ID
	_, page := hung.get(at)
	for _, want := range []string{"Đang có nhiệm vụ nộp hồ sơ nghiệm thu chậm quá 30 ngày", `href="/ho-so/` + late + `"`, "Bỏ hồ sơ này khỏi danh sách", "Theo hồ sơ: có"} {
		if !strings.Contains(page, want) {
			t.Errorf("the council's page does not say %q", want)
		}
	}
	files := url.Values{"ma.0": {"1"}, "ten.0": {"Viện Nông nghiệp (mẫu)"}, "so.0.kinh_phi": {"900.000.000"}, "nguoi.0": {"Thành viên hd-1 (mẫu)\nhd-2"},
		"ma.1": {"2"}, "ten.1": {"Trường Kỹ thuật (mẫu)"}, "doi-tac.1": {"Trung tâm Giống (mẫu)"}, "qd.1.bars": {"0"}}
	if page := send(at+"/ho-so-xet", files, http.StatusUnprocessableEntity); !strings.Contains(page, "chưa có lý do") || !strings.Contains(page, "Trung tâm Giống (mẫu)") {
		t.Error("it is not said that the reason is missing, or what was typed is lost")
	}
	files.Set("ly-do.1", "Chậm vì dịch bệnh, đã có văn bản cho lùi hạn")
	send(at+"/ho-so-xet", files, http.StatusOK)
	for i, seat := range []string{"chu_tich", "phan_bien", "uy_vien"} {
		in := url.Values{"tai-khoan": {judges[i]}, "vi-tri": {seat}, "noi-cong-tac": {[]string{"Đại học Mẫu", "Đại học Mẫu", "Trung tâm giống (mẫu)"}[i]}}
		send(at+"/thanh-vien", in, http.StatusOK)
	}
	_, page = hung.get(at)
	for _, want := range []string{"vẫn đưa ra xét", "Chậm vì dịch bệnh", "trùng họ tên với một người", "cùng một người trong danh bạ", "Trung tâm Giống (mẫu)", "2 người tham gia"} {
		if !strings.Contains(page, want) {
			t.Errorf("the council's page does not say %q", want)
		}
	}
	if strings.Contains(page, "Bỏ hồ sơ này khỏi danh sách") {
		t.Error("the application taken with a reason still stands against the vote")
	}
	if _, page := a.reader(t, "hd-1").get(at); strings.Contains(page, "trùng họ tên") || strings.Contains(page, `href="/ho-so/`+late) {
		t.Error("a member reads of the others' conflicts, or gets a link they may not open")
	}
	p := browser.New(t, axe)
	link, _, err := a.People.NewLink(context.Background(), "hung")
	must(t, err)
	p.Open(a.url + link)
	p.Click("main form button")
	for _, width := range []int64{1440, 360} {
		for _, scheme := range []string{"light", "dark"} {
			p.Size(width, 900)
			p.Colours(scheme)
			p.Open(a.url + at)
			browser.Eval[bool](p, `document.querySelectorAll("details.kh-step").forEach(d => d.open = /Hồ sơ đưa ra xét|Xếp thành viên/.test(d.innerText)) || true`)
			for _, v := range p.Violations() {
				t.Errorf("%d %s: %s", width, scheme, v)
			}
			if n := p.Overflow(); n > 0 {
				t.Errorf("%d px too wide at %d", n, width)
			}
			p.Shot(os.Getenv("SHOTS"), fmt.Sprint("tuyen-chon-", width, "-", scheme))
		}
	}
}

// TestTheDossierSaysWhoMayNotApply: before the only application is opened its page shows what the records say of the host; the
// step is refused with the dossier that bars it, and goes through with a reason, which the dossier keeps.
func TestTheDossierSaysWhoMayNotApply(t *testing.T) {
	a := start(t)
	late := a.missionUpTo(t, "2019-03-01", "Trường Kỹ thuật (mẫu)", "ky_hop_dong")
	code := a.missionUpTo(t, "2021-06-01", "", "phe_duyet_danh_muc")
	_, err := a.Dossiers.Act(context.Background(), dossier.Act{Code: code, Action: "giao", On: calendar.MustParse("2021-06-02"), Actor: "hung",
		Fields: map[string]any{"to_chuc_chu_tri": "Trường Kỹ thuật (mẫu)", "han_nop": "2021-06-10"}})
	must(t, err)
	hung := a.reader(t, "hung")
	if _, page := hung.get("/ho-so/" + code); !strings.Contains(page, "Tra cứu về bên đăng ký") || !strings.Contains(page, `href="/ho-so/`+late+`"`) {
		t.Error("the dossier does not say what the records say of its host")
	}
	in := url.Values{"d.don_dang_ky": {"1"}, "d.thuyet_minh": {"1"}, "d.ly_lich": {"1"}}
	status, page := hung.post("/ho-so/"+code+"/mo_ho_so", in)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, late) || !strings.Contains(page, "chậm quá 30 ngày") {
		t.Errorf("a barred host's application is opened: %d", status)
	}
	in.Set("f.ly_do_van_nhan", "Đã có văn bản cho lùi hạn (mẫu)")
	if status, _ := hung.post("/ho-so/"+code+"/mo_ho_so", in); status != http.StatusOK {
		t.Errorf("with a reason it is not opened: %d", status)
	}
	if _, page := hung.get("/ho-so/" + code); !strings.Contains(page, "Đã có văn bản cho lùi hạn (mẫu)") || strings.Contains(page, "Tra cứu về bên đăng ký") {
		t.Error("the reason is not kept, or the question is still asked after the step")
	}
}
