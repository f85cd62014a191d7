-- +goose Up
-- a visit is one number, under the day's salt, of the article and who read it; what stands here lives for a day
drop table portal_seen;
create table portal_seen (day bigint not null, visit bigint not null, primary key (day, visit)) without rowid;
