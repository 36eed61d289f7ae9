"""hostile.py DIR: mail that means harm, generated. Each file tells by its name what it does."""
import base64
import gzip
import io
import os
import random
import sys
import tarfile
import zipfile

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
HEAD = "From: a@hostile.example\nTo: b@kestrelgate.example\nDate: Tue, 4 Mar 2025 08:52:32 +0000\nSubject: %s\nMIME-Version: 1.0\n"


def put(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data.encode() if isinstance(data, str) else data)


def nested(levels):
    out = [HEAD % "deep"]
    for i in range(levels):
        out.append('Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i))
    out.append("Content-Type: text/plain\n\nthe password is Deep-Down-%d\n" % levels)
    return "".join(out)


put("deep-10000.eml", nested(10000))
put("deep-30.eml", nested(30) + "".join("--b%d--\n" % i for i in reversed(range(30))))
put("rfc822-deep.eml", (HEAD % "matryoshka") + "Content-Type: message/rfc822\n\n" +
    ("Subject: in\nContent-Type: message/rfc822\n\n" * 2000) + "Subject: last\n\ninnermost\n")
put("parts-100000.eml", (HEAD % "many") + 'Content-Type: multipart/mixed; boundary="b"\n\n' +
    "--b\n\nx\n" * 100000 + "--b--\n")
put("parts-within.eml", (HEAD % "many within") + 'Content-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/mixed; boundary="b"\n\n' +
    "--b\n\nx\n" * 10000 + "--b--\n")
inner = "".join("--c\nContent-Type: message/rfc822\n\nFrom: a@hostile.example\nSubject: in %d\n\npassword: Attached-%d-x\n" % (i, i) +
                "The quick brown fox jumps over the lazy dog.\n" * 1500 + "\n" for i in range(200))
inner = (HEAD % "holder") + 'Content-Type: multipart/mixed; boundary="c"\n\n' + inner + "--c--\n"
put("attached-messages.eml", (HEAD % "many attached") + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n' +
    "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(inner.encode()).decode() + "--b--\n")
put("header-20mb.eml", (HEAD % "wide") + "X-Wide: " + "w" * (20 << 20) + "\n\nbody password: After-The-Wide-1\n")
put("headers-100000.eml", (HEAD % "tall") + "X-Tall: t\n" * 100000 + "\nbody\n")
put("addresses.eml", (HEAD % "crowd") + "Cc: " + ", ".join("p%d@crowd%d.example" % (i, i % 977) for i in range(60000)) + "\n\nx\n")
for i, to in enumerate(['<"' + '\\"' * 1000000, "<" + "a" * 1000000 + "> " + "@" * 1000000]):
    put("brackets-%d.eml" % i, "From: ann@kestrel.example\nTo: " + to + "\nSubject: brackets\n\nHello.\n")
put("folded.eml", (HEAD % "fold") + "X-Fold: a\n" + " b\n" * 200000 + "\nbody\n")
put("nul.eml", (HEAD % "nul").encode() + b"Content-Type: text/plain\n\n" + b"\0" * 100000 + b"\npassword: Behind\0The-Nul-5\n")
put("only-nul", b"\0" * 4096)
put("empty", b"")
put("one-byte", b"F")
put("from-only.mbox", b"From ")
put("from-line.mbox", b"From a@b.example Mon Mar  3 10:00:00 2025\n")
put("from-storm.mbox", b"From a@b.example Mon Mar  3 10:00:00 2025\n\n" * 20000)
put("no-newline.eml", b"Subject: " + b"x" * 5000000)
put("bare-cr.eml", (HEAD % "cr").replace("\n", "\r") + "\rall on one line\r")
put("base64-huge-line.eml", (HEAD % "b64") + "Content-Transfer-Encoding: base64\n\n" +
    base64.b64encode(b"password: One-Long-Line-9\n" * 200000).decode() + "\n")
put("base64-cut.eml", (HEAD % "cut") + "Content-Transfer-Encoding: base64\n\nQUJ")
put("qp-broken.eml", (HEAD % "qp") + "Content-Transfer-Encoding: quoted-printable\n\n" + "=\n=4\n=ZZ=" * 50000)
put("encoded-words.eml", "Subject: " + "=?utf-8?B?4pyT?= " * 50000 + "\n\nx\n")
put("boundary-prefix.eml", (HEAD % "prefix") + 'Content-Type: multipart/mixed; boundary="' + "-" * 70 + '"\n\n' +
    ("-" * 71 + "\n") * 50000)
put("html-tags.eml", (HEAD % "html") + "Content-Type: text/html\n\n" + "<div " * 300000 + "&#" * 300000)
put("html-comment.eml", (HEAD % "html") + "Content-Type: text/html\n\n<!--" + "<!--" * 300000)
put("charset.eml", (HEAD % "charset") + "Content-Type: text/plain; charset=x-no-such-thing-%n%s\n\npassword: Strange-Charset-3\n")
put("utf16-odd.eml", (HEAD % "odd").encode() + b"Content-Type: text/plain; charset=utf-16\n\n\xff\xfeA\0B\xd8\0")
put("comments.eml", "From: " + "(" * 100000 + "a@b.example\n\nx\n")
put("groups.eml", "To: " + "g:" * 100000 + ";\n\nx\n")
put("params.eml", (HEAD % "params") + "Content-Type: text/plain" + "".join("; a*%d*=x" % i for i in range(50000)) + "\n\nx\n")
put("uu.eml", (HEAD % "uu") + "\n" + "begin 644 a\n" * 50000)
put("digits.eml", (HEAD % "digits") + "\n" + "4111 " * 400000)
# As HTML it is walked for each place in it; the link stays open.
put("passwords-html.eml", (HEAD % "passwords") + "Content-Type: text/html; charset=utf-8\n\n<a href='https://storm.example/é'>" +
    "".join("<p>password: <b>Page-%d-x</b>\n" % i for i in range(60000)))
put("passwords.eml", (HEAD % "passwords") + "\n" + "".join("password: Storm-%d-x\n" % i for i in range(60000)))
put("at-signs.eml", (HEAD % "at") + "\n" + "@" * 2000000)
z = io.BytesIO()
with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as f:
    f.writestr("bomb.eml", b"\0" * (80 << 20))
put("bomb.zip", z.getvalue())
inner = z.getvalue()
z = io.BytesIO()
with zipfile.ZipFile(z, "w", zipfile.ZIP_BZIP2) as f:
    f.writestr("bomb.eml", b"\0" * (80 << 20))
put("bzip2-bomb.zip", z.getvalue())
for _ in range(8):
    z = io.BytesIO()
    with zipfile.ZipFile(z, "w") as f:
        f.writestr("in.zip", inner)
    inner = z.getvalue()
put("zip-in-zip.zip", inner)
z = io.BytesIO()
with zipfile.ZipFile(z, "w") as f:
    f.writestr("../../escape.eml", HEAD % "escape" + "\nx\n")
    f.writestr("/etc/absolute.eml", HEAD % "absolute" + "\nx\n")
put("paths.zip", z.getvalue())
put("cut.zip", z.getvalue()[:-30])


def attached(name, data):
    return (HEAD % name) + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\npassword: Beside-%s-5\n--b\nContent-Type: application/octet-stream\n' % name + \
        'Content-Disposition: attachment; filename="%s"\nContent-Transfer-Encoding: base64\n\n' % name + base64.encodebytes(data).decode() + "--b--\n"


def pdf(objects):
    return ("%PDF-1.4\n" + "".join("%d 0 obj %s endobj\n" % (i + 1, o) for i, o in enumerate(objects)) + "trailer <</Root 1 0 R>>\n").encode()


def of_zeros(names, data):
    f = io.BytesIO()
    with zipfile.ZipFile(f, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            archive.writestr(name, data)
    return f.getvalue()


# Forty archives of twenty members each in one archive: none is large, all come to 3 GiB.
put("many-levels.eml", attached("many.zip", of_zeros(["%d.zip" % i for i in range(40)], of_zeros(["%d.txt" % i for i in range(20)], b"\0" * (4 << 20)))))
# Ways down a tree of pages, and through forms that show forms: more than can be gone.
put("tree.pdf.eml", attached("tree.pdf", pdf(["<</Pages 2 0 R>>"] + ["<</Kids[%s]>>" % " ".join("%d 0 R" % (2 + (i + k) % 9) for k in range(9)) for i in range(9)])))
shows = "\nstream\n%s\nendstream" % ("/X Do " * 50)
put("forms.pdf.eml", attached("forms.pdf", pdf(["<</Pages 2 0 R>>", "<</Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources 6 0 R>>", "<<>>" + shows,
                                                "<</Subtype/Form/Resources 6 0 R>>" + shows, "<</XObject<</X 5 0 R>>>>"])))
z = io.BytesIO()
with zipfile.ZipFile(z, "w") as f:
    for i in range(3000):
        f.writestr("password Pw%dKx7q.txt" % i, "password: Named-%d-x\n" % i)
put("names.zip.eml", attached("names.zip", z.getvalue()))
put("big5.eml", (HEAD % "big5").encode() + b"Content-Type: text/plain; charset=big5\n\n" +
    b"".join(b"\xb1\x4b\xbd\x58 password: Ming-%d-x\n" % i for i in range(4000)))
# Outlook for Mac: a count that lies, attachments that are messages, a message of nothing but an opening, and one that is inflated.
olm = io.BytesIO()
with zipfile.ZipFile(olm, "w", zipfile.ZIP_DEFLATED) as f:
    box = "Accounts/a/com.microsoft.__Messages/"
    f.writestr(box + "message_1.xml", '<emails elementCount="999999999"><email><OPFMessageCopySubject>one</OPFMessageCopySubject></email></emails>')
    f.writestr(box + "message_2.xml", '<emails><email><OPFMessageCopyBody>x</OPFMessageCopyBody><OPFMessageCopyAttachmentList>' +
               '<messageAttachment OPFAttachmentURL="%smessage_2.xml" OPFAttachmentName="../../escape.eml"/>' % box * 50 +
               '</OPFMessageCopyAttachmentList></email></emails>')
    f.writestr(box + "message_3.xml", "<email>" * 20000)
    f.writestr(box + "message_4.xml", "<emails><email><OPFMessageCopyBody>" + "A" * (60 << 20) + "</OPFMessageCopyBody></email></emails>")
    f.writestr(box + "message_5.xml", b"\xff\xfe<\0e\0")
    f.writestr("Local/Calendar/Calendar.xml", "<appointments>" + "<appointment/>" * 5000)
put("lies.olm", olm.getvalue())
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fuzz/seeds/box/olm"), "rb") as f:
    olm = f.read()
draw = random.Random(11)
for i in range(30):
    b = bytearray(olm[:len(olm) * draw.randrange(20, 100) // 100] if i % 3 == 0 else olm)
    for _ in range(1 << i % 8):
        b[draw.randrange(len(b))] = draw.randrange(256)
    put("damaged-%d.olm" % i, bytes(b))
put("folds.ics", b"From: a@b.example\n\n" + b"BEGIN:VCALENDAR\r\n" + b" a\r\n" * 500000)
put("cut.gz", gzip.compress(("Subject: cut\n\n" + "hello\n" * 10000).encode())[:-12])
# An archive whose results are many times its bytes, and one in which the names of archives are long.
crowd = b"From a@b.example Mon Mar  3 10:00:00 2025\nTo: " + b",".join(b"p%d@q.c" % i for i in range(1200)) + b"\n\nx\n\n"
with gzip.open(os.path.join(folder, "crowds.mbox.gz"), "wb", 1) as f:
    for _ in range(200):
        f.write(crowd * 100)
t = io.BytesIO()
with tarfile.open(fileobj=t, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as f:
    z = io.BytesIO()
    with zipfile.ZipFile(z, "w") as g:
        g.writestr("m.eml", HEAD % "in" + "\nx\n")
    for i in range(700):
        info = tarfile.TarInfo("%d" % i + "n" * 100000 + ".zip")
        info.size = len(z.getvalue())
        f.addfile(info, io.BytesIO(z.getvalue()))
put("long-names.tar.gz", t.getvalue())
os.symlink("/etc/passwd", os.path.join(folder, "link"))
os.symlink(".", os.path.join(folder, "loop"))
