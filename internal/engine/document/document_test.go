package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/vendorlock"
)

func layouts(t *testing.T) *Layouts {
	t.Helper()
	l, err := LoadLayouts(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func sample(t *testing.T, side string) *Document {
	day := calendar.MustParse("2022-01-05")
	l, err := layouts(t).At(side, day)
	if err != nil {
		t.Fatal(err)
	}
	d := &Document{
		Layout: l, Parent: "UBND tỉnh Mẫu", Issuer: "Sở Khoa học và Công nghệ", Number: "05/BC-SKHCN", Place: "Mẫu", Date: day,
		TypeName: "Báo cáo", Subject: "Tổng kết công tác khoa học và công nghệ năm 2021,\nphương hướng, nhiệm vụ năm 2022",
		To:   []string{"Ủy ban nhân dân tỉnh", "Bộ Khoa học và Công nghệ"},
		Post: "Giám đốc", Name: "Nguyễn Văn Mẫu", Label: "DỮ LIỆU MẪU",
		Recipients: []string{"Như trên", "Các phòng, đơn vị thuộc Sở", "Lưu: VT, VP"},
	}
	if side == "party" {
		d.Parent, d.Issuer, d.Number, d.Post, d.Authority = "Đảng bộ tỉnh Mẫu", "Đảng ủy Sở Khoa học và Công nghệ", "12-BC/ĐU", "Phó Bí thư", "T/M Đảng ủy"
	}
	d.Blocks = append(d.Blocks, Heading{1, l.Heading(1, 1) + " Kết quả thực hiện nhiệm vụ"}, Heading{2, l.Heading(2, 1) + " Nhiệm vụ khoa học và công nghệ"})
	for range 3 {
		d.Blocks = append(d.Blocks, Text("Trong kỳ, Sở đã tiếp nhận 128 hồ sơ, giải quyết 114 hồ sơ, trong đó đúng hạn 111 hồ sơ; tổ chức thẩm định công nghệ 34 dự án & cấp 40 giấy phép tiến hành công việc bức xạ <an toàn>."))
	}
	table := Table{Caption: "Bảng 1. Tình hình tiếp nhận và giải quyết hồ sơ", Unit: "hồ sơ",
		Columns: []Column{{1, Center}, {6, Left}, {2, Right}, {2, Right}, {2, Right}},
		Head: [][]Cell{
			{{Text: "STT", RowSpan: 2}, {Text: "Chỉ tiêu", RowSpan: 2}, {Text: "Số lượng", ColSpan: 3}},
			{{Text: "Tồn đầu kỳ"}, {Text: "Phát sinh"}, {Text: "Tồn cuối kỳ"}},
		}}
	for range 40 {
		table.Rows = append(table.Rows, []Cell{{Text: "1"}, {Text: "Hồ sơ thẩm định công nghệ dự án đầu tư"}, {Text: "34"}, {Text: "128"}, {Text: "48", Bold: true}})
	}
	d.Blocks = append(d.Blocks, table, Text("Kính trình xem xét, chỉ đạo."), Section{Landscape: true, Restart: true}, Heading{1, "Phụ lục"}, table)
	return d
}

func write(t *testing.T, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteDOCX(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func part(t *testing.T, docx []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, sample(t, "state")), write(t, sample(t, "state"))) {
		t.Error("two writings differ")
	}
}

func TestEveryPartIsWellFormed(t *testing.T) {
	for _, side := range []string{"state", "party"} {
		docx := write(t, sample(t, side))
		for _, name := range []string{"word/document.xml", "word/styles.xml", "word/header1.xml", "word/header2.xml", "word/settings.xml", "docProps/core.xml"} {
			dec := xml.NewDecoder(strings.NewReader(part(t, docx, name)))
			for {
				if _, err := dec.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s %s: %v", side, name, err)
				}
			}
		}
	}
}

// What the two layouts say differently, as direction.md's sources have it.
func TestTheTwoLayouts(t *testing.T) {
	state, party := part(t, write(t, sample(t, "state")), "word/document.xml"), part(t, write(t, sample(t, "party")), "word/document.xml")
	for text, in := range map[string]string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM": state, "Độc lập - Tự do - Hạnh phúc": state, "Số: 05/BC-SKHCN": state,
		"Mẫu, ngày 05 tháng 01 năm 2022": state, "xem xét, chỉ đạo./.": state, ">I. KẾT QUẢ": state, "Lưu: VT, VP.": state,
		"ĐẢNG CỘNG SẢN VIỆT NAM": party, "Số 12-BC/ĐU": party, ">I- KẾT QUẢ": party, ">*<": party, "-----": party, "xem xét, chỉ đạo.<": party,
	} {
		if !strings.Contains(in, text) {
			t.Errorf("missing %q", text)
		}
	}
}

func TestLinesOfTheHeadFit(t *testing.T) {
	for _, c := range []struct {
		text  string
		mm    float64
		lines int
	}{{"Sở Khoa học và Công nghệ", 67, 1}, {"Trung tâm Nghiên cứu, Ứng dụng và Thông tin Khoa học và Công nghệ", 64, 3}} {
		lines, size := fit(c.text, Style{Size: [2]float64{13, 12}, Bold: true, Caps: true}, c.mm)
		if len(lines) != c.lines {
			t.Errorf("%q: %d lines at %v: %q", c.text, len(lines), size, lines)
		}
		for _, line := range lines {
			if width(line, size, true) > c.mm {
				t.Errorf("%q is wider than %v mm", line, c.mm)
			}
		}
	}
}

