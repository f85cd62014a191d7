package portal

import (
	"html"
	"strconv"
	"strings"

	"trucot/internal/room/portal"
)

// Writer turns an article's blocks into HTML. Every text and address goes through html.EscapeString; addresses were checked
// when the article was written.
type Writer struct {
	Article *portal.Article
	Picture func(file string) string // address of a picture
	Ref     func(portal.Ref) string  // address of a record, "" where the words stay words
	Caption string                   // what stands before a caption without a picture
	Edit    bool                     // for the editor in the browser, which reads back what pictures are
	out     strings.Builder
}

// HTML is the body.
func (w *Writer) HTML() string {
	for _, b := range w.Article.Body {
		w.block(b)
	}
	return w.out.String()
}

var plainTags = map[string]string{portal.Paragraph: "p", portal.Heading: "h2", portal.Sub: "h3", portal.Quote: "blockquote"}

func (w *Writer) block(b portal.Block) {
	switch b.Kind {
	case portal.Photo:
		w.photo(b)
	case portal.Bullets, portal.Numbers:
		w.out.WriteString("<" + b.Kind + ">")
		for _, item := range b.Items {
			w.in("li", item)
		}
		w.out.WriteString("</" + b.Kind + ">")
	case portal.Table:
		w.table(b.Rows)
	default:
		if tag := plainTags[b.Kind]; tag != "" {
			w.in(tag, b.Text)
		}
	}
}

func (w *Writer) in(tag string, runs []portal.Run) {
	w.out.WriteString("<" + tag + ">")
	w.runs(runs)
	w.out.WriteString("</" + tag + ">")
}

func (w *Writer) table(rows [][][]portal.Run) {
	w.out.WriteString(`<div class="tt-table" role="region" tabindex="0" aria-label="` + html.EscapeString(portal.Words(rows[0][0])) + `"><table>`)
	for i, row := range rows {
		cell, open, shut := "td", "<tr>", "</tr>"
		if i == 0 {
			cell, open, shut = "th", "<thead><tr>", "</tr></thead><tbody>"
		}
		w.out.WriteString(open)
		for _, runs := range row {
			w.in(cell, runs)
		}
		w.out.WriteString(shut)
	}
	w.out.WriteString("</tbody></table></div>")
}

func (w *Writer) photo(b portal.Block) {
	p := w.Article.Picture(b.Photo)
	if w.Edit {
		w.editable(b, p)
		return
	}
	if p == nil {
		w.out.WriteString(`<p class="tt-caption"><span>` + html.EscapeString(w.Caption) + "</span> ")
		w.runs(b.Text)
		w.out.WriteString("</p>")
		return
	}
	w.out.WriteString(`<figure><img src="` + html.EscapeString(w.Picture(p.File)) + `" alt="` + html.EscapeString(p.Alt) + `"` + size(p) + ` decoding="async"/>`)
	if len(b.Text) > 0 {
		w.in("figcaption", b.Text)
	}
	w.out.WriteString("</figure>")
}

// editable is a picture, or a caption that waits for one, as the editor knows it.
func (w *Writer) editable(b portal.Block, p *portal.Picture) {
	w.out.WriteString("<figure>")
	if p != nil {
		w.out.WriteString(`<img src="` + html.EscapeString(w.Picture(p.File)) + `" alt="` + html.EscapeString(p.Alt) + `" data-tep="` + html.EscapeString(p.File) + `"/>`)
	}
	w.in("figcaption", b.Text)
	w.out.WriteString("</figure>")
}

func size(p *portal.Picture) string {
	if p.Width == 0 || p.Height == 0 {
		return ""
	}
	return ` width="` + strconv.Itoa(p.Width) + `" height="` + strconv.Itoa(p.Height) + `"`
}

func (w *Writer) runs(runs []portal.Run) {
	for _, r := range runs {
		text := html.EscapeString(r.Text)
		if r.Italic {
			text = "<em>" + text + "</em>"
		}
		if r.Bold {
			text = "<strong>" + text + "</strong>"
		}
		w.out.WriteString(w.link(r.Link, text))
	}
}

func (w *Writer) link(to, text string) string {
	if to == "" {
		return text
	}
	if ref, ok := portal.ParseRef(to); ok {
		at := w.Ref(ref)
		if at == "" {
			return text
		}
		return `<a class="tt-ref" href="` + html.EscapeString(at) + `" data-ref="` + html.EscapeString(to) + `">` + text + "</a>"
	}
	return `<a href="` + html.EscapeString(to) + `" rel="noopener">` + text + "</a>"
}
