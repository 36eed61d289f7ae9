#!/bin/sh
# Files of OpenPGP are what their packets say, not what they are called: what is only signed or compressed is read, and what is not says why.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
mkdir "$T/files" "$T/mail"
python3 - "$T/files" <<'PY'
import base64, bz2, sys, zlib

def packet(tag, body):  # RFC 9580 4.2.1
    n = len(body)
    return bytes([0xc0 | tag]) + (bytes([n]) if n < 192 else bytes([255]) + n.to_bytes(4, "big")) + body
def old(tag, body):  # 4.2.2, to the end of the file
    return bytes([0x80 | tag << 2 | 3]) + body
def pieces(tag, body):  # 4.2.1.4
    return bytes([0xc0 | tag, 224 + 9]) + body[:512] + bytes([224 + 10]) + body[512:1536] + bytes([len(body) - 1536]) + body[1536:]
def literal(name, data):
    return b"b" + bytes([len(name)]) + name + bytes(4) + data
def deflate(data):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()
def armour(data):
    lines = base64.encodebytes(data).decode()
    return ("-----BEGIN PGP MESSAGE-----\nVersion: x\n\n%s=AbCd\n-----END PGP MESSAGE-----\n" % lines).encode()
def secret(n): return b"password: Packet-Reef-%d\n" % n

once, signature = packet(4, b"\3\0\x08\x16" + bytes(8) + b"\1"), packet(2, b"\4\0\x16\x08" + bytes(90))
files = {
    "01.gpg": packet(8, b"\1" + deflate(once + packet(11, literal(b"hosts.txt", secret(1))) + signature)),
    "02.gpg": old(8, b"\2" + zlib.compress(packet(11, literal(b"", secret(2))))),
    "03.pgp": packet(8, b"\3" + bz2.compress(once + packet(11, literal(b"_CONSOLE", secret(3))) + signature)),
    "04.txt.pgp": once + pieces(11, literal(b"", b"line\n" * 310 + secret(4))) + signature,
    "05.gpg": signature + packet(11, literal(b"old.txt", secret(5))),
    "06.asc": armour(packet(8, b"\2" + zlib.compress(once + packet(11, literal(b"a/b.txt", secret(6))) + signature))),
    "07.gpg": packet(8, b"\1" + deflate(packet(11, literal(b"cut.txt", secret(7) + bytes(range(48, 122)) * 9))))[:-40],
    "08.gpg": armour(packet(11, literal(b"armour.txt", secret(8)))),
    "09.sig": signature, "10.gpg": signature, "11.asc": armour(signature),
    "12.gpg": packet(1, b"\3" + bytes(8) + b"\1" + bytes(256)) + packet(18, b"\1" + bytes(range(200))),
    "13.asc": armour(packet(3, b"\4\x09\3\x08" + bytes(9)) + packet(18, b"\1" + bytes(range(200)))),
    "14.gpg": packet(6, b"\4" + bytes(60)) + packet(13, b"a <a@kestrel.example>"),
    "15.gpg": b"password: Plain-Reef-15\n",
    "16.gpg": bytes(range(1, 32)) * 9,
    "17.gpg": packet(8, b"\1" + deflate(packet(1, b"\3" + bytes(8) + b"\1" + bytes(256)) + packet(18, b"\1" + bytes(200)))),
}
for name, data in files.items():
    open(sys.argv[1] + "/" + name, "wb").write(data)
open(sys.argv[1] + "/../mail/2.eml", "wb").write(
    b"From: a@kestrel.example\nTo: b@tern.example\nSubject: inline\n\n" + armour(packet(11, literal(b"", secret(9)))))
open(sys.argv[1] + "/../mail/3.eml", "wb").write(b"From: a@kestrel.example\nTo: b@tern.example\nSubject: below words\n\nHello,\n\n" +
    armour(packet(3, b"\4\x09\3\x08" + bytes(9)) + packet(18, bytes(99))) + armour(packet(8, b"\1" + deflate(packet(11, literal(b"", secret(10)))))) + b"Bye\n")
PY
python3 "$SRC/t/make-held.py" "$T/mail/1.eml" "$T"/files/*
new_case "$CASE"
ingest "$T/mail"; scan
is "what is signed or compressed and not encrypted is read, under the name that it has there" "$(list findings --reveal | field value part | sort)" "$(printf '%s\t%s\n' \
	Packet-Reef-1 2!/hosts.txt Packet-Reef-10 1.u1!/ Packet-Reef-2 3!/02 Packet-Reef-3 4!/03 Packet-Reef-4 5!/04.txt Packet-Reef-5 6!/old.txt Packet-Reef-6 7!/a/b.txt \
	Packet-Reef-7 8!/cut.txt Packet-Reef-8 9!/armour.txt Packet-Reef-9 1!/ Plain-Reef-15 16)"
is "what was not read says what it is" "$(list coverage | field filename reason)" "$(printf '%s\t%s\n' \
	09.sig 'OpenPGP signature: what it signs lies elsewhere' 10.gpg 'OpenPGP signature: what it signs lies elsewhere' \
	11.asc 'OpenPGP signature: what it signs lies elsewhere' 12.gpg 'OpenPGP encrypted' 13.asc 'OpenPGP encrypted' 14.gpg 'OpenPGP keys' \
	16.gpg 'by its name OpenPGP, of which the bytes say nothing' 17 'OpenPGP encrypted' cut.txt 'the OpenPGP data is cut off here')"
exits "each part has its outcome" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
