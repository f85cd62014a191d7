package web

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"trucot/internal/kernel/lang"
)

// library shows the page of books as of a day.
type library struct{ body *string }

func (library) Shows(pattern string) bool { return pattern == "/sach" }
func (library) Keeps(pattern string) bool { return pattern == "/sach" || pattern == "/sach/{so}" }
func (library) Looking(id Identity) Identity {
	return someone{id.Account(), "book.read"}
}
func (d library) Serve(r *Request, _ string) error { return show(d.body)(r) }

func show(body *string) Handler {
	return func(r *Request) error {
		v := r.View("Sách")
		return r.Render(200, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return Shell(v).Render(templ.WithChildren(ctx, templ.Raw(*body)), w)
		}))
	}
}

type doorkeeper struct{ door }

func (doorkeeper) Session(context.Context, string) (Identity, error) {
	return someone{"khai", "book.read book.write"}, nil
}

// TestAPageOfAPastDay: nothing can be done on it, and its links and questions keep the day where the page behind them knows one.
func TestAPageOfAPastDay(t *testing.T) {
	body := ""
	s := NewSite(Options{Catalog: lang.NewCatalog(lang.OwnTexts(), Texts()), Auth: doorkeeper{}, Log: slog.New(slog.DiscardHandler), Days: library{&body},
		Clock: func() time.Time { return time.Date(2021, 6, 14, 3, 0, 0, 0, time.UTC) }}, []Route{
		{Method: "GET", Pattern: "/sach", Permission: "book.read", Handler: show(&body)}, {Method: "GET", Pattern: "/sach/{so}", Permission: "book.read", Handler: show(&body)},
		{Method: "GET", Pattern: "/sach/moi", Permission: "book.write", Handler: show(&body)}, {Method: "GET", Pattern: "/kho", Permission: "book.read", Handler: show(&body)},
	})
	main := func(path string) string {
		page := pageOf(t, s, path)
		_, page, _ = strings.Cut(page, "<main")
		page, _, _ = strings.Cut(page, "</main>")
		return page
	}
	for _, c := range []struct{ body, has, lack string }{
		{`<a href="/sach/7">7</a>`, `href="/sach/7?ngay=2021-06-01"`, ""},
		{`<a href="/sach?q=a&amp;trang=2">2</a>`, `href="/sach?ngay=2021-06-01&amp;q=a&amp;trang=2"`, ""},
		{`<a href="/sach/7?ngay=2020-01-01">7</a>`, `href="/sach/7?ngay=2020-01-01"`, ""},
		{`<a href="/kho">kho</a><a href="#cuoi">cuối</a><a href="https://example.org/sach">xa</a>`, `<a href="/kho">kho</a><a href="#cuoi">cuối</a><a href="https://example.org/sach">`, "https://example.org/sach?"},
		{`<a class="btn" href="/sach/moi">Thêm</a><p>còn</p>`, "<p>còn</p>", "Thêm"},
		{`<form action="/sach" method="get"><input name="q"/></form>`, `<input type="hidden" name="ngay" value="2021-06-01"/><input name="q"/>`, ""},
		{`<form action="/sach/7" method="post"><button>Mượn</button></form>`, "", "Mượn"},
		{`<details><summary>Mượn sách</summary><form method="POST"><input name="so"/></form></details><p>còn</p>`, "<p>còn</p>", "Mượn sách"},
		{`<section><h2>Ghi</h2><form method="post"><button>Ghi</button></form><p>Đã ghi ba cuốn.</p></section>`, "<h2>Ghi</h2><p>Đã ghi ba cuốn.</p>", "button>Ghi"},
		{`<section class="kh-card kh-next"><h2>Việc tiếp theo</h2><p>Ký</p></section>`, "", "Việc tiếp theo"},
	} {
		body = c.body
		page := main("/sach?ngay=2021-06-01")
		if !strings.Contains(page, c.has) || c.lack != "" && strings.Contains(page, c.lack) {
			t.Errorf("%s became %s", c.body, page)
		}
		if !strings.Contains(page, "01/06/2021") || !strings.Contains(page, `<a data-now="" href="/sach">`) {
			t.Errorf("it does not say of which day it is: %s", page)
		}
		for _, now := range []string{"/sach", "/sach?ngay=2021-06-14", "/kho?ngay=2021-06-01"} {
			if page := main(now); !strings.Contains(page, body) || strings.Contains(page, "kh-past") {
				t.Errorf("%s is no page of a past day: %s", now, page)
			}
		}
	}
	body = `<a href="/sach">sách</a><form action="/sach/7" method="post"><button>Mượn</button></form>`
	if page := main("/sach/7?ngay=2021-06-01"); !strings.Contains(page, `href="/sach?ngay=2021-06-01"`) || !strings.Contains(page, "Mượn") {
		t.Errorf("a page that knows the day by itself has its links keep it, and nothing else changed: %s", page)
	}
	for _, path := range []string{"/sach?ngay=2021-06-15", "/sach?ngay=mai"} {
		if r := ask(s, "GET", path, cookie("trucot", "khai")); r.StatusCode != 422 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func pageOf(t *testing.T, s *Site, path string) string {
	t.Helper()
	r := ask(s, "GET", path, cookie("trucot", "khai"))
	if r.StatusCode != 200 {
		t.Errorf("%s: %d", path, r.StatusCode)
	}
	return body(t, r)
}
