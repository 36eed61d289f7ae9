#!/bin/sh
# verify --stamp: the ledger is dated by an authority of our own making (openssl ts), which never sees more than a digest.
. "$(dirname "$0")/lib.sh"
CASE=$T/c; new_case "$CASE"
ingest "$SAMPLES/mailboxes"
verify() { "$TOCSIN" verify --case "$CASE" "$@"; }

cat >"$T/ts.conf" <<EOF
[tsa]
default_tsa = me
[me]
serial = $T/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
tsa_name = yes
[stamping]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
EOF
echo 01 >"$T/serial"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/ca.key" -out "$T/ca.pem" -subj '/CN=Test CA' -days 30 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/other.key" -out "$T/other.pem" -subj '/CN=Other CA' -days 30 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout "$T/clock.key" -out "$T/r" -subj /CN=clock 2>/dev/null
openssl x509 -req -in "$T/r" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial -days 30 -extfile "$T/ts.conf" -extensions stamping -out "$T/clock.pem" 2>/dev/null
# stamped REQUEST REPLY
stamped() { openssl ts -reply -config "$T/ts.conf" -queryfile "$1" -signer "$T/clock.pem" -inkey "$T/clock.key" -out "$2" 2>/dev/null; }

exits "a request can be written" 0 verify --stamp-request "$T/q"
like "it says for how much of the ledger" "$out" 'entries 1 to 2: '
like "and what to do with it" "$out" 'curl .*timestamp-query'
hash=$(list ledger | tail -1 | field hash)
like "what is to be stamped is the hash of the last entry" "$(openssl ts -query -in "$T/q" -text | cut -d' ' -f5- | tr -cd '0-9a-f\n' | head -c 4000)" "$(printf %.16s "$hash")"
today=$(date -u +%Y-%m-%d)
ok "the authority takes it" stamped "$T/q" "$T/reply"
exits "its reply holds" 0 verify --stamp "$T/reply" --ca "$T/ca.pem"
like "and says when and by whom" "$out" "^GENUINE: the ledger's entries 1 to 2 of 2 were there on ($today|$(date -u +%Y-%m-%d))T[0-9:]*Z, says clock$"
exits "another authority's word does not count" 1 verify --stamp "$T/reply" --ca "$T/other.pem"
like "and it says so" "$out" '^NOT GENUINE: '
scan
exits "it holds when the ledger has gone on" 0 verify --stamp "$T/reply" --ca "$T/ca.pem" --json
like "and still speaks of what was there then" "$out" '"genuine":true,"stamped":"[^"]*","by":"clock","entry":2,'

openssl ts -query -digest "$(printf 'another' | sha256sum | cut -d' ' -f1)" -sha256 -cert -out "$T/q2" 2>/dev/null
stamped "$T/q2" "$T/reply2"
exits "a stamp of something else is no stamp of this ledger" 1 verify --stamp "$T/reply2" --ca "$T/ca.pem"
like "which is said" "$out" 'of no entry of this ledger'
python3 - "$T/reply" "$T/reply4" <<'PY'
import sys
b = bytearray(open(sys.argv[1], "rb").read())
b[-20] ^= 1
open(sys.argv[2], "wb").write(b)
PY
exits "nor is one with a changed byte" 1 verify --stamp "$T/reply4" --ca "$T/ca.pem"
exits "a file that is no reply" 1 verify --stamp "$SRC/README.md" --ca "$T/ca.pem"
like "is named so" "$out" 'no reply of a time stamp authority'
sqlite3 "$CASE/case.db" "UPDATE ledger SET who = 'somebody' WHERE seq = 1"
exits "a ledger that was changed does not hold, stamp or not" 1 verify --stamp "$T/reply" --ca "$T/ca.pem"
exits "and no request is written for it" 3 verify --stamp-request "$T/q3"
ok "not even a file" test ! -e "$T/q3"
exits "what is for a notice is not passed over" 2 verify --stamp "$T/reply" --ca "$T/ca.pem" --key "$T/ca.pem"
exits "--stamp wants to know whom to trust" 2 verify --stamp "$T/reply"
done_testing
