package lang

import (
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Quyết định số 16/QĐ-TTg": "quyet dinh so 16/qd-ttg",
		"Bộ Giáo Dục và Ðào Tạo":  "bo giao duc va dao tao", // Ð is the Icelandic letter
		"THUỶ LỢI":                "thuy loi",
		"e\u0302\u0301":           "e",
		"plain ASCII Stays":       "plain ascii stays",
		"":                        "",
		"Đảng bộ bộ phận — ước thực hiện 5 %": "dang bo bo phan — uoc thuc hien 5 %",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldOfEveryRuneIsStable(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xD800 && r < 0xE000 {
			continue
		}
		once := Fold(string(r))
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold(%U) = %q, folded again %q", r, once, twice)
		}
		folded, _ := FoldAligned(string(r))
		if string(folded) != once {
			t.Fatalf("FoldAligned(%U) = %q, Fold gives %q", r, string(folded), once)
		}
	}
}

func TestFoldAlignedPointsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		runes := []rune(s)
		folded, origin := FoldAligned(s)
		if len(folded) != len(origin) {
			t.Fatalf("%d runes, %d origins", len(folded), len(origin))
		}
		for i, at := range origin {
			if i > 0 && at < origin[i-1] {
				t.Fatal("origins go back")
			}
			if own, _ := FoldAligned(string(runes[at])); !contains(own, folded[i]) {
				t.Fatalf("rune %d %q does not come from %q", i, folded[i], runes[at])
			}
		}
	})
}

func contains(runes []rune, r rune) bool {
	for _, x := range runes {
		if x == r {
			return true
		}
	}
	return false
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Nghị quyết", "\xff\xfe", "đĐ", "ǅ", "İ", "ſt"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
		if a, b := Fold(NFC(s)), once; a != b {
			t.Fatalf("composed form folds to %q, the original to %q", a, b)
		}
	})
}
