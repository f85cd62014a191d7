package e2e

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/pquerna/otp/totp"

	"trucot/e2e/browser"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/engine/people/oidc"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
)

const sentence = "ba con mèo trên mái nhà"

// TestAPasskeyFromItsFirstDayToItsLast adds one, logs in with it, renames and removes it, all in a browser.
func TestAPasskeyFromItsFirstDayToItsLast(t *testing.T) {
	a := start(t)
	a.url = strings.Replace(a.url, "127.0.0.1", "localhost", 1) // passkeys belong to names, not to numbers
	p := browser.New(t, axe)
	p.Size(1440, 900)
	p.Authenticator(true)
	a.signIn(t, p)
	p.Open(a.url + "/tai-khoan")
	p.Fill("#khoa-ten", "Điện thoại mẫu")
	p.Click("#them-khoa button")
	if text := p.Text(); !strings.Contains(text, "Điện thoại mẫu") || !strings.Contains(text, "được sao lưu") {
		t.Fatalf("the passkey is not there:\n%s", text)
	}
	p.Open(a.url + "/tai-khoan")
	for _, v := range p.Violations() {
		t.Error(v)
	}
	enter := func() {
		p.Open(a.url + "/")
		browser.Eval[bool](p, `fetch("/dang-xuat", {method: "POST"}).then(() => true)`)
		p.Open(a.url + "/dang-nhap?toi=/tai-khoan")
		p.Click("form[data-passkey] button")
	}
	enter()
	if p.URL() != a.url+"/tai-khoan" || !strings.Contains(p.Text(), "khóa truy cập · ") {
		t.Fatalf("not logged in by passkey: %s\n%s", p.URL(), p.Text())
	}
	has, err := a.People.Has(context.Background(), "khai")
	must(t, err)
	if len(has.Passkeys) != 1 || !has.Passkeys[0].Synced || has.Passkeys[0].Used.IsZero() {
		t.Errorf("%+v", has.Passkeys)
	}
	open := func() {
		browser.Eval[bool](p, `document.querySelectorAll("details").forEach(d => d.open = true) || true`)
	}
	open()
	p.Fill("input[id^='ten-']", " số 2 ")
	p.Click("form[action$='/ten'] button")
	if !strings.Contains(p.Text(), "số 2") {
		t.Error("the passkey has its old name")
	}
	open()
	p.Click("form[action$='/go'] button")
	enter()
	if text := p.Text(); !strings.Contains(text, "không được xác nhận") {
		t.Errorf("a removed passkey still opens the door:\n%s", text)
	}
}

