package e2e

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
)

// fillTasks records sample directives, one of them replaced, and tasks in every status.
func fillTasks(t *testing.T, a *app.App) {
	t.Helper()
	ctx := context.Background()
	old := register(t, a, directive.Document{Symbol: "20-NQ/TW", Issuer: "Ban Chấp hành Trung ương", Date: calendar.MustParse("2012-11-01"),
		Summary: "Phát triển khoa học và công nghệ (mẫu)", Cites: []directive.Cited{{Symbol: "16/CT-TTg", Mention: "Chỉ thị số 16/CT-TTg"}}})
	later := register(t, a, directive.Document{Symbol: "50-KL/TW", Issuer: "Bộ Chính trị", Date: calendar.MustParse("2019-05-30"), Summary: "Tiếp tục thực hiện nghị quyết (mẫu)"})
	register(t, a, directive.Document{Name: "Nghị quyết Đại hội Đảng bộ tỉnh (mẫu)", Issuer: "Đại hội Đảng bộ tỉnh", Date: calendar.NoDate})
	_, err := a.Directives.SetGoal(ctx, "khai", old.ID, directive.Goal{Title: "Rút ngắn thời gian giải quyết (mẫu)", Indicator: "task.done_on_time", Period: "2021", Value: "10", Unit: "so"})
	must(t, err)
	_, err = a.Directives.Change(ctx, directive.Change{ID: old.ID, How: directive.Replaces, By: later.ID, From: calendar.MustParse("2021-06-01"), Actor: "khai"})
	must(t, err)
	for i, due := range []string{"2021-06-01", "2021-06-16", "25d", "3mo", ""} {
		got, err := a.Tasks.Assign(ctx, task.Assignment{Title: "Tham mưu kế hoạch thực hiện, phần (mẫu)", Directive: old.ID, Goal: "Rút ngắn thời gian giải quyết (mẫu)", Unit: []string{"qlcn", "tdc"}[i%2],
			Owner: "hung", Collaborators: []string{"khai"}, Product: "Kế hoạch", On: calendar.MustParse("2021-05-20"), Due: due, Actor: "khai"})
		must(t, err)
		acts := [][]task.Act{{{Verb: task.ExplanationDemanded, Note: "Vì sao chậm?"}}, {{Verb: task.Finished, Evidence: "12/KH-SKHCN"}}, {{Verb: task.ExtensionRequested, Note: "Chờ ý kiến", Due: "2021-08-02"}}, nil, nil}[i]
		for _, act := range acts {
			act.ID, act.On, act.Actor = got.ID, calendar.NoDate, "khai"
			_, err := a.Tasks.Take(ctx, act)
			must(t, err)
		}
	}
}

func register(t *testing.T, a *app.App, d directive.Document) *directive.Document {
	t.Helper()
	d.Unit = "so"
	got, err := a.Directives.Add(context.Background(), "khai", d)
	must(t, err)
	return got
}

// directive is the id of the first directive with a symbol.
func (a *agency) directive(symbol string) string {
	found, err := a.Directives.Called(context.Background(), symbol)
	if err != nil || len(found) == 0 {
		panic(symbol)
	}
	return found[0].ID
}

// task is the id of the i-th open task by due date.
func (a *agency) task(i int) string {
	found, _, err := a.Tasks.List(context.Background(), task.Filter{Reach: task.Reach{State: true}, View: "open"})
	if err != nil || len(found) <= i {
		panic(err)
	}
	return found[i].ID
}

