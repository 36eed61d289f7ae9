#!/bin/sh
# notify send by SMTP submission: what a server says decides what becomes of a notice, and none leaves twice.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || skip_all "no openssl(1) to make a certificate with"
CASE=$T/c
new_case "$CASE"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 -subj /CN=mx.example \
    -addext subjectAltName=DNS:mx.example 2>/dev/null
echo notls >"$T/mode"; : >"$T/left"
python3 "$SRC/t/smtp-server.py" "$T/cert" "$T/key" "$T/mode" "$T/port" "$T/left" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null || :; rm -rf "$T"' EXIT
says_where "$T/port"
(umask 077; echo secret-word-1 >"$T/password")
cat >>"$CASE/case.yaml" <<YAML
delivery:
  by: smtp
  server: mx.example
  connect_to: 127.0.0.1:$(cat "$T/port")
  ca_file: $T/cert
  user: notices
  password_file: $T/password
  return_address: bounces@kestrelgate.example
  pause_seconds: 0
  per_minute: 100000
network:
  dns_server: 127.0.0.1@1
YAML
ingest "$SAMPLES/mailboxes"; scan; attribute
TOCSIN_NOW=2025-10-01T09:00:00Z; export TOCSIN_NOW
ok "a wave is written" plan_write
cp -r "$CASE" "$T/killed"
passed_preflight

# at TIME MODE: what a run then says: handed over, to be tried again, failed, uncertain
at() {
	TOCSIN_NOW=$1
	echo "$2" >"$T/mode"
	run notify send --send --json
}
counts() { printf '%s' "$out" | jq -c '[.handed_over, .to_retry, .failed, .uncertain]'; }
at 2025-10-01T09:00:00Z notls
is "without TLS nothing leaves" "$(counts)" "[0,1,0,0]"
like "and the run ends with why" "$out" "STARTTLS"
at 2025-10-01T09:10:00Z password
is "a wrong password ends the run, too" "$(counts)" "[0,1,0,0]"
due=$(printf '%s' "$out" | jq .due)
at 2025-10-01T09:15:00Z sender
is "so does a sender that the server does not take: that is no fault of whom it is to" "$(counts)" "[0,1,0,0]"
like "which is said" "$out" "550 5.7.1 not your sender"
at 2025-10-01T09:20:00Z grey
is "what is refused for now is tried again" "$(counts)" "[0,$due,0,0]"
like "with the server's word" "$(notify status --json)" "451 4.7.1 greylisted"
run notify send --send --json
is "but not at once" "$(counts)" "[0,0,0,0]"
at 2025-10-01T11:00:00Z user
is "an address that is not there fails; five in a row end the run" "$(counts)" "[0,0,5,0]"
like "with the server's word, too" "$(notify status --json)" "550 5.1.1 no such user"
at 2025-10-01T11:10:00Z full
like "refused behind the message is for later, not uncertain" "$(counts)" "^\[0,[1-9][0-9]*,0,0\]"
at 2025-10-01T20:00:00Z drop
is "a connection that breaks behind the message leaves it uncertain, and ends the run" "$(counts)" "[0,0,0,1]"
left=$((due - 6))
at 2025-10-01T20:10:00Z ok
like "the others leave" "$(counts)" "^\[[1-9][0-9]*,0,0,0\]"
ok "each once" test "$(sort "$T/left" | uniq -d | wc -l)" = 0
ok "and none of what failed or is uncertain" test "$(wc -l <"$T/left")" -le $left
# Refused for now at every other run, and killed at one step after the other: what is tried again is cut off as the first tries are.
FAULT_LIB=${FAULT_LIB:-$SRC/build/t/libfault.so}
own=$CASE CASE=$T/killed
want=$(list notices | jq -r 'select(.state == "written") | .address' | sort)
: >"$T/left"
now=$(date -u -d 2026-01-01T00:00:00Z +%s) killed=0 again=0 runs=0 bad=''
while [ $runs -lt 120 ]; do
	runs=$((runs + 1)) now=$((now + 90000)) rc=0
	TOCSIN_NOW=$(date -u -d "@$now" +%FT%TZ); passed_preflight
	if [ $((runs % 4)) -eq 2 ]; then echo grey; else echo ok; fi >"$T/mode"
	FAULT=step:$((1 + runs * 5 % 37)) LD_PRELOAD=$FAULT_LIB "$TOCSIN" notify send --send --quiet --case "$CASE" >/dev/null 2>"$T/.err" </dev/null || rc=$?
	case $rc in 137) killed=$((killed + 1)) ;; 0 | 1) ;; *) bad="$bad $runs:$rc:$(head -1 "$T/.err")" ;; esac
	set -- $(sqlite3 -separator ' ' "$CASE/case.db" "SELECT sum(state IN (2, 3, 5)), sum(attempts > 1) FROM delivery")
	[ "${2:-0}" -le $again ] || again=$2
	[ "${1:-1}" -ne 0 ] || break
done
echo "# $killed of $runs runs killed, $(wc -l <"$T/left") of $(printf '%s\n' "$want" | wc -l) have left, $again after more than one try"
is "each run was killed or came to its end" "$bad" ""
ok "many were killed" test $killed -ge 10
ok "some left after more than one try" test "$again" -ge 1
is "nobody has got two" "$(sort "$T/left" | uniq -d)" ""
sort "$T/left" | sed 's/.*<\(.*\)>.*/\1/' >"$T/got"
is "and nobody none, but who is uncertain" "$( (cat "$T/got"; list deliveries | jq -r 'select(.state == "uncertain") | .address') | sort -u)" "$want"
exits "it is proved" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$own
# One that is refused for now each time is tried after 5, 15, 60 minutes, 4, 8, 16 hours and a day; then it has failed.
one="(SELECT min(notice_id) FROM delivery)"
cp -r "$CASE" "$T/backoff"; CASE=$T/backoff
sqlite3 "$CASE/case.db" "DELETE FROM delivery WHERE notice_id <> $one; UPDATE delivery SET state = 2, attempts = 0, intent_utc = NULL, handed_utc = NULL, due_utc = NULL"
now=$(date -u -d 2026-01-01T00:00:00Z +%s) steps='' early=''
while [ ${#steps} -lt 99 ]; do
	TOCSIN_NOW=$(date -u -d "@$now" +%FT%TZ); passed_preflight
	at "$TOCSIN_NOW" grey
	set -- $(sqlite3 -separator ' ' "$CASE/case.db" "SELECT state, ifnull(due_utc, 0) FROM delivery WHERE notice_id = $one")
	[ "$1" -eq 5 ] || { steps="$steps state:$1"; break; }
	steps="$steps $((($2 - now) / 60))"
	TOCSIN_NOW=$(date -u -d "@$(($2 - 1))" +%FT%TZ); passed_preflight
	at "$TOCSIN_NOW" ok
	early="$early$(printf '%s' "$out" | jq .handed_over)"
	now=$2
done
is "what is refused again is tried after longer and longer, and then has failed" "$steps" " 5 15 60 240 480 960 1440 state:10"
is "and not a second before" "$early" 0000000
CASE=$T/c
like "the notices say so" "$(notify status --json)" "\"state\":\"handed_over\""
ok "no file of the case has the password" sh -c '! grep -rq secret-word-1 "$1"' sh "$CASE"
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"
done_testing
