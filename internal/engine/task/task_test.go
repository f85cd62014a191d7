package task_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// office is an engine over an empty database whose clock the test sets, with the shipped figures.
type office struct {
	*task.Engine
	ctx     context.Context
	ledger  *ledger.Ledger
	who     *people.People
	figures *indicator.Engine
	now     time.Time
}

func day(s string) calendar.Date { return calendar.MustParse(s) }

func newOffice(t testing.TB, at string) *office {
	t.Helper()
	o := &office{ctx: context.Background(), now: time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	db := storetest.Open(t, at)
	l, err := ledger.Open(o.ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), task.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(o.ctx, db, l, people.Options{Clock: clock})
	must(t, err)
	by := people.By{Actor: "sample", On: day("2019-01-01")}
	for _, u := range []people.Unit{
		{Code: "so", NameVI: "Sở mẫu", Side: people.State}, {Code: "phong", NameVI: "Phòng mẫu", Parent: "so", Side: people.State},
		{Code: "chi_bo", NameVI: "Chi bộ mẫu", Side: people.Party},
	} {
		must(t, who.OpenUnit(o.ctx, by, u))
	}
	must(t, who.OpenAccount(o.ctx, by, "hung", "hung"))
	shipped, err := definitionsOnce()
	must(t, err)
	o.figures, err = indicator.New(shipped.figures, indicator.Options{})
	must(t, err)
	l.Follow(o.figures.Feed)
	must(t, o.figures.CatchUp(o.ctx, l))
	o.who = who
	o.ledger, o.Engine = l, task.New(l, db, shipped.calendar, who, task.Options{Clock: clock})
	return o
}

type shipped struct {
	calendar *calendar.Calendar
	figures  *indicator.Definitions
}

// definitionsOnce reads what is shipped once for all offices.
var definitionsOnce = sync.OnceValues(func() (s shipped, err error) {
	if s.calendar, err = calendar.Load(definitions.Files); err != nil {
		return s, err
	}
	files, err := fs.Sub(definitions.Files, "indicators")
	if err == nil {
		s.figures, err = indicator.Load(files)
	}
	return s, err
})

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// set moves the clock to noon of a day.
func (o *office) set(d calendar.Date) { o.now = d.Time().Add(5 * time.Hour) }

func (o *office) assign(t testing.TB, due string) *task.Task {
	t.Helper()
	got, err := o.Assign(o.ctx, task.Assignment{Title: "Xây dựng kế hoạch (mẫu)", Unit: "so", Owner: "hung", Due: due, On: calendar.NoDate, Actor: "sample"})
	must(t, err)
	return got
}

// count is a figure's closing value on a day, in whole tasks.
func (o *office) count(t interface{ Fatal(...any) }, id string, on calendar.Date, units ...string) int {
	f, err := o.figures.Figure(indicator.Query{Period: calendar.MustPeriod("2021"), AsOf: on, Units: units}, id)
	if err != nil {
		t.Fatal(err)
	}
	return int(f.Closing / indicator.One)
}

func TestFromAssignmentToFigureOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		first := o.assign(t, "15wd")
		if first.ID != "NV-210614-001" || first.Due != day("2021-07-05") || first.Term != "15wd" {
			t.Fatalf("%+v", first)
		}
		second := o.assign(t, "2021-06-20")
		o.set(day("2021-06-25"))
		if got := second.Status(day("2021-06-25")); got != task.Overdue {
			t.Error(got)
		}
		if n := o.count(t, "task.overdue", day("2021-06-25")); n != 1 {
			t.Errorf("%d overdue", n)
		}
		done, err := o.Take(o.ctx, task.Act{ID: second.ID, Verb: task.Finished, On: calendar.NoDate, Actor: "hung", Evidence: "12/BC-SKHCN"})
		must(t, err)
		if !done.Late || done.Status(day("2021-06-25")) != task.DoneLate {
			t.Errorf("%+v", done)
		}
		for id, want := range map[string]int{"task.total": 2, "task.done": 1, "task.done_late": 1, "task.done_on_time": 0, "task.open": 1, "task.in_term": 1, "task.overdue": 0} {
			if n := o.count(t, id, day("2021-06-25")); n != want {
				t.Errorf("%s is %d, not %d", id, n, want)
			}
		}
		if n := o.count(t, "task.overdue", day("2021-06-22")); n != 1 {
			t.Errorf("as of 22 June %d were overdue", n)
		}
		rows, err := o.ByUnit(o.ctx, task.Reach{State: true})
		must(t, err)
		if len(rows) != 1 || rows[0] != (task.UnitCount{Unit: "so", DoneLate: 1, InTerm: 1}) {
			t.Errorf("%+v", rows)
		}
	})
}

