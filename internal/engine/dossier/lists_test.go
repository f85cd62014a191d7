package dossier

import (
	"fmt"
	"testing"

	"trucot/internal/kernel/ledger"
)

// Nobody asks for a list for long: the changes are forgotten and the index is to be read anew.
func TestUnaskedChangesDoNotPileUp(t *testing.T) {
	l := &lists{reading: true, changed: map[string]struct{}{}}
	for i := range mostChanged + 10 {
		l.outdate([]ledger.Event{{Stream: fmt.Sprint(streamPrefix, i)}})
	}
	if len(l.changed) > mostChanged {
		t.Errorf("%d changes are held", len(l.changed))
	}
	if _, followed := l.take(); followed {
		t.Error("an index that lost changes is taken for current")
	}
	if _, followed := l.take(); !followed {
		t.Error("from then on changes count")
	}
}

// A row that was read before a change must not come back after it.
func TestARowReadBeforeAChangeIsNotKept(t *testing.T) {
	l := &lists{}
	out := make([]*Row, 1)
	_, before := l.known([]uint32{7}, out)
	l.forgetRows([]*Row{{Num: 7, Title: "mới"}})
	l.keep(before, []*Row{{Num: 7, Title: "cũ"}})
	if missing, _ := l.known([]uint32{7}, out); len(missing) != 0 || out[0].Title != "mới" {
		t.Errorf("%v %+v", missing, out[0])
	}
}

// Where only those that waited for a result could all be looked at, just the lists of such are whole.
func TestWhichListsOfADayAreWhole(t *testing.T) {
	p := Past{owed: true}
	for _, c := range []struct {
		f    Filter
		want bool
	}{
		{Filter{}, false}, {Filter{Open: true}, true}, {Filter{Overdue: 1}, true}, {Filter{DueUntil: 1}, true}, {Filter{Status: Finished}, false},
		{Filter{Status: Received}, true}, {Filter{Statuses: []int{AwaitSupplement, AwaitFee}}, true}, {Filter{Statuses: []int{AwaitFee, Returned}}, false},
	} {
		if _, whole := p.List(c.f); whole != c.want {
			t.Errorf("%+v: whole is %v", c.f, whole)
		}
	}
}
