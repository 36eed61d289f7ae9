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

# Copies of one mail say different things of it: the sender's own has the Bcc, one lies among junk and the other does not, one was
# delivered to Ann and the other to Bo, one was verified by our server. Each counts, whichever is read first.
mkdir -p "$T/two/ann/.Sent/cur" "$T/two/ann/.Junk/cur" "$T/two/ann/cur" "$T/two/bo/cur"
copy() # FILE ID FROM TO HEADER...
{
	to_file=$1; printf 'From: %s\nTo: %s\nSubject: to two\nDate: Mon, 1 Jun 2026 10:00:00 +0000\nMessage-ID: <%s@x.example>\n' "$3" "$4" "$2" >"$T/rest"
	shift 4; { for header; do printf '%s\n' "$header"; done; cat "$T/rest"; printf '\nhello\n'; } >"$T/two/$to_file"
}
copy ann/.Sent/cur/1:2,S one ann@kestrelgate.example bo@kestrelgate.example "Bcc: carol@quay.example, dora@quay.example, \"E. Frey\" <efrey@dune.example>"
copy bo/cur/1:2,S one ann@kestrelgate.example bo@kestrelgate.example "Delivered-To: bo@kestrelgate.example"
copy ann/.Junk/cur/2:2,S two tom@gate.example "ann@kestrelgate.example, bo@kestrelgate.example" "Delivered-To: ann@kestrelgate.example"
copy bo/cur/2:2,S two tom@gate.example "ann@kestrelgate.example, bo@kestrelgate.example" "Delivered-To: bo@kestrelgate.example"
copy ann/cur/3:2,S three kim@lock.example "ann@kestrelgate.example, bo@kestrelgate.example" "Delivered-To: ann@kestrelgate.example" \
	"Authentication-Results: mx.kestrelgate.example; dmarc=pass header.from=lock.example"
copy bo/cur/3:2,S three kim@lock.example "ann@kestrelgate.example, bo@kestrelgate.example" "Delivered-To: bo@kestrelgate.example"
links_of() { list links | sed 's/"message_sha256":"[0-9a-f]*",//' | sort; } # that of the copy that came first
two_case() { new_case "$1"; sed -i "/^trusted_hosts/d" "$1/case.yaml"; echo "trusted_hosts: [mx.kestrelgate.example]" >>"$1/case.yaml"; }
CASE=$T/wanted; two_case "$CASE"; ingest "$T/two"; scan; attribute
links_of >"$T/wanted.links"; list mailboxes | field owner | sort >"$T/wanted.owners"
is "whom only the sender's copy names is a recipient" "$(grep 'quay.example\|dune.example' "$T/wanted.links" | field org role at counts | tr '\t\n' ' ')" \
	"dune.example recipient Bcc true quay.example recipient Bcc true "
is "what is junk to one of us is mail to the other" "$(grep gate.example "$T/wanted.links" | field role counts | tr '\t' ' ')" "sender true"
is "a mailbox is its owner's, though the same mail lies in another" "$(tr '\n' ' ' <"$T/wanted.owners")" "ann@kestrelgate.example bo@kestrelgate.example "
is "one copy that was verified verifies the mail" "$(grep lock.example "$T/wanted.links" | field certainty)" high
for order in "ann bo" "bo ann"; do
	CASE="$T/then $order"; two_case "$CASE"
	for who in $order; do ingest "$T/two/$who"; scan; attribute; done
	links_of >"$T/then.links"
	same "$order: the same, and what is read later joins" "$T/then.links" "$T/wanted.links"
	list mailboxes | field owner | sort >"$T/then.owners"
	same "$order: the same owners" "$T/then.owners" "$T/wanted.owners"
done
done_testing
