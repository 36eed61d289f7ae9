#!/bin/sh
# scope on tenants whose truth is known: what the intruder reached is never called not accessed.
. "$(dirname "$0")/lib.sh"
"$TOCSIN" scope --help >/dev/null 2>&1 || skip_all "this program has no scope"
seeds=${TENANT_SEEDS:-5}
mkdir "$T/many"
rc=0
out=$(python3 "$SRC/t/tenant.py" "$TOCSIN" "$SRC/tools/make-tenant" 1 "$seeds" "$T/many") || rc=$?
is "of $seeds tenants, no message that the intruder reached is called not accessed, and each record was read" "$rc" 0
echo "$out" | note
like "some that were not reached are proved untouched" "$out" "proved untouched 0\.[0-9]*[1-9]"

# Tenants with traces of an intruder, each beside the innocent thing that looks most like it. These three have every kind of trace.
mkdir "$T/traces"
rc=0
out=$(python3 "$SRC/t/suggest.py" "$TOCSIN" "$SRC/tools/make-tenant" "$T/traces" ${TRACE_SEEDS:-3 5 7}) || rc=$?
is "whoever may be the intruder is suggested, and nobody else" "$rc" 0
echo "$out" | note

# The same whatever the order, the number of workers, and how the log came.
judged() { # CASE LOG: a case of that mail, which is the same for every envelope
	cp -r "$T/ingested" "$1"
	log=$2; shift 2
	CASE=$CASE stage scope --logs "$log" --actor "$T/lines/actor.yaml" "$@"
	"$TOCSIN" list verdicts --jsonl --case "$CASE" >"$CASE.verdicts"
}
rows_of() { # CASE: its verdicts and accesses, without the names of records
	"$TOCSIN" list accesses --jsonl --case "$1" | cat "$1.verdicts" - | sed 's/"\(first_event\|last_event\|event\)":"[0-9a-f]*"//g' >"$1.rows"
}
envelopes='lines array blob portal_csv search_csv search_json graph sentinel_json sentinel_csv defender defender_csv elastic splunk mixed'
python3 - "$SRC/tools/make-tenant" "$T" $envelopes <<'PY'
import os, runpy, sys
sys.dont_write_bytecode = True
maker, top, *envelopes = sys.argv[1:]
sys.path.insert(0, os.path.dirname(maker))
for envelope in envelopes:
    sys.argv = [maker, f'{top}/{envelope}', *'--seed 5 --messages 40 --method sync --method session --method throttle --envelope'.split(), envelope]
    runpy.run_path(maker, run_name='__main__')
PY
"$TOCSIN" init --domain t5.example "$T/ingested" >/dev/null
for box in "$T/lines/mail"/*; do
	CASE=$T/ingested stage ingest --mailbox "$(basename "$box")" "$box"
done
CASE=$T/w1; judged "$T/w1" "$T/lines/logs" --workers 1; rows_of "$T/w1"
CASE=$T/w2; judged "$T/w2" "$T/lines/logs" --workers 2; rows_of "$T/w2"
same "one worker or two: the same verdicts" "$T/w1.rows" "$T/w2.rows"
mkdir "$T/turned"
n=9
for f in "$T/lines/logs"/*; do n=$((n - 1)); cp "$f" "$T/turned/$n-$(basename "$f")"; done
CASE=$T/w3; judged "$T/w3" "$T/turned"; rows_of "$T/w3"
same "log files in another order: the same verdicts" "$T/w1.rows" "$T/w3.rows"
CASE=$T/w1
stage scope
"$TOCSIN" list verdicts --jsonl --case "$CASE" >"$T/again"
same "judged again without new logs: the same verdicts" "$T/w2.verdicts" "$T/again"
exits "and the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# Each envelope tells the same.
want=
for envelope in $envelopes; do
	CASE=$T/e-$envelope; judged "$CASE" "$T/$envelope/logs"
	field mailbox message_id message_sha256 verdict reason records <"$CASE.verdicts" >"$CASE.short"
	if [ -z "$want" ]; then want=$CASE.short; fi
	same "the envelope $envelope gives the same verdicts" "$CASE.short" "$want"
done

# Logs that were made to hurt cost their own records.
python3 "$SRC/t/hostile-logs.py" "$T/hostile" >"$T/names"
CASE=$T/h
"$TOCSIN" init "$CASE" >/dev/null
cat >"$T/measure.py" <<'PY'
import resource, subprocess, sys
rc = subprocess.run([sys.argv[1], 'scope', '--quiet', '--case', sys.argv[2], '--logs', sys.argv[3]], stdin=subprocess.DEVNULL).returncode
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
sys.exit(f'{most} MB of memory' if most > 700 else rc)
PY
exits "hostile logs are read within bounds of memory, with problems recorded" 1 python3 "$T/measure.py" "$TOCSIN" "$CASE" "$T/hostile"
unlike "and no bound was broken" "$(cat "$T/.err")" 'MB of memory'
"$TOCSIN" list events --jsonl --case "$CASE" | field record_id >"$T/ids"
while read -r name; do
	is "what stands around $name is read" "$(grep -c "^good-$name-[12]\$" "$T/ids")" 2
done <"$T/names"
# What could be understood of a bad record is kept, once each, and says what was wrong with it.
"$TOCSIN" list events --jsonl --case "$CASE" | grep '"record_id":"good-[a-z0-9]*-bad"' >"$T/bad"
problem() { grep "good-$1-bad" "$T/bad" | field problems; }
is "invalid UTF-8 is replaced, and said" "$(problem utf8)" 'invalid UTF-8 was replaced'
is "a member that stands twice is said" "$(problem keys)" 'a member stands twice with different values, the last was taken'
is "NaN and infinities are read, and said" "$(problem nan)" 'not quite JSON, read as it was meant'
is "a date in the year 99999 is said to be none" "$(problem year)" 'the record has no date that makes sense'
is "a record of 200,000 members is read" "$(grep -c good-many-bad "$T/bad")" 1
like "a truncated archive gives what stood before the cut" "$(grep -c '^good-cut' "$T/ids")" '^[0-9]{2,}$'
is "no record has a date past the year 9999" "$("$TOCSIN" list events --jsonl --case "$CASE" | field when | grep -c '^[0-9]\{5\}')" 0
like "each that was not read says why" "$("$TOCSIN" list log_failures --jsonl --case "$CASE" | field reason | sort -u | wc -l)" '^([2-9]|[1-9][0-9])$'
ok "no log file is without an outcome" test "$(count log_sources)" -ge 14
exits "and the proof holds" 0 "$TOCSIN" report --check --case "$CASE"

# A string of 2 GB.
CASE=$T/h2
"$TOCSIN" init "$CASE" >/dev/null
exits "a string of 2 GB is a recorded problem" 1 "$TOCSIN" scope --quiet --case "$CASE" --logs "$T/hostile-2g"
is "and costs only its record" "$("$TOCSIN" list events --jsonl --case "$CASE" | field record_id | sort | tr '\n' ' ')" 'good-sparse-1 good-sparse-2 '
is "which says why" "$("$TOCSIN" list log_failures --jsonl --case "$CASE" | field reason)" 'a record of more than 16 MiB'
done_testing
