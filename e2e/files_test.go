package e2e

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"trucot/e2e/browser"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// choose puts a PDF of so many letters into the form's field, as if it had been picked; the same name and size are the
// same file, also after the page was loaded anew.
func choose(p *browser.Page, name string, letters string) {
	browser.Eval[bool](p, `(() => {
		const chosen = new DataTransfer();
		chosen.items.add(new File(['%PDF-1.4\n%' + 'x'.repeat(`+letters+`) + '\n%%EOF\n'], '`+name+`', {type: 'application/pdf', lastModified: 1}));
		document.querySelector('#tep-chon').files = chosen.files;
		return true;
	})()`)
}

// line makes the page's line break after so many pieces, and its patience short; places of pieces are noted.
func line(p *browser.Page, pieces string) {
	browser.Eval[bool](p, `(() => {
		const fetch = window.fetch.bind(window), timeout = window.setTimeout;
		let left = `+pieces+`;
		window.setTimeout = f => timeout(f, 1);
		window.fetch = (at, how = {}) => {
			if (how.method !== 'PATCH') return fetch(at, how);
			sessionStorage.places = (sessionStorage.places || '') + ' ' + how.headers['Upload-Offset'];
			return left-- > 0 ? fetch(at, how) : Promise.reject(new TypeError('the line broke'));
		};
		return true;
	})()`)
}

// TestAnUploadGoesOnAfterTheLineBroke sends a file in pieces over a line that breaks for good; after the page is loaded
// anew and the file is chosen again, only what is missing is sent.
func TestAnUploadGoesOnAfterTheLineBroke(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	code := a.code(30)
	page := a.url + "/ho-so/" + code
	p.Open(page)
	line(p, "2")
	choose(p, "Thuyết minh (mẫu).pdf", "3500000")
	browser.Eval[bool](p, `document.querySelector('.kh-send').requestSubmit(), true`)
	for until := time.Now().Add(20 * time.Second); !strings.Contains(p.Text(), "chọn lại tệp để gửi tiếp"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("a line that stays broken is not told:\n%s", p.Text())
		}
	}
	p.Open(page)
	if text := p.Text(); !strings.Contains(text, "Thuyết minh (mẫu).pdf – đã gửi 59%") {
		t.Errorf("the unfinished upload is not shown:\n%s", text)
	}
	browser.Eval[bool](p, `sessionStorage.places = '', true`)
	line(p, "9")
	choose(p, "Thuyết minh (mẫu).pdf", "3500000")
	p.Click(".kh-send button") // and waits for the page that the script goes on to
	list, err := a.Attachments.List(context.Background(), "dossier/"+code)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d files came", len(list))
	}
	got := list[0]
	if got.Name != "Thuyết minh (mẫu).pdf" || got.Size != 3500000+17 || got.Actor != "khai" {
		t.Errorf("%+v", got)
	}
	if places := browser.Eval[string](p, `sessionStorage.places`); places != " 2097152 3145728" {
		t.Errorf("pieces were sent from%s", places)
	}
	if text := p.Text(); strings.Contains(text, "Đang tải dở") || !strings.Contains(text, "Thuyết minh (mẫu).pdf") || !strings.Contains(text, "Đã ghi nhận.") {
		t.Errorf("the file is not on the page:\n%s", text)
	}
	if said := p.Said(); len(said) > 0 {
		t.Error(said)
	}
}

// TestAFileWithoutJavaScript hands a file in by the plain form, meets a refusal, looks at the file and withdraws it.
func TestAFileWithoutJavaScript(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Scripts(false)
	page := a.url + "/viec/" + a.task(2)
	p.Open(page)
	choose(p, "Kết quả.docx", "10")
	p.Click(".kh-send button")
	if text := p.Text(); !strings.Contains(text, "Chưa nhận tệp") || !strings.Contains(text, "Đổi đuôi tệp thành .pdf") {
		t.Fatalf("a wrong ending is not told:\n%s", text)
	}
	choose(p, "Kết quả (mẫu).pdf", "10")
	p.Click(".kh-send button")
	if text := p.Text(); !strings.Contains(text, "Đã ghi nhận.") || !strings.Contains(text, "Kết quả (mẫu).pdf") || !strings.Contains(text, "Chưa quét mã độc") {
		t.Fatalf("the file is not on the task's page:\n%s", text)
	}
	p.Click(`.kh-filelist a[href^="/tep/"]`)
	browser.Eval[bool](p, `document.querySelector('details:has(#ly-do)').open = true`)
	p.Fill("#ly-do", "Nộp nhầm")
	p.Click(`form[action$="/rut"] button`)
	if text := p.Text(); !strings.Contains(text, "Tệp đã rút (1)") || strings.Contains(text, "Tải về") {
		t.Fatalf("the file is not withdrawn:\n%s", text)
	}
}

