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
printf '*mbx*\r\n4f2a' >"$T/mail/pine.mbx"
printf '\032\000\000\004\000\000notes' >"$T/mail/notes.nsf"
printf 'sum!\357\315\253\211rest' >"$T/mail/priv1.edb"
printf '!\t\160\031rest' >"$T/mail/messages.tbb"
printf '\320\015\000\000rest' >"$T/mail/1A2B.olk15MsgSource"
printf '// <!-- <mdb:mork:z v="1.4"/> -->\n' >"$T/mail/Inbox.msf"
printf 'BABYL OPTIONS: -*- rmail -*-\nVersion: 5\nLabels:\n\037\014\n0, unseen,,\n*** EOOH ***\nFrom: b@kestrel.example\n\nx\n\037' >"$T/mail/RMAIL"
printf '#! rnews 4\nabc\n' >"$T/mail/news.batch"
# The queues of mail servers.
printf '1tAbCd-000xYz-2B-H\nmail 8 8\n<jo@kestrel.example>\n1730541600 0\nXX\n1\nb@tern.example\n\n037T To: b@tern.example\n' >"$T/mail/1tAbCd-000xYz-2B-H"
printf '1tAbCd-0000001xYz0-2Bcd-D\nx\n' >"$T/mail/1tAbCd-0000001xYz0-2Bcd-D"
printf 'C\017            117T\021 1730541600 123456' >"$T/mail/4XyZ12"
mkdir -p "$T/mail/deferred/A"; cp "$SRC/fuzz/seeds/msg/postfix" "$T/mail/deferred/A/AB12CD34"
head -c -20 "$SRC/fuzz/seeds/msg/postfix" >"$T/mail/incoming"
printf 'V8\nT1730541600\nK0\nN0\nH??From: jo@kestrel.example\n.\n' >"$T/mail/qf4A21"
printf 'EHLO kestrel.example\r\nMAIL FROM:<jo@kestrel.example>\r\nRCPT TO:<b@tern.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n' >"$T/mail/out.bsmtp"
printf 'dXNlcgo=\n' >"$T/mail/8.2.emlxpart"
printf 'From ???@??? Tue Mar 04 08:15:30 2025\nFrom: eu@kestrel.example\nTo: b@tern.example\nSubject: eudora one\n\nPassword: Eudora-Pier-42\n\nFrom ???@??? Tue Mar 04 08:16:30 2025\nFrom: eu@kestrel.example\nSubject: eudora two\n\nx\n' >"$T/mail/In.mbx"
# Apple Mail: a message without its attachment, which lies beside it.
mkdir -p "$T/mail/Messages" "$T/mail/Attachments/7/2"
printf 'password: Apart-51\n' >"$T/mail/Attachments/7/2/hosts.csv"
printf 'From: p@kestrel.example\nSubject: partial\nMessage-ID: <p@kestrel.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nPassword: Partial-52\n--b\nContent-Type: text/csv; name=hosts.csv\nContent-Transfer-Encoding: base64\nX-Apple-Content-Length: 28\n\n--b--\n' >"$T/partial"
{ printf '%s\n' "$(wc -c <"$T/partial")"; cat "$T/partial"; printf '<?xml version="1.0"?>\n'; } >"$T/mail/Messages/7.partial.emlx"
# What stands in the text of a whole one is no mark.
printf 'From: w@kestrel.example\nSubject: whole\nMessage-ID: <w@kestrel.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nit says\nX-Apple-Content-Length: 28\n--b--\n' >"$T/whole"
{ printf '%s\n' "$(wc -c <"$T/whole")"; cat "$T/whole"; printf '<?xml version="1.0"?>\n'; } >"$T/mail/2.emlx"
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
for known in 'pine.mbx c-client mailbox.*mailutil' 'notes.nsf Lotus Notes.*export' 'priv1.edb Exchange.*export' 'messages.tbb The Bat.*export' \
	'olk15MsgSource Outlook for Mac.*as .olm' 'Inbox.msf index of Thunderbird' \
	'RMAIL Emacs Rmail.*convert' '2B-H header.*Exim.*ends in -D.*exim -Mvc' '2Bcd-D body.*Exim.*ends in -H.*exim -Mvc' '4XyZ12 Postfix, without a message' \
	'qf4A21 Sendmail.*df' 'out.bsmtp batch of SMTP.*DATA' 'news.batch batch of news.*split' '8.2.emlxpart attachment that Apple Mail keeps.*export' 'hosts.csv attachment that Apple Mail keeps.*export'; do
	like "so does ${known%% *}" "$(printf '%s\n' "$items" | grep -F -e "${known%% *}\"")" "skipped.*${known#* }"
done
like "a message in the queue of Postfix is read" "$(printf '%s\n' "$items" | grep AB12CD34)" '"outcome":"parsed","reason":""'
is "and called so" "$(list sources | grep AB12CD34 | field kind)" queue
like "one that is cut says so" "$(printf '%s\n' "$items" | grep /incoming)" '"outcome":"partial","reason":"the file of the queue ends within the message: was it copied whole\?'
is "Eudora's mailbox is an mbox" "$(list messages | grep -c '"subject":"eudora ')" 2
like "a message that Apple Mail keeps in pieces says so" "$(printf '%s\n' "$items" | grep 7.partial.emlx)" '"outcome":"partial".*attachments are not in this file'
like "one that only writes of it does not" "$(printf '%s\n' "$items" | grep '/2.emlx')" '"outcome":"parsed"'
is "the letter from a file, an archive and an attachment is one message" "$(list messages | grep -c '"subject":"Keys"')" 1
ok "they are scanned" scan
like "a secret in the .emlx is found at its place" "$(list findings --reveal)" 'Emlx-Reef-41'
like "and in what is there of a partial one" "$(list findings --reveal)" 'Partial-52'
like "and in Eudora's" "$(list findings --reveal)" 'Eudora-Pier-42'
like "and in the queue" "$(list findings --reveal | grep -c Queue-Reef-71)" '^[12]$'
rows "$CASE" >"$T/before"
touch "$T"/mail/*
scan
rows "$CASE" >"$T/after"
same "files that were only touched are rendered to the same bytes" "$T/before" "$T/after"
unlike "nothing could not be read again" "$(list coverage)" 'has changed'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
# ---- Outlook for Mac, and mailbox files that are attached ----
mkdir "$T/mac"
python3 "$SRC/t/make-olm.py" "$T/mac/mara.olm"
CASE=$T/m; new_case "$CASE"
ok "an archive of Outlook for Mac is ingested" ingest "$T/mac"
items=$(list items)
is "it is one source of its own kind" "$(list sources | field kind)" olm
is "every item of it is a message: mail, contacts, an appointment, a file without a message" "$(list messages | grep -c subject)" 9
like "the file says what it holds" "$items" '"member_name":"\(file\)".*9 members, 8 items'
like "an attachment that is not there is said" "$(printf '%s\n' "$items" | grep message_00000)" '"outcome":"partial".*attachment 2: not in the archive under its name'
like "so is XML that ends too early" "$(printf '%s\n' "$items" | grep message_00003)" '"outcome":"partial".*the XML ends within the item'
like "and a message whose text was not downloaded" "$(printf '%s\n' "$items" | grep 'message_00001.*#1')" '"outcome":"partial".*only how it begins'
like "an attachment is read with its message" "$(printf '%s\n' "$items" | grep 1_0000)" 'skipped.*read with its message'
like "one that no message refers to is read alone" "$(printf '%s\n' "$items" | grep 9_0000)" '"outcome":"partial".*no message of the archive refers to'
like "a file of two messages is two items" "$items" 'message_00001.xml#2"'
like "what lies in a folder of sent mail is sent" "$(list messages | grep 'second of two')" '"traits":\["sent"\]'
like "who attends an appointment is a party" "$(list messages | grep '"subject":"Handover"')" '"to":\["ivo@tern.example"\]'
is "who is to get answers is known" "$(python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM address WHERE address = \"desk@tern.example\"").fetchone()[0])' "$CASE/case.db")" 1
scan
found=$(list findings --reveal)
for secret in Olm-Harbour-31 'Olm-Reef-4471!' Source-Reef-12 Pier-Seven-55 Lone-Olm-9921 Olm-Preview-14 Olm-Word-16; do
	like "found again where it lies: $secret" "$found" "\"value\":\"$secret\""
done
rows "$CASE" >"$T/before"
CASE=$T/m2; new_case "$CASE"
ingest "$T/mac" --workers 4; scan --workers 4
rows "$CASE" >"$T/after"
same "the rows are the same with other workers" "$T/before" "$T/after"
mkdir "$T/shared"
python3 "$SRC/t/make-olm.py" "$T/shared/mara.olm" shared
CASE=$T/m4; new_case "$CASE"
ingest "$T/shared"; scan
is "a large attachment of several messages is that of each" "$(list findings --reveal | field value where | sort | uniq -c | tr -s ' \t\n' ' ')" \
	" 3 Large-a-71 line 1 of a.txt 2 Large-b-71 line 1 of b.txt "
mkdir "$T/cut"
head -c 2000 "$T/mac/mara.olm" >"$T/cut/mara.olm"
CASE=$T/m3; new_case "$CASE"
ok "one that is cut off is ingested" ingest "$T/cut"
like "and says that something may be missing" "$(list items)" '"outcome":"failed","reason":"the directory of the archive is damaged'
like "what is whole in it is read" "$(list messages)" '"message_id":"olm1@tern.example"'

mkdir "$T/held"
printf 'From a@kestrel.example Mon Mar  3 10:00:00 2025\nFrom: a@kestrel.example\nSubject: held\n\nPassword: Held-Mbox-77\n>From here on: Password: Held-Line-79\n\nFrom b@kestrel.example Mon Mar  3 10:00:00 2025\nFrom: b@kestrel.example\nSubject: held too\nContent-Transfer-Encoding: base64\n\n%s\n' \
	"$(printf 'Password: Held-Too-78' | base64)" >"$T/old.mbox"
python3 "$SRC/t/make-held.py" "$T/held/1.eml" "$T/mac/mara.olm" "$T/old.mbox" "$SRC/fuzz/seeds/box/pst"
CASE=$T/h; new_case "$CASE"
ingest "$T/held"; scan
found=$(list findings --reveal)
like "an .olm attached to mail is read item by item" "$found" '"part":"2!/Accounts/.*message_00000.xml/1.1".*"value":"Olm-Harbour-31"'
like "with the attachments of its messages" "$found" '"part":"2!/Accounts/.*message_00000.xml/2".*"value":"Olm-Reef-4471!"'
like "an mbox attached to mail is read message by message" "$found" '"part":"3!/2/1".*"value":"Held-Too-78"'
like "a PST attached to mail is read item by item" "$found" '"part":"4!/Top/Inbox/2097188/1".*"value":"Seed-Pst-41"'
is "a line that was quoted for the mbox is as it was written" "$(printf '%s\n' "$found" | grep Held-Line-79 | field at_byte)" 47
like "what could not be read of it is said" "$(list coverage)" 'not in the archive under its name'
exits "the proof of that is clean" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
