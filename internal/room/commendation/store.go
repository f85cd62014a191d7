package commendation

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

var tables = []ledger.Table{
	{Name: "commendation_subject", DDL: []string{
		`create table commendation_subject (id text primary key, data text not null, version bigint not null) without rowid`}},
	{Name: "commendation_movement", DDL: []string{
		`create table commendation_movement (id text primary key, side text not null, year bigint not null, data text not null) without rowid`}},
	{Name: "commendation", DDL: []string{
		`create table commendation (id text primary key, year bigint not null, award text not null, subject text not null, unit text not null, stage text not null,
			decision text not null, council text not null, side text not null, consult_to bigint not null, folded text not null, data text not null,
			version bigint not null, position bigint not null) without rowid`,
		`create index commendation_year on commendation (year, award)`,
		`create index commendation_subject_of on commendation (subject)`,
		`create index commendation_consulted on commendation (stage, consult_to)`}},
	{Name: "commendation_opinion", DDL: []string{
		`create table commendation_opinion (nomination text not null, number bigint not null, waits bigint not null, data text not null, primary key (nomination, number)) without rowid`}},
}

var (
	upsertSubject  = store.Statement(`insert into commendation_subject (id, data, version) values ($1,$2,$3) on conflict (id) do update set data = excluded.data, version = excluded.version`)
	getSubject     = store.Statement(`select data, version from commendation_subject where id = $1`)
	allSubjects    = store.Statement(`select data, version from commendation_subject`)
	insertMovement = store.Statement(`insert into commendation_movement (id, side, year, data) values ($1,$2,$3,$4) on conflict (id) do nothing`)
	listMovements  = store.Statement(`select data from commendation_movement where side = $1 and year = $2 order by id`)
	upsertOne      = store.Statement(`insert into commendation (id, year, award, subject, unit, stage, decision, council, side, consult_to, folded, data, version, position)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14) on conflict (id) do update set stage = excluded.stage, decision = excluded.decision, council = excluded.council,
		consult_to = excluded.consult_to, data = excluded.data, version = excluded.version, position = excluded.position`)
	ofTables = store.Statement(`select stream from (select '` + subjectPrefix + `' || id as stream, 9999 as year from commendation_subject
		union all select '` + movementPrefix + `' || id, year from commendation_movement union all select distinct '` + roundPrefix + `' || year || '/' || award, year from commendation
		union all select distinct '` + opinionPrefix + `' || nomination, 9998 from commendation_opinion) s order by year desc, stream limit $1`)
	getOne    = store.Statement(`select data, version, position from commendation where id = $1`)
	roundHead = store.Statement(`select coalesce(max(version), 0) from commendation where year = $1 and award = $2`)
	decided   = store.Statement(`select count(*) from commendation where year = $1 and award = $2 and stage in ('decided', 'conferred') and id not like '%~%'`)

	// $1 = 1: everywhere but $2, else in $2 ("<a><b>"); the rest restricts where it is not empty, the year where it is not 0.
	where = ` from commendation where ($1 = 1 and replace($2, '<' || unit || '>', '') = $2 or $1 = 0 and replace($2, '<' || unit || '>', '') <> $2)
		and ($3 = 0 or year = $3) and ($4 = '' or award = $4) and ($5 = '' or stage = $5) and ($6 = '' or subject = $6) and ($7 = '' or decision = $7)
		and ($8 = '' or council = $8) and ($9 = '' or folded like $9 escape '!')`
	listAll   = store.Statement(`select data, version, position` + where + ` order by year desc, award, unit, subject, id limit $10 offset $11`)
	listAfter = store.Statement(`select data, version, position` + where + ` and id > $10 order by id limit $11`)
	countAll  = store.Statement(`select count(*)` + where)

	consulted      = ` from commendation where stage = 'consulted' and side = $1 and consult_to >= $2`
	listConsulted  = store.Statement(`select data, version, position` + consulted + ` order by consult_to, award, unit, subject, id limit $3 offset $4`)
	countConsulted = store.Statement(`select count(*)` + consulted)

	upsertOpinion = store.Statement(`insert into commendation_opinion (nomination, number, waits, data) values ($1,$2,$3,$4)
		on conflict (nomination, number) do update set waits = excluded.waits, data = excluded.data`)
	getOpinion    = store.Statement(`select data from commendation_opinion where nomination = $1 and number = $2`)
	listOpinions  = store.Statement(`select data from commendation_opinion where nomination = $1 order by number limit $2 offset $3`)
	countOpinions = store.Statement(`select count(*), coalesce(sum(waits), 0) from commendation_opinion where nomination = $1`)
)

