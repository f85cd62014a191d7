package verifier_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/store"
)

// export makes a ledger of 300 events with checkpoints at 150 and 300 and returns its export unpacked.
func export(t testing.TB) (text string, notes []string, keys []string) { return exportOf(t, 150) }

// exportOf is export with another number of events in each half.
func exportOf(t testing.TB, events int) (text string, notes []string, keys []string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "trucot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l, err := ledger.Open(ctx, db, ledger.Options{KeyFile: filepath.Join(t.TempDir(), "ledger.key")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for half := range 2 {
		var cmds []ledger.Command
		for i := range events {
			cmds = append(cmds, ledger.Command{Stream: fmt.Sprintf("book/%d", i%7), Expect: ledger.AnyVersion, Actor: `a "desk"`, Unit: `x\y`,
				Events: []ledger.NewEvent{{Kind: "book.lent", On: calendar.MustParse("1948-02-29"), Data: map[string]any{"n": half*events + i, "who": "<Đỗ>"}}}})
		}
		if _, err := l.Append(ctx, cmds...); err != nil {
			t.Fatal(err)
		}
		c, err := l.Checkpoint(ctx)
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, c.Note)
	}
	var file bytes.Buffer
	if _, err := l.Export(ctx, &file); err != nil {
		t.Fatal(err)
	}
	if keys, err = l.Verifiers(ctx); err != nil {
		t.Fatal(err)
	}
	return unzip(t, file.Bytes()), notes, keys
}

func unzip(t testing.TB, b []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func zip(text string) io.Reader {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
	io.WriteString(w, text)
	w.Close()
	return &b
}

func TestASoundExportIsAccepted(t *testing.T) {
	text, notes, keys := export(t)
	seen := int64(0)
	r, err := verifier.Check(zip(text), verifier.Options{Keys: keys, Note: notes[0], Each: func(e verifier.Event) error {
		if seen++; e.Position != seen || e.EffectiveOn != int32(calendar.MustParse("1948-02-29")) || e.Actor != `a "desk"` || e.Unit != `x\y` {
			return fmt.Errorf("%+v", e)
		}
		return nil
	}})
	if err != nil || r.Events != 300 || seen != 300 || r.Streams != 7 || len(r.Notes) != 2 || r.NoteSize != 150 {
		t.Fatalf("%+v %v", r, err)
	}
}

func TestWhatIsWrongIsSaidWithItsLine(t *testing.T) {
	text, notes, _ := export(t)
	lines := strings.SplitAfter(text, "\n") // header, 2 checkpoints, 300 events, end
	const first = 3
	edit := func(i int, old, new string) string {
		copied := append([]string(nil), lines...)
		if copied[i] = strings.Replace(lines[i], old, new, 1); copied[i] == lines[i] {
			t.Fatalf("%q is not in %s", old, lines[i])
		}
		return strings.Join(copied, "")
	}
	without := func(i int) string { return strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "") }
	for name, c := range map[string]struct {
		text string
		key  string
		line int
	}{
		"empty":             {"", "verifier.cut_short", 1},
		"another file":      {"{\"a\":1}\n", "verifier.not_an_export", 1},
		"another format":    {edit(0, "trucot ledger 1", "trucot ledger 2"), "verifier.not_an_export", 1},
		"edited checkpoint": {edit(1, `\n150\n`, `\n149\n`), "verifier.bad_signature", 2},
		"broken line":       {edit(first+9, "{", "["), "verifier.bad_line", first + 10},
		"unknown field":     {edit(first+9, `"actor"`, `"Actor2"`), "verifier.bad_line", first + 10},
		"changed data":      {edit(first+9, `"n":9`, `"n":8`), "verifier.changed", first + 10},
		"changed space":     {edit(first+9, `"n":9`, `"n": 9`), "verifier.changed", first + 10},
		"changed date":      {edit(first+9, `1948-02-29`, `1948-02-28`), "verifier.changed", first + 10},
		"changed actor":     {edit(first+9, `desk`, `disk`), "verifier.changed", first + 10},
		"changed version":   {edit(first+9, `"version":2`, `"version":3`), "verifier.version", first + 10},
		"removed event":     {without(first + 9), "verifier.position", first + 10},
		"removed last":      {without(first + 299), "verifier.bad_line", first + 300},
		"wrong root":        {edit(0, `"root":"`, `"root":"A`), "verifier.not_an_export", 1},
		"cut short":         {strings.Join(lines[:first+100], ""), "verifier.cut_short", first + 101},
		"no end":            {strings.Join(lines[:first+300], ""), "verifier.cut_short", first + 301},
		"something more":    {text + "{}\n", "verifier.damaged", first + 301},
		"long line":         {lines[0] + strings.Repeat("x", 3<<20), "verifier.long_line", 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verifier.Check(zip(c.text), verifier.Options{})
			var f *fault.Error
			if !asFault(err, &f) || f.Key != c.key || f.Place.Line != c.line {
				t.Fatalf("%v, want %s in line %d", err, c.key, c.line)
			}
		})
	}
	t.Run("not gzip", func(t *testing.T) {
		if _, err := verifier.Check(strings.NewReader(text), verifier.Options{}); !fault.Is(err, "verifier.not_an_export") {
			t.Fatal(err)
		}
	})
	t.Run("an unknown signer", func(t *testing.T) {
		_, _, others := export(t)
		if _, err := verifier.Check(zip(text), verifier.Options{Keys: others}); !fault.Is(err, "verifier.bad_signature") {
			t.Fatal(err)
		}
	})
	t.Run("a checkpoint of another ledger", func(t *testing.T) {
		other, _, keys := export(t)
		if _, err := verifier.Check(zip(other), verifier.Options{Keys: keys, Note: notes[0]}); !fault.Is(err, "verifier.bad_signature") {
			t.Fatal(err)
		}
	})
}

func asFault(err error, f **fault.Error) bool {
	e, ok := err.(*fault.Error)
	*f = e
	return ok
}

func FuzzCheck(f *testing.F) {
	text, _, _ := exportOf(f, 3)
	lines := strings.SplitAfter(text, "\n")
	f.Add(text)
	f.Add(strings.Join(lines[:5], ""))
	f.Add(lines[0] + lines[3] + lines[len(lines)-2])
	f.Add(`{"format":"trucot ledger 1","events":0}` + "\n{\"end\":0}\n")
	f.Fuzz(func(t *testing.T, text string) {
		n := int64(0)
		r, err := verifier.Check(zip(text), verifier.Options{Each: func(verifier.Event) error { n++; return nil }})
		if err == nil && n != r.Events {
			t.Fatalf("%d events of %d", n, r.Events)
		}
	})
}
