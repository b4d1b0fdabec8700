#!/usr/bin/env bash
# Sets up what the tests need, builds, runs every test, and says what was skipped and why.
# HQ_CI_STRICT=1 makes a skipped test a failure. Needs the .NET SDK named in global.json, nothing else.
set -euo pipefail
cd "$(dirname "$0")"
export UseSharedCompilation=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
configuration=${CONFIGURATION:-Release}
log=$(mktemp)
trap 'rm -f "$log"; dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true' EXIT

command -v dotnet >/dev/null || { echo "The .NET SDK is missing: install version 10 (see global.json)." >&2; exit 1; }
dotnet restore HQ.OAuth2.sln --locked-mode
dotnet build HQ.OAuth2.sln -c "$configuration" --no-restore

status=0
dotnet test --solution HQ.OAuth2.sln -c "$configuration" --no-build 2>&1 | tee "$log" || status=${PIPESTATUS[0]}

count() { awk -v name="$1:" '$1 == name { n = $2 } END { print n + 0 }' "$log"; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ "$skipped" -gt 0 ]; then
  echo "Skipped:"
  grep -A 1 -E '^skipped ' "$log" || true
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
