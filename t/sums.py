#!/usr/bin/env python3
"""sums.py TOCSIN CASE: the numbers that report, regulator, status, plan and show say, beside the lists of the case. Prints what is not the same."""
import csv
import html
import json
import re
import subprocess
import sys

tocsin, case = sys.argv[1:3]


def run(*args):
    r = subprocess.run([tocsin, *args, "--case", case], capture_output=True)
    if r.returncode > 1:
        sys.exit(f"{args}: {r.stderr.decode()}")
    return r.stdout.decode()


def rows(kind):
    return [json.loads(line) for line in run("list", kind, "--jsonl").splitlines()]


def page(name):
    with open(f"{case}/out/{name}.html", encoding="utf-8") as f:
        text = re.sub(r"<(style|svg)\b.*?</\1>", "", f.read(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).replace("\xa0", " ").split())


def same(what, got, want):
    if got != want:
        print(f"{what}: it says {got}, the lists {want}")


def says(where, text, words, *want):
    """words has {} for each number, and (s) where there may be one."""
    m = re.search(re.escape(words).replace(r"\{\}", r"(\d+)").replace(r"\(s\)", "s?"), text)
    if m is None:
        print(f"{where}: nothing like {words!r}")
    else:
        same(f"{where}, {words!r}", [int(n) for n in m.groups()], list(want))


run("report")
run("report", "regulator")
report, regulator, status, status_json = page("report"), page("regulator"), run("status"), json.loads(run("status", "--json"))

messages, items, sources, coverage = rows("messages"), rows("items"), rows("sources"), rows("coverage")
findings, persons = rows("findings"), rows("persons")
exposures = [x for x in rows("exposures") if x["findings"] != 0]  # the others were told, and are found no more
verdicts = {v: sum(m["verdict"] == v for m in messages) for v in ("accessed", "presumed", "unknown", "not_accessed")}
in_scope = len(messages) - verdicts["not_accessed"]
everybody = {o["org"]: o for o in rows("orgs")}
orgs = {k: o for k, o in everybody.items() if o["origin"] not in ("ourselves", "person") and o["messages"] > 0}
notices, waves, told, withdrawals, deliveries = rows("notices"), rows("waves"), rows("told"), rows("withdrawals"), rows("deliveries")

# ---- what was read, reached and found
same("exposures", {x["exposure"] for x in exposures}, {f["exposure"] for f in findings})
says("report", report, "{} distinct messages {} distinct exposures {} of them critical or high", len(messages), len(exposures),
    sum(x["severity"] in ("critical", "high") for x in exposures))
says("report", report, "{} organisations concerned", len(orgs))
says("status", status, "ingest ...................... {} message(s) of {} file(s); {} item(s) not wholly read", len(messages), len(sources),
    sum(i["outcome"] in ("failed", "partial") for i in items))
same("status, messages", [status_json[k] for k in ("messages", "in_scope", "exposures", "organisations")], [len(messages), in_scope, len(exposures), len(orgs)])
says("status", status, "scan ........................ {} exposures, {} of them critical", len(exposures), sum(x["severity"] == "critical" for x in exposures))
says("regulator", regulator, "Messages (records) in scope {} of these opened, as the logs show {} of these to be presumed read {} of these not known {} Messages proved untouched, not in scope {}",
    in_scope, *verdicts.values())
says("regulator", regulator, "Organisations concerned {} Distinct secrets and personal data found {}", len(orgs), len(exposures))
run("report", "--format", "csv")
with open(f"{case}/out/report-csv/classes.csv", encoding="utf-8-sig", newline="") as f:
    classes = list(csv.DictReader(f))
same("exposures and findings by class", [sum(int(c[k]) for c in classes) for k in ("exposures", "findings")], [len(exposures), len(findings)])
says("regulator", regulator, "of these private persons {} of these others: people at organisations, lists, automatic senders", len({p["address"] for p in persons}))
without = sum(not o["contacts"] for o in orgs.values())
says("status", status, "attribute ................... {} organisations, {} without a contact", len(orgs), without)
unread = [c for c in coverage if c["outcome"] != "partial"]
if unread:
    says("report", report, "{} parts that were not read as text", len(unread))
    says("regulator", regulator, "{} parts of messages were not read as text" if len(unread) != 1 else "{} part of a message was not read as text", len(unread))

# ---- who was told what: of notices that were written and hold
back = {(n["wave"], n["org"]) for n in notices if n["taken_back"]} | {(w["wave"], w["org"]) for w in withdrawals
    if len({x["by"] for x in withdrawals if x["notice"] == w["notice"]}) > 1}
hold = {(n["wave"], n["org"]) for n in notices if n["state"] == "written"} - back
track = {n["org"]: n["track"] for n in notices}
one = {e["detail"]["was"]: e["detail"]["is"] for e in rows("ledger") if e["what"] == "organisations joined"}
told_orgs = {one.get(o, o) for _, o in hold if track[o] == "notified"} & set(orgs)
told_persons = {o for _, o in hold if track[o] == "person"}
told_to_orgs = [t for t in told if (t["wave"], t["org"]) in hold and track[t["org"]] != "person"]
told_messages = {t["message_sha256"] for t in told_to_orgs}
told_exposures = {t["exposure"] for t in told_to_orgs} - {None}
written = sum(w["state"] == "written" for w in waves)
if written:
    says("report", report, "otices were written to {}", len(told_orgs))
    says("regulator", regulator, "Of the {} organisations concerned, notices are written to {} in {} wave", len(orgs), len(told_orgs), written)
    untold, withdrawn = set(orgs) - told_orgs, (set(orgs) - told_orgs) & {n["org"] for n in notices if n["state"] == "written"}
    joined = sum(n in one for n in {n["org"] for n in notices if n["state"] == "written"})
    if joined:
        says("report", report, "; {} that had one is counted with another, with whom it is one now", joined)
        says("regulator", regulator, "; {} that had one is counted with another, with whom it is one now", joined)
    had = f" (of {len(withdrawn)} it was withdrawn, or taken back to be told anew)" if withdrawn else ""
    says("regulator", regulator, "of {} messages and {} exposures", len(told_messages), len(told_exposures))
    says("regulator", regulator, f"; {{}} have none yet{had}; {{}} ha", len(untold), without)
    says("report", report, "({} messages, {} exposures)", len(told_messages), len(told_exposures))
