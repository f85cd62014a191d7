package e2e

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// filer is somebody outside the agency with a telephone and no script.
type filer struct {
	*browser.Page
	t *testing.T
	a *agency
}

func newFiler(t *testing.T, a *agency) *filer {
	p := browser.New(t, axe)
	p.Scripts(false)
	p.Size(360, 800)
	return &filer{p, t, a}
}

// look checks the page on which the filer stands, in both colours. The checks are a script themselves.
func (f *filer) look(name string) {
	f.t.Helper()
	f.Scripts(true)
	defer f.Scripts(false)
	for _, scheme := range []string{"light", "dark"} {
		f.Colours(scheme)
		for _, v := range f.Violations() {
			f.t.Errorf("%s in %s: %s", name, scheme, v)
		}
		f.Shot(os.Getenv("SHOTS"), "nop-"+name+"-"+scheme)
	}
	if n := f.Overflow(); n > 0 {
		f.t.Errorf("%s is %d px too wide", name, n)
	}
}

// inputs are what a page of the form asks for, "name|type|id"; of the choices with one name the first.
const inputs = `[...new Map([...document.querySelectorAll("main form:not([enctype]) input:not([type=hidden]), main form textarea")].reverse().map(e => [e.name, e.name + "|" + e.type + "|" + e.id])).values()].reverse()`

// typed is what the filer types where the kind of the question asks for it.
var typed = map[string]string{"dien-thoai": "0912 345 678", "so-dinh-danh": "0100109106", "f.so_thiet_bi": "2", "f.so_luong": "12", "f.giay_to_den": "31/12/2031", "f.doanh_thu": "1.250.000.000", "f.doanh_thu_kq": "400.000.000"}

// fillIn answers the page and goes on.
func (f *filer) fillIn() {
	f.t.Helper()
	for _, in := range browser.Eval[[]string](f.Page, inputs) {
		part := strings.Split(in, "|")
		at := `[id="` + part[2] + `"]`
		switch {
		case part[1] == "radio" || part[1] == "checkbox":
			f.Fill(at, " ")
		case typed[part[0]] != "":
			f.Fill(at, typed[part[0]])
		case part[1] != "email":
			f.Fill(at, "Mẫu Một")
		}
	}
	f.Click(`main form:not([enctype]):not([action$=bo-tep]) button`)
}

// TestFilingOnATelephoneWithoutAScript files a dossier of three families from the catalogue to the receipt.
func TestFilingOnATelephoneWithoutAScript(t *testing.T) {
	a := start(t)
	f := newFiler(t, a)
	f.Open(a.url + "/dich-vu")
	f.look("danh-muc")
	for i, id := range []string{"radiation_work_licence", "st_enterprise", "measurement_verification"} {
		f.Open(a.url + "/dich-vu/" + id)
		if i == 0 {
			f.look("dich-vu")
		}
		f.Click("main form button")
		if i == 0 {
			f.look("cac-muc")
		}
		f.Click(".ct-row a.ct-button")
		if i == 0 {
			f.Click("main form button")
			f.look("loi")
			if got := f.Eval1("document.title"); !strings.HasPrefix(got, "Lỗi: ") {
				t.Errorf("the title does not say that there is an error: %s", got)
			}
		}
		for n := 0; !strings.HasSuffix(f.URL(), "/kiem-tra"); n++ {
			if n > 30 {
				t.Fatalf("%s never ends, it stands at %s:\n%s", id, f.URL(), f.Text())
			}
			switch key := f.URL()[strings.LastIndex(f.URL(), "/")+1:]; key {
			case "muc-loai", "muc-thiet_bi", "giay-don":
				if i == 0 {
					f.look(key)
				}
			}
			f.fillIn()
		}
		if i == 0 {
			f.look("kiem-tra")
		}
		f.Fill("#cam-doan", " ")
		f.Click("main form button")
		if !strings.HasSuffix(f.URL(), "/xong") {
			t.Fatalf("%s was not sent:\n%s", id, f.Text())
		}
		if i == 0 {
			f.look("xong")
		}
	}
	rows, _, err := a.Dossiers.List(context.Background(), dossier.Filter{Status: dossier.Filed, Order: dossier.ByFiling, Limit: 3, Overdue: calendar.NoDate})
	must(t, err)
	for _, row := range rows {
		if row.Channel != "online" || row.Unit == "" {
			t.Errorf("%+v", row)
		}
	}
}

