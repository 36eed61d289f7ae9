"""waves.py TOCSIN DIR RULES: cases of two or more waves, and who is told of how much in each. sys.argv as for judged.py."""
import json, os, shutil, subprocess, sys

from tap import check, plan

tocsin, top, rules = sys.argv[1:4]
serial = 0
COVERAGE = 'coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-13, quiet_days: true, ground: "a test"}\n'
ACTOR = 'actors:\n  - {name: intruder, session_id: evil}\nothers:\n  - {session_id: good}\nwindow: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}\n'
ALPHA, BETA, GAMMA = ('Alpha Ltd', 'alpha.example', ''), ('Beta Ltd', 'beta.example', ''), ('Gamma Ltd', 'gamma.example', '')
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


A1 = ('a1', 'ann@alpha.example', SECRET + 'Zug-Kestrel-91')
A2 = ('a2', 'ann@alpha.example', 'See you on Monday.')
B1 = ('b1', 'bo@beta.example', SECRET + 'Quartz_Mill.44')
G1 = ('g1', 'gil@gamma.example', 'The plan is attached.')
ALL = (ALPHA, BETA, GAMMA)


def mailboxes():
    c = Case('a mailbox that comes later is told to those whom it concerns, and to nobody else', *ALL).mail('ada', A1, B1)
    c.logs(bind('a1')).told(Alpha='new 1 1').mail('bob', A2, G1, ('a3', 'ann@alpha.example', SECRET + 'Zug-Kestrel-91'))
    c.logs(bind('a2', 'g1', 'a3', MailboxOwnerUPN='bob@us.example', UserId='bob@us.example')).plan(Alpha='more 2 1', Gamma='new 1 0')
    c.says('Before this notice we had told you of 1 message', '(told of before)', 'not told of before: 2 messages').write().told().end()
    c = Case('the same mail in a mailbox that comes later is nothing new', *ALL).mail('ada', A1).logs(bind('a1')).told(Alpha='new 1 1').mail('bob', A1)
    c.logs(bind('a1', MailboxOwnerUPN='bob@us.example')).told().end()


def verdicts():
    unknown = ACTOR  # nobody vouches for the logs
    c = Case('a log by which mail must be presumed read, which could have been, is nothing new', *ALL).mail('ada', A1, B1)
    c.logs(bind('x', SessionId='good'), actor=unknown).told(Alpha='new 1 1', Beta='new 1 1')
    c.logs(record('MailItemsAccessed', **SYNC), actor=unknown).told().end()
    c = Case('a log by which mail was opened that could have been is told once', *ALL).mail('ada', A1, A2, B1)
    c.logs(bind('x', SessionId='good'), actor=unknown).told(Alpha='new 2 1', Beta='new 1 1').logs(bind('a1'), actor=unknown).plan(Alpha='more 1 1')
    c.says('of these, now known to have been opened: 1 message', 'told of before, and we now know more about it: 1 message', 'opened: 1 message', '(told of before)',
           absent=['not told of before'])
    c.write().told().logs(bind('a1'), bind('a2'), actor=unknown).told(Alpha='more 1 0').told().end()
    c = Case('a later log by which less was opened tells nobody anything', *ALL).mail('ada', A1, B1).logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1')
    c.logs(actor=ACTOR.replace('evil', 'nobody') + COVERAGE).told().logs().told().end()
    c = Case('mail that was proved not to be opened is told when it is not any more', *ALL).mail('ada', A1, B1).logs(bind('a1')).told(Alpha='new 1 1')
    c.logs(actor=ACTOR).told(Beta='new 1 1').end()
    c = Case('what is planned when a message is found to be opened is planned anew, and told once', *ALL).mail('ada', A1)
    c.logs(bind('x', SessionId='good'), actor=unknown).plan(Alpha='new 1 1').logs(bind('a1'), actor=unknown)
    c.told(Alpha='new 1 1').says('opened: 1 message').told().end()
    c = Case('an organisation without a contact is told of all when it has one, as it is then', ('Alpha Ltd', 'alpha.example', '', ''), BETA)
    c.mail('ada', A1, A2).logs(bind('x', SessionId='good'), actor=unknown).told(Alpha='nobody 2 1').logs(bind('a1'), actor=unknown).directory(*ALL)
    c.told(Alpha='new 2 1').says('opened: 1 message', absent=['told of before']).told().end()


