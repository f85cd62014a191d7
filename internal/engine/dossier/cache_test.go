package dossier

import (
	"fmt"
	"testing"

	"trucot/internal/kernel/ledger"
)

func committed(code string, version int64) []ledger.Event {
	return []ledger.Event{{Stream: streamPrefix + code, Version: version}}
}

func TestTheCacheNeverKeepsWhatWasOvertaken(t *testing.T) {
	c := newCache(2)
	c.put(&Dossier{Code: "a", Stream: 1})
	c.outdate(committed("a", 2))
	if d := c.get("a"); d != nil {
		t.Errorf("version %d is still there after version 2 was committed", d.Stream)
	}
	c.put(&Dossier{Code: "a", Stream: 1}) // read before, put after the commit
	if d := c.get("a"); d != nil {
		t.Errorf("a slow reader put version %d back", d.Stream)
	}
	c.put(&Dossier{Code: "a", Stream: 2})
	c.outdate(committed("a", 2)) // the writer may be quicker than the follower
	if d := c.get("a"); d == nil || d.Stream != 2 {
		t.Errorf("the newest version is gone: %v", d)
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	c := newCache(2)
	for i := range 100 {
		code := fmt.Sprint(i)
		c.outdate(committed(code, 1))
		c.put(&Dossier{Code: code, Stream: 1})
	}
	if n := len(c.at); n != 2 || c.order.Len() != 2 || len(c.latest)+len(c.before) > 16 {
		t.Errorf("%d dossiers, %d versions", n, len(c.latest)+len(c.before))
	}
}
