package indicator

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/kernel/fault"
)

// longSample is a log of several small chunks with every kind of row and record.
func longSample() memory {
	m := sample()
	for i := range 60 {
		m.add("book.lent", "2021-03-01", "south", lent(string(rune('a'+i%20)), "b"))
		m.add("book.returned", "2021-03-20", "south", returned(i%3 == 0, float64(i)*1e8))
		m.add(KindRecorded, "2021-06-14", "north", visits("2021-H1", "100", i%2 == 0))
	}
	return m
}

func smallChunks(t testing.TB) *Engine {
	t.Helper()
	e, err := New(loaded(t, lending), Options{chunkRows: 16})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// saved is a snapshot of the whole log.
func saved(t testing.TB, m memory) string {
	t.Helper()
	e := smallChunks(t)
	if err := e.CatchUp(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "figures.snapshot")
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// everyFigure is all figures of two queries, for comparing engines.
func everyFigure(t testing.TB, e *Engine) []Figure {
	t.Helper()
	var ids []string
	for _, d := range e.Definitions().All() {
		ids = append(ids, d.ID)
	}
	known := halfYear()
	known.KnownAt = 30
	var out []Figure
	for _, q := range []Query{halfYear(), known} {
		figures, err := e.Figures(q, ids, []string{"north", "south"})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, figures...)
	}
	return out
}

func TestARestoredEngineGoesOnWhereTheOldOneStopped(t *testing.T) {
	m := longSample()
	path := saved(t, m[:100])
	restored := smallChunks(t)
	if used, why := restored.Restore(context.Background(), path, m); !used {
		t.Fatal(why)
	}
	if restored.Position() != 100 {
		t.Fatalf("position %d, want 100", restored.Position())
	}
	fresh := smallChunks(t)
	for _, e := range []*Engine{restored, fresh} {
		if err := e.CatchUp(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	got, want := everyFigure(t, restored), everyFigure(t, fresh)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v after restoring, %+v from the start", got[i], want[i])
		}
	}
}

func TestASnapshotOfOtherThingsIsPassedOver(t *testing.T) {
	m := longSample()
	path := saved(t, m)
	otherLedger := append(memory(nil), m...)
	otherLedger[len(m)-1].Data = []byte(`{"indicator":"visits","period":"2021-H1","value":"7"}`)
	changed := loaded(t, strings.Replace(lending, "where: Late", "where: not Late", 1))
	for name, c := range map[string]struct {
		defs *Definitions
		log  memory
	}{
		"other definitions":  {changed, m},
		"another ledger":     {loaded(t, lending), otherLedger},
		"a shorter ledger":   {loaded(t, lending), m[:5]},
		"a restored old one": {loaded(t, lending), m[:len(m)-1]},
	} {
		e, err := New(c.defs, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if used, why := e.Restore(context.Background(), path, c.log); used || !errors.Is(why, errStale) {
			t.Errorf("%s: used %t, %v", name, used, why)
		}
		if e.Position() != 0 {
			t.Errorf("%s: position %d after passing over", name, e.Position())
		}
	}
	if used, why := engine(t).Restore(context.Background(), path+"none", m); used || !errors.Is(why, fs.ErrNotExist) {
		t.Errorf("no file: used %t, %v", used, why)
	}
}

// A changed wording is no changed definition.
func TestANewTitleKeepsTheSnapshot(t *testing.T) {
	m := longSample()
	e, err := New(loaded(t, strings.Replace(lending, "Lượt mượn", "Số lượt mượn", 1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if used, why := e.Restore(context.Background(), saved(t, m), m); !used {
		t.Error(why)
	}
}

func TestAnyFlippedByteIsNoticed(t *testing.T) {
	m := longSample()
	path := saved(t, m)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := everyFigure(t, caughtUp(t, m))
	random := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		at := random.IntN(len(good))
		bad := bytes.Clone(good)
		bad[at] ^= 1 << random.IntN(8)
		if random.IntN(10) == 0 {
			bad = bad[:at] // or cut off
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		e := engine(t)
		if used, _ := e.Restore(context.Background(), path, m); used {
			t.Fatalf("a snapshot broken at byte %d of %d was used", at, len(good))
		}
		if err := e.CatchUp(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		if at%10 == 0 && everyFigure(t, e)[0] != want[0] {
			t.Fatal("the ledger read again gives other figures")
		}
	}
}

func TestASnapshotThatCannotBeWrittenLeavesTheOldOne(t *testing.T) {
	m := longSample()
	path := saved(t, m)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	e := caughtUp(t, m)
	if err := e.Save(filepath.Join(path, "inside-a-file")); !fault.Is(err, "indicator.snapshot_failed") {
		t.Errorf("got %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Error("the old snapshot changed", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files left behind: %v %v", left, err)
	}
}

// Whatever the sections hold, reading them ends in an error or in columns that can be asked.
func FuzzSnapshot(f *testing.F) {
	m := longSample()
	raw, err := os.ReadFile(saved(f, m))
	if err != nil {
		f.Fatal(err)
	}
	body := raw[len(magic)+8+headerSize+4:]
	f.Add(body, int64(5))
	f.Add([]byte{}, int64(-1))
	f.Fuzz(func(t *testing.T, body []byte, chunks int64) {
		e := engine(t)
		var file bytes.Buffer
		w := &snapshotWriter{w: &file}
		w.raw(magic[:])
		digest := e.defs.Digest()
		w.buf = append(w.buf, digest[:]...)
		w.buf = append(w.buf, make([]byte, 32)...)
		w.number(0)
		w.number(chunks)
		w.end()
		resum(&file, body)
		path := filepath.Join(t.TempDir(), "s")
		if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if used, _ := e.Restore(context.Background(), path, memory{}); used {
			everyFigure(t, e)
			e.Feed(longSample())
			everyFigure(t, e)
		}
	})
}

// resum writes sections with right checksums, so that the fuzzer gets past them.
func resum(file *bytes.Buffer, body []byte) {
	for len(body) >= 8 {
		n := min(int(little.Uint64(body)&0xffffff), len(body)-8)
		w := &snapshotWriter{w: file, buf: bytes.Clone(body[8 : 8+n])}
		w.end()
		body = body[min(8+n+4, len(body)):]
	}
}
