#!/bin/sh
# Mail in UTF-16 and with lines that end in CR alone: read as mail, each byte of it where it is.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-written.py" "$T/mail"
CASE=$T/c; new_case "$CASE"
ingest "$T/mail/utf16" "$T/mail/cr"; scan
list findings --reveal >"$T/f"
like "mail in UTF-16 is mail" "$(list messages | field subject)" '^Přístup 1$'
is "so is each of an mbox, and what each holds" "$(list messages | wc -l)" 26
for n in 1 2 3 4 5 6 7 8 11 12 13 14 15; do
	for kind in Mech Quot Held; do grep -q "\"value\":\"$kind-Reef-$n\"" "$T/f" || echo "$kind-Reef-$n"; done
done >"$T/lost"
is "nothing that stands in it is lost" "$(cat "$T/lost")" ""
is "every byte is in one item" "$(list items | field source n_bytes | awk -F '\t' '{n[$1] += $2} END {for (p in n) print n[p], p}' | while read -r n p; do
	[ "$(wc -c <"$p")" = "$n" ] || echo "$p has $n"; done)" ""
like "the item says what it was in" "$(list items | grep 'utf16/1.eml' | field reason)" '^utf_16$'
like "also lines of a Macintosh" "$(list items | grep 'cr/1.eml' | field reason)" 'bare_cr'
python3 - "$T/mail" <<'PY' >"$T/want"
import hashlib, sys
whole = open(sys.argv[1] + "/utf16/6.mbox", "rb").read()
for one in whole[2:].decode("utf-16le").split("From pavel@tern.example ")[1:]:
    text = one.split("\n", 1)[1][:-1].encode("utf-16le")
    print(whole.index(text), len(text), hashlib.sha256(text).hexdigest())
PY
is "a message of an mbox in UTF-16 has its place, length and digest in the file" "$(list messages | python3 -c '
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    for l in m["locations"]:
        if l["source"].endswith("6.mbox") and not m["parent"]:
            print(l["at_byte"], m["n_bytes"], m["message_sha256"])' | sort -n)" "$(cat "$T/want")"
touch "$T"/mail/*/*
is "they are found again though their files were touched" "$(list findings --reveal | field value | sort | sha256sum)" "$(field value <"$T/f" | sort | sha256sum)"

CASE=$T/p; new_case "$CASE"
mkdir "$T/plain"
python3 - "$T" <<'PY'
import sys
t = sys.argv[1]
for n in (1, 3):
    data = open("%s/mail/utf16/%d.eml" % (t, n), "rb").read().decode("utf-16le").lstrip("\ufeff")
    open("%s/plain/%d.eml" % (t, n), "w", encoding="utf-8", newline="").write(data.replace("iso-8859-2\n\nŽ", "utf-8\n\nŽ").replace("iso-8859-2\r\n\r\nŽ", "utf-8\r\n\r\nŽ"))
PY
ingest "$T/plain" "$T/mail/utf16/1.eml" "$T/mail/utf16/3.eml"
is "the same mail as UTF-8 and as UTF-16 is one message" "$(list messages | grep -vc within)" 2
CASE=$T/h; new_case "$CASE"
ingest "$T/mail/held"; scan
list findings --reveal >"$T/f"
for n in 21 22 23 24 25 26; do
	for kind in Mech Quot Held; do grep -q "\"value\":\"$kind-Reef-$n\"" "$T/f" || echo "$kind-Reef-$n"; done
done >"$T/lost"
is "what is in an mbox so written is found where it is attached" "$(cat "$T/lost")" ""
like "and it is split: each of its messages has a name" "$(field part <"$T/f")" '^2!/3/1$'
CASE=$T/o; new_case "$CASE"
ingest "$T/mail/other"
like "a CR within a line is no end of a line" "$(list messages | field subject)" '^ab$'
like "text in UTF-16 that is no mail is none" "$(list items | grep notes.txt | field reason)" 'text, but no mail'
done_testing
