"""Helps tests/mutation.sh: says what the mutation tool gets as arguments, and makes a table of its report."""

import fnmatch
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "src/HQ.OAuth2"
TESTS = ROOT / "tests/HQ.OAuth2.Tests"
HERE = ROOT / "tests/HQ.OAuth2.Mutation"
AIM = 90

# Nothing in these files decides: texts of the log and of options, names of metrics, events that a host reads, and data without a rule.
LEFT_OUT = [
    "Observability/Log.cs",
    "Observability/OAuthEvent.cs",
    "Observability/HqOAuth2Telemetry.cs",
    "Server/CoreServices.cs",
    "Server/Options/*OptionTable.cs",
    "Settings/*.cs",
]

STATIC_FIELD = re.compile(r"^ +(?:(?:public|internal|private) )?static readonly [^;]*?= (?:.*?);$", re.M | re.S)

# Tests that take long because they count, measure or wait. A mutant must be noticed without them.
SLOW = {
    "AuthorizationHistoryTests",
    "BudgetTests",
    "CoreAssemblyTests",
    "ErrorDocumentTests",
    "FloorTests",
    "KeyNodesTests",
    "NeverThrowsTests",
    "ConfigurationPageTests",
    "LookalikesTests",
}


def lines(name):
    path = HERE / name
    if not path.exists():
        return []
    return [l.strip() for l in path.read_text().splitlines() if l.strip() and not l.startswith("#")]


CRITICAL = lines("critical.txt")


def is_critical(path):
    return any(fnmatch.fnmatch(path, pattern) for pattern in CRITICAL)


def is_left_out(path):
    return any(fnmatch.fnmatch(path, pattern) for pattern in LEFT_OUT)


def tests_of(folders):
    """The test files of these folders; a test project has the folders of the project it tests. None = all of them."""
    for path in sorted(TESTS.rglob("*Tests.cs")):
        relative = path.relative_to(TESTS)
        if {"bin", "obj"} & set(relative.parts) or path.stem in SLOW:
            continue
        if folders is None or any(relative.parent == f or (deep and relative.is_relative_to(f)) for f, deep in folders):
            yield f"../HQ.OAuth2.Tests/{relative}"


def patterns(wanted):
    if wanted == ["all"]:
        return ["**/*.cs"]
    return [w if w.endswith(".cs") else f"{w.strip('/')}/**/*.cs" for w in wanted] or CRITICAL


def folders(wanted):
    if wanted == ["all"]:
        return None
    # What a row does with a device code is a rule of the row, and what replaces a hash one of the secrets.
    more = [] if wanted else ["Devices", "Registration/SecretReplacement.cs"]
    return {(Path(p).parent, False) if p.endswith(".cs") else (Path(p), True) for p in [*(wanted or CRITICAL), *more]}


def initialisers():
    """
    Where static fields get their values, functions aside. They have one value as long as the process of the tests runs, so the tool cannot
    change it.
    """
    for path in sorted(CORE.rglob("*.cs")):
        relative = path.relative_to(CORE)
        if {"bin", "obj"} & set(relative.parts):
            continue
        fields = STATIC_FIELD.finditer(path.read_text(encoding="utf-8-sig"))
        spans = [f"{{{m.start()}..{m.end()}}}" for m in fields if "=>" not in m.group()]
        if spans:
            yield f"{relative}{''.join(spans)}"


def arguments(wanted):
    for pattern in [*patterns(wanted), *("!" + p for p in [*LEFT_OUT, *initialisers()])]:
        yield from ("--mutate", pattern)


def equivalents():
    """Mutants that change nothing: file, the line of source, the replacement, and the reason in words."""
    for line in lines("equivalent.txt"):
        file, code, replacement, _ = (part.strip() for part in line.split(" ;; "))
        yield file, code, replacement


def report(path):
    known, used = set(equivalents()), set()
    rows, survivors, mutated = {}, [], set()
    for name, file in json.loads(Path(path).read_text())["files"].items():
        relative = re.sub(r"^.*?src/HQ\.OAuth2/", "", name.replace("\\", "/"))
        source = file["source"].splitlines()
        for mutant in file["mutants"]:
            if mutant["status"] in ("Ignored", "CompileError", "Pending"):
                continue
            mutated.add(relative)
            folder = ("critical: " if is_critical(relative) else "") + str(Path(relative).parent)
            row = rows.setdefault(folder, {"killed": 0, "survived": 0, "equivalent": 0})
            if mutant["status"] in ("Killed", "Timeout"):
                row["killed"] += 1
                continue
            start = mutant["location"]["start"]
            code = source[start["line"] - 1].strip()
            key = (relative, code, " ".join(mutant["replacement"].split()))
            if key in known:
                used.add(key)
                row["equivalent"] += 1
                continue
            row["survived"] += 1
            survivors.append(f"{relative}:{start['line']}: {mutant['status']}: {code} -> {key[2][:200]}")
    failed = 0
    stale = [f"equivalent.txt: not found, or noticed now: {' ;; '.join(k)}" for k in sorted(known - used) if k[0] in mutated]
    print("\n".join(survivors + stale))
    print("\n| folder | mutants | killed | survived | score |\n|---|---|---|---|---|")
    for folder, row in sorted(rows.items()):
        count = row["killed"] + row["survived"]
        score = 100 * row["killed"] / count if count else 100
        failed += row["survived"] > 0 if folder.startswith("critical") else score < AIM
        print(f"| {folder} | {count} | {row['killed']} | {row['survived']} | {score:.1f} % |")
    count = sum(r["killed"] + r["survived"] for r in rows.values())
    killed = sum(r["killed"] for r in rows.values())
    print(f"| all | {count} | {killed} | {count - killed} | {100 * killed / max(count, 1):.1f} % |")
    print(f"{sum(r['equivalent'] for r in rows.values())} mutants are left out because they change nothing (equivalent.txt).")
    print(f"{len(rows) - failed} passed, {failed + len(stale)} failed")
    return 1 if failed or stale or not rows else 0


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "tests":
        print(";".join(tests_of(folders(rest))) or sys.exit("There are no tests for " + " ".join(rest)))
    elif command == "arguments":
        print("\n".join(arguments(rest)))
    else:
        sys.exit(report(*rest))
