#!/usr/bin/env bash
# The version of what is packed here: HQ_VERSION, else the tag of this commit without its v, else the version of builds without a tag.
#   tools/version.sh                prints it
#   tools/version.sh check v1.2.3   says whether a tag can be released: its name is a version, and CHANGELOG.md has a section for it
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  check)
    version=${2#v}
    [[ $2 =~ ^v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$ ]] || { echo "$2 is not v and a semantic version." >&2; exit 1; }
    grep -qE "^## \[?${version//./\\.}\]?( |$)" CHANGELOG.md || { echo "CHANGELOG.md has no section \"## $version\"." >&2; exit 1; }
    ;;
  "")
    # A source archive has no tags, and neither has a shallow clone; both build all the same.
    tag=$(git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null) || tag=
    fallback=$(sed -nE 's|.*<Version>([0-9.]+)</Version>.*|\1|p' Directory.Build.props)
    version=${HQ_VERSION:-${tag#v}}
    echo "${version:-$fallback}"
    ;;
  *) echo "usage: version.sh [check TAG]" >&2; exit 2 ;;
esac
