#!/bin/sh
# notify keys, write: what we sign, checked with tools that recipients have; and each refuses one changed byte.
. "$(dirname "$0")/lib.sh"
. "$SRC/t/dkim.sh"
PATH=$PATH:/usr/sbin
for tool in minisign openssl opendkim-testmsg unbound; do
	command -v $tool >/dev/null || skip_all "$tool is not installed: tools/install-needs test"
done
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute

exits "the keys are made" 0 notify keys --json
first=$out
like "and are for the sender's domain" "$out" 'kestrelgate.example/notices'
is "only we can read them" "$(find "$CASE/keys" -name '*.pem' -o -name '*.key' | xargs stat -c %a | sort -u)" 600
is "their folder is ours" "$(stat -c %a "$CASE/keys")" 700
exits "they are shown" 0 notify keys --json
is "and not made twice" "$(printf '%s' "$out" | sed 's/"made":[a-z]*//')" "$(printf '%s' "$first" | sed 's/"made":[a-z]*//')"
cp "$CASE/keys/notice.pub" "$T/notice.pub"; rm "$CASE/keys/notice.pub"
exits "a public key that is gone is made again" 0 notify keys --json
same "of the secret one" "$CASE/keys/notice.pub" "$T/notice.pub"
is "which stays" "$(printf '%s' "$out" | jq -r .made)" false
echo text >"$T/m"
ok "minisign signs with our secret key" minisign -Sm "$T/m" -s "$CASE/keys/notice.key"
ok "and verifies with our public key" minisign -Vm "$T/m" -p "$CASE/keys/notice.pub"

