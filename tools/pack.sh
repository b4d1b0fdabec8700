#!/usr/bin/env bash
# Packs every package, with its software bill of materials beside it: tools/pack.sh OUT
# The version is that of the tag (tools/version.sh). The same commit gives the same bytes: times are that of the commit, and paths are
# those of no machine. A bill (CycloneDX) names the packages that come along at run time, with their hashes and licences.
set -euo pipefail
[ $# = 1 ] || { echo "usage: pack.sh OUT" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
HQ_VERSION=$(tools/version.sh)
# A source archive has no commit; its files have one time.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export HQ_VERSION SOURCE_DATE_EPOCH CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
echo "Version $HQ_VERSION"
dotnet tool restore

bill() {
  local project=$1 id
  id=$(basename "$project" .csproj)
  dotnet dotnet-CycloneDX "$project" --output "$out" --filename "$id.$HQ_VERSION.cdx.json" --output-format UnsafeJson --no-serial-number \
    --disable-package-restore --exclude-dev --include-project-references --set-nuget-purl \
    --set-name "$id" --set-version "$HQ_VERSION" --set-type Library
  complete "$out/$id.$HQ_VERSION.cdx.json"
}

# The tool writes the time of its run, which becomes that of the commit, and gives our other packages the version that a restore sees.
complete() {
  python3 - "$1" <<'PY'
import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

file, version = Path(sys.argv[1]), os.environ["HQ_VERSION"]
bill = json.loads(file.read_text(encoding="utf-8"))
time = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
bill["metadata"]["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
renamed = {}
for component in bill.get("components", []):
    if component["name"].startswith("HQ.OAuth2"):
        ours = f"pkg:nuget/{component['name']}@{version}"
        renamed[component["bom-ref"]] = ours
        component.update({"version": version, "bom-ref": ours, "purl": ours})
for entry in bill["dependencies"]:
    entry["ref"] = renamed.get(entry["ref"], entry["ref"])
    entry["dependsOn"] = sorted(renamed.get(ref, ref) for ref in entry.get("dependsOn", []))
file.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
PY
}

for project in src/*/*.csproj templates/*.csproj; do
  dotnet pack "$project" -c Release -o "$out"
  bill "$project"
done
