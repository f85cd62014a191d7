package activity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

var tables = []ledger.Table{{Name: "activity", DDL: []string{
	`create table activity (id text primary key, kind text not null, unit text not null, on_day bigint not null, title text not null, amounts text not null,
		actor text not null, version bigint not null, gone bigint not null, reason text not null) without rowid`,
	`create index activity_day on activity (on_day)`,
}}}

const entryColumns = `id, kind, unit, on_day, title, amounts, actor, version, gone, reason`

// $1 = 1: every unit but those of $2, else only those of $3; $4 kind or ”; $5 to $6 days; $7 a unit or ”
const matching = ` from activity where (($1 = 1 and replace($2, '<' || unit || '>', '') = $2) or ($1 = 0 and replace($3, '<' || unit || '>', '') <> $3))
	and ($4 = '' or kind = $4) and on_day >= $5 and on_day <= $6 and ($7 = '' or unit = $7)`

var (
	putEntry = store.Statement(`insert into activity (` + entryColumns + `) values ($1,$2,$3,$4,$5,$6,$7,$8,0,$9)
		on conflict (id) do update set kind = excluded.kind, unit = excluded.unit, on_day = excluded.on_day, title = excluded.title,
		amounts = excluded.amounts, actor = excluded.actor, version = excluded.version, gone = 0, reason = excluded.reason`)
	cancelEntry = store.Statement(`update activity set gone = 1, actor = $2, version = $3, reason = $4 where id = $1`)
	getEntry    = store.Statement(`select ` + entryColumns + ` from activity where id = $1`)
	listEntries = store.Statement(`select ` + entryColumns + matching + ` order by on_day desc, id desc limit $8 offset $9`)
	listAfter   = store.Statement(`select ` + entryColumns + matching + ` and id > $8 order by id limit $9`)
	ofTables    = store.Statement(`select '` + streamPrefix + `' || id from activity order by on_day desc, id limit $1`)
	countAll    = store.Statement(`select count(*)` + matching)
	lastEntry   = store.Statement(`select id from activity order by length(id) desc, id desc limit 1`)
)

// Fold keeps the table activity.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "activity", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if batch[i].Kind == KindRecorded && strings.HasPrefix(batch[i].Stream, streamPrefix) {
				if err := apply(ctx, tx, &batch[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var d data
	if err := d.decode(e.Data); err != nil {
		return err
	}
	id := strings.TrimPrefix(e.Stream, streamPrefix)
	if d.Reverses > 0 {
		_, err := tx.Exec(ctx, cancelEntry, id, e.Actor, e.Version, d.Reason)
		return err
	}
	amounts, err := json.Marshal(d.Amounts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, putEntry, id, d.Dims["kind"], e.Unit, int64(e.EffectiveOn), d.Title, string(amounts), e.Actor, e.Version, d.Reason)
	return err
}

func scanEntry(rows *sql.Rows) (*Entry, error) {
	var e Entry
	var on, gone int64
	var amounts string
	if err := rows.Scan(&e.ID, &e.Kind, &e.Unit, &on, &e.Title, &amounts, &e.Actor, &e.Version, &gone, &e.Reason); err != nil {
		return nil, err
	}
	e.On, e.Gone = calendar.Date(on), gone == 1
	return &e, json.Unmarshal([]byte(amounts), &e.Amounts)
}

// Get reads an entry. Error: fault.NotFound "activity.not_found".
func (b *Book) Get(ctx context.Context, id string) (*Entry, error) {
	found, err := store.All(ctx, b.db, scanEntry, getEntry, id)
	if err == nil && len(found) == 0 {
		err = NotFound(id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// NotFound is the error for an entry that is not there, or not for the reader.
func NotFound(id string) error { return fault.New(fault.NotFound, "activity.not_found", "id", id) }

// Filter chooses entries. Units and Without are the reader's reach as people.Reach gives it.
type Filter struct {
	Units, Without []string
	Unit, Kind     string // empty = any
	From, To       calendar.Date
	Limit, Offset  int
}

// List gives one page of the entries, the latest first, and how many there are, those taken back included.
func (b *Book) List(ctx context.Context, f Filter) ([]*Entry, int, error) {
	args := f.args()
	var n int
	if err := b.db.QueryRow(ctx, countAll, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	list, err := store.All(ctx, b.db, scanEntry, listEntries, append(args, int64(f.Limit), int64(f.Offset))...)
	return list, n, err
}

// After gives those behind one by its id ("" = from the first), in the order of ids, at most f.Limit, for whoever reads them
// all page by page.
func (b *Book) After(ctx context.Context, f Filter, id string) ([]*Entry, error) {
	return store.All(ctx, b.db, scanEntry, listAfter, append(f.args(), id, int64(f.Limit))...)
}

func (f *Filter) args() []any {
	every := int64(0)
	if f.Units == nil {
		every = 1
	}
	return []any{every, store.Set(f.Without), store.Set(f.Units), f.Kind, int64(f.From), int64(f.To), f.Unit}
}

// last is the highest number given so far.
func (b *Book) last(ctx context.Context) (int, error) {
	var id string
	err := b.db.QueryRow(ctx, lastEntry).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(id)
}
