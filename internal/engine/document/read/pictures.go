package read

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// PictureMark stands in the text of Illustrated on a line of its own where a picture stands in the document.
const PictureMark = "\uFFFC"

// Picture is a picture inside a document, as its file holds it.
type Picture struct {
	Name string
	Data []byte
}

// Limits of Illustrated.
const (
	maxPictures = 50
	maxPicture  = 16 << 20 // bytes
)

// Illustrated reads a DOCX file as running text with a PictureMark for each of its pictures, which come in the same order.
// Pictures that cannot be had (linked from elsewhere, too large, too many) leave no mark. Other kinds of file have no
// pictures. Errors as for Text.
func Illustrated(ctx context.Context, name string, r io.ReaderAt, size int64) (string, []Picture, error) {
	f, err := open(name, r, size)
	if err != nil {
		return "", nil, err
	}
	if f.kind != "docx" {
		text, err := Text(ctx, name, r, size)
		return text, nil, err
	}
	d, err := f.parseDOCX(ctx)
	if err != nil {
		return "", nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", nil, f.fault(fault.Invalid, "read.broken", "kind", "DOCX").Because(err)
	}
	targets := relations(z)
	var pictures []Picture
	parts := strings.Split(d.text.String(), PictureMark)
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i >= len(d.pictures) || len(pictures) == maxPictures {
			continue
		}
		if p, ok := picture(z, targets[d.pictures[i]]); ok {
			pictures = append(pictures, p)
			b.WriteString(PictureMark)
		}
	}
	return lang.NFC(strings.TrimSpace(b.String())), pictures, nil
}

// relations are the files inside a document by the ids that its text names them by; a broken list names none.
func relations(z *zip.Reader) map[string]string {
	out := map[string]string{}
	part, err := z.Open("word/_rels/document.xml.rels")
	if err != nil {
		return out
	}
	defer part.Close()
	var list struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Mode   string `xml:"TargetMode,attr"`
		}
	}
	if xml.NewDecoder(io.LimitReader(part, MaxUnzip)).Decode(&list) != nil {
		return out
	}
	for _, r := range list.Relationship {
		if r.Mode != "External" {
			out[r.ID] = path.Join("word", strings.TrimPrefix(r.Target, "/word/"))
		}
	}
	return out
}

func picture(z *zip.Reader, name string) (Picture, bool) {
	if name == "" {
		return Picture{}, false
	}
	part, err := z.Open(name)
	if err != nil {
		return Picture{}, false
	}
	defer part.Close()
	data, err := io.ReadAll(io.LimitReader(part, maxPicture+1))
	return Picture{Name: path.Base(name), Data: data}, err == nil && len(data) > 0 && len(data) <= maxPicture
}
