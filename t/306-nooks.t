#!/bin/sh
# Corners of mail where mail programs do not look, or only some do: nothing that stands there is lost.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-nooks.py" "$T/mail" >"$T/nooks"
CASE=$T/c; new_case "$CASE"
ingest "$T/mail"; scan
list findings --reveal >"$T/f"
is "each corner of a mail is read" "$(while read -r file nook; do grep -q "\"value\":\"$nook\"" "$T/f" || echo "$file $nook"; done <"$T/nooks")" ""
done_testing
