"""make-nooks.py DIR: mail with a secret in each corner of it where mail programs do not look, or where only some do. Prints the values, a
line each: file, value."""
import base64
import binascii
import gzip
import io
import os
import sys
import zipfile
import zlib

folder = sys.argv[1]
os.makedirs(folder)
HEAD = "From: a@kestrel.example\nTo: b@tern.example\nSubject: %s\nMIME-Version: 1.0\n"
n = 0


def secret():
    global n
    n += 1
    return "password: Nook-Reef-%d" % n


def mail(name, text):
    with open("%s/%s.eml" % (folder, name), "w", encoding="utf-8", newline="") as f:
        f.write(HEAD % name + text if not text.startswith("From:") else text)
    for i in range(mail.told + 1, n + 1):
        print("%s\tNook-Reef-%d" % (name, i))
    mail.told = n


def b64(text):
    return base64.encodebytes(text.encode()).decode()


def mixed(*parts):
    return "Content-Type: multipart/mixed; boundary=b\n\n" + "".join("--b\n%s\n" % p for p in parts) + "--b--\n"


mail.told = 0
inner = "From: c@tern.example\nTo: d@tern.example\nSubject: %s\nContent-Transfer-Encoding: base64\n\n%s"
for kind in ("application/x-mail", "application/octet-stream", "application/octet-stream; name=mail.dat"):
    mail("content-" + str(n), mixed("\nsee", "Content-Type: %s\nContent-Transfer-Encoding: base64\n\n%s" % (kind, b64(inner % (secret(), b64(secret()))))))
uu = "begin 644 hosts.txt\n%s`\nend\n" % binascii.b2a_uu((secret() + "\n").encode()).decode()
mail("uu", "Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n" + b64("the file:\n" + uu))
for name in ("Comments", "Keywords", "Organization", "X-Note", "X-Token-Bridge", "Tomorrow", "Subject", "Content-Description"):
    mail("field-" + name, "%s: the %s\n\nx\n" % (name, secret()))
mail("field-encoded", "Comments: =?utf-8?B?%s?=\n\nx\n" % base64.b64encode(secret().encode()).decode())
mail("field-folded", "X-Note: see\n\t%s\n\nx\n" % secret())
mail("field-of-part", mixed("Content-Description: %s\n\nx" % secret(), "Content-Type: text/plain\n%s\n\nx" % secret()))
mail("line-among-fields", "The %s\nTo: b@tern.example\n\nx\n" % secret())
mail("field-of-attached", mixed("Content-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n" +
                                b64("From: c@tern.example\nSubject: s\nComments: %s\n\nx\n" % secret())))
mail("no-empty-line", mixed("see below\n%s\nand so on" % secret(), "Content-Type: text/plain\nsee below\n%s\nand so on" % secret()))
held = "From c@tern.example Mon Mar  3 10:00:00 2025\n" + inner
mail("mbox", mixed("\nsee", "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n" +
                   b64(held % (secret(), b64(secret())) + "\n" + held % (secret(), b64(secret())))))


def cpio(name, text):
    """An archive of one file, as cpio -o -H newc makes it."""
    out = b""
    for name, data in (((name + "\0").encode(), text.encode()), (b"TRAILER!!!\0", b"")):
        head = b"070701" + b"".join(b"%08x" % v for v in (1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)) + name
        out += head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)
    return out + b"\0" * (-len(out) % 512)


def file(kind, name, data):
    mail(kind, mixed("\nsee", "Content-Type: application/octet-stream; name=%s\nContent-Transfer-Encoding: base64\n\n%s"
                     % (name, base64.encodebytes(data).decode())))


file("cpio", "two.cpio", cpio("a.txt", secret()) + cpio("b.txt", secret()))
file("cpio-packed", "two.cpio.gz", gzip.compress(cpio("a.txt", secret()) + cpio("b.txt", secret())))
file("cpio-initrd", "initrd.img", cpio("a.txt", secret()) + gzip.compress(cpio("b.txt", secret())))
file("zeros-packed", "log.txt.gz", gzip.compress(b"\0" * 1024 + secret().encode()))


