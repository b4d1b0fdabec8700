#!/usr/bin/env python3
"""Whether the bill of materials (CycloneDX) beside a package names what the package brings along at run time, and nothing else.

    python3 tests/bill.py PACKAGE.nupkg PACKAGE.cdx.json packages.lock.json

The dependencies of the package itself are those of its nuspec, at their versions; what these bring along is what the lock file of its
project has. Packages that the shared framework replaces are in neither."""
import json
import re
import sys
import zipfile
from pathlib import Path

package, bill, lock = (Path(argument) for argument in sys.argv[1:])
with zipfile.ZipFile(package) as archive:
    nuspec = next(archive.read(name).decode() for name in archive.namelist() if name.endswith(".nuspec"))
bill = json.loads(bill.read_text(encoding="utf-8"))
locked = {}
for entries in json.loads(lock.read_text(encoding="utf-8"))["dependencies"].values():
    locked |= {name.lower(): entry for name, entry in entries.items()}
problems = []


def same(what, found, wanted):
    if found != wanted:
        problems.append(f"{what}: too many {sorted(set(found) - set(wanted))}, missing {sorted(set(wanted) - set(found))}")


def field(name):
    return re.search(rf"<{name}>([^<]+)</{name}>", nuspec)[1]


direct = {f"{name}@{version}".lower() for name, version in re.findall(r'<dependency id="([^"]+)" version="([^"]+)"', nuspec)}
version = field("version")

# Everything that is reached from the direct dependencies.
reached, ahead = set(), [name.partition("@")[0] for name in direct]
while ahead:
    name = ahead.pop()
    if name in reached or name not in locked:
        continue
    reached.add(name)
    ahead += [below.lower() for below in locked[name].get("dependencies", {})]
same("direct dependencies that are not locked", set(), {n for n in direct if n.partition("@")[0] not in locked})

components = bill.get("components", [])
named = {f"{c['name']}@{c['version']}".lower() for c in components}
same("components", named, {f"{n}@{locked[n].get('resolved', version)}".lower() for n in reached})
root = bill["metadata"]["component"]
same("the package itself", {f"{root['name']}@{root['version']}"}, {f"{field('id')}@{version}"})
edges = {entry["ref"]: entry.get("dependsOn", []) for entry in bill["dependencies"]}
same("its direct dependencies", {ref.removeprefix("pkg:nuget/").lower() for ref in edges[root["bom-ref"]]}, direct)
same("references that are no component", {ref for below in edges.values() for ref in below} - {c["bom-ref"] for c in components}, set())
strangers = [c for c in components if locked.get(c["name"].lower(), {}).get("type") != "Project"]
same("components without a hash", {c["name"] for c in strangers if not c.get("hashes")}, set())
same("components without a licence", {c["name"] for c in strangers if not c.get("licenses")}, set())
same("things that differ from run to run", {key for key in ("serialNumber",) if key in bill}, set())

for problem in problems:
    print(f"{package.name}: {problem}", file=sys.stderr)
print(f"{len(components)} components")
sys.exit(1 if problems else 0)
