"""make-rar4.py OUT [--password WORD] [--names] [--pack] [--volume N] FILE...: a RAR archive of version 4 of these files, stored, or with --pack packed with
literals alone. Each file may be followed by =WORD: its own password. --names encrypts the headers, too. --volume N puts N bytes of their data
into each of OUT.rar, OUT.r00, OUT.r01 ..."""
import argparse
import hashlib
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
ap.add_argument("files", nargs="+")
args = ap.parse_args()


def key_of(text, salt):
    raw, h, iv = text.encode("utf-16-le") + salt, hashlib.sha1(), b""
    for i in range(1 << 18):
        h.update(raw + struct.pack("<I", i)[:3])
        if i % (1 << 14) == 0:
            iv += h.copy().digest()[19:]
    return struct.pack("<4I", *struct.unpack(">4I", h.digest()[:16])), iv


def aes(text, salt, data):
    key, iv = key_of(text, salt)
    return subprocess.run(["openssl", "enc", "-aes-128-cbc", "-nopad", "-K", key.hex(), "-iv", iv.hex()], input=data + bytes(-len(data) % 16),
                          stdout=subprocess.PIPE, check=True).stdout


def packed(data):
    """Literals alone: lengths 8 for all but the last of them and for the end, which have 9, and 0 for the other 147 of 404 symbols."""
    lengths = [0] * 20
    lengths[8], lengths[9], lengths[19] = 1, 2, 2
    bits = "00" + "".join(format(n, "04b") for n in lengths) + "0" * 255 + "1010" + "11" + format(136 - 11, "07b") + "11" + format(0, "07b")
    bits += "".join(format(c, "08b") if c < 255 else format(510, "09b") for c in data) + format(511, "09b") + "01"
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")


def block(kind, flags, rest, data=b"", salt=None):
    head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    head = struct.pack("<H", zlib.crc32(head) & 0xffff) + head
    return (salt + aes(args.password, salt, head) if salt else head) + data


head_salt = b"ofheads!" if args.names else None
volumes, room = [], args.volume
SPLIT_BEFORE, SPLIT_AFTER = 1, 2


def volume_begin():
    flags = (0x80 if args.names else 0) | (0 if args.volume == 1 << 40 else 1 if volumes else 0x101)
    volumes.append(b"Rar!\x1a\7\0" + block(0x73, flags, bytes(6)))


def volume_end(more):
    volumes[-1] += block(0x7b, 0x4000 | (1 if more else 0), b"", salt=head_salt)


volume_begin()
for i, path in enumerate(args.files):
    path, _, own = path.partition("=")
    data, own = open(path, "rb").read(), own or args.password
    body, method, flags, salt = data, 0x30, 0x8000, b""
    if args.pack and data:
        body, method = packed(data), 0x33
    if own and data:
        salt, flags = b"offile%02d" % i, flags | 0x404
        body = aes(own, salt, body)
    name = os.path.relpath(path).encode()
    while True:
        if room == 0:
            volume_end(True)
            volume_begin()
            room = args.volume
        piece, body = body[:room], body[room:]
        room -= len(piece)
        # Of all but the last piece the digest is that of its packed bytes.
        rest = struct.pack("<IIBIIBBHI", len(piece), len(data), 3, zlib.crc32(piece if body else data), 0x5a665000, 29, method, len(name), 0x81a4) + name + salt
        volumes[-1] += block(0x74, flags | (SPLIT_AFTER if body else 0), rest, piece, head_salt)
        flags |= SPLIT_BEFORE
        if not body:
            break
volume_end(False)
for i, v in enumerate(volumes):
    with open(args.out if args.volume == 1 << 40 else args.out + (".rar" if i == 0 else ".r%02d" % (i - 1)), "wb") as f:
        f.write(v)
