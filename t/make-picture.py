"""make-picture.py DIR: a picture of the words "Password: Reef4414", drawn with a pen of its own, since a machine may have no fonts; alone, in
a letter, and as the page of a PDF."""
import io
import os
import struct
import sys
import zipfile
import zlib

# Strokes on a grid of 4 by 6, y down; the base line is y = 4. A letter is lines "x,y x,y ...".
PEN = {"P": ["0,4 0,0 2,0 3,.5 3,1.5 2,2 0,2"], "a": ["2.4,1.8 1.9,1.4 .9,1.4 .2,2.1 .2,3.3 .9,4 1.7,4 2.4,3.3", "2.4,1.4 2.4,4"],
       "s": ["2.2,1.8 1.6,1.4 .7,1.4 .3,1.9 .7,2.5 1.8,2.8 2.2,3.4 1.7,4 .7,4 .2,3.6"],
       "w": ["0,1.4 .7,4 1.5,1.9 2.3,4 3,1.4"], "o": ["1.2,1.4 .4,1.9 .2,2.7 .4,3.5 1.2,4 2,3.5 2.2,2.7 2,1.9 1.2,1.4"],
       "r": ["0,1.4 0,4", "0,2.3 .5,1.6 1.3,1.4"], "d": ["2.4,3.3 1.7,4 .9,4 .2,3.3 .2,2.1 .9,1.4 1.7,1.4 2.4,2.1", "2.4,0 2.4,4"],
       ":": ["0.3,1.8 .3,2.0", ".3,3.8 .3,4"], "R": ["0,4 0,0 2,0 3,.5 3,1.5 2,2 0,2", "1.5,2 3,4"],
       "e": ["0.2,2.6 2.3,2.6 2.2,1.9 1.6,1.4 .9,1.4 .2,2.1 .2,3.3 .9,4 1.7,4 2.2,3.6"], "f": ["1.6,.1 1.1,0 .6,.5 .6,4", "0,1.5 1.4,1.5"],
       "4": ["2,4 2,0 0,2.8 2.8,2.8"], "1": ["0.2,.9 1.2,0 1.2,4"], " ": []}
SCALE, PEN_WIDTH = 12.0, 2.2


def draw(text):
    lines, x = [], 3.0
    for c in text:
        wide = 0.0
        for stroke in PEN[c]:
            points = [tuple(float(v) for v in p.split(",")) for p in stroke.split()]
            wide = max([wide] + [p[0] for p in points])
            lines += [((x + a[0], 3 + a[1]), (x + b[0], 3 + b[1])) for a, b in zip(points, points[1:])]
        x += (wide if PEN[c] else 1.4) + 0.95
    width, height = int((x + 3) * SCALE), int(10 * SCALE)
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for (ax, ay), (bx, by) in lines:
        ax, ay, bx, by = ax * SCALE, ay * SCALE, bx * SCALE, by * SCALE
        length = max(((bx - ax) ** 2 + (by - ay) ** 2), 1e-9)
        for py in range(int(min(ay, by)) - 6, int(max(ay, by)) + 7):
            for px in range(int(min(ax, bx)) - 6, int(max(ax, bx)) + 7):
                t = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
                far = ((px - ax - t * (bx - ax)) ** 2 + (py - ay - t * (by - ay)) ** 2) ** 0.5
                ink = max(0.0, min(1.0, PEN_WIDTH + 0.5 - far))
                rows[py][px] = min(rows[py][px], int(255 * (1 - ink)))
    return width, height, rows


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(image, data):
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
               b"<< /Length 9 >>\nstream\nq /I Do Q\nendstream",
               b"<< /Type /XObject /Subtype /Image %s /Filter /FlateDecode /Length %d >>\nstream\n" % (image, len(data)) + data + b"\nendstream"]
    return b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n" % (k + 1) + x + b"\nendobj\n" for k, x in enumerate(objects)) + b"trailer << /Root 1 0 R >>\n"


def write(name, data):
    with open(os.path.join(sys.argv[1], name), "wb") as f:
        f.write(data)


width, height, rows = draw("Password: Reef4414")
png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
       chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(r) for r in rows), 9)) + chunk(b"IEND", b""))
write("shot.png", png)
docx = io.BytesIO()
with zipfile.ZipFile(docx, "w") as z:
    z.writestr("[Content_Types].xml", "<Types/>")
    z.writestr("word/document.xml", "<w:document><w:body><w:p><w:r><w:t>See the picture.</w:t></w:r></w:p></w:body></w:document>")
    z.writestr("word/media/image1.png", png)
write("letter.docx", docx.getvalue())
size = b"/Width %d /Height %d /ColorSpace /DeviceGray" % (width, height)
write("grey.pdf", pdf(size + b" /BitsPerComponent 8", zlib.compress(b"".join(map(bytes, rows)))))
bits = b"".join(int("".join("01"[v > 127] for v in r).ljust(-(-width // 8) * 8, "1"), 2).to_bytes(-(-width // 8), "big") for r in rows)
write("fax.pdf", pdf(size + b" /BitsPerComponent 1", zlib.compress(bits)))
