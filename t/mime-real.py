#!/usr/bin/env python3
"""mime-real.py MIME-DUMP DATA: the torture sets of other parsers beside what those expect (mime4j's decoded bodies, part by part) and beside
Python's email package: header fields, number and type of leaves, names, decoded bytes. Differences in which we are right are listed
in python-differences.txt, one a line, each with its reason, as of Python 3.11."""
import email, email.policy, hashlib, json, os, re, subprocess, sys

sys.dont_write_bytecode = True
from tap import check, plan

dump, data = sys.argv[1], os.path.join(sys.argv[2], "mime")
here = os.path.dirname(os.path.abspath(__file__))
if not os.path.isdir(data):
    print("1..0 # SKIP no real mail beside the checkout (../shared/data)"); sys.exit(0)

def below(*ends):
    return sorted(os.path.join(d, f) for d, _, fs in os.walk(data) for f in fs if f.endswith(ends))

files = below(".eml") + [f for f in below(".msg") if "mime4j" in f] + [f for f in below(".txt") if "/cpython" in f and "/msg_" in f]
run = subprocess.run([dump], input="\n".join(files) + "\n", stdout=subprocess.PIPE, check=True, encoding="utf-8")
ours = {o["file"]: o for o in map(json.loads, run.stdout.splitlines())}

check(len(ours) == len(files), "every message is read (%d)" % len(files))

def squeeze(b):
    """Lines without their ends: what other parsers write of them differs."""
    return re.sub(rb"[ \t]*\r?\n", b"\n", b).strip()

# ---- mime4j: X_decoded_1_2.txt are the decoded leaves of X.msg ----
differ, compared = [], 0
for path in [f for f in files if "/mime4j/core/" in f]:
    base = path[:-4] + "_decoded"
    want = [f for f in os.listdir(os.path.dirname(path)) if os.path.join(os.path.dirname(path), f).startswith(base + "_")]
    want.sort(key=lambda f: [int(k) for k in re.findall(r"\d+", os.path.splitext(f)[0][len(os.path.basename(base)):])])
    bodies = [open(os.path.join(os.path.dirname(path), f), "rb").read() for f in want]
    bodies = [b for b in bodies if squeeze(b)]
    mine = [p for p in ours[path]["leaves"] if not p["message"] and not p["found"] and squeeze((p.get("text") or "x").encode())]
    if len(bodies) != len(mine):
        differ.append((os.path.basename(path), "bodies", len(mine), len(bodies)))
        continue
    for body, p in zip(bodies, mine):
        compared += 1
        texts = [squeeze(body.decode(c, "replace").encode()) for c in ("utf-8", "latin-1", "iso-8859-15", "cp1252", "koi8-r")]
        if hashlib.sha256(body).hexdigest() != p["sha256"] and squeeze(p.get("text", "").encode()) not in texts:
            differ.append((os.path.basename(path), "body", p["path"], p["n"], len(body)))
REVIEWED = {}
for line in open(os.path.join(here, "python-differences.txt"), encoding="utf-8"):
    if line.strip() and not line.startswith("#"):
        name, what, why = line.rstrip("\n").split(" ", 2)
        REVIEWED[name, what] = why
used = set()
def reviewed(name, what):
    used.add((name, what))
    return (name, what) in REVIEWED
left = [d for d in differ if not reviewed(d[0], d[1])]
check(compared > 100 and not left, "decoded bodies are those that mime4j expects (%d)" % compared, "\n".join(map(str, left)))

# ---- Python's email package ----
def leaves(m, out):
    """Its messages within are containers; reports, and parts of a message, are leaves to us."""
    if m.is_multipart() and m.get_content_type() not in ("message/delivery-status", "message/partial", "message/external-body",
                                                         "message/disposition-notification"):
        for p in m.get_payload():
            leaves(p, out)
    else:
        out.append(m)

def quiet(get):
    try:
        return get()
    except Exception:  # it raises on some of these: nothing to compare with
        return None

def plain(s): return re.sub(r"\s+", "", s or "").lower()

differ, same = [], 0
for path in files:
    o, name = ours[path], os.path.basename(path)
    raw = open(path, "rb").read()
    if raw.startswith(b"From "):
        raw = raw.split(b"\n", 1)[-1]
    m = email.message_from_bytes(raw, policy=email.policy.default)
    subject = quiet(lambda: str(m["subject"]) if m["subject"] else "")
    if subject is not None and "\ufffd" not in subject and plain(subject) != plain(o["subject"]):
        differ.append((name, "subject", o["subject"], subject))
    when = quiet(lambda: int(m["date"].datetime.timestamp()))
    if when is not None and when >= 0 and when != o["date"]:
        differ.append((name, "date", o["date"], when))
    for field in ("from", "to", "cc"):
        theirs = quiet(lambda: [a.addr_spec.lower() for a in m[field].addresses if "@" in a.addr_spec])
        mine = [a.lower() for _, a in o[field] if "@" in a]
        if theirs is not None and not any("\udcc3" in a for a in theirs) and theirs != mine:
            differ.append((name, field, mine, theirs))
    theirs = []
    leaves(m, theirs)
    mine = [p for p in o["leaves"] if not p["message"] and not p["found"]]
    if len(mine) != len(theirs):
        differ.append((name, "leaves", [p["type"] for p in mine], [p.get_content_type() for p in theirs]))
        continue
    for p, t in zip(mine, theirs):
        # A multipart without parts is text to us.
        if t.get_content_maintype() == "multipart" or t.is_multipart():
            continue
        same += 1
        if p["type"] != t.get_content_type():
            differ.append((name, "type", p["path"], p["type"], t.get_content_type()))
        file = quiet(t.get_filename) or ""
        if plain(p["name"]) != plain(file):
            differ.append((name, "name", p["path"], p["name"], file))
        body = quiet(lambda: t.get_payload(decode=True))
        if body is None or hashlib.sha256(body).hexdigest() == p["sha256"]:
            continue
        text = quiet(lambda: squeeze(body.decode(t.get_content_charset() or "utf-8", "replace").encode())) if "text" in p else None
        if text is None or text != squeeze(p["text"].encode()):
            differ.append((name, "body", p["path"], p["n"], len(body)))
left = [d for d in differ if not reviewed(d[0], d[1])]
check(same > 500 and not left, "leaves, names, bytes and header fields are Python's (%d leaves)" % same, "\n".join(map(str, left)))
# Of a newer Python some are gone, since it reads more as we do.
gone = sorted(k for k in REVIEWED if k not in used) if sys.version_info[:2] <= (3, 11) else []
check(not gone, "every difference that was reviewed is still there", "\n".join(map(str, gone)))
plan()
