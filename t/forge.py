# forge.py KEYS NOTICE.eml: mails as somebody without the keys of notices can make them of what he has, forged-*.eml in this folder. Most are
# an ordinary signed mail of the sender with a statement that the sender never made; the last ones are a notice that other programs show otherwise.
import base64
import hashlib
import re
import subprocess
import sys

KEYS, NOTICE = sys.argv[1:]
TEXT = "Please call 0900 5550100 about the notice.\n"
LIE = ('{"domain":"kestrelgate.example","id":"TN-0000-0000","issued":"2026-01-02T03:04:05Z","organisation":"Quaylight","portal":"",'
       '"signer":"A <incident@kestrelgate.example>","text_sha256":"%s","type":"tocsin-notice-1"}' % hashlib.sha256(TEXT.encode()).hexdigest())
FIELDS = "From: incident@kestrelgate.example\nTo: x@quaylight.example\nSubject: Notice\nMIME-Version: 1.0\n"
STATED = "Content-Type: application/json; name=a.json\n\n" + LIE


def crlf(s):
    return s.replace("\n", "\r\n").encode()


def base64_lines(b):
    return base64.encodebytes(b).decode()


def part(entity):
    return "--b\n" + entity + "\n"


def attached(kind, name, content, disposition="attachment"):
    return "Content-Type: %s\nContent-Disposition: %s; filename=%s\nContent-Transfer-Encoding: base64\n\n%s" % (kind, disposition, name, base64_lines(content))


def multipart(kind, *parts):
    return "Content-Type: multipart/%s; boundary=b\n\n" % kind + "".join(map(part, parts)) + "--b--\n"


# One may bring along other bytes than those that it is of: nothing signs them.
def signature(entity, brings=None):
    open("entity", "wb").write(crlf(entity))
    der = subprocess.run(["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", "entity", "-signer", KEYS + "/smime.pem", "-inkey", KEYS + "/smime.key",
                          "-md", "sha256", *(["-nodetach"] if brings else [])], check=True, capture_output=True).stdout
    der = der.replace(crlf(entity), crlf(brings)) if brings else der
    return attached("application/pkcs7-signature", "smime.p7s", der)


def save(name, mail):
    open("forged-%s.eml" % name, "wb").write(crlf(mail))


entity = "Content-Type: text/plain\n\n" + TEXT
signed, statement = signature(entity), attached("application/json", "a.json", LIE.encode())
save("beside", FIELDS + multipart("signed", entity, signed, statement))
save("between", FIELDS + multipart("signed", entity, statement, signed))
save("around", FIELDS + multipart("mixed", multipart("signed", entity, signed).replace("--b", "--c").replace("=b", "=c"), statement))
save("before", FIELDS + multipart("signed", STATED, signature(STATED), entity))
entity = entity.replace("plain", "plain; x=" + "x" * (len(crlf(STATED)) - len(crlf(entity)) - 4))
save("within", FIELDS + multipart("signed", entity, signature(entity, STATED)))

real = open(NOTICE, "rb").read().decode().replace("\r\n", "\n")
real = real[real.index("\nDate: ") + 1:]
save("twice", real.replace("\n\n", "\nContent-Type: text/html\n\n", 1))
save("from", "From: someone@quaylight.example\n" + real)
minisig = re.search('Content-Type: application/octet-stream;(?:.*\n){5}\n([^-]*)', real)
lines = base64.b64decode(minisig[1]).split(b"\n", 1)[1]
save("shown", real[:minisig.start()] + attached("text/html", "a.json.minisig", b"untrusted comment: <h1>Call 0900 5550100.</h1>\n" + lines, "inline") + real[minisig.end():])
