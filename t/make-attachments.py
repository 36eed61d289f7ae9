"""make-attachments.py DIR: mail whose secrets stand in what is attached: sheets, letters, slides, archives in archives, databases, files
that are a secret as a whole. Everything here is invented. Compound files are written by hand, since nothing else writes them."""
import gzip, io, os, sqlite3, struct, sys, tempfile, zipfile, zlib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


def zipped(members, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


def xlsx():
    cells = '<row r="3"><c r="B3" t="inlineStr"><is><t>Host</t></is></c><c r="D3" t="inlineStr"><is><t>Password</t></is></c></row>' \
            '<row r="14" hidden="1"><c r="B14" t="inlineStr"><is><t>db1.plover.example</t></is></c>' \
            '<c r="D14" t="inlineStr"><is><t>Note: password: Watt-Meer-31</t></is></c></row>'
    return zipped([
        ("[Content_Types].xml", '<Types/>'),
        ("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Hosts" sheetId="1" state="hidden" r:id="r1"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'),
        ("xl/worksheets/sheet1.xml", '<worksheet><sheetData>%s</sheetData></worksheet>' % cells)])


def docx():
    return zipped([
        ("[Content_Types].xml", '<Types/>'),
        ("word/document.xml", '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>See below.</w:t></w:r></w:p><w:p><w:del><w:r>'
         '<w:delText>password: Deich-Graf-82</w:delText></w:r></w:del></w:p></w:body></w:document>'),
        ("word/comments.xml", '<w:comments xmlns:w="w"><w:comment><w:p><w:r><w:t>The door code is PIN: 7719</w:t></w:r></w:p></w:comment></w:comments>'),
        ("word/embeddings/inner.xlsx", xlsx().replace(b"Watt-Meer-31", b"Watt-Meer-31"))])


def compound(streams):
    """A compound file (MS-CFB, version 3) with all streams in its root, each of at least 4,096 bytes."""
    sector, free, end = 512, 0xffffffff, 0xfffffffe
    datas = [(name, data + b"\0" * (max(4096, -(-len(data) // sector) * sector) - len(data)), max(len(data), 4096)) for name, data in streams]
    fat, body, entries = [], b"", []

    def put(data):
        nonlocal body
        first, n = len(fat), len(data) // sector
        fat.extend([first + i + 1 for i in range(n - 1)] + [end])
        body += data
        return first

    firsts = [put(data) for _, data, _ in datas]

    def entry(name, kind, first, size, child=free, right=free):
        raw = name.encode("utf-16le") + b"\0\0"
        return raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, free, right, child) + b"\0" * 36 + struct.pack("<IQ", first, size)

    order = sorted(range(len(datas)), key=lambda i: (len(datas[i][0]), datas[i][0].upper()))
    entries.append(entry("Root Entry", 5, end, 0, child=1))
    for k, i in enumerate(order):
        entries.append(entry(datas[i][0], 2, firsts[i], datas[i][2], right=k + 2 if k + 1 < len(order) else free))
    directory = b"".join(entries)
    directory += b"\0" * (-len(directory) % sector)
    at_directory = put(directory)
    at_fat = len(fat)
    n_fat = 1
    while (len(fat) + n_fat) * 4 > n_fat * sector:
        n_fat += 1
    fat.extend([0xfffffffd] * n_fat)
    table = b"".join(struct.pack("<I", f) for f in fat).ljust(n_fat * sector, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3e, 3, 0xfffe, 9, 6) + b"\0" * 6 + \
        struct.pack("<IIIIIIIII", 0, n_fat, at_directory, 0, 4096, end, 0, end, 0)
    head += b"".join(struct.pack("<I", at_fat + i if i < n_fat else free) for i in range(109))
    return head.ljust(512, b"\0") + body + table


def biff(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def xls():
    def short(s):
        return struct.pack("<BB", len(s), 0) + s.encode("latin-1")

    strings = ["Account", "Password", "anna", "Priel-Sand-55", "€ über alles", "", "password: Kolk-Watt-12"]
    sst = b"".join(struct.pack("<HB", len(s), 1) + s.encode("utf-16le") for s in strings)
    # The third string is cut in its middle: the rest stands in a Continue record, in narrow characters.
    cut = sum(3 + 2 * len(s) for s in strings[:2]) + 3 + 4
    rest = sst[cut + 4:]
    globals_ = [biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), None, None, biff(0xfc, struct.pack("<II", 7, 7) + sst[:cut]),
                biff(0x3c, b"\0na" + rest), biff(0x0a, b"")]

    def sheet(cells):
        return biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + b"".join(cells) + biff(0x0a, b"")

    first = sheet([biff(0xfd, struct.pack("<HHHI", r, c, 0, i)) for r, c, i in ((0, 0, 0), (0, 1, 1), (1, 0, 2), (1, 1, 3), (2, 0, 4), (3, 0, 6))] +
                  [biff(0x203, struct.pack("<HHHd", 2, 1, 0, 12.5))])
    second = sheet([biff(0x204, struct.pack("<HHHHB", 4, 2, 0, 24, 0) + b"password: Balje-Torf-903")])
    size = sum(len(g) for g in globals_ if g) + sum(4 + 6 + 2 + n for n in (4, 6))
    globals_[1] = biff(0x85, struct.pack("<IBB", size, 0, 0) + short("Open"))
    globals_[2] = biff(0x85, struct.pack("<IBB", size + len(first), 1, 0) + short("Hidden"))
    return compound([("Workbook", b"".join(globals_) + first + second)])


def xlsb():
    """A workbook in binary (MS-XLSB): records of a type and a length, seven bits a byte."""
    def number(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])

    def record(kind, content=b""):
        return number(kind) + number(len(content)) + content

    def wide(s):
        return struct.pack("<I", len(s)) + s.encode("utf-16le")

    def sheet(name, hidden, rid):
        return record(156, struct.pack("<II", hidden, 1) + wide(rid) + wide(name))

    def cell(column):
        return struct.pack("<II", column, 0)
    return zipped([
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.bin", record(131) + sheet("Hosts", 0, "r1") + sheet("Old", 1, "r2") + record(132)),
        ("xl/_rels/workbook.bin.rels", '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.bin"/>'
         '<Relationship Id="r2" Target="worksheets/sheet2.bin"/></Relationships>'),
        ("xl/sharedStrings.bin", record(159, struct.pack("<II", 2, 2)) + b"".join(
            record(19, b"\0" + wide(s)) for s in ("Host", "password: Siel-Tor-818")) + record(160)),
        ("xl/worksheets/sheet1.bin", record(0, struct.pack("<I", 4) + bytes(21)) + record(7, cell(0) + struct.pack("<I", 0)) +
         record(7, cell(2) + struct.pack("<I", 1)) + record(5, cell(3) + struct.pack("<d", 4.5))),
        ("xl/worksheets/sheet2.bin", record(0, struct.pack("<I", 0) + bytes(21)) + record(6, cell(1) + wide("password: Priel-Alt-819"))),
        ("xl/comments1.bin", record(635, struct.pack("<IIIII", 0, 6, 6, 1, 1)) + record(637, b"\0" + wide("PIN: 8204")))])


def ppt():
    """A presentation of PowerPoint 97 (MS-PPT): a document, a slide and its notes, and the edit that says where they lie."""
    def record(kind, content, version=0, instance=0):
        return struct.pack("<HHI", instance << 4 | version, kind, len(content)) + content

    def persist(number):
        return record(0x3f3, struct.pack("<IIIII", number, 0, 0, 256, 0))
    slides = record(0xff0, persist(2) + record(0xfa0, "password: Watt-Bake-820\rnext".encode("utf-16le")), 15, 0)
    notes = record(0xff0, persist(3), 15, 2)
    document = record(0x3e8, slides + notes, 15)
    slide = record(0x3ee, record(0xfa8, b"PIN: 8215"), 15)
    page = record(0x3f0, record(0xfa8, b"say it: password: Lotse-Wort-822"), 15)
    stream, places = b"", []
    for r in (document, slide, page):
        places.append(len(stream))
        stream += r
    directory = len(stream)
    stream += record(0x1772, struct.pack("<I", 3 << 20 | 1) + b"".join(struct.pack("<I", p) for p in places))
    edit = len(stream)
    stream += record(0xff5, struct.pack("<IIIIIIHH", 256, 0x3000000, 0, directory, 1, 4, 1, 0))
    user = record(0xff6, struct.pack("<IIIHHBBH", 20, 0xe391c05f, edit, 0, 0x3f4, 3, 0, 0))
    return compound([("PowerPoint Document", stream), ("Current User", user)])


def doc():
    text = "Dear Bo,\r\x13 HYPERLINK \"mailto:Kap@Hoorn-61\" \x14password: Kap@Hoorn-61\x15\rpassword: \x13 FORMDROPDOWN \x14\x15\rName\x07Code\x07\x07Ann\x07x1\x07\x07"
    wide, narrow = text[:9].encode("utf-16le"), text[9:].encode("cp1252")
    stream = bytearray(0x400)
    struct.pack_into("<HHHHHH", stream, 0, 0xa5ec, 193, 0, 0x409, 0, 0x200)
    struct.pack_into("<I", stream, 0x4c, len(text))
    at_wide, at_narrow = 0x400, 0x400 + len(wide)
    pieces = struct.pack("<III", 0, 9, len(text)) + struct.pack("<HIH", 0, at_wide, 0) + struct.pack("<HIH", 0, 0x40000000 | at_narrow * 2, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", stream, 0x1a2, 0, len(clx))
    return compound([("WordDocument", bytes(stream) + wide + narrow), ("1Table", clx)])


def rtf():
    inner = b"note.txt\0C:\\note.txt\0\0\0\3\0" + struct.pack("<I", 12) + b"C:\\note.txt\0" + struct.pack("<I", 27) + b"password: Siel-Wacht-4410\r\n"
    native = b"\2\0" + inner
    ole = struct.pack("<II", 0x501, 2) + b"".join(struct.pack("<I", len(s)) + s for s in (b"Package\0", b"", b"", native))
    return b"{\\rtf1\\ansi password: {\\b Ufer}-Loos-12\\par{\\object\\objemb{\\*\\objdata " + ole.hex().encode() + b"}}}"


def database():
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "a.db")
        c = sqlite3.connect(path)
        c.execute("CREATE TABLE logins (site TEXT, user TEXT, password TEXT, note TEXT)")
        c.execute("INSERT INTO logins VALUES ('ftp.plover.example', 'anna', 'Hallig-Rad-74', 'x')")
        c.execute("INSERT INTO logins VALUES ('b.plover.example', 'bo', NULL, ?)", ("x " * 4500 + "password: Wurt-Lamm-266",))
        c.commit()
        c.close()
        with open(path, "rb") as f:
            return f.read()


def sealed_zip(name, data, password):
    """A ZIP archive under the old cipher (APPNOTE 6.1), which Python reads and does not write."""
    table = [0] * 256
    for i in range(256):
        c = i
        for _ in range(8):
            c = c >> 1 ^ 0xedb88320 if c & 1 else c >> 1
        table[i] = c
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(b):
        keys[0] = table[(keys[0] ^ b) & 255] ^ keys[0] >> 8
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xffffffff
        keys[2] = table[(keys[2] ^ keys[1] >> 24) & 255] ^ keys[2] >> 8

    def seal(b):
        t = (keys[2] | 2) & 0xffff
        k = (t * (t ^ 1) >> 8) & 255
        update(b)
        return b ^ k

    for b in password:
        update(b)
    crc, raw = zlib.crc32(data), zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = raw.compress(data) + raw.flush()
    packed = bytes(seal(b) for b in bytes(11) + bytes([crc >> 24]) + packed)
    fixed = struct.pack("<HHHHHIIIHH", 20, 1, 8, 0, 33, crc, len(packed), len(data), len(name), 0)
    local = b"PK\3\4" + fixed + name + packed
    central = b"PK\1\2" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def mail(n, subject, attachments, body="Hello,\n\nsee the attachment.\n", date=None):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = "ann@kestrel.example", "bo@tern.example", subject
    m["Message-ID"], m["Date"] = "<att%d@kestrel.example>" % n, date or "Mon, 02 Mar 2026 09:%02d:00 +0000" % n
    m.set_content(body)
    for name, data in attachments:
        m.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(m)


def cut():
    """A letter with a file in it that is not whole."""
    return zipped([
        ("[Content_Types].xml", '<Types/>'),
        ("word/document.xml", '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>See the list.</w:t></w:r></w:p></w:body></w:document>'),
        ("word/embeddings/list.gz", gzip.compress(os.urandom(20000))[:9000])])


def kept():
    """A message with a password in its subject, and one within it."""
    m = message_from_bytes(mail(20, "the password is Bake-Kiel-88", []), policy=default)
    m.add_attachment(message_from_bytes(mail(21, "inner", [], "password: Luv-Lee-404\n"), policy=default))
    return bytes(m)


def main():
    out = sys.argv[1]
    vault = b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + bytes(range(200))
    bomb = zipped([("zero.txt", b"\0" * (80 << 20))])
    mails = [
        mail(1, "sheet", [("inventory.xlsx", xlsx())]),
        mail(2, "letter", [("letter.pdf", docx())]),  # named wrongly
        mail(3, "old", [("old.xls", xls()), ("old.doc", doc())]),
        mail(4, "rich", [("rich.rtf", rtf())]),
        mail(5, "data", [("app.sqlite", database())]),
        mail(6, "safe", [("team.kdbx", vault)]),
        mail(7, "the same safe", [("box.zip", zipped([("keep/team.kdbx", vault)]))]),
        mail(8, "nested", [("archive.zip", zipped([("dir/inner.zip", zipped([("inventory.xlsx", xlsx())])), ("../../etc/x.txt", "PIN: 6620\n")]))]),
        mail(9, "Dockyard plans", [("plans.zip", sealed_zip(b"plans.txt", b"the password is Lotse-Boje-17\n", b"Tonne-Rot-9"))]),
        mail(10, "Re: Dockyard plans", [], "Hello,\n\npassword: Tonne-Rot-9\n"),
        mail(11, "bomb", [("bomb.zip", bomb)]),
        mail(12, "given", [("more.zip", sealed_zip(b"more.txt", b"the password is Schleuse-Ost-3\n", "Käpt’n-8".encode()))]),
        mail(13, "kept mail", [("kept.zip", zipped([("kept.eml", kept())]))]),
        mail(14, "cut", [("cut.docx", cut())]),
        mail(15, "binary", [("hosts.xlsb", xlsb()), ("talk.ppt", ppt())]),
    ]
    for i, raw in enumerate(mails, 1):
        with open(os.path.join(out, "%02d.eml" % i), "wb") as f:
            f.write(raw)


if __name__ == "__main__":
    main()
