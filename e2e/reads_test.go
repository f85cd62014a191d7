package e2e

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
)

// readBy names the operation, or for a file the format, that gives programs what a page shows.
var readBy = map[string]string{
	"/hoi-nghi/{id}/diem-danh": "conference-guests", "/hoi-nghi/{id}/man-hinh": "conference-get", "/hoi-nghi/{id}/tai-lieu": "conference-get", "/bao-cao/dot/moc": "figure-get",
	"/viec/don-vi": "task-by-unit", "/viec/lich": "task-list", "/viec/dong-thoi-gian": "task-list", "/quan-tri/webhook": "webhook-list",
	"/sap-tre": "dossier-list", "/so-theo-doi": "dossier-list", "/ho-so/{code}/xem": "dossier-get", "/quan-tri/don-vi": "unit-list",
	"/so-cai": "ledger-checkpoint", "/so-cai/{position}": "ledger-inclusion", "/tep/{file}": "file-list", "/hoi-dong/{id}/phieu": "council-get",
	"/lich-cong-tac/muc/{id}": "schedule-list", "/{$}": "figure-list", "/tep/{file}/anh-nho": "file-content",
}

// unread are the pages that programs need no operation for. What ends in a slash stands for all below.
var unread = map[string]string{
	"/dang-nhap": "programs have tokens", "/vao": "programs have tokens", "/tai-khoan": "one's own account is a person's matter", "/tai-khoan/": "one's own account is a person's matter",
	"/quan-tri/": "one account, recovery and the access log are for a person; account-list and unit-list say who and what there is",
	"/dich-vu":   "the citizen's own pages; procedure-get says the same", "/dich-vu/": "the citizen's own pages; procedure-get says the same",
	"/nop-ho-so": "the citizen's own pages", "/nop-ho-so/": "the citizen's own pages", "/tra-cuu": "the citizen's own pages", "/tra-cuu/": "the citizen's own pages", "/moi/": "the guest's own page",
	"/lay-y-kien": "a person's own word; the nominations asked about are commendation-list?state=consulted", "/lay-y-kien/": "a person's own word",
	"/tin-tuc": "public news is given out as Atom", "/tin-tuc/": "public news is given out as Atom", "/robots.txt": "for programs already", "/sitemap.xml": "for programs already", "/suc-khoe": "for programs already",
	"/api": "it describes the operations", "/api/": "it describes the operations", "/ledger/": "for programs already",
	"/lich-cong-tac/ics/":          "for programs already",
	"/bien-tap/nhap":               "a form; article-import",
	"/bao-cao/dot/goi":             "a form; campaign-join",
	"/dang":                        "an overview of registers that have operations",
	"/dang/so/{loai}/{id}/ket-qua": "a form",
	"/tim":                         "the palette of pages; search-find finds the records",
	"/ho-so/tiep-nhan":             "a form; dossier-open",
	"/viec/nhap":                   "a form", "/viec/hang-loat": "a form", "/so-viec/so-lieu": "a form; figure-get",
	"/dang/khen-thuong":           "worked out from the registers of assessment and discipline, which party-records gives",
	"/hoi-nghi/{id}/chuong-trinh": "a form; conference-get", "/hoi-nghi/{id}/moi-them": "a form; conference-invite", "/hoi-nghi/{id}/ket-luan": "a form; conference-get",
	"/hoi-nghi/{id}/cam-on": "a form", "/hoi-nghi/{id}/tin": "a form; article-get",
}

// isForm reports whether a page is the blank form of something new, or the form to change it.
func isForm(pattern string) bool {
	return strings.HasSuffix(pattern, "/moi") || strings.HasSuffix(pattern, "/sua")
}

