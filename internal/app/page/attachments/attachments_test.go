package attachments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/app/page/attachments"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/document/read"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
)

// reader is an identity: the account's name is the unit that it may do anything in, "xem-…" may only look.
type reader string

func (r reader) Account() string { return string(r) }
func (r reader) Name() string    { return string(r) }
func (r reader) Can(p web.Permission, unit string) bool {
	looks, only := strings.CutPrefix(string(r), "xem-")
	return unit == looks && (p == "row.read" || !only)
}

type gate struct{}

func (gate) Session(_ context.Context, token string) (web.Identity, error) {
	return reader(token), nil
}
func (gate) Bearer(context.Context, string) (web.Identity, error) { return nil, nil }

// site serves files of rows "row/<unit>-<n>", which exist for the units a and b.
type site struct {
	t      *testing.T
	files  *attachment.Engine
	h      http.Handler
	opened []string
	log    error
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t}
	ctx, folder := context.Background(), t.TempDir()
	db, err := store.Open(ctx, filepath.Join(folder, "db"))
	must(t, err)
	t.Cleanup(func() { db.Close() })
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), attachment.Fold()}})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(ctx, db, l, people.Options{})
	must(t, err)
	plain := func(_ context.Context, s string) (string, error) { return s[len("sealed "):], nil }
	s.files = attachment.New(l, db, blob.NewDisk(folder), attachment.Options{Folder: folder,
		Rules:  func() (*attachment.Rules, error) { return attachment.Load(definitions.Files) },
		Person: func(owner string) string { return strings.TrimPrefix(owner, "row/") },
		Seal:   func(_ context.Context, _, s string) (string, error) { return "sealed " + s, nil }, Open: plain})
	pages := attachments.New(attachments.Options{Files: s.files, Who: who, Opened: func(r *web.Request, f *attachment.File, unit string, sent bool) error {
		s.opened = append(s.opened, fmt.Sprint(r.Actor(), " ", f.ID, " in ", unit, " ", sent))
		return s.log
	}, Kinds: map[string]attachments.Kind{"row": {Read: "row.read", Add: []web.Permission{"row.add"}, Find: func(_ context.Context, id string) (attachments.Row, error) {
		unit, _, ok := strings.Cut(id, "-")
		if !ok || unit != "a" && unit != "b" {
			return attachments.Row{}, fault.New(fault.NotFound, "row.not_found")
		}
		return attachments.Row{Unit: unit, Title: "Dòng " + id, Path: "/dong/" + id}, nil
	}}}})
	words := lang.NewCatalog(lang.OwnTexts(), web.Texts(), store.Texts(), attachment.Texts(), attachments.Texts(), read.Texts())
	s.h = web.NewSite(web.Options{Catalog: words, Auth: gate{}, Log: slog.New(slog.DiscardHandler), Clock: time.Now,
		Agency: func(lang.Tag) string { return "Sở mẫu" }}, pages.Routes())
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask makes a request; headers are name, value pairs.
func (s *site) ask(who, method, path string, body io.Reader, headers ...string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequest(method, path, body)
	r.AddCookie(&http.Cookie{Name: "trucot", Value: who})
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return string(b)
}

// send hands files in by the plain form.
func (s *site) send(who, owner string, files ...string) *http.Response {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	must(s.t, w.WriteField("noi", owner))
	must(s.t, w.WriteField("muc", "don"))
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.CreateFormFile("tep", files[i])
		must(s.t, err)
		_, err = io.WriteString(f, files[i+1])
		must(s.t, err)
	}
	must(s.t, w.Close())
	return s.ask(who, "POST", "/tep", &b, "Content-Type", w.FormDataContentType())
}

const pdf = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

// file hands one in and gives its address.
func (s *site) file(owner, name, content string) string {
	s.t.Helper()
	if got := s.send("a", owner, name, content); got.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("%d\n%s", got.StatusCode, text(s.t, got))
	}
	list, err := s.files.List(context.Background(), owner)
	must(s.t, err)
	i := slices.IndexFunc(list, func(f *attachment.File) bool { return f.Name == name })
	return attachments.Path(list[i])
}

