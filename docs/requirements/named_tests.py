#!/usr/bin/env python3
"""Does every test that a document names exist?

Run from the project's root:  python3 docs/requirements/named_tests.py [document ...]
Looks in docs/security.md, or in the documents given, for `Class.Method` in backticks where Class ends in Tests or Contract, and for the
test of that name in the C# files below tests/ and src/HQ.OAuth2.StoreContract/. Exit status is 1 when one is missing, with the names.
Standard library only.
"""
import re
import sys
from pathlib import Path

NAMED = re.compile(r"`(\w+(?:Tests|Contract))\.(\w+)`")
# Formatted by csharpier: a class that holds tests begins its line, and a blank line stands before a member with attributes.
CLASS = re.compile(r"^(?:\w+ )*class (\w+)", re.M)
METHOD = re.compile(r"^    public (?:\w+ )*?(?:void|Task|ValueTask) (\w+)\(", re.M)
IS_TEST = re.compile(r"\bTest(?:Case|CaseSource)?\b")
FOLDERS = ("tests", "src/HQ.OAuth2.StoreContract")
SKIPPED = {"bin", "obj"}


def tests_of(text):
    """Class and method of each test in a C# file."""
    classes = [(m.start(), m.group(1)) for m in CLASS.finditer(text)]
    for method in METHOD.finditer(text):
        attributes = text[text.rfind("\n\n", 0, method.start()) + 1 : method.start()]
        owner = [name for start, name in classes if start < method.start()]
        if owner and IS_TEST.search(attributes):
            yield owner[-1], method.group(1)


def main(documents):
    known = set()
    for folder in FOLDERS:
        for path in Path(folder).rglob("*.cs"):
            if not SKIPPED.intersection(path.parts):
                known.update(tests_of(path.read_text(encoding="utf-8")))
    names, missing = 0, []
    for document in documents:
        for number, line in enumerate(Path(document).read_text(encoding="utf-8").splitlines(), 1):
            for name in NAMED.findall(line):
                names += 1
                if name not in known:
                    missing.append("%s:%d: no test %s.%s" % (document, number, *name))
    if not names:
        missing.append("no test is named in " + ", ".join(documents))
    print("\n".join(missing) or "%d names of tests, each there" % names, file=sys.stderr if missing else sys.stdout)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["docs/security.md"]))
