#!/usr/bin/env bash
# Three PostgreSQL servers under Patroni with etcd, to throw away: a primary, a synchronous standby and another standby, on loopback.
#   patroni.sh up        starts them (or finds them running) and prints a connection string that follows the primary, nothing else, on stdout
#   patroni.sh down      stops them and removes them
#   patroni.sh primary   prints the name of the primary
#   patroni.sh settle    waits until there is a primary with two standbys that stream from it, one of them synchronous
#   patroni.sh failover  a planned fail-over: a standby becomes the primary; returns when it is
#   patroni.sh kill      kill -9 of the primary's postmaster and of all its processes, half a second after the last that its standbys got
# Where: HQ_PATRONI_DIR and HQ_PATRONI_PORT (the first of eight ports). HQ_PATRONI_SYNC=off replicates asynchronously, to see what that loses.
# They flush nothing to disk: their data outlives a killed server, not a power cut.
set -euo pipefail
dir=${HQ_PATRONI_DIR:-${TMPDIR:-/tmp}/hq-oauth2-patroni}
port=${HQ_PATRONI_PORT:-55440}
sync=${HQ_PATRONI_SYNC:-on}
etcd=http://127.0.0.1:$port

case "${1:-}" in
  up | down | primary | settle | failover | kill) ;;
  *) echo "usage: patroni.sh up|down|primary|settle|failover|kill" >&2; exit 2 ;;
esac

# The servers refuse to run as root, so root becomes postgres.
become_owner() {
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$dir" "$@"
  else
    exec "$@"
  fi
}
sql_port() { echo $((port + 1 + $1)); }
rest() { echo "http://127.0.0.1:$((port + 4 + $1))"; }
server_bin() { find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | sed -n '$s|/initdb$||p'; }
is_running() { [ -s "$dir/$1.pid" ] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null; }

# What Patroni says of the cluster, by the first node that answers: one line a member, "name role state".
members() {
  local node
  for node in 1 2 3; do
    curl -sS -m 2 "$(rest $node)/cluster" 2>/dev/null | tr '{' '\n' |
      sed -nE 's/.*"name": "([^"]+)", "role": "([^"]+)", "state": "([^"]+)".*/\1 \2 \3/p' | grep . && return
  done
  return 1
}
primary() { members | sed -nE 's/^(node[0-9]) (leader|master|primary) running$/\1/p'; }
is_settled() {
  local all
  all=$(members || true)
  [ "$(grep -cE ' (leader|master|primary) running$' <<<"$all")" = 1 ] &&
    [ "$(grep -cE ' (replica|sync_standby) (running|streaming)$' <<<"$all")" = 2 ] &&
    { [ "$sync" = off ] || [ "$(grep -c ' sync_standby ' <<<"$all")" = 1 ]; } &&
    [ "$(PGCONNECT_TIMEOUT=2 psql -h 127.0.0.1 -p "$(sql_port "$(primary | tr -dc 0-9)")" -U postgres -d postgres -Atc \
      "select count(*) from pg_stat_replication where state = 'streaming'" 2>/dev/null)" = 2 ]
}
settle() {
  # A server may get a new copy on a busy machine.
  local until=$((SECONDS + 180))
  while [ "$SECONDS" -lt "$until" ]; do
    if is_settled; then return; fi
    sleep 0.2
  done
  members >&2 || true
  tail -n 15 "$dir"/node*.log >&2
  return 1
}
# Every process of a server, from its postmaster down.
processes() { # data directory
  local postmaster
  postmaster=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) || return 0
  echo "$postmaster" $(pgrep -P "$postmaster" || true)
}
stop() {
  local name
  # Patroni first: it would start its server again.
  for name in node1 node2 node3 etcd; do
    if is_running $name; then kill -KILL "$(cat "$dir/$name.pid")" 2>/dev/null || true; fi
  done
  for name in node1 node2 node3; do
    # shellcheck disable=SC2046
    kill -KILL $(processes "$dir/$name") 2>/dev/null || true
  done
}

