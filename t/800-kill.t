#!/bin/sh
# Cut off at any moment, the rerun ends with the same rows.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-mail.py" 12000 "$T/mail"

ms_now() { echo $(($(date +%s%N) / 1000000)); }
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }
do_stage() {
	case $1 in
	ingest) ingest "$T/mail" ;;
	*) "$1" ;;
	esac
}
# The stage's own command line, to be started and killed.
start() {
	case $1 in
	ingest) set -- ingest "$T/mail" ;;
	scan) set -- scan --rules "$SRC/rules" ;;
	attribute) set -- attribute --directory "$SAMPLES/organisations.csv" ;;
	esac
	"$TOCSIN" "$@" --case "$CASE" --quiet >/dev/null 2>&1 </dev/null &
	pid=$!
}

CASE=$T/whole; new_case "$CASE"
for stage in ingest scan attribute; do
	begun=$(ms_now)
	do_stage $stage
	eval "took_$stage=$(($(ms_now) - begun))"
done
rows "$CASE" >"$T/want"
echo "# undisturbed: ingest $took_ingest ms, scan $took_scan ms, attribute $took_attribute ms; $(wc -l <"$T/want") rows"

# A machine that was busy then may be quiet now: a run that came to its end before it was cut off gives the next one half the time, and a
# case in which the stage has not been.
begins() { eval "took=\$took_$1"; rm -rf "$T/begun"; cp -r "$CASE" "$T/begun"; }
anew() { rm -rf "$CASE"; cp -r "$T/begun" "$CASE"; }
too_late() { took=$((took / 2)); anew; }

CASE=$T/cut; new_case "$CASE"
n_cut=0
for stage in ingest scan attribute; do
	begins $stage
	for eighth in 1 2 3 4 5 6 7; do
		start $stage
		sleep "$(seconds $((took * eighth / 8)))"
		t_end=too_late
		if kill -KILL $pid 2>/dev/null; then n_cut=$((n_cut + 1)) t_end=:; fi
		wait $pid 2>/dev/null || :
		$t_end
	done
	ok "$stage runs to its end after kills of the keeper" do_stage $stage
done
rows "$CASE" >"$T/got"
echo "# $n_cut kills"
ok "some runs were really cut off" test "$n_cut" -ge 6
same "the rows are those of the undisturbed run" "$T/want" "$T/got"
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"

CASE=$T/workers; new_case "$CASE"
n_cut=0
for stage in ingest scan attribute; do
	begins $stage
	n_runs=0
	for eighth in 2 4 6 2 4 6; do
		[ $n_runs -lt 3 ] || break
		anew
		start $stage
		sleep "$(seconds $((took * eighth / 8)))"
		# All at once: a task that kills two workers, one after the other, is given up, and rightly.
		kill -STOP $pid 2>/dev/null || :
		while grep -q '^State:.[RSD]' /proc/$pid/status 2>/dev/null; do :; done # it stops when it is next looked at
		t_end=too_late
		for child in $(cat /proc/$pid/task/$pid/children 2>/dev/null); do
			if kill -KILL "$child" 2>/dev/null; then n_cut=$((n_cut + 1)) t_end=:; fi
		done
		[ $t_end = too_late ] || n_runs=$((n_runs + 1))
		kill -CONT $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
		$t_end
	done
	ok "$stage ends well though workers were killed" do_stage $stage
done
echo "# $n_cut workers killed"
ok "some workers were really killed" test "$n_cut" -ge 6
rows "$CASE" >"$T/got"
same "the rows are those of the undisturbed run" "$T/want" "$T/got"

# The first time that is early enough: on a busy machine no run takes as long as another.
for try in 1 2 3 4 5 6; do
	CASE=$T/stopped$try; new_case "$CASE"
	start ingest
	took_ingest=$((took_ingest / 2))
	sleep "$(seconds $took_ingest)"
	kill -INT $pid 2>/dev/null || :
	rc=0; wait $pid 2>/dev/null || rc=$?
	if [ $rc -ne 0 ]; then break; fi
done
is "Ctrl-C ends the run, and it says so" $rc 4
ok "and leaves a case that opens" list sources
ingest "$T/mail"; scan; attribute
rows "$CASE" >"$T/got"
same "and the rerun continues to the same rows" "$T/want" "$T/got"

# What only reads has nothing to bring to an end, also where nobody reads on what it says.
CASE=$T/whole
is "Ctrl-C ends a list at once" "$(python3 - "$TOCSIN" list messages --jsonl --case "$CASE" <<'PY'
import signal, subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
p.stdout.read(1)
p.send_signal(signal.SIGINT)
try:
    print(p.wait(120))
except subprocess.TimeoutExpired:
    p.kill()
    print("still there")
PY
)" -2

# Two at once.
CASE=$T/two; new_case "$CASE"
start ingest
exits "one case can be read while another tocsin writes to it" 0 "$TOCSIN" list sources --case "$CASE"
wait $pid 2>/dev/null || :
done_testing
