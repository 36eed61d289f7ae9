#!/bin/sh
# notify preflight against a signed zone and a web server of the test's own: where all is as it should be everything passes, and one
# thing that is wrong is said alone, with its sentence.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for tool in unbound ldns-signzone openssl python3 jq; do
	command -v $tool >/dev/null || skip_all "$tool is not installed: tools/install-needs test"
done
DNS_PID= WEB_PID=
trap 'kill $DNS_PID $WEB_PID 2>/dev/null || :; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
DOMAIN=kestrelgate.example
mkdir -p "$T/dns" "$T/web/$DOMAIN/.well-known" "$T/web/mta-sts.$DOMAIN/.well-known"

# ---- a web server, with a certificate for three names
(
	cd "$T"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=Test CA' -days 30 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -keyout web.key -out web.csr -subj /CN=web 2>/dev/null
	echo "subjectAltName=DNS:$DOMAIN,DNS:mta-sts.$DOMAIN,DNS:notices.$DOMAIN" >web.ext
	openssl x509 -req -in web.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile web.ext -out web.pem 2>/dev/null
)
python3 "$SRC/t/https-server.py" "$T/web.pem" "$T/web.key" "$T/web" "$T/port" &
WEB_PID=$!
printf 'version: STSv1\r\nmode: enforce\r\nmx: mx1.%s\r\nmx: *.mail.%s\r\nmax_age: 604800\r\n' $DOMAIN $DOMAIN >"$T/policy"
printf '# Our notices of these days name notices.kestrelgate.example\nContact: mailto:security@%s\nExpires: 2100-01-01T00:00:00Z\n' $DOMAIN >"$T/security"
says_where "$T/port"

# ---- a case whose first wave is signed
CASE=$T/c
new_case "$CASE"
DNS_PORT=$(free_ports 1)
sed -i "s/^trusted_hosts:.*/trusted_hosts: [mx1.kestrelgate.example]/" "$CASE/case.yaml"
cat >>"$CASE/case.yaml" <<YAML
delivery:
  by: sendmail
  sendmail: /bin/true
  return_address: bounces@$DOMAIN
  leaves_from: [198.18.0.25]
network:
  dns_server: 127.0.0.1@$DNS_PORT
  dns_trust_anchor: $T/dns/anchor
  ca_file: $T/ca.pem
  connect_to: 127.0.0.1:$(cat "$T/port")
  local: true
YAML
ingest "$SAMPLES/mailboxes"; scan; attribute
notify keys --json >"$T/keys"
jq -r .dns "$T/keys" | grep _domainkey >"$T/dkim"
sed -i "s/^  by: sendmail/&\n  selectors: [$(sed 's/\._domainkey.*//' "$T/dkim" | paste -sd, -)]/" "$CASE/case.yaml"
cp -r "$CASE" "$T/fresh"
ok "a signed wave is written" plan_write

# ---- the zone
(cd "$T/dns" && key=$(ldns-keygen -a ECDSAP256SHA256 -r /dev/urandom -k $DOMAIN) && mv "$key.key" anchor && mv "$key.private" zsk.private && cp anchor zsk.key)
cat >"$T/plain" <<ZONE
$DOMAIN. 60 IN SOA ns.$DOMAIN. hostmaster.$DOMAIN. 1 3600 600 86400 60
$DOMAIN. 60 IN NS ns.$DOMAIN.
ns.$DOMAIN. 60 IN A 127.0.0.1
$DOMAIN. 60 IN MX 10 mx1.$DOMAIN.
$DOMAIN. 60 IN MX 20 b.mail.$DOMAIN.
mx1.$DOMAIN. 60 IN A 198.18.0.25
$DOMAIN. 60 IN TXT "v=spf1 ip4:198.18.0.25 -all"
_dmarc.$DOMAIN. 60 IN TXT "v=DMARC1; p=reject; adkim=s; aspf=s"
$DOMAIN. 60 IN CAA 0 issue "ca.example"
_mta-sts.$DOMAIN. 60 IN TXT "v=STSv1; id=20260101"
_smtp._tls.$DOMAIN. 60 IN TXT "v=TLSRPTv1; rua=mailto:tls@$DOMAIN"
ZONE
cat "$T/dkim" >>"$T/plain"
cat >"$T/dns/reverse" <<'ZONE'
0.18.198.in-addr.arpa. 60 IN SOA ns.kestrelgate.example. hostmaster.kestrelgate.example. 1 3600 600 86400 60
0.18.198.in-addr.arpa. 60 IN NS ns.kestrelgate.example.
25.0.18.198.in-addr.arpa. 60 IN PTR mx1.kestrelgate.example.
ZONE
cp "$T/dns/reverse" "$T/reverse"
cat >"$T/dns/unbound.conf" <<CONF
server:
 directory: "$T/dns"
 chroot: ""
 username: ""
 pidfile: ""
 interface: 127.0.0.1
 port: $DNS_PORT
 do-daemonize: no
 use-syslog: no
 logfile: "log"
 module-config: "iterator"
 access-control: 127.0.0.0/8 allow
 local-zone: "18.198.in-addr.arpa." nodefault