case $1 in
  primary) primary; exit ;;
  settle) settle; exit ;;
  kill)
    node=$(primary)
    # For a moment the standbys get nothing any more: a commit that is answered although no standby has it is lost now.
    # shellcheck disable=SC2046
    kill -STOP $(pgrep -f -P "$(head -n 1 "$dir/$node/postmaster.pid")" walsender) 2>/dev/null || true
    sleep 0.5
    # shellcheck disable=SC2046
    kill -KILL $(processes "$dir/$node") 2>/dev/null
    echo "$node"
    exit ;;
  failover)
    node=$(primary)
    curl -sS -m 60 --fail-with-body -H 'Content-Type: application/json' -d "{\"leader\":\"$node\"}" "$(rest "${node#node}")/switchover" ||
      { echo >&2; exit 1; }
    echo
    exit ;;
esac

# Two at once take turns. The lock stands beside the directory, because down removes that.
mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9

missing() {
  local tool
  for tool in patroni etcd psql curl; do command -v $tool >/dev/null || { echo "$tool"; return; }; done
  [ -n "$(server_bin || true)" ] || echo "PostgreSQL's server"
}
if [ "$1" = up ] && [ -n "$(missing)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing PostgreSQL, Patroni and etcd." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    postgresql patroni etcd-server python3-psycopg2 curl; } >&2
fi
if [ "$1" = up ] && [ -n "$(missing)" ]; then
  echo "$(missing) is missing (on Debian: apt-get install postgresql patroni etcd-server python3-psycopg2 curl)." >&2
  exit 3
fi

# The owner of the data cannot enter root's directories.
cd /

if [ "$1" = down ]; then
  stop
  rm -rf "$dir"
  exit 0
fi

mkdir -p "$dir"
if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$dir"; fi
start() { # name, command...
  local name=$1
  shift
  if is_running "$name"; then return; fi
  # 9>&- : a server must not inherit the lock.
  become_owner setsid "$@" >>"$dir/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$dir/$name.pid"
  disown
}

start etcd etcd --name etcd --data-dir "$dir/etcd" --unsafe-no-fsync --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
  --listen-peer-urls "http://127.0.0.1:$((port + 1))" --initial-advertise-peer-urls "http://127.0.0.1:$((port + 1))" \
  --initial-cluster "etcd=http://127.0.0.1:$((port + 1))"
for _ in $(seq 100); do
  curl -sS -m 1 "$etcd/health" >/dev/null 2>&1 && break
  is_running etcd || { cat "$dir/etcd.log" >&2; exit 1; }
  sleep 0.1
done

bin=$(server_bin || true)
for node in 1 2 3; do
  cat >"$dir/node$node.yml" <<CONF
scope: hq
name: node$node
restapi: { listen: "127.0.0.1:$((port + 4 + node))", connect_address: "127.0.0.1:$((port + 4 + node))" }
etcd3: { hosts: "127.0.0.1:$port" }
bootstrap:
  # As short as they may be. A server that was killed is not started again as the primary: a standby takes its place.
  dcs:
    ttl: 20
    loop_wait: 1
    retry_timeout: 3
    primary_start_timeout: 0
    master_start_timeout: 0
    maximum_lag_on_failover: 1073741824
    synchronous_mode: $sync
    synchronous_mode_strict: $sync
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        fsync: "off"
        max_connections: 200
        wal_keep_size: 512MB
        wal_receiver_status_interval: 1
        wal_retrieve_retry_interval: 200ms
  initdb: [ { encoding: UTF8 }, no-locale, data-checksums, no-sync ]
postgresql:
  listen: "127.0.0.1:$(sql_port $node)"
  connect_address: "127.0.0.1:$(sql_port $node)"
  data_dir: "$dir/node$node"
  bin_dir: "$bin"
  pgpass: "$dir/pgpass$node"
  # A server that has what the new primary has not gets a new copy when pg_rewind does not help.
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  pg_hba: [ "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust" ]
  parameters: { unix_socket_directories: "" }
  authentication:
    superuser: { username: postgres, password: none }
    replication: { username: replicator, password: none }
    rewind: { username: postgres, password: none }
CONF
  start node$node patroni "$dir/node$node.yml"
done
settle || { stop; exit 1; }

hosts=127.0.0.1:$(sql_port 1),127.0.0.1:$(sql_port 2),127.0.0.1:$(sql_port 3)
echo "Host=$hosts;Username=postgres;Database=postgres;Target Session Attributes=primary;Host Recheck Seconds=1;Timeout=3;Command Timeout=30"