// TestWhateverAPageShowsAProgramReads: every page that reads has its operation, or a reason why not.
func TestWhateverAPageShowsAProgramReads(t *testing.T) {
	a := start(t)
	ids, described, used := map[string]bool{}, map[string]bool{}, map[string]bool{}
	a.description(t).each(func(path, method string, o describedOp) {
		ids[o.OperationID], described[method+" "+path] = true, true
	})
	for _, rt := range a.Site(context.Background(), siteOptions).Routes() {
		if rt.Method != http.MethodGet || strings.HasPrefix(rt.Pattern, api.Base+"/") || isForm(rt.Pattern) || described["GET "+api.Base+rt.Pattern] {
			continue
		}
		why := rt.Pattern
		if unread[why] == "" {
			for at := range unread {
				if strings.HasSuffix(at, "/") && strings.HasPrefix(rt.Pattern, at) {
					why = at
				}
			}
		}
		used[why], used[rt.Pattern] = true, true
		if !ids[readBy[rt.Pattern]] && unread[why] == "" {
			t.Errorf("%s has no operation (%q) and no reason", rt.Pattern, readBy[rt.Pattern])
		}
	}
	for at := range maps.Keys(unread) {
		if !used[at] {
			t.Errorf("the reason for %s is about no page", at)
		}
	}
	for at := range maps.Keys(readBy) {
		if !used[at] {
			t.Errorf("%s needs no operation named", at)
		}
	}
}

// readList is a list and how one of its rows is read by itself; one is empty for a list whose rows have no more to say.
type readList struct {
	list, query, one string
	key              string            // of a row
	at               map[string]string // name in the path or query of one → field of a row
}

func registers(conference string) []readList {
	id := map[string]string{"id": "id"}
	return []readList{
		{list: "/hoi-dong", one: "/hoi-dong/{id}", key: "id", at: id}, {list: "/khen-thuong/ho-so", query: "year=2021", one: "/khen-thuong/ho-so/{id}", key: "id", at: id},
		{list: "/khen-thuong", query: "year=2021&award=ldtt", key: "subject.id"}, {list: "/giay-phep", one: "/giay-phep/mot?procedure={procedure}&number={number}", key: "number", at: map[string]string{"procedure": "procedure", "number": "number"}},
		{list: "/so-viec", one: "/so-viec/{id}", key: "id", at: id}, {list: "/moc-viec", one: "/moc-viec/{id}", key: "id", at: id},
		{list: "/hoi-nghi", one: "/hoi-nghi/{id}", key: "id", at: id}, {list: "/hoi-nghi/" + conference + "/dai-bieu", key: "n"}, {list: "/hoi-nghi/" + conference + "/phat-bieu", key: "n"},
		{list: "/bao-cao/dot", one: "/bao-cao/dot/{id}", key: "id", at: id}, {list: "/viec", one: "/viec/{id}", key: "id", at: id}, {list: "/chi-dao", one: "/chi-dao/{id}", key: "id", at: id},
		{list: "/bien-tap", one: "/bien-tap/{id}", key: "id", at: id}, {list: "/so-van-ban", query: "year=2021", key: "number"}, {list: "/phi", one: "/ho-so/{dossier}/phi", key: "dossier", at: map[string]string{"dossier": "dossier"}},
		{list: "/quy-trinh", one: "/quy-trinh/{procedure}/dong-chay", key: "procedure", at: map[string]string{"procedure": "procedure"}}, {list: "/chat-luong/tien_do/dung_han", query: "period=2022", one: "/ho-so/{code}", key: "code", at: map[string]string{"code": "code"}},
	}
}

// field is a row's value under a dotted name, as a text.
func field(row map[string]any, name string) string {
	name, rest, deeper := strings.Cut(name, ".")
	if inner, is := row[name].(map[string]any); is && deeper {
		return field(inner, rest)
	}
	return fmt.Sprint(row[name])
}

// rows pages through a list.
func (c caller) rows(path, query string, limit int) []map[string]any {
	c.t.Helper()
	next := fmt.Sprint(api.Base, path, "?", query, "&limit=", limit)
	var out []map[string]any
	for next != "" {
		status, h, d := c.call("GET", next, "")
		if status != http.StatusOK {
			c.t.Fatalf("%s answers %d %v", next, status, d)
		}
		for _, row := range d["items"].([]any) {
			out = append(out, row.(map[string]any))
		}
		next, _, _ = strings.Cut(strings.TrimPrefix(h.Get("Link"), "<"), ">")
	}
	return out
}

