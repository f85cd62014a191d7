package taskbook

import (
	"context"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/room/directive"
)

// Finder finds a directive of the register by its id, or by its symbol where only one has it: a symbol is no
// identity. may leaves out what the reader does not see; nil = everything is seen.
func Finder(docs *directive.Register, may func(*directive.Document) bool) func(ctx context.Context, label string) (string, error) {
	return func(ctx context.Context, label string) (string, error) {
		if d, err := docs.Get(ctx, label); err == nil && (may == nil || may(d)) {
			return d.ID, nil
		}
		all, err := docs.Called(ctx, label)
		if err != nil {
			return "", err
		}
		var found []string
		for _, d := range all {
			if may == nil || may(d) {
				found = append(found, d.ID)
			}
		}
		switch len(found) {
		case 0:
			return "", fault.New(fault.NotFound, "taskbook.unknown_directive", "label", strings.TrimSpace(label))
		case 1:
			return found[0], nil
		}
		return "", fault.New(fault.Invalid, "taskbook.which_directive", "label", label, "n", len(found))
	}
}
