package app

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// moving is an agency of two divisions on 1 July 2025, whose heads are "dau" and "cuoi".
func moving(t *testing.T, at string) *office {
	t.Helper()
	o := &office{t: t}
	o.on("2025-07-01")
	a, err := Open(context.Background(), Options{Data: t.TempDir(), DB: database(at), Clock: func() time.Time { return o.now }})
	o.must(err)
	t.Cleanup(func() { a.Close() })
	o.App = a
	by := people.By{Actor: "test", On: calendar.MustParse("2020-01-01")}
	o.must(a.People.OpenUnit(t.Context(), by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State, Kind: "so"}))
	for unit, account := range map[string]string{"atbx": "dau", "vp": "cuoi", "so": "mc"} {
		if unit != "so" {
			o.must(a.People.OpenUnit(t.Context(), by, people.Unit{Code: unit, NameVI: "Phòng mẫu " + unit, Parent: "so", Side: people.State, Kind: "phong"}))
		}
		role := people.Grant{Role: people.UnitHead, Unit: unit}
		if unit == "so" {
			role = people.Grant{Role: people.OneStop, Unit: people.Everywhere}
		}
		o.must(a.People.SetPerson(t.Context(), people.Person{ID: "p-" + account, Name: "Người mẫu " + account}))
		o.must(a.People.OpenAccount(t.Context(), by, account, "p-"+account))
		o.must(a.People.GrantRole(t.Context(), by, account, role))
	}
	return o
}

// database is what Options.DB takes: an address of storetest, unless it is a file.
func database(at string) string {
	if at != "" && at[0] == '/' {
		return ""
	}
	return at
}