// read holds a register to its word: a row at a time it is the same list, each row is read by itself, and once read
// answers 304.
func (g readList) read(t *testing.T, c caller) []string {
	t.Helper()
	var keys, again, paths []string
	for _, row := range c.rows(g.list, g.query, 200) {
		keys = append(keys, field(row, g.key))
		if g.one == "" {
			continue
		}
		path := api.Base + g.one
		for name, of := range g.at {
			path = strings.ReplaceAll(path, "{"+name+"}", url.QueryEscape(field(row, of)))
		}
		paths = append(paths, path)
	}
	for _, row := range c.rows(g.list, g.query, 1) {
		again = append(again, field(row, g.key))
	}
	if !slices.Equal(keys, again) || len(keys) == 0 {
		t.Errorf("%s holds %v, row by row %v", g.list, keys, again)
	}
	for _, path := range paths[:min(len(paths), 3)] {
		status, h, raw := c.raw("GET", path, "")
		if status != http.StatusOK {
			t.Errorf("%s answers %d %s", path, status, raw)
		}
		if held, _, _ := c.raw("GET", path, "", "If-None-Match", h.Get("Etag")); held != http.StatusNotModified {
			t.Errorf("%s answers %d to who has %s", path, held, h.Get("Etag"))
		}
	}
	return paths
}

// fee files a dossier of another unit whose fee is asked for.
func (d *driver) fee(t *testing.T) {
	at := calendar.MustParse("2021-06-10")
	filed, err := d.a.Dossiers.Open(t.Context(), dossier.Filing{Procedure: "radiation_work_licence", On: at, Actor: "hung", Unit: "tdc", Documents: []string{"don", "phap_ly", "nhan_vien", "chung_chi", "khai_bao", "kiem_dinh", "danh_gia_an_toan", "kiem_xa", "ung_pho"},
		Fields: map[string]any{"noi_dung": "Cấp giấy phép X-quang (mẫu)", "co_so": "Phòng khám mẫu", "loai": "cap_moi", "cong_viec": "x_quang_y_te", "so_thiet_bi": 2}})
	must(t, err)
	_, err = d.a.Dossiers.Act(t.Context(), dossier.Act{Code: filed.Code, Action: "thong_bao_phi", On: at, Actor: "hung"})
	if err != nil {
		t.Fatal(d.a.Catalog.Error("vi", err))
	}
	d.code = filed.Code
}

