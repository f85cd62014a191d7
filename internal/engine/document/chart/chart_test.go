package chart

import (
	"bytes"
	"encoding/xml"
	"flag"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"pgregory.net/rapid"

	"trucot/internal/kernel/lang"
	"trucot/internal/testing/vendorlock"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples are made-up figures.
func samples() map[string]*Chart {
	months := strings.Fields("T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12")
	received := []float64{32, 41, 28, 55, 60, 48, 39, 52, 61, 70, 58, 44}
	done := []float64{28, 39, 30, 50, 57, 49, 41, 47, 58, 66, 57, 40}
	return map[string]*Chart{
		"bars": {Kind: Bars, Title: "Kết quả giải quyết hồ sơ", Unit: "Đơn vị tính: hồ sơ",
			Categories: []string{"Thẩm định công nghệ", "Giấy phép bức xạ", "Kiểm định đo lường", "Doanh nghiệp KH&CN"},
			Series:     []Series{{Name: "6 tháng đầu năm 2020", Values: []float64{104, 38, 1210, 6}, Previous: true}, {Name: "6 tháng đầu năm 2021", Values: []float64{128, 40, 1434, 9}}}},
		"rows": {Kind: Bars, Title: "Chi cho khoa học và công nghệ chia theo lĩnh vực nghiên cứu", Unit: "triệu đồng",
			Categories: []string{"Khoa học tự nhiên", "Khoa học kỹ thuật và công nghệ", "Khoa học nông nghiệp", "Khoa học y, dược", "Khoa học xã hội", "Khoa học nhân văn", "Quản lý nhà nước về tiêu chuẩn, đo lường, chất lượng sản phẩm hàng hóa"},
			Series:     []Series{{Name: "2020", Values: []float64{1200.5, 3400, 2210, 640, 380, 0, 95}, Previous: true}, {Name: "2021", Values: []float64{1320, 3900.25, 2100, 700, math.NaN(), 120, 101}}}},
		"months":  {Kind: Bars, Title: "Hồ sơ tiếp nhận và giải quyết theo tháng", Categories: months, Series: []Series{{Name: "Tiếp nhận", Values: received}, {Name: "Đã giải quyết", Values: done}}},
		"area":    {Kind: Area, Title: "Hồ sơ tiếp nhận theo tháng", Unit: "hồ sơ", Categories: months, Series: []Series{{Name: "Tiếp nhận", Values: received}}},
		"line":    {Kind: Line, Title: "Tiếp nhận và giải quyết", Categories: months, Series: []Series{{Name: "Tiếp nhận", Values: received}, {Name: "Đã giải quyết", Values: []float64{28, 39, None(), 50, 57, 49, 41, 47, 58, 66, 57, 40}}}},
		"stacked": {Kind: Stacked, Title: "Nhân lực theo trình độ", Categories: []string{"2019", "2020", "2021"}, Series: []Series{{Name: "Tiến sĩ", Values: []float64{12, 14, 17}}, {Name: "Thạc sĩ", Values: []float64{120, 131, 140}}, {Name: "Đại học", Values: []float64{310, 298, 305}}}},
		"below":   {Kind: Bars, Title: "Chênh lệch so với kỳ trước", Categories: []string{"A", "B", "C"}, Series: []Series{{Name: "Chênh lệch", Values: []float64{12, -7, 0}}}},
		"empty":   {Kind: Bars, Title: "Chưa có số liệu", Empty: "Chưa có số liệu trong kỳ", Categories: []string{"A"}},
	}
}

func TestGolden(t *testing.T) {
	for name, c := range samples() {
		path := filepath.Join("testdata", name+".svg")
		got := c.SVG()
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s changed; look at it and run go test -update:\n%s", name, got)
		}
		if c.SVG() != got {
			t.Errorf("%s is drawn differently the second time", name)
		}
	}
}

