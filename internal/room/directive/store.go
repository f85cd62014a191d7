package directive

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// never stands for "not ended" in the table.
const never = 1<<31 - 1

var tables = []ledger.Table{
	{Name: "directive", DDL: []string{
		`create table directive (id text primary key, kind text not null, symbol text not null, issued_on bigint not null, ended_on bigint not null,
			unit text not null, side text not null, folded text not null, data text not null, version bigint not null, position bigint not null) without rowid`,
		`create index directive_issued on directive (issued_on)`,
		`create index directive_symbol on directive (symbol)`,
	}},
	{Name: "directive_link", DDL: []string{
		`create table directive_link (later text not null, earlier text not null, how text not null, from_on bigint not null, primary key (later, earlier, how)) without rowid`,
		`create index directive_link_earlier on directive_link (earlier)`,
	}},
}

var (
	upsertDocument = store.Statement(`insert into directive (id, kind, symbol, issued_on, ended_on, unit, side, folded, data, version, position)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)
		on conflict (id) do update set kind = excluded.kind, symbol = excluded.symbol, issued_on = excluded.issued_on, ended_on = excluded.ended_on, unit = excluded.unit,
		side = excluded.side, folded = excluded.folded, data = excluded.data, version = excluded.version, position = excluded.position`)
	insertLink = store.Statement(`insert into directive_link (later, earlier, how, from_on) values ($1,$2,$3,$4)
		on conflict (later, earlier, how) do update set from_on = excluded.from_on`)
	getDocument = store.Statement(`select data, version, position from directive where id = $1`)

	// $1 = 1: the whole state side; $2 = units besides, "<a><b>"; the rest restricts where it is not empty.
	where = ` from directive where ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2) and ($3 = '' or kind = $3)
		and ($4 = '' or folded like $4 escape '!') and ($5 = '' or $5 = 'in_force' and ended_on > $6 or $5 = 'ended' and ended_on <= $6)`
	listDocuments  = store.Statement(`select data, version, position` + where + ` order by issued_on desc, id limit $7 offset $8`)
	listAfter      = store.Statement(`select data, version, position` + where + ` and id > $7 order by id limit $8`)
	ofTables       = store.Statement(`select 'directive/' || id from directive order by position desc limit $1`)
	countDocuments = store.Statement(`select count(*)` + where)
	calledSo       = store.Statement(`select data, version, position from directive where symbol = $1 order by issued_on desc limit 20`)
	selectLinks    = store.Statement(`select later, earlier, how, from_on from directive_link where later = $1 or earlier = $1 order by from_on, later, earlier`)
)

func upsert(ctx context.Context, tx store.Tx, d *Document, e *ledger.Event) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	ended, issued := int64(never), int64(0)
	if d.EndedOn != calendar.NoDate {
		ended = int64(d.EndedOn)
	}
	if d.Date != calendar.NoDate {
		issued = int64(d.Date)
	}
	_, err = tx.Exec(ctx, upsertDocument, d.ID, d.Kind, d.Symbol, issued, ended, d.Unit, string(d.Side),
		lang.Fold(d.Symbol+" "+d.Name+" "+d.Issuer+" "+d.Summary), string(data), e.Version, e.Position)
	return err
}

func scanDocument(rows *sql.Rows) (*Document, error) {
	var data string
	var d Document
	if err := rows.Scan(&data, &d.Version, &d.Position); err != nil {
		return nil, err
	}
	return &d, json.Unmarshal([]byte(data), &d)
}

// Get reads a directive. Error: fault.NotFound "directive.not_found".
func (r *Register) Get(ctx context.Context, id string) (*Document, error) {
	found, err := store.All(ctx, r.db, scanDocument, getDocument, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "directive.not_found", "id", id)
	}
	return found[0], nil
}

// Called lists the directives with a symbol, in any way of writing it, the latest first.
func (r *Register) Called(ctx context.Context, symbol string) ([]*Document, error) {
	d := Document{Symbol: symbol}
	lists, err := r.Lists()
	if err != nil {
		return nil, err
	}
	lists.complete(&d)
	return store.All(ctx, r.db, scanDocument, calledSo, d.Symbol)
}

// Filter says which directives a list shows. State and Units always restrict, empty parts of the rest do not.
type Filter struct {
	State bool     // the whole state side
	Units []string // these units besides
	Kind  string
	Text  string // words of symbol, name, issuer or summary, marks and case ignored
	Force string // "in_force", "ended"; "" = both
	Limit int    // 50 when 0
	Skip  int
}

// most is the longest list.
const most = 10_000

// List gives one page of directives, the latest first, and how many there are in all.
func (r *Register) List(ctx context.Context, f Filter) ([]*Document, int, error) {
	args := f.args(r.today())
	var total int
	if err := r.db.QueryRow(ctx, countDocuments, args...).Scan(&total); err != nil {
		return nil, 0, store.Fault(err)
	}
	limit := min(max(f.Limit, 0), most)
	if limit == 0 {
		limit = 50
	}
	rows, err := store.All(ctx, r.db, scanDocument, listDocuments, append(args, int64(limit), int64(max(f.Skip, 0)))...)
	return rows, total, err
}

// After lists directives in the order of their ids, those behind an id ("" = from the first), at most f.Limit: read page by
// page it neither loses nor doubles one however many are entered meanwhile.
func (r *Register) After(ctx context.Context, f Filter, id string) ([]*Document, error) {
	return store.All(ctx, r.db, scanDocument, listAfter, append(f.args(r.today()), id, int64(f.Limit))...)
}

func (f *Filter) args(today calendar.Date) []any {
	state, units := int64(0), store.Set(f.Units)
	if f.State {
		state = 1
	}
	words := strings.Fields(lang.Fold(f.Text))
	for i, w := range words {
		words[i] = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w)
	}
	like := ""
	if len(words) > 0 {
		like = "%" + strings.Join(words, "%") + "%"
	}
	return []any{state, units, f.Kind, like, f.Force, int64(today)}
}

// Link is one arrow between two directives of the register.
type Link struct {
	Later, Earlier string
	How            How
	From           calendar.Date
}

// maxChain bounds a chain of replacements that is followed.
const maxChain = 50

// Chain is every replacement and amendment that leads to or from a directive, over as many steps as there are, the
// earliest first.
func (r *Register) Chain(ctx context.Context, id string) ([]Link, error) {
	var out []Link
	known, seen := map[Link]bool{}, map[string]bool{id: true}
	for todo := []string{id}; len(todo) > 0 && len(seen) < maxChain; {
		next := todo[0]
		todo = todo[1:]
		links, err := store.All(ctx, r.db, scanLink, selectLinks, next)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if !known[l] {
				known[l] = true
				out = append(out, l)
			}
			for _, other := range []string{l.Later, l.Earlier} {
				if !seen[other] {
					seen[other] = true
					todo = append(todo, other)
				}
			}
		}
	}
	return out, nil
}

func scanLink(rows *sql.Rows) (Link, error) {
	var l Link
	var from int64
	err := rows.Scan(&l.Later, &l.Earlier, &l.How, &from)
	l.From = calendar.Date(from)
	return l, err
}
