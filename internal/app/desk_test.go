package app

import (
	"archive/zip"
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/room/onestop"
	"trucot/internal/room/quality"
)

var update = flag.Bool("update", false, "write the golden files anew")

// office is an agency on a day that the test sets.
type office struct {
	*App
	t   *testing.T
	now time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t}
	o.on("2025-07-01")
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "definitions"), 0o750); err != nil {
		t.Fatal(err)
	}
	page := "state:\n  parent: \"Ủy ban nhân dân tỉnh Mẫu\"\n  symbol: SKHCN\n  place: \"Tỉnh Mẫu\"\nsite: \"https://mot-cua.example\"\n"
	if err := os.WriteFile(filepath.Join(data, "definitions", AgencyFile), []byte(page), 0o640); err != nil {
		t.Fatal(err)
	}
	a, err := Open(context.Background(), Options{Data: data, Clock: func() time.Time { return o.now }})
	o.must(err)
	t.Cleanup(func() { a.Close() })
	o.App = a
	by := people.By{Actor: "test", On: calendar.MustParse("2020-01-01")}
	o.must(a.People.OpenUnit(t.Context(), by, people.Unit{Code: "so", NameVI: "Sở Khoa học và Công nghệ tỉnh Mẫu", Side: people.State, Kind: "so"}))
	o.must(a.People.OpenUnit(t.Context(), by, people.Unit{Code: "atbx", NameVI: "Phòng An toàn bức xạ", Parent: "so", Side: people.State, Kind: "phong"}))
	for account, post := range map[string]people.Post{"pgd": {Unit: "so", TitleVI: "Phó Giám đốc Sở"}, "gd": {Unit: "so", TitleVI: "Giám đốc Sở"}, "tp": {Unit: "atbx", TitleVI: "Trưởng phòng"}, "cv": {Unit: "atbx", TitleVI: "Chuyên viên"}} {
		post.Person = "p-" + account
		o.must(a.People.SetPerson(t.Context(), people.Person{ID: post.Person, Name: "Người mẫu " + account}))
		o.must(a.People.OpenAccount(t.Context(), by, account, post.Person))
		o.must(a.People.GivePost(t.Context(), by, post))
	}
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) on(day string) { o.now = calendar.MustParse(day).Time().Add(3 * time.Hour) }

func (o *office) file(channel string) *dossier.Dossier {
	o.t.Helper()
	d, err := o.Dossiers.Open(o.t.Context(), dossier.Filing{Procedure: "radiation_work_licence", Channel: channel, Actor: "cv", Unit: "atbx", Fields: map[string]any{
		"noi_dung": "Cấp giấy phép X-quang (mẫu)", "co_so": "Phòng khám mẫu", "loai": "cap_moi", "cong_viec": "x_quang_y_te", "so_thiet_bi": 2}})
	o.must(err)
	return d
}

// act takes a step on a day; the words are field=value.
func (o *office) act(d *dossier.Dossier, day, action string, words ...string) *dossier.Dossier {
	o.t.Helper()
	o.on(day)
	a := dossier.Act{Code: d.Code, Action: action, Actor: "gd", Fields: map[string]any{}}
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		a.Fields[name] = value
	}
	switch action {
	case "nop_bo_sung":
		a.Documents = []string{"don", "phap_ly", "nhan_vien", "chung_chi", "khai_bao", "kiem_dinh", "danh_gia_an_toan", "kiem_xa", "ung_pho"}
	case "nop_phi":
		a.Receipt, a.Online = " BL000123 ", true
	}
	next, err := o.Dossiers.Act(o.t.Context(), a)
	o.must(err)
	return next
}

