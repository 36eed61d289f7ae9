#!/usr/bin/env python3
"""page.py TOCSIN CASE: the report's page, section by section, beside the lists of the same case. Prints what is not the same."""
import collections
import html.parser
import json
import re
import subprocess
import sys

tocsin, case = sys.argv[1:3]


def rows(kind):
    out = subprocess.run([tocsin, "list", kind, "--jsonl", "--case", case], capture_output=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


class Page(html.parser.HTMLParser):
    """sections: heading -> its text; tables: caption -> rows of cells; charts: sections that hold one."""

    def __init__(self):
        super().__init__()
        self.sections, self.tables, self.charts = {}, {}, set()
        self.heading = self.caption = None
        self.into, self.text, self.cells = None, "", None

    def handle_starttag(self, tag, attrs):
        if tag in ("h2", "caption"):
            self.into, self.text = tag, ""
        elif tag == "tr":
            self.cells = []
        elif tag in ("td", "th") and self.cells is not None:
            self.into, self.text = "cell", ""
        elif tag == "svg":
            self.charts.add(self.heading)
        elif tag == "style":
            self.into = "style"
        elif tag in ("p", "li", "h3") and self.heading:
            self.sections[self.heading] += "\n"

    def handle_endtag(self, tag):
        text = " ".join(self.text.split())
        if tag == "h2":
            self.heading, self.into = text, None
            self.sections[text] = ""
        elif tag == "caption":
            self.caption, self.into = text, None
            self.tables[text] = []
        elif tag in ("td", "th") and self.cells is not None:
            self.cells.append(text)
            self.into = None
        elif tag == "tr":
            if self.caption:
                self.tables[self.caption].append(self.cells)
            self.cells = None
        elif tag == "table":
            self.caption = None
        elif tag == "style":
            self.into = None

    def handle_data(self, data):
        if self.into in ("h2", "caption", "cell"):
            self.text += data
        elif self.into is None and self.heading:
            self.sections[self.heading] += data


def same(what, got, want):
    if got != want:
        print(f"{what}: the page says {got!r}, the case {want!r}")


def says(section, words):
    text = " ".join(page.sections.get(section, "").split())
    if words not in text:
        print(f"{section}: does not say {words!r}: {text[:300]}")


def table(caption):
    if caption not in page.tables:
        print(f"no table {caption!r}")
        return []
    return page.tables[caption][1:]


page = Page()
page.feed(open(case + "/out/report.html", encoding="utf-8").read())
same("sections", [h for h in page.sections], ["Summary", "Coverage: was all of it read?", "Scope: what did the intruder reach?",
    "Exposures", "Organisations", "Timeline", "Waves of notices", "Deliveries", "Resets", "Open questions", "Decisions", "Evidence",
    "Method, and where it ends", "Proof"])
same("charts", page.charts >= {"Coverage: was all of it read?", "Exposures", "Timeline"}, True)

messages, exposures, findings, coverage = rows("messages"), rows("exposures"), rows("findings"), rows("coverage")
orgs = [o for o in rows("orgs") if o["origin"] != "ourselves" and o["messages"] > 0]  # bulk mail concerns nobody
items = rows("items")

says("Summary", f"{len(messages)}distinct messages")
says("Summary", f"{len(exposures)}distinct exposures")
says("Summary", f"{sum(x['severity'] in ('critical', 'high') for x in exposures)}of them critical or high")
says("Summary", f"{len(orgs)}organisations concerned")
certain = collections.Counter(x["certainty"] for x in exposures)
are = "is" if certain["high"] == 1 else "are"
says("Summary", f"{certain['high']} {are} certain" + (f", {certain['medium']} likely and {certain['low']} possible." if certain["low"] else
    f" and {certain['medium']} likely."))

outcomes = collections.Counter((i["outcome"]) for i in items)
got = collections.Counter()
for outcome, _, n, _ in table("Items by outcome and reason"):
    got[outcome] += int(n)
same("items by outcome", got, outcomes)
says("Coverage: was all of it read?", f"read (parsed) {100 * (outcomes['parsed'] + outcomes['partial']) / len(items):.1f} %")
within = {m["message_sha256"] for m in messages if m["verdict"] != "not_accessed"}  # as policy: scope: is in the samples
leaves = [p for p in rows("parts") if p["message_sha256"] in within and not p["type"].startswith("multipart/") and p["type"] != "message/rfc822"]
size = sum(p["n_bytes"] for p in leaves)
missed = sum(c["n_bytes"] for c in coverage if c["outcome"] != "partial" and c["part"] and "!/" not in c["part"])
says("Coverage: was all of it read?", f"read as text {100 * (size - missed) / size:.1f} %")
got = {r[0]: (int(r[1]), int(r[3])) for r in table("Parts of messages in scope by type")}
holds = {(p["message_sha256"], p["part"]): p["content_type"] or p["type"] for p in leaves}
cut = {(c["message_sha256"], c["part"].split("!/")[0]) for c in coverage}
same("parts by type", got, {t: (sum(h == t for h in holds.values()), sum(holds[k] == t for k in cut if k in holds)) for t in set(holds.values())})
same("what was not read", sorted((r[1], int(r[2])) for r in table("Content that was not, or not wholly, read as text")),
    sorted(collections.Counter(c["reason"] for c in coverage).items()))
unread = [c for c in coverage if c["outcome"] != "partial"]
says("Open questions", f"{len(unread)} parts that were not read as text")

words = {"username_password": "user name with password", "passcode_pin": "PIN or access code", "api_token": "API key or token",
    "url_credentials": "web address with password", "connection_string": "connection with password", "otp_seed": "authenticator secret",
    "vault": "password safe", "payment_card": "payment card", "national_id": "identity or tax number"}
classes = collections.defaultdict(lambda: [0] * 4)
for x in exposures:
    classes[x["class"]][("critical", "high", "medium", "low").index(x["severity"])] += 1
want = {words.get(c, c.replace("_", " ")): n + [sum(n), sum(f["class"] == c for f in findings),
    len({f["message_sha256"] for f in findings if f["class"] == c})] for c, n in classes.items()}
same("exposures by class", {r[0]: [int(n) for n in r[1:]] for r in table("Exposures by class") if r[0] != "all"}, want)
sure = {"high": "certain", "medium": "likely", "low": "possible"}
shown = [(r[0], r[1], r[2]) for r in table("Exposures, most severe first")]
same("exposures, most severe first", shown, [(x["severity"] + sure[x["certainty"]], words.get(x["class"], x["class"].replace("_", " ")), x["masked"]) for x in exposures][:len(shown)])
same("exposures that are left out", len(shown) < len(exposures), f"{len(exposures) - len(shown)} more" in page.sections["Exposures"])
order = [("critical", "high", "medium", "low").index(re.sub("(certain|likely|possible)$", "", r[0])) for r in table("Exposures, most severe first")]
same("the order of severity", order, sorted(order))

got = {r[0]: [int(n or 0) for n in r[2:8]] for r in table("Organisations by exposure")}
same("organisations", got, {o["name"]: [o[k] for k in ("exposures", "messages", "sender", "recipient", "mentioned", "owner")] for o in orgs})

wave = rows("waves")[-1]
same("waves", [int(n) for n in table("Waves")[-1][3:13]],
    [wave[k] for k in ("organisations", "new", "supplements", "anew", "withdrawn", "no_contact", "persons", "written", "messages", "exposures")])

same("files with their digests", [(r[0], r[-1]) for r in table("Files of mail")], [(s["path"], s["sha256"]) for s in rows("sources")][:200])
same("logs with theirs", [r[-1] for r in page.tables.get("Files of audit logs", [])[1:]], [s["sha256"] for s in rows("log_sources")])

# Of the runs that only read, those that were given what the one before them of their kind was not.
decided, given = [], {}
for x in rows("ledger"):
    what, new = x["what"], x["detail"].get({"scope": "actor", "attribute": "directory"}.get(x["what"]))
    by = x["detail"].get("by", x["who"])
    if what not in ("ingest", "scope", "scan", "attribute"):
        decided.append((x["seq"], by if by == x["who"] else f'{by} (account {x["who"]})', what))
    elif new and new != given.get(what):
        decided.append((x["seq"], by, what + (", actor file given" if what == "scope" else ", directory given")))
    given[what] = new
same("who decided what", [(int(r[0]), r[2], r[3]) for r in table("Who decided what, and when")], decided)

without = sorted(o["name"] for o in orgs if not o["contacts"])
same("organisations without a contact", sorted(r[0] for r in table("Organisations without a contact")), without)
says("Open questions", f"{len(without)} organisations without a contact")
same("owners that nobody gave", {(r[0], r[1], r[2]) for r in table("Mailbox owners that were inferred, and why")},
    {(m["root"], m["owner"], m["grade"]) for m in rows("mailboxes") if m["grade"] != "given"})
says("Open questions", f"{len({p['address'] for p in rows('persons')})} private persons")
undated = sum(m["date"] is None for m in messages)
says("Timeline", f"{undated} message has no date" if undated == 1 else f"{undated} messages have no date" if undated else "")
same("checks", [r[0] for r in table("Checks") if r[2] != "ok" and not r[2].startswith("not yet")], [])
print("all of it")
