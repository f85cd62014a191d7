package lang

import (
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"Đề nghị cho đoàn ra, lần 2":        "đề nghị cho đoàn ra lần 2",
		"Theo 16/QĐ-TTg.":                   "theo 16 16/qđ-ttg qđ qđ-ttg ttg",
		"KH&CN Hà Nội-Huế":                  "kh cn hà nội huế",
		"hoà khoẻ thuý":                     "hòa khỏe thúy",
		"000.00.16.H40-251003-0007":         "000 000.00.16.h40-251003-0007 00 00.16.h40-251003-0007 16 16.h40-251003-0007 h40 h40-251003-0007 251003 251003-0007 0007",
		"e\u0302\u0301 -- (a)":              "ế a",
		"":                                  "",
		"1" + strings.Repeat("2", longest):  "1" + strings.Repeat("2", longest),
		"1." + strings.Repeat("2", longest): "1 " + strings.Repeat("2", longest),
	} {
		var got []string
		EachWord(in, func(w string) { got = append(got, w) })
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := Words("16/QĐ-TTg KH&CN 000.00.16.H40-251003"); !slices.Equal(got, []string{"16/qđ-ttg", "kh", "cn", "000.00.16.h40-251003"}) {
		t.Errorf("%q", got)
	}
}

func TestHasWord(t *testing.T) {
	for _, c := range []struct {
		word, typed string
		begins, fit bool
	}{
		{"bảo", "bao", false, true}, {"bảo", "bảo", false, true}, {"báo", "bảo", false, false}, {"bao", "bảo", false, false},
		{"quyết", "quyê", true, true}, {"quyết", "quyê", false, false}, {"quyết", "quyệ", true, false},
		{"đề", "de", false, true}, {"de", "đe", false, false}, {"đề", "đê", false, true}, {"16/qđ-ttg", "16/qd", true, true}, {"an", "ban", true, false},
	} {
		if got := HasWord(c.word, c.typed, c.begins); got != c.fit {
			t.Errorf("%q of %q (begins %v): %v", c.typed, c.word, c.begins, got)
		}
	}
}

// Whatever a text has in it, each of its words is found by typing it, with marks or without.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"Quyết định 16/QĐ-TTg", "a-b_c.1", "\xff\xfe", "İ", "x--y", "1/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		EachWord(s, func(w string) {
			if w == "" || !HasWord(w, w, false) {
				t.Fatalf("%q of %q is not found", w, s)
			}
		})
		Words(s)
	})
}