// TestProgramsReadTheirOwnRegisters fills every register, reads each as a program that may see all, and asks for the same as the
// head of one unit: what is out of reach stands on no list and reads as what is not there.
func TestProgramsReadTheirOwnRegisters(t *testing.T) {
	a, hidden := commended(t)
	a.outside(t)
	d := a.driver(t)
	must(t, a.People.GivePost(t.Context(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, people.Post{Person: "p-tatca", Unit: "so", TitleVI: "Giám đốc Sở"}))
	d.dossiers(t)
	d.council(t)
	d.commendation(t)
	d.direction(t)
	d.work()
	d.conference(t)
	d.campaign(t)
	d.article(t)
	d.fee(t)
	conferences := d.rows("/hoi-nghi", "", 200)
	seen := map[string][]string{}
	held := registers(fmt.Sprint(conferences[len(conferences)-1]["id"]))
	for _, g := range held {
		seen[g.list] = g.read(t, d.caller)
	}
	if status, _, raw := d.raw("GET", api.Base+"/lich-cong-tac?from=2021-06-14&to=2021-06-20", ""); status != http.StatusOK || !strings.Contains(raw, "Giao ban") {
		t.Errorf("the week's calendar: %d %s", status, raw)
	}
	if status, _, raw := d.raw("GET", api.Base+"/khen-thuong/ca-nhan/nv-qlcn", ""); status != http.StatusOK || !strings.Contains(raw, "excellent") {
		t.Errorf("what stands about somebody: %d %s", status, raw)
	}
	if status, _, raw := d.raw("GET", api.Base+"/khen-thuong/phong-trao?year=2021", ""); status != http.StatusOK || !strings.Contains(raw, "Thi đua mẫu") {
		t.Errorf("the year's movements: %d %s", status, raw)
	}
	if status, _, raw := d.raw("GET", api.Base+"/chat-luong?period=2022", ""); status != http.StatusOK || !strings.Contains(raw, `"known":true`) || !strings.Contains(raw, "đúng hạn") {
		t.Errorf("the index: %d %s", status, raw)
	}
	if status, _, raw := d.raw("GET", api.Base+"/quy-trinh/nguy-co", ""); status != http.StatusOK || !strings.Contains(raw, `"items":`) {
		t.Errorf("the forecast: %d %s", status, raw)
	}
	head := a.caller(t, "phong")
	for _, path := range []string{"/khen-thuong/ho-so/" + hidden, "/khen-thuong/ca-nhan/nv-tdc", "/so-viec/1", "/ho-so/" + d.code + "/phi"} {
		missing := api.Base + path[:strings.LastIndex(path, "/")+1] + "khong-co"
		if code, is := strings.CutSuffix(path, "/phi"); is {
			missing = api.Base + strings.Replace(path, code, "/ho-so/khong-co", 1)
		}
		status, _, p := head.call("GET", api.Base+path, "")
		if none, _, q := head.call("GET", missing, ""); status != http.StatusNotFound || none != status || p["code"] != q["code"] {
			t.Errorf("%s reads %d %v, what is not there %d %v", path, status, p["code"], none, q["code"])
		}
	}
	for _, row := range append(head.rows("/khen-thuong", "year=2021&award=ldtt", 200), head.rows("/khen-thuong/ho-so", "", 200)...) {
		if strings.Contains(fmt.Sprint(row), "tdc") {
			t.Errorf("the head of another unit reads %v", row)
		}
	}
	for _, row := range head.rows("/so-viec", "", 200) {
		if row["unit"] != "qlcn" {
			t.Errorf("the head of another unit reads %v", row)
		}
	}
	for _, list := range []string{"/phi", "/so-van-ban?year=2021"} {
		if status, _, raw := head.raw("GET", api.Base+list, ""); status != http.StatusOK || strings.Contains(raw, d.code) {
			t.Errorf("the head of another unit gets %d for %s: %s", status, list, raw)
		}
	}
	narrow := a.caller(t, "tatca", people.ReadTasks)
	for list := range seen {
		if status, _, _ := narrow.raw("GET", api.Base+list, ""); (status == http.StatusOK) != (list == "/viec" || list == "/moc-viec") {
			t.Errorf("a token for tasks gets %d for %s", status, list)
		}
	}
}

// TestAProgramLearnsNoVoter: a council's answer has its count, and neither who has voted nor what members declared.
func TestAProgramLearnsNoVoter(t *testing.T) {
	a := start(t)
	a.outside(t)
	a.ready(t, a.initiative(t))
	c := a.council(t)
	status, _, raw := a.everyPermission(t).raw("GET", api.Base+"/hoi-dong/"+c.ID, "")
	if status != http.StatusOK || !strings.Contains(raw, `"members"`) {
		t.Fatal(status, raw)
	}
	for _, word := range []string{"voters", "ballot\"", "commitment", "declared", "conflicts", "against"} {
		if strings.Contains(raw, word) {
			t.Errorf("the answer has %q: %s", word, raw)
		}
	}
}

// TestPartyRegistersAreReadInPartyScope: a program with Party scope reads the registers without names and sealed words; every other gets
// nothing.
func TestPartyRegistersAreReadInPartyScope(t *testing.T) {
	a, own := cells(t)
	_, err := a.Party.Enter(t.Context(), "dang", party.Record{Kind: "study", Unit: "cb1", On: calendar.MustParse("2021-06-05"), Until: calendar.NoDate, Title: "Học nghị quyết (mẫu)", Present: []string{own[0][strings.LastIndex(own[0], "/")+1:]}}, false)
	must(t, err)
	lists := []string{"/dang/dang-vien", "/dang/so/sinh-hoat", "/dang/to-chuc", "/dang/to-chuc/cb1", "/dang/huy-hieu", "/dang/hoc-tap"}
	for account, may := range map[string]bool{"dang": true, "bithu": false, "so": false, "khai": false, "phong": false} {
		c := a.caller(t, account)
		for _, path := range append(slices.Clone(own[:2]), lists...) {
			status, _, raw := c.raw("GET", api.Base+path, "")
			seen := status == http.StatusOK && (strings.Contains(raw, own[0][strings.LastIndex(own[0], "/")+1:]) || strings.Contains(raw, partyWords[1]) || strings.Contains(raw, "Chi bộ cb1"))
			if seen != may || may && status != http.StatusOK {
				t.Errorf("%s gets %d for %s: %s", account, status, path, raw)
			}
			if strings.Contains(raw, partyWords[0]) || strings.Contains(raw, "vault") {
				t.Errorf("%s reads a name or what is sealed on %s: %s", account, path, raw)
			}
		}
	}
	if status, _, _ := a.caller(t, "dang", people.ReadTasks).raw("GET", api.Base+lists[0], ""); status != http.StatusForbidden {
		t.Errorf("a token without Party scope gets %d", status)
	}
}
