package council

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

var tables = []ledger.Table{
	{Name: "council", DDL: []string{
		`create table council (id text primary key, dossier text not null, rule text not null, unit text not null, stage text not null,
			meets_on bigint not null, folded text not null, data text not null, version bigint not null, position bigint not null) without rowid`,
		`create index council_dossier on council (dossier)`,
	}},
	{Name: "council_part", DDL: []string{ // who has a part in a council: members, secretary, tellers
		`create table council_part (account text not null, council text not null, primary key (account, council)) without rowid`,
	}},
}

var (
	upsertCouncil = store.Statement(`insert into council (id, dossier, rule, unit, stage, meets_on, folded, data, version, position) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
		on conflict (id) do update set unit = excluded.unit, stage = excluded.stage, meets_on = excluded.meets_on, folded = excluded.folded, data = excluded.data,
		version = excluded.version, position = excluded.position`)
	getCouncil  = store.Statement(`select data, version, position from council where id = $1`)
	ofDossier   = store.Statement(`select data, version, position from council where dossier = $1 order by id desc`)
	lastCouncil = store.Statement(`select id from council where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	dropParts   = store.Statement(`delete from council_part where council = $1`)
	addPart     = store.Statement(`insert into council_part (account, council) values ($1, $2) on conflict (account, council) do nothing`)

	// $1 the reader's account, $2 = 1 when only their own; $3 = 1: everywhere but $4, else in $4 ("<a><b>"); $5 = the stage asked for,
	// "open" for all that are not over; $6 words.
	councilsWhere = ` from council where (id in (select council from council_part where account = $1)
			or $2 = 0 and ($3 = 1 and replace($4, '<' || unit || '>', '') = $4 or $3 = 0 and replace($4, '<' || unit || '>', '') <> $4))
		and ($5 = '' or stage = $5 or $5 = 'open' and stage not in ('concluded', 'cancelled')) and ($6 = '' or folded like $6 escape '!')`
	listCouncils = store.Statement(`select data, version, position` + councilsWhere +
		` order by case stage when 'voting' then 0 when 'counted' then 1 when 'confirmed' then 2 when 'preparing' then 3 else 4 end, meets_on desc, id desc limit $7 offset $8`)
	councilsAfter = store.Statement(`select data, version, position` + councilsWhere + ` and id > $7 order by id limit $8`)
	// the councils, and the dossiers with which they may have moved to another unit
	ofTables = store.Statement(`select stream from (select 'council/' || id as stream, position from council
		union all select 'dossier/' || dossier, position from council where dossier <> '') as streams group by stream order by max(position) desc limit $1`)
	countCouncils = store.Statement(`select count(*)` + councilsWhere)
)

// Fold keeps the tables council and council_part.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "council", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		f := folding{changed: map[string]*Council{}}
		for i := range batch {
			var err error
			if id, ours := strings.CutPrefix(batch[i].Stream, prefix); ours {
				err = f.apply(ctx, tx, id, &batch[i])
			} else if batch[i].Kind == dossier.KindMovedIn {
				err = f.follow(ctx, tx, &batch[i])
			}
			if err != nil {
				return err
			}
		}
		return f.write(ctx, tx)
	}}
}

// folding is one batch on its way into the tables.
type folding struct {
	changed map[string]*Council
	order   []string // ids as they first appear
}

func (f *folding) apply(ctx context.Context, tx store.Tx, id string, e *ledger.Event) error {
	c := f.changed[id]
	if c == nil {
		var err error
		if c, err = read(ctx, tx, id); err != nil {
			return err
		}
		f.changed[id], f.order = c, append(f.order, id)
	}
	return c.apply(e)
}

// follow takes the councils of a dossier along to the unit that it came to.
func (f *folding) follow(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	if err := f.write(ctx, tx); err != nil {
		return err
	}
	found, err := store.All(ctx, tx, scan, ofDossier, dossier.CodeOf(e.Stream))
	for _, c := range found {
		c.Unit = e.Unit
		f.changed[c.ID], f.order = c, append(f.order, c.ID)
	}
	return err
}

// write puts what changed so far into the tables.
func (f *folding) write(ctx context.Context, tx store.Tx) error {
	for _, id := range f.order {
		if err := write(ctx, tx, f.changed[id]); err != nil {
			return err
		}
	}
	clear(f.changed)
	f.order = nil
	return nil
}

// read is the council as the tables have it, a blank one when they do not.
func read(ctx context.Context, r store.Reader, id string) (*Council, error) {
	found, err := store.All(ctx, r, scan, getCouncil, id)
	if err != nil || len(found) == 0 {
		return &Council{}, err
	}
	return found[0], nil
}

func scan(rows *sql.Rows) (*Council, error) {
	var data string
	var c Council
	if err := rows.Scan(&data, &c.Version, &c.Position); err != nil {
		return nil, err
	}
	return &c, json.Unmarshal([]byte(data), &c)
}

func write(ctx context.Context, tx store.Tx, c *Council) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	names := c.ID + " " + c.Title + " " + c.Dossier
	for _, f := range c.Files {
		names += " " + f.Label
	}
	if _, err := tx.Exec(ctx, upsertCouncil, c.ID, c.Dossier, c.Rules.ID, c.Unit, string(c.Stage), int64(c.MeetsOn), lang.Fold(names), string(data), c.Version, c.Position); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, dropParts, c.ID); err != nil {
		return err
	}
	parts := append([]string{c.Secretary}, c.Tellers...)
	for _, m := range c.Members {
		parts = append(parts, m.Account)
	}
	for _, account := range parts {
		if _, err := tx.Exec(ctx, addPart, account, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// Get reads a council. Error: fault.NotFound "council.not_found".
func (e *Engine) Get(ctx context.Context, id string) (*Council, error) {
	c, err := read(ctx, e.db, id)
	if err == nil && c.ID == "" {
		return nil, NotFound(id)
	}
	return c, err
}

// NotFound is what a reader hears of a council that is not there, or not theirs.
func NotFound(id string) error { return fault.New(fault.NotFound, "council.not_found", "id", id) }

// OfDossier lists the councils of a dossier, the latest first.
func (e *Engine) OfDossier(ctx context.Context, code string) ([]*Council, error) {
	return store.All(ctx, e.db, scan, ofDossier, code)
}

// Filter says which councils a list shows: those in which the reader has a part, and, unless Mine, those of the units in
// reach as people.Reach gives them.
type Filter struct {
	Account string
	Mine    bool
	Units   []string // nil = everywhere
	Without []string
	Stage   Stage // "" = all; Open = those not over
	Text    string
	Limit   int // 50 when 0
	Offset  int
}

// Open as a filter's stage is every stage before the end.
const Open Stage = "open"

// most is the longest list, of an export.
const most = 100_000

// List gives one page of councils, those that vote first, and how many there are in all.
func (e *Engine) List(ctx context.Context, f Filter) ([]*Council, int, error) {
	args := f.args()
	var n int
	if err := e.db.QueryRow(ctx, countCouncils, args...).Scan(&n); err != nil {
		return nil, 0, store.Fault(err)
	}
	limit := min(max(f.Limit, 0), most)
	if limit == 0 {
		limit = 50
	}
	list, err := store.All(ctx, e.db, scan, listCouncils, append(args, int64(limit), int64(max(f.Offset, 0)))...)
	return list, n, err
}

// After gives those behind one by its id ("" = from the first), in the order of ids, at most f.Limit, for whoever reads them
// all page by page.
func (e *Engine) After(ctx context.Context, f Filter, id string) ([]*Council, error) {
	return store.All(ctx, e.db, scan, councilsAfter, append(f.args(), id, int64(f.Limit))...)
}

func (f *Filter) args() []any {
	like := ""
	if words := strings.Fields(lang.Fold(f.Text)); len(words) > 0 {
		for i, w := range words {
			words[i] = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w)
		}
		like = "%" + strings.Join(words, "%") + "%"
	}
	mine, everywhere, units := int64(0), int64(0), f.Units
	if f.Mine {
		mine = 1
	}
	if f.Units == nil {
		everywhere, units = 1, f.Without
	}
	list := store.Set(units)
	return []any{f.Account, mine, everywhere, list, string(f.Stage), like}
}

// Entry is one line of a council's history.
type Entry struct {
	Position   int64
	Kind       string // without "council."
	On         calendar.Date
	RecordedAt time.Time
	Actor      string
	Account    string // of whom it tells
	Text       string
}

// History lists what happened, first to last.
func (e *Engine) History(ctx context.Context, id string) ([]Entry, error) {
	events, err := e.l.Stream(ctx, prefix+id)
	var out []Entry
	for _, ev := range events {
		var f fact
		if err := json.Unmarshal(ev.Data, &f); err != nil {
			return nil, err
		}
		line := Entry{Position: ev.Position, Kind: strings.TrimPrefix(ev.Kind, kindPrefix), On: ev.EffectiveOn, RecordedAt: ev.RecordedAt, Actor: ev.Actor,
			Account: f.Account, Text: f.Text + f.Reason}
		if f.Settled != nil {
			line.Text = f.Settled.Reason
		}
		if f.Member != nil {
			line.Account = f.Member.Account
		}
		out = append(out, line)
	}
	return out, err
}

// newID is a number of the day: HD-210614-001.
func (e *Engine) newID(ctx context.Context, on calendar.Date) (string, error) {
	day := "HD-" + on.Time().Format("060102") + "-"
	var last string
	err := e.db.QueryRow(ctx, lastCouncil, day, day+":").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", store.Fault(err)
	}
	return nextID(day, last), nil
}
