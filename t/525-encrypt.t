#!/bin/sh
# notify: notices encrypted to recipients whose certificate is in the case, and what is not to be encrypted to.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || skip_all "openssl is not installed: tools/install-needs test"
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute
notify keys >/dev/null
smime_certificate
mkdir "$CASE/keys/recipients"
certificate() { # certificate ADDRESS FILE [OPENSSL...]: self-signed, its key beside it
	t_for=$1 t_file=$2; shift 2
	openssl req -x509 -nodes -subj "/CN=$t_for" -addext "subjectAltName=email:$t_for" -keyout "$t_file.key" -out "$t_file" "$@" 2>/dev/null
}
to=legal@quaylight.example
file=$CASE/keys/recipients/$to.pem
policy() { sed -i '/^  encrypt:/d' "$CASE/case.yaml"; sed -i "s/^policy:/policy:\n  encrypt: $1/" "$CASE/case.yaml"; }

certificate "$to" "$file" -newkey rsa:3072 -days 30
mv "$file.key" "$T/their.key"; cp "$file" "$T/their.pem"
ok "a wave, with a key and no policy" plan_write
is "is not encrypted" "$(grep -l 'pkcs7-mime' "$CASE"/out/wave-1/*.eml | wc -l)" 0

CASE2=$T/d; new_case "$CASE2"; cp -r "$CASE/keys" "$CASE2/"; CASE=$CASE2
file=$CASE/keys/recipients/$to.pem
ingest "$SAMPLES/mailboxes"; scan; attribute
policy sometimes
exits "a policy that is none is refused" 2 notify plan
policy when_known
mv "$CASE/keys/notice.key" "$T/notice.key"; mv "$CASE/keys/notice.pub" "$T/notice.pub"
exits "nor is anything encrypted that is not signed" 2 notify plan
mv "$T/notice.key" "$T/notice.pub" "$CASE/keys/"
exits "the plan" 0 notify plan
like "says which notices will be encrypted" "$(notify show --org 'Quaylight Terminals plc')" "to $to \(en\), encrypted \(S/MIME\) ----"
unlike "and which not" "$(notify show --org 'Steelyard Hosting')" ', encrypted'
notify approve --by A >/dev/null; notify approve --by B >/dev/null
cp "$file" "$T/keep"; certificate "$to" "$file" -newkey rsa:2048 -days 30
exits "another key is another plan" 3 notify write
cp "$T/keep" "$file"; rm -f "$file.key"
exits "the wave is written" 0 notify write
one=$(grep -l "^To: $to" "$CASE"/out/wave-1/*.eml)
id=$(basename "$one" .eml)
is "the one is encrypted" "$(grep -l 'smime-type=enveloped-data' "$CASE"/out/wave-1/*.eml)" "$one"
unlike "nothing of it can be read" "$(cat "$one")" 'WHAT HAPPENED|minisign|text/plain'
like "with a signature of DKIM in front" "$(head -1 "$one")" '^DKIM-Signature:'
run "$TOCSIN" verify "$one" --key "$CASE/keys/notice.pub"
like "verify says what to do with it" "$out$err" 'it is encrypted'
openssl cms -decrypt -in "$one" -recip "$T/their.pem" -inkey "$T/their.key" -out "$T/inner.eml" 2>/dev/null
like "its recipient opens it, and has the signed mail" "$(tr -d '\r' <"$T/inner.eml")" "^Message-ID: <$id"
exits "which verifies" 0 "$TOCSIN" verify "$T/inner.eml" --key "$CASE/keys/notice.pub" --ca "$T/ca.pem"
python3 - "$one" "$T/changed.eml" <<'PY'
import base64, re, sys
d = open(sys.argv[1], "rb").read()
head, _, body = d.partition(b"\r\n\r\n")
raw = bytearray(base64.b64decode(body)); raw[len(raw) // 2] ^= 1
open(sys.argv[2], "wb").write(head + b"\r\n\r\n" + base64.encodebytes(bytes(raw)))
PY
openssl cms -decrypt -in "$T/changed.eml" -recip "$T/their.pem" -inkey "$T/their.key" -out "$T/inner2.eml" 2>/dev/null || :
exits "and with one changed byte does not" 1 "$TOCSIN" verify "$T/inner2.eml" --key "$CASE/keys/notice.pub" --ca "$T/ca.pem"
exits "the case proves itself" 0 "$TOCSIN" report --check --case "$CASE"

# Keys that must not be used stop the plan, rather than send in clear.
CASE=$T/e; new_case "$CASE"; notify keys >/dev/null; mkdir -p "$CASE/keys/recipients"; file=$CASE/keys/recipients/$to.pem
ingest "$SAMPLES/mailboxes"; scan; attribute
policy when_known
certificate "someone@else.example" "$file" -newkey rsa:2048 -days 30
exits "somebody else's" 2 notify plan
like "which is said with the file" "$err" "recipients/$to.pem: the certificate is for another address"
certificate "$to" "$file" -newkey rsa:1024 -days 30
exits "a weak one" 2 notify plan
like "is said to be that" "$err" 'too weak'
certificate "$to" "$file" -newkey rsa:2048 -days 30 -addext keyUsage=digitalSignature
exits "one to sign with" 2 notify plan
certificate "$to" "$file" -newkey rsa:2048 -days 1
TOCSIN_NOW=2040-01-01T00:00:00Z; export TOCSIN_NOW
exits "one that has expired" 2 notify plan
like "likewise" "$err" 'has expired'
unset TOCSIN_NOW
echo nothing >"$file"
exits "what is none" 2 notify plan
certificate "$to" "$file" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30
policy required
exits "where keys are required" 0 notify plan --json
is "only who has one is written to" "$(printf '%s' "$out" | jq .notices)" 1
is "the others are to be told otherwise" "$(list notices | grep -c '"state":"no_contact","')" "$(list notices | grep -c '"contact_role":"\(no key to encrypt to\)\{0,1\}"')"
like "which says why" "$(list notices | grep 'Steelyard')" '"contact_role":"no key to encrypt to"'
done_testing
