#!/usr/bin/env bash
# Proves that the server loses nothing, and keeps nothing (soak): publishes the server and the harness, starts PostgreSQL when it is needed (for failover:
# three of them under Patroni), runs, cleans up.
#   tests/durability.sh cluster|crash|failover|growth|soak [options]    (the options: HQ.OAuth2.Durability/Program.cs)
# HQ_TEST_PG: connection string of a PostgreSQL server to use instead of a new one; it must allow this user to create databases.
# HQ_DURABILITY_BIN: a directory to keep the published programs in, and to take them from when they are there. `prepare` only publishes.
set -euo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
command=${1:-}
case $command in
  prepare | cluster | crash | failover | growth | soak) ;;
  *) echo "usage: durability.sh prepare|cluster|crash|failover|growth|soak [options]" >&2; exit 2 ;;
esac

work=$(mktemp -d)
harness=
pg=
patroni=
cleanup() {
  trap - EXIT INT TERM
  # Nodes are in the harness's process group; a harness that was killed cannot stop them itself.
  if [ -n "$harness" ]; then kill -KILL -- "-$harness" 2>/dev/null || true; fi
  if [ -n "$pg" ]; then "$repo/tests/pg.sh" down || true; fi
  if [ -n "$patroni" ]; then "$repo/tests/patroni.sh" down || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bin=${HQ_DURABILITY_BIN:-$work/bin}
publish() {
  [ -f "$bin/$2/$3.dll" ] && return
  dotnet restore "$repo/$1" --locked-mode -v quiet
  dotnet publish "$repo/$1" -c Release -o "$bin/$2" --no-restore -v quiet
}
case $command in prepare | soak) publish tests/HQ.OAuth2.SoakHost soak-host soak-host ;; esac
if [ "$command" != soak ]; then publish samples/QuickStart quickstart QuickStart; fi
publish tests/HQ.OAuth2.Durability harness durability
[ "$command" != prepare ] || exit 0

case "$command ${*:2}" in
  *"--store sqlite"* | *"--store memory"* | failover*) needs_pg=0 ;;
  *"--stores "*) case "$*" in *postgres*) needs_pg=1 ;; *) needs_pg=0 ;; esac ;;
  *) needs_pg=1 ;;
esac
if [ "$needs_pg" = 1 ] && [ -z "${HQ_TEST_PG:-}" ]; then
  # Stages that run at once have ports of their own.
  if [ "$command" = soak ]; then port=18000; else port=20000; fi
  # One of our own, so that stopping it takes it from nobody. The server's user must be able to reach it.
  chmod 711 "$work"
  export HQ_PG_DIR=$work/pg HQ_PG_PORT=$((port + RANDOM % 2000))
  # Times mean something only if commits reach the disk.
  if [ "$command" = growth ]; then export HQ_PG_FSYNC=on; fi
  pg=started
  HQ_TEST_PG=$("$repo/tests/pg.sh" up)
  export HQ_TEST_PG
fi

if [ "$command" = failover ]; then
  chmod 711 "$work"
  export HQ_PATRONI_DIR=$work/patroni HQ_PATRONI_PORT=$((22000 + RANDOM % 200 * 10)) HQ_PATRONI=$repo/tests/patroni.sh
  patroni=started
  HQ_TEST_PG=$("$HQ_PATRONI" up)
  export HQ_TEST_PG
fi

# A process group of its own for the harness and its nodes.
export HQ_QUICKSTART=$bin/quickstart HQ_SOAK_HOST=$bin/soak-host TMPDIR=$work
set -m
dotnet "$bin/harness/durability.dll" "$@" &
harness=$!
set +m
status=0
wait "$harness" || status=$?
exit "$status"
