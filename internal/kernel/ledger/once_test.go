package ledger_test

import (
	"errors"
	"testing"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// TestAKeyStandsForOneRequest: another request under a used key is refused, also by a ledger that was opened since; a key without
// a digest, as older ones are, and keys that programs make for themselves go on as before.
func TestAKeyStandsForOneRequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, withLoans())
		send := func(digest, key, stream string) error {
			c := lend(stream, ledger.AnyVersion, "An")
			c.Key = key
			_, err := l.Append(ledger.WithDigest(ctx, "an:1", digest), c)
			return err
		}
		refused := func(digest string) {
			t.Helper()
			head := l.Head()
			_, _, err := l.Used(ledger.WithDigest(ctx, "an:1", digest), "an:1")
			for _, err := range []error{err, send(digest, "an:1", "book/1"), send(digest, "an:1", "book/7")} {
				if !fault.Is(err, "ledger.key_other") || fault.KindOf(err) != fault.Invalid || l.Head() != head {
					t.Errorf("another request under the key: %v, %d events", err, l.Head()-head)
				}
			}
		}
		for _, digest := range []string{"a", "a", ""} { // first, again, and without a word
			if err := send(digest, "an:1", "book/1"); err != nil || l.Head() != 1 {
				t.Fatal(err, l.Head())
			}
		}
		refused("b")
		if err := errors.Join(send("a", "own:1", "book/2"), send("b", "own:1", "book/2"), send("", "an:2", "book/3"), send("c", "an:2", "book/3")); err != nil || l.Head() != 3 {
			t.Fatal(err, l.Head())
		}
		stop()
		l, _, _ = start(t, at, withLoans())
		refused("b")
		if err := send("a", "an:1", "book/1"); err != nil || l.Head() != 3 {
			t.Fatal(err, l.Head())
		}
	})
}

// TestARequestIsRecordedOnce whichever command records it, and only on the version that was seen.
func TestARequestIsRecordedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, _ := start(t, at, withLoans())
		send := func(o *ledger.Once, stream string, expect int64) error {
			_, err := l.Append(ledger.WithOnce(ctx, o), lend(stream, expect, "An"))
			return err
		}
		first := &ledger.Once{Key: "an:1"}
		if err := send(first, "book/1", ledger.AnyVersion); err != nil || first.Stream != "book/1" || first.Receipt.Version != 1 {
			t.Fatal(first, err)
		}
		if err := send(first, "book/2", 0); err != nil || first.Stream != "book/1" {
			t.Fatal("a later command of the request must be free of its key:", first, err)
		}
		if err := send(&ledger.Once{Key: "an:1"}, "book/1", ledger.AnyVersion); err != nil || l.Head() != 2 {
			t.Fatal("the request was recorded again:", err, l.Head())
		}
		if err := send(&ledger.Once{Key: "an:1"}, "book/3", 0); !fault.Is(err, "ledger.key_reused") {
			t.Fatal(err)
		}
		if stream, r, err := l.Used(ctx, "an:1"); err != nil || stream != "book/1" || r != first.Receipt {
			t.Fatal(stream, r, err)
		}
		if stream, _, err := l.Used(ctx, "an:2"); err != nil || stream != "" {
			t.Fatal(stream, err)
		}
		for _, expect := range []int64{ledger.AnyVersion, 1} {
			if err := send(&ledger.Once{Expect: 7}, "book/1", expect); !fault.Is(err, "ledger.version_conflict") {
				t.Fatal(err)
			}
		}
		if err := send(&ledger.Once{Expect: 1}, "book/1", ledger.AnyVersion); err != nil {
			t.Fatal(err)
		}
	})
}
