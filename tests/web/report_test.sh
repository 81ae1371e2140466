#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The report page in a real browser: see web/test/report.mjs. Skipped (77) where Chromium, node or the development
# packages of web/ are missing.
set -euo pipefail
web=$(cd "$(dirname "$0")/../../web" && pwd)
skip() { echo "skipped: $1"; exit 77; }

command -v node > /dev/null || skip "node is not installed"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$browser" ] || skip "chromium is not installed"
[ -d "$web/node_modules/playwright-core" ] || skip "playwright-core is not installed: run npm ci in web/"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$web"
node test/report.mjs "$browser" "$work" ${SCREENSHOTS:+"$SCREENSHOTS"}