remote-control:
 control-enable: no
auth-zone:
 name: "$DOMAIN"
 zonefile: "zone"
 for-downstream: yes
 for-upstream: no
auth-zone:
 name: "0.18.198.in-addr.arpa"
 zonefile: "reverse"
 for-downstream: yes
 for-upstream: no
CONF
# serve_zone PLAIN [SED]: signs it, and what is served is that with SED behind the signature.
serve_zone() {
	(cd "$T/dns" && ldns-signzone -o $DOMAIN -f signed "$1" zsk && sed "${2:-}" signed >zone)
	name_server "$T/dns/unbound.conf" "$DNS_PORT"
}
web() { cp "$T/policy" "$T/web/mta-sts.$DOMAIN/.well-known/mta-sts.txt"; cp "$T/security" "$T/web/$DOMAIN/.well-known/security.txt"; }
wrong() { printf '%s' "$out" | jq -r '[.checks[] | select(.state != "passed") | .state + " " + .check] | join(", ")'; }
found() { printf '%s' "$out" | jq -r --arg c "$1" '.checks[] | select(.check | startswith($c)) | .found + " | " + .advice' | head -1; }

web
serve_zone "$T/plain"
exits "where all is as it should be" 0 notify preflight --json
is "every check passes" "$(wrong)" ""
is "and this is what was checked" "$(printf '%s' "$out" | jq -r '[.checks[].check | sub("^dkim .*"; "dkim SELECTOR")] | unique | join(", ")')" \
    "alignment, answers, caa, dkim SELECTOR, dmarc, dnssec, mta-sts, mx, notices, portal, portal https, ptr 198.18.0.25, security.txt, signatures, spf 198.18.0.25, still due, tls-rpt"
exits "then mail may leave" 0 notify send

