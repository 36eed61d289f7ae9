#!/bin/sh
# Sending and following with real peers: Postfix takes the notices, Dovecot has the mailboxes, and what Postfix reports is what
# notify collect reads. Then submission, with all that can go wrong; and what was delivered still verifies.
. "$(dirname "$0")/lib.sh"
. "$SRC/t/peers.sh"
. "$SRC/t/dkim.sh"
peers_need
for tool in minisign opendkim-testmsg unbound jq; do
	command -v $tool >/dev/null || skip_all "$tool is not installed: tools/install-needs test"
done
# Who has a mailbox. Havre's first contact is not there, its second one is; Nordwall and Levante are elsewhere.
printf '%s\n' bounces@kestrelgate.example security@quaylight.example legal@quaylight.example rssi@havretransit.example \
    ciso@ridgewayfreight.example it-sikkerhed@saltholmport.example abuse@steelyard.example partners@brambleoates.example \
    dpo@coastalcustoms.example claims@bellweather.example security@tidepool.example privacy@velour.example >"$T/users"
LDA_DOMAINS=quaylight.example REMOTE_DOMAINS="nordwall.example levanteport.example"
ok "Postfix and Dovecot start" peers_start
remote_says <<SAYS
datenschutz@nordwall.example 450 4.7.1 greylisted
seguridad@levanteport.example 550 5.7.1 we want no mail from you
SAYS

CASE=$T/c
new_case "$CASE"
cat >"$T/sendmail" <<SH
#!/bin/sh
/usr/sbin/sendmail -C "$T/postfix" "\$@" || exit \$?
case \${11} in ciso@ridgewayfreight.example) [ ! -e "$T/die" ] || { rm "$T/die"; kill -9 \$PPID; } ;; esac
SH
chmod +x "$T/sendmail"
delivery() {
	sed '/^delivery:/,$d' "$CASE/case.yaml" >"$T/case.yaml"
	{
		cat "$T/case.yaml"
		printf 'delivery:\n'
		sed 's/^/  /'
		printf '  return_address: bounces@kestrelgate.example\n  pause_seconds: 0\n  per_minute: 100000\n  at_once: 1\nnetwork:\n  dns_server: 127.0.0.1@1\n'
	} >"$CASE/case.yaml"
}
printf 'by: sendmail\nsendmail: %s\n' "$T/sendmail" | delivery
ingest "$SAMPLES/mailboxes"; scan; attribute
exits "the keys are made" 0 notify keys --json
keys=$out
smime_certificate
ok "a signed wave is written" plan_write
passed_preflight
cp -r "$CASE" "$T/smtp"

# ---- by sendmail, with delivery reports
state() { list deliveries | jq -r --arg a "$1" 'select(.address == $a) | .state'; }
id_of() { list deliveries | jq -r --arg a "$1" 'select(.address == $a) | .notice'; }
copies() { find "$T/mail/$1/new" -type f 2>/dev/null | wc -l; }
touch "$T/die"
run notify send --send
run notify send --send --json
is "the run that was killed behind its hand-over leaves one that is uncertain" "$(state ciso@ridgewayfreight.example)" uncertain
exits "Postfix's log knows it" 0 notify resolve --log "$T/maillog"
qid=$(list deliveries | jq -r 'select(.address == "ciso@ridgewayfreight.example") | .queue_id')
like "by its queue id" "$(cat "$T/maillog")" "qmgr\[[0-9]*\]: $qid: from=<bounces\+"
reported() { [ "$(grep -ls "$1" "$T"/mail/bounces@kestrelgate.example/new/* | wc -l)" -ge "$2" ]; }
ok "Postfix reports a success" until_ok reported 'Action: delivered' 1
ok "failures" until_ok reported 'Action: failed' 2
ok "and a delay" until_ok reported 'Action: delayed' 1
ok "and for those behind LMTP that they were handed on" until_ok reported 'Action: relayed' 6
box=$T/mail/bounces@kestrelgate.example
exits "the mailbox of the return address is collected" 0 notify collect "$box" --json
is "all of it is about our notices" "$(printf '%s' "$out" | jq -c '[.about_no_notice, .proves_nothing, .unreadable]')" '[0,0,0]'
is "delivered" "$(state security@quaylight.example)" delivered
is "user unknown" "$(state dpo@havretransit.example)" failed
like "in the server's words" "$(notify status)" "dpo@havretransit.example: 550 5.1.1 .*User doesn't exist"
is "refused elsewhere" "$(state seguridad@levanteport.example)" failed
is "greylisted elsewhere" "$(state datenschutz@nordwall.example)" delayed
is "handed on" "$(state claims@bellweather.example)$(state ciso@ridgewayfreight.example)" relayedrelayed
run notify send --send --json
is "the next contact is written to, nobody else" "$(printf '%s' "$out" | jq -c '[.due, .handed_over]')" '[1,1]'
remote_says </dev/null
ok "the delayed one leaves when it may" until_ok sh -c 'grep -q "to=<datenschutz@nordwall.example>.*status=sent" "$1"' sh "$T/maillog"
ok "which is reported" until_ok reported 'datenschutz@nordwall.example' 2
ok "and the next contact has it" until_ok test -n "$(ls "$T/mail/rssi@havretransit.example/new" 2>/dev/null || until_ok ls "$T/mail/rssi@havretransit.example/new/"* && ls "$T/mail/rssi@havretransit.example/new")"
exits "collected again" 0 notify collect "$box"
is "it is no longer delayed" "$(state datenschutz@nordwall.example)" relayed
more=''
for who in security@quaylight.example rssi@havretransit.example ciso@ridgewayfreight.example claims@bellweather.example; do
	[ "$(copies $who)" = "$(state $who | wc -w)" ] || more="$more $who:$(copies $who)"
