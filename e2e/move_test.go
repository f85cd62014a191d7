package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// divisions is an agency with a head in each of two divisions, and others of whom some may move dossiers.
func divisions(t *testing.T) *agency {
	t.Helper()
	a, _ := guarded(t)
	by := people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for id, g := range map[string]people.Grant{"chicuc": {Role: people.UnitHead, Unit: "tdc"}, "vanphong": {Role: people.GeneralOffice, Unit: people.Everywhere}, "chuyenvien": {Role: people.Specialist, Unit: "qlcn"}} {
		account(t, a.App, id, id)
		must(t, a.People.GrantRole(context.Background(), by, id, g))
	}
	return a
}

// loan files a dossier in the division of "phong" and gives its code.
func (a *agency) loan(t *testing.T, unit string) string {
	t.Helper()
	d, err := a.Dossiers.Open(context.Background(), dossier.Filing{Procedure: "book_loan", On: calendar.MustParse("2021-06-10"), Actor: "khai", Unit: unit, Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Sách chuyển phòng", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}})
	must(t, err)
	return d.Code
}

// TestADossierMovesAndItsOldUnitSeesItNoMore: by the form of its page, without a script.
func TestADossierMovesAndItsOldUnitSeesItNoMore(t *testing.T) {
	a := divisions(t)
	code := a.loan(t, "qlcn")
	phong, chicuc := a.reader(t, "phong"), a.reader(t, "chicuc")
	if status, _ := chicuc.get("/ho-so/" + code); status != http.StatusNotFound {
		t.Fatalf("another unit's head opens it: %d", status)
	}
	form := url.Values{"don-vi": {"tdc"}, "ly-do": {"Thuộc Chi cục Tiêu chuẩn"}, "ngay": {"2021-06-14"}}
	for name, c := range map[string]struct {
		change url.Values
		says   string
	}{
		"no reason":            {url.Values{"ly-do": {" "}}, "Chưa ghi lý do"},
		"no unit":              {url.Values{"don-vi": {""}}, "Chưa chọn đơn vị nhận"},
		"a unit of the Party":  {url.Values{"don-vi": {"du"}}, "Không có đơn vị"},
		"nobody of that unit":  {url.Values{"giao": {"chuyenvien"}}, "không xử lý hồ sơ của đơn vị này"},
		"an old page":          {url.Values{"ban": {"99"}}, "Có người vừa sửa"},
		"a day before the act": {url.Values{"ngay": {"2021-06-01"}}, "2021"},
	} {
		in := url.Values{}
		for k, v := range form {
			in[k] = v
		}
		for k, v := range c.change {
			in[k] = v
		}
		if status, page := phong.post("/ho-so/"+code+"/don-vi", in); status < 400 || !strings.Contains(page, c.says) {
			t.Errorf("%s: %d, without %q", name, status, c.says)
		}
	}
	for _, who := range []string{"xem", "chuyenvien", "chicuc", "dang"} {
		if status, _ := a.reader(t, who).post("/ho-so/"+code+"/don-vi", form); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s moves it: %d", who, status)
		}
	}
	if status, page := phong.post("/ho-so/"+code+"/don-vi", form); status != http.StatusOK || !strings.Contains(page, "Hồ sơ") {
		t.Fatalf("moved: %d", status)
	}
	for _, path := range []string{"/ho-so/" + code, "/ho-so/" + code + "?ngay=2021-06-12", "/ho-so?xem=all&q=chuyển+phòng", "/ho-so?xem=all&ngay=2021-06-12", "/tim?q=" + code, "/tim-kiem?q=" + code, "/sap-tre", "/"} {
		if _, page := phong.get(path); strings.Contains(page, `href="/ho-so/`+code) {
			t.Errorf("the old unit finds it on %s", path)
		}
	}
	status, page := chicuc.get("/ho-so/" + code)
	for _, want := range []string{"Chuyển sang đơn vị khác", "Thuộc Chi cục Tiêu chuẩn", "Chưa giao"} {
		if status == http.StatusOK && !strings.Contains(page, want) {
			t.Errorf("the new unit does not read %q", want)
		}
	}
	if _, page := chicuc.get("/ho-so?xem=unassigned"); status != http.StatusOK || !strings.Contains(page, code) {
		t.Errorf("%d; it is not on the new unit's list of those nobody works on", status)
	}
	must(t, a.Notify.Step(context.Background()))
	if _, page := chicuc.get("/thong-bao"); !strings.Contains(page, "Hồ sơ chuyển đến đơn vị") || !strings.Contains(page, "/ho-so/"+code) {
		t.Error("the new unit's head is not told")
	}
	if _, page := chicuc.get("/ho-so/" + code + "?ngay=2021-06-12"); !strings.Contains(page, a.People.UnitName(context.Background(), "qlcn", "vi")) {
		t.Error("on the day before, it does not stand in the old unit")
	}
}

// TestATokenMovesOnlyWithItsScope: the operation asks for a scope of its own.
func TestATokenMovesOnlyWithItsScope(t *testing.T) {
	a := divisions(t)
	body := `{"unit":"tdc","reason":"Thuộc Chi cục"}`
	for _, c := range []struct {
		scope web.Permission
		want  int
	}{{people.ActOnDossiers, http.StatusForbidden}, {people.MoveDossiers, http.StatusOK}} {
		caller := a.caller(t, "phong", c.scope, people.ReadDossiers)
		if status, _, raw := caller.raw("POST", "/api/v1/ho-so/"+a.loan(t, "qlcn")+"/don-vi", body); status != c.want {
			t.Errorf("with %s: %d %s", c.scope, status, raw)
		}
	}
}

// TestWhatIsLeftInAMergedUnitMovesAtOnce: from the work list of the unit that ended, to which the administrator's page leads.
func TestWhatIsLeftInAMergedUnitMovesAtOnce(t *testing.T) {
	a := divisions(t)
	ctx := context.Background()
	for range 3 {
		a.loan(t, "tdc")
	}
	must(t, a.People.CloseUnit(ctx, people.By{Actor: "test", On: calendar.MustParse("2021-06-12")}, "tdc", "qlcn"))
	open := func(unit string) int {
		n, err := a.Dossiers.Count(ctx, dossier.Filter{Units: []string{unit}, Open: true})
		must(t, err)
		return n[0]
	}
	before, there := open("tdc"), open("qlcn")
	p := browser.New(t, axe)
	p.Size(1440, 900)
	path, _, err := a.People.NewLink(ctx, "vanphong")
	must(t, err)
	p.Open(a.url + path)
	p.Click("main form button")
	p.Open(a.url + "/ho-so?xem=open&don-vi=tdc")
	if got := p.Violations(); len(got) > 0 {
		t.Errorf("%v", got)
	}
	p.Scripts(false)
	p.Open(a.url + "/ho-so?xem=open&don-vi=tdc")
	p.Fill("#cl-ly-do", "Quyết định sáp nhập (mẫu)")
	p.Click("[aria-labelledby=con-lai] button")
	if text := p.Text(); !strings.Contains(text, "Đã chuyển sang") {
		t.Fatalf("nothing was moved:\n%s", text)
	}
	if left, now := open("tdc"), open("qlcn"); left != 0 || now != there+before || before < 3 {
		t.Errorf("%d left of %d; the other unit has %d after %d", left, before, now, there)
	}
	p.Open(a.url + "/ho-so?xem=open&don-vi=tdc")
	if text := p.Text(); strings.Contains(text, "Còn ở") {
		t.Error("the list still offers to move what is no longer there")
	}
	phong := a.reader(t, "phong")
	form := url.Values{"ly-do": {"Trả về (mẫu)"}, "don-vi": {"tdc"}, "chon": {a.loan(t, "qlcn") + "@1"}}
	if status, page := phong.post("/ho-so/hang-loat/don-vi", form); status != http.StatusOK || !strings.Contains(page, "đã sáp nhập nên không nhận hồ sơ") {
		t.Errorf("%d; a unit that ended takes dossiers", status)
	}
	form.Del("ly-do")
	if status, _ := phong.post("/ho-so/hang-loat/don-vi", form); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
}
