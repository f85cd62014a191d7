package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/report"
)

// driver sends operations by their id and remembers which were done.
type driver struct {
	caller
	a     *agency
	ops   map[string]describedOp
	at    map[string][2]string // method and path
	done  map[string]bool
	count int
	code  string // of a dossier with a fee, in another unit than that of "phong"
}

func (a *agency) driver(t *testing.T) *driver {
	d := &driver{caller: a.everyPermission(t), a: a, ops: map[string]describedOp{}, at: map[string][2]string{}, done: map[string]bool{}}
	a.description(t).each(func(path, method string, o describedOp) {
		d.ops[o.OperationID], d.at[o.OperationID] = o, [2]string{method, path}
	})
	return d
}

func (d *driver) takes(id, header string) bool {
	for _, p := range d.ops[id].Parameters {
		if p.In == "header" && p.Name == header {
			return true
		}
	}
	return false
}

// do sends an operation: refused with a version that nothing has, done, and sent again with its key nothing is recorded.
// at is name, value pairs of the path, behind a "?" of the id stands the query; body is what is sent, as JSON unless it is a text.
func (d *driver) do(id string, body any, at ...string) map[string]any {
	d.t.Helper()
	id, query, asked := strings.Cut(id, "?")
	path := strings.NewReplacer(braced(at)...).Replace(d.at[id][1])
	if asked {
		path += "?" + query
	}
	send, isText := body.(string)
	if !isText {
		raw, err := json.Marshal(body)
		must(d.t, err)
		send = string(raw)
	}
	if d.takes(id, "If-Match") {
		head := d.a.Ledger.Head()
		if status, _, raw := d.raw(d.at[id][0], path, send, "If-Match", `"999"`); status != http.StatusConflict || d.a.Ledger.Head() != head {
			d.t.Errorf("%s on a version that never was answers %d %s", id, status, raw)
		}
	}
	var header []string
	if d.takes(id, "Idempotency-Key") {
		d.count++
		header = []string{"Idempotency-Key", fmt.Sprint("k", d.count)}
	}
	status, h, raw := d.raw(d.at[id][0], path, send, header...)
	if status/100 != 2 {
		d.t.Fatalf("%s %s answers %d %s", id, send, status, raw)
	}
	if _, described := d.ops[id].Responses[fmt.Sprint(status)]; !described {
		d.t.Errorf("%s answers %d, which is not described", id, status)
	}
	d.done[id] = true
	out := map[string]any{"location": h.Get("Location")}
	_ = json.Unmarshal([]byte(raw), &out) // a list or nothing stays empty
	if header != nil {
		head := d.a.Ledger.Head()
		if again, _, second := d.raw(d.at[id][0], path, send, header...); again != status || d.a.Ledger.Head() != head || !d.samePlace(id, raw, second) {
			d.t.Errorf("%s sent again answers %d %s after %s, and records %d", id, again, second, raw, d.a.Ledger.Head()-head)
		}
	}
	return out
}

// samePlace reports whether two answers speak of the same thing; those of the Party are the same word for word.
func (d *driver) samePlace(id, first, second string) bool {
	var a, b struct {
		ID, Path string
		Position int64
	}
	if strings.HasPrefix(first, "[") || strings.HasPrefix(id, "party-") { // a list has no place of its own
		return first == second
	}
	must(d.t, json.Unmarshal([]byte(first), &a))
	must(d.t, json.Unmarshal([]byte(second), &b))
	if b.Path == "" { // the form leads to a list
		a.Path = ""
	}
	return a == b
}

func braced(pairs []string) []string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, "{"+pairs[i]+"}", pairs[i+1])
	}
	return out
}

type fields map[string]any

