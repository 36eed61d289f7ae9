#!/usr/bin/env python3
"""pst-real.py OUTLOOK-DUMP TOCSIN DATA: real PST files beside readpst and pffexport: as many items in as many folders, the same bodies,
subjects, people, dates, attachments and facts.
Then the same files damaged: nothing crashes the run, each file and item has an outcome."""
import collections, datetime, email, email.policy, email.utils, hashlib, html as htmllib, json, os, random, re, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from tap import check, plan

dump, tocsin, data = sys.argv[1:4]
folder = os.path.join(data, "pst_msg")
if not os.path.isdir(folder):
    print("1..0 # SKIP no real mail beside the checkout (../shared/data)"); sys.exit(0)
for tool in ("readpst", "pffexport"):
    if shutil.which(tool) is None:
        print("1..0 # SKIP %s is not installed (pst-utils, pff-tools)" % tool); sys.exit(0)

# Reviewed: what others leave out and tocsin reads.
#   Recovered items of a class that pffexport does not know; of a table of contents it takes the first row for a message.
#   "Freebusy Data" holds a settings item with a message class, which pffexport passes over.

def ours(path):
    raw, out = subprocess.run([dump, path], stdout=subprocess.PIPE, check=True).stdout, []
    while raw:
        name, reason, size, rest = raw.split(b"\n", 3)
        if int(size) == 0:
            raw = rest
            continue
        out.append((name.decode(), email.message_from_bytes(rest[:int(size)], policy=email.policy.default)))
        raw = rest[int(size):]
    return out

def plain(m):
    """The first text/plain that is a body, white space aside; so compared, since each program ends lines its own way."""
    for p in m.walk():
        if p.get_content_type() == "text/plain" and not p.get_filename():
            return squeeze(p.get_payload(decode=True).decode(p.get_content_charset() or "utf-8", "replace"))
    return ""

def digest(data): return hashlib.sha256(data).hexdigest()
def seconds(m): return int(m["Date"].datetime.timestamp()) if m["Date"] and m["Date"].datetime else None
def addresses(m, *fields): return {a.lower().strip("'") for _, a in email.utils.getaddresses([str(v) for f in fields for v in m.get_all(f, [])]) if "@" in a}
def words_of(m):
    """All its text, HTML without tags."""
    out = [str(m["Subject"] or "")]
    for p in m.walk():
        if p.get_content_maintype() == "text":
            text = p.get_payload(decode=True).decode(p.get_content_charset() or "utf-8", "replace")
            out.append(htmllib.unescape(re.sub(r"(?s)<(style|title)\b.*?</\1>|<[^>]*>", " ", text)) if p.get_content_subtype() == "html" else text)
    return squeeze(" ".join(out))

def fields(path):
    """A listing of pffexport: name and value a line, up to the text."""
    out = {}
    for line in open(path, errors="replace").read().split("\nBody:")[0].split("\n"):
        name, colon, value = line.partition(":")
        if colon and value.strip():
            out.setdefault(name.strip(), value.strip())
    return out

def described(d):
    """What pffexport says of one item, in its folder."""
    names = os.listdir(d)
    of = next((fields(d + "/" + f) for f in names if f in ("OutlookHeaders.txt", "Contact.txt", "Appointment.txt", "Task.txt", "Note.txt", "DistributionList.txt", "Meeting.txt")), {})
    people = re.findall(r"Email address:\s*(\S+@\S+)", open(d + "/Recipients.txt", errors="replace").read()) if "Recipients.txt" in names else []
    files = [digest(open(d + "/Attachments/" + f, "rb").read()) for f in sorted(os.listdir(d + "/Attachments")) if os.path.isfile(d + "/Attachments/" + f)] if "Attachments" in names else []
    if "InternetHeaders.txt" in names:
        of["Date"] = email.message_from_binary_file(open(d + "/InternetHeaders.txt", "rb"))["Date"]
    return of, people, files

