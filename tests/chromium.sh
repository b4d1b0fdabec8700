#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests; installs Debian's where it may. HQ_TEST_CHROMIUM names one that is elsewhere.
set -euo pipefail
find_it() {
  for path in "${HQ_TEST_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [ -n "$path" ] && [ -x "$path" ]; then echo "$path"; return; fi
  done
  return 1
}
find_it && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation; } >&2
  find_it && exit 0
fi
echo "Chromium is not installed (on Debian: apt-get install chromium)." >&2
exit 3
