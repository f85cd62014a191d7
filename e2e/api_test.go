package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// caller speaks to the API with one account's token.
type caller struct {
	t     *testing.T
	url   string
	token string
}

func (a *agency) caller(t *testing.T, account string, scopes ...web.Permission) caller {
	t.Helper()
	_, token, err := a.People.NewToken(context.Background(), account, "test", scopes, time.Hour)
	must(t, err)
	return caller{t, a.url, token}
}

// call sends a request and decodes the answer; header is name, value pairs.
func (c caller) call(method, path, body string, header ...string) (int, http.Header, map[string]any) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	must(c.t, err)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	must(c.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(c.t, err)
	out := map[string]any{}
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&out); err != nil {
		c.t.Fatalf("%s %s answers %d with no JSON: %.200s", method, path, resp.StatusCode, raw)
	}
	return resp.StatusCode, resp.Header, out
}

func TestTransitionsThroughTheAPI(t *testing.T) {
	a := start(t)
	at := "/api/v1/ho-so/" + a.code(25) // filed and received, not yet assigned
	head := a.caller(t, "khai")
	status, h, d := head.call("GET", at, "")
	if status != 200 || d["state"] != "da_tiep_nhan" || h.Get("Etag") != fmt.Sprintf(`"%v"`, d["version"]) {
		t.Fatal(status, h, d)
	}
	before := a.Ledger.Head()
	for _, c := range []struct {
		name, token, path, body string
		header                  []string
		want                    int
		code                    string
	}{
		{"no token", "-", at + "/phan_cong", "{}", nil, 401, "web.unknown_reader"},
		{"a viewer", a.caller(t, "xem").token, at + "/phan_cong", "{}", nil, 403, "web.forbidden"},
		{"a token without the scope", a.caller(t, "khai", people.ReadDossiers).token, at + "/phan_cong", "{}", nil, 403, "web.forbidden"},
		{"another's step", a.caller(t, "hung").token, at + "/phan_cong", "{}", nil, 403, "dossiers.not_your_step"},
		{"a step of another state", head.token, at + "/ky", "{}", nil, 422, "dossier.not_from_state"},
		{"an unknown step", head.token, at + "/phan_cung", "{}", nil, 404, "dossier.unknown_action_near"},
		{"an unknown dossier", head.token, "/api/v1/ho-so/khong-co/phan_cong", "{}", nil, 404, "dossiers.unknown"},
		{"broken JSON", head.token, at + "/phan_cong", `{"note":`, nil, 422, "web.bad_json"},
		{"an unknown key", head.token, at + "/phan_cong", `{"ghi_chu":"x"}`, nil, 422, "web.bad_json"},
		{"a stale version", head.token, at + "/phan_cong", "{}", []string{"If-Match", `"1"`}, 409, "dossier.changed"},
		{"a day to come", head.token, at + "/phan_cong", `{"on":"2031-01-01"}`, nil, 422, "dossier.future"},
		{"too much", head.token, at + "/phan_cong", `{"note":"` + strings.Repeat("x", 2<<20) + `"}`, nil, 413, "web.body_too_large"},
	} {
		who := caller{t, a.url, strings.TrimPrefix(c.token, "-")}
		if status, h, p := who.call("POST", c.path, c.body, c.header...); status != c.want || p["code"] != c.code || h.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v, want %d %s", c.name, status, p, c.want, c.code)
		}
	}
	if a.Ledger.Head() != before {
		t.Fatal("a refused step was recorded")
	}
	body := `{"assignee":"hung","note":"giao việc"}`
	status, h, d = head.call("POST", at+"/phan_cong", body, "Idempotency-Key", "k1", "If-Match", h.Get("Etag"))
	if status != 200 || d["state"] != "dang_xu_ly" || d["assignee"] != "hung" {
		t.Fatal(status, d)
	}
	after := a.Ledger.Head()
	if status, again, same := head.call("POST", at+"/phan_cong", body, "Idempotency-Key", "k1"); status != 200 || again.Get("Etag") != h.Get("Etag") || same["state"] != "dang_xu_ly" {
		t.Error("the same key again:", status, same)
	}
	for _, other := range []string{at + "/phan_cong " + `{"assignee":"hung"}`, at + "/trinh " + body} {
		path, body, _ := strings.Cut(other, " ")
		if status, _, p := head.call("POST", path, body, "Idempotency-Key", "k1"); status != 422 || p["code"] != "ledger.key_other" {
			t.Errorf("another request under the key, %s, answers %d %v", other, status, p)
		}
	}
	if a.Ledger.Head() != after {
		t.Error("a repeated key was recorded twice")
	}
	if _, _, p := head.call("POST", at+"/phan_cong", "{}", "Accept-Language", "en"); !strings.HasPrefix(fmt.Sprint(p["detail"]), "“Assign”") && !strings.Contains(fmt.Sprint(p["detail"]), "Assign") {
		t.Error("the reader's language is not spoken:", p["detail"])
	}
}

