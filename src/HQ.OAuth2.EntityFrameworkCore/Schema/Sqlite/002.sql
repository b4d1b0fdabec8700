-- Clients change by compare-and-swap, as authorizations do.
alter table hq_clients add column version integer not null default 1;

-- What names look like, of api clients; filled in by the next start for rows that were there before.
alter table hq_clients add column name_key text null;
create index hq_clients_by_name on hq_clients (name_key, client_id);