// TestTrackingOnATelephone proves oneself, supplements once and withdraws.
func TestTrackingOnATelephone(t *testing.T) {
	a := start(t)
	code := a.code(10) // from before the public pages: known by its applicant's name
	d, err := a.Dossiers.Get(context.Background(), code)
	must(t, err)
	f := newFiler(t, a)
	f.Open(a.url + "/tra-cuu?ma=" + url.QueryEscape(code))
	if got := f.Attribute("#ma", "value"); got != code {
		t.Errorf("the QR's code is %q in the form", got)
	}
	f.Click("main form button")
	if text := f.Text(); strings.Count(text, "Nhập bốn số cuối") != 2 || strings.Contains(text, "Nhập mã hồ sơ") {
		t.Errorf("an empty fact is not asked for above and at the field:\n%s", text)
	}
	f.Fill("#kiem-tra", "không phải tôi")
	f.Click("main form button")
	f.Fill("#kiem-tra", d.Applicant)
	f.Click("main form button")
	if !strings.HasSuffix(f.URL(), "/tra-cuu/ho-so") {
		t.Fatalf("the applicant is not let in:\n%s", f.Text())
	}
	f.look("tra-cuu")
	text := f.Text()
	for _, hidden := range []string{"khai", "Minh Khai", d.Title, d.Applicant} {
		if strings.Contains(text, hidden) {
			t.Errorf("the public page tells %q", hidden)
		}
	}
}

// Eval1 is a text of the page.
func (f *filer) Eval1(expression string) string { return browser.Eval[string](f.Page, expression) }

var hidden = regexp.MustCompile(`name="khoa" value="([^"]+)"`)

// TestTheDeskTakesPaperInByKeyboard: from the procedure's name to the appointment, by form alone; repeated it is one
// dossier; who does not work at the desk is refused.
func TestTheDeskTakesPaperInByKeyboard(t *testing.T) {
	a := start(t)
	account(t, a.App, "motcua", "Cán bộ một cửa (mẫu)", people.OneStop)
	r := a.reader(t, "motcua")
	status, page := r.get("/ho-so/tiep-nhan?thu-tuc=" + url.QueryEscape("tien hanh cong viec buc xa"))
	if status != http.StatusOK || !strings.Contains(page, `name="f.so_thiet_bi"`) {
		t.Fatalf("%d: a few letters do not open the form", status)
	}
	form := url.Values{"thu-tuc": {"radiation_work_licence"}, "khoa": {hidden.FindStringSubmatch(page)[1]}, "don-vi": {"qlcn"}, "tiep-nhan": {"1"},
		"f.noi_dung": {"Cấp phép máy X-quang (mẫu)"}, "f.co_so": {"Bệnh viện mẫu"}, "f.loai": {"cap_moi"}, "f.cong_viec": {"x_quang_y_te"}, "f.so_thiet_bi": {"hai"},
		"so-dinh-danh": {"0100109106"}, "d.don": {"1"}}
	status, page = r.post("/ho-so/tiep-nhan", form)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, `value="hai"`) || !strings.Contains(page, "Bệnh viện mẫu") {
		t.Errorf("%d: the wrong figure is not told, or what was typed is lost", status)
	}
	form.Set("f.so_thiet_bi", "2")
	form.Set("f.loai", "gia_han") // which needs the licence that is renewed
	if status, page = r.post("/ho-so/tiep-nhan", form); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Số giấy phép đang có") {
		t.Errorf("%d: what is missing is not told", status)
	}
	form.Set("f.loai", "cap_moi")
	for range 2 {
		status, page = r.post("/ho-so/tiep-nhan", form)
		if status != http.StatusOK || !strings.Contains(page, "Đã tiếp nhận") || !strings.Contains(page, "Hẹn trả: ") {
			t.Fatalf("%d\n%s", status, page)
		}
	}
	_, n, err := a.Dossiers.List(context.Background(), dossier.Filter{Procedure: "radiation_work_licence", Text: "Cấp phép máy X-quang (mẫu)", Overdue: calendar.NoDate})
	must(t, err)
	if n != 1 {
		t.Errorf("pressed twice it is %d dossiers", n)
	}
	_, page = r.get("/ho-so/tiep-nhan?thu-tuc=radiation_work_licence&ma-so=0100109106")
	if !strings.Contains(page, `value="Bệnh viện mẫu"`) || !strings.Contains(page, `value="Cấp phép máy X-quang (mẫu)"`) {
		t.Error("what the agency holds is not filled in")
	}
	issued := func(procedure string, fields map[string]any, papers ...string) string {
		d, err := a.Dossiers.Open(context.Background(), dossier.Filing{Procedure: procedure, On: calendar.NoDate, Unit: "qlcn", Fields: fields, Documents: papers})
		must(t, err)
		for _, action := range []string{"tiep_nhan", "phan_cong", "trinh", "ky"} {
			d, err = a.Dossiers.Act(context.Background(), dossier.Act{Code: d.Code, Action: action, On: calendar.NoDate})
			must(t, err)
		}
		return d.Track.Issued[0].Number
	}
	licence := issued("radiation_work_licence", map[string]any{"noi_dung": "X-quang (mẫu)", "co_so": "Bệnh viện mẫu", "loai": "cap_moi", "cong_viec": "x_quang_y_te", "so_thiet_bi": 1}, "don")
	declared := issued("radiation_declaration", map[string]any{"noi_dung": "Khai báo (mẫu)", "co_so": "Bệnh viện mẫu", "loai_nguon": "x_quang_y_te", "so_luong": 1, "ngay_co": "2021-06-10"}, "phieu_khai_bao")
	_, page = r.get("/ho-so/tiep-nhan?thu-tuc=radiation_work_licence&ma-so=0100109106")
	if !strings.Contains(page, `value="`+licence+`"`) {
		t.Error("the licence in hand is not filled in")
	}
	if !strings.Contains(page, "Cơ quan đã cấp: số "+declared) || !strings.Contains(page, `name="d.khai_bao" value="held" checked`) {
		t.Error("the clerk is not told that the agency has issued the declaration")
	}
	if status, _ := a.reader(t, "xem").get("/ho-so/tiep-nhan"); status != http.StatusForbidden {
		t.Errorf("a reader at no desk gets %d", status)
	}
	if status, _ := a.reader(t, "hung").get("/ho-so/tiep-nhan"); status != http.StatusForbidden {
		t.Errorf("a specialist gets the desk: %d", status)
	}
}

