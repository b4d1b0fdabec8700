#!/usr/bin/env bash
# The documents and the reference of the public API as a static site: tools/api-reference.sh OUT [REPOSITORY]
# The API comes from the assemblies and their XML documentation, the documents from the Markdown files. A link to a source file leads into
# the web view of the repository at REPOSITORY, for instance https://example.com/us/oauth2/blob/main; without it, it is no link.
# A warning is an error: a link or an anchor that leads nowhere in the site, a reference to something that is not public.
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: api-reference.sh OUT [REPOSITORY]" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd) repository=${2:-}
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# These two bring the others along.
for project in HQ.OAuth2.EntityFrameworkCore HQ.OAuth2.StoreContract; do
  dotnet build "src/$project" -c Release >"$stage/log" 2>&1 || { cat "$stage/log" >&2; exit 1; }
done
mkdir "$stage/lib"
for project in src/*/*.csproj; do
  id=$(basename "$project" .csproj)
  cp "src/$id/bin/Release/net10.0/$id".{dll,xml,deps.json} "$stage/lib"
done

python3 - "$stage" "$repository" <<'PY'
import json
import os
import re
import shutil
import sys
from pathlib import Path

stage, repository = Path(sys.argv[1]), sys.argv[2].rstrip("/")
root = Path.cwd()
pages = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("samples/*/README.md")]
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


def stays(target):
    return target in pages or target.is_relative_to(root / "docs" / "images")


def link(page, found):
    """A link of a page, which has to lead somewhere in the site or into the repository."""
    text, address = found.groups()
    if re.match(r"[a-z]+:|#", address):
        return found[0]
    target = (page.parent / address.partition("#")[0]).resolve()
    if stays(target):
        return found[0]
    return f"[{text}]({repository}/{target.relative_to(root)})" if repository else text


for page in pages:
    copy = stage / page.relative_to(root)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(LINK.sub(lambda m: link(page, m), page.read_text(encoding="utf-8")), encoding="utf-8")
shutil.copytree(root / "docs/images", stage / "docs/images")

# The entries of the index of the documents, in its order.
index = (root / "docs/README.md").read_text(encoding="utf-8")
entries = re.findall(r"^(?:\d+\.|    -) .*?\[([^\]]+)\]\(([\w./-]+\.md)\)", index, re.M)
toc = "".join(f"- name: {json.dumps(name)}\n  href: {address}\n" for name, address in entries)
(stage / "docs/toc.yml").write_text("- name: Documents\n  href: README.md\n" + toc, encoding="utf-8")
(stage / "toc.yml").write_text("- name: Start\n  href: README.md\n- name: Documents\n  href: docs/\n- name: API\n  href: api/\n", encoding="utf-8")
(stage / "index.md").write_text("# HQ.OAuth2\n\n- [Start](README.md)\n- [Documents](docs/README.md)\n- [API](xref:HQ.OAuth2)\n", encoding="utf-8")
(stage / "docfx.json").write_text(json.dumps({
    "metadata": [{"src": [{"src": "lib", "files": ["*.dll"]}], "dest": "api"}],
    "build": {
        "content": [{"files": ["*.md", "toc.yml", "docs/**/*.md", "docs/toc.yml", "samples/**/*.md", "api/*.yml"]}],
        "resource": [{"files": ["docs/images/*"]}],
        "output": "site",
        "template": ["default", "modern"],
        "globalMetadata": {"_appTitle": "HQ.OAuth2", "_appName": "HQ.OAuth2", "_enableSearch": True, "_disableContribution": True},
    },
}))
PY

dotnet docfx "$stage/docfx.json" --warningsAsErrors >"$stage/log" 2>&1 || { grep -E "warning|error" "$stage/log" >&2; exit 1; }
# A type of ours that the site does not have is shown by its full name.
if grep -rnoE '<span class="xref">HQ\.OAuth2\.[^<]*' "$stage/site" --include='*.html' | sed "s|^$stage/site/||" >&2; then
  echo "These are referred to, and not public." >&2
  exit 1
fi
cp -R "$stage/site/." "$out"
echo "$(find "$stage/site/api" -name '*.html' | wc -l) pages of the API and $(find "$stage/site" -name '*.html' ! -path '*/api/*' | wc -l) documents in $out"
