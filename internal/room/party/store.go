package party

import (
	"context"
	"database/sql"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

var tables = []ledger.Table{
	{Name: "party_member", DDL: []string{
		`create table party_member (id text primary key, unit text not null, state text not null, decided_on bigint not null, data text not null,
			version bigint not null, position bigint not null) without rowid`,
		`create index party_member_unit on party_member (unit, state)`,
		`create index party_member_age on party_member (state, decided_on)`,
	}},
	{Name: "party_stay", DDL: []string{
		`create table party_stay (member text not null, version bigint not null, unit text not null, from_day bigint not null, to_day bigint not null, official_on bigint not null,
			primary key (member, version)) without rowid`,
		`create index party_stay_unit on party_stay (unit, from_day)`,
	}},
	{Name: "party_committee", DDL: []string{
		`create table party_committee (unit text not null, from_day bigint not null, until_day bigint not null, data text not null, version bigint not null, position bigint not null,
			primary key (unit, from_day)) without rowid`,
	}},
	{Name: "party_applicant", DDL: []string{
		`create table party_applicant (id text primary key, unit text not null, state text not null, due_day bigint not null, data text not null, version bigint not null,
			position bigint not null) without rowid`,
		`create index party_applicant_unit on party_applicant (unit, state)`,
	}},
	{Name: "party_record", DDL: []string{
		`create table party_record (id text primary key, kind text not null, unit text not null, stage text not null, form text not null, on_day bigint not null,
			until_day bigint not null, number text not null, data text not null, version bigint not null, position bigint not null) without rowid`,
		`create index party_record_kind on party_record (kind, on_day)`,
		`create index party_record_until on party_record (kind, until_day)`,
	}},
}

// Every list takes the reader's units as "<a><b>": what stands elsewhere is not there.
const within = ` replace($1, '<' || unit || '>', '') <> $1`

var (
	upsertMember = store.Statement(`insert into party_member (id, unit, state, decided_on, data, version, position) values ($1,$2,$3,$4,$5,$6,$7)
		on conflict (id) do update set unit = excluded.unit, state = excluded.state, decided_on = excluded.decided_on, data = excluded.data,
		version = excluded.version, position = excluded.position`)
	ofTables = store.Statement(`select stream from (select '` + memberStream + `' || id as stream, position from party_member union all select '` + recordStream + `' || id, position from party_record
		union all select '` + fileStream + `' || id, position from party_applicant union all select distinct '` + bodyStream + `' || unit, 0 from party_committee) s order by position desc, stream limit $1`)
	upsertRecord = store.Statement(`insert into party_record (id, kind, unit, stage, form, on_day, until_day, number, data, version, position)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)
		on conflict (id) do update set unit = excluded.unit, stage = excluded.stage, form = excluded.form, on_day = excluded.on_day, until_day = excluded.until_day,
		number = excluded.number, data = excluded.data, version = excluded.version, position = excluded.position`)

	getMember    = store.Statement(`select data, version from party_member where id = $1`)
	lastMember   = store.Statement(`select id from party_member where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	whereMember  = ` from party_member where` + within + ` and ($2 = '' or state = $2 or $2 = 'active' and state in ('probation','official'))`
	listMembers  = store.Statement(`select data, version` + whereMember + ` order by unit, id limit $3 offset $4`)
	membersAfter = store.Statement(`select data, version` + whereMember + ` and id > $3 order by id limit $4`)
	sumMembers   = store.Statement(`select count(*)` + whereMember)
	oldMembers   = store.Statement(`select data, version from party_member where` + within + ` and state = 'official' and decided_on <= $2 order by decided_on, id`)
	strength     = store.Statement(`select count(*) from party_member where unit = $1 and state in ('probation','official')`)
	perUnit      = store.Statement(`select unit, sum(case when state = 'official' then 1 else 0 end), sum(case when state = 'probation' then 1 else 0 end)
		from party_member where` + within + ` group by unit`)

	getRecord    = store.Statement(`select data, version from party_record where id = $1`)
	lastRecord   = store.Statement(`select id from party_record where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	whereRecord  = ` from party_record where` + within + ` and kind = $2 and ($3 = '' or stage = $3) and on_day >= $4 and on_day <= $5 and until_day <= $6`
	listRecords  = store.Statement(`select data, version` + whereRecord + ` order by case stage when 'planned' then 0 else 1 end, on_day desc, id desc limit $7 offset $8`)
	byUntil      = store.Statement(`select data, version` + whereRecord + ` order by until_day, id limit $7 offset $8`)
	recordsAfter = store.Statement(`select data, version` + whereRecord + ` and id > $7 order by id limit $8`)
	sumRecords   = store.Statement(`select count(*)` + whereRecord)
	ofTerm       = store.Statement(`select number from party_record where kind in ('document', 'commendation') and unit = $1 and replace($2, '<' || form || '>', '') <> $2
		and on_day >= $3`)
	congresses = store.Statement(`select max(from_day) from party_committee where unit = $1 and from_day < $2`)
)

var (
	scanMember = Kept(func(m *Member) *int64 { return &m.Version })
	scanRecord = Kept(func(rec *Record) *int64 { return &rec.Version })
)

// Member reads a member. Error: fault.NotFound "party.no_member".
func (r *Room) Member(ctx context.Context, id string) (*Member, error) {
	return One(ctx, r.db, scanMember, getMember, "party.no_member", id)
}

// MemberFilter says which members a list shows. Units always restrict: none are none.
type MemberFilter struct {
	Units         []string
	State         State // "active" = on probation or official; "" = all
	Limit, Offset int   // 50 when 0
}

// Active as MemberFilter.State is whoever belongs to a cell now.
const Active State = "active"

// Members gives one page of members, cell by cell, and how many there are in all.
func (r *Room) Members(ctx context.Context, f MemberFilter) ([]*Member, int, error) {
	return Page(ctx, r.db, scanMember, listMembers, sumMembers, []any{store.Set(f.Units), string(f.State)}, f.Limit, f.Offset)
}

// MembersAfter gives those behind one by its id ("" = from the first), in the order of ids, at most f.Limit, for whoever
// reads them all page by page.
func (r *Room) MembersAfter(ctx context.Context, f MemberFilter, id string) ([]*Member, error) {
	return store.All(ctx, r.db, scanMember, membersAfter, store.Set(f.Units), string(f.State), id, bounded(f.Limit))
}

func (r *Room) longStanding(ctx context.Context, units []string, decidedBy calendar.Date) ([]*Member, error) {
	return store.All(ctx, r.db, scanMember, oldMembers, store.Set(units), int64(decidedBy))
}

// Strength is how many members a unit has now: past days are for the indicator party.members.
func (r *Room) Strength(ctx context.Context, unit string) (int, error) {
	var n int
	return n, store.Fault(r.db.QueryRow(ctx, strength, unit).Scan(&n))
}

// UnitCount is how many members a cell has.
type UnitCount struct {
	Unit                string
	Official, Probation int
}

// ByUnit counts the members of each unit.
func (r *Room) ByUnit(ctx context.Context, units []string) ([]UnitCount, error) {
	return store.All(ctx, r.db, scanCount, perUnit, store.Set(units))
}

func scanCount(rows *sql.Rows) (c UnitCount, err error) {
	return c, rows.Scan(&c.Unit, &c.Official, &c.Probation)
}

// Record reads an entry. Error: fault.NotFound "party.no_record".
func (r *Room) Record(ctx context.Context, id string) (*Record, error) {
	return One(ctx, r.db, scanRecord, getRecord, "party.no_record", id)
}

// RecordFilter says which entries a list shows. Units always restrict.
type RecordFilter struct {
	Units         []string
	Kind          string
	Stage         Stage
	From, To      calendar.Date // of the day; NoDate = open
	UntilBy       calendar.Date // ends by this day, nearest end first; NoDate = whatever
	Limit, Offset int
}

// Records gives one page of entries, planned ones first and then the latest, and how many there are in all.
func (r *Room) Records(ctx context.Context, f RecordFilter) ([]*Record, int, error) {
	list := listRecords
	if f.UntilBy != calendar.NoDate {
		list = byUntil
	}
	return Page(ctx, r.db, scanRecord, list, sumRecords, f.args(), f.Limit, f.Offset)
}

// RecordsAfter gives those behind one by its id ("" = from the first), in the order of ids, at most f.Limit.
func (r *Room) RecordsAfter(ctx context.Context, f RecordFilter, id string) ([]*Record, error) {
	return store.All(ctx, r.db, scanRecord, recordsAfter, append(f.args(), id, bounded(f.Limit))...)
}

func (f *RecordFilter) args() []any {
	return []any{store.Set(f.Units), f.Kind, string(f.Stage), int64(f.From), Until(f.To), Until(f.UntilBy)}
}

// TermStart is the day after the unit's last congress before a day, NoDate when none is known.
func (r *Room) TermStart(ctx context.Context, unit string, on calendar.Date) (calendar.Date, error) {
	var day sql.NullInt64
	err := r.db.QueryRow(ctx, congresses, unit, int64(on)).Scan(&day)
	if err != nil || !day.Valid {
		return calendar.NoDate, store.Fault(err)
	}
	return calendar.Date(day.Int64) + 1, nil
}

func (r *Room) numbers(ctx context.Context, unit string, forms []string, from calendar.Date) ([]string, error) {
	return store.All(ctx, r.db, func(rows *sql.Rows) (string, error) {
		var s string
		return s, rows.Scan(&s)
	}, ofTerm, unit, store.Set(forms), int64(from))
}
