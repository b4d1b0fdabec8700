#!/usr/bin/env bash
# What a flow costs this server, its peers and a floor that does only the unavoidable work, all on this machine: Markdown tables on stdout.
#   bench/load/run.sh            all servers and scenarios; about a quarter of an hour
#   bench/load/run.sh --quick    four servers in memory, one short round: whether all works, and a rough look; under two minutes
# Options: --rounds N, --seconds S (for each scenario and server in a round), --warm-up S, --starts N, --only server,... and
# --scenarios name,... Any unexpected answer fails it with exit code 1.
# HQ_PG_FSYNC=on lets PostgreSQL flush to disk.
set -euo pipefail
export HQ_LOAD_ROOT HQ_LOAD_SCRATCH HQ_LOAD_SERVER_CORE= HQ_LOAD_COMMIT HQ_LOAD_CPU DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
HQ_LOAD_ROOT=$(cd "$(dirname "$0")/../.." && pwd)
cd "$HQ_LOAD_ROOT"

dotnet build bench/load/HQ.OAuth2.Load -c Release -v quiet --nologo >&2

HQ_LOAD_SCRATCH=$(mktemp -d)
# A PostgreSQL of its own, so that it runs beside the driver and nobody else uses it.
export HQ_PG_DIR=${TMPDIR:-/tmp}/hq-oauth2-load-pg HQ_PG_PORT=${HQ_PG_PORT:-55439}
clean() {
  tests/pg.sh down >&2 || true
  rm -rf "$HQ_LOAD_SCRATCH"
}
trap clean EXIT
tests/pg.sh down >&2

HQ_LOAD_COMMIT=$(git rev-parse --short HEAD 2>/dev/null || echo "no commit")
HQ_LOAD_CPU=$(sed -nE 's/^model name\s*: //p' /proc/cpuinfo | head -1)
# The first core that we may use is for the driver, the second for the servers.
mapfile -t cores < <(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i }')
pin=()
if [ "${#cores[@]}" -gt 1 ]; then
  HQ_LOAD_SERVER_CORE=${cores[1]}
  pin=(taskset -c "${cores[0]}")
fi
"${pin[@]}" bench/load/HQ.OAuth2.Load/bin/Release/net10.0/load "$@"