func TestAFormTakesFilesAndTellsWhatIsWrong(t *testing.T) {
	s := newSite(t)
	if got := s.send("a", "row/a-1", "Đơn.pdf", pdf, "ghi.txt", "chữ"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/dong/a-1?da=luu#tep" {
		t.Errorf("%d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	list, err := s.files.List(context.Background(), "row/a-1")
	must(t, err)
	if len(list) != 2 || list[0].Slot != "don" || list[0].Unit != "a" || list[0].Actor != "a" {
		t.Errorf("%+v", list)
	}
	for name, c := range map[string]struct{ content, want string }{"x.pdf": {"MZ a program", "chứa chương trình"}, "trống.pdf": {"", "trống"}, "đổi.docx": {pdf, "Đổi đuôi tệp"}} {
		got := s.send("a", "row/a-1", name, c.content)
		if page := text(t, got); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, c.want) || !strings.Contains(page, "Đơn.pdf") {
			t.Errorf("%s: %d\n%s", name, got.StatusCode, page)
		}
	}
	if got := s.send("a", "row/a-1"); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text(t, got), "Chưa chọn tệp") {
		t.Error("no file is not told")
	}
	if got := s.ask("a", "POST", "/tep", strings.NewReader("noi=row/a-1"), "Content-Type", "application/x-www-form-urlencoded"); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a form of another kind: %d", got.StatusCode)
	}
}

