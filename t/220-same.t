#!/bin/sh
# One mail by six ways: mbox, .emlx, .msg with and without the fields of transport, PST, .olm. The case knows it for one.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-same.py" "$T/mail"
CASE=$T/c; new_case "$CASE"
ok "they are ingested" ingest "$T/mail"
messages=$(list messages)
is "six mails are six messages" "$(printf '%s\n' "$messages" | grep -c message_id)" 6
for name in plain latin both html files long; do
	is "$name lies at six places" "$(printf '%s\n' "$messages" | grep "$name@tern.example" | grep -o '"source"' | wc -l)" 6
done
like "the items of a PST are known by folder and number" "$(list items)" '"member_name":"Top/Inbox/2097188","at_byte":0,"n_bytes":[0-9]*,"outcome":"parsed"'
like "the row of the file says what it is" "$(list items)" '"reason":"Unicode PST or OST: 3 folders, 6 items'
scan
is "each secret is found in the mails that hold it" "$(list findings --reveal | field value | sort | uniq -c | tr -s ' \n' ' ')" \
	" 2 Same-Alt-42 1 Same-Csv-43 1 Same-Reef-41 "
rows "$CASE" >"$T/before"
CASE=$T/w; new_case "$CASE"
ingest "$T/mail" --workers 3; scan --workers 3
rows "$CASE" >"$T/after"
same "the rows are the same with other workers" "$T/before" "$T/after"

# What is said differently is another mail.
python3 - "$T/mail/mbox/in.mbox" "$T/other.eml" <<'PY'
import sys
first = open(sys.argv[1], "rb").read().split(b"From x ")[1].split(b"\n", 1)[1]
open(sys.argv[2], "wb").write(first.replace(b"Same-Reef-41", b"Same-Reef-40"))
PY
mkdir "$T/more"; cp "$T/mail/mbox/in.mbox" "$T/other.eml" "$T/more"
CASE=$T/o; new_case "$CASE"
ingest "$T/more"
is "one with another text is another" "$(list messages | grep -c 'plain@tern.example')" 2
done_testing
