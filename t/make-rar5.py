"""make-rar5.py OUT [--password WORD] [--names] [--power N] [--no-check] [--pack] [--volume N] FILE...: a RAR 5 archive of these files as the technote has
it, stored, or with --pack packed with literals alone. Each file may be followed by =WORD: its own password. --names encrypts the headers, too.
--volume N puts N bytes of their data into each of OUT.part1.rar, OUT.part2.rar ..."""
import argparse
import hashlib
import hmac
import os
import struct
import subprocess
import zlib

ap = argparse.ArgumentParser()
ap.add_argument("out")
ap.add_argument("--password")
ap.add_argument("--names", action="store_true")
ap.add_argument("--pack", action="store_true")
ap.add_argument("--volume", type=int, default=1 << 40)
ap.add_argument("--power", type=int, default=8)
ap.add_argument("--no-check", dest="check", action="store_false")
ap.add_argument("files", nargs="+")
args = ap.parse_args()


def number(n):
    b = b""
    while n > 127:
        b += bytes([n & 127 | 128])
        n >>= 7
    return b + bytes([n])


def padded(data):
    return data + bytes(-len(data) % 16)


def aes(key, iv, data):
    return subprocess.run(["openssl", "enc", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", iv.hex()], input=padded(data), stdout=subprocess.PIPE, check=True).stdout


class Key:
    """Of a password: the key, that of digests, and the value by which a right one is known."""
    def __init__(self, text, salt):
        self.salt = salt
        self.key, self.tweak, v = [hashlib.pbkdf2_hmac("sha256", text.encode(), salt, (1 << min(args.power, 15)) + more, 32) for more in (0, 16, 32)]
        eight = bytes(v[i] ^ v[i + 8] ^ v[i + 16] ^ v[i + 24] for i in range(8))
        self.check = eight + hashlib.sha256(eight).digest()[:4]

    def tweaked(self, crc):
        d = hmac.new(self.tweak, struct.pack("<I", crc), "sha256").digest()
        v = 0
        for i in range(0, 32, 4):
            v ^= struct.unpack_from("<I", d, i)[0]
        return v


def block(kind, flags, rest, data=b"", extra=b"", key=None, n=0):
    head = number(kind) + number(flags | (1 if extra else 0) | (2 if kind == 2 else 0)) + (number(len(extra)) if extra else b"") + (number(len(data)) if kind == 2 else b"") + rest + extra
    head = number(len(head)) + head
    head = struct.pack("<I", zlib.crc32(head)) + head
    if key:
        iv = bytes([n]) * 16
        head = iv + aes(key.key, iv, head)
    return head + data


def packed(data):
    """Blocks of literals of eight bits each: lengths 8 for 256 of them, 0 for all other symbols."""
    bits = ""
    lengths = [0] * 20
    lengths[8] = lengths[19] = 1
    for n in lengths:
        bits += format(n, "04b")
    bits += "0" * 256 + "1" + format(138 - 11, "07b") + "1" + format(36 - 11, "07b")
    bits += "".join(format(c, "08b") for c in data)
    last = (len(bits) - 1) % 8
    body = int(bits + "0" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")
    flags = last | 0x40 | 0x80
    size = struct.pack("<I", len(body))[:3]
    flags |= 2 << 3
    return bytes([flags, 0x5a ^ flags ^ size[0] ^ size[1] ^ size[2]]) + size + body


header = Key(args.password, bytes(range(16))) if args.names else None
volumes, room = [], args.volume
SPLIT_BEFORE, SPLIT_AFTER = 8, 16


def volume_begin():
    v = b"Rar!\x1a\7\1\0"
    if args.names:
        v += block(4, 0, number(0) + number(1 if args.check else 0) + bytes([args.power]) + header.salt + (header.check if args.check else b""))
    n = len(volumes)
    flags = (1 if args.volume < 1 << 40 else 0) | (2 if n else 0)
    volumes.append(v + block(1, 0, number(flags) + (number(n) if n else b""), key=header, n=1))


def volume_end(more):
    volumes[-1] += block(5, 0, number(1 if more else 0), key=header, n=200)


volume_begin()
for i, path in enumerate(args.files):
    path, _, own = path.partition("=")
    data, own = open(path, "rb").read(), own or args.password
    crc, method, extra, body = zlib.crc32(data), 0, b"", data
    if args.pack and data:
        body, method = packed(data), 3 << 7
    if own and data:
        k, iv = Key(own, bytes([i]) * 16 if own != args.password else bytes(range(16))), bytes([i + 100]) * 16
        record = number(1) + number(0) + number(3 if args.check else 0) + bytes([args.power]) + k.salt + iv + (k.check if args.check else b"")
        extra = number(len(record)) + record
        body = aes(k.key, iv, body)
        crc = k.tweaked(crc) if args.check else crc
    name = os.path.relpath(path).encode()
    split = 0
    while True:
        if room == 0:
            volume_end(True)
            volume_begin()
            room = args.volume
        piece, body = body[:room], body[room:]
        room -= len(piece)
        # Of all but the last piece the digest is that of its packed bytes.
        volumes[-1] += block(2, split | (SPLIT_AFTER if body else 0), number(4) + number(len(data)) + number(0o100644) +
                             struct.pack("<I", zlib.crc32(piece) if body else crc) + number(method) + number(1) + number(len(name)) + name, piece, extra, header, i + 2)
        split = SPLIT_BEFORE
        if not body:
            break
volume_end(False)
for i, v in enumerate(volumes):
    with open(args.out if args.volume == 1 << 40 else "%s.part%d.rar" % (args.out, i + 1), "wb") as f:
        f.write(v)
