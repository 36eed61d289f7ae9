#!/bin/sh
# serve: the reading room as it runs. A case is sealed, its bundles go into a drop folder, and t/serve.mjs does the rest.
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
CASE=$T/c
new_case "$CASE"
stage ingest "$SAMPLES/mailboxes"; stage scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml"; scan; attribute
notify() { "$TOCSIN" notify "$@" --case "$CASE" --quiet; }
notify plan >/dev/null; notify approve --by 'Aisling Quirke' >/dev/null; notify approve --by 'Declan Roche' >/dev/null; notify write >/dev/null
notify seal --out "$T/sealed" >/dev/null
node "$SRC/t/serve.mjs" "$TOCSIN" "$CASE" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal"