// TestADirectiveBecomesTasksWithoutJavaScript goes the whole way with scripts switched off: a directive is recognised
// from its text and entered, a task is given out under it, an extension is refused for want of a reason and then
// asked for, granted, the task done and confirmed, and it stands in the directive's tree and in the figures.
func TestADirectiveBecomesTasksWithoutJavaScript(t *testing.T) {
	a := start(t)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Scripts(false)
	p.Open(a.url + "/chi-dao/moi")
	p.Fill("#van-ban", "CHÍNH PHỦ\nSố: 76/NQ-CP\nHà Nội, ngày 15 tháng 7 năm 2020\nNGHỊ QUYẾT\nVề cải cách thủ tục hành chính\nThực hiện Kết luận số 50-KL/TW ngày 30 tháng 5 năm 2019 của Bộ Chính trị.")
	p.Click(`form[action="/chi-dao/nhan-dien"] button`)
	for field, want := range map[string]string{"#kh": "76/NQ-CP", "#ng": "2020-07-15", "#cq": "Chính phủ"} {
		if got := p.Attribute(field, "value"); got != want {
			t.Errorf("%s was recognised as %q", field, got)
		}
	}
	p.Click(`form[action="/chi-dao"] button`)
	if text := p.Text(); !strings.Contains(text, "Về cải cách thủ tục hành chính") || !strings.Contains(text, "Kết luận số 50-KL/TW") {
		t.Fatalf("the directive was not entered:\n%s", text)
	}
	if p.Attribute(`main a[href="/chi-dao/`+a.directive("50-KL/TW")+`"]`, "href") == "" {
		t.Error("the citation does not lead to the directive in the register")
	}
	doc := p.URL()
	p.Click(`.kh-acts a[href^="/viec/moi"]`)
	p.Fill("#nd", "Rà soát thủ tục nội bộ (mẫu)")
	p.Fill("#han", "mai")
	p.Click(`form[action="/viec"] button`)
	if text := p.Text(); !strings.Contains(text, "không phải thời hạn") || p.Attribute("#han", "value") != "mai" {
		t.Fatalf("a wrong deadline is not told, or what was typed was lost:\n%s", text)
	}
	p.Open(doc)
	p.Click(`.kh-acts a[href^="/viec/moi"]`)
	p.Fill("#nd", "Rà soát thủ tục nội bộ (mẫu)")
	p.Fill("#han", "10wd")
	p.Click(`form[action="/viec"] button`)
	work := p.URL()
	if text := p.Text(); !strings.Contains(text, "còn 10 ngày làm việc") || !strings.Contains(text, "76/NQ-CP") {
		t.Fatalf("the task does not say what it owes:\n%s", text)
	}
	step := func(slug string, fill ...string) string {
		p.Open(work)
		form := `form[action$="/` + slug + `"]`
		browser.Eval[bool](p, `document.querySelector('details:has('+`+strconv.Quote(form)+`+')').open = true`)
		for i := 0; i+1 < len(fill); i += 2 {
			p.Fill(form+` [name="`+fill[i]+`"]`, fill[i+1])
		}
		p.Click(form + ` button`)
		return p.Text()
	}
	p.Click(`.kh-acts a[href$="/sua"]`)
	if p.Attribute("#han", "value") != "10 ngày làm việc" {
		t.Error("the form that puts a task right does not hold it")
	}
	p.Fill("#sp", "Báo cáo rà soát")
	p.Click(`form[action$="/sua"] button`)
	if text := p.Text(); !strings.Contains(text, "Báo cáo rà soát") || !strings.Contains(text, "Sửa nội dung giao") || !strings.Contains(text, "76/NQ-CP") {
		t.Fatalf("the task was not put right:\n%s", text)
	}
	if text := step("xin-gia-han", "han", "2021-09-30"); !strings.Contains(text, "Thiếu phần giải thích") {
		t.Fatalf("an extension without a reason went through:\n%s", text)
	}
	if text := step("xin-gia-han", "han", "2021-09-30", "ghi-chu", "Chờ số liệu"); !strings.Contains(text, "Đang xin gia hạn") {
		t.Fatalf("no extension was asked for:\n%s", text)
	}
	if text := step("gia-han"); !strings.Contains(text, "30/09/2021") {
		t.Fatalf("the extension was not granted:\n%s", text)
	}
	if text := step("hoan-thanh", "minh-chung", "15/BC-SKHCN"); !strings.Contains(text, "Hoàn thành đúng hạn") {
		t.Fatalf("the task is not done:\n%s", text)
	}
	if text := step("xac-nhan"); !strings.Contains(text, "Đã xác nhận") {
		t.Fatalf("the task is not confirmed:\n%s", text)
	}
	p.Open(doc)
	if text := p.Text(); !strings.Contains(text, "Rà soát thủ tục nội bộ") || !strings.Contains(text, "Hoàn thành đúng hạn 1") {
		t.Errorf("the directive's tree does not show the task:\n%s", text)
	}
	p.Open(a.url + "/so-lieu/task.done_on_time?period=2021")
	if !strings.Contains(p.Text(), "Nhiệm vụ hoàn thành đúng hạn") {
		t.Errorf("the figure has no page:\n%s", p.Text())
	}
}

