#!/bin/sh
# serve: the second host, which signs that the log only grows (t/witness.mjs).
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/witness.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal"
