package taskbook

import (
	"context"
	"slices"

	"trucot/internal/engine/task"
)

// leave fills the blanks of a row with what the task has: a table that names no owner does not take away the one whom
// the unit has chosen since.
func leave(n *task.Assignment, t *task.Task) {
	blank := func(cell *string, has string) {
		if *cell == "" {
			*cell = has
		}
	}
	if blank(&n.Unit, t.Unit); n.Unit == t.Unit {
		blank(&n.Owner, t.Owner)
	}
	blank(&n.Directive, t.Directive)
	blank(&n.Goal, t.Goal)
	blank(&n.Product, t.Product)
	blank(&n.Due, t.Due.String())
	if len(n.Collaborators) == 0 {
		n.Collaborators = slices.Clone(t.Collaborators)
	}
}

// settled keeps the same table, read again, from undoing what was decided since: an extension that was granted, a hand-over
// by the unit itself. It changes the row and names the columns. Another day or unit than the one before counts as said.
func (im *Import) settled(ctx context.Context, n *task.Assignment, t *task.Task) ([]string, error) {
	due, _, err := im.Tasks.Deadline(n.Due, t.AssignedOn)
	if err != nil || due == t.Due && n.Unit == t.Unit {
		return nil, nil // a wrong deadline is told by who reads the row
	}
	history, err := im.Tasks.History(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	extended, handed := false, false
	for i, e := range history {
		switch {
		case e.Verb == task.ExtensionGranted:
			extended = extended || history[i-1].Due == due
		case i > 0 && e.Due != history[i-1].Due:
			extended = false // put right by the assigner
		}
		if e.Verb == task.HandedOver {
			handed = e.Note != "" && (handed || e.From == n.Unit) // the assigner's own has no reason
		}
	}
	var kept []string
	if extended && due != t.Due {
		n.Due, kept = t.Due.String(), append(kept, names[colDue])
	}
	if handed && n.Unit != t.Unit {
		n.Unit, n.Owner, kept = t.Unit, t.Owner, append(kept, names[colUnit])
	}
	return kept, nil
}
