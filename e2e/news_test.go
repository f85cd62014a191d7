package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/portal"
	"trucot/internal/testing/shared"
)

// newsroom is a guarded agency with a general office: "phong" writes, "vp" edits, "so" approves.
func newsroom(t *testing.T) *agency {
	t.Helper()
	a, _ := guarded(t)
	account(t, a.App, "vp", "vp")
	must(t, a.People.GrantRole(context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, "vp", people.Grant{Role: people.GeneralOffice, Unit: "so"}))
	return a
}

// publish takes a draft to the public at a time, by its three people.
func publish(t *testing.T, a *agency, id string, at time.Time) {
	t.Helper()
	for _, m := range []struct {
		by string
		portal.Move
	}{{"phong", portal.Move{Step: portal.Submit}}, {"vp", portal.Move{Step: portal.Forward}}, {"so", portal.Move{Step: portal.Approve, At: at}}} {
		x, err := a.Portal.Get(t.Context(), id)
		must(t, err)
		m.Version = x.Version
		must(t, a.Portal.Take(t.Context(), m.by, id, m.Move))
	}
}

func draft(t *testing.T, a *agency, unit string, c portal.Content) *portal.Article {
	t.Helper()
	if c.Section == "" {
		c.Section = "hoat-dong"
	}
	x, err := a.Portal.Enter(t.Context(), "phong", unit, c)
	must(t, err)
	return x
}

// visit opens a page as a person's browser would, without cookies.
func (a *agency) visit(t *testing.T, path, agent string) (int, http.Header, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+path, nil)
	must(t, err)
	q.Header.Set("User-Agent", agent)
	resp, err := http.DefaultTransport.RoundTrip(q)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, resp.Header, string(body)
}

const person = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140"

// TestNewsFromWriterToReader: written in the browser, passed on, approved; read, rated by keyboard, found by date and by
// words, corrected in the open, withdrawn.
func TestNewsFromWriterToReader(t *testing.T) {
	a := newsroom(t)
	writer := browser.New(t, axe)
	path, _, err := a.People.NewLink(t.Context(), "phong")
	must(t, err)
	writer.Open(a.url + path)
	writer.Click("main form button")
	writer.Scripts(false)
	writer.Open(a.url + "/bien-tap/moi")
	writer.Fill("#tieu-de", "Kiểm tra cân ở chợ đầu mối")
	writer.Fill("#sapo", "Đoàn kiểm tra đi ba chợ.")
	writer.Fill("#than-bai", "Có [năm hồ sơ](so-lieu:dossier.received@2021) theo Chỉ thị số 16/CT-TTg. <script>alert(1)</script>")
	writer.Click(`button[value="nhan"]`)
	if !strings.Contains(writer.Text(), "Đang viết") {
		t.Fatal(writer.Text())
	}
	writer.Click(`form[action$="/trinh"] button`)
	if !strings.Contains(writer.Text(), "Chờ biên tập") {
		t.Fatal(writer.Text())
	}
	id := "2021-0001"
	move := func(who, step, reason string) (int, string) {
		x, err := a.Portal.Get(t.Context(), id)
		must(t, err)
		return a.reader(t, who).post("/bien-tap/"+id+"/"+step, url.Values{"ban": {string(rune('0' + x.Version))}, "ly-do": {reason}})
	}
	if status, _ := move("so", "duyet", ""); status != http.StatusConflict {
		t.Errorf("approved past the editor: %d", status)
	}
	if status, _ := move("phong", "chuyen", ""); status != http.StatusForbidden {
		t.Errorf("the writer passes it on: %d", status)
	}
	if status, _ := move("vp", "tra-lai", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("returned without a reason: %d", status)
	}
	if status, _, _ := a.visit(t, "/tin-tuc/bai/"+id, person); status != http.StatusNotFound {
		t.Errorf("read before it is public: %d", status)
	}
	for _, s := range []struct{ who, step string }{{"vp", "chuyen"}, {"so", "duyet"}} {
		if status, page := move(s.who, s.step, ""); status != http.StatusOK {
			t.Fatal(s.step, status, page)
		}
	}
	x, err := a.Portal.Get(t.Context(), id)
	must(t, err)

	reader := writer.Stranger()
	reader.Size(360, 800)
	reader.Open(a.url + "/tin-tuc")
	reader.Click(`a[href="` + x.Path() + `"]`)
	if text := reader.Text(); !strings.Contains(text, "<script>alert(1)</script>") || !strings.Contains(text, "Chưa có ai đánh giá") {
		t.Error(text)
	}
	browser.Eval[bool](reader, `(document.getElementById("sao-3").focus(), true)`)
	reader.Press(" ")
	reader.Press(kb.ArrowRight)
	reader.Press(kb.Enter)
	for i := 0; i < 200 && !browser.Eval[bool](reader, `(document.body?.innerText ?? "").includes("Bạn đã cho")`); i++ { // a key, unlike a click, does not wait for the page that it leads to
		time.Sleep(20 * time.Millisecond)
	}
	if text := reader.Text(); !strings.Contains(text, "4/5 sao, 1 lượt đánh giá") || !strings.Contains(text, "Bạn đã cho 4 sao") {
		t.Error(text)
	}
	if v := reader.Violations(); len(v) > 0 {
		t.Error(v)
	}
	reader.Click(`.tt-ref`)
	if text := reader.Text(); !strings.Contains(text, "Giá trị tính từ sổ cái") {
		t.Error(text)
	}
	reader.Open(a.url + "/tin-tuc/luu-tru")
	browser.Eval[bool](reader, `(document.getElementById("ngay").value = "2021-06-14", true)`)
	reader.Click(`form[action$="/luu-tru"] button`)
	if !strings.HasSuffix(reader.URL(), "/tin-tuc/2021/06/14") || !strings.Contains(reader.Text(), "Kiểm tra cân") {
		t.Error(reader.URL(), reader.Text())
	}
	found, err := a.Find(t.Context(), search.Query{Text: "kiem tra can", Scope: []search.Clause{{All: []string{"kind:news"}}}})
	must(t, err)
	if found.Total != 1 {
		t.Errorf("found %d articles by words", found.Total)
	}

	must(t, a.Portal.Write(t.Context(), "so", id, x.Version, x.Content, "Sửa tên chợ."))
	if _, _, page := a.visit(t, x.Path(), person); !strings.Contains(page, "Sửa tên chợ.") {
		t.Error("the correction is not shown")
	}
	if status, _ := move("so", "go", "Trùng tin"); status != http.StatusOK {
		t.Fatal(status)
	}
	if status, _, page := a.visit(t, x.Path(), person); status != http.StatusGone || !strings.Contains(page, "Trùng tin") {
		t.Errorf("withdrawn: %d", status)
	}
}

