package directive_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/room/directive"
	"trucot/internal/testing/storetest"
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func clock() time.Time { return time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC) }

// newRegister is an empty register of an office with a state and a Party unit.
func newRegister(t testing.TB, at string) (*directive.Register, *store.DB, *ledger.Ledger) {
	t.Helper()
	ctx, db := context.Background(), storetest.Open(t, at)
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), directive.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(ctx, db, l, people.Options{Clock: clock})
	must(t, err)
	by := people.By{Actor: "sample", On: day("2019-01-01")}
	must(t, who.OpenUnit(ctx, by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State}))
	must(t, who.OpenUnit(ctx, by, people.Unit{Code: "dang_uy", NameVI: "Đảng uỷ mẫu", Side: people.Party}))
	return directive.New(l, db, who, directive.Options{Clock: clock}), db, l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func document(symbol, date string) directive.Document {
	d := directive.Blank()
	d.Symbol, d.Unit = symbol, "so"
	if date != "" {
		d.Date = day(date)
	}
	return d
}

func TestIdentityIsIssuerSymbolAndDate(t *testing.T) {
	r, _, _ := newRegister(t, filepath.Join(t.TempDir(), "a.db"))
	named := func(name, issuer string) directive.Document {
		d := document("", "")
		d.Name, d.Issuer = name, issuer
		return d
	}
	future := document("17/CT-TTg", "2021-06-15")
	strange := document("18/CT-TTg", "2020-06-15")
	strange.Kind = "bai_hat"
	nowhere := document("19/CT-TTg", "2020-06-15")
	nowhere.Unit = "khong_co"
	for _, c := range []struct {
		name  string
		d     directive.Document
		fault string
	}{
		{"first", document("16/CT-TTg", "2017-05-04"), ""},
		{"the same written otherwise", document("16 /CT–TTg", "2017-05-04"), "directive.exists"},
		{"the same symbol of another year", document("16/CT-TTg", "2018-06-13"), ""},
		{"a symbol without a date", document("16/CT-TTg", ""), "directive.need_date"},
		{"an unknown issuer", document("12", "2020-01-02"), "directive.need_issuer"},
		{"nothing", document("", ""), "directive.need_name"},
		{"a name without an issuer", named("Nghị quyết Đại hội", ""), "directive.need_issuer"},
		{"a name", named("Nghị quyết Đại hội", "Đại hội Đảng bộ tỉnh"), ""},
		{"the name again", named("nghị  quyết đại hội", "đại hội Đảng bộ tỉnh"), "directive.exists"},
		{"not issued yet", future, "directive.in_future"},
		{"no such kind", strange, "directive.unknown_kind"},
		{"no such unit", nowhere, "people.unknown_unit"},
	} {
		if _, err := r.Add(context.Background(), "sample", c.d); c.fault == "" && err != nil || c.fault != "" && !fault.Is(err, c.fault) {
			t.Errorf("%s: %v, not %q", c.name, err, c.fault)
		}
	}
	if found, err := r.Called(context.Background(), "16 / CT-TTg"); err != nil || len(found) != 2 || found[0].Date != day("2018-06-13") {
		t.Errorf("%v %v", found, err)
	}
}

func TestChainsOfReplacementOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		r, _, _ := newRegister(t, at)
		var ids []string
		for i := range 4 {
			d, err := r.Add(ctx, "sample", document(fmt.Sprintf("%d/CT-TTg", 10+i), fmt.Sprintf("20%d-01-02", 10+i)))
			must(t, err)
			ids = append(ids, d.ID)
		}
		change := func(earlier, later int, how directive.How, from string) error {
			_, err := r.Change(ctx, directive.Change{ID: ids[earlier], By: ids[later], How: how, From: day(from), Actor: "sample"})
			return err
		}
		must(t, change(0, 1, directive.Replaces, "2012-03-01"))
		must(t, change(1, 2, directive.Replaces, "2013-03-01"))
		must(t, change(2, 3, directive.Amends, "2014-03-01"))
		for key, err := range map[string]error{"directive.ended": change(0, 3, directive.Amends, "2014-03-01"), "directive.circle": change(2, 0, directive.Replaces, "2014-03-01"),
			"directive.bad_change": change(3, 2, "sings", "2014-03-01")} {
			if !fault.Is(err, key) {
				t.Errorf("%v, not %s", err, key)
			}
		}
		if _, err := r.Change(ctx, directive.Change{ID: ids[3], How: directive.Replaces, From: calendar.NoDate}); !fault.Is(err, "directive.need_successor") {
			t.Error(err)
		}
		links, err := r.Chain(ctx, ids[3])
		must(t, err)
		if len(links) != 3 {
			t.Errorf("the chain has %d links: %v", len(links), links)
		}
		first, err := r.Get(ctx, ids[0])
		must(t, err)
		if !first.InForce(day("2012-02-29")) || first.InForce(day("2012-03-01")) || first.By != ids[1] {
			t.Errorf("%+v", first)
		}
		for force, want := range map[string]int{"": 4, "in_force": 2, "ended": 2} {
			if _, n, err := r.List(ctx, directive.Filter{State: true, Force: force}); err != nil || n != want {
				t.Errorf("%q: %d, %v", force, n, err)
			}
		}
		if _, n, err := r.List(ctx, directive.Filter{State: true, Text: "thu tuong 12/ct"}); err != nil || n != 0 {
			t.Errorf("the words came in another order and were found %d times, %v", n, err)
		}
		if _, n, err := r.List(ctx, directive.Filter{State: true, Text: "12/ct thu tuong"}); err != nil || n != 1 {
			t.Errorf("%d found, %v", n, err)
		}
	})
}

func TestTargetsReplaceTheirLike(t *testing.T) {
	ctx := context.Background()
	r, _, l := newRegister(t, filepath.Join(t.TempDir(), "a.db"))
	d, err := r.Add(ctx, "sample", document("16/CT-TTg", "2017-05-04"))
	must(t, err)
	for _, value := range []string{"90", "95"} {
		d, err = r.SetGoal(ctx, "sample", d.ID, directive.Goal{Title: "Đúng hạn", Indicator: "dossier.on_time_rate", Period: "2021", Value: value, Unit: "so"})
		must(t, err)
	}
	if len(d.Goals) != 1 || d.Goals[0].Value != "95" {
		t.Errorf("%+v", d.Goals)
	}
	var figures []string
	must(t, l.Scan(ctx, 0, func(e ledger.Event) error {
		if e.Kind == "figure.target" {
			figures = append(figures, string(e.Data))
		}
		return nil
	}))
	if len(figures) != 2 || !strings.Contains(figures[1], `"value":"95"`) {
		t.Errorf("%v", figures)
	}
	party := document("05-NQ/ĐU", "2021-03-01")
	party.Unit, party.Issuer = "dang_uy", "Đảng uỷ"
	kept, err := r.Add(ctx, "sample", party)
	must(t, err)
	_, err = r.SetGoal(ctx, "sample", kept.ID, directive.Goal{Title: "Đúng hạn", Indicator: "dossier.on_time_rate", Period: "2021", Value: "97", Unit: "so"})
	must(t, err)
	must(t, l.Scan(ctx, 0, func(e ledger.Event) error {
		if e.Stream == "directive/"+kept.ID && e.Unit != "dang_uy" && strings.Contains(string(e.Data), "NQ/") {
			t.Errorf("%s of the unit %s names the Party's directive: %s", e.Kind, e.Unit, e.Data)
		}
		return nil
	}))
	for key, g := range map[string]directive.Goal{"directive.bad_goal": {Title: "x", Unit: "so", Period: "2021"}, "calendar.bad_period": {Title: "x", Indicator: "a", Value: "1", Period: "mai", Unit: "so"},
		"people.unknown_unit": {Title: "x", Indicator: "a", Value: "1", Period: "2021", Unit: "khong"}} {
		if _, err := r.SetGoal(ctx, "sample", d.ID, g); !fault.Is(err, key) {
			t.Errorf("%v, not %s", err, key)
		}
	}
}

