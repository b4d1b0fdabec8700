#!/usr/bin/env python3
"""Checks that each relative link and each #anchor in the Markdown files leads somewhere, and that the READMEs of packages have absolute
links only, because they are shown elsewhere. Prints each broken link, or how many were followed; asks no network."""
import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", "bin", "obj", "node_modules", "TestResults"}
PACKAGES = ["src/*/README.md", "templates/README.md"]

FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2[`~]*$", re.M | re.S)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
ANCHOR = re.compile(r"""<[^>]+\b(?:id|name)=["']([^"']+)""")
LINKS = [
    re.compile(r"\]\(\s*<?([^)\s>]+)"),
    re.compile(r"^ *\[[^\]]+\]:\s*<?([^\s>]+)", re.M),
    re.compile(r"""\b(?:href|src|srcset)=["']([^"'\s]+)"""),
]
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.I)


def blank(found):
    """Spaces in place of code, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", found[0])


def prose(text):
    return CODE.sub(blank, COMMENT.sub(blank, FENCE.sub(blank, text)))


def slug(heading):
    """The anchor that GitHub gives a heading: lower case, without punctuation, with hyphens for spaces."""
    heading = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]+>", "", heading))
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(file):
    text = COMMENT.sub(blank, FENCE.sub(blank, file.read_text(encoding="utf-8")))
    seen, found = {}, set(ANCHOR.findall(CODE.sub(blank, text)))
    for heading in HEADING.findall(text):
        name = slug(heading)
        count = seen[name] = seen.get(name, -1) + 1
        found.add(f"{name}-{count}" if count else name)
    return found


def problem(file, link, known):
    """What is wrong with a link of a file; None when it leads somewhere."""
    path, _, fragment = link.partition("#")
    target = (file.parent / unquote(path)).resolve() if path else file
    if not target.is_relative_to(ROOT) or not target.exists():
        return "there is no such file"
    if fragment and target.suffix == ".md":
        if target not in known:
            known[target] = anchors(target)
        if unquote(fragment) not in known[target]:
            return "there is no such anchor"
    return None


def main():
    packages = {file for pattern in PACKAGES for file in ROOT.glob(pattern)}
    files = sorted(f for f in ROOT.rglob("*.md") if not NOT_OURS & set(f.relative_to(ROOT).parts))
    known, broken, followed = {}, 0, 0
    for file in files:
        text = prose(file.read_text(encoding="utf-8"))
        for found in (m for pattern in LINKS for m in pattern.finditer(text)):
            link = found[1]
            if ELSEWHERE.match(link):
                continue
            followed += 1
            wrong = "the README of a package has absolute links only" if file in packages else problem(file, link, known)
            if wrong:
                broken += 1
                line = text.count("\n", 0, found.start()) + 1
                print(f"{file.relative_to(ROOT)}:{line}: {link}: {wrong}", file=sys.stderr)
    print(f"{followed} links in {len(files)} files, {broken} broken")
    # A pattern that finds nothing checks nothing.
    return 1 if broken or followed < 100 or not packages else 0


sys.exit(main())
