package commendation_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/vault"
	"trucot/internal/room/commendation"
	"trucot/internal/testing/storetest"
)

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fakeCouncils count as they are told.
type fakeCouncils struct{ c *council.Council }

func (f *fakeCouncils) Form(_ context.Context, n council.Founding) (*council.Council, error) {
	f.c = &council.Council{ID: "HD-1", Rules: council.Rules{ID: n.Rule}, Files: n.Files, Base: 9}
	for _, x := range n.Files {
		f.c.Outcomes = append(f.c.Outcomes, council.Outcome{File: x.ID, For: 8, Passed: true})
	}
	return f.c, nil
}

func (f *fakeCouncils) Get(context.Context, string) (*council.Council, error) { return f.c, nil }

// office is a room with 24 people of good class in two units and its councils.
type office struct {
	*commendation.Room
	l        *ledger.Ledger
	votes    *fakeCouncils
	subjects []commendation.Subject
	now      time.Time
	early    []commendation.Achievement // of whoever is asked about
}

func open(t testing.TB, at string) *office {
	t.Helper()
	o := &office{votes: &fakeCouncils{}, now: time.Date(2025, 12, 1, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	db := storetest.Open(t, at)
	var err error
	o.l, err = ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{commendation.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { o.l.Close() })
	cal, err := calendar.Load(definitions.Files)
	must(t, err)
	keys, err := vault.Open(ctx, db, filepath.Join(t.TempDir(), "vault.key"))
	must(t, err)
	for i := range 24 {
		o.subjects = append(o.subjects, commendation.Subject{ID: fmt.Sprintf("p%02d", i), Unit: []string{"a", "b"}[i%2], Since: calendar.MustParse("2015-01-01")})
	}
	o.Room = commendation.New(o.l, db, commendation.Options{Clock: clock, Calendar: cal, Councils: o.votes,
		Rules:  func() (*commendation.Rules, error) { return commendation.Load(definitions.Files) },
		Roster: func(context.Context, string, calendar.Date) ([]commendation.Subject, error) { return o.subjects, nil },
		Work:   func(context.Context, int) (map[string]commendation.Work, error) { return nil, nil },
		Recognised: func(_ context.Context, code, kind string) (bool, error) {
			return code == "HS-1" && kind == "initiative", nil
		},
		Early: func(context.Context, commendation.Subject, int) ([]commendation.Achievement, error) {
			return o.early, nil
		},
		Label: func(_ context.Context, n *commendation.Nomination) string { return n.Subject },
		Host:  func(context.Context) (string, error) { return "so", nil },
		Seal:  keys.Seal, Open: keys.Open, Erase: keys.Erase})
	for _, s := range o.subjects {
		must(t, o.Assess(ctx, "vp", s, 2025, commendation.Good))
	}
	return o
}

func (o *office) merit(t testing.TB, i int, scope string) {
	t.Helper()
	must(t, o.AddMerit(ctx, "vp", o.subjects[i], commendation.Merit{Kind: "initiative", Scope: scope, Year: 2025, Title: "Sáng kiến mẫu", Source: "12/QĐ-SKHCN"}))
}

func (o *office) propose(t testing.TB, award string, subjects ...string) []string {
	t.Helper()
	list, err := o.Propose(ctx, commendation.Proposal{Actor: "vp", Side: commendation.State, Year: 2025, Award: award, Subjects: subjects})
	must(t, err)
	var ids []string
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return ids
}

func (o *office) take(t testing.TB, ids []string, verbs ...commendation.Verb) {
	t.Helper()
	for _, v := range verbs {
		_, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: ids, Verb: v, Decision: "125/QĐ-SKHCN", Note: "ghi chú"})
		if err != nil {
			t.Fatal(v, err)
		}
	}
}

func all(o *office) []string {
	var ids []string
	for _, s := range o.subjects {
		ids = append(ids, s.ID)
	}
	return ids
}

var plain = []commendation.Verb{commendation.Endorse, commendation.Appraise, commendation.Submit, commendation.Decide}