def zipped():
    with io.BytesIO() as b:
        with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a.txt", secret())
        return b.getvalue()


file("zip-behind-line", "a.zip", b"\r\n" + zipped())
file("zip-behind-text", "a.zip", b"see what is below\n" * 5000 + zipped())
file("zip-behind-zeros", "a.dat", bytes(5000) + zipped())


def der(tag, data):
    return bytes([tag, 0x82, len(data) >> 8, len(data) & 255]) + data


def compressed(entity, pieces):
    """What RFC 3274 makes of an entity, in one piece or as programs write it that compress while they send."""
    packed = zlib.compress(entity.encode())
    kind, how, data = (bytes.fromhex(x) for x in ("060b2a864886f70d0109100109", "300d060b2a864886f70d0109100308", "06092a864886f70d010701"))
    if pieces:
        octets = b"\x24\x80" + b"".join(der(4, packed[i:i + 20]) for i in range(0, len(packed), 20)) + b"\0\0"
        return b"\x30\x80" + kind + b"\xa0\x80\x30\x80\2\1\0" + how + b"\x30\x80" + data + b"\xa0\x80" + octets + b"\0\0" * 5
    return der(0x30, kind + der(0xa0, der(0x30, b"\2\1\0" + how + der(0x30, data + der(0xa0, der(4, packed))))))


SMIME = "Content-Type: application/pkcs7-mime%s\nContent-Transfer-Encoding: base64\n\n%s"
for pieces, said in ((False, "; smime-type=compressed-data; name=smime.p7z"), (True, "; smime-type=compressed-data"), (False, "; name=smime.p7m")):
    mail("smime-%d" % n, SMIME % (said, base64.encodebytes(compressed(mixed("\n" + secret(), "Content-Disposition: attachment; filename=a.txt\n\n" + secret()),
                                                                      pieces)).decode()))
mail("smime-twice", SMIME % ("", base64.encodebytes(compressed(SMIME % ("", base64.encodebytes(compressed("\n" + secret(), True)).decode()), False)).decode()))
mail("external-url", mixed('Content-Type: message/external-body; access-type=URL; URL*0="https://x.tern.example/?pass\n wo"; URL*1="rd=%s"\n\nContent-Type: image/gif\n'
                           % secret().split()[1]))
mail("external-ftp", mixed('Content-Type: message/external-body; access-type=ftp; site="ftp.tern.example"; directory="%s"\n\nContent-Type: image/gif\n' % secret()))
mail("html", "Content-Type: text/html\n\n<form action='https://x.tern.example/?password=%s'><input formaction='/?password=%s'></form><object data='/?password=%s'></object>"
     "<blockquote cite='/?password=%s'>x</blockquote><video src='/?password=%s' poster='/?password=%s'></video><table><td abbr='%s'>x</table>"
     "<svg><desc>%s</desc><text>%s</text></svg>" % (*(secret().split()[1] for _ in range(6)), secret(), secret(), secret()))
mail("richtext", "Content-Type: text/richtext\n\n%s<nl>%s<nl>" % (secret(), secret()))
mail("base64-marked", "Content-Type: text/plain; charset=big5\nContent-Transfer-Encoding: base64\n\n" +
     "".join("> " + line + "\n" for line in base64.encodebytes((secret() + "\n").encode() * 3 + "密碼".encode("big5") * 40).decode().split()))
inner = "Content-Type: multipart/alternative; boundary=c\n\n%s\n--c\n\nsee\n--c--\n%s"
mail("outside-parts", mixed(inner % (secret(), secret())))
mail("outside-all", "Content-Type: multipart/mixed; boundary=b\n\n%s\n--b\n%s\n--b\n%s\n--b--\n%s\n" % (secret(), inner % (secret(), secret()), inner % (secret(), secret()), secret()))
mail("outside-open", "Content-Type: multipart/mixed; boundary=b\n\n%s\n--b\n%s\n" % (secret(), inner % (secret(), secret())))
file("zip-two", "two.zip", zipped() + zipped())
file("gzip-two", "two.gz", gzip.compress((secret() + "\n").encode()) + bytes(512) + gzip.compress(secret().encode()))
