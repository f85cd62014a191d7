package attachment

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
)

// The names that a PDF's automatic actions go by. A file with them is taken, since many forms have them, and marked.
var pdfMarks = []struct{ name, note string }{
	{"/JavaScript", "attachment.note_pdf_script"}, {"/JS", "attachment.note_pdf_script"},
	{"/Launch", "attachment.note_pdf_launch"}, {"/EmbeddedFile", "attachment.note_embedded"},
}

// escaped is a character of a PDF name written in hexadecimal, by which /JavaScript hides as /J#61vaScript.
var escaped = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)

// What is unpacked of a PDF's packed objects, in all and of each.
const (
	objectsMost = 64 << 20
	objectMost  = 8 << 20
)

// pdf looks for actions in the plain parts of the file and in its packed objects.
func (in *inspection) pdf() error {
	left := int64(objectsMost)
	return in.windows(func(at int64, b []byte) error {
		in.marks(b)
		for from := 0; left > 0; {
			i := bytes.Index(b[from:], []byte("/ObjStm"))
			if i < 0 || from+i >= windowSize { // one that begins in the overlap comes again with the next window
				return nil
			}
			from += i + len("/ObjStm")
			n, err := in.packed(at+int64(from), min(left, objectMost))
			if err != nil {
				return err
			}
			left -= n
		}
		return nil
	})
}

// marks notes the actions named in a piece of the file.
func (in *inspection) marks(b []byte) {
	if bytes.IndexByte(b, '#') >= 0 {
		b = escaped.ReplaceAllFunc(b, func(m []byte) []byte {
			c := make([]byte, 1)
			hex.Decode(c, m[1:]) // two digits, as the pattern says
			return c
		})
	}
	for _, m := range pdfMarks {
		if named(b, m.name) {
			in.note(m.note)
		}
	}
}

// named reports whether a name stands in b and ends there, so that /JS is not found in /JSON.
func named(b []byte, name string) bool {
	for {
		i := bytes.Index(b, []byte(name))
		if i < 0 {
			return false
		}
		b = b[i+len(name):]
		if len(b) == 0 || bytes.IndexByte([]byte(" \t\r\n\f\x00()<>[]{}/%"), b[0]) >= 0 {
			return true
		}
	}
}

// packed looks into the packed objects whose dictionary stands at an offset; what cannot be unpacked is left to the
// program that shows it. It gives the number of bytes unpacked.
func (in *inspection) packed(at, limit int64) (int64, error) {
	head := make([]byte, 1024)
	n, err := in.r.ReadAt(head, at)
	if err != nil && err != io.EOF {
		return 0, err
	}
	i := bytes.Index(head[:n], []byte("stream"))
	if i < 0 {
		return 0, nil
	}
	start := at + int64(i+len("stream"))
	start += int64(len(head[i+len("stream"):n]) - len(bytes.TrimLeft(head[i+len("stream"):n], "\r\n")))
	z, err := zlib.NewReader(io.NewSectionReader(in.r, start, in.size-start))
	if err != nil {
		return 0, nil
	}
	var out bytes.Buffer
	io.Copy(&out, io.LimitReader(z, limit)) // what came before a fault is looked at all the same
	in.marks(out.Bytes())
	return int64(out.Len()), nil
}
