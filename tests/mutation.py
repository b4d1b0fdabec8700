"""Helps tests/mutation.sh: says what the mutation tool gets as arguments, and makes a table of its report."""

import fnmatch
import json
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tests/HQ.OAuth2.Mutation"
AIM = 90
NOTICED = ("Killed", "Timeout")
EQUIVALENT = "Equivalent"

# Nothing in these files decides: texts of the log and of options, names of metrics, events that a host reads, and data without a rule.
LEFT_OUT = [
    "Observability/Log.cs",
    "Observability/OAuthEvent.cs",
    "Observability/HqOAuth2Telemetry.cs",
    "Server/CoreServices.cs",
    "Server/Options/*OptionTable.cs",
    "Settings/*.cs",
]


def lines(name):
    path = HERE / name
    if not path.exists():
        return []
    return [l.strip() for l in path.read_text().splitlines() if l.strip() and not l.startswith("#")]


CRITICAL = lines("critical.txt")


def is_critical(path):
    return any(fnmatch.fnmatch(path, pattern) for pattern in CRITICAL)


def patterns(wanted):
    if wanted == ["all"]:
        return ["**/*.cs"]
    return [w if w.endswith(".cs") else f"{w.strip('/')}/**/*.cs" for w in wanted] or CRITICAL


def arguments(wanted):
    for pattern in [*patterns(wanted), *("!" + p for p in LEFT_OUT)]:
        yield from ("--mutate", pattern)


def equivalents():
    """Mutants that change nothing: file, the line of source, the replacement, and the reason in words."""
    for line in lines("equivalent.txt"):
        file, code, replacement, _ = (part.strip() for part in line.split(" ;; "))
        yield file, code, replacement


def read(path):
    """
    The mutants that were tried, each with its file, line, status and the key of equivalent.txt; and the lines of equivalent.txt that are left. One line
    stands for one mutant, also where a file has the same line twice.
    """
    known, tried = Counter(equivalents()), []
    for name, file in json.loads(Path(path).read_text())["files"].items():
        relative = re.sub(r"^.*?src/HQ\.OAuth2/", "", name.replace("\\", "/"))
        source = file["source"].splitlines()
        for mutant in file["mutants"]:
            status, line = mutant["status"], mutant["location"]["start"]["line"]
            if status in ("Ignored", "CompileError", "Pending"):
                continue
            key = (relative, source[line - 1].strip(), " ".join(mutant["replacement"].split()))
            if status not in NOTICED and known[key] > 0:
                known[key] -= 1
                status = EQUIVALENT
            tried.append((relative, line, status, key))
    return tried, known


def has_survivors(path):
    return any(status not in (*NOTICED, EQUIVALENT) for _, _, status, _ in read(path)[0])


def report(path, *wanted):
    tried, unused = read(path)
    rows, survivors = {}, []
    for relative, number, status, (_, code, replacement) in tried:
        folder = ("critical: " if is_critical(relative) else "") + str(Path(relative).parent)
        row = rows.setdefault(folder, {"killed": 0, "survived": 0, "equivalent": 0})
        if status in NOTICED:
            row["killed"] += 1
        elif status == EQUIVALENT:
            row["equivalent"] += 1
        else:
            row["survived"] += 1
            survivors.append(f"{relative}:{number}: {status}: {code} -> {replacement[:200]}")
    mutated = {relative for relative, *_ in tried}
    stale = [f"equivalent.txt: not found, or noticed now: {' ;; '.join(k)}" for k in sorted(unused.elements()) if k[0] in mutated]
    print("\n".join(survivors + stale))
    print("\n| folder | mutants | killed | survived | score |\n|---|---|---|---|---|")

    def line(name, some):
        killed, survived = (sum(row[k] for row in some) for k in ("killed", "survived"))
        score = 100 * killed / max(killed + survived, 1)
        print(f"| {name} | {killed + survived} | {killed} | {survived} | {score:.1f} % |")
        return score

    scores = {folder: line(folder, [row]) for folder, row in sorted(rows.items())}
    critical = [row for folder, row in rows.items() if folder.startswith("critical")]
    line("the critical set", critical)
    whole = line("all", rows.values())
    print(f"{sum(r['equivalent'] for r in rows.values())} mutants are left out because they change nothing (equivalent.txt).")

    # No survivor in the critical set, no line of equivalent.txt without a mutant, and enough is noticed: of the whole core, or of each folder.
    checks = [sum(row["survived"] for row in critical) == 0, not stale]
    if wanted == ("all",):
        checks.append(whole >= AIM)
    else:
        checks += [score >= AIM for folder, score in scores.items() if not folder.startswith("critical")]
    print(f"{sum(checks)} passed, {len(checks) - sum(checks)} failed")
    return 0 if rows and all(checks) else 1


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "arguments":
        print("\n".join(arguments(rest)))
    elif command == "has-survivors":
        sys.exit(0 if has_survivors(*rest) else 1)
    else:
        sys.exit(report(*rest))
