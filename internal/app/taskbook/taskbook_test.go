package taskbook_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/app"
	"trucot/internal/app/taskbook"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// desk is an engine of tasks over an empty database, on 14 June 2021.
func desk(t testing.TB) *task.Engine {
	t.Helper()
	ctx := context.Background()
	clock := func() time.Time { return time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC) }
	db := storetest.Open(t, filepath.Join(t.TempDir(), "a.db"))
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), task.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(ctx, db, l, people.Options{Clock: clock})
	must(t, err)
	by := people.By{Actor: "sample", On: calendar.MustParse("2019-01-01")}
	must(t, who.OpenUnit(ctx, by, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State}))
	must(t, who.OpenUnit(ctx, by, people.Unit{Code: "phong", NameVI: "Phòng mẫu", Parent: "so", Side: people.State}))
	must(t, who.OpenAccount(ctx, by, "hung", "hung"))
	cal, err := calendar.Load(definitions.Files)
	must(t, err)
	return task.New(l, db, cal, who, task.Options{Clock: clock})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, im taskbook.Import, csv string) []taskbook.Row {
	t.Helper()
	rows, err := im.Read(context.Background(), "viec.csv", []byte(csv))
	must(t, err)
	return rows
}

// TestRowsOfATable is what becomes of single rows: outcome and, for a failed one, why.
func TestRowsOfATable(t *testing.T) {
	const head = "external,title,unit,owner,collaborators,assigned,due,done,evidence\n"
	for _, c := range []struct{ name, row, outcome, fault string }{
		{"whole", "A,Việc,so,hung,hung,2021-06-01,2021-06-30,,", "added", ""},
		{"dates as people write them", "A,Việc,so,,,1/6/2021,30.6.2021,,", "added", ""},
		{"dates as a spreadsheet counts them", "A,Việc,so,,,44348,44377,,", "added", ""},
		{"a length of time", "A,Việc,so,,,,15wd,,", "added", ""},
		{"done with evidence", "A,Việc,so,,,2021-06-01,2021-06-30,2021-06-10,12/BC", "added", ""},
		{"done without", "A,Việc,so,,,2021-06-01,2021-06-30,2021-06-10,", "failed", "task.need_evidence"},
		{"done before it was given", "A,Việc,so,,,2021-06-01,2021-06-30,2021-05-10,12/BC", "failed", "task.before_last"},
		{"no title", "A,,so,,,,,,", "failed", "task.no_title"},
		{"no number", ",Việc,so,,,,,,", "failed", "taskbook.no_external"},
		{"no unit", "A,Việc,,,,,,,", "failed", "task.no_unit"},
		{"not the reader's unit", "A,Việc,phong,,,,,,", "failed", "taskbook.not_your_unit"},
		{"nobody of that name", "A,Việc,so,,khai,,,,", "failed", "task.unknown_owner"},
		{"no date", "A,Việc,so,,,mai,,,", "failed", "calendar.bad_date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := read(t, taskbook.Import{Tasks: desk(t), Words: app.Catalog(), May: func(unit string) bool { return unit == "so" }}, head+c.row+"\n")
			if len(rows) != 1 || string(rows[0].Outcome) != c.outcome || c.fault != "" && !fault.Is(rows[0].Err, c.fault) || rows[0].Line != 2 {
				t.Errorf("%+v", rows)
			}
		})
	}
}

// TestThereAndBack: what is written is read again and changes nothing, in either language.
func TestThereAndBack(t *testing.T) {
	for _, tag := range []lang.Tag{lang.VI, lang.EN} {
		e := desk(t)
		im := taskbook.Import{Tasks: e, Words: app.Catalog()}
		var csv strings.Builder
		csv.WriteString("external,title,goal,unit,owner,collaborators,assigned,due,product,done,evidence\n")
		for i := range 7 {
			fmt.Fprintf(&csv, "A/%d,\"Việc, số %d\",Mục tiêu,so,hung,hung,2021-06-0%d,2021-06-2%d,Báo cáo,%s\n", i, i, i+1, i, []string{",", "2021-06-10,12/BC"}[i%2])
		}
		for _, r := range read(t, im, csv.String()) {
			if r.Outcome != taskbook.Added {
				t.Fatalf("%+v", r)
			}
		}
		list, n, err := e.List(context.Background(), task.Filter{Reach: task.Reach{State: true}, Limit: 100})
		must(t, err)
		if n != 7 {
			t.Fatalf("%d tasks", n)
		}
		var out bytes.Buffer
		must(t, taskbook.Write(&out, app.Catalog(), tag, list, e.Today(), func(*task.Task) int { return 3 }, nil))
		rows, err := im.Read(context.Background(), "viec.xlsx", out.Bytes())
		must(t, err)
		for _, r := range rows {
			if r.Outcome != taskbook.Unchanged {
				t.Errorf("%s: %+v", tag, r)
			}
		}
		if len(rows) != 7 {
			t.Errorf("%d rows came back", len(rows))
		}
	}
}

