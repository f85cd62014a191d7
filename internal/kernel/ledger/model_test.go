package ledger_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// model is what the ledger promises, in a few maps.
type model struct {
	versions map[string]int64
	keys     map[string]ledger.Receipt
	head     int64
}

// append says what an Append of one command must return; conflict where it must be refused.
func (m *model) append(c ledger.Command) (r ledger.Receipt, conflict bool) {
	if first, used := m.keys[c.Key]; used && c.Key != "" {
		return first, false
	}
	v := m.versions[c.Stream]
	if c.Expect != ledger.AnyVersion && c.Expect != v {
		return r, true
	}
	m.head += int64(len(c.Events))
	v += int64(len(c.Events))
	r = ledger.Receipt{Position: m.head, Version: v}
	if len(c.Events) > 0 {
		m.versions[c.Stream] = v
	}
	if c.Key != "" {
		m.keys[c.Key] = r
	}
	return r, false
}

// Whatever commands come, and however often the ledger is closed between them, it answers as the model
// does; in the end it is sound and its fold can be rebuilt.
func TestTheLedgerAnswersAsItsModel(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		checks.Value.Set("25") // every step is synced to disk
		defer checks.Value.Set(checks.DefValue)
	}
	rapid.Check(t, func(rt *rapid.T) {
		at := filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", rapid.Int64().Draw(rt, "file")))
		m := model{versions: map[string]int64{}, keys: map[string]ledger.Receipt{}}
		l, db := reopen(rt, at)
		defer func() { l.Close(); db.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				stream := rapid.IntRange(1, 4).Draw(rt, "stream")
				c := lend(fmt.Sprintf("book/%d", stream), rapid.Int64Range(-1, 4).Draw(rt, "expect"),
					rapid.SliceOfN(rapid.SampledFrom([]string{"An", "Bình"}), 0, 3).Draw(rt, "readers")...)
				if rapid.Bool().Draw(rt, "keyed") {
					c.Key = fmt.Sprintf("%d-%d", stream, rapid.IntRange(1, 3).Draw(rt, "key"))
				}
				want, conflict := m.append(c)
				got, err := l.Append(ctx, c)
				if conflict != (fault.KindOf(err) == fault.Conflict) || !conflict && (err != nil || got[0] != want) {
					rt.Fatalf("got %v %v, want %v, conflict %v", got, err, want, conflict)
				}
			},
			"reopen": func(rt *rapid.T) {
				l.Close()
				db.Close()
				l, db = reopen(rt, at)
			},
			"": func(rt *rapid.T) {
				if l.Head() != m.head {
					rt.Fatalf("head %d, want %d", l.Head(), m.head)
				}
			},
		})
		if r, err := l.Verify(ctx); err != nil || !r.Sound() || r.Events != m.head {
			rt.Fatalf("%+v %v", r, err)
		}
		if r, err := l.Rebuild(ctx); err != nil || !r[0].Equal() || r[0].After.Rows != m.head {
			rt.Fatalf("%+v %v", r, err)
		}
	})
}

func reopen(rt *rapid.T, at string) (*ledger.Ledger, *store.DB) {
	db, err := store.Open(ctx, at)
	if err != nil {
		rt.Fatal(err)
	}
	l, err := ledger.Open(ctx, db, withLoans())
	if err != nil {
		rt.Fatal(err)
	}
	return l, db
}