def beside_pffexport(found, mine):
    """found: descriptions by folder. What of them is in none of our items of that folder that has the subject."""
    out = []
    for folder, of, people, files in found:
        those = [m for where, m in mine if os.path.dirname(where) == folder and squeeze(of.get("Subject", "")) == squeeze(str(m["Subject"] or ""))]
        if not those:
            out.append("%s: no item with subject %r" % (folder, of.get("Subject")))
            continue
        def fits(m):
            have = {digest(p.get_payload(decode=True) or b"") for p in m.walk() if not p.is_multipart()}
            at = "%s <%s>" % (of.get("Sender email address", ""), of.get("Sent representing email address", ""))
            senders = {a.lower() for a in re.findall(r"[^\s<>/=]+@[^\s<>/]+", at)}
            return (set(p.lower() for p in people if "/" not in p) <= addresses(m, "To", "Cc", "Bcc") and set(files) <= have and
                    stamp(of) in (None, seconds(m)) and (not senders or senders & addresses(m, "From", "Sender")) and all(squeeze(of[f]) in words_of(m) for f in FACTS if f in of))
        if not any(fits(m) for m in those):
            out.append("%s: %r %r %r differ" % (folder, of, people, files))
    return out

def stamp(of):
    """When an item is from, as tocsin has it: as transport wrote, else the first of these times; None where pffexport shows none."""
    if of.get("Date"):
        return int(email.utils.parsedate_to_datetime(of["Date"]).timestamp())
    said = next((of[f] for f in ("Client submit time", "Delivery time", "Creation time", "Modification time") if f in of), None)
    return int(datetime.datetime.strptime(said[:21] + "+0000", "%b %d, %Y %H:%M:%S%z").timestamp()) if said else None
FACTS = ["Given name", "Surname", "Company name", "Job title", "Home phone number", "Mobile phone number", "Business phone number 1", "Location"] + ["Email address %d" % i for i in (1, 2, 3)]

def beside_readpst(mails, mine):
    """Of each mail there: subject, date, people, attachments."""
    out, ours_by = [], {}
    for _, m in mine:
        ours_by.setdefault(squeeze(str(m["Subject"] or "")), []).append(m)
    for b in mails:
        files = {digest(p.get_payload(decode=True) or b"") for p in b.walk() if p.get_filename() and not p.is_multipart() and p.get_filename() != "rtf-body.rtf"}
        def fits(m):
            have = {digest(p.get_payload(decode=True) or b"") for p in m.walk() if not p.is_multipart()}
            return ((seconds(b) is None or seconds(b) == seconds(m)) and addresses(b, "From") - BLANK <= addresses(m, "From", "Sender") and
                    addresses(b, "To", "Cc", "Bcc") - BLANK <= addresses(m, "To", "Cc", "Bcc") and files <= have)
        if not any(fits(m) for m in ours_by.get(squeeze(str(b["Subject"] or "")), [])):
            out.append({k: str(b[k]) for k in ("Subject", "Date", "From", "To", "Cc")})
    return out
BLANK = {"mailer-daemon"}

def squeeze(text): return re.sub(r"[\s\u00a0]+", " ", text).strip()