done
is "each mailbox has one copy" "$more" ""

# ---- what was delivered still verifies
cp "$T"/mail/security@quaylight.example/new/* "$T/got.eml"
like "the mailbox's own copy has other header fields and line ends" "$(head -2 "$T/got.eml")" '^(Return-Path|Delivered-To): '
cd "$T"
python3 - <<'PY'
import email
d = open("got.eml", "rb").read()
i = d.index(b"Quaylight", d.index(b"\n\n"))
open("changed.eml", "wb").write(d[:i] + b"O" + d[i + 1:])
for p in email.message_from_bytes(d).walk():
    if p.get_filename() and not p.is_multipart(): open(p.get_filename(), "wb").write(p.get_payload(decode=True))
PY
id=$(id_of security@quaylight.example)
sed 's/Quay/Ouay/' "$id.json" >changed.json; cp "$id.json.minisig" changed.json.minisig
ok "minisign accepts the statement in it" minisign -Vm "$id.json" -p "$CASE/keys/notice.pub"
exits "and refuses one changed byte" 1 minisign -Vm changed.json -p "$CASE/keys/notice.pub"
ok "openssl accepts it" openssl cms -verify -in got.eml -CAfile ca.pem -out signed
exits "and refuses one changed byte" 4 openssl cms -verify -in changed.eml -CAfile ca.pem -out signed
if dkim_test "$keys" got.eml changed.eml >dkim.result; then
	like "opendkim accepts it" "$(cat dkim.result)" '^got.eml 0$'
	like "and refuses one changed byte" "$(cat dkim.result)" '^changed.eml 70$'
else
	pass "opendkim accepts it # SKIP no network namespaces here"
fi
printf '%s' "$keys" | jq -r .dns >records
exits "tocsin verify says that it is genuine" 0 "$TOCSIN" verify got.eml --key "$CASE/keys/notice.pub" --ca ca.pem --dkim-key records
exits "and that the changed one is not" 1 "$TOCSIN" verify changed.eml --key "$CASE/keys/notice.pub" --ca ca.pem --dkim-key records
cd /

# ---- by submission: TLS, passwords, refusals, a line that breaks
CASE=$T/smtp
log_so_far=$(wc -l <"$T/maillog")
TOCSIN_NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ); export TOCSIN_NOW
later() { TOCSIN_NOW=$(date -u -d "$TOCSIN_NOW + 6 hours" +%Y-%m-%dT%H:%M:%SZ); }
(umask 077; echo secret-word-1 >"$T/password"; echo wrong >"$T/wrong")
# submission PORT PASSWORD-FILE
submission() {
	printf '%s\n' 'by: smtp' 'server: mx.kestrelgate.example' "connect_to: 127.0.0.1:$1" "ca_file: $T/cert" \
	    'user: bounces@kestrelgate.example' "password_file: $2" | delivery
	run notify send --send --json
}
counts() { printf '%s' "$out" | jq -c '[.handed_over, .to_retry, .failed, .uncertain]'; }
submission "$PORT_PLAIN" "$T/password"
is "a server without TLS gets nothing" "$(counts)" '[0,1,0,0]'
submission "$PORT_SUBMIT" "$T/wrong"
is "nor does one that does not take our password" "$(counts)" '[0,1,0,0]'
like "whose word is kept" "$(notify status)" '535 5.7.8'
sed 's/.*@//; s/$/ 450 4.7.1 greylisted/' "$T/users" | sort -u >"$T/postfix/submit"
printf '%s 450 4.7.1 greylisted\n' $REMOTE_DOMAINS >>"$T/postfix/submit"
submission "$PORT_SUBMIT" "$T/password"
n=$(printf '%s' "$out" | jq .due)
is "greylisting means later" "$(counts)" "[0,$n,0,0]"
later
printf '%s 550 5.1.1 no such user\n' abuse@steelyard.example security@quaylight.example >"$T/postfix/submit"
touch "$T/break"
submission "$PORT_BROKEN" "$T/password"
is "a line that breaks in the middle of a message leaves one uncertain and ends the run" "$(counts)" '[0,0,0,1]'
who=$(list deliveries | jq -r 'select(.state == "uncertain") | .address')
sed "1,${log_so_far}d" "$T/maillog" >"$T/maillog.smtp"
exits "the log does not know it, though it has the refusal" 1 notify resolve --log "$T/maillog.smtp"
like "which stays as it is" "$out" '0 left .*1 are still uncertain'
exits "a person looks" 0 notify resolve --notice "$(id_of "$who")" --not-sent --by A
rm "$T/break"
submission "$PORT_BROKEN" "$T/password"
is "then all leave but the two that are refused, and the next contact of one of them" "$(counts)" "[$((n - 1)),0,2,0]"
is "which is told in the same run" "$(state legal@quaylight.example)" handed_over
like "with the queue id" "$(list deliveries | jq -r --arg a "$who" 'select(.address == $a) | .queue_id')" '^[0-9A-F]+$'
ok "what Postfix could not deliver comes back without a report's envelope id" \
    until_ok sh -c 'test "$(grep -Ls "^Original-Envelope-Id" $(grep -ls "^Action: failed" "$1"/new/*) | wc -l)" -ge 1' sh "$box"
exits "and is known by the mark in the return path" 0 notify collect "$box"
is "as failed" "$(list heard | jq -r 'select(.kind == "failed" and .how == "return path") | .certain' | sort -u)" true
is "for who is not there" "$(state dpo@havretransit.example)" failed
ok "no file of the case has the password" sh -c '! grep -rq secret-word-1 "$1"' sh "$CASE"
exits "the case is proved" 0 "$TOCSIN" report --check --case "$CASE"
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"
done_testing
