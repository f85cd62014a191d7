package lang

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const legacySample = "Sở Khoa học và Công nghệ báo cáo tổng số nhiệm vụ được nghiệm thu; ước thực hiện cả năm: 25 đề tài, kỹ thuật quỹ đất ngã ở ẵm ặc ẩn ẫm ỵ ỷ lĩnh địa hỉ"

// encodeLegacy writes Unicode text as the old programs did, from the same published code tables read
// backwards, and gives the bytes.
func encodeLegacy(s string, e Encoding) []byte {
	back := map[string]string{}
	if e == TCVN3 {
		for code, letter := range tcvn3 {
			back[string(letter)] = string(code)
		}
	} else {
		pairs := vniPairs()
		for i := 0; i < len(pairs); i += 2 {
			if old, ok := back[pairs[i+1]]; !ok || pairs[i] < old {
				back[pairs[i+1]] = pairs[i]
			}
		}
	}
	var out []byte
	for _, r := range s {
		code, ok := back[string(r)]
		if !ok {
			code = string(r)
		}
		for _, c := range code {
			out = append(out, byte(c))
		}
	}
	return out
}

func TestDecodeFindsTheEncoding(t *testing.T) {
	for _, e := range []Encoding{TCVN3, VNI} {
		raw := encodeLegacy(legacySample, e)
		got, found := Decode(raw)
		if found != e || got != legacySample {
			t.Errorf("%v: found %v\n got %s\nwant %s", e, found, got, legacySample)
		}
	}
	for _, s := range []string{legacySample, "\ufeff" + legacySample, "plain ASCII, 12.5", "", "Café de Paris"} {
		if got, e := Decode([]byte(s)); e != Unicode || got != strings.TrimPrefix(s, "\ufeff") {
			t.Errorf("%q read as %v: %q", s, e, got)
		}
	}
}

// Words as they stand in files of the nineteen-nineties, typed from the fonts' code charts.
func TestLegacyWordsAsPrinted(t *testing.T) {
	for _, c := range []struct {
		e        Encoding
		in, want string
	}{
		{TCVN3, "C«ng nghÖ", "Công nghệ"}, {TCVN3, "Së Khoa häc", "Sở Khoa học"}, {TCVN3, "§¶ng ñy", "Đảng ủy"},
		{VNI, "Coâng ngheä", "Công nghệ"}, {VNI, "Sôû Khoa hoïc", "Sở Khoa học"}, {VNI, "Ñaûng uûy", "Đảng ủy"},
		{VNI, "COÂNG NGHEÄ", "CÔNG NGHỆ"}, {VNI, "Öôùc thöïc hieän", "Ước thực hiện"},
	} {
		if got := c.e.ToUnicode(c.in); got != c.want {
			t.Errorf("%v %q = %q, want %q", c.e, c.in, got, c.want)
		}
		if got := DetectEncoding(c.in); got != c.e {
			t.Errorf("%q detected as %v, want %v", c.in, got, c.e)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(legacySample))
	f.Add(encodeLegacy(legacySample, TCVN3))
	f.Add(encodeLegacy(legacySample, VNI))
	f.Add([]byte{0xff, 0xfe, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, e := Decode(b)
		if !utf8.ValidString(s) {
			t.Fatalf("%v gave invalid UTF-8", e)
		}
		if e == Unicode && utf8.Valid(b) && s != strings.TrimPrefix(string(b), "\ufeff") {
			t.Fatal("Unicode text was changed")
		}
	})
}
