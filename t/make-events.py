"""make-events.py CASE LOG MORE: a reading room's event log for what is sealed in a case, as doc/portal-api.md has it. Salts are
counted, so that a longer log goes on from a shorter one. MORE: 0 the claim, 1 also marks and questions, 2 what is not theirs, 3 more of
it after a decision, and words that would do harm, 4 new keys as well."""
import json, sqlite3, sys

case, path, more = sys.argv[1], sys.argv[2], int(sys.argv[3])
db = sqlite3.connect(case + "/case.db")
org, case_id = db.execute("SELECT s.org_id, s.case_id FROM sealed s JOIN org o ON o.id = s.org_id WHERE o.key LIKE 'Ridgeway%'").fetchone()
exposures = [e for (e,) in db.execute(
    "SELECT s.exposure FROM sealed_exposure s JOIN exposure x ON x.id = s.exposure_id WHERE s.org_id = ? AND x.class IN"
    " ('url_credentials', 'username_password') ORDER BY s.exposure", (org,))]
(record,) = db.execute("SELECT record FROM sealed_record WHERE org_id = ? ORDER BY record LIMIT 1", (org,)).fetchone()


def state(at, a, b, why):
    return {"v": 1, "at": at, "event": "state", "case": case_id, "from": a, "to": b, "reason": why}


def of(at, event, **more):
    return {"v": 1, "at": at, "event": event, "case": case_id, **more}


events = [
    {"v": 1, "at": "2026-03-01T08:00:00Z", "event": "start", "config_sha256": "00", "version": "0.1.0"},
    of("2026-03-01T08:01:00Z", "bundle", generation=1, version=1, result="taken", reason=""),
    state("2026-03-02T09:00:00Z", "NOTIFIED", "CLAIM_PENDING", "claim"),
    state("2026-03-02T10:00:00Z", "CLAIM_PENDING", "CLAIM_WAIT", "proof"),
    state("2026-03-03T10:00:00Z", "CLAIM_WAIT", "OPEN", "no_objection"),
    state("2026-03-03T11:00:00Z", "OPEN", "REVIEWING", "reviewer"),
    of("2026-03-03T11:05:00Z", "read", account="a1", record="index"),
]
if more:
    mark = dict(account="a1", person="Ann Lee", note="=cmd", application="AS2")
    events += [
        of("2026-03-03T12:00:00Z", "mark", exposure=exposures[0], mark="risk_accepted", **mark),
        of("2026-03-03T12:10:00Z", "mark", exposure=exposures[0], mark="rotated", **mark),
        of("2026-03-03T12:20:00Z", "mark", exposure="ffffffffffffffff", mark="rotated", **mark),
        of("2026-03-03T13:00:00Z", "task", account="a1", person="Ann Lee", task="logs", done=True, note=""),
        of("2026-03-03T14:00:00Z", "report", account="a1", person="Ann Lee", kind="missed", record=record, exposure=None, text="line 3"),
        of("2026-03-03T15:00:00Z", "report", account="a1", person="Ann Lee", kind="not_ours", record=None, exposure=exposures[0], text="theirs"),
        {"v": 1, "at": "2026-03-04T00:00:00Z", "event": "state", "case": "00" * 16, "from": "A", "to": "B", "reason": "claim"},
        {"v": 1, "at": "yesterday", "event": "state"},
    ]
if more > 1:
    event = dict(account="a1", person="Ann Lee", application="")
    events += [
        of("2026-03-04T10:00:00Z", "mark", record=record, mark="not_ours", note="a namesake", **event),
        of("2026-03-04T10:01:00Z", "mark", record=record, mark="not_ours", note="another firm of that name", **event),
        of("2026-03-04T10:02:00Z", "mark", record="f" * 16, mark="not_ours", note="in no dossier", **event),
        of("2026-03-04T10:03:00Z", "mark", exposure=exposures[1], mark="not_ours", note="theirs", **event),
        of("2026-03-04T10:04:00Z", "mark", exposure=exposures[1], mark="open", note="", **event),
        of("2026-03-04T10:05:00Z", "mark", exposure=exposures[1], mark="not_ours", note="not our system", **event),
    ]
if more > 2:
    events += [
        of("2026-03-04T11:00:00Z", "mark", exposure=exposures[1], mark="not_ours", note="not our system", **event),
        of("2026-03-04T11:01:00Z", "read", account="a1", record="index", EVENT="mark", Mark="rotated", Exposure=exposures[1]),
        state("2026-03-04T11:02:00Z", "REVIEWING", "\x1b]0;owned\x07\x1b[2JREVIEWING)\nInvented Ltd", "claim"),
    ]
if more > 3:
    events += [
        state("2026-03-05T09:00:00Z", "REVIEWING", "WITHDRAWN", "new_keys"),
        state("2026-03-05T09:00:00Z", "SEALED", "NOTIFIED", "bundle"),
    ]
with open(path, "w", encoding="utf-8") as f:
    for i, e in enumerate(events):
        f.write('{"salt":"%032x","entry":%s}\n' % (i + 1, json.dumps(e, separators=(",", ":"))))
