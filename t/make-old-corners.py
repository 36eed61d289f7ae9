"""make-old-corners.py DIR: documents of Office 97 to 2003 with a secret in each corner, as make-corners.py. Prints the values, a line each: file, value."""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from outlook_files import Storage, compound  # noqa: E402

folder = sys.argv[1]
n = 0


def secret(file):
    global n
    n += 1
    print("%s\tOld-Reef-%d" % (file, n))
    return "password: Old-Reef-%d" % n


def write(file, root):
    with open(folder + "/" + file, "wb") as f:
        f.write(compound(Storage(root)))


def biff(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def short(s):
    return struct.pack("<HB", len(s), 0) + s.encode()


def form(file):
    """A form of macros; names of streams as MS-OFORMS has them."""
    return Storage({"f": b"\0\4\x20\0", "o": b"\0\2\x14\0" + secret(file).encode() + b"\0", "\3VBFrame": b"Caption = \"%s\"\r\n" % secret(file).encode()})


def native(file):
    data = secret(file).encode()
    body = struct.pack("<H", 2) + b"s.txt\0C:\\s.txt\0" + struct.pack("<HHI", 0, 3, 9) + b"C:\\s.txt\0" + struct.pack("<I", len(data)) + data
    return Storage({"\1Ole10Native": struct.pack("<I", len(body)) + body})


bof = biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
end = biff(0x0a, b"")
text = secret("corners.xls").encode()
formula = biff(0x06, struct.pack("<HHHdHIH", 2, 1, 0, 4.5, 0, 0, 3 + len(text)) + bytes([0x17, len(text), 0]) + text)
sheet = (bof + formula + biff(0xaf, struct.pack("<HBBBBH", 1, 0, 0, 0, 0, 0) + short(secret("corners.xls"))) +
         biff(0x9e, bytes(24) + b"\0" + secret("corners.xls").encode()) +
         biff(0x1be, struct.pack("<I", 3) + short("a") + short(secret("corners.xls")) + short("b") + short("c") + bytes(4) + b"\x17\x18\0" +
              secret("corners.xls").encode()) + end)
outside = biff(0x5a, struct.pack("<BBH", 0, 0, 0) + b"\2" + short(secret("corners.xls")))
begin = bof + outside
begin += biff(0x85, struct.pack("<IBB", len(begin) + 4 + 12 + len(end), 0, 0) + b"\4\0Open") + end
write("corners.xls", {"Workbook": begin + sheet, "_SX_DB_CUR": Storage({"0001": biff(0xcd, short(secret("corners.xls"))) + end}),
      "_VBA_PROJECT_CUR": Storage({"UserForm1": form("corners.xls")}), "MBD0001": native("corners.xls")})

text = "Dear Bo,\r"
stream = bytearray(0x400)
struct.pack_into("<HHHHHH", stream, 0, 0xa5ec, 193, 0, 0x409, 0, 0x200)
struct.pack_into("<I", stream, 0x4c, len(text))
pieces = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, 0x400, 0)
clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
struct.pack_into("<II", stream, 0x1a2, 0, len(clx))
field = b"\xff\xff\xff\xff" + bytes(6) + b"".join(struct.pack("<H", len(s)) + s.encode("utf-16le") + b"\0\0" for s in ("Name", secret("corners.doc")))
data = struct.pack("<IH", 0x44 + len(field), 0x44).ljust(0x44, b"\0") + field
write("corners.doc", {"WordDocument": bytes(stream) + text.encode("utf-16le"), "1Table": clx, "Data": data + bytes(8),
      "ObjectPool": Storage({"_1": native("corners.doc")}), "Macros": Storage({"UserForm1": form("corners.doc")})})


def record(kind, content, version=15, instance=0):
    return struct.pack("<HHI", instance << 4 | version, kind, len(content)) + content


def wide(kind, s, instance=0):
    return record(kind, s.encode("utf-16le"), 0, instance)


comment = record(0x2ee0, wide(0xfba, "Ann") + wide(0xfba, secret("corners.ppt"), 1))
tags = record(0x1388, record(0x138a, wide(0xfba, "___PPT10") + record(0x138b, comment, 0)) +
              record(0x1389, wide(0xfba, "NOTE") + wide(0xfba, secret("corners.ppt"), 1)))
parts = [record(0x3e8, record(0xff0, record(0x3f3, struct.pack("<IIIII", 2, 0, 0, 256, 0), 0), 15, 0)), record(0x3ee, tags)]
stream, places = b"", []
for part in parts:
    places.append(len(stream))
    stream += part
directory = len(stream)
stream += record(0x1772, struct.pack("<III", 2 << 20 | 1, *places), 0)
edit = len(stream)
stream += record(0xff5, struct.pack("<IIIIIIHH", 256, 0x3000000, 0, directory, 1, 3, 1, 0), 0)
user = record(0xff6, struct.pack("<IIIHHBBH", 20, 0xe391c05f, edit, 0, 0x3f4, 3, 0, 0), 0)
write("corners.ppt", {"PowerPoint Document": stream, "Current User": user})
with open(folder + "/field.rtf", "w") as f:
    f.write(r"{\rtf1\ansi{\field{\*\fldinst DDEAUTO x %s}{\fldrslt text}}\par}" % secret("field.rtf"))
