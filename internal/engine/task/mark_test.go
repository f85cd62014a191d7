package task_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/label"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/testing/storetest"
)

func (o *office) titled(t testing.TB, titles ...string) (ids []string) {
	t.Helper()
	for _, title := range titles {
		n, err := o.Assign(o.ctx, task.Assignment{Title: title, Unit: "phong", Owner: "hung", Due: "2021-06-20", On: calendar.NoDate, Actor: "hung"})
		must(t, err)
		ids = append(ids, n.ID)
	}
	return ids
}

func (o *office) found(t testing.TB, f task.Filter) string {
	t.Helper()
	f.Reach = state
	list, total, err := o.List(o.ctx, f)
	must(t, err)
	var titles []string
	for _, x := range list {
		titles = append(titles, x.Title)
	}
	if total != len(titles) {
		t.Errorf("%d of %d", len(titles), total)
	}
	return strings.Join(titles, "|")
}

func TestSearchByWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		ids := o.titled(t, "Báo cáo quý", "Bảo vệ đề tài 16/QĐ-TTg", "BAO CAO NAM")
		for text, want := range map[string]string{
			"bao": "Báo cáo quý|Bảo vệ đề tài 16/QĐ-TTg|BAO CAO NAM", "cáo báo": "Báo cáo quý", "bảo": "Bảo vệ đề tài 16/QĐ-TTg", "quy b": "Báo cáo quý",
			"bá quý": "", "16/qd-ttg": "Bảo vệ đề tài 16/QĐ-TTg", "năm": "BAO CAO NAM", ids[2]: "BAO CAO NAM", "100%": "",
			"de tai bao ve 16 ttg qd-ttg 16/qd": "Bảo vệ đề tài 16/QĐ-TTg",
		} {
			if got := o.found(t, task.Filter{Text: text}); got != want {
				t.Errorf("%q finds %q, not %q", text, got, want)
			}
		}
	})
}

// A mark is found, sorted and grouped by, can be undone, and does not keep anybody from a step of before it.
func TestMarkTask(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		ids := o.titled(t, "ăn", "Đá", "An", "Dê")
		if got := o.found(t, task.Filter{Sort: task.ByTitle}); got != "An|ăn|Dê|Đá" {
			t.Errorf("by title: %s", got)
		}
		urgent := label.Urgent
		n, err := o.Mark(o.ctx, ids[1], label.Change{Priority: &urgent, Add: []string{"Đoàn ra"}}, 0, "hung")
		must(t, err)
		if n.Priority != urgent || !slices.Equal(n.Labels, []string{"Đoàn ra"}) {
			t.Fatalf("%+v", n)
		}
		if again, err := o.Mark(o.ctx, ids[1], label.Change{Add: []string{"doan ra"}}, n.Version, "hung"); err != nil || again.Version != n.Version {
			t.Errorf("the same again: %v %v", again, err)
		}
		if _, err := o.Mark(o.ctx, ids[1], label.Change{Remove: []string{"doan ra"}}, n.Version-1, "hung"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("overtaken: %v", err)
		}
		for want, f := range map[string]task.Filter{"Đá": {Label: "doan ra"}, "Đá|ăn|An|Dê": {Sort: task.ByPriority}, "ăn|An|Dê": {Priority: new(label.Priority)}, "": {Label: "ra"}} {
			if got := o.found(t, f); got != want {
				t.Errorf("%+v: %q, not %q", f, got, want)
			}
		}
		if _, err = o.Mark(o.ctx, ids[1], label.Change{Priority: new(label.Priority), Labels: new([]string)}, 0, "hung"); err != nil {
			t.Error(err)
		}
		if got := o.found(t, task.Filter{Sort: task.ByPriority}); got != "ăn|Đá|An|Dê" {
			t.Errorf("undone: %s", got)
		}
	})
}

// The list of a day holds what each task was on that day, and that of today is the list.
func TestTasksAsOfADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		ids := o.titled(t, "Một", "Hai", "Ba")
		first := o.Today()
		o.now = o.now.AddDate(0, 0, 10)
		_, err := o.Take(o.ctx, task.Act{ID: ids[0], Verb: task.Finished, On: calendar.NoDate, Actor: "hung", Evidence: "x"})
		must(t, err)
		fourth, err := o.Assign(o.ctx, task.Assignment{Title: "Bốn", Unit: "so", On: calendar.NoDate, Actor: "hung"})
		must(t, err)
		last := []string{fourth.ID}
		rapid.Check(t, func(rt *rapid.T) {
			on := first - 1 + calendar.Date(rapid.IntRange(0, 12).Draw(rt, "days"))
			view := rapid.SampledFrom([]string{"", "open", "overdue", "done_late", "in_term"}).Draw(rt, "view")
			past, err := o.AllAsOf(o.ctx, state, on)
			if err != nil || !past.Whole {
				rt.Fatal(past.Whole, err)
			}
			list := past.List(task.Filter{View: view})
			if n := past.Tally(task.Filter{}).Of(view); n != len(list) {
				rt.Errorf("%d are counted, %d listed on %v (%s)", n, len(list), on, view)
			}
			want := map[string]bool{}
			for _, id := range append(slices.Clone(ids), last...) {
				done := id == ids[0] && on >= first+10
				late := on > day("2021-06-20") && id != last[0]
				there := on >= first && id != last[0] || on >= first+10
				is := map[string]bool{"": true, "open": !done, "overdue": !done && late, "done_late": done, "in_term": !done && !late}[view]
				if there && is {
					want[id] = true
				}
			}
			for _, id := range append(slices.Clone(ids), last...) {
				now, err := o.Get(o.ctx, id)
				must(t, err)
				then, err := o.AsOf(o.ctx, now, on)
				i := slices.IndexFunc(past.List(task.Filter{}), func(x *task.Task) bool { return x.ID == id })
				if i < 0 && !fault.Is(err, "task.not_yet") || i >= 0 && (err != nil || !reflect.DeepEqual(then, past.List(task.Filter{})[i])) {
					rt.Errorf("%s alone on %v: %+v, %v", id, on, then, err)
				}
			}
			for _, x := range list {
				if !want[x.ID] {
					rt.Errorf("%s on %v (%s) is %v", x.Title, on, view, x.State)
				}
			}
			if len(list) != len(want) {
				rt.Errorf("%d of %d on %v (%s)", len(list), len(want), on, view)
			}
		})
		now, err := o.AllAsOf(o.ctx, state, o.Today())
		if list := now.List(task.Filter{Text: lang.Fold("Hai")}); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
		for _, f := range []task.Filter{{Reach: state}, {Reach: state, Text: "HAI"}, {Reach: state, Account: "nobody"}} {
			tally, err := o.Tally(o.ctx, f)
			if then := now.Tally(f); err != nil || tally != then {
				t.Errorf("%+v: %+v now, %+v as of today, %v", f, tally, then, err)
			}
			for _, view := range []string{"", "open", "overdue", "in_term", "done", "done_on_time", "done_late", "unconfirmed"} {
				f.View = view
				if _, n, err := o.List(o.ctx, f); err != nil || n != tally.Of(view) {
					t.Errorf("%+v: %d are listed, %d counted, %v", f, n, tally.Of(view), err)
				}
			}
		}
	})
}
