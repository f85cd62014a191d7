package lang

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTonePlacement(t *testing.T) {
	for _, c := range []struct{ in, old, new string }{
		{"hoà", "hòa", "hoà"}, {"hòa", "hòa", "hoà"}, {"HOÀ", "HÒA", "HOÀ"}, {"khỏe", "khỏe", "khoẻ"},
		{"thúy", "thúy", "thuý"}, {"Thuỷ", "Thủy", "Thuỷ"},
		{"qúy", "quý", "quý"}, {"quà", "quà", "quà"}, {"quốc", "quốc", "quốc"},
		{"gìa", "già", "già"}, {"gìn", "gìn", "gìn"}, {"giếng", "giếng", "giếng"}, {"gì", "gì", "gì"},
		{"hoàn", "hoàn", "hoàn"}, {"hòan", "hoàn", "hoàn"}, {"huỳnh", "huỳnh", "huỳnh"}, {"hùynh", "huỳnh", "huỳnh"},
		{"ngoài", "ngoài", "ngoài"}, {"ngòai", "ngoài", "ngoài"}, {"khuỷu", "khuỷu", "khuỷu"},
		{"mùa", "mùa", "mùa"}, {"nghĩa", "nghĩa", "nghĩa"}, {"người", "người", "người"}, {"thuở", "thuở", "thuở"},
		{"nghiêm túc", "nghiêm túc", "nghiêm túc"}, {"chuyển", "chuyển", "chuyển"}, {"xoòng", "xoòng", "xoòng"},
		{"café", "café", "café"}, {"résumé", "résumé", "résumé"}, {"fiancée", "fiancée", "fiancée"},
		{"16/QĐ-TTg, hoá chất", "16/QĐ-TTg, hóa chất", "16/QĐ-TTg, hoá chất"},
		{"hoa\u0300", "hòa", "hoà"}, {"", "", ""},
	} {
		if got := TonePlacement(c.in, ToneOld); got != c.old {
			t.Errorf("old %q = %q, want %q", c.in, got, c.old)
		}
		if got := TonePlacement(c.in, ToneNew); got != c.new {
			t.Errorf("new %q = %q, want %q", c.in, got, c.new)
		}
	}
}

func TestIsSyllable(t *testing.T) {
	for _, w := range strings.Fields("nghiêng Đảng ủy khuya quyết giữ gì yêu uống ương chuếch nguyễn Ước xoong") {
		if !IsSyllable(w) {
			t.Errorf("%q is a syllable", w)
		}
	}
	for _, w := range strings.Fields("café strong wifi q gh C«ng Coâng bcd ấấ đg") {
		if IsSyllable(w) {
			t.Errorf("%q is no syllable", w)
		}
	}
}

// Whatever the spelling, both styles agree on it and neither changes its own output or the folded text.
func TestTonePlacementSettles(t *testing.T) {
	letters := rapid.SampledFrom([]rune("aăâeêioôơuưybcdđghklmnpqrstvxÀảạáãĐỲfwz 1-"))
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(letters).Draw(t, "s"))
		a := TonePlacement(s, ToneOld)
		if again := TonePlacement(a, ToneOld); again != a {
			t.Fatalf("%q → %q → %q", s, a, again)
		}
		b := TonePlacement(s, ToneNew)
		if back := TonePlacement(b, ToneOld); back != a {
			t.Fatalf("%q: old %q, new %q, back %q", s, a, b, back)
		}
		if Fold(a) != Fold(s) {
			t.Fatalf("%q changed its letters: %q", s, a)
		}
	})
}
