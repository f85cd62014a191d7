package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// someone is a reader with listed permissions; the token is the account.
type someone struct{ name, may string }

func (s someone) Account() string                 { return s.name }
func (s someone) Name() string                    { return "Nguyễn Thị Minh Khai" }
func (s someone) Can(p Permission, _ string) bool { return strings.Contains(s.may, string(p)) }

type door struct{}

func (door) Session(_ context.Context, token string) (Identity, error) {
	if token == "khai" {
		return someone{"khai", "book.read"}, nil
	}
	return nil, nil
}
func (d door) Bearer(ctx context.Context, token string) (Identity, error) {
	return d.Session(ctx, token)
}

func site(t *testing.T) *Site {
	t.Helper()
	say := func(r *Request) error { return r.JSON(200, map[string]string{"actor": r.Actor()}) }
	return NewSite(Options{Catalog: lang.NewCatalog(lang.OwnTexts(), Texts()), Auth: door{}, Log: slog.New(slog.DiscardHandler)}, []Route{
		{"GET", "/sach", "book.read", say, 0, nil}, {"POST", "/sach", "book.read", say, 0, nil}, {"GET", "/kho", "book.write", say, 0, nil},
		{"GET", "/api/v1/sach", "book.read", say, 0, nil},
		{"GET", "/no", Public, func(*Request) error { panic("bom") }, 0, nil},
		{"GET", "/hong", Public, func(*Request) error { return fmt.Errorf("disk on fire at sector 7") }, 0, nil},
		{"GET", "/xung-dot", Public, func(*Request) error { return fault.New(fault.Conflict, "web.no_page") }, 0, nil},
	})
}