// TestWhatMayBeDone is the table of the rules: a life up to some point, the next step, and the fault it meets.
func TestWhatMayBeDone(t *testing.T) {
	act := func(v task.Verb) task.Act { return task.Act{Verb: v, On: calendar.NoDate, Actor: "sample"} }
	noted := func(v task.Verb) task.Act { a := act(v); a.Note = "lý do mẫu"; return a }
	finish := act(task.Finished)
	finish.Evidence = "12/BC-SKHCN"
	later, sooner := noted(task.ExtensionRequested), noted(task.ExtensionRequested)
	later.Due, sooner.Due = "2021-08-30", "2021-06-30"
	early := noted(task.Progressed)
	early.On = day("2021-06-13")
	future := noted(task.Progressed)
	future.On = day("2021-06-15")
	there := noted(task.HandedOver)
	there.Unit, there.Owner = "phong", "hung"
	across := there
	across.Unit = "chi_bo"
	nobody := there
	nobody.Owner = "ai-do"
	for _, c := range []struct {
		name  string
		life  []task.Act
		next  task.Act
		fault string
	}{
		{"done without evidence", nil, act(task.Finished), "task.need_evidence"},
		{"progress without a word", nil, act(task.Progressed), "task.need_note"},
		{"confirmed before done", nil, act(task.Accepted), "task.not_now"},
		{"done twice", []task.Act{finish}, finish, "task.not_now"},
		{"confirmed twice", []task.Act{finish, act(task.Accepted)}, act(task.Accepted), "task.not_now"},
		{"returned without a word", []task.Act{finish}, act(task.Reopened), "task.need_note"},
		{"returned and done again", []task.Act{finish, noted(task.Reopened)}, finish, ""},
		{"extension to an earlier day", nil, sooner, "task.due_not_later"},
		{"extension without a day", nil, noted(task.ExtensionRequested), "task.need_due"},
		{"two extensions at once", []task.Act{later}, later, "task.not_now"},
		{"extension granted", []task.Act{later}, act(task.ExtensionGranted), ""},
		{"granted without a request", nil, act(task.ExtensionGranted), "task.not_now"},
		{"refused without a word", []task.Act{later}, act(task.ExtensionRefused), "task.need_note"},
		{"explained without being asked", nil, noted(task.ExplanationGiven), "task.not_now"},
		{"explained", []task.Act{noted(task.ExplanationDemanded)}, noted(task.ExplanationGiven), ""},
		{"demanded twice", []task.Act{noted(task.ExplanationDemanded)}, noted(task.ExplanationDemanded), "task.not_now"},
		{"handed to where it is", nil, task.Act{Verb: task.HandedOver, On: calendar.NoDate, Note: "x", Unit: "so", Owner: "hung"}, "task.same_place"},
		{"handed to nobody", nil, nobody, "task.unknown_owner"},
		{"handed over", nil, there, ""},
		{"handed to the other side", nil, across, "task.other_side"},
		{"before the last step", nil, early, "task.before_last"},
		{"not yet", nil, future, "task.in_future"},
		{"after it was taken back", []task.Act{noted(task.TakenBack)}, finish, "task.not_now"},
		{"no such verb", nil, act("danced"), "task.unknown_act"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
			id := o.assign(t, "2021-07-30").ID
			for _, a := range c.life {
				a.ID = id
				_, err := o.Take(o.ctx, a)
				must(t, err)
			}
			c.next.ID = id
			_, err := o.Take(o.ctx, c.next)
			if c.fault == "" && err != nil || c.fault != "" && !fault.Is(err, c.fault) {
				t.Errorf("%v, not %q", err, c.fault)
			}
		})
	}
}

