-- +goose Up
create table conference_key (
	conference text primary key,
	secret blob not null
) without rowid;
