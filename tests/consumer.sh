#!/usr/bin/env bash
# The packages in apps that nobody here wrote: packs them, adds them to the stock templates of the SDK, restores and builds each with
# warnings as errors, and walks the whole flow at those that are made of a README's lines, also compiled ahead of time and trimmed.
# Needs the .NET SDK, curl, python3 and unzip. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export UseSharedCompilation=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
work=$(mktemp -d)
app=
cleanup() {
  if [ -n "$app" ]; then kill "$app" 2>/dev/null || true; wait "$app" 2>/dev/null || true; fi
  dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
version=$(tools/version.sh)
passed=0 failed=0
# Runs one check, named by its first argument; its output is shown only if it fails.
check() {
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1))
    echo "passed $name"
  else
    failed=$((failed + 1))
    echo "FAILED $name" >&2
    tail -n 30 "$work/log" >&2
  fi
}

export CI=true
tools/pack.sh "$work/packages" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; echo "The packages cannot be packed." >&2; exit 1; }

# Everything restores from where it did before, and our packages from the folder. The properties of this repository do not reach these apps.
mkdir "$work/apps"
cat >"$work/apps/Directory.Build.props" <<XML
<Project>
  <PropertyGroup>
    <RestoreAdditionalProjectSources>$work/packages</RestoreAdditionalProjectSources>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <!-- These come from what a package feed holds or knows. -->
    <WarningsNotAsErrors>NU1603;NU1901;NU1902;NU1903;NU1904</WarningsNotAsErrors>
  </PropertyGroup>
