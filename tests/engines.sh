#!/usr/bin/env bash
# Engines of more than one server: PostgreSQL under Patroni whose primary is killed and replaced while codes and refresh tokens are contested, and
# the contract kit on a Galera cluster of three writers, of which the third and then the first are killed in the contest. Prints a table for each.
# Ends with "N passed, N failed".
#   tests/engines.sh [patroni|galera]    (both without an argument)
# HQ_DURABILITY_BIN: as for tests/durability.sh. HQ_ENGINES_BUILT=1: the tests are built already.
set -euo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
case "${1:-all}" in
  all | patroni | galera) ;;
  *) echo "usage: engines.sh [patroni|galera]" >&2; exit 2 ;;
esac

work=$(mktemp -d)
galera=
cleanup() {
  trap - EXIT INT TERM
  if [ -n "$galera" ]; then "$repo/tests/galera.sh" down || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# The servers' users must be able to reach their data.
chmod 711 "$work"

passed=0 failed=0
if [ "${1:-all}" != galera ]; then
  if "$repo/tests/durability.sh" failover; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
fi
if [ "${1:-all}" != patroni ]; then
  export HQ_GALERA_DIR=$work/galera HQ_GALERA_PORT=$((24000 + RANDOM % 100 * 20)) HQ_GALERA=$repo/tests/galera.sh
  galera=started
  HQ_TEST_GALERA=$("$HQ_GALERA" up)
  export HQ_TEST_GALERA
  dotnet test --project "$repo/tests/HQ.OAuth2.EntityFrameworkCore.Tests" -c Release ${HQ_ENGINES_BUILT:+--no-build} --filter "FullyQualifiedName~Galera" --output Detailed \
    --minimum-expected-tests 80 >"$work/log" 2>&1 || { failed=$((failed + 1)); grep -A 12 '^failed' "$work/log" || tail -n 30 "$work/log"; }
  grep -A 2 '| engine' "$work/log" || true
  read -r succeeded < <(sed -nE 's/^ *succeeded: ([0-9]+)$/\1/p' "$work/log") || succeeded=0
  passed=$((passed + succeeded))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
