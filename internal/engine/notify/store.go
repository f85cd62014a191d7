package notify

import (
	"database/sql"
	"time"

	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// tables are folded: which webhooks there are is on record, where they lead and their secrets are not.
var tables = []ledger.Table{{Name: "notify_hook", DDL: []string{
	`create table notify_hook (id text primary key, owner text not null, kinds text not null, since bigint not null, ended bigint not null) without rowid`,
}}}

// privateTables stand beside the ledger. Instants are microseconds since 1970.
var privateTables = []string{
	`create table if not exists notify_notice (account text not null, key text not null, place text not null, kind text not null, subject text not null,
		position bigint not null, seen bigint not null, primary key (account, key))`,
	`create index if not exists notify_notice_place on notify_notice (account, place)`,
	`create index if not exists notify_notice_unseen on notify_notice (account, seen)`,
	`create table if not exists notify_choice (account text not null, kind text not null, way text not null, primary key (account, kind))`,
	`create table if not exists notify_address (account text not null primary key, sealed text not null)`,
	`create table if not exists notify_endpoint (id text not null primary key, sealed text not null)`,
	`create table if not exists notify_mark (name text not null primary key, value bigint not null)`,
	`create table if not exists notify_job (id text not null primary key, kind text not null, target text not null, body text not null, state text not null,
		due_at bigint not null, lease_until bigint not null, attempt bigint not null, made_at bigint not null, answer text not null)`,
	`create index if not exists notify_job_due on notify_job (state, due_at)`,
	`create index if not exists notify_job_target on notify_job (target, made_at)`,
}

var (
	addNotice = store.Statement(`insert into notify_notice (account, key, place, kind, subject, position, seen) values ($1,$2,$3,$4,$5,$6,0)
		on conflict (account, key) do nothing`)
	listNotices = store.Statement(`select account, key, place, kind, subject, position, seen from notify_notice
		where account = $1 and ($2 = '' or place < $2) and ($3 = 0 or seen = 0) order by place desc limit $4`)
	countUnseen = store.Statement(`select count(*) from notify_notice where account = $1 and seen = 0`)
	markOne     = store.Statement(`update notify_notice set seen = 1 where account = $1 and key = $2`)
	markAll     = store.Statement(`update notify_notice set seen = 1 where account = $1 and seen = 0 and place <= $2`)
	dropOld     = store.Statement(`delete from notify_notice where place < $1`)
	sinceByKind = store.Statement(`select kind, count(*) from notify_notice where account = $1 and seen = 0 and place >= $2 group by kind order by kind`)

	setChoice     = store.Statement(`insert into notify_choice (account, kind, way) values ($1,$2,$3) on conflict (account, kind) do update set way = excluded.way`)
	selectChoices = store.Statement(`select kind, way from notify_choice where account = $1`)
	setAddress    = store.Statement(`insert into notify_address (account, sealed) values ($1,$2) on conflict (account) do update set sealed = excluded.sealed`)
	dropAddress   = store.Statement(`delete from notify_address where account = $1`)
	selectAddress = store.Statement(`select sealed from notify_address where account = $1`)
	withAddress   = store.Statement(`select account from notify_address order by account`)

	upsertHook   = store.Statement(`insert into notify_hook (id, owner, kinds, since, ended) values ($1,$2,$3,$4,0) on conflict (id) do nothing`)
	endHook      = store.Statement(`update notify_hook set ended = $1 where id = $2`)
	selectHooks  = store.Statement(`select id, owner, kinds, since from notify_hook where ended = 0 order by since`)
	setEndpoint  = store.Statement(`insert into notify_endpoint (id, sealed) values ($1,$2) on conflict (id) do update set sealed = excluded.sealed`)
	getEndpoint  = store.Statement(`select sealed from notify_endpoint where id = $1`)
	dropEndpoint = store.Statement(`delete from notify_endpoint where id = $1`)

	getMark  = store.Statement(`select value from notify_mark where name = $1`)
	putMark  = store.Statement(`insert into notify_mark (name, value) values ($1,$2) on conflict (name) do nothing`)
	moveMark = store.Statement(`update notify_mark set value = $1 where name = $2 and value = $3`)

	addJob = store.Statement(`insert into notify_job (id, kind, target, body, state, due_at, lease_until, attempt, made_at, answer)
		values ($1,$2,$3,$4,'waiting',$5,0,0,$5,'') on conflict (id) do nothing`)
	// The lease is asked for again outside the inner query: where two nodes chose the same job, the one that waited for the row
	// finds it taken.
	takeJobs = store.Statement(`update notify_job set lease_until = $1, attempt = attempt + 1 where state = 'waiting' and lease_until <= $2 and id in
		(select id from notify_job where state = 'waiting' and due_at <= $2 and lease_until <= $2 order by due_at, id limit $3)
		returning id, kind, target, body, state, due_at, attempt, answer`)
	endJob     = store.Statement(`update notify_job set state = $1, answer = $2, due_at = $3, lease_until = 0 where id = $4`)
	nextJob    = store.Statement(`select min(case when lease_until > due_at then lease_until else due_at end) from notify_job where state = 'waiting'`)
	jobsOf     = store.Statement(`select id, kind, target, body, state, due_at, attempt, answer from notify_job where target = $1 order by made_at desc, id desc limit $2`)
	dropJobs   = store.Statement(`delete from notify_job where state <> 'waiting' and made_at < $1`)
	dropJobsOf = store.Statement(`delete from notify_job where target = $1 and state = 'waiting'`)
)

func scanNotice(rows *sql.Rows) (Notice, error) {
	var n Notice
	var seen int64
	err := rows.Scan(&n.Account, &n.Key, &n.Place, &n.Kind, &n.Subject, &n.Position, &seen)
	n.At, n.Read = placeTime(n.Place), seen == 1
	return n, err
}

// Job is a piece of mail or a webhook delivery.
type Job struct {
	ID, Kind, Target string
	State            string // waiting, done, failed
	Due              time.Time
	Attempt          int
	Answer           string // of the last attempt: an HTTP status, or what kind of trouble it was

	body string
}

func scanJob(rows *sql.Rows) (Job, error) {
	var j Job
	var due int64
	err := rows.Scan(&j.ID, &j.Kind, &j.Target, &j.body, &j.State, &due, &j.Attempt, &j.Answer)
	j.Due = time.UnixMicro(due).UTC()
	return j, err
}
