#!/usr/bin/env bash
# Mutation tests of the core: each mutant is a small change of a rule, and a test must notice it. Needs python3; installs the tool of
# dotnet-tools.json (dotnet tool restore).
#   tests/mutation.sh                       the critical set (tests/HQ.OAuth2.Mutation/critical.txt): no mutant may survive
#   tests/mutation.sh Consent Grants/X.cs   folders or files of src/HQ.OAuth2: at least 90 % of the mutants of each folder are noticed
#   tests/mutation.sh all                   the whole core
# Survivors are listed above the table. The last line is "N passed, N failed": folders. The report of the tool is in HQ_MUTATION_OUT.
set -euo pipefail
cd "$(dirname "$0")/.."
project=tests/HQ.OAuth2.Mutation
out=${HQ_MUTATION_OUT:-}
if [ -z "$out" ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_hostBuilder__reloadConfigOnChange=false RunAnalyzers=false
dotnet tool restore >/dev/null

# The tests of the same folders run. Which files are mutated: one argument a line.
HQ_MUTATION_TESTS=$(python3 tests/mutation.py tests "$@")
export HQ_MUTATION_TESTS
mapfile -t arguments < <(python3 tests/mutation.py arguments "$@")
rm -rf "$out/reports"
(cd "$project" && dotnet stryker --skip-version-check --output "$out" "${arguments[@]}") >"$out/log" 2>&1 ||
  { tail -40 "$out/log" >&2; exit 1; }
python3 tests/mutation.py report "$out/reports/mutation-report.json"