// TestEveryWritingOperationSucceeds drives each operation that writes once with success, by a program that may do all.
func TestEveryWritingOperationSucceeds(t *testing.T) {
	a, _ := commended(t)
	a.outside(t)
	d := a.driver(t)
	must(t, a.People.GivePost(context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, people.Post{Person: "p-tatca", Unit: "so", TitleVI: "Giám đốc Sở"}))
	d.dossiers(t)
	d.files(t)
	d.council(t)
	d.commendation(t)
	d.direction(t)
	d.report(t)
	d.work()
	d.conference(t)
	d.campaign(t)
	d.article(t)
	d.party(t)
	d.notices()
	for id, at := range d.at {
		if at[0] != http.MethodGet && !d.done[id] {
			t.Errorf("%s is never done", id)
		}
	}
}

func (d *driver) dossiers(t *testing.T) {
	open := fields{"procedure": "book_loan", "unit": "qlcn", "documents": []string{"the"}, "fields": fields{"ten_sach": "Sách mẫu", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}}
	first, other := fmt.Sprint(d.do("dossier-open", open)["code"]), fmt.Sprint(d.do("dossier-open", open)["code"])
	d.do("dossier-act", fields{}, "code", first, "action", "tiep_nhan")
	d.do("dossier-give", fields{"to": "hung", "note": "Nhờ xem"}, "code", first)
	d.do("dossier-comment", fields{"text": "Nhờ @hung xem"}, "code", first)
	d.do("dossier-mark", fields{"priority": "high", "labels": []string{"mẫu"}}, "code", first)
	d.do("dossier-move", fields{"unit": "tdc", "reason": "Thuộc Chi cục", "on": "2021-06-14"}, "code", other)
	d.do("dossier-link", fields{"dossier": other, "note": "cùng bạn đọc"}, "code", first)
	d.do("dossier-link", fields{"dossier": other, "remove": true}, "code", first)
	d.do("dossier-ask-opinion", fields{"agency": "Sở Y tế tỉnh Mẫu", "question": "Có ý kiến gì?", "due": "2021-06-30"}, "code", first)
	d.do("dossier-answer-opinion", fields{"answer": "Thống nhất"}, "code", first, "n", "1")
	d.do("dossier-issue", fields{"paper": "bo-sung"}, "code", d.a.filed(t).Code)
	d.do("dossier-act", fields{"assignee": "hung"}, "code", first, "action", "phan_cong")
	d.do("dossier-act", fields{}, "code", first, "action", "trinh")
	d.do("dossier-act", fields{}, "code", first, "action", "ky")
	loans, _, err := d.a.Dossiers.Credentials(context.Background(), dossier.CredentialFilter{Reach: dossier.Reach{Units: []string{"qlcn"}}, Limit: 1000})
	must(t, err)
	loan := loans[slices.IndexFunc(loans, func(c dossier.Credential) bool { return c.Dossier == first })]
	d.do("credential-end", fields{"procedure": "book_loan", "number": loan.Number, "reason": "mat_sach"})
}

func (d *driver) files(t *testing.T) {
	of := "dossier/" + d.a.code(25)
	pdf := "%PDF-1.4\n%" + strings.Repeat("x", 2000) + "\n%%EOF\n"
	query := "?" + url.Values{"of": {of}, "name": {"Thuyết minh (mẫu).pdf"}}.Encode()
	status, _, f := d.call("POST", "/api/v1/tep"+query, pdf)
	if status != http.StatusCreated {
		t.Fatal(status, f)
	}
	d.done["file-add"] = true
	if status, _, raw := d.raw("GET", fmt.Sprint("/api/v1/tep/", f["id"], "/noi-dung"), ""); status != http.StatusOK || raw != pdf {
		t.Errorf("the file comes back as %d, %d bytes", status, len(raw))
	}
	d.do("file-withdraw", fields{"reason": "Nhầm tệp"}, "file", fmt.Sprint(f["id"]))
	begin := fields{"of": of, "name": "Phụ lục (mẫu).pdf", "size": len(pdf) + 1}
	up := d.do("upload-begin", begin)
	at := fmt.Sprint(up["location"])
	for i, part := range []string{pdf[:1000], pdf[1000:] + "\n"} {
		if status, _, raw := d.raw("PATCH", at, part, "Upload-Offset", fmt.Sprint(i*1000)); status/100 != 2 {
			t.Fatal(status, raw)
		}
		if status, h, _ := d.raw("HEAD", at, ""); i == 0 && (status != http.StatusNoContent || h.Get("Upload-Offset") != "1000") {
			t.Error(status, h)
		}
	}
	d.done["upload-piece"], d.done["upload-progress"] = true, true
	status, _, raw := d.raw("GET", "/api/v1/tep?of="+url.QueryEscape(of), "")
	if status != http.StatusOK || strings.Count(raw, `"id"`) != 2 {
		t.Errorf("%d %s", status, raw)
	}
	drop := d.do("upload-begin", begin)
	d.do("upload-drop", fields{}, "upload", fmt.Sprint(drop["id"]))
	if status, _, p := d.call("PATCH", api.Base+"/tai-len/khong-co", "x", "Upload-Offset", "0"); status != http.StatusNotFound || p["code"] == nil {
		t.Errorf("an upload that is not there answers %d %v", status, p)
	}
}