// TestCodesByForms sets codes up and logs in with them, with forms alone.
func TestCodesByForms(t *testing.T) {
	a := start(t)
	ctx := context.Background()
	must(t, a.People.SetPassword(ctx, "hung", sentence))
	r := a.reader(t, "hung")
	r.post("/tai-khoan/ma/bat-dau", nil)
	_, page := r.get("/tai-khoan")
	found := regexp.MustCompile(`<code class="kh-hash">([A-Z2-7]{32})</code>`).FindStringSubmatch(page)
	if found == nil || !strings.Contains(page, "kh-qr") {
		t.Fatal("no key to type or scan")
	}
	code := func(later time.Duration) string {
		s, err := totp.GenerateCode(found[1], now.Add(later))
		must(t, err)
		return s
	}
	if status, page := r.post("/tai-khoan/ma/bat", url.Values{"ma": {"000000"}}); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity || !strings.Contains(page, "Mã chưa đúng") {
		t.Error(status)
	}
	_, page = r.post("/tai-khoan/ma/bat", url.Values{"ma": {code(0)}})
	recovery := regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){3}`).FindString(page)
	if recovery == "" {
		t.Fatal("no recovery codes")
	}
	if _, page = r.get("/tai-khoan"); strings.Contains(page, recovery) || strings.Contains(page, found[1]) {
		t.Error("a secret is shown twice")
	}
	for _, second := range []string{code(30 * time.Second), recovery} { // the code of this half minute was used above
		r := a.nobody(t)
		status, page := r.post("/dang-nhap", url.Values{"tai-khoan": {"hung"}, "mat-khau": {sentence}, "toi": {"/viec"}})
		if status != http.StatusOK || !strings.Contains(page, "one-time-code") {
			t.Fatal("no code is asked for", status)
		}
		if status, page := r.get("/viec"); !strings.Contains(page, "current-password") {
			t.Fatal("the password alone opened the door:", status)
		}
		if _, page := r.post("/dang-nhap/ma", url.Values{"ma": {code(0)}, "toi": {"/viec"}}); !strings.Contains(page, "Mã chưa đúng") {
			t.Error("a used code works again")
		}
		if _, page := r.post("/dang-nhap/ma", url.Values{"ma": {second}, "toi": {"/viec"}}); !strings.Contains(page, "Nhiệm vụ được giao") {
			t.Errorf("%q does not let in", second)
		}
	}
}

// nobody is a browser without a session.
func (a *agency) nobody(t *testing.T) reader {
	t.Helper()
	r := a.reader(t, "xem")
	r.post("/dang-xuat", nil)
	return r
}

// TestASessionIsNeverCarriedIntoALogIn: a cookie that somebody else planted does not become a session.
func TestASessionIsNeverCarriedIntoALogIn(t *testing.T) {
	a := start(t)
	must(t, a.People.SetPassword(context.Background(), "hung", sentence))
	r := a.reader(t, "xem") // the planted session
	u, _ := url.Parse(a.url)
	planted := r.c.Jar.Cookies(u)[0].Value
	r.post("/dang-nhap", url.Values{"tai-khoan": {"hung"}, "mat-khau": {sentence}})
	for _, c := range r.c.Jar.Cookies(u) {
		if c.Value == planted {
			t.Error("the session's name did not change")
		}
	}
	if id, _ := a.People.Session(context.Background(), planted); id != nil {
		t.Error("the session of before still lives")
	}
}

// TestSingleSignOn goes through the whole dance with a provider in this process.
func TestSingleSignOn(t *testing.T) {
	provider, err := mockoidc.Run()
	must(t, err)
	t.Cleanup(func() { provider.Shutdown() })
	sso, err := oidc.New(oidc.Config{Label: "Cổng mẫu", Issuer: provider.Issuer(), Client: provider.ClientID, Secret: provider.ClientSecret, Scopes: []string{"profile"}})
	must(t, err)
	o := siteOptions
	o.SSO = sso
	a := startWith(t, o)
	provider.QueueUser(&mockoidc.MockUser{Subject: "1", PreferredUsername: "hung"})
	r := a.nobody(t)
	if status, page := r.get("/dang-nhap/mot-lan?toi=/viec"); status != http.StatusOK || !strings.Contains(page, "Nhiệm vụ được giao") {
		t.Fatalf("%d", status)
	}
	provider.QueueUser(&mockoidc.MockUser{Subject: "2", PreferredUsername: "hung"}) // the name given to somebody else
	provider.QueueUser(&mockoidc.MockUser{Subject: "3", PreferredUsername: "nguoi-la"})
	for range 2 {
		if status, page := a.nobody(t).get("/dang-nhap/mot-lan"); status != http.StatusForbidden || !strings.Contains(page, "Cổng đăng nhập đã xác nhận") {
			t.Error(status)
		}
	}
	// an answer that this browser did not ask for: the state is another's, or there is none
	other := a.nobody(t)
	other.c.CheckRedirect = func(q *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(q.URL.Path, "/ve") {
			return http.ErrUseLastResponse
		}
		return nil
	}
	provider.QueueUser(&mockoidc.MockUser{Subject: "1", PreferredUsername: "hung"})
	resp, err := other.c.Get(a.url + "/dang-nhap/mot-lan")
	must(t, err)
	resp.Body.Close()
	back, err := resp.Location()
	must(t, err)
	victim := a.nobody(t)
	if status, _ := victim.get(back.RequestURI()); status == http.StatusOK {
		t.Error("another browser's answer logs in")
	}
	victim.get("/viec")
	if status, page := other.get(strings.Replace(back.RequestURI(), "state=", "state=x", 1)); status == http.StatusOK || !strings.Contains(page, "không xác nhận") {
		t.Error("a wrong state is taken", status)
	}
}

// administrators are guarded's agency with an administrator of everything, of the branch tdc, and of the Party side.
func administrators(t *testing.T) (*agency, map[string]string) {
	t.Helper()
	a, at := guarded(t)
	ctx, by := context.Background(), people.By{Actor: "test", On: calendar.MustParse("2019-01-01")}
	for id, g := range map[string]people.Grant{
		"qt": {Role: people.Admin, Unit: people.Everywhere}, "qt2": {Role: people.Admin, Unit: people.Everywhere},
		"qt-tdc": {Role: people.Admin, Unit: "tdc"}, "qt-dang": {Role: people.PartyAdmin, Unit: "du"}, "cv-tdc": {Role: people.Specialist, Unit: "tdc"},
	} {
		account(t, a.App, id, id)
		must(t, a.People.GrantRole(ctx, by, id, g))
	}
	return a, at
}

// TestAMergerShowsWhatItLeaves: the page of a unit names the staff and the work in it, before and after it is merged, and
// takes the roles along; a dossier filed online goes to the successor.
func TestAMergerShowsWhatItLeaves(t *testing.T) {
	a, _ := administrators(t)
	_, err := a.Tasks.Assign(context.Background(), task.Assignment{Title: "Việc của phòng", Unit: "qlcn", On: calendar.NoDate, Actor: "khai"})
	must(t, err)
	r := a.reader(t, "qt")
	const page = "/quan-tri/don-vi/qlcn"
	if _, html := r.get(page); !strings.Contains(html, " nhiệm vụ đang thực hiện") || !strings.Contains(html, "/quan-tri/tai-khoan/phong") || strings.Contains(html, "chuyen-vai-tro") {
		t.Error("the page does not say what stands in the unit")
	}
	if status, html := r.post(page+"/sap-nhap", url.Values{"vao": {"tdc"}, "ngay": {"2021-06-14"}}); status != http.StatusOK {
		t.Fatalf("merging: %d %s", status, html)
	}
	if _, html := r.get(page); !strings.Contains(html, "chuyen-vai-tro") || !strings.Contains(html, " nhiệm vụ đang thực hiện") {
		t.Error("the page does not say what the merger left")
	}
	if status, html := r.post(page+"/chuyen-vai-tro", url.Values{"ngay": {"2021-06-14"}}); status != http.StatusOK {
		t.Fatalf("moving: %d %s", status, html)
	}
	accounts, err := a.People.Accounts(context.Background())
	must(t, err)
	for _, one := range accounts {
		for _, g := range one.Grants {
			if g.Unit == "qlcn" {
				t.Errorf("%s still has %s there", one.ID, g.Role)
			}
		}
	}
	if head := a.reader(t, "phong"); !readable(head, "/viec?don-vi=tdc&xem=open", "Việc của phòng") {
		t.Error("the head does not see in the successor what came along")
	}
}

// readable reports whether a page opens and has the words.
func readable(r reader, path, words string) bool {
	status, html := r.get(path)
	return status == http.StatusOK && strings.Contains(html, words)
}

// TestEveryAdministratorStaysInTheirPart tries the pages and forms of other parts.
func TestEveryAdministratorStaysInTheirPart(t *testing.T) {
	a, _ := administrators(t)
	head := a.Ledger.Head()
	grant := func(role, unit string) url.Values { return url.Values{"vai-tro": {role}, "don-vi": {unit}} }
	day := "2021-06-14"
	for who, c := range map[string]struct {
		closed []string
		forms  map[string]url.Values
		open   []string
	}{
		"qt": {[]string{"/quan-tri/tai-khoan/dang", "/quan-tri/don-vi/du", "/quan-tri/tai-khoan/khong-co"}, map[string]url.Values{
			"/quan-tri/tai-khoan/hung/giao-quyen": grant("party_office", "du"), "/quan-tri/tai-khoan/qt/giao-quyen": grant("leader", "*"),
			"/quan-tri/tai-khoan/dang/khoi-phuc": {"ly-do": {"x"}}, "/quan-tri/don-vi/du/giai-the": {"ngay": {day}},
			"/quan-tri/don-vi": {"ma": {"cb9"}, "ten": {"Chi bộ 9"}, "cap-tren": {"du"}, "ngay": {day}},
		}, []string{"/quan-tri", "/quan-tri/tai-khoan/hung", "/quan-tri/tai-khoan/phong", "/quan-tri/don-vi/qlcn", "/quan-tri/nhat-ky", "/quan-tri/uy-quyen", "/quan-tri/khoi-phuc"}},
		"qt-tdc": {[]string{"/quan-tri/tai-khoan/phong", "/quan-tri/tai-khoan/hung", "/quan-tri/tai-khoan/dang", "/quan-tri/don-vi/qlcn", "/quan-tri/don-vi/so", "/quan-tri/don-vi/du"}, map[string]url.Values{
			"/quan-tri/tai-khoan/cv-tdc/giao-quyen": grant("leader", "qlcn"), "/quan-tri/tai-khoan/phong/thu-quyen": grant("unit_head", "qlcn"),
			"/quan-tri/tai-khoan":           {"tai-khoan": {"ban-be"}, "ho-ten": {"Bạn bè"}, "vai-tro": {"leader"}, "don-vi": {"*"}},
			"/quan-tri/tai-khoan/hung/dong": {},
			"/quan-tri/don-vi/tdc/sap-nhap": {"vao": {"qlcn"}, "ngay": {day}},
			"/quan-tri/don-vi/tdc/sua":      {"ten": {"Chi cục"}, "cap-tren": {"qlcn"}, "ngay": {day}},
			"/quan-tri/uy-quyen":            {"nguoi-giao": {"khai"}, "nguoi-nhan": {"cv-tdc"}, "hinh-thuc": {"kt"}, "don-vi": {"*"}, "den-ngay": {"2021-07-01"}},
		}, []string{"/quan-tri", "/quan-tri/tai-khoan/cv-tdc", "/quan-tri/don-vi/tdc"}},
		"qt-dang": {[]string{"/quan-tri/tai-khoan/hung", "/quan-tri/don-vi/so"}, map[string]url.Values{
			"/quan-tri/tai-khoan/dang/giao-quyen": grant("leader", "so"),
		}, []string{"/quan-tri/tai-khoan/dang", "/quan-tri/don-vi/du"}},
		"phong": {[]string{"/quan-tri", "/quan-tri/tai-khoan/hung", "/quan-tri/nhat-ky"}, map[string]url.Values{"/quan-tri/tai-khoan/phong/giao-quyen": grant("leader", "*")}, nil},
	} {
		r := a.reader(t, who)
		for _, path := range c.closed {
			if status, _ := r.get(path); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s opens %s: %d", who, path, status)
			}
		}
		for path, form := range c.forms {
			if status, _ := r.post(path, form); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s writes to %s: %d", who, path, status)
			}
		}
		for _, path := range c.open {
			if status, _ := r.get(path); status != http.StatusOK {
				t.Errorf("%s does not open %s: %d", who, path, status)
			}
		}
		if _, page := r.get("/quan-tri/don-vi"); who != "qt-dang" && strings.Contains(page, "Đảng uỷ Sở") {
			t.Errorf("%s sees the Party's units", who)
		}
	}
	if now := a.Ledger.Head(); now != head {
		t.Errorf("%d events were recorded", now-head)
	}
}

// TestEveryRouteToAnothersThingIsClosed walks the route table as a specialist of one branch with the names of things of
// another unit in every place: nothing opens, nothing is written, nothing breaks.
func TestEveryRouteToAnothersThingIsClosed(t *testing.T) {
	a, at := administrators(t)
	ctx := context.Background()
	id, err := a.People.Delegate(ctx, people.By{Actor: "khai"}, people.Delegation{Giver: "khai", Taker: "hung", Form: people.KT, Unit: people.Everywhere, Until: calendar.MustParse("2021-07-01")})
	must(t, err)
	recovery, err := a.People.AskRecovery(ctx, people.By{Actor: "qt"}, "khai", "mất điện thoại")
	must(t, err)
	code := strings.TrimPrefix(at[hostile], "/ho-so/") // of qlcn
	foreign := map[string][]string{"/ho-so/": {code}, "/viec/": tasksOf(t, a, "qlcn"), "/quan-tri/tai-khoan/": {"khai", "dang"}, "/quan-tri/don-vi/": {"qlcn", "du"},
		"/quan-tri/uy-quyen/": {id}, "/tai-khoan/uy-quyen/": {id}, "/quan-tri/khoi-phuc/": {recovery}, "/so-cai/": {strings.TrimPrefix(at["event "+hostile], "/so-cai/"), strings.TrimPrefix(at["party"], "/so-cai/")}}
	slot := regexp.MustCompile(`\{[^}]*\}`)
	head := a.Ledger.Head()
	walked := 0
	for _, who := range []string{"cv-tdc", "qt-tdc"} {
		r := a.reader(t, who)
		for _, rt := range a.Site(ctx, siteOptions).Routes() {
			for prefix, names := range foreign {
				if !strings.HasPrefix(rt.Pattern, prefix+"{") {
					continue
				}
				for _, name := range names {
					path := prefix + name + slot.ReplaceAllString(strings.TrimPrefix(rt.Pattern, prefix)[strings.Index(strings.TrimPrefix(rt.Pattern, prefix), "}")+1:], "tiep_nhan")
					status := 0
					if rt.Method == http.MethodGet {
						status, _ = r.get(path)
					} else {
						status, _ = r.post(path, url.Values{"truong": {"dien_thoai"}, "ly-do": {"x"}, "duyet": {"co"}})
					}
					if walked++; status != http.StatusForbidden && status != http.StatusNotFound {
						t.Errorf("%s %s as %s: %d", rt.Method, path, who, status)
					}
				}
			}
		}
	}
	if walked < 30 {
		t.Errorf("only %d addresses were tried", walked)
	}
	if now := a.Ledger.Head(); now != head {
		t.Errorf("%d events were recorded", now-head)
	}
}

// tasksOf are the tasks of a unit.
func tasksOf(t *testing.T, a *agency, unit string) []string {
	t.Helper()
	list, _, err := a.Tasks.List(context.Background(), task.Filter{Reach: task.Reach{State: true}, Units: []string{unit}})
	must(t, err)
	var ids []string
	for _, one := range list {
		ids = append(ids, one.ID)
	}
	return ids
}

// TestAPersonalFieldOpensWithAReason and leaves a line in the log, readable to who must know and nobody else.
func TestAPersonalFieldOpensWithAReason(t *testing.T) {
	a, _ := administrators(t)
	ctx := context.Background()
	const telephone = "0912 345 678"
	d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: "book_loan", On: calendar.MustParse("2021-06-10"), Actor: "khai", Unit: "qlcn", Documents: []string{"the"},
		Fields: map[string]any{"ten_sach": "Sách mẫu", "ban_doc": "Bạn đọc mẫu", "loai": "thuong", "so_cuon": 1, "dien_thoai": telephone}})
	must(t, err)
	path := "/ho-so/" + d.Code + "/du-lieu-ca-nhan"
	ask := func(who, field, reason string) (int, string) {
		return a.reader(t, who).post(path, url.Values{"truong": {field}, "ly-do": {reason}})
	}
	if _, page := a.reader(t, "phong").get("/ho-so/" + d.Code); strings.Contains(page, telephone) || !strings.Contains(page, "••••••") {
		t.Error("the page does not mask the telephone")
	}
	for who, want := range map[string]int{"xem": 403, "cv-tdc": 404, "dang": 403, "qt": 403} {
		if status, page := ask(who, "dien_thoai", "gọi"); status != want || strings.Contains(page, telephone) {
			t.Errorf("%s: %d", who, status)
		}
	}
	if _, page := ask("phong", "dien_thoai", "  "); strings.Contains(page, telephone) || !strings.Contains(page, "Hãy ghi lý do") {
		t.Error("it opens without a reason")
	}
	if status, _ := ask("phong", "ten_sach", "xem thử"); status != http.StatusNotFound {
		t.Error("what is not personal opens here:", status)
	}
	const reason = "gọi báo sách đã về"
	if status, page := ask("phong", "dien_thoai", reason); status != http.StatusOK || !strings.Contains(page, telephone) {
		t.Fatal("it does not open:", status)
	}
	lines, n, err := a.Access.List(ctx, accesslog.Filter{Subject: "dossier/" + d.Code})
	must(t, err)
	if n != 1 || lines[0].Account != "phong" || lines[0].Unit != "qlcn" || lines[0].Detail != "dien_thoai" || lines[0].Reason != reason || strings.Contains(lines[0].Detail, telephone) {
		t.Errorf("%+v", lines)
	}
	for who, sees := range map[string]bool{"phong": true, "hung": false, "qt": true, "qt-tdc": false} {
		page := "/tai-khoan/nhat-ky"
		if strings.HasPrefix(who, "qt") {
			page = "/quan-tri/nhat-ky"
		}
		if _, text := a.reader(t, who).get(page); strings.Contains(text, reason) != sees {
			t.Errorf("%s reads the log: %v", who, !sees)
		}
	}
	must(t, a.Vault.Erase(ctx, d.Code))
	if status, page := ask("phong", "dien_thoai", reason); status == http.StatusOK || strings.Contains(page, telephone) {
		t.Error("an erased telephone opens:", status)
	}
}

// TestADelegateActsForTheGiver from the account's page: what is recorded names both.
func TestADelegateActsForTheGiver(t *testing.T) {
	a := start(t)
	giver := a.reader(t, "khai")
	form := url.Values{"nguoi-nhan": {"xem"}, "hinh-thuc": {"kt"}, "don-vi": {"*"}, "tu-ngay": {"2021-06-14"}, "den-ngay": {"2021-06-18"}, "can-cu": {"12/UQ-SKHCN"}}
	if status, page := giver.post("/tai-khoan/uy-quyen", form); status != http.StatusOK || !strings.Contains(page, "12/UQ-SKHCN") {
		t.Fatal(status)
	}
	r := a.reader(t, "xem")
	_, page := r.get("/tai-khoan")
	id := regexp.MustCompile(`name="uy-quyen" value="([a-z0-9]+)"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal("the delegate sees no delegation")
	}
	path := "/viec/" + a.task(3)
	if status, _ := r.post(path+"/hoan-thanh", url.Values{"minh-chung": {"15/BC"}}); status != http.StatusForbidden {
		t.Fatal("a viewer acts without the delegation:", status)
	}
	r.post("/tai-khoan/lam-thay", url.Values{"uy-quyen": {id[1]}})
	if status, page := r.post(path+"/hoan-thanh", url.Values{"minh-chung": {"15/BC"}}); status != http.StatusOK || !strings.Contains(page, "Lê Quang Đạo (mẫu) → Nguyễn Thị Minh Khai (mẫu)") {
		t.Error("the history does not name both:", status)
	}
	if status, _ := a.reader(t, "hung").post("/tai-khoan/lam-thay", url.Values{"uy-quyen": {id[1]}}); status != http.StatusNotFound {
		t.Error("somebody else takes the delegation:", status)
	}
	r.post("/tai-khoan/lam-thay", nil)
	if status, _ := r.post(path+"/xac-nhan", nil); status != http.StatusForbidden {
		t.Error("still acting:", status)
	}
}

