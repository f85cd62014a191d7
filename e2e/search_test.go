package e2e

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/conference"
)

var hitLink = regexp.MustCompile(`<h2><a href="([^"]+)">`)

// What the search shows is what the reader's own lists show, and each hit opens.
func TestRolesSearch(t *testing.T) {
	a, paths := guarded(t)
	for who, sees := range map[string]map[string]bool{
		"so":    {unitSecret: true, looseSecret: true, hostile: true},
		"phong": {hostile: true},
		"dang":  {},
	} {
		r := a.reader(t, who)
		for _, title := range []string{unitSecret, looseSecret, hostile, "Hồ sơ gửi đảng uỷ"} {
			_, page := r.get("/tim-kiem?q=" + url.QueryEscape(title))
			if got := strings.Contains(page, `href="`+paths[title]+`"`); got != sees[title] {
				t.Errorf("%s finds %q: %v", who, title, got)
			}
			if strings.Contains(page, hostile) {
				t.Errorf("%s gets a title as markup", who)
			}
			for _, link := range hitLink.FindAllStringSubmatch(page, -1) {
				if status, _ := r.get(link[1]); status != http.StatusOK {
					t.Errorf("%s finds %s but cannot open it: %d", who, link[1], status)
				}
			}
		}
	}
}

// A record is found as soon as it is recorded, by words with or without marks, and after a restart.
func TestSearchFollowsTheLedger(t *testing.T) {
	a, _ := guarded(t)
	r := a.reader(t, "so")
	r.get("/tim-kiem?q=x") // the index is there before the record is
	d, err := a.Dossiers.Open(context.Background(), dossier.Filing{Procedure: "book_loan", On: calendar.MustParse("2021-06-14"), Actor: "khai", Unit: "tdc",
		Fields: map[string]any{"ten_sach": "Trắc địa biển", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}, Documents: []string{"the"}})
	must(t, err)
	for _, ask := range []string{"Trắc địa biển", "trac dia bien", `"địa biển"`} {
		_, page := r.get("/tim-kiem?q=" + url.QueryEscape(ask))
		if !strings.Contains(page, `<a href="/ho-so/`+d.Code+`">`) || !strings.Contains(page, "địa biển</mark>") {
			t.Errorf("%q does not find the new dossier", ask)
		}
		if strings.Contains(page, "Bạn đọc mẫu") {
			t.Error("the search shows who filed")
		}
	}
	if _, page := r.get("/tim-kiem?q=x&tu=2021-99-99"); !strings.Contains(page, "kh-field-fault") {
		t.Error("a date that is none is passed over in silence")
	}
}

// What was issued and what was conferred about is found by whoever may see it, as soon as it is recorded and when the
// records are read anew, without a word of whose it is.
func TestSearchFindsResultsAndConferences(t *testing.T) {
	for _, before := range []bool{false, true} {
		a, _ := guarded(t)
		if before { // the index is there before the records are
			a.reader(t, "so").get("/tim-kiem?q=x")
		}
		resultsAndConferences(t, a)
	}
}

func resultsAndConferences(t *testing.T, a *agency) {
	t.Helper()
	ctx := t.Context()
	on := calendar.MustParse("2021-06-14")
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: on, Actor: "khai", Unit: "tdc",
		Fields: map[string]any{"ten_sach": "Trắc địa biển", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}, Documents: []string{"the"}})
	must(t, err)
	for _, action := range []string{"tiep_nhan", "phan_cong", "trinh", "ky"} {
		d, err = a.Dossiers.Act(ctx, dossier.Act{Code: d.Code, Action: action, On: on, Actor: "khai"})
		must(t, err)
	}
	number := d.Track.Issued[0].Number
	for unit, occasion := range map[string]string{"so": "so_ket", "du": "dang_so_ket"} {
		_, err := a.Conferences.Prepare(ctx, "khai", conference.Head{Name: "Hội nghị trắc địa " + unit, Occasion: occasion, Unit: unit, Day: on, Start: "09:00", Place: "Hội trường mẫu", Period: "2021-H1"})
		must(t, err)
	}
	for who, sees := range map[string][3]bool{"so": {true, true, false}, "phong": {}, "dang": {false, false, true}} {
		r := a.reader(t, who)
		for i, ask := range []string{number, "Hội nghị trắc địa so", "Hội nghị trắc địa du"} {
			_, page := r.get("/tim-kiem?q=" + url.QueryEscape(ask))
			text := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(page)
			shown := strings.Contains(text, "/giay-phep/mot?so="+url.QueryEscape(ask)) || strings.Contains(text, ">"+ask+"</a>")
			if shown != sees[i] {
				t.Errorf("%s finds %q: %v", who, ask, shown)
			}
			if strings.Contains(page, "Bạn đọc mẫu") {
				t.Error("the search shows whose it is")
			}
			for _, link := range hitLink.FindAllStringSubmatch(page, -1) {
				if status, _ := r.get(html.UnescapeString(link[1])); status != http.StatusOK {
					t.Errorf("%s finds %s but cannot open it: %d", who, link[1], status)
				}
			}
		}
	}
}

