create table event (
	position bigint primary key,
	stream text not null,
	version bigint not null,
	kind text not null,
	effective_on bigint not null, -- days since 1970-01-01, local date
	recorded_at bigint not null, -- microseconds since 1970-01-01 UTC
	actor text not null,
	unit text not null,
	data blob not null, -- JSON object
	hash blob not null, -- RFC 6962 leaf hash
	unique (stream, version)
);

-- Idempotency keys: what the first use of a key wrote.
create table command_key (
	key text primary key,
	stream text not null,
	position bigint not null,
	version bigint not null
) without rowid;

-- Roots of full subtrees at every eighth level; the leaves are event.hash, levels between are computed.
create table tree_hash (
	level bigint not null,
	n bigint not null,
	hash blob not null,
	primary key (level, n)
) without rowid;

create table checkpoint (
	position bigint primary key,
	made_at bigint not null,
	note text not null
);

create table signing_key (
	verifier text primary key,
	since bigint not null
) without rowid;

-- Folds: live ones are applied with every batch and stand at ledger_state.position.
create table fold (
	name text primary key,
	version bigint not null,
	position bigint not null,
	live bigint not null
) without rowid;

-- One row: the head, the ledger's name, and a number that grows when the set of folds changes.
create table ledger_state (
	one bigint primary key,
	position bigint not null,
	generation bigint not null,
	origin text not null
);
insert into ledger_state (one, position, generation, origin) values (1, 0, 0, '');
