"""judged.py: a case of two mailboxes, logs put to it, and the verdicts that are wanted. For records.py and others: sys.argv is TOCSIN DIR.

Two mailboxes. ada has one and two (Inbox), three (Archive), all of 2 June, seven (Inbox, 11 June 18:00) and four (Inbox, 23 June); bob has
five of 2 June and six of 23 June. The intruder had access from 10 to 12 June; records are of 11 June, 10:00, unless they say otherwise. The
logs are vouched for, so that what nothing reaches is not accessed: which is what a row does not mention has to be."""
import json, os, shutil, subprocess, sys

tocsin, top = sys.argv[1:3]
count, failed = 0, 0
EARLY, LATE = 'Mon, 02 Jun 2025 08:00:00 +0000', 'Mon, 23 Jun 2025 08:00:00 +0000'
MAIL = [('ada', 'Inbox', 'one', EARLY), ('ada', 'Inbox', 'two', EARLY), ('ada', 'Archive', 'three', EARLY), ('ada', 'Inbox', 'four', LATE),
        ('bob', 'Inbox', 'five', EARLY), ('bob', 'Inbox', 'six', LATE), ('ada', 'Inbox', 'seven', 'Wed, 11 Jun 2025 18:00:00 +0000')]
ACTOR = '''actors:
  - {name: intruder, any: [{session_id: evil}, {ip: 203.0.113.9}, {app_id: evil-app}, {user: mallory@evil.example}]}
others:
  - {session_id: good}
window: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}
coverage:
  - {mailbox: all, from: 2025-05-01, to: 2025-06-13, quiet_days: true, ground: "a test"}
'''
COVERED, LATER = 'not_accessed covered', 'not_accessed arrived_after'
UNTOUCHED = {m[2]: LATER if m[3] == LATE else COVERED for m in MAIL}


def run(*words, want=(0,)):
    r = subprocess.run([tocsin, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if r.returncode not in want:
        sys.exit(f'Bail out! {" ".join(words)} ended with {r.returncode}: {r.stderr[:500]}')
    return r.stdout


def make_case():
    run('init', '--domain', 'us.example', f'{top}/base')
    for box, folder, name, date in MAIL:
        os.makedirs(f'{top}/mail/{box}/{folder}', exist_ok=True)
        with open(f'{top}/mail/{box}/{folder}/{name}.eml', 'w') as f:
            f.write(f'Received: from a.example by mx1.us.example; {date}\nDate: {date}\nFrom: x@them.example\nTo: {box}@us.example\nSubject: {name}\n'
                    f'Message-ID: <{name}@them.example>\n\nText of {name}.\n')
    for box in ('ada', 'bob'):
        run('ingest', '--quiet', '--case', f'{top}/base', '--mailbox', f'{box}@us.example', f'{top}/mail/{box}')


def judged(files, options=(), written=1749772800):
    """written: the files' time; else 13 June 2025."""
    case, logs = f'{top}/case', f'{top}/logs'
    for d in (case, logs):
        shutil.rmtree(d, ignore_errors=True)
    shutil.copytree(f'{top}/base', case)
    os.mkdir(logs)
    for name, data in files.items():
        with open(f'{logs}/{name}', 'wb') as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        os.utime(f'{logs}/{name}', (written, written))
    run('scope', '--quiet', '--case', case, '--logs', logs, '--actor', f'{top}/actor.yaml', *options, want=(0, 1))
    said = {}
    for v in listed('verdicts'):
        said[(v['message_id'] or 'an item').split('@')[0]] = v['verdict'] + ' ' + v['reason']
    return said


def lines(records):
    return {'a.jsonl': ''.join(json.dumps(r) + '\n' for r in records)}


def ok(good, sentence, notes=()):
    global count, failed
    count += 1
    failed += not good
    print(f'{"" if good else "not "}ok {count} - {sentence}')
    for n in [] if good else notes:
        print(f'# {n}')


def is_(sentence, records, want=None, **how):
    """want: {'one two': 'accessed named'}; records: one, a list, or {file name: bytes}."""
    expected = dict(UNTOUCHED)
    for names, verdict in (want or {}).items():
        for name in names.split():
            expected[name] = verdict
    said = judged(records if isinstance(records, dict) and 'Id' not in records and 'RequestId' not in records else lines(records if isinstance(records, list) else [records]), **how)
    wrong = [f'{n}: {said.get(n)}, not {expected.get(n)}' for n in {**expected, **said} if said.get(n) != expected.get(n)]
    ok(not wrong, sentence, wrong)


def listed(table):
    """Rows of the case that was judged last."""
    return [json.loads(line) for line in run('list', table, '--jsonl', '--case', f'{top}/case').splitlines()]


def begin():
    make_case()
    with open(f'{top}/actor.yaml', 'w') as f:
        f.write(ACTOR)


def done():
    print(f'1..{count}')
    sys.exit(failed != 0)


serial = 0


def record(operation, when='2025-06-11T10:00:00', **fields):
    global serial
    serial += 1
    r = {'CreationTime': when, 'Id': f'{serial:08x}-0000-0000-0000-000000000000', 'Operation': operation, 'RecordType': 2, 'ResultStatus': 'Succeeded',
         'UserType': 0, 'Workload': 'Exchange', 'UserId': 'ada@us.example', 'ClientIPAddress': '198.51.100.7', 'ClientInfoString': 'Client=OWA',
         'LogonType': 0, 'MailboxOwnerUPN': 'ada@us.example', 'SessionId': 'evil', **fields}
    return {k: v for k, v in r.items() if v is not None}


def item(name):
    return {'Id': 'RgA', 'InternetMessageId': f'<{name}@them.example>', 'ParentFolder': {'Id': 'LgA', 'Path': '\\Inbox'}, 'Subject': name}


def bind(names, when='2025-06-11T10:00:00', throttled='False', **fields):
    return record('MailItemsAccessed', when, **{'RecordType': 50, 'OperationCount': len(names.split()),
        'OperationProperties': [{'Name': 'MailAccessType', 'Value': 'Bind'}, {'Name': 'IsThrottled', 'Value': throttled}],
        'Folders': [{'Id': 'LgA', 'Path': '\\Inbox', 'FolderItems': [{'InternetMessageId': f'<{n}@them.example>'} for n in names.split()]}], **fields})


GOOD = {'SessionId': 'good'}
INBOX = {'Id': 'LgA', 'ParentFolder': {'Id': 'LgA', 'Name': 'Inbox', 'Path': '\\Inbox'}}
ADAS = 'one two three'
NAMED, DESTROYED, SENT = 'accessed named', 'accessed destroyed', 'accessed sent'
UNTOLD, PERHAPS = 'presumed not_narrowed', 'unknown not_narrowed'
