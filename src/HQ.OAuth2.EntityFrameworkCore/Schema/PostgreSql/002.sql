-- Clients change by compare-and-swap, as authorizations do.
alter table hq_clients add column version bigint not null default 1;