KINDS = re.compile(r"^[A-Z][A-Za-z]+[0-9]{5}$")
files = sorted(os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs if f.endswith((".pst", ".ost")))
for path in files:
    name = os.path.relpath(path, folder)
    all_of = ours(path)
    mine = [(where, m) for where, m in all_of if not where.startswith("(") and not where.startswith("Freebusy Data/")]
    with tempfile.TemporaryDirectory() as t:
        subprocess.run(["pffexport", "-q", "-m", "all", "-t", t + "/p", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        theirs, texts, found = collections.Counter(), [], []
        for d, dirs, fs in os.walk(t + "/p.export"):
            if KINDS.match(os.path.basename(d)) and "/Attachments" not in d:
                theirs[os.path.relpath(os.path.dirname(d), t + "/p.export")] += 1
                found.append((os.path.relpath(os.path.dirname(d), t + "/p.export"),) + described(d))
                if "Message.txt" in fs:
                    texts.append(squeeze(open(d + "/Message.txt", errors="replace").read()))
        counts = collections.Counter(os.path.dirname(where) for where, _ in mine)
        check(counts == theirs, "%s: items per folder are pffexport's (%d)" % (name, sum(counts.values())), "ours %s\ntheirs %s" % (counts, theirs))
        bodies = set(plain(m) for _, m in mine)
        lost = [b for b in texts if b and b not in bodies]
        check(not lost, "%s: so are the texts (%d)" % (name, len(texts)), lost)
        bad = beside_pffexport(found, mine)
        check(not bad, "%s: so are subjects, senders, recipients, attachments, facts" % name, bad)
        again = sum(1 for part in ("orphans", "recovered") for d, _, fs in os.walk("%s/p.%s" % (t, part)) if fs and "Attachments" not in d and KINDS.match(os.path.basename(d)))
        check(sum(where.startswith(("(orphaned)", "(recovered)")) for where, _ in all_of) >= again, "%s: and what it recovers (%d)" % (name, again))
        os.mkdir(t + "/r")
        subprocess.run(["readpst", "-j", "0", "-o", t + "/r", "-e", "-q", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        mails = [email.message_from_binary_file(open(os.path.join(d, f), "rb"), policy=email.policy.default)
                 for d, _, fs in os.walk(t + "/r") for f in fs if f.endswith(".eml")]
        lost = [b for b in map(plain, mails) if b and b not in bodies]
        check(not lost, "%s: and every text of a mail that readpst finds (%d)" % (name, len(mails)), lost)
        bad = beside_readpst(mails, mine)
        check(not bad, "%s: with its date, people and attachments" % name, bad)

with tempfile.TemporaryDirectory() as t:
    os.mkdir(t + "/bad")
    draw = random.Random(4821)
    for path in files:
        raw = open(path, "rb").read()
        for k in range(6):
            b = bytearray(raw)
            if k == 5:
                b = b[:len(b) * draw.randrange(20, 95) // 100]
            for _ in range(0 if k == 5 else 4 ** (k + 1)):
                b[draw.randrange(len(b))] = draw.randrange(256)
            open("%s/bad/%d-%s" % (t, k, path.replace(folder, "").replace("/", "_")), "wb").write(b)
    case = t + "/case"
    subprocess.run([tocsin, "init", case], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = subprocess.run([tocsin, "ingest", "--case", case, t + "/bad"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)
    check(done.returncode in (0, 1), "damaged PST files end no run", done.stdout.decode())
    def rows(what):
        out = subprocess.run([tocsin, "list", what, "--case", case, "--json"], stdout=subprocess.PIPE, check=True).stdout
        return [json.loads(line) for line in out.splitlines() if line.strip()]
    items = rows("items")
    check(len(set(i["source"] for i in items)) == len(os.listdir(t + "/bad")), "every damaged file has items")
    check(all(i["reason"] for i in items if i["outcome"] in ("failed", "skipped")), "and each that was not read says why")
    proof = subprocess.run([tocsin, "report", "--check", "--case", case], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(proof.returncode == 0, "no check is broken", proof.stdout.decode())
    print("# %d items, %d failed, %d brought a worker down" % (len(items), sum(i["outcome"] == "failed" for i in items),
          sum(bool(re.search("crash|signal|stall|memory", i["reason"] or "")) for i in items)))

# A PST that is attached to mail is read like one on disk: the same text, and none of it once for all where two items are equal.
here, about = os.path.dirname(os.path.abspath(__file__)), len("files" + "Please keep these.\n")
def text_of(t, name):
    case = t + "/case-" + name
    for argv in (["init", case], ["ingest", "--case", case, t + "/" + name]):
        subprocess.run([tocsin] + argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = subprocess.run([tocsin, "scan", "--case", case, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)["text_bytes"] if done.returncode in (0, 1) else -1
for path in files:
    with tempfile.TemporaryDirectory() as t:
        os.makedirs(t + "/disk"); os.mkdir(t + "/held")
        shutil.copy(path, t + "/disk/box.pst")
        subprocess.run([sys.executable, here + "/make-held.py", t + "/held/1.eml", path], check=True)
        disk, held = text_of(t, "disk"), text_of(t, "held")
        check(disk >= 0 and held >= disk + about, "%s: attached to a mail it is read as on disk (%d bytes of text)" % (os.path.basename(path), disk),
              "attached %d" % held)
plan()
