package document

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/document/read"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

// letter is a công văn with urgency and a picture, not yet numbered or dated.
func letter(t *testing.T) *Document {
	d := sample(t, "state")
	d.Parent, d.Issuer, d.Place = "Bộ Mẫu", "Cục Thông tin, Thống kê khoa học và công nghệ quốc gia", "Thành phố Mẫu"
	d.TypeName, d.Subject, d.Urgency = "", "góp ý dự thảo kế hoạch phát triển khoa học, công nghệ", "Khẩn"
	d.Number, d.Date, d.To = "", calendar.NoDate, d.To[:1]
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 10))); err != nil {
		t.Fatal(err)
	}
	d.Blocks = []Block{Text("Nội dung."), Picture{PNG: picture.Bytes(), Alt: "Hình mẫu", Caption: "Biểu đồ 1. Mẫu", Width: 120, Height: 40}, Text("Đề nghị xem xét.")}
	return d
}

// The body of each kind of paper, element by element; run with -update after looking at the pages.
func TestGolden(t *testing.T) {
	for name, d := range map[string]*Document{"state": sample(t, "state"), "party": sample(t, "party"), "letter": letter(t)} {
		if name != "letter" {
			shorten(d)
		}
		got := strings.ReplaceAll(part(t, write(t, d), "word/document.xml"), "><w:", ">\n<w:")
		path := filepath.Join("testdata", name+".xml")
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
			t.Errorf("%s changed at %s; look at the pages and run go test -update", name, firstDifference(got, string(want)))
		}
	}
}

// shorten leaves three rows of each table: golden files are read by people.
func shorten(d *Document) {
	for i, b := range d.Blocks {
		if t, ok := b.(Table); ok {
			t.Rows = t.Rows[:3]
			d.Blocks[i] = t
		}
	}
}

func firstDifference(a, b string) string {
	al, bl := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(al), len(bl)) {
		if al[i] != bl[i] {
			return "\n  got  " + al[i] + "\n  want " + bl[i]
		}
	}
	return "the end"
}

func TestOwnReaderFindsWhatWasWritten(t *testing.T) {
	docx := write(t, sample(t, "state"))
	text, err := read.Text(t.Context(), "x.docx", bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Số: 05/BC-SKHCN", "Kính trình xem xét, chỉ đạo./.", "& cấp 40 giấy phép"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q", want)
		}
	}
	book, err := read.Table(t.Context(), "x.docx", bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	ruled := book.Sheets[1]
	if c := ruled.Rows[0][2]; c.Text != "Số lượng" || c.ColSpan != 3 {
		t.Errorf("head cell %+v", c)
	}
	if c := ruled.Rows[0][1]; c.Text != "Chỉ tiêu" || c.RowSpan != 2 {
		t.Errorf("head cell %+v", c)
	}
}

func TestWhatCannotBeSetIsRefused(t *testing.T) {
	one := []Column{{Width: 1}, {Width: 1}}
	for name, c := range map[string]struct {
		change func(d *Document)
		key    string
	}{
		"no layout":       {func(d *Document) { d.Layout = nil }, "document.layout_missing"},
		"level 4":         {func(d *Document) { d.Blocks = []Block{Heading{Level: 4}} }, "document.bad_heading"},
		"not a picture":   {func(d *Document) { d.Blocks = []Block{Picture{PNG: []byte("x")}} }, "document.bad_picture"},
		"no columns":      {func(d *Document) { d.Blocks = []Block{Table{}} }, "document.bad_columns"},
		"a cell too many": {func(d *Document) { d.Blocks = []Block{Table{Columns: one, Rows: [][]Cell{{{}, {}, {}}}}} }, "document.bad_table"},
		"too wide a span": {func(d *Document) { d.Blocks = []Block{Table{Columns: one, Rows: [][]Cell{{{}, {ColSpan: 2}}}}} }, "document.bad_table"},
		"no room under span": {func(d *Document) {
			d.Blocks = []Block{Table{Columns: one, Rows: [][]Cell{{{RowSpan: 2}, {}}, {{}, {}}}}}
		}, "document.bad_table"},
	} {
		d := sample(t, "state")
		c.change(d)
		var out bytes.Buffer
		if err := d.WriteDOCX(&out); !fault.Is(err, c.key) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len())
		}
	}
}

func TestNamesBreakBetweenWordsThatBelongApart(t *testing.T) {
	for _, c := range []struct {
		text string
		mm   float64
		want string
	}{
		{"CỤC THÔNG TIN, THỐNG KÊ KHOA HỌC VÀ CÔNG NGHỆ QUỐC GIA", 70, "CỤC THÔNG TIN,|THỐNG KÊ KHOA HỌC|VÀ CÔNG NGHỆ QUỐC GIA"},
		{"Sơ kết công tác khoa học và công nghệ 6 tháng đầu năm 2021 và phương hướng, nhiệm vụ 6 tháng cuối năm 2021", 142,
			"Sơ kết công tác khoa học và công nghệ 6 tháng đầu năm 2021|và phương hướng, nhiệm vụ 6 tháng cuối năm 2021"},
		{"SỞ Y TẾ", 70, "SỞ Y TẾ"},
	} {
		if got := strings.Join(balance(c.text, c.mm, 13, true), "|"); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestBalanceKeepsEveryWordAndFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields("Sở Khoa học và Công nghệ, tỉnh năm 2021 6 tháng Trung tâm Ứng dụng")), 1, 24).Draw(t, "words")
		text, mm := strings.Join(words, " "), rapid.Float64Range(30, 160).Draw(t, "mm")
		lines := balance(text, mm, 13, true)
		if got := strings.Join(lines, " "); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		for _, line := range lines {
			if width(line, 13, true) > mm && len(glue(line)) > 1 {
				t.Fatalf("%q is wider than %v mm", line, mm)
			}
		}
	})
}

func TestNumbersBelowTenArePadded(t *testing.T) {
	l := sample(t, "state").Layout
	for in, want := range map[string]string{"5/BC-SKHCN": "05/BC-SKHCN", "05/BC": "05/BC", "10/BC": "10/BC", "125": "125", "  /BC": "  /BC", "": ""} {
		if got := l.padded(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
