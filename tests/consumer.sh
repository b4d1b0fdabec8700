#!/usr/bin/env bash
# The packages in apps that nobody here wrote: packs them, adds them to the stock templates of the SDK, restores and builds each with
# warnings as errors, and asks one that runs README's lines for its metadata. Needs the .NET SDK, curl and unzip. Ends with "N passed, N failed".
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
version=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' Directory.Build.props)
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

dotnet pack HQ.OAuth2.sln -c Release -o "$work/packages" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; echo "The packages cannot be packed." >&2; exit 1; }

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
  if [ "$name" = Web ]; then readme || return 1; fi
  # By hand: "dotnet add package" would restore once more.
  sed -i "s|</Project>|<ItemGroup><PackageReference Include=\"$package\" Version=\"$version\" /></ItemGroup></Project>|" "$name.csproj"
  dotnet build -c Release
}

# The two blocks of README's section "Add it to your app" are the whole app.
readme() {
  section csharp >Program.cs
  section json >appsettings.json
  [ -s Program.cs ] && [ -s appsettings.json ] || { echo "README has no such section any more."; return 1; }
}

# The first block of a language in that section.
section() {
  awk -v fence="\`\`\`$1" '
    /^## / { inside = $0 == "## Add it to your app" }
    inside && $0 == fence { on = 1; next }
    on && /^```$/ { exit }
    on' "$root/README.md"
}

# Runs it and waits for its metadata. Its issuer is where it listens, because the real one is elsewhere.
metadata() {
  local port=0
  while [ "$port" = 0 ] || (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((20000 + RANDOM % 12000)); done
  cd "$work/apps/Web"
  ASPNETCORE_ENVIRONMENT=Development dotnet bin/Release/net10.0/Web.dll --urls "http://localhost:$port" \
    "--auth:oauth2:authorizationServer:issuerURL=http://localhost:$port" &
  app=$!
  for _ in $(seq 100); do
    kill -0 "$app" || return 1
    if curl -sf -m 5 "http://localhost:$port/.well-known/oauth-authorization-server" >answer; then break; fi
    sleep 0.2
  done
  cat answer
  grep -q "\"issuer\":\"http://localhost:$port\"" answer
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
check "dotnet new web, with README's lines" consume Web HQ.OAuth2.EntityFrameworkCore web
check "its metadata answers" metadata
check "dotnet new webapp --auth Individual" consume Identity HQ.OAuth2.EntityFrameworkCore webapp --auth Individual
check "dotnet new blazor" consume Blazor HQ.OAuth2.EntityFrameworkCore blazor
check "dotnet new webapi" consume Api HQ.OAuth2.EntityFrameworkCore webapi
check "dotnet new nunit" consume Kit HQ.OAuth2.StoreContract nunit
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
