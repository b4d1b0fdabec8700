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


def has_survivors(path):
    """Whether a mutant survived that is not among the equivalents."""
    known = Counter(equivalents())
    for name, file in json.loads(Path(path).read_text())["files"].items():
        source = file["source"].splitlines()
        for mutant in file["mutants"]:
            if mutant["status"] in ("Survived", "NoCoverage"):
                key = key_of(name, source, mutant)
                if known[key] == 0:
                    return True
                known[key] -= 1
    return False


def relative_path(name):
    return re.sub(r"^.*?src/HQ\.OAuth2/", "", name.replace("\\", "/"))


def key_of(name, source, mutant):
    code = source[mutant["location"]["start"]["line"] - 1].strip()
    return relative_path(name), code, " ".join(mutant["replacement"].split())


def report(path, *wanted):
    # One line for each mutant, also where a file has the same line twice.
    known = Counter(equivalents())
    rows, survivors, mutated = {}, [], set()
    for name, file in json.loads(Path(path).read_text())["files"].items():
        relative = relative_path(name)
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
            key = key_of(name, source, mutant)
            if known[key] > 0:
                known[key] -= 1
                row["equivalent"] += 1
                continue
            row["survived"] += 1
            survivors.append(f"{relative}:{mutant['location']['start']['line']}: {mutant['status']}: {key[1]} -> {key[2][:200]}")
    stale = [f"equivalent.txt: not found, or noticed now: {' ;; '.join(k)}" for k in sorted(known.elements()) if k[0] in mutated]
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
