package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/room/report"
)

// TestPlansCalendarAndLimitationsByRole: a frozen plan, the leaders' calendar and the task of a limitation are for those
// whose side and unit they are of.
func TestPlansCalendarAndLimitationsByRole(t *testing.T) {
	a, _ := guarded(t)
	ctx := context.Background()
	given, err := a.Tasks.Assign(ctx, task.Assignment{Title: "Việc riêng của chi cục", Unit: "tdc", Collaborators: []string{"phong"}, Due: "10wd", On: calendar.NoDate, Actor: "so"})
	must(t, err)
	plan, err := a.Tasks.Freeze(ctx, "so", task.Baseline{Name: "Kế hoạch của chi cục", Unit: "tdc"})
	must(t, err)
	item := schedule.Item{On: calendar.MustParse("2021-06-16"), Start: "08:00", Chair: "so"}
	for unit, content := range map[string]string{"so": "Giao ban công khai", "du": "Họp riêng đảng uỷ"} {
		item.Unit, item.Content = unit, content
		_, err := a.Schedule.Enter(ctx, "so", item)
		must(t, err)
		must(t, a.Schedule.Publish(ctx, "so", unit, schedule.WeekOf(item.On)))
	}
	item.Unit, item.Content, item.On = "so", "Mục còn dự thảo", calendar.MustParse("2021-06-23")
	_, err = a.Schedule.Enter(ctx, "so", item)
	must(t, err)

	shows := func(account, path, text string, want bool) {
		t.Helper()
		status, page := a.reader(t, account).get(path)
		if got := status == http.StatusOK && strings.Contains(page, text); got != want {
			t.Errorf("%s on %s: %d, shows %q: %v, want %v", account, path, status, text, got, want)
		}
	}
	shows("so", "/moc-viec/"+plan.ID, "Việc riêng của chi cục", true)
	shows("phong", "/moc-viec/"+plan.ID, "Việc riêng của chi cục", false)
	shows("phong", "/moc-viec", "Kế hoạch của chi cục", false)
	shows("phong", "/viec/"+given.ID, "Việc riêng của chi cục", true) // as a collaborator
	shows("dang", "/viec/"+given.ID, "Việc riêng của chi cục", false)
	for _, path := range []string{"/lich-cong-tac", "/lich-cong-tac?thang=2021-06"} {
		shows("phong", path, "Giao ban công khai", true)
		shows("phong", path, "Họp riêng đảng uỷ", false)
		shows("so", path, "Họp riêng đảng uỷ", false)
		shows("dang", path, "Họp riêng đảng uỷ", true)
		shows("dang", path, "Giao ban công khai", false)
	}
	shows("so", "/lich-cong-tac?tuan=2021-W25", "Mục còn dự thảo", true)
	shows("phong", "/lich-cong-tac?tuan=2021-W25", "Mục còn dự thảo", false)

	shows("phong", "/viec?xem=mine", "Việc riêng của chi cục", true) // among their own, marked
	shows("phong", "/viec?xem=mine", "Phối hợp", true)
	shows("phong", "/", "Việc riêng của chi cục", true)
	shows("phong", "/viec?xem=all", "Việc riêng của chi cục", false)
	secret, err := a.Tasks.Assign(ctx, task.Assignment{Title: "Việc riêng của đảng uỷ", Unit: "du", Due: "10wd", On: calendar.NoDate, Actor: "dang"})
	must(t, err)
	_, n, err := a.Tasks.List(ctx, task.Filter{Account: "phong", Helping: true, View: "open"})
	must(t, err)
	if n != 1 || secret.Side != people.Party {
		t.Errorf("%d tasks are the collaborator's", n)
	}

	phong := a.reader(t, "phong")
	if status, _ := phong.post("/viec/"+given.ID+"/tien-do", url.Values{"ghi-chu": {"Đã gửi số liệu"}}); status != http.StatusOK {
		t.Errorf("a collaborator cannot report progress: %d", status)
	}
	head := a.Ledger.Head()
	for path, form := range map[string]url.Values{
		"/viec/" + given.ID + "/hoan-thanh": {"minh-chung": {"12/BC"}},
		"/lich-cong-tac/cong-bo":            {"tuan": {"2021-W25"}, "don-vi": {"so"}},
		"/lich-cong-tac":                    {"don-vi": {"so"}, "noi-dung": {"Thử"}, "ngay": {"2021-06-20"}, "tu": {"08:00"}, "chu-tri": {"so"}},
		"/moc-viec":                         {"ten": {"Thử"}, "don-vi": {"tdc"}},
	} {
		if status, _ := phong.post(path, form); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("phong writes to %s: %d", path, status)
		}
	}
	if _, page := phong.post("/viec/hang-loat", url.Values{"viec": {given.ID}, "nguoi": {"phong"}}); strings.Contains(page, "Việc riêng của chi cục") {
		t.Error("the change of many offers another unit's task")
	}
	if a.Ledger.Head() != head {
		t.Error("something was recorded")
	}
}

// TestALimitationBecomesATask from the report's page, and only for a unit of its side.
func TestALimitationBecomesATask(t *testing.T) {
	a, at := guarded(t)
	ctx := context.Background()
	must(t, a.Reports.AddNote(ctx, "", "2021-H1", report.Note{Kind: "limitation", Side: "state", Text: "Giải ngân chậm."}, calendar.MustParse("2021-06-11"), "test"))
	list, err := a.Reports.Limitations(ctx, "", "2021-H1", "state", 0)
	must(t, err)
	so := a.reader(t, "so")
	path := fmt.Sprint("/bao-cao/so-ket-6-thang/2021-H1/han-che/", list[0].Position)
	form := url.Values{"ky": {"2021-H1"}, "don-vi": {"qlcn"}, "han": {"2021-07-30"}}
	for range 2 { // sent twice it is one task
		if status, page := so.post(path, form); status != http.StatusOK || !strings.Contains(page, "Đang khắc phục") {
			t.Fatalf("%d", status)
		}
	}
	tasks, n, err := a.Tasks.List(ctx, task.Filter{Reach: task.Reach{State: true}, Text: "giai ngan cham"})
	must(t, err)
	if n != 1 || tasks[0].Unit != "qlcn" {
		t.Errorf("%d tasks", n)
	}
	if _, page := so.get("/bao-cao/so-ket-6-thang/2021-H2"); !strings.Contains(page, "Giải ngân chậm: đang khắc phục – ") || !strings.Contains(page, tasks[0].ID) {
		t.Error("the next report does not say who puts it right")
	}
	party := strings.Replace(path, "so-ket-6-thang", "dang-so-ket", 1)
	if status, _ := so.post(party, form); status != http.StatusForbidden {
		t.Errorf("a reader of the State's side gives out the Party's limitation: %d", status)
	}
	notes, err := a.Reports.Limitations(ctx, "", "2021-H1", string(people.Party), 0)
	must(t, err)
	if len(notes) != 1 || at["note"] == "" {
		t.Fatal(notes)
	}
	dang := a.reader(t, "dang")
	before := a.Ledger.Head()
	mine := fmt.Sprint("/bao-cao/dang-so-ket/2021-H1/han-che/", notes[0].Position)
	if status, _ := dang.post(mine, url.Values{"ky": {"2021-H1"}, "don-vi": {"qlcn"}}); status != http.StatusForbidden && status != http.StatusUnprocessableEntity && status != http.StatusBadRequest || a.Ledger.Head() != before {
		t.Errorf("the Party's limitation was given to the State's side: %d", status)
	}
}
