"""wave_case.py: a case of some waves, and who is told of how much in each. For waves.py and histories.py: sys.argv is TOCSIN DIR RULES."""
import json, os, shutil, subprocess, sys

from tap import check, plan

tocsin, top, rules = sys.argv[1:4]
serial = 0
COVERAGE = 'coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-13, quiet_days: true, ground: "a test"}\n'
ACTOR = 'actors:\n  - {name: intruder, session_id: evil}\nothers:\n  - {session_id: good}\nwindow: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}\n'
SECRET = 'The password for the portal is: '


def record(operation, **fields):
    global serial
    serial += 1
    return {'CreationTime': '2025-06-11T10:00:00', 'Id': f'{serial:08x}-0000-0000-0000-000000000000', 'Operation': operation, 'RecordType': 50, 'ResultStatus': 'Succeeded',
            'UserType': 0, 'Workload': 'Exchange', 'UserId': 'ada@us.example', 'LogonType': 0, 'MailboxOwnerUPN': 'ada@us.example', 'SessionId': 'evil', **fields}


def bind(*names, **fields):
    return record('MailItemsAccessed', OperationCount=len(names), OperationProperties=[{'Name': 'MailAccessType', 'Value': 'Bind'}, {'Name': 'IsThrottled', 'Value': 'False'}],
                  Folders=[{'Id': 'LgA', 'Path': '\\Inbox', 'FolderItems': [{'InternetMessageId': f'<{n}@them.example>'} for n in names]}], **fields)


SYNC = {'OperationProperties': [{'Name': 'MailAccessType', 'Value': 'Sync'}, {'Name': 'IsThrottled', 'Value': 'False'}],
        'Item': {'Id': 'LgA', 'ParentFolder': {'Id': 'LgA', 'Name': 'Inbox', 'Path': '\\Inbox'}}}


