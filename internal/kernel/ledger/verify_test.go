package ledger_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// signed are options with a key beside the test's files.
func signed(t testing.TB) ledger.Options {
	return ledger.Options{Folds: []ledger.Fold{loans(1)}, KeyFile: filepath.Join(t.TempDir(), "ledger.key")}
}

func verifyFile(t testing.TB, at string) ledger.Report {
	t.Helper()
	db, err := store.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report, err := ledger.Verify(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func named(r ledger.Report, position int64) bool {
	for _, p := range r.Problems {
		if p.Position == position {
			return true
		}
	}
	return false
}

func TestASoundLedgerVerifies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, signed(t))
		for range 3 {
			fillLoans(t, l, 300)
			if _, err := l.Checkpoint(ctx); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		r := verifyFile(t, at)
		if !r.Sound() || r.Events != 900 || r.Checkpoints != 3 {
			t.Fatalf("%+v", r)
		}
	})
}

// Every byte of one event's cell in the file is flipped in turn: its address, its header, each column
// and the hash.
func TestAFlippedByteNamesTheEvent(t *testing.T) {
	at := filepath.Join(t.TempDir(), "trucot.db")
	l, _, stop := start(t, at, signed(t))
	fillLoans(t, l, 300)
	event, err := l.Event(ctx, 150)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	sound, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	tail := append(append([]byte(event.Unit), event.Data...), event.Hash[:]...)
	end := bytes.Index(sound, tail)
	first := bytes.LastIndex(sound[:end], []byte(event.Stream))
	if end < 0 || first < 0 || bytes.Count(sound, tail) != 1 {
		t.Fatal("the event's cell was not found in the file")
	}
	const header = 14 // payload size, address, header size and ten column types
	flipped := filepath.Join(t.TempDir(), "flipped.db")
	for i := first - header; i < end+len(tail); i++ {
		broken := bytes.Clone(sound)
		broken[i] ^= 1 << (i % 8)
		if err := os.WriteFile(flipped, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := verifyFile(t, flipped); !named(r, 150) {
			t.Errorf("byte %d of the cell: event 150 is not named in %+v", i-first+header, r.Problems)
		}
	}
}

func TestEveryTamperingIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		sql      string
		position int64
		key      string
	}{
		"data":          {`update event set data = '{"reader":"x"}' where position = 20`, 20, "ledger.event_changed"},
		"kind":          {`update event set kind = 'book.sold' where position = 20`, 20, "ledger.event_changed"},
		"date":          {`update event set effective_on = effective_on - 1 where position = 20`, 20, "ledger.event_changed"},
		"time":          {`update event set recorded_at = recorded_at + 1 where position = 20`, 20, "ledger.event_changed"},
		"actor":         {`update event set actor = 'nobody' where position = 20`, 20, "ledger.event_changed"},
		"unit":          {`update event set unit = 'x' where position = 20`, 20, "ledger.event_changed"},
		"hash":          {`update event set hash = data where position = 20`, 20, "ledger.event_changed"},
		"type":          {`update event set data = cast(data as text) where position = 20`, 20, "ledger.event_changed"},
		"removed":       {`delete from event where position = 20`, 20, "ledger.event_missing"},
		"last removed":  {`delete from event where position = 300`, 300, "ledger.event_missing"},
		"moved":         {`update event set position = 301 where position = 20`, 301, "ledger.event_misplaced"},
		"version":       {`update event set version = 99 where position = 20`, 20, "ledger.event_version"},
		"node":          {`update tree_hash set hash = zeroblob(32)`, 0, "ledger.tree_differs"},
		"node gone":     {`delete from tree_hash`, 0, "ledger.tree_differs"},
		"note":          {`update checkpoint set note = replace(note, '300', '299')`, 0, "ledger.checkpoint_bad"},
		"tail and head": {`update ledger_state set position = 299`, 300, "ledger.event_misplaced"},
	} {
		t.Run(name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "trucot.db")
			l, db, _ := start(t, at, signed(t))
			fillLoans(t, l, 300)
			if _, err := l.Checkpoint(ctx); err != nil {
				t.Fatal(err)
			}
			if err := db.Update(ctx, func(tx store.Tx) error { _, err := tx.Exec(ctx, store.SQL(c.sql)); return err }); err != nil {
				t.Fatal(err)
			}
			r, err := l.Verify(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.Problems {
				if p.Position == c.position && p.Fault.Key == c.key {
					return
				}
			}
			t.Fatalf("%+v", r.Problems)
		})
	}
}

func TestReplacingAnEventWithItsHashIsNoticed(t *testing.T) {
	at := filepath.Join(t.TempDir(), "trucot.db")
	l, db, _ := start(t, at, signed(t))
	fillLoans(t, l, 300)
	if _, err := l.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	forged, err := l.Event(ctx, 20)
	if err != nil {
		t.Fatal(err)
	}
	forged.Data = []byte(`{"reader":"x"}`)
	hash := ledger.LeafHash(forged)
	if err := db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, "update event set data = $1, hash = $2 where position = 20", forged.Data, hash[:])
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r, err := l.Verify(ctx)
	if err != nil || len(r.Problems) != 2 || r.Problems[0].Fault.Key != "ledger.tree_differs" || r.Problems[1].Fault.Key != "ledger.root_differs" {
		t.Fatalf("%+v %v", r.Problems, err)
	}
}