</Project>
XML
echo "<Project />" >"$work/apps/Directory.Packages.props"
echo "<Project />" >"$work/apps/Directory.Build.targets"
# A package folder of its own, so that no older build of our packages is found under the same version.
real=${NUGET_PACKAGES:-$HOME/.nuget/packages}
if [ -d "$real" ]; then export NUGET_FALLBACK_PACKAGES=$real; fi
export NUGET_PACKAGES=$work/restored
for id in "$work"/packages/*.nupkg; do
  id=$(basename "$id" ".$version.nupkg")
  if [ -d "$real/${id,,}" ]; then echo "$id is in $real already, and would be used instead of the one under test: remove it there." >&2; exit 1; fi
done

# Adds a package to a new app of a template and builds that.
consume() {
  local name=$1 package=$2
  shift 2
  cd "$work/apps" && dotnet new "$@" -n "$name" -o "$name" --no-restore && cd "$name" || return 1
  case $name in
    Web) awk '/^## / { inside = $0 == "## Add it to your app" } inside' "$root/README.md" | program || return 1 ;;
    Identity) added "$root/docs/start.md" || return 1 ;;
    Adapter) unzip -p "$work/packages/$package.$version.nupkg" README.md | program || return 1 ;;
  esac
  # By hand: "dotnet add package" would restore once more.
  sed -i "s|</Project>|<ItemGroup><PackageReference Include=\"$package\" Version=\"$version\" /></ItemGroup></Project>|" "$name.csproj"
  dotnet build -c Release
}

# The first two blocks of a guide are the whole app.
program() {
  local guide
  guide=$(cat)
  block csharp <<<"$guide" >Program.cs
  block json <<<"$guide" >appsettings.json
  [ -s Program.cs ] && [ -s appsettings.json ] || { echo "The guide has no such blocks any more."; return 1; }
}

# A guide that adds to an app: its first two blocks of C# before and after the app is built, and its JSON to the settings.
added() {
  python3 - "$1" <<'PY'
import json, re, sys

guide = open(sys.argv[1]).read()
services, endpoints = re.findall(r"^```csharp\n(.*?)^```", guide, re.M | re.S)[:2]
usings = "".join(re.findall(r"^using .*\n", services, re.M))
program = open("Program.cs").read()
services = "".join(line for line in services.splitlines(True) if line not in program and line.strip() + "\n" not in usings)
program = program.replace("var app = builder.Build();", services + "\nvar app = builder.Build();")
program = program.replace("app.UseAuthorization();\n", "app.UseAuthorization();\n" + endpoints)
open("Program.cs", "w").write("".join(u for u in usings.splitlines(True) if u not in program) + program)
settings = json.load(open("appsettings.json"))
settings.update(json.loads(re.search(r"^```json\n(.*?)^```", guide, re.M | re.S)[1]))
json.dump(settings, open("appsettings.json", "w"), indent=2)
PY
}

# The first block of a language.
block() { awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } on && /^```$/ { exit } on'; }

# Runs an app of a guide and walks the flow at it. Its issuer is where it listens, because the real one is elsewhere.
flow() {
  local app_folder=$1 port=0 began kind=api more=()
  shift
  while [ "$port" = 0 ] || (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((16000 + RANDOM % 2000)); done
  cd "$app_folder" || return 1
  if grep -qs MapMcp Program.cs; then kind=mcp more=("--auth:oauth2:authorizationServer:defaultResource=http://localhost:$port/mcp"); fi
  if grep -qs AddDefaultIdentity Program.cs; then kind=identity; fi
  began=$(date +%s%N)
  ASPNETCORE_ENVIRONMENT=Development Logging__LogLevel__Default=Warning "$@" --urls "http://localhost:$port" \
    "--auth:oauth2:authorizationServer:issuerURL=http://localhost:$port" "${more[@]}" &
  app=$!
  for _ in $(seq 1000); do
    kill -0 "$app" || return 1
    if curl -sf -m 5 -o /dev/null "http://localhost:$port/.well-known/oauth-authorization-server"; then break; fi
    sleep 0.02
  done
  echo "first answer after $((($(date +%s%N) - began) / 1000000)) ms, $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$app/status") MiB" >"$work/start"
  local status=0
  if [ "$kind" = identity ]; then
    python3 "$root/tests/walk-identity.py" "http://localhost:$port" /api/orders || status=1
  else
    "$root/tests/walk.sh" "http://localhost:$port" "$kind" || status=1
  fi
  kill "$app" && wait "$app" || true
  app=
  return $status
}

# A host of the adapter as machine code, for the machine that this runs on. A warning of the compiler is an error.
ahead_of_time() {
  command -v gcc >/dev/null && [ -e /usr/include/zlib.h ] || { apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev zlib1g-dev; } || return 1
  cd "$work/apps/Adapter" && dotnet publish -c Release --ucr -p:PublishAot=true -p:TrimmerSingleWarn=false -o "$work/native"
}

# The same host with the runtime beside it, and only what it uses of both. A warning of the linker is an error.
trimmed() {
  cd "$work/apps/Adapter" && dotnet publish -c Release --ucr --self-contained -p:PublishTrimmed=true -p:TrimmerSingleWarn=false -o "$work/trimmed"
}

# A new app of one of our own templates. The server's is what README shows.
made() {
  local name=$1 template=$2
  cd "$work/apps" && dotnet new "$template" -o "$name" --debug:custom-hive "$work/hive" || return 1
  if [ "$template" = hqoauth2 ]; then diff "$work/apps/Web/Program.cs" "$name/Program.cs" && diff "$work/apps/Web/appsettings.json" "$name/appsettings.json" || return 1; fi
  cd "$name" && dotnet build -c Release
}

# The same commit, packed in another folder, gives the same bytes, those of the bills too. Its tools are where they were restored before.
same_bytes() {
  mkdir "$work/again"
  cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$work/again" && cp -r .git "$work/again/.git" && cd "$work/again" || return 1
  NUGET_PACKAGES=$real NUGET_FALLBACK_PACKAGES='' tools/pack.sh "$work/packed-again" || return 1
  cd "$work/packages" && sha256sum ./* >"$work/sums" && cd "$work/packed-again" && sha256sum -c "$work/sums"
}

# Each has a README, an icon, documentation, and symbols beside it.
complete() {
  local id=$1
  unzip -l "$work/packages/$id.$version.nupkg" >"$work/list" && for file in README.md icon.png "lib/net10.0/$id.xml"; do grep -q " $file$" "$work/list" || return 1; done
  unzip -l "$work/packages/$id.$version.snupkg" >"$work/list" && grep -q "$id.pdb" "$work/list"
}

# Beside it lies a bill of what it brings along.
billed() {
  local id=$1 lock=$2
  python3 "$root/tests/bill.py" "$work/packages/$id.$version".{nupkg,cdx.json} "$root/$lock"
}

# A package depends on what its own sources use: nothing of tests or design time, and databases only where they are used.
dependencies() {
  local id=$1
  shift
  diff <(unzip -p "$work/packages/$id.$version.nupkg" "$id.nuspec" | sed -nE 's/.*<dependency id="([^"]+)".*/\1/p' | sort) \
    <(printf '%s\n' "$@" | sort)
}