// TestEveryRouteIsGuarded asks for every route without an account and as one who may only read: the first
// is always turned away from what is not public, and nothing ever answers with an internal error.
func TestEveryRouteIsGuarded(t *testing.T) {
	a := start(t)
	site := a.Site(context.Background(), siteOptions)
	viewer := a.session(t, "xem")
	for _, rt := range site.Routes() {
		path := strings.NewReplacer("{code}", a.code(3), "{action}", "tiep_nhan", "{id}", "dossier.received", "{position}", "3", "{$}", "",
			"{regime}", "tong-ket-nam", "{period}", "2020", "{kind}", "docx").Replace(rt.Pattern)
		anonymous, known := a.ask(t, rt.Method, path, nil), a.ask(t, rt.Method, path, viewer)
		if rt.Permission != web.Public && anonymous != 401 && anonymous != 303 {
			t.Errorf("%s %s answers %d to nobody", rt.Method, path, anonymous)
		}
		if known >= 500 {
			t.Errorf("%s %s answers %d to a viewer", rt.Method, path, known)
		}
		if rt.Method == "POST" && rt.Permission != web.Public && rt.Permission != web.SignedIn && known != 403 && known != 401 {
			t.Errorf("%s %s answers %d to one who may only read", rt.Method, path, known)
		}
	}
}

// TestThePartySideIsApart: reports of the Party are not found by readers without its permission.
func TestThePartySideIsApart(t *testing.T) {
	a := start(t)
	khai := a.session(t, "khai")
	if got := a.ask(t, "GET", "/bao-cao/dang-tong-ket/2020", khai); got != 403 {
		t.Errorf("the Party's report answers %d to a state leader", got)
	}
	must(t, a.People.GrantRole(context.Background(), people.By{Actor: "test"}, "khai", people.Grant{Role: people.PartyOffice, Unit: "so"}))
	if got := a.ask(t, "GET", "/bao-cao/dang-tong-ket/2020", khai); got != 200 {
		t.Errorf("it answers %d to the Party's office", got)
	}
}

// session logs an account in and gives its cookie.
func (a *agency) session(t *testing.T, account string) *http.Cookie {
	t.Helper()
	path, _, err := a.People.NewLink(context.Background(), account)
	must(t, err)
	session, err := a.People.UseLink(context.Background(), path[len("/vao?t="):], people.Visit{})
	must(t, err)
	return &http.Cookie{Name: "trucot", Value: session}
}

func (a *agency) ask(t *testing.T, method, path string, session *http.Cookie) int {
	t.Helper()
	r, err := http.NewRequest(method, a.url+path, nil)
	must(t, err)
	if session != nil {
		r.AddCookie(session)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

// TestAFrozenReportAndWhatChangedSince freezes a report from its page, downloads the same bytes twice, and
// sees a late entry named.
func TestAFrozenReportAndWhatChangedSince(t *testing.T) {
	a := start(t)
	khai := a.session(t, "khai")
	const page = "/bao-cao/tong-ket-nam/2020"
	if got := a.ask(t, "POST", page+"/chot", khai); got != 303 {
		t.Fatalf("freezing answers %d", got)
	}
	first, again := a.read(t, page+"/tai/docx?xem=chot", khai), a.read(t, page+"/tai/docx?xem=chot", khai)
	if len(first) < 1000 || first != again {
		t.Errorf("the frozen file is not the same twice: %d and %d bytes", len(first), len(again))
	}
	if text := a.read(t, page, khai); !strings.Contains(text, "không có số nào thay đổi") {
		t.Error("a report just frozen does not say that nothing changed")
	}
	late(t, a)
	text := a.read(t, page, khai)
	if !strings.Contains(text, "số đã thay đổi so với báo cáo") || !strings.Contains(text, "Hồ sơ tiếp nhận, năm 2020") {
		t.Error("the late entry is not named")
	}
	if first != a.read(t, page+"/tai/docx?xem=chot", khai) {
		t.Error("a late entry changed the frozen file")
	}
}

// late records a dossier received inside the frozen year, after the freeze.
func late(t *testing.T, a *agency) {
	t.Helper()
	ctx, on := context.Background(), calendar.MustParse("2020-06-01")
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: on, Actor: "khai", Unit: "qlcn", Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Ghi muộn (mẫu)", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}})
	must(t, err)
	_, err = a.Dossiers.Act(ctx, dossier.Act{Code: d.Code, Action: "tiep_nhan", On: on, Actor: "khai"})
	must(t, err)
}

func (a *agency) read(t *testing.T, path string, session *http.Cookie) string {
	t.Helper()
	r, err := http.NewRequest("GET", a.url+path, nil)
	must(t, err)
	r.AddCookie(session)
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s answers %d", path, resp.StatusCode)
	}
	return string(b)
}
