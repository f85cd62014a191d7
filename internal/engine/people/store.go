package people

import (
	"database/sql"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The folded tables; dates are days since 1970-01-01.
var tables = []ledger.Table{
	{Name: "people_unit", DDL: []string{`create table if not exists people_unit (code text not null, valid_from bigint not null, name_vi text not null, name_en text not null, parent text not null, side text not null, kind text not null, closed bigint not null, merged_into text not null, primary key (code, valid_from))`}},
	{Name: "people_post", DDL: []string{`create table if not exists people_post (person text not null, unit text not null, valid_from bigint not null, valid_to bigint not null, title_vi text not null, title_en text not null, primary key (person, unit, valid_from))`}},
	{Name: "people_account", DDL: []string{`create table if not exists people_account (account text not null primary key, person text not null, closed bigint not null)`}},
	{Name: "people_grant", DDL: []string{`create table if not exists people_grant (account text not null, role text not null, unit text not null, valid_from bigint not null, valid_to bigint not null, primary key (account, role, unit, valid_from))`}},
}

// privateTables stand beside the ledger: names, and hashes of secrets (hex SHA-256 of random tokens,
// argon2id of passwords). Instants are microseconds since 1970.
var privateTables = []string{
	`create table if not exists people_person (id text not null primary key, name text not null)`,
	`create table if not exists people_password (account text not null primary key, hash text not null, changed_at bigint not null)`,
	`create table if not exists people_link (hash text not null primary key, account text not null, expires_at bigint not null)`,
	`create table if not exists people_session (hash text not null primary key, account text not null, expires_at bigint not null)`,
	`create table if not exists people_token (hash text not null primary key, id text not null unique, account text not null, label text not null, scopes text not null, expires_at bigint not null)`,
}

var (
	upsertUnit = store.Statement(`insert into people_unit (code, valid_from, name_vi, name_en, parent, side, kind, closed, merged_into) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)
		on conflict (code, valid_from) do update set name_vi = excluded.name_vi, name_en = excluded.name_en, parent = excluded.parent, side = excluded.side, kind = excluded.kind, closed = excluded.closed, merged_into = excluded.merged_into`)
	upsertPost = store.Statement(`insert into people_post (person, unit, valid_from, valid_to, title_vi, title_en) values ($1,$2,$3,$4,$5,$6)
		on conflict (person, unit, valid_from) do update set valid_to = excluded.valid_to, title_vi = excluded.title_vi, title_en = excluded.title_en`)
	endPost       = store.Statement(`update people_post set valid_to = $1 where person = $2 and unit = $3 and valid_to = $4`)
	upsertAccount = store.Statement(`insert into people_account (account, person, closed) values ($1,$2,$3) on conflict (account) do update set person = excluded.person, closed = excluded.closed`)
	upsertGrant   = store.Statement(`insert into people_grant (account, role, unit, valid_from, valid_to) values ($1,$2,$3,$4,$5) on conflict (account, role, unit, valid_from) do update set valid_to = excluded.valid_to`)
	endGrant      = store.Statement(`update people_grant set valid_to = $1 where account = $2 and role = $3 and unit = $4 and valid_to = $5`)

	selectUnits    = store.Statement(`select code, valid_from, name_vi, name_en, parent, side, kind, closed, merged_into from people_unit order by code, valid_from`)
	selectPosts    = store.Statement(`select person, unit, valid_from, valid_to, title_vi, title_en from people_post order by person, valid_from`)
	selectPersons  = store.Statement(`select id, name from people_person`)
	selectAccounts = store.Statement(`select account, person, closed from people_account`)
	selectGrants   = store.Statement(`select account, role, unit, valid_from, valid_to from people_grant order by account, role, unit, valid_from`)

	upsertPerson   = store.Statement(`insert into people_person (id, name) values ($1,$2) on conflict (id) do update set name = excluded.name`)
	upsertPassword = store.Statement(`insert into people_password (account, hash, changed_at) values ($1,$2,$3) on conflict (account) do update set hash = excluded.hash, changed_at = excluded.changed_at`)
	selectPassword = store.Statement(`select hash from people_password where account = $1`)

	insertLink  = store.Statement(`insert into people_link (hash, account, expires_at) values ($1,$2,$3)`)
	selectLink  = store.Statement(`select account, expires_at from people_link where hash = $1`)
	useLink     = store.Statement(`delete from people_link where hash = $1 returning account, expires_at`)
	forgetLinks = store.Statement(`delete from people_link where expires_at < $1`)

	insertSession  = store.Statement(`insert into people_session (hash, account, expires_at) values ($1,$2,$3)`)
	selectSession  = store.Statement(`select account, expires_at from people_session where hash = $1`)
	deleteSession  = store.Statement(`delete from people_session where hash = $1`)
	deleteSessions = store.Statement(`delete from people_session where account = $1`)
	forgetSessions = store.Statement(`delete from people_session where expires_at < $1`)

	insertToken = store.Statement(`insert into people_token (hash, id, account, label, scopes, expires_at) values ($1,$2,$3,$4,$5,$6)`)
	selectToken = store.Statement(`select account, scopes, expires_at from people_token where hash = $1`)
	deleteToken = store.Statement(`delete from people_token where id = $1`)
)

type unitRow struct {
	Unit
	closed bool
}

func scanUnit(rows *sql.Rows) (unitRow, error) {
	var u unitRow
	var from, closed int64
	var side string
	err := rows.Scan(&u.Code, &from, &u.NameVI, &u.NameEN, &u.Parent, &side, &u.Kind, &closed, &u.MergedInto)
	u.From, u.To, u.Side, u.closed = calendar.Date(from), calendar.NoDate, Side(side), closed == 1
	return u, err
}

func scanPost(rows *sql.Rows) (Post, error) {
	var p Post
	var from, to int64
	err := rows.Scan(&p.Person, &p.Unit, &from, &to, &p.TitleVI, &p.TitleEN)
	p.From, p.To = calendar.Date(from), calendar.Date(to)
	if p.To == forever {
		p.To = calendar.NoDate
	}
	return p, err
}

func scanPerson(rows *sql.Rows) (Person, error) {
	var p Person
	err := rows.Scan(&p.ID, &p.Name)
	return p, err
}

func scanAccount(rows *sql.Rows) (account, error) {
	var a account
	var closed int64
	err := rows.Scan(&a.id, &a.person, &closed)
	a.closed = closed == 1
	return a, err
}
