#!/bin/sh
# What is secret is in the mail, and in what people wrote to read it with; in what tocsin writes, says, calls itself and leaves behind when it is killed it
# is nowhere. The whole way is gone: attachments that passwords open, private persons, encrypted notices, sealed dossiers, mail by SMTP.
. "$(dirname "$0")/lib.sh"
for needed in openssl sqlite3; do
	command -v "$needed" >/dev/null || skip_all "no $needed: tools/install-needs test"
done
FAULT_LIB=${FAULT_LIB:-$SRC/build/t/libfault.so}
mkdir "$T/more" "$T/tmp" "$T/said"
TMPDIR=$T/tmp; export TMPDIR
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 -subj /CN=mx.example -addext subjectAltName=DNS:mx.example 2>/dev/null
echo ok >"$T/mode"; : >"$T/left"
python3 "$SRC/t/smtp-server.py" "$T/cert" "$T/key" "$T/mode" "$T/port" "$T/left" 2>/dev/null & server=$!
trap 'kill $server 2>/dev/null || :; [ -z "${GNUPGHOME-}" ] || gpgconf --kill all; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
python3 "$SRC/t/make-attachments.py" "$T/more"
printf 'Planted-Tried-In-Vain-31\nKäpt’n-8\n' >"$T/passwords"
(umask 077; echo Planted-Smtp-Word-32 >"$T/smtp-password")