# says SENTENCE WRONG CHECK ERE: only that is wrong, and what was found and is to be done says so.
says() {
	run notify preflight --json
	is "$1" "$(wrong)" "$2"
	like "  which says what to do" "$(found "$3")" "$4"
}
# broken SED SENTENCE...: one thing in the zone.
broken() {
	t_sed=$1; shift
	sed "$t_sed" "$T/plain" >"$T/other"
	serve_zone "$T/other"
	says "$@"
}
broken 's/ip4:198.18.0.25/ip4:198.18.0.99/' "an address that SPF does not cover" "failed spf 198.18.0.25" spf 'fail for kestrelgate.example: -all.* \| let the SPF record of kestrelgate.example cover 198.18.0.25'
exits "and nothing leaves" 3 notify send --send
like "which names it" "$err" 'the preflight failed: spf 198.18.0.25;'
selector=$(sed -n 's/\._domainkey.*k=ed25519.*//p' "$T/dkim")
broken '/k=ed25519/s/p=\(.\{10\}\)..../p=\1AAAA/' "a key that is not the one the mails are signed with" "failed signatures" signatures "12 of 12 mails do not verify: $selector\._domainkey\.kestrelgate\.example: .* in out/wave-1/.*\| publish the keys"
broken '/k=ed25519/{p;s/v=DKIM1/v=DKIM1; n=x/}' "a key that stands there twice" "failed signatures, failed dkim $selector" "dkim $selector" '^2 records stand there, and there may be one'
broken '/k=ed25519/s/p=[^"]*/p=/' "a key that is withdrawn" "failed signatures, failed dkim $selector" "dkim $selector" '^the key is withdrawn, or none'
broken '/k=ed25519/s/p=[^"]*/p=AAAA/' "one that is no key" "failed signatures, failed dkim $selector" "dkim $selector" '^a key of 3 bytes is too weak, or cut off'
broken '/k=ed25519/d' "a key that is not published" "failed signatures, failed dkim $selector" signatures "$selector.*: no key is published in"
broken 's/p=reject/p=none/' "a DMARC policy that asks for nothing" "failed dmarc" dmarc 'p=none.*\| publish at _dmarc.kestrelgate.example: v=DMARC1; p=reject'
broken 's/p=reject/&; pct=20/' "one that holds for some of the mail" "failed dmarc" dmarc 'pct=20'
broken '/_dmarc/d' "none" "failed dmarc" dmarc '^no DMARC record is published'
broken 's/MX 10 .*/MX 0 ./; /MX 20/d' "a domain that says that it takes no mail" "failed mx, failed mta-sts" mx 'no mail is taken \| answers must be able to come back'
# SPF in the shapes that domains have it.
spf() { broken "s/v=spf1 .* -all/$1/" "$2" "${3:+failed spf 198.18.0.25}" spf "${3:-^pass for kestrelgate.example}"; }
spf 'v=spf1 mx -all' "SPF by the mail servers passes"
spf 'v=spf1 a:mx1.kestrelgate.example\/30 -all' "by a host's network, too"
spf 'v=spf1 ip4:198.18.0.0\/24 ~all' "and by a network"
spf 'v=spf1 ?all' "SPF that does not say" 'neutral'
spf 'v=spf1 ip4:198.18.0.300 -all' "SPF that is wrong" 'permerror'
spf 'v=spf1 ip4:198.18.0.25\/24\/\/64 -all' "a network with the length of another kind" 'permerror'
spf 'v=spf1 ip4:198.18.0.25 inclde:x.example -all' "a mistake behind what matches" 'permerror for kestrelgate.example: inclde:x.example is no mechanism'
spf 'v=spf1 mx:kestrelgate.example\/24\/\/64 -all' "lengths for both kinds of address"
spf 'v=spf1 exists:%{i}.kestrelgate.example -all' "SPF that needs macros" 'unsure'
spf 'v=spf1 include:kestrelgate.example -all' "SPF that includes itself" 'permerror'
spf 'v=spf1 a:a.nowhere.example a:b.nowhere.example a:c.nowhere.example ip4:198.18.0.25 -all' "SPF that looks for what is not there" 'permerror.*|temperror'
spf 'v=spf2 all' "no SPF" 'none'
many=$(seq -f "\\n$DOMAIN. 60 IN TXT \"n%g\"" 210 | tr -d '\n')
broken "s/.*v=spf1.*/&$many/" "SPF among more records than are taken" "failed spf 198.18.0.25" spf 'temperror for kestrelgate.example: kestrelgate.example: more records than are taken of one name'
broken '/CAA/d' "no word on who may issue certificates" "warned caa" caa '^no CAA record.*\| say which authority may issue certificates for notices.kestrelgate.example'
broken '/_mta-sts/d' "no MTA-STS" "warned mta-sts" mta-sts '^no MTA-STS record is published \| publish at _mta-sts'
broken 's/mx1/mx2/g' "a mail server that the policy does not name" "warned ptr 198.18.0.25, failed mta-sts" mta-sts 'does not name each of the MX hosts'
broken '/_tls/d' "no TLS-RPT" "warned tls-rpt" tls-rpt '^no TLS-RPT record.*\| publish at _smtp._tls.kestrelgate.example'
broken 's/; rua=[^"]*//' "TLS-RPT that reports to nobody" "failed tls-rpt" tls-rpt 'without rua='
serve_zone "$T/plain" 's/MX\t20 b\.mail/MX\t20 evil/'
run notify preflight --json
like "a record that somebody changed on the way" "$(wrong)" 'failed dnssec'
like "  is not believed" "$(found mx)" '^forged, or signed wrongly'

sed '/PTR/d' "$T/reverse" >"$T/dns/reverse"
serve_zone "$T/plain"
says "an address without a name" "warned ptr 198.18.0.25" ptr '^no reverse name \| a reverse name that leads back'
cp "$T/reverse" "$T/dns/reverse"
serve_zone "$T/plain"

