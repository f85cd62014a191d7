package people

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/vault"
	"trucot/internal/kernel/web"
	"trucot/internal/testing/storetest"
)

// clock is the tests' time; it moves only when told.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var noon = time.Date(2021, 6, 14, 5, 0, 0, 0, time.UTC)

func open(t *testing.T) (*People, *clock) {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "a.db"))
}

func openAt(t *testing.T, at string) (*People, *clock) {
	t.Helper()
	ctx, db := t.Context(), storetest.Open(t, at)
	c := &clock{noon}
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{Fold()}, Clock: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := vault.Open(ctx, db, filepath.Join(t.TempDir(), "vault.key"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(ctx, db, l, Options{Clock: c.Now, Vault: keys})
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

func day(s string) calendar.Date { return calendar.MustParse(s) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tree: so ← qlcn (merged into qlkh on 2020-07-01), qlkh, tdc ← kd; dang ← cb1 on the Party side.
func tree(t *testing.T, p *People) {
	t.Helper()
	ctx, by := context.Background(), By{Actor: "test", On: day("2019-01-01")}
	for _, u := range []Unit{
		{Code: "so", NameVI: "Sở KH&CN", Side: State}, {Code: "qlcn", NameVI: "Phòng Quản lý công nghệ", Parent: "so", Side: State},
		{Code: "qlkh", NameVI: "Phòng Quản lý khoa học", Parent: "so", Side: State}, {Code: "tdc", NameVI: "Chi cục TĐC", Parent: "so", Side: State},
		{Code: "kd", NameVI: "Trung tâm kiểm định", Parent: "tdc", Side: State},
		{Code: "dang", NameVI: "Đảng bộ Sở", Side: Party}, {Code: "cb1", NameVI: "Chi bộ 1", Parent: "dang", Side: Party},
	} {
		must(t, p.OpenUnit(ctx, by, u))
	}
	must(t, p.CloseUnit(ctx, By{Actor: "test", On: day("2020-07-01")}, "qlcn", "qlkh"))
	must(t, p.ChangeUnit(ctx, By{Actor: "test", On: day("2021-01-01")}, Unit{Code: "kd", NameVI: "Trung tâm kiểm định", Parent: "so", Side: State}))
}

func TestSubtreeIsDated(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	for _, c := range []struct {
		unit, on string
		want     []string
	}{
		{"so", "2019-06-01", []string{"so", "kd", "qlcn", "qlkh", "tdc"}},
		{"so", "2020-06-30", []string{"so", "kd", "qlcn", "qlkh", "tdc"}},
		{"qlkh", "2020-06-30", []string{"qlkh"}},
		{"qlkh", "2020-07-01", []string{"qlkh", "qlcn"}}, // its past counts for the successor
		{"tdc", "2020-12-31", []string{"tdc", "kd"}},
		{"tdc", "2021-01-01", []string{"tdc"}},
		{"dang", "2021-01-01", []string{"dang", "cb1"}},
	} {
		got, err := p.Subtree(t.Context(), c.unit, day(c.on))
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("Subtree(%s, %s) = %v, %v; want %v", c.unit, c.on, got, err, c.want)
		}
	}
	if _, err := p.Subtree(t.Context(), "khong-co", day("2021-01-01")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestAUnitCannotStandUnderItself(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	err := p.ChangeUnit(t.Context(), By{On: day("2020-01-01")}, Unit{Code: "tdc", NameVI: "x", Parent: "kd", Side: State})
	if !fault.Is(err, "people.unit_circle") {
		t.Fatal(err)
	}
}

func TestRightsFollowTheTree(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	ctx, by := t.Context(), By{Actor: "test", On: day("2021-01-01")}
	must(t, p.SetPerson(ctx, Person{"p1", "Nguyễn Thị Minh Khai"}))
	must(t, p.OpenAccount(ctx, by, "khai", "p1"))
	must(t, p.GrantRole(ctx, by, "khai", Grant{UnitHead, "qlkh"}))
	must(t, p.GrantRole(ctx, by, "khai", Grant{Viewer, Everywhere}))
	id := signIn(t, p, "khai")
	for _, c := range []struct {
		p    web.Permission
		unit string
		want bool
	}{
		{ActOnDossiers, "qlkh", true}, {ActOnDossiers, "qlcn", true}, {ActOnDossiers, "tdc", false}, {ActOnDossiers, "", true},
		{ReadDossiers, "tdc", true}, {ReadDossiers, "unknown", true}, {ReadReports, "dang", false}, {ReadParty, "dang", false}, {ManagePeople, "", false},
	} {
		if got := id.Can(c.p, c.unit); got != c.want {
			t.Errorf("Can(%s, %q) = %v", c.p, c.unit, got)
		}
	}
	must(t, p.GrantRole(ctx, by, "khai", Grant{PartyOffice, "dang"}))
	if id := signIn(t, p, "khai"); !id.Can(ReadReports, "cb1") || id.Can(ReadDossiers, "cb1") {
		t.Error("the Party office reads reports of the Party side and no dossiers there")
	}
	must(t, p.RevokeRole(ctx, By{On: day("2021-06-14")}, "khai", Grant{UnitHead, "qlkh"}))
	if id := signIn(t, p, "khai"); id.Can(ActOnDossiers, "qlkh") {
		t.Error("a revoked role still counts")
	}
}

func signIn(t *testing.T, p *People, account string) web.Identity {
	t.Helper()
	path, _, err := p.NewLink(t.Context(), account)
	must(t, err)
	session, err := p.UseLink(t.Context(), path[len("/vao?t="):], Visit{})
	must(t, err)
	id, err := p.Session(t.Context(), session)
	must(t, err)
	if id == nil {
		t.Fatal("the session is unknown")
	}
	return id
}

func TestALinkWorksOnceAndOnlyForAWhile(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	must(t, p.OpenAccount(ctx, By{}, "khai", "p1"))
	path, _, err := p.NewLink(ctx, "khai")
	must(t, err)
	token := path[len("/vao?t="):]
	if who, err := p.LinkAccount(ctx, token); err != nil || who.ID != "khai" {
		t.Fatal(who, err)
	}
	_, err = p.UseLink(ctx, token, Visit{})
	must(t, err)
	if _, err := p.UseLink(ctx, token, Visit{}); !fault.Is(err, "people.bad_link") {
		t.Error("used twice:", err)
	}
	path, until, err := p.NewLink(ctx, "khai")
	must(t, err)
	c.now = until
	if _, err := p.UseLink(ctx, path[len("/vao?t="):], Visit{}); !fault.Is(err, "people.bad_link") {
		t.Error("used after its end:", err)
	}
}

func TestPasswordLogIn(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	must(t, p.OpenAccount(ctx, By{}, "khai", "p1"))
	if err := p.SetPassword(ctx, "khai", "ngắn"); !fault.Is(err, "password.bad_length") {
		t.Error(err)
	}
	must(t, p.SetPassword(ctx, "khai", "một câu rất dễ nhớ"))
	session, _, err := p.LogIn(ctx, "khai", "một câu rất dễ nhớ", Visit{Address: "10.0.0.1"})
	must(t, err)
	if id, err := p.Session(ctx, session); err != nil || id.Account() != "khai" {
		t.Fatal(id, err)
	}
	if id, _ := p.Bearer(ctx, session); id != nil {
		t.Error("a session cookie's value works as an API token")
	}
	for i := range 5 {
		if _, _, err := p.LogIn(ctx, "khai", "sai", Visit{Address: "10.0.0.1"}); !fault.Is(err, "people.bad_log_in") {
			t.Fatal(i, err)
		}
	}
	if _, _, err := p.LogIn(ctx, "khai", "một câu rất dễ nhớ", Visit{Address: "10.0.0.1"}); !fault.Is(err, "people.too_many_attempts") {
		t.Error(err)
	}
	if _, _, err := p.LogIn(ctx, "khai", "một câu rất dễ nhớ", Visit{Address: "10.0.0.2"}); err != nil {
		t.Error("another address is another count:", err)
	}
	c.now = c.now.Add(13 * time.Hour)
	if id, _ := p.Session(ctx, session); id != nil {
		t.Error("the session outlives its day")
	}
	if _, _, err := p.LogIn(ctx, "khong-ai", "một câu rất dễ nhớ", Visit{Address: "10.0.0.1"}); !fault.Is(err, "people.bad_log_in") {
		t.Error("an unknown account is told apart:", err)
	}
}

func TestLogOutAndClosingEndSessions(t *testing.T) {
	p, _ := open(t)
	ctx := t.Context()
	must(t, p.OpenAccount(ctx, By{}, "khai", "p1"))
	a, err := p.openSession(ctx, "khai", ByLink, Visit{})
	must(t, err)
	b, err := p.openSession(ctx, "khai", ByLink, Visit{})
	must(t, err)
	must(t, p.LogOut(ctx, a))
	if id, _ := p.Session(ctx, a); id != nil {
		t.Error("logged out, still known")
	}
	if id, _ := p.Session(ctx, b); id == nil {
		t.Error("the other session ended too")
	}
	must(t, p.CloseAccount(ctx, By{}, "khai"))
	if id, _ := p.Session(ctx, b); id != nil {
		t.Error("a closed account is still logged in")
	}
}

func TestTokenScopes(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	must(t, p.OpenAccount(ctx, By{}, "may", "p1"))
	must(t, p.GrantRole(ctx, By{}, "may", Grant{Leader, Everywhere}))
	tokenID, token, err := p.NewToken(ctx, "may", "cổng dịch vụ", []web.Permission{ActOnDossiers}, time.Hour)
	must(t, err)
	id, err := p.Bearer(ctx, token)
	must(t, err)
	if !id.Can(ActOnDossiers, "so") || id.Can(FreezeReports, "so") {
		t.Error("scopes do not limit")
	}
	if id, _ := p.Session(ctx, token); id != nil {
		t.Error("an API token works as a session")
	}
	must(t, p.RevokeToken(ctx, "may", tokenID))
	if id, _ := p.Bearer(ctx, token); id != nil {
		t.Error("revoked, still known")
	}
	_, token, err = p.NewToken(ctx, "may", "", nil, time.Hour)
	must(t, err)
	c.now = c.now.Add(2 * time.Hour)
	if id, _ := p.Bearer(ctx, token); id != nil {
		t.Error("expired, still known")
	}
}
