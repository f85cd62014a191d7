package attachment

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"trucot/internal/kernel/fault"
)

func (in *inspection) unzip() (*zip.Reader, error) {
	z, err := zip.NewReader(in.r, in.size)
	if err != nil {
		return nil, in.fault(fault.Invalid, "attachment.broken").Because(err)
	}
	if len(z.File) > in.rules.Parts {
		return nil, in.fault(fault.TooLarge, "attachment.unpacks_too_large", "limit", in.rules.UnpackMB)
	}
	return z, nil
}

// kindOfPackage tells a document from a workbook by the part that each must have, the rest by its first bytes.
func (in *inspection) kindOfPackage(head []byte) (*Type, error) {
	z, err := in.unzip()
	if err != nil {
		return nil, err
	}
	for i := range in.rules.Types {
		t := &in.rules.Types[i]
		if t.Check == "package" && t.Main != "" && slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == t.Main }) {
			return t, nil
		}
	}
	m := mimetype.Detect(head)
	if t := in.rules.Type(m.String()); t != nil && t.Main == "" {
		return t, nil
	}
	return nil, in.refused("ZIP")
}

// active are the parts of a package that hold code: macros of both generations and controls.
var active = regexp.MustCompile(`(?i)(^|/)(vbaproject\.bin|vbadata\.xml)$|/(activex|macrosheets|dialogsheets)/|^basic/.+\.x(ml|ba)$|^scripts/`)

// external are relations that make a document fetch something when it is opened.
var external = regexp.MustCompile(`(?i)(attachedTemplate|oleObject|frame|subDocument)"[^>]*TargetMode="External"|TargetMode="External"[^>]*(attachedTemplate|oleObject|frame|subDocument)"`)

// relationsMost bounds what is read of one part of relations.
const relationsMost = 1 << 20

// contents refuses code and bombs inside a package, and notes what reaches outside. Each part is unpacked into nothing
// and counted, since the size that a package states may be a lie.
func (in *inspection) contents() error {
	z, err := in.unzip()
	if err != nil {
		return err
	}
	left := in.rules.UnpackMB << 20
	for _, f := range z.File {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		switch {
		case active.MatchString(f.Name):
			return in.fault(fault.Invalid, "attachment.macros")
		case slices.Contains(in.rules.Executables, strings.TrimPrefix(strings.ToLower(path.Ext(f.Name)), ".")):
			return in.fault(fault.Invalid, "attachment.executable")
		case strings.Contains(f.Name, "/embeddings/"):
			in.note("attachment.note_embedded")
		}
		n, err := in.part(f, left)
		if err != nil {
			return err
		}
		if left -= n; left <= 0 {
			return in.fault(fault.TooLarge, "attachment.unpacks_too_large", "limit", in.rules.UnpackMB)
		}
	}
	return nil
}

// part unpacks one part, at most limit bytes, and looks into those that may name code under another name.
func (in *inspection) part(f *zip.File, limit int64) (int64, error) {
	r, err := f.Open()
	if err != nil {
		return 0, in.fault(fault.Invalid, "attachment.broken").Because(err)
	}
	defer r.Close()
	var kept bytes.Buffer
	var to io.Writer = io.Discard
	named := f.Name == "[Content_Types].xml" || strings.HasSuffix(f.Name, ".rels")
	if named {
		to = &kept
		limit = min(limit, relationsMost)
	}
	n, err := io.Copy(to, io.LimitReader(r, limit))
	switch {
	case err != nil && n < limit:
		return n, in.fault(fault.Invalid, "attachment.broken").Because(err)
	case bytes.Contains(bytes.ToLower(kept.Bytes()), []byte("macroenabled")) || bytes.Contains(bytes.ToLower(kept.Bytes()), []byte("vbaproject")):
		return n, in.fault(fault.Invalid, "attachment.macros")
	case external.Match(kept.Bytes()):
		in.note("attachment.note_external")
	}
	return n, nil
}

// tail is the most that the end of a ZIP archive may be away from the end of a file.
const tail = 22 + 1<<16

// twoInOne refuses a file that is a second file besides: a picture or a PDF with an archive behind it, a picture with a PDF
// inside its first bytes.
func (in *inspection) twoInOne() error {
	n := min(in.size, tail)
	end := make([]byte, n)
	if _, err := in.r.ReadAt(end, in.size-n); err != nil && err != io.EOF {
		return err
	}
	if bytes.Contains(end, []byte("PK\x05\x06")) {
		if z, err := zip.NewReader(in.r, in.size); err == nil && len(z.File) > 0 {
			return in.fault(fault.Invalid, "attachment.two_in_one")
		}
	}
	head := make([]byte, min(in.size, 1024))
	if _, err := in.r.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	if bytes.Index(head, []byte("%PDF-")) > 0 {
		return in.fault(fault.Invalid, "attachment.two_in_one")
	}
	return nil
}
