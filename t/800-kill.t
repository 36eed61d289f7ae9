#!/bin/sh
# Cut off at any moment, the rerun ends with the same rows.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-mail.py" 4000 "$T/mail"
CASE=$T/whole; new_case "$CASE"
start=$(date +%s%N)
ingest "$T/mail"; scan; attribute
took=$((($(date +%s%N) - start) / 1000000))
rows "$CASE" >"$T/want"
echo "# undisturbed: $took ms, $(wc -l <"$T/want") rows"

CASE=$T/cut; new_case "$CASE"
# seconds MS
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }
cut() { # cut MS VERB...: kill -9 of the keeper after MS
	ms=$1; shift
	rc=0
	timeout -s KILL "$(seconds "$ms")" "$TOCSIN" "$@" --case "$CASE" --quiet >/dev/null 2>&1 </dev/null || rc=$?
	[ $rc -eq 137 ] && n_cut=$((n_cut + 1)) || :
}
n_cut=0
for ms in 5 15 30 60 110; do cut $ms ingest "$T/mail"; done
ok "ingest runs to its end after the cuts" ingest "$T/mail"
for ms in 10 25 50 100; do cut $ms scan --rules "$SRC/rules"; done
ok "so does scan" scan
for ms in 5 15 40; do cut $ms attribute --directory "$SAMPLES/organisations.csv"; done
ok "so does attribute" attribute
rows "$CASE" >"$T/got"
echo "# cut $n_cut times"
ok "some runs were really cut off" test "$n_cut" -gt 3
same "the rows are those of the undisturbed run" "$T/want" "$T/got"
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"

# Workers.
CASE=$T/workers; new_case "$CASE"
n_cut=0
bite() { # bite MS VERB...: kill -9 of each worker after MS
	ms=$1; shift
	"$TOCSIN" "$@" --case "$CASE" --quiet >/dev/null 2>&1 </dev/null &
	pid=$!
	sleep "$(seconds "$ms")"
	for child in $(ps -o pid= --ppid $pid 2>/dev/null); do
		for worker in $child $(ps -o pid= --ppid "$child" 2>/dev/null); do
			kill -KILL "$worker" 2>/dev/null && n_cut=$((n_cut + 1)) || :
		done
	done
	wait $pid || :
}
for ms in 10 40 80; do bite $ms ingest "$T/mail"; done
ok "ingest ends well though its workers were killed" ingest "$T/mail"
for ms in 30 90; do bite $ms scan --rules "$SRC/rules"; done
ok "so does scan" scan
ok "so does attribute" attribute
echo "# $n_cut workers killed"
rows "$CASE" >"$T/got"
same "the rows are those of the undisturbed run" "$T/want" "$T/got"

# Ctrl-C stops at a transaction.
CASE=$T/stopped; new_case "$CASE"
rc=0; timeout -s INT 0.05 "$TOCSIN" ingest "$T/mail" --case "$CASE" --quiet >/dev/null 2>&1 || rc=$?
ok "Ctrl-C leaves a case that opens" "$TOCSIN" list sources --case "$CASE"
ingest "$T/mail"; scan; attribute
rows "$CASE" >"$T/got"
same "and the rerun continues to the same rows" "$T/want" "$T/got"

# Two at once.
"$TOCSIN" ingest "$T/mail" --case "$T/stopped" --quiet >/dev/null 2>&1 &
exits "one case can be read while another tocsin writes" 0 "$TOCSIN" list sources --case "$T/stopped"
wait || :
done_testing
