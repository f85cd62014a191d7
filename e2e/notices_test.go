package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
)

// told gives work to an account and lets the notices go out.
func (a *agency) told(t *testing.T, account string) {
	t.Helper()
	ctx := context.Background()
	for _, title := range []string{"Rà soát hồ sơ quá hạn (mẫu)", "Báo cáo kết quả thực hiện chỉ thị (mẫu)"} {
		_, err := a.Tasks.Assign(ctx, task.Assignment{Title: title, Unit: "qlcn", Owner: account, Due: "2wd", On: calendar.NoDate, Actor: "test"})
		must(t, err)
	}
	must(t, a.Notify.Step(ctx))
}

// TestNoticesInTheBrowser: the bell counts, the page opens what it is about, reading settles it; with scripts off.
func TestNoticesInTheBrowser(t *testing.T) {
	a := start(t)
	a.told(t, "khai")
	p := browser.New(t, axe)
	p.Scripts(false)
	p.Size(1440, 900)
	a.signIn(t, p)
	p.Open(a.url + "/thong-bao")
	if text := p.Text(); !strings.Contains(text, "Được giao nhiệm vụ") || !strings.Contains(text, "Rà soát hồ sơ quá hạn (mẫu)") || !strings.Contains(text, "Nhiệm vụ sắp đến hạn") {
		t.Fatalf("khai is not told:\n%s", text)
	}
	before, err := a.Notify.Unread(context.Background(), "khai")
	must(t, err)
	p.Click(".kh-notices form button")
	after, err := a.Notify.Unread(context.Background(), "khai")
	must(t, err)
	if after != before-1 {
		t.Errorf("%d unread after %d", after, before)
	}
	p.Click(".kh-acts form button")
	if n, err := a.Notify.Unread(context.Background(), "khai"); err != nil || n != 0 {
		t.Errorf("%d unread, %v", n, err)
	}
}

// TestNoticesKeepToTheirReader: what was told is not shown to who may not see it any more, and never to others.
func TestNoticesKeepToTheirReader(t *testing.T) {
	a, _ := guarded(t)
	ctx := context.Background()
	a.told(t, "hung")
	if _, page := a.reader(t, "hung").get("/thong-bao"); !strings.Contains(page, "Rà soát hồ sơ quá hạn") {
		t.Error("hung does not see what hung was told")
	}
	if _, page := a.reader(t, "khai").get("/thong-bao"); strings.Contains(page, "Rà soát hồ sơ quá hạn") {
		t.Error("khai sees what hung was told")
	}
	accounts, err := a.People.Accounts(ctx)
	must(t, err)
	for _, ac := range accounts {
		if ac.ID == "hung" {
			for _, g := range ac.Grants {
				must(t, a.People.RevokeRole(ctx, people.By{Actor: "test", On: calendar.OfTime(now)}, "hung", g))
			}
		}
	}
	if status, page := a.reader(t, "hung").get("/thong-bao"); status != http.StatusOK || strings.Contains(page, "Rà soát hồ sơ quá hạn") || !strings.Contains(page, "ngoài phạm vi") {
		t.Errorf("%d; without rights the notice must not say what it is about", status)
	}
}

// TestWebhooksAreTheAdministrators: others neither see nor add them; the secret shows once.
func TestWebhooksAreTheAdministrators(t *testing.T) {
	a := start(t)
	account(t, a.App, "quantri", "Quản trị (mẫu)", people.Admin)
	if status, _ := a.reader(t, "khai").get("/quan-tri/webhook"); status != http.StatusForbidden {
		t.Errorf("a leader gets %d", status)
	}
	r := a.reader(t, "quantri")
	status, page := r.post("/quan-tri/webhook", url.Values{"dia-chi": {"http://10.0.0.1/"}, "su-kien": {"task.*"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "https") || !strings.Contains(page, "http://10.0.0.1/") {
		t.Errorf("%d: a refused form says why and keeps what was typed", status)
	}
	status, page = r.post("/quan-tri/webhook", url.Values{"dia-chi": {"https://nhan.example/rieng"}, "su-kien": {"task.*, dossier.finished"}})
	if status != http.StatusOK || !strings.Contains(page, "whsec_") {
		t.Fatalf("%d: no secret", status)
	}
	if _, page = r.get("/quan-tri/webhook"); strings.Contains(page, "whsec_") || strings.Contains(page, "/rieng") || !strings.Contains(page, "nhan.example") {
		t.Error("the list must show the host and nothing that is secret")
	}
	hooks, err := a.Notify.Hooks(context.Background())
	must(t, err)
	if status, _ := r.post("/quan-tri/webhook/"+hooks[0].ID+"/xoa", nil); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	if hooks, err = a.Notify.Hooks(context.Background()); err != nil || len(hooks) != 0 {
		t.Errorf("%v, %v", hooks, err)
	}
}

// TestAWebhookKnowsWhatItsOwnerMay: events of the Party do not reach an owner without its permission.
func TestAWebhookKnowsWhatItsOwnerMay(t *testing.T) {
	a, _ := guarded(t)
	ctx := context.Background()
	must(t, a.Notify.Step(ctx)) // all that guarded made lies before
	account(t, a.App, "quantri", "Quản trị (mẫu)", people.Admin)
	h, _, err := a.Notify.AddHook(ctx, "quantri", "https://nhan.invalid/", []string{"task.assigned"})
	must(t, err)
	for _, unit := range []string{"qlcn", "du"} {
		_, err := a.Tasks.Assign(ctx, task.Assignment{Title: "Việc của " + unit + " (mẫu)", Unit: unit, On: calendar.NoDate, Actor: "test"})
		must(t, err)
	}
	a.Notify.Reach(notify.Outside{})
	must(t, a.Notify.Step(ctx))
	calls, err := a.Notify.Deliveries(ctx, h.ID, 10)
	must(t, err)
	if len(calls) != 1 {
		t.Errorf("%d calls: one event of the state side, none of the Party's", len(calls))
	}
}
