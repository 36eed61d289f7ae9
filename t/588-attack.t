#!/bin/sh
# serve: what an attacker sends it, and what it is put through (t/attack.mjs).
. "$(dirname "$0")/lib.sh"
for needed in node sqlite3; do
	command -v "$needed" >/dev/null 2>&1 || skip_all "no $needed"
done
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}; export CHROMIUM
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/attack.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal" "$(dirname "$TOCSIN")/node/node_modules"
