-- Clients change by compare-and-swap, as authorizations do.
alter table hq_clients add column version integer not null default 1;