// TestWhatTheHeadSays is the recogniser on heads of documents.
func TestWhatTheHeadSays(t *testing.T) {
	r, _, _ := newRegister(t, filepath.Join(t.TempDir(), "a.db"))
	lists, err := r.Lists()
	must(t, err)
	for _, c := range []struct{ text, symbol, kind, issuer, date, summary string }{
		{"CHÍNH PHỦ\nSố: 76/NQ-CP\nHà Nội, ngày 15 tháng 7 năm 2020\nNGHỊ QUYẾT\nVề cải cách thủ tục hành chính\n-----\nCăn cứ Luật", "76/NQ-CP", "nghi_quyet", "Chính phủ", "2020-07-15", "Về cải cách thủ tục hành chính"},
		{"BAN CHẤP HÀNH TRUNG ƯƠNG\nSố 50-KL/TW\nĐẢNG CỘNG SẢN VIỆT NAM\nHà Nội, ngày 30 tháng 5 năm 2019\nKẾT LUẬN\ncủa Bộ Chính trị", "50-KL/TW", "ket_luan", "", "2019-05-30", "của Bộ Chính trị"},
		{"Không có gì ở đây", "", "", "", "", ""},
		{"", "", "", "", "", ""},
	} {
		d := lists.Draft(c.text)
		if d.Symbol != c.symbol || d.Kind != c.kind || c.issuer != "" && d.Issuer != c.issuer || d.Date.String() != c.date || d.Summary != c.summary {
			t.Errorf("%q\n gave %+v", c.text, d)
		}
	}
}

// FuzzDraft: whatever a file holds, the form is filled in without a fall, from the text and within bounds.
func FuzzDraft(f *testing.F) {
	r, _, _ := newRegister(f, filepath.Join(f.TempDir(), "a.db"))
	lists, err := r.Lists()
	must(f, err)
	for _, s := range []string{"Số: 76/NQ-CP\nHà Nội, ngày 15 tháng 7 năm 2020\nNGHỊ QUYẾT\nVề việc", "V/v", "ngày 31 tháng 2 năm 2020", "NGHỊ QUYẾT", "\xff\n\xfe", "Số 50-KL/TW"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := lists.Draft(text)
		if len(d.Cites) > 200 || d.EndedOn != calendar.NoDate || d.Symbol != "" && !strings.ContainsAny(d.Symbol, "0123456789") {
			t.Errorf("%q gave %+v", text, d)
		}
	})
}

// TestTheRegisterIsWhatTheLedgerSays enters, replaces and ends at random; the tables rebuilt from the ledger in other batches
// equal the live ones.
func TestTheRegisterIsWhatTheLedgerSays(t *testing.T) {
	ctx := context.Background()
	r, db, l := newRegister(t, filepath.Join(t.TempDir(), "a.db"))
	var ids []string
	rapid.Check(t, func(rt *rapid.T) {
		d := document(fmt.Sprintf("%d/CT-TTg", rapid.IntRange(1, 400).Draw(rt, "number")), (day("2015-01-01") + calendar.Date(rapid.IntRange(0, 2000).Draw(rt, "day"))).String())
		got, err := r.Add(ctx, "sample", d)
		switch {
		case fault.Is(err, "directive.exists"):
		case err != nil:
			rt.Fatal(err)
		default:
			ids = append(ids, got.ID)
		}
		how := rapid.SampledFrom([]directive.How{directive.Replaces, directive.Amends, directive.Ends}).Draw(rt, "how")
		_, err = r.Change(ctx, directive.Change{ID: rapid.SampledFrom(ids).Draw(rt, "earlier"), By: rapid.SampledFrom(ids).Draw(rt, "later"), How: how, From: calendar.NoDate})
		if k := fault.KindOf(err); err != nil && k != fault.Invalid && k != fault.Conflict {
			rt.Fatal(err)
		}
	})
	before := dump(t, r)
	must(t, l.Close())
	f := directive.Fold()
	f.Version++
	again, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), f}, Clock: clock})
	must(t, err)
	defer again.Close()
	if after := dump(t, r); after != before || strings.Count(before, "\n") < 50 {
		t.Errorf("the rebuilt register differs from the live one:\n%s\n%s", before, after)
	}
}

func dump(t *testing.T, r *directive.Register) string {
	t.Helper()
	docs, _, err := r.List(context.Background(), directive.Filter{State: true, Limit: 10_000})
	must(t, err)
	var b strings.Builder
	for _, d := range docs {
		links, err := r.Chain(context.Background(), d.ID)
		must(t, err)
		fmt.Fprintf(&b, "%+v %d %d %v\n", *d, d.Version, d.Position, links)
	}
	return b.String()
}
