#!/bin/sh
# ingest: what mail is there, and was all of it read?
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
exits "the sample mailboxes are read" 0 "$TOCSIN" ingest "$SAMPLES/mailboxes" --case "$CASE"
items=$(list items); messages=$(list messages); sources=$(list sources)

is "every item has an outcome" "$(list items | field outcome | grep -Evc '^(parsed|partial|failed|skipped)$')" 0
n_files=$(find "$SAMPLES/mailboxes" -type f | wc -l)
is "every file is a source" "$(count sources)" "$n_files"
bad=$(list sources | field path sha256 | while IFS='	' read -r p d; do
	[ "$(sha256sum <"$p" | cut -c1-64)" = "$d" ] || echo "$p"; done)
is "the digest of each source is that of sha256sum" "$bad" ""
like "the notes that are no mail are skipped" "$(list items | grep rota)" '"outcome":"skipped"'
like "the picture is skipped, and named for what it is" "$(list items | grep badge.png)" '"reason":"[^"]*PNG'

is "the inbox has 45 messages" "$(printf '%s\n' "$items" | grep -c 'mailboxes/tierney.mbox"')" 45
inbox=$(wc -c <"$SAMPLES/mailboxes/tierney.mbox")
is "and every byte of it belongs to one of them" \
    "$(printf '%s\n' "$items" | grep 'mailboxes/tierney.mbox"' | field n_bytes | awk '{n += $1} END {print n}')" "$inbox"

one=$(printf '%s\n' "$messages" | grep '"202505060925.41591c0@kestrelgate.example"')
is "one mail in two mailboxes is one message" "$(printf '%s\n' "$one" | wc -l)" 1
like "in both of them" "$one" '"mailboxes":\["[^"]*","[^"]*"\]'
is "with two locations" "$(printf '%s\n' "$one" | field locations | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))')" 2
is "one Message-ID with two contents is two messages" \
    "$(printf '%s\n' "$messages" | grep -c '"message_id":"8A1C77D0@quaylight.example"')" 2
like "a forwarded mail is a message of its own" "$messages" '"message_id":"20250610100241.77ac@kioskery.example"'
carried=$(printf '%s\n' "$messages" | grep '"message_id":"20250610100241.77ac@kioskery.example"')
like "that says which one carries it" "$(printf '%s\n' "$messages" | grep "\"message_sha256\":\"$(printf '%s\n' "$carried" | field parent)\"")" \
    '"subject":"F[Ww]d?: '
like "and where in it" "$carried" '"nest":"[0-9.]+"'
is "mail that nothing carries has no parent" "$(printf '%s\n' "$one" | field parent)" null
like "a subject is decoded" "$messages" '"subject":"Nómina de estibadores"'
like "a subject of bare 8-bit bytes is kept" "$messages" '"subject":"Café at the gate closed'
like "a date is RFC 3339 in UTC" "$(printf '%s\n' "$messages" | grep '"71027E435035@')" '"date":"2025-03-04T08:52:32Z"'
like "mail without any header is kept" "$(list items | grep 'recovered draft')" '"outcome":"(parsed|partial)"'
like "damage that loses nothing is named" "$(list items | grep 'unclosed')" '"outcome":"parsed","reason":"boundary_unclosed'
unlike "nothing failed" "$items" '"outcome":"failed"'

rows "$CASE" >"$T/before"
exits "the same evidence again" 0 "$TOCSIN" ingest "$SAMPLES/mailboxes" --case "$CASE" --json
like "is not read again" "$out" "\"sources\":0,\"sources_unchanged\":$n_files,\"sources_replaced\":0,.*\"messages_new\":0"
rows "$CASE" >"$T/after"
same "changes no row" "$T/before" "$T/after"
find "$SAMPLES" -newer "$CASE/case.yaml" -type f | head -1 >"$T/touched"
is "the evidence was not written to" "$(cat "$T/touched")" ""

