#!/usr/bin/env bash
# Three MariaDB servers as a Galera cluster to throw away, each of them a writer, on loopback.
#   galera.sh up        starts them (or finds them running) and prints their connection strings, one a line, nothing else, on stdout
#   galera.sh down      stops them and removes them
#   galera.sh kill [number]   kill -9 of that server, or of the last one that runs; returns at once and prints its number
#   galera.sh settle    starts what is down, and waits until all three are in the cluster
# Where: HQ_GALERA_DIR and HQ_GALERA_PORT (the first of twelve ports). They flush nothing to disk.
set -euo pipefail
dir=${HQ_GALERA_DIR:-${TMPDIR:-/tmp}/hq-oauth2-galera}
port=${HQ_GALERA_PORT:-53310}

case "${1:-}" in
  up | down | kill | settle) ;;
  *) echo "usage: galera.sh up|down|kill [1|2|3]|settle" >&2; exit 2 ;;
esac

# Debian keeps the server where only root's PATH looks.
export PATH=$PATH:/usr/sbin:/usr/local/sbin
# The servers refuse to run as root, so root becomes mysql.
become_owner() {
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=mysql --regid=mysql --clear-groups env HOME="$dir" "$@"
  else
    exec "$@"
  fi
}
library() { find /usr/lib /usr/lib64 -name libgalera_smm.so 2>/dev/null | head -n 1; }
missing() {
  local tool
  for tool in mariadbd rsync; do command -v $tool >/dev/null || { echo "$tool"; return; }; done
  [ -n "$(library)" ] || echo "galera"
}

sql_port() { echo $((port + $1)); }
is_running() { [ -s "$dir/$1/pid" ] && kill -0 "$(cat "$dir/$1/pid")" 2>/dev/null; }
state() { # server; how many servers its cluster has, when it is ready
  (become_owner mariadb --no-defaults --connect-timeout=2 --socket="$dir/$1/socket" --user=root -N -e \
    "select variable_value from information_schema.global_status where variable_name = 'wsrep_cluster_size' and exists
     (select * from information_schema.global_status where variable_name = 'wsrep_ready' and variable_value = 'ON')" 2>/dev/null) || true
}
start() { # server, options...
  local number=$1
  shift
  if is_running "$number"; then return; fi
  # 9>&- : the server must not inherit the lock.
  become_owner setsid mariadbd --no-defaults --datadir="$dir/$number/data" --socket="$dir/$number/socket" --pid-file="$dir/$number/server.pid" \
    --port="$(sql_port "$number")" --bind-address=127.0.0.1 --max-connections=300 --innodb-flush-log-at-trx-commit=0 --skip-log-bin \
    --binlog-format=row --innodb-autoinc-lock-mode=2 --innodb-lock-wait-timeout=10 --wsrep-on=on --wsrep-provider="$(library)" --wsrep-cluster-name=hq \
    --wsrep-cluster-address="gcomm://127.0.0.1:$((port + 4)),127.0.0.1:$((port + 5)),127.0.0.1:$((port + 6))" \
    --wsrep-node-name="$number" --wsrep-node-address="127.0.0.1:$((port + 3 + number))" --wsrep-sst-method=rsync \
    --wsrep-sst-receive-address="127.0.0.1:$((port + 9 + number))" --wsrep-slave-threads=2 \
    --wsrep-provider-options="base_port=$((port + 3 + number));gmcast.listen_addr=tcp://127.0.0.1:$((port + 3 + number));ist.recv_addr=127.0.0.1:$((port + 6 + number));gcache.size=32M" \
    "$@" >>"$dir/$number/log" 2>&1 </dev/null 9>&- &
  echo $! >"$dir/$number/pid"
  disown
}
await() { # server, how many
  local _
  for _ in $(seq 300); do
    if [ "$(state "$1")" = "$2" ]; then return; fi
    is_running "$1" || break
    sleep 0.2
  done
  tail -n 30 "$dir/$1/log" >&2
  return 1
}
stop() {
  local number
  for number in 1 2 3; do
    if is_running $number; then kill -KILL "$(cat "$dir/$number/pid")" 2>/dev/null || true; fi
  done
}

if [ "$1" = kill ]; then
  for number in ${2:-3 2 1}; do
    if is_running "$number"; then
      kill -KILL "$(cat "$dir/$number/pid")"
      echo "$number"
      exit
    fi
  done
  exit 1
fi

# Two at once take turns. The lock stands beside the directory, because down removes that.
mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9

if [ "$1" = up ] && [ -n "$(missing)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing MariaDB and Galera." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mariadb-server galera-4 rsync; } >&2
fi
if [ "$1" = up ] && [ -n "$(missing)" ]; then
  echo "$(missing) is missing (on Debian: apt-get install mariadb-server galera-4 rsync)." >&2
  exit 3
fi

# The owner of the data cannot enter root's directories.
cd /

if [ "$1" = down ]; then
  stop
  rm -rf "$dir"
  exit 0
fi

if [ "$1" = up ]; then
  mkdir -p "$dir"
  for number in 1 2 3; do
    mkdir -p "$dir/$number"
    if [ "$(id -u)" = 0 ]; then chown mysql:mysql "$dir" "$dir/$number"; fi
    if [ ! -d "$dir/$number/data/mysql" ]; then
      (become_owner mariadb-install-db --no-defaults --datadir="$dir/$number/data" --auth-root-authentication-method=normal --skip-test-db) \
        >"$dir/$number.install.log" 2>&1 || { cat "$dir/$number.install.log" >&2; exit 1; }
    fi
  done
  if ! is_running 1 && ! is_running 2 && ! is_running 3; then
    start 1 --wsrep-new-cluster
    await 1 1 || { stop; exit 1; }
  fi
fi
for number in 1 2 3; do
  start $number
  for _ in $(seq 300); do
    case $(state $number) in [123]) break ;; esac
    is_running $number || { tail -n 30 "$dir/$number/log" >&2; exit 1; }
    sleep 0.2
  done
done
await 1 3 && await 2 3 && await 3 3 || exit 1

if [ "$1" = up ]; then
  for number in 1 2 3; do
    echo "Server=127.0.0.1;Port=$(sql_port $number);User ID=root;SslMode=Disabled"
  done
fi
