package e2e

import (
	"context"
	"fmt"
	"testing"

	"trucot/definitions"
	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// fill records the sample units, accounts and dossiers of two years.
func fill(t *testing.T, a *app.App) {
	t.Helper()
	units(t, a)
	account(t, a, "khai", "Nguyễn Thị Minh Khai (mẫu)", people.Leader, people.OneStop, people.UnitHead, people.Specialist)
	account(t, a, "hung", "Trần Văn Hùng (mẫu)", people.Specialist)
	account(t, a, "xem", "Lê Quang Đạo (mẫu)", people.Viewer)
	for i := range 36 {
		move(t, a, i)
	}
	fillTasks(t, a)
	if _, err := a.Reports.ImportSample(context.Background(), definitions.Files, "samples/quang-tri-2017", "test"); err != nil {
		t.Fatal(err)
	}
}

// units are the sample department and two of its parts.
func units(t *testing.T, a *app.App) {
	t.Helper()
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for _, u := range []people.Unit{
		{Code: "so", NameVI: "Sở KH&CN tỉnh Mẫu", NameEN: "Sample Department", Side: people.State, Kind: "so"},
		{Code: "qlcn", NameVI: "Phòng Quản lý công nghệ", NameEN: "Technology Division", Parent: "so", Side: people.State},
		{Code: "tdc", NameVI: "Chi cục Tiêu chuẩn – Đo lường – Chất lượng", NameEN: "Standards Branch", Parent: "so", Side: people.State},
	} {
		must(t, a.People.OpenUnit(ctx, by, u))
	}
}

func account(t *testing.T, a *app.App, id, name string, roles ...people.Role) {
	t.Helper()
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	must(t, a.People.SetPerson(ctx, people.Person{ID: "p-" + id, Name: name}))
	must(t, a.People.OpenAccount(ctx, by, id, "p-"+id))
	for _, r := range roles {
		must(t, a.People.GrantRole(ctx, by, id, people.Grant{Role: r, Unit: people.Everywhere}))
	}
}

var titles = []string{
	"Thẩm định công nghệ dự án nhà máy xử lý chất thải rắn", "Cấp giấy phép tiến hành công việc bức xạ – Bệnh viện Đa khoa",
	"Đề xuất nhiệm vụ: chọn tạo giống lúa chịu mặn vùng ven biển", "Kiểm định phương tiện đo nhóm 2 – Công ty Điện lực",
	"Nghiệm thu đề tài ứng dụng IoT giám sát chất lượng nước", "Công bố hợp chuẩn sản phẩm gạch không nung",
}

// move files the i-th sample dossier and takes it as far as its number says.
func move(t *testing.T, a *app.App, i int) *dossier.Dossier {
	t.Helper()
	ctx := context.Background()
	day := calendar.MustParse("2020-01-06") + calendar.Date(i*15)
	if day > calendar.MustParse("2021-06-11") {
		day = calendar.MustParse("2021-06-11") - calendar.Date(i%4)
	}
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: day, Actor: "khai", Unit: []string{"qlcn", "tdc"}[i%2],
		Fields:    map[string]any{"ten_sach": fmt.Sprintf("%s (mẫu %d)", titles[i%len(titles)], i+1), "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1 + i%5},
		Documents: []string{"the"}})
	must(t, err)
	stop := len(steps)
	if i > 24 {
		stop = i % 4
	}
	for n, action := range steps[:stop] {
		act := dossier.Act{Code: d.Code, Action: action, On: day + calendar.Date(n), Actor: "khai"}
		if action == "phan_cong" {
			act.Assignee = "hung"
		}
		if d, err = a.Dossiers.Act(ctx, act); err != nil {
			t.Fatal(action, err)
		}
	}
	return d
}

var steps = []string{"tiep_nhan", "phan_cong", "trinh", "ky", "tra"}