// What belongs to another unit reads like what is not there, whatever is asked; who may only look changes nothing.
func TestReach(t *testing.T) {
	s := newSite(t)
	at := s.file("row/a-1", "Đơn.pdf", pdf)
	begun := s.ask("a", "POST", "/tai-len", strings.NewReader(url.Values{"noi": {"row/a-1"}, "ten": {"b.pdf"}, "co": {"9"}}.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	upload := begun.Header.Get("Location")
	for _, c := range []struct {
		who, method, path, body string
		want                    int
	}{
		{"b", "GET", at, "", 404}, {"b", "GET", at + "/noi-dung", "", 404}, {"b", "GET", at + "/anh-nho", "", 404}, {"b", "POST", at + "/rut", "ly-do=x", 404},
		{"b", "GET", "/tep?noi=row/a-1", "", 404}, {"b", "GET", "/tep?noi=row/c-1", "", 404}, {"b", "GET", "/tep?noi=other/1", "", 404}, {"b", "GET", "/tep", "", 404},
		{"b", "POST", "/tai-len", "noi=row/a-1&ten=a.pdf&co=3", 404}, {"b", "HEAD", upload, "", 404}, {"b", "PATCH", upload, "", 404}, {"b", "POST", upload + "/bo", "", 404},
		{"xem-a", "GET", at, "", 200}, {"xem-a", "GET", at + "/noi-dung", "", 200}, {"xem-a", "POST", at + "/rut", "ly-do=x", 403},
		{"xem-a", "POST", "/tai-len", "noi=row/a-1&ten=a.pdf&co=3", 403},
		{"a", "GET", "/tep/none", "", 404}, {"a", "GET", at + "/anh-nho", "", 404},
	} {
		if got := s.ask(c.who, c.method, c.path, strings.NewReader(c.body), "Content-Type", "application/x-www-form-urlencoded"); got.StatusCode != c.want {
			t.Errorf("%s %s answers %d to %s, not %d", c.method, c.path, got.StatusCode, c.who, c.want)
		}
	}
	for _, who := range []string{"b", "xem-a"} {
		if got := s.send(who, "row/a-1", "x.pdf", pdf+"%"); got.StatusCode != 404 && got.StatusCode != 403 {
			t.Errorf("%s hands in: %d", who, got.StatusCode)
		}
	}
	hidden, none := text(t, s.ask("b", "GET", at, nil)), text(t, s.ask("b", "GET", "/tep/none", nil))
	if strings.ReplaceAll(hidden, at, "") != strings.ReplaceAll(none, "/tep/none", "") {
		t.Error("a hidden file reads otherwise than none")
	}
	if strings.Contains(text(t, s.ask("xem-a", "GET", at, nil)), "/rut") {
		t.Error("who may only look is offered to withdraw")
	}
}

// A file is given out with headers under which it can do nothing, whole, in ranges and not again.
func TestHowAFileIsGivenOut(t *testing.T) {
	s := newSite(t)
	note, paper := s.file("row/a-1", "ghi chú.txt", "<script>alert(1)</script> chữ"), s.file("row/a-1", "Đơn.pdf", pdf)
	got := s.ask("a", "GET", note+"/noi-dung", nil)
	for name, want := range map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": "inline; filename*=utf-8''ghi%20ch%C3%BA.txt"} {
		if h := got.Header.Get(name); h != want {
			t.Errorf("%s: %q", name, h)
		}
	}
	if csp := got.Header.Values("Content-Security-Policy"); len(csp) != 1 || !strings.Contains(csp[0], "sandbox") || !strings.Contains(csp[0], "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	if d := s.ask("a", "GET", paper+"/noi-dung?tai=1", nil).Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("download as %q", d)
	}
	part := s.ask("a", "GET", paper+"/noi-dung", nil, "Range", "bytes=1-3")
	if body := text(t, part); part.StatusCode != http.StatusPartialContent || body != "PDF" {
		t.Errorf("%d %q", part.StatusCode, body)
	}
	if again := s.ask("a", "GET", paper+"/noi-dung", nil, "If-None-Match", part.Header.Get("Etag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the same again: %d", again.StatusCode)
	}
}

// Each opening of a person's file is told before anything is given out, and none is given out untold.
func TestOpeningsAreTold(t *testing.T) {
	s := newSite(t)
	at := s.file("row/a-1", "Đơn.pdf", pdf)
	s.ask("a", "GET", "/tep?noi=row/a-1", nil)
	s.ask("b", "GET", at+"/noi-dung", nil)
	if len(s.opened) != 0 {
		t.Errorf("a list or a refusal is no opening: %v", s.opened)
	}
	s.ask("xem-a", "GET", at, nil)
	s.ask("a", "GET", at+"/noi-dung", nil)
	id := strings.TrimPrefix(at, "/tep/")
	if want := []string{"xem-a " + id + " in a false", "a " + id + " in a true"}; !slices.Equal(s.opened, want) {
		t.Errorf("%v, want %v", s.opened, want)
	}
	s.log = errors.New("the log is full")
	for _, path := range []string{at, at + "/noi-dung"} {
		if got := s.ask("a", "GET", path, nil); got.StatusCode != http.StatusInternalServerError || strings.Contains(text(t, got), "%PDF") {
			t.Errorf("%s is given out untold: %d", path, got.StatusCode)
		}
	}
}

// A withdrawn file keeps its page with the reason and gives out nothing.
func TestAWithdrawnFile(t *testing.T) {
	s := newSite(t)
	at := s.file("row/a-1", "Đơn.pdf", pdf)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	if got := s.ask("a", "POST", at+"/rut", strings.NewReader("ly-do="), form...); got.StatusCode != 422 || !strings.Contains(text(t, got), "Thiếu lý do") {
		t.Errorf("without a reason: %d", got.StatusCode)
	}
	if got := s.ask("a", "POST", at+"/rut", strings.NewReader("ly-do=nhầm"), form...); got.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", got.StatusCode)
	}
	if got := s.ask("a", "GET", at+"/noi-dung", nil); got.StatusCode != 404 {
		t.Errorf("%d", got.StatusCode)
	}
	if page := text(t, s.ask("a", "GET", at, nil)); !strings.Contains(page, "nhầm") || strings.Contains(page, "/noi-dung") {
		t.Error("the page of a withdrawn file")
	}
}

