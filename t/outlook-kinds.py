#!/usr/bin/env python3
"""outlook-kinds.py OUTLOOK-DUMP TOCSIN: items of every kind in every form of Outlook's files, of invented mail: one rendering whatever the
file, each secret found, what is deleted or lies in no folder with its grade, and damage that is told."""
import email, email.policy, json, os, random, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import check, plan
import outlook_files as o
from outlook_files import BINARIES, BINARY, BODY, BOOLEAN, CLASS, DATA, HTML, INT32, KIND, LONG_NAME, METHOD, NAME, OBJECT, PATH, RTF, SMTP, STRINGS, SUBJECT, TIME, UNICODE, Item, Named

dump, tocsin = sys.argv[1:3]

WHEN, PEOPLE = 1741076130, [(1, "Mara Ek", "mara@kestrel.example"), (2, "Ada Roth", "ada@tern.example"), (3, "", "hidden@gull.example")]
TAGGED = rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \pard\htmlrtf0 pass\'77ord: Kind-Rtf-%d{\*\htmltag72 </p>}}"

def item(kind, subject, text=None, more=(), people=PEOPLE, attached=()):
    p = {(CLASS, UNICODE): kind, (SUBJECT, UNICODE): subject, (o.SUBMITTED, TIME): WHEN, (o.FROM_NAME, UNICODE): "Ivo Z\u00e1k",
         (o.FROM_SMTP, UNICODE): "ivo@tern.example", (o.MESSAGE_ID, UNICODE): "<%s@tern.example>" % subject.replace(" ", "-")}
    if text is not None:
        p[BODY, UNICODE] = text
    p.update(dict(more))
    return Item(p, [{(KIND, INT32): k, (NAME, UNICODE): who, (SMTP, UNICODE): at} for k, who, at in people], attached)

def file(name, data): return {(METHOD, INT32): 1, (LONG_NAME, UNICODE): name, (DATA, BINARY): data}
signed = (b"MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=\"s\"\r\n\r\n"
          b"--s\r\nContent-Type: text/plain\r\n\r\npassword: Kind-Signed-31\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
          b"Content-Transfer-Encoding: base64\r\n\r\nMAA=\r\n--s--\r\n")
