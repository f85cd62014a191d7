package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/report"
)

const (
	partySecret = "Hạn chế riêng của đảng uỷ"
	unitSecret  = "Hồ sơ của chi cục tdc"
	looseSecret = "Hồ sơ không thuộc phòng nào"
	hostile     = `<img src=x onerror=alert(1)>`
)

// guarded is an agency with a Party unit, somebody in each place, and one thing for each to keep.
func guarded(t *testing.T) (a *agency, paths map[string]string) {
	t.Helper()
	a = start(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	must(t, a.People.OpenUnit(ctx, by, people.Unit{Code: "du", NameVI: "Đảng uỷ Sở", Parent: "so", Side: people.Party}))
	for id, g := range map[string]people.Grant{
		"phong": {Role: people.UnitHead, Unit: "qlcn"}, "dang": {Role: people.PartyOffice, Unit: "du"}, "so": {Role: people.Leader, Unit: "so"},
	} {
		account(t, a.App, id, id)
		must(t, a.People.GrantRole(ctx, by, id, g))
	}
	paths = map[string]string{}
	for name, unit := range map[string]string{unitSecret: "tdc", looseSecret: "", hostile: "qlcn", "Hồ sơ gửi đảng uỷ": "du"} {
		d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: calendar.MustParse("2021-06-10"), Actor: "khai", Unit: unit,
			Fields: map[string]any{"ten_sach": name, "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1}, Documents: []string{"the"}})
		must(t, err)
		paths[name] = "/ho-so/" + d.Code
		paths["event "+name] = fmt.Sprint("/so-cai/", d.Position)
	}
	must(t, a.Reports.AddNote(ctx, "", "2021-H1", report.Note{Kind: "limitation", Side: "party", Text: partySecret}, calendar.MustParse("2021-06-11"), "test"))
	notes, err := a.Reports.Notes(ctx, "", "2021-H1", 0)
	must(t, err)
	paths["note"] = fmt.Sprint("/so-cai/", notes[0].Position)
	must(t, a.Reports.ResolveLimitation(ctx, "", "2021-H1", notes[0].Position, partySecret, calendar.MustParse("2021-06-11"), "test"))
	paths["resolved"] = fmt.Sprint("/so-cai/", a.Ledger.Head())
	_, err = a.Reports.Freeze(ctx, report.Request{Regime: "dang-so-ket", Period: "2021-H1", AsOf: calendar.NoDate}, "test")
	must(t, err)
	paths["frozen"] = fmt.Sprint("/so-cai/", a.Ledger.Head())
	_, err = a.Ledger.Append(ctx, ledger.Command{Stream: "figure/du/x/2021", Expect: ledger.AnyVersion, Actor: "test", Unit: "du",
		Events: []ledger.NewEvent{{Kind: "party.member_admitted", On: calendar.MustParse("2021-06-01"), Data: map[string]any{"dims": map[string]string{}}}}})
	must(t, err)
	paths["party"] = fmt.Sprint("/so-cai/", a.Ledger.Head())
	return a, paths
}

// reader is a browser without a script, logged in.
type reader struct {
	t   *testing.T
	url string
	c   *http.Client
}

func (a *agency) reader(t *testing.T, account string) reader {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	r := reader{t, a.url, &http.Client{Jar: jar}}
	link, _, err := a.People.NewLink(context.Background(), account)
	must(t, err)
	_, token, _ := strings.Cut(link, "t=")
	if status, _ := r.post("/vao", url.Values{"t": {token}}); status != http.StatusOK {
		t.Fatalf("%s cannot log in: %d", account, status)
	}
	if status, _ := r.post("/vao", url.Values{"t": {token}}); status == http.StatusOK {
		t.Errorf("the link of %s works twice", account)
	}
	return r
}

func (r reader) get(path string) (int, string) { return r.read(r.c.Get(r.url + path)) }

func (r reader) post(path string, form url.Values) (int, string) {
	return r.read(r.c.PostForm(r.url+path, form))
}

func (r reader) read(resp *http.Response, err error) (int, string) {
	r.t.Helper()
	must(r.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(r.t, err)
	return resp.StatusCode, string(body)
}

// TestEveryReaderSeesTheirOwn opens what others keep, by its address and through the lists.
func TestEveryReaderSeesTheirOwn(t *testing.T) {
	a, at := guarded(t)
	at["state report"] = "/bao-cao/so-ket-6-thang/2021-H1"
	at["state file"] = "/bao-cao/so-ket-6-thang/2021-H1/tai/docx"
	at["report of qlcn"] = "/bao-cao/so-ket-6-thang/2021-H1?unit=qlcn"
	at["report of tdc"] = "/bao-cao/so-ket-6-thang/2021-H1?unit=tdc"
	at["party report"] = "/bao-cao/dang-so-ket/2021-H1"
	at["frozen party file"] = "/bao-cao/dang-so-ket/2021-H1/tai/docx?xem=chot"
	at["figures of tdc"] = "/so-lieu?unit=tdc"
	at["figures of the Party"] = "/so-lieu?unit=du"
	for _, name := range []string{unitSecret, looseSecret} {
		at["slip of "+name] = at[name] + "/phieu/tiep-nhan.docx"
	}
	party := []string{"note", "resolved", "frozen", "party", "party report", "frozen party file", "figures of the Party", "Hồ sơ gửi đảng uỷ", "event Hồ sơ gửi đảng uỷ"}
	slips := []string{"slip of " + unitSecret, "slip of " + looseSecret}
	others := []string{unitSecret, "event " + unitSecret, looseSecret, "event " + looseSecret, "figures of tdc", "report of tdc", "state report", "state file"}
	for account, c := range map[string]struct{ closed, open []string }{
		"xem":   {party, append(others, "report of qlcn", hostile)},
		"so":    {party, append(others, "report of qlcn", hostile)},
		"phong": {append(append(others, party...), slips...), []string{"report of qlcn", hostile, "event " + hostile}},
		"dang":  {append(others, "report of qlcn", hostile, "event "+hostile, "event Hồ sơ gửi đảng uỷ"), []string{"note", "resolved", "frozen", "party", "party report", "frozen party file", "figures of the Party"}},
	} {
		r := a.reader(t, account)
		for _, name := range c.closed {
			if status, _ := r.get(at[name]); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s opens %s (%s): %d", account, name, at[name], status)
			}
			for _, more := range []string{"/xem", "?ngay=2021-06-12"} {
				if status, _ := r.get(at[name] + more); strings.HasPrefix(at[name], "/ho-so/") && status != http.StatusForbidden && status != http.StatusNotFound {
					t.Errorf("%s opens %s%s: %d", account, at[name], more, status)
				}
			}
		}
		for _, name := range c.open {
			if status, _ := r.get(at[name]); status != http.StatusOK {
				t.Errorf("%s does not open %s (%s): %d", account, name, at[name], status)
			}
		}
		for _, path := range []string{"/", "/ho-so?xem=all&q=ho+so", "/ho-so?xem=all&don-vi=so", "/sap-tre", "/so-theo-doi?tu=2021-01-01", "/giay-phep?xem=", "/phi?tu=2021-01-01", "/so-van-ban?nam=2021", "/chat-luong/tien_do/dung_han?ky=2022", "/so-cai", "/so-lieu", "/so-lieu/dossier.received?period=2021",
			"/?ngay=2021-06-13", "/ho-so?xem=all&ngay=2021-06-13", "/giay-phep?xem=&ngay=2021-06-13", "/so-van-ban?nam=2021&ngay=2021-06-13", "/hoi-dong?xem=all&ngay=2021-06-13"} {
			status, page := r.get(path)
			for _, name := range append(c.closed, hostile) {
				if status == http.StatusOK && strings.Contains(page, name) && (name == hostile || strings.HasPrefix(name, "Hồ sơ")) {
					t.Errorf("%s reads %q on %s", account, name, path)
				}
			}
			if account != "dang" && strings.Contains(page, partySecret) {
				t.Errorf("%s reads the Party's note on %s", account, path)
			}
		}
	}
}

// TestEveryDossierOutOfReachReadsAsNone: a dossier out of reach and one that is not there read alike.
func TestEveryDossierOutOfReachReadsAsNone(t *testing.T) {
	a, at := guarded(t)
	r := a.reader(t, "phong")
	_, hidden := r.get(at[unitSecret])
	_, none := r.get("/ho-so/nosuch")
	sentence := func(page, code string) string {
		return strings.ReplaceAll(page, strings.TrimPrefix(code, "/ho-so/"), "")
	}
	if sentence(hidden, at[unitSecret]) != sentence(none, "nosuch") {
		t.Error("the two pages differ")
	}
}

// TestEveryWriteOutOfReachIsRefused tries the forms of those who may not.
func TestEveryWriteOutOfReachIsRefused(t *testing.T) {
	a, at := guarded(t)
	head := a.Ledger.Head()
	for account, forms := range map[string]map[string]url.Values{
		"phong": {"/bao-cao/so-ket-6-thang/2021-H1/chot": {}, at[unitSecret] + "/tiep_nhan": {}, at[looseSecret] + "/tiep_nhan": {}, at[unitSecret] + "/chuyen": {"giao": {"khai"}}, at[unitSecret] + "/don-vi": {"don-vi": {"qlcn"}, "ly-do": {"x"}}, "/ho-so/hang-loat/don-vi": {"ca-don-vi": {"tdc"}, "don-vi": {"qlcn"}, "ly-do": {"x"}},
			at[unitSecret] + "/nhan-xet": {"y-kien": {"x"}}, at[hostile] + "/lien-ket": {"ho-so": {strings.TrimPrefix(at[unitSecret], "/ho-so/")}}, "/ho-so/bo-loc": {"ten": {"x"}, "don-vi": {"tdc"}}, "/viec/bo-loc": {"ten": {"x"}, "don-vi": {"tdc"}},
			"/ho-so/bo-loc/xoa": {"id": {"x"}}, "/viec/bo-loc/xoa": {"id": {"x"}}, "/bao-cao/dang-so-ket/2021-H1/chot": {},
			at[unitSecret] + "/phat-hanh": {"giay": {"tiep-nhan"}}, at[unitSecret] + "/y-kien": {"co-quan": {"a"}, "noi-dung": {"b"}, "han": {"2021-06-30"}}, at[looseSecret] + "/y-kien/1": {}},
		"dang": {"/bao-cao/so-ket-6-thang/2021-H1/chot": {}, "/bao-cao/so-ket-6-thang/2021-H1/chot?unit=tdc": {"unit": {"tdc"}}, at[hostile] + "/tiep_nhan": {}},
		"so":   {"/bao-cao/dang-so-ket/2021-H1/chot": {}},
		"xem": {"/bao-cao/so-ket-6-thang/2021-H1/chot": {}, at[hostile] + "/tiep_nhan": {}, at[hostile] + "/phat-hanh": {"giay": {"tiep-nhan"}}, at[hostile] + "/y-kien": {"co-quan": {"a"}}, at[hostile] + "/chuyen": {"giao": {"khai"}}, at[hostile] + "/don-vi": {"don-vi": {"tdc"}, "ly-do": {"x"}}, at[hostile] + "/nhan-xet": {"y-kien": {"x"}},
			at[hostile] + "/lien-ket": {"ho-so": {strings.TrimPrefix(at[unitSecret], "/ho-so/")}}, "/ho-so/hang-loat": {"chon": {"x"}}, "/ho-so/bo-loc": {"ten": {"x"}, "don-vi": {"qlcn"}}, "/viec/bo-loc": {"ten": {"x"}, "don-vi": {"qlcn"}}, "/giay-phep/cham-dut": {"thu-tuc": {"book_loan"}, "so": {"1"}}, "/ho-so": {"thu-tuc": {"book_loan"}, "don-vi": {"qlcn"}}},
	} {
		r := a.reader(t, account)
		for path, form := range forms {
			if status, _ := r.post(path, form); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s writes to %s: %d", account, path, status)
			}
		}
	}
	if now := a.Ledger.Head(); now != head {
		t.Errorf("%d events were recorded", now-head)
	}
}

// TestAFigureKeepsTheTitlesOfItsDossiers: who may read a figure but no dossiers sees how many, not which.
func TestAFigureKeepsTheTitlesOfItsDossiers(t *testing.T) {
	a, at := guarded(t)
	const title = "Hồ sơ gửi đảng uỷ"
	_, err := a.Dossiers.Act(context.Background(), dossier.Act{Code: strings.TrimPrefix(at[title], "/ho-so/"), Action: "tiep_nhan",
		On: calendar.MustParse("2021-06-11"), Actor: "khai"})
	must(t, err)
	status, page := a.reader(t, "dang").get("/so-lieu/dossier.received?period=2021&unit=du")
	if status != http.StatusOK || !strings.Contains(page, "ngoài phạm vi của bạn") || strings.Contains(page, title) {
		t.Errorf("%d; the title must be hidden and the record stay in the list", status)
	}
}
