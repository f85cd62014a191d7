package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/report/campaign"
)

// campaigner adds a head of a division, a general office and a leader of their own, and records to report on.
func campaigner(t *testing.T, a *app.App) {
	t.Helper()
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for id, g := range map[string]people.Grant{"truong": {Role: people.UnitHead, Unit: "qlcn"}, "chuyenvien": {Role: people.Specialist, Unit: "qlcn"},
		"vanphong": {Role: people.GeneralOffice, Unit: "so"}, "giamdoc": {Role: people.Leader, Unit: "so"}, "truongtdc": {Role: people.UnitHead, Unit: "tdc"}} {
		account(t, a, id, id)
		must(t, a.People.GrantRole(ctx, by, id, g))
	}
	for i, unit := range []string{"qlcn", "qlcn", "tdc"} {
		_, err := a.Ledger.Append(ctx, ledger.Command{Stream: "activity/" + string(rune('a'+i)), Actor: "test", Unit: unit,
			Events: []ledger.NewEvent{{Kind: "activity.recorded", On: calendar.MustParse("2021-03-01"), Data: map[string]any{"title": "Tin mẫu", "dims": map[string]string{"kind": "article"}, "amounts": map[string]int{"count": 7}}}}})
		must(t, err)
	}
}

func openCampaign(t *testing.T, a *app.App, regime string) *campaign.Campaign {
	t.Helper()
	c, err := a.Campaigns.Open(context.Background(), campaign.Opening{Regime: regime, Period: "2021-H1", AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate}, campaign.By{Actor: "vanphong"})
	must(t, err)
	return c
}

