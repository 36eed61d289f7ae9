#!/usr/bin/env python3
"""every-verb.py TOCSIN FAULT-LIB: the disk is full, or the process is killed, at one step after the other of each verb that writes. It says so in one
line, no file is ever half, and the run after it ends with the rows and files of one that nothing disturbed."""
import atexit, os, re, shutil, sqlite3, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import check, plan

tocsin, fault_lib = map(os.path.abspath, sys.argv[1:3])
only = sys.argv[3:]
src = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Words of a command and LD_PRELOAD end at a space, which a checkout's path may have, and TMPDIR.
T = tempfile.mkdtemp(prefix="tocsin-t.", dir="/tmp" if " " in tempfile.gettempdir() else None)
os.symlink(src, T + "/src")
os.symlink(fault_lib, T + "/libfault.so")
src, fault_lib = T + "/src", T + "/libfault.so"
samples = src + "/samples"
os.environ.update(TOCSIN_NOW="2026-03-01T12:00:00Z", TOCSIN_USER="tester", TOCSIN_TEMPLATES=src + "/templates", TOCSIN_RULES=src + "/rules")
if "TOCSIN_LONG" not in os.environ:
    os.environ["MALLOC_PERTURB_"] = "0"  # as in lib.sh
for name in ("TOCSIN_CASE", "TOCSIN_LAW", "TOCSIN_WEB"):
    os.environ.pop(name, None)

atexit.register(shutil.rmtree, T, ignore_errors=True)

# Each works on the folder W that holds the case, W/c, and what lies beside it.
STEPS = [
    ("init", "init W/c --title T --domain kestrelgate.example"),
    ("ingest", f"ingest {samples}/mailboxes"),
    ("scope", f"scope --logs {samples}/logs --actor {samples}/actor.yaml"),
    ("scan", f"scan --rules {src}/rules"),
    ("attribute", f"attribute --directory {samples}/organisations.csv"),
    ("contacts import", "notify contacts import W/contacts.csv"),
    ("keys", "notify keys"),
    ("templates", "notify templates"),
    ("plan", "notify plan"),
    ("approve", "notify approve --by A"),
    ("second approve", "notify approve --by B"),
    ("write", "notify write"),
    ("seal", "notify seal --out W/drop"),
    ("publish", "notify publish --out W/pub"),
    ("manifest", "notify manifest --out W/manifest"),
    ("send", "notify send --send"),
    ("collect mail", f"notify collect {T}/returned"),
    ("collect events", "notify collect W/events"),
    ("decide", "notify decide QUESTION --accept --by D --why y"),
    ("withdraw", "notify withdraw --notice NOTICE --by A --why x"),
    ("second withdraw", "notify withdraw --notice NOTICE --by B --why x"),
    ("hold", "notify hold ridgewayfreight.example --why x"),
    ("report", "report"),
    ("report csv", "report --format csv"),
    ("report json", "report --format json"),
    ("regulator", "report regulator"),
    ("reveal", "list findings --reveal --jsonl"),
]


def prepare(name, world):
    """What a verb needs beside the case."""
    case = world + "/c"
    if name == "ingest":
        shutil.copy(samples + "/case.yaml", case)
        with open(case + "/case.yaml", "a") as f:
            f.write("network:\n  dns_server: 127.0.0.1@1\ndelivery:\n  by: sendmail\n  sendmail: %s/sendmail\n  return_address: bounces@kestrelgate.example\n"
                    "  pause_seconds: 0\n  per_minute: 100000\n" % T)
        with open(T + "/sendmail", "w") as f:
            f.write("#!/bin/sh\ncat >/dev/null\necho \"$9 ${11}\" >>%s/left\n" % T)
        os.chmod(T + "/sendmail", 0o755)
    if name == "contacts import":
        with open(world + "/contacts.csv", "w") as f:
            f.write("domain,address,role,note\nridgewayfreight.example,soc@ridgewayfreight.example,security,by telephone\n")
    if name == "send":
        with sqlite3.connect(case + "/case.db") as db:
            db.execute("INSERT INTO preflight (name, seq, state, found, advice, when_utc) VALUES ('test', 0, 1, '', '', unixepoch(?))", (os.environ["TOCSIN_NOW"],))
        db.close()
    if name == "collect mail":
        os.mkdir(T + "/returned")
        for i, (line, kind) in enumerate(zip(open(T + "/left").read().splitlines(), ("delivered", "base64", "absent", "delayed", "answer", "forged"))):
            with open("%s/returned/%d.eml" % (T, i), "w") as f:
                subprocess.run([sys.executable, src + "/t/make-returned.py", kind, *line.split()], stdout=f, check=True)
    if name == "collect events":
        subprocess.run([sys.executable, src + "/t/make-events.py", case, world + "/events", "1"], check=True)


def command(words, case):
    world = os.path.dirname(case)
    words = [re.sub("^W/", world + "/", w) for w in words.split()]
    if "NOTICE" in words:
        with sqlite3.connect(case + "/case.db") as db:
            words[words.index("NOTICE")] = db.execute("SELECT min(id) FROM notice WHERE state = 2").fetchone()[0]
    if "QUESTION" in words:
        with sqlite3.connect(case + "/case.db") as db:
            words[words.index("QUESTION")] = str(db.execute("SELECT min(id) FROM question").fetchone()[0])
    return [tocsin] + words + ([] if words[0] == "init" else ["--case", case, "--quiet"])


