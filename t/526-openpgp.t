#!/bin/sh
# notify: notices encrypted to recipients whose OpenPGP key is in the case, opened by GnuPG; and keys that are not used.
. "$(dirname "$0")/lib.sh"
command -v gpg >/dev/null || skip_all "gpg is not installed: tools/install-needs test"
export GNUPGHOME=$T/g; mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute
notify keys >/dev/null; smime_certificate
mkdir "$CASE/keys/recipients"
to=legal@quaylight.example
file=$CASE/keys/recipients/$to.asc
key() { gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$@" 2>/dev/null; } # key USER-ID ALGORITHM USAGE EXPIRES
public() { gpg --batch --quiet --yes --armor --output "$file" --export "$1"; }
policy() { sed -i '/^  encrypt:/d' "$CASE/case.yaml"; sed -i "s/^policy:/policy:\n  encrypt: $1/" "$CASE/case.yaml"; }

policy when_known
key "Legal <$to>" future-default default 30d
public "$to"
cp "$file" "$T/good.asc"
exits "the plan" 0 notify plan
like "says which notice will be encrypted, and how" "$(notify show --org 'Quaylight Terminals plc')" "to $to \(en\), encrypted \(OpenPGP\) ----"
notify approve --by A >/dev/null; notify approve --by B >/dev/null
exits "the wave is written" 0 notify write
one=$(grep -l "^To: $to" "$CASE"/out/wave-1/*.eml)
id=$(basename "$one" .eml)
is "the one is encrypted" "$(grep -l 'protocol="application/pgp-encrypted"' "$CASE"/out/wave-1/*.eml)" "$one"
unlike "nothing of it can be read" "$(cat "$one")" 'WHAT HAPPENED|minisign|text/plain'
like "with a signature of DKIM in front" "$(head -1 "$one")" '^DKIM-Signature:'
is "and every line ended as mail wants it" "$(grep -c -v "$(printf '\r')$" "$one")" 0
run "$TOCSIN" verify "$one" --key "$CASE/keys/notice.pub"
like "verify says what to do with it" "$out$err" 'it is encrypted.*gpg --decrypt'
parts() { # parts EML OUT [CHANGE]: what a mail program gives to GnuPG; with CHANGE without its armour, and those bits of one byte turned
	python3 - "$@" <<'PY'
import base64, email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
version, body = m.iter_parts()
assert m.get_content_type() == "multipart/encrypted" and m.get_param("protocol") == "application/pgp-encrypted"
assert version.get_content_type() == "application/pgp-encrypted" and b"Version: 1" in version.get_payload(decode=True)
raw = body.get_payload(decode=True)
if len(sys.argv) > 3:
    text = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]
    raw = bytearray(base64.b64decode(b"".join(x for x in text.split(b"\n") if x and x[:1] not in b"=-")))
    raw[-200] ^= int(sys.argv[3])
open(sys.argv[2], "wb").write(raw)
PY
}
parts "$one" "$T/message.asc"
gpg --batch --quiet --output "$T/inner.eml" --decrypt "$T/message.asc" 2>/dev/null
like "its recipient opens it, and has the signed mail" "$(tr -d '\r' <"$T/inner.eml")" "^Message-ID: <$id"
exits "which verifies" 0 "$TOCSIN" verify "$T/inner.eml" --key "$CASE/keys/notice.pub" --ca "$T/ca.pem"
like "it was encrypted with AES-256 and is safe from changes" "$(gpg --batch --decrypt --show-session-key --output /dev/null --yes "$T/message.asc" 2>&1)" "session key: '9:"
parts "$one" "$T/same.gpg" 0; parts "$one" "$T/changed.gpg" 1
ok "it opens without its armour" gpg --batch --quiet --output "$T/same.eml" --decrypt "$T/same.gpg"
exits "and with one changed byte does not" 2 gpg --batch --quiet --output "$T/changed.eml" --decrypt "$T/changed.gpg"
exits "the case proves itself" 0 "$TOCSIN" report --check --case "$CASE"

TOCSIN_NOW=2040-01-01T00:00:00Z; export TOCSIN_NOW
like "when the key has expired, what was written is still shown" "$(notify show --wave 1 --org 'Quaylight Terminals plc')" "to $to"
unset TOCSIN_NOW

# Keys that must not be used stop the plan, rather than send in clear.
CASE=$T/e; new_case "$CASE"; notify keys >/dev/null; mkdir -p "$CASE/keys/recipients"; file=$CASE/keys/recipients/$to.asc
ingest "$SAMPLES/mailboxes"; scan; attribute
policy when_known
refused() { exits "$1" 2 notify plan; like "... which is said with the file" "$err" "recipients/$to.asc: $2"; }
key "Someone <someone@else.example>" rsa2048 default 30d
public someone@else.example; refused "somebody else's" 'the key is for another address'
key "Weak <$to>" rsa1024 cert,encr 30d
public Weak; refused "a weak one" 'the key is too weak'
key "Signer <$to>" ed25519 sign 30d
public Signer; refused "one to sign with only" 'the key has no part to encrypt to'
gpg --batch --quiet --yes --armor --output "$file" --export Weak Signer; refused "two keys" 'there is more than one key'
gpg --batch --quiet --yes --armor --pinentry-mode loopback --passphrase '' --output "$file" --export-secret-keys Legal
refused "a secret one" 'the key is a secret one'
echo nothing >"$file"; refused "what is none" 'no OpenPGP key'
head -c 300 "$T/good.asc" >"$file"; refused "half of one" 'no OpenPGP key'
cp "$T/good.asc" "$file"; echo >"${file%.asc}.pem"
exits "a certificate that is none beside a key" 2 notify plan
rm "${file%.asc}.pem"
openssl req -x509 -nodes -subj "/CN=x" -addext "subjectAltName=email:$to" -newkey rsa:2048 -days 30 -keyout /dev/null -out "${file%.asc}.pem" 2>/dev/null
refused "a certificate and a key" 'there is a certificate'
rm "${file%.asc}.pem"
TOCSIN_NOW=2040-01-01T00:00:00Z; export TOCSIN_NOW
refused "one that has expired" 'the key has expired'
unset TOCSIN_NOW
fingerprint=$(gpg --batch --with-colons --list-keys Legal | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -1)
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$fingerprint.rev" | gpg --batch --quiet --import 2>/dev/null
public "$fingerprint"; refused "one that was revoked" 'the key has been revoked'
cp "$T/good.asc" "$file"
policy required
exits "where keys are required" 0 notify plan --json
is "only who has one is written to" "$(printf '%s' "$out" | jq .notices)" 1
done_testing