// TestACampaignShowsEachReaderTheirPart: another unit's part is the same as a missing one, and the Party's campaigns stay in
// its scope.
func TestACampaignShowsEachReaderTheirPart(t *testing.T) {
	a, _ := guarded(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	must(t, a.People.OpenUnit(ctx, by, people.Unit{Code: "cb", NameVI: "Chi bộ mẫu", Parent: "du", Side: people.Party}))
	state, party := openCampaign(t, a.App, "so-ket-6-thang").ID, ""
	c, err := a.Campaigns.Open(ctx, campaign.Opening{Regime: "dang-so-ket", Period: "2021-H1", Unit: "du", AsOf: calendar.NoDate, Due: calendar.NoDate, DueBy: calendar.NoDate}, campaign.By{Actor: "dang"})
	must(t, err)
	party = c.ID
	at := func(id, rest string) string { return "/bao-cao/dot/" + id + rest }
	whole := []string{at(state, "/tong-hop"), at(state, "/noi-dung"), at(state, "/tai/docx"), at(state, "/tai/goi"), at(state, "/phan/tdc"), at(state, "/phan/tdc/mau.xlsx"), at(state, "/phan/tdc/so/info.articles")}
	mine := []string{at(state, ""), at(state, "/phan/qlcn"), at(state, "/phan/qlcn/so/info.articles")}
	partys := []string{at(party, ""), at(party, "/tong-hop"), at(party, "/noi-dung"), at(party, "/tai/docx"), at(party, "/phan/cb")}
	for account, c := range map[string]struct{ open, closed []string }{
		"phong": {mine, append(whole, partys...)}, "so": {append(whole, mine...), partys}, "xem": {append(whole, mine...), partys}, "dang": {partys, append(whole, mine...)},
	} {
		r, program := a.reader(t, account), a.caller(t, account)
		for path, open := range map[string]bool{"/tong-hop": account == "so" || account == "xem", "/tong-hop/info.articles": account == "so" || account == "xem", "/noi-dung": account == "so" || account == "xem", "/phan/qlcn/so/info.articles": account != "dang", "/phan/tdc/so/info.articles": account == "so" || account == "xem", "/tai/pdf": account == "so" || account == "xem"} {
			if status, _, raw := program.raw("GET", "/api/v1"+at(state, path), ""); (status == http.StatusOK) != open || !open && status != http.StatusNotFound {
				t.Errorf("%s's program gets %d for %s: %.200s", account, status, path, raw)
			}
		}
		for _, path := range c.open {
			if status, _ := r.get(path); status != http.StatusOK {
				t.Errorf("%s cannot open %s: %d", account, path, status)
			}
		}
		for _, path := range c.closed {
			if status, _ := r.get(path); status != http.StatusNotFound {
				t.Errorf("%s opens %s: %d", account, path, status)
			}
		}
		_, list := r.get("/bao-cao/dot")
		if seen := strings.Contains(list, at(party, "")); seen != (account == "dang") {
			t.Errorf("%s sees the Party's campaign in the list: %v", account, seen)
		}
	}
	for account, c := range map[string]map[string]int{
		"xem":   {"/phan/qlcn/luu": 403, "/phan/qlcn/nop": 403, "/phan/qlcn/tra-lai": 403, "/buoc/ky": 403, "/buoc/huy": 403, "/buoc/doan": 403, "/buoc/gop-y": 403},
		"phong": {"/phan/tdc/luu": 404, "/phan/tdc/nop": 404, "/phan/qlcn/tra-lai": 403, "/buoc/ky": 403, "/buoc/ban-hanh": 403, "/buoc/xu-ly-trung": 403},
		"dang":  {"/phan/qlcn/luu": 404, "/phan/qlcn/nop": 404, "/buoc/ky": 404, "/buoc/gop-y": 404},
	} {
		r := a.reader(t, account)
		for path, want := range c {
			if status, _ := r.post(at(state, path), url.Values{"don-vi": {"qlcn"}}); status != want {
				t.Errorf("%s posts %s: %d, want %d", account, path, status, want)
			}
		}
	}
}

// as signs somebody else in.
func (a *agency) as(t *testing.T, p *browser.Page, account string) {
	t.Helper()
	path, _, err := a.People.NewLink(context.Background(), account)
	must(t, err)
	p.Open(a.url + path)
	p.Click("main form button")
}

// TestACampaignFromTheHeadToTheLeader plays a campaign in a browser without a script: the head explains and hands in, the
// office returns, settles and writes, the leader signs, the office issues.
func TestACampaignFromTheHeadToTheLeader(t *testing.T) {
	a := start(t)
	campaigner(t, a.App)
	p := browser.New(t, axe)
	p.Scripts(false)
	p.Size(1440, 900)

	a.as(t, p, "vanphong")
	p.Open(a.url + "/bao-cao/dot/moi?che-do=so-ket-6-thang&ky=2021-H1")
	p.Click("main form button")
	id := "/bao-cao/dot/so-ket-6-thang-2021-h1"
	if !strings.HasPrefix(p.URL(), a.url+id) {
		t.Fatalf("opened %s: %s", p.URL(), p.Text())
	}

	head := p.Stranger()
	head.Scripts(false)
	a.as(t, head, "truong")
	head.Open(a.url + id + "/phan/qlcn")
	submit := `button[formaction$="/nop"]`
	head.Click(submit)
	if text := head.Text(); !strings.Contains(text, "chưa giải trình") {
		t.Fatalf("handed in without explanations: %s", text)
	}
	head.Fill(`[name="gt.info.articles"]`, "Mở chuyên mục mới (mẫu)")
	head.Fill(`[name="uoc.info.articles"]`, "16")
	explainRest(head)
	head.Click(submit)
	if text := head.Text(); !strings.Contains(text, "Đã nộp ngày") {
		t.Fatalf("not handed in: %s", text)
	}

	p.Open(a.url + id + "/phan/qlcn")
	unfold(p)
	p.Fill("#tra-ly-do", "Bổ sung hạn chế (mẫu)")
	p.Click(`form[action$="/tra-lai"] button`)
	head.Open(a.url + id + "/phan/qlcn")
	if text := head.Text(); !strings.Contains(text, "Bổ sung hạn chế (mẫu)") {
		t.Fatalf("the reason of the return is not shown: %s", text)
	}
	head.Fill("#han-che", "Tin còn chậm (mẫu)")
	head.Fill("#nguyen-nhan", "Thiếu người viết (mẫu)")
	head.Click(submit)

	p.Open(a.url + id + "/noi-dung")
	if text := p.Text(); !strings.Contains(text, "Tin còn chậm (mẫu)") {
		t.Errorf("the unit's limitation is not in the draft: %s", text)
	}
	unfold(p)
	retype(p, "#nd-info", "Đăng {{info.article}} tin (mẫu).")
	p.Click(`form:has(#nd-info) button`)
	if text := p.Text(); !strings.Contains(text, "Gần nhất: info.articles") {
		t.Fatalf("a wrong token was kept: %s", text)
	}
	unfold(p)
	retype(p, "#nd-info", "Đăng {{info.articles}} tin (mẫu).")
	p.Click(`form:has(#nd-info) button`)
	if text := p.Text(); !strings.Contains(text, "Đăng 14 tin (mẫu).") {
		t.Fatalf("the figure is not in the text: %s", text)
	}

	leader := p.Stranger()
	leader.Scripts(false)
	a.as(t, leader, "giamdoc")
	leader.Open(a.url + id)
	unfold(leader)
	leader.Fill("#ky-thieu", "Chi cục đang sắp xếp lại (mẫu)")
	leader.Click(`form[action$="/ky"] button`)
	if text := leader.Text(); !strings.Contains(text, "Đã ký") {
		t.Fatalf("not signed: %s", text)
	}
	p.Open(a.url + id)
	p.Click(`form[action$="/ban-hanh"] button`)
	if text := p.Text(); !strings.Contains(text, "Đã ban hành") || !strings.Contains(text, "01/BC-") {
		t.Fatalf("not issued: %s", text)
	}
	p.Scripts(true)
	for _, path := range []string{"", "/phan/qlcn", "/tong-hop", "/noi-dung"} {
		look(t, p, "dot"+strings.ReplaceAll(path, "/", "-"), a.url+id+path, 1440, 360)
	}
}

// retype puts other words into a field.
func retype(p *browser.Page, selector, text string) {
	browser.Eval[bool](p, `document.querySelector("`+selector+`").value = "", true`)
	p.Fill(selector, text)
}

// explainRest explains whatever else moved.
func explainRest(p *browser.Page) {
	for _, name := range browser.Eval[[]string](p, `[...document.querySelectorAll('tr:has(.kh-red) textarea')].filter(t => !t.value).map(t => t.name)`) {
		p.Fill(`[name="`+name+`"]`, "Theo kế hoạch (mẫu)")
	}
}
