package people

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"trucot/internal/kernel/fault"
	"trucot/internal/testing/storetest"
)

const sentence = "ba con mèo trên mái nhà"

var home = Visit{Address: "10.0.0.1", Device: "Firefox"}

// staff opens accounts with a password each, as leaders of the whole agency.
func staff(t *testing.T, p *People, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, p.OpenAccount(t.Context(), By{}, name, name))
		must(t, p.SetPassword(t.Context(), name, sentence))
		must(t, p.GrantRole(t.Context(), By{}, name, Grant{Leader, Everywhere}))
	}
}

func logIn(t *testing.T, p *People, account string) string {
	t.Helper()
	session, _, err := p.LogIn(t.Context(), account, sentence, home)
	must(t, err)
	return session
}

func known(t *testing.T, p *People, session string) bool {
	t.Helper()
	p.seen.clear() // as on another node
	id, err := p.Session(t.Context(), session)
	must(t, err)
	return id != nil
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	if !fault.Is(err, key) {
		t.Errorf("%v; want %s", err, key)
	}
}

// codes turns codes on and gives the authenticator's secret and the recovery codes.
func codes(t *testing.T, p *People, c *clock, account string) (secret string, recovery []string) {
	t.Helper()
	secret, address, err := p.BeginTOTP(t.Context(), account, "Sở mẫu")
	must(t, err)
	if !strings.HasPrefix(address, "otpauth://totp/") {
		t.Error(address)
	}
	recovery, err = p.ConfirmTOTP(t.Context(), account, code(t, secret, c.now), "", home)
	must(t, err)
	c.now = c.now.Add(time.Minute)
	return secret, recovery
}

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	s, err := totp.GenerateCode(secret, at)
	must(t, err)
	return s
}

func TestSecondFactor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		p, c := openAt(t, at)
		ctx := t.Context()
		staff(t, p, "khai")
		secret, recovery := codes(t, p, c, "khai")
		var stored string
		must(t, p.db.QueryRow(ctx, selectTOTP, "khai").Scan(&stored, new(int)))
		if strings.Contains(stored, secret) {
			t.Error("the secret stands in the clear")
		}
		session, pending, err := p.LogIn(ctx, "khai", sentence, home)
		must(t, err)
		if session != "" || pending == "" {
			t.Fatal("a password alone opened a session")
		}
		if known(t, p, pending) {
			t.Error("a log-in under way works as a session")
		}
		_, err = p.SecondFactor(ctx, pending, "000000", home)
		wants(t, err, "people.bad_code")
		now := code(t, secret, c.now)
		session, err = p.SecondFactor(ctx, pending, now[:3]+" "+now[3:], home)
		must(t, err)
		if !known(t, p, session) {
			t.Error("the session is unknown")
		}
		_, err = p.SecondFactor(ctx, pending, now, home)
		wants(t, err, "people.log_in_over")

		_, pending, err = p.LogIn(ctx, "khai", sentence, Visit{Address: "10.0.0.2"})
		must(t, err)
		for _, late := range []time.Duration{0, -totpStep * time.Second} { // the code that was used, and an earlier one
			_, err = p.SecondFactor(ctx, pending, code(t, secret, c.now.Add(late)), Visit{Address: "10.0.0.2"})
			wants(t, err, "people.bad_code")
		}
		_, err = p.SecondFactor(ctx, pending, strings.ToUpper(recovery[0]), Visit{Address: "10.0.0.2"})
		must(t, err)
		_, pending, err = p.LogIn(ctx, "khai", sentence, Visit{Address: "10.0.0.3"})
		must(t, err)
		_, err = p.SecondFactor(ctx, pending, recovery[0], Visit{Address: "10.0.0.3"})
		wants(t, err, "people.bad_code")
		c.now = c.now.Add(pendingLife)
		_, err = p.SecondFactor(ctx, pending, recovery[1], Visit{Address: "10.0.0.3"})
		wants(t, err, "people.log_in_over")
	})
}