# A file that changed is a new source and says so.
mkdir "$T/ev"; cp "$SAMPLES/later/tierney-2024.mbox" "$T/ev/x.mbox"
new_case "$T/d"; CASE=$T/d
ingest "$T/ev"
n=$(count messages)
printf 'From x@y.example Mon Dec  9 10:00:00 2024\nFrom: x@y.example\nSubject: grown\n\nmore\n\n' >>"$T/ev/x.mbox"
ingest "$T/ev"
is "a file that grew is a second source" "$(count sources)" 2
like "the first is marked as replaced" "$(list sources)" '"state":"replaced"'
is "only the new mail is a new message" "$(count messages)" $((n + 1))
exits "the evidence as it is now holds" 0 "$TOCSIN" verify --evidence --case "$CASE"
like "and what it was before is named" "$out" '^  replaced \.* 1 more, changed since it was ingested, and ingested again; what it held before cannot be read again$'
# A mailbox that was being written: what was only half there is nowhere any more, and nobody is sent to look for it.
printf 'From x@y.example Mon Dec  9 11:00:00 2024\nFrom: x@y.example\nSubject: half\n\nhalf a li' >>"$T/ev/x.mbox"
stage ingest "$T/ev"
printf 'ne\n\n' >>"$T/ev/x.mbox"
ingest "$T/ev"; scan
like "a half mail of which the whole came later stays one that cannot be read" "$("$TOCSIN" status --case "$CASE")" '1 not readable$'
unlike "without a file to be brought back" "$("$TOCSIN" status --case "$CASE")" 'verify --evidence'

# Owners.
new_case "$T/e"; CASE=$T/e
ingest "$SAMPLES/mailboxes/wrona"
like "the owner of a mailbox is inferred" "$(list messages | head -1)" 'tomasz.wrona@kestrelgate.example'
like "and said to be, with its ground" "$(list mailboxes)" '"owner":"tomasz.wrona@kestrelgate.example","grade":"inferred","sources":[0-9]+,"ground":"Delivered-To: [0-9]+ of [0-9]+"'
new_case "$T/f"; CASE=$T/f
ingest --mailbox tomasz@kestrelgate.example "$SAMPLES/mailboxes/wrona"
like "or given" "$(list messages | head -1)" '"mailboxes":\["tomasz@kestrelgate.example"\]'
like "and said to be" "$(list mailboxes)" '"owner":"tomasz@kestrelgate.example","grade":"given"'
mkdir "$T/nobodys"; printf 'From: a@b.example\n\nx\n' >"$T/nobodys/1.eml"
new_case "$T/n"; CASE=$T/n
ingest "$T/nobodys"
like "or not known" "$(list mailboxes)" '"owner":null,"grade":"unknown"'

# Folders: a Takeout has them as labels; Dovecot writes names in modified UTF-7.
mkdir -p "$T/take" "$T/dove/.Entw&APw-rfe/cur" "$T/dove/.&AMk-l&AOk-ments envoy&AOk-s/cur"
n=0
while read -r labels; do
	n=$((n + 1))
	printf 'From 1@xxx Mon Dec  9 10:00:00 2024\nX-GM-THRID: %s\nX-Gmail-Labels: %s\nReceived: by mx.example; Mon, 9 Dec 2024 10:00:00 +0000\nX-Gmail-Labels: Spam\nFrom: a@b.example\nSubject: label%s\n\nx\n\n' \
	    "$n" "$labels" "$n"
done >"$T/take/All mail Including Spam and Trash.mbox" <<'EOF'
Spam,Category Updates,Unread
"Archived",Sent
=?UTF-8?Q?Entw=C3=BCrfe?=
Inbox,Opened
EOF
printf 'From: a@b.example\nSubject: d\n\nx\n' >"$T/dove/.Entw&APw-rfe/cur/1:2,"
printf 'From: a@b.example\nSubject: s\n\nx\n' >"$T/dove/.&AMk-l&AOk-ments envoy&AOk-s/cur/1:2,"
new_case "$T/l"; CASE=$T/l
ingest "$T/take"; ingest "$T/dove"
is "labels of a Takeout and encoded names of folders say what mail is" "$(list messages | sed 's/.*"subject":"\([^"]*\)".*"traits":\([^]]*\]\).*/\1 \2/' | sort | tr '\n' ' ')" \
    'd ["draft"] label1 ["junk"] label2 ["sent"] label3 ["draft"] label4 [] s ["sent"] '

# The same mail in every wrapping.
mkdir "$T/w"
cp "$SAMPLES/later/tierney-2024.mbox" "$T/plain"
gzip -c "$T/plain" >"$T/w/a"
xz -c "$T/plain" >"$T/w/b.dat"
(cd "$SAMPLES/later" && tar cf "$T/w/c.tar" exported)
python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z: z.write(sys.argv[2], "d/mail")' "$T/w/d.zip" "$SAMPLES/mailboxes/tierney-Sent.mbox"
# A zstd frame of one raw block (RFC 8878 3.1.1).
python3 -c 'import sys
text = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(b"\x28\xb5\x2f\xfd\xa0" + len(text).to_bytes(4, "little") + (1 | len(text) << 3).to_bytes(3, "little") + text)' \
    "$T/plain" >"$T/w/e.zst"
