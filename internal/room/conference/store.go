package conference

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

var tables = []ledger.Table{
	{Name: "conference", DDL: []string{
		`create table conference (id text primary key, unit text not null, side text not null, status text not null, day bigint not null, data text not null,
			version bigint not null, position bigint not null) without rowid`,
		`create index conference_day on conference (day)`,
	}},
	{Name: "conference_guest", DDL: []string{
		`create table conference_guest (conference text not null, n bigint not null, person text not null, data text not null, primary key (conference, n)) without rowid`,
		`create index conference_guest_person on conference_guest (person)`,
	}},
	{Name: "conference_talk", DDL: []string{
		`create table conference_talk (conference text not null, n bigint not null, data text not null, primary key (conference, n)) without rowid`,
	}},
}

var (
	upsert = store.Statement(`insert into conference (id, unit, side, status, day, data, version, position) values ($1,$2,$3,$4,$5,$6,$7,$8)
		on conflict (id) do update set unit = excluded.unit, side = excluded.side, status = excluded.status, day = excluded.day, data = excluded.data,
		version = excluded.version, position = excluded.position`)
	touch       = store.Statement(`update conference set version = $1, position = $2 where id = $3`)
	upsertGuest = store.Statement(`insert into conference_guest (conference, n, person, data) values ($1,$2,$3,$4)
		on conflict (conference, n) do update set person = excluded.person, data = excluded.data`)
	upsertTalk = store.Statement(`insert into conference_talk (conference, n, data) values ($1,$2,$3) on conflict (conference, n) do update set data = excluded.data`)

	getOne     = store.Statement(`select data, version, position from conference where id = $1`)
	lastID     = store.Statement(`select id from conference where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	listGuests = store.Statement(`select data from conference_guest where conference = $1 order by n`)
	oneGuest   = store.Statement(`select data from conference_guest where conference = $1 and n = $2`)
	invitedTo  = store.Statement(`select data from conference_guest where conference = $1 and person = $2 and person <> '' order by n`)
	listTalks  = store.Statement(`select data from conference_talk where conference = $1 order by n`)

	// $1 = 1: the whole state side; $2 = units besides, "<a><b>"; $3 = the reader's person: a state conference that they are
	// invited to is theirs to see. The Party's stay inside $2.
	where = ` from conference where ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2
		or side = 'state' and exists (select 1 from conference_guest where conference = conference.id and person = $3 and person <> ''))
		and ($4 = '' or status = $4 or $4 = 'open' and status in ('preparing','invited','running') or $4 = 'past' and status in ('closed','published'))`
	listAfter = store.Statement(`select data, version, position` + where + ` and id > $5 order by id limit $6`)
	listAll   = store.Statement(`select data, version, position` + where + ` order by day desc, id desc limit $5 offset $6`)
	ofTables  = store.Statement(`select '` + streamPrefix + `' || id from conference order by position desc limit $1`)
	countAll  = store.Statement(`select count(*)` + where)
)

// Reach is whose conferences a list shows.
type Reach struct {
	State  bool     // the whole state side
	Units  []string // besides
	Person string   // and where this person is invited
}

// Filter says which conferences a list shows.
type Filter struct {
	Reach         Reach
	Status        string // one of the statuses, "open", "past", "" = all
	Limit, Offset int    // 50 when 0
}

func (f *Filter) args() []any {
	state, units := int64(0), store.Set(f.Reach.Units)
	if f.Reach.State {
		state = 1
	}
	return []any{state, units, f.Reach.Person, f.Status}
}

// After gives those behind one by its code, in the order of codes, for whoever reads them all page by page.
func (r *Room) After(ctx context.Context, f Filter, id string) ([]*Conference, error) {
	return store.All(ctx, r.db, scanOne, listAfter, append(f.args(), id, int64(max(f.Limit, 1)))...)
}

// List gives one page of conferences, the latest first, and how many there are in all.
func (r *Room) List(ctx context.Context, f Filter) ([]*Conference, int, error) {
	args := f.args()
	var total int
	if err := r.db.QueryRow(ctx, countAll, args...).Scan(&total); err != nil {
		return nil, 0, store.Fault(err)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	list, err := store.All(ctx, r.db, scanOne, listAll, append(args, int64(limit), int64(max(f.Offset, 0)))...)
	return list, total, err
}

func scanOne(rows *sql.Rows) (*Conference, error) {
	var data string
	c := &Conference{}
	if err := rows.Scan(&data, &c.Version, &c.Position); err != nil {
		return nil, err
	}
	return c, json.Unmarshal([]byte(data), c)
}

func scanJSON[T any](rows *sql.Rows) (*T, error) {
	var data string
	one := new(T)
	if err := rows.Scan(&data); err != nil {
		return nil, err
	}
	return one, json.Unmarshal([]byte(data), one)
}

// Get reads a conference. Error: fault.NotFound "conference.not_found".
func (r *Room) Get(ctx context.Context, id string) (*Conference, error) {
	found, err := store.All(ctx, r.db, scanOne, getOne, id)
	if err == nil && len(found) == 0 {
		err = NotFound(id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// NotFound is what a reader hears of a conference that is not there, or not theirs.
func NotFound(id string) error { return fault.New(fault.NotFound, "conference.not_found", "id", id) }

// guests are all that were ever on the list.
func (r *Room) guests(ctx context.Context, id string) ([]*Guest, error) {
	return store.All(ctx, r.db, scanJSON[Guest], listGuests, id)
}

// Guests is the guest list: chairs, secretaries, guests, delegates, each as they were put on it.
func (r *Room) Guests(ctx context.Context, id string) ([]*Guest, error) {
	all, err := r.guests(ctx, id)
	var out []*Guest
	for _, role := range Roles() {
		for _, g := range all {
			if g.Role == role && !g.Removed {
				out = append(out, g)
			}
		}
	}
	return out, err
}

// Guest is one who is on the list. Error: fault.NotFound "conference.no_such_guest".
func (r *Room) Guest(ctx context.Context, id string, n int) (*Guest, error) {
	found, err := store.All(ctx, r.db, scanJSON[Guest], oneGuest, id, int64(n))
	if err == nil && (len(found) == 0 || found[0].Removed) {
		err = fault.New(fault.NotFound, "conference.no_such_guest")
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Invitation is the place of a person on the guest list, nil where they have none.
func (r *Room) Invitation(ctx context.Context, id, person string) (*Guest, error) {
	found, err := store.All(ctx, r.db, scanJSON[Guest], invitedTo, id, person)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// Talks are the registrations and questions as they came.
func (r *Room) Talks(ctx context.Context, id string) ([]*Talk, error) {
	return store.All(ctx, r.db, scanJSON[Talk], listTalks, id)
}

// nextID is the number after the last one of a year.
func (r *Room) nextID(ctx context.Context, year int) (string, error) {
	mark := "HN-" + itoa(year) + "-"
	var last string
	if err := r.db.QueryRow(ctx, lastID, mark, mark+":").Scan(&last); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", store.Fault(err)
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(last, mark)) // nothing yet = 0
	return mark + itoa(n+1), nil
}

func itoa(n int) string { return strconv.Itoa(n) }
