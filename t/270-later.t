#!/bin/sh
# scope: logs that come later change the verdicts that they bear on; the ledger and the next wave show the difference.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
mkdir "$T/early" "$T/logs"
cp "$SAMPLES"/logs/* "$T/logs"
cp "$SAMPLES/logs/signins.json" "$T/early"
python3 - "$SAMPLES"/logs/audit*.csv "$T/early/audit.csv" <<'PY'
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8-sig') as f, open(sys.argv[2], 'w', newline='', encoding='utf-8') as g:
    rows = csv.reader(f)
    w = csv.writer(g)
    head = next(rows)
    w.writerow(head)
    at = [h.lower() for h in head].index('auditdata')
    w.writerows(r for r in rows if json.loads(r[at])['CreationTime'] < '2025-08-15')
PY
told() { # told CASE: which messages which organisation was told of, and which exposures
	"$TOCSIN" list told --jsonl --case "$1" | field org message_sha256 role exposure | LC_ALL=C sort
}
verdicts() { "$TOCSIN" list verdicts --jsonl --case "$1" | field mailbox message_sha256 verdict | LC_ALL=C sort; }
began() { # began CASE LOGS: a case that tells of what was reached for certain or presumably
	new_case "$1"
	sed -i 's/^policy:/policy:\n  scope: [accessed, presumed]/' "$1/case.yaml"
	CASE=$1; ingest "$SAMPLES/mailboxes"; stage scope --logs "$2" --actor "$SAMPLES/actor.yaml"; scan; attribute
}
began "$T/all" "$T/logs"
exits "one wave over all logs" 0 "$TOCSIN" notify plan --case "$T/all"
began "$T/c" "$T/early"
exits "a first wave over the logs of the first weeks" 0 "$TOCSIN" notify plan --case "$CASE"
for who in 'Aisling Quirke' 'Declan Roche'; do "$TOCSIN" notify approve --by "$who" --case "$CASE" >/dev/null; done
exits "is written" 0 "$TOCSIN" notify write --case "$CASE"
told "$CASE" >"$T/first"
verdicts "$CASE" | grep 'accessed$' | grep -v 'not_accessed$' >"$T/accessed"

ok "more logs" "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
verdicts "$CASE" >"$T/now"; verdicts "$T/all" >"$T/want"
same "give the verdicts of one reading of all" "$T/now" "$T/want"
is "what was accessed stays so" "$(LC_ALL=C comm -23 "$T/accessed" "$T/now" | wc -l)" 0
like "the ledger says what changed" "$(list ledger | grep '"what":"scope"' | tail -1)" '"changed":[1-9][0-9]*,"entered_scope":[1-9]'
scan; attribute
exits "a second wave" 0 "$TOCSIN" notify plan --case "$CASE"
told "$CASE" >"$T/both"; told "$T/all" >"$T/once"
ok "tells something" test "$(wc -l <"$T/both")" -gt "$(wc -l <"$T/first")"
is "nothing of it twice" "$(uniq -d "$T/both" | wc -l)" 0
LC_ALL=C sort -u "$T/first" "$T/once" >"$T/want"
LC_ALL=C sort -u "$T/both" >"$T/have"
same "and all that one wave would have told, less what was told" "$T/have" "$T/want"
ok "the proof holds" "$TOCSIN" report --check --case "$CASE"

# What another assumption would make, before it is made: held against what it then made.
messages_of() { # messages_of CASE: organisation, and of how many messages it is due something
	"$TOCSIN" list links --jsonl --case "$1" | grep '"counts":true' | field org message_sha256 | LC_ALL=C sort -u | cut -f1 | uniq -c |
		awk '{n = $1; sub(/^ *[0-9]+ /, ""); print $0 "\t" n}' | LC_ALL=C sort
}
CASE=$T/w; new_case "$CASE"
ingest "$SAMPLES/mailboxes"; stage scope --logs "$T/logs"; scan; attribute
messages_of "$CASE" >"$T/before"
"$TOCSIN" scope --what-if "$SAMPLES/actor.yaml" --json --case "$CASE" >"$T/what"
"$TOCSIN" scope --what-if "$SAMPLES/actor.yaml" --case "$CASE" >"$T/what.txt"
stage scope --actor "$SAMPLES/actor.yaml"; scan; attribute
messages_of "$CASE" >"$T/after"
LC_ALL=C join -t '	' -a 1 -a 2 -e 0 -o 0,1.2,2.2 "$T/before" "$T/after" | grep -v '^ourselves' | awk -F '\t' '$2 != $3' >"$T/want"
python3 -c 'import json, sys
for o in json.load(open(sys.argv[1]))["organisations"]:
    print(o["org"], o["before"], o["after"], sep="\t")' "$T/what" | LC_ALL=C sort >"$T/have"
ok "some organisations would be told less" test -s "$T/want"
same "what-if said of each how many messages it would be told of" "$T/have" "$T/want"
like "and in words" "$(cat "$T/what.txt")" "$(head -1 "$T/want" | cut -f1)"
done_testing
