#!/usr/bin/env bash
# Figures about the sources: what each is, what it shall be at most, and the command that counts it. Builds nothing; needs python3.
#   tests/house.sh                  the table (Markdown); exits with 1 where a figure is over its aim
#   tests/house.sh dependencies     each constructor of a class with more than five parameters
#   tests/house.sh unmirrored       each test file that is in no folder of the project it tests
set -euo pipefail
cd "$(dirname "$0")/.."

# A record, a struct and an event are data and do not count; every parameter does, a logger and the clock too.
dependencies() {
  python3 - <<'PY'
import re
from pathlib import Path

CLASS = re.compile(r"^ *(?:\w+ )*?(?<!record )class (?P<name>\w+)(?:<[^>(]*>)?(?P<primary>\()?", re.M)
COMMENT = re.compile(r"//[^\n]*")


def parameters(text, start):
    """How many parameters the list that opens before start has."""
    depth, count, empty = 1, 1, True
    for c in text[start:]:
        if c in "([{<":
            depth += 1
        elif c in ")]}>":
            depth -= 1
            if depth == 0:
                return 0 if empty else count
        elif c == "," and depth == 1:
            count += 1
        empty = empty and c.isspace()
    raise ValueError("a parameter list does not end")


for file in sorted(Path("src").rglob("*.cs")):
    if {"bin", "obj", "HQ.OAuth2.StoreContract"} & set(file.parts):
        continue
    if file.name == "OAuthEvent.cs":
        continue
    text = COMMENT.sub("", file.read_text(encoding="utf-8"))
    for found in CLASS.finditer(text):
        starts = [found.end()] if found["primary"] else []
        own = r"^ +(?:public|internal|protected|private)(?: protected| internal)? %s\(" % found["name"]
        starts += [m.end() for m in re.finditer(own, text, re.M)]
        count = max((parameters(text, s) for s in starts), default=0)
        if count > 5:
            print(count, found["name"], file)
PY
}

unmirrored() {
  local project file folder
  for project in HQ.OAuth2 HQ.OAuth2.AspNetCore HQ.OAuth2.EntityFrameworkCore; do
    while read -r file; do
      folder=$(dirname "${file#"tests/$project.Tests/"}")
      if [ "$folder" = . ] || [ ! -d "src/$project/$folder" ]; then echo "$file"; fi
    done < <(find "tests/$project.Tests" -name '*Tests.cs' ! -path '*/obj/*' ! -name FloorTests.cs | sort)
  done
}

case ${1:-} in
  dependencies | unmirrored) "$1"; exit ;;
  "") ;;
  *) echo "usage: house.sh [dependencies|unmirrored]" >&2; exit 2 ;;
esac

status=0
# figure NAME AIM COMMAND: runs the command and prints a row; an aim of - means that there is none.
figure() {
  local name=$1 aim=$2 command=$3 now mark=
  now=$(bash -c "$command")
  if [ "$aim" != - ] && [ "$now" -gt "$aim" ]; then
    status=1 mark=" (over)"
  fi
  echo "| $name | $now$mark | $aim | \`${command//|/\\|}\` |"
}

# The sources of the libraries; the contract kit is a library of tests.
sources="find src -name '*.cs' ! -path '*/obj/*' ! -path '*StoreContract/*'"
lines="$sources -exec wc -l {} + | awk '\$2 != \"total\" { print \$1 }' | sort -n"

echo "| figure | now | aim | command |"
echo "|---|---|---|---|"
# Not counted here: a test reads it in the built assemblies.
echo "| pairs of folders that use each other | 0, or a test fails | 0 | \`dotnet test --project tests/HQ.OAuth2.Tests -c Release --filter \"FullyQualifiedName~FloorTests\"\`, and the same test of the two other libraries |"
figure "files in the root folder of HQ.OAuth2" 0 "find src/HQ.OAuth2 -maxdepth 1 -name '*.cs' | wc -l"
figure "files in the root folder of HQ.OAuth2.AspNetCore" - "find src/HQ.OAuth2.AspNetCore -maxdepth 1 -name '*.cs' | wc -l"
figure "those that are no extension class and not the builder" 0 \
  "find src/HQ.OAuth2.AspNetCore -maxdepth 1 -name '*.cs' ! -name '*Extensions.cs' ! -name HqOAuth2Builder.cs | wc -l"
figure "lines of the median source file" 60 "$lines | awk '{ n[NR] = \$1 } END { print n[int((NR + 1) / 2)] }'"
figure "lines of the longest source file" 250 "$lines | tail -n 1"
figure "places that log a refusal" 1 "grep -rE --include='*.cs' '\\.Refused\\(' src/HQ.OAuth2.AspNetCore | wc -l"
figure "forms in which an endpoint says an error (mapped: OAuth JSON by default, problem, page)" 3 \
  "grep -rhoE --include='*.cs' '(OAuthHttp.WriteErrorAsync|Problem.WriteAsync|ErrorPage.WriteAsync)' src/HQ.OAuth2.AspNetCore/Endpoints/ServerRoutes.cs | sort -u | wc -l"
figure "places that use HttpContext.Items" 0 "grep -rE --include='*.cs' '\\.Items\\[' src/HQ.OAuth2.AspNetCore | wc -l"
figure "lines of the public API files" 700 "cat src/*/PublicAPI.*.txt | wc -l"
figure "classes with more than five constructor parameters" 0 "tests/house.sh dependencies | wc -l"
figure "places that name \`IOptions<HqOAuth2Options>\`" - "grep -rF --include='*.cs' 'IOptions<HqOAuth2Options>' src | wc -l"
figure "places that make a \`ResourcePolicy\`" - "grep -rF --include='*.cs' 'new ResourcePolicy(' src | wc -l"
figure "test files in no folder of the project they test" - "tests/house.sh unmirrored | wc -l"
exit "$status"
