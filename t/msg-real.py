#!/usr/bin/env python3
"""msg-real.py OUTLOOK-DUMP TOCSIN DATA: real .msg files beside two other readers, field by field: the streams as olefile gives them,
put together here by MS-OXMSG, and msgconvert; likewise winmail.dat beside tnef. Then all of them through the program: each is a message or says why not."""
import email, email.policy, email.utils, hashlib, html as htmllib, json, os, re, shutil, struct, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from tap import check, plan

sys.path.append("/usr/lib/python3/dist-packages")
dump, tocsin, data = sys.argv[1:4]
folder = os.path.join(data, "pst_msg")
if not os.path.isdir(folder):
    print("1..0 # SKIP no real mail beside the checkout (../shared/data)"); sys.exit(0)
try:
    import olefile
except ImportError:
    print("1..0 # SKIP olefile is not installed (python3-olefile)"); sys.exit(0)
for tool, package in (("msgconvert", "libemail-outlook-message-perl"), ("tnef", "tnef")):
    if shutil.which(tool) is None:
        print("1..0 # SKIP %s is not installed (%s)" % (tool, package)); sys.exit(0)
if subprocess.run(["msgconvert", "--help"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode not in (0, 1):
    print("1..0 # SKIP msgconvert does not run: a module of Perl is missing (libemail-address-perl)"); sys.exit(0)


def squeeze(text): return re.sub(r"[\s\u00a0\ufeff\0]+", " ", text or "").strip()

# ---- the streams, by hand ----

PAGES = {1049: 1251, 1028: 950, 1031: 1252, 1033: 1252, 1036: 1252} # of the languages in these files

class Item:
    """One storage with properties: strings decoded, everything else as bytes; recipients and attachments are such items too."""
    def __init__(self, ole, at=(), head=32, page=0, names=None):
        self.values = {}
        names = [tuple(p) for p in ole.listdir(streams=True, storages=True)] if names is None else names
        here = [p for p in names if p[:len(at)] == at and len(p) > len(at)]
        fixed = ole.openstream(list(at) + ["__properties_version1.0"]).read()[head:]
        for i in range(0, len(fixed) - 15, 16):
            kind, number, _, value = struct.unpack("<HHI8s", fixed[i:i + 16])
            if kind in (2, 3, 0xB, 0x14, 0x40):
                self.values[number] = value
        self.page = self.number(0x3FFD) or PAGES.get(self.number(0x3FF1)) or self.number(0x3FDE) or page
        for p in here:
            found = re.match(r"(?i)__substg1\.0_([0-9a-f]{4})([0-9a-f]{4})$", p[len(at)])
            if found and len(p) == len(at) + 1 and ole.get_type(list(p)) == olefile.STGTY_STREAM:
                raw, kind = ole.openstream(list(p)).read(), int(found[2], 16)
                self.values[int(found[1], 16)] = self.text(raw, kind) if kind in (0x1E, 0x1F) else raw
        def inner(prefix):
            found = {}
            for p in here:
                if len(p) > len(at) + 1 and p[len(at)].lower().startswith(prefix):
                    found.setdefault(p[len(at)], []).append(p)
            return [Item(ole, at + (name,), 8, self.page, found[name]) for name in sorted(found)]
        self.recipients, self.attachments = inner("__recip_version1.0"), inner("__attach_version1.0")
        self.object = any(len(p) > len(at) + 1 and p[len(at)].upper() == "__SUBSTG1.0_3701000D" for p in here)
        self.inner = None
        if ole.exists(list(at) + ["__substg1.0_3701000D", "__properties_version1.0"]):
            self.inner = Item(ole, at + ("__substg1.0_3701000D",), 24, self.page, here)

    def number(self, at): return struct.unpack("<i", self.values[at][:4])[0] if at in self.values else 0
    def get(self, *numbers):
        return next((self.values[k] for k in numbers if isinstance(self.values.get(k), str) and self.values[k]), "")

    def text(self, raw, kind):
        if kind == 0x1F:
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        raw = raw.rstrip(b"\0")
        for charset in ("utf-8", "cp%d" % self.page, "cp1252"):
            try:
                return raw.decode("utf-8" if charset == "cp65001" else charset)
            except (UnicodeDecodeError, LookupError):
                pass
        return raw.decode("latin-1")

def transport(item): return email.message_from_string(re.sub(r"^Microsoft Mail Internet Headers[^\n]*\n", "", item.get(0x7D)), policy=email.policy.compat32)
def words(text): return str(email.header.make_header(email.header.decode_header(text)))
def addresses(m, *fields): return {a.lower() for _, a in email.utils.getaddresses([str(v) for f in fields for v in m.get_all(f, [])]) if "@" in a}
def address_of(item, *numbers): return next((v.lower().strip() for v in (item.get(k) for k in numbers) if "@" in v and not v.startswith("/")), "")
def text_of(part): return squeeze(part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace"))

def expected(item):
    """What must be found in the rendering, as {field: value}."""
    t = transport(item)
    out = {"subject": squeeze(words(t["Subject"]) if t["Subject"] else re.sub(r"^\x01.", "", item.get(0x37)))}
    out["from"] = addresses(t, "From") or {a for a in [address_of(item, 0x5D02, 0x65) or address_of(item, 0x5D01, 0x0C1F)] if a}
    out["to"] = {a for a in (address_of(r, 0x39FE, 0x3003) for r in item.recipients) if a} | addresses(t, "To", "Cc")
    out["text"], out["html"] = squeeze(item.get(0x1000)), item.values.get(0x1013, b"")
    stamp = item.values.get(0x39) or item.values.get(0x0E06) or item.values.get(0x3007) or item.values.get(0x3008)
    out["date"] = int(email.utils.mktime_tz(email.utils.parsedate_tz(t["Date"]))) if t["Date"] and email.utils.parsedate_tz(t["Date"]) else \
        struct.unpack("<Q", stamp)[0] // 10000000 - 11644473600 if stamp else None
    out["files"] = [(a.get(0x3707, 0x3704, 0x3001), hashlib.sha256(a.values[0x3701]).hexdigest()) for a in item.attachments if isinstance(a.values.get(0x3701), bytes)]
    if item.get(0x1A) == "IPM.Note.SMIME.MultipartSigned": # see below
        out["files"] = []
    return out

def rendered(m):
    out = {"subject": squeeze(str(m["Subject"] or "")), "from": addresses(m, "From"), "to": addresses(m, "To", "Cc", "Bcc")}
    out["date"] = int(email.utils.mktime_tz(email.utils.parsedate_tz(str(m["Date"])))) if m["Date"] else None
    top = m.get_payload() if m.is_multipart() else [m]
    leaves = [p for t in top for p in (t.get_payload() if t.get_content_type() == "multipart/alternative" else [t])]
    bodies = [p for p in leaves if p.get_content_disposition() != "attachment"]
    def body(kind): return next((p for p in bodies if p.get_content_type() == kind), None)
    plain, html = body("text/plain"), body("text/html")
    out["text"], out["html"] = text_of(plain) if plain else "", html.get_payload(decode=True) if html else b""
    out["words"] = squeeze(htmllib.unescape(re.sub(r"(?s)<(style|title)\b.*?</\1>|<[^>]*>", "", text_of(html)))) if html else ""
    files = [p for p in leaves if p.get_content_disposition() == "attachment"]
    out["messages"] = [p.get_payload(0) for p in files if p.get_content_type() == "message/rfc822"]
    out["files"] = [(p.get_filename() or "", hashlib.sha256(p.get_payload(decode=True) or b"").hexdigest())
                    for p in files if p.get_content_type() != "message/rfc822"]
    return out

def ours(path):
    done = subprocess.run([dump, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        return None, done.stderr.decode()
    _, missing, size, rest = done.stdout.split(b"\n", 3)
    return email.message_from_bytes(rest[:int(size)], policy=email.policy.default), missing.decode()

def differences(item, m, where=""):
    """Of the streams and the rendering, messages within included."""
    want, got, out = expected(item), rendered(m), []
    if isinstance(want["html"], str): # an ANSI or UTF-16 string: then it is in UTF-8 here
        want["html"], got["html"] = squeeze(want["html"]), squeeze(got["html"].decode())
    for field in ("subject", "from", "date", "text", "html", "files"):
        if want[field] and want[field] != got[field]:
            out.append("%s%s: want %r got %r" % (where, field, want[field], got[field]))
    # HTML out of RTF: Outlook made the text of it, so it has the same words.
    if not want["html"] and got["html"] and item.values.get(0x1009):
        lost = [w for w in re.findall(r"[^\W_]{4,}", re.sub(r"<[^>]*>|\[[^]]*\]", "", want["text"])) if w not in got["words"]]
        if lost:
            out.append("%sRTF: without %r" % (where, lost))
    if not want["to"] <= got["to"]:
        out.append("%sto: want %r got %r" % (where, want["to"], got["to"]))
    inner = [a.inner for a in item.attachments if a.inner]
    if len(inner) != len(got["messages"]):
        out.append("%smessages: want %d got %d" % (where, len(inner), len(got["messages"])))
    for i, (a, b) in enumerate(zip(inner, got["messages"])):
        out += differences(a, b, "%smessage %d: " % (where, i + 1))
    return out


# Reviewed: where msgconvert differs and tocsin is right.
#   Strings of a code page: it takes each for windows-1252 or loses it (U+FFFD); the streams are compared above.
#   Senders and recipients of a directory (EX): it writes "/O=.../CN=..." for an address, tocsin a name without one.
#   Names of files: it cuts them at 64 bytes. Dates that nothing says: it takes the clock. A draft (never submitted): it takes the
#   creation for its date, tocsin the delivery, which Outlook sets some seconds before, at the opening of the window.
#   A signed message: it keeps the signed entity as a file, tocsin is the message that was signed.
#   58214_with_attachment, testMSG_att_msg: texts of messages within stand in its parts, as in ours.
def converted(t):
    """All at once, since it takes long to start; it ends at the first that it cannot read."""
    left = ["%02d.msg" % i for i in range(len(files))]
    for i, path in enumerate(files):
        shutil.copy(path, "%s/%02d.msg" % (t, i))
    while left:
        subprocess.run(["msgconvert"] + left, cwd=t, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = [os.path.exists(t + "/" + name[:-4] + ".eml") for name in left]
        left = left[done.index(False) + 1:] if False in done else []
    return [email.message_from_bytes(open(p, "rb").read(), policy=email.policy.default) if os.path.exists(p) else None
            for p in ("%s/%02d.eml" % (t, i) for i in range(len(files)))]

def beside_msgconvert(item, m, other):
    got, out = rendered(m), []
    subject = squeeze(str(other["Subject"] or ""))
    if subject != got["subject"] and "\ufffd" not in subject:
        out.append("subject: %r got %r" % (subject, got["subject"]))
    def smtp(*fields): return {a for a in (a.strip("'") for a in addresses(other, *fields)) if re.match(r"[^\s/\"]+@[^\s\"]+\.[^\s\"]+$", a)}
    when = email.utils.parsedate_tz(str(other["Date"] or ""))
    if when and (0x39 in item.values or transport(item)["Date"]) and email.utils.mktime_tz(when) != got["date"]:
        out.append("date: %s got %s" % (other["Date"], m["Date"]))
    if not smtp("From") <= got["from"] or not smtp("To", "Cc") <= got["to"]:
        out.append("addresses: %r %r got %r %r" % (smtp("From"), smtp("To", "Cc"), got["from"], got["to"]))
    here = [p for p in m.walk() if not p.is_multipart()]
    texts = {text_of(p) for p in here if p.get_content_maintype() == "text"}
    digests = {hashlib.sha256(p.get_payload(decode=True) or b"").digest() for p in here}
    for p in other.walk():
        if p.get_content_type() == "text/plain" and not p.get_filename():
            if text_of(p) not in texts | {""} and "\ufffd" not in text_of(p):
                out.append("text: %r" % text_of(p))
        elif p.get_filename() and not p.is_multipart() and hashlib.sha256(p.get_payload(decode=True) or b"").digest() not in digests:
            out.append("file: %r" % p.get_filename())
    return out

files = sorted(os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs if f.endswith(".msg"))
with tempfile.TemporaryDirectory() as t:
    others = converted(t)
for path, other in zip(files, others):
    name = os.path.relpath(path, folder)
    m, missing = ours(path)
    if m is None:
        check(False, name, missing)
        continue
    try:
        item = Item(olefile.OleFileIO(path))
    except Exception as problem:
        check(missing != "", "%s: not read by olefile (%s), and said to be damaged" % (name, problem), missing)
        continue
    found = differences(item, m)
    check(not found, "%s: what is in its streams is in its rendering" % name, "\n".join(found) + "\nmissing: " + missing)
    if other is None:
        print("# %s: msgconvert does not read it" % name)
        continue
    found = beside_msgconvert(item, m, other)
    check(not found, "%s: so is what msgconvert finds" % name, "\n".join(found))

# ---- winmail.dat, beside tnef(1): its files are among ours ----
# Reviewed: an object's file begins with the name of its interface there, sixteen bytes; files of one name cover each other; one with a
# wrong checksum ends its reading.
for path in sorted(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(data, "mime")) for f in fs if f.endswith(".tnef")):
    with tempfile.TemporaryDirectory() as t:
        subprocess.run(["tnef", "-C", t, "-f", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        theirs = {f: open(t + "/" + f, "rb").read() for f in os.listdir(t)}
    m, missing = ours(path)
    have = {hashlib.sha256(p.get_payload(decode=True) or b"").digest() for p in m.walk() if not p.is_multipart()} if m else set()
    lost = [f for f, raw in theirs.items() if not {hashlib.sha256(raw).digest(), hashlib.sha256(raw[16:]).digest()} & have and raw[16:20] != b"\x78\x9f\x3e\x22"]
    check(m is not None and not lost, "%s: what tnef finds in it (%d)" % (os.path.relpath(path, data), len(theirs)), lost)

signed, _ = ours(os.path.join(folder, "poi/hsmf/logsat.com_signatures_valid.msg"))
check([p.get_content_type() for p in signed.walk()] == ["multipart/signed", "text/plain", "application/x-pkcs7-signature"], "a signed message is what was signed")

with tempfile.TemporaryDirectory() as t:
    case = t + "/case"
    os.mkdir(t + "/mail")
    for i, path in enumerate(files):
        shutil.copy(path, "%s/mail/%02d.msg" % (t, i))
        shutil.copy(path, "%s/mail/%02d.oft" % (t, i)) # a template is the same by another name
    def run(*argv): return subprocess.run([tocsin] + list(argv) + ["--case", case], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    subprocess.run([tocsin, "init", case], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    codes = [run("ingest", t + "/mail").returncode, run("scan").returncode]
    check(max(codes) <= 1, "all of them are ingested and scanned", codes)
    items = [json.loads(line) for line in run("list", "items", "--json").stdout.splitlines() if line.strip()]
    check(len(items) == 2 * len(files) and all(i["outcome"] == "parsed" or i["reason"] for i in items), "each is a message or says why not",
          [i for i in items if i["outcome"] != "parsed" and not i["reason"]])
    check(not [i for i in items if re.search("crash|signal|stall", i["reason"] or "")], "none brought a worker down")
    proof = run("report", "--check")
    check(proof.returncode == 0, "no check is broken", proof.stdout.decode())
plan()
