package app

import (
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// TestRailCounts: who has the same rights sees one count, for some seconds while others work, but never one from before
// the reader's own last step.
func TestRailCounts(t *testing.T) {
	var c railCounts
	made := 0
	fresh := func() int { made++; return made }
	tasks := railKey{path: "/viec", rights: "specialist@phong_1"}
	councils := railKey{path: "/hoi-dong", rights: "specialist@phong_1", account: "an"}
	elsewhere := railKey{path: "/viec", rights: "specialist@phong_2"}
	for i, step := range []struct {
		key     railKey
		account string
		head    int64
		day     calendar.Date
		records string // who records something before
		want    int
	}{
		{key: tasks, account: "an", head: 1, want: 1},
		{key: tasks, account: "binh", head: 1, want: 1},
		{key: elsewhere, account: "chi", head: 1, want: 2},
		{key: councils, account: "an", head: 1, want: 3},
		{records: "chi", key: tasks, account: "an", head: 2, want: 1},
		{records: "binh", key: tasks, account: "an", head: 3, want: 1},
		{key: tasks, account: "binh", head: 3, want: 4},
		{key: tasks, account: "an", head: 3, want: 4},
		{key: tasks, account: "an", head: 3, day: 1, want: 5},
	} {
		if step.records != "" {
			c.outdate([]ledger.Event{{Position: step.head, Actor: step.records}})
		}
		if n := c.count(step.key, step.account, step.head, step.day, fresh); n != step.want {
			t.Errorf("step %d: count %d, want %d", i+1, n, step.want)
		}
	}
}
