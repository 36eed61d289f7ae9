#!/bin/sh
# serve: a second wave for a case that is being read, and new keys for it (t/supplement.mjs).
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
mkdir "$T/sealed" "$T/later" "$T/keys" "$T/portal"
sealed_case "$T/c" "$T/sealed"
stage ingest "$SAMPLES/later"; stage scope; scan; attribute
stage notify plan; stage notify approve --by 'Aisling Quirke'; stage notify approve --by 'Declan Roche'; stage notify write
stage notify seal --out "$T/later"
old=$(python3 "$SRC/t/access-codes.py" "$T/c")
org=$(echo "$old" | cut -f3 | grep -m1 ^Quaylight)
stage notify seal --new-keys "$org" --out "$T/keys"
node "$SRC/t/supplement.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal" "$T/later" "$T/keys" "$old"
