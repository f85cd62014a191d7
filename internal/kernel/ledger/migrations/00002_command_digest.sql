-- What the request of an idempotency key was, so that another one under the same key is refused; '' = not known.
alter table command_key add column digest text not null default '';
