package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
)

// TestWorkThatIsNoDossierReachesTheFigures: somebody enters an inspection, the figure counts it, it is put right and taken back.
func TestWorkThatIsNoDossierReachesTheFigures(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Scripts(false)
	p.Size(360, 800)
	a.signIn(t, p)
	p.Open(a.url + "/so-viec/moi")
	choose := func(selector, value string) {
		browser.Eval[bool](p, `document.querySelector("`+selector+`").value = "`+value+`", true`)
	}
	choose("#loai", "inspection")
	p.Click("main form button")
	p.Fill("#nd", "Kiểm tra đo lường xăng dầu (mẫu)")
	choose("#ngay", "2021-06-10")
	choose("#dv", "tdc")
	p.Fill("#luong-fines", "bảy")
	p.Click("main form button")
	if text := p.Text(); !strings.Contains(text, `"bảy" không phải một số`) {
		t.Fatal(text)
	}
	choose("#luong-fines", "7,5")
	p.Click("main form button")
	if text := p.Text(); !strings.Contains(text, "7,5 triệu đồng") {
		t.Fatal(text)
	}
	figure := func() string {
		p.Open(a.url + "/so-lieu/inspection.fines?period=2021")
		return p.Text()
	}
	if text := figure(); !strings.Contains(text, "7,5") || !strings.Contains(text, "Kiểm tra đo lường xăng dầu (mẫu)") {
		t.Fatal(text)
	}
	p.Open(a.url + "/so-viec/000001")
	choose("#luong-fines", "9")
	p.Fill("#ly-do", "biên bản ghi 9 triệu")
	p.Click("main form button[type=submit]")
	if text := figure(); !strings.Contains(text, "9") || !strings.Contains(text, "-7,5") {
		t.Fatal(text)
	}
	p.Open(a.url + "/so-viec/000001")
	p.Fill("#ly-do", "ghi trùng")
	p.Click("main form button[value=rut]")
	if text := p.Text(); !strings.Contains(text, "Đã rút") {
		t.Fatal(text)
	}
}

// TestOnlyOnesOwnUnitsWorkIsEntered: the head of one division neither enters for another nor sees its entries.
func TestOnlyOnesOwnUnitsWorkIsEntered(t *testing.T) {
	a, _ := guarded(t)
	entry := func(unit string) url.Values {
		return url.Values{"loai": {"article"}, "don-vi": {unit}, "ngay": {"2021-06-10"}, "noi-dung": {"bimat-" + unit}}
	}
	if status, _ := a.reader(t, "khai").post("/so-viec", entry("tdc")); status != http.StatusOK {
		t.Fatal(status)
	}
	head := a.reader(t, "phong")
	for unit, want := range map[string]int{"qlcn": http.StatusOK, "tdc": http.StatusForbidden, "du": http.StatusForbidden} {
		if status, _ := head.post("/so-viec", entry(unit)); status != want {
			t.Errorf("entering for %s: %d", unit, status)
		}
		if status, _ := head.post("/so-viec/so-lieu", url.Values{"don-vi": {unit}, "ky": {"2021"}, "target.dossier.received": {"9"}}); status != want {
			t.Errorf("a target for %s: %d", unit, status)
		}
	}
	if _, page := head.get("/so-viec?nam=2021"); strings.Contains(page, "bimat-tdc") || !strings.Contains(page, "bimat-qlcn") {
		t.Error("the book shows another unit's work, or not its own")
	}
	if status, _ := head.get("/so-viec/000001"); status != http.StatusNotFound {
		t.Errorf("another unit's entry: %d", status)
	}
	if status, _ := head.post("/so-viec/000001", url.Values{"viec": {"rut"}, "ban": {"1"}, "ly-do": {"x"}}); status != http.StatusNotFound {
		t.Errorf("another unit's entry taken back: %d", status)
	}
}
