package task_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/testing/storetest"
)

var state = task.Reach{State: true}

// TestTheViewsShowTheSameTasks: however tasks are dealt out, the months of the calendar with the undated ones, the list by
// pages, and the matrix by unit hold the same tasks, each once.
func TestTheViewsShowTheSameTasks(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	rapid.Check(t, func(rt *rapid.T) { // each round adds to what is there
		for range rapid.IntRange(0, 3).Draw(rt, "tasks") {
			due := rapid.SampledFrom([]string{"", "2021-06-14", "2021-06-30", "2021-07-01", "40d", "3mo"}).Draw(rt, "due")
			_, err := o.Assign(o.ctx, task.Assignment{Title: "Việc", Unit: rapid.SampledFrom([]string{"so", "phong"}).Draw(rt, "unit"), Due: due, On: calendar.NoDate, Actor: "hung"})
			must(t, err)
		}
		var listed, dated []string
		for at := 0; ; at += 40 {
			page, total, err := o.List(o.ctx, task.Filter{Reach: state, Limit: 40, Offset: at})
			must(t, err)
			for _, x := range page {
				listed = append(listed, x.ID)
			}
			if len(listed) >= total {
				break
			}
		}
		windows := []task.Window{task.Undated}
		for m := day("2021-06-01"); m < day("2021-12-01"); m = m.AddMonths(1) {
			windows = append(windows, task.Window{From: m, To: m.AddMonths(1) - 1})
		}
		for _, w := range windows {
			month, _, err := o.List(o.ctx, task.Filter{Reach: state, Due: w, Limit: 5000})
			must(t, err)
			for _, x := range month {
				dated = append(dated, x.ID)
			}
		}
		sum := 0
		units, err := o.ByUnit(o.ctx, state)
		must(t, err)
		for _, u := range units {
			sum += u.Total()
		}
		slices.Sort(listed)
		slices.Sort(dated)
		if !slices.Equal(listed, dated) || sum != len(listed) {
			rt.Fatalf("list %v, calendar %v, matrix %d", listed, dated, sum)
		}
	})
}

// TestAPlanIsComparedWithItsBaselineOnBothEngines freezes a unit's plan and then changes it in every way.
func TestAPlanIsComparedWithItsBaselineOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		var ids []string
		for range 6 {
			ids = append(ids, o.assign(t, "2021-06-30").ID)
		}
		if _, err := o.Freeze(o.ctx, "hung", task.Baseline{Name: " ", Unit: "so"}); err == nil {
			t.Error("a baseline without a name was taken")
		}
		b, err := o.Freeze(o.ctx, "hung", task.Baseline{Name: "Quý II", Unit: "so"})
		must(t, err)
		take := func(a task.Act) {
			t.Helper()
			a.On, a.Actor = calendar.NoDate, "hung"
			_, err := o.Take(o.ctx, a)
			must(t, err)
		}
		take(task.Act{ID: ids[0], Verb: task.TakenBack, Note: "Thôi"})
		take(task.Act{ID: ids[1], Verb: task.ExtensionRequested, Note: "Chờ", Due: "2021-07-30"})
		take(task.Act{ID: ids[1], Verb: task.ExtensionGranted})
		take(task.Act{ID: ids[2], Verb: task.HandedOver, Note: "Đúng việc", Unit: "phong"})
		take(task.Act{ID: ids[3], Verb: task.Finished, Evidence: "12/BC"})
		take(task.Act{ID: ids[4], Verb: task.HandedOver, Note: "Nghỉ phép", Unit: "so"})
		added := o.assign(t, "").ID
		want := map[string]string{ids[0]: "[dropped]", ids[1]: "[due_moved]", ids[2]: "[owner_moved]", ids[3]: "[done]", ids[4]: "[owner_moved]", ids[5]: "[]", added: "[added]"}
		got, err := o.Compare(o.ctx, b)
		must(t, err)
		for _, c := range got {
			if s := fmt.Sprint(c.Diff); s != want[c.Now.ID] {
				t.Errorf("%s: %s, want %s", c.Now.ID, s, want[c.Now.ID])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d tasks compared, want %d", len(got), len(want))
		}
		moved, err := o.Get(o.ctx, ids[1])
		must(t, err)
		if moved.FirstDue != day("2021-06-30") || moved.Due != day("2021-07-30") {
			t.Errorf("moved from %v to %v", moved.FirstDue, moved.Due)
		}
		if list, err := o.Baselines(o.ctx, task.Reach{Units: []string{"chi_bo"}}); err != nil || len(list) != 0 {
			t.Errorf("a reader of the Party's unit alone sees %v (%v)", list, err)
		}
		again, err := o.ledger.Rebuild(o.ctx, "task")
		must(t, err)
		for _, r := range again {
			if !r.Equal() {
				t.Errorf("%+v", r)
			}
		}
	})
}

// TestWhenATaskIsDueSoonIsData: the threshold is that of the day, and without one nothing is due soon.
func TestWhenATaskIsDueSoonIsData(t *testing.T) {
	rules := task.Rules{{From: day("2020-01-01"), DueSoon: 3}, {From: day("2021-06-16"), DueSoon: 1}}
	for on, want := range map[string]int{"2019-12-31": 0, "2020-01-01": 3, "2021-06-15": 3, "2021-06-16": 1} {
		if got := rules.At(day(on)).DueSoon; got != want {
			t.Errorf("%s: %d, want %d", on, got, want)
		}
	}
}