func (d *driver) council(t *testing.T) {
	code := d.a.initiative(t)
	d.do("council-form", fields{"dossier": code, "rule": "sang_kien", "secretary": "tatca", "decision": "12/QĐ-SKHCN"})
	id := d.a.council(t).ID
	act := func(step string, body fields) { t.Helper(); d.do("council-act", body, "id", id, "step", step) }
	for i, seat := range []string{"chu_tich", "thu_ky", "uy_vien"} {
		act("thanh-vien", fields{"account": judges[i], "seat": seat, "workplace": "Trường Đại học Mẫu"})
		act("khai", fields{"account": judges[i]})
	}
	act("hop", fields{"on": "2021-06-14", "place": "Phòng họp tầng 2"})
	act("cau-hoi", fields{"question": "Giải pháp đã áp dụng ở đâu?"})
	act("tra-loi", fields{"number": 1, "answer": "Tại hai vườn ươm."})
	filed, err := d.a.Dossiers.Get(context.Background(), code)
	must(t, err)
	d.do("track-questions", fields{"code": code, "fact": filed.Applicant})
	d.do("track-answer", fields{"code": code, "fact": filed.Applicant, "council": id, "number": 1, "answer": "Tại ba vườn ươm."})
	if c := d.a.council(t); c.Questions[0].Answer != "Tại ba vườn ươm." {
		t.Errorf("the answer of who filed is %q", c.Questions[0].Answer)
	}
	if status, _, p := d.call("POST", d.at["track-questions"][1], `{"code":"`+code+`","fact":"Người khác"}`); status != http.StatusNotFound {
		t.Errorf("who does not know the dossier reads its questions: %d %v", status, p)
	}
	act("diem-danh", fields{"roll": fields{"hd-1": "co", "hd-2": "co", "hd-3": "co"}})
	act("mo", fields{})
	if c := d.a.council(t); c.Stage != "voting" || len(c.Present) != 3 {
		t.Errorf("the council is at %s with %d present", c.Stage, len(c.Present))
	}
}

func (d *driver) commendation(t *testing.T) {
	d.do("commendation-movement", fields{"year": 2021, "title": "Thi đua mẫu", "from": "2021-01-01", "to": "2021-12-31"})
	d.do("commendation-record", fields{"year": 2021, "class": "excellent"}, "id", "nv-qlcn", "what", "xep-loai")
	d.do("commendation-propose", fields{"year": 2021, "award": "ldtt", "subjects": []string{"nv-qlcn"}})
	d.do("commendation-achievements", fields{"keys": []string{}, "report": "Hoàn thành sớm kế hoạch (mẫu)"}, "id", "2021-ldtt-nv-qlcn")
	d.do("commendation-opinion", fields{"text": "Đề nghị xem lại ngày công (mẫu)"}, "id", "2021-ldtt-nv-qlcn")
	d.do("commendation-opinion", fields{"number": 1, "text": "Đã đối chiếu, đủ ngày công"}, "id", "2021-ldtt-nv-qlcn")
	d.do("commendation-act", fields{"step": "endorsed", "nominations": []string{"2021-ldtt-nv-qlcn"}})
}