// TestTheSameTableAgainUndoesNothing: blanks leave what the unit has filled in; an extension and a hand-over stay where the
// table says what was before them, and give way where it says something new.
func TestTheSameTableAgainUndoesNothing(t *testing.T) {
	ctx, e := context.Background(), desk(t)
	im := taskbook.Import{Tasks: e, Words: app.Catalog()}
	const table = "external,title,unit,due,product\nA,Việc,so,2021-06-30,\n"
	id := read(t, im, table)[0].ID
	act := func(a task.Act) {
		t.Helper()
		a.ID, a.Actor, a.On = id, "hung", calendar.NoDate
		_, err := e.Take(ctx, a)
		must(t, err)
	}
	act(task.Act{Verb: task.ExtensionRequested, Note: "Chờ số liệu", Due: "2021-07-15"})
	act(task.Act{Verb: task.ExtensionGranted})
	act(task.Act{Verb: task.HandedOver, Note: "Đúng việc của phòng", Unit: "phong", Owner: "hung"})
	r := read(t, im, table)[0]
	now, err := e.Get(ctx, id)
	must(t, err)
	if r.Outcome != taskbook.Unchanged || strings.Join(r.Kept, " ") != "due unit" || now.Due.String() != "2021-07-15" || now.Unit != "phong" || now.Owner != "hung" {
		t.Errorf("%+v: %+v", r, now)
	}
	r = read(t, im, "external,title,unit,due\nA,Việc khác,phong,2021-07-20\n")[0]
	if now, err = e.Get(ctx, id); err != nil || r.Outcome != taskbook.Updated || r.Kept != nil || now.Title != "Việc khác" || now.Due.String() != "2021-07-20" || now.Owner != "hung" {
		t.Errorf("%+v: %+v %v", r, now, err)
	}
	if r = read(t, im, "external,title,due\nA,Việc khác,2021-07-15\n")[0]; r.Outcome != taskbook.Updated || r.Kept != nil {
		t.Errorf("the assigner's own day: %+v", r)
	}
}

// TestATaskWithoutANumberOfItsOwn comes back by its id.
func TestATaskWithoutANumberOfItsOwn(t *testing.T) {
	ctx, e := context.Background(), desk(t)
	task1, err := e.Assign(ctx, task.Assignment{Title: "Việc", Unit: "so", Actor: "hung"})
	must(t, err)
	im := taskbook.Import{Tasks: e, Words: app.Catalog()}
	rows := read(t, im, "external,id,title\n,"+task1.ID+",Việc sửa\n,"+task1.ID+",Việc nữa\n,NV-1,Việc\n")
	if rows[0].Outcome != taskbook.Updated || !fault.Is(rows[1].Err, "taskbook.twice") || !fault.Is(rows[2].Err, "task.not_found") {
		t.Errorf("%+v", rows)
	}
	im.May = func(string) bool { return false }
	if r := read(t, im, "external,id,title\n,"+task1.ID+",Việc\n")[0]; !fault.Is(r.Err, "task.not_found") {
		t.Errorf("another unit's task reads as %v", r.Err)
	}
}

func TestATableWithoutItsHead(t *testing.T) {
	im := taskbook.Import{Tasks: desk(t), Words: app.Catalog()}
	if _, err := im.Read(context.Background(), "viec.csv", []byte("một,hai\n1,2\n")); !fault.Is(err, "taskbook.no_head") {
		t.Error(err)
	}
}

// FuzzTable: whatever a file holds, each row has an account and an id only where there is a task.
func FuzzTable(f *testing.F) {
	e := desk(f)
	for _, s := range []string{"external,title,unit\nA,Việc,so\n", "Số hiệu ngoài;Nội dung nhiệm vụ\n;\n", "external,title,external\nA,B,C\n", "external,title,unit,due\nA,B,so,99999999999\n", "external,title,unit,assigned\nA,B,so,44348.5\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, csv string) {
		im := taskbook.Import{Tasks: e, Words: app.Catalog()}
		rows, err := im.Read(context.Background(), "viec.csv", []byte(csv))
		if err != nil {
			return
		}
		for _, r := range rows {
			if (r.Err != nil) != (r.Outcome == taskbook.Failed) {
				t.Errorf("%+v", r)
			}
			if r.ID == "" {
				continue
			}
			if _, err := e.Get(context.Background(), r.ID); err != nil {
				t.Error(err)
			}
		}
	})
}
