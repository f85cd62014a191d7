package ledger

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/store"
)

// Exported says what an export or import contains.
type Exported struct {
	Origin      string `json:"origin"`
	Events      int64  `json:"events"`
	Root        string `json:"root"` // base64
	Checkpoints int    `json:"checkpoints"`
}

// Export writes the ledger as it stands into one file, whose form package verifier describes: events,
// kept checkpoints and public keys, with a fresh checkpoint where there is a key. It does not contain
// tables of folds (they are rebuilt), idempotency keys, signing keys or the keys of personal data.
func (l *Ledger) Export(ctx context.Context, w io.Writer) (Exported, error) {
	x := Exported{Origin: l.origin, Events: l.Head()}
	if l.signer != nil && x.Events > 0 {
		c, err := l.Checkpoint(ctx)
		if err != nil {
			return x, err
		}
		x.Events = c.Position
	}
	root, err := l.Root(ctx, x.Events)
	if err != nil {
		return x, err
	}
	x.Root = base64.StdEncoding.EncodeToString(root[:])
	zipped, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return x, err
	}
	out := bufio.NewWriterSize(zipped, 1<<16)
	if err := l.exportHead(ctx, out, &x, root[:]); err != nil {
		return x, err
	}
	if err := l.exportEvents(ctx, out, x.Events); err != nil {
		return x, err
	}
	fmt.Fprintf(out, "{\"end\":%d}\n", x.Events)
	if err := out.Flush(); err != nil {
		return x, err
	}
	return x, zipped.Close()
}

func (l *Ledger) exportHead(ctx context.Context, out *bufio.Writer, x *Exported, root []byte) error {
	keys, err := l.Verifiers(ctx)
	if err != nil {
		return err
	}
	all, err := l.Checkpoints(ctx)
	if err != nil {
		return err
	}
	var notes []string
	for _, text := range all { // a node that wrote meanwhile may have signed more
		if c, err := openNote(text, l.origin, keys); err == nil && c.Position <= x.Events {
			notes = append(notes, text)
		}
	}
	x.Checkpoints = len(notes)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(verifier.Header{Format: verifier.Format, Origin: x.Origin, Events: x.Events, Root: root, Verifiers: keys, Checkpoints: int64(len(notes))}); err != nil {
		return err
	}
	for _, text := range notes {
		if err := enc.Encode(map[string]string{"checkpoint": text}); err != nil {
			return err
		}
	}
	return nil
}

// errEnough ends a scan.
var errEnough = errors.New("enough")

