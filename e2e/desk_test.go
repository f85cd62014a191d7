package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// filed is a dossier received on 11/6/2021, three days before the clock of these tests.
func (a *agency) filed(t *testing.T) *dossier.Dossier {
	t.Helper()
	ctx, on := context.Background(), calendar.MustParse("2021-06-11")
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: on, Actor: "khai", Unit: "qlcn", Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Mượn sách để thử giấy tờ", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}})
	must(t, err)
	d, err = a.Dossiers.Act(ctx, dossier.Act{Code: d.Code, Action: "yeu_cau_bo_sung", On: on, Actor: "khai", Fields: map[string]any{"ly_do": "Thẻ mờ số"}})
	must(t, err)
	return d
}

// TestTheDeskWorksWithoutJavaScript: a supplement request is numbered, its files are taken, and an opinion is asked and
// answered, all by plain forms.
func TestTheDeskWorksWithoutJavaScript(t *testing.T) {
	a := start(t)
	by := people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	must(t, a.People.GivePost(context.Background(), by, people.Post{Person: "p-khai", Unit: "so", TitleVI: "Giám đốc Sở"}))
	d := a.filed(t)
	p := browser.New(t, axe)
	p.Size(1440, 1600)
	a.signIn(t, p)
	p.Scripts(false)
	p.Open(a.url + "/ho-so/" + d.Code)
	unfold(p)
	p.Click("form[action$='/phat-hanh'] button")
	if text := p.Text(); !strings.Contains(text, "Số 01/HDHS-") || !strings.Contains(text, "Phiếu yêu cầu bổ sung") {
		t.Fatalf("the slip has no number:\n%s", text)
	}
	unfold(p)
	p.Fill("#yk-c", "Sở Y tế tỉnh Mẫu")
	p.Fill("#yk-n", "Địa điểm đặt thiết bị")
	browser.Eval[string](p, `document.querySelector("#yk-h").value = "2021-06-30"`)
	p.Click("form[action$='/y-kien'] button")
	if text := p.Text(); !strings.Contains(text, "Đang chờ trả lời") {
		t.Fatalf("the opinion is not asked:\n%s", text)
	}
	unfold(p)
	p.Fill("#ya-1", "Thống nhất")
	p.Click("form[action$='/y-kien/1'] button")
	if text := p.Text(); !strings.Contains(text, "Đã trả lời") || !strings.Contains(text, "Thống nhất") {
		t.Fatalf("the answer is not there:\n%s", text)
	}
	p.Size(360, 800)
	if n := p.Overflow(); n > 0 {
		t.Errorf("the page is %d wider than a telephone", n)
	}
}

// unfold opens every fold of the page, as a reader does with a click that leads nowhere.
func unfold(p *browser.Page) {
	browser.Eval[bool](p, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
}

// TestSlipsAreTheSameFileEveryTime, and what a dossier does not have is not there.
func TestSlipsAreTheSameFileEveryTime(t *testing.T) {
	a := start(t)
	d := a.filed(t)
	r := a.reader(t, "khai")
	at := r.url + "/ho-so/" + d.Code + "/phieu/"
	for ext, head := range map[string]string{"docx": "PK", "pdf": "%PDF-"} {
		first, second := r.bytes(at+"bo-sung."+ext), r.bytes(at+"bo-sung."+ext)
		if !bytes.HasPrefix(first, []byte(head)) || !bytes.Equal(first, second) {
			t.Errorf("%s: %d and %d bytes, not the same file", ext, len(first), len(second))
		}
	}
	for _, none := range []string{"tiep-nhan.docx", "bo-sung.exe", "bo-sung", "khong-co.pdf"} {
		if status, _ := r.get("/ho-so/" + d.Code + "/phieu/" + none); status != http.StatusNotFound {
			t.Errorf("%s: %d", none, status)
		}
	}
}

func (r reader) bytes(url string) []byte {
	r.t.Helper()
	resp, err := r.c.Get(url)
	must(r.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(r.t, err)
	if resp.StatusCode != http.StatusOK {
		r.t.Errorf("%s: %d", url, resp.StatusCode)
	}
	return b
}

// TestAFilingThatNobodyLooksAtTurnsLate: before receipt the term for checking the papers runs, and the clerk's day shows it.
func TestAFilingThatNobodyLooksAtTurnsLate(t *testing.T) {
	a := start(t)
	account(t, a.App, "motcua", "Cán bộ một cửa (mẫu)", people.OneStop)
	_, err := a.Dossiers.Open(context.Background(), dossier.Filing{Procedure: "radiation_work_licence", On: calendar.MustParse("2021-06-01"), Channel: "online", Unit: "qlcn",
		Fields: map[string]any{"noi_dung": "Nằm đợi (mẫu)", "co_so": "Bệnh viện mẫu", "loai": "cap_moi", "cong_viec": "x_quang_y_te", "so_thiet_bi": 1}})
	must(t, err)
	_, page := a.reader(t, "motcua").get("/")
	i := strings.Index(page, "Nằm đợi (mẫu)")
	if i < 0 || !strings.Contains(page[i:i+900], "Mới đăng ký – quá 4 ngày làm việc") {
		t.Errorf("the clerk's day does not show that the check is late: %s", page[max(i, 0):max(i, 0)+900])
	}
}
