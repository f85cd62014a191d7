package dossier

import (
	"context"
	"strings"

	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// foldVersion rises with every change of what the fold writes.
const foldVersion = 6

var (
	putCredential = store.Statement(`insert into dossier_credential (stream, seq, number, procedure, dossier, holder, unit, issued_on,
		from_on, until_on, ended_on, end_reason, title, renew_by, replaces, successor) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,null,'',$11,$12,$13,'')`)
	countRows     = store.Statement(`select coalesce(max(num), -1) + 1 from dossier`)
	endCredential = store.Statement(`update dossier_credential set ended_on = $3, end_reason = $4 where procedure = $1 and number = $2`)
)

// Fold keeps the tables dossier, dossier_fee, dossier_credential and dossier_view. It needs no definition: events say all.
func Fold() ledger.Fold {
	m := &folder{}
	return ledger.Fold{Name: "dossier", Version: foldVersion, Tables: tables, Apply: m.apply, Forget: m.forget}
}

// folder remembers the rows it wrote lately, so that the next step of a dossier need not read and decode its row. The
// ledger says when the tables are not as it left them.
type folder struct {
	recent, older map[string]*Dossier // two generations; the older goes when the younger is full
	next          int64               // number of the next new dossier, where counted
	counted       bool
}

func (m *folder) forget() { *m = folder{} }

// before is the dossier of a row before an event, nil when it must be read.
func (m *folder) before(code string, e *ledger.Event) *Dossier {
	d := m.recent[code]
	if d == nil {
		d = m.older[code]
	}
	if d != nil && d.Stream == e.Version-1 {
		return d
	}
	// What the engine read is the row as it was if no event came between, and the ledger has seen to that.
	if x, ok := e.Value.(*payload); ok && x.before.num > 0 && x.before.Stream == e.Version-1 {
		return x.before.clone()
	}
	return nil
}

func (m *folder) remember(b *folding) {
	for code, d := range b.at {
		if !d.Open() {
			delete(m.recent, code)
			continue
		}
		if len(m.recent) >= cacheSize {
			m.older, m.recent = m.recent, nil
		}
		if m.recent == nil {
			m.recent = make(map[string]*Dossier)
		}
		m.recent[code] = d
	}
}

// apply brings a batch into the tables with at most one read and one write for each dossier it touches.
func (m *folder) apply(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
	if !m.counted {
		found, err := store.All(ctx, tx, scanNum, countRows)
		if err != nil {
			return err
		}
		m.next, m.counted = found[0], true
	}
	b := folding{at: map[string]*Dossier{}, next: m.next}
	for i := range batch {
		e := &batch[i]
		if !strings.HasPrefix(e.Stream, streamPrefix) {
			continue
		}
		code := strings.TrimPrefix(e.Stream, streamPrefix)
		if _, seen := b.at[code]; seen {
			continue
		}
		d := m.before(code, e)
		b.at[code] = d
		b.order = append(b.order, code)
		if e.Version > 1 && d == nil {
			b.missing = append(b.missing, code)
		}
	}
	if err := b.read(ctx, tx); err != nil {
		return err
	}
	for i := range batch {
		if err := b.event(ctx, tx, &batch[i]); err != nil {
			return err
		}
	}
	if err := b.write(ctx, tx); err != nil {
		return err
	}
	m.remember(&b)
	m.next = b.next
	return nil
}

// folding is one batch on its way into the tables.
type folding struct {
	at      map[string]*Dossier
	order   []string // codes as they first appear
	missing []string // codes to read
	next    int64
}

// read fetches the dossiers that were there before the batch.
func (b *folding) read(ctx context.Context, tx store.Tx) error {
	for len(b.missing) > 0 {
		n := fits(len(b.missing))
		args := make([]any, n)
		for i := range args {
			args[i] = b.missing[i]
		}
		found, err := store.All(ctx, tx, scanDossier, selectRows[n], args...)
		if err != nil {
			return err
		}
		for _, d := range found {
			b.at[d.Code] = d
		}
		b.missing = b.missing[n:]
	}
	return nil
}

func fits(n int) int {
	for _, c := range chunks {
		if c <= n {
			return c
		}
	}
	return 1
}

func (b *folding) event(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	switch {
	case strings.HasPrefix(e.Stream, streamPrefix):
	case e.Kind == kindIssued:
		return foldIssued(ctx, tx, e)
	case strings.HasPrefix(e.Stream, viewPrefix):
		return foldView(ctx, tx, e)
	case e.Kind == kindReplaced:
		return foldReplaced(ctx, tx, e)
	case e.Kind == kindEnded:
		return foldEnded(ctx, tx, e)
	default:
		return nil
	}
	x, err := payloadOf(e)
	if err != nil {
		return err
	}
	code := CodeOf(e.Stream)
	d := b.at[code]
	if d == nil {
		d = new(Dossier)
		b.at[code] = d
	}
	d.apply(e, x)
	if e.Version == 1 {
		d.num = b.next
		b.next++
	}
	if e.Kind == KindMovedIn {
		return takeFees(ctx, tx, d)
	}
	return foldFees(ctx, tx, d, &x.Data)
}

// write puts the dossiers of the batch back.
func (b *folding) write(ctx context.Context, tx store.Tx) error {
	left := b.order
	for len(left) > 0 {
		n := fits(len(left))
		args := make([]any, 0, n*len(columns))
		for _, code := range left[:n] {
			var err error
			if args, err = b.at[code].args(args); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, upsertRows[n], args...); err != nil {
			return err
		}
		left = left[n:]
	}
	return nil
}

func foldIssued(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var x IssuedData
	if err := decode(e.Data, &x); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, putCredential, e.Stream, e.Version, x.Number, x.Procedure, x.Dossier, x.Holder, e.Unit, int64(e.EffectiveOn),
		int64(x.From), day(x.Until), x.Title, day(orNone(x.RenewBy)), x.Replaces)
	return err
}

func foldEnded(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var x EndedData
	if err := decode(e.Data, &x); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, endCredential, x.Procedure, x.Number, int64(e.EffectiveOn), x.Reason)
	return err
}
