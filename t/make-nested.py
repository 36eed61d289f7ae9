"""make-nested.py DIR: documents within documents of every kind, what sheets hide, macros as Office packs them. Prints, a line each: file,
value, and the place where it stands."""
import io
import os
import random
import struct
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from outlook_files import Storage, compound  # noqa: E402

folder = sys.argv[1]
noise = random.Random(13).randbytes


def zipped(parts):
    with io.BytesIO() as b:
        with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
            for name, data in parts:
                z.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
        return b.getvalue()


def nested(name, data, *found):
    for value, place in found:
        print("%s\t%s\t%s" % (name, value, place))
    with open(folder + "/" + name, "wb") as f:
        f.write(data)


def docx(text, *more):
    return zipped([("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w:document><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:document>" % text), *more])


def xlsx(sheet, *more):
    return zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Hosts" r:id="r0"/></sheets></workbook>'),
                   ("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="r0" Target="worksheets/sheet1.xml"/></Relationships>'),
                   ("xl/worksheets/sheet1.xml", "<worksheet>%s</worksheet>" % sheet), *more])


def cell(ref, text):
    return '<c r="%s" t="inlineStr"><is><t>password: %s</t></is></c>' % (ref, text)


def native(name, data):
    """A file that the packager put into a document."""
    body = struct.pack("<H", 2) + name + b"\0C:\\" + name + b"\0" + struct.pack("<HHI", 0, 3, 4 + len(name)) + b"C:\\" + name + b"\0" + struct.pack("<I", len(data)) + data
    return {"\1Ole10Native": struct.pack("<I", len(body)) + body}


# ---- macros (MS-OVBA) ----

def pack(data):
    """Compressed with copies, as Office does it (2.4.1.3.8)."""
    out = b"\1"
    for start in range(0, len(data), 4096):
        chunk, at, body = data[start:start + 4096], 0, b""
        while at < len(chunk):
            flags, tokens = 0, b""
            for bit in range(8):
                if at >= len(chunk):
                    break
                bits = max(4, (at - 1).bit_length()) if at > 0 else 4
                most = min(len(chunk) - at, (0xffff >> bits) + 3)
                best, where = 0, 0
                for n in range(most, 2, -1):
                    found = chunk.rfind(chunk[at:at + n], 0, at + n - 1)
                    if found >= 0:
                        best, where = n, found
                        break
                if best:
                    flags |= 1 << bit
                    tokens += struct.pack("<H", (at - where - 1) << (16 - bits) | best - 3)
                    at += best
                else:
                    tokens += chunk[at:at + 1]
                    at += 1
            body += bytes([flags]) + tokens
        out += struct.pack("<H", 0xb000 | len(body) - 1) + body
    return out


def project(modules):
    """A whole project: the streams that Word and Excel write, compiled code before the source."""
    def record(kind, data):
        return struct.pack("<HI", kind, len(data)) + data

    def both(kind, other, text):
        return record(kind, text.encode("cp1252")) + record(other, text.encode("utf-16-le"))

    head = record(1, struct.pack("<I", 3)) + record(2, struct.pack("<I", 0x409)) + record(0x14, struct.pack("<I", 0x409)) + record(3, struct.pack("<H", 1252))
    head += record(4, b"VBAProject") + both(5, 0x40, "") + record(6, b"") + record(0x3d, b"") + record(7, bytes(4)) + record(8, bytes(4))
    head += struct.pack("<HIIH", 9, 4, 1700000000, 5) + both(0xc, 0x3c, "")
    head += both(0x16, 0x3e, "stdole") + record(0xd, struct.pack("<I", 4) + b"*\\G#" + bytes(6))
    head += record(0xf, struct.pack("<H", len(modules))) + record(0x13, b"\xff\xff")
    storage, compiled = Storage({}), noise(900)
    for name, source in modules:
        head += both(0x19, 0x47, name) + both(0x1a, 0x32, name) + both(0x1c, 0x48, "") + record(0x31, struct.pack("<I", len(compiled)))
        head += record(0x1e, bytes(4)) + record(0x2c, b"\xff\xff") + record(0x21, b"") + record(0x2b, b"")
        storage[name] = compiled + pack(source.replace("\n", "\r\n").encode("cp1252"))
    storage["dir"] = pack(head + record(0x10, b""))
    storage["_VBA_PROJECT"] = b"\xcc\x61\xff\xff\0\0\0" + noise(40)
    text = 'ID="{0}"\r\nDocument=ThisDocument/&H00000000\r\n' + "".join("Module=%s\r\n" % name for name, _ in modules) + 'CMG="0"\r\n'
    return Storage({"VBA": storage, "PROJECT": text.encode(), "PROJECTwm": b"\0\0"})