new_case "$T/g"; CASE=$T/g
ingest "$T/w"
is "mail is found within gz, xz, zstd, tar and zip, whatever the name" "$(count messages)" 13
is "the same mail in three wrappings is one message" "$(list messages | field locations | grep -c 'a".*b.dat.*e.zst')" 7

# A ZIP archive is read from its end, where libarchive finds the directory of the last one alone.
mkdir "$T/ends"
python3 - "$T/ends/all.zip" <<'PY'
import io, sys, zipfile
def of(*names):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name in names: z.writestr(name + ".eml", "From: a@b.example\nTo: c@d.example\nSubject: %s\n\n%s\n" % (name, name))
    return b.getvalue()
open(sys.argv[1], "wb").write(of("one", "two") + of("three") + bytes(100) + of("four"))
PY
CASE=$T/ends-case; new_case "$CASE"
ingest "$T/ends"
is "ZIP archives end to end are read, all of them" "$(list messages | field subject | sort | tr '\n' ' ')" "four one three two "
sed 's/$/\r/' "$T/plain" >"$T/crlf"
new_case "$T/h"; CASE=$T/h
ingest "$T/plain"; ingest "$T/crlf"
is "mail with CRLF is the same mail" "$(count messages)" 7

# The same between the marks of MMDF, in the files of Dovecot's dbox and in a folder of Pegasus Mail; one that the server compressed.
mkdir -p "$T/marks/mailboxes/Work/dbox-Mails"
python3 - "$T/plain" "$T/marks" <<'PY'
import gzip, re, sys
entries = re.split(rb"\n(?=From )", open(sys.argv[1], "rb").read())
mails = [re.sub(rb"(?m)^>(>*From )", rb"\1", re.sub(rb"\n\n$", b"\n", e.split(b"\n", 1)[1])) for e in entries]
dbox = lambda b: b"\1\2N          %016X\n" % len(b) + b + b"\n\1\3\nR6b0ab119\n\n"
open(sys.argv[2] + "/mmdf", "wb").write(b"".join(b"\1\1\1\1\n" + m + b"\1\1\1\1\n" for m in mails))
open(sys.argv[2] + "/FOL0A1B2.PMM", "wb").write(b"Archive".ljust(128, b"\0") + b"".join(m.replace(b"\n", b"\r\n") + b"\x1a" for m in mails))
head = b"2 M1e C6b0ab224\n"
open(sys.argv[2] + "/m.1", "wb").write(head + b"".join(map(dbox, mails + [gzip.compress(b"Subject: x\n\nx\n")])))
open(sys.argv[2] + "/mailboxes/Work/dbox-Mails/u.1", "wb").write(head + dbox(mails[0]))
PY
exits "mail in MMDF and dbox" 1 "$TOCSIN" ingest "$T/marks" --case "$CASE"
is "is the same mail" "$(count messages)" 7
is "all of it from the folder of Pegasus Mail, too" "$(list items | grep -c 'PMM.*"parsed"')" 7
is "with the folder of sdbox" "$(list messages | grep -c '"folder":"Work"')" 1
like "what is compressed in it is said" "$(list items | grep '"failed"')" 'a message that the mail server compressed: have doveadm.1. write'

# Directories without permission, empty files, odd files.
mkdir "$T/odd"; : >"$T/odd/empty"; mkfifo "$T/odd/pipe"; ln -s /nowhere "$T/odd/dangling"; mkdir "$T/odd/locked"
printf 'From: a@b.example\nSubject: y\n\nz\n' >"$T/odd/good.eml"
cp "$T/odd/good.eml" "$T/odd/locked/unreadable.eml"; chmod 000 "$T/odd/locked"
new_case "$T/i"; CASE=$T/i
ok "odd files do not stop the rest" ingest "$T/odd"
is "and the good mail is there" "$(count messages)" 1

