#!/usr/bin/env bash
# A MariaDB server to throw away. `mariadb.sh up` starts it (or finds it running) and prints its connection string, nothing else, on
# stdout; `mariadb.sh down` stops it and removes it. Where: HQ_MARIADB_DIR and HQ_MARIADB_PORT. It flushes nothing to disk.
set -euo pipefail
dir=${HQ_MARIADB_DIR:-${TMPDIR:-/tmp}/hq-oauth2-mariadb}
port=${HQ_MARIADB_PORT:-53306}

case "${1:-}" in
  up | down) ;;
  *) echo "usage: mariadb.sh up|down" >&2; exit 2 ;;
esac

# Debian keeps the server where only root's PATH looks.
export PATH=$PATH:/usr/sbin:/usr/local/sbin
# The server refuses to run as root, so root becomes mysql.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=mysql --regid=mysql --clear-groups env HOME="$dir" "$@"
  else
    "$@"
  fi
}
# No client of this server needs anything but TCP; its owner manages it through the socket.
sql() { as_owner mariadb --no-defaults --socket="$dir/socket" --user=root "$@"; }
is_up() { [ -S "$dir/socket" ] && sql -e "select 1" >/dev/null 2>&1; }
stop() {
  if is_up; then as_owner mariadb-admin --no-defaults --socket="$dir/socket" --user=root shutdown || true; fi
  # A server that does not answer.
  if [ -s "$dir/pid" ]; then kill -KILL "$(cat "$dir/pid")" 2>/dev/null || true; fi
}

# Two at once take turns. The lock stands beside the directory, because down removes that.
mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9

if ! command -v mariadbd >/dev/null && [ "$1" = up ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing MariaDB." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mariadb-server; } >&2
fi
if ! command -v mariadbd >/dev/null; then
  [ "$1" = down ] && exit 0
  echo "MariaDB's server is not installed (on Debian: apt-get install mariadb-server)." >&2
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
if [ "$(id -u)" = 0 ]; then chown mysql:mysql "$dir"; fi
if [ ! -d "$dir/data/mysql" ]; then
  rm -rf "$dir/data"
  as_owner mariadb-install-db --no-defaults --datadir="$dir/data" --auth-root-authentication-method=normal --skip-test-db \
    >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; exit 1; }
fi
if ! is_up; then
  rm -f "$dir/pid"
  # 9>&- : the server must not inherit the lock.
  as_owner mariadbd --no-defaults --datadir="$dir/data" --socket="$dir/socket" --pid-file="$dir/pid" --port="$port" \
    --bind-address=127.0.0.1 --max-connections=400 --innodb-flush-log-at-trx-commit=0 --skip-log-bin \
    >"$dir/log" 2>&1 </dev/null 9>&- &
  server=$!
  for _ in $(seq 150); do
    if is_up || ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.2
  done
  is_up || { cat "$dir/log" >&2; stop; exit 1; }
fi
echo "Server=127.0.0.1;Port=$port;User ID=root;SslMode=Disabled"
