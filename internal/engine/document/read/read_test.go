package read

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"trucot/internal/kernel/fault"
	"trucot/internal/testing/shared"
)

func table(t testing.TB, name string, data []byte) (*Workbook, error) {
	t.Helper()
	return Table(t.Context(), name, bytes.NewReader(data), int64(len(data)))
}

func mustTable(t testing.TB, name string, data []byte) *Workbook {
	t.Helper()
	b, err := table(t, name, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

func real(t testing.TB, elem ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(shared.Dir(t, append([]string{"data", "official-forms"}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// find looks a text up and gives the cell.
func find(t testing.TB, b *Workbook, text string) Cell {
	t.Helper()
	for _, s := range b.Sheets {
		for _, row := range s.Rows {
			for _, c := range row {
				if strings.Contains(c.Text, text) {
					return c
				}
			}
		}
	}
	t.Fatalf("no cell with %q", text)
	return Cell{}
}

func TestCellListsOfTheMinistry(t *testing.T) {
	b := mustTable(t, "form03.json", real(t, "tkth-blank", "form03.json"))
	if b.Kind != "json" || len(b.Sheets) != 1 || len(b.Sheets[0].Rows) != 28 {
		t.Fatalf("got %s with %d rows, want 28", b.Kind, len(b.Sheets[0].Rows))
	}
	source := find(t, b, "Chia theo nguồn cấp kinh phí")
	if source.ColSpan != 4 || source.RowSpan != 1 || source.Ref != "R5C4" {
		t.Errorf("heading cell: %+v", source)
	}
	if total := find(t, b, "Tổng số"); total.RowSpan != 3 || total.ColSpan != 1 {
		t.Errorf("a span of 0 counts as 1, a row span of 3 stays: %+v", total)
	}
}

func TestPagesNamedXLS(t *testing.T) {
	for name, want := range map[string]string{
		"Bieu02CS_2_01_08_2018.xls":  "NHÂN LỰC HOẠT ĐỘNG KHOA HỌC VÀ CÔNG NGHỆ",
		"Bieu03CS_43_01_08_2018.xls": "25/2015/TT-BKHCN",
	} {
		start := time.Now()
		b := mustTable(t, name, real(t, "html-named-xls", name))
		t.Logf("%s: %d rows in %v", name, len(b.Sheets[0].Rows), time.Since(start))
		if b.Kind != "html" {
			t.Errorf("%s: read as %s", name, b.Kind)
		}
		find(t, b, want)
	}
}

func TestOfficeFilesOfAUniversity(t *testing.T) {
	dir := shared.Dir(t, "data", "official-forms", "university-missions")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(f.Name()) {
		case ".doc":
			if _, err := table(t, f.Name(), data); !fault.Is(err, "read.old_word") {
				t.Errorf("%s: %v, want the advice to save it as .docx", f.Name(), err)
			}
		case ".docx":
			text, err := Text(t.Context(), f.Name(), bytes.NewReader(data), int64(len(data)))
			if err != nil || !strings.Contains(text, "CỘNG H") && !strings.Contains(text, "PHIẾU ĐÁNH GIÁ ĐỀ CƯƠNG") {
				t.Errorf("%s: %v %.80q", f.Name(), err, text)
			}
			mustTable(t, f.Name(), data)
		case ".xlsx":
			b := mustTable(t, f.Name(), data)
			if len(b.Sheets) == 0 || len(b.Sheets[0].Rows) < 5 {
				t.Errorf("%s: %d sheets", f.Name(), len(b.Sheets))
			}
		}
	}
}

// workbook builds an XLSX with a formula, a date, merged cells and an unround number.
func workbook(t testing.TB) []byte {
	t.Helper()
	x := excelize.NewFile()
	day, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "Biểu mẫu", "A2": 1.234, "B2": "1.234", "C2": time.Date(2021, 6, 14, 0, 0, 0, 0, time.UTC), "D2": 0.1 + 0.2, "A3": 7} {
		if err := x.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		x.MergeCell("Sheet1", "A1", "D1"), x.SetCellStyle("Sheet1", "C2", "C2", day), x.SetCellFormula("Sheet1", "A3", "3+4"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbookCells(t *testing.T) {
	b := mustTable(t, "named-wrong.csv", workbook(t))
	rows := b.Sheets[0].Rows
	if b.Kind != "xlsx" {
		t.Fatalf("the name decided the kind: %s", b.Kind)
	}
	for _, c := range []struct{ got, want Cell }{
		{rows[0][0], Cell{Text: "Biểu mẫu", Ref: "A1", ColSpan: 4, RowSpan: 1}},
		{rows[1][0], Cell{Text: "1.234", Ref: "A2", ColSpan: 1, RowSpan: 1, Number: true}},
		{rows[1][1], Cell{Text: "1.234", Ref: "B2", ColSpan: 1, RowSpan: 1}},
		{rows[1][2], Cell{Text: "2021-06-14", Ref: "C2", ColSpan: 1, RowSpan: 1}},
		{rows[1][3], Cell{Text: "0.3", Ref: "D2", ColSpan: 1, RowSpan: 1, Number: true}},
	} {
		if c.got != c.want {
			t.Errorf("got %+v\nwant %+v", c.got, c.want)
		}
	}
	if a3 := rows[2][0]; !a3.Formula {
		t.Errorf("a formula is not marked: %+v", a3)
	}
}

// repack writes a package with some parts replaced or added.
func repack(t testing.TB, data []byte, change map[string]string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range in.File {
		if _, changed := change[p.Name]; !changed {
			if err := z.Copy(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range change {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pack(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	return repack(t, []byte("PK\x05\x06"+strings.Repeat("\x00", 18)), parts)
}

const word = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

func docxOf(t testing.TB, body string) []byte {
	return pack(t, map[string]string{"word/document.xml": `<?xml version="1.0"?><w:document ` + word + `><w:body>` + body + `</w:body></w:document>`})
}

func TestHostileAndBrokenFiles(t *testing.T) {
	unpackLimit = 1 << 20
	t.Cleanup(func() { unpackLimit = MaxUnzip })
	zeros := strings.Repeat("0", 1<<20)
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><w:document ` + word + `><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`
	for _, c := range []struct {
		name string
		data []byte
		key  string
		kind fault.Kind
	}{
		{"empty", nil, "read.empty", fault.Invalid},
		{"blank", []byte(" \n\t "), "read.empty", fault.Invalid},
		{"picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "read.unknown_kind", fault.Invalid},
		{"old excel", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), utf16Bytes("Workbook")...), "read.old_excel", fault.Invalid},
		{"password", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), utf16Bytes("EncryptedPackage")...), "read.encrypted", fault.Invalid},
		{"half a zip", workbook(t)[:2000], "read.broken", fault.Invalid},
		{"zip of nothing", pack(t, map[string]string{"a.txt": "x"}), "read.unknown_kind", fault.Invalid},
		{"zip bomb", pack(t, map[string]string{"word/document.xml": zeros}), "read.unpacks_too_large", fault.TooLarge},
		{"zip bomb beside a sheet", repack(t, workbook(t), map[string]string{"xl/media/x.bin": zeros}), "read.unpacks_too_large", fault.TooLarge},
		{"broken sheet", repack(t, workbook(t), map[string]string{"xl/workbook.xml": "<workbook"}), "read.broken", fault.Invalid},
		{"entity bomb", pack(t, map[string]string{"word/document.xml": bomb}), "read.broken", fault.Invalid},
		{"deep", docxOf(t, strings.Repeat("<w:tbl>", 500)), "read.too_deep", fault.TooLarge},
		{"document without a table", docxOf(t, `<w:p><w:r><w:t>x</w:t></w:r></w:p>`), "read.no_table", fault.Invalid},
		{"page without a table", []byte("<html><body>x</body></html>"), "read.no_table", fault.Invalid},
		{"JSON cut off", []byte("[[\"a\",\n\"b\""), "read.bad_json", fault.Invalid},
		{"JSON of another shape", []byte(`[["a", [1]]]`), "read.bad_json", fault.Invalid},
		{"PDF for a table", []byte("%PDF-1.4\n"), "read.no_table", fault.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := table(t, "x", c.data)
			if !fault.Is(err, c.key) || fault.KindOf(err) != c.kind {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
}

func TestJSONFaultNamesTheLine(t *testing.T) {
	_, err := table(t, "x.json", []byte("[[\"a\"],\n[\"b\",]\n]"))
	if err == nil || !strings.HasPrefix(err.Error(), "x.json:2:") {
		t.Errorf("got %v, want line 2", err)
	}
}

func TestMacrosAndLinksAreLeftOutWithANote(t *testing.T) {
	b := mustTable(t, "x.xlsm", repack(t, workbook(t), map[string]string{
		"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<externalLink/>",
	}))
	var keys []string
	for _, n := range b.Notes {
		keys = append(keys, n.Key)
	}
	if got := strings.Join(keys, " "); !strings.Contains(got, "read.macros_left_out") || !strings.Contains(got, "read.external_links") {
		t.Errorf("notes: %s", got)
	}
}

func TestDocumentTablesKeepTheirSpans(t *testing.T) {
	cell := func(props, text string) string {
		return `<w:tc><w:tcPr>` + props + `</w:tcPr><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:tc>`
	}
	b := mustTable(t, "x.docx", docxOf(t, `<w:p><w:r><w:t>Đầu</w:t></w:r></w:p><w:tbl>`+
		`<w:tr>`+cell(`<w:vMerge w:val="restart"/>`, "STT")+cell(`<w:gridSpan w:val="2"/>`, "Kỳ này")+`</w:tr>`+
		`<w:tr>`+cell(`<w:vMerge/>`, "")+cell("", "1")+cell("", "2<w:del><w:r><w:t>9</w:t></w:r></w:del>")+`</w:tr></w:tbl>`))
	want := [][]Cell{
		{{Text: "STT", Ref: "R1C1", ColSpan: 1, RowSpan: 2}, {Text: "Kỳ này", Ref: "R1C2", ColSpan: 2, RowSpan: 1}},
		{{Text: "1", Ref: "R2C1", ColSpan: 1, RowSpan: 1}, {Text: "2", Ref: "R2C2", ColSpan: 1, RowSpan: 1}},
	}
	for i, row := range b.Sheets[0].Rows {
		for j, c := range row {
			if c != want[i][j] {
				t.Errorf("row %d cell %d: got %+v want %+v", i, j, c, want[i][j])
			}
		}
	}
}

func TestInnerTablesOfAPageStandOnce(t *testing.T) {
	b := mustTable(t, "x.xls", []byte(`<table><tr><td>Ngoài<table><tr><td>Trong</td></tr></table></td></tr></table>`))
	if got := b.String(); got != "Ngoài\nTrong\n" {
		t.Errorf("got %q", got)
	}
}

func TestSeparatedValues(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"decimal commas":       {[]byte("Mã;Giá trị\n01;1,5\n02;2,5\n"), "Mã\tGiá trị\n01\t1,5\n02\t2,5\n"},
		"quotes and commas":    {[]byte("a,\"b, c\"\n1,2\n"), "a\tb, c\n1\t2\n"},
		"UTF-16":               {append([]byte{0xff, 0xfe}, utf16Bytes("Tên\tSố\nSở\t1\n")...), "Tên\tSố\nSở\t1\n"},
		"byte-order mark":      {[]byte("\ufeffTên,Số\nSở,1\n"), "Tên\tSố\nSở\t1\n"},
		"TCVN3":                {[]byte("C\xabng ngh\xd6,khoa h\xe4c\nSè l\xad\xeeng,1\n"), ""},
		"decomposed to NFC":    {[]byte("To\u0302\u0309ng,1\nco\u0323\u0302ng,2\n"), "Tổng\t1\ncộng\t2\n"},
		"one column, no comma": {[]byte("một\nhai\n"), "một\nhai\n"},
	} {
		b := mustTable(t, name, c.data)
		if name == "TCVN3" {
			if got := b.String(); !strings.Contains(got, "Công nghệ\tkhoa học") || len(b.Notes) != 1 {
				t.Errorf("%s: %q, notes %v", name, got, b.Notes)
			}
			continue
		}
		if got := b.String(); got != c.want {
			t.Errorf("%s: got %q want %q", name, got, c.want)
		}
	}
}

func TestACancelledReaderStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := []byte(strings.Repeat("a,b\n", 100))
	if _, err := Table(ctx, "x.csv", bytes.NewReader(data), int64(len(data))); err == nil {
		t.Error("read on after the caller had gone")
	}
}

func TestTooManyCells(t *testing.T) {
	data := []byte(strings.Repeat(strings.Repeat(",", 1000)+"\n", MaxCells/1000+1))
	if _, err := table(t, "x.csv", data); !fault.Is(err, "read.too_many_cells") {
		t.Errorf("got %v", err)
	}
}

// pdfOf is a PDF of one page with the given page content.
func pdfOf(content string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}

func TestPDFText(t *testing.T) {
	read := func(content string) (string, error) {
		data := pdfOf(content)
		return Text(t.Context(), "x.pdf", bytes.NewReader(data), int64(len(data)))
	}
	if text, err := read("BT /F1 12 Tf 20 200 Td (Bao cao so 125) Tj ET"); err != nil || !strings.Contains(text, "Bao cao so 125") {
		t.Errorf("got %q, %v", text, err)
	}
	if _, err := read("0 0 10 10 re f"); !fault.Is(err, "read.pdf_no_text") {
		t.Errorf("a page without text: %v", err)
	}
	data := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("1 0 obj<<"), 2000)...)
	if _, err := Text(t.Context(), "x.pdf", bytes.NewReader(data), int64(len(data))); !fault.Is(err, "read.broken") {
		t.Errorf("a broken PDF: %v", err)
	}
}

func TestLegible(t *testing.T) {
	for text, want := range map[string]bool{
		"Thực hiện Nghị quyết số 57-NQ/TW, Sở đã ban hành 12 kế hoạch.": true,
		"\x01\x02\x03 \x04\x05":                 false,
		"":                                      false,
		strings.Repeat("абвгд ", 20):            false,
		strings.Repeat("Thuchiennghiquyet", 20): false, // words run together
	} {
		if got := legible(text); got != want {
			t.Errorf("legible(%.30q) = %v", text, got)
		}
	}
}