func (d *driver) direction(t *testing.T) {
	item := fields{"unit": "so", "on": "2021-06-16", "start": "08:00", "content": "Giao ban", "chair": "so", "people": []string{"hung"}}
	entered := fmt.Sprint(d.do("schedule-enter", item)["stream"])
	_, id, _ := strings.Cut(entered, "/")
	item["place"] = "Phòng họp tầng 2"
	d.do("schedule-change", item, "id", id)
	d.do("schedule-publish", fields{"unit": "so", "week": "2021-W24"})
	if feed := fmt.Sprint(d.do("schedule-feed", fields{})["address"]); !strings.HasPrefix(feed, d.url+"/lich-cong-tac/ics/") {
		t.Error(feed)
	}
	doc := d.do("directive-add", fields{"kind": "ke_hoach", "name": "Kế hoạch mẫu", "issuer": "Sở mẫu", "date": "2021-06-01", "summary": "Việc mẫu", "unit": "so"})
	on := fmt.Sprint(doc["id"])
	d.do("directive-goal", fields{"title": "Nâng tỷ lệ (mẫu)", "indicator": "dossier.received", "period": "2021", "value": 95, "unit": "so"}, "id", on)
	d.do("directive-change", fields{"how": "ends", "from": "2021-06-10"}, "id", on)
	d.do("directive-find", fields{"text": "Căn cứ Nghị định số 30/2020/NĐ-CP"})
	given := fields{"title": "Việc mẫu", "unit": "so", "owner": "hung", "due": "15wd"}
	task := fmt.Sprint(d.do("task-assign", given)["id"])
	given["product"] = "Báo cáo"
	d.do("task-change", given, "id", task)
	d.do("task-mark", fields{"priority": "urgent", "add": []string{"mẫu"}}, "id", task)
	d.do("task-act", fields{"note": "đã làm (mẫu)"}, "id", task, "verb", "progressed")
	table := "Số hiệu ngoài,Nội dung nhiệm vụ,Đơn vị chủ trì,Người xử lý,Hạn\nX-1,Việc từ bảng (mẫu),so,hung,2021-07-30\nX-2,Việc thiếu đơn vị (mẫu),khong-co,,2021-07-30\n"
	if _, _, raw := d.raw("POST", api.Base+"/viec/nhap?name=viec.csv", table); !strings.Contains(raw, `"external":"X-1","task":"NV-`) || !strings.Contains(raw, `"outcome":"failed","code":"`) {
		t.Error(raw)
	}
	if _, _, raw := d.raw("POST", api.Base+"/viec/nhap?name=viec.csv", table); !strings.Contains(raw, `"outcome":"unchanged"`) || strings.Contains(raw, "added") {
		t.Error("a table that is sent again gives out its tasks again:", raw)
	}
	d.do("task-import?name=viec.csv", table)
	d.do("baseline-freeze", fields{"name": "Kế hoạch quý III (mẫu)", "unit": "so"})
}

func (d *driver) report(t *testing.T) {
	ctx := context.Background()
	must(t, d.a.Reports.AddNote(ctx, "", "2021-H1", report.Note{Kind: "limitation", Side: "state", Text: "Giải ngân chậm."}, calendar.MustParse("2021-06-11"), "test"))
	list, err := d.a.Reports.Limitations(ctx, "", "2021-H1", "state", 0)
	must(t, err)
	at := []string{"regime", "so-ket-6-thang", "period", "2021-H1", "position", fmt.Sprint(list[0].Position)}
	d.do("report-repair", fields{"period": "2021-H1", "to": "qlcn", "due": "2021-07-30"}, at...)
	d.do("report-freeze", fields{}, at...)
}

func (d *driver) notices() {
	d.do("notice-read", fields{"all": true})
	d.do("notice-choose", fields{})
	hook := d.do("webhook-add", fields{"url": "https://example.gov.vn/nhan", "kinds": []string{"task.*"}})
	d.do("webhook-remove", "", "id", fmt.Sprint(hook["id"]))
}