# A login has 1,024 descriptors at a time, or fewer, and a folder more files.
python3 "$SRC/t/make-mail.py" 3000 "$T/many"
for limit in 320 hard; do
	new_case "$T/files-$limit"; CASE=$T/files-$limit
	ok "a folder of 3,000 files is read where few may be open ($limit)" sh -c '[ "$1" = hard ] || ulimit -n "$1"; shift; "$@"' sh $limit "$TOCSIN" ingest "$T/many" --workers 4 --quiet --case "$CASE"
	rows "$CASE" >"$T/rows-$limit"
done
same "with the same rows" "$T/rows-320" "$T/rows-hard"

# What may not be read is a row. The superuser may read everything: then somebody else tries.
mkdir "$T/walled" "$T/walled/shut" "$T/somebody"; cp "$T/odd/good.eml" "$T/walled/seen.eml"; cp "$T/odd/good.eml" "$T/walled/hidden.eml"
cp "$T/odd/good.eml" "$T/walled/shut/hidden.eml"; chmod 000 "$T/walled/hidden.eml" "$T/walled/shut"
somebody=; CASE=$T/somebody/case
if [ "$(id -u)" = 0 ]; then
	cp "$TOCSIN" "$T/tocsin"; chmod 755 "$T" "$T/walled"; chmod 644 "$T/walled/seen.eml"; chown 65534:65534 "$T/somebody"
	somebody="setpriv --reuid=65534 --regid=65534 --clear-groups"; TOCSIN=$T/tocsin
fi
exits "a case of somebody who may not read everything" 0 $somebody "$TOCSIN" init "$CASE"
exits "what may not be read is not silently left out" 1 $somebody "$TOCSIN" ingest --json "$T/walled" --case "$CASE"
like "but counted" "$out" '"items":3,"parsed":1,"partial":0,"failed":2,'
like "a file has a row with the reason" "$(list items | grep 'walled/hidden.eml')" '"outcome":"failed","reason":"cannot be opened: Permission denied","message_sha256":null'
like "so has a folder" "$(list items | grep 'walled/shut')" '"outcome":"failed","reason":"cannot be read: Permission denied"'
like "neither has a digest" "$(list sources | grep 'walled/hidden.eml')" '"state":"failed".*"sha256":null'
chmod 755 "$T/walled/shut"; chmod 644 "$T/walled/hidden.eml" "$T/walled/shut/hidden.eml"
exits "when it may be read again" 0 $somebody "$TOCSIN" ingest "$T/walled" --case "$CASE"
is "it is, and what it was before stays" "$(list sources | grep hidden.eml | field state | sort | tr '\n' ' ')" 'done done replaced '
# A reading that fails replaces none.
cp "$T/odd/good.eml" "$T/hidden.was"; printf 'and more\n' >>"$T/walled/hidden.eml"; chmod 000 "$T/walled/hidden.eml"
exits "what was read, has changed and may not be read any more is said" 1 $somebody "$TOCSIN" ingest --json "$T/walled" --case "$CASE"
like "and no change" "$out" '"sources_unchanged":2,"sources_replaced":0,.*"failed":1,'
is "what was read of it stays" "$(list sources | grep walled/hidden.eml | field state | sort | tr '\n' ' ')" 'done failed replaced '
like "which its row says" "$(list items | grep 'walled/hidden.eml')" '"reason":"cannot be opened: Permission denied: not looked at again, and what was read of it before stays"'
exits "each time" 1 $somebody "$TOCSIN" ingest --json "$T/walled" --case "$CASE"
is "in one row" "$(list sources | grep walled/hidden.eml | field state | sort | tr '\n' ' ')" 'done failed replaced replaced '
chmod 644 "$T/walled/hidden.eml"; cp "$T/hidden.was" "$T/walled/hidden.eml"
exits "once it may be read again" 0 $somebody "$TOCSIN" ingest --json "$T/walled" --case "$CASE"
like "it is what it was" "$out" '"sources":0,"sources_unchanged":3,"sources_replaced":0,'
is "and nothing fails" "$(list sources | grep walled/hidden.eml | field state | sort | tr '\n' ' ')" 'done replaced replaced replaced '

# What was not read is a list of its own, which says what to do.
CASE=$T/shut; new_case "$CASE"
mkdir "$T/shut.in"; cp "$SAMPLES/mailboxes/tierney-Sent.mbox" "$T/shut.in"; printf '!BDN\0\0\0\0' >"$T/shut.in/cut.pst"
python3 - "$T/shut.in/locked.zip" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("jo.mbox", b"From a\n" * 40)
data = bytearray(open(sys.argv[1], "rb").read())
for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
    data[data.index(mark) + at] |= 1  # encrypted, it says
