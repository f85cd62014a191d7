package directive

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

var seeds = []string{
	"Ngày 8-3, UBND tỉnh Vĩnh Phúc ban hành Kế hoạch số 88/KH-UBND theo Chương trình số 15-CTr/TU, ngày 30-5-2019, của Tỉnh ủy",
	"các Nghị quyết số 18, 19-NQ/TW; Luật Thủy sản 2003; QCVN 102:2016/BTTTT",
	"Nghị quyết Trung ương 4 (khóa XII), Nghị quyết Đại hội XIII của Đảng, kế hoạch đầu tư công 2021-2025",
	"Luật sửa đổi, bổ sung một số điều của Luật Luật sư số 65/2006/QH11",
	"Quyết định của Thủ tướng số 1131 QĐ-TTg (tháng 11/2012)", "\xff số 1/\u0301", "Nghị\u0323 định 1/2020/NĐ-CP",
}

// check holds what is true of every text: citations in order, apart, inside the text, and unchanged.
func check(t interface{ Fatalf(string, ...any) }, text string) []Citation {
	found, err := Find(text)
	if err != nil {
		t.Fatalf("%v", err)
	}
	runes, last := []rune(text), 0
	for _, c := range found {
		if c.Start < last || c.End <= c.Start || c.End > len(runes) || c.Mention != string(runes[c.Start:c.End]) {
			t.Fatalf("%q: %+v does not fit its text", text, c)
		}
		if c.Kind == "" || c.Symbol == "" && c.Name == "" || strings.ContainsAny(c.Symbol, "\n\u00a0–") {
			t.Fatalf("%q: %+v is half a citation", text, c)
		}
		last = c.End
	}
	return found
}

func FuzzFind(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { check(t, text) })
}

func TestFindHoldsOnShuffledCitations(t *testing.T) {
	pieces := []string{"Nghị quyết ", "số ", "18", ", ", "-NQ/TW", "/QĐ-TTg", " và ", "2021", "/", "-", "Luật ", "Thủy sản ", "Đại hội ", "lần thứ XIII", " của ", "Đảng",
		"ngày 5/6/2020", "Trung ương 4", " (khóa XII)", "\n", "QCVN 1:2016/BYT", "Ban Bí thư", "kế hoạch ", "5 năm ", "2021-2025", "ban hành ", ".", "T.Ư", "QH15"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "pieces"), "")
		composed := check(t, text)
		decomposed := check(t, norm.NFD.String(text))
		if len(composed) != len(decomposed) {
			t.Fatalf("%q: %d citations, decomposed %d", text, len(composed), len(decomposed))
		}
		for i := range composed {
			if composed[i].Symbol != decomposed[i].Symbol || norm.NFC.String(decomposed[i].Mention) != composed[i].Mention {
				t.Fatalf("%+v, decomposed %+v", composed[i], decomposed[i])
			}
		}
	})
}

// A text that makes every rule look as far ahead as it may still takes a bounded look from each place; with
// an unbounded one this test would not end.
func TestLongHostileTexts(t *testing.T) {
	for _, piece := range []string{"Luật A ", "Nghị quyết Đại hội ", "1/", "Quyết định của A số ", "các Nghị quyết số 1, ", "kế hoạch x ", "9 ", "ban hành ", "1-NQ/A-", "e\u0301\u0323"} {
		check(t, strings.Repeat(piece, 200_000/len(piece)))
	}
}
