"""make-same.py DIR: a few invented mails, each in an mbox, as .msg files, in a PST, in an .olm and as .emlx files: the same mail by
five ways, for the test that the case knows it for one."""
import importlib.util
import os
import sys
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from xml.sax.saxutils import escape, quoteattr

sys.dont_write_bytecode = True  # nothing beside the sources
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import outlook_files as o  # noqa: E402
spec = importlib.util.spec_from_file_location("olm", here + "/make-olm.py")
olm = importlib.util.module_from_spec(spec)
spec.loader.exec_module(olm)

MARA, IVO, ADA = ("Mara Ek", "mara@kestrel.example"), ("Ivo Žák", "ivo@tern.example"), ("Ada Roth", "ada@tern.example")


def mails():
    """Each with its parts as Outlook stores them: text, HTML, attachments."""
    def one(name, subject, sender, to, cc, text=None, html=None, attached=(), charset="utf-8", cte=None):
        m = EmailMessage(policy=SMTP)
        m["From"], m["To"] = "%s <%s>" % sender, ", ".join("%s <%s>" % p for p in to)
        if cc:
            m["Cc"] = ", ".join("%s <%s>" % p for p in cc)
        m["Subject"], m["Date"], m["Message-ID"] = subject, "Tue, 4 Mar 2025 08:15:30 +0000", "<%s@tern.example>" % name
        if text is not None:
            m.set_content(text, charset=charset, cte=cte)
        if html is not None and text is not None:
            m.add_alternative(html, subtype="html", charset=charset, cte=cte)
        elif html is not None:
            m.set_content(html, subtype="html", charset=charset, cte=cte)
        for file, kind, data in attached:
            m.add_attachment(data, *kind.split("/"), filename=file)
        return name, m, dict(subject=subject, sender=sender, to=to, cc=cc, text=text, html=html, attached=attached)
    long = "".join("line %d of a longer letter\n" % i for i in range(700))
    return [
        one("plain", "Keys", IVO, [MARA], [], "Password: Same-Reef-41\n"),
        one("latin", "Schlüssel für Tür", IVO, [MARA, ADA], [ADA], "Grüße aus Köln\n", charset="iso-8859-1", cte="quoted-printable"),
        one("both", "two bodies", MARA, [IVO], [], "Password: Same-Alt-42\n", "<p>Password: <b>Same-Alt-42</b> ž</p>\n"),
        one("html", "html alone", MARA, [IVO], [], None, "<p>naïve</p>\n", cte="base64"),
        one("files", "with files", IVO, [MARA], [], "two files\n", None,
            [("hosts.csv", "text/csv", b"host;password\r\nvault01;Same-Csv-43\r\n"), ("größe.bin", "application/octet-stream", bytes(range(256)) * 30)]),
        one("long", "long", IVO, [MARA], [], long),
    ]


def item(name, mime, f, transport):
    p = {(o.CLASS, o.UNICODE): "IPM.Note", (o.SUBJECT, o.UNICODE): f["subject"]}
    if transport:  # as mail that came from outside is stored
        head = mime.as_bytes(policy=SMTP.clone(cte_type="7bit")).split(b"\r\n\r\n", 1)[0].decode("ascii")
        p[o.HEADERS, o.UNICODE] = head + "\r\n\r\n"
    else:  # as mail that was sent from here is
        p[o.MESSAGE_ID, o.UNICODE] = mime["Message-ID"]
        p[o.SUBMITTED, o.TIME] = int(parsedate_to_datetime(mime["Date"]).timestamp())
        p[o.FROM_NAME, o.UNICODE], p[o.FROM_SMTP, o.UNICODE] = f["sender"]
    if f["text"] is not None:
        p[o.BODY, o.UNICODE] = f["text"].replace("\n", "\r\n")
    if f["html"] is not None:
        p[o.HTML, o.BINARY], p[o.PAGE, o.INT32] = f["html"].encode("utf-8"), 65001
    return o.Item(p, [{(o.KIND, o.INT32): k, (o.NAME, o.UNICODE): n, (o.SMTP, o.UNICODE): a}
                      for k, people in ((1, f["to"]), (2, f["cc"])) for n, a in people],
                  [{(o.METHOD, o.INT32): 1, (o.LONG_NAME, o.UNICODE): n, (o.MIME_TAG, o.UNICODE): t, (o.DATA, o.BINARY): d}
                   for n, t, d in f["attached"]])


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def main():
    out, all = sys.argv[1], mails()
    write(out + "/mbox/in.mbox", b"".join(b"From x Tue Mar  4 08:15:30 2025\n" + m.as_bytes().replace(b"\r\n", b"\n") + b"\n" for _, m, _ in all))
    for name, m, f in all:
        write("%s/msg/%s.msg" % (out, name), o.msg(item(name, m, f, True)))
        write("%s/sent/%s.msg" % (out, name), o.msg(item(name, m, f, False)))
        b = m.as_bytes()
        write("%s/emlx/%s.emlx" % (out, name), b"%d\n" % len(b) + b + b"<?xml version=\"1.0\"?>\n<plist/>\n")
    write(out + "/pst/mail.pst", o.pst([item(name, m, f, True) for name, m, f in all]))
    with zipfile.ZipFile(os.path.join(out, "mail.olm"), "w", zipfile.ZIP_DEFLATED) as z:
        for i, (name, m, f) in enumerate(all):
            files = [(n, t, "%scom.microsoft.__Attachments/%d_%04d" % (olm.BOX, i, k)) for k, (n, t, _) in enumerate(f["attached"])]
            z.writestr("%sInbox/message_%05d.xml" % (olm.BOX, i), olm.emails(olm.email(f["subject"], m["Message-ID"][1:-1],
                "2025-03-04T08:15:30", f["sender"], [p for p in f["to"]], f["text"] or "", f["html"] or "", files,
                olm.who("OPFMessageCopyCCAddresses", f["cc"]))))
            for (_, _, url), (_, _, data) in zip(files, f["attached"]):
                z.writestr(url, data)


if __name__ == "__main__":
    main()
