package attachment

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // the pictures that rules may name
	_ "image/png"
	"io"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp" // as above

	"trucot/internal/kernel/fault"
)

// headSize is how many first bytes decide on a type.
const headSize = 3072

// Verdict is what an inspection found.
type Verdict struct {
	Type  *Type
	Notes []string // keys of remarks that stand beside the file, such as attachment.note_pdf_script
}

// inspection looks at one file by its content alone; the name only has to agree.
type inspection struct {
	ctx   context.Context
	rules *Rules
	name  string
	r     io.ReaderAt
	size  int64
	notes []string
}

// Inspect decides whether a file is taken and as what. Errors: attachment.empty, attachment.executable,
// attachment.type_refused, attachment.wrong_ending, attachment.too_large, attachment.macros, attachment.encrypted,
// attachment.broken, attachment.unpacks_too_large, attachment.too_many_pixels, attachment.two_in_one.
func (r *Rules) Inspect(ctx context.Context, name string, at io.ReaderAt, size int64) (Verdict, error) {
	in := &inspection{ctx: ctx, rules: r, name: name, r: at, size: size}
	t, err := in.kind()
	if err != nil {
		return Verdict{}, err
	}
	switch {
	case !slices.Contains(t.Endings, ending(name)):
		return Verdict{}, in.fault(fault.Invalid, "attachment.wrong_ending", "type", t.Name, "endings", "."+strings.Join(t.Endings, ", ."))
	case size > t.MB<<20:
		return Verdict{}, in.fault(fault.TooLarge, "attachment.too_large", "limit", t.MB)
	}
	switch t.Check {
	case "pdf":
		err = in.pdf()
	case "image":
		err = in.image()
	case "package":
		err = in.contents()
	case "compound":
		err = in.compound()
	}
	if err == nil && t.Check != "package" {
		err = in.twoInOne()
	}
	return Verdict{t, in.notes}, err
}

func (in *inspection) fault(kind fault.Kind, key string, args ...any) *fault.Error {
	return fault.New(kind, key, append([]any{"name", in.name}, args...)...)
}

func (in *inspection) note(key string) {
	if !slices.Contains(in.notes, key) {
		in.notes = append(in.notes, key)
	}
}

func (in *inspection) refused(kind string) error {
	return in.fault(fault.Invalid, "attachment.type_refused", "type", kind, "endings", in.rules.listed())
}

// programs are the first bytes of what a machine would run.
var programs = []string{"MZ", "\x7fELF", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "#!", "dex\n"}

// kind decides what the file is.
func (in *inspection) kind() (*Type, error) {
	head := make([]byte, min(in.size, headSize))
	if _, err := in.r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	if in.size == 0 || len(bytes.Trim(head, "\x00 \t\r\n")) == 0 {
		return nil, in.fault(fault.Invalid, "attachment.empty")
	}
	if slices.ContainsFunc(programs, func(p string) bool { return bytes.HasPrefix(head, []byte(p)) }) ||
		slices.Contains(in.rules.Executables, ending(in.name)) {
		return nil, in.fault(fault.Invalid, "attachment.executable")
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return in.kindOfPackage(head)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return in.kindOfCompound()
	}
	m := mimetype.Detect(head)
	for n := m; n != nil; n = n.Parent() {
		media, _, _ := strings.Cut(n.String(), ";")
		t := in.rules.Type(media)
		if t != nil && (n == m || t.Check == "text" && slices.Contains(t.Endings, ending(in.name))) {
			return t, nil // every written thing is a text: the name must say so too
		}
	}
	return nil, in.refused(m.String())
}

// image measures a picture without decoding it.
func (in *inspection) image() error {
	c, _, err := image.DecodeConfig(io.NewSectionReader(in.r, 0, in.size))
	if err != nil {
		return in.fault(fault.Invalid, "attachment.broken").Because(err)
	}
	if n := int64(c.Width) * int64(c.Height); n > in.rules.Pixels {
		return in.fault(fault.TooLarge, "attachment.too_many_pixels", "width", c.Width, "height", c.Height, "limit", in.rules.Pixels/1_000_000)
	}
	return nil
}

// kindOfCompound tells the old Office files by the names of their streams, which stand in UTF-16 in the directory.
func (in *inspection) kindOfCompound() (*Type, error) {
	found, err := in.search("EncryptedPackage", "WordDocument", "Workbook")
	if err != nil {
		return nil, err
	}
	if found["EncryptedPackage"] {
		return nil, in.fault(fault.Invalid, "attachment.encrypted")
	}
	for i := range in.rules.Types {
		if t := &in.rules.Types[i]; t.Check == "compound" && found[t.Main] {
			return t, nil
		}
	}
	return nil, in.refused("OLE")
}

// compound refuses the macros of old Office files.
func (in *inspection) compound() error {
	found, err := in.search("_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros")
	if err == nil && len(found) > 0 {
		return in.fault(fault.Invalid, "attachment.macros")
	}
	return err
}

// search looks for names written in UTF-16 anywhere in the file.
func (in *inspection) search(names ...string) (map[string]bool, error) {
	found := map[string]bool{}
	patterns := make([][]byte, len(names))
	for i, n := range names {
		patterns[i] = wide(n)
	}
	err := in.windows(func(_ int64, b []byte) error {
		for i, p := range patterns {
			if bytes.Contains(b, p) {
				found[names[i]] = true
			}
		}
		return nil
	})
	return found, err
}

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// The file is searched through a window that overlaps the one before, so that nothing hides on an edge.
const (
	windowSize = 256 << 10
	overlap    = 256
)

func (in *inspection) windows(fn func(at int64, b []byte) error) error {
	buf := make([]byte, min(in.size, windowSize+overlap))
	for at := int64(0); at < in.size; at += windowSize {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		n, err := in.r.ReadAt(buf, at)
		if err != nil && err != io.EOF {
			return err
		}
		if err := fn(at, buf[:n]); err != nil {
			return err
		}
	}
	return nil
}
