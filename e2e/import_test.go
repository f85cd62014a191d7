package e2e

import (
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/room/portal"
)

// TestAFileBecomesADraftInTheBrowser: a file is read, what was found is shown and put right, and only then is there a draft,
// its caption and the directive that it names kept.
func TestAFileBecomesADraftInTheBrowser(t *testing.T) {
	a := newsroom(t)
	p := browser.New(t, axe)
	path, _, err := a.People.NewLink(t.Context(), "phong")
	must(t, err)
	p.Open(a.url + path)
	p.Click("main form button")
	p.Open(a.url + "/bien-tap/nhap")
	browser.Eval[bool](p, `(() => { const d = new DataTransfer();
		d.items.add(new File(["Thứ hai, 07/06/2021 08:30\n\nTin mẫu nhập từ tệp\n\nĐoạn mở đầu của tin mẫu.\n\n\n\nToàn cảnh buổi họp mẫu\n\nThực hiện Chỉ thị số 16/CT-TTg, đơn vị mẫu đã họp.\n\nNguồn: Phòng mẫu"], "tin.txt", {type: "text/plain"}));
		d.items.add(new File([""], "rong.txt", {type: "text/plain"}));
		document.querySelector("#tep").files = d.files; return true })()`)
	head := a.Ledger.Head()
	p.Click("main form button.btn-primary")
	for _, size := range []int64{1440, 360} {
		p.Size(size, 900)
		if p.Overflow() > 0 {
			t.Errorf("%d pixels too wide at %d", p.Overflow(), size)
		}
		for _, v := range append(p.Violations(), p.Said()...) {
			t.Error(v)
		}
	}
	text := p.Text()
	for _, want := range []string{"Đọc được 1 chú thích ảnh", "16/CT-TTg", "rong.txt"} {
		if !strings.Contains(text, want) {
			t.Errorf("the preview lacks %q:\n%s", want, text)
		}
	}
	if p.Attribute("#tieu-de-0", "value") != "Tin mẫu nhập từ tệp" || p.Attribute("#ngay-goc-0", "value") != "2021-06-07T08:30" || p.Attribute("#nguon-0", "value") != "Phòng mẫu" {
		t.Error("title, time or source was not read")
	}
	if now := a.Ledger.Head(); now != head {
		t.Errorf("%d events before anything was decided", now-head)
	}
	p.Fill("#tac-gia-0", "Bút danh mẫu")
	p.Click("form.kh-stack button.btn-primary")
	id := p.URL()[strings.LastIndex(p.URL(), "/")+1:]
	id, _, _ = strings.Cut(id, "?")
	x, err := a.Portal.Get(t.Context(), id)
	must(t, err)
	if x.State != portal.Draft || x.Author != "Bút danh mẫu" || x.Source != "Phòng mẫu" || !strings.Contains(x.Plain(), "Toàn cảnh buổi họp mẫu") || !strings.Contains(x.Plain(), "16/CT-TTg") {
		t.Errorf("%+v", x)
	}
}
