#!/bin/sh
# Corners of mail where mail programs do not look, or only some do: nothing that stands there is lost.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-nooks.py" "$T/mail" >"$T/nooks"
CASE=$T/c; new_case "$CASE"
ingest "$T/mail"; scan
list findings --reveal >"$T/f"
is "each corner of a mail is read" "$(while read -r file nook; do grep -q "\"value\":\"[^\"]*$nook\"" "$T/f" || echo "$file $nook"; done <"$T/nooks")" ""
like "a header field is a place of its own" "$(grep -F '"value":"Nook-Reef-8"' "$T/f" | field part part_type)" '^fields	message/header$'
printf 'From: a@b.example\nTo: c@d.example\nSubject: s\nDKIM-Signature: v=1; password: Mill-Reef-1\nReceived: from x (password: Mill-Reef-2)\nX-Spam-Report: password: Mill-Reef-3\nX-YMail-OSG: password: Mill-Reef-4\naccept-language: password: Mill-Reef-5\nX-To: password: Mill-Reef-6\n\nx\n' >"$T/machine.eml"
CASE=$T/m; new_case "$CASE"
ingest "$T/machine.eml"; scan
is "what programs write for programs is not what people say" "$(count findings)" 0
done_testing