// TestFilesStayInReach: the files of a dossier, a task and a directive are not found by those who may not see the row,
// and nobody who only looks may add or withdraw one.
func TestFilesStayInReach(t *testing.T) {
	a, at := guarded(t)
	ctx := context.Background()
	secret := strings.TrimPrefix(at[unitSecret], "/ho-so/")
	account(t, a.App, "xem-tdc", "xem-tdc")
	must(t, a.People.GrantRole(ctx, people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, "xem-tdc", people.Grant{Role: people.Viewer, Unit: "tdc"}))
	rows := map[string]string{"dossier": "dossier/" + secret, "directive": "directive/" + a.directive("20-NQ/TW")}
	files := map[string]*attachment.File{}
	for name, owner := range rows {
		f, err := a.Attachments.Add(ctx, attachment.Incoming{Owner: owner, Name: "mật.txt", Actor: "khai", Unit: map[string]string{"dossier": "tdc", "directive": "so"}[name]}, strings.NewReader("chữ "+name))
		must(t, err)
		files[name] = f
	}
	for _, c := range []struct {
		account, file string
		read, write   int
	}{
		{"phong", "dossier", 404, 404}, {"dang", "dossier", 404, 404}, {"xem-tdc", "dossier", 200, 403},
		{"phong", "directive", 404, 404}, {"xem-tdc", "directive", 404, 404}, {"xem", "directive", 200, 403}, {"so", "directive", 200, 422},
	} {
		r := a.reader(t, c.account)
		path := "/tep/" + files[c.file].ID
		for _, p := range []string{path, path + "/noi-dung", "/tep?noi=" + rows[c.file]} {
			if status, _ := r.get(p); status != c.read {
				t.Errorf("GET %s answers %d to %s, not %d", p, status, c.account, c.read)
			}
		}
		if status, _ := r.post(path+"/rut", nil); status != c.write {
			t.Errorf("withdrawing a file of a %s answers %d to %s, not %d", c.file, status, c.account, c.write)
		}
	}
	phong := a.reader(t, "phong")
	if status, _ := phong.get("/so-cai/" + strconv.FormatInt(files["dossier"].Position, 10)); status != http.StatusForbidden {
		t.Errorf("the event of a hidden dossier's file answers %d", status)
	}
	resp, err := http.Get(a.url + "/tep/" + files["dossier"].ID + "/noi-dung")
	must(t, err)
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.Body.Close(); strings.Contains(string(body), "chữ") {
		t.Error("nobody reads it")
	}
}

// file hands a picture, a table and a wrong file in with a dossier and gives the table.
func (a *agency) file(code string) *attachment.File {
	owner := "dossier/" + code
	add := func(slot, name, content string) *attachment.File {
		f, err := a.Attachments.Add(context.Background(), attachment.Incoming{Owner: owner, Slot: slot, Name: name, Actor: "khai", Unit: "qlcn"}, strings.NewReader(content))
		if err != nil {
			panic(err)
		}
		return f
	}
	add("the", "Thẻ bạn đọc (mẫu).pdf", "%PDF-1.4\n%%EOF /JS(1)\n")
	gone := add("", "nhầm (mẫu).txt", "nhầm")
	if err := a.Attachments.Withdraw(context.Background(), gone.ID, "Nộp nhầm", "khai", "qlcn"); err != nil {
		panic(err)
	}
	return add("", "Bảng kê thiết bị đang sử dụng tại cơ sở (mẫu).csv", "Tên,Số\nMáy đo,3\n")
}