SOURCE = 'Attribute VB_Name = "%s"\n' + "".join("' line %d of a long module, so that it does not fit into one chunk\n" % i for i in range(120)) + \
    'Sub Login()\n  Dim p As String\n  password = "%s"\n  Call Connect("grüße", password)\nEnd Sub\n'
nested("macros.docm", docx("see the macro", ("word/vbaProject.bin", compound(project([("ThisDocument", "Attribute VB_Name = \"ThisDocument\"\n"), ("Ways", SOURCE % ("Ways", "Macro-Reef-831"))])))),
       ("Macro-Reef-831", "macro module Ways, line 124"))
nested("macros.xls", compound(Storage({"Workbook": struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0) + struct.pack("<HH", 10, 0),
       "_VBA_PROJECT_CUR": project([("Sheet1", SOURCE % ("Sheet1", "Macro-Reef-832"))])})), ("Macro-Reef-832", "macro module Sheet1, line 124"))

# ---- objects and documents within ----
inner = compound(Storage({"\1CompObj": bytes(40), **native(b"hosts.txt", b"password: Inner-Reef-833\r\n")}))
word = docx("password: Inner-Reef-834")
excel = xlsx("<sheetData><row r='3'>%s</row></sheetData>" % cell("B3", "Inner-Reef-835"))
nested("objects.xlsx", xlsx("<sheetData/>", ("xl/embeddings/oleObject1.bin", inner), ("xl/embeddings/Microsoft_Word_Document.docx", word),
       ("xl/embeddings/oleObject2.bin", compound(Storage({"Package": excel})))),
       ("Inner-Reef-833", "embedded file xl/embeddings/oleObject1.bin, embedded file hosts.txt, line 1"),
       ("Inner-Reef-834", "embedded file xl/embeddings/Microsoft_Word_Document.docx, text, paragraph 1"),
       ("Inner-Reef-835", "embedded file xl/embeddings/oleObject2.bin, embedded file object, sheet Hosts, cell B3"))
nested("objects.docx", docx("x", ("word/embeddings/oleObject1.bin", compound(Storage(native(b"inner.xlsx", xlsx("<sheetData><row r='1'>%s</row></sheetData>" % cell("A1", "Inner-Reef-836")))))),
       ("word/embeddings/slides.pptx", zipped([("[Content_Types].xml", "<Types/>"), ("ppt/presentation.xml", "<p:presentation/>"),
        ("ppt/slides/slide1.xml", "<p:sld><a:p><a:r><a:t>password: Inner-Reef-837</a:t></a:r></a:p></p:sld>")]))),
       ("Inner-Reef-836", "embedded file word/embeddings/oleObject1.bin, embedded file inner.xlsx, sheet Hosts, cell A1"),
       ("Inner-Reef-837", "embedded file word/embeddings/slides.pptx, slide 1, paragraph 1"))


def stream(kind, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (kind, len(data), data)


def pdf(objects):
    out, places = b"%PDF-1.7\n", []
    for i, o in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, o)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def files(attached, noted):
    return pdf([b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /Annots [ << /Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R >> ] >>",
               stream(b"/Type /EmbeddedFile", attached), stream(b"/Type /EmbeddedFile", noted),
               b"<< /Names [ (hosts.docx) << /Type /Filespec /F (hosts.docx) /UF (hosts.docx) /EF << /F 4 0 R >> >> ] >>",
               b"<< /Type /Filespec /F (note.txt) /EF << /F 5 0 R >> >>"])