// TestFiguresFollowAMove: on the days before it a moved dossier counts for its old unit, from that day on for the new one, and at no
// time for both or none; each unit's figures add up.
func TestFiguresFollowAMove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := moving(t, at)
		var filed []string
		for range 3 {
			d := o.file("direct")
			for _, step := range []string{"thong_bao_phi", "nop_phi"} {
				d = o.act(d, "2025-07-01", step)
			}
			filed = append(filed, d.Code)
		}
		o.taken(filed[0])
		o.taken(filed[1])
		o.on("2025-07-10")
		for _, code := range []string{filed[0], filed[2]} { // the last one is not received yet, hence not in hand
			_, err := o.Dossiers.Move(t.Context(), dossier.Move{Code: code, To: "vp", Reason: "sáp nhập", Actor: "dau"})
			o.must(err)
		}
		o.taken(filed[2])
		for day, want := range map[string]map[string][4]int64{ // opening of July, moved in, moved out, closing
			"2025-07-09": {"atbx": {0, 0, 0, 2}, "vp": {0, 0, 0, 0}},
			"2025-07-10": {"atbx": {0, 0, 1, 1}, "vp": {0, 1, 0, 2}},
			"2025-08-31": {"atbx": {1, 0, 0, 1}, "vp": {2, 0, 0, 2}},
		} {
			for unit, n := range want {
				got := o.figures(unit, day)
				if got != n {
					t.Errorf("%s on %s: %v, want %v", unit, day, got, n)
				}
			}
		}
		report, err := o.Ledger.Rebuild(t.Context())
		if err != nil || slices.ContainsFunc(report, func(r ledger.Rebuilt) bool { return !r.Equal() }) {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// taken receives a dossier on the day of the clock.
func (o *office) taken(code string) {
	o.t.Helper()
	_, err := o.Dossiers.Act(o.t.Context(), dossier.Act{Code: code, Action: "tiep_nhan", Documents: []string{"don"}, Fields: map[string]any{}})
	o.must(err)
}

// figures are a unit's dossiers in hand at the beginning of the month of a day, those moved in and out since, and those at its end;
// they add up with what was received.
func (o *office) figures(unit, day string) [4]int64 {
	o.t.Helper()
	period, err := calendar.ParsePeriod(day[:5] + "M" + day[5:7])
	o.must(err)
	get := func(id string) indicator.Figure {
		f, err := o.Indicators.Figure(indicator.Query{Period: period, AsOf: calendar.MustParse(day), Units: []string{unit}}, id)
		o.must(err)
		return f
	}
	whole := func(v indicator.Value) int64 { return int64(v / indicator.One) }
	open, in, out := get("dossier.open"), get("dossier.moved_in").Arising, get("dossier.moved_out").Arising
	if sum := open.Opening + get("dossier.received").Arising + get("dossier.moved").Arising; sum != open.Closing || get("dossier.moved").Arising != in-out {
		o.t.Errorf("%s on %s does not add up: %v and %v", unit, day, sum, open)
	}
	return [4]int64{whole(open.Opening), whole(in), whole(out), whole(open.Closing)}
}

// TestAMoveTakesEverythingAlong: the council of the dossier, the search, and the notice to the head of the unit that takes it.
func TestAMoveTakesEverythingAlong(t *testing.T) {
	o := moving(t, "")
	d, err := o.Dossiers.Open(t.Context(), dossier.Filing{Procedure: "initiative", Unit: "atbx", Actor: "dau", Documents: []string{"don", "mo_ta", "xac_nhan"},
		Fields: map[string]any{"ten": "Tưới tự động cho vườn ươm (mẫu)", "don_vi": "Trung tâm Ứng dụng (mẫu)", "giai_phap": "ky_thuat", "tac_gia": "Tác giả mẫu", "pham_vi": "co_so", "ap_dung_tu": "2025-01-10"}})
	o.must(err)
	d = o.act(o.act(d, "2025-07-01", "chap_nhan"), "2025-07-01", "dua_hoi_dong")
	c, err := o.Councils.Form(t.Context(), council.Founding{Dossier: d.Code, Rule: "sang_kien", Decision: "12/QĐ", Secretary: "dau", Actor: "dau"})
	o.must(err)
	found := func(unit string) int {
		r, err := o.Find(t.Context(), search.Query{Text: d.Code, Scope: []search.Clause{{All: []string{"unit:" + unit}}}, Limit: 5})
		o.must(err)
		return r.Total
	}
	if found("atbx") != 1 || found("vp") != 0 {
		t.Fatalf("found before: %d and %d", found("atbx"), found("vp"))
	}
	_, err = o.Dossiers.Move(t.Context(), dossier.Move{Code: d.Code, To: "vp", Reason: "sáp nhập", Actor: "dau"})
	o.must(err)
	if c, err = o.Councils.Get(t.Context(), c.ID); err != nil || c.Unit != "vp" {
		t.Errorf("its council is %+v, %v", c, err)
	}
	if found("atbx") != 0 || found("vp") != 1 {
		t.Errorf("found after: %d and %d", found("atbx"), found("vp"))
	}
	o.told(d.Code, "cuoi", notify.DossierArrived)
	report, err := o.Ledger.Rebuild(t.Context())
	if err != nil || slices.ContainsFunc(report, func(r ledger.Rebuilt) bool { return !r.Equal() }) {
		t.Errorf("%+v, %v", report, err)
	}
}

// told checks that an account has a notice of a kind about a dossier, and no other account has.
func (o *office) told(code, account string, kind notify.Kind) {
	o.t.Helper()
	o.must(o.Notify.Step(o.t.Context()))
	for _, who := range []string{"dau", "cuoi", "mc"} {
		list, err := o.Notify.List(o.t.Context(), who, "", false, 100)
		o.must(err)
		has := slices.ContainsFunc(list, func(n notify.Notice) bool { return n.Kind == kind && n.Subject == "dossier/"+code })
		if has != (who == account) {
			o.t.Errorf("%s was told %s of %s: %v", who, kind, code, has)
		}
	}
}

// TestADossierOfNobodyWarnsWhoReceives: the draft of the apology needs nobody to work on the dossier, and its warning goes to the
// head of the unit, of the unit that it was merged into, or else to the one-stop desk.
func TestADossierOfNobodyWarnsWhoReceives(t *testing.T) {
	by := func(day string) people.By { return people.By{Actor: "test", On: calendar.MustParse(day)} }
	for name, c := range map[string]struct {
		before func(o *office) error
		want   string
	}{
		"its head":           {func(*office) error { return nil }, "dau"},
		"head after merging": {func(o *office) error { return o.People.CloseUnit(o.t.Context(), by("2025-07-20"), "atbx", "vp") }, "cuoi"},
		"no head": {func(o *office) error {
			return o.People.RevokeRole(o.t.Context(), by("2025-07-20"), "dau", people.Grant{Role: people.UnitHead, Unit: "atbx"})
		}, "mc"},
	} {
		t.Run(name, func(t *testing.T) {
			o := moving(t, "")
			d := o.act(o.act(o.file("direct"), "2025-07-01", "thong_bao_phi"), "2025-07-01", "nop_phi")
			o.taken(d.Code)
			o.on("2025-07-20")
			o.must(c.before(o))
			d, err := o.Dossiers.Get(t.Context(), d.Code)
			o.must(err)
			day := d.DueOn - 1
			for !o.Calendar.Working(day) {
				day--
			}
			o.on(day.String())
			if papers := o.ids(d); d.Assignee != "" || !slices.Contains(strings.Fields(papers), "xin-loi") {
				t.Errorf("nobody works on it and no letter is drafted: %q has %s", d.Assignee, papers)
			}
			o.told(d.Code, c.want, notify.DossierDueSoon)
			if d = o.act(d, day.String(), "xin_loi", "ly_do=Chưa phân công", "hen_lai_ngay="+o.Calendar.Next(o.Calendar.Next(d.DueOn)).String()); !d.Reappointed {
				t.Error("the head cannot appoint another day before sharing out the work")
			}
		})
	}
}

// TestEveryStockOfDossiersFollowsAMove: a stock counted by steps of open dossiers says what a move takes away and brings. Dossiers that
// are finished do not move.
func TestEveryStockOfDossiersFollowsAMove(t *testing.T) {
	o := moving(t, "")
	over := []string{"dossier.finished", "dossier.returned"}
	looked := 0
	for _, def := range o.Indicators.Definitions().All() {
		if def.Type != indicator.Stock {
			continue
		}
		open := slices.ContainsFunc(kindsOf(def.Plus), func(kind string) bool { return strings.HasPrefix(kind, "dossier.") && !slices.Contains(over, kind) })
		if !open {
			continue
		}
		looked++
		if !slices.Contains(kindsOf(def.Plus), dossier.KindMovedIn) || !slices.Contains(kindsOf(def.Minus), "dossier.moved_out") {
			t.Errorf("%s counts open dossiers and does not follow a move to another unit", def.ID)
		}
	}
	if looked < 2 {
		t.Errorf("%d stocks of open dossiers were looked at", looked)
	}
}

func kindsOf(rules []indicator.Match) []string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Kind...)
	}
	return out
}
