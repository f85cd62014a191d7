package e2e

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// signatures are how files of a media type begin.
var signatures = map[string]string{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "PK",
	"application/pdf": "%PDF-", "application/json": "{", "text/csv": "\ufeff", "image/png": "\x89PNG",
}

// fetch holds a paper to its description: one of the types that the description names, its content as the type says, and 304 for who
// has it.
func (d *driver) fetch(id, path string) {
	d.t.Helper()
	d.done[id] = true
	status, h, raw := d.raw("GET", api.Base+path, "")
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	media := d.ops[id].Responses["200"].Content
	_, described := media[kind]
	_, open := media["*/*"]
	if begin := signatures[kind]; status != http.StatusOK || !described && !open || begin == "" || !strings.HasPrefix(raw, begin) {
		d.t.Errorf("%s answers %d with %s, described with %v: %.80q", path, status, kind, media, raw)
		return
	}
	again, _, _ := d.raw("GET", api.Base+path, "", "If-None-Match", h.Get("Etag"))
	if again != http.StatusNotModified && kind != "application/pdf" { // pictures of one width come in any order in a PDF
		d.t.Errorf("%s answers %d to who has %s", path, again, h.Get("Etag"))
	}
}

// concluded brings the council of the last form to its end.
func (d *driver) concluded(t *testing.T) string {
	t.Helper()
	c := d.a.council(t)
	for _, who := range judges[:3] {
		_, err := d.a.Councils.Vote(t.Context(), council.Casting{Council: c.ID, Account: who, Actor: who, Key: who, Paper: council.Paper{c.Files[0].ID: {Points: map[string]int64{"tinh_moi": 30_00, "hieu_qua": 30_00, "nhan_rong": 20_00}}}})
		must(t, err)
	}
	by := council.By{Actor: "tatca"}
	_, err := d.a.Councils.CloseVote(t.Context(), c.ID, by)
	must(t, err)
	_, err = d.a.Councils.Confirm(t.Context(), c.ID, council.By{Actor: "hd-1"})
	must(t, err)
	_, err = d.a.Councils.Conclude(t.Context(), c.ID, by, "Đề nghị công nhận (mẫu)")
	must(t, err)
	return c.ID
}

// papers fills the registers and names every paper of the state side by its operation.
func (d *driver) papers(t *testing.T) map[string][]string {
	t.Helper()
	d.dossiers(t)
	d.council(t)
	d.commendation(t)
	d.direction(t)
	d.conference(t)
	d.campaign(t)
	d.article(t)
	d.fee(t)
	last := func(list string) map[string]any { all := d.rows(list, "", 200); return all[len(all)-1] }
	at := func(row map[string]any) string { return fmt.Sprint(row["id"]) }
	article := slices.IndexFunc(d.rows("/bien-tap", "", 200), func(row map[string]any) bool { return row["title"] == "Tin mẫu đã sửa" })
	written := at(d.rows("/bien-tap", "", 200)[article])
	picture := d.do("article-get", "", "id", written)["pictures"].([]any)[0].(map[string]any)
	council, conference, campaign := d.concluded(t), "/hoi-nghi/"+at(last("/hoi-nghi")), "/bao-cao/dot/"+at(last("/bao-cao/dot"))
	d.do("conference-pack", fields{"parts": []string{"chuong-trinh", "dai-bieu", "so-lieu"}}, "id", strings.TrimPrefix(conference, "/hoi-nghi/"))
	out := map[string][]string{
		"report-file":   {"/bao-cao/tong-ket-nam/2020/tai/docx", "/bao-cao/tong-ket-nam/2020/tai/pdf", "/bao-cao/tong-ket-nam/2020/tai/xlsx?asof=2020-11-30"},
		"campaign-file": {campaign + "/tai/docx", campaign + "/tai/pdf", campaign + "/tai/xlsx", campaign + "/tai/goi"}, "campaign-part-form": {campaign + "/phan/qlcn/mau.xlsx"},
		"dossier-export": {"/ho-so/xuat?xem=all", "/ho-so/xuat?dinh-dang=csv"}, "credential-export": {"/giay-phep/xuat?view=all"}, "task-export": {"/viec/xuat", "/viec/xuat?view=done&asof=2021-06-10"},
		"baseline-export": {"/moc-viec/" + at(last("/moc-viec")) + "/xuat"}, "schedule-sheet": {"/lich-cong-tac/tai?week=2021-W24", "/lich-cong-tac/tai"},
		"commendation-paper": {"/khen-thuong/ho-so/2021-ldtt-nv-qlcn/tai/bao-cao"}, "article-picture-file": {"/bien-tap/" + written + fmt.Sprint("/anh/", picture["file"])},
		"conference-pack-file": {conference + "/tai-lieu.pdf"}, "conference-invitations": {conference + "/giay-moi.pdf"}, "conference-invitation": {conference + "/dai-bieu/2/giay-moi.docx"},
	}
	for _, paper := range d.do("conference-get", "", "id", strings.TrimPrefix(conference, "/hoi-nghi/"))["papers"].([]any) {
		out["conference-paper"] = append(out["conference-paper"], fmt.Sprint(conference, "/tai/", paper))
	}
	for _, paper := range []string{"kiem-phieu", "bien-ban", "ket-qua"} {
		out["council-paper"] = append(out["council-paper"], "/hoi-dong/"+council+"/tai/"+paper)
	}
	return out
}

