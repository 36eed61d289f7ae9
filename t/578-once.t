#!/bin/sh
# notify send to two hundred addresses, killed at each step of it: nobody gets two, nobody gets none, and what nobody can know is
# uncertain until the mail server's log or a person says.
. "$(dirname "$0")/lib.sh"
[ -f "$FAULT_LIB" ] || skip_all "no $FAULT_LIB"
CASE=$T/c
new_case "$CASE"
# The mail server: what it took stands in left, and in its log. It kills who called it, before or behind that, when it is told to.
cat >"$T/sendmail" <<SH
#!/bin/sh
cat >/dev/null
[ ! -e "$T/kill-before" ] || { rm "$T/kill-before"; kill -9 \$PPID; }
echo "\${11}" >>"$T/left"
echo "mx postfix/qmgr[1]: Q\$\$: from=<\$3>, size=1, nrcpt=1 (queue active)" >>"$T/maillog"
[ ! -e "$T/kill-behind" ] || { rm "$T/kill-behind"; kill -9 \$PPID; }
SH
chmod +x "$T/sendmail"
: >"$T/left"; : >"$T/maillog"
by_sendmail 'at_once: 20'
python3 - "$SAMPLES/organisations.csv" >"$T/organisations.csv" <<'PY'
import csv, sys
rows = list(csv.reader(open(sys.argv[1])))
at, domains = rows[0].index('contacts'), rows[0].index('domains')
for r in rows[1:]:
    if r[at]:
        r[at] = '; '.join(f'p{i}@{r[domains].split(";")[0].strip()}' for i in range(20))
csv.writer(sys.stdout).writerows(rows)
PY
ingest "$SAMPLES/mailboxes"; scan; attribute --directory "$T/organisations.csv"
ok "a wave is written" plan_write
passed_preflight
want=$(list notices | jq -r 'select(.state == "written") | .address' | sort)
n=$(printf '%s\n' "$want" | wc -l)
ok "to two hundred addresses" test "$n" -ge 200

cp -r "$CASE" "$T/again"

# Each run is killed one step later than the one before, so that every step between two mails is met; what it had begun the next
# run finds. Every third time the mail server's program does it.
killed=0 step=0 runs=0 bad=''
while :; do
	step=$((step + 1)) runs=$((runs + 1))
	[ $((step % 6)) -ne 2 ] || touch "$T/kill-before"
	[ $((step % 6)) -ne 4 ] || touch "$T/kill-behind"
	t_rc=0
	FAULT=step:$step LD_PRELOAD=$FAULT_LIB "$TOCSIN" notify send --send --quiet --case "$CASE" >"$T/.out" 2>"$T/.err" </dev/null || t_rc=$?
	case $t_rc in
	137) killed=$((killed + 1)) ;;
	0 | 1) break ;;
	*) bad="$bad $step:$t_rc:$(head -1 "$T/.err")"; break ;;
	esac
	[ $runs -lt 400 ] || break
done
rm -f "$T/kill-before" "$T/kill-behind"
echo "# $killed runs killed, at steps 1 to $step"
is "every run was killed or came to its end" "$bad" ""
ok "many were killed" test $killed -ge 40
is "nobody has got two" "$(sort "$T/left" | uniq -d)" ""
uncertain=$(list deliveries | jq -r 'select(.state == "uncertain") | .address' | sort)
ok "some are uncertain" test -n "$uncertain"
is "and everybody else has got one" "$( (sort "$T/left"; printf '%s\n' "$uncertain") | sort -u)" "$want"
run notify send --send --json
is "they are not sent again by themselves" "$(printf '%s' "$out" | jq -c '[.due, .handed_over]')" '[0,0]'
run notify resolve --log "$T/maillog"
left=$(list deliveries | jq -r 'select(.state == "uncertain") | .notice')
ok "the log knows some of them, and not those that never left" test "$(printf '%s\n' "$left" | grep -c .)" -lt "$(printf '%s\n' "$uncertain" | grep -c .)"
for id in $left; do notify resolve --notice "$id" --not-sent --by A >/dev/null; done
run notify send --send --json
is "a person says so of the others, and they leave" "$(printf '%s' "$out" | jq .handed_over)" "$(printf '%s\n' "$left" | grep -c .)"
is "everybody has got one" "$(sort "$T/left")" "$want"
exits "the case is proved" 0 "$TOCSIN" report --check --case "$CASE"
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"

# The order to stop, cut off at each of its steps: it stands whole or not at all, and given anew it holds.
CASE=$T/again
: >"$T/left"
bad='' step=0 t_rc=137
while [ $t_rc -eq 137 ] && [ $step -lt 30 ]; do
	step=$((step + 1)) t_rc=0
	FAULT=kill:$step LD_PRELOAD=$FAULT_LIB "$TOCSIN" notify stop --by A --why wait --case "$CASE" >/dev/null 2>&1 || t_rc=$?
	[ ! -e "$CASE/sending.stopped" ] || grep -q ', by A: wait$' "$CASE/sending.stopped" || bad="$bad $step"
	[ $t_rc -ne 137 ] || rm -f "$CASE/sending.stopped"
done
is "an order to stop that is cut off stands whole or not at all" "$bad" ""
ok "at more than one step" test $step -ge 3
exits "given it holds" 3 notify send --send
is "and nothing leaves" "$(cat "$T/left")" ""
exits "until it is lifted" 0 notify stop --lift --by A
done_testing
