#!/usr/bin/env bash
# node.sh [folder] prints the path of a Node.js of version 22 or later, after installing what the package.json in the folder (by default
# tests/interop-node) needs. HQ_TEST_NODE names one that is elsewhere. Where the system's is older, the one inside the Playwright package
# does; it is there after a restore.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "${1:-$root/tests/interop-node}"
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing npm." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm; } >&2
fi
command -v npm >/dev/null || { echo "npm is not installed (on Debian: apt-get install npm)." >&2; exit 3; }

is_new() { [ -n "$1" ] && [ -x "$1" ] && [ "$("$1" --version | sed -E 's/^v([0-9]+).*/\1/')" -ge 22 ]; }
node=
playwright=$(sed -nE 's/.*"Microsoft.Playwright" Version="([^"]+)".*/\1/p' "$root/Directory.Packages.props")
for candidate in "${HQ_TEST_NODE:-}" "$(command -v node || true)" \
  "${NUGET_PACKAGES:-$HOME/.nuget/packages}/microsoft.playwright/$playwright/.playwright/node/linux-x64/node"; do
  if [ -f "$candidate" ]; then chmod +x "$candidate" 2>/dev/null || true; fi
  if is_new "$candidate"; then node=$candidate; break; fi
done
[ -n "$node" ] || { echo "Node.js 22 or later is not installed, and Playwright's is not restored (dotnet restore)." >&2; exit 3; }

[ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ] ||
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
echo "$node"