// TestFromReportToConferral takes everybody's title and a fighter's through council, decision, conferral and revocation.
func TestFromReportToConferral(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		o.merit(t, 0, "base")
		o.take(t, o.propose(t, "ldtt", all(o)...), plain...)
		ids := o.propose(t, "cstdcs", "p00")
		o.take(t, ids, commendation.Endorse, commendation.Appraise, commendation.SendOn)
		if _, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: ids, Verb: commendation.TakeVote}); !fault.Is(err, "commendation.no_vote") {
			t.Errorf("the vote is not confirmed: %v", err)
		}
		o.votes.c.Stage, o.votes.c.Outcomes[0].Passed = council.Confirmed, false
		if _, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: ids, Verb: commendation.TakeVote}); !fault.Is(err, "commendation.not_passed") {
			t.Errorf("not enough votes: %v", err)
		}
		o.votes.c.Outcomes[0].Passed = true
		o.take(t, ids, commendation.TakeVote, commendation.Submit, commendation.Decide, commendation.Confer)
		n, err := o.Get(ctx, ids[0])
		must(t, err)
		if n.Stage != commendation.Conferred || n.For != 8 || n.Base != 9 || n.Money != 2_340_000 || n.BaseSalary != 2_340_000 || n.Council != "HD-1" {
			t.Errorf("%+v", n)
		}
		rec, err := o.Record(ctx, "p00")
		must(t, err)
		if len(rec.Held) != 2 {
			t.Errorf("held: %+v", rec.Held)
		}
		list, total, err := o.List(ctx, commendation.Filter{Units: []string{"b"}, Year: 2025, Award: "ldtt", Limit: 5})
		must(t, err)
		if total != 12 || len(list) != 5 || slices.ContainsFunc(list, func(n *commendation.Nomination) bool { return n.Unit != "b" }) {
			t.Errorf("%d in the other unit, %d on the page", total, len(list))
		}
		seen, last := 0, ""
		for {
			rows, err := o.After(ctx, commendation.Filter{Units: []string{"b"}, Year: 2025, Award: "ldtt", Limit: 5}, last)
			must(t, err)
			if len(rows) == 0 {
				break
			}
			if rows[0].ID <= last {
				t.Fatalf("%s comes behind %s", rows[0].ID, last)
			}
			seen, last = seen+len(rows), rows[len(rows)-1].ID
		}
		if seen != 12 {
			t.Errorf("read on, the other unit has %d", seen)
		}
		if _, err := o.Take(ctx, commendation.Step{Actor: "gd", IDs: ids, Verb: commendation.Revoke, Decision: "9/QĐ", Note: "x", How: "forget"}); !fault.Is(err, "commendation.no_revocation") {
			t.Error(err)
		}
		back, err := o.Take(ctx, commendation.Step{Actor: "gd", IDs: ids, Verb: commendation.Revoke, Decision: "9/QĐ", Note: "Kê khai sai"})
		must(t, err)
		want := commendation.Revocation{How: "annul", Decision: "9/QĐ", On: o.Today(), Reason: "Kê khai sai"}
		if back[0].Stage != commendation.Revoked || *back[0].Revoked != want {
			t.Errorf("%+v", back[0].Revoked)
		}
		rec, err = o.Record(ctx, "p00")
		must(t, err)
		if len(rec.Held) != 2 || rec.Held[0].Revoked != nil || rec.Held[1].Revoked == nil || *rec.Held[1].Revoked != want || rec.Held[1].Nomination != ids[0] {
			t.Errorf("a revoked title is erased, or held: %+v", rec.Held)
		}
		again := o.propose(t, "cstdcs", "p00") // may be given anew
		if again[0] != ids[0]+"-2" {
			t.Error(again)
		}
	})
}

