#!/bin/sh
# report: can it be shown that the job is done?
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
exits "an empty case can be reported on" 0 "$TOCSIN" report --case "$CASE"
rm -r "$CASE/out"
exits "its folder is made where it was cleared away" 0 "$TOCSIN" report --case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute
"$TOCSIN" notify plan --case "$CASE" >/dev/null
for f in html csv json; do
	exits "a report as $f" 0 "$TOCSIN" report --format $f --case "$CASE"
done
cp -r "$CASE/out" "$T/first"
for f in html csv json; do "$TOCSIN" report --format $f --case "$CASE" >/dev/null; done
ok "the same case gives the same reports, byte for byte" diff -r "$T/first" "$CASE/out"
page=$(cat "$CASE/out/report.html")
unlike "the page needs nothing from outside" "$page" '(src|href)="?https?:|@import|<script|url\((\"|'"'"')?https?:'
like "it names the incident" "$page" 'Two mailboxes read by an intruder'
like "it names the organisations" "$page" 'Quaylight Terminals plc'
like "it can be printed" "$page" '@media print'
like "and read in the dark" "$page" 'prefers-color-scheme: *dark'
like "it has charts" "$page" '<svg'
ok "it is well-formed" python3 - "$CASE/out/report.html" <<'PY'
import html.parser, sys
VOID = {"meta", "br", "hr", "img", "link", "input", "col", "wbr"}
class P(html.parser.HTMLParser):
    stack = []
    def handle_starttag(self, tag, attrs):
        if tag not in VOID: self.stack.append(tag)
    def handle_endtag(self, tag):
        if tag in VOID: return
        top = self.stack.pop()
        assert top == tag, (top, tag, self.getpos())
P().feed(open(sys.argv[1], encoding="utf-8").read())
optional = {"html", "body", "p", "li", "td", "tr"}
assert not [t for t in P.stack if t not in optional], P.stack
PY
is "each section says what the case holds" "$(python3 "$SRC/t/page.py" "$TOCSIN" "$CASE")" "all of it"
# What the logs prove untouched is not scanned: a share of what was read is one of the rest.
cp -r "$CASE" "$T/part"
"$TOCSIN" scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml" --case "$T/part" >/dev/null
"$TOCSIN" report --case "$T/part" >/dev/null
like "a message that left the scope is not said to be read" "$(cat "$T/part/out/report.html")" 'content of the messages in scope, <strong>[0-9.]+'
CASE=$T/part; scan; attribute; CASE=$T/c
"$TOCSIN" notify plan --case "$T/part" >/dev/null; "$TOCSIN" report --case "$T/part" >/dev/null
is "and each section says what the rest holds" "$(python3 "$SRC/t/page.py" "$TOCSIN" "$T/part")" "all of it"
# Written is not handed over, and what a person has handed over is said as that.
for who in A B; do "$TOCSIN" notify approve --by $who --case "$T/part" >/dev/null; done
like "where nothing says how mail leaves, write says what to do" "$("$TOCSIN" notify write --case "$T/part")" 'say so, tocsin notify sent, or say in case.yaml how'
like "send does, too" "$("$TOCSIN" notify send --case "$T/part")" 'nothing can be: case.yaml does not say how mail leaves'
like "and status" "$("$TOCSIN" status --case "$T/part")" '^then: tocsin notify sent --wave 1 --by NAME'
"$TOCSIN" notify sent --wave 1 --by "Ann Courier" --how "registered letters" --case "$T/part" >/dev/null
unlike "which is content then" "$("$TOCSIN" status --case "$T/part")" 'edit case.yaml|notify sent'
"$TOCSIN" report --case "$T/part" >/dev/null; "$TOCSIN" report regulator --case "$T/part" >/dev/null
like "the report says how many were handed theirs" "$(cat "$T/part/out/report.html")" '[0-9]+[^0-9a-z]+organisations were handed their notices by a person'
like "what all verdicts rest on is a decision, with its words" "$(tr '\n' ' ' <"$T/part/out/report.html")" 'scope, actor file given.*<pre>.*the one at three in the morning.*Declan Roche exported the audit log himself'
like "of who decided, the account stands there, too" "$(cat "$T/part/out/report.html")" '>Ann Courier [(]account [^)]+[)]<'
like "and how it was done" "$(cat "$T/part/out/report.html")" '>registered letters<'
like "so does what an authority gets" "$(cat "$T/part/out/regulator.html")" '[0-9]+[^0-9a-z]+organisations were handed their notices by a person'
# Nor is one that came after the scan.
cp -r "$CASE" "$T/more"; "$TOCSIN" ingest "$SAMPLES/later" --case "$T/more" >/dev/null; "$TOCSIN" report --case "$T/more" >/dev/null
like "what was not scanned yet is said" "$(cat "$T/more/out/report.html")" '>[0-9]+[^0-9a-z]+messages in scope were not read at all, or not yet'
is "a report on standard output is the same" "$("$TOCSIN" report --format json --output - --case "$CASE" | cksum)" "$(cksum <"$CASE/out/report.json")"
is "and so is the page, and nothing else" "$("$TOCSIN" report --output - --case "$CASE" | cksum)" "$(cksum <"$CASE/out/report.html")"
exits "tables are no one file" 2 "$TOCSIN" report --format csv --output - --case "$CASE"
exits "two things on it are refused" 2 "$TOCSIN" report --json --output - --case "$CASE"
mkfifo "$T/pipe"; mkdir "$T/folder"
for format in html json; do
	for at in pipe folder; do
		exits "a $at is not replaced by a report as $format" 4 "$TOCSIN" report --format $format --output "$T/$at" --case "$CASE"
		like "but named" "$err" "report: $T/$at: that is a (device or a pipe|folder), no file"
	done