// TestADraftIsItsOwnersAlone: the address of a draft opens nothing without the secret, and the secret opens it anywhere.
func TestADraftIsItsOwnersAlone(t *testing.T) {
	a := start(t)
	stranger := func() reader {
		jar, err := cookiejar.New(nil)
		must(t, err)
		return reader{t, a.url, &http.Client{Jar: jar}}
	}
	owner, other := stranger(), stranger()
	resp, err := owner.c.PostForm(a.url+"/nop-ho-so", url.Values{"thu-tuc": {"st_enterprise"}})
	must(t, err)
	resp.Body.Close()
	at := resp.Request.URL.Path
	_, slip := owner.get(at + "/luu")
	secret := regexp.MustCompile(`<dd>([0-9A-Z-]{19})</dd>`).FindStringSubmatch(slip)
	if secret == nil {
		t.Fatal("the slip has no secret code")
	}
	for _, path := range []string{"", "/luu", "/kiem-tra", "/nguoi-nop", "/xong"} {
		if status, page := other.get(at + path); status != http.StatusNotFound || strings.Contains(page, secret[1]) {
			t.Errorf("%s%s opens for a stranger: %d", at, path, status)
		}
	}
	for _, path := range []string{"/gui", "/xoa", "/nguoi-nop"} {
		if status, _ := other.post(at+path, url.Values{"cam-doan": {"1"}}); status != http.StatusNotFound {
			t.Errorf("a stranger writes to %s%s: %d", at, path, status)
		}
	}
	if status, _ := other.post("/nop-ho-so/mo", url.Values{"ma": {strings.TrimPrefix(at, "/nop-ho-so/")}, "bi-mat": {secret[1]}}); status != http.StatusOK {
		t.Errorf("with both codes it does not open on another device: %d", status)
	}
	if status, _ := other.get(at + "/nguoi-nop"); status != http.StatusOK {
		t.Errorf("and stays closed: %d", status)
	}
	if strings.Contains(at, secret[1]) || strings.Contains(at, strings.ReplaceAll(secret[1], "-", "")) {
		t.Error("the secret stands in the address")
	}
}