// change reads a subject's record, changes it and writes it back.
func change(ctx context.Context, tx store.Tx, id string, do func(*Record)) error {
	r, err := record(ctx, tx, id)
	if err != nil {
		return err
	}
	do(r)
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertSubject, id, string(data), r.Version)
	return err
}

// record is the subject's record, an empty one where nothing was ever recorded.
func record(ctx context.Context, from store.Reader, id string) (*Record, error) {
	found, err := store.All(ctx, from, scanRecord, getSubject, id)
	if err != nil || len(found) == 0 {
		return &Record{Subject: id, Classes: map[int]Class{}}, err
	}
	return found[0], nil
}

func scanRecord(rows *sql.Rows) (*Record, error) {
	var data string
	r := &Record{}
	if err := rows.Scan(&data, &r.Version); err != nil {
		return nil, err
	}
	err := json.Unmarshal([]byte(data), r)
	if r.Classes == nil {
		r.Classes = map[int]Class{}
	}
	return r, err
}

func saveNomination(ctx context.Context, tx store.Tx, n *Nomination, e *ledger.Event) error {
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertOne, n.ID, int64(n.Year), n.Award, n.Subject, n.Unit, string(n.Stage), n.Decision, n.Council, n.Side, int64(n.ConsultTo), lang.Fold(n.Title), string(data), e.Version, e.Position)
	return err
}

func scanNomination(rows *sql.Rows) (*Nomination, error) {
	var data string
	n := &Nomination{}
	if err := rows.Scan(&data, &n.Version, &n.Position); err != nil {
		return nil, err
	}
	return n, json.Unmarshal([]byte(data), n)
}

func scanMovement(rows *sql.Rows) (*Movement, error) {
	var data string
	m := &Movement{}
	if err := rows.Scan(&data); err != nil {
		return nil, err
	}
	return m, json.Unmarshal([]byte(data), m)
}

func scanOpinion(rows *sql.Rows) (Opinion, error) {
	var data string
	var o Opinion
	if err := rows.Scan(&data); err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(data), &o)
}

// Record is what stands about a subject.
func (r *Room) Record(ctx context.Context, subject string) (*Record, error) {
	return record(ctx, r.db, subject)
}

// Movements lists those of a year.
func (r *Room) Movements(ctx context.Context, side string, year int) ([]*Movement, error) {
	return store.All(ctx, r.db, scanMovement, listMovements, side, int64(year))
}

// Get reads a nomination. Error: fault.NotFound "commendation.not_found".
func (r *Room) Get(ctx context.Context, id string) (*Nomination, error) {
	found, err := store.All(ctx, r.db, scanNomination, getOne, id)
	if err == nil && len(found) == 0 {
		return nil, NotFound(id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// NotFound is what a reader hears of a nomination that is not there, or not theirs.
func NotFound(id string) error { return fault.New(fault.NotFound, "commendation.not_found", "id", id) }

// Filter says which nominations a list shows: those of the units in reach as people.Reach gives them; empty parts of the
// rest do not restrict.
type Filter struct {
	Units    []string // nil = everywhere but Without
	Without  []string
	Year     int
	Award    string
	Stage    Stage
	Subject  string
	Decision string
	Council  string
	Text     string // words of the title, marks and case ignored
	Limit    int    // 50 when 0
	Offset   int
}

// most is the longest list, of a decision.
const most = 10_000

// List gives one page of nominations by award and unit, and how many there are in all.
func (r *Room) List(ctx context.Context, f Filter) ([]*Nomination, int, error) {
	args := f.args()
	var total int
	if err := r.db.QueryRow(ctx, countAll, args...).Scan(&total); err != nil {
		return nil, 0, store.Fault(err)
	}
	limit := min(max(f.Limit, 0), most)
	if limit == 0 {
		limit = 50
	}
	list, err := store.All(ctx, r.db, scanNomination, listAll, append(args, int64(limit), int64(max(f.Offset, 0)))...)
	return list, total, err
}

// After gives those behind one by its id ("" = from the first), in the order of ids, at most f.Limit, for whoever reads them
// all page by page.
func (r *Room) After(ctx context.Context, f Filter, id string) ([]*Nomination, error) {
	return store.All(ctx, r.db, scanNomination, listAfter, append(f.args(), id, int64(f.Limit))...)
}

func (f *Filter) args() []any {
	everywhere, units := int64(0), f.Units
	if f.Units == nil {
		everywhere, units = 1, f.Without
	}
	joined := store.Set(units)
	like := ""
	if words := strings.Fields(lang.Fold(f.Text)); len(words) > 0 {
		for i, w := range words {
			words[i] = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w)
		}
		like = "%" + strings.Join(words, "%") + "%"
	}
	return []any{everywhere, joined, int64(f.Year), f.Award, string(f.Stage), f.Subject, f.Decision, f.Council, like}
}