func (l *Ledger) exportEvents(ctx context.Context, out *bufio.Writer, head int64) error {
	if head == 0 {
		return nil
	}
	var line []byte
	err := l.Scan(ctx, 0, func(e Event) error {
		line = e.appendLine(line[:0])
		if _, err := out.Write(line); err != nil {
			return err
		}
		if e.Position == head {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	if err == nil {
		return fault.New(fault.Unavailable, "ledger.damaged")
	}
	return err
}

// appendLine writes the event's line. Data goes in as it is: compact JSON has no line break.
func (e *Event) appendLine(b []byte) []byte {
	b = append(b, `{"position":`...)
	b = strconv.AppendInt(b, e.Position, 10)
	b = appendText(append(b, `,"stream":`...), e.Stream)
	b = append(b, `,"version":`...)
	b = strconv.AppendInt(b, e.Version, 10)
	b = appendText(append(b, `,"kind":`...), e.Kind)
	b = append(b, `,"effective_on":"`...)
	b = append(b, e.EffectiveOn.String()...)
	b = append(b, `","recorded_at":"`...)
	b = e.RecordedAt.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	b = appendText(append(b, `","actor":`...), e.Actor)
	b = appendText(append(b, `,"unit":`...), e.Unit)
	b = append(b, `,"data":`...)
	b = append(b, e.Data...)
	b = append(b, `,"hash":"`...)
	b = base64.StdEncoding.AppendEncode(b, e.Hash[:])
	return append(b, "\"}\n"...)
}

// appendText quotes a short text, which has no control characters.
func appendText(b []byte, s string) []byte {
	if strings.ContainsAny(s, `"\`) {
		s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	}
	return append(append(append(b, '"'), s...), '"')
}

// Import fills an empty ledger from an export, keeping positions, times, hashes, name and checkpoints,
// and checking each as it comes. After an error the ledger is empty as before. A ledger that has
// events already refuses with fault.Conflict "ledger.not_empty".
func (l *Ledger) Import(ctx context.Context, r io.Reader) (Exported, error) {
	var x Exported
	err := l.do(ctx, func(ctx context.Context) error {
		release, err := l.db.Alone(ctx)
		if err != nil {
			return err
		}
		defer release()
		if err := l.lookAround(ctx); err != nil {
			return err
		}
		if l.head.Load() > 0 {
			return fault.New(fault.Conflict, "ledger.not_empty", "head", l.head.Load())
		}
		result, err := l.importEvents(ctx, r)
		if err != nil {
			return err
		}
		x = Exported{result.Origin, result.Events, base64.StdEncoding.EncodeToString(result.Root), len(result.Notes)}
		return l.finishImport(ctx, result)
	})
	return x, err
}

var (
	dropEvents = store.Statement(`delete from event`)
	dropNodes  = store.Statement(`delete from tree_hash`)
)

// importPage is how many events one transaction of an import writes.
const importPage = 4096

// importEvents writes rows that nobody sees yet: the head stays 0 until the end.
func (l *Ledger) importEvents(ctx context.Context, r io.Reader) (verifier.Result, error) {
	if err := l.wipe(ctx); err != nil { // what an interrupted import left
		return verifier.Result{}, err
	}
	var tree frontier
	var page []Event
	flush := func() error {
		defer func() { page = page[:0] }()
		return l.db.Update(ctx, func(tx store.Tx) error {
			var nodes []node
			for i := range page {
				nodes = tree.push(page[i].Hash, nodes)
			}
			if err := putEvents(ctx, tx, page); err != nil {
				return err
			}
			return putNodes(ctx, tx, nodes)
		})
	}
	result, err := verifier.Check(r, verifier.Options{Each: func(v verifier.Event) error {
		e := fromExport(v)
		var scratch []byte
		if err := checkNames("stream", e.Stream, "kind", e.Kind, "actor", e.Actor, "unit", e.Unit); err != nil {
			return err
		}
		if len(e.Data) == 0 || e.Data[0] != '{' {
			return fault.New(fault.Invalid, "ledger.bad_data", "kind", e.Kind)
		}
		if e.leaf(&scratch) != e.Hash { // a second opinion on the second opinion
			return fault.New(fault.Conflict, "ledger.event_changed", "position", e.Position)
		}
		if page = append(page, e); len(page) < importPage {
			return nil
		}
		return flush()
	}})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return result, errors.Join(err, l.wipe(ctx))
	}
	return result, nil
}

func (l *Ledger) wipe(ctx context.Context) error {
	return l.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, dropEvents); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, dropNodes)
		return err
	})
}

// finishImport moves the head, in one transaction with all that belongs to it, and builds the folds.
func (l *Ledger) finishImport(ctx context.Context, r verifier.Result) error {
	now := l.opts.Clock().UnixMicro()
	err := l.db.Update(ctx, func(tx store.Tx) error {
		for _, k := range r.Verifiers {
			if _, err := tx.Exec(ctx, insertKey, k, now); err != nil {
				return err
			}
		}
		for _, text := range r.Notes {
			c, err := openNote(text, r.Origin, r.Verifiers)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, putCheckpoint, c.Position, now, text); err != nil {
				return err
			}
		}
		for i := range l.opts.Folds {
			if err := noteFold(ctx, tx, foldState{name: l.opts.Folds[i].Name, version: int64(l.opts.Folds[i].Version)}); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, writeOrigin, r.Origin); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, growFolds); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, writeState, r.Events)
		return err
	})
	if err != nil {
		return errors.Join(err, l.wipe(ctx))
	}
	l.origin = r.Origin
	l.generation++
	for i := range l.opts.Folds {
		if err := l.fill(ctx, &l.opts.Folds[i], 0); err != nil {
			return err
		}
	}
	return l.catchUp(ctx, r.Events)
}

func fromExport(v verifier.Event) Event {
	e := Event{Position: v.Position, Stream: v.Stream, Version: v.Version, Kind: v.Kind, EffectiveOn: calendar.Date(v.EffectiveOn),
		RecordedAt: v.RecordedAt, Actor: v.Actor, Unit: v.Unit, Data: append([]byte(nil), v.Data...)}
	copy(e.Hash[:], v.Hash)
	return e
}
