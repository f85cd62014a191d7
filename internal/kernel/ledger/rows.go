package ledger

import (
	"context"
	"fmt"
	"strings"

	"trucot/internal/kernel/store"
)

// rowGroups are how many rows one insert carries: many rows a statement cost the engines less, and a
// few fixed sizes keep every statement prepared. The last is 1, so that any number is a sum.
var rowGroups = [...]int{128, 16, 4, 1}

// multiInsert is one insert in the sizes of rowGroups.
type multiInsert struct {
	columns int
	q       [len(rowGroups)]store.SQL
}

func newMultiInsert(table, columns string) multiInsert {
	m := multiInsert{columns: strings.Count(columns, ",") + 1}
	for i, rows := range rowGroups {
		m.q[i] = store.Statement("insert into " + table + " (" + columns + ") values " + placeholders(rows, m.columns))
	}
	return m
}

// placeholders is "($1,$2),($3,$4)…".
func placeholders(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%columns == 0:
			b.WriteString("),(")
		default:
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// exec inserts n rows; fill appends the arguments of row i.
func (m *multiInsert) exec(ctx context.Context, tx store.Tx, n int, fill func(args []any, i int) []any) error {
	at := 0
	for g, rows := range rowGroups {
		for n-at >= rows {
			args := make([]any, 0, rows*m.columns)
			for i := at; i < at+rows; i++ {
				args = fill(args, i)
			}
			if _, err := tx.Exec(ctx, m.q[g], args...); err != nil {
				return err
			}
			at += rows
		}
	}
	return nil
}

var (
	insertEvents = newMultiInsert("event", eventColumns)
	insertKeys   = newMultiInsert("command_key", "key, stream, position, version, digest")
)

func putEvents(ctx context.Context, tx store.Tx, events []Event) error {
	return insertEvents.exec(ctx, tx, len(events), func(args []any, i int) []any {
		e := &events[i]
		return append(args, e.Position, e.Stream, e.Version, e.Kind, int64(e.EffectiveOn), e.RecordedAt.UnixMicro(), e.Actor, e.Unit, e.Data, e.Hash[:])
	})
}

func putNodes(ctx context.Context, tx store.Tx, nodes []node) error {
	for i := range nodes {
		if _, err := tx.Exec(ctx, insertNode, nodes[i].level, nodes[i].n, nodes[i].hash[:]); err != nil {
			return err
		}
	}
	return nil
}

// lookupGroup is how many streams one question about versions names.
const lookupGroup = 32

var (
	lookupHeads = store.Statement(`with wanted (stream) as (values ` + placeholders(lookupGroup, 1) + `)
		select stream, (select coalesce(max(e.version), 0) from event e where e.stream = wanted.stream) from wanted`)
	lookupHead = store.Statement(`select coalesce(max(version), 0) from event where stream = $1`)
	lookupKey  = store.Statement(`select stream, position, version, digest from command_key where key = $1`)
)