func TestALogInUnderWayIsTriedFiveTimes(t *testing.T) {
	p, c := open(t)
	staff(t, p, "khai")
	secret, _ := codes(t, p, c, "khai")
	_, pending, err := p.LogIn(t.Context(), "khai", sentence, home)
	must(t, err)
	for range pendingTries {
		c.now = c.now.Add(55 * time.Second) // inside the life of the log-in, and enough for the other limits
		_, err := p.SecondFactor(t.Context(), pending, "000000", home)
		wants(t, err, "people.bad_code")
	}
	_, err = p.SecondFactor(t.Context(), pending, code(t, secret, c.now), home)
	wants(t, err, "people.log_in_over")
}

func TestAShortPasswordNeedsItsSecondFactor(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	staff(t, p, "khai")
	wants(t, p.SetPassword(ctx, "khai", "chim sẻ 7"), "password.bad_length")
	secret, _ := codes(t, p, c, "khai")
	must(t, p.SetPassword(ctx, "khai", "chim sẻ 7"))
	wants(t, p.RemoveTOTP(ctx, "khai", "chim sẻ 7", code(t, secret, c.now), home), "password.bad_length")
	must(t, p.SetPassword(ctx, "khai", sentence))
	c.now = c.now.Add(time.Minute)
	must(t, p.RemoveTOTP(ctx, "khai", sentence, code(t, secret, c.now), home))
	if logIn(t, p, "khai") == "" {
		t.Error("a code is still asked for")
	}
}

func TestSessionsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		p, c := openAt(t, at)
		ctx := t.Context()
		staff(t, p, "khai", "binh")
		mine, phone, other := logIn(t, p, "khai"), logIn(t, p, "khai"), logIn(t, p, "binh")
		list, err := p.Sessions(ctx, "khai", mine)
		must(t, err)
		if len(list) != 2 || list[0].Device != "Firefox" || list[0].Current == list[1].Current {
			t.Fatalf("%+v", list)
		}
		theirs, err := p.Sessions(ctx, "binh", "")
		must(t, err)
		must(t, p.EndSession(ctx, "khai", theirs[0].ID))
		if !known(t, p, other) {
			t.Error("an account ended another's session")
		}
		must(t, p.EndSessions(ctx, "khai", mine))
		if known(t, p, phone) || !known(t, p, mine) {
			t.Error("sign-out everywhere else")
		}
		for range 4 { // in use every 50 minutes
			c.now = c.now.Add(50 * time.Minute)
			if !known(t, p, mine) {
				t.Fatal("a session in use ended")
			}
		}
		if known(t, p, other) {
			t.Error("a session unused for hours still works")
		}
		c.now = c.now.Add(61 * time.Minute)
		if known(t, p, mine) {
			t.Error("a session unused for an hour still works")
		}
		mine = logIn(t, p, "khai")
		must(t, p.ChangePassword(ctx, "khai", "một câu khác hẳn câu kia", mine, home))
		if !known(t, p, mine) {
			t.Error("who changed the password was put out")
		}
		for range 20 {
			c.now = c.now.Add(40 * time.Minute)
			known(t, p, mine)
		}
		if known(t, p, mine) {
			t.Error("a session outlives its day")
		}
	})
}

func TestAProofIsFreshForAWhile(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	staff(t, p, "khai", "binh")
	s := logIn(t, p, "khai")
	fresh := func() bool { ok, err := p.Proved(ctx, s); must(t, err); return ok }
	if !fresh() {
		t.Error("a log-in is a proof")
	}
	c.now = c.now.Add(proofLife)
	if fresh() {
		t.Error("a proof is fresh for ever")
	}
	wants(t, p.Prove(ctx, "khai", s, "sai", "", home), "people.bad_log_in")
	if fresh() {
		t.Error("a wrong password proves")
	}
	must(t, p.Prove(ctx, "khai", s, sentence, "", home))
	if !fresh() {
		t.Error("the password does not prove")
	}
	if ok, _ := p.Proved(ctx, "khong-co"); ok {
		t.Error("no session, and proved")
	}
}