func TestSVGStandsUnderAStrictContentPolicy(t *testing.T) {
	for name, c := range samples() {
		dec := xml.NewDecoder(strings.NewReader(c.SVG()))
		said := map[string]bool{}
		for {
			token, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s is not XML: %v", name, err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			said[e.Name.Local] = true
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("%s: attribute %s", name, a.Name.Local)
				}
			}
		}
		if said["style"] || said["script"] || !said["title"] || !said["desc"] {
			t.Errorf("%s: elements %v", name, said)
		}
	}
}

func TestDescriptionSaysEveryValue(t *testing.T) {
	want := "Thẩm định công nghệ: 6 tháng đầu năm 2020 104, 6 tháng đầu năm 2021 128; Giấy phép bức xạ: 6 tháng đầu năm 2020 38, 6 tháng đầu năm 2021 40; Kiểm định đo lường: 6 tháng đầu năm 2020 1.210, 6 tháng đầu năm 2021 1.434; Doanh nghiệp KH&CN: 6 tháng đầu năm 2020 6, 6 tháng đầu năm 2021 9"
	if got := samples()["bars"].describe(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAxisIsRoundAndHoldsZeroAndEveryValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 20).Draw(t, "values")
		c := &Chart{Categories: make([]string, len(values)), Series: []Series{{Values: values}}}
		low, high := c.bounds()
		a := newAxis(low, high, 5)
		if a.low > 0 || a.high < 0 {
			t.Fatalf("zero is not on the axis %v", a)
		}
		for _, v := range values {
			if p := a.part(v); p < -1e-6 || p > 1+1e-6 {
				t.Fatalf("%v lies at %v of %v", v, p, a)
			}
		}
		if n := len(a.ticks()); n < 2 || n > 9 {
			t.Fatalf("%d steps for %v…%v", n, low, high)
		}
	})
}

func TestEveryVietnameseLetterHasAGlyph(t *testing.T) {
	letters := "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ–—…“”≥≤²³°"
	var buf sfnt.Buffer
	for _, bold := range []bool{false, true} {
		for _, r := range letters + strings.ToUpper(letters) {
			if g, err := fontOf(bold).GlyphIndex(&buf, r); err != nil || g == 0 {
				t.Errorf("no glyph for %c", r)
			}
		}
	}
}

func TestPictureShowsTheBars(t *testing.T) {
	raw, err := samples()["bars"].PNG(1440)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != 1440 {
		t.Errorf("width %d", m.Bounds().Dx())
	}
	blue := color.RGBA{0x2f, 0x7e, 0xc7, 0xff}
	n := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			if (color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}) == blue {
				n++
			}
		}
	}
	if n < 5000 {
		t.Errorf("%d pixels in the colour of the series", n)
	}
	again, err := samples()["bars"].PNG(1440)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("the second picture differs (%v)", err)
	}
}

func TestNumbersInTheReadersLanguage(t *testing.T) {
	c := samples()["rows"]
	c.Tag = lang.EN
	if svg := c.SVG(); !strings.Contains(svg, ">3,900.25<") {
		t.Error("English numbers are not written the English way")
	}
}

func TestFontIsTheOneOfTheLock(t *testing.T) { vendorlock.Check(t, "font") }

func FuzzSVG(f *testing.F) {
	f.Add("bars", "Tên <b>&", "A", 1.5, -2.0, 300.0)
	f.Add("rows", "", "", math.NaN(), math.Inf(1), 0.0)
	f.Add("stacked", "x", "a\x00b", 1e300, -1e300, 50.0)
	f.Fuzz(func(t *testing.T, kind, title, name string, a, b, width float64) {
		if width < 0 || width > 5000 || math.IsNaN(width) || math.Abs(a) > 1e15 || math.Abs(b) > 1e15 {
			return
		}
		c := &Chart{Kind: Kind(kind), Title: title, Categories: []string{name, "B"}, Series: []Series{{Name: name, Values: []float64{a, b}}}, Width: width}
		svg := c.SVG()
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatalf("%v: %s", err, svg)
		}
	})
}
