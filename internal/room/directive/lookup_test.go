package directive_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
	"trucot/internal/testing/storetest"
)

// TestWhatATextNamesIsLookedUp: directives without symbol by kind, name, issuer and year; a symbol with its date; never a guess.
func TestWhatATextNamesIsLookedUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		r, _, _ := newRegister(t, at)
		ctx := context.Background()
		add := func(d directive.Document) {
			t.Helper()
			if d.Date == 0 {
				d.Date = calendar.NoDate
			}
			if d.Unit == "" {
				d.Unit = "so"
			}
			_, err := r.Add(ctx, "vp", d)
			must(t, err)
		}
		add(directive.Document{Kind: "nghi_quyet", Name: "Nghị quyết Đại hội đại biểu toàn quốc lần thứ XIII của Đảng", Issuer: "Đại hội đại biểu toàn quốc", Date: day("2021-02-01")})
		add(directive.Document{Kind: "nghi_quyet", Name: "Nghị quyết Đại hội Đảng bộ tỉnh Mẫu lần thứ XVII, nhiệm kỳ 2020–2025", Issuer: "Đại hội Đảng bộ tỉnh Mẫu"})
		add(directive.Document{Kind: "nghi_quyet", Name: "Nghị quyết Hội nghị lần thứ tư Ban Chấp hành Trung ương Đảng khóa XII", Issuer: "Ban Chấp hành Trung ương Đảng", Date: day("2016-10-30")})
		add(directive.Document{Kind: "ke_hoach", Name: "Kế hoạch phát triển kinh tế – xã hội năm 2022", Issuer: "UBND tỉnh Mẫu"})
		add(directive.Document{Kind: "ke_hoach", Name: "Kế hoạch phát triển kinh tế - xã hội 5 năm 2021–2025", Issuer: "UBND tỉnh Mẫu"})
		add(directive.Document{Kind: "ke_hoach", Name: "Kế hoạch phát triển kinh tế - xã hội 5 năm 2021–2025", Issuer: "Chính phủ"})
		add(directive.Document{Name: "Chiến lược phát triển khoa học và công nghệ giai đoạn 2011–2020", Issuer: "Thủ tướng Chính phủ"})
		add(directive.Document{Kind: "nghi_quyet", Name: "Nghị quyết Đại hội Đảng bộ Bộ Khoa học và Công nghệ nhiệm kỳ 2015–2020", Issuer: "Đảng ủy Bộ", Unit: "dang_uy"})
		for _, date := range []string{"2012-11-01", "2017-10-25"} {
			add(directive.Document{Symbol: "20-NQ/TW", Issuer: "Ban Chấp hành Trung ương Đảng", Date: day(date)})
		}
		for _, c := range []struct {
			text string
			want string // mention: names of what it may be, by "|"; mentions by "; "
		}{
			{"theo Nghị quyết Đại hội Đảng toàn quốc lần thứ XIII, đã", "Nghị quyết Đại hội Đảng toàn quốc lần thứ XIII: Nghị quyết Đại hội đại biểu toàn quốc lần thứ XIII của Đảng"},
			{"thực hiện Nghị quyết Đại hội XIII", "Nghị quyết Đại hội XIII: Nghị quyết Đại hội đại biểu toàn quốc lần thứ XIII của Đảng"},
			{"thực hiện Nghị quyết Đại hội XIV", "Nghị quyết Đại hội XIV: "},
			{"Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII đề ra", "Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII: Nghị quyết Đại hội Đảng bộ tỉnh Mẫu lần thứ XVII, nhiệm kỳ 2020–2025"},
			{"Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVI đề ra", "Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVI: "},
			{"Nghị quyết Trung ương 4 (khóa XII) và", "Nghị quyết Trung ương 4 (khóa XII): Nghị quyết Hội nghị lần thứ tư Ban Chấp hành Trung ương Đảng khóa XII"},
			{"Nghị quyết Trung ương 4 (khóa XI)", "Nghị quyết Trung ương 4 (khóa XI): "},
			{"giao kế hoạch phát triển kinh tế - xã hội năm 2022 cho", "kế hoạch phát triển kinh tế - xã hội năm 2022: Kế hoạch phát triển kinh tế – xã hội năm 2022"},
			{"giao kế hoạch phát triển kinh tế - xã hội năm 2023 cho", ""},
			{"kế hoạch phát triển kinh tế - xã hội 2021-2025, và", "kế hoạch phát triển kinh tế - xã hội 2021-2025: Kế hoạch phát triển kinh tế - xã hội 5 năm 2021–2025|Kế hoạch phát triển kinh tế - xã hội 5 năm 2021–2025"},
			{"kế hoạch phát triển kinh tế - xã hội 2021-2025 của Chính phủ", "kế hoạch phát triển kinh tế - xã hội 2021-2025: Kế hoạch phát triển kinh tế - xã hội 5 năm 2021–2025"},
			{"Chiến lược phát triển KH&CN giai đoạn 2011- 2020; tiếp tục", "Chiến lược phát triển KH&CN giai đoạn 2011- 2020: Chiến lược phát triển khoa học và công nghệ giai đoạn 2011–2020"},
			{"Nghị quyết Đại hội Đảng bộ Bộ KH&CN nhiệm kỳ 2015 – 2020", "Nghị quyết Đại hội Đảng bộ Bộ KH&CN nhiệm kỳ 2015 – 2020: "}, // of the other side
			{"Nghị quyết số 20 -NQ/TW (tháng 11/2012)", "Nghị quyết số 20 -NQ/TW: 20-NQ/TW|20-NQ/TW"},
			{"Nghị quyết số 20-NQ/TW ngày 01/11/2012", "Nghị quyết số 20-NQ/TW: 20-NQ/TW"},
			{"Nghị quyết số 20-NQ/TW ngày 02/11/2012", "Nghị quyết số 20-NQ/TW: "},
		} {
			x, err := r.Finder(ctx, directive.Filter{State: true})
			must(t, err)
			found, err := x.Find(ctx, c.text)
			must(t, err)
			var got []string
			for _, m := range found {
				var of []string
				for _, d := range m.Of {
					of = append(of, d.Label())
				}
				got = append(got, m.Mention+": "+strings.Join(of, "|"))
			}
			if text := strings.Join(got, "; "); text != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.text, text, c.want)
			}
		}
		x, err := r.Finder(ctx, directive.Filter{Units: []string{"dang_uy"}})
		must(t, err)
		found, err := x.Find(ctx, "Nghị quyết Đại hội Đảng bộ Bộ KH&CN nhiệm kỳ 2015 – 2020; Nghị quyết Đại hội XIII")
		must(t, err)
		if len(found) != 2 || len(found[0].Of) != 1 || len(found[1].Of) != 0 {
			t.Errorf("a Party reader's own: %+v", found)
		}
	})
}

