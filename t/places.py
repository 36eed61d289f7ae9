"""places.py SAMPLES FINDINGS MESSAGES: reads each finding's bytes with Python's own mail parser, by part, at_byte and
n_bytes, and compares them with what tocsin revealed. Findings in HTML, in documents and in parts that Python finds damaged are
left out; at least half must be compared."""
import email
import email.policy
import json
import mailbox
import os
import re
import sys


def messages(samples):
    for folder, _, names in os.walk(samples):
        for name in names:
            path = os.path.join(folder, name)
            data = open(path, "rb").read()
            if name.endswith(".mbox"):
                for raw in re.split(rb"(?m)^From [^\n]*\d{4}\n", data)[1:]:
                    yield re.sub(rb"(?m)^>(>*From )", rb"\1", raw[:-1])
            else:
                yield data


def leaf(message, path):
    part = message
    for step in path.split("."):
        if part.get_content_maintype() == "multipart":
            part = part.get_payload()[int(step) - 1]
        elif step != "1":
            return None
    return None if part.is_multipart() else part


def main(samples, findings, listed):
    by_id = {}
    for raw in messages(samples):
        m = email.message_from_bytes(raw)
        by_id.setdefault((m["Message-ID"] or "").strip("<> \r\n"), []).append(m)
    id_of = {}
    for line in open(listed, encoding="utf-8"):
        row = json.loads(line)
        id_of[row["message_sha256"]] = row["message_id"]
    n = bad = compared = 0
    for line in open(findings, encoding="utf-8"):
        f = json.loads(line)
        n += 1
        if "html" in f["part_type"]:
            continue
        values = set()
        for m in by_id.get(id_of[f["message_sha256"]], []):
            part = leaf(m, f["part"])
            if part is None:
                continue
            data = part.get_payload(decode=True)
            if part.defects:
                continue
            line = re.search(r", line (\d+)$", f["place"] or "")
            if line:  # of a file that is read as a document: the line is the place
                lines = data.decode("utf-8", "replace").splitlines(True)[int(line.group(1)) - 1:]
                values.add(f["value"] if lines and f["value"] in "".join(lines[:1]) else "not in line " + line.group(1))
                continue
            if f["place"] and not f["place"].startswith("line "):
                continue
            piece = data[f["at_byte"]:f["at_byte"] + f["n_bytes"]]
            charset = part.get_content_charset() or "utf-8"
            if charset.startswith("utf-16"):
                charset = "utf-16-le"
            try:
                values.add(piece.decode(charset))
            except (LookupError, UnicodeDecodeError):
                values.add(repr(piece))
        if not values:
            continue
        compared += 1
        if f["value"] not in values:
            print("%s part %s at %d: tocsin says %r, the bytes say %r" %
                  (id_of[f["message_sha256"]], f["part"], f["at_byte"], f["value"], values))
            bad += 1
    print("%d of %d compared" % (compared, n))
    return bad != 0 or compared == 0 or compared * 2 < n


sys.exit(main(*sys.argv[1:]))