// TestATableTwice: a table is taken in, the same again changes nothing, and a row that is wrong is named.
func TestATableTwice(t *testing.T) {
	a := start(t)
	const csv = "Số hiệu ngoài,Nội dung nhiệm vụ,Đơn vị chủ trì,Hạn\nA-1,Việc một (mẫu),qlcn,30/06/2021\nA-2,Việc hai (mẫu),khong_co,\n"
	khai := a.session(t, "khai")
	for i, want := range []string{"Giao mới <b>1</b>", "Không đổi <b>1</b>"} {
		text := strings.Join(strings.Fields(a.upload(t, "/viec/nhap", csv, khai)), " ")
		if !strings.Contains(text, want) || !strings.Contains(text, "Lỗi <b>1</b>") || !strings.Contains(text, "khong_co") {
			t.Errorf("time %d: %s", i+1, text)
		}
	}
}

func (a *agency) upload(t *testing.T, path, data string, session *http.Cookie) string {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f, err := w.CreateFormFile("tep", "viec.csv")
	must(t, err)
	_, err = f.Write([]byte(data))
	must(t, err)
	must(t, w.Close())
	r, err := http.NewRequest("POST", a.url+path, &body)
	must(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(session)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(answer.Body)
	must(t, err)
	return out.String()
}

// TestWhoMayTakeWhichStep: the owner's steps are the specialist's, the assigner's are not, and who only reads takes none.
func TestWhoMayTakeWhichStep(t *testing.T) {
	a := start(t)
	id := a.task(3)
	for _, c := range []struct {
		account, step string
		want          int
	}{
		{"xem", "tien-do", 403}, {"xem", "thu-hoi", 403},
		{"hung", "thu-hoi", 403}, {"hung", "xac-nhan", 403}, {"hung", "yeu-cau-giai-trinh", 403},
		{"hung", "tien-do", 422}, {"khai", "thu-hoi", 422}, // allowed, and then refused for want of a reason
		{"khai", "khong-co", 404},
	} {
		if got := a.ask(t, "POST", "/viec/"+id+"/"+c.step, a.session(t, c.account)); got != c.want {
			t.Errorf("%s answers %d to %s, not %d", c.step, got, c.account, c.want)
		}
	}
}

// TestPartyTasksStayWithTheParty: a task and a directive of the Party are found by its office and by nobody else.
func TestPartyTasksStayWithTheParty(t *testing.T) {
	a := start(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	must(t, a.People.OpenUnit(ctx, by, people.Unit{Code: "dang_uy", NameVI: "Đảng uỷ (mẫu)", Side: people.Party}))
	must(t, a.People.SetPerson(ctx, people.Person{ID: "p-thu", Name: "Phạm Thị Thu (mẫu)"}))
	must(t, a.People.OpenAccount(ctx, by, "thu", "p-thu"))
	must(t, a.People.GrantRole(ctx, by, "thu", people.Grant{Role: people.PartyOffice, Unit: "dang_uy"}))
	d, err := a.Directives.Add(ctx, "thu", directive.Document{Symbol: "05-NQ/ĐU", Issuer: "Đảng uỷ", Date: calendar.MustParse("2021-03-01"), Summary: "Nghị quyết của Đảng uỷ (mẫu)", Unit: "dang_uy"})
	must(t, err)
	got, err := a.Tasks.Assign(ctx, task.Assignment{Title: "Việc của Đảng uỷ (mẫu)", Directive: d.ID, Unit: "dang_uy", On: calendar.NoDate, Actor: "thu"})
	must(t, err)
	for account, want := range map[string]int{"khai": 404, "thu": 200} {
		session := a.session(t, account)
		for _, path := range []string{"/viec/" + got.ID, "/chi-dao/" + d.ID} {
			if status := a.ask(t, "GET", path, session); status != want {
				t.Errorf("%s answers %d to %s", path, status, account)
			}
		}
		for _, path := range []string{"/viec?xem=all", "/chi-dao", "/viec/don-vi", "/chi-dao?hieu-luc=in_force"} {
			if body := a.body(t, path, session); strings.Contains(body, "Đảng uỷ (mẫu)") != (account == "thu") {
				t.Errorf("%s shows the Party's rows wrongly to %s", path, account)
			}
		}
	}
}

func (a *agency) body(t *testing.T, path string, session *http.Cookie) string {
	t.Helper()
	r, err := http.NewRequest("GET", a.url+path, nil)
	must(t, err)
	r.AddCookie(session)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(answer.Body)
	must(t, err)
	return out.String()
}
