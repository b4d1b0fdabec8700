#!/usr/bin/env bash
# A PostgreSQL server to throw away. `pg.sh up` starts it (or finds it running) and prints its connection string, nothing else, on
# stdout; `pg.sh down` stops it and removes it. Where: HQ_PG_DIR and HQ_PG_PORT. It flushes nothing to disk unless HQ_PG_FSYNC=on:
# its data outlives a killed client, not a power cut.
set -euo pipefail
dir=${HQ_PG_DIR:-${TMPDIR:-/tmp}/hq-oauth2-pg}
port=${HQ_PG_PORT:-55432}
fsync=${HQ_PG_FSYNC:-off}

# The newest installed server; pg_config names client libraries only.
server_bin() { find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | sed -n '$s|/initdb$||p'; }

# The server refuses to run as root, so root becomes postgres.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$dir" "$@"
  else
    "$@"
  fi
}

is_up() { [ -s "$dir/data/PG_VERSION" ] && as_owner "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; }

case "${1:-}" in
  up | down) ;;
  *) echo "usage: pg.sh up|down" >&2; exit 2 ;;
esac

# Two at once take turns. The lock stands beside the directory, because down removes that.
mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9

bin=$(server_bin || true)
if [ -z "$bin" ] && [ "$1" = up ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing PostgreSQL." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2
  bin=$(server_bin || true)
fi
if [ -z "$bin" ]; then
  [ "$1" = down ] && exit 0
  echo "PostgreSQL's server is not installed (on Debian: apt-get install postgresql)." >&2
  exit 3
fi

# The owner of the data cannot enter root's directories.
cd /

if [ "$1" = down ]; then
  if is_up; then as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null; fi
  rm -rf "$dir"
  exit 0
fi

mkdir -p "$dir"
if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$dir"; fi
log() { cat "$dir/$1" >&2 2>/dev/null || true; }
if [ ! -s "$dir/data/PG_VERSION" ]; then
  as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/initdb.log" 2>&1 || { log initdb.log; exit 1; }
fi
if ! is_up; then
  # 9>&- : the server must not inherit the lock.
  as_owner "$bin/pg_ctl" -D "$dir/data" -w -t 30 -l "$dir/log" start >/dev/null 9>&- -o "-p $port -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories='' -c max_connections=400 -c fsync=$fsync -c synchronous_commit=$fsync -c full_page_writes=$fsync" ||
    { log log; exit 1; }
fi
echo "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
