package attachment_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// compound is the head of an old Office file with the names of streams.
func compound(streams ...string) []byte {
	b := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1024)...)
	for _, s := range streams {
		for _, u := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		b = append(b, make([]byte, 64)...)
	}
	return b
}

// huge is a picture of a few bytes that says it is 20,000 pixels wide and high.
func huge() []byte {
	b := picture(1, 1)
	binary.BigEndian.PutUint32(b[16:], 20_000)
	binary.BigEndian.PutUint32(b[20:], 20_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// packedPDF holds its objects packed.
func packedPDF(inside string) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(inside))
	w.Close()
	return pdf(">>endobj 2 0 obj<</Type/ObjStm/Length 9>>\nstream\r\n" + z.String() + "\nendstream endobj 3 0 obj<<")
}

func TestWhatIsTaken(t *testing.T) {
	const office = "application/vnd.openxmlformats-officedocument."
	for _, c := range []struct {
		name    string
		content []byte
		want    string // media type, or the key of the fault
		notes   []string
	}{
		{"đơn.pdf", pdf(""), "application/pdf", nil},
		{"ĐƠN.PDF", pdf(""), "application/pdf", nil},
		{"biểu mẫu.pdf", pdf("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "application/pdf", []string{"attachment.note_pdf_script"}},
		{"ẩn.pdf", pdf("/A<</S/J#61vaScript>>"), "application/pdf", []string{"attachment.note_pdf_script"}},
		{"nén.pdf", packedPDF("1 0 <</S/Launch/F(cmd.exe)>>"), "application/pdf", []string{"attachment.note_pdf_launch"}},
		{"dữ liệu.pdf", pdf("/JSON(1)"), "application/pdf", nil},
		{"ảnh.png", picture(3, 2), "image/png", nil},
		{"thư.docx", docx(), office + "wordprocessingml.document", nil},
		{"thư.docx", docx("word/embeddings/o.bin", "x"), office + "wordprocessingml.document", []string{"attachment.note_embedded"}},
		{"thư.docx", docx("word/_rels/settings.xml.rels", `<Relationship Type="x/attachedTemplate" Target="http://x/t.dotm" TargetMode="External"/>`), office + "wordprocessingml.document", []string{"attachment.note_external"}},
		{"bảng.xlsx", archive("xl/workbook.xml", "<workbook/>"), office + "spreadsheetml.sheet", nil},
		{"cũ.doc", compound("WordDocument"), "application/msword", nil},
		{"cũ.xls", compound("Workbook"), "application/vnd.ms-excel", nil},
		{"ghi.txt", []byte("Kính gửi Sở,\n"), "text/plain", nil},
		{"bảng.csv", []byte("a,b\n1,2\n"), "text/plain", nil},

		{"trống.pdf", nil, "attachment.empty", nil},
		{"trống.txt", []byte(" \n\t "), "attachment.empty", nil},
		{"chương trình.pdf", []byte("MZ\x90\x00 a program"), "attachment.executable", nil},
		{"đơn.pdf.exe", pdf(""), "attachment.executable", nil},
		{"lệnh.txt", []byte("#!/bin/sh\nrm -rf .\n"), "attachment.executable", nil},
		{"đơn.docx", pdf(""), "attachment.wrong_ending", nil},
		{"không đuôi", pdf(""), "attachment.wrong_ending", nil},
		{"trang.html", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), "attachment.type_refused", nil},
		{"hình.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "attachment.type_refused", nil},
		{"nén.zip", archive("a.txt", "x"), "attachment.type_refused", nil},
		{"phim.mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "attachment.type_refused", nil},
		{"macro.docx", docx("word/vbaProject.bin", "x"), "attachment.macros", nil},
		{"macro.docx", docx("word/other.bin", "x", "word/_rels/document.xml.rels", `<Relationship Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="other.bin"/>`), "attachment.macros", nil},
		{"macro.docm", docx(), "attachment.executable", nil},
		{"điều khiển.docx", docx("word/activeX/activeX1.xml", "x"), "attachment.macros", nil},
		{"macro4.xlsx", archive("xl/workbook.xml", "x", "xl/macrosheets/sheet1.xml", "x"), "attachment.macros", nil},
		{"giấu.docx", docx("word/embeddings/cai.exe", "MZ"), "attachment.executable", nil},
		{"macro.doc", compound("WordDocument", "_VBA_PROJECT"), "attachment.macros", nil},
		{"khóa.docx", compound("EncryptedPackage"), "attachment.encrypted", nil},
		{"lạ.doc", compound("Something"), "attachment.type_refused", nil},
		{"hỏng.docx", docx()[:60], "attachment.broken", nil},
		{"hỏng.png", picture(3, 2)[:20], "attachment.broken", nil},
		{"khổng lồ.png", huge(), "attachment.too_many_pixels", nil},
		{"hai.pdf", append(pdf(""), docx()...), "attachment.two_in_one", nil},
		{"hai.png", append(picture(1, 1), archive("a.js", "x")...), "attachment.two_in_one", nil},
	} {
		shipped, err := rules()
		must(t, err)
		v, err := shipped.Inspect(context.Background(), c.name, bytes.NewReader(c.content), int64(len(c.content)))
		if err != nil {
			if !fault.Is(err, c.want) {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
			continue
		}
		if v.Type.Type != c.want || !slices.Equal(v.Notes, c.notes) {
			t.Errorf("%s: %s %v, want %s %v", c.name, v.Type.Type, v.Notes, c.want, c.notes)
		}
	}
}

func TestWhatIsTooLarge(t *testing.T) {
	shipped, err := rules()
	must(t, err)
	small := *shipped
	small.UnpackMB, small.Parts = 1, 8
	bomb := docx("word/media/a.txt", strings.Repeat("\x00", 2<<20))
	many := docx("a", "", "b", "", "c", "", "d", "", "e", "", "f", "", "g", "")
	for name, content := range map[string][]byte{"bom.docx": bomb, "nhiều.docx": many} {
		if _, err := small.Inspect(context.Background(), name, bytes.NewReader(content), int64(len(content))); !fault.Is(err, "attachment.unpacks_too_large") {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := bytes.Repeat([]byte("dài "), 4<<20)
	if _, err := small.Inspect(context.Background(), "dài.txt", bytes.NewReader(text), int64(len(text))); !fault.Is(err, "attachment.too_large") {
		t.Errorf("%v", err)
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("e\u0302\u0303", 296) + ".pdf" // ễ in three parts
	for in, want := range map[string]string{
		`C:\Users\x\Đơn.pdf`:      "Đơn.pdf",
		"../../etc/passwd":        "passwd",
		"/tmp/a b.pdf":            "a b.pdf",
		"ảnh\u202egpj.exe":        "ảnhgpj.exe", // would read as exe.jpg
		"a\x00b\nc\td.pdf":        "ab c d.pdf",
		"  khoảng   trắng .pdf ":  "khoảng trắng .pdf",
		"a\u200b\ufeffb.pdf":      "ab.pdf",
		`hỏi?<sao>*.pdf`:          "hỏi__sao__.pdf",
		"..":                      "",
		"Tie\u0302\u0301ng.pdf":   "Tiếng.pdf", // NFC
		lang.NFC(long):            lang.NFC(long),
		"tệp không hợp lệ \xff.a": "tệp không hợp lệ .a",
	} {
		if got := attachment.CleanName(in); got != want {
			t.Errorf("%q is called %q, want %q", in, got, want)
		}
	}
	o := newOffice(t, t.TempDir()+"/db", nil)
	if f := o.add(t, dossier, "", long, pdf("")); f.Name != lang.NFC(long) {
		t.Errorf("300 characters came back as %q", f.Name)
	}
	for name, key := range map[string]string{"a" + long: "attachment.name_too_long", "...": "attachment.no_name"} {
		_, err := o.Add(o.ctx, attachment.Incoming{Owner: dossier, Name: name}, bytes.NewReader(pdf("")))
		if !fault.Is(err, key) {
			t.Errorf("%.20q: %v", name, err)
		}
	}
}

// Whatever comes, inspecting ends without a panic and with a clear fault or a type that the name agrees with.
func FuzzInspect(f *testing.F) {
	for _, b := range [][]byte{pdf("/JS(1)"), packedPDF("/Launch"), picture(2, 2), docx("word/vbaProject.bin", "x"), compound("WordDocument", "Macros"), huge(), []byte("chữ")} {
		for _, name := range []string{"a.pdf", "a.docx", "a.png", "a.doc"} {
			f.Add(name, b)
		}
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		shipped, err := rules()
		must(t, err)
		v, err := shipped.Inspect(context.Background(), name, bytes.NewReader(content), int64(len(content)))
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatalf("not a clear fault: %v", err)
			}
			return
		}
		if !slices.ContainsFunc(v.Type.Endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), "."+e) }) {
			t.Fatalf("%q was taken as %s", name, v.Type.Type)
		}
	})
}

func FuzzCleanName(f *testing.F) {
	f.Add("../a\u202e.pdf")
	f.Fuzz(func(t *testing.T, name string) {
		clean := attachment.CleanName(name)
		if strings.ContainsAny(clean, "/\\\x00\n\r\u202e\u2066") || attachment.CleanName(clean) != clean {
			t.Errorf("%q gives %q", name, clean)
		}
	})
}