// TestTwoAdministratorsGiveAnAccountBack over the pages.
func TestTwoAdministratorsGiveAnAccountBack(t *testing.T) {
	a, _ := administrators(t)
	ctx := context.Background()
	must(t, a.People.SetPassword(ctx, "hung", sentence))
	one, two := a.reader(t, "qt"), a.reader(t, "qt2")
	one.post("/quan-tri/tai-khoan/hung/khoi-phuc", url.Values{"ly-do": {"mất điện thoại"}})
	list, err := a.People.Recoveries(ctx)
	must(t, err)
	path := "/quan-tri/khoi-phuc/" + list[0].ID
	if status, page := one.post(path, url.Values{"duyet": {"co"}}); status != http.StatusForbidden || strings.Contains(page, "/vao?t=") {
		t.Error("one pair of eyes is enough:", status)
	}
	if status, _ := one.post("/quan-tri/tai-khoan/hung/lien-ket", nil); status != http.StatusConflict {
		t.Error("one administrator gets a link to an account in use:", status)
	}
	_, page := two.post(path, url.Values{"duyet": {"co"}})
	link := regexp.MustCompile(`/vao\?t=([\w-]+)`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal("no link")
	}
	r := a.nobody(t)
	if status, page := r.post("/vao", url.Values{"t": {link[1]}}); status != http.StatusOK || !strings.Contains(page, "Trần Văn Hùng") {
		t.Error(status)
	}
	if has, _ := a.People.Has(ctx, "hung"); has.Password {
		t.Error("the old password still works")
	}
}