done
is "and is there still" "$(stat -c %F "$T/pipe" "$T/folder" | tr '\n' ,)" "fifo,directory,"
ok "the JSON is JSON" python3 -m json.tool "$CASE/out/report.json"
ok "no report holds a secret" python3 "$SRC/t/leaks.py" "$SAMPLES/truth.tsv" "$CASE/out"
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# Formulas stay text in a spreadsheet.
mkdir "$T/x"; printf 'From: "+cmd|calc" <a@formula.example>\nTo: tomasz.wrona@kestrelgate.example\nSubject: =HYPERLINK("x")\nDate: Tue, 4 Mar 2025 08:52:32 +0000\nMessage-ID: <f@formula.example>\nContent-Type: text/plain; name="@SUM(1)"\n\npassword: -Kx8+mQ2#wZs\n' >"$T/x/1.eml"
ingest "$T/x"
"$TOCSIN" report --format csv --case "$CASE" >/dev/null
is "each of its tables says that it is UTF-8, or Excel takes it for another charset" "$(for f in "$CASE"/out/report-csv/*.csv; do head -c 3 "$f" | od -An -tx1; done | sort -u)" " ef bb bf"
unlike "a subject that is a formula is no formula in the CSV" "$(grep -h HYPERLINK "$CASE"/out/report-csv/messages.csv)" '(^|,)"?='
ok "nor is any cell of any table" python3 -c 'import csv, glob, sys
files = glob.glob(sys.argv[1] + "/*.csv")
assert len(files) > 30, files
for path in files:
    with open(path, encoding="utf-8-sig", newline="") as f:
        for row in csv.reader(f):
            for cell in row:
                assert cell.lstrip(" \t\r\n")[:1] not in "=+-@" or not cell or cell.lstrip("-").replace(".", "", 1).isdigit(), (path, cell)' "$CASE/out/report-csv"
unlike "markup in a subject is no markup on the page" "$(cat "$CASE/out/report.html")" '<b>&amp;'

