package task

import (
	"context"
	"slices"

	"trucot/internal/engine/label"
)

// Mark changes a task's priority and labels; where nothing changes it records nothing. It is no step: it keeps nobody from
// entering one of last week. expect is the version that the actor saw; 0 = whatever it is. Errors: task.not_found, those of
// label.Clean, the ledger's when somebody changed the task first.
func (e *Engine) Mark(ctx context.Context, id string, c label.Change, expect int64, actor string) (*Task, error) {
	was, err := e.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if expect != 0 {
		was.Version = expect
	}
	now := *was
	if now.Priority, now.Labels, err = c.Apply(was.Priority, was.Labels); err != nil {
		return nil, err
	}
	if now.Priority == was.Priority && slices.Equal(now.Labels, was.Labels) {
		return e.Get(ctx, id)
	}
	if _, err := e.l.Append(ctx, commands(was, now, Marked, Act{On: e.Today(), Actor: actor})...); err != nil {
		return nil, err
	}
	return e.Get(ctx, id)
}