func TestWhatAnAssignmentNeeds(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	for key, n := range map[string]task.Assignment{
		"task.no_title":       {Unit: "so"},
		"task.no_unit":        {Title: "x"},
		"people.unknown_unit": {Title: "x", Unit: "khong_co"},
		"task.unknown_owner":  {Title: "x", Unit: "so", Owner: "khong_co"},
		"task.unknown_owner ": {Title: "x", Unit: "so", Collaborators: []string{"hung", "khong_co"}},
		"task.bad_deadline":   {Title: "x", Unit: "so", Due: "mai"},
		"task.due_before":     {Title: "x", Unit: "so", Due: "2021-06-13"},
		"task.due_too_far":    {Title: "x", Unit: "so", Due: "2081-06-13"},
		"task.in_future":      {Title: "x", Unit: "so", On: day("2021-06-15")},
		"task.external_taken": {Title: "x", Unit: "so", External: "a  1"},
	} {
		if n.On == 0 {
			n.On = calendar.NoDate
		}
		if n.External != "" {
			_, err := o.Assign(o.ctx, task.Assignment{Title: "x", Unit: "so", External: "A 1", On: calendar.NoDate})
			must(t, err)
		}
		if _, err := o.Assign(o.ctx, n); !fault.Is(err, strings.TrimSpace(key)) {
			t.Errorf("%v, not %s", err, key)
		}
	}
}

func TestARepeatedFormIsRecordedOnce(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	n := task.Assignment{Title: "x", Unit: "so", On: calendar.NoDate, Actor: "sample", Key: "k1", Due: "25d"}
	first, err := o.Assign(o.ctx, n)
	must(t, err)
	again, err := o.Assign(o.ctx, n)
	must(t, err)
	if again.ID != first.ID || again.Version != first.Version {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
}

func TestSomebodyElseWasFaster(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	seen := o.assign(t, "")
	_, err := o.Take(o.ctx, task.Act{ID: seen.ID, Verb: task.Progressed, On: calendar.NoDate, Note: "x"})
	must(t, err)
	if _, err = o.Take(o.ctx, task.Act{ID: seen.ID, Verb: task.Finished, On: calendar.NoDate, Evidence: "x", Expect: seen.Version}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
}

func TestPartyTasksAreListedByReach(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	o.assign(t, "")
	_, err := o.Assign(o.ctx, task.Assignment{Title: "Nghị quyết chi bộ (mẫu)", Unit: "chi_bo", On: calendar.NoDate})
	must(t, err)
	for _, c := range []struct {
		reach task.Reach
		want  int
	}{{task.Reach{}, 0}, {task.Reach{State: true}, 1}, {task.Reach{Units: []string{"chi_bo"}}, 1}, {task.Reach{State: true, Units: []string{"chi_bo"}}, 2}, {task.Reach{Units: []string{"phong"}}, 0}} {
		if _, n, err := o.List(o.ctx, task.Filter{Reach: c.reach}); err != nil || n != c.want {
			t.Errorf("%+v: %d, %v", c.reach, n, err)
		}
	}
}

// TestFiguresAndListsAgree lives random lives and holds the frame: total = on time + late + in term + overdue, by
// the figures and by the table, for each unit and together; and what the figures say of an earlier day is what the
// list said on that day.
func TestFiguresAndListsAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
		today := day("2021-01-04")
		var ids []string
		said := map[calendar.Date]task.UnitCount{}
		for range rapid.IntRange(5, 25).Draw(rt, "days") {
			today += calendar.Date(rapid.IntRange(0, 6).Draw(rt, "later"))
			o.set(today)
			if len(ids) == 0 || rapid.IntRange(0, 3).Draw(rt, "new") == 0 {
				due := rapid.SampledFrom([]string{"", "3wd", "5d", "1mo"}).Draw(rt, "due")
				ids = append(ids, o.assign(t, due).ID)
			} else {
				o.randomStep(rt, rapid.SampledFrom(ids).Draw(rt, "task"), today)
			}
			said[today] = o.frame(rt, today)
		}
		for on, want := range said {
			got := task.UnitCount{OnTime: o.count(rt, "task.done_on_time", on), DoneLate: o.count(rt, "task.done_late", on),
				InTerm: o.count(rt, "task.in_term", on), Overdue: o.count(rt, "task.overdue", on)}
			if got != want {
				rt.Fatalf("of %s the figures say %+v now, the list said %+v then", on, got, want)
			}
		}
	})
}

