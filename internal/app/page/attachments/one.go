package attachments

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"time"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/document/read"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// What a preview shows of a long file.
const (
	previewText = 40_000 // bytes
	previewRows = 200
	previewCols = 30
)

// onePage is one file: what is known of it, and its content as far as a page can show it.
type onePage struct {
	*web.View
	F      line
	Row    Row
	May    bool
	Inline bool // the browser shows it itself
	PDF    bool
	Text   string
	Sheets []read.Sheet
	Cut    bool   // there is more of it than shown
	Why    string // nothing can be shown
}

func (s *Pages) one(r *web.Request) error {
	f, row, add, err := s.get(r)
	if err != nil {
		return err
	}
	rules, err := s.Files.Rules()
	if err != nil {
		return err
	}
	v := r.View(f.Name, web.Crumb{Title: row.Title, Path: row.Path})
	v.Title = named(v, f)
	v.Crumbs[len(v.Crumbs)-1].Title = v.Title
	p := onePage{View: v, F: s.line(r, rules, f), Row: row, May: add}
	if t := rules.Type(f.Type); t != nil {
		p.Inline = t.Show == "inline"
	}
	c, err := s.Files.Content(r.Context(), f)
	if err != nil {
		p.Why, p.Inline = r.ErrorText(err), false
		return r.Render(http.StatusOK, one(p))
	}
	defer c.Close()
	if err := s.opened(r, f, row, false); err != nil {
		return err
	}
	if p.PDF = f.Type == mediaPDF; p.PDF {
		h := r.W.Header()
		h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; object-src 'self'; frame-src 'self'")
	}
	if !p.F.Draw {
		p.preview(r, c)
	}
	return r.Render(http.StatusOK, one(p))
}

// preview reads tables as tables and the rest as text; what cannot be read says why.
func (p *onePage) preview(r *web.Request, c blob.Content) {
	var err error
	if p.F.Icon == "file-spreadsheet" || strings.HasSuffix(strings.ToLower(p.F.Name), ".csv") {
		var book *read.Workbook
		if book, err = read.Table(r.Context(), p.F.Name, c, p.F.Size); err == nil {
			p.cutTables(book)
			return
		}
	} else if p.Text, err = read.Text(r.Context(), p.F.Name, c, p.F.Size); err == nil {
		if len(p.Text) > previewText {
			p.Cut = true
			p.Text = strings.ToValidUTF8(p.Text[:previewText], "")
		}
		return
	}
	p.Why = r.T("attachments.no_preview")
	if fault.KindOf(err) != fault.Internal {
		p.Why = r.ErrorText(err)
	}
}

func (p *onePage) cutTables(book *read.Workbook) {
	left := previewRows
	for _, sheet := range book.Sheets {
		if left == 0 {
			p.Cut = true
			break
		}
		if len(sheet.Rows) > left {
			sheet.Rows, p.Cut = sheet.Rows[:left], true
		}
		left -= len(sheet.Rows)
		for i, row := range sheet.Rows {
			if len(row) > previewCols {
				sheet.Rows[i], p.Cut = row[:previewCols], true
			}
		}
		p.Sheets = append(p.Sheets, sheet)
	}
}

const mediaPDF = "application/pdf"

// The policies under which a file is given out: it may load and run nothing. A PDF is shown by the browser's own viewer,
// which a sandbox would keep from starting and whose scripts never reach our origin; our own page may embed it.
const (
	policyFile = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
	policyPDF  = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)

// content gives out the file itself, whole or in ranges.
func (s *Pages) content(r *web.Request) error {
	f, row, _, err := s.get(r)
	if err != nil {
		return err
	}
	rules, err := s.Files.Rules()
	if err != nil {
		return err
	}
	c, err := s.Files.Content(r.Context(), f)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.opened(r, f, row, true); err != nil {
		return err
	}
	h := r.W.Header()
	disposition := "attachment"
	if t := rules.Type(f.Type); t != nil && t.Show == "inline" && r.Query("tai") == "" {
		disposition = "inline"
	}
	s.headers(h, f)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	http.ServeContent(r.W, r.Request, "", time.Time{}, c)
	return nil
}

func (s *Pages) headers(h http.Header, f *attachment.File) {
	media, policy := f.Type, policyFile
	switch {
	case f.Type == mediaPDF:
		policy = policyPDF
		h.Set("X-Frame-Options", "SAMEORIGIN")
	case strings.HasPrefix(f.Type, "text/"):
		media += "; charset=utf-8"
	}
	h.Set("Content-Type", media)
	h.Set("Content-Security-Policy", policy)
	h.Set("Etag", `"`+f.Key.String()+`"`)
	h.Set("Cache-Control", "private, no-cache")
	if s.Files.Personal(f.Owner) {
		h.Set("Cache-Control", "no-store")
	}
}

// thumbnail gives out the small picture. It is too small to read, so it is no opening of the file for the log.
func (s *Pages) thumbnail(r *web.Request) error {
	f, _, _, err := s.get(r)
	if err != nil {
		return err
	}
	small, err := s.Files.Thumbnail(r.Context(), f)
	if err != nil {
		return err
	}
	h := r.W.Header()
	s.headers(h, f)
	h.Set("Content-Type", "image/jpeg")
	http.ServeContent(r.W, r.Request, "", time.Time{}, bytes.NewReader(small))
	return nil
}