open(sys.argv[1], "wb").write(data)
PY
exits "a file that is locked and one that was cut short" 1 "$TOCSIN" ingest "$T/shut.in" --case "$CASE"
like "where they are listed is said" "$out" 'tocsin list item_problems'
same "as those items that were not read, and no others" "$(list item_problems >"$T/problems"; echo "$T/problems")" "$(list items | grep -v '"parsed"' >"$T/not-parsed"; echo "$T/not-parsed")"
like "how to get at what is locked is said" "$(list item_problems)" 'locked.zip.*"encrypted: needs a password: unpack it and ingest what comes out"'
like "and what an Outlook file lacks" "$(list item_problems)" 'cut.pst.*"begins as an Outlook file and cannot be opened as one: was it copied whole\?'
CASE=$T/short; new_case "$CASE"
mkdir "$T/short.in"; head -c -40 "$SAMPLES/mailboxes/tierney-Sent.mbox" >"$T/short.in/sent.mbox"; printf '\211PNG\r\n\032\n....' >"$T/short.in/screen.mbox"
head -c -1 "$SAMPLES/mailboxes/wrona/cur/$(ls "$SAMPLES/mailboxes/wrona/cur" | head -1)" >"$T/short.in/one.eml"
exits "an mbox that was cut within a line is not wholly read" 1 "$TOCSIN" ingest "$T/short.in" --case "$CASE"
like "its last message says so" "$(list item_problems | field source outcome reason)" '/sent.mbox.partial.*the mbox ends within a line: was it copied whole\?$'
is "and no other, nor a message in a file of its own" "$(list item_problems | grep -c .)" 1
like "where to see what was skipped is said" "$out" 'What was skipped, being no mail: tocsin list items$'
# The beginning of an mbox is lost, or zeros stand there: the messages behind it are none the less for that.
mkdir "$T/late.in"
python3 - "$T/late.in" <<'PY'
import sys
entries = [b"From jo@kestrel.example Mon Nov  2 10:00:0%d 2026\nFrom: jo@kestrel.example\nTo: b@tern.example\nSubject: number %d\n"
           b"Message-ID: <%d@kestrel.example>\n\nThis is text %d.\nPassword: Late-Reef-%d\n\n" % (i, i, i, i, 60 + i) for i in range(4)]
def write(name, data): open("%s/%s" % (sys.argv[1], name), "wb").write(data)
write("body.mbox", entries[0][160:] + b"".join(entries[1:]))
write("Sent", entries[0][70:] + b"".join(entries[1:]))
write("line.mbox", entries[0].split(b"\n", 1)[1] + b"".join(entries[1:]))
write("zeros.mbox", bytes(4096) + b"".join(entries))
write("torn.mbox", bytes(range(1, 256)) * 16 + bytes(99) + b"\n" + b"".join(entries))
write("gap.eml", b"Subj\0ct no colon\nthere is\0none here\n\nWhat was left of a message, of some length.\n")
write("cut", b" by mx.them.example; Mon, 2 Jun 2025 08:00:00 +0000\nFrom: x@them.example\nTo: ada@us.example\nSubject: cut\n\nText.\n")
write("notes.txt", b"They write a mailbox so:\n\n" + entries[0].split(b"\n")[0] + b"\nand so on.\n")
PY
new_case "$T/late"; CASE=$T/late
exits "an mbox whose beginning is lost is not wholly read" 1 "$TOCSIN" ingest "$T/late.in" --case "$CASE"
outcomes() { list items | grep "/$1\"" | field outcome | tr '\n' ' '; }
is "but the messages behind it are" "$(outcomes body.mbox)" 'partial parsed parsed parsed '
is "whatever its name" "$(outcomes Sent)" 'partial parsed parsed parsed '
like "and the rest of the first says what it is" "$(list item_problems | grep body.mbox)" 'the beginning of the mbox is missing or damaged'
is "one that lacks its first From_ line alone lacks no message" "$(outcomes line.mbox)" 'parsed parsed parsed parsed '
is "nor one with zeros before it" "$(outcomes zeros.mbox)" 'parsed parsed parsed parsed '
is "and what is no text is said to be none of them" "$(outcomes torn.mbox)" 'failed parsed parsed parsed parsed '
is "a file that is called a message is one, with a zero in its header, too" "$(outcomes gap.eml)" 'parsed '
is "and so is one that begins within a field of its header" "$(outcomes cut)" 'parsed '
like "a text that shows how a mailbox is written is none" "$(list items | grep notes.txt)" 'skipped.*text, but no mail'
scan
is "what stands in the rest of a message is found" "$(list findings --reveal | field value | sort -u | tr '\n' ' ')" 'Late-Reef-60 Late-Reef-61 Late-Reef-62 Late-Reef-63 '
like "at its place" "$(list findings --reveal | grep 'Late-Reef-60')" '"at_byte":'
CASE=$T/shut
exits "mail that is given as logs" 1 "$TOCSIN" scope --logs "$T/shut.in/tierney-Sent.mbox" --case "$CASE"
like "is none, which is said" "$out" 'NONE of what was given was read as an audit log'