// Guessing from many machines is slowed; the account's own person, at the usual address, still gets in, and the
// guessing cannot go on for ever at its expense.
func TestGuessingLocksNobodyOut(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	staff(t, p, "khai", "binh")
	logIn(t, p, "khai")
	refused := 0
	for i := range 200 {
		from := Visit{Address: "192.0.2." + string(rune('0'+i%10)) + string(rune('0'+i/10%10))}
		if err := p.attempt(ctx, "khai", from); fault.Is(err, "people.too_many_attempts") {
			refused++
		}
	}
	if refused < 100 {
		t.Errorf("only %d of 200 guesses were refused", refused)
	}
	logIn(t, p, "khai")
	if err := p.attempt(ctx, "binh", Visit{Address: "192.0.2.77"}); err != nil {
		t.Error("another account is refused:", err)
	}
	c.now = c.now.Add(perAccount.every)
	if err := p.attempt(ctx, "khai", Visit{Address: "203.0.113.9"}); err != nil {
		t.Error("a new place never gets its turn:", err)
	}
	var f *fault.Error
	for i := 0; f == nil && i < 10; i++ {
		_, _, err := p.LogIn(ctx, "khong-ai", "sai", Visit{Address: "198.51.100.1"})
		if fault.Is(err, "people.too_many_attempts") {
			f = err.(*fault.Error)
		}
	}
	if f == nil || f.Args["minutes"].(int) < 1 {
		t.Error("nobody says when to come back:", f)
	}
}

func TestAnIPv6NetworkIsOnePlace(t *testing.T) {
	for a, b := range map[string]string{"2001:db8::1": "2001:db8::ffff:2", "::ffff:10.0.0.1": "10.0.0.1"} {
		if network(a) != network(b) {
			t.Error(a, b)
		}
	}
	if network("2001:db8:0:1::1") == network("2001:db8:0:2::1") {
		t.Error("two networks are one")
	}
}

func TestTheLimitsStayBounded(t *testing.T) {
	l := limits{allowance: perPair, at: map[string]time.Time{}}
	for i := range limitMost + 500 {
		l.wait(string(rune(i)), noon.Add(time.Duration(i)))
	}
	if len(l.at) > limitMost {
		t.Errorf("%d keys", len(l.at))
	}
}

func TestRecoveryNeedsFourEyes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		p, c := openAt(t, at)
		ctx := t.Context()
		staff(t, p, "khai", "admin-a", "admin-b")
		codes(t, p, c, "khai")
		_, err := p.AskRecovery(ctx, By{Actor: "admin-a"}, "khai", " ")
		wants(t, err, "people.no_reason")
		id, err := p.AskRecovery(ctx, By{Actor: "admin-a"}, "khai", "mất điện thoại")
		must(t, err)
		for _, who := range []string{"admin-a", "admin-a+admin-b", "khai"} {
			_, _, err = p.DecideRecovery(ctx, By{Actor: who}, id, true)
			wants(t, err, "people.same_eyes")
		}
		path, _, err := p.DecideRecovery(ctx, By{Actor: "admin-b"}, id, true)
		must(t, err)
		_, _, err = p.DecideRecovery(ctx, By{Actor: "admin-b"}, id, true)
		wants(t, err, "people.recovery_over")
		has, err := p.Has(ctx, "khai")
		must(t, err)
		if !has.Password || !has.TOTP {
			t.Error("approving alone forgets the secrets")
		}
		c.now = c.now.Add(23 * time.Hour)
		token := path[len("/vao?t="):]
		_, err = p.UseLink(ctx, token, home)
		must(t, err)
		if has, _ = p.Has(ctx, "khai"); has.Password || has.TOTP || has.Codes > 0 {
			t.Errorf("the old ways in still work: %+v", has)
		}
		_, err = p.UseLink(ctx, token, home)
		wants(t, err, "people.bad_link")
		list, err := p.Recoveries(ctx)
		must(t, err)
		if len(list) != 1 || list[0].State != RecoveryUsed || list[0].AskedBy != "admin-a" || list[0].DecidedBy != "admin-b" {
			t.Errorf("%+v", list)
		}
		old, err := p.AskRecovery(ctx, By{Actor: "admin-a"}, "khai", "thử")
		must(t, err)
		c.now = c.now.Add(recoveryOpen + time.Hour)
		_, _, err = p.DecideRecovery(ctx, By{Actor: "admin-b"}, old, true)
		wants(t, err, "people.recovery_over")
	})
}

