"""Mail that was sent in pieces (RFC 2046 5.2.2), into folders below the one given. Invented."""
import base64, os, sys

root = sys.argv[1]

def put(path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text.encode())

def piece(ident, number, total, body, subject="Rota", head="", to="ops@kestrelgate.example", extra=""):
    of = "; total=%d" % total if total else ""
    return (extra + "From: ines@harbour.example\nTo: %s\nDate: Mon, 3 Mar 2025 10:00:00 +0000\nSubject: %s (%d)\n"
        "Message-ID: <%s.%d%s@harbour.example>\nMIME-Version: 1.0\nX-Outer: yes\n"
        "Content-Type: message/partial; id=\"%s@harbour.example\"; number=%d%s\n\n%s"
        % (to, subject, number, ident, number, head, ident, number, of, body))

def inner(ident, text, name="rota.csv", attached=b""):
    return ("X-Inner: dropped\nFrom: nobody@inner.example\nSubject: The whole %s\nMessage-ID: <whole.%s@harbour.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n%s\n--b\n"
        "Content-Type: text/csv; name=%s\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=%s\n\n%s--b--\n"
        % (ident, ident, text, name, name, base64.encodebytes(attached).decode()))

def cut(text, n):
    """Into n pieces, at ends of lines."""
    lines = text.splitlines(True)
    step = -(-len(lines) // n)
    return ["".join(lines[i:i + step]) for i in range(0, len(lines), step)]

def whole(ident, secret, n=3):
    rows = "name,host,password\n" + "".join("user%d,host%d.kestrelgate.example,%s\n" % (i, i, secret + str(i)) for i in range(40))
    return cut(inner(ident, "password: %s-text" % secret, attached=rows.encode()), n)

def mbox(messages):
    return "".join("From x Mon Mar  3 10:00:00 2025\n%s\n" % m.replace("\nFrom ", "\n>From ") for m in messages)

# All three pieces, in an order of their own, one of them in another mailbox.
a = whole("a", "Pieces-Alpha-4")
put("a/first.mbox", mbox([piece("a", 3, 3, a[2]), piece("a", 1, 0, a[0])]))
put("a/other/two.eml", piece("a", 2, 3, a[1]).replace("\n", "\r\n"))
# The middle one is not there at first.
b = whole("b", "Pieces-Bravo-5")
put("b/1.eml", piece("b", 1, 3, b[0]))
put("b/3.eml", piece("b", 3, 3, b[2]))
put("b-later/2.eml", piece("b", 2, 3, b[1]))
# Nobody says how many there are.
put("c/1.eml", piece("c", 1, 0, "Subject: x\n\nhalf\n"))
# Two second pieces that differ.
put("d/1.eml", piece("d", 1, 2, "Subject: x\n\npassword:\n"))
put("d/2.eml", piece("d", 2, 2, "Pieces-Delta-6\n"))
put("d/2b.eml", piece("d", 2, 2, "Pieces-Delta-7\n", head="b"))
# They do not agree on how many there are.
put("e/1.eml", piece("e", 1, 2, "Subject: x\n\nhalf\n"))
put("e/2.eml", piece("e", 2, 3, "other half\n"))
# One piece is all of it.
put("f/1.eml", piece("f", 1, 1, "Subject: one\nContent-Type: text/plain; charset=utf-8\n\npassword: Pieces-Foxtrot-8\n"))
# Forwarded as attachments, with a third that lies as a file in an archive's place.
g = cut("Subject: forwarded\n\nThe\npassword: Pieces-Golf-9\nof the vault.\n", 2)
put("g/fwd.eml", "From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: Fwd\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n%s\n--o\nContent-Type: message/rfc822\n"
    "Content-Transfer-Encoding: base64\n\n%s--o--\n"
    % (piece("g", 2, 2, g[1]), base64.encodebytes(piece("g", 1, 2, g[0]).encode()).decode()))
# A message within the joined one, which is cut in two.
h = cut("Subject: carrier\nContent-Type: multipart/mixed; boundary=h\n\n--h\nContent-Type: message/rfc822\n\nFrom: z@deep.example\n"
    "Subject: deep within\nMessage-ID: <deep@deep.example>\n\nuser: z\npassword: Pieces-Hotel-10\n\n--h--\n", 2)
put("h/2.eml", piece("h", 2, 2, h[1]))
put("h/1.eml", piece("h", 1, 2, h[0]))
# It does not say which it is.
put("i/1.eml", "From: ines@harbour.example\nSubject: i\nContent-Type: message/partial; id=i\n\nx\n")
put("i/2.eml", "From: ines@harbour.example\nSubject: i2\nContent-Type: message/partial; number=1; total=1\n\nx\n")

# The same pieces in an mbox, which quotes a line, and as files with CRLF, in an archive backwards, another set between them.
k = cut("Subject: quoted\nContent-Type: text/plain\n\nFirst\nFrom here on\nit is\npassword: Pieces-Kilo-12\nFrom the vault\nof all.\n", 3)
put("k/k.mbox", mbox([piece("k", n + 1, 3, k[n]) for n in (2, 0, 1)]))
import io, tarfile
l = cut("Subject: archived\nContent-Type: text/plain\n\nThe\npassword: Pieces-Lima-13\nof the\narchive\n", 3)
with tarfile.open(os.path.join(root, "k", "k.tar"), "w") as t:
    for n in (2, 1, 0):
        for name, text in (("k%d.eml" % n, piece("k", n + 1, 3, k[n]).replace("\n", "\r\n")), ("l%d.eml" % n, piece("l", n + 1, 3, l[n]))):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            t.addfile(info, io.BytesIO(text.encode()))

# First pieces that differ in whom they went to: two messages.
m = cut("Subject: twice\n\nThe\npassword: Pieces-Mike-14\nof both\n", 2)
put("m/1.eml", piece("m", 1, 2, m[0]))
put("m/1b.eml", piece("m", 1, 2, m[0], head="b", to="desk@kestrelgate.example"))
put("m/2.eml", piece("m", 2, 2, m[1]))

# As many files as are not read together; as one mbox they are.
many = "Subject: many\n\n" + "".join("line %d\n" % i for i in range(248)) + "password: Pieces-November-15\n"
lines = many.splitlines(True)
put("n.mbox", mbox([piece("n", i + 1, len(lines), lines[i]) for i in range(len(lines))]))
other = many.replace("November", "Oscar").splitlines(True)
for i, line in enumerate(other):
    put("o/%03d.eml" % i, piece("o", i + 1, len(other), line))