// TestViewsCountPeopleOnce: a person once a day however often, robots and the agency's own never; a copy that still holds is
// not sent again.
func TestViewsCountPeopleOnce(t *testing.T) {
	a := newsroom(t)
	x := draft(t, a, "qlcn", portal.Content{Title: "Tin", Body: portal.ParseMarkup("Chữ.")})
	publish(t, a, x.ID, now)
	for range 3 {
		a.visit(t, x.Path(), person)
	}
	a.visit(t, x.Path(), person+" khác")
	a.visit(t, x.Path(), "Googlebot/2.1")
	a.reader(t, "so").get(x.Path())
	must(t, a.Portal.Close())
	if n, err := a.Portal.Views(t.Context(), x.ID); err != nil || n != 2 {
		t.Errorf("%d views, %v", n, err)
	}
	_, head, _ := a.visit(t, x.Path(), person)
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+x.Path(), nil)
	must(t, err)
	q.Header.Set("If-None-Match", head.Get("Etag"))
	resp, err := http.DefaultClient.Do(q)
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", resp.StatusCode)
	}
}

// TestAScheduledArticleComesOutAtItsHour: not before, and then on the pages and in the search, with no event.
func TestAScheduledArticleComesOutAtItsHour(t *testing.T) {
	at := now
	a := serve(t, siteOptions, func() time.Time { return at }, fill)
	x := draft(t, a, "qlcn", portal.Content{Title: "Tin hẹn giờ", Body: portal.ParseMarkup("Chữ.")})
	publish(t, a, x.ID, now.Add(time.Hour))
	look := func() (status, found int) {
		status, _, _ = a.visit(t, x.Path(), person)
		r, err := a.Find(t.Context(), search.Query{Text: "tin hen gio", Scope: []search.Clause{{All: []string{"kind:news"}}}})
		must(t, err)
		return status, r.Total
	}
	if status, n := look(); status != http.StatusNotFound || n != 0 {
		t.Errorf("before its hour: %d, found %d", status, n)
	}
	_, _, front := a.visit(t, "/tin-tuc", person)
	at = now.Add(time.Hour)
	if status, n := look(); status != http.StatusOK || n != 1 {
		t.Errorf("at its hour: %d, found %d", status, n)
	}
	if _, _, page := a.visit(t, "/tin-tuc", person); strings.Contains(front, "Tin hẹn giờ") || !strings.Contains(page, "Tin hẹn giờ") {
		t.Error("the front page was not made anew")
	}
}

