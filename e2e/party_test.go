package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
)

// What only Party scope may read: a name, a title, the words of minutes.
var partyWords = []string{"Đảng viên riêng mẫu", "Sinh hoạt riêng mẫu", "Lời riêng trong biên bản"}

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
	return a, []string{"/dang/dang-vien/" + m.ID, "/dang/so/sinh-hoat/" + rec.ID, "/dang/so/sinh-hoat/" + rec.ID + "/docx", "/viec/" + rec.Decisions[0].Task}
}

// TestPartyWorkStaysInPartyScope asks for every page of Party work, and for every other list, search, export, figure and API answer
// that could repeat it, as everybody.
func TestPartyWorkStaysInPartyScope(t *testing.T) {
	a, own := cells(t)
	lists := []string{"/dang", "/dang/dang-vien?xem=all", "/dang/huy-hieu?dot=2021-09-02", "/dang/huy-hieu/docx?dot=2021-09-02", "/dang/quy-dinh"}
	for _, k := range party.Kinds() {
		lists = append(lists, "/dang/so/"+k.Slug)
	}
	elsewhere := []string{"/", "/viec?xem=all", "/viec?xem=all&q=rieng", "/viec/don-vi", "/viec/xuat?xem=all", "/chi-dao", "/so-cai", "/ho-so?xem=all&q=rieng",
		"/so-lieu", "/so-lieu/party.members?period=2021", "/so-lieu/party.meetings?period=2021", "/bao-cao"}
	for name, scope := range map[string]string{"xem": "none", "so": "none", "phong": "none", "khai": "none", "dang": "all", "bithu": "cb2"} {
		r := a.reader(t, name)
		for _, path := range append(own, lists...) {
			status, page := r.get(path)
			mine := strings.HasPrefix(path, "/viec")
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
		"/dang/dang-vien":      {"cach": {"tiep-nhan"}, "ten": {"X"}, "don-vi": {"cb1"}, "quyet-dinh": {"2020-01-01"}},
		own[0] + "/chuyen":     {},
		own[0] + "/roi":        {"ly-do": {"x"}},
		own[0] + "/huy-hieu":   {"bac": {"30"}},
		own[1] + "/bo":         {},
		own[1] + "/xong":       {},
		own[1] + "/giao-viec":  {},
		"/dang/so/sinh-hoat":   {"don-vi": {"cb1"}, "noi-dung": {"x"}},
		"/dang/so/ky-luat":     {"don-vi": {"cb1"}, "noi-dung": {"x"}, "hinh-thuc": {"warning"}, "dang-vien": {"DV-00001"}},
		"/dang/so/xep-loai":    {"don-vi": {"cb1"}, "noi-dung": {"x"}},
		"/dang/so/van-ban":     {"don-vi": {"cb1"}, "noi-dung": {"x"}, "hinh-thuc": {"NQ"}},
		"/dang/so/luan-chuyen": {"don-vi": {"cb2"}, "noi-dung": {"x"}, "dang-vien": {"DV-00001"}}, // the other cell's member
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
