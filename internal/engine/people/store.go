package people

import (
	"database/sql"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The folded tables; dates are days since 1970-01-01.
var tables = []ledger.Table{
	{Name: "people_unit", DDL: []string{`create table if not exists people_unit (code text not null, valid_from bigint not null, name_vi text not null, name_en text not null, parent text not null, side text not null, kind text not null, closed bigint not null, merged_into text not null, basis text not null, primary key (code, valid_from))`}},
	{Name: "people_post", DDL: []string{`create table if not exists people_post (person text not null, unit text not null, valid_from bigint not null, valid_to bigint not null, title_vi text not null, title_en text not null, primary key (person, unit, valid_from))`}},
	{Name: "people_account", DDL: []string{`create table if not exists people_account (account text not null primary key, person text not null, closed bigint not null)`}},
	{Name: "people_delegation", DDL: []string{`create table if not exists people_delegation (id text not null primary key, giver text not null, taker text not null, form text not null, unit text not null, basis text not null, valid_from bigint not null, valid_to bigint not null)`}},
	{Name: "people_recovery", DDL: []string{`create table if not exists people_recovery (id text not null primary key, account text not null, reason text not null, state text not null, asked_by text not null, asked_at bigint not null, decided_by text not null)`}},
	{Name: "people_grant", DDL: []string{`create table if not exists people_grant (account text not null, role text not null, unit text not null, valid_from bigint not null, valid_to bigint not null, primary key (account, role, unit, valid_from))`}},
}

// privateTables stand beside the ledger: names, and hashes of secrets (hex SHA-256 of random tokens,
// argon2id of passwords). Instants are microseconds since 1970.
var privateTables = []string{
	`create table if not exists people_person (id text not null primary key, name text not null)`,
	`create table if not exists people_password (account text not null primary key, hash text not null, changed_at bigint not null)`,
	`create table if not exists people_link (hash text not null primary key, account text not null, expires_at bigint not null)`,
	`drop table if exists people_session`, // held less than people_visit does; its readers log in again
	`create table if not exists people_visit (hash text not null primary key, id text not null unique, account text not null, method text not null, address text not null, device text not null, opened_at bigint not null, seen_at bigint not null, proved_at bigint not null, expires_at bigint not null, acting text not null)`,
	`create table if not exists people_pending (hash text not null primary key, kind text not null, account text not null, data text not null, tries bigint not null, expires_at bigint not null)`,
	`create table if not exists people_totp (account text not null primary key, seed text not null, last_step bigint not null, confirmed bigint not null)`,
	`create table if not exists people_code (hash text not null primary key, account text not null)`,
	`create table if not exists people_passkey (id text not null primary key, account text not null, label text not null, record text not null, added_at bigint not null, used_at bigint not null)`,
	`create table if not exists people_handle (account text not null primary key, handle text not null unique)`,
	`create table if not exists people_subject (issuer text not null, subject text not null, account text not null, primary key (issuer, subject))`,
	`create table if not exists people_token (hash text not null primary key, id text not null unique, account text not null, label text not null, scopes text not null, expires_at bigint not null)`,
}

var (
	upsertUnit = store.Statement(`insert into people_unit (code, valid_from, name_vi, name_en, parent, side, kind, closed, merged_into, basis) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
		on conflict (code, valid_from) do update set name_vi = excluded.name_vi, name_en = excluded.name_en, parent = excluded.parent, side = excluded.side, kind = excluded.kind, closed = excluded.closed, merged_into = excluded.merged_into, basis = excluded.basis`)
	upsertPost = store.Statement(`insert into people_post (person, unit, valid_from, valid_to, title_vi, title_en) values ($1,$2,$3,$4,$5,$6)
		on conflict (person, unit, valid_from) do update set valid_to = excluded.valid_to, title_vi = excluded.title_vi, title_en = excluded.title_en`)
	endPost       = store.Statement(`update people_post set valid_to = $1 where person = $2 and unit = $3 and valid_to = $4`)
	upsertAccount = store.Statement(`insert into people_account (account, person, closed) values ($1,$2,$3) on conflict (account) do update set person = excluded.person, closed = excluded.closed`)
	upsertGrant   = store.Statement(`insert into people_grant (account, role, unit, valid_from, valid_to) values ($1,$2,$3,$4,$5) on conflict (account, role, unit, valid_from) do update set valid_to = excluded.valid_to`)
	endGrant      = store.Statement(`update people_grant set valid_to = $1 where account = $2 and role = $3 and unit = $4 and valid_to = $5`)

	selectUnits    = store.Statement(`select code, valid_from, name_vi, name_en, parent, side, kind, closed, merged_into, basis from people_unit order by code, valid_from`)
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

	insertVisit = store.Statement(`insert into people_visit (hash, id, account, method, address, device, opened_at, seen_at, proved_at, expires_at, acting) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,'')`)
	selectVisit = store.Statement(`select account, seen_at, expires_at, acting from people_visit where hash = $1`)
	listVisits  = store.Statement(`select hash, id, method, address, device, opened_at, seen_at, expires_at from people_visit where account = $1 and expires_at > $2 and seen_at > $3 order by seen_at desc, id`)
	seeVisit    = store.Statement(`update people_visit set seen_at = $1 where hash = $2`)
	proveVisit  = store.Statement(`update people_visit set proved_at = $1 where hash = $2`)
	provedVisit = store.Statement(`select proved_at from people_visit where hash = $1`)
	actVisit    = store.Statement(`update people_visit set acting = $1 where hash = $2 and account = $3`)
	endVisit    = store.Statement(`delete from people_visit where hash = $1`)
	endVisitID  = store.Statement(`delete from people_visit where account = $1 and id = $2`)
	endVisits   = store.Statement(`delete from people_visit where account = $1`)
	endOthers   = store.Statement(`delete from people_visit where account = $1 and hash <> $2`)
	forgetVisit = store.Statement(`delete from people_visit where expires_at < $1`)
	knowsFrom   = store.Statement(`select count(*) from people_visit where account = $1 and address = $2`)

	insertPending = store.Statement(`insert into people_pending (hash, kind, account, data, tries, expires_at) values ($1,$2,$3,$4,0,$5)`)
	selectPending = store.Statement(`select account, data, tries, expires_at from people_pending where hash = $1 and kind = $2`)
	tryPending    = store.Statement(`update people_pending set tries = tries + 1 where hash = $1`)
	takePending   = store.Statement(`delete from people_pending where hash = $1 and kind = $2 returning account, data, expires_at`)
	forgetPending = store.Statement(`delete from people_pending where expires_at < $1`)
	dropPending   = store.Statement(`delete from people_pending where account = $1`)

	upsertTOTP   = store.Statement(`insert into people_totp (account, seed, last_step, confirmed) values ($1,$2,0,0) on conflict (account) do update set seed = excluded.seed, last_step = 0 where people_totp.confirmed = 0`)
	selectTOTP   = store.Statement(`select seed, confirmed from people_totp where account = $1`)
	spendStep    = store.Statement(`update people_totp set last_step = $1 where account = $2 and last_step < $1`)
	confirmTOTP  = store.Statement(`update people_totp set confirmed = 1 where account = $1`)
	deleteTOTP   = store.Statement(`delete from people_totp where account = $1`)
	insertCode   = store.Statement(`insert into people_code (hash, account) values ($1,$2)`)
	spendCode    = store.Statement(`delete from people_code where hash = $1 and account = $2`)
	deleteCodes  = store.Statement(`delete from people_code where account = $1`)
	countCodes   = store.Statement(`select count(*) from people_code where account = $1`)
	dropPassword = store.Statement(`delete from people_password where account = $1`)

	insertPasskey  = store.Statement(`insert into people_passkey (id, account, label, record, added_at, used_at) values ($1,$2,$3,$4,$5,0)`)
	selectPasskeys = store.Statement(`select id, label, record, added_at, used_at from people_passkey where account = $1 order by added_at, id`)
	usedPasskey    = store.Statement(`update people_passkey set record = $1, used_at = $2 where id = $3`)
	renamePasskey  = store.Statement(`update people_passkey set label = $1 where account = $2 and id = $3`)
	deletePasskey  = store.Statement(`delete from people_passkey where account = $1 and id = $2`)
	deletePasskeys = store.Statement(`delete from people_passkey where account = $1`)
	insertHandle   = store.Statement(`insert into people_handle (account, handle) values ($1,$2) on conflict (account) do nothing`)
	selectHandle   = store.Statement(`select handle from people_handle where account = $1`)
	handleOwner    = store.Statement(`select account from people_handle where handle = $1`)

	selectSubject  = store.Statement(`select account from people_subject where issuer = $1 and subject = $2`)
	accountSubject = store.Statement(`select count(*) from people_subject where issuer = $1 and account = $2`)
	insertSubject  = store.Statement(`insert into people_subject (issuer, subject, account) values ($1,$2,$3)`)
	dropSubjects   = store.Statement(`delete from people_subject where account = $1`)

	upsertDelegation  = store.Statement(`insert into people_delegation (id, giver, taker, form, unit, basis, valid_from, valid_to) values ($1,$2,$3,$4,$5,$6,$7,$8) on conflict (id) do update set valid_to = excluded.valid_to`)
	endDelegation     = store.Statement(`update people_delegation set valid_to = $1 where id = $2 and valid_to > $1`)
	selectDelegations = store.Statement(`select id, giver, taker, form, unit, basis, valid_from, valid_to from people_delegation order by valid_from, id`)

	upsertRecovery   = store.Statement(`insert into people_recovery (id, account, reason, state, asked_by, asked_at, decided_by) values ($1,$2,$3,$4,$5,$6,'') on conflict (id) do update set state = excluded.state`)
	decideRecovery   = store.Statement(`update people_recovery set state = $1, decided_by = $2 where id = $3`)
	useUpRecovery    = store.Statement(`update people_recovery set state = $1 where id = $2`)
	selectRecovery   = store.Statement(`select id, account, reason, state, asked_by, asked_at, decided_by from people_recovery where id = $1`)
	selectRecoveries = store.Statement(`select id, account, reason, state, asked_by, asked_at, decided_by from people_recovery order by asked_at desc, id limit 200`)

	insertToken = store.Statement(`insert into people_token (hash, id, account, label, scopes, expires_at) values ($1,$2,$3,$4,$5,$6)`)
	selectToken = store.Statement(`select account, scopes, expires_at from people_token where hash = $1`)
	deleteToken = store.Statement(`delete from people_token where id = $1 and account = $2`)
	listTokens  = store.Statement(`select id, label, scopes, expires_at from people_token where account = $1 order by expires_at desc, id`)
	dropTokens  = store.Statement(`delete from people_token where account = $1`)
)

type unitRow struct {
	Unit
	closed bool
}

func scanUnit(rows *sql.Rows) (unitRow, error) {
	var u unitRow
	var from, closed int64
	var side string
	err := rows.Scan(&u.Code, &from, &u.NameVI, &u.NameEN, &u.Parent, &side, &u.Kind, &closed, &u.MergedInto, &u.Basis)
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
