package dossier_test

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

var everything = store.Statement(`select num, code, procedure, version, state, status, open, unit, assignee, channel, title, applicant, labels,
	submitted_on, received_on, due_on, finished_on, returned_on, late, position, stream, detail from dossier order by code`)

// dump is the whole table as text.
func dump(t testing.TB, db *store.DB) string {
	t.Helper()
	rows, err := db.Query(context.Background(), everything)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	cells, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if raw, ok := c.([]byte); ok {
				c = string(raw)
			}
			fmt.Fprintf(&b, "%v|", c)
		}
		b.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Any sequence of allowed steps keeps what a dossier promises: a legal status, a clock that never runs backwards,
// at most one supplement and one re-appointment, an end that is an end — and the table rebuilt from the ledger in
// other batches equals the live one byte for byte.
func TestRandomLivesKeepTheirPromises(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	rapid.Check(t, func(rt *rapid.T) {
		on := day("2021-01-04") + calendar.Date(rapid.IntRange(0, 200).Draw(rt, "filed"))
		f := loan(on.String())
		f.Fields["loai"] = rapid.SampledFrom([]string{"thuong", "hiem"}).Draw(rt, "kind")
		f.Fields["dat_coc"] = rapid.IntRange(0, 200).Draw(rt, "deposit") * 1000
		f.Documents = []string{"the", "cam_ket"}
		d, err := o.Open(o.ctx, f)
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(0, 14).Draw(rt, "steps") {
			on += calendar.Date(rapid.IntRange(0, 6).Draw(rt, "days"))
			next := o.randomStep(rt, d, on)
			if next == nil {
				continue
			}
			o.promises(rt, d, next)
			d = next
		}
	})
	before := dump(t, o.db)
	if strings.Count(before, "\n") < 50 {
		t.Fatalf("only %d dossiers", strings.Count(before, "\n"))
	}
	o.rebuild(t, 2)
	if after := dump(t, o.db); after != before {
		t.Error("the rebuilt table differs from the live one")
	}
}

// rebuild opens the ledger with a fold of another version, which drops its tables and fills them from position 1.
func (o *office) rebuild(t testing.TB, version int) {
	t.Helper()
	if err := o.ledger.Close(); err != nil {
		t.Fatal(err)
	}
	f := dossier.Fold()
	f.Version += version
	l, err := ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{f}, Clock: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	o.ledger = l
	t.Cleanup(func() { l.Close() })
}

// randomStep takes any step open to the dossier; nil when the definition refuses it.
func (o *office) randomStep(rt *rapid.T, d *dossier.Dossier, on calendar.Date) *dossier.Dossier {
	open, err := o.Actions(o.ctx, d)
	if err != nil {
		rt.Fatal(err)
	}
	if len(open) == 0 {
		return nil
	}
	step := open[rapid.IntRange(0, len(open)-1).Draw(rt, "step")]
	fields := map[string]any{}
	for _, id := range step.Asks {
		fields[id] = "lý do mẫu"
	}
	if step.Reappoint != "" {
		fields[step.Reappoint] = (on + calendar.Date(rapid.IntRange(1, 15).Draw(rt, "later"))).String()
	}
	next, err := o.Act(o.ctx, dossier.Act{Code: d.Code, Action: step.ID, On: on, Fields: fields, Assignee: "sample"})
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			rt.Fatalf("%s: %v", step.ID, err)
		}
		return nil
	}
	return next
}

func (o *office) promises(rt *rapid.T, d, next *dossier.Dossier) {
	if next.Status < 1 || next.Status > 10 || next.Stream != d.Stream+1 || next.LastOn < d.LastOn {
		rt.Fatalf("%+v after %+v", next, d)
	}
	if next.Supplements > 1 || next.WorkingDays < 0 {
		rt.Fatalf("%d supplements, %d working days", next.Supplements, next.WorkingDays)
	}
	if next.Status == dossier.AwaitSupplement && next.DueOn != calendar.NoDate && next.DueOn >= next.LastOn {
		rt.Fatalf("due %s while the clock stands still", next.DueOn)
	}
	if next.DueOn != calendar.NoDate && (next.ReceivedOn == calendar.NoDate || next.DueOn < next.ReceivedOn) {
		rt.Fatalf("due %s, received %s", next.DueOn, next.ReceivedOn)
	}
	if d.DueOn != calendar.NoDate && next.DueOn != calendar.NoDate && next.DueOn < d.DueOn {
		rt.Fatalf("the due date moved back from %s to %s", d.DueOn, next.DueOn)
	}
	pauses := next.Track.Pauses
	for i, p := range pauses {
		if p.To != calendar.NoDate && p.To < p.From || p.To == calendar.NoDate && (i < len(pauses)-1 || !next.Open()) {
			rt.Fatalf("pauses %v", pauses)
		}
	}
	p, err := o.Procedure(o.ctx, next)
	if err != nil {
		rt.Fatal(err)
	}
	if kept, read := dossier.Values(p, next); !reflect.DeepEqual(kept, read) {
		rt.Fatalf("kept %v\nread %v", kept, read)
	}
	stored, err := o.Get(o.ctx, next.Code)
	if err != nil || fmt.Sprint(*stored) != fmt.Sprint(*next) {
		rt.Fatalf("stored  %+v %v\nreturned %+v", stored, err, next)
	}
}
