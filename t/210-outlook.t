#!/bin/sh
# Items of Outlook: .msg alone, in an archive and attached; winmail.dat; .emlx; mailboxes that are named for what they are.
. "$(dirname "$0")/lib.sh"
LETTER=$SRC/fuzz/seeds/msg/letter # made by test-msg.c: a text with a PIN, a file, a message within
mkdir "$T/mail"
cp "$LETTER" "$T/mail/letter.msg"
cp "$SRC/fuzz/seeds/msg/tnef" "$T/mail/winmail.dat"
printf '101\nFrom: a@kestrel.example\nTo: b@tern.example\nSubject: apple\nMessage-ID: <e1@a.example>\n\nPassword: Emlx-Reef-41\n<?xml version="1.0"?>\n' |
	python3 -c 'import sys; b = sys.stdin.buffer.read(); m = b[4:b.index(b"<?xml")]; sys.stdout.buffer.write(b"%d\n" % len(m) + m + b[4 + len(m):])' >"$T/mail/1.emlx"
printf '\317\255\022\376rest' >"$T/mail/old.dbx"
(cd "$T/mail" && zip -q "$T/mail/more.zip" letter.msg)
{ printf 'From: c@kestrel.example\nTo: d@tern.example\nSubject: see attached\nMIME-Version: 1.0\nContent-Type: application/vnd.ms-outlook; name="x.msg"\nContent-Transfer-Encoding: base64\n\n'
	base64 "$LETTER"; } >"$T/mail/carrier.eml"
CASE=$T/c; new_case "$CASE"
ok "they are ingested" ingest "$T/mail"
items=$(list items)
like "a .msg is a message" "$(printf '%s\n' "$items" | grep '/letter.msg"')" '"outcome":"parsed"'
like "in an archive too" "$(printf '%s\n' "$items" | grep more.zip)" '"outcome":"parsed"'
like "so is a winmail.dat that lies alone" "$(printf '%s\n' "$items" | grep winmail.dat)" '"outcome":"parsed"'
like "and an .emlx" "$(printf '%s\n' "$items" | grep emlx)" '"outcome":"parsed"'
like "a .dbx says what it is and what to do" "$(printf '%s\n' "$items" | grep old.dbx)" 'skipped.*Outlook Express mailbox.*export'
is "the letter from a file, an archive and an attachment is one message" "$(list messages | grep -c '"subject":"Keys"')" 1
ok "they are scanned" scan
like "a secret in the .emlx is found at its place" "$(list findings --reveal)" 'Emlx-Reef-41'
rows "$CASE" >"$T/before"
touch "$T"/mail/*
scan
rows "$CASE" >"$T/after"
same "files that were only touched are rendered to the same bytes" "$T/before" "$T/after"
unlike "nothing could not be read again" "$(list coverage)" 'has changed'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