# ---- the web
page() { # HOST PATH SENTENCE...: what stands on stdin instead of the page
	cat >"$T/web/$1/.well-known/$2"; shift 2
	says "$@"
	web
}
page mta-sts.$DOMAIN mta-sts.txt "a policy that is only tried out" "warned mta-sts" mta-sts 'tried out \| mode: enforce' <<PAGE
$(sed 's/enforce/testing/' "$T/policy")
PAGE
page mta-sts.$DOMAIN mta-sts.txt "a policy that leads elsewhere" "failed mta-sts" mta-sts 'leads elsewhere: https://other.example/' <<PAGE
-> https://other.example/policy
PAGE
head -c 100000 /dev/zero | tr '\0' a >"$T/large"
page mta-sts.$DOMAIN mta-sts.txt "one that does not end" "failed mta-sts" mta-sts 'is larger than 65536 bytes' <"$T/large"
page $DOMAIN security.txt "a security.txt that has expired" "failed security.txt" security.txt 'it has expired \| correct https://kestrelgate.example/.well-known/security.txt' <<PAGE
$(sed 's/2100/2020/' "$T/security")
PAGE
page $DOMAIN security.txt "one that names nobody" "failed security.txt" security.txt '^no Contact' <<PAGE
Expires: 2100-01-01T00:00:00Z
PAGE
page $DOMAIN security.txt "one that knows nothing of the notices" "warned security.txt" security.txt 'does not name the portal \| let a line of .* say that notices of these days name notices.kestrelgate.example' <<PAGE
$(sed '/^#/d' "$T/security")
PAGE
rm "$T/web/$DOMAIN/.well-known/security.txt"
says "none" "warned security.txt" security.txt 'status 404 \| publish https://kestrelgate.example'
rm "$T/web/mta-sts.$DOMAIN/.well-known/mta-sts.txt"; cp "$T/security" "$T/web/$DOMAIN/.well-known/security.txt"
says "a record without its policy" "failed mta-sts" mta-sts 'mta-sts.txt: status 404'
web

# ---- what case.yaml says
cp "$CASE/case.yaml" "$T/case.yaml"
config() { t_sed=$1; shift; sed "$t_sed" "$T/case.yaml" >"$CASE/case.yaml"; says "$@"; cp "$T/case.yaml" "$CASE/case.yaml"; }
config 's/bounces@.*/bounces@bounces.example/' "a return address elsewhere" "failed spf 198.18.0.25, failed alignment" alignment 'let return_address be at kestrelgate.example'
config 's/^portal: .*/portal: notices-kestrelgate.example/' "a portal that is not below the sender's domain" "failed portal, warned portal https, warned caa, warned security.txt" portal '\| the name in the notices belongs below kestrelgate.example'
config "s/^portal: .*/portal: other.$DOMAIN/" "a portal whose certificate is of another name" "warned portal https, warned security.txt" "portal https" 'certificate.*\| whoever types other.kestrelgate.example'
other_anchor
config "s#dns_trust_anchor: .*#dns_trust_anchor: $T/other-anchor#; /^  local/d" "addresses of this machine are not asked" "warned portal https, warned dnssec, failed mta-sts, warned security.txt" security.txt 'of this machine or of a private network'
config '/^trusted_hosts/d' "no server of ours to vouch for answers" "warned answers" answers 'each will be a task for a person \| name your mail servers.*trusted_hosts'
config '/leaves_from/d' "where mail leaves from is not known" "failed spf" spf 'case.yaml, delivery, leaves_from'

# That nothing answers is no word on what is published, and not to be mended in the zone.
sed "s/dns_server: .*/dns_server: 127.0.0.1@1/" "$T/case.yaml" >"$CASE/case.yaml"
run notify preflight --json
like "where no name server answers that is what is said" "$(found dmarc)" '^the DNS does not say: .* \| whether it is published is not known: see that the name server answers'
like "of SPF, too" "$(found spf)" '^temperror .* \| whether it covers the address is not known'
like "and of the keys" "$(found signatures)" 'the DNS does not say: .* \| see that the name server answers .*: nothing is known of a key'
unlike "and nobody is told to publish what is there" "$(printf '%s' "$out" | jq -r '.checks[] | select(.check | test("^(dkim|dmarc|mx|caa|mta-sts|tls-rpt|spf)")) | .advice')" '^publish|^let the SPF'
cp "$T/case.yaml" "$CASE/case.yaml"

