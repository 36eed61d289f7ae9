#!/usr/bin/env python3
"""same-real.py TOCSIN DATA: real mail, and the same as Outlook stores it (fields of transport, text, HTML, attachments) in PST and .msg:
the case must know each for one message at three places."""
import collections, email, json, mailbox, os, quopri, re, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import check, plan
import outlook_files as o

tocsin, data = sys.argv[1:3]
if not os.path.isdir(data + "/mail"):
    print("1..0 # SKIP no real mail beside the checkout (../shared/data)"); sys.exit(0)


PAGES = {"us-ascii": 20127, "iso-8859-1": 28591, "utf-8": 65001, "windows-1252": 1252, "iso-8859-15": 28605, "iso-8859-2": 28592}
def kept(m):
    """The mail as an item, or None where Outlook keeps something else than what came: text or HTML of no known charset, two texts."""
    p, files = {(o.CLASS, o.UNICODE): "IPM.Note"}, []
    leaves = [x for x in m.walk() if not x.is_multipart()]
    for leaf in leaves:
        kind, raw = leaf.get_content_type(), leaf.get_payload(decode=True)
        charset = (leaf.get_content_charset() or "us-ascii").lower()
        body = leaf.get_content_disposition() != "attachment" and not leaf.get_filename() and kind in ("text/plain", "text/html")
        if raw is not None and str(leaf["Content-Transfer-Encoding"]).lower() == "quoted-printable": # white space at the end of lines is none (RFC 2045 6.7)
            encoded = re.sub(rb"[ \t]+(?=\r?\n)", b"", leaf.get_payload().encode("ascii", "surrogateescape"))
            raw = quopri.decodestring(encoded) if not re.search(rb"=(?![0-9A-Fa-f]{2}|\r?\n)", encoded) else None
        if raw is None or kind.startswith("message/") or (kind.startswith("text/") and charset not in PAGES):
            return None
        if body and kind == "text/plain" and (o.BODY, o.UNICODE) not in p and not files:
            try:
                p[o.BODY, o.UNICODE] = raw.decode(charset).replace("\r\n", "\n").replace("\n", "\r\n")
            except UnicodeDecodeError:
                return None
            if "\0" in p[o.BODY, o.UNICODE] or "begin 6" in p[o.BODY, o.UNICODE]:
                return None
        elif body and kind == "text/html" and (o.HTML, o.BINARY) not in p and not files:
            p[o.HTML, o.BINARY], p[o.PAGE, o.INT32] = raw, PAGES[charset]
        elif body or not leaf.get_filename():
            return None
        elif not kind.startswith("text/") and str(leaf["Content-Transfer-Encoding"]).lower() != "base64":
            return None # tocsin-rendering(5), SAMENESS
        else:
            files.append({(o.METHOD, o.INT32): 1, (o.LONG_NAME, o.UNICODE): str(leaf.get_filename()), (o.MIME_TAG, o.UNICODE): kind, (o.DATA, o.BINARY): raw})
    if not p.keys() & {(o.BODY, o.UNICODE), (o.HTML, o.BINARY)} or (leaves[0].get_content_type() == "text/html" and len(p) > 3):
        return None
    return o.Item(p, [], files)

def mails():
    for name in ("openbmc-first.mbox", "usrp-users-first.mbox", "linux-raid-first.mbox"):
        box = mailbox.mbox(data + "/mail/lists/" + name, create=False)
        for k in range(min(len(box), 250)):
            yield name, box.get_bytes(k)
    folder = data + "/mail/spamassassin/hard-ham-1"
    for name in sorted(os.listdir(folder))[:150]:
        raw = open(folder + "/" + name, "rb").read()
        yield "spamassassin", raw.split(b"\n", 1)[1] if raw.startswith(b"From ") else raw

with tempfile.TemporaryDirectory() as t:
    os.makedirs(t + "/mail/eml"); os.makedirs(t + "/mail/msg")
    items, seen, left = [], set(), collections.Counter()
    for where, raw in mails():
        m = email.message_from_bytes(raw)
        head = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
        mid = (m["Message-ID"] or "").strip()
        if not mid or mid in seen or not head.isascii() or len(m.defects):
            left["no or a second Message-ID, 8-bit fields or damage"] += 1
            continue
        seen.add(mid)
        try:
            item = kept(m)
        except LookupError:
            item = None
        if item is None:
            left["parts that Outlook keeps otherwise"] += 1
            continue
        item.properties[o.HEADERS, o.UNICODE] = head.decode("ascii").replace("\n", "\r\n") + "\r\n\r\n"
        open("%s/mail/eml/%04d.eml" % (t, len(items)), "wb").write(raw)
        open("%s/mail/msg/%04d.msg" % (t, len(items)), "wb").write(o.msg(item))
        items.append(item)
    os.mkdir(t + "/mail/pst")
    open(t + "/mail/pst/all.pst", "wb").write(o.pst(items, how=o.COMPRESSIBLE))
    print("# %d mails; left out: %s" % (len(items), dict(left)))
    case = t + "/c"
    subprocess.run([tocsin, "init", case], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([tocsin, "ingest", "--case", case, t + "/mail"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    out = subprocess.run([tocsin, "list", "messages", "--case", case, "--json"], stdout=subprocess.PIPE, check=True).stdout
    rows = [json.loads(line) for line in out.splitlines() if line.strip()]
    places = collections.defaultdict(list)
    for m in rows:
        for at in m["locations"]:
            if not at["nest"]:
                places[m["message_id"]].append((at["source"].split("/")[-2], m["content_digest"][:12], os.path.basename(at["source"])))
    apart = {mid: sorted(at) for mid, at in places.items() if len({d for _, d, _ in at}) > 1}
    check(done.returncode in (0, 1) and len(items) > 400, "real mail is ingested by three ways (%d mails)" % len(items))
    check(all({w for w, _, _ in at} == {"eml", "msg", "pst"} for at in places.values()), "each mail is met three times", [p for p in places.items() if len(p[1]) != 3][:3])
    check(not apart, "each is one message: mbox, .msg and PST give one digest", "%d differ\n%s" % (len(apart), "\n".join(map(str, list(apart.items())[:12]))))
plan()