# A case that somebody changed by hand is found out.
if command -v sqlite3 >/dev/null; then
	cp -r "$CASE" "$T/bad"
	sqlite3 "$T/bad/case.db" 'DELETE FROM attributed WHERE message_id = (SELECT min(message_id) FROM attributed)'
	sqlite3 "$T/bad/case.db" 'UPDATE item SET n_bytes = n_bytes - 1 WHERE id = 1'
	exits "a case with rows missing fails the proof" 1 "$TOCSIN" report --check --case "$T/bad"
	cp -r "$CASE" "$T/worse"
	sqlite3 "$T/worse/case.db" "UPDATE ledger SET who = 'nobody' WHERE seq = 2"
	exits "a changed ledger is found out" 1 "$TOCSIN" verify --case "$T/worse"
fi
exits "the evidence is as it was" 0 "$TOCSIN" verify --evidence --case "$CASE"
printf ' ' >>"$T/x/1.eml"
exits "changed evidence is found out" 1 "$TOCSIN" verify --evidence --case "$CASE"

# An auditor has a copy of the case that may only be read. Root may write anywhere, so it steps down for this.
as_auditor=
[ "$(id -u)" != 0 ] || as_auditor="setpriv --reuid=65534 --regid=65534 --clear-groups"
if $as_auditor test -x "$TOCSIN" 2>/dev/null; then
	cp -r "$CASE" "$T/held"
	chmod 755 "$T"; chmod -R a+rX,a-w "$T/held"
	is "a case that may only be read can be listed" "$($as_auditor "$TOCSIN" list messages --jsonl --case "$T/held" | cksum)" \
		"$(list messages | cksum)"
	ok "and proved" $as_auditor "$TOCSIN" report --check --case "$T/held"
	ok "and verified" $as_auditor "$TOCSIN" verify --case "$T/held"
	exits "but not written to" 4 $as_auditor "$TOCSIN" scan --case "$T/held"
	like "and that is said" "$err" 'the case cannot be written to'
fi

# Legal clocks: arithmetic on the dates of the case.
unset TOCSIN_NOW
exits "what is due is said" 0 "$TOCSIN" report clocks --case "$CASE"
like "what was done in time is done" "$out" 'done +GDPR article 33\(1\)'
like "and when each was compared with its source" "$(echo $out)" 'gdpr-33 compared with its source on [0-9]{4}-[0-9]{2}-[0-9]{2}: https?://'
exits "with those that are off, too" 0 "$TOCSIN" report clocks --all --case "$CASE"
like "and when they would be due if they ran" "$(printf '%s\n' "$out" | grep -A1 '^off  *45 CFR 164.404')" '^ +would be due end of 2025-11-17: 60 days from aware'
like "or that nobody compared it" "$(echo $out)" 'us-other-states NOT CHECKED: nobody has compared this entry with its source'
like "with how many such there are" "$out" '^3 of these [0-9]+ entries were never compared with the law that they name: read the law before you rely on a date.$'
is "which data says, too" "$("$TOCSIN" report clocks --all --json --case "$CASE" | jq '.not_compared == ([.clocks[] | select(.checked == "never" and .compared == false)] | length) and .not_compared > 0')" true
exits "an overdue clock is exit status 1" 1 env TOCSIN_NOW=2026-01-01T00:00:00Z sh -c 'sed -i "s/done: {.*/off: []/" "$1/case.yaml"; exec "$2" report clocks --case "$1"' sh "$CASE" "$TOCSIN"
TOCSIN_NOW=2026-01-01T00:00:00Z "$TOCSIN" report regulator --case "$CASE" >/dev/null
unlike "what is not recorded is not said to have been missed" "$(cat "$CASE/out/regulator.html")" 'was not kept'
like "but that it is not recorded" "$(cat "$CASE/out/regulator.html")" 'no notification is recorded in the case'
like "with its due time" "$out" 'overdue +GDPR article 33\(1\)'
exits "all of them, for machines" 1 env TOCSIN_NOW=2026-01-01T00:00:00Z "$TOCSIN" report clocks --all --json --case "$CASE"
like "as JSON" "$out" '"clock":"sec-8k"[^}]*"state":"off"'
exits "the facts for an authority are written" 0 "$TOCSIN" report regulator --case "$CASE"
regulator=$(cat "$CASE/out/regulator.html")
like "written is not called told" "$regulator" 'notices are written to [0-9]+ .*None was sent by tocsin yet'
like "with the clocks of our country and what was done" "$regulator" 'GDPR article 33\(1\)'
is "with the kinds of persons" "$(printf '%s\n' "$regulator" | grep -oE 'of these our own people|of these private persons|of these others: people at organisations' | paste -sd,)" \
	'of these our own people,of these private persons,of these others: people at organisations'
