#!/bin/sh
# dkim: mta, with a mail server that signs: Postfix hands what leaves to opendkim. What arrived through it shows that it does, and is
# genuine to tocsin verify as to opendkim-testmsg.
. "$(dirname "$0")/lib.sh"
. "$SRC/t/peers.sh"
. "$SRC/t/dkim.sh"
peers_need
for tool in opendkim opendkim-testmsg unbound jq; do
	command -v $tool >/dev/null || skip_all "$tool is not installed: tools/install-needs test"
done
printf '%s\n' bounces@kestrelgate.example security@quaylight.example >"$T/users"
LDA_DOMAINS= REMOTE_DOMAINS=
ok "Postfix and Dovecot start" peers_start
DNS_PID= MILTER=
trap 'kill $DNS_PID $MILTER 2>/dev/null || :; peers_stop; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT

# ---- the mail server's key, and the DNS that has it
mkdir -p "$T/dns" "$T/milter"
openssl genrsa -out "$T/milter/key" 2048 2>/dev/null
public=$(openssl rsa -in "$T/milter/key" -pubout -outform DER 2>/dev/null | base64 -w0)
record="mta2026._domainkey.kestrelgate.example. IN TXT \"v=DKIM1; k=rsa; p=$(printf %.200s "$public")\" \"$(printf %s "$public" | cut -c201-)\""
set -- $(free_ports 2)
DNS_PORT=$1 MILTER_PORT=$2
cat >"$T/dns/unbound.conf" <<CONF
server:
 interface: 127.0.0.1
 port: $DNS_PORT
 username: ""
 chroot: ""
 directory: "$T/dns"
 pidfile: ""
 use-syslog: no
 logfile: "log"
 do-daemonize: no
 module-config: "iterator"
 local-zone: "example." static
 local-data: '$record'
remote-control:
 control-enable: no
CONF
name_server "$T/dns/unbound.conf" "$DNS_PORT"
cat >"$T/milter/conf" <<CONF
Domain kestrelgate.example
Selector mta2026
KeyFile $T/milter/key
Mode s
Canonicalization relaxed/relaxed
OversignHeaders From
Socket inet:$MILTER_PORT@127.0.0.1
Syslog no
Background no
RequireSafeKeys no
CONF
opendkim -f -x "$T/milter/conf" 2>"$T/milter/log" &
MILTER=$!
listens() { python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()' "$1"; }
ok "opendkim starts" until_ok listens "$MILTER_PORT"
printf 'non_smtpd_milters = inet:127.0.0.1:%s\nmilter_default_action = tempfail\n' "$MILTER_PORT" >>"$T/postfix/main.cf"
postfix -c "$T/postfix" reload >/dev/null 2>&1

# ---- a wave that we do not sign with DKIM
other_anchor
CASE=$T/c
new_case "$CASE"
sed -i 's/^portal:/dkim: mta\n&/' "$CASE/case.yaml"
printf '#!/bin/sh\nexec /usr/sbin/sendmail -C "%s" "$@"\n' "$T/postfix" >"$T/sendmail"; chmod +x "$T/sendmail"
cat >>"$CASE/case.yaml" <<YAML
network:
  dns_server: 127.0.0.1@$DNS_PORT
  dns_trust_anchor: $T/other-anchor
  connect_to: 127.0.0.1:1
  local: true
delivery:
  by: sendmail
  sendmail: $T/sendmail
  return_address: bounces@kestrelgate.example
  selectors: [mta2026]
  pause_seconds: 0
  per_minute: 100000
  at_once: 1
YAML
ingest "$SAMPLES/mailboxes"; scan; attribute
exits "the keys are made" 0 notify keys --json
unlike "none for DKIM" "$out" '_domainkey'
ok "a wave is written" plan_write
is "no file of it has a DKIM signature" "$(grep -l '^DKIM-Signature' "$CASE"/out/wave-1/*.eml | wc -l)" 0
sign() { run notify preflight "$@" --json; printf '%s' "$out" | jq -r '.checks[] | select(.check == "signatures") | .state + ": " + .found'; }
is "whether the server signs cannot be seen from here" "$(sign)" "failed: the mail server is to sign; whether it does cannot be seen from here"
passed_preflight
run notify send --send --json
ok "mail leaves" test "$(printf '%s' "$out" | jq .handed_over)" -ge 9
box=$T/mail/security@quaylight.example/new
ok "and arrives" until_ok sh -c 'ls "$1"/*' sh "$box"
cp "$box"/* "$T/got.eml"
like "with the server's signature" "$(sed -n '/^DKIM-Signature/,/b=/p' "$T/got.eml" | tr -d '\n')" 'd=kestrelgate.example;[[:space:]]*s=mta2026;'
is "which preflight sees" "$(sign --received "$T/got.eml")" "passed: a mail that came through the mail server verifies with the key in the DNS"
sed 's/intruder/intrudor/' "$T/got.eml" >"$T/changed.eml"
like "and not in a changed one" "$(sign --received "$T/changed.eml")" '^failed: the mail that came through the mail server: the text is not what was signed'
printf '%s\n' "$record" >"$T/records"
exits "tocsin verify takes it for genuine" 0 "$TOCSIN" verify "$T/got.eml" --key "$CASE/keys/notice.pub" --dkim-key "$T/records"
like "by DKIM, too" "$out" '^GENUINE: .*DKIM'
exits "and not the changed one" 1 "$TOCSIN" verify "$T/changed.eml" --key "$CASE/keys/notice.pub" --dkim-key "$T/records"
jq -n --arg dns "$record" '{dns: $dns}' >"$T/keys.json"
if dkim_test "$(cat "$T/keys.json")" "$T/got.eml" "$T/changed.eml" >"$T/result"; then
	like "opendkim agrees" "$(cat "$T/result")" 'got.eml 0$'
	like "on both" "$(cat "$T/result")" 'changed.eml 70$'
else
	pass "opendkim agrees # SKIP no network namespaces here"
fi
done_testing
