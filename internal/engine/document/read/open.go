package read

import (
	"archive/zip"
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/encoding/charmap"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

func ref(row, column int) string {
	return "R" + strconv.Itoa(row+1) + "C" + strconv.Itoa(column+1)
}

// open decides what a file is by its first bytes and, for packages, by what is inside.
func open(name string, r io.ReaderAt, size int64) (*file, error) {
	f := &file{name: name, r: r, size: size}
	if size > MaxFile {
		return nil, f.fault(fault.TooLarge, "read.too_large", "limit", MaxFile>>20)
	}
	start := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(start, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case len(bytes.TrimSpace(start)) == 0:
		return nil, f.fault(fault.Invalid, "read.empty")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return f, f.openPackage()
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, f.oldOffice()
	case bytes.Contains(start[:min(len(start), 1024)], []byte("%PDF-")):
		f.kind = "pdf"
		return f, nil
	}
	return f, f.openText(start)
}

// openPackage tells a workbook from a document and measures the package before anything unpacks it.
func (f *file) openPackage() error {
	z, err := zip.NewReader(f.r, f.size)
	if err != nil {
		return f.fault(fault.Invalid, "read.broken", "kind", "ZIP").Because(err)
	}
	if len(z.File) > MaxParts {
		return f.fault(fault.TooLarge, "read.unpacks_too_large", "limit", MaxUnzip>>20)
	}
	left := unpackLimit
	for _, p := range z.File {
		if left -= unpackedSize(p, left); left <= 0 {
			return f.fault(fault.TooLarge, "read.unpacks_too_large", "limit", MaxUnzip>>20)
		}
		switch name := strings.ToLower(p.Name); {
		case name == "xl/workbook.xml":
			f.kind = "xlsx"
		case name == "word/document.xml":
			f.kind = "docx"
		case strings.HasSuffix(name, "vbaproject.bin"):
			f.note("read.macros_left_out")
		case strings.HasPrefix(name, "xl/externallinks/") && strings.HasSuffix(name, ".xml"):
			f.note("read.external_links")
		}
	}
	if f.kind == "" {
		return f.fault(fault.Invalid, "read.unknown_kind", "type", "ZIP")
	}
	return nil
}

// unpackedSize unpacks a part into nothing and counts, since the size that a package states may be a lie;
// it gives up beyond limit. A part that breaks off is for its reader to complain about.
func unpackedSize(p *zip.File, limit int64) int64 {
	r, err := p.Open()
	if err != nil {
		return 0
	}
	defer r.Close()
	n, _ := io.Copy(io.Discard, io.LimitReader(r, limit))
	return n
}

// note adds a remark once.
func (f *file) note(key string, args ...any) {
	for _, n := range f.notes {
		if n.Key == key {
			return
		}
	}
	f.notes = append(f.notes, f.fault(fault.Invalid, key, args...))
}

// oldOffice names the program of a compound file and says how to save it anew. The names of its streams
// stand in UTF-16 in its directory.
func (f *file) oldOffice() error {
	raw, err := f.bytes()
	if err != nil {
		return err
	}
	for _, k := range []struct{ stream, key string }{
		{"EncryptedPackage", "read.encrypted"}, {"WordDocument", "read.old_word"},
		{"Workbook", "read.old_excel"}, {"Book", "read.old_excel"},
	} {
		if bytes.Contains(raw, utf16Bytes(k.stream)) {
			return f.fault(fault.Invalid, k.key)
		}
	}
	return f.fault(fault.Invalid, "read.unknown_kind", "type", "OLE")
}

func utf16Bytes(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func (f *file) bytes() ([]byte, error) {
	return io.ReadAll(io.NewSectionReader(f.r, 0, f.size))
}

// openText decodes a text file and tells HTML, JSON and CSV apart.
func (f *file) openText(start []byte) error {
	if !looksLikeText(start) {
		return f.fault(fault.Invalid, "read.unknown_kind", "type", mimetype.Detect(start).String())
	}
	raw, err := f.bytes()
	if err != nil {
		return err
	}
	f.text = f.decode(raw)
	trimmed := strings.TrimSpace(f.text)
	if trimmed == "" {
		return f.fault(fault.Invalid, "read.empty")
	}
	lower := strings.ToLower(trimmed[:min(len(trimmed), 4096)])
	switch {
	case trimmed[0] == '[' || trimmed[0] == '{':
		f.kind = "json"
	case trimmed[0] == '<' && strings.Contains(lower, "urn:schemas-microsoft-com:office:spreadsheet"):
		return f.fault(fault.Invalid, "read.old_excel")
	case trimmed[0] == '<' && (strings.Contains(lower, "<html") || strings.Contains(lower, "<table") || strings.HasPrefix(lower, "<!doctype html")):
		f.kind = "html"
	case trimmed[0] == '<':
		return f.fault(fault.Invalid, "read.unknown_kind", "type", "XML")
	default:
		f.kind = "csv"
	}
	return nil
}

// looksLikeText: no zero bytes unless the file is UTF-16, and no picture or program by its first bytes.
func looksLikeText(start []byte) bool {
	if bomOf(start) != 0 {
		return true
	}
	if bytes.IndexByte(start, 0) >= 0 {
		return false
	}
	controls := 0
	for _, c := range start {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			controls++
		}
	}
	return controls*50 <= len(start)
}

// bomOf is 'l' or 'b' for UTF-16 of either byte order with a mark, else 0.
func bomOf(b []byte) byte {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return 'l'
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return 'b'
	}
	return 0
}

// decode turns the bytes into Unicode NFC text; an old encoding is remarked on, since its reading is a guess.
func (f *file) decode(raw []byte) string {
	if order := bomOf(raw); order != 0 {
		return lang.NFC(fromUTF16(raw[2:], order == 'b'))
	}
	text, encoding := lang.Decode(raw)
	if encoding != lang.Unicode {
		f.note("read.old_encoding", "encoding", encoding.String())
	} else if !utf8.Valid(raw) {
		if s, err := charmap.Windows1258.NewDecoder().Bytes(raw); err == nil {
			f.note("read.old_encoding", "encoding", "Windows-1258")
			text = string(s)
		}
	}
	return lang.NFC(text)
}

func fromUTF16(b []byte, big bool) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		lo, hi := b[2*i], b[2*i+1]
		if big {
			lo, hi = hi, lo
		}
		units[i] = uint16(lo) | uint16(hi)<<8
	}
	return string(utf16.Decode(units))
}