// TestNewsRolesSeeTheirOwn: another unit's draft reads like one that is not there, its picture too; nobody writes without the
// right; the public sees nothing of either.
func TestNewsRolesSeeTheirOwn(t *testing.T) {
	a := newsroom(t)
	x := draft(t, a, "tdc", portal.Content{Title: "Bản thảo của chi cục", Body: portal.ParseMarkup("Chữ.")})
	party := draft(t, a, "du", portal.Content{Title: "Bản thảo của đảng uỷ", Body: portal.ParseMarkup("Chữ.")})
	var picture bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	img.Set(1, 1, color.White)
	must(t, png.Encode(&picture, img))
	f, err := a.Attachments.Add(t.Context(), attachment.Incoming{Owner: "article/" + x.ID, Name: "a.png", Actor: "phong", Unit: "tdc"}, &picture)
	must(t, err)
	head := a.Ledger.Head()
	for who, closed := range map[string][]string{"phong": {x.ID, party.ID}, "so": {party.ID}, "dang": {x.ID}} {
		r := a.reader(t, who)
		_, list := r.get("/bien-tap")
		for _, id := range closed {
			for _, path := range []string{"", "/sua", "/anh/" + f.ID} {
				if status, _ := r.get("/bien-tap/" + id + path); status != http.StatusNotFound {
					t.Errorf("%s opens %s%s: %d", who, id, path, status)
				}
			}
			for path, form := range map[string]url.Values{"/sua": {"tieu-de": {"x"}}, "/trinh": {}, "/anh": {}} {
				if status, _ := r.post("/bien-tap/"+id+path, form); status != http.StatusNotFound && status != http.StatusForbidden {
					t.Errorf("%s writes to %s%s: %d", who, id, path, status)
				}
			}
			if strings.Contains(list, id) {
				t.Errorf("%s finds %s in the list", who, id)
			}
		}
	}
	viewer := a.reader(t, "xem")
	for path, form := range map[string]url.Values{"/bien-tap": {"tieu-de": {"x"}, "don-vi": {"qlcn"}}, "/bien-tap/" + x.ID + "/sua": {"tieu-de": {"x"}}, "/bien-tap/" + x.ID + "/trinh": {}} {
		if status, _ := viewer.post(path, form); status != http.StatusForbidden {
			t.Errorf("who only sees writes to %s: %d", path, status)
		}
	}
	if a.Ledger.Head() != head {
		t.Error("something was recorded")
	}
	for _, path := range []string{"/tin-tuc/anh/" + f.ID, "/tin-tuc/anh/" + f.ID + "/nho", "/tin-tuc/bai/" + x.ID} {
		if status, _, _ := a.visit(t, path, person); status != http.StatusNotFound {
			t.Errorf("the public opens %s: %d", path, status)
		}
	}
}

// TestNewsPagesInEveryWay looks at the pages wide and narrow, light and dark.
func TestNewsPagesInEveryWay(t *testing.T) {
	a := newsroom(t)
	x := draft(t, a, "qlcn", portal.Content{Title: "Bài có đủ các phần", Lead: "Sapo.", Tags: []string{"thẻ"}, Author: "Người viết mẫu", Source: "Nguồn mẫu",
		Body: portal.ParseMarkup("## Đề mục\nĐoạn **đậm** [có số](so-lieu:dossier.received@2021).\n- một\n- hai\n> trích\n![Chú thích chưa có ảnh]()\n| A | B |\n| 1 | 2 |")})
	publish(t, a, x.ID, now)
	other := draft(t, a, "qlcn", portal.Content{Title: "Bản thảo", Body: portal.ParseMarkup("Chữ.")})
	p := browser.New(t, axe)
	public := map[string]string{"tin-tuc": "/tin-tuc", "tin-en": "/tin-tuc/en", "bai": x.Path(), "can-cu": "/tin-tuc/bai/" + x.ID + "/can-cu/1", "luu-tru": "/tin-tuc/luu-tru", "thang": "/tin-tuc/2021/06",
		"nam": "/tin-tuc/2021", "muc": "/tin-tuc/muc/hoat-dong", "tim-tin": "/tin-tuc/tim?q=khong+co"}
	staff := map[string]string{"bien-tap": "/bien-tap", "bai-moi": "/bien-tap/moi", "mot-bai": "/bien-tap/" + other.ID, "sua-bai": "/bien-tap/" + other.ID + "/sua", "tu-kiem-tra": "/tin-tuc/tu-kiem-tra"}
	for _, part := range []map[string]string{public, staff} {
		for name, path := range part {
			for _, scheme := range []string{"light", "dark"} {
				p.Colours(scheme)
				look(t, p, name+"-"+scheme, a.url+path, 1440, 360)
			}
		}
		path, _, err := a.People.NewLink(t.Context(), "phong")
		must(t, err)
		p.Open(a.url + path)
		p.Click("main form button")
	}
}