// A real office program opens the document: the pages come out, the head of the table on each of them.
func TestOfficeRendersIt(t *testing.T) {
	for _, side := range []string{"state", "party"} {
		text := pdfText(t, write(t, sample(t, side)), side)
		pages := strings.Count(text, "\f")
		if pages < 4 || strings.Count(text, "Tồn đầu kỳ") < pages-1 {
			t.Errorf("%s: %d pages, head of table %d times", side, pages, strings.Count(text, "Tồn đầu kỳ"))
		}
		if !strings.Contains(text, "Nguyễn Văn Mẫu") {
			t.Errorf("%s: no signature", side)
		}
	}
}

// A question stays with its answer, and the last words with those who sign them side by side.
func TestWhatStaysTogether(t *testing.T) {
	d := sample(t, "state")
	question := Text("Câu hỏi?")
	question.Keep = true
	two := Table{Plain: true, Columns: []Column{{Width: 1}, {Width: 1}}, Rows: [][]Cell{{{Text: "THƯ KÝ"}, {Text: "CHỦ TRÌ"}}}}
	d.Blocks = []Block{Text("Mở đầu."), question, Text("Trả lời."), Text("Kết thúc."), two}
	kept := map[string]bool{"Mở đầu": false, "Câu hỏi": true, "Trả lời": false, "Kết thúc": true}
	for _, p := range strings.Split(part(t, write(t, d), "word/document.xml"), "<w:p>") {
		for text, want := range kept {
			if strings.Contains(p, text) {
				delete(kept, text)
				if got := strings.Contains(p, "<w:keepNext/>"); got != want {
					t.Errorf("%s stays with what follows: %v", text, got)
				}
			}
		}
	}
	if len(kept) > 0 {
		t.Errorf("not found: %v", kept)
	}
}

func pdfText(t *testing.T, docx []byte, name string) string {
	t.Helper()
	for _, need := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Fatalf("%s is missing; on Debian or Ubuntu: apt-get install libreoffice-writer poppler-utils fonts-liberation2", need)
		}
	}
	dir := t.TempDir()
	if keep := os.Getenv("TRUCOT_KEEP"); keep != "" {
		dir = keep
	}
	file := filepath.Join(dir, name+".docx")
	if err := os.WriteFile(file, docx, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(t.TempDir(), "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, file).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v %s", err, out)
	}
	text, err := exec.Command("pdftotext", "-layout", filepath.Join(dir, name+".pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestVendoredFontsAreTheLockedOnes(t *testing.T) { vendorlock.Check(t, "fonts") }

// TestAPDFSaysWhatTheWordFileSays: the same words in the same order, and the same bytes every time.
func TestAPDFSaysWhatTheWordFileSays(t *testing.T) {
	l, err := layouts(t).At("state", calendar.MustParse("2025-07-08"))
	if err != nil {
		t.Fatal(err)
	}
	d := &Document{Layout: l, Parent: "Ủy ban nhân dân tỉnh Mẫu", Issuer: "Sở Khoa học và Công nghệ", Number: "05/TB-SKHCN", Place: "Tỉnh Mẫu",
		Date: calendar.MustParse("2025-07-08"), TypeName: "Thông báo", Subject: "Về việc dừng giải quyết hồ sơ", To: []string{"Ông Nguyễn Văn Mẫu"},
		Basis: []string{"Căn cứ quyết định"}, Post: "GIÁM ĐỐC", Authority: "KT. GIÁM ĐỐC", Name: "Trần Thị Mẫu", Recipients: []string{"Như trên", "Lưu: VT"},
		Blocks: []Block{Heading{1, "I. Nội dung"}, Text("Đoạn văn dài chạy qua nhiều dòng để thử việc ngắt dòng: " + strings.Repeat("khoa học và công nghệ ", 30)),
			Table{Caption: "Bảng", Unit: "hồ sơ", Columns: []Column{{Width: 1}, {Width: 1}, {Width: 2}}, Head: [][]Cell{{{Text: "A", RowSpan: 2}, {Text: "B", ColSpan: 2}}, {{Text: "C"}, {Text: "D"}}},
				Rows: manyRows(60)}, Section{Landscape: true, Restart: true}, Text("Phụ lục")}}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := d.WritePDF(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same document gave other bytes")
	}
	text := pdfWords(t, first.Bytes())
	for _, word := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 05/TB-SKHCN", "ngày 08 tháng 7 năm 2025", "THÔNG BÁO", "Kính gửi: Ông Nguyễn Văn Mẫu", "KT. GIÁM ĐỐC", "Trần Thị Mẫu", "Nơi nhận:", "hàng 59", "Phụ lục"} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in the PDF", word)
		}
	}
	if strings.Index(text, "hàng 0") > strings.Index(text, "hàng 59") {
		t.Error("the rows are out of order")
	}
}

// pdfWords is the text of a PDF in reading order, its white space evened out.
func pdfWords(t *testing.T, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Fatal("pdftotext is missing: install poppler-utils")
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

func manyRows(n int) [][]Cell {
	rows := make([][]Cell, n)
	for i := range rows {
		rows[i] = []Cell{{Text: itoa(i)}, {Text: "x", Align: Right}, {Text: "hàng " + itoa(i)}}
	}
	return rows
}
