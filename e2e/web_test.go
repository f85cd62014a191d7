package e2e

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// agency is a running installation with a few sample units and one leader.
type agency struct {
	*app.App
	url string
}

var siteOptions = app.SiteOptions{Sample: true, Log: slog.New(slog.DiscardHandler)}

// now is the tests' day, a Monday.
var now = time.Date(2021, 6, 14, 2, 30, 0, 0, time.UTC)

func start(t *testing.T) *agency {
	t.Helper()
	return startWith(t, siteOptions)
}

func startWith(t *testing.T, o app.SiteOptions) *agency {
	t.Helper()
	return serve(t, o, func() time.Time { return now }, fill)
}

// serve runs an installation by a clock of its own, filled by fill.
func serve(t *testing.T, o app.SiteOptions, clock func() time.Time, fill func(*testing.T, *app.App)) *agency {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Options{Data: t.TempDir(), Clock: clock})
	must(t, err)
	fill(t, a)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- app.Serve(ctx, ln, a.Site(ctx, o)) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &agency{a, "http://" + ln.Addr().String()}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// signIn follows a one-time link as a person would.
func (a *agency) signIn(t *testing.T, p *browser.Page) {
	t.Helper()
	path, _, err := a.People.NewLink(context.Background(), "khai")
	must(t, err)
	p.Open(a.url + path)
	p.Click("main form button")
}

// code is the code of the i-th dossier by day of filing.
func (a *agency) code(i int) string {
	rows, _, err := a.Dossiers.List(context.Background(), dossier.Filter{Order: dossier.ByFiling, Limit: 100, Overdue: calendar.NoDate})
	if err != nil || len(rows) < i {
		panic(err)
	}
	return rows[len(rows)-1-i].Code
}

const axe = "testdata/axe.min.js"

// paths are the pages that every reader of this test may open; each is looked at in every way.
func (a *agency) paths() map[string]string {
	old, task, file := a.directive("20-NQ/TW"), a.task(2), a.file(a.code(30))
	return map[string]string{"chi-dao": "/chi-dao", "chi-dao-loc": "/chi-dao?hieu-luc=ended&q=khong", "chi-dao-moi": "/chi-dao/moi", "mot-chi-dao": "/chi-dao/" + old,
		"viec": "/viec?xem=all", "viec-trong": "/viec?q=khong+co+gi", "viec-don-vi": "/viec/don-vi", "viec-lich": "/viec/lich?xem=all", "viec-dong-thoi-gian": "/viec/dong-thoi-gian?xem=all", "viec-moc": "/moc-viec", "viec-hang-loat": "/viec/hang-loat",
		"quy-trinh": "/quy-trinh", "dong-chay": "/quy-trinh/book_loan/dong-chay", "lich-cong-tac": "/lich-cong-tac", "lich-thang": "/lich-cong-tac?thang=2021-06", "lich-moi": "/lich-cong-tac/moi", "viec-moi": "/viec/moi?van-ban=" + old, "viec-nhap": "/viec/nhap", "mot-viec": "/viec/" + task, "sua-viec": "/viec/" + task + "/sua",
		"tep": "/tep/" + file.ID, "tep-cua-ho-so": "/tep?noi=" + file.Owner,
		"trang-chu": "/", "ho-so": "/ho-so", "ho-so-qua-han": "/ho-so?xem=late&don-vi=qlcn", "ho-so-tim": "/ho-so?q=khong+co+gi", "ho-so-moi": "/ho-so/moi?thu-tuc=book_loan", "ho-so-nhom": "/ho-so?xem=all&nhom=tuan&sap=-han&cot=ma,nop,nguoi-nop", "tim": "/tim?q=de+xuat", "tiep-nhan": "/ho-so/tiep-nhan?thu-tuc=radiation_work_licence",
		"bao-cao": "/bao-cao", "dot-bao-cao": "/bao-cao/dot", "mo-dot": "/bao-cao/dot/moi", "moc-chot": "/bao-cao/dot/moc?chi-tieu=dossier.received", "bao-cao-nam": "/bao-cao/tong-ket-nam/2020", "so-ket": "/bao-cao/so-ket-6-thang/2021-H1", "bieu": "/bao-cao/tkth-26-2015/2017-S?unit=so-kh-cn-quang-tri",
		"o-bieu":    "/so-lieu/tkth01.01.1?period=2017-S&unit=so-kh-cn-quang-tri",
		"mot-ho-so": "/ho-so/" + a.code(30), "ngay-cu": "/ho-so/" + a.code(25) + "?ngay=2021-06-01", "ho-so-xong": "/ho-so/" + a.code(3), "so-lieu": "/so-lieu?period=2021", "mot-so-lieu": "/so-lieu/dossier.received?period=2021&known=40",
		"so-viec": "/so-viec?nam=2021", "ghi-viec": "/so-viec/moi?loai=inspection", "nhap-so-lieu": "/so-viec/so-lieu", "sap-tre": "/sap-tre", "so-theo-doi": "/so-theo-doi?tu=2021-01-01", "giay-phep": "/giay-phep?xem=", "phi": "/phi?tu=2021-01-01", "so-van-ban": "/so-van-ban?nam=2021",
		"chat-luong": "/chat-luong?ky=2022", "mat-diem": "/chat-luong/tien_do/dung_han?ky=2022", "thu-tuc": "/thu-tuc", "mot-thu-tuc": "/thu-tuc/mission", "so-cai": "/so-cai", "su-kien": "/so-cai/3", "thong-bao": "/thong-bao", "cach-nhan": "/thong-bao/tuy-chon", "api": "/api", "khong-co": "/khong-co",
		"tai-khoan": "/tai-khoan", "xac-nhan": "/tai-khoan/xac-nhan", "nhat-ky": "/tai-khoan/nhat-ky"}
}