def der(tag, *parts): return bytes([tag, 0x82]) + len(b"".join(parts)).to_bytes(2, "big") + b"".join(parts)
PKCS7 = bytes.fromhex("06092a864886f70d0107")
opaque = der(0x30, PKCS7 + b"\x02", der(0xA0, der(0x30, b"\x02\x01\x01\x31\x00", der(0x30, PKCS7 + b"\x01", der(0xA0, der(4, b"Content-Type: text/plain\r\n\r\npassword: Kind-Opaque-34\r\n"))))))
inner = item("IPM.Note", "inner", "password: Kind-Inner-32\r\n", attached=[file("deep.txt", b"password: Kind-Deep-33\n")])
middle = item("IPM.Note", "middle", "between\r\n", attached=[{(METHOD, INT32): 5, (NAME, UNICODE): "inner", (DATA, OBJECT): inner}])
ITEMS = [
    item("IPM.Note", "plain", "password: Kind-Plain-11\r\n", [((HTML, BINARY), "<p>password: <b>Kind-Plain-11</b> \u00e9</p>".encode("cp1252")), ((o.PAGE, INT32), 1252)]),
    item("IPM.Note", "long", "a line of a long text\r\n" * 900 + "password: Kind-Long-12\r\n"),
    item("IPM.Note", "rtf of html", None, [((RTF, BINARY), o.rtf_compressed(TAGGED % 13))]),
    item("IPM.Note", "rtf stored", None, [((RTF, BINARY), o.rtf_stored(TAGGED % 14))]),
    item("IPM.Note", "rtf alone", None, [((RTF, BINARY), o.rtf_compressed(rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 password: Kind-Rich-15\par}"))]),
    item("IPM.Note", "transport", "password: Kind-Head-16\r\n", [((o.HEADERS, UNICODE), "Received: from a.example by b.example; Tue, 4 Mar 2025 08:15:30 +0000\r\n"
         "From: Ivo <ivo@tern.example>\r\nTo: mara@kestrel.example\r\nSubject: from transport\r\nDate: Tue, 4 Mar 2025 09:15:30 +0100\r\nMessage-ID: <t@tern.example>\r\n\r\n")]),
    item("IPM.Appointment", "handover", "dial in\r\n", [((Named("appointment", 0x8208), UNICODE), "Pier 7, password: Kind-Place-17"), ((Named("appointment", 0x820D), TIME), WHEN)]),
    item("IPM.Contact", "contact", None, [((NAME, UNICODE), "Ada Roth"), ((0x3A16, UNICODE), "Tern Shipping"), ((0x3A1C, UNICODE), "+1 555 0100"),
         ((Named("address", 0x8083), UNICODE), "ada@tern.example"), ((Named("public", "Door code"), UNICODE), "password: Kind-Door-18")], []),
    item("IPM.DistList", "list", None, [((NAME, UNICODE), "Crew"), ((Named("address", 0x8054), BINARIES), [o.one_off("Jo", "jo@gull.example"), o.one_off("Kim", "kim@gull.example")])], []),
    item("IPM.Task", "task", "password: Kind-Task-19\r\n", [((Named("task", 0x8105), TIME), WHEN), ((Named("task", 0x811F), UNICODE), "Mara Ek")], []),
    item("IPM.StickyNote", "note", "password: Kind-Note-20\r\n", [], []),
    item("IPM.Activity", "call", "password: Kind-Call-21\r\n", [((Named("log", 0x8700), UNICODE), "Phone call"), ((Named("common", 0x8539), STRINGS), ["Tern", "Gull"])], []),
    item("IPM.Post", "post", "password: Kind-Post-22\r\n", [], []),
    item("REPORT.IPM.Note.NDR", "undelivered", None, [((0x1001, UNICODE), "not delivered; password: Kind-Report-23\r\n")]),
    item("IPM.Note.SMIME.MultipartSigned", "signed", "what Outlook shows\r\n", [], PEOPLE, [file("smime.p7m", signed)]),
    item("IPM.Note", "nested", "outer\r\n", [], PEOPLE, [{(METHOD, INT32): 5, (NAME, UNICODE): "middle", (DATA, OBJECT): middle}, file("a.csv", b"host;password\r\nvault;Kind-Csv-24\r\n")]),
    item("IPM.Note", "elsewhere", "see there\r\n", [], PEOPLE, [{(METHOD, INT32): 4, (LONG_NAME, UNICODE): "plan.doc", (PATH, UNICODE): "\\\\files.tern.example\\plans\\plan.doc"}]),
    item("IPM.Note.SMIME", "opaque", None, [], PEOPLE, [file("smime.p7m", opaque)]),
    item("IPM.Note", "shown", "without a table\r\n", [((o.DISPLAY_TO, UNICODE), "Jo Ek; kim@gull.example")], []),
    item("IPM.Note", "beside", "what is said beside it\r\n", [((Named("public", "Keywords"), STRINGS), ["Tern", "password: Kind-Word-35"]), ((Named("common", 0x8530), UNICODE), "call back, password: Kind-Flag-36"),
         ((Named("common", 0x8535), UNICODE), "password: Kind-Bill-37"), ((Named("public", "Door \u00e9"), UNICODE), "password: Kind-Form-38"), ((Named("common", 0x8554), UNICODE), "16.0")]),
    item("IPM.Note", "wide", None, [((HTML, BINARY), "<p>password: Kind-Wide-25".encode("utf-16-le") + bytes(2)), ((o.PAGE, INT32), 1200)]),
]
OLE = item("IPM.Note", "object", "an object\r\n", [], PEOPLE, [{(METHOD, INT32): 6, (NAME, UNICODE): "sheet", (DATA, OBJECT): {"CONTENTS": b"password: Kind-Ole-26\r\n", "\x01CompObj": bytes(64)}}])
SECRETS = ["Plain-11", "Long-12", "Rtf-13", "Rtf-14", "Rich-15", "Head-16", "Place-17", "Door-18", "Task-19", "Note-20", "Call-21", "Post-22", "Report-23",
           "Csv-24", "Wide-25", "Signed-31", "Inner-32", "Deep-33", "Opaque-34", "Word-35", "Flag-36", "Bill-37", "Form-38"]

def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    return path

def dumped(path):
    """Each item of a file as (name, what is said of it, rendering)."""
    raw, out = subprocess.run([dump, path], stdout=subprocess.PIPE, check=True).stdout, []
    while raw:
        name, reason, size, rest = raw.split(b"\n", 3)
        out.append((name.decode(), reason.decode(), rest[:int(size)]))
        raw = rest[int(size):]
    return out

class Case:
    def __init__(self, t, name, mail, *more):
        self.at = t + "/" + name
        subprocess.run([tocsin, "init", self.at], check=True, stdout=subprocess.DEVNULL)
        self.codes = [self.run("ingest", mail, *more), self.run("scan", *more)]
    def run(self, *argv): return subprocess.run([tocsin] + list(argv) + ["--case", self.at], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    def rows(self, *what):
        out = subprocess.run([tocsin, "list"] + list(what) + ["--case", self.at, "--json"], stdout=subprocess.PIPE, check=True).stdout
        return [json.loads(line) for line in out.splitlines() if line.strip()]

FORMS = {"%s-%s" % (a, e): dict(ansi=a == "ansi", how=how) for a in ("unicode", "ansi") for e, how in (("plain", o.PLAIN), ("compressible", o.COMPRESSIBLE), ("high", o.HIGH))}
with tempfile.TemporaryDirectory() as t:
    # ---- one rendering, whatever the file ----
    first = None
    for form, how in FORMS.items():
        path = write("%s/mail/%s.pst" % (t, form), o.pst(ITEMS, password=0x1234 if how["how"] else 0, **how))
        got = dumped(path)
        if first is None:
            first = got
            check(len(got) == len(ITEMS) and not any(reason for _, reason, _ in got), "every item of a PST is read", [(a, b) for a, b, _ in got])
        check(got == first, "the items are rendered alike: " + form, [(a, b) for a, b in zip(got, first) if a != b][:1])
    differ = []
    for i, it in enumerate(ITEMS):
        one = dumped(write("%s/mail/%02d.%s" % (t, i, "oft" if i % 2 else "msg"), o.msg(it)))
        if one[0][1:] != first[i][1:]:
            differ.append((one, first[i]))
    check(not differ, "a .msg and a .oft are rendered as the item in a PST is", differ[:1])
    ole = dumped(write(t + "/mail/ole.msg", o.msg(OLE)))
    check(b'filename="CONTENTS"' in ole[0][2] and ole[0][1] == "", "an OLE object is there stream by stream, and nothing is missing", ole)
    write(t + "/mail/ole.pst", o.pst([OLE]))

    # ---- what stands in them ----
    by = {i: email.message_from_bytes(raw, policy=email.policy.default) for i, (_, _, raw) in enumerate(first)}
    m = by[0]
    check((str(m["To"]), str(m["Cc"]), str(m["Bcc"])) == ("Mara Ek <mara@kestrel.example>", "Ada Roth <ada@tern.example>", "hidden@gull.example"), "recipients come from the table", m)
    check((str(by[5]["Subject"]), str(by[5]["To"]), str(by[5]["Bcc"])) == ("from transport", "mara@kestrel.example", "Ada Roth <ada@tern.example>, hidden@gull.example"),
          "fields of transport come first, whom they do not name is Bcc", by[5])
    check(str(by[18]["To"]) == "Jo Ek:;, kim@gull.example", "without a table they are those that Outlook shows", by[18]["To"])
    check([p.get_content_type() for p in by[2].walk()] == ["text/html"] and by[2].get_payload() == by[3].get_payload().replace("Rtf-14", "Rtf-13") and "<p>password: Kind-Rtf-13</p>" in by[2].get_payload(),
          "HTML comes out of RTF, compressed or stored", by[2])
    check(by[20].get_payload(decode=True) == "<p>password: Kind-Wide-25".encode("utf-16-le"), "HTML in UTF-16 keeps its last character", by[20])
    check(by[19].get_all("X-Tocsin-Property") == ["Billing: password: Kind-Bill-37", "Flag: call back, password: Kind-Flag-36", "Door \u00e9: password: Kind-Form-38", "Keywords: Tern", "Keywords: password: Kind-Word-35"],
          "what people put beside mail is header fields, and what programs do is not", by[19].get_all("X-Tocsin-Property"))
    facts = by[8].get_payload()
    check("Member: Jo jo@gull.example" in facts and "Member: Kim kim@gull.example" in facts, "a distribution list has its members", facts)
    texts = {i: "".join(p.get_payload() for p in by[i].walk() if not p.is_multipart()) for i in (6, 7, 9, 11)}
    want = {6: "Start: 2025-03-04T08:15:30Z", 7: "E-mail 1: ada@tern.example", 9: "Task due: 2025-03-04T08:15:30Z", 11: "Journal type: Phone call"}
    check(all(want[i] in texts[i] for i in want) and "Companies: Gull" in texts[11], "appointments, contacts, tasks and journal say what is known of them", texts)
    check([p.get_content_type() for p in by[15].walk() if p.get_content_type() == "message/rfc822"] == ["message/rfc822"] * 2, "messages lie within messages", by[15])

    check("attached by reference: \\\\files.tern.example\\plans\\plan.doc" in list(by[16].walk())[2].get_content(), "what is attached by reference says where", by[16])

    # ---- in a case ----
    case = Case(t, "c", t + "/mail")
    check(max(case.codes) <= 1, "all are ingested and scanned", case.codes)
    check(len(case.rows("messages")) == len(ITEMS) + 2 + 2, "the same item is one message, in six PST files and as a .msg", len(case.rows("messages")))
    found = {f["value"] for f in case.rows("findings", "--reveal")}
    check({"Kind-" + s for s in SECRETS + ["Ole-26"]} <= found, "every secret is found", {"Kind-" + s for s in SECRETS + ["Ole-26"]} - found)
    objects = [f for f in case.rows("findings", "--reveal") if f["value"] == "Kind-Ole-26"]
    check(len({f["message_sha256"] for f in objects}) == 2, "in an object of a .msg and in one of a PST", objects)
    says = {i["source"].split("/")[-1][:-4]: i["reason"] for i in case.rows("items") if i["member_name"] == "(file)"}
    check(says["ansi-high"].startswith("ANSI PST or OST, encoded (high), password set (it guards nothing): 3 folders, 21 items")
          and says["unicode-plain"].startswith("Unicode PST or OST: 3 folders, 21 items") and "encoded (compressible), password set" in says["ansi-compressible"],
          "the row of a file says what it is and that its password guards nothing", says)

# ---- what no folder holds any more ----
def letter(name, secret): return item("IPM.Note", name, "password: Kind-%s\r\n" % secret, attached=[file("f.txt", b"host;password\r\n%s;Kind-File-%s\r\n" % (name.encode(), secret.encode()))])
GRADES = {"held 0": "", "held 1": "", "held 2": "", "orphan": "orphaned: in no folder of the file", "loose 0": "unlisted: in the index of the file, but in no table of a folder",
          "loose 1": "unlisted: in the index of the file, but in no table of a folder", "gone": "recovered: deleted, from freed space of the file"}
LOST = dict(items=[letter("held %d" % i, "Held-4%d" % i) for i in range(3)], orphans=[letter("orphan", "Orphan-51")],
            unlisted=[letter("loose 0", "Loose-52"), letter("loose 1", "Loose-53")], deleted=[letter("gone", "Gone-54")])
def subject_of(raw): return str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"])

with tempfile.TemporaryDirectory() as t:
    for form, how in FORMS.items():
        path = write("%s/mail/%s.pst" % (t, form), o.pst(**LOST, **how))
        got = {subject_of(raw): reason for _, reason, raw in dumped(path)}
        check(got == GRADES, "deleted, orphaned and unlisted items are read, with their grade: " + form, got)
    whole = o.pst(**LOST)
    names = [name for name, _, _ in dumped(t + "/mail/unicode-plain.pst")]
    check(names == ["Top/Inbox/2097188", "Top/Inbox/2097220", "Top/Inbox/2097252", "(orphaned)/3145764", "Top/Inbox/5242916", "(unlisted)/5242948", "(recovered)/4194340"],
          "their names say where they were met", names)
    case = Case(t, "c", t + "/mail")
    found = {f["value"] for f in case.rows("findings", "--reveal")}
    check({"Kind-" + s for s in ("Orphan-51", "Loose-52", "Loose-53", "Gone-54", "File-Gone-54")} <= found, "and scanned like all others", found)
    rows = [i for i in case.rows("items") if i["message_sha256"]]
    check({i["reason"] for i in rows} == set(GRADES.values()), "their rows have the grade", {i["reason"] for i in rows})
    gone = [at for m in case.rows("messages") if m["subject"] == "gone" for at in m["locations"]]
    check(len(gone) == 6 and all(at["reason"] == GRADES["gone"] and at["member_name"].startswith("(recovered)/") for at in gone), "the places of a message say it too", gone)
    # Folders deeper than are read, and a page of the index that is not what its sum says: the row of the file says both.
    class Deep(o.Pst):
        def folder(self, nid, parent, name, folders, messages):
            chain = [0x20002 + 0x20 * k for k in range(70)] if name == "Top" else []
            super().folder(nid, parent, name, folders + [(k, "deep") for k in chain[:1]], messages)
            for k, above, below in zip(chain, [nid] + chain, chain[1:] + [0]):
                super().folder(k, above, "deep", [(below, "deep")] if below else [], [])
    plain, o.Pst = o.Pst, Deep
    b = bytearray(o.pst(**LOST))
    o.Pst = plain
    at = int.from_bytes(b[224:232], "little")
    b[at + 480] ^= 0x41
    says = [reason for name, reason, _ in dumped(write(t + "/deep.pst", b)) if name == "(file)"]
    check(len(says) == 1 and "; 1 damaged pages in its index" in says[0] and "; more or deeper folders than are read" in says[0], "all that is wrong with a file is said", says)
    # The map of what is free: without it all of the file is searched.
    b = bytearray(whole)
    b[o.MAP_AT + 9] ^= 0x41
    got = {subject_of(raw): reason for _, reason, raw in dumped(write(t + "/map.pst", b))}
    check(got == dict(GRADES, gone="recovered: found by a search of a damaged file"), "a damaged map of what is free is no end of the search", got)

# ---- damage ----
with tempfile.TemporaryDirectory() as t:
    draw, sure = random.Random(9917), set(GRADES)
    whole = {form: o.pst(**LOST, **how) for form, how in FORMS.items()}
    cases = {}
    for form, raw in whole.items():
        for k in range(20):
            b = bytearray(raw)
            if k < 4:
                b = b[:len(b) * draw.randrange(10, 98) // 100]
            for _ in range(0 if k < 4 else (1, 4, 16, 64)[k % 4]):
                b[draw.randrange(0x4400, len(b))] = draw.randrange(256)
            cases["%s-%02d.pst" % (form, k)] = bytes(b)
    for name, b in cases.items():
        write(t + "/bad/" + name, b)
    case = Case(t, "c", t + "/bad")
    check(max(case.codes) <= 1, "damaged files end no run", case.codes)
    bad, met = {}, {}
    for i in case.rows("items"):
        name = os.path.basename(i["source"])
        bad.setdefault(name, [])
        if i["outcome"] in ("failed", "partial") or "damaged" in i["reason"]:
            bad[name].append(i["reason"])
        if i["message_sha256"] and not i["member_name"].startswith("(recovered)"): # what was deleted may be gone
            met[name] = met.get(name, 0) + 1
    check(set(bad) == set(cases), "each of them has items", set(cases) - set(bad))
    short = {name for name in cases if met.get(name, 0) < len(GRADES) - 1}
    check(len(short) > 20 and all(bad[name] for name in short), "where a message is missing of one, a row says that it is damaged (%d of %d)" % (len(short), len(cases)),
          [name for name in short if not bad[name]])
    lost = []
    for name in cases:
        if not bad[name]:
            lost += [name for _, reason, raw in dumped(t + "/bad/" + name) if not reason.startswith("recovered") and b"attachment" not in raw]
    check(not lost, "where an attachment is missing too", lost)
plan()