like "in which countries those concerned are, by their names" "$regulator" '<th scope="row">Germany \(DE\)</th><td class="n">1</td>'
like "the page's charts have the words of its tables" "$("$TOCSIN" report --case "$CASE" >/dev/null; cat "$CASE/out/report.html")" '</span>read \(parsed\) <b>'
like "why parts were not read as text" "$regulator" '<td class="t">S/MIME encrypted</td><td class="n">1</td>'
like "what it does not have is named" "$regulator" 'NIS 2, article 23\(4\): severity and impact'
like "and that nobody said at which hour it was noticed" "$regulator" 'a day without a time: its hours count from midnight UTC'
like "a notification that is late wants its reasons" "$regulator" 'the reasons for the delay are to be said'
mkdir "$T/late"; cp -r "$CASE/." "$T/late"
sed -i 's/^  detected: .*/  detected: 2025-09-18T22:00:00+02:00/; s/^  off: \[\]/  done: {gdpr-33: 2025-09-21T19:00:00Z}/; /^  phone:/d' "$T/late/case.yaml"
"$TOCSIN" report regulator --case "$T/late" >/dev/null
unlike "one that is not has none" "$(cat "$T/late/out/regulator.html")" 'the reasons for the delay'
unlike "an hour that was said is not asked for" "$(cat "$T/late/out/regulator.html")" 'a day without a time'
like "what case.yaml lacks of the contact is said" "$(cat "$T/late/out/regulator.html")" 'Data Protection Officer, no telephone, incident@'
unlike "no name of ours for a kind of data" "$regulator" 'otp seed|username password|passcode pin'
late=$(sed 's/<time [^>]*>//g; s/<\/time>//g' "$T/late/out/regulator.html")
like "its times are written as people write them" "$late" 'done on 21.+September.+2025, 19:00.+UTC; due 21.+September.+2025, 20:00.+UTC[.]'
unlike "and none as machines do" "$late" '20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9]'
mkdir -p "$T/few/with" && cp "$SAMPLES/mailboxes/tierney-Sent.mbox" "$T/few/with/sent.mbox" && mkdir "$T/few/pictures" && printf '\211PNG\r\n\032\n....' >"$T/few/pictures/screen.png"
(CASE=$T/only; new_case "$CASE"; ingest "$T/few"; "$TOCSIN" report --case "$CASE" >/dev/null)
like "a folder in which only pictures lie is no mailbox" "$(cat "$T/only/out/report.html")" 'holds the mail of 1[^0-9]+mailbox: 2[^0-9]+files'
unlike "nor one whose owner is asked for" "$(cat "$T/only/out/report.html")" 'few/pictures</th>|nothing in it says whose it is'
like "which asks for what was done, when the case does not say it" "$(sed '/^  measures:/,/^    es:/d' "$CASE/case.yaml" >"$T/y" && mkdir -p "$T/m" && cp -r "$CASE/." "$T/m" && cp "$T/y" "$T/m/case.yaml" && "$TOCSIN" report regulator --case "$T/m" >/dev/null && cat "$T/m/out/regulator.html")" 'is not said: case.yaml, incident, measures'
like "and else says it" "$(cat "$CASE/out/regulator.html")" 'we closed both mailboxes to the intruder'
like "with the numbers of GDPR 33(3)" "$(cat "$CASE/out/regulator.html")" 'Messages \(records\) in scope'
done_testing