class Case:
    def __init__(self, sentence, *orgs, policy=''):
        self.sentence, self.dir, self.wave, self.wrong, self.n_logs = sentence, f'{top}/{len(os.listdir(top))}', 0, [], 0
        os.makedirs(self.dir)
        self.run('init', '--domain', 'us.example', self.dir + '/case')
        with open(self.dir + '/case/case.yaml', 'w') as f:
            f.write('incident: {title: "A test"}\nus: {name: "Us", domains: [us.example]}\n'
                    'sender: {name: "Ann Sender", title: "Officer", address: ann@us.example, phone: "+353 1 555 0100"}\nlanguages: [en]\n' + policy)
        self.directory(*orgs)
        self.contained, self.rules = ACTOR + COVERAGE, rules

    def run(self, *words):
        r = subprocess.run([tocsin, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if r.returncode > 1:
            self.wrong.append(f'{" ".join(words)} ended with {r.returncode}: {r.stderr[:300]}')
        return r.stdout

    def do(self, *words):
        return self.run(*words, '--quiet', '--case', self.dir + '/case')

    def refused(self, *words, says):
        r = subprocess.run([tocsin, *words, '--quiet', '--case', self.dir + '/case'], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.wrong += [] if r.returncode == 3 else [f'{" ".join(words)} ended with {r.returncode}']
        self.wrong += [f'"{says}" is not in {r.stderr}'] if says not in r.stderr else []
        return self

    def directory(self, *orgs):
        with open(self.dir + '/orgs.csv', 'w') as f:
            f.write('name,domains,aliases,country,language,contacts,tenant,notes\n')
            for name, domains, aliases, *contact in orgs:
                to = contact[0] if contact else f'security@{domains.split(";")[0].strip()}'
                f.write(f'{name},{domains},{aliases},GB,en,{to and to + " (security)"},,\n')
        return self

    def mail(self, box, *mails):
        """Of each: name, sender, text. All of 2 June, in the inbox."""
        for name, sender, text in mails:
            os.makedirs(f'{self.dir}/mail/{box}/Inbox', exist_ok=True)
            with open(f'{self.dir}/mail/{box}/Inbox/{name}.eml', 'w') as f:
                f.write(f'Received: from a.example by mx1.us.example; Mon, 02 Jun 2025 08:00:00 +0000\nDate: Mon, 02 Jun 2025 08:00:00 +0000\nFrom: {sender}\n'
                        f'To: ada@us.example, bob@us.example\nSubject: {name}\nMessage-ID: <{name}@them.example>\n\n{text}\n')
        self.do('ingest', '--mailbox', f'{box}@us.example', f'{self.dir}/mail/{box}')
        return self

    def logs(self, *records, actor=None):
        self.n_logs += 1
        os.makedirs(self.dir + '/logs', exist_ok=True)
        with open(f'{self.dir}/logs/{self.n_logs}.jsonl', 'w') as f:
            f.write(''.join(json.dumps(r) + '\n' for r in records))
        with open(self.dir + '/actor.yaml', 'w') as f:
            f.write(actor or self.contained)
        self.do('scope', '--logs', self.dir + '/logs', '--actor', self.dir + '/actor.yaml')
        return self

    def plan(self, **want):
        """want: Alpha='new 2 1': how, of how many messages, with how many exposures. Who is not there is told nothing."""
        self.do('scan', '--rules', self.rules)
        self.do('attribute', '--directory', self.dir + '/orgs.csv')
        planned = json.loads(self.do('notify', 'plan', '--json') or '{}')
        self.planned = json.loads(self.do('notify', 'show', '--json') or '{}') if planned.get('wave') else {}
        got = {}
        for o in self.planned.get('dossiers', []):
            if o['track'] != 'internal':
                how = 'nobody' if not o['notices'] else 'new' if o['version'] == 1 else 'more'
                got[o['name'].split()[0].split('@')[0]] = f'{how} {o["messages"]} {o["exposures"]}'
        self.wave += 1
        if got != want:
            self.wrong.append(f'plan {self.wave}: {got}, not {want}')
        return self

    def write(self):
        for who in ('Ann', 'Ben'):
            self.do('notify', 'approve', '--by', who)
        self.do('notify', 'write')
        return self

    def withdraw(self, org):
        """The notice of the wave that was planned last, by two people."""
        notice = next(o['notices'][0]['notice'] for o in self.planned['dossiers'] if o['org'] == org)
        for who in ('Ann', 'Ben'):
            self.do('notify', 'withdraw', '--notice', notice, '--by', who, '--why', 'wrong date')
        return self

    def says(self, *words, absent=()):
        text = ' '.join(self.do('notify', 'show', '--text').split())
        self.wrong += [f'the notices do not say "{w}"' for w in words if w not in text] + [f'the notices say "{w}"' for w in absent if w in text]
        return self

    def told(self, **want):
        return self.plan(**want).write() if want else self.plan()

    def end(self):
        self.do('report')
        checked = self.run('report', '--check', '--case', self.dir + '/case').splitlines()
        self.wrong += [] if checked[-1:] and checked[-1].endswith(', 0 broken') else [f'report --check: {line}' for line in checked if not line.startswith('ok ')]
        check(not self.wrong, self.sentence, '\n'.join(self.wrong))
        shutil.rmtree(self.dir + '/mail', ignore_errors=True)


def change_directory(world, kinds, domains):
    """One change to world.directory by world.r: of what kind, in words. domains(kind): those that may come new."""
    r, d = world.r, world.directory
    what = r.choice(kinds)
    one, other = r.sample(list(d), 2) if len(d) > 1 else (next(iter(d)), None)
    free = [x for x in domains(what) if not any(x in o['domains'] for o in d.values())]
    if what == 'rename':
        d[world.names.pop()] = d.pop(one)
    elif what == 'join' and other:
        d[one]['domains'] += d.pop(other)['domains']
    elif what == 'part' and len(d[one]['domains']) > 1:
        world.enter([d[one]['domains'].pop()])
    elif what == 'move' and other and len(d[one]['domains']) > 1:
        d[other]['domains'].append(d[one]['domains'].pop())
    elif what == 'drop' and other:
        del d[one]
    elif what in ('add', 'below') and free:
        world.enter([r.choice(free)])
    elif what == 'contact':
        d[one]['contact'] = not d[one]['contact']
    elif what == 'alias':
        for n, o in d.items():
            o['alias'] = n == one and not o['alias']
    return f'{what}: {json.dumps(d)}'


def self_made(case, name, *made):
    """A folder with a rule of each (anchor, what follows it)."""
    folder = f'{case.dir}/rules-{name}'
    os.makedirs(folder)
    with open(folder + '/made.yaml', 'w') as f:
        f.write('rules:\n')
        for i, (anchor, rest) in enumerate(made):
            f.write(f'  - id: made-{i}\n    name: A made rule\n    class: password\n    severity: high\n    anchors: ["{anchor}"]\n    pattern: \'{anchor}{rest}\'\n'
                    f'    examples: {{match: [{{text: "{anchor}4471", value: "{anchor}4471"}}], no_match: ["x"]}}\n')
    return folder