CASE=$T/c; new_case "$CASE"
head -c 20 /dev/urandom | sha256sum | cut -c1-64 >"$CASE/case.key"
notify keys >/dev/null; smime_certificate
mkdir "$CASE/keys/recipients"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -addext subjectAltName=email:legal@quaylight.example -days 30 -keyout /dev/null -out "$CASE/keys/recipients/legal@quaylight.example.pem" 2>/dev/null
pgp=
if command -v gpg >/dev/null; then
	GNUPGHOME=$T/g; export GNUPGHOME; mkdir -m 700 "$GNUPGHOME"
	pgp=$(python3 -c 'import csv, sys
print([r["contacts"].split(";")[0].split()[0] for r in csv.DictReader(open(sys.argv[1])) if r["contacts"] and "ridgeway" in r["domains"]][0])' "$SAMPLES/organisations.csv")
	gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "<$pgp>" future-default default 30d 2>/dev/null
	gpg --batch --quiet --armor --output "$CASE/keys/recipients/$pgp.asc" --export "$pgp"
fi
sed -i 's/^portal: .*/&\nsealed: true/; s/^policy:/policy:\n  try_passwords: true\n  notify_persons: true\n  encrypt: when_known/' "$CASE/case.yaml"
says_where "$T/port"
cat >>"$CASE/case.yaml" <<YAML
network:
  dns_server: 127.0.0.1@1
delivery:
  by: smtp
  server: mx.example
  connect_to: 127.0.0.1:$(cat "$T/port")
  ca_file: $T/cert
  user: notices
  password_file: $T/smtp-password
  return_address: bounces@kestrelgate.example
  pause_seconds: 0
  per_minute: 100000
YAML

# What may stand nowhere: what the mail gives away, what was tried on it and opened, the word for the mail server, the keys.
{
	grep -v '^#' "$SAMPLES/truth.tsv" | awk -F'\t' '$3 != "none" && $3 !~ /date_of_birth/ && length($4) >= 10 && $4 !~ /BEGIN/ { print $4 }'
	printf '%s\n' Tonne-Rot-9 'Käpt’n-8' Lotse-Boje-17 Schleuse-Ost-3 Planted-Tried-In-Vain-31 Planted-Smtp-Word-32
	cat "$CASE/case.key"
	tail -1 "$CASE/keys/notice.key" | cut -c 60-120
} | sort -u >"$T/values"
ok "there is much to hide" test "$(wc -l <"$T/values")" -ge 40
n=0
# watched WORDS...: the verb, looked at while it runs; what it says is kept.
watched() {
	n=$((n + 1)) t_rc=0
	WATCHED=$T/watched python3 "$SRC/t/watched.py" "$T/values" "$TOCSIN" "$@" --case "$CASE" >"$T/said/$n.out" 2>"$T/said/$n.err" || t_rc=$?
	if [ $t_rc -le 1 ]; then pass "no process of $1 $2 shows a secret"; else fail "no process of $1 $2 shows a secret"; head -5 "$T/said/$n.err" | note; fi
}
# nowhere SENTENCE [FOLDER...]: neither in the case nor there
nowhere() {
	t_what=$1; shift
	mkdir "$T/keys-aside"; mv "$CASE/case.key" "$CASE/keys/notice.key" "$T/keys-aside/"
	ok "$t_what" python3 "$SRC/t/leaks.py" "$T/values" "$CASE" "$T/tmp" "$T/said" "$@"
	mv "$T/keys-aside/case.key" "$CASE/"; mv "$T/keys-aside/notice.key" "$CASE/keys/"; rmdir "$T/keys-aside"
}
watched ingest "$SAMPLES/mailboxes" "$T/more"
for at in 20 30 45; do
	(FAULT=kill:$at LD_PRELOAD=$FAULT_LIB; export FAULT LD_PRELOAD; exec "$TOCSIN" scan --passwords "$T/passwords" --case "$CASE" --quiet) >/dev/null 2>&1 || :
done
ok "a scan that was killed has left its log" test -s "$CASE/case.db-wal"
nowhere "and no secret in it"
watched scan --passwords "$T/passwords"
like "passwords have opened parts" "$(list ledger | grep '"what":"open"')" password_given_in_line
watched attribute --directory "$SAMPLES/organisations.csv"

# Directories of keys are asked for what belongs to their own domains, and what they give that is no key is kept nowhere.
mkdir "$T/net"
python3 "$SRC/t/contact-server.py" "$T/net" 2>/dev/null & web_server=$!
trap 'kill $server $web_server 2>/dev/null || :; [ -z "${GNUPGHOME-}" ] || gpgconf --kill all; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
says_where "$T/net/ports"
read -r web dns <"$T/net/ports"
cp "$CASE/case.yaml" "$T/case.yaml"
sed -i "s/^  dns_server: .*/  dns_server: 127.0.0.1@$dns\n  connect_to: 127.0.0.1:$web\n  plain: true\n  local: true/" "$CASE/case.yaml"
python3 - "$T/net/www" "$SAMPLES/organisations.csv" <<'PY'
import csv, hashlib, os, sys
for r in csv.DictReader(open(sys.argv[2])):
    for c in r["contacts"].split(";"):
        if "@" in c:
            local, domain = c.split()[0].split("@")
            n = int.from_bytes(hashlib.sha1(local.lower().encode()).digest(), "big")
            name = "".join("ybndrfg8ejkmcpqxot1uwisza345h769"[n >> 5 * i & 31] for i in range(31, -1, -1))
            d = f"{sys.argv[1]}/openpgpkey.{domain}/.well-known/openpgpkey/{domain}/hu"
            os.makedirs(d, exist_ok=True)
            open(f"{d}/{name}?l={local}", "w").write("no key: Planted-Of-A-Directory-33\n")
PY
cp "$T/values" "$T/values.mail"; echo Planted-Of-A-Directory-33 >>"$T/values"
watched notify contacts keys
mv "$T/case.yaml" "$CASE/case.yaml"
ok "directories were asked" grep -q '^GET openpgpkey\..*/hu/' "$T/net/asked"
like "and what they had was no key" "$(cat "$T/said/$n.out")" '[1-9][0-9]* asked for, 0 found'
nowhere "which is kept nowhere; and nothing secret was asked with" "$T/net/asked"
mv "$T/values.mail" "$T/values"
watched notify plan; watched notify approve --by A; watched notify approve --by B; watched notify write
watched notify seal --out "$T/drop"
watched notify publish --out "$T/pub"
watched notify show --text
passed_preflight
watched notify send --send
ok "mail has left" test -s "$T/left"
watched report --format html; watched report --format csv; watched report --format json
watched report regulator; watched report --check; watched notify status; watched list ledger; watched list findings; watched verify --evidence
is "some notices are encrypted" "$(grep -lE 'enveloped-data|pgp-encrypted' "$CASE"/out/wave-1/*.eml | wc -l)" "$([ -n "$pgp" ] && echo 2 || echo 1)"
[ -n "$pgp" ] || echo "# no gpg: none of them by OpenPGP"
like "private persons are told" "$(list notices)" gmail.com
nowhere "no secret stands in the case, what it gave out, what it said and what it left in the temporary folder" "$T/drop" "$T/pub"

text() { python3 -c 'import email, sys
for part in email.message_from_binary_file(open(sys.argv[1], "rb")).walk():
    if part.get_content_maintype() == "text":
        print(part.get_payload(decode=True).decode())' "$1"; }
# Access codes stand in the notice of their organisation, and where that is encrypted, nowhere.
python3 "$SRC/t/access-codes.py" "$CASE" >"$T/codes"
while IFS="$(printf '\t')" read -r notice code org; do
	printf '%s\n' "$code" >"$T/values"; printf '%s' "$code" | tr -d '-' >>"$T/values"
	mv "$CASE/out/wave-1/$notice.eml" "$T/its-own.eml"
	python3 "$SRC/t/leaks.py" "$T/values" "$CASE" "$T/drop" "$T/pub" "$T/tmp" "$T/said" || echo "$org"
	case $org in
	*@*) text "$T/its-own.eml" | grep -q "$code" && echo "$notice: to a person" ;;
	*)
		if grep -qE 'enveloped-data|pgp-encrypted' "$T/its-own.eml"; then
			python3 "$SRC/t/leaks.py" "$T/values" "$T/its-own.eml"
		else
			text "$T/its-own.eml" | grep -q "$code" || echo "$notice: not in its own"
		fi
		;;
	esac
	mv "$T/its-own.eml" "$CASE/out/wave-1/$notice.eml"