// TestTheTwoPagesReadWell: the ministry's page and the province's, imported, show what they show at home, on a phone too.
func TestTheTwoPagesReadWell(t *testing.T) {
	a := newsroom(t)
	p := browser.New(t, axe)
	for file, has := range map[string][]string{
		"000_2391c05e7fc9e50d.txt": {"Thứ Bảy, 29/06/2019, 16:24 (GMT+7)", "Toàn cảnh hội nghị", "Nguồn: Trung tâm Nghiên cứu", "Lượt xem: 0"},
		"004_6eb69ec5a5895d47.txt": {"Thu Huyên"}, // from after the tests' day, so it comes out on that
	} {
		at := now
		done, err := a.ImportArticle(t.Context(), app.ArticleFile{Path: shared.Dir(t, "seeds", file), Actor: "cli"})
		must(t, err)
		if done.Dated.Before(at) {
			at = done.Dated
		}
		publish(t, a, done.ID, at)
		x, err := a.Portal.Get(t.Context(), done.ID)
		must(t, err)
		look(t, p, "trang-"+x.ID, a.url+x.Path(), 1440, 360)
		text := p.Text()
		for _, want := range append(has, x.Title, x.Lead) {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", file, want)
			}
		}
	}
}

// TestTheEditorKeepsWhatItShows: an article of every kind of block goes through the browser's editor unchanged; what is
// pasted from Word becomes blocks; nothing offends the policy.
func TestTheEditorKeepsWhatItShows(t *testing.T) {
	a := newsroom(t)
	x := draft(t, a, "qlcn", portal.Content{Title: "Bài", Body: portal.ParseMarkup("## Đề mục\nĐoạn **đậm** _nghiêng_ [có số](so-lieu:dossier.received@2021) và [trang](https://a.vn/x).\n- một\n- hai\n\n1. nhất\n> trích\n![Chú thích chưa có ảnh]()\n| A | B |\n| 1 | 2 |")})
	p := browser.New(t, axe)
	path, _, err := a.People.NewLink(t.Context(), "phong")
	must(t, err)
	p.Open(a.url + path)
	p.Click("main form button")
	edit := func(do string) []portal.Block {
		p.Open(a.url + "/bien-tap/" + x.ID + "/sua")
		browser.Eval[bool](p, `new Promise(done => { const look = () => document.querySelector(".tt-write [contenteditable]") ? done(true) : setTimeout(look, 20); look(); })`)
		if do != "" {
			browser.Eval[bool](p, do)
		}
		p.Shot(os.Getenv("SHOTS"), "soan-thao")
		said := p.Said()
		if do != "" { // the styles of what is pasted are refused, which the browser tells
			said = slices.DeleteFunc(said, func(s string) bool { return strings.Contains(s, "style-src") })
		}
		for _, v := range append(p.Violations(), said...) {
			t.Error(v)
		}
		p.Click(`.tt-editor button.btn-primary`)
		now, err := a.Portal.Get(t.Context(), x.ID)
		must(t, err)
		return now.Body
	}
	if got := edit(""); portal.Markup(got) != portal.Markup(x.Body) {
		t.Errorf("saved as\n%s\nwas\n%s", portal.Markup(got), portal.Markup(x.Body))
	}
	word := "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p{color:red}</style></head><body><p class=MsoNormal style='mso-x:y'><b>Từ Word</b><o:p></o:p></p><script>alert(1)</script></body></html>"
	got := portal.Markup(edit(`(() => { const d = new DataTransfer(); d.setData("text/html", ` + strconv.Quote(word) + `);
		const at = document.querySelector(".tt-write [contenteditable]"); at.focus();
		at.dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true})); return true })()`))
	if !strings.Contains(got, "Từ Word") || strings.Contains(got, "alert") {
		t.Error(got)
	}
}
