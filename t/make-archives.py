"""make-archives.py DIR: archives of many kinds, made by hand where what makes them is not on every machine: nested, sealed, lying about
what they hold, with members that are no files. Prints what is to be found in each: archive, value, member."""
import gzip
import io
import struct
import sys
import tarfile
import zipfile
import zlib

folder = sys.argv[1]


def archive(name, data, *found):
    for value, member in found:
        print("%s\t%s\t%s" % (name, value, member))
    with open(folder + "/" + name, "wb") as f:
        f.write(data)


def text(value):
    return b"the password: %s\n" % value.encode()


# ---- RAR: version 4 (technote), version 5; members that are stored ----

def rar4(members, sealed=False):
    def block(kind, flags, rest, data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xffff) + head + data
    out = b"Rar!\x1a\7\0" + block(0x73, 0, bytes(6))
    for name, data in members:
        rest = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x5a665000, 20, 0x30, len(name), 0x81a4) + name
        out += block(0x74, 0x8000 | (4 if sealed else 0), rest, data)
    return out + block(0x7b, 0x4000, b"")


def number(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def rar5(members, locked=False):
    def block(kind, flags, rest, data=b""):
        head = number(kind) + number(flags | (2 if data else 0)) + (number(len(data)) if data else b"") + rest
        head = number(len(head)) + head
        return struct.pack("<I", zlib.crc32(head)) + head + data
    out = b"Rar!\x1a\7\1\0"
    if locked:
        return out + block(4, 0, number(0) + number(0) + b"\x0f" + bytes(16)) + bytes(range(64))
    out += block(1, 0, number(0))
    for name, data in members:
        out += block(2, 0, number(4) + number(len(data)) + number(0o100644) + struct.pack("<I", zlib.crc32(data)) + number(0) + number(1) + number(len(name)) + name, data)
    return out + block(5, 0, number(0))


archive("stored.rar", rar4([(b"hosts.csv", text("Rar-Reef-901"))]), ("Rar-Reef-901", "hosts.csv"))
archive("stored5.rar", rar5([(b"dir/hosts.csv", text("Rar-Reef-902"))]), ("Rar-Reef-902", "dir/hosts.csv"))
archive("sealed.rar", rar4([(b"hosts.csv", bytes(32))], sealed=True))
archive("locked.rar", rar5([], locked=True))


# ---- ar, deb, cpio, rpm, lha, lz4 ----

def tar(*members):
    with io.BytesIO() as b:
        with tarfile.open(fileobj=b, mode="w", format=tarfile.GNU_FORMAT) as t:
            for name, data, *more in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                for key, value in dict(*more).items():
                    setattr(info, key, value)
                t.addfile(info, io.BytesIO(data))
        return b.getvalue()


def ar(*members):
    out = b"!<arch>\n"
    for name, data in members:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(data)) + data + b"\n" * (len(data) % 2)
    return out