// ids are the papers that a dossier has.
func (o *office) ids(d *dossier.Dossier) string {
	o.t.Helper()
	papers, err := o.Desk.Papers(o.t.Context(), d)
	o.must(err)
	var out []string
	for _, p := range papers {
		out = append(out, p.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// golden compares the words of a paper with those looked at, and sets it twice to the same bytes.
func (o *office) golden(d *dossier.Dossier, id, name string) {
	o.t.Helper()
	p, err := o.Desk.Paper(o.t.Context(), d, id)
	o.must(err)
	var files [2]bytes.Buffer
	for i := range files {
		doc, err := o.Desk.Write(o.t.Context(), d, p, true)
		o.must(err)
		o.must(doc.WriteDOCX(&files[i]))
		o.must(doc.WritePDF(&files[i]))
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		o.t.Errorf("%s: two writings differ", name)
	}
	var docx bytes.Buffer
	doc, err := o.Desk.Write(o.t.Context(), d, p, true)
	o.must(err)
	o.must(doc.WriteDOCX(&docx))
	sameAsGolden(o.t, name, wordsOf(o.t, docx.Bytes()))
}

func sameAsGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "phieu", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s changed (%v); look at the page and run go test -update:\n%s", name, err, got)
	}
}

var (
	paragraphs = regexp.MustCompile(`(?s)<w:p>.*?</w:p>`)
	pieces     = regexp.MustCompile(`<w:t xml:space="preserve">(.*?)</w:t>|<w:br/>|<pic:pic>`)
)

// wordsOf is the text of a Word file, a paragraph a line.
func wordsOf(t *testing.T, docx []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, p := range paragraphs.FindAllString(string(body), -1) {
		line := ""
		for _, m := range pieces.FindAllStringSubmatch(p, -1) {
			switch m[0] {
			case "<w:br/>":
				line += " / "
			case "<pic:pic>":
				line += "[mã vạch]"
			}
			line += m[1]
		}
		if strings.TrimSpace(line) != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

// TestTheOneStopForms takes dossiers through every form: each exists from its step on, and says what the step said.
func TestTheOneStopForms(t *testing.T) {
	o := newOffice(t)
	o.on("2025-07-07")
	d := o.file("online")
	if got := o.ids(d); got != "" {
		t.Errorf("a filed dossier has %s", got)
	}
	d = o.act(d, "2025-07-08", "yeu_cau_bo_sung", "ly_do=Thiếu đơn đề nghị")
	if got := o.ids(d); got != "bo-sung" {
		t.Errorf("after asking for a supplement: %s", got)
	}
	o.issue(d, "bo-sung", "", "01/HDHS-SKHCN")
	o.golden(d, "bo-sung", "mau-02")
	d = o.act(d, "2025-07-10", "nop_bo_sung")
	d = o.act(d, "2025-07-10", "thong_bao_phi")
	d = o.act(d, "2025-07-11", "nop_phi")
	d = o.act(d, "2025-07-14", "tiep_nhan")
	o.golden(d, "tiep-nhan", "mau-01")
	d = o.act(d, "2025-07-15", "phan_cong")
	o.warn(d)
	d = o.act(d, "2025-08-07", "xin_loi", "ly_do=Cần thêm thời gian lấy ý kiến", "hen_lai_ngay=2025-08-15")
	o.issue(d, "xin-loi", "pgd", "01/PXL-SKHCN")
	o.golden(d, "xin-loi", "mau-04")
	d = o.act(d, "2025-08-13", "trinh")
	d = o.act(d, "2025-08-14", "ky")
	o.golden(d, "giay_phep", "ket-qua")
	d = o.act(d, "2025-08-15", "tra")
	o.golden(d, "kiem-soat", "mau-06")
	o.golden(d, "tiep-nhan", "mau-01") // a later step changes nothing in it

	refused := o.act(o.file("direct"), "2025-08-15", "tu_choi_tiep_nhan", "ly_do=Không thuộc thẩm quyền")
	o.golden(refused, "tu-choi", "mau-03")
	stopped := o.act(o.act(o.file("post"), "2025-08-15", "thong_bao_phi"), "2025-08-15", "dung", "ly_do=Quá thời hạn nộp phí")
	o.golden(stopped, "dung", "mau-05")

	log, err := o.Desk.Logbook(t.Context(), dossier.Reach{}, calendar.MustParse("2025-07-01"), calendar.MustParse("2025-07-31"), func(id, _ string) string { return id })
	o.must(err)
	var docx bytes.Buffer
	o.must(log.WriteDOCX(&docx))
	sameAsGolden(t, "mau-07", wordsOf(t, docx.Bytes()))
}

// warn: the letter of apology is drafted one working day before the due date, not earlier.
func (o *office) warn(d *dossier.Dossier) {
	o.t.Helper()
	if d.DueOn != calendar.MustParse("2025-08-08") {
		o.t.Fatalf("due %s", d.DueOn)
	}
	for day, want := range map[string]bool{"2025-08-06": false, "2025-08-07": true, "2025-08-08": true, "2025-08-11": true} {
		o.on(day)
		if got := strings.Contains(o.ids(d), "xin-loi"); got != want {
			o.t.Errorf("on %s the letter is drafted: %v", day, got)
		}
		if _, n, err := o.Dossiers.Soon(o.t.Context(), dossier.Reach{}, 9, 0); err != nil || n == 1 != want {
			o.t.Errorf("on %s the list holds %d, %v", day, n, err)
		}
	}
	o.on("2025-08-07")
	o.golden(d, "xin-loi", "mau-04-du-thao")
	if _, err := o.Desk.Issue(o.t.Context(), d, onestop.Issue{Paper: "xin-loi", Signer: "pgd"}); !fault.Is(err, "onestop.draft") {
		o.t.Errorf("a draft takes a number: %v", err)
	}
}

func (o *office) issue(d *dossier.Dossier, paper, signer, want string) {
	o.t.Helper()
	for range 2 { // the second time it keeps its number
		g, err := o.Desk.Issue(o.t.Context(), d, onestop.Issue{Paper: paper, Signer: signer, Actor: "cv"})
		o.must(err)
		if g.Number != want {
			o.t.Errorf("%s is numbered %s, not %s", paper, g.Number, want)
		}
	}
}

// TestWhatTheDeskKeeps: fees with their receipts, the end of licences, opinions, and what the index counts.
func TestWhatTheDeskKeeps(t *testing.T) {
	o, ctx := newOffice(t), t.Context()
	o.on("2025-07-07")
	d := o.act(o.file("online"), "2025-07-07", "thong_bao_phi")
	from, to := calendar.MustParse("2025-07-01"), calendar.MustParse("2025-12-31")
	fees, err := o.Dossiers.Fees(ctx, dossier.Reach{}, from, to, 9, 0)
	o.must(err)
	sums, err := o.Dossiers.SumFees(ctx, dossier.Reach{}, from, to)
	o.must(err)
	if len(fees) != 1 || sums.Owed != 4_000_000 || sums.Paid != 0 || fees[0].PaidOn != calendar.NoDate {
		t.Errorf("asked for: %+v %+v", fees, sums)
	}
	d = o.act(d, "2025-07-08", "nop_phi")
	fees, err = o.Dossiers.FeesOf(ctx, d.Code)
	o.must(err)
	sums, err = o.Dossiers.SumFees(ctx, dossier.Reach{}, from, to)
	o.must(err)
	if len(fees) != 1 || sums != (dossier.FeeSums{Count: 1, Paid: 4_000_000}) || fees[0].Receipt != "BL000123" || !fees[0].Online {
		t.Errorf("paid: %+v %+v", fees, sums)
	}
	if sums, err := o.Dossiers.SumFees(ctx, dossier.Reach{Units: []string{"khac"}}, from, to); sums.Count != 0 || err != nil {
		t.Error("another unit sees the fee")
	}
	d = o.opinions(d)
	old := dossier.Act{Code: d.Code, Action: "tiep_nhan", Documents: []string{"don", "chung_chi"}, Dates: map[string]calendar.Date{"chung_chi": calendar.MustParse("2020-07-07")}}
	if _, err := o.Dossiers.Act(ctx, old); !fault.Is(err, "dossier.paper_old") {
		t.Errorf("a paper of more than 60 months: %v", err)
	}
	late := o.act(o.act(o.file("direct"), "2025-07-08", "yeu_cau_bo_sung", "ly_do=Thiếu"), "2025-07-08", "nop_bo_sung")
	late = o.act(late, "2025-07-08", "tiep_nhan")
	for _, step := range []string{"phan_cong", "trinh"} {
		late = o.act(late, "2025-07-09", step)
	}
	late = o.act(late, "2025-08-20", "ky")
	o.licence(late)
	o.index()
}

// opinions asks one and answers it late.
func (o *office) opinions(d *dossier.Dossier) *dossier.Dossier {
	o.t.Helper()
	ctx := o.t.Context()
	if _, err := o.Desk.Ask(ctx, d, "cv", onestop.Opinion{Agency: "Sở Y tế"}); !fault.Is(err, "onestop.opinion_missing") {
		o.t.Errorf("nothing was asked: %v", err)
	}
	_, err := o.Desk.Ask(ctx, d, "cv", onestop.Opinion{Agency: "Sở Y tế", Question: "Địa điểm", DueOn: calendar.MustParse("2025-07-09")})
	o.must(err)
	o.on("2025-07-10")
	o.must(o.Desk.Answer(ctx, d, "cv", 1, calendar.NoDate, "Thống nhất"))
	if err := o.Desk.Answer(ctx, d, "cv", 1, calendar.NoDate, "Nữa"); !fault.Is(err, "onestop.opinion_answered") {
		o.t.Errorf("answered twice: %v", err)
	}
	if err := o.Desk.Answer(ctx, d, "cv", 2, calendar.NoDate, ""); !fault.Is(err, "onestop.no_opinion") {
		o.t.Errorf("an opinion nobody asked: %v", err)
	}
	all, err := o.Desk.Opinions(ctx, d.Code)
	o.must(err)
	if len(all) != 1 || !all[0].Late || all[0].Answer != "Thống nhất" {
		o.t.Errorf("%+v", all)
	}
	o.on("2025-07-08")
	return d
}

// licence follows a licence of 36 months that is renewed at least 45 days before its end.
func (o *office) licence(d *dossier.Dossier) {
	o.t.Helper()
	number := d.Track.Issued[0].Number
	c, err := o.Dossiers.Credential(o.t.Context(), d.Procedure, number)
	o.must(err)
	if c.Until != calendar.MustParse("2028-08-19") || c.RenewBy != calendar.MustParse("2028-07-05") {
		o.t.Errorf("until %s, renew by %s", c.Until, c.RenewBy)
	}
	for day, want := range map[string]string{"2025-09-01": dossier.Valid, "2028-05-01": dossier.Expiring, "2028-07-05": dossier.Expiring, "2028-07-06": dossier.RenewalLate, "2028-08-20": dossier.Expired} {
		on := calendar.MustParse(day)
		if got := c.View(on); got != want {
			o.t.Errorf("on %s it is %s, not %s", day, got, want)
		}
		o.on(day)
		rows, n, err := o.Dossiers.Credentials(o.t.Context(), dossier.CredentialFilter{View: want, Text: "Phòng khám", Limit: 9})
		if err != nil || n != 1 || len(rows) != 1 {
			o.t.Errorf("on %s the list %s holds %d, %v", day, want, n, err)
		}
	}
	o.on("2025-09-01")
	o.must(o.Dossiers.EndCredential(o.t.Context(), d.Procedure, number, "thu_hoi", calendar.NoDate, "gd", ""))
	if _, n, err := o.Dossiers.Credentials(o.t.Context(), dossier.CredentialFilter{View: dossier.Ended, Limit: 9}); err != nil || n != 1 {
		o.t.Errorf("ended: %d %v", n, err)
	}
}

// index: one dossier finished late, one not received; the filing online is not received and does not count.
func (o *office) index() {
	o.t.Helper()
	q := quality.Query{Period: calendar.MustPeriod("2025-H2")}
	got, err := o.Quality.Measure(o.t.Context(), q)
	o.must(err)
	shares := map[string]float64{}
	for _, g := range got.Groups {
		for _, c := range g.Components {
			if c.Known {
				shares[g.ID+"/"+c.ID] = c.Share
			}
		}
	}
	want := map[string]float64{"tien_do/dung_han": 0, "truc_tuyen/thu_tuc": 0, "truc_tuyen/ho_so": 0, "thanh_toan/thu_tuc": 100, "thanh_toan/ho_so": 100}
	for id, share := range want {
		if is, ok := shares[id]; !ok || is != share {
			o.t.Errorf("%s is %v (%v), not %v", id, is, ok, share)
		}
	}
	if got.Of+got.Unknown != 100 || got.Points != 10 {
		o.t.Errorf("%v of %v, %v unknown", got.Points, got.Of, got.Unknown)
	}
	c, err := got.Index.Component("tien_do", "dung_han")
	o.must(err)
	if rows, n, err := o.Quality.Costing(o.t.Context(), q, c, 9, 0); err != nil || n != 1 || !rows[0].Late {
		o.t.Errorf("costing: %v %d %v", rows, n, err)
	}
}
