package read

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"github.com/ledongthuc/pdf"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

const (
	maxPDF     = 32 << 20
	maxPages   = 2000
	pdfPatient = 20 * time.Second // for either way of reading
)

// pdf reads the text of a PDF in Go and, when that fails or gives nonsense, by pdftotext where it is installed.
// A text that is no language (wrong character map, pictures of pages) is a fault, never passed on.
func (f *file) pdf(ctx context.Context) (string, error) {
	if f.size > maxPDF {
		return "", f.fault(fault.TooLarge, "read.too_large", "limit", maxPDF>>20)
	}
	ctx, cancel := context.WithTimeout(ctx, pdfPatient)
	defer cancel()
	text, err := f.pdfInGo(ctx)
	if err == nil && legible(text) {
		return tidy(text), nil
	}
	if better, err := f.pdftotext(ctx); err == nil && legible(better) {
		return tidy(better), nil
	} else if errors.Is(err, exec.ErrNotFound) && strings.TrimSpace(text) != "" {
		return "", f.fault(fault.Invalid, "read.pdf_garbled_install")
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return "", f.fault(fault.TooLarge, "read.pdf_slow").Because(err)
	case err != nil:
		return "", f.fault(fault.Invalid, "read.broken", "kind", "PDF").Because(err)
	case strings.TrimSpace(text) == "":
		return "", f.fault(fault.Invalid, "read.pdf_no_text")
	}
	return "", f.fault(fault.Invalid, "read.pdf_garbled")
}

// pdfInGo reads on a goroutine of its own: the library may panic or run on over a hostile file, and a
// caller must not wait for it.
func (f *file) pdfInGo(ctx context.Context) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{err: errors.New("pdf: the reader gave up")}
			}
		}()
		text, err := pages(ctx, io.NewSectionReader(f.r, 0, f.size), f.size)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func pages(ctx context.Context, r io.ReaderAt, size int64) (string, error) {
	doc, err := pdf.NewReader(r, size)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i := 1; i <= min(doc.NumPage(), maxPages) && b.Len() < maxText; i++ {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		p := doc.Page(i)
		if p.V.IsNull() {
			continue
		}
		text, err := p.GetPlainText(nil)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// pdftotext runs the program of that name on a copy of the file.
func (f *file) pdftotext(ctx context.Context) (string, error) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", err
	}
	copied, err := os.CreateTemp("", "trucot-*.pdf")
	if err != nil {
		return "", err
	}
	defer os.Remove(copied.Name())
	_, err = io.Copy(copied, io.NewSectionReader(f.r, 0, f.size))
	if err := errors.Join(err, copied.Close()); err != nil {
		return "", err
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, program, "-enc", "UTF-8", "-layout", copied.Name(), "-")
	cmd.Stdout = &capped{&out, maxText}
	err = cmd.Run()
	return out.String(), err
}

// capped stops a program that writes without end.
type capped struct {
	to   *bytes.Buffer
	left int
}

func (c *capped) Write(b []byte) (int, error) {
	if c.left -= len(b); c.left < 0 {
		return 0, io.ErrShortWrite
	}
	return c.to.Write(b)
}

// legible tells writing from what a wrong character map makes of it: mostly letters, digits and ordinary
// marks, words parted by spaces, few replacement or private characters.
func legible(s string) bool {
	good, bad, spaces := 0, 0, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			spaces++
		case r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) || unicode.IsControl(r):
			bad++
		case unicode.Is(unicode.Latin, r) || unicode.IsDigit(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.Is(unicode.Mn, r):
			good++
		default:
			bad++
		}
	}
	return good > 0 && bad*20 <= good && (good < 80 || spaces*30 >= good)
}

func tidy(s string) string {
	s = lang.NFC(strings.ReplaceAll(s, "\f", "\n"))
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