// TestEveryPageInEveryWay looks at each page wide and narrow, light and dark: no accessibility
// violation, nothing wider than the window, nothing that the policy forbids. Pictures go to the folder
// named by SHOTS.
func TestEveryPageInEveryWay(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	for _, scheme := range []string{"light", "dark"} {
		p.Colours(scheme)
		look(t, p, "dang-nhap-"+scheme, a.url+"/dang-nhap", 1440, 360)
	}
	a.signIn(t, p)
	for name, path := range a.paths() {
		for _, scheme := range []string{"light", "dark"} {
			p.Colours(scheme)
			look(t, p, name+"-"+scheme, a.url+path, 1440, 360)
		}
	}
}

func look(t *testing.T, p *browser.Page, name, url string, widths ...int64) {
	t.Helper()
	for _, w := range widths {
		p.Size(w, 900)
		p.Open(url)
		p.Shot(os.Getenv("SHOTS"), name+"-"+map[bool]string{true: "360", false: "1440"}[w == 360])
		if n := p.Overflow(); n > 0 {
			t.Errorf("%s at %d px is %d px too wide", name, w, n)
		}
		for _, v := range p.Violations() {
			t.Errorf("%s at %d px: %s", name, w, v)
		}
		for _, s := range p.Said() {
			if !strings.Contains(s, "404 (Not Found)") || !strings.HasSuffix(url, "/khong-co") {
				t.Errorf("%s at %d px: %s", name, w, s)
			}
		}
	}
}

// TestByKeyboardAlone tabs through the home page: the skip link comes first, and whatever has the
// keyboard shows it.
func TestByKeyboardAlone(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Open(a.url + "/thu-tuc")
	seen := map[string]bool{}
	for i := range 14 {
		p.Press("\t")
		what, outline := p.Focused()
		if i == 0 && what != "A #chinh" {
			t.Errorf("the first stop is %s, not the skip link", what)
		}
		if outline < 2 {
			t.Errorf("%s has the keyboard and does not show it", what)
		}
		seen[what] = true
	}
	if len(seen) < 10 {
		t.Errorf("the keyboard reaches only %v", seen)
	}
}

// TestWithoutJavaScript does everything a reader does with scripts switched off.
func TestWithoutJavaScript(t *testing.T) {
	a := start(t)
	must(t, a.People.SetPassword(context.Background(), "khai", "một câu rất dễ nhớ"))
	p := browser.New(t, axe)
	p.Scripts(false)
	p.Size(1440, 900)
	p.Open(a.url + "/thu-tuc")
	p.Fill("#tai-khoan", "khai")
	p.Fill("#mat-khau", "sai mật khẩu")
	p.Click("main button")
	if !strings.Contains(p.Text(), "chưa đúng") {
		t.Errorf("a wrong password is not told:\n%s", p.Text())
	}
	p.Fill("#mat-khau", "một câu rất dễ nhớ")
	p.Click("main button")
	if p.URL() != a.url+"/thu-tuc" {
		t.Errorf("after log-in the reader stands at %s", p.URL())
	}
	p.Click("button[name=ngon-ngu]")
	if !strings.Contains(p.Text(), "Procedures") {
		t.Error("the language did not change")
	}
	p.Click("button[name=giao-dien]")
	if got := p.Attribute("html", "data-theme"); got != "light" {
		t.Errorf("theme %q", got)
	}
}

// TestAStepWithoutJavaScript files a dossier, meets a refusal without losing what was typed, and takes the
// step.
func TestAStepWithoutJavaScript(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Scripts(false)
	p.Open(a.url + "/ho-so/moi?thu-tuc=book_loan")
	p.Fill(`[name="f.ten_sach"]`, "Truyện Kiều (mẫu)")
	p.Fill(`[name="f.ban_doc"]`, "Bạn đọc mẫu")
	p.Fill(`[name="f.so_cuon"]`, "hai")
	p.Click(`form[action="/ho-so"][method=post] button`)
	if text := p.Text(); !strings.Contains(text, "Chưa ghi nhận được") || p.Attribute(`[name="f.ten_sach"]`, "value") != "Truyện Kiều (mẫu)" {
		t.Fatalf("a refused form lost what was typed:\n%s", text)
	}
	if got := p.Attribute(`[name="f.so_cuon"]`, "value"); got != "hai" {
		t.Errorf("the wrong field came back as %q", got)
	}
	p.Open(a.url + "/ho-so/" + a.code(25))
	stale := p.Attribute("[name=ban]", "value")
	p.Fill("[name=ghi-chu]", "giao anh Hùng")
	p.Click(".kh-next form button")
	if text := p.Text(); !strings.Contains(text, "Đã ghi nhận.") || !strings.Contains(text, "giao anh Hùng") {
		t.Fatalf("the step was not taken:\n%s", text)
	}
	if p.Attribute("[name=ban]", "value") == stale {
		t.Error("the version did not move on")
	}
}
