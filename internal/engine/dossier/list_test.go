package dossier_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// After any steps, also recorded by somebody else's hand, a list is what reading every row and looking at it gives,
// and so is each count.
func TestListsFollowTheLedger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		var codes []string
		for i := range 12 {
			f := loan(fmt.Sprintf("2021-03-%02d", 1+i%5))
			f.Unit = []string{"phong_a", "phong_b", ""}[i%3]
			d, err := o.Open(o.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, d.Code)
		}
		check := func() {
			all, total, err := o.List(o.ctx, dossier.Filter{Limit: 100})
			if err != nil || total != len(codes) || len(all) != total {
				t.Fatalf("%d of %d, %v", len(all), total, err)
			}
			for _, f := range []dossier.Filter{{Units: []string{"phong_a", ""}}, {Without: []string{"phong_b"}}, {Open: true}, {Statuses: []int{1, 7}},
				{Assignee: "hai"}, {Unassigned: true}, {Overdue: day("2021-03-17")}, {DueFrom: day("2021-03-16"), DueUntil: day("2021-03-18")}, {Units: []string{}}} {
				want := 0
				for i := range all {
					if fits(o, &f, &all[i]) {
						want++
					}
				}
				n, err := o.Count(o.ctx, f)
				rows, total, err2 := o.List(o.ctx, f)
				if err != nil || err2 != nil || n[0] != want || total != want || len(rows) != want {
					t.Errorf("%+v: count %v, %d rows of %d, %v %v; want %d", f, n, len(rows), total, err, err2, want)
				}
				for i := range rows {
					if !fits(o, &f, &rows[i]) {
						t.Errorf("%+v shows %+v", f, rows[i])
					}
				}
			}
		}
		check()
		for i, code := range codes {
			switch i % 4 {
			case 0:
				o.steps(t, code, "tiep_nhan 2021-03-08")
			case 1:
				o.steps(t, code, "tiep_nhan 2021-03-08", "phan_cong 2021-03-09")
				if _, err := o.Act(o.ctx, dossier.Act{Code: code, Action: "chuyen_nguoi", On: day("2021-03-10"), Assignee: "hai"}); err != nil {
					t.Fatal(err)
				}
			case 2:
				o.steps(t, code, "rut 2021-03-08")
			}
			if i%5 == 0 {
				check()
			}
		}
		check()
	})
}

// fits is the filter as a sentence about one dossier, read anew.
func fits(o *office, f *dossier.Filter, r *dossier.Row) bool {
	d, err := o.Get(o.ctx, r.Code)
	if err != nil {
		panic(err)
	}
	due := d.Open() && d.DueOn > 0
	return (f.Units == nil || slices.Contains(f.Units, d.Unit)) && !slices.Contains(f.Without, d.Unit) && (!f.Open || d.Open()) &&
		(f.Statuses == nil || slices.Contains(f.Statuses, d.Status)) && (f.Assignee == "" || d.Assignee == f.Assignee) &&
		(!f.Unassigned || d.Assignee == "") && (f.Overdue == 0 || due && d.DueOn < f.Overdue) &&
		(f.DueFrom == 0 || due && d.DueOn >= f.DueFrom && d.DueOn < f.DueUntil)
}

// A page of the list follows on the one before whatever the order, with each dossier once.
func TestPagesHaveEachDossierOnce(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	for i := range 30 {
		f := loan(fmt.Sprintf("2021-03-%02d", 1+i%7))
		f.Unit = fmt.Sprint("phong_", i%4)
		if _, err := o.Open(o.ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		order := worklist.Order{Group: rapid.SampledFrom([]worklist.Dim{worklist.NoDim, worklist.Unit, worklist.ByOpen}).Draw(rt, "group"),
			Key: worklist.Key(rapid.IntRange(0, 2).Draw(rt, "key")), Desc: rapid.Bool().Draw(rt, "down")}
		seen, at := map[string]bool{}, worklist.Cursor{}
		for {
			p, err := o.Page(o.ctx, dossier.Filter{}, order, at, false, 7)
			if err != nil || p.First != len(seen) {
				rt.Fatalf("%d before, seen %d, %v", p.First, len(seen), err)
			}
			for _, r := range p.Rows {
				if seen[r.Code] {
					rt.Fatalf("%s twice", r.Code)
				}
				seen[r.Code] = true
			}
			if at = p.End; !p.Ahead {
				break
			}
		}
		if len(seen) != 30 {
			rt.Fatalf("%d of 30", len(seen))
		}
	})
}

// The table built again in other batches numbers the rows as before.
func TestRowNumbersSurviveARebuild(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		for range 5 {
			o.file(t, "2021-03-01")
		}
		before, _, err := o.List(o.ctx, dossier.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		report, err := o.ledger.Rebuild(o.ctx)
		if err != nil || slices.ContainsFunc(report, func(r ledger.Rebuilt) bool { return !r.Equal() }) {
			t.Fatalf("%+v %v", report, err)
		}
		o.file(t, "2021-03-01")
		after, total, err := o.List(o.ctx, dossier.Filter{})
		if err != nil || total != 6 {
			t.Fatalf("%d, %v", total, err)
		}
		for i, r := range before {
			if after[i].Num != r.Num || after[i].Code != r.Code {
				t.Errorf("%+v became %+v", r, after[i])
			}
		}
	})
}