smime_certificate
ok "a wave is planned, approved and written" plan_write
one=$(grep -l quaylight "$CASE"/out/wave-1/*.eml | head -1)
id=$(basename "$one" .eml)
cp "$one" "$T/notice.eml"
cd "$T"
python3 - <<'PY'
import email
m = email.message_from_binary_file(open("notice.eml", "rb"))
leaves = [p for p in m.walk() if not p.is_multipart()]
open("order", "w").write(" ".join(p.get_content_type() for p in leaves))
open("text", "wb").write(leaves[0].get_payload(decode=True))
for p in leaves[1:]:
    if p.get_filename(): open(p.get_filename(), "wb").write(p.get_payload(decode=True))
PY
is "the text comes first, then statement and signatures" "$(cat order)" \
    "text/plain application/json application/octet-stream application/pkcs7-signature"
key=$(sed -n 2p "$CASE/keys/notice.pub")
like "the text says how to check the statement" "$(tr -d '\\\\\n' <text)" "   minisign -Vm $id.json  *-P $(printf '%s' "$key" | sed 's/[+]/[+]/g') "
like "the S/MIME signature" "$(cat text)" '^ *openssl cms -verify -in notice.eml -CAfile ca.pem'
like "what must be compared first, elsewhere" "$(tr -s '\r\n ' ' ' <text)" 'proves +something only if the DNS has the same one, as TXT under the name +_notice\.kestrelgate\.example; ca\.pem is your own'
like "what minisign does not check" "$(tr -s '\r\n ' ' ' <text)" "minisign checks the statement $id.json, not this text: it is about this text +only if its text_sha256 is +what the last command prints, +the SHA-256 of this text \\(UTF-8, lines that end in LF\\):"
like "and what a mail program says by itself" "$(tr -s '\r\n ' ' ' <text)" 'your mail program says that +incident@kestrelgate\.example signed this mail, with a certificate that it trusts'
like "and DKIM" "$(cat text)" '^ *opendkim-testmsg < notice.eml$'
like "the statement names notice and organisation" "$(cat "$id.json")" "\"id\":\"$id\".*\"organisation\":\"Quaylight Terminals plc\""
sed -n "/^ *python3 -c '/,/notice.eml\r*\$/p" text | tr -d '\r' >prints.sh
like "the command that the text gives prints it" "$(cat "$id.json")" "\"text_sha256\":\"$(sh prints.sh)\""
is "also of a mail that was saved with CRLF" "$(sed 's/\r*$/\r/' notice.eml >crlf && sed 's/< notice.eml/< crlf/' prints.sh | sh)" "$(sh prints.sh)"
like "and the text" "$(cat "$id.json")" "\"text_sha256\":\"$(tr -d '\r' <text | sha256sum | cut -d' ' -f1)\""

# One changed byte for each.
python3 - <<'PY'
d = open("notice.eml", "rb").read(); i = d.index(b"Quaylight", d.index(b"\r\n\r\n"))
open("changed.eml", "wb").write(d[:i] + b"O" + d[i + 1:])
PY
sed 's/Quay/Ouay/' "$id.json" >changed.json; cp "$id.json.minisig" changed.json.minisig
ok "minisign accepts the statement" minisign -Vm "$id.json" -P "$key"
exits "and refuses a changed one" 1 minisign -Vm changed.json -P "$key"
ok "openssl accepts the mail" openssl cms -verify -in notice.eml -CAfile ca.pem -out signed
exits "and refuses a changed one" 4 openssl cms -verify -in changed.eml -CAfile ca.pem -out signed

# The RSA signature is the first field; without it the other one must do.
python3 - <<'PY'
d = open("notice.eml", "rb").read(); open("ed25519.eml", "wb").write(d[d.index(b"DKIM-Signature", 5):])
PY
if dkim_test "$first" notice.eml changed.eml ed25519.eml >dkim.result; then
	like "opendkim accepts the mail" "$(cat dkim.result)" '^notice.eml 0$'
	like "and by the Ed25519 signature alone" "$(cat dkim.result)" '^ed25519.eml 0$'
	like "and refuses a changed one" "$(cat dkim.result)" '^changed.eml 70$'
else
	pass "opendkim accepts the mail # SKIP no network namespaces here"
fi

# tocsin verify, for whoever got it: without a case, with what is known from elsewhere.
verify() { (cd / && "$TOCSIN" verify "$@"); }
printf '%s' "$first" | jq -r .dns >records
all="--key $CASE/keys/notice.pub --ca $T/ca.pem --dkim-key $T/records"
exits "a notice is genuine" 0 verify "$T/notice.eml" $all --json
is "by every check" "$(printf '%s' "$out" | jq -r '[.checks[] | select(.outcome == "pass")] | length')" 7
exits "in one line" 0 verify "$T/notice.eml" $all
like "that says so" "$out" "^GENUINE: notice $id from incident@kestrelgate.example; statement, notice log, S/MIME, DKIM \(RSA\), DKIM \(Ed25519\)\$"
sed '/^Subject: /i Reply-To: desk@elsewhere.example\r' notice.eml >answers.eml
exits "one whose answers go elsewhere is none" 1 verify "$T/answers.eml" --key "$CASE/keys/notice.pub"
like "which is said" "$out" '^NOT GENUINE.*answers to it go to another domain'
sed 's/^Subject: .*/Subject: URGENT\r/' notice.eml >subject.eml
exits "what no signature covers changes nothing" 0 verify "$T/subject.eml" --key "$CASE/keys/notice.pub"
like "but is named" "$out" '^GENUINE: .*; its subject, and whom it is to, nobody signed$'
printf 'one,two\n3,4\n' >table.csv
exits "a file that is no mail is no forgery" 3 verify "$T/table.csv" --key "$CASE/keys/notice.pub"
like "and what to do is said" "$out" '^UNDECIDED: this file is no mail.*[.]eml'
exits "nor is a notice one because what should be a key is none" 2 verify "$T/notice.eml" --key "$T/answers.eml"
tr -d '\r' <notice.eml >lf.eml
exits "also when it was saved with other line ends" 0 verify "$T/lf.eml" $all
# A signature that does not hold, which anybody on the way can add, in front of those that do and behind them.
awk 'f && /^[^ \t]/ {exit} /^DKIM-Signature:.*rsa/ {f=1} f' lf.eml | sed 's/bh=./bh=x/' >bad.field
cat bad.field lf.eml >before.eml
awk '/^$/ && !d {while ((getline l < "bad.field") > 0) print l; d=1} 1' lf.eml >behind.eml
for at in before behind; do exits "a signature that does not hold, $at those that do, takes nothing from them" 0 verify "$T/$at.eml" $all; done
for with in "--key $CASE/keys/notice.pub" "--ca $T/ca.pem"; do
	exits "one of the two is enough: ${with%% *}" 0 verify "$T/notice.eml" $with
	exits "and sees a changed byte" 1 verify "$T/changed.eml" $with
done
exits "the mail server's signature alone is not: whoever is in a mailbox has it, too" 3 verify "$T/notice.eml" --dkim-key "$T/records"
like "and that is said" "$out" '^UNDECIDED.*an intruder may use, too'
exits "but it sees a changed byte" 1 verify "$T/changed.eml" --dkim-key "$T/records"
# A mail of the sender's house that is no notice, whoever signed it.
printf 'Content-Type: text/plain\r\n\r\nPlease call 0900 5550100 about the notice.\r\n' >plain.part
openssl cms -sign -binary -in plain.part -signer "$CASE/keys/smime.pem" -inkey "$CASE/keys/smime.key" -md sha256 -out plain.signed 2>/dev/null
{ printf 'From: incident@kestrelgate.example\r\nTo: x@quaylight.example\r\nSubject: Notice\r\n'; sed 's/\r*$/\r/' plain.signed; } >plain.eml
exits "a mail without a statement is no notice, even when its sender's certificate signed it" 1 verify "$T/plain.eml" --ca "$T/ca.pem"
like "which is said" "$out" '^NOT GENUINE.*carries no statement'

# What is not signed stands beside what is, before it, within its signature or around it; and a notice that other programs show otherwise.
python3 "$SRC/t/forge.py" "$CASE/keys" notice.eml
for how in beside between before within around; do
	exits "a statement that its sender did not sign makes no notice of his mail: $how it" 1 verify "$T/forged-$how.eml" --ca "$T/ca.pem"
	like "and it is said why: $how it" "$out" '^NOT GENUINE.*(nobody signed|that no notice has|no S/MIME signature)'
done
for how in twice from shown; do
	exits "nor is a notice one in which other programs show something else: $how" 1 verify "$T/forged-$how.eml" --key "$CASE/keys/notice.pub"
done

exits "with nothing to check it with nothing is said" 3 verify "$T/notice.eml"
like "but how" "$out" '^UNDECIDED.*--key'
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/other.key" -out "$T/other.pem" -subj '/CN=Other' 2>/dev/null
minisign -G -W -p other.pub -s other.minikey >/dev/null
exits "another authority's word does not count" 1 verify "$T/notice.eml" --ca "$T/other.pem"
exits "nor another key" 1 verify "$T/notice.eml" --key "$T/other.pub"
exits "a file that is no key" 2 verify "$T/notice.eml" --key "$CASE/case.yaml"
like "is named" "$err" '^tocsin verify: --key: .*/case.yaml: not a minisign public key'
exits "of several keys one may be the one" 0 verify "$T/notice.eml" --key "$T/other.pub" --key "$CASE/keys/notice.pub"
printf "From: a@b.example\nSubject: Hello\n\nHow are you?\n" >hello.eml
exits "a plain mail is no notice" 1 verify "$T/hello.eml" --key "$CASE/keys/notice.pub"

# A notice that is whole, signed with its writer's own key, from a domain like ours, with escapes where a number belongs.
python3 - <<'PY'
import hashlib
text = "Call 0900 5550100.\n"
open("lie.json", "w").write('{"domain":"kestrelgate-notices.example","id":"TN-\\u001b]0;GENUINE\\u0007","issued":"2026-01-02T03:04:05Z","organisation":"Quaylight",'
    '"portal":"","signer":"A <a@kestrelgate-notices.example>","text_sha256":"%s","type":"tocsin-notice-1"}' % hashlib.sha256(text.encode()).hexdigest())
PY
minisign -Sm lie.json -s other.minikey -x lie.json.minisig -t x >/dev/null
python3 - <<'PY'
import base64
b = lambda n: base64.encodebytes(open(n, "rb").read()).decode()
part = '--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="%s"\nContent-Transfer-Encoding: base64\n\n%s'
open("lie.eml", "w").write('From: a@kestrelgate-notices.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n'
    '--b\nContent-Type: text/plain\n\nCall 0900 5550100.\n\n' + part % ("lie.json", b("lie.json")) + part % ("lie.json.minisig", b("lie.json.minisig")) + '--b--\n')
PY
exits "a notice signed with its writer's own key is not genuine by ours" 1 verify "$T/lie.eml" --key "$CASE/keys/notice.pub"
like "which is said, without the escapes that it has" "$out" '^NOT GENUINE: notice TN-[^[:cntrl:]]*from a@kestrelgate-notices.example; statement: '
exits "nor by what it brought along" 3 verify "$T/lie.eml"
exits "its own key makes it its writer's, whose name is shown" 0 verify "$T/lie.eml" --key "$T/other.pub"
like "as it is" "$out" '^GENUINE: notice TN-[^[:cntrl:]]*from a@kestrelgate-notices.example; statement; its subject, and whom it is to, nobody signed$'

# How many were told, and that one is among them.
exits "a wave's manifest is signed" 0 notify manifest --wave 1 --out "$T/manifests" --prove 'Quaylight Terminals plc' --json
manifest=$(printf '%s' "$out" | jq -r .manifest) proof=$(printf '%s' "$out" | jq -r .proof)
is "its counts are those of the wave" "$(printf '%s' "$out" | jq -c '[.told_first, .supplemented, .unreachable]')" \
	"$("$TOCSIN" notify show --wave 1 --json --case "$CASE" | jq -c '[.new, .supplements, .no_contact]')"
is "its period is that of what was told, and not of our own dossier" "$(sed -n 's/^from //p; s/^to //p' "$manifest" | tr '\n' ' ')" \
	"$(sqlite3 "$CASE/case.db" "SELECT date(min(when_utc), 'unixepoch') || ' ' || date(max(when_utc), 'unixepoch') || ' ' FROM message WHERE id IN (SELECT message_id FROM told t JOIN dossier d USING (wave, org_id) WHERE wave = 1 AND track = 1)")"
cp "$manifest" "$T/m1"
exits "again it is the same" 0 notify manifest --wave 1 --out "$T/manifests"
same "byte for byte" "$manifest" "$T/m1"
unlike "it names no organisation" "$(cat "$manifest")" 'Quaylight|Nordwall'
exits "whoever has it can check it" 0 verify --manifest "$manifest" --key "$CASE/keys/notice.pub"
like "and reads what it says" "$out" '^GENUINE: manifest of wave 1 of kestrelgate.example: [0-9]+ organisations? told for the first time, 0 supplemented, .* 0 private persons told; [0-9]+ notices? about [0-9]+ messages? from 20[0-9-]{8} to 20[0-9-]{8}$'
exits "an organisation checks that it is in it" 0 verify --manifest "$manifest" --key "$CASE/keys/notice.pub" --proof "$proof"
like "with what it was told" "$out" '^In it: .*"organisation":"Quaylight Terminals plc","version":1,"messages":[0-9]+,"exposures":[0-9]+,"told":true'
sed 's/"messages":[0-9]*/"messages":1/' "$proof" >lie.proof
exits "another number is not in it" 1 verify --manifest "$manifest" --key "$CASE/keys/notice.pub" --proof "$T/lie.proof"
sed 's/^told-first .*/told-first 3/' "$manifest" >lie.manifest
exits "a changed manifest is none" 1 verify --manifest "$T/lie.manifest" --key "$CASE/keys/notice.pub"
exits "nor one by another key" 1 verify --manifest "$manifest" --key "$T/other.pub"
exits "an organisation that the wave does not tell has no proof" 2 notify manifest --wave 1 --out "$T/manifests" --prove 'Nobody Ltd'

exits "the bookkeeping of proofs holds" 0 "$TOCSIN" report --check --case "$CASE"
cp "$CASE/case.db" saved.db
sqlite3 "$CASE/case.db" "DELETE FROM notice_proof WHERE notice_id = '$id'"
exits "a notice without its statement is found" 1 "$TOCSIN" report --check --case "$CASE"
like "by its number" "$out" "$id: written, and has no statement"
cp saved.db "$CASE/case.db"; rm -f "$CASE/case.db-wal" "$CASE/case.db-shm"
sqlite3 "$CASE/case.db" "UPDATE wave_told_org SET version = 2, anew = 1 WHERE org_id = (SELECT org_id FROM notice WHERE id = '$id')"
exits "a manifest that counts others than its wave told is found" 1 "$TOCSIN" report --check --case "$CASE"
like "with both counts" "$out" 'the manifest of wave 1 says [0-9]+, 0, 0 and 0 private persons, the wave told [0-9]+, 0, 1 and 0'
cp saved.db "$CASE/case.db"; rm -f "$CASE/case.db-wal" "$CASE/case.db-shm"
exits "the log is published" 0 notify publish --out "$T/pub"
like "a page says what was issued" "$(cat "pub/$id.txt")" '^valid$'
is "no file names an organisation" "$(grep -rl Quaylight pub)" ""
# Who has the published folder checks the log as it is today: that the notice is in it, and that it goes on from the one in the notice.
with_log="--key $CASE/keys/notice.pub --proof $T/pub"
exits "the published log has the notice" 0 verify "$T/notice.eml" $with_log
like "and its list is looked at" "$out" '^GENUINE.*notice log, published log, withdrawal; its subject.*; the list of withdrawn notices is [01] days? old$'
exits "not without the key" 2 verify "$T/notice.eml" --ca "$T/ca.pem" --proof "$T/pub"
sed -n '/^c2sp.org/,$p' "$id.json.minisig" >alone.proof
exits "a proof alone will do" 0 verify "$T/notice.eml" --key "$CASE/keys/notice.pub" --proof "$T/alone.proof"
sed '/^index/{n;d}' alone.proof >bad.proof
exits "a wrong one will not" 1 verify "$T/notice.eml" --key "$CASE/keys/notice.pub" --proof "$T/bad.proof"
cp -r pub fork; sed -i "$(sed -n 's/^index //p' alone.proof | awk '{print $1 + 1}')s/^..../0000/" fork/leaves
exits "another leaf in its place is seen" 1 verify "$T/notice.eml" --key "$CASE/keys/notice.pub" --proof "$T/fork"
like "and said" "$out" '^NOT GENUINE.*another entry in this notice.s place'
cp pub/leaves fork/leaves; sed -i '$d' fork/leaves
exits "a leaf that is missing, too" 1 verify "$T/notice.eml" --key "$CASE/keys/notice.pub" --proof "$T/fork"
cp pub/leaves fork/leaves; head -1 pub/leaves >>fork/leaves
exits "one that the checkpoint does not speak of yet is no harm" 0 verify "$T/notice.eml" --key "$CASE/keys/notice.pub" --proof "$T/fork"
# What the DNS says: lines of a file, or asked for. It refutes, and alone proves nothing.
key_only="--key $CASE/keys/notice.pub"
cat records pub/dns.txt >zone.txt
exits "the DNS has the notice" 0 verify "$T/notice.eml" $key_only --dkim-key "$T/zone.txt"
like "as a file says" "$out" '^GENUINE.*, DKIM \(Ed25519\), DNS$'
dns_port=$(free_ports 1)
trap 'kill ${DNS_PID:-} 2>/dev/null || :; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
serve_dns() { # FILE...: zone lines
	{
		printf 'server:\n interface: 127.0.0.1\n port: %s\n username: ""\n chroot: ""\n directory: "%s"\n pidfile: ""\n use-syslog: no\n do-daemonize: no\n' "$dns_port" "$T"
		echo ' local-zone: "kestrelgate.example." static'
		cat "$@" | sed "/^\$/d; s/( //; s/ )\$//; s/^/ local-data: '/; s/\$/'/"
		printf 'remote-control:\n control-enable: no\n'
	} >dns.conf
	name_server dns.conf "$dns_port"
}
ok "a DNS server has keys and notices" serve_dns records pub/dns.txt
exits "and is asked" 0 verify "$T/notice.eml" $key_only --resolve "127.0.0.1@$dns_port" --json
is "for the keys and the notice" "$(printf '%s' "$out" | jq -r '[.checks["DKIM (RSA)", "DKIM (Ed25519)", "DNS"].outcome] | join(" ")')" "pass pass pass"
exits "which alone proves nothing" 3 verify "$T/notice.eml" --resolve "127.0.0.1@$dns_port"
exits "but sees a changed byte" 1 verify "$T/changed.eml" --resolve "127.0.0.1@$dns_port"
sed "/^$id/s/sha256:..../sha256:0000/" pub/dns.txt >wrong.txt
serve_dns wrong.txt
exits "another notice of this number in the DNS refutes it" 1 verify "$T/notice.eml" $key_only --resolve "127.0.0.1@$dns_port"
like "and that is said; keys that are not there any more are no harm" "$out" '^NOT GENUINE.*; DNS: the sender.s DNS has another notice of this number$'
sed "/^$id/s/\"\$/; s=withdrawn\"/" pub/dns.txt >gone.txt
serve_dns gone.txt
exits "nor is a notice good that it says is withdrawn" 1 verify "$T/notice.eml" $key_only --resolve "127.0.0.1@$dns_port"
kill "$DNS_PID"; wait "$DNS_PID" 2>/dev/null || :; DNS_PID=
exits "without an answer nothing is said" 4 verify "$T/notice.eml" $key_only --resolve "127.0.0.1@$dns_port"
# Again: what has not changed is not written; what was cut off is ended.
is "the checkpoint is the last file" "$(find pub -type f -newer pub/checkpoint; find pub -name '*.new')" ''
inodes() { ls -i pub | grep -v -e ' withdrawn$' -e " $id.txt\$" -e ' dns.txt$'; }
before=$(inodes); rm "pub/$id.txt"; echo half >pub/dns.txt
exits "again" 0 notify publish --out "$T/pub"
like "what was missing is there" "$(cat "pub/$id.txt" pub/dns.txt)" '^valid'
is "and nothing else was written" "$(inodes)" "$before"
# A folder of an earlier day, of three entries: that today's log goes on from it is proved (RFC 9162 2.1.4.2).
cat >growth.py <<'PY'
import base64, hashlib, os, sys
def node(l, r): return hashlib.sha256(b"\1" + l + r).digest()
def root(v):
    if len(v) == 1: return v[0]
    k = 1
    while 2 * k < len(v): k *= 2
    return node(root(v[:k]), root(v[k:]))
leaves = [bytes.fromhex(l) for l in open("pub/leaves")]
if sys.argv[1] == "make":
    os.mkdir("early")
    old = base64.b64encode(root(leaves[:3])).decode()
    open("early/checkpoint", "w").write("kestrelgate.example/notices\n3\n" + old + "\n\n\u2014 x AAAA\n")
    sys.exit()
text, note = open("early/growth-3-%d" % len(leaves)).read().split("\n\n", 1)
lines = text.split("\n")
assert lines[0] == "tocsin log growth v1" and note == open("early/checkpoint").read()
_, n, old = lines[1].split(); n = int(n); old = bytes.fromhex(old)
path = [bytes.fromhex(l.split()[1]) for l in lines[2:]]
if n & (n - 1) == 0: path.insert(0, old)
f, s = n - 1, len(leaves) - 1
while f & 1: f >>= 1; s >>= 1
a = b = path[0]
for p in path[1:]:
    assert s
    if f & 1 or f == s:
        a, b = node(p, a), node(p, b)
        while f and not f & 1: f >>= 1; s >>= 1
    else: b = node(b, p)
    f >>= 1; s >>= 1
assert s == 0 and a == old == root(leaves[:3]) and base64.b64encode(b).decode() == note.split("\n")[2]
PY
python3 growth.py make
exits "an earlier folder is brought up to date" 0 notify publish --out "$T/early"
ok "and the step between the checkpoints is proved" python3 growth.py check
sed -i '2s/.*/2/' early/checkpoint
exits "a folder of another log is refused" 3 notify publish --out "$T/early"
exits "one person cannot withdraw a notice" 0 notify withdraw --notice "$id" --by A --why 'a wrong date'
exits "nor twice, however spelled, and for another reason" 3 notify withdraw --notice "$id" --by ' a ' --why 'a wrong name'
like "which is said" "$err" 'has said so of TN-.* already, and counts once; two different people must: another person has to say so too'
is "what was said first stands" "$(list withdrawals | field by why withdrawn)" 'A	a wrong date	false'
exits "and it still holds" 0 notify publish --out "$T/pub"
exits "for who checks it" 0 verify "$T/notice.eml" $all --withdrawn "$T/pub/withdrawn"
like "the result says how old that list is" "$out" '^GENUINE: .*, withdrawal; the list of withdrawn notices is [01] days? old$'
sed '/^withdrawn as of/s/as of .*/as of 2020-01-01T00:00:00Z/' pub/withdrawn >forged
exits "whose date is signed, too" 3 verify "$T/notice.eml" $all --withdrawn "$T/forged"
TOCSIN_NOW=$(date -u -d '+45 days' +%Y-%m-%dT%H:%M:%SZ); export TOCSIN_NOW
exits "an old list still holds" 0 verify "$T/notice.eml" $all --withdrawn "$T/pub/withdrawn"
like "but a newer one should be asked for" "$out" '^GENUINE: .*; the list of withdrawn notices is 4[45] days old: ask the sender for a newer one$'
exits "to a program, too" 0 verify "$T/notice.eml" --json $all --withdrawn "$T/pub/withdrawn"
like "as members of its own" "$out" '"list_days":4[45],"list_old":true'
unset TOCSIN_NOW
exits "two can" 0 notify withdraw --notice "$id" --by B --why 'a wrong date'
exits "and publishing again" 0 notify publish --out "$T/pub"
like "says so" "$(cat "pub/$id.txt")" '^WITHDRAWN '
also=$(grep -l quaylight "$CASE"/out/wave-1/*.eml | grep -v "$id" | head -1)
ok "another address has been told the same" test -s "$also"
like "which does not hold there either" "$(cat "pub/$(basename "$also" .eml).txt")" '^WITHDRAWN '
exits "for who checks it" 1 verify "$also" $all --withdrawn "$T/pub/withdrawn"
like "in the DNS, too" "$(grep "^$id" pub/dns.txt)" '; s=withdrawn"$'
exits "also to who checks it" 1 verify "$T/notice.eml" $all --withdrawn "$T/pub/withdrawn"
# The key of notices is changed: what was signed with the old one still holds, and the list is signed with the new one.
cp "$CASE/keys/notice.pub" "$T/old.pub"
grep -L quaylight "$CASE/out/wave-1"/*.eml | head -1 >"$T/second"; cp "$(cat "$T/second")" "$T/second.eml"
exits "the key is rotated" 0 notify keys --rotate
like "what is published of the old one stays" "$out" 'older notices are checked with it'
exits "and the log published again" 0 notify publish --out "$T/pub"
exits "an older notice is genuine by the old key and the new list" 0 verify "$T/second.eml" --key "$T/old.pub" --key "$CASE/keys/notice.pub" --withdrawn "$T/pub/withdrawn"
exits "a list by a key that was not given says nothing" 3 verify "$T/second.eml" --key "$T/old.pub" --withdrawn "$T/pub/withdrawn"
exits "and one that was withdrawn is still withdrawn" 1 verify "$T/notice.eml" --key "$T/old.pub" --key "$CASE/keys/notice.pub" --withdrawn "$T/pub/withdrawn"
exits "the whole of it is, in the published log" 0 verify "$T/second.eml" --key "$T/old.pub" --key "$CASE/keys/notice.pub" --proof "$T/pub"
exits "and of one that was withdrawn" 1 verify "$T/notice.eml" --key "$T/old.pub" --key "$CASE/keys/notice.pub" --proof "$T/pub"
like "which was no forgery" "$out" "^WITHDRAWN: notice $id from .*; it was genuine, and the sender has taken it back on 20[0-9-]*: it no longer holds"
like "to a program, too" "$(verify "$T/notice.eml" --json --key "$T/old.pub" --key "$CASE/keys/notice.pub" --proof "$T/pub" || :)" '"genuine":false,"refuted":false,"withdrawn":true,"withdrawn_on":"20'
sed 's/Quaylight/Quaylicht/' "$T/notice.eml" >"$T/other-words.eml"
run verify "$T/other-words.eml" --key "$T/old.pub" --key "$CASE/keys/notice.pub" --proof "$T/pub"
like "one with other words is none, also of a notice that was withdrawn" "$rc $out" '^1 NOT GENUINE'
exits "the new key alone does not vouch for the old one's" 1 verify "$T/second.eml" --key "$CASE/keys/notice.pub" --proof "$T/pub"
exits "nor the old one for a log of the new" 3 verify "$T/second.eml" --key "$T/old.pub" --proof "$T/pub"
like "which is said" "$out" '^UNDECIDED.*published log is not signed by a key that was given'
done_testing
