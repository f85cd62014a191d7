package portal_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/portal"
	"trucot/internal/testing/shared"
)

func readFile(t *testing.T, name string, raw []byte) portal.Content {
	t.Helper()
	marks, err := portal.LoadMarks(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := marks.ReadArticle(t.Context(), name, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func captions(c portal.Content) []string {
	var out []string
	for _, b := range c.Body {
		if b.Kind == portal.Photo {
			out = append(out, portal.Words(b.Text))
		}
	}
	return out
}

// TestTheTwoPagesAreRead: what the pages of a ministry and of a province show stands in its own place.
func TestTheTwoPagesAreRead(t *testing.T) {
	for _, want := range []struct {
		file, title, at, author, source string
		captions                        []string
		paragraphs                      int
	}{
		{"000_2391c05e7fc9e50d.txt", "Hội nghị sơ kết công tác đảng 6 tháng đầu năm", "2019-06-29T16:24:00+07:00", "", "Trung tâm Nghiên cứu và Phát triển truyền thông KH&CN", []string{
			"Toàn cảnh hội nghị", "Đồng chí Trần Văn Tùng, Bí thư", "Đồng chí Chu Ngọc Anh, UVBCHTWĐ", "Bộ trưởng Chu Ngọc Anh trao tặng", "Thứ trưởng Trần Văn Tùng trao Bằng khen", "Thứ trưởng Trần Văn Tùng trao Giấy khen"}, 14},
		{"004_6eb69ec5a5895d47.txt", "Hội nghị tổng kết công tác xây dựng Đảng", "2022-01-19T00:00:00+07:00", "Thu Huyên", "", nil, 6},
	} {
		raw, err := os.ReadFile(shared.Dir(t, "seeds", want.file))
		if err != nil {
			t.Fatal(err)
		}
		c := readFile(t, want.file, raw)
		if !strings.HasPrefix(c.Title, want.title) || c.Dated.Format("2006-01-02T15:04:05-07:00") != want.at || c.Author != want.author || c.Source != want.source {
			t.Errorf("%s: %q at %v by %q from %q", want.file, c.Title, c.Dated, c.Author, c.Source)
		}
		got := captions(c)
		if len(got) != len(want.captions) {
			t.Fatalf("%s: captions %q", want.file, got)
		}
		for i := range got {
			if !strings.HasPrefix(got[i], want.captions[i]) || len([]rune(got[i])) > 160 {
				t.Errorf("%s: caption %d is %q", want.file, i, got[i])
			}
		}
		if n := len(c.Body) - len(got); n != want.paragraphs {
			t.Errorf("%s: %d paragraphs, want %d", want.file, n, want.paragraphs)
		}
		if c.Lead == "" || strings.Contains(c.Plain(), "Lượt xem") || strings.Contains(c.Plain(), "Các tin đã đưa") {
			t.Errorf("%s: lead %q", want.file, c.Lead)
		}
	}
}

// TestPicturesOfADocumentAreKept: a picture stands where the document has it, with the words below it as its caption.
func TestPicturesOfADocumentAreKept(t *testing.T) {
	var picture, docx bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	all, err := document.LoadLayouts(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	layout, err := all.At("state", calendar.MustParse("2025-06-20"))
	if err != nil {
		t.Fatal(err)
	}
	d := &document.Document{Layout: layout, Blocks: []document.Block{document.Text("Mở đầu của bài viết mẫu."), document.Text("Đoạn thứ hai của bài viết mẫu."),
		document.Picture{PNG: picture.Bytes(), Alt: "x", Width: 40, Height: 30}, document.Text("Toàn cảnh buổi họp mẫu"), document.Text("Đoạn cuối của bài viết mẫu.")}}
	if err := d.WriteDOCX(&docx); err != nil {
		t.Fatal(err)
	}
	marks, err := portal.LoadMarks(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	c, found, err := marks.ReadArticle(t.Context(), "a.docx", bytes.NewReader(docx.Bytes()), int64(docx.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || !bytes.Equal(found[0].Data, picture.Bytes()) {
		t.Fatalf("%d pictures", len(found))
	}
	at := slices.IndexFunc(c.Body, func(b portal.Block) bool { return b.Kind == portal.Photo })
	if at < 0 || c.Body[at].Photo != found[0].ID || portal.Words(c.Body[at].Text) != "Toàn cảnh buổi họp mẫu" {
		t.Errorf("%+v", c.Body)
	}
	if text := c.Plain(); strings.Contains(text, "\uFFFC") || !strings.Contains(text, "Đoạn cuối") {
		t.Errorf("%q", text)
	}
	bare := portal.WithoutPhotos(c.Body)
	if len(bare) != len(c.Body) || bare[at].Photo != "" {
		t.Errorf("%+v", bare)
	}
}
