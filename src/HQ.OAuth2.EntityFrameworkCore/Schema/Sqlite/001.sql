-- Everything that one login allowed one client: one row.
create table hq_authorizations (
    id text not null primary key,
    version integer not null,
    subject text not null,
    client_id text not null,
    prune_after text not null,
    data text not null
);
create index hq_authorizations_by_subject on hq_authorizations (subject, client_id, id);
create index hq_authorizations_by_client on hq_authorizations (client_id, id);
create index hq_authorizations_by_age on hq_authorizations (prune_after);

-- Registered clients; data is the client as JSON, with hashes of its secrets.
create table hq_clients (
    client_id text not null primary key,
    provenance text not null,
    org text null,
    created_at text not null,
    last_used_on text null,
    data text not null
);
create index hq_clients_by_org on hq_clients (org, client_id);
create index hq_clients_by_use on hq_clients (provenance, last_used_on, created_at);

-- Signing and encryption keys; data is protected by Data Protection.
create table hq_keys (
    id text not null primary key,
    active_from text not null,
    data text not null
);

-- What lives for minutes: revoked token ids, for instance.
create table hq_tickets (
    key text not null primary key,
    value text not null,
    until text not null
);
create index hq_tickets_by_age on hq_tickets (until);

-- ASP.NET Core's Data Protection keys, when the host keeps them here.
create table hq_data_protection_keys (
    id integer not null primary key autoincrement,
    friendly_name text null,
    xml text null
);
