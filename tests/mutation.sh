#!/usr/bin/env bash
# Mutation tests of the core: each mutant is a small change of a rule, and a test must notice it. The tool of dotnet-tools.json (dotnet tool restore)
# makes one assembly with all mutants; tests/HQ.OAuth2.Mutation runs the tests against it. Needs python3.
#   tests/mutation.sh                       the critical set (tests/HQ.OAuth2.Mutation/critical.txt): no mutant may survive
#   tests/mutation.sh Consent Grants/X.cs   folders or files of src/HQ.OAuth2: at least 90 % of the mutants of each folder are noticed
#   tests/mutation.sh all                   the whole core: at least 90 % of its mutants, and no survivor in the critical set
# Survivors are listed above the table. The last line is "N passed, N failed": the checks. HQ_MUTATION_OUT: where the reports of the tool stay.
set -euo pipefail
cd "$(dirname "$0")/.."
project=tests/HQ.OAuth2.Mutation
out=${HQ_MUTATION_OUT:-}
if [ -z "$out" ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi
mkdir -p "$out"
out=$(cd "$out" && pwd)

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_hostBuilder__reloadConfigOnChange=false DOTNET_TieredPGO=0 HQ_TEST_STORE=memory HQ_MUTANTS=$out/HQ.OAuth2.dll
dotnet tool restore >/dev/null
dotnet build $project -c Release -v quiet -p:RunAnalyzers=false

# Which files are mutated: one argument a line.
mapfile -t arguments < <(python3 tests/mutation.py arguments "$@")
rm -rf "$out/reports"
(cd tests/HQ.OAuth2.Mutants && dotnet stryker --skip-version-check --output "$out" "${arguments[@]}") >"$out/log" 2>&1 ||
  { tail -40 "$out/log" >&2; exit 1; }

# The tests look for the repository that they are in.
run=$project/obj/run
rm -rf $run
cp -r $project/bin/Release/net10.0 $run
cp "$HQ_MUTANTS" $run/
report=$out/reports/mutation-report.json
dotnet $run/HQ.OAuth2.Mutation.dll "$report" HQ.OAuth2.Tests
# Hosts are started only for survivors that are not known to change nothing.
if python3 tests/mutation.py has-survivors "$report"; then dotnet $run/HQ.OAuth2.Mutation.dll "$report" HQ.OAuth2.AspNetCore.Tests; fi
python3 tests/mutation.py report "$report" "$@"
