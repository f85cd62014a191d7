create table person_key (
	person text primary key,
	wrapped blob not null
) without rowid;
