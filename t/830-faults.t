#!/bin/sh
# Memory, disk and files fail at the n-th call: a clear end, a case that opens, and a rerun with the same rows.
. "$(dirname "$0")/lib.sh"
[ -f "$FAULT_LIB" ] || skip_all "no $FAULT_LIB"

three() { ingest "$SAMPLES/mailboxes" && scan && attribute; }
CASE=$T/whole; new_case "$CASE"
three
rows "$CASE" >"$T/want"

bad_end='' n_runs=0 n_failed=0
# faulty STAGE FAULT: the stage's command with one fault. It may be done (the fault came too late, or did not matter), or
# say in one line what went wrong; it may not crash or hang.
faulty() {
	case $1 in
	ingest) set -- "$2" ingest "$SAMPLES/mailboxes" ;;
	scan) set -- "$2" scan --rules "$SRC/rules" ;;
	attribute) set -- "$2" attribute --directory "$SAMPLES/organisations.csv" ;;
	esac
	t_fault=$1; shift
	t_rc=0
	FAULT=$t_fault LD_PRELOAD=$FAULT_LIB timeout 600 "$TOCSIN" "$@" --case "$CASE" --quiet --workers 1 >/dev/null 2>"$T/.err" </dev/null || t_rc=$?
	n_runs=$((n_runs + 1))
	case $t_rc in
	0 | 1) ;;
	2 | 3 | 4)
		n_failed=$((n_failed + 1))
		# GnuTLS, before main, has a word of its own when it runs out of memory; ours is the last.
		[ "$(grep -Evc '^Error in GnuTLS initialization: ' "$T/.err")" -eq 1 ] && tail -1 "$T/.err" | grep -q "^tocsin $1: ." || bad_end="$bad_end
$1 $t_fault: not one line: $(head -3 "$T/.err")" ;;
	*) bad_end="$bad_end
$1 $t_fault: status $t_rc: $(head -3 "$T/.err")" ;;
	esac
}

for what in malloc write fsync read; do
	CASE=$T/$what; new_case "$CASE"
	for stage in ingest scan attribute; do
		for n in 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987; do
			faulty $stage "$what:$n"
		done
		faulty $stage "$what:20:lasting"
		case $stage in
		ingest) ok "after failures of $what, ingest runs to its end" ingest "$SAMPLES/mailboxes" ;;
		*) ok "after failures of $what, $stage runs to its end" $stage ;;
		esac
	done
	rows "$CASE" >"$T/got"
	same "and the rows are those of a run without failures ($what)" "$T/want" "$T/got"
	exits "the ledger holds ($what)" 0 "$TOCSIN" verify --case "$CASE"
done
echo "# $n_runs runs with a fault, $n_failed of them ended by it"
is "every run that a fault ended said so in one line" "$bad_end" ""
ok "some faults were met" test "$n_failed" -ge 20
done_testing
