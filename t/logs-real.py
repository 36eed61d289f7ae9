#!/usr/bin/env python3
"""logs-real.py LOGS-DUMP DATA: the log reader on real audit logs, when they lie beside the checkout. TAP."""

import csv
import glob
import ipaddress
import json
import os
import subprocess
import sys
import tempfile

DUMP, DATA = sys.argv[1], os.path.join(os.environ.get("TOCSIN_DATA") or sys.argv[2], "auditlogs")
if not os.path.isdir(DATA):
    print("1..0 # SKIP no real logs beside the checkout (../shared/data)")
    sys.exit(0)
csv.field_size_limit(1 << 30)
checks = 0


def check(sentence, wrong):
    """wrong: what does not fit, at best nothing"""
    global checks
    checks += 1
    print("%sok %d - %s" % ("" if not wrong else "not ", checks, sentence))
    for w in wrong[:10]:
        print("#   %s" % (w,))


def read(path):
    p = subprocess.run([DUMP, path], capture_output=True, text=True)
    return [json.loads(line) for line in p.stdout.splitlines()], p.stderr.strip()


def read_text(text):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        f.write(text)
        f.flush()
        return read(f.name)


def bare(message_id):
    return message_id.strip().strip("<>").strip()


def unified():
    path = glob.glob(os.path.join(DATA, "invictus_o365", "*.csv"))[0]
    records, _ = read(path)
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    check("every row is a record", [] if len(records) == len(rows) else [(len(records), len(rows))])
    check("each says where it lies", [r["at"] for a, r in zip(records, records[1:]) if r["at"] < a["at"] + a["n"]])
    pairs = [(r, json.loads(w["AuditData"])) for r, w in zip(records, rows) if w["AuditData"]]
    check("rows whose AuditData was cut by Splunk are read as far as they go",
          [r for r, w in zip(records, rows) if not w["AuditData"] and (r["outcome"] != "partial" or not r["id"])])
    check("id, time and operation are those of the row",
          [(r, d["Id"]) for r, d in pairs if (r["id"], r["time"], r["operation"]) !=
           (d["Id"].lower(), d["CreationTime"] + "Z", d["Operation"].strip())])
    want = lambda d: ([bare(i["InternetMessageId"]) for f in d.get("Folders", []) for i in f.get("FolderItems", [])] +
                      [bare(i["InternetMessageId"]) for i in ([d["Item"]] if isinstance(d.get("Item"), dict) else []) +
                       (d.get("AffectedItems") or []) if i.get("InternetMessageId")])
    check("every InternetMessageId is there", [(r["id"], want(d)) for r, d in pairs
          if [i["message_id"] for i in r["items"] if i["message_id"]] != want(d)])
    check("every folder that was synchronised is there",
          [(r["id"], d.get("Folders")) for r, d in pairs if "'Sync'" in str(d.get("OperationProperties")) and
           (r["kind"] != "sync" or [f["path"] for f in r["folders"]] != [f.get("Path") for f in d.get("Folders", [])])])
    check("reads of mail and folders carry their context",
          [r["id"] for r, d in pairs if d["Operation"] == "MailItemsAccessed" and
           (r["mailbox"], r["user"], r["client_info"], r["session_id"]) !=
           (d["MailboxOwnerUPN"], d["UserId"], d["ClientInfoString"], d.get("SessionId", ""))])
    print("# %d records, %d distinct, %d items" %
          (len(records), len({r["id"] for r in records}), sum(len(r["items"]) for r in records)))


def expected(folder, skip=(), besides=()):
    wrong, n = [], 0
    for path in sorted(glob.glob(os.path.join(DATA, "sekoia", folder, "tests", "*.json"))):
        with open(path) as f:
            test = json.load(f)
        name, want = os.path.basename(path), test["expected"]
        if name in besides:
            continue
        records, said = read_text(test["input"]["message"])
        if len(records) != 1 or records[0]["outcome"] == "failed":
            wrong.append((name, said))
            continue
        r, n = records[0], n + 1
        action = want.get("event", {}).get("action")
        actions = [a.rstrip(". ") for a in ([action] if isinstance(action, str) else action or [])]
        ip = want.get("source", {}).get("ip")
        if "time" not in skip and "@timestamp" in want and r["time"][:19] != want["@timestamp"][:19]:
            wrong.append((name, r["time"], want["@timestamp"]))
        if actions and "action" not in skip and r["operation"].rstrip(". ") not in actions:
            wrong.append((name, r["operation"], actions))
        if ip and "ip" not in skip and str(ipaddress.ip_address(ip)) not in r["ip"].split():  # both, where its fields differ
            wrong.append((name, r["ip"], ip))
    check("%s: %d events have their expected fields" % (folder, n), wrong)


def panther():
    try:
        import yaml
    except ImportError:
        print("# panther's samples are not looked at: no YAML for Python here")
        return
    wrong, n = [], 0
    for folder in ("azure_signin_rules", "gsuite_reports_rules"):
        for path in sorted(glob.glob(os.path.join(DATA, "panther", "rules", folder, "*.yml"))):
            with open(path) as f:
                tests = yaml.safe_load(f).get("Tests") or []
            for t in tests:
                log = t["Log"]
                # Shortened by hand in places: what has no time or kind is no record.
                if not ({"time", "createdDateTime"} & set(log) or "events" in log and "id" in log):
                    continue
                n += 1
                records, said = read_text(json.dumps(log, default=str))
                if len(records) != 1 or records[0]["outcome"] == "failed":
                    wrong.append((os.path.basename(path), t.get("Name"), said))
    check("panther: %d samples are read" % n, wrong)


unified()
# Of mail that was stopped they want its sender's address and what became of it; of sign-ins the time when they were logged,
# where the record says when they were; of requests to Graph their category. In the update of an item an invented address stands in one of
# the two fields that give the client's (ClientIP), and not in the other, which is the device's and comes first.
expected("Office 365/o365", besides=("microsoft_defender_threatintelligence_mail.json", "exchange_item_update.json"))
expected("Azure/azure-ad", skip=("time", "action"))
expected("Microsoft/microsoft-entraid-graphapi")
expected("Google Cloud/google-report")
panther()
print("1..%d" % checks)
