#!/bin/sh
# notify contacts keys: keys that domains publish for their addresses. A web server on this machine is a Web Key Directory. And the keys with which
# they sign their security.txt.
. "$(dirname "$0")/lib.sh"
command -v gpg >/dev/null || skip_all "gpg is not installed: tools/install-needs test"
export GNUPGHOME=$T/g; mkdir -m 700 "$GNUPGHOME"
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute
mkdir -p "$T/net"
python3 "$SRC/t/contact-server.py" "$T/net" & server=$!
trap 'kill $server 2>/dev/null || :; gpgconf --kill all; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
says_where "$T/net/ports"
read -r web dns <"$T/net/ports"
cat >>"$CASE/case.yaml" <<Y
network:
  dns_server: 127.0.0.1@$dns
  connect_to: 127.0.0.1:$web
  plain: true
  local: true
Y
hash() { # hash LOCAL: the name of a key, written anew after the draft
	python3 - "$1" <<'PY'
import hashlib, sys
n = int.from_bytes(hashlib.sha1(sys.argv[1].lower().encode()).digest(), "big")
print("".join("ybndrfg8ejkmcpqxot1uwisza345h769"[n >> 5 * i & 31] for i in range(31, -1, -1)))
PY
}
is "the draft's own example" "$(hash Joe.Doe)" iy9q119eutrkn8s1mk4r39qejnbu3n5q
key() { gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$@" 2>/dev/null; }
publish() { # publish ADDRESS KEY
	t_local=${1%@*}; t_domain=${1#*@}
	mkdir -p "$T/net/www/openpgpkey.$t_domain/.well-known/openpgpkey/$t_domain/hu"
	gpg --batch --quiet --export "$2" >"$T/net/www/openpgpkey.$t_domain/.well-known/openpgpkey/$t_domain/hu/$(hash "$t_local")?l=$t_local"
}
keys() { "$TOCSIN" notify contacts keys "$@" --case "$CASE"; }
to=legal@quaylight.example
"$TOCSIN" notify contacts show 'Quaylight Terminals plc' --case "$CASE" >"$T/shown"
like "there is an address to be written to" "$(cat "$T/shown")" "$to"
exits "where nobody publishes a key there is none" 0 keys 'Quaylight Terminals plc'
like "which is no fault" "$out" '[1-9] asked for, 0 found'
ok "and the case has none" test ! -e "$CASE/keys/recipients/$to.asc"
key "Legal <$to>" future-default default 30d
publish "$to" "$to"
exits "one that is published" 0 keys 'Quaylight Terminals plc' --json
is "is found" "$(printf '%s\n' "$out" | jq -r "select(.address == \"$to\") | .state")" found
is "and is that one" "$(gpg --show-keys --with-colons "$CASE/keys/recipients/$to.asc" | grep ^fpr | head -1)" "$(gpg --list-keys --with-colons "$to" | grep ^fpr | head -1)"
digest=$(sha256sum "$CASE/keys/recipients/$to.asc" | cut -d' ' -f1)
like "nobody but the address's domain was asked" "$(sort -u "$T/net/asked" | cut -d' ' -f2 | sort -u | tr '\n' ' ')" '^(openpgpkey\.)?quaylight\.example (openpgpkey\.quaylight\.example )?$'
: >"$T/net/asked"
keys 'Quaylight Terminals plc' >/dev/null
unlike "who has one is not asked again" "$(cat "$T/net/asked")" "$(hash legal)"
sed -i "s/^policy:/policy:\n  encrypt: when_known/" "$CASE/case.yaml"
"$TOCSIN" notify keys --case "$CASE" >/dev/null
exits "the plan" 0 "$TOCSIN" notify plan --case "$CASE"
like "encrypts to it" "$("$TOCSIN" notify show --org 'Quaylight Terminals plc' --case "$CASE")" "to $to \(en\), encrypted \(OpenPGP\) ----"
rm "$CASE/keys/recipients/$to.asc"
key "Other <other@quaylight.example>" future-default default 30d
publish "$to" other@quaylight.example
exits "another's key" 1 keys 'Quaylight Terminals plc'
like "is not taken, and says why" "$out" "unusable +$to: the key is for another address"
ok "and no file is made of it" test ! -e "$CASE/keys/recipients/$to.asc"
# Before there is a file the ledger says what it will be, and whose word for it there is; behind it, that it is there.
says() { "$TOCSIN" list ledger --jsonl --case "$CASE" | jq -r --arg what "$1" 'select(.what == $what) | .detail | if type == "string" then fromjson else . end | "\(.address) \(.url) \(.sha256)"' | head -1; }
is "what was found is in the ledger with its place and digest" "$(says "recipient's key kept")" "$to http://openpgpkey.quaylight.example/.well-known/openpgpkey/quaylight.example/hu/$(hash legal)?l=legal $digest"
is "and was before it was kept" "$(says "recipient's key to be kept")" "$(says "recipient's key kept")"
rm -rf "$CASE/keys/recipients"; : >"$CASE/keys/recipients"
publish "$to" "$to"
run keys 'Quaylight Terminals plc'
rm "$CASE/keys/recipients"
ok "a key that cannot be kept is an error" test $rc -gt 1
list ledger >"$T/ledger"
like "whose intent stands in the ledger" "$(tail -1 "$T/ledger")" "recipient's key to be kept"

# security.txt, signed: by whom, as far as the key says that it names.
www=$T/net/www/quaylight.example; mkdir -p "$www/.well-known"
key "Security <sec@quaylight.example>" future-default default 30d
gpg --batch --armor --export sec@quaylight.example >"$www/pgp.asc"
fpr=$(gpg --list-keys --with-colons sec@quaylight.example | sed -n 's/^fpr:*\([0-9A-F]*\):/\1/p' | head -1)
sign() { # sign WHO: what is signed is on stdin
	gpg --batch --quiet --pinentry-mode loopback --passphrase '' --clear-sign -u "$1" >"$www/.well-known/security.txt"
}
text() { printf 'Contact: mailto:sec@quaylight.example\nExpires: %s\nEncryption: %s\n' "$(date -u -d +90days +%FT%TZ)" "$1"; }
look() { "$TOCSIN" notify contacts discover --org quaylight.example --max-age 0 --case "$CASE" --quiet >/dev/null || :
	"$TOCSIN" notify contacts show quaylight.example --case "$CASE" | grep '2 security.txt'; }
text http://quaylight.example/pgp.asc | sign sec@quaylight.example
ok "GnuPG takes the signature for good" gpg --quiet --verify "$www/.well-known/security.txt"
like "a signature that holds is told with its key" "$(look)" "sec@quaylight.example +security +usable .*its signature holds for the key at http://quaylight.example/pgp.asc \(fingerprint $fpr: compare it"
sed -i 's/^Contact:.*/Contact: mailto:evil@quaylight.example/' "$www/.well-known/security.txt"
like "where the text was changed nobody is written to by itself" "$(look)" 'evil@quaylight.example +security +review .*its signature does NOT hold'
text http://quaylight.example/pgp.asc | sign other@quaylight.example
like "another key is told" "$(look)" "sec@quaylight.example +security +usable .*signed with another key than that at .*fingerprint $fpr\)"
gpg --batch --armor --export sec@quaylight.example other@quaylight.example >"$www/two.asc"
for who in sec other; do
	text http://quaylight.example/two.asc | sign $who@quaylight.example
	like "of two keys none is the owner's, whoever signed ($who)" "$(look)" 'there is no OpenPGP key at http://quaylight.example/two.asc, or more than one$'
done
text http://quaylight.example/.well-known/security.txt | sign sec@quaylight.example
like "so is one that is none" "$(look)" 'there is no OpenPGP key at'
text http://elsewhere.example/pgp.asc | sign sec@quaylight.example
: >"$T/net/asked"
like "one that lies with somebody else is not fetched" "$(look)" 'signed, and nobody has checked by whom'
unlike "and he is not asked" "$(cat "$T/net/asked")" elsewhere
sed -i 's/^  plain: true/  plain: true\n  hosts: [elsewhere.example]/' "$CASE/case.yaml"
mkdir -p "$T/net/www/elsewhere.example"; cp "$www/pgp.asc" "$T/net/www/elsewhere.example/"
like "unless the case allows it" "$(look)" 'its signature holds for the key at http://elsewhere.example/pgp.asc'
done_testing