// TestAMentionIsWhatStandsThere: whatever text surrounds a name, its place is right and mentions do not overlap.
func TestAMentionIsWhatStandsThere(t *testing.T) {
	r, _, _ := newRegister(t, filepath.Join(t.TempDir(), "a.db"))
	ctx := context.Background()
	d := directive.Blank()
	d.Name, d.Issuer, d.Unit = "Đề án phát triển Hệ tri thức Việt số hóa", "Thủ tướng Chính phủ", "so"
	_, err := r.Add(ctx, "vp", d)
	must(t, err)
	x, err := r.Finder(ctx, directive.Filter{State: true})
	must(t, err)
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"Đề án phát triển Hệ tri thức Việt số hóa", "đề  án phát triển\nhệ tri thức Việt số hoá", "Đề án phát triển Hệ", "số 16/CT-TTg", "; ", " và ", "XIII", "thứ tư", "e\u0302\u0301"})
		text := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "text"), " ")
		found, err := x.Find(ctx, text)
		if err != nil {
			t.Fatal(err)
		}
		runes, last := []rune(text), 0
		for _, m := range found {
			if m.Start < last || m.End > len(runes) || string(runes[m.Start:m.End]) != m.Mention {
				t.Fatalf("%q: %+v", text, m)
			}
			last = m.End
		}
	})
}