// frame holds figures and table of today against each other and gives the whole.
func (o *office) frame(rt *rapid.T, today calendar.Date) task.UnitCount {
	rows, err := o.ByUnit(o.ctx, task.Reach{State: true})
	if err != nil {
		rt.Fatal(err)
	}
	var all task.UnitCount
	for _, r := range rows {
		for id, want := range map[string]int{"task.total": r.Total(), "task.done_on_time": r.OnTime, "task.done_late": r.DoneLate, "task.in_term": r.InTerm, "task.overdue": r.Overdue} {
			if n := o.count(rt, id, today, r.Unit); n != want {
				rt.Fatalf("on %s %s of %s is %d, the list says %d", today, id, r.Unit, n, want)
			}
		}
		all.OnTime, all.DoneLate, all.InTerm, all.Overdue = all.OnTime+r.OnTime, all.DoneLate+r.DoneLate, all.InTerm+r.InTerm, all.Overdue+r.Overdue
	}
	return all
}

func (o *office) randomStep(rt *rapid.T, id string, today calendar.Date) {
	t, err := o.Get(o.ctx, id)
	if err != nil {
		rt.Fatal(err)
	}
	next := t.Next()
	if len(next) == 0 {
		return
	}
	r := next[rapid.IntRange(0, len(next)-1).Draw(rt, "step")]
	a := task.Act{ID: id, Verb: r.Verb, On: calendar.NoDate, Actor: "hung", Note: "lý do mẫu", Evidence: "12/BC"}
	if r.Due {
		a.Due = (max(today, t.Due) + calendar.Date(rapid.IntRange(1, 20).Draw(rt, "longer"))).String()
	}
	if r.Place {
		a.Unit = map[string]string{"so": "phong", "phong": "so"}[t.Unit]
	}
	if _, err := o.Take(o.ctx, a); err != nil {
		rt.Fatalf("%s: %v", r.Verb, err)
	}
}

// TestReadingOnLosesNothing reads all tasks page by page while others are given out: each that was there is seen once.
func TestReadingOnLosesNothing(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(0, 3).Draw(rt, "more") {
			o.assign(t, "")
		}
		f := task.Filter{Reach: task.Reach{State: true}, Limit: 1 << 20}
		before, err := o.After(o.ctx, f, "")
		must(t, err)
		seen := map[string]int{}
		f.Limit = rapid.IntRange(1, 20).Draw(rt, "size")
		for last := ""; ; {
			page, err := o.After(o.ctx, f, last)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, one := range page {
				seen[one.ID]++
			}
			last = page[len(page)-1].ID
			if len(seen) < 40 && rapid.IntRange(0, 3).Draw(rt, "meanwhile") == 0 {
				_, err := o.Assign(o.ctx, task.Assignment{Title: "x", Unit: "so", External: rapid.StringMatching(`[a-z]{8}`).Draw(rt, "number"), On: calendar.NoDate})
				if err != nil && !fault.Is(err, "task.external_taken") {
					rt.Fatal(err)
				}
			}
		}
		for _, one := range before {
			if seen[one.ID] != 1 {
				rt.Fatalf("%s was seen %d times", one.ID, seen[one.ID])
			}
		}
	})
}
