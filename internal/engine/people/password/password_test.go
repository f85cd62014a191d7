package password

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/fault"
)

func TestRules(t *testing.T) {
	names := []string{"khai.nguyen", "Nguyễn Thị Minh Khai", "Sở Khoa học và Công nghệ Quảng Trị"}
	for _, c := range []struct {
		typed  string
		second bool
		want   string
	}{
		{"mười bốn ký tự", false, "password.bad_length"}, {"mười lăm ký tự!", false, ""},
		{"chim sẻ", true, "password.bad_length"}, {"chim sẻ 7", true, ""}, {"chim sẻ 7", false, "password.bad_length"},
		{strings.Repeat("ba con mèo ", 23) + "kêu", false, ""}, {strings.Repeat("x", 257), false, "password.bad_length"},
		{"password", true, "password.common"}, {"PassWord1!", true, "password.common"}, {"iloveyou2", true, "password.common"},
		{"Mật khẩu", true, "password.common"}, {"matkhau123456789", false, "password.common"}, {"Anh Yêu Em Nhiều 99", false, "password.common"},
		{"Độc lập Tự do Hạnh phúc", false, "password.common"}, {"Sở Khoa học và Công nghệ", false, "password.common"},
		{"123456789012345", false, "password.common"}, {"aaaaaaaaaaaaaaaaaaaa", false, "password.common"}, {"abcdefghijklmnopq", false, "password.common"},
		{"987654321098765", false, "password.common"}, {"matkhaumatkhaumat", false, "password.common"}, {"abcabcabcabcabcabc", false, "password.common"},
		{"khai.nguyen2026", true, "password.name"}, {"nguyenthiminhkhai", false, "password.name"}, {"Nguyen Thi Minh Khai 1", false, "password.name"},
		{"sở khoa học và công nghệ quảng trị", false, "password.name"},
		{"không cần chữ hoa hay số", false, ""}, {"UPPERCASE ONLY IS FINE TOO", false, ""}, {"481516234248151", true, ""},
	} {
		if err := Check(c.typed, Use{c.second, names}); err == nil && c.want != "" || err != nil && !fault.Is(err, c.want) {
			t.Errorf("%q (second factor: %v): %v; want %q", c.typed, c.second, err, c.want)
		}
	}
}

func TestTwoKeyboardsGiveOnePassword(t *testing.T) {
	if Text("ế") != Text("ế") {
		t.Error("composed and decomposed letters differ")
	}
}

// Whatever is typed, case and marks do not make a refused password good.
func TestMarksDoNotHideACommonPassword(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringOf(rapid.RuneFrom([]rune("aăâbcdđeêimatkhu 1290"))).Draw(t, "typed")
		plain, loud := Check(fold(typed), Use{SecondFactor: true}), Check(strings.ToUpper(typed), Use{SecondFactor: true})
		if fault.Is(plain, "password.common") && loud == nil {
			t.Fatalf("%q is refused and %q is not", fold(typed), strings.ToUpper(typed))
		}
	})
}
