package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/label"
)

// TestMarksInTheListWithoutJavaScript marks two dossiers at once, finds them by their label, takes it back, and marks one
// on its page.
func TestMarksInTheListWithoutJavaScript(t *testing.T) {
	a := start(t)
	ctx := context.Background()
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Scripts(false)
	rows, _, err := a.Dossiers.List(ctx, dossier.Filter{Open: true, Units: []string{"qlcn"}})
	must(t, err)
	mark := func(button string) {
		p.Open(a.url + "/ho-so?don-vi=qlcn")
		for _, r := range rows[:2] {
			d, err := a.Dossiers.Get(ctx, r.Code)
			must(t, err)
			p.Tick(fmt.Sprintf(`[value="%s@%d"]`, d.Code, d.Stream))
		}
		p.Fill("#hl-nhan", "Đoàn ra Tết")
		p.Click(`.kh-bulk [value=` + button + `]`)
		if text := p.Text(); !strings.Contains(text, "2 trong 2 hồ sơ đã được ghi nhận") {
			t.Fatalf("%s: nothing was marked:\n%s", button, text)
		}
	}
	stands := func(what string, want ...string) {
		t.Helper()
		for _, r := range rows[:2] {
			if d, err := a.Dossiers.Get(ctx, r.Code); err != nil || strings.Join(d.Labels, ",") != strings.Join(want, ",") {
				t.Errorf("%s: %s has %q, %v", what, r.Code, d.Labels, err)
			}
		}
	}
	mark("them-nhan")
	stands("marked", "Đoàn ra Tết")
	p.Click(`main form [type=submit]`)
	stands("taken back")
	mark("them-nhan")
	p.Open(a.url + "/ho-so?nhan-viec=doan+ra+tet&nhom=nhan-viec&cot=uu-tien,nhan-viec")
	if n := browser.Eval[int](p, `document.querySelectorAll("tr[data-row]").length`); n != 2 || !strings.Contains(p.Text(), "Đoàn ra Tết 2") {
		t.Errorf("%d rows by label:\n%s", n, p.Text())
	}
	p.Open(a.url + "/ho-so/" + rows[0].Code)
	browser.Eval[bool](p, `document.querySelector("#dd-uu-tien").value = "urgent", document.querySelector("#dd-nhan").value = "", true`)
	p.Fill("#dd-nhan", "Gấp, gap")
	p.Click(`[action$="/danh-dau"] [type=submit]`)
	if d, err := a.Dossiers.Get(ctx, rows[0].Code); err != nil || d.Priority != label.Urgent || strings.Join(d.Labels, ",") != "Gấp" {
		t.Errorf("on its page: %v %q, %v", d.Priority, d.Labels, err)
	}
	if text := p.Text(); !strings.Contains(text, "Ưu tiên: Khẩn") || !strings.Contains(text, "Đổi nhãn, mức ưu tiên") {
		t.Errorf("the page does not say so:\n%s", text)
	}
}

// TestMarkedPages: forms and badges of the marks hurt nobody, on a wide screen and on a phone.
func TestMarkedPages(t *testing.T) {
	a := start(t)
	ctx := context.Background()
	urgent := label.Urgent
	change := label.Change{Priority: &urgent, Add: []string{"đoàn ra", "cần xin ý kiến của Ủy ban"}}
	_, err := a.Dossiers.Mark(ctx, dossier.Mark{Code: a.code(25), Change: change, Actor: "khai"})
	must(t, err)
	_, err = a.Tasks.Mark(ctx, a.task(0), change, 0, "khai")
	must(t, err)
	p := browser.New(t, axe)
	p.Size(1440, 900)
	a.signIn(t, p)
	for _, width := range []int64{1440, 360} {
		p.Size(width, 800)
		for _, path := range []string{"/ho-so?nhom=uu-tien&cot=ma,uu-tien,nhan-viec", "/ho-so/" + a.code(25), "/viec?xem=all&ngay=2021-06-01"} {
			p.Open(a.url + path)
			for _, v := range p.Violations() {
				t.Errorf("%s at %d: %s", path, width, v)
			}
			if n := browser.Eval[int](p, `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll(".kh-scroll")].map(e => e.scrollWidth))`); n > int(width) {
				t.Errorf("%s at %d: %d wide", path, width, n)
			}
		}
	}
}