# A run that ends before its folder does: its rows are whole in themselves, so the case must say that there is more.
python3 "$SRC/t/make-mail.py" 3000 "$T/cut.in"
new_case "$T/cut"; CASE=$T/cut
run prlimit --fsize=$(($(stat -c %s "$CASE/case.db") + 300000)) "$TOCSIN" ingest "$T/cut.in" --workers 1 --case "$CASE"
ok "an ingest without room ends before its end" test "$rc" -gt 1
like "which the next command of the case says" "$("$TOCSIN" status --case "$CASE")" "^Next: tocsin ingest '$T/cut.in'"
"$TOCSIN" ingest "$SAMPLES/later" --case "$CASE" >/dev/null
like "other mail does not make it good" "$("$TOCSIN" status --case "$CASE")" 'stopped before its end'
exits "the proof does not hold" 1 "$TOCSIN" report --check --case "$CASE"
like "and says where" "$out" "$T/cut.in: the ingest of it was stopped; run it again"
"$TOCSIN" report --case "$CASE" >/dev/null
like "nor does the report say that this is all" "$(cat "$CASE/out/report.html")" 'reading of the mail was stopped before its end'
TOCSIN_LAW=$SRC/law "$TOCSIN" report regulator --case "$CASE" >/dev/null
like "nor what an authority gets" "$(cat "$CASE/out/regulator.html")" 'stopped before its end: all numbers here may grow'
ingest "$T/cut.in/."
unlike "the same again does" "$("$TOCSIN" status --case "$CASE")" 'stopped'
exits "and then it holds" 0 "$TOCSIN" report --check --case "$CASE"

new_case "$T/gone"; CASE=$T/gone
run prlimit --fsize=$(($(stat -c %s "$CASE/case.db") + 300000)) "$TOCSIN" ingest "$T/cut.in" --workers 1 --case "$CASE"
mv "$T/cut.in" "$T/moved.in"
ingest "$T/moved.in"
like "a folder that was moved is still to be read on" "$("$TOCSIN" status --case "$CASE")" "^Next: tocsin ingest '$T/cut.in'"
exits "one that was not stopped is not abandoned" 2 "$TOCSIN" ingest --abandon "$T/moved.in" --case "$CASE"
exits "until somebody says that it is not" 0 "$TOCSIN" ingest --abandon "$T/cut.in" --case "$CASE"
unlike "then it is not" "$("$TOCSIN" status --case "$CASE")" 'stopped'
"$TOCSIN" report --case "$CASE" >/dev/null
like "which is a decision that the report has" "$(tr -d '\n' <"$CASE/out/report.html")" "reading abandoned.{1,200}$T/cut.in"
exits "and the proof holds" 0 "$TOCSIN" report --check --case "$CASE"

new_case "$T/cutlogs"; CASE=$T/cutlogs
ingest "$SAMPLES/mailboxes"
run prlimit --fsize=$(($(stat -c %s "$CASE/case.db") / 10)) "$TOCSIN" scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml" --case "$CASE"
ok "logs without room are not read to their end" test "$rc" -gt 1
like "either" "$("$TOCSIN" status --case "$CASE")" "^Next: tocsin scope --logs '.*/samples/logs'"
like "and the proof says so" "$("$TOCSIN" report --check --case "$CASE")" 'samples/logs: the reading of its logs was stopped'
"$TOCSIN" scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml" --case "$CASE" >/dev/null
unlike "until they are" "$("$TOCSIN" status --case "$CASE")" 'stopped'
done_testing