// A table is shown as one, its middle cut off where it is long; a broken file says why it is not shown.
func TestPreviews(t *testing.T) {
	s := newSite(t)
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "dòng %d,%d\n", i, i)
	}
	page := text(t, s.ask("a", "GET", s.file("row/a-1", "bảng.csv", b.String()), nil))
	if !strings.Contains(page, "<td>dòng 199</td>") || strings.Contains(page, "dòng 200") || !strings.Contains(page, "Chỉ hiện phần đầu") {
		t.Error("the table is not shown, or not cut")
	}
	if page := text(t, s.ask("a", "GET", s.file("row/a-1", "ghi.txt", "một <b>dòng</b>"), nil)); !strings.Contains(page, "một &lt;b&gt;dòng") {
		t.Error("the text is not shown as text")
	}
}

// The pieces of a file, their places, and what is said when they do not fit.
func TestAFileInPieces(t *testing.T) {
	s := newSite(t)
	begin := func(name string, size int) *http.Response {
		return s.ask("a", "POST", "/tai-len", strings.NewReader(url.Values{"noi": {"row/a-1"}, "muc": {"don"}, "ten": {name}, "co": {strconv.Itoa(size)}}.Encode()),
			"Content-Type", "application/x-www-form-urlencoded")
	}
	var told struct{ Text, Path string }
	if got := begin("x.exe", 5); got.StatusCode != 422 || json.NewDecoder(got.Body).Decode(&told) != nil || !strings.Contains(told.Text, "chương trình") {
		t.Errorf("%d %q", got.StatusCode, told.Text)
	}
	at := begin("Đơn.pdf", len(pdf)).Header.Get("Location")
	patch := func(offset int, piece string) *http.Response {
		return s.ask("a", "PATCH", at, strings.NewReader(piece), "Upload-Offset", strconv.Itoa(offset))
	}
	if got := patch(0, pdf[:10]); got.StatusCode != http.StatusNoContent || got.Header.Get("Upload-Offset") != "10" {
		t.Errorf("%d at %s", got.StatusCode, got.Header.Get("Upload-Offset"))
	}
	if got := patch(0, pdf); got.StatusCode != http.StatusConflict || got.Header.Get("Upload-Offset") != "10" {
		t.Errorf("a piece in the wrong place: %d at %s", got.StatusCode, got.Header.Get("Upload-Offset"))
	}
	if got := s.ask("a", "HEAD", at, nil); got.StatusCode != http.StatusNoContent || got.Header.Get("Upload-Offset") != "10" || got.Header.Get("Upload-Length") != strconv.Itoa(len(pdf)) {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	if page := text(t, s.ask("a", "GET", "/tep?noi=row/a-1", nil)); !strings.Contains(page, "Đang tải dở") {
		t.Error("the unfinished upload is not listed")
	}
	got := patch(10, pdf[10:])
	if got.StatusCode != http.StatusCreated || json.NewDecoder(got.Body).Decode(&told) != nil || !strings.HasPrefix(told.Path, "/tep/") {
		t.Fatalf("%d %+v", got.StatusCode, told)
	}
	if body := text(t, s.ask("a", "GET", told.Path+"/noi-dung", nil)); body != pdf {
		t.Errorf("%q", body)
	}
	if got := patch(len(pdf), ""); got.StatusCode != http.StatusCreated {
		t.Errorf("the last answer was lost and asked for again: %d", got.StatusCode)
	}
	at = begin("b.pdf", 20).Header.Get("Location")
	if got := s.ask("a", "POST", at+"/bo", nil); got.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", got.StatusCode)
	}
	if got := s.ask("a", "HEAD", at, nil); got.StatusCode != http.StatusNotFound {
		t.Errorf("dropped and still there: %d", got.StatusCode)
	}
}
