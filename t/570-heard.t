#!/bin/sh
# notify collect of mail: what comes back moves the notices that it is about, and nothing else does; who does not answer is
# followed to the next contact, the CSIRT and a task.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
cat >"$T/sendmail" <<SH
#!/bin/sh
cat >/dev/null
echo "\$9 \${11}" >>"$T/left"
SH
chmod +x "$T/sendmail"
sed -i 's/^trusted_hosts:.*//' "$CASE/case.yaml"
echo "trusted_hosts: [mx.kestrelgate.example]" >>"$CASE/case.yaml"
by_sendmail 'at_once: 1' 'answer_days: 14' 'task_owner: Declan Roche' 'task_days: 3'
at() { TOCSIN_NOW=$1; export TOCSIN_NOW; }
at 2025-10-01T09:00:00Z
ingest "$SAMPLES/mailboxes"; scan; attribute
ok "a wave is written" plan_write
passed_preflight
run notify send --send --json
n=$(wc -l <"$T/left")
is "all first contacts are written to" "$(printf '%s' "$out" | jq .handed_over)" "$n"
ok "there are some" test "$n" -ge 9
cp -r "$CASE" "$T/sent"

mkdir -p "$T/box/new" "$T/box/cur" "$T/box/tmp"
# of N KIND: a mail about the N-th notice that left, into the Maildir
of() {
	set -- "$1" "$2" "${3:-new}" $(sed -n "$1p" "$T/left")
	python3 "$SRC/t/make-returned.py" "$2" "$4" "$5" >"$T/box/$3/$1.$2"
}
state() { "$TOCSIN" list deliveries --jsonl --case "$CASE" | jq -r --arg id "$(sed -n "$1s/ .*//p" "$T/left" | cut -c1-12 | tr a-z A-Z)" 'select(.notice == $id) | .state'; }
quay=$(grep -n quaylight "$T/left" | cut -d: -f1)
other=$(grep -nv quaylight "$T/left" | cut -d: -f1 | tr '\n' ' ')
set -- $other
of "$1" forged; of "$1" unmarked
of "$2" delayed; of "$3" delivered; of "$4" base64; of "$5" qmail; of "$6" absent; of "$7" ticket; of "$8" stranger
of 1 spam tmp; of 1 spam; of 2 own cur
printf 'not a mail\n' >"$T/box/dovecot-uidlist"
exits "a Maildir is collected; what proves nothing is said" 1 notify collect "$T/box" --json
is "mail of each kind is known" "$(printf '%s' "$out" | jq -c '[.mails, .new, .failed, .delayed, .delivered, .out_of_office, .automatic, .answer, .proves_nothing, .about_no_notice, .no_mail]')" \
    '[11,9,4,1,1,1,1,1,3,2,1]'
is "a forged report changes nothing" "$(state "$1")" handed_over
like "but is listed" "$("$TOCSIN" list heard --jsonl --case "$CASE" | grep '550 5.1.1 forged')" '"certain":false,"how":"its mark is not ours"'
is "nor does one that only knows the Message-ID" "$("$TOCSIN" list heard --jsonl --case "$CASE" | grep unmarked | jq -c '[.certain, .how]')" '[false,"returned mail"]'
is "delayed" "$(state "$2")" delayed
is "delivered" "$(state "$3")" delivered
is "failed, in base64" "$(state "$4")" failed
is "failed, as qmail says it" "$(state "$5")" failed
is "a holiday reply says that it arrived" "$(state "$6")" delivered
is "a ticket says nothing" "$(state "$7")" handed_over
is "nor an answer that nobody vouches for" "$(state "$8")" handed_over
is "what is about something else, and our own copy of a notice, is not kept" "$(list heard | grep -cE 'spam.example|incident@')" 0
like "which a person is to look at" "$(notify status)" 'an answer came that proves nothing'
before=$(list deliveries; list heard; list tasks)
exits "collected again" 0 notify collect "$T/box"
like "it is nothing new" "$out" '11 mails in .* 0 of them new'
for f in "$T"/box/new/* "$T"/box/cur/*; do printf 'From MAILER-DAEMON Wed Oct  1 10:00:00 2025\n'; sed 's/$/\r/' "$f"; printf '\r\n'; done >"$T/mbox"
exits "nor as mbox with other line ends" 0 notify collect "$T/mbox" --json
is "it is known" "$(printf '%s' "$out" | jq -c '[.mails, .new]')" '[11,0]'
is "and nothing has changed" "$(list deliveries; list heard; list tasks)" "$before"
# The same in archives: each mail is found in there, and what cannot be unpacked is said.
gzip -k "$T/mbox"
(cd "$T" && tar czf box.tar.gz box && python3 -c 'import shutil; shutil.make_archive("box", "zip", ".", "box")' && zcat mbox.gz | head -c 20000 | gzip -c | head -c 900 >cut.gz)
for kind in mbox.gz box.tar.gz box.zip; do
	run notify collect "$T/$kind" --json
	is "in $kind, too" "$(printf '%s' "$out" | jq -c '[.mails, .new, .no_mail, .unreadable]')" "$(case $kind in mbox.gz) echo '[11,0,0,0]' ;; *) echo '[12,0,1,0]' ;; esac)"
done
is "and nothing has changed" "$(list deliveries; list heard; list tasks)" "$before"
exits "a damaged one is said" 1 notify collect "$T/cut.gz" --json
like "with its reason" "$(list heard | jq -r .status)" '^not read: .*:'

# The first contact of Quaylight fails: the second one is written to.
of "$quay" failed
exits "a failure" 0 notify collect "$T/box" --json
is "makes the next contact due" "$(printf '%s' "$out" | jq .next_contacts)" 1
run notify send --send --json
like "who is written to" "$(sed "1,${n}d" "$T/left")" ' legal@quaylight.example$'
like "and status says that it was escalated" "$(notify status --json | jq -c '.organisations[] | select(.organisation | startswith("Quaylight"))')" '"state":"handed_over","escalated":true'
second=$(grep -n legal@quaylight "$T/left" | cut -d: -f1)
of "$second" answer
exits "it answers" 0 notify collect "$T/box" --json
is "which is an acknowledgement" "$(state "$second")" acknowledged
like "its text is kept apart, for a person to read" "$("$TOCSIN" list heard --jsonl --case "$CASE" | grep '"kind":"answer".*"certain":true')" 'We have reset the passwords'
of "$second" failed
of "$second" fresh
exits "it writes again, and refers to nothing" 1 notify collect "$T/box" --json
is "which is kept as one of that organisation's" "$(list heard | jq -c 'select(.how == "sender") | [.org, .kind, .certain]')" '["Quaylight Terminals plc","answer",false]'
exits "a report that comes later" 0 notify collect "$T/box"
is "does not take an answer away" "$(state "$second")" acknowledged
of "$7" receipt
exits "a receipt comes" 0 notify collect "$T/box"
is "which says that it arrived" "$(state "$7")" delivered
exits "somebody telephones" 0 notify resolve --notice "$(sed -n "$3s/ .*//p" "$T/left" | cut -c1-12 | tr a-z A-Z)" --answered --by A --why 'by telephone, Ms Lee'
is "which counts as much" "$(state "$3")" acknowledged

exits "or says that nobody is there" 0 notify resolve --notice "$(sed -n "$8s/ .*//p" "$T/left" | cut -c1-12 | tr a-z A-Z)" --failed --by A --why 'the number of the firm is dead'
is "which counts, too" "$(state "$8")" failed
exits "one of them only" 2 notify resolve --notice TN-0000-0000 --failed --answered --by A --why x
like "a bounce that proves nothing is for a person" "$(notify status)" 'a bounce came that proves nothing'

# A report about a notice of which nobody knows whether it left shows that it did.
sqlite3 "$CASE/case.db" "UPDATE delivery SET state = 4, handed_utc = NULL, note = '' WHERE notice_id = '$(sed -n "$1s/ .*//p" "$T/left" | cut -c1-12 | tr a-z A-Z)'"
is "one is uncertain" "$(state "$1")" uncertain
of "$1" delivered
exits "a report about it comes" 0 notify collect "$T/box"
is "so it has left, and arrived" "$(state "$1")" delivered

# Nobody answers: the CSIRT where one is known, and a call; not before the policy's days.
sqlite3 "$CASE/case.db" "INSERT INTO contact_found (whose, source, address, role, ground, seen_utc, state, note)
  SELECT (SELECT min(domain) FROM org_domain w WHERE w.org_id = delivery.org_id), 6, 'cert@cert.example', 'CERT Example', 'test', 0, 4, '' FROM delivery WHERE notice_id = '$(sed -n "$4s/ .*//p" "$T/left" | cut -c1-12 | tr a-z A-Z)'"
org=$("$TOCSIN" list deliveries --jsonl --case "$CASE" | jq -r --arg id "$(sed -n "$4s/ .*//p" "$T/left" | cut -c1-12 | tr a-z A-Z)" 'select(.notice == $id) | .org')
tasks() { "$TOCSIN" list tasks --jsonl --case "$CASE" | jq -r --arg org "$org" 'select(.org == $org) | .kind + " " + .owner + " " + .due + " " + .what'; }
exits "a hold whose day has come holds nothing, and is refused" 2 notify hold "$org" --why 'they asked us to wait' --until 2024-10-20
exits "held" 0 notify hold "$org" --why 'they asked us to wait' --until 2025-10-20
at 2025-10-16T09:00:00Z
passed_preflight
notify collect "$T/box" >/dev/null || :
unlike "who is held is not followed" "$(tasks)" 'csirt'
at 2025-10-21T09:00:00Z
notify collect "$T/box" >/dev/null || :
like "when the hold has ended, the CSIRT is asked by a person who has a date" "$(tasks)" '^csirt Declan Roche 2025-10-24T09:00:00Z ask CERT Example \(cert@cert.example\)'
unlike "and nobody calls yet" "$(tasks)" '^call .*nobody answered'
task=$("$TOCSIN" list tasks --jsonl --case "$CASE" | jq -r --arg org "$org" 'select(.org == $org and .kind == "csirt") | .task')
exits "what the CSIRT said is entered" 0 notify done "$task" --by 'Declan Roche' --note 'they know nobody'
exits "once" 2 notify done "$task" --by 'Declan Roche' --note 'again'
unlike "and is no longer open" "$(notify status)" "task $task "
notify collect "$T/box" >/dev/null || :
like "then it is a call" "$(tasks)" '^call Declan Roche 2025-10-24T09:00:00Z nobody answered'
at 2025-10-25T09:00:00Z
notify collect "$T/box" >/dev/null || :
exits "whom somebody has to call is listed" 0 notify contacts show --tasks
like "who it is for, and by when" "$out" '^  task [0-9]+ for Declan Roche, was due 2025-10-24: nobody answered, and no further address is known: call or write a letter$'
like "with how many are late" "$out" '^[0-9]+ open: call, write, or ask a relay, then tocsin notify done TASK --by NAME --note TEXT; [1-9][0-9]* past the day.$'
open_of() { notify contacts show "$@" --tasks | sed -n 's/^\([0-9]*\) open: .*/\1/p'; }
is "of one organisation its own are counted" "$(open_of "$org")" "$(notify contacts show "$org" --tasks | grep -c '^  task ')"
ok "of all there are more" test "$(open_of)" -gt "$(open_of "$org")"
is "as data, too" "$(notify contacts show "$org" --tasks --json | jq -r '.organisations[].tasks[] | select(.kind == "call") | "\(.owner) \(.due) \(.overdue)"')" 'Declan Roche 2025-10-24T09:00:00Z true'
cp -r "$CASE" "$T/kept"
for task in $(list tasks | jq -r --arg org "$org" 'select(.org == $org and .done == null) | .task'); do
	notify done "$task" --by 'Declan Roche' --note 'told their head of IT by telephone' >/dev/null
done
like "who was called is not said to be without a task yet" "$(notify contacts show "$org" --tasks)" \
    '^  no task is open: on 2025-10-25 Declan Roche said: told their head of IT by telephone$'
rm -rf "$CASE"; mv "$T/kept" "$CASE"
exits "what follows is in the report" 0 "$TOCSIN" report --case "$CASE" --output "$T/report.html"
like "as a sentence" "$(cat "$T/report.html")" '1[0-9].mails left for 10.organisations; 2 have answered, 2 could not be reached by mail; [0-9]+.calls'
like "with owner and date" "$(cat "$T/report.html")" 'Declan Roche'
like "and with what came back" "$(cat "$T/report.html")" '550 5.2.1 mailbox disabled'
exits "an organisation is given up" 0 notify cease "$org" --why 'it no longer exists'
is "all its mail is held" "$(notify status --json | jq --arg org "$org" '[.organisations[] | select(.held)] | length')" 1
exits "and taken up again" 0 notify resume "$org" --why 'it does'
is "none is" "$(notify status --json | jq '[.organisations[] | select(.held)] | length')" 0
# A claim in the reading room is an answer, too.
notify seal --out "$T/drop" >/dev/null
python3 "$SRC/t/make-events.py" "$CASE" "$T/log" 0
exits "an organisation claims its dossier" 0 notify collect "$T/log"
is "which is an acknowledgement" "$(list deliveries | jq -r 'select(.address == "ciso@ridgewayfreight.example") | .state')" acknowledged
# Readers that die cost the mail that they were on, at most. (A third one that died before its walls were up would end the run.)
python3 - "$T/many" <<'PY'
import sys
with open(sys.argv[1], "w") as f:
    for i in range(60000):
        f.write(f"From MAILER-DAEMON Wed Oct  1 10:00:00 2025\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered {i}\n"
                "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n"
                f"Status: 5.1.1\nDiagnostic-Code: smtp; 550 nobody {i}\n\n--b--\n\n")
PY
"$TOCSIN" notify collect "$T/many" --json --quiet --case "$CASE" >"$T/many.json" 2>"$T/.err" </dev/null &
pid=$! n_killed=0
while [ $n_killed -lt 2 ] && kill -0 $pid 2>/dev/null; do
	for child in $(cat /proc/$pid/task/$pid/children 2>/dev/null); do
		sleep 0.03
		if kill -KILL "$child" 2>/dev/null; then n_killed=$((n_killed + 1)); fi
	done
	sleep 0.01
done
rc=0; wait $pid || rc=$?
echo "# $n_killed readers killed, $(jq .unreadable "$T/many.json") mails lost to it"
ok "readers are killed" test $n_killed -ge 1
is "mail is collected to its end though readers are killed" "$(jq '[.mails, .unreadable <= '$n_killed']' -c "$T/many.json")" '[60000,true]'
exits "the case is proved" 0 "$TOCSIN" report --check --case "$CASE"
like "each notice was sent once" "$out" 'ok +sent'
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"
like "and says who was written to next" "$(list ledger)" '"what":"next contact is due","detail":\{"notice":"TN-'
like "and what people were asked to do" "$(list ledger)" '"what":"task made".*they|"what":"task made".*CERT Example'
like "and has what was heard" "$(list ledger)" '"what":"mail heard".*"kind":"delivered"'

# A folder as people save things: mails of Outlook and Apple, a mailbox of Outlook, archives in archives, and what is no mail.
CASE=$T/sent
python3 - "$SRC/t" "$T/left" "$T/mixed" <<'PY'
import io, os, subprocess, sys, tarfile, zipfile
sys.path.insert(0, sys.argv[1])
from outlook_files import *
left = [line.split() for line in open(sys.argv[2])]
os.makedirs(sys.argv[3] + "/sub")
def put(name, data): open(f"{sys.argv[3]}/{name}", "wb").write(data)
def mail(n, kind): return subprocess.run([sys.executable, sys.argv[1] + "/make-returned.py", kind, *left[n]], stdout=subprocess.PIPE).stdout
def outlook(n, kind):
    head, _, body = mail(n, kind).decode().partition("\n\n")
    return Item({(CLASS, UNICODE): "IPM.Note", (HEADERS, UNICODE): head.replace("\n", "\r\n") + "\r\n\r\n", (BODY, UNICODE): body})
def zipped(name, data):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        z.writestr(name, data)
    return b.getvalue()
def tarred(name, data):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w:gz") as t:
        i = tarfile.TarInfo(name)
        i.size = len(data)
        t.addfile(i, io.BytesIO(data))
    return b.getvalue()
put("answer.msg", msg(outlook(0, "answer")))
m = mail(1, "delivered")
put("sub/3.emlx", b"%d\n" % len(m) + m + b"<?xml version='1.0'?><plist/>\n")
put("nested.zip", zipped("export/box.tar.gz", tarred("box/new/1", mail(2, "failed"))))
put("kept.pst", pst([outlook(3, "absent")]))
put("forwarded.zip", zipped("mail/one.msg", msg(outlook(4, "answer"))))
put("plain.eml", mail(5, "delayed"))
put("deep.zip", zipped("a.zip", zipped("b.zip", zipped("c.zip", zipped("d.eml", mail(6, "failed"))))))
put("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(2000))
put("report.pdf", b"%PDF-1.4\n%%EOF\n")
put("broken.msg", msg(outlook(7, "answer"))[:1500])
PY
exits "a folder of all kinds is collected; what cannot be read is said" 1 notify collect "$T/mixed" --json
is "each mail in it is known" "$(printf '%s' "$out" | jq -c '[.mails, .answer, .delivered, .failed, .out_of_office, .delayed]')" '[8,2,1,1,1,1]'
is "as what it is" "$(for i in 1 2 3 4 5 6 7 8; do state $i; done | tr '\n' ' ')" 'acknowledged delivered failed delivered acknowledged delayed handed_over handed_over '
is "two could not be read" "$(printf '%s' "$out" | jq .unreadable)" 2
like "an archive too deep in archives" "$(list heard | jq -r .status)" '^not read: a.zip!/b.zip!/c.zip: an archive within archives, too deep'
like "and a damaged message of Outlook" "$(list heard | jq -r .status)" '^not read: the file: '
is "what is no mail is counted" "$(printf '%s' "$out" | jq .no_mail)" 2
before=$(list deliveries; list heard)
run notify collect "$T/mixed" --json
is "again it is nothing new" "$(printf '%s' "$out" | jq .new) $(list deliveries; list heard)" "0 $before"
python3 - "$T/mixed/broken.msg" "$T/long.zip" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[2], "w") as z:
    z.writestr("x" + 150 * "\u00fc" + ".msg", open(sys.argv[1], "rb").read())
PY
exits "a damaged one with a long name does not end it" 1 notify collect "$T/long.zip" --json
like "but is said, its name cut between letters" "$(list heard | jq -r .status)" '^not read: xü{99}: '
cp "$T/mixed/kept.pst" "$T/new.pst"; printf 'c' | dd of="$T/new.pst" bs=1 seek=10 conv=notrunc 2>/dev/null # of a version that nobody knows
exits "a mailbox that cannot be opened" 1 notify collect "$T/new.pst" --json
is "is counted once" "$(printf '%s' "$out" | jq -c '[.unreadable, .no_mail]')" '[1,0]'
python3 - "$SRC/t" "$T/left" "$T/part.msg" <<'PY'
import subprocess, sys
sys.path.insert(0, sys.argv[1])
from outlook_files import *
mark, address = open(sys.argv[2]).read().split("\n")[0].split()[:2]
mail = subprocess.run([sys.executable, sys.argv[1] + "/make-returned.py", "answer", mark, address], stdout=subprocess.PIPE).stdout
head = mail.decode().partition("\n\n")[0].replace("\n", "\r\n")
open(sys.argv[3], "wb").write(msg(Item({(CLASS, UNICODE): "IPM.Note", (HEADERS, UNICODE): head + "\r\n\r\n", (BODY, UNICODE): "See the attachment."}, (),
    [{(LONG_NAME, UNICODE): "order.pdf", (METHOD, INT32): 1}])))
PY
notify collect "$T/part.msg" --json >/dev/null || :
like "of a mail that could be read in part it is said what is missing" "$(list heard | jq -r .status)" '^read in part: attachment 1: its content is not in the file'
done_testing