func TestAnExportImportsToTheSameLedger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, db, _ := start(t, at, signed(t))
		for range 3 {
			fillLoans(t, l, 1700)
			if _, err := l.Checkpoint(ctx); err != nil {
				t.Fatal(err)
			}
		}
		var file, again bytes.Buffer
		out, err := l.Export(ctx, &file)
		if err != nil || out.Events != 5100 || out.Checkpoints != 3 {
			t.Fatalf("%+v %v", out, err)
		}
		copied, copyDB, _ := start(t, filepath.Join(t.TempDir(), "copy.db"), signed(t))
		var followed int64
		copied.Follow(func(batch []ledger.Event) { followed += int64(len(batch)) })
		in, err := copied.Import(ctx, bytes.NewReader(file.Bytes()))
		if err != nil || in != out || followed != 5100 || copied.Origin() != l.Origin() {
			t.Fatalf("%+v %v, %d followed", in, err, followed)
		}
		if _, err := copied.Export(ctx, &again); err != nil || !bytes.Equal(file.Bytes(), again.Bytes()) {
			if len(again.Bytes()) == 0 || err != nil {
				t.Fatal(err)
			}
			// the copy has a key of its own, so only the keys may differ
			if r, err := verifier.Check(&again, verifier.Options{}); err != nil || r.Events != 5100 {
				t.Fatal(err)
			}
		}
		a, err := db.Digest(ctx, "loan")
		if err != nil {
			t.Fatal(err)
		}
		b, err := copyDB.Digest(ctx, "loan")
		if err != nil || a != b {
			t.Fatal(a, b, err)
		}
		fillLoans(t, copied, 10)
		if r, err := copied.Verify(ctx); err != nil || !r.Sound() || r.Events != 5110 || r.Checkpoints != 3 {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := copied.Import(ctx, bytes.NewReader(file.Bytes())); !fault.Is(err, "ledger.not_empty") {
			t.Fatal(err)
		}
	})
}

func TestAFailedImportLeavesTheLedgerEmpty(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), signed(t))
	fillLoans(t, l, 5000)
	var file bytes.Buffer
	if _, err := l.Export(ctx, &file); err != nil {
		t.Fatal(err)
	}
	copied, db, _ := start(t, filepath.Join(t.TempDir(), "copy.db"), signed(t))
	if _, err := copied.Import(ctx, bytes.NewReader(file.Bytes()[:file.Len()-200])); fault.KindOf(err) != fault.Invalid {
		t.Fatal(err)
	}
	if d, err := db.Digest(ctx, "event"); err != nil || d.Rows != 0 || copied.Head() != 0 {
		t.Fatal(d, err)
	}
	if _, err := copied.Import(ctx, &file); err != nil || copied.Head() != 5000 {
		t.Fatal(err)
	}
}

func TestACheckpointOutlivesTheLedgerItVouchesFor(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), signed(t))
	fillLoans(t, l, 10)
	kept, err := l.Checkpoint(ctx)
	if err != nil || kept.Position != 10 || !strings.HasPrefix(kept.Note, l.Origin()+"\n10\n") {
		t.Fatal(kept, err)
	}
	if again, err := l.Checkpoint(ctx); err != nil || again.Note != kept.Note {
		t.Fatal("another note for the same state", err)
	}
	fillLoans(t, l, 10)
	if c, err := l.CheckNote(ctx, kept.Note); err != nil || c.Position != 10 {
		t.Fatal(c, err)
	}
	if _, err := l.CheckNote(ctx, strings.Replace(kept.Note, "\n10\n", "\n11\n", 1)); !fault.Is(err, "ledger.bad_signature") {
		t.Fatal(err)
	}
	other, _, _ := start(t, filepath.Join(t.TempDir(), "other.db"), signed(t))
	if _, err := other.CheckNote(ctx, kept.Note); !fault.Is(err, "ledger.bad_signature") {
		t.Fatal(err)
	}
}

func TestTheKeyFileIsForItsOwnerAlone(t *testing.T) {
	opts := signed(t)
	at := filepath.Join(t.TempDir(), "trucot.db")
	_, _, stop := start(t, at, opts)
	stop()
	info, err := os.Stat(opts.KeyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	if err := os.WriteFile(opts.KeyFile, []byte("lost"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, at)
	if _, err := ledger.Open(ctx, db, opts); !fault.Is(err, "ledger.key_damaged") {
		t.Fatal(err)
	}
}

func TestWithoutAKeyThereIsNoCheckpoint(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), ledger.Options{})
	if _, err := l.Checkpoint(ctx); !fault.Is(err, "ledger.no_key") {
		t.Fatal(err)
	}
}

// The encoding is fixed for ever; these values were computed by another program from the package comment.
func TestTheLeafOfAnEventIsFixed(t *testing.T) {
	e := ledger.Event{
		Position: 1, Stream: "book/1", Version: 1, Kind: "book.lent", EffectiveOn: calendar.MustParse("2021-06-14"),
		RecordedAt: time.UnixMicro(1623639600123456), Actor: "desk", Unit: "library", Data: []byte(`{"reader":"Đỗ An"}`),
	}
	if got := fmt.Sprintf("%x", e.Record()); got != "12078f62086139c02b40a4d8e2e26f2ef82cbaa9d0f5b99942ca0d2344cb879b" {
		t.Error(got)
	}
	if got := fmt.Sprintf("%x", ledger.LeafHash(e)); got != "0dc577344ddc252242cd507c09ffe91c39f9fb5a7d02d932226f1b16c44fd95b" {
		t.Error(got)
	}
}
