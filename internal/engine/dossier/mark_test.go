package dossier_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/label"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/testing/storetest"
)

// A mark changes priority and labels and nothing else, is found by both, can be undone, and keeps nobody from entering a step
// of last week.
func TestMark(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		before := o.steps(t, o.file(t, "2021-03-01").Code, "tiep_nhan 2021-03-01")
		other := o.file(t, "2021-03-01")
		count := func(f dossier.Filter) int {
			n, err := o.Count(o.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			return n[0]
		}
		if n := count(dossier.Filter{Label: "doan ra"}); n != 0 {
			t.Fatalf("%d before", n)
		}
		urgent := label.Urgent
		d, err := o.Mark(o.ctx, dossier.Mark{Code: before.Code, Change: label.Change{Priority: &urgent, Add: []string{"Đoàn ra", "Tết"}}, Expect: before.Stream, Actor: "a"})
		if err != nil || d.Priority != label.Urgent || !slices.Equal(d.Labels, []string{"Đoàn ra", "Tết"}) || d.LastOn != before.LastOn ||
			d.State != before.State || d.DueOn != before.DueOn || d.Assignee != before.Assignee || d.Stream != before.Stream+1 {
			t.Fatalf("%+v became %+v, %v", before, d, err)
		}
		if again, err := o.Mark(o.ctx, dossier.Mark{Code: d.Code, Change: label.Change{Add: []string{"tết"}}}); err != nil || again.Stream != d.Stream {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		for _, c := range []struct {
			f    dossier.Filter
			want int
		}{{dossier.Filter{Label: "doan ra"}, 1}, {dossier.Filter{Label: "khác"}, 0}, {dossier.Filter{Priorities: []label.Priority{label.Urgent}}, 1},
			{dossier.Filter{Priorities: []label.Priority{label.Normal, label.Low}}, 1}} {
			if n := count(c.f); n != c.want {
				t.Errorf("%+v: %d, want %d", c.f, n, c.want)
			}
		}
		if _, err := o.Mark(o.ctx, dossier.Mark{Code: d.Code, Expect: before.Stream}); !fault.Is(err, "dossier.changed") {
			t.Errorf("overtaken: %v", err)
		}
		if _, err := o.Mark(o.ctx, dossier.Mark{Code: other.Code, Change: label.Change{Add: []string{"a,b"}}}); !fault.Is(err, "label.bad_sign") {
			t.Errorf("a comma: %v", err)
		}
		back := label.Change{Priority: &before.Priority, Labels: &before.Labels}
		if d, err = o.Mark(o.ctx, dossier.Mark{Code: d.Code, Change: back, Expect: d.Stream}); err != nil || d.Priority != label.Normal || len(d.Labels) != 0 {
			t.Errorf("undone: %+v, %v", d, err)
		}
		o.steps(t, d.Code, "phan_cong 2021-03-01")
	})
}

// retitled files a dossier with a title of its own.
func (o *office) retitled(t interface{ Fatal(...any) }, title string) string {
	f := loan("2021-03-01")
	f.Fields["ten_sach"] = title
	d, err := o.Open(o.ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	return d.Code
}

// The list by title is in the order of the Vietnamese alphabet, also after dossiers came and titles changed since it was
// first asked for.
func TestListByTitle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		titles := []string{"Ớt", "An", "Đá", "Dê", "ăn", "ân", "Dế", "Zinc", "dê con"}
		check := func() {
			p, err := o.Page(context.Background(), dossier.Filter{}, worklist.Order{Group: worklist.NoDim, Key: worklist.Title}, worklist.Cursor{}, false, 50)
			if err != nil || !slices.IsSortedFunc(p.Rows, func(a, b *dossier.Row) int { return lang.Compare(a.Title, b.Title) }) {
				for _, r := range p.Rows {
					t.Error(r.Title)
				}
				t.Fatal(err)
			}
		}
		for i, title := range titles {
			o.retitled(t, title)
			if i%2 == 1 {
				check()
			}
		}
		check()
	})
}

// The list of a day is what each dossier was on that day, and today's list is the list.
func TestListAsOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		var codes []string
		for i := range 12 {
			f := loan(fmt.Sprintf("2021-03-%02d", 1+i%5))
			f.Unit = []string{"phong_a", "phong_b"}[i%2]
			d, err := o.Open(o.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, d.Code)
			switch i % 3 {
			case 0:
				o.steps(t, d.Code, "tiep_nhan 2021-03-08", "phan_cong 2021-03-09")
			case 1:
				o.steps(t, d.Code, "rut 2021-03-08")
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			on := day("2021-02-27") + 1
			for range rapid.IntRange(0, 14).Draw(t, "days") {
				on++
			}
			f := rapid.SampledFrom([]dossier.Filter{{}, {Open: true}, {Status: dossier.Withdrawn}, {Text: "truyen"}, {Text: "kiếu ban"}, {Units: []string{"phong_b"}}, {Text: codes[3]}}).Draw(t, "filter")
			p, err := o.AllAsOf(o.ctx, dossier.Reach{Without: []string{"phong_a"}}, "", on)
			rows, whole := p.List(f)
			if err != nil || !whole {
				t.Fatal(whole, err)
			}
			want := 0
			for _, code := range codes {
				d, err := o.AsOf(o.ctx, code, on)
				if fault.Is(err, "dossier.not_yet") {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if d.Unit == "phong_b" && (!f.Open || d.Open()) && (f.Status == 0 || d.Status == f.Status) && (f.Text != codes[3] || d.Code == codes[3]) && f.Text != "kiếu ban" {
					want++
				}
			}
			if len(rows) != want {
				t.Fatalf("%+v on %v: %d rows, want %d", f, on, len(rows), want)
			}
		})
	})
}
