package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
	"trucot/internal/room/portal"
	"trucot/internal/testing/shared"
)

// registered enters directives without symbol: kind, name, issuer.
func registered(t *testing.T, a *agency, unit string, list ...[3]string) (ids []string) {
	t.Helper()
	for _, x := range list {
		d := directive.Blank()
		d.Kind, d.Name, d.Issuer, d.Unit = x[0], x[1], x[2], unit
		made, err := a.Directives.Add(t.Context(), "test", d)
		must(t, err)
		ids = append(ids, made.ID)
	}
	return ids
}

// TestTheEditorSaysWhichDirectiveIsMeant: of two plans of one name the editor chooses; the reader is led to that one alone.
func TestTheEditorSaysWhichDirectiveIsMeant(t *testing.T) {
	a := newsroom(t)
	const name = "Kế hoạch phát triển kinh tế – xã hội năm 2021"
	ids := registered(t, a, "so", [3]string{"ke_hoach", name, "Chính phủ"}, [3]string{"ke_hoach", name, "UBND tỉnh Mẫu"})
	hidden := registered(t, a, "du", [3]string{"nghi_quyet", "Nghị quyết Đại hội Đảng bộ Sở nhiệm kỳ 2020–2025", "Đảng bộ Sở"})
	x := draft(t, a, "qlcn", portal.Content{Title: "Tin mẫu", Body: portal.ParseMarkup("Thực hiện kế hoạch phát triển kinh tế - xã hội năm 2021 và Nghị quyết Đại hội Đảng bộ Sở nhiệm kỳ 2020-2025, cùng Nghị quyết Đại hội XIII.")})
	must(t, a.Portal.Take(t.Context(), "phong", x.ID, portal.Move{Step: portal.Submit, Version: x.Version}))
	path := "/bien-tap/" + x.ID
	editor := a.reader(t, "vp")
	_, page := editor.get(path)
	for _, want := range []string{"Sổ chỉ đạo có 2 văn bản phù hợp", name + " – UBND tỉnh Mẫu", "Chưa có trong sổ chỉ đạo"} {
		if !strings.Contains(page, want) {
			t.Errorf("the editor does not see %q", want)
		}
	}
	if strings.Contains(page, hidden[0]) {
		t.Error("an article of the state side looks into the Party's register")
	}
	tie := func(words, id string) (int, string) {
		now, err := a.Portal.Get(t.Context(), x.ID)
		must(t, err)
		return editor.post(path+"/van-ban", url.Values{"ban": {strconv.FormatInt(now.Version, 10)}, "chu": {words}, "van-ban": {id}})
	}
	const words = "kế hoạch phát triển kinh tế - xã hội năm 2021"
	for _, bad := range [][2]string{{words, hidden[0]}, {words, "VB-0000000000"}, {"Nghị quyết Đại hội XIII", ids[0]}, {"", ids[0]}} {
		if status, _ := tie(bad[0], bad[1]); status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, status)
		}
	}
	if status, _ := a.reader(t, "xem").post(path+"/van-ban", url.Values{"chu": {words}, "van-ban": {ids[1]}}); status != http.StatusNotFound && status != http.StatusForbidden {
		t.Errorf("somebody who does not write ties: %d", status)
	}
	if status, page := tie(words, ids[1]); status != http.StatusOK || !strings.Contains(page, "Đã gắn với") {
		t.Fatal(status)
	}
	for _, m := range []struct {
		by string
		portal.Move
	}{{"vp", portal.Move{Step: portal.Forward}}, {"so", portal.Move{Step: portal.Approve}}} {
		now, err := a.Portal.Get(t.Context(), x.ID)
		must(t, err)
		m.Version = now.Version
		must(t, a.Portal.Take(t.Context(), m.by, x.ID, m.Move))
	}
	if _, _, page := a.visit(t, x.Path(), person); !strings.Contains(page, ids[1]) || strings.Contains(page, ids[0]) {
		t.Error("the reader is not led to the plan that was chosen")
	}
}

// TestTheTwoPagesLeadToWhatTheyName: with the directives in the register, what the two conference pages name by title alone is tied
// when they are read; only what fits twice waits for the editor.
func TestTheTwoPagesLeadToWhatTheyName(t *testing.T) {
	a := newsroom(t)
	registered(t, a, "so",
		[3]string{"nghi_quyet", "Nghị quyết Đại hội đại biểu toàn quốc lần thứ XIII của Đảng", "Đại hội đại biểu toàn quốc lần thứ XIII"},
		[3]string{"nghi_quyet", "Nghị quyết Hội nghị Trung ương 4 khóa XII", "Ban Chấp hành Trung ương Đảng"},
		[3]string{"nghi_quyet", "Nghị quyết Đại hội Đảng bộ tỉnh Một lần thứ XVII, nhiệm kỳ 2020–2025", "Đảng bộ tỉnh Một"},
		[3]string{"nghi_quyet", "Nghị quyết Đại hội Đảng bộ tỉnh Hai lần thứ XVII, nhiệm kỳ 2020–2025", "Đảng bộ tỉnh Hai"},
		[3]string{"nghi_quyet", "Nghị quyết Đại hội Đảng bộ Bộ Khoa học và Công nghệ nhiệm kỳ 2015–2020", "Đảng bộ Bộ Khoa học và Công nghệ"},
		[3]string{"ke_hoach", "Kế hoạch phát triển kinh tế – xã hội 5 năm 2021–2025", "UBND tỉnh Một"},
		[3]string{"", "Chiến lược phát triển khoa học và công nghệ giai đoạn 2011–2020", "Thủ tướng Chính phủ"})
	for _, date := range []string{"2012-11-01", "2017-10-25"} {
		d := directive.Blank()
		d.Symbol, d.Issuer, d.Unit, d.Date = "20-NQ/TW", "Ban Chấp hành Trung ương Đảng", "so", calendar.MustParse(date)
		_, err := a.Directives.Add(t.Context(), "test", d)
		must(t, err)
	}
	for file, want := range map[string][3]string{
		"000_2391c05e7fc9e50d.txt": {"Chiến lược phát triển KH&CN giai đoạn 2011- 2020; Nghị quyết Đại hội Đảng bộ Bộ KH&CN nhiệm kỳ 2015 – 2020; Chỉ thị số 16/CT-TTg; kết luận số 50-KL/TW", "Nghị quyết số 20 -NQ/TW", ""},
		"004_6eb69ec5a5895d47.txt": {"Nghị quyết Trung ương 4 (khóa XII); Chỉ thị 05-CT/TW; Nghị quyết Đại hội Đảng toàn quốc lần thứ XIII; kế hoạch phát triển kinh tế - xã hội 2021-2025", "Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII", "kế hoạch đầu tư công trung hạn giai đoạn 2021-2025"},
	} {
		done, err := a.ImportArticle(t.Context(), app.ArticleFile{Path: shared.Dir(t, "seeds", file), Actor: "cli"})
		must(t, err)
		got := [3]string{strings.Join(done.Directives, "; "), strings.Join(done.Doubtful, "; "), strings.Join(done.Unknown, "; ")}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", file, got, want)
		}
	}
}