check "HQ.OAuth2 depends on" dependencies HQ.OAuth2 \
  BCrypt.Net-Next Microsoft.Extensions.Logging.Abstractions Microsoft.Extensions.Options System.IdentityModel.Tokens.Jwt
check "HQ.OAuth2.AspNetCore depends on" dependencies HQ.OAuth2.AspNetCore HQ.OAuth2
check "HQ.OAuth2.EntityFrameworkCore depends on" dependencies HQ.OAuth2.EntityFrameworkCore HQ.OAuth2.AspNetCore \
  Microsoft.AspNetCore.DataProtection.EntityFrameworkCore Microsoft.EntityFrameworkCore.{Relational,Sqlite} Npgsql.EntityFrameworkCore.PostgreSQL
check "HQ.OAuth2.StoreContract depends on" dependencies HQ.OAuth2.StoreContract HQ.OAuth2 NUnit
for id in HQ.OAuth2 HQ.OAuth2.AspNetCore HQ.OAuth2.EntityFrameworkCore HQ.OAuth2.StoreContract; do check "$id is complete" complete "$id"; done
for id in HQ.OAuth2 HQ.OAuth2.AspNetCore HQ.OAuth2.EntityFrameworkCore HQ.OAuth2.StoreContract; do
  check "the bill of $id names what comes along" billed "$id" "src/$id/packages.lock.json"
done
check "the bill of HQ.OAuth2.Templates names nothing" billed HQ.OAuth2.Templates templates/packages.lock.json
check "two packs of one commit are the same bytes" same_bytes
check "dotnet new web, with README's lines" consume Web HQ.OAuth2.EntityFrameworkCore web
check "the whole flow works there" flow "$work/apps/Web" dotnet bin/Release/net10.0/Web.dll
check "dotnet new web, with the lines of the package's README" consume Adapter HQ.OAuth2.AspNetCore web
check "the whole flow works there" flow "$work/apps/Adapter" dotnet bin/Release/net10.0/Adapter.dll
echo "       ordinary build: $(cat "$work/start")"
check "the same host compiles ahead of time" ahead_of_time
check "the whole flow works there" flow "$work/native" ./Adapter
echo "       ahead of time: $(cat "$work/start"), $(($(stat -c %s "$work/native/Adapter") / 1048576)) MiB on disk"
check "the same host is trimmed" trimmed
check "the whole flow works there" flow "$work/trimmed" ./Adapter
echo "       trimmed: $(cat "$work/start"), $(du -sm "$work/trimmed" | cut -f1) MiB on disk with the runtime"
check "our templates install" dotnet new install "$work/packages/HQ.OAuth2.Templates.$version.nupkg" --debug:custom-hive "$work/hive"
check "dotnet new hqoauth2, as README shows it" made NewServer hqoauth2
check "the whole flow works there" flow "$work/apps/NewServer" dotnet bin/Release/net10.0/NewServer.dll
check "dotnet new hqoauth2-mcp" made NewMcp hqoauth2-mcp
check "the whole flow works there" flow "$work/apps/NewMcp" dotnet bin/Release/net10.0/NewMcp.dll
check "dotnet new webapp --auth Individual, with the lines of the guide" consume Identity HQ.OAuth2.EntityFrameworkCore webapp --auth Individual
check "a user of Identity lets a client in there" flow "$work/apps/Identity" dotnet bin/Release/net10.0/Identity.dll
check "dotnet new blazor" consume Blazor HQ.OAuth2.EntityFrameworkCore blazor
check "dotnet new webapi" consume Api HQ.OAuth2.EntityFrameworkCore webapi
check "dotnet new nunit" consume Kit HQ.OAuth2.StoreContract nunit
# The packages that were checked, for a release.
if [ "$failed" = 0 ] && [ -n "${HQ_PACKAGES:-}" ]; then
  mkdir -p "$HQ_PACKAGES"
  cp "$work"/packages/* "$HQ_PACKAGES"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
