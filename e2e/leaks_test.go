package e2e

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// heard keeps what goes out somewhere.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

// mails keeps the letters by whom they go to.
type mails struct {
	heard
	to []string
}

func (m *mails) Send(_ context.Context, to, subject, text, id string) error {
	m.to = append(m.to, to)
	_, err := io.WriteString(m, subject+"\n"+text+"\n"+id+"\n")
	return err
}

// secrets are what a citizen says of themself, as it may be written anywhere.
var secrets = []string{"Bệnh viện Lộ Diện", "Người Kín Tiếng", "001122334455", "0987654321", "987654321", "+84987654321", "kin.tieng@dan.example"}

// TestACitizensLifeLeaksNowhere files, supplements and finishes a dossier as a citizen whose every fact is known, and looks for
// those in all logs, letters, webhooks and pages that anybody may open.
func TestACitizensLifeLeaksNowhere(t *testing.T) {
	var logs, hooks, pages heard
	was := slog.Default()
	log := slog.New(slog.NewJSONHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	slog.SetDefault(log)
	t.Cleanup(func() { slog.SetDefault(was) })
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = r.Write(&hooks) }))
	t.Cleanup(receiver.Close)
	options := siteOptions
	options.Log = log
	a, letters := startWith(t, options), &mails{}
	a.Notify.Reach(notify.Outside{Mail: letters, Base: "https://so.example.gov.vn", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	must(t, a.People.GrantRole(t.Context(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}, "khai", people.Grant{Role: people.Leader, Unit: people.Everywhere}))
	_, _, err := a.Notify.AddHook(t.Context(), "khai", receiver.URL, []string{"*"})
	must(t, err)
	must(t, a.Notify.Step(t.Context()))

	jar, err := cookiejar.New(nil)
	must(t, err)
	citizen := reader{t, a.url, &http.Client{Jar: jar}}
	code := lodge(t, a, citizen)
	for _, act := range []dossier.Act{{Action: "yeu_cau_bo_sung", Fields: map[string]any{"ly_do": "Thiếu phiếu khai báo"}}, {Action: "nop_bo_sung", Role: "nguoi_nop", Documents: []string{"don"}}, {Action: "tiep_nhan"}, {Action: "dung", Fields: map[string]any{"ly_do": "Cơ sở ngừng hoạt động"}}} {
		act.Code, act.On, act.Actor = code, calendar.NoDate, "khai"
		if _, err := a.Dossiers.Act(t.Context(), act); err != nil {
			t.Fatal(act.Action, a.Catalog.Error("vi", err))
		}
		must(t, a.Notify.Step(t.Context()))
	}
	if status, _ := citizen.post("/tra-cuu", url.Values{"ma": {code}, "kiem-tra": {"4321"}}); status != http.StatusOK {
		t.Errorf("who filed does not find it: %d", status)
	}
	if status, _ := citizen.post("/tra-cuu", url.Values{"ma": {code}, "kiem-tra": {"sai " + secrets[3]}}); status < 400 {
		t.Error("a wrong fact opens it")
	}
	refuse(t, a, citizen, code)
	for _, path := range []string{"/", "/dich-vu", "/tra-cuu", "/tra-cuu?ma=" + code, "/tra-cuu/ho-so", "/tin-tuc", "/ledger/checkpoint", "/tim?q=" + url.QueryEscape(secrets[0])} {
		_, page := reader{t, a.url, &http.Client{}}.get(path)
		_, _ = pages.Write([]byte(path + page))
	}
	if len(letters.to) != 4 {
		t.Errorf("%d letters: %s", len(letters.to), letters.text())
	}
	for _, to := range letters.to {
		if to != "kin.tieng@dan.example" {
			t.Errorf("a letter goes to %s", to)
		}
	}
	for _, route := range refusedRoutes {
		if !strings.Contains(logs.text(), `"route":"`+route+`"`) {
			t.Errorf("the logs do not speak of %s, which was refused: %s", route, logs.text())
		}
	}
	for _, kind := range []string{"dossier.submitted", "dossier.supplement_requested", "dossier.received", "dossier.stopped"} {
		if !strings.Contains(hooks.text(), kind) {
			t.Errorf("no webhook speaks of %s", kind)
		}
	}
	for name, said := range map[string]string{"the logs": logs.text(), "letters": letters.text(), "webhooks": hooks.text(), "public pages": strings.ReplaceAll(pages.text(), url.QueryEscape(secrets[0]), "")} {
		if len(said) < 500 {
			t.Errorf("%s say next to nothing: %q", name, said)
		}
		for _, s := range secrets {
			if i := strings.Index(said, s); i >= 0 {
				t.Errorf("%s hold %q: …%s…", name, s, said[max(0, i-120):min(len(said), i+120)])
			}
		}
	}
}

// refusedRoutes are the routes by which refuse is refused in a way that logs tell of.
var refusedRoutes = []string{"POST /api/v1/tra-cuu/cau-hoi", "POST /api/v1/tra-cuu/tra-loi", "GET /tim-kiem"}

// refuse sends what the citizen said of themself where it is refused: as a wrong fact, in the wrong place of a body, as JSON that breaks off,
// and in addresses.
func refuse(t *testing.T, a *agency, citizen reader, code string) {
	t.Helper()
	c := caller{t, a.url, ""}
	for _, s := range secrets {
		quoted := `"` + s + `"`
		for _, body := range []string{`{"code":"` + code + `","fact":"sai ` + s + `"}`, `{"code":` + quoted + `,"fact":[` + quoted + `]}`, `{"fact":` + quoted, `{` + quoted + `:1}`, quoted} {
			for _, path := range []string{"/cau-hoi", "/tra-loi"} {
				if status, _, raw := c.raw("POST", "/api/v1/tra-cuu"+path, body); status < 400 {
					t.Errorf("%s with %s answers %d %s", path, body, status, raw)
				}
			}
		}
		citizen.get("/nop-ho-so/" + url.PathEscape(s))
		citizen.get("/tim-kiem?q=" + url.QueryEscape(s))
		citizen.get("/tra-cuu?ma=" + url.QueryEscape(s))
		citizen.post("/tra-cuu", url.Values{"ma": {s}, "kiem-tra": {s}, s: {s}})
	}
}

// lodge files a licence on the public pages and gives the dossier's code.
func lodge(t *testing.T, a *agency, citizen reader) string {
	t.Helper()
	resp, err := citizen.c.PostForm(a.url+"/nop-ho-so", url.Values{"thu-tuc": {"radiation_work_licence"}})
	must(t, err)
	resp.Body.Close()
	at := resp.Request.URL.Path
	for _, step := range []struct {
		key string
		in  url.Values
	}{
		{"nguoi-nop", url.Values{"dien-thoai": {"sai " + secrets[3]}, "thu-dien-tu": {"kin.tieng@dan.example"}}}, // refused
		{"nguoi-nop", url.Values{"f.co_so": {secrets[0]}, "dien-thoai": {"+84 987 654 321"}, "so-dinh-danh": {secrets[2]}, "thu-dien-tu": {"kin.tieng@dan.example"}}},
		{"muc-noi_dung", url.Values{"f.noi_dung": {"Cấp phép máy X-quang (mẫu)"}}}, {"muc-loai", url.Values{"f.loai": {"cap_moi"}}},
		{"muc-cong_viec", url.Values{"f.cong_viec": {"x_quang_y_te"}}}, {"muc-so_thiet_bi", url.Values{"f.so_thiet_bi": {"2"}}},
		{"muc-nguoi_phu_trach", url.Values{"f.nguoi_phu_trach": {secrets[1]}}}, {"muc-thiet_bi", url.Values{"r.thiet_bi.0.ky_hieu": {"XG-1"}}},
		{"giay-don", url.Values{"cach": {"later"}}},
	} {
		citizen.post(at+"/"+step.key, step.in)
	}
	must(t, a.Notify.Step(t.Context()))
	if status, page := citizen.post(at+"/gui", url.Values{"cam-doan": {"1"}}); status != http.StatusOK {
		t.Fatal(status, page)
	}
	rows, _, err := a.Dossiers.List(t.Context(), dossier.Filter{Procedure: "radiation_work_licence", Overdue: calendar.NoDate, Limit: 1})
	must(t, err)
	if len(rows) != 1 {
		t.Fatal("no dossier was filed")
	}
	return rows[0].Code
}