# A font whose encoding is in the font alone, and a ligature in it.
nested("font.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
       b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>", stream(b"", b"BT /F1 10 Tf 10 10 Td (password: pro\\014t-Reef-855) Tj ET"),
       b"<< /Type /Font /Subtype /Type1 /BaseFont /AAAAAA+CMR10 /FontDescriptor 6 0 R >>", b"<< /Type /FontDescriptor /FontName /AAAAAA+CMR10 /Flags 4 /FontFile 7 0 R >>",
       stream(b"", b"%!PS-AdobeFont-1.0: CMR10\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\ndup 12 /fi put\nreadonly def\ncurrentfile eexec\n")]),
       ("profit-Reef-855", "page 1"))
nested("files.pdf", files(docx("password: Pdf-Reef-838"), b"password: Pdf-Reef-839\n"), ("Pdf-Reef-838", "embedded file hosts.docx, text, paragraph 1"),
       ("Pdf-Reef-839", "embedded file note.txt, line 1"))

# ---- Pages ----

def iwa(text):
    """A part of Pages: messages of Protocol Buffers in a chunk of Snappy, with a copy in it and literals of two lengths."""
    def field(number, data):
        return bytes([number << 3 | 2, len(data)]) + data
    head = b"\x08\x01" + field(2, b"\x08\xd1\x0f")
    data = bytes([len(head)]) + head + field(1, b"ab" * 20) + field(3, field(1, text))
    copied = data.index(b"ab" * 20) + 2
    rest = data[copied + 38:]
    packed = bytes([len(data) & 127 | 128, len(data) >> 7]) if len(data) > 127 else bytes([len(data)])
    packed += bytes([copied - 1 << 2]) + data[:copied] + bytes([37 << 2 | 2]) + struct.pack("<H", 2) + bytes([60 << 2, len(rest) - 1]) + rest
    return b"\0" + struct.pack("<I", len(packed))[:3] + packed


nested("letter.pages", zipped([("Index/Document.iwa", iwa("Grüße, the password: Iwa-Reef-856 is new, and a long text follows it".encode())), ("Metadata/DocumentIdentifier", "x")]),
       ("Iwa-Reef-856", "words of Index/Document.iwa in"))

# ---- slides and sheets of OpenDocument ----


def odf(kind, content):
    return zipped([("mimetype", "application/vnd.oasis.opendocument." + kind), ("META-INF/manifest.xml", "<manifest/>"),
                   ("content.xml", "<office:document-content>%s</office:document-content>" % content)])


nested("talk.odp", odf("presentation", "<office:body><office:presentation><draw:page draw:name='p1'><draw:frame><draw:text-box><text:p>Hello</text:p></draw:text-box></draw:frame>"
       "</draw:page><draw:page draw:name='p2'><draw:frame><draw:text-box><text:p>password: <text:span>Odp-Reef</text:span>-840</text:p></draw:text-box></draw:frame>"
       "<presentation:notes><draw:frame><draw:text-box><text:p>say it: password: Odp-Reef-841</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>"
       "</office:presentation></office:body>"), ("Odp-Reef-840", "slide 2, paragraph 1"), ("Odp-Reef-841", "notes of slide 2, paragraph 1"))


def row(*texts, more=""):
    return "<table:table-row%s>%s</table:table-row>" % (more, "".join("<table:table-cell><text:p>%s</text:p></table:table-cell>" % t for t in texts))


nested("hides.ods", odf("spreadsheet", "<office:automatic-styles><style:style style:name='ta1' style:family='table'><style:table-properties table:display='true'/></style:style>"
       "<style:style style:name='ta2' style:family='table'><style:table-properties table:display='false'/></style:style></office:automatic-styles><office:body><office:spreadsheet>"
       "<table:table table:name='Hosts' table:style-name='ta1'><table:table-column/><table:table-column table:number-columns-repeated='2' table:visibility='collapse'/>"
       + row("a", "b", "password: Ods-Reef-842") + row("password: Ods-Reef-843", more=" table:visibility='filter'") + row("password: Ods-Reef-844") + "</table:table>"
       "<table:table table:name='Old' table:style-name='ta2'>" + row("password: Ods-Reef-845") + "</table:table></office:spreadsheet></office:body>"),
       ("Ods-Reef-842", "sheet Hosts, cell C1 in a hidden column"), ("Ods-Reef-843", "sheet Hosts, cell A2 in a hidden row"), ("Ods-Reef-844", "sheet Hosts, cell A3"),
       ("Ods-Reef-845", "hidden sheet Old, cell A1"))