func TestASubjectStaysWithItsAccount(t *testing.T) {
	p, _ := open(t)
	ctx := t.Context()
	staff(t, p, "khai", "binh")
	session, err := p.LogInBySubject(ctx, Subject{"https://id.example", "1", "khai"}, home)
	must(t, err)
	if !known(t, p, session) {
		t.Error("the session is unknown")
	}
	// renamed at the provider: still the same person here
	session, err = p.LogInBySubject(ctx, Subject{"https://id.example", "1", "binh"}, home)
	must(t, err)
	if id, _ := p.Session(ctx, session); id.Account() != "khai" {
		t.Error("a renamed subject became", id.Account())
	}
	_, err = p.LogInBySubject(ctx, Subject{"https://id.example", "2", "khai"}, home) // the old name given to somebody else
	wants(t, err, "people.no_such_subject")
	_, err = p.LogInBySubject(ctx, Subject{"https://id.example", "3", "khong-co"}, home)
	wants(t, err, "people.no_such_subject")
}

func TestDelegation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		p, c := openAt(t, at)
		ctx := t.Context()
		tree(t, p)
		staff(t, p, "truong", "pho")
		must(t, p.RevokeRole(ctx, By{On: day("2021-06-14")}, "pho", Grant{Leader, Everywhere}))
		must(t, p.GrantRole(ctx, By{}, "truong", Grant{Admin, Everywhere}))
		must(t, p.GrantRole(ctx, By{}, "truong", Grant{PartyOffice, "dang"}))
		must(t, p.GrantRole(ctx, By{}, "pho", Grant{Viewer, "kd"}))
		for _, bad := range []Delegation{
			{Giver: "truong", Taker: "truong", Form: KT, Unit: Everywhere, Until: day("2021-06-20")},
			{Giver: "truong", Taker: "pho", Form: "x", Unit: Everywhere, Until: day("2021-06-20")},
			{Giver: "truong", Taker: "pho", Form: KT, Unit: Everywhere, Until: day("2021-06-13")},
		} {
			_, err := p.Delegate(ctx, By{}, bad)
			wants(t, err, "people.bad_delegation")
		}
		id, err := p.Delegate(ctx, By{Actor: "truong", On: day("2021-06-15")}, Delegation{Giver: "truong", Taker: "pho", Form: KT, Unit: "tdc", Until: day("2021-06-16")})
		must(t, err)
		s := logIn(t, p, "pho")
		wants(t, p.Act(ctx, "pho", s, id), "people.unknown_delegation") // tomorrow's
		c.now = c.now.AddDate(0, 0, 1)
		s = logIn(t, p, "pho")
		wants(t, p.Act(ctx, "truong", s, id), "people.unknown_delegation") // not the taker
		must(t, p.Act(ctx, "pho", s, id))
		who, err := p.Session(ctx, s)
		must(t, err)
		if who.Account() != "pho+truong" || Desk(who.Account()) != "truong" || who.Name() != "pho → truong" {
			t.Errorf("%s, %s", who.Account(), who.Name())
		}
		if !who.Can(FreezeReports, "tdc") || who.Can(FreezeReports, "qlkh") || who.Can(ReadDossiers, "kd") || who.Can(ManagePeople, "") || who.Can(ReadParty, "") {
			t.Error("a delegation gives the giver's roles in its unit and nothing else")
		}
		_, err = p.Delegate(ctx, By{}, Delegation{Giver: "pho", Taker: "truong", Form: TUQ, Unit: Everywhere, Until: day("2021-06-20")})
		must(t, err)
		d, err := p.directory(ctx)
		must(t, err)
		i := slices.IndexFunc(d.delegations, func(g Delegation) bool { return g.Giver == "pho" })
		if passed := d.passed(&d.delegations[i], day("2021-06-15")); !slices.Equal(passed, []Grant{{Viewer, "kd"}}) {
			t.Errorf("a delegated role is passed on: %v", passed)
		}
		must(t, p.EndDelegation(ctx, By{On: day("2021-06-15")}, id))
		if who, _ := p.Session(ctx, s); who.Account() != "pho" || who.Can(FreezeReports, "tdc") {
			t.Error("an ended delegation still counts")
		}
	})
}

