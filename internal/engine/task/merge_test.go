package task_test

import (
	"path/filepath"
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// TestAMergedUnitTakesNoNewWork: what it has goes on and may be handed to its successor; nothing comes to it.
func TestAMergedUnitTakesNoNewWork(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	inUnit, err := o.Assign(o.ctx, task.Assignment{Title: "Việc của phòng", Unit: "phong", Due: "2021-06-30", Actor: "hung"})
	must(t, err)
	above, err := o.Assign(o.ctx, task.Assignment{Title: "Việc của Sở", Unit: "so", Actor: "hung"})
	must(t, err)
	must(t, o.who.CloseUnit(o.ctx, people.By{Actor: "qt", On: day("2021-06-14")}, "phong", "so"))
	for name, err := range map[string]error{
		"a new task":  second(o.Assign(o.ctx, task.Assignment{Title: "Việc mới", Unit: "phong", Actor: "hung"})),
		"a hand-over": second(o.Take(o.ctx, task.Act{ID: above.ID, Verb: task.HandedOver, On: calendar.NoDate, Note: "x", Unit: "phong", Actor: "hung"})),
	} {
		if !fault.Is(err, "task.unit_merged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := o.Change(o.ctx, inUnit.ID, task.Assignment{Title: "Việc sửa", Unit: "phong", Due: "2021-07-30", Actor: "hung"}); err != nil {
		t.Errorf("what it has cannot be put right: %v", err)
	}
	if now, err := o.Take(o.ctx, task.Act{ID: inUnit.ID, Verb: task.HandedOver, On: calendar.NoDate, Note: "sáp nhập", Unit: "so", Actor: "hung"}); err != nil || now.Unit != "so" {
		t.Errorf("%+v, %v", now, err)
	}
}

func second(_ *task.Task, err error) error { return err }
