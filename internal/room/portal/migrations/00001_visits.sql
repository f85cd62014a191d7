-- +goose Up
create table portal_view (article text primary key, n bigint not null) without rowid;
-- who was counted today, under a salt that is thrown away with the day
create table portal_seen (day bigint not null, article text not null, visitor bigint not null, primary key (day, article, visitor)) without rowid;
create table portal_salt (day bigint primary key, salt blob not null);
create table portal_rating (article text not null, visitor text not null, stars bigint not null, primary key (article, visitor)) without rowid;
create index portal_rating_visitor on portal_rating (visitor);