nested("hides.xlsx", xlsx("<cols><col min='1' max='1' width='9'/><col min='3' max='4' hidden='1'/></cols><sheetData><row r='2' hidden='1'>" + cell("A2", "Xlsx-Reef-846") + cell("D2", "Xlsx-Reef-847")
       + "</row><row r='5'>" + cell("B5", "Xlsx-Reef-848") + cell("C5", "Xlsx-Reef-849") + "</row></sheetData>"), ("Xlsx-Reef-846", "sheet Hosts, cell A2 in a hidden row"),
       ("Xlsx-Reef-847", "sheet Hosts, cell D2 in a hidden row and column"), ("Xlsx-Reef-848", "sheet Hosts, cell B5"), ("Xlsx-Reef-849", "sheet Hosts, cell C5 in a hidden column"))


def biff(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def label(r, c, text):
    return biff(0x204, struct.pack("<HHHHB", r, c, 0, 10 + len(text), 0) + b"password: " + text)


def bof(kind):
    return biff(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))


end = biff(10, b"")
sheet = bof(0x10) + biff(0x7d, struct.pack("<HHHHHH", 2, 2, 0, 0, 1, 0)) + biff(0x208, struct.pack("<HHHHHHI", 3, 0, 3, 255, 0, 0, 0x120)) + \
    biff(0x208, struct.pack("<HHHHHHI", 4, 0, 3, 255, 0, 0, 0x100)) + label(3, 0, b"Xls-Reef-850") + label(4, 2, b"Xls-Reef-851") + end
book = bof(5) + biff(0x85, struct.pack("<IBBBB", len(bof(5)) + 4 + 8 + 5 + len(end), 0, 0, 5, 0) + b"Hosts") + end
nested("hides.xls", compound(Storage({"Workbook": book + sheet})), ("Xls-Reef-850", "sheet Hosts, cell A4 in a hidden row"), ("Xls-Reef-851", "sheet Hosts, cell C5 in a hidden column"))


def binary(kind, content=b""):
    def number(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])
    return number(kind) + number(len(content)) + content


def wide(s):
    return struct.pack("<I", len(s)) + s.encode("utf-16le")


nested("hides.xlsb", zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.bin", binary(131) + binary(156, struct.pack("<II", 0, 1) + wide("r1") + wide("Hosts")) + binary(132)),
       ("xl/_rels/workbook.bin.rels", '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.bin"/></Relationships>'),
       ("xl/worksheets/sheet1.bin", binary(60, struct.pack("<IIIIH", 1, 1, 2304, 0, 1)) + binary(0, struct.pack("<IIHBBBI", 6, 0, 300, 0, 0x10, 0, 0)) +
        binary(6, struct.pack("<II", 0, 0) + wide("password: Xlsb-Reef-852")) + binary(0, struct.pack("<IIHBBBI", 7, 0, 300, 0, 0, 0, 0)) +
        binary(6, struct.pack("<II", 1, 0) + wide("password: Xlsb-Reef-853")) + binary(64, struct.pack("<IIIIII", 0, 1, 0, 0, 0, 0) +
        b"\xff" * 8 + wide("") + wide("password: Xlsb-Reef-858")) + binary(479, struct.pack("<H", 3) + b"\xff" * 16 + wide("&LEbb") + wide("&Cpassword: Xlsb-Reef-859")))]),
       ("Xlsb-Reef-852", "sheet Hosts, cell A7 in a hidden row"), ("Xlsb-Reef-853", "sheet Hosts, cell B8 in a hidden column"),
       ("Xlsb-Reef-858", "comments, boxes and links of sheet Hosts"), ("Xlsb-Reef-859", "comments, boxes and links of sheet Hosts"))
nested("hides.xml", b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='Hosts'><Table><Row ss:Hidden='1'><Cell><Data>password: "
       b"Flat-Reef-854</Data></Cell></Row></Table></Worksheet></Workbook>", ("Flat-Reef-854", "sheet Hosts, cell A1 in a hidden row"))
