#!/usr/bin/env python3
"""seal-leaks.py CASE FOLDER...: what notify seal gave out, looked at from outside.

Each FOLDER is an unpacked export. The names, domains, people and secrets of everybody are known from the case file and from
`list findings --reveal` on standard input (JSON lines). Nothing that is another organisation's may stand in a record, and
the mail's own addresses of others may not either. Prints what does, one line each; silent and 0 when nothing does."""
import json, os, re, sqlite3, sys

case, folders = sys.argv[1], sys.argv[2:]
db = sqlite3.connect(case + "/case.db")
reveal = [json.loads(line) for line in sys.stdin if line.strip()]
orgs = {key: (oid, name, origin) for oid, key, name, origin in db.execute("SELECT id, key, name, origin FROM org")}
domains, names = {}, {}
for key, (oid, name, origin) in orgs.items():
    domains[key] = [d for (d,) in db.execute("SELECT domain FROM org_domain WHERE org_id = ?", (oid,))]
    names[key] = [n for (n,) in db.execute("SELECT name FROM org_name WHERE org_id = ?", (oid,))] + [name]
by_name = {name: key for key, (oid, name, origin) in orgs.items()}
ours = [k for k, v in orgs.items() if v[2] == 1]
bad = 0


def complain(*what):
    global bad
    bad += 1
    print(*what)


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from texts(v)
    elif isinstance(value, dict):
        for k, v in value.items():
            if k not in ("mailbox", "masked", "us"):  # ours; and the masked form that the notice had, too
                yield from texts(v)


n_records = n_compared = 0
for folder in folders:
    index = json.load(open(folder + "/index.json"))
    me = by_name[index["organisation"]["name"]]
    mine = orgs[me][0]
    free = [n.lower() for k in [me] + ours for n in names[k] + domains[k]]
    told = {d for (d,) in db.execute(
        "SELECT DISTINCT lower(hex(x.digest)) FROM told t JOIN exposure x ON x.id = t.exposure_id WHERE t.org_id = ?", (mine,))}
    foreign_owner = {d for (d,) in db.execute(
        "SELECT lower(hex(x.digest)) FROM owner o JOIN exposure x ON x.id = o.exposure_id WHERE o.org_id <> ?1 AND NOT EXISTS"
        " (SELECT 1 FROM owner p WHERE p.exposure_id = o.exposure_id AND p.org_id = ?1)", (mine,))}
    own_values = {f["value"] for f in reveal if f["exposure"] in told and f["exposure"] not in foreign_owner and f.get("value")}
    others_values = {f["value"] for f in reveal if f.get("value")} - own_values
    for where in ("records", "text", "messages"):
        for name in sorted(os.listdir(folder + "/" + where)):
            path = folder + "/" + where + "/" + name
            raw = open(path, encoding="utf-8").read()
            if where == "messages":
                import email, email.policy
                m = email.message_from_string(raw, policy=email.policy.default)
                raw = "\n".join(p.get_content() for p in m.walk() if p.get_content_maintype() == "text") + \
                    "\n".join(str(v) for v in m.values())
            blob = "\n".join(texts(json.loads(raw))) if where == "records" else raw
            low = blob.lower()
            n_records += 1
            for key in orgs:
                if key == me or key in ours:
                    continue
                for n in names[key]:
                    for at in re.finditer(r"(?<!\w)" + re.escape(n.lower()) + r"(?!\w)", low):
                        n_compared += 1
                        if not any(f in low[max(0, at.start() - 80):at.end() + 80] and n.lower() in f for f in free):
                            complain(me, path, "names", n)
                for d in domains[key]:
                    if re.search(r"(?<![\w.-])(?:[\w.-]+\.)?" + re.escape(d) + r"(?![\w-])", low):
                        complain(me, path, "has the domain", d)
            for v in others_values:
                if len(v) >= 6 and v in blob and not any(v in o for o in own_values):
                    complain(me, path, "has a secret of somebody else")
            for a in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", low):
                host = a.split("@")[1]
                if not any(host == d or host.endswith("." + d) for k in [me] + ours for d in domains[k]):
                    complain(me, path, "has the address", a)
if n_records == 0:
    complain("no records to look at")
print("looked at", n_records, "files of", len(folders), "organisations", file=sys.stderr)
sys.exit(bad != 0)