func TestUnitsEndInOrder(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	ctx := t.Context()
	on := func(s string) By { return By{Actor: "test", On: day(s)} }
	wants(t, p.CloseUnit(ctx, on("2020-12-31"), "tdc", "qlkh"), "people.unit_has_units")
	wants(t, p.CloseUnit(ctx, on("2021-02-01"), "tdc", "tdc"), "people.bad_successor")
	wants(t, p.CloseUnit(ctx, on("2021-02-01"), "tdc", "qlcn"), "people.bad_successor")
	wants(t, p.CloseUnit(ctx, on("2021-02-01"), "tdc", "cb1"), "people.bad_successor")
	wants(t, p.ChangeUnit(ctx, on("2020-06-01"), Unit{Code: "kd", NameVI: "x", Side: State}), "people.unit_out_of_order")
	must(t, p.CloseUnit(ctx, on("2021-02-01"), "tdc", "qlkh"))
	wants(t, p.ChangeUnit(ctx, on("2021-01-15"), Unit{Code: "tdc", NameVI: "x", Side: State}), "people.unit_out_of_order")
}

func TestASplitUnitsPastCountsForTheFirstPart(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	ctx, by := t.Context(), By{Actor: "test", On: day("2021-02-01")}
	a, b := Unit{Code: "tdc1", NameVI: "Chi cục 1", Parent: "so", Side: State}, Unit{Code: "tdc2", NameVI: "Chi cục 2", Parent: "so", Side: State}
	wants(t, p.SplitUnit(ctx, by, "tdc", []Unit{a, a}), "people.unit_exists")
	wants(t, p.SplitUnit(ctx, by, "so", []Unit{a, b}), "people.unit_has_units")
	if units, _ := p.Units(ctx, by.On, State); len(units) != 4 {
		t.Errorf("a refused split left something behind: %v", units)
	}
	must(t, p.SplitUnit(ctx, by, "tdc", []Unit{a, b}))
	must(t, p.OpenUnit(ctx, by, Unit{Code: "motngay", NameVI: "Đơn vị một ngày", Parent: "so", Side: State}))
	must(t, p.CloseUnit(ctx, by, "motngay", "")) // on the day it was opened
	if all, err := p.Subtree(ctx, "so", by.On); err != nil || slices.Contains(all, "motngay") {
		t.Error(all, err)
	}
	for unit, want := range map[string][]string{"tdc1": {"tdc1", "tdc"}, "tdc2": {"tdc2"}} {
		if got, err := p.Subtree(ctx, unit, by.On); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", unit, got, err)
		}
	}
	if shapes, err := p.Shapes(ctx, "tdc"); err != nil || len(shapes) != 1 || shapes[0].MergedInto != "tdc1" || shapes[0].To != by.On {
		t.Errorf("%+v, %v", shapes, err)
	}
}

func TestPostsEnd(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	ctx := t.Context()
	must(t, p.GivePost(ctx, By{On: day("2020-01-01")}, Post{Person: "p1", Unit: "tdc", TitleVI: "Chi cục trưởng"}))
	wants(t, p.EndPost(ctx, By{On: day("2021-01-01")}, "p1", "qlkh"), "people.unknown_post")
	must(t, p.EndPost(ctx, By{On: day("2021-01-01")}, "p1", "tdc"))
	for on, want := range map[string]int{"2020-12-31": 1, "2021-01-01": 0} {
		if posts, err := p.Posts(ctx, day(on)); err != nil || len(posts) != want {
			t.Error(on, posts, err)
		}
	}
}

func TestAResetLeavesNoWayIn(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	staff(t, p, "khai")
	codes(t, p, c, "khai")
	_, token, err := p.NewToken(ctx, "khai", "", nil, time.Hour)
	must(t, err)
	s, err := p.openSession(ctx, "khai", ByLink, home)
	must(t, err)
	must(t, p.Reset(ctx, By{Actor: "command-line"}, "khai"))
	if has, _ := p.Has(ctx, "khai"); has.Password || has.TOTP || known(t, p, s) {
		t.Error("a way in stayed")
	}
	if id, _ := p.Bearer(ctx, token); id != nil {
		t.Error("a token stayed")
	}
}

func TestAClosedAccountComesBackToItsPersonOnly(t *testing.T) {
	p, _ := open(t)
	ctx := t.Context()
	staff(t, p, "khai")
	must(t, p.CloseAccount(ctx, By{}, "khai"))
	_, _, err := p.LogIn(ctx, "khai", sentence, home)
	wants(t, err, "people.bad_log_in")
	wants(t, p.OpenAccount(ctx, By{}, "khai", "somebody-else"), "people.account_exists")
	must(t, p.OpenAccount(ctx, By{}, "khai", "khai"))
}
