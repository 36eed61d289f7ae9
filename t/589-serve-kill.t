#!/bin/sh
# serve, killed at any moment and on a full disk (t/serve-kill.mjs).
. "$(dirname "$0")/lib.sh"
for needed in node sqlite3; do
	command -v "$needed" >/dev/null 2>&1 || skip_all "no $needed"
done
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/serve-kill.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal"