def run(words, case, fault=None):
    env = dict(os.environ, HOME=os.path.dirname(case))
    if fault:
        env.update(FAULT=fault, LD_PRELOAD=fault_lib)
    p = subprocess.run(command(words, case), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=600)
    return p.returncode, p.stderr.decode(errors="replace")


def files(world):
    """Each file of a world but the case file, and its bytes."""
    out = {}
    for folder, _, names in os.walk(world):
        for name in names:
            path = os.path.join(folder, name)
            if not re.search(r"/case\.(db|db-wal|db-shm|lock)$", path):
                out[path[len(world) + 1:]] = open(path, "rb").read()
    return out


def rows(case):
    """All rows but the ledger's, of which the sorts of entries are enough: a run that was cut off may have left its own."""
    db = sqlite3.connect(case + "/case.db")
    lines = [line for line in db.iterdump() if not line.startswith('INSERT INTO "ledger"')]
    lines += sorted({what for (what,) in db.execute("SELECT what FROM ledger")})
    db.close()
    return lines


def first_difference(a, b):
    for x, y in zip(a, b):
        if x != y:
            return "%s\n-- wanted --\n%s" % (x[:300], y[:300])
    return "%d lines, wanted %d" % (len(a), len(b))


def done(rc, said):
    """By this run, or by one that was killed behind its last step."""
    return rc in (0, 1) or rc == 3 and " already" in said or rc == 2 and re.search("no question [0-9]+ is open", said)


def half(name, got, before, after):
    """The log of notices grows line by line, and readers of it know."""
    return got not in (before, after) and not name.endswith((".new", ".part")) and not (name == "c/notices.log" and after.startswith(got))


def numbers():
    """Each about twice as far as the one before, or half again as far where there is more time."""
    n = 1
    while True:
        yield n
        n += max(1, n // 2 if os.environ.get("TOCSIN_LONG") else n - 1)


def disturbed(name, words, before, after, kind):
    """Runs with one fault after the other over what the ones before left, until one comes to its end by itself."""
    world = T + "/cut"
    shutil.rmtree(world, ignore_errors=True)
    shutil.copytree(before, world)
    open(T + "/left", "w").close()
    case, ends, bad, was, will = world + "/c", 0, [], files(before), files(after)
    for n in numbers():
        if n > 3000:
            bad.append("no end")
            break
        rc, said = run(words, case, "%s:%d" % (kind, n))
        if done(rc, said):
            break
        ends += 1
        if kind == "kill" and rc != -9 or kind != "kill" and (rc not in (3, 4) or not re.fullmatch(r"tocsin [^\n]+\n", said)):
            bad.append("%s:%d: status %d: %s" % (kind, n, rc, said[:300]))
        if name not in LOOSE:
            bad += ["%s:%d: %s is half" % (kind, n, f) for f, b in files(world).items()
                    if half(f, b, was.get(f), will.get(f))]
    rc, said = run(words, case)
    if not done(rc, said):
        bad.append("the next run: status %d: %s" % (rc, said))
    rc, said = run("verify", case)
    if rc:
        bad.append("the ledger: status %d: %s" % (rc, said))
    left = open(T + "/left").read().splitlines()
    bad += ["%s has left twice" % a for a in set(left) if left.count(a) > 1]
    if name not in LOOSE:
        got = files(world)
        bad += ["%s: %s" % (f, "left over" if f not in will else "missing" if f not in got else "different")
                for f in sorted(set(got) | set(will)) if got.get(f) != will.get(f)]
        if rows(case) != rows(after + "/c"):
            bad.append("rows: " + first_difference(rows(case), rows(after + "/c")))
    return ends, bad


# What is made of random bytes, or is uncertain by right.
LOOSE = ("init", "keys", "send")
os.mkdir(T + "/0")
for i, (name, words) in enumerate(STEPS):
    before, after = "%s/%d" % (T, i), "%s/%d" % (T, i + 1)
    prepare(name, before)
    shutil.copytree(before, after)
    rc, said = run(words, after + "/c")
    if rc > 1:
        check(False, name + " runs", said)
        break
    if only and name not in only:
        continue
    for kind, what in (("full", "the disk is full"), ("kill", "it is killed")):
        ends, bad = disturbed(name, words, before, after, kind)
        if ends < 3:
            bad.append("it came to its end as if nothing were amiss")
        check(not bad, "%s: %s at %d of its steps" % (name, what, ends), "\n".join(bad))
else:
    db = sqlite3.connect(after + "/c/case.db")
    said = db.execute("PRAGMA integrity_check").fetchall()
    db.close()
    check(said == [("ok",)], "SQLite finds the case file whole, too", said[:3])
    for words in ("list sources", "verify", "report --check"):
        rc, said = run(words, after + "/c", "full:1")
        check(rc == 0, "on a full disk a case can be read: " + words, said)
plan()
