#!/usr/bin/env bash
# Fuzzes the readers of the server with AFL++ (tests/HQ.OAuth2.Fuzz): each target for a while, two at once.
#   tests/fuzz.sh [TARGET...] [--seconds 30] [--at-once 2]
# Begins with the corpus of tests/corpus and its dictionary. An input that breaks a rule, or hangs, is copied to tests/corpus/TARGET to be kept there,
# and the exit code is 1. Ends with a table, and with "N passed, N failed": targets.
# Needs afl-fuzz; installs Debian's afl++ where it may. HQ_FUZZ_OUT keeps what afl-fuzz writes. HQ_FUZZ_BUILT=1: the harness is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
export UseSharedCompilation=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
seconds=30 at_once=2 targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift ;;
    --at-once) at_once=$2; shift ;;
    -*) echo "usage: fuzz.sh [TARGET...] [--seconds 30] [--at-once 2]" >&2; exit 2 ;;
    *) targets+=("$1") ;;
  esac
  shift
done

if ! command -v afl-fuzz >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing afl++." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends afl++; } >&2
fi
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is not installed (on Debian: apt-get install afl++)." >&2; exit 3; }

work=$(mktemp -d)
out=${HQ_FUZZ_OUT:-$work/out}
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

project=tests/HQ.OAuth2.Fuzz
[ -n "${HQ_FUZZ_BUILT:-}" ] || dotnet build "$project" -c Release -v quiet >&2
bin=$project/bin/Release/net10.0
harness=$work/bin/HQ.OAuth2.Fuzz.dll
cp -r "$bin" "$work/bin"
# The program of the first folder changes the libraries of the second, so that it never loads what it changes.
dotnet "$bin/HQ.OAuth2.Fuzz.dll" instrument "$work/bin/HQ.OAuth2.dll" "$work/bin/HQ.OAuth2.AspNetCore.dll"
if [ "${#targets[@]}" = 0 ]; then mapfile -t targets < <(dotnet "$bin/HQ.OAuth2.Fuzz.dll" list); fi

# AFL_NO_AFFINITY: it does not start where each core has a process. The others: no terminal, a managed program, any kernel setting. A workstation's
# collector has one heap, and no tiers means no branch is compiled anew while paths are counted.
export AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_FORKSRV_INIT_TMOUT=60000
export DOTNET_gcServer=0 DOTNET_TieredPGO=0

# In a process of its own, which becomes afl-fuzz, so that it can be stopped.
fuzz() {
  mkdir -p "$work/in/$1" "$out"
  # What is longer than an AFL input is left out; the tests run it.
  find "tests/corpus/$1" -type f -size -9k -exec cp {} "$work/in/$1/" \;
  exec afl-fuzz -i "$work/in/$1" -o "$out/$1" -m none -t 20000 -G 16384 -V "$seconds" -x tests/corpus/oauth.dict -- \
    dotnet "$harness" afl "$1" >"$work/$1.log" 2>&1 </dev/null
}

# The corpus first: afl-fuzz leaves out an input that breaks a rule at the start, and says nothing.
for target in "${targets[@]}"; do
  dotnet "$bin/HQ.OAuth2.Fuzz.dll" run "$target" "tests/corpus/$target"/* >"$work/run.log" ||
    { grep -v -E "^(accepted|refused) " "$work/run.log" >&2; echo "An input of the corpus breaks a rule of $target." >&2; echo "0 passed, 1 failed"; exit 1; }
done

echo "Fuzzing ${#targets[@]} targets for $seconds s each, $at_once at once."
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n || true; done
  fuzz "$target" &
  pids+=($!)
done
wait || true

status=0 passed=0 failed=0
stat() { sed -nE "s/^$2 *: *([0-9.]+).*/\1/p" "$out/$1/default/fuzzer_stats" 2>/dev/null || true; }
echo "| target | executions | execs/s | paths | crashes | hangs |"
echo "|---|---|---|---|---|---|"
for target in "${targets[@]}"; do
  executions=$(stat "$target" execs_done) crashes=$(stat "$target" saved_crashes) hangs=$(stat "$target" saved_hangs)
  echo "| $target | ${executions:-0} | $(stat "$target" execs_per_sec) | $(stat "$target" corpus_count) | ${crashes:-?} | ${hangs:-?} |"
  if [ "${executions:-0}" -gt 0 ] && [ "${crashes:-1}" = 0 ] && [ "${hangs:-1}" = 0 ]; then
    passed=$((passed + 1))
    continue
  fi
  failed=$((failed + 1)) status=1
  [ "${executions:-0}" -gt 0 ] || { echo "$target did not run:" >&2; tail -n 5 "$work/$target.log" >&2; }
  while read -r input; do
    kept=tests/corpus/$target/found-$(sha256sum "$input" | cut -c1-12)
    cp "$input" "$kept"
    echo "kept as $kept:" >&2
    timeout 60 dotnet "$bin/HQ.OAuth2.Fuzz.dll" run "$target" "$kept" >&2 || true
  done < <(find "$out/$target/default/crashes" "$out/$target/default/hangs" -name 'id:*' 2>/dev/null | sort)
done
echo "$passed passed, $failed failed"
exit "$status"