same("status, told", status_json["organisations_with_notices"], len(told_orgs))
says("regulator", regulator, "Communication to persons (GDPR 34): {} of {} private persons", len(told_persons), len({p["address"] for p in persons}))
sent = {d["org"] for d in deliveries if d["handed_over"]}
if sent:
    says("regulator", regulator, "Mail has left for {}", len({o for o in sent if track[o] == "notified"}))
same("status, mails that left", status_json["mails_left"], sum(d["handed_over"] is not None for d in deliveries))

# ---- each wave, as a whole and organisation by organisation: what was written of it stays, and what was withdrawn stands beside it
fields = "organisations", "new", "supplements", "anew", "no_contact", "withdrawn", "persons", "persons_no_contact", "persons_withdrawn", "messages", "exposures", "notices"
then = {e["detail"]["wave"]: e["detail"] for e in rows("ledger") if e["what"] == "wave written"}
for w in waves:
    n = w["wave"]
    of_wave = [x for x in told if x["wave"] == n]
    shown = json.loads(run("notify", "show", "--wave", str(n), "--json"))
    text = run("notify", "show", "--wave", str(n))
    same(f"wave {n}, {fields}", [shown[k] for k in fields], [w[k] for k in fields])
    sent = [x for x in notices if x["wave"] == n and x["state"] != "no_contact"]
    with_notice = {x["org"] for x in sent}
    in_wave = [d for d in shown["dossiers"] if d["org"] in with_notice]
    by_track = {t: [d for d in in_wave if d["track"] == t] for t in ("notified", "person")}
    same(f"wave {n}, notices", w["notices"], len(sent))
    same(f"wave {n}, organisations", w["organisations"], len(by_track["notified"]))
    same(f"wave {n}, organisations of each kind", w["organisations"], w["new"] + w["supplements"] + w["anew"])
    same(f"wave {n}, persons", w["persons"], len(by_track["person"]))
    gone = {o for k, o in back if k == n and o in with_notice}
    same(f"wave {n}, withdrawn", [w["withdrawn"], w["persons_withdrawn"]], [sum(d["org"] in gone for d in by_track[t]) for t in ("notified", "person")])
    same(f"wave {n}, marked as withdrawn", {d["org"] for d in shown["dossiers"] if d["withdrawn"]}, gone)
    if gone:
        says(f"show of wave {n}", text, "taken back by a later plan: {} organisation(s), {} private person(s)", w["withdrawn"], w["persons_withdrawn"])
    else:
        mine = [x for x in of_wave if x["org"] in with_notice]
        same(f"wave {n}, messages and exposures", [w["messages"], w["exposures"]], [len({x["message_sha256"] for x in mine}), len({x["exposure"] for x in mine} - {None})])
    same(f"wave {n}, its table", [len(shown["dossiers"]), sum(len(d["notices"]) for d in shown["dossiers"])], [w["organisations"] + w["no_contact"] + w["internal"] + w["persons"] + w["persons_no_contact"], len(sent)])
    for d in shown["dossiers"]:
        mine = [x for x in of_wave if x["org"] == d["org"]]
        listed = {(x["messages"], x["exposures"]) for x in notices if (x["wave"], x["org"]) == (n, d["org"])} - {(d["messages"], d["exposures"])}
        same(f"wave {n}, notices of {d['org']}", listed, set())
        if mine:
            same(f"wave {n}, {d['org']}", [d["messages"], d["exposures"]], [len({x["message_sha256"] for x in mine}), len({x["exposure"] for x in mine} - {None})])
    says(f"show of wave {n}", text, "{} notice(s) of {} message(s), {} exposure(s) in all", len(sent), w["messages"], w["exposures"])
    says("report", report, f"{n} {w['state']} {w['planned'][:10]} {w['planned'][11:16]} " + " ".join(["{}"] * 10),
        *(w[k] for k in ("organisations", "new", "supplements", "anew", "withdrawn", "no_contact", "persons", "written", "messages", "exposures")))
    says("regulator", regulator, f"{n} {w['state']} {w['planned'][:10]} {w['planned'][11:16]} " + " ".join(["{}"] * 7),
        *(w[k] for k in ("organisations", "supplements", "anew", "withdrawn", "messages", "persons", "written")))
    if w["state"] == "written":
        kept = {k: then[n][k] for k in ("organisations", "no_contact", "persons", "notices", "messages", "exposures")}
        same(f"wave {n}, as the ledger has it", [w[k] for k in kept], list(kept.values()))
        signed = json.loads(run("notify", "manifest", "--wave", str(n), "--out", f"{case}/manifests", "--json"))
        same(f"wave {n}, as its manifest has it", [signed[k] for k in ("told_first", "supplemented", "told_anew", "unreachable", "persons")],
            [w[k] for k in ("new", "supplements", "anew", "no_contact", "persons")])
        with open(signed["manifest"], encoding="utf-8") as f:
            m = dict(line.split(" ", 1) for line in f.read().splitlines() if " " in line)
        same(f"wave {n}, what its manifest says was told", [int(m[k]) for k in ("notices", "messages", "exposures")], [w[k] for k in ("notices", "messages", "exposures")])
print("all of it")