// TestAnAwardOfBeforeIsTakenBack: what was entered stays on record, marked, and may be entered anew.
func TestAnAwardOfBeforeIsTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at)
		who, h := o.subjects[0], commendation.Held{Award: "cstdcs", Year: 2024, Decision: "12/QĐ"}
		must(t, o.Enter(ctx, "vp", who, commendation.State, h))
		by := commendation.Revocation{Decision: " 9/QĐ ", Reason: "Ghi nhầm người"}
		take := func(h commendation.Held, change func(*commendation.Revocation)) error {
			x := by
			change(&x)
			return o.RevokeHeld(ctx, "gd", who, commendation.State, h, x)
		}
		same := func(*commendation.Revocation) {}
		for key, err := range map[string]error{
			"commendation.no_award":      take(commendation.Held{Award: "cstdcs", Year: 2023}, same),
			"commendation.need_decision": take(h, func(x *commendation.Revocation) { x.Decision = " " }),
			"commendation.need_note":     take(h, func(x *commendation.Revocation) { x.Reason = "" }),
			"commendation.no_revocation": take(h, func(x *commendation.Revocation) { x.How = "x" }),
			"commendation.bad_day":       take(h, func(x *commendation.Revocation) { x.On = o.Today() + 1 }),
		} {
			if !fault.Is(err, key) {
				t.Errorf("want %s, got %v", key, err)
			}
		}
		must(t, take(h, func(x *commendation.Revocation) { x.How = "recall" }))
		if err := take(h, same); !fault.Is(err, "commendation.no_award") {
			t.Error("taken back twice:", err)
		}
		must(t, o.Enter(ctx, "vp", who, commendation.State, commendation.Held{Award: "cstdcs", Year: 2024, Decision: "13/QĐ"}))
		check := func() {
			t.Helper()
			rec, err := o.Record(ctx, who.ID)
			must(t, err)
			if len(rec.Held) != 2 || rec.Held[0].Revoked == nil || rec.Held[0].Revoked.How != "recall" || rec.Held[0].Revoked.Decision != "9/QĐ" || rec.Held[1].Revoked != nil {
				t.Errorf("%+v", rec.Held)
			}
		}
		check()
		_, err := o.l.Rebuild(ctx)
		must(t, err)
		check()
	})
}

// TestADecisionCannotExceedTheCap: 15 % of 24 advanced workers is three fighters, however the decisions are cut.
func TestADecisionCannotExceedTheCap(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "a.db"))
	for i := range 5 {
		o.merit(t, i, "base")
	}
	o.take(t, o.propose(t, "ldtt", all(o)...), plain...)
	ids := o.propose(t, "cstdcs", "p00", "p01", "p02", "p03", "p04")
	o.take(t, ids, commendation.Endorse, commendation.Appraise, commendation.SendOn)
	o.votes.c.Stage = council.Confirmed
	o.take(t, ids, commendation.TakeVote, commendation.Submit)
	decide := func(ids ...string) error {
		_, err := o.Take(ctx, commendation.Step{Actor: "gd", IDs: ids, Verb: commendation.Decide, Decision: "1/QĐ-SKHCN"})
		return err
	}
	if err := decide(ids...); !fault.Is(err, "commendation.over_cap") {
		t.Fatalf("five of three: %v", err)
	}
	must(t, decide(ids[0], ids[1]))
	if err := decide(ids[2], ids[3]); !fault.Is(err, "commendation.over_cap") {
		t.Fatalf("two more than two: %v", err)
	}
	must(t, decide(ids[2]))
	sim, err := o.Simulate(ctx, commendation.State, 2025)
	must(t, err)
	if a := sim.Award("cstdcs"); a.Cap != 3 || a.Count[commendation.Within] != 3 || a.Count[commendation.Beyond] != 2 {
		t.Errorf("%+v of %d", a.Count, a.Cap)
	}
}

