"""make-written.py DIR: mail in UTF-16 and with lines that end in CR alone, as messages and as mboxes, each in its plain form too."""
import base64
import os
import sys

folder = sys.argv[1]


def mail(n, charset="iso-8859-2"):
    return ("From: Pavel Řehoř <pavel@tern.example>\nTo: a@kestrelgate.example\nSubject: Přístup %d\nDate: Tue, 4 Mar 2025 08:00:00 +0000\n"
            "Message-ID: <%d@tern.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
            "Content-Type: text/plain; charset=%s\n\nŽluť, heslo: Mech-Reef-%d\n--b\nContent-Type: text/plain; charset=iso-8859-2\n"
            "Content-Transfer-Encoding: quoted-printable\n\n=AElu=BB=FD password: Quot=2DReef=2D%d\n--b\nContent-Type: message/rfc822\n\n"
            "From: c@tern.example\nSubject: within %d\n\npassword: Held-Reef-%d\n--b--\n" % (n, n, charset, n, n, n, n))


def mbox(first):
    return "".join("From pavel@tern.example Tue Mar  4 08:00:0%d 2025\n%s\n" % (n, mail(n)) for n in range(first, first + 3))


def put(name, data):
    os.makedirs(os.path.dirname(folder + "/" + name), exist_ok=True)
    with open(folder + "/" + name, "wb") as f:
        f.write(data)


LE, BE = b"\xff\xfe", b"\xfe\xff"
for name, first, text, mark in (("1.eml", 1, mail(1), LE), ("2.eml", 2, mail(2), BE)):
    put("utf16/" + name, mark + text.replace("\n", "\r\n").encode("utf-16le" if mark == LE else "utf-16be"))
put("utf16/3.eml", mail(3).encode("utf-16le"))
put("utf16/4.eml", mail(4).encode("utf-16be") + b"\n")  # half a character at its end
put("utf16/cur/5:2,S", LE + mail(5).replace("\n", "\r").encode("utf-16le"))
put("utf16/6.mbox", LE + mbox(6).encode("utf-16le"))
put("cr/1.eml", mail(11, "utf-8").replace("\n", "\r").encode())
put("cr/cur/2", b"\r" + mail(12, "utf-8").replace("\n", "\r").encode())
put("cr/3", mbox(13).replace("iso-8859-2\n\nŽ", "utf-8\n\nŽ").replace("\n", "\r").encode())
# Attached to a mail, of which nothing else is in them.
boxes = (("wide.mbox", "application/octet-stream", LE + mbox(21).encode("utf-16le")),
         ("mac", "application/mbox", mbox(24).replace("iso-8859-2\n\nŽ", "utf-8\n\nŽ").replace("\n", "\r").encode()))
put("held/1.eml", b"From: a@tern.example\nSubject: boxes\nContent-Type: multipart/mixed; boundary=h\n\n" + b"".join(
    b"--h\nContent-Type: %s; name=%s\nContent-Transfer-Encoding: base64\n\n%s" % (kind.encode(), name.encode(), base64.encodebytes(box))
    for name, kind, box in boxes) + b"--h--\n")
# What only looks so: lines of a mail that end in LF and hold a CR, and text in UTF-16 that is no mail.
put("other/cr.eml", b"From: a@tern.example\nSubject: a\rb\n\none\rtwo\n")
put("other/notes.txt", LE + "Notes of a day\r\nnothing: here\r\n".encode("utf-16le"))