// A stranger's search finds the services beside the news, and nothing from inside.
func TestStrangersFindServices(t *testing.T) {
	a, _ := guarded(t)
	for ask, want := range map[string]bool{"an toàn bức xạ": true, "an toan buc xa": true, "zqxw": false} {
		status, page := a.nobody(t).get("/tin-tuc/tim?q=" + url.QueryEscape(ask))
		if status != http.StatusOK || strings.Contains(page, `href="/dich-vu/`) != want || strings.Contains(page, "/ho-so/") {
			t.Errorf("%q: %d, services %v", ask, status, !want)
		}
		link := regexp.MustCompile(`href="(/dich-vu/[^"]+)"`).FindStringSubmatch(page)
		if want && link != nil {
			if status, _ := a.nobody(t).get(link[1]); status != http.StatusOK {
				t.Errorf("%s: %d", link[1], status)
			}
		}
	}
}

// TestSearchInTheBrowser asks, restricts, corrects and goes on as a reader with a telephone would: every page passes the
// checks, and what is typed key by key, as an input method does, stays as typed.
func TestSearchInTheBrowser(t *testing.T) {
	a, _ := guarded(t)
	p := browser.New(t, axe)
	p.Size(360, 780)
	a.signIn(t, p)
	p.Open(a.url + "/tim-kiem")
	sound := func(where string) {
		t.Helper()
		if p.Overflow() > 0 || len(p.Violations()) > 0 || len(p.Said()) > 0 {
			t.Errorf("%s: %d pixels too wide, %v, %v", where, p.Overflow(), p.Violations(), p.Said())
		}
	}
	sound("start")
	const field = `.kh-ask input[name="q"]`
	typed := func() string { return browser.Eval[string](p, `document.querySelector('`+field+`').value`) }
	browser.Eval[bool](p, `document.querySelector('`+field+`').focus(), true`)
	want := ""
	for _, key := range strings.Split("hoof sow dd", "") { // Telex for "hồ sơ đ", keys that nobody turned into letters
		p.Press(key)
		if want += key; typed() != want {
			t.Fatalf("after %q the field holds %q", want, typed())
		}
	}
	ask := func(text string) {
		t.Helper()
		p.Open(a.url + "/tim-kiem?q=" + url.QueryEscape(text))
		sound(text)
		if typed() != text {
			t.Errorf("%q was typed, the field holds %q", text, typed())
		}
	}
	ask("hồ sơ")
	if !strings.Contains(browser.Eval[string](p, `[...document.querySelectorAll("mark")].map(m => m.textContent).join("|")`), "ồ sơ") {
		t.Errorf("the words found are not marked as they stand:\n%s", p.Text())
	}
	p.Click(`.kh-list-plain a[href*="loai="]`)
	sound("one kind")
	if p.Attribute(`.kh-list-plain a[aria-current="true"]`, "href") == "" || typed() != "hồ sơ" {
		t.Error("the kind chosen is not shown as chosen, or the words are lost")
	}
	p.Open(a.url + "/tim-kiem?q=" + url.QueryEscape("hồ sơ") + "&tu=2030-01-01")
	sound("later than all")
	if browser.Eval[int](p, `document.querySelectorAll(".kh-answers li").length`) != 0 {
		t.Error("a date after everything leaves something")
	}
	ask("hồ sơz")
	p.Click(".kh-lead a")
	sound("meant")
	if !strings.HasPrefix(typed(), "hồ s") || strings.Contains(typed(), "z") {
		t.Errorf("what was meant is taken only by a click: %q", typed())
	}
	ask("khoa họ")
	p.Click(`.kh-list-plain a[href="/tim-kiem?q=` + url.QueryEscape("khoa học") + `"]`)
	sound("suggestion")
	if typed() != "khoa học" {
		t.Errorf("the suggestion chosen asks for %q", typed())
	}
}
