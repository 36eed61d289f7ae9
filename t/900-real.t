#!/bin/sh
# Real mail, when it lies beside the checkout (../shared/data): all of it goes through, every item accounted for.
. "$(dirname "$0")/lib.sh"
DATA=${TOCSIN_DATA:-$SRC/../shared/data}
[ -d "$DATA/mail" ] || skip_all "no real mail beside the checkout (../shared/data)"
DATA=$(cd "$DATA" && pwd)
CASE=$T/c; new_case "$CASE"
ok "ingest" ingest "$DATA/mail" "$DATA/mime"
is "every file is a source" "$(count sources)" "$(find "$DATA/mail" "$DATA/mime" -type f | wc -l)"
is "every item has an outcome" "$(list items | field outcome | grep -Evc '^(parsed|partial|failed|skipped)$')" 0
unlike "no worker had to die" "$(list items | grep -v '"outcome":"parsed"')" '"reason":"[^"]*(crash|signal|stall)'
ok "scan" scan
ok "attribute" attribute
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
[ "$rc" -eq 0 ] || printf '%s\n' "$out" | head -40 | note
rows "$CASE" | cksum >"$T/before"
ok "the same evidence again" ingest "$DATA/mail" "$DATA/mime"
ok "and the other stages" scan
ok "again" attribute
rows "$CASE" | cksum >"$T/after"
same "changes no row" "$T/before" "$T/after"
echo "# $(count messages) messages, $(count findings) findings, $(count orgs) organisations"
done_testing
