#!/usr/bin/env python3
"""Do the packages that ours bring along have known vulnerabilities?

Run from the project's root, after a restore:  python3 tools/audit.py
Asks NuGet (`dotnet list package --vulnerable --include-transitive`) about each project below src/. Where the advisories come from: each package
source that publishes them (nuget.org does), and tools/advisories.json, which also works without a network. An advisory fails the audit unless
tools/accepted-advisories.json names it: [{"advisory": URL, "package": id, "until": "2027-01-31", "why": "..."}]; past that day it fails again.
Ends with "N passed, N failed"; exit status 1 when something failed. `--self-test` shows that a vulnerable package, an accepted one and one that
was accepted too long ago are told apart. Python's standard library only.
"""
import datetime
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

TOOLS = Path(__file__).parent
PROJECTS = sorted(Path("src").glob("*/*.csproj"))


class Advisories(http.server.ThreadingHTTPServer):
    """A package source that publishes advisories and nothing else (NuGet's VulnerabilityInfo resource), on the loopback address."""

    def __init__(self, advisories):
        super().__init__(("127.0.0.1", 0), Handler)
        root = f"http://127.0.0.1:{self.server_port}"
        self.index = f"{root}/index.json"
        self.pages = {
            "/index.json": {"version": "3.0.0", "resources": [{"@id": f"{root}/list.json", "@type": "VulnerabilityInfo/6.7.0"}]},
            "/list.json": [{"@name": "base", "@id": f"{root}/base.json", "@updated": datetime.datetime.now(datetime.UTC).isoformat()}],
            "/base.json": advisories,
        }
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.server.pages.get(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(page).encode())

    def log_message(self, *_):
        pass


def publishing_sources():
    """The configured package sources that publish advisories."""
    lines = subprocess.run(["dotnet", "nuget", "list", "source", "--format", "short"], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        url = line.split(maxsplit=1)[-1]
        if not line.startswith("E ") or not url.startswith("https://"):
            continue
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                resources = json.load(answer)["resources"]
        except (OSError, ValueError, KeyError) as problem:
            if os.environ.get("HQ_CI_STRICT") == "1":
                sys.exit(f"The package source {line.split()[-1]} cannot be asked whether it publishes advisories: {problem}")
            continue
        if any(str(r.get("@type", "")).startswith("VulnerabilityInfo") for r in resources):
            yield url


def found(projects, sources):
    """Package, version and advisory of each vulnerability of these projects."""
    entries = "".join(f'<add key="{i}" value="{s}" allowInsecureConnections="true" />' for i, s in enumerate(sources))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "NuGet.Config")
        config.write_text(f"<configuration><auditSources><clear />{entries}</auditSources></configuration>", encoding="utf-8")
        for project in projects:
            command = ["dotnet", "list", str(project), "package", "--vulnerable", "--include-transitive", "--format", "json", "--config", str(config)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            report = json.loads(answer[answer.index("{") :])
            if problems := [p for p in report.get("problems", []) if p.get("level") == "error"]:
                sys.exit(f"{project}: {problems}")
            for framework in (f for p in report["projects"] for f in p.get("frameworks", [])):
                for package in framework.get("topLevelPackages", []) + framework.get("transitivePackages", []):
                    for vulnerability in package["vulnerabilities"]:
                        yield project.stem, package["id"], package["resolvedVersion"], vulnerability["advisoryurl"]


def audit(projects, advisories, accepted, today, live):
    """The lines of a report, and the number of projects without and with a failure."""
    server = Advisories(advisories)
    try:
        hits = sorted(set(found(projects, [server.index, *live])))
    finally:
        server.shutdown()
    lines, failed = [], set()
    for project, package, version, advisory in hits:
        entry = next((a for a in accepted if a["advisory"] == advisory and a["package"].lower() == package.lower()), None)
        if entry and today <= datetime.date.fromisoformat(entry["until"]):
            lines.append(f"accepted until {entry['until']}: {project}: {package} {version} {advisory}: {entry['why']}")
        else:
            failed.add(project)
            late = f" (accepted until {entry['until']} only)" if entry else ""
            lines.append(f"VULNERABLE: {project}: {package} {version} {advisory}{late}")
    return lines, len(projects) - len(failed), len(failed)


def self_test(today):
    victim = {"bcrypt.net-next": [{"url": "https://example.com/made-up", "severity": 3, "versions": "(, 99.0.0)"}]}
    accepted = {"advisory": "https://example.com/made-up", "package": "BCrypt.Net-Next", "why": "a test"}
    tomorrow, yesterday = (str(today + datetime.timedelta(days=d)) for d in (1, -1))
    failed = [audit(PROJECTS[:1], victim, a, today, [])[2] for a in ([], [{**accepted, "until": tomorrow}], [{**accepted, "until": yesterday}])]
    passed = [failed[0] == 1, failed[1] == 0, failed[2] == 1]
    names = ["a vulnerable package is found", "an accepted one is let through", "and no longer than its day"]
    for name, ok in zip(names, passed):
        print("passed" if ok else "FAILED", name)
    return sum(passed), passed.count(False)


def main():
    today = datetime.datetime.now(datetime.UTC).date()
    if sys.argv[1:] == ["--self-test"]:
        passed, failed = self_test(today)
    else:
        recorded = json.loads(Path(TOOLS, "advisories.json").read_text(encoding="utf-8"))
        accepted = json.loads(Path(TOOLS, "accepted-advisories.json").read_text(encoding="utf-8"))
        live = list(publishing_sources())
        count = sum(len(a) for a in recorded["advisories"].values())
        print(f"{len(live)} package sources publish advisories; {count} are recorded here, last on {recorded['updated']}.")
        if not live:
            print("NOT ASKED: no package source here publishes advisories, so only the recorded ones are known.")
        lines, passed, failed = audit(PROJECTS, recorded["advisories"], accepted, today, live)
        print("\n".join(lines) or "No package that ours bring along has one.")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
