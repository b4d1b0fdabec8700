#!/usr/bin/env bash
# Sets up what the tests need, builds, runs every test, and says what was skipped and why. The HTTP tests run in memory, on SQLite and on PostgreSQL.
# Needs the .NET SDK named in global.json. Chromium: tests/chromium.sh, which installs it where it may; else the browser tests are
# skipped. Node.js: tests/node.sh, likewise. PostgreSQL: the server of HQ_TEST_PG, else one to throw away (tests/pg.sh, which installs
# it where it may), else its tests are skipped. MariaDB: HQ_TEST_MARIADB and tests/mariadb.sh, likewise. HQ_CI_STRICT=1 makes a skipped test a failure.
# HQ_TESTS_BUILT=1: the solution is built already.
set -euo pipefail
cd "$(dirname "$0")"
export UseSharedCompilation=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
configuration=${CONFIGURATION:-Release}
log=$(mktemp)
own_pg=0 own_mariadb=0 lane=
# The tests in the background end before their database: what they started is in their process group.
end_lane() {
  [ -n "$lane" ] || return 0
  kill -TERM -- "-$lane" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 -- "-$lane" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$lane" 2>/dev/null || true
  wait "$lane" 2>/dev/null || true
}
cleanup() {
  end_lane
  rm -f "$log" "$log.pg" "$log.mariadb" "$log.http"
  if [ "$own_mariadb" = 1 ]; then tests/mariadb.sh down || true; fi
  if [ "$own_pg" = 1 ]; then tests/pg.sh down || true; fi
  dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
}
trap cleanup EXIT

command -v dotnet >/dev/null || { echo "The .NET SDK is missing: install version 10 (see global.json)." >&2; exit 1; }
if [ -z "${HQ_TEST_PG:-}" ]; then
  own_pg=1
  if HQ_TEST_PG=$(tests/pg.sh up 2>"$log.pg"); then export HQ_TEST_PG; else own_pg=0 HQ_TEST_PG=; fi
  cat "$log.pg" >&2
fi
if [ -z "${HQ_TEST_MARIADB:-}" ]; then
  own_mariadb=1
  if HQ_TEST_MARIADB=$(tests/mariadb.sh up 2>"$log.mariadb"); then export HQ_TEST_MARIADB; else own_mariadb=0 HQ_TEST_MARIADB=; fi
  cat "$log.mariadb" >&2
fi

if HQ_TEST_CHROMIUM=$(tests/chromium.sh); then export HQ_TEST_CHROMIUM; fi

if HQ_TEST_NODE=$(tests/node.sh); then export HQ_TEST_NODE; fi
if [ -z "${HQ_TESTS_BUILT:-}" ]; then
  dotnet restore HQ.OAuth2.sln --locked-mode
  dotnet build HQ.OAuth2.sln -c "$configuration" --no-restore
fi

# Two at once, because there are two cores at least: the HTTP tests, on one store after the other, and everything else.
# DOTNET_TieredPGO=0: hosts that live for a second gain nothing from profiles. reloadConfigOnChange: nobody edits the configuration of a test's host,
# and Linux has few watchers for one user.
export DOTNET_TieredPGO=0 DOTNET_hostBuilder__reloadConfigOnChange=false HQ_MODEL_SECONDS=${HQ_MODEL_SECONDS:-10}
status=0
http=tests/HQ.OAuth2.AspNetCore.Tests/HQ.OAuth2.AspNetCore.Tests.csproj
run() { dotnet test --project "$@" -c "$configuration" --no-build 2>&1; }
http_lane() {
  local lane=0
  # While every text is searched for secrets, memory cannot be counted, and the corpus puts secrets into addresses: both follow.
  echo "== the HTTP tests in memory, logged at Trace and searched for secrets"
  HQ_TEST_STORE=memory HQ_WATCH_SECRETS=1 run "$http" --settings tests/http-watched.runsettings || lane=1
  HQ_TEST_STORE=memory run "$http" --filter "FullyQualifiedName~HostBudgetTests|FullyQualifiedName~CorpusReplayTests" || lane=1
  echo "== the HTTP tests on SQLite"
  HQ_TEST_STORE=sqlite run "$http" --settings tests/http-again.runsettings || lane=1
  if [ -n "$HQ_TEST_PG" ]; then
    echo "== the HTTP tests on PostgreSQL"
    HQ_TEST_STORE=postgres run "$http" --settings tests/http-again.runsettings || lane=1
  fi
  return "$lane"
}
set -m
http_lane >"$log.http" </dev/null &
lane=$!
set +m
for project in tests/*/*.Tests.csproj; do
  [ "$project" = "$http" ] || run "$project" | tee -a "$log" || status=1
done
wait "$lane" || status=1
lane=
tee -a "$log" <"$log.http"

count() { awk -v name="$1:" '$1 == name { n += $2 } END { print n + 0 }' "$log"; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ "$skipped" -gt 0 ] || [ -z "$HQ_TEST_PG" ] || [ -z "$HQ_TEST_MARIADB" ]; then
  echo "Skipped:"
  grep -A 1 -E '^skipped ' "$log" || true
  if [ -z "$HQ_TEST_PG" ]; then echo "the HTTP tests on PostgreSQL: $(tail -n 1 "$log.pg")"; fi
  if [ -z "$HQ_TEST_MARIADB" ]; then echo "the store contract on MariaDB: $(tail -n 1 "$log.mariadb")"; fi
  if [ "${HQ_CI_STRICT:-0}" = 1 ]; then
    echo "Skips are forbidden here." >&2
    status=1
  fi
fi
if [ "$passed" -eq 0 ]; then
  echo "No test ran." >&2
  status=1
fi
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
echo "$passed passed, $failed failed"
exit "$status"
