#!/usr/bin/env bash
# Makes the pictures of README.md and docs/ anew: every page, light and dark, into docs/images.
set -euo pipefail
cd "$(dirname "$0")/.."
HQ_TEST_CHROMIUM=$(tests/chromium.sh)
export HQ_TEST_CHROMIUM HQ_SCREENSHOTS=$PWD/docs/images
mkdir -p "$HQ_SCREENSHOTS"
dotnet build tests/HQ.OAuth2.Browser.Tests
dotnet test --project tests/HQ.OAuth2.Browser.Tests --no-build -- --filter "FullyQualifiedName~ScreenshotTests"
ls -l "$HQ_SCREENSHOTS"