// TestManyTasksMarked marks tasks in one form and takes it back.
func TestManyTasksMarked(t *testing.T) {
	a := start(t)
	r := a.reader(t, "khai")
	id := a.task(0)
	labels := func() string {
		n, err := a.Tasks.Get(context.Background(), id)
		must(t, err)
		return strings.Join(n.Labels, ",")
	}
	_, page := r.post("/viec/hang-loat?xem=all", url.Values{"viec": {id}, "lam": {"them-nhan"}, "ten-nhan": {"đợt 1"}})
	undo := regexp.MustCompile(`name="hoan-tac" value="([^"]+)"`).FindStringSubmatch(page)
	if labels() != "đợt 1" || undo == nil {
		t.Fatalf("labels %q, undo %v:\n%s", labels(), undo, page[max(0, strings.Index(page, "<main")):])
	}
	r.post("/viec/hang-loat?xem=all", url.Values{"viec": {id}, "lam": {"hoan-tac-nhan"}, "hoan-tac": {undo[1]}})
	if labels() != "" {
		t.Errorf("not taken back: %q", labels())
	}
	if status, _ := r.post("/viec/"+id+"/danh-dau", url.Values{"nhan": {"a,b"}, "uu-tien": {"high"}}); status != http.StatusOK || labels() != "a,b" {
		t.Errorf("%d: %q", status, labels())
	}
}

// TestTheListAsOfADay: what was open on a past day is there with its state of that day, marked, and nothing can be done.
func TestTheListAsOfADay(t *testing.T) {
	a := start(t)
	r := a.reader(t, "khai")
	d, err := a.Dossiers.Get(context.Background(), a.code(3))
	must(t, err)
	_, page := r.get("/ho-so?xem=all&q=" + d.Code + "&ngay=" + d.SubmittedOn.String())
	if !strings.Contains(page, "Danh sách vào cuối") || !strings.Contains(page, "/ho-so/"+d.Code+"?ngay="+d.SubmittedOn.String()) || strings.Contains(page, `name="chon"`) {
		t.Errorf("not the list of that day, or something can be done there:\n%s", page[max(0, strings.Index(page, "<main")):])
	}
	before := (d.SubmittedOn - 1).String()
	if _, page = r.get("/ho-so?xem=all&q=" + d.Code + "&ngay=" + before); strings.Contains(page, "/ho-so/"+d.Code+"?") {
		t.Error("a dossier is listed before it was filed")
	}
	n, err := a.Tasks.Get(context.Background(), a.task(0))
	must(t, err)
	day := n.AssignedOn.String()
	if _, page = r.get("/viec?xem=all&ngay=" + day); !strings.Contains(page, "/viec/"+n.ID+"?ngay="+day) {
		t.Error("the list of tasks of a day does not lead to the tasks of that day")
	}
	_, page = r.get("/viec/" + n.ID + "?ngay=" + day)
	if !strings.Contains(page, "Nhiệm vụ như cuối") || strings.Contains(page, `action="/viec/`+n.ID+`/`) {
		t.Errorf("not the task of that day, or something can be done there:\n%s", page[max(0, strings.Index(page, "<main")):])
	}
	if status, page := r.get("/viec/" + n.ID + "?ngay=" + (n.AssignedOn - 1).String()); status != http.StatusNotFound || !strings.Contains(page, "chưa có nhiệm vụ") {
		t.Errorf("before it was given out: %d", status)
	}
	if status, file := r.get("/ho-so/xuat?dinh-dang=csv&xem=all&ngay=" + before); status != http.StatusOK || strings.Contains(file, d.Code) {
		t.Errorf("the file of that day: %d", status)
	}
}

// TestSearchInTheList: the words of a title in any order, without marks or with, the last one begun, and codes.
func TestSearchInTheList(t *testing.T) {
	a := start(t)
	r := a.reader(t, "khai")
	d, err := a.Dossiers.Get(context.Background(), a.code(3))
	must(t, err)
	words := strings.Fields(d.Title)
	last := []rune(words[1])
	for _, q := range []string{d.Title, words[2] + " " + string(last[:len(last)-1]), d.Code, d.Code[:len(d.Code)-1], strings.ToLower(d.Code)} {
		if _, page := r.get("/ho-so?xem=all&q=" + url.QueryEscape(q)); !strings.Contains(page, d.Code) {
			t.Errorf("%q does not find %q", q, d.Title)
		}
	}
}