func ask(s *Site, method, path string, set ...func(*http.Request)) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for _, f := range set {
		f(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func cookie(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhoMayOpenWhat(t *testing.T) {
	s := site(t)
	khai, bearer := cookie("trucot", "khai"), header("Authorization", "Bearer khai")
	for _, c := range []struct {
		method, path string
		with         func(*http.Request)
		want         int
	}{
		{"GET", "/sach", khai, 200},
		{"GET", "/sach", cookie("trucot", "ai-do"), 303},
		{"POST", "/sach", cookie("x", "y"), 401},
		{"GET", "/kho", khai, 403},
		{"GET", "/api/v1/sach", bearer, 200},
		{"GET", "/api/v1/sach", khai, 401}, // a page's cookie never opens the API
		{"GET", "/sach", bearer, 303},      // nor a token a page
		{"GET", "/khong-co", khai, 404},
		{"GET", "/no", khai, 500},
		{"GET", "/hong", khai, 500},
		{"GET", "/xung-dot", khai, 409},
	} {
		if got := ask(s, c.method, c.path, c.with).StatusCode; got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
	if to := ask(s, "GET", "/sach?x=1").Header.Get("Location"); to != "/dang-nhap?toi=%2Fsach%3Fx%3D1" {
		t.Error("after log-in the reader would not come back:", to)
	}
}

// Whoever is not signed in is not led to a page that asks them to sign in.
func TestAFaultStandsInTheFrameOfWhoeverAsked(t *testing.T) {
	s := site(t)
	for _, c := range []struct {
		who    string
		public bool
	}{{"khai", false}, {"ai-do", true}} {
		page := body(t, ask(s, "GET", "/khong-co", cookie("trucot", c.who)))
		if got := strings.Contains(page, `<body class="ct-body">`) && strings.Contains(page, `href="/dich-vu"`); got != c.public {
			t.Errorf("%s gets the public frame: %v", c.who, got)
		}
	}
}

func TestEveryRouteHasAPermission(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a route without a permission was accepted")
		}
	}()
	NewSite(Options{Catalog: lang.NewCatalog()}, []Route{{Method: "GET", Pattern: "/mo", Handler: notFound}})
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	s := site(t)
	for _, path := range []string{"/sach", "/khong-co", "/no", "/api/v1/sach", s.assets.URL(styleName)} {
		h := ask(s, "GET", path).Header
		if p := h.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", path, p)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: headers missing", path)
		}
	}
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	s := site(t)
	khai := cookie("trucot", "khai")
	for _, c := range []struct {
		name string
		set  func(*http.Request)
		want int
	}{
		{"same origin", header("Sec-Fetch-Site", "same-origin"), 200},
		{"other site", header("Sec-Fetch-Site", "cross-site"), 403},
		{"old browser, other origin", header("Origin", "https://xau.example"), 403},
		{"old browser, same origin", header("Origin", "http://example.com"), 200},
	} {
		if got := ask(s, "POST", "/sach", khai, c.set).StatusCode; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestInternalsAreNeverShown(t *testing.T) {
	s := site(t)
	for _, path := range []string{"/hong", "/no"} {
		if b := body(t, ask(s, "GET", path)); strings.Contains(b, "sector") || strings.Contains(b, "bom") || !strings.Contains(b, "Máy chủ gặp lỗi") {
			t.Errorf("%s: %s", path, b)
		}
	}
}

func TestAPIErrorsAreProblems(t *testing.T) {
	r := ask(site(t), "GET", "/api/v1/sach", header("Accept-Language", "en-GB"))
	var p Problem
	if err := json.Unmarshal([]byte(body(t, r)), &p); err != nil || p.Code != "web.unknown_reader" || p.Status != 401 || !strings.HasPrefix(p.Detail, "Log in") {
		t.Errorf("%+v %v", p, err)
	}
	if r.Header.Get("Content-Type") != "application/problem+json" || r.Header.Get("WWW-Authenticate") == "" {
		t.Error(r.Header)
	}
}

func TestLanguageAndThemeNeedNoScript(t *testing.T) {
	s := site(t)
	post := func(values url.Values) *http.Response {
		r := httptest.NewRequest("POST", "/tuy-chon", strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Result()
	}
	r := post(url.Values{"ngon-ngu": {"en"}, "giao-dien": {"dark"}, "ve": {"/sach?q=1"}})
	if r.StatusCode != 303 || r.Header.Get("Location") != "/sach?q=1" || len(r.Cookies()) != 2 {
		t.Fatal(r.StatusCode, r.Header)
	}
	page := body(t, ask(s, "GET", "/khong-co", cookie("kh-lang", "en"), cookie("kh-theme", "dark")))
	if !strings.Contains(page, `lang="en" data-theme="dark"`) || !strings.Contains(page, "Not found") {
		t.Error(page)
	}
	if r := post(url.Values{"ngon-ngu": {"xx"}, "giao-dien": {"neon"}, "ve": {"//xau.example"}}); len(r.Cookies()) != 0 || r.Header.Get("Location") != "/" {
		t.Error("nonsense was kept:", r.Header)
	}
}

func TestAssetsAreCompressedAndKept(t *testing.T) {
	s := site(t)
	at := s.assets.URL(styleName)
	for _, c := range []struct{ accept, encoding string }{{"gzip, deflate, br", "br"}, {"gzip", "gzip"}, {"", ""}} {
		r := ask(s, "GET", at, header("Accept-Encoding", c.accept))
		if r.StatusCode != 200 || r.Header.Get("Content-Encoding") != c.encoding || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%q: %d %v", c.accept, r.StatusCode, r.Header)
		}
		if n := len(body(t, r)); n > 110_000 && c.encoding != "" {
			t.Errorf("%s form is %d bytes", c.encoding, n)
		}
	}
	tag := ask(s, "GET", at).Header.Get("Etag")
	if got := ask(s, "GET", at, header("If-None-Match", tag)).StatusCode; got != 304 {
		t.Error(got)
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{"/ho-so?q=a": "/ho-so?q=a", "": "/", "ho-so": "/", "//x.example/": "/", "https://x.example/": "/", `/\x.example`: "/", "/a\r\nb": "/"} {
		if got := LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/", "//a", "/%2f/b", "http:a", "/\\a"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://trucot.example/x")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := base.Parse(LocalPath(s))
		if err != nil || u.Host != base.Host {
			t.Errorf("%q leads to %v, %v", s, u, err)
		}
	})
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Nguyễn Thị Minh Khai": "MK", "Đỗ Mạnh Cường": "MC", "đạt": "Đ", "Trần Văn Hùng (mẫu)": "VH", "": ""} {
		if got := Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestTheLogNamesTheRouteNotTheAddress: an address may carry a secret, as that of a calendar does.
func TestTheLogNamesTheRouteNotTheAddress(t *testing.T) {
	var log bytes.Buffer
	fails := func(*Request) error { return fmt.Errorf("disk on fire") }
	panics := func(*Request) error { panic("bom") }
	s := NewSite(Options{Catalog: lang.NewCatalog(lang.OwnTexts(), Texts()), Auth: door{}, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, []Route{
		{Method: "GET", Pattern: "/lich/{ma}", Permission: Public, Handler: fails}, {Method: "GET", Pattern: "/hong/{ma}", Permission: Public, Handler: panics}})
	for _, path := range []string{"/lich/SECRET?t=SECRET", "/hong/SECRET", "/khong-co/SECRET"} {
		ask(s, "GET", path)
	}
	if text := log.String(); strings.Contains(strings.ReplaceAll(text, "runtime/debug", ""), "SECRET") || !strings.Contains(text, "GET /lich/{ma}") || !strings.Contains(text, "GET /hong/{ma}") {
		t.Errorf("the log says:\n%s", text)
	}
}
