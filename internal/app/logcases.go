package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// The size of a batch of cases that is appended at once: large enough to share a sync, small enough to
// stay out of other writers' way.
const (
	batchCases  = 512
	batchEvents = 4096
)

// caseWriter turns cases into commands, one a case, and appends them in batches on a goroutine of its
// own, so that reading goes on while the disk syncs.
type caseWriter struct {
	ctx    context.Context
	cancel context.CancelFunc
	l      *ledger.Ledger
	q      LogImport
	sum    *eventlog.Summary
	name   string
	head   int64 // before the import: a receipt at or below it is an earlier import's
	today  calendar.Date

	batch  []ledger.Command
	events int
	seen   map[string]int // case ids, to tell repeated ones apart
	queue  chan []ledger.Command
	done   chan error

	// Written by the appending goroutine until done.
	written, already, changed int
	notes                     []*fault.Error
}

func newCaseWriter(ctx context.Context, l *ledger.Ledger, q LogImport, sum *eventlog.Summary) *caseWriter {
	ctx, cancel := context.WithCancel(ctx)
	w := &caseWriter{ctx: ctx, cancel: cancel, l: l, q: q, sum: sum, name: q.logName(), head: l.Head(),
		today: calendar.OfTime(q.now()), seen: map[string]int{}, queue: make(chan []ledger.Command, 2), done: make(chan error, 1)}
	go w.appendAll()
	return w
}

// add queues one case.
func (w *caseWriter) add(c *eventlog.Case) error {
	cmd := w.command(c)
	w.batch = append(w.batch, cmd)
	w.events += len(cmd.Events)
	if len(w.batch) >= batchCases || w.events >= batchEvents {
		return w.flush()
	}
	return nil
}

func (w *caseWriter) flush() error {
	if len(w.batch) == 0 {
		return nil
	}
	batch := w.batch
	w.batch, w.events = make([]ledger.Command, 0, batchCases), 0
	select {
	case w.queue <- batch:
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}

// close appends what is left and waits for the writing goroutine.
func (w *caseWriter) close() error {
	err := w.flush()
	close(w.queue)
	werr := <-w.done
	w.cancel()
	if werr != nil { // the reading side only saw its context end
		return werr
	}
	return err
}

func (w *caseWriter) appendAll() {
	var err error
	for batch := range w.queue {
		if err != nil {
			continue
		}
		if err = w.appendBatch(batch); err != nil {
			w.cancel()
		}
	}
	w.done <- err
}

// appendBatch appends the batch; if one of its cases was imported with other content before, each case
// is tried alone and that one is left as it was.
func (w *caseWriter) appendBatch(batch []ledger.Command) error {
	receipts, err := w.l.Append(w.ctx, batch...)
	if err == nil {
		w.count(receipts)
		return nil
	}
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	for _, cmd := range batch {
		receipts, err := w.l.Append(w.ctx, cmd)
		switch {
		case err == nil:
			w.count(receipts)
		case fault.KindOf(err) == fault.Conflict:
			w.changed++
			if len(w.notes) < maxNotes {
				w.notes = append(w.notes, fault.New(fault.Conflict, "app.log_case_changed", "dossier", strings.TrimPrefix(cmd.Stream, "dossier/")))
			}
		default:
			return err
		}
	}
	return nil
}

// maxNotes bounds the changed cases named one by one.
const maxNotes = 20

func (w *caseWriter) count(receipts []ledger.Receipt) {
	for _, r := range receipts {
		if r.Position <= w.head {
			w.already++
		} else {
			w.written++
		}
	}
}

// command is one case as the events of one dossier. Its key is made of the content, so that the same
// case from any copy of the log is recorded once.
func (w *caseWriter) command(c *eventlog.Case) ledger.Command {
	code := w.code(c)
	e := encoder{procedure: "imported/" + w.name, mapping: w.sum.Mapping}
	on := w.startOf(c)
	events := make([]ledger.NewEvent, 0, len(c.Events)+2)
	events = append(events, ledger.NewEvent{Kind: "dossier.imported", On: on, Data: e.imported(c, on, w.name)})
	for i := range c.Events {
		if at := c.Events[i].At; !at.IsZero() {
			on = dateOf(at)
		}
		events = append(events, ledger.NewEvent{Kind: "dossier.stepped", On: on, Data: e.stepped(&c.Events[i])})
	}
	if !c.Finished.IsZero() {
		late := eventlog.Judge(c.Due, c.Finished, w.sum.ByDay) == eventlog.Late
		events = append(events, ledger.NewEvent{Kind: "dossier.finished", On: dateOf(c.Finished), Data: e.finished(c, late)})
	}
	return ledger.Command{Stream: "dossier/" + code, Key: "log/" + code + "/" + contentKey(events), Actor: w.q.Actor, Unit: w.q.Unit, Events: events}
}

func contentKey(events []ledger.NewEvent) string {
	h := sha256.New()
	for _, e := range events {
		h.Write([]byte(e.Kind))
		h.Write(e.Data.(json.RawMessage))
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// startOf is the effective date of the import of a case: received, else its first event, else today.
func (w *caseWriter) startOf(c *eventlog.Case) calendar.Date {
	if !c.Received.IsZero() {
		return dateOf(c.Received)
	}
	if first := c.First(); !first.IsZero() {
		return dateOf(first)
	}
	return w.today
}

// maxCode keeps stream and key within what the ledger takes.
const maxCode = 200

// code is "<log>:<case>", told apart where a log repeats a case id and cut where it is endless.
func (w *caseWriter) code(c *eventlog.Case) string {
	id := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(c.ID, ""))
	code := w.name + ":" + id
	if len(code) > maxCode {
		sum := sha256.Sum256([]byte(code))
		code = strings.ToValidUTF8(code[:maxCode-17], "") + "~" + hex.EncodeToString(sum[:8])
	}
	w.seen[code]++
	if n := w.seen[code]; n > 1 || id == "" {
		code += "#" + strconv.Itoa(n)
	}
	return code
}

// dateOf is the date on the wall where it happened.
func dateOf(at time.Time) calendar.Date {
	y, m, d := at.Date()
	return calendar.Of(y, m, d)
}
