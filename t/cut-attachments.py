"""cut-attachments.py between|kill[:MOST]|stop TOCSIN CASE RULES [OPTION...]: a scan that is disturbed while it reads attachments.

between: the keeper is killed as soon as the text of all mail is in the case; attachments must be left then.
kill: each worker is killed that has worked for a while, up to MOST (four) of them; the scan must end by itself.
stop: the same, and they are stopped: they live, and come to no end; for each of them the keeper's clock is put 100 seconds ahead."""
import os
import signal
import sqlite3
import subprocess
import sys
import time

how, tocsin, case, rules = sys.argv[1:5]
how, _, most = how.partition(":")
tick = os.sysconf("SC_CLK_TCK")
environment = dict(os.environ)
if how == "stop":
    environment.update(FAULT="clock:100", FAULT_FILE=case + "/out/clock", LD_PRELOAD=os.environ["FAULT_LIB"])
scan = subprocess.Popen([tocsin, "scan", "--case", case, "--rules", rules, "--workers", "1", "--quiet"] + sys.argv[5:], stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL, env=environment)


def count(what):
    db = sqlite3.connect("file:%s/case.db?mode=ro" % case, uri=True, timeout=60)
    try:
        return db.execute("SELECT count(*) FROM " + what).fetchone()[0]
    finally:
        db.close()


def busy_children():
    """Workers, and what is started to start them, that have used a quarter of a second."""
    for name in os.listdir("/proc"):
        try:
            words = open("/proc/%s/stat" % name).read().rsplit(")", 1)[1].split()
            if int(words[1]) == scan.pid and (int(words[11]) + int(words[12])) / tick >= 0.25 and words[0] != "Z":
                yield int(name)
        except (OSError, IndexError, ValueError):
            pass


killed = set()
while scan.poll() is None:
    if how == "between" and count("waiting") != 0:
        scan.kill()
        scan.wait()
        break
    for pid in busy_children() if how != "between" and len(killed) < int(most or 4) else ():
        if pid not in killed:
            os.kill(pid, signal.SIGKILL if how == "kill" else signal.SIGSTOP)
            killed.add(pid)
            if how == "stop":
                with open(environment["FAULT_FILE"], "a") as f:
                    f.write(".")
    time.sleep(0.005)
if how == "between":
    print("left:", count("waiting"), "findings:", count("finding"))
    sys.exit(count("waiting") == 0 or count("finding") == 0)
print("ended:", len(killed), "status:", scan.returncode)
sys.exit(len(killed) < int(most or 4) - 1 or scan.returncode != 1)