func TestWhatIsRefused(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "a.db"))
	who := o.subjects[0]
	propose := func(award, subject, occasion string) error {
		_, err := o.Propose(ctx, commendation.Proposal{Actor: "vp", Side: commendation.State, Year: 2025, Award: award, Subjects: []string{subject}, Occasion: occasion, Report: map[string]string{"sudden": "Cứu tài sản khi cháy kho"}[occasion]})
		return err
	}
	must(t, o.OpenCase(ctx, "vp", o.subjects[5], commendation.Case{Kind: "complaint", From: calendar.MustParse("2025-11-01")}))
	ids := o.propose(t, "ldtt", "p01")
	step := func(s commendation.Step) error { s.IDs = ids; _, err := o.Take(ctx, s); return err }
	for key, err := range map[string]error{
		"commendation.not_for_occasion": propose("ldtt", "p00", "sudden"),
		"commendation.not_met":          propose("cstdcs", "p00", ""),
		"commendation.blocked":          propose("giay_khen", "p05", "sudden"),
		"commendation.unknown_subject":  propose("ldtt", "p99", ""),
		"commendation.no_award":         propose("huy-hieu", "p00", ""),
		"commendation.exists":           propose("ldtt", "p01", ""),
		"commendation.bad_class":        o.Assess(ctx, "vp", who, 2025, "great"),
		"commendation.bad_year":         o.Assess(ctx, "vp", who, 1900, commendation.Good),
		"commendation.bad_merit":        o.AddMerit(ctx, "vp", who, commendation.Merit{Kind: "initiative", Scope: "base", Year: 2025, Title: "x"}),
		"commendation.not_recognised":   o.AddMerit(ctx, "vp", who, commendation.Merit{Kind: "mission", Scope: "base", Year: 2025, Title: "x", Code: "HS-1"}),
		"commendation.bad_case":         o.CloseCase(ctx, "vp", o.subjects[5], "complaint", calendar.MustParse("2025-10-01"), 0),
		"commendation.no_movement":      o.Register(ctx, "vp", who, commendation.State, commendation.Registration{Movement: "x", Year: 2025, Award: "ldtt"}),
		"commendation.not_now":          step(commendation.Step{Verb: commendation.Decide, Decision: "1"}),
		"commendation.need_note":        step(commendation.Step{Verb: commendation.Refuse}),
		"commendation.bad_day":          step(commendation.Step{Verb: commendation.Endorse, On: calendar.MustParse("2025-12-02")}),
		"commendation.nobody":           func() error { _, err := o.Take(ctx, commendation.Step{Verb: commendation.Endorse}); return err }(),
	} {
		if !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	must(t, o.CloseCase(ctx, "vp", o.subjects[5], "complaint", calendar.MustParse("2025-11-01"), 0))
	must(t, o.AddMerit(ctx, "vp", who, commendation.Merit{Kind: "initiative", Scope: "base", Year: 2025, Title: "Sáng kiến mẫu", Code: "HS-1"}))
	must(t, o.Enter(ctx, "vp", who, commendation.State, commendation.Held{Award: "cstdcs", Year: 2024}))
	if err := o.Enter(ctx, "vp", who, commendation.State, commendation.Held{Award: "cstdcs", Year: 2024}); !fault.Is(err, "commendation.held_already") {
		t.Error(err)
	}
}

// TestThePeopleAreAsked: a national title waits for the end of the consultation.
func TestThePeopleAreAsked(t *testing.T) {
	o := open(t, filepath.Join(t.TempDir(), "a.db"))
	o.merit(t, 0, "wide")
	for _, h := range []commendation.Held{{Award: "cstdcs", Year: 2023}, {Award: "cstdcs", Year: 2024}, {Award: "cstd_tinh", Year: 2024}} {
		must(t, o.Enter(ctx, "vp", o.subjects[0], commendation.State, h))
	}
	ids := o.propose(t, "cstd_toan_quoc", "p00")
	o.take(t, ids, commendation.Endorse, commendation.Appraise, commendation.SendOn)
	o.votes.c.Stage = council.Confirmed
	o.take(t, ids, commendation.TakeVote, commendation.Consult)
	if _, err := o.Take(ctx, commendation.Step{Actor: "vp", IDs: ids, Verb: commendation.Submit}); !fault.Is(err, "commendation.still_asked") {
		t.Error(err)
	}
	o.now = o.now.AddDate(0, 0, 15) // ten working days and a day
	o.take(t, ids, commendation.Submit)
}
