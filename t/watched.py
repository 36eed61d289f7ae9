"""watched.py VALUES COMMAND...: runs it, and looks all the while at each process of it: no value (a line each) may stand in its arguments, its
environment or its name, each may leave no core, and a worker knows no more of our environment than a time zone."""
import os
import subprocess
import sys
import time

values = [line.rstrip("\n").encode() for line in open(sys.argv[1], encoding="utf-8")]
values = [v for v in values if v]
seen, bad = set(), set()
bare = {}  # of each process that may leave a core, so far as was seen: how it is called


def look(pid):
    base = "/proc/%d/" % pid
    try:
        what = {name: open(base + name, "rb").read() for name in ("cmdline", "environ", "comm", "limits")}
        program = os.readlink(base + "exe")
    except OSError:
        return
    if not what["cmdline"]:
        return
    seen.add(pid)
    for name in ("cmdline", "environ", "comm"):
        bad.update("%s of %s holds %s" % (name, what["cmdline"][:60], v) for v in values if v in what[name])
    if program == os.path.realpath(sys.argv[2]):
        args = what["cmdline"].split(b"\0")
        if args[1:2] == [b"worker"] and what["environ"] not in (b"TZ=UTC0\0", b""):
            bad.add("a worker has an environment: %s" % what["environ"][:60])
        core = [line.split() for line in what["limits"].splitlines() if line.startswith(b"Max core file size")][0]
        # One that has just begun has still to say so, and may have to wait for its turn: what it says at last is what counts.
        if core[4] == b"0":
            bare.pop(pid, None)
        elif time.time() - os.stat(base).st_ctime >= 0.5:
            bare[pid] = what["cmdline"][:60]


p = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, start_new_session=True)
while p.poll() is None:
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = open("/proc/%s/stat" % name).read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[3] == str(p.pid):
                look(int(name))
    time.sleep(0.002)
if "WATCHED" in os.environ:  # how many were there to look at
    with open(os.environ["WATCHED"], "a") as f:
        f.write("%d\n" % len(seen))
bad.update("%s may leave a core" % name for name in bare.values())
print("\n".join(sorted(bad)), end="", file=sys.stderr)
sys.exit(99 if bad else p.returncode)
