"""make-images.py DIR: hosts.cab and hosts.iso, each with two files, one of them with a password. Written by hand: what makes them is not on
every machine."""
import struct
import sys

folder = sys.argv[1]


def cab(files):
    """A cabinet (MS-CAB) with one folder that is not compressed."""
    data = b"".join(d for _, d in files)
    entries, at = b"", 0
    for name, d in files:
        entries += struct.pack("<IIHHHH", len(d), at, 0, 0x5a66, 0x5000, 0x20) + name.encode() + b"\0"
        at += len(d)
    at_files = 36 + 8
    at_data = at_files + len(entries)
    size = at_data + 8 + len(data)
    return b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, size, 0, at_files, 0, 3, 1, 1, len(files), 0, 7, 0) + \
        struct.pack("<IHH", at_data, 1, 0) + entries + struct.pack("<IHH", 0, len(data), len(data)) + data


def iso(files):
    """An image of a CD (ECMA-119): descriptor, end, a table of paths that is not there, root, files."""
    def both(form, n):
        return struct.pack("<" + form, n) + struct.pack(">" + form, n)

    def record(name, sector, size, flags):
        r = bytes([0, 0]) + both("I", sector) + both("I", size) + bytes([125, 3, 7, 10, 0, 0, 0, flags, 0, 0]) + both("H", 1) + \
            bytes([len(name)]) + name + (b"\0" if len(name) % 2 == 0 else b"")
        return bytes([len(r)]) + r[1:]
    root = record(b"\0", 20, 2048, 2) + record(b"\1", 20, 2048, 2)
    body = b""
    for name, d in files:
        root += record(name.upper().encode() + b";1", 21 + len(body) // 2048, len(d), 0)
        body += d + b"\0" * (-len(d) % 2048)
    body += b"\0" * (16 * 2048)  # a shorter image is none to libarchive
    sectors = 21 + len(body) // 2048
    first = b"\1CD001\1\0" + b" " * 32 + b"REEF".ljust(32) + b"\0" * 8 + both("I", sectors) + b"\0" * 32 + both("H", 1) * 2 + both("H", 2048) + \
        both("I", 10) + struct.pack("<II", 19, 0) + struct.pack(">II", 19, 0) + record(b"\0", 20, 2048, 2)
    return b"\0" * 32768 + first.ljust(881, b" ") + b"\1" + b"\0" * 1166 + \
        b"\xffCD001\1".ljust(3 * 2048, b"\0") + root.ljust(2048, b"\0") + body


def files(kind):
    return [("hosts.csv", b"host;password\nreef01;%s-Reef-71\n" % kind), ("note.txt", b"nothing\n")]


open(folder + "/hosts.cab", "wb").write(cab(files(b"Cab")))
open(folder + "/hosts.iso", "wb").write(iso(files(b"Iso")))