done <"$T/codes" >"$T/bad"
ok "there are access codes" test "$(wc -l <"$T/codes")" -ge 10
is "each stands in its own notice alone, and in none that is encrypted" "$(cat "$T/bad")" ""

# What an organisation opens is in the clear in its own folder, for its owner alone, and nowhere else: not on the terminal, in the temporary
# folder or the arguments; of others' secrets nothing, and of the codes none.
mkdir "$T/said2"
awk -F'\t' '$1 ~ /^mailboxes/ && $3 != "none" && $3 !~ /date_of_birth/ && length($4) >= 10 && $4 !~ /BEGIN/ { print $4 }' "$SAMPLES/truth.tsv" >"$T/values"
cut -f2 "$T/codes" >>"$T/values"
opened=0
while IFS="$(printf '\t')" read -r notice code org; do
	case $org in *@*) continue ;; esac
	printf '%s\n' "$code" >"$T/one-code"
	for b in "$T"/drop/*.bundle; do
		"$TOCSIN" open "$b" --notice "$notice" --signer "$T/drop/tocsin.pub" --key-file "$T/one-code" --list >/dev/null 2>&1 || continue
		opened=$((opened + 1)) t_rc=0
		WATCHED=$T/watched python3 "$SRC/t/watched.py" "$T/values" "$TOCSIN" open "$b" --notice "$notice" --signer "$T/drop/tocsin.pub" --key-file "$T/one-code" --out "$T/opened-$opened" \
			>"$T/said2/$opened.out" 2>"$T/said2/$opened.err" || t_rc=$?
		[ $t_rc -eq 0 ] || echo "$notice: status $t_rc"
		python3 "$SRC/t/leaks.py" "$T/values" "$T/said2" "$T/tmp" || echo "$notice: on the terminal, or in the temporary folder"
		python3 - "$T/opened-$opened/credentials.csv" "$T/values" <<'PY' >"$T/others"
import csv, sys
own = [r["value"] for r in csv.DictReader(open(sys.argv[1], newline="")) if r["value"]]
flat = lambda s: "".join(s.split())
for line in open(sys.argv[2]):
    v = line.rstrip("\n")
    if not any(flat(v) in flat(o) or flat(o) in flat(v) for o in own):
        print(v)
PY
		python3 "$SRC/t/leaks.py" "$T/others" "$T/opened-$opened" || echo "$notice: holds what is another's"
		[ -z "$(find "$T/opened-$opened" -perm /077)" ] || echo "$notice: others on this machine can read it"
		break
	done
done <"$T/codes" >"$T/bad"
ok "bundles were opened" test "$opened" -ge 5
is "what is opened is its owner's alone, and says nothing of anybody else's" "$(cat "$T/bad")" ""

ok "many processes were looked at" test "$(awk '{ n += $1 } END { print n }' "$T/watched")" -ge 30

# A process that crashes leaves nothing, where another would.
crash() {
	python3 -c 'import os, resource, sys
pid = os.fork()
if pid == 0:
    os.chdir(sys.argv[1])
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    os.execvp(sys.argv[2], sys.argv[2:])
status = os.waitpid(pid, 0)[1]
print("signal", os.WTERMSIG(status), "core" if os.WCOREDUMP(status) else "no core")' "$T/tmp" "$@" 2>/dev/null
}
if [ "$(crash sh -c 'kill -SEGV $$')" = "signal 11 core" ]; then
	rm -f "$T"/tmp/core*
	is "a crash leaves no core" "$(crash env FAULT=crash:20 LD_PRELOAD="$FAULT_LIB" "$TOCSIN" ingest "$SAMPLES/later" --case "$CASE" --quiet)" "signal 11 no core"
	is "nor a file of one" "$(find "$T/tmp" "$CASE" -name 'core*')" ""
else
	pass "a crash leaves no core # SKIP no program leaves a core here"
fi
done_testing