def withdrawn():
    c = Case('what was withdrawn is told anew, with what is known of it by then', *ALL).mail('ada', A1, A2)
    c.do('notify', 'keys')
    c.logs(bind('x', SessionId='good'), actor=ACTOR).told(Alpha='new 2 1')
    notice = c.planned['dossiers'][0]['notices'][0]['notice']
    for who in ('Ann', 'Ben'):
        c.do('notify', 'withdraw', '--notice', notice, '--by', who, '--why', 'wrong date')
    c.logs(bind('a1'), actor=ACTOR).told(Alpha='more 2 1').says('We have withdrawn', absent=['now known to have been opened']).told().end()


def organisations():
    c = Case('an organisation that the directory calls otherwise is told nothing again', *ALL).mail('ada', A1).logs(bind('a1')).told(Alpha='new 1 1')
    c.directory(('Aleph Ltd', 'alpha.example', ''), BETA).told().mail('bob', A2).logs(bind('a2', MailboxOwnerUPN='bob@us.example')).told(Aleph='more 1 0').end()
    c = Case('of two that the directory makes one, what was told under the first name is not told again', *ALL).mail('ada', A1, B1)
    c.logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1').directory(('Alpha Ltd', 'alpha.example; beta.example', '')).told(Alpha='more 1 1').told().end()
    c = Case('of one that the directory makes two, the second is told what is its own', ('Alpha Ltd', 'alpha.example; beta.example', '')).mail('ada', A1, B1)
    c.logs(bind('a1', 'b1')).told(Alpha='new 2 2').directory(ALPHA, BETA).told(Beta='new 1 1').told().end()
    c = Case('an alias that is added tells whoever is named by it', *ALL).mail('ada', ('a4', 'ann@alpha.example', 'Zanderhoek Logistics has agreed to it.')).logs(bind('a4'))
    c.told(Alpha='new 1 0').directory(ALPHA, BETA, ('Gamma Ltd', 'gamma.example', 'Zanderhoek Logistics')).told(Gamma='new 1 0').told().end()
    c = Case('whose contact is gone is listed with what is new, and stays told of the rest', *ALL).mail('ada', A1).logs(bind('a1')).told(Alpha='new 1 1')
    c.directory(('Alpha Ltd', 'alpha.example', '', ''), BETA).mail('bob', A2).logs(bind('a2', MailboxOwnerUPN='bob@us.example')).told(Alpha='nobody 1 0').told()
    c.directory(*ALL).told(Alpha='more 1 0').told().end()


def self_made(case, name, anchor, pattern):
    """A folder with one rule."""
    folder = f'{case.dir}/rules-{name}'
    os.makedirs(folder)
    with open(folder + '/made.yaml', 'w') as f:
        f.write(f'rules:\n  - id: made\n    name: A made rule\n    class: password\n    severity: high\n    anchors: ["{anchor}"]\n    pattern: \'{pattern}\'\n'
                f'    examples: {{match: [{{text: "{anchor}4471", value: "{anchor}4471"}}], no_match: ["x"]}}\n')
    return folder


def findings():
    c = Case('a secret that is found no more stays told, and is news to nobody', *ALL).mail('ada', A1, B1).logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1')
    c.rules = self_made(c, 'other', 'NONE-', 'NONE-[0-9]{4}')
    c.told().end()
    c = Case('what a rule finds that came later is told of mail that was told', *ALL).mail('ada', ('a5', 'ann@alpha.example', 'The ticket is QRX-4471.'), B1)
    c.rules = self_made(c, 'none', 'NONE-', 'NONE-[0-9]{4}')
    c.logs(bind('a5')).told(Alpha='new 1 0')
    c.rules = self_made(c, 'later', 'QRX-', 'QRX-[0-9]{4}')
    c.plan(Alpha='more 1 1').says('told of before, and we now know more about it: 1 message', absent=['now known to have been opened', '(told of before)']).write().told().end()


def persons():
    who = ('p1', 'Pia <pia.private@gmail.com>', 'My password is: Zug-Kestrel-91')
    c = Case('a private person is not told that mail was opened that may have been', *ALL, policy='policy: {notify_persons: true}\n').mail('ada', who)
    c.logs(bind('x', SessionId='good'), actor=ACTOR).plan(**{'pia.private': 'new 1 1'}).write().logs(bind('p1'), actor=ACTOR).told().end()


mailboxes()
verdicts()
withdrawn()
organisations()
findings()
persons()
plan()
