-- +goose Up
create table filing_draft (
	id text primary key,
	sealed blob not null,
	version bigint not null,
	expires_at bigint not null -- microseconds since 1970
) without rowid;
create index filing_draft_expires on filing_draft (expires_at);