def cpio(*members):
    out = b""
    for name, data in [*members, (b"TRAILER!!!", b"")]:
        fields = [0, 0o100644 if data else 0, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        out += b"070701" + b"".join(b"%08x" % f for f in fields) + name + b"\0"
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out


def rpm(payload):
    def header(n):
        return b"\x8e\xad\xe8\1" + bytes(4) + struct.pack(">II", n, 0) + struct.pack(">IIII", 1000, 4, 0, 1) * n
    return b"\xed\xab\xee\xdb\3\0\0\0" + bytes(88) + header(0) + header(0) + gzip.compress(payload)


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xa001 if crc & 1 else crc >> 1
    return crc


def lha(name, data):
    """One member, stored; header of level 0."""
    crc = crc16(data)
    rest = b"-lh0-" + struct.pack("<IIIBBB", len(data), len(data), 0x5a665000, 0x20, 0, len(name)) + name + struct.pack("<H", crc)
    return bytes([len(rest), sum(rest) & 255]) + rest + data + b"\0"


def lha_of_codepage(name, data, codepage):
    """The same with a header of level 2, which has a check of itself and says the code page of the name."""
    def header(check):
        rest = b"-lh0-" + struct.pack("<IIIBBHB", len(data), len(data), 0x66778800, 0x20, 2, crc16(data), ord("w"))
        for extension in (b"\0" + struct.pack("<H", check), b"\x46" + struct.pack("<I", codepage), b"\x01" + name):
            rest += struct.pack("<H", len(extension) + 2) + extension
        return struct.pack("<H", len(rest) + 4) + rest + b"\0\0"
    return header(crc16(header(0))) + data + b"\0"


def lz4(data):
    """A frame with one block that is not compressed; its header's check is xxHash of two bytes."""
    def xxh(two):
        p1, p2, p3, p5, mask = 0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x165667b1, 0xffffffff
        h = (p5 + len(two)) & mask
        for b in two:
            h = (h + b * p5) & mask
            h = (h << 11 | h >> 21) & mask
            h = h * p1 & mask
        h = (h ^ h >> 15) * p2 & mask
        h = (h ^ h >> 13) * p3 & mask
        return h ^ h >> 16
    head = b"\x60\x40"
    return b"\x04\x22\x4d\x18" + head + bytes([xxh(head) >> 8 & 255]) + struct.pack("<I", len(data) | 0x80000000) + data + bytes(4)


archive("old.a", ar((b"hosts.csv/", text("Ar-Reef-903"))), ("Ar-Reef-903", "hosts.csv"))
archive("tool.deb", ar((b"debian-binary", b"2.0\n"), (b"control.tar.gz", gzip.compress(tar(("./postinst", text("Deb-Reef-904"))))), (b"data.tar", tar(("./etc/tool.conf", text("Deb-Reef-905"))))),
        ("Deb-Reef-904", "control.tar.gz!/./postinst"), ("Deb-Reef-905", "data.tar!/./etc/tool.conf"))
archive("old.cpio", cpio((b"hosts.csv", text("Cpio-Reef-906"))), ("Cpio-Reef-906", "hosts.csv"))
archive("tool.rpm", rpm(cpio((b"./etc/tool.conf", text("Rpm-Reef-907")))), ("Rpm-Reef-907", "./etc/tool.conf"))
archive("old.lzh", lha(b"hosts.csv", text("Lha-Reef-908")), ("Lha-Reef-908", "hosts.csv"))
for codepage, name in (1252, "Zug\xe4nge.csv"), (1251, "\u0434\u043e\u0441\u0442\u0443\u043f.csv"), (932, "\u9375.csv"):
    archive(f"of-{codepage}.lzh", lha_of_codepage(name.encode(f"cp{codepage}"), text(f"Lha-Reef-{codepage}"), codepage), (f"Lha-Reef-{codepage}", name))
archive("hosts.csv.lz4", lz4(text("Lz4-Reef-909")), ("Lz4-Reef-909", "hosts.csv"))


# ---- members that are no files, and names that lead out ----

def sparse(name, data, hole):
    """Of GNU: an empty piece of `hole` bytes before the data (old format)."""
    info = tarfile.TarInfo(name)
    info.type, info.size = b"S", len(data)
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[386:386 + 24] = b"%011o\0%011o\0" % (hole, len(data))
    head[483:495] = b"%011o\0" % (hole + len(data))
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data + bytes(-len(data) % 512)


archive("odd.tar", tar(("../../etc/up.txt", text("Tar-Reef-910")), ("/abs/root.txt", text("Tar-Reef-911")), ("soft", b"", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("hard", b"", {"type": tarfile.LNKTYPE, "linkname": "../../etc/up.txt"}), ("null", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}),
        ("pipe", b"", {"type": tarfile.FIFOTYPE}), ("dir", b"", {"type": tarfile.DIRTYPE})),
        ("Tar-Reef-910", "../../etc/up.txt"), ("Tar-Reef-911", "/abs/root.txt"))
archive("sparse.tar", sparse("holes.txt", text("Tar-Reef-912"), 4096) + bytes(1024), ("Tar-Reef-912", "holes.txt"))


# ---- what says one thing and holds another ----

def lying(name, data, local, central, other=None):
    """A member whose headers give sizes of their own, and perhaps another name, too."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(data) + packed.flush()
    other = other or name

    def fixed(n, name):
        return struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(data), len(body), n, len(name), 0)
    first = b"PK\3\4" + fixed(local, name) + name + body
    second = b"PK\1\2" + struct.pack("<H", 20) + fixed(central, other) + struct.pack("<HHHII", 0, 0, 0, 0, 0) + other
    return first + second + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(second), len(first), 0)


said = text("Lie-Reef-913") + b"x" * 40
archive("short.zip", lying(b"short.txt", said, 5, 5), ("Lie-Reef-913", "short.txt"))
said = text("Lie-Reef-914")
archive("long.zip", lying(b"long.txt", said, 1 << 30, 1 << 30), ("Lie-Reef-914", "long.txt"))
said = text("Lie-Reef-915")
archive("two.zip", lying(b"local.txt", said, 7, len(said), b"central.txt"), ("Lie-Reef-915", "local.txt"))
said = gzip.compress(text("Lie-Reef-916"))
archive("size.gz", said[:-4] + struct.pack("<I", 3), ("Lie-Reef-916", "size"))
with io.BytesIO() as b:
    with zipfile.ZipFile(b, "w") as z:
        z.writestr("hidden.txt", text("Lie-Reef-917"))
        z.writestr("shown.txt", "nothing\n")
    whole = b.getvalue()
    # Its directory forgets the first member.
    at = whole.index(b"PK\1\2")
    size = whole.index(b"PK\1\2", at + 4) - at
    end = bytearray(whole[whole.index(b"PK\5\6"):])
    struct.pack_into("<HHI", end, 8, 1, 1, len(whole) - len(end) - at - size)
    struct.pack_into("<I", end, 16, at + size)
    archive("forgets.zip", whole[:len(whole) - len(end)] + bytes(end), ("Lie-Reef-917", "hidden.txt"))

# ---- programs that unpack themselves ----
stub = b"MZ" + bytes(range(256)) * 20
with io.BytesIO() as b:
    with zipfile.ZipFile(b, "w") as z:
        z.writestr("hosts.csv", text("Self-Reef-918"))
    archive("setup.exe", stub + b.getvalue(), ("Self-Reef-918", "hosts.csv"))
archive("unpack.exe", stub + rar4([(b"hosts.csv", text("Self-Reef-919"))]), ("Self-Reef-919", "hosts.csv"))
archive("tool.exe", stub)

# Two of one name, and one that is called as the second of them would be.
with io.BytesIO() as b:
    with zipfile.ZipFile(b, "w") as z:
        for i, name in enumerate(("same#2", "same", "smae")):
            z.writestr(name, text("Same-Reef-98%d" % i))
    archive("same.zip", b.getvalue().replace(b"smae", b"same"), ("Same-Reef-980", "same#2"), ("Same-Reef-981", "same"), ("Same-Reef-982", "same#2#2"))

# ---- nested, deeper than is read ----
inner = b""
for level in range(8, 0, -1):
    with io.BytesIO() as b:
        with zipfile.ZipFile(b, "w") as z:
            z.writestr("level%d.txt" % level, text("Deep-Reef-%d" % level))
            if inner:
                z.writestr("next.zip", inner)
        inner = b.getvalue()
archive("deep.zip", inner, *(("Deep-Reef-%d" % level, "next.zip!/" * (level - 1) + "level%d.txt" % level) for level in range(1, 5)))
