package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/app/page/attachments"
	pages "trucot/internal/app/page/party"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// What only Party scope may read: a name, a title, the words of minutes.
var partyWords = []string{"Đảng viên riêng mẫu", "Sinh hoạt riêng mẫu", "Lời riêng trong biên bản", "Quần chúng riêng mẫu", "Dự thảo riêng mẫu", "Nhiệm kỳ riêng mẫu", "Chức danh riêng mẫu", "Văn kiện riêng mẫu", "Lý do riêng mẫu"}

// cells is an agency with a committee, two cells and somebody in each place: "dang" keeps all, "bithu" one cell.
func cells(t *testing.T) (*agency, []string) {
	t.Helper()
	a, _ := guarded(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for _, code := range []string{"cb1", "cb2"} {
		must(t, a.People.OpenUnit(ctx, by, people.Unit{Code: code, NameVI: "Chi bộ " + code, Parent: "du", Side: people.Party, Kind: "chi_bo"}))
	}
	account(t, a.App, "bithu", "Bí thư mẫu")
	must(t, a.People.GrantRole(ctx, by, "bithu", people.Grant{Role: people.PartyOffice, Unit: "cb2"}))
	m, err := a.Party.Receive(ctx, party.Entry{Unit: "cb1", Name: partyWords[0], Decided: calendar.MustParse("1989-02-03"), Admitted: calendar.MustParse("1989-02-03"),
		Official: calendar.MustParse("1990-02-03"), Born: calendar.MustParse("1960-01-01"), On: calendar.MustParse("2021-06-01"), Actor: "dang"})
	must(t, err)
	rec, err := a.Party.Enter(ctx, "dang", party.Record{Kind: "meeting", Unit: "cb1", On: calendar.MustParse("2021-06-02"), Until: calendar.NoDate,
		Title: partyWords[1], Text: partyWords[2], Present: []string{m.ID}, Decisions: []party.Decision{{Text: "Nghị quyết riêng mẫu", Unit: "cb1", Due: "2021-07-01"}}}, false)
	must(t, err)
	applicant, err := a.Party.Watch(ctx, party.Entry{Name: partyWords[3], Unit: "cb1", Born: calendar.NoDate, On: calendar.MustParse("2021-06-02"), Actor: "dang"})
	must(t, err)
	on := cadre.By{Actor: "dang", On: calendar.MustParse("2021-06-03")}
	congress, err := a.Cadre.Start(ctx, on, cadre.Round{Kind: cadre.Congress, Unit: "cb1", Term: partyWords[5], On: calendar.MustParse("2021-08-02"), Positions: []cadre.Position{{ID: "secretary", Seats: 1}}})
	must(t, err)
	congress, err = a.Cadre.Write(ctx, on, congress.ID, "", "political", "Báo cáo", partyWords[4])
	must(t, err)
	paper, err := a.Attachments.Add(ctx, attachment.Incoming{Owner: pages.FilesOf(congress), Slot: "1", Name: partyWords[7] + ".txt", Actor: "dang", Unit: "cb1"}, strings.NewReader(partyWords[7]))
	must(t, err)
	_, err = a.Cadre.Propose(ctx, on, congress.ID, m.ID, "secretary")
	must(t, err)
	congress, err = a.Cadre.Withdraw(ctx, on, congress.ID, m.ID+"/secretary", partyWords[8])
	must(t, err)
	plan, err := a.Cadre.Start(ctx, on, cadre.Round{Kind: cadre.Planning, Unit: "cb1", Term: partyWords[5], Positions: []cadre.Position{{Title: partyWords[6], Seats: 1}}})
	must(t, err)
	must(t, a.Party.Elect(ctx, "dang", party.Committee{Unit: "cb1", Term: partyWords[5], From: calendar.MustParse("2021-06-04"), Until: calendar.NoDate, Seats: []party.Seat{{Member: m.ID, Post: "secretary"}}}))
	return a, []string{"/dang/dang-vien/" + m.ID, "/dang/so/sinh-hoat/" + rec.ID, "/dang/so/sinh-hoat/" + rec.ID + "/docx", "/dang/ket-nap/" + applicant.ID, "/dang/dai-hoi/" + congress.ID,
		"/dang/dai-hoi/" + congress.ID + "/docx/bao-cao", "/dang/dai-hoi/" + congress.ID + "/docx/danh-sach", "/dang/quy-hoach/" + plan.ID, "/dang/quy-hoach/" + plan.ID + "/docx/danh-sach", "/dang/to-chuc/cb1", "/viec/" + rec.Decisions[0].Task,
		attachments.Path(paper), attachments.Path(paper) + "/noi-dung", "/tep?noi=" + url.QueryEscape(paper.Owner)}
}

// TestPartyWorkStaysInPartyScope asks for every page of Party work, and for every other list, search, export, figure and API answer
// that could repeat it, as everybody.
func TestPartyWorkStaysInPartyScope(t *testing.T) {
	a, own := cells(t)
	lists := []string{"/dang", "/dang/dang-vien?xem=all", "/dang/huy-hieu?dot=2021-09-02", "/dang/huy-hieu/docx?dot=2021-09-02", "/dang/quy-dinh", "/dang/to-chuc", "/dang/to-chuc?ngay=2021-06-10", "/dang/ket-nap", "/dang/dai-hoi", "/dang/quy-hoach", "/dang/hoc-tap", "/dang/khen-thuong"}
	for _, k := range party.Kinds() {
		lists = append(lists, "/dang/so/"+k.Slug)
	}
	elsewhere := []string{"/", "/viec?xem=all", "/viec?xem=all&q=rieng", "/viec/don-vi", "/viec/xuat?xem=all", "/chi-dao", "/so-cai", "/ho-so?xem=all&q=rieng",
		"/so-lieu", "/so-lieu/party.members?period=2021", "/so-lieu/party.meetings?period=2021", "/bao-cao"}
	for name, scope := range map[string]string{"xem": "none", "so": "none", "phong": "none", "khai": "none", "dang": "all", "bithu": "cb2"} {
		r := a.reader(t, name)
		for _, path := range append(own, lists...) {
			status, page := r.get(path)
			mine := strings.HasPrefix(path, "/viec") || strings.HasPrefix(path, "/tep") // pages of every side
			switch {
			case scope == "all" && status != http.StatusOK:
				t.Errorf("%s does not open %s: %d", name, path, status)
			case scope == "none" && !mine && status != http.StatusForbidden:
				t.Errorf("%s gets %d for %s", name, status, path)
			case scope != "all" && contains(own, path) && (status == http.StatusOK || status >= 500):
				t.Errorf("%s opens %s: %d", name, path, status)
			}
			repeats(t, name, scope, path, page)
		}
		for _, path := range elsewhere {
			_, page := r.get(path)
			repeats(t, name, scope, path, page)
		}
		if scope == "cb2" { // another cell's row reads like one that is not there
			hidden, page := r.get(own[0])
			none, missing := r.get("/dang/dang-vien/DV-99999")
			id := own[0][strings.LastIndex(own[0], "/")+1:]
			if hidden != http.StatusNotFound || none != hidden || strings.ReplaceAll(page, id, "") != strings.ReplaceAll(missing, "DV-99999", "") {
				t.Errorf("%d and %d: hidden and missing differ", hidden, none)
			}
		}
	}
}

func mustGet(t *testing.T, a *agency, name, path string) string {
	t.Helper()
	status, page := a.reader(t, name).get(path)
	if status != http.StatusOK {
		t.Fatalf("%s gets %d for %s", name, status, path)
	}
	return page
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func repeats(t *testing.T, name, scope, path, page string) {
	t.Helper()
	for _, word := range append(partyWords, "Nghị quyết riêng mẫu") {
		if scope != "all" && strings.Contains(page, word) {
			t.Errorf("%s reads %q on %s", name, word, path)
		}
	}
}

// TestPartyWorkIsWrittenByWhoKeepsIt sends every form as everybody who may not.
func TestPartyWorkIsWrittenByWhoKeepsIt(t *testing.T) {
	a, own := cells(t)
	head := a.Ledger.Head()
	forms := map[string]url.Values{
		"/dang/dang-vien":    {"cach": {"tiep-nhan"}, "ten": {"X"}, "don-vi": {"cb1"}, "quyet-dinh": {"2020-01-01"}},
		own[0] + "/chuyen":   {},
		own[0] + "/roi":      {"ly-do": {"x"}},
		own[0] + "/huy-hieu": {"bac": {"30"}},
		own[1] + "/bo":       {},
		own[1] + "/thu-hoi":  {"so": {"1"}, "ly-do": {"x"}},

		own[0] + "/thu-hoi-huy-hieu": {"so": {"1"}, "ly-do": {"x"}},
		own[1] + "/xong":             {},
		own[1] + "/giao-viec":        {},
		"/dang/so/sinh-hoat":         {"don-vi": {"cb1"}, "noi-dung": {"x"}},
		"/dang/so/ky-luat":           {"don-vi": {"cb1"}, "noi-dung": {"x"}, "hinh-thuc": {"warning"}, "dang-vien": {"DV-00001"}},
		"/dang/so/xep-loai":          {"don-vi": {"cb1"}, "noi-dung": {"x"}},
		"/dang/so/van-ban":           {"don-vi": {"cb1"}, "noi-dung": {"x"}, "hinh-thuc": {"NQ"}},
		own[3] + "/hoc":              {},
		own[3] + "/thoi":             {"ly-do": {"x"}},
		own[0] + "/khong-dat":        {"cb-phieu": {"1"}, "cb-tong": {"3"}},
		own[0] + "/bao-cao":          {},
		own[4] + "/rut":              {"nhan-su": {"DV-00001/secretary"}, "ly-do": {"x"}},
		own[11] + "/rut":             {"ly-do": {"x"}},
		own[4] + "/buoc":             {"buoc": {"plan"}},
		own[4] + "/gioi-thieu":       {"dang-vien": {"DV-00001"}, "chuc-danh": {"secretary"}},
		own[4] + "/huy":              {},
		own[7] + "/gioi-thieu":       {"dang-vien": {"DV-00001"}, "chuc-danh": {"1"}},
		own[7] + "/phe-duyet":        {},
		own[9] + "/sua":              {"ten": {"X"}, "loai": {"chi_bo"}, "cap-tren": {"du"}},
		own[9] + "/sap-nhap":         {"vao": {"cb2"}},
		own[9] + "/tach":             {"a-ma": {"x"}, "b-ma": {"y"}, "a-ten": {"X"}, "b-ten": {"Y"}},
		own[9] + "/giai-the":         {},
		own[9] + "/dai-hoi":          {"nhiem-ky": {"x"}, "dang-vien": {"DV-00001"}, "chuc-vu": {"secretary"}},
		own[9] + "/thoi-chuc-vu":     {"dang-vien": {"DV-00001"}, "chuc-vu": {"secretary"}},
		"/dang/to-chuc/cb2/sua":      {"ten": {"X"}, "loai": {"chi_bo"}, "cap-tren": {"du"}}, // one's own cell: for the committee above
		"/dang/to-chuc":              {"ma": {"x"}, "ten": {"X"}, "loai": {"chi_bo"}, "cap-tren": {"du"}},
		"/dang/ket-nap":              {"ten": {"X"}, "don-vi": {"cb1"}},
		"/dang/dai-hoi":              {"don-vi": {"cb1"}, "nhiem-ky": {"x"}, "ngay": {"2021-12-01"}, "so-member": {"3"}},
		"/dang/quy-hoach":            {"don-vi": {"cb1"}, "nhiem-ky": {"x"}, "chuc-danh": {"X"}, "so-luong": {"1"}},
		"/dang/so/luan-chuyen":       {"don-vi": {"cb2"}, "noi-dung": {"x"}, "dang-vien": {"DV-00001"}}, // the other cell's member
		"/dang/so/xep-loai?":         {"don-vi": {"cb2"}, "noi-dung": {"x"}, "doi-tuong": {"DV-00001"}, "muc-DV-00001": {"good"}},
		"/dang/so/xep-loai?a":        {"don-vi": {"cb2"}, "noi-dung": {"x"}, "doi-tuong-la": {"body"}, "doi-tuong": {"cb1"}, "muc-cb1": {"good"}},
		"/dang/khen-thuong":          {"don-vi": {"du"}, "hinh-thuc": {"giay_khen_dv"}, "nam": {"2020"}, "chon": {"DV-00001"}},
	}
	for _, name := range []string{"xem", "so", "phong", "khai", "bithu"} {
		r := a.reader(t, name)
		for path, form := range forms {
			if status, _ := r.post(path, form); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s writes to %s: %d", name, path, status)
			}
		}
	}
	if now := a.Ledger.Head(); now != head {
		t.Errorf("%d events were recorded", now-head)
	}
	if page := mustGet(t, a, "dang", own[4]); !strings.Contains(page, partyWords[7]) || !strings.Contains(page, partyWords[8]) {
		t.Error("who may read a congress misses its file or why somebody was taken off")
	}
	status, page := a.reader(t, "dang").post(own[0]+"/huy-hieu", url.Values{"bac": {"30"}, "ngay": {"2021-06-14"}})
	if m, err := a.Party.Member(context.Background(), "DV-00001"); err != nil || m.Badge != 30 || status != http.StatusOK || !strings.Contains(page, "Đã ghi nhận") {
		t.Errorf("%d %+v %v", status, m, err)
	}
}

// TestPartyWorkByKeyboardAndOnAPhone enters a meeting and looks at every page for what a screen reader would miss.
func TestPartyWorkByKeyboardAndOnAPhone(t *testing.T) {
	a, own := cells(t)
	must(t, a.People.GrantRole(context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, "khai", people.Grant{Role: people.PartyOffice, Unit: "du"}))
	p := browser.New(t, axe)
	a.signIn(t, p)
	paths := []string{"/dang", "/dang/quy-dinh", "/dang/huy-hieu", "/dang/dang-vien", "/dang/dang-vien/moi", own[0], own[1],
		own[3], own[4], own[7], own[9], "/dang/to-chuc", "/dang/ket-nap", "/dang/dai-hoi", "/dang/quy-hoach", "/dang/hoc-tap", "/dang/khen-thuong?nam=2020", "/dang/so/xep-loai/moi?don-vi=du&doi-tuong-la=body",
		"/dang/so/sinh-hoat", "/dang/so/sinh-hoat/moi?don-vi=cb1", "/dang/so/xep-loai/moi?don-vi=cb1"}
	for _, size := range []int64{1440, 360} {
		p.Size(size, 900)
		for _, path := range paths {
			p.Open(a.url + path)
			if v := p.Violations(); len(v) > 0 || p.Overflow() > 0 {
				t.Errorf("%s at %d: %v, %d px too wide", path, size, v, p.Overflow())
			}
		}
	}
}

// TestTheWayIntoThePartyOverThePages takes an applicant from the cell's list to the ceremony through the forms, and a congress to
// the committee that it elects.
func TestTheWayIntoThePartyOverThePages(t *testing.T) {
	a, own := cells(t)
	ctx := context.Background()
	_, err := a.Party.Receive(ctx, party.Entry{ID: "DV-00002", Unit: "cb1", Name: "Trần Thị Mẫu", Decided: calendar.MustParse("1999-02-03"), Admitted: calendar.MustParse("1999-02-03"),
		Official: calendar.MustParse("2000-02-03"), Born: calendar.NoDate, On: calendar.MustParse("2021-06-01"), Actor: "dang"})
	must(t, err)
	r := a.reader(t, "dang")
	step := func(path string, form url.Values, want string) {
		t.Helper()
		form.Set("ngay", "2021-06-14")
		status, page := r.post(path, form)
		if status >= http.StatusInternalServerError || !strings.Contains(page, want) {
			t.Fatalf("%s %v: %d without %q", path, form, status, want)
		}
	}
	step(own[3]+"/hoc", url.Values{}, "Đã học lớp nhận thức về Đảng")
	step(own[3]+"/ho-so", url.Values{"gioi-thieu": {"DV-00001", "DV-00002"}, "cung-tu": {"2020-01-01", "2021-01-01"}}, "chưa cùng công tác đủ")
	step(own[3]+"/ho-so", url.Values{"gioi-thieu": {"DV-00001", "youth"}, "cung-tu": {"2020-01-01", ""}}, "Đủ hồ sơ")
	step(own[3]+"/chi-bo", url.Values{"cb-phieu": {"5"}, "cb-tong": {"9"}}, "2/3")
	step(own[3]+"/chi-bo", url.Values{"cb-phieu": {"6"}, "cb-tong": {"9"}}, "Chi bộ đã đề nghị")
	step(own[3]+"/cap-uy", url.Values{"cb-phieu": {"6"}, "cb-tong": {"9"}}, "Cấp ủy đã xét")
	step(own[3]+"/quyet-dinh", url.Values{}, "Đã có quyết định")
	step(own[3]+"/le", url.Values{}, "Dự bị")
	step(own[4]+"/gioi-thieu", url.Values{"dang-vien": {"DV-00001"}, "chuc-danh": {"secretary"}}, "Đảng viên riêng mẫu")
	step(own[4]+"/gioi-thieu", url.Values{"dang-vien": {"DV-00003"}, "chuc-danh": {"secretary"}}, "không phải là đảng viên chính thức")
	step(own[4]+"/ket-qua", url.Values{"tong": {"9"}, "phieu-DV-00001/secretary": {"9"}}, "Trúng cử")
	if known, err := a.Party.Committees(ctx, "cb1"); err != nil || len(known) != 2 || known[0].Seats[0].Member != "DV-00001" {
		t.Error(known, err)
	}
	step("/dang/to-chuc/cb1/sua", url.Values{"ten": {"Chi bộ đổi tên mẫu"}, "loai": {"chi_bo"}, "cap-tren": {"du"}, "can-cu": {"09-QĐ/ĐU"}}, "09-QĐ/ĐU")
	step("/dang/to-chuc/cb1/giai-the", url.Values{}, "Tổ chức còn 3 đảng viên")
	step("/dang/to-chuc/cb1/sap-nhap", url.Values{"vao": {"cb2"}}, "Sáp nhập")
	if n, err := a.Party.Strength(ctx, "cb2"); err != nil || n != 3 {
		t.Error(n, err)
	}
}

// TestARecognitionFallsShortOverThePages records votes that fall short until the case goes up, and finds it in what waits.
func TestARecognitionFallsShortOverThePages(t *testing.T) {
	a, own := cells(t)
	m, err := a.Party.Receive(context.Background(), party.Entry{Unit: "cb1", Name: "Đảng viên dự bị mẫu", Decided: calendar.MustParse("2020-05-04"), Admitted: calendar.MustParse("2020-05-20"),
		Official: calendar.NoDate, Born: calendar.NoDate, On: calendar.MustParse("2021-06-01"), Actor: "dang"})
	must(t, err)
	r := a.reader(t, "dang")
	at := func(path string, form url.Values, want string) {
		t.Helper()
		if status, page := r.post(path, form); status >= http.StatusInternalServerError || !strings.Contains(page, want) {
			t.Fatalf("%s %v: %d without %q", path, form, status, want)
		}
	}
	path := "/dang/dang-vien/" + m.ID
	at(path+"/bao-cao", url.Values{}, "Mới biểu quyết 0 trên 3 lần")
	at(path+"/khong-dat", url.Values{"cb-phieu": {"9"}, "cb-tong": {"9"}, "cu-phieu": {"9"}, "cu-tong": {"9"}}, "đã đạt 2/3")
	for _, want := range []string{"Lần 1 ngày", "Lần 2 ngày", "Lần 3 ngày"} {
		at(path+"/khong-dat", url.Values{"cb-phieu": {"5"}, "cb-tong": {"9"}}, want)
	}
	if page := mustGet(t, a, "dang", "/dang"); !strings.Contains(page, "biểu quyết công nhận chính thức không đạt") {
		t.Error("the case is not among what waits")
	}
	at(path+"/bao-cao", url.Values{"so": {"03-BC/CB"}}, "03-BC/CB")
	at(path+"/chinh-thuc", url.Values{"cu-phieu": {"9"}, "cu-tong": {"9"}}, "Đã được công nhận")
	at(own[3]+"/thoi", url.Values{}, "Chưa có lý do")
	at(own[3]+"/thoi", url.Values{"ly-do": {"Chuyển công tác (mẫu)"}}, "Chuyển công tác (mẫu)")
}
