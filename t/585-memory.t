#!/bin/sh
# serve while memory fails (t/serve-memory.mjs).
. "$(dirname "$0")/lib.sh"
[ -f "$FAULT_LIB" ] || skip_all "no $FAULT_LIB"
for needed in node sqlite3; do
	command -v "$needed" >/dev/null 2>&1 || skip_all "no $needed"
done
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/serve-memory.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal" "$FAULT_LIB"