# A sender below the domain: what counts is the policy of the domain above, and what it says of names below it.
below() { # ZONE STATE SENTENCE
	sed "$1" "$T/plain" >"$T/other"; serve_zone "$T/other"
	sed 's/incident@/&privacy./' "$T/case.yaml" >"$CASE/case.yaml"
	run notify preflight --json
	is "$3" "$(printf '%s' "$out" | jq -r '.checks[] | select(.check == "dmarc") | .state')" "$2"
}
below '' passed "a DMARC policy holds below its domain"
below 's/p=reject/&; sp=none/' failed "but for what it says otherwise"
cp "$T/case.yaml" "$CASE/case.yaml"; serve_zone "$T/plain"

# ---- where the mail server signs
cp -r "$T/fresh" "$T/mta"
sed -i 's/^portal:/dkim: mta\n&/' "$T/mta/case.yaml"
CASE=$T/mta plan_write >"$T/planned" 2>&1 || note <"$T/planned"
{ printf 'Received: from mx1.kestrelgate.example by mx.elsewhere.example; Wed, 1 Oct 2025 10:00:00 +0000\r\n'; cat "$(ls "$CASE"/out/wave-1/*.eml | head -1)"; } >"$T/received"
received() { # SENTENCE WRONG ERE, of what has arrived in $T/mail
	run notify preflight --received "$T/mail" --json
	is "$1" "$(wrong)" "$2"
	like "  which is said" "$(found signatures)" "$3"
}
exits "a mail is asked for where our files are signed by ourselves" 2 notify preflight --received "$T/received"
CASE=$T/mta
says "whether a mail server signs is not known" "failed signatures" signatures 'notify preflight --received FILE'
cp "$T/received" "$T/mail"
received "until a mail arrives with its signature" "" '^a mail that came through'
sed 's/intruder/intrudor/' "$T/received" >"$T/mail"
received "a changed one proves nothing" "failed signatures" 'through the mail server: the text is not what was signed \| let the mail server sign'
sed '/^DKIM-Signature/,/^[A-CE-Z]/{/^[A-CE-Z]/!d}' "$T/received" >"$T/mail"
received "nor one without" "failed signatures" 'it has no DKIM signature'
cp "$T/received" "$T/mail"
sed '/_domainkey/d' "$T/plain" >"$T/other"; serve_zone "$T/other"
run notify preflight --received "$T/mail" --json
like "nor one whose key is not published" "$(found signatures)" 'through the mail server: [^ ]*\._domainkey\.kestrelgate\.example: no key is published \|'
like "  and whose it is to publish it" "$(found dkim)" '\| publish the key that the mail server signs with at '
serve_zone "$T/plain"
sed 's/^From: .*/From: x@elsewhere.example\r/' "$T/received" >"$T/mail"
received "nor one of somebody else" "failed signatures" "not from the sender's domain"
head -c 3000 /dev/urandom >"$T/mail"
received "nor what is no mail" "failed signatures" 'through the mail server: '
CASE=$T/c

# ---- the mails
one=$(ls "$CASE"/out/wave-1/*.eml | head -1)
cp "$one" "$T/one"
sed 's/intruder/intrudor/' "$T/one" >"$one"
says "a mail that is not what was approved" "failed notices" notices '^1 of 12 are not fit to leave: out/wave-1/.*is not there as it was approved'
cp "$T/one" "$one"
# A link that no search of the file finds: its line is broken where the encoding breaks it. And what phishing says.
unfit() { # WORDS [LANGUAGE]: the wave of a case whose English template says them, or is in another language
	rm -rf "$T/t"; cp -r "$T/fresh" "$T/t"
	mkdir "$T/t/texts"
	cp "$SRC"/templates/* "$T/t/texts/"
	cp "$SRC/templates/notice.${2:-en}.txt" "$T/t/texts/notice.en.txt"
	printf '\n%s\n' "$1" >>"$T/t/texts/notice.en.txt"
	CASE=$T/t
	(TOCSIN_TEMPLATES=$T/t/texts; plan_write) >"$T/planned" 2>&1 || note <"$T/planned"
}
unfit "$(printf '%072d' 0 | tr 0 a)href=lookup.example"
is "a link may be hidden by an encoding" "$(grep -l 'href=' "$T/t/out/wave-1"/*.eml | wc -l)" 0
says "and is found all the same" "failed notices" notices '^[0-9]+ of 12 are not fit to leave: .*has a link \|'
unfit "Please verify your account at once."
says "what phishing says is found" "failed notices" notices 'says "verify your account", as phishing does \|'
unfit "" de
says "a text in another language than its mail says is found" "failed notices" notices 'says that it is in en, and its text is in de \|'
done_testing
