"""truth.py TRUTH FINDINGS MESSAGES: compares findings (list findings --jsonl --reveal) with what is planted.

A planted secret is found when a finding in its message has one of its classes and its value contains the planted one
(or lies within it and is not a scrap). A finding that overlaps nothing planted is false. Quoted line starts and
white space do not count."""
import json
import re
import sys


def squeeze(text):
    return re.sub(r"[\s>]+", "", text)


def main(truth_path, findings_path, messages_path):
    id_of = {}
    for line in open(messages_path, encoding="utf-8"):
        row = json.loads(line)
        id_of.setdefault(row["message_sha256"], set()).add(row["message_id"])
    found = {}
    for line in open(findings_path, encoding="utf-8"):
        row = json.loads(line)
        for message_id in id_of[row["message_sha256"]]:
            found.setdefault(message_id, []).append({"row": row, "value": squeeze(row["value"] or ""), "used": False})
    n_hit = n_miss = n_false = 0
    seen = set()
    for line in open(truth_path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        _, message_id, classes, value, _ = line.rstrip("\n").split("\t")
        if classes == "none" or (message_id, classes, value) in seen:
            continue
        seen.add((message_id, classes, value))
        want, optional = squeeze(value), classes.startswith("?")
        hit = False
        for f in found.get(message_id, []):
            overlaps = want in f["value"] or (len(f["value"]) * 2 >= len(want) and f["value"] in want)
            if overlaps and f["row"]["class"] in classes.lstrip("?").split("|"):
                f["used"] = hit = True
        if not hit and not optional:
            others = [f["row"]["class"] for f in found.get(message_id, []) if want in f["value"]]
            print("missed\t%s\t%s\t%s%s" % (message_id, classes, value, "\tfound as " + ",".join(others) if others else ""))
            n_miss += 1
        n_hit += hit
    for message_id, list_of in sorted(found.items()):
        for f in list_of:
            if not f["used"]:
                print("false\t%s\t%s\t%s\t%s" % (message_id, f["row"]["class"], f["row"]["detector"], f["row"]["value"]))
                n_false += 1
    print("found %d, missed %d, false %d" % (n_hit, n_miss, n_false))
    return n_miss + n_false != 0


sys.exit(main(*sys.argv[1:]))