// TestProgramsFetchEveryPaper: what a page offers to take away a program fetches, in the type that is described, within the reach
// of its account, and a paper that is not there is a problem in the caller's language.
func TestProgramsFetchEveryPaper(t *testing.T) {
	a, _ := commended(t)
	a.outside(t)
	d := a.driver(t)
	must(t, a.People.GivePost(t.Context(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, people.Post{Person: "p-tatca", Unit: "so", TitleVI: "Giám đốc Sở"}))
	all := d.papers(t)
	far := d.received(t, "tdc")
	for _, p := range d.rowsOf(far + "/phieu") {
		for _, file := range p["files"].([]any) {
			all["dossier-paper"] = append(all["dossier-paper"], fmt.Sprint(far, "/phieu/", file))
		}
	}
	narrow, none := a.caller(t, "tatca", people.ReadLedger), caller{t, a.url, ""}
	for id, paths := range all {
		for _, path := range paths {
			d.fetch(id, path)
			if status, h, raw := narrow.raw("GET", api.Base+path, ""); status != http.StatusForbidden || h.Get("Content-Type") != "application/problem+json" {
				t.Errorf("a token without the scope gets %d for %s: %.80q", status, path, raw)
			}
			if status, _, _ := none.call("GET", api.Base+path, ""); status != http.StatusUnauthorized {
				t.Errorf("nobody gets %d for %s", status, path)
			}
		}
	}
	for id, o := range d.ops {
		if _, plain := o.Responses["200"].Content["application/json"]; !plain && len(o.Responses["200"].Content) > 0 && !d.done[id] && id != "file-content" && !strings.HasPrefix(id, "party-") {
			t.Errorf("%s is never fetched", id)
		}
	}
	d.refused(t, append(all["dossier-paper"], far+"/phieu", "/khen-thuong/ho-so/2021-ldtt-nv-tdc/tai/bao-cao"))
}

// received is the path of a dossier that a unit has received.
func (d *driver) received(t *testing.T, unit string) string {
	filed, err := d.a.Dossiers.Open(t.Context(), dossier.Filing{Procedure: "book_loan", On: today, Actor: "khai", Unit: unit, Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Sách mẫu", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}})
	must(t, err)
	_, err = d.a.Dossiers.Act(t.Context(), dossier.Act{Code: filed.Code, Action: "tiep_nhan", On: today, Actor: "khai"})
	must(t, err)
	return "/ho-so/" + filed.Code
}

// refused asks for papers that are out of reach, that are not there, and in other words than described.
func (d *driver) refused(t *testing.T, tdc []string) {
	head := d.a.caller(t, "phong") // of another unit
	for _, path := range tdc {
		if status, _, raw := head.raw("GET", api.Base+path, ""); status != http.StatusNotFound {
			t.Errorf("another unit's head gets %d for %s: %.200s", status, path, raw)
		}
		if status, _, _ := d.raw("GET", api.Base+path, ""); status != http.StatusOK {
			t.Errorf("who may see all gets %d for %s", status, path)
		}
	}
	for path, want := range map[string]int{
		"/ho-so/khong-co/phieu/tiep-nhan.pdf": 404, "/ho-so/" + d.code + "/phieu/khong-co.pdf": 404, "/ho-so/" + d.code + "/phieu/tiep-nhan.exe": 422, "/hoi-dong/khong-co/tai/bien-ban": 404,
		"/khen-thuong/ho-so/2021-ldtt-nv-qlcn/tai/bang": 404, "/lich-cong-tac/tai?tuan=2021-W24": 422, "/bao-cao/tong-ket-nam/2020/tai/exe": 422, "/bao-cao/dot/khong-co/tai/pdf": 404,
	} {
		vi, _, said := d.call("GET", api.Base+path, "")
		en, h, also := d.call("GET", api.Base+path, "", "Accept-Language", "en")
		if vi != want || en != want || said["code"] != also["code"] || said["detail"] == also["detail"] || h.Get("Content-Language") != "en" {
			t.Errorf("%s answers %d %v and %d %v", path, vi, said, en, also)
		}
	}
}

// rowsOf is an answer that is a list.
func (c caller) rowsOf(path string) []map[string]any {
	c.t.Helper()
	status, _, raw := c.raw("GET", api.Base+path, "")
	var out []map[string]any
	must(c.t, json.Unmarshal([]byte(raw), &out))
	if status != http.StatusOK || len(out) == 0 {
		c.t.Fatalf("%s answers %d %s", path, status, raw)
	}
	return out
}

// TestPapersOfThePartyStayInPartyScope: they are fetched with Party scope, and are not there for anybody else.
func TestPapersOfThePartyStayInPartyScope(t *testing.T) {
	a, own := cells(t)
	d := a.driver(t)
	d.caller = a.caller(t, "dang")
	congress, plan := own[4], own[7]
	all := map[string]string{"party-record-paper": own[2], "party-badges-paper": "/dang/huy-hieu/docx?on=2021-09-02", "party-plan-paper": plan + "/docx/danh-sach"}
	for id, path := range all {
		d.fetch(id, path)
	}
	d.fetch("party-congress-paper", congress+"/docx/danh-sach")
	d.fetch("party-congress-paper", congress+"/docx/bao-cao")
	for who, want := range map[string]int{"bithu": http.StatusNotFound, "khai": http.StatusForbidden, "phong": http.StatusForbidden} {
		c := a.caller(t, who)
		for _, path := range []string{own[2], congress + "/docx/bao-cao", plan + "/docx/danh-sach"} {
			if status, _, raw := c.raw("GET", api.Base+path, ""); status != want || strings.Contains(raw, "PK") {
				t.Errorf("%s gets %d for %s", who, status, path)
			}
		}
	}
}

// TestProgramsSearchInReach: what a program finds is what its account and its scopes may read, page after page, with the counts of all.
func TestProgramsSearchInReach(t *testing.T) {
	a, _ := guarded(t)
	for who, sees := range map[string]map[string]bool{"so": {unitSecret: true, looseSecret: true}, "phong": {}, "dang": {}} {
		c := a.caller(t, who)
		for _, title := range []string{unitSecret, looseSecret, "Hồ sơ gửi đảng uỷ"} {
			status, _, raw := c.raw("GET", api.Base+"/tim-kiem?q="+url.QueryEscape(title), "")
			if found := strings.Contains(raw, `"title":"`+title+`"`); status != http.StatusOK || found != sees[title] {
				t.Errorf("%s finds %q: %v, %d %s", who, title, found, status, raw)
			}
		}
	}
	c := a.caller(t, "so")
	find := func(query string) map[string]any {
		t.Helper()
		status, _, d := c.call("GET", api.Base+"/tim-kiem?q=mau"+query, "")
		if status != http.StatusOK {
			t.Fatal(status, d)
		}
		return d
	}
	whole := find("")
	ids := func(rows []map[string]any) (out []string) {
		for _, row := range rows {
			out = append(out, fmt.Sprint(row["kind"], "/", row["id"]))
		}
		return out
	}
	one, all := ids(c.rows("/tim-kiem", "q=mau", 7)), ids(c.rows("/tim-kiem", "q=mau", 200))
	if !slices.Equal(one, all) || float64(len(all)) != whole["total"] || len(all) < 8 {
		t.Errorf("%v of %d in pages, %d at once", whole["total"], len(one), len(all))
	}
	for kind, n := range whole["count"].(map[string]any)["kind"].(map[string]any) {
		if only := find("&kind=" + kind); only["total"] != n {
			t.Errorf("%v of the kind %s, counted %v", only["total"], kind, n)
		}
	}
	if none := find("&from=2031-01-01"); none["total"] != 0.0 {
		t.Error(none)
	}
	if status, _, p := c.call("GET", api.Base+"/tim-kiem?q=x&from=2021-99-99", ""); status != http.StatusUnprocessableEntity {
		t.Error(status, p)
	}
	narrow := a.caller(t, "so", people.ReadTasks)
	for _, row := range narrow.rows("/tim-kiem", "q=mau", 200) {
		if row["kind"] == "dossier" || row["kind"] == "directive" {
			t.Errorf("a token for tasks finds %v", row)
		}
	}
	if status, _, raw := c.raw("GET", api.Base+"/tim-kiem/goi-y?q=ho", ""); status != http.StatusOK || !strings.HasPrefix(raw, `["`) {
		t.Errorf("suggestions: %d %s", status, raw)
	}
}
