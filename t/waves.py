"""waves.py TOCSIN DIR RULES: cases of two or more waves, and who is told of how much in each. sys.argv as for judged.py."""
import json, os, sqlite3

from wave_case import *

ALPHA, BETA, GAMMA = ('Alpha Ltd', 'alpha.example', ''), ('Beta Ltd', 'beta.example', ''), ('Gamma Ltd', 'gamma.example', '')
A1 = ('a1', 'ann@alpha.example', SECRET + 'Zug-Kestrel-91')
A2 = ('a2', 'ann@alpha.example', 'See you on Monday.')
B1 = ('b1', 'bo@beta.example', SECRET + 'Quartz_Mill.44')
G1 = ('g1', 'gil@gamma.example', 'The plan is attached.')
B2 = ('b2', 'bo@beta.example', 'See you on Tuesday.')
ALL = (ALPHA, BETA, GAMMA)
ONE = ('Alpha Ltd', 'alpha.example; beta.example', '')
SENDMAIL = f'network: {{dns_server: 127.0.0.1@1}}\ndelivery: {{by: sendmail, sendmail: {top}/sendmail, return_address: bounces@us.example, pause_seconds: 0, per_minute: 1000}}\n'


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
    hands = COVERAGE + 'hands:\n  - {mailbox: all, from: 2025-06-05, to: 2025-06-12, ground: "a test"}\n'
    c = Case('what the actor file says of a mailbox is no record, also where there are some', *ALL).mail('ada', A1).mail('bob', B1)
    c.logs(record('MailItemsAccessed', **SYNC), actor=ACTOR + hands).told(Alpha='new 1 1', Beta='new 1 1')
    said = {v['message_id'][:2]: (v['reason'], v['records'], v['first'], v['last']) for v in map(json.loads, c.run('list', 'verdicts', '--jsonl', '--case', c.dir + '/case').splitlines())}
    for name, want in ('a1', ('folder_sync', 1, *['2025-06-11T10:00:00Z'] * 2)), ('b1', ('whole_mailbox', 0, *['2025-06-05T00:00:00Z'] * 2)):
        c.wrong += [] if said.get(name) == want else [f'{name}: {said.get(name)}, not {want}']
    c.end()


def withdrawn():
    c = Case('what was withdrawn is told anew, with what is known of it by then', *ALL).mail('ada', A1, A2)
    c.do('notify', 'keys')
    c.logs(bind('x', SessionId='good'), actor=ACTOR).told(Alpha='new 2 1')
    c.withdraw('Alpha Ltd').logs(bind('a1'), actor=ACTOR).told(Alpha='more 2 1').says('We have withdrawn', absent=['now known to have been opened']).told().end()


def organisations():
    c = Case('an organisation that the directory calls otherwise is told nothing again', *ALL).mail('ada', A1).logs(bind('a1')).told(Alpha='new 1 1')
    c.directory(('Aleph Ltd', 'alpha.example', ''), BETA).told().mail('bob', A2).logs(bind('a2', MailboxOwnerUPN='bob@us.example')).told(Aleph='more 1 0').end()
    c = Case('of two that the directory makes one, what either was told is not told again, but what comes later is', *ALL).mail('ada', A1, B1)
    c.logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1').directory(ONE).told().mail('bob', A2, B2)
    c.logs(bind('a2', 'b2', MailboxOwnerUPN='bob@us.example')).told(Alpha='more 2 0').told().directory(*ALL).told(Beta='more 1 0').told().end()
    c = Case('nor under a name that is neither\'s, though one of them was told to nobody, as it has no contact', BETA).mail('ada', A1, B1).logs(bind('a1', 'b1'))
    c.told(Beta='new 1 1', **{'alpha.example': 'nobody 1 1'}).directory(('Delta Ltd', 'beta.example; alpha.example', '')).told(Delta='more 1 1').told().end()
    c = Case('and of two that were told it goes on from the one told first', BETA).mail('ada', A1, A2, B1).logs(bind('a1', 'a2', 'b1'))
    c.told(Beta='new 1 1', **{'alpha.example': 'nobody 2 1'}).directory(*ALL).told(Alpha='new 2 1')
    c.directory(('Delta Ltd', 'alpha.example; beta.example', '')).told().mail('bob', B2).logs(bind('b2', MailboxOwnerUPN='bob@us.example')).told(Delta='more 1 0').told().end()
    c = Case('of two that became one, mail that was told to one of them is told once more when it is known to have been opened', *ALL).mail('ada', A1, B1)
    c.logs(bind('x', SessionId='good'), actor=ACTOR).told(Alpha='new 1 1', Beta='new 1 1').directory(ONE).logs(bind('b1'), actor=ACTOR).told(Alpha='more 1 1').told().end()
    c = Case('and what a rule finds in it that came later', *ALL).mail('ada', A1, ('b5', 'bo@beta.example', 'The ticket is QRX-4471.'))
    c.rules = self_made(c, 'none', ('NONE-', '[0-9]{4}'))
    c.logs(bind('a1', 'b5')).told(Alpha='new 1 0', Beta='new 1 0').directory(ONE).rules = self_made(c, 'later', ('QRX-', '[0-9]{4}'))
    c.told(Alpha='more 1 1').told().end()
    c = Case('what one of two never got they get when they are one: it was held, and handed to nobody', *ALL).mail('ada', A1, B1)
    c.logs(bind('a1', 'b1')).plan(Alpha='new 1 1', Beta='new 1 1').do('notify', 'hold', 'Beta Ltd', '--why', 'they asked')
    c.write().directory(ONE).told(Alpha='more 1 1').told().end()
    c = Case('or its mail had not left', *ALL, policy=SENDMAIL).mail('ada', A1, B1)
    c.logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1').directory(ONE).told(Alpha='more 1 1').told().end()
    c = Case('or two people have withdrawn it', *ALL).mail('ada', A1, B1)
    c.do('notify', 'keys')
    c.logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1').withdraw('Beta Ltd').directory(ONE).told(Alpha='more 1 1').told().end()
    c = Case('of one that the directory makes two, the second is told what is its own', ('Alpha Ltd', 'alpha.example; beta.example', '')).mail('ada', A1, B1)
    c.logs(bind('a1', 'b1')).told(Alpha='new 2 2').directory(ALPHA, BETA).told(Beta='new 1 1').told().end()
    c = Case('and who is in no directory any more is followed by the domain that is still its own', ('Alpha Ltd', 'alpha.example; gamma.example', '')).mail('ada', A1, G1, B1)
    c.logs(bind('a1', 'g1', 'b1')).told(Alpha='new 2 1', **{'beta.example': 'nobody 1 1'}).directory(ALPHA, GAMMA).told(Gamma='new 1 0').directory(GAMMA).told().end()
    c = Case('of two that were one for a time, in which nobody was told anything, the one that was told stays it', *ALL).mail('ada', A1, B1).logs(bind('b1'))
    c.told(Beta='new 1 1').directory(('Alpha Ltd', 'alpha.example; beta.example', '')).told().directory(*ALL).told().logs(bind('a1')).told(Alpha='new 1 1').told().end()
    c = Case('a name that one gives up and another takes is followed from one to the next', *ALL).mail('ada', A1, B1).logs(bind('a1', 'b1'))
    c.told(Alpha='new 1 1', Beta='new 1 1').directory(('Beta Ltd', 'alpha.example', ''), ('Delta Ltd', 'beta.example', '')).told().mail('bob', A2)
    c.logs(bind('a2', MailboxOwnerUPN='bob@us.example')).told(Beta='more 1 0').end()
    for sentence, same, told in ('two that exchange domains are told nothing until somebody says who is who: by their domains nothing again', 'domain', {}), \
            ('or by their names what the other one was told', 'name', {'Alpha': 'more 1 1', 'Beta': 'more 1 1'}):
        c = Case(sentence, *ALL).mail('ada', A1, B1).logs(bind('a1', 'b1')).plan(Alpha='new 1 1', Beta='new 1 1')
        c.directory(('Alpha Ltd', 'beta.example', ''), ('Beta Ltd', 'alpha.example', ''), GAMMA).plan(Alpha='new 1 1', Beta='new 1 1')
        c.directory(*ALL).told(Alpha='new 1 1', Beta='new 1 1').directory(('Alpha Ltd', 'beta.example', ''), ('Beta Ltd', 'alpha.example', ''), GAMMA)
        attribute = 'attribute', '--directory', c.dir + '/orgs.csv'
        c.refused(*attribute, says='alpha.example, by which Alpha Ltd was told, is Beta Ltd\'s now, and beta.example, by which Beta Ltd was told, is Alpha Ltd\'s')
        c.do(*attribute, '--same-by', same)
        c.wrong += [] if f'"same_by":"{same}"' in c.run('list', 'ledger', '--jsonl', '--case', c.dir + '/case').replace('\\', '') else ['the ledger does not say so']
        c.told(**told).told().mail('bob', A2).logs(bind('a2', MailboxOwnerUPN='bob@us.example')).told(Beta='more 1 0').end()
    c = Case('an alias that is added tells whoever is named by it', *ALL).mail('ada', ('a4', 'ann@alpha.example', 'Zanderhoek Logistics has agreed to it.')).logs(bind('a4'))
    c.told(Alpha='new 1 0').directory(ALPHA, BETA, ('Gamma Ltd', 'gamma.example', 'Zanderhoek Logistics')).told(Gamma='new 1 0').told().end()
    c = Case('whose contact is gone is listed with what is new, and stays told of the rest', *ALL).mail('ada', A1).logs(bind('a1')).told(Alpha='new 1 1')
    c.directory(('Alpha Ltd', 'alpha.example', '', ''), BETA).mail('bob', A2).logs(bind('a2', MailboxOwnerUPN='bob@us.example')).told(Alpha='nobody 1 0').told()
    c.directory(*ALL).told(Alpha='more 1 0').told().end()


def findings():
    c = Case('a secret that is found no more stays told, and is news to nobody', *ALL).mail('ada', A1, B1).logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1')
    c.rules = self_made(c, 'other', ('NONE-', '[0-9]{4}'))
    c.told().end()
    c = Case('what a rule finds that came later is told of mail that was told', *ALL).mail('ada', ('a5', 'ann@alpha.example', 'The ticket is QRX-4471.'), B1)
    c.rules = self_made(c, 'none', ('NONE-', '[0-9]{4}'))
    c.logs(bind('a5')).told(Alpha='new 1 0')
    c.rules = self_made(c, 'later', ('QRX-', '[0-9]{4}'))
    c.plan(Alpha='more 1 1').says('told of before, and we now know more about it: 1 message', absent=['now known to have been opened', '(told of before)']).write().told().end()


def persons():
    who = ('p1', 'Pia <pia.private@gmail.com>', 'My password is: Zug-Kestrel-91')
    c = Case('a private person is not told that mail was opened that may have been', *ALL, policy='policy: {notify_persons: true}\n').mail('ada', who)
    c.logs(bind('x', SessionId='good'), actor=ACTOR).plan(**{'pia.private': 'new 1 1'}).write().logs(bind('p1'), actor=ACTOR).told().end()


def to_reset(c, **want):
    """How many credentials each organisation is asked to reset."""
    got = {o['org'].split()[0].split('@')[0]: o['exposed'] for o in json.loads(c.run('report', 'resets', '--format', 'json', '--case', c.dir + '/case'))['organisations']}
    c.wrong += [] if got == want else [f'to reset: {got}, not {want}']
    return c


def persons_and_organisations():
    who, more, again = (('p1', 'Pia <pia.private@gmail.com>', SECRET + 'Zug-Kestrel-91'), ('p2', 'Pia <Pia.Private@gmail.com>', 'See you on Monday.'),
                        ('p3', 'Pia <pia.private@gmail.com>', SECRET + 'Harbour!Lamp77'))
    tells = 'policy: {notify_persons: true}\n'
    for sentence, orgs in ('whom a later directory gives to an organisation', ('Pia Ltd', 'pia.private@gmail.com', '', 'office@pia-trade.example')), \
            ('who is the contact of one', ('Pia Ltd', '', '', 'pia.private@gmail.com')), ('whose name stands there beside a domain', ('Pia Ltd', 'pia-trade.example; pia.private@gmail.com', '', 'pia.private@gmail.com')):
        c = Case(f'a private person who was told and {sentence} is told nothing again, nor that organisation', *ALL, policy=tells).mail('ada', who, A1)
        c.logs(bind('p1', 'a1')).told(Alpha='new 1 1', **{'pia.private': 'new 1 1'}).directory(*ALL, orgs).told()
        to_reset(c, Alpha=1).mail('bob', more, again).logs(bind('p2', 'p3', MailboxOwnerUPN='bob@us.example')).told(Pia='more 2 1').says('Before this notice we had told you of 1 message').told()
        to_reset(c, Alpha=1, Pia=2).end()
    c = Case('an organisation that is known by an address of free mail is the same under another name, and as a private person', *ALL, ('Pia Ltd', 'pia.private@gmail.com', '', 'pia.private@gmail.com'), policy=tells)
    c.mail('ada', who).logs(bind('p1')).told(Pia='new 1 1').directory(*ALL, ('Quay Ltd', 'pia.private@gmail.com', '', 'pia.private@gmail.com')).told()
    to_reset(c.directory(*ALL).told(), **{'pia.private': 1}).mail('bob', more).logs(bind('p2', MailboxOwnerUPN='bob@us.example')).told(**{'pia.private': 'more 1 0'})
    to_reset(c, **{'pia.private': 1}).directory(*ALL, ('Roe Ltd', '', '', 'pia.private@gmail.com')).told().end()
    c = Case('one that has domains goes by them, whoever has the address of one of its people', *ALL, ('Dal Ltd', 'dal.example', '', 'pia.private@gmail.com'), policy=tells)
    c.mail('ada', who, ('d1', 'dee@dal.example', 'See you.')).logs(bind('p1', 'd1')).told(Dal='new 2 1').directory(*ALL, ('Dal Ltd', 'dal.example', ''), ('Pia Ltd', 'pia.private@gmail.com', '', 'pia.private@gmail.com'))
    c.told(Pia='new 1 1').directory(*ALL, ('Duo Ltd', 'dal.example', '')).told().end()
    joined = ('Alpha Ltd', 'alpha.example; pia.private@gmail.com', ''), BETA, GAMMA
    for sentence, orgs, name in ('a private person', (), 'pia.private'), ('an organisation that has nothing but an address', [('Pia Ltd', '', '', 'pia.private@gmail.com')], 'Pia'):
        c = Case(f'what {sentence} has been told is told to nobody again where the address is another organisation\'s later, that was told of its own', *ALL, *orgs, policy=tells)
        c.mail('ada', who, A1).logs(bind('p1', 'a1')).told(Alpha='new 1 1', **{name: 'new 1 1'})
        c.directory(*joined).told().mail('bob', more).logs(bind('p2', MailboxOwnerUPN='bob@us.example')).told(Alpha='more 1 0').told()
        c.directory(*ALL, *orgs).told(**{name: 'more 1 0'}).told().end()
    for sentence, read, then in ('', (), 'more 1 0'), (', also where that organisation was told of other mail since', ['a1'], 'new 1 0'):
        c = Case(f'a private person who was an organisation for a time is told nothing again that was told her before{sentence}', *ALL, policy=tells).mail('ada', who, A1)
        c.logs(bind('p1')).told(**{'pia.private': 'new 1 1'}).directory(*joined)
        (c.logs(bind(*read)) if read else c).told(**{'Alpha': 'more 1 1'} if read else {}).directory(*ALL).told()
        c.mail('bob', more).logs(bind('p2', MailboxOwnerUPN='bob@us.example')).told(**{'pia.private': then}).told().end()
    c = Case('that a private person could have been read is news to the organisation where it is known to have been', *ALL, policy=tells).mail('ada', who, A1)
    c.logs(bind('x', SessionId='good'), actor=ACTOR).told(Alpha='new 1 1', **{'pia.private': 'new 1 1'})
    c.directory(*joined).told().logs(bind('p1'), actor=ACTOR).told(Alpha='more 1 1').told().end()
    c = Case('and what has not left yet is told to whose the address is', *ALL, policy=tells + SENDMAIL).mail('ada', who, A1)
    c.logs(bind('p1', 'a1')).told(Alpha='new 1 1', **{'pia.private': 'new 1 1'}).directory(*joined).told(Alpha='more 1 1').told().end()


def kept_from():
    """Mail leaves through a program that keeps a list."""
    c = Case('who is not to be written to any more is told in its wave, and gets it once when he is again', *ALL, policy=SENDMAIL)
    with open(f'{top}/sendmail', 'w') as f:
        f.write(f'#!/bin/sh\ncat >/dev/null\nfor a; do to=$a; done\necho "$to" >>{top}/left\n')
    os.chmod(f'{top}/sendmail', 0o755)

    def leaves(wave, *want):
        open(f'{top}/left', 'w').close()
        # As if every check before sending had passed just now: no name server is there to ask, which takes twenty seconds each time.
        with sqlite3.connect(c.dir + '/case/case.db') as db:
            db.execute('DELETE FROM preflight')
            db.execute("INSERT INTO preflight (name, seq, state, found, advice, when_utc) VALUES ('test', 0, 1, '', '', unixepoch(?))", (os.environ['TOCSIN_NOW'],))
        db.close()
        c.do('notify', 'send', '--wave', str(wave), '--send')
        with open(f'{top}/left') as f:
            got = sorted(f.read().split())
        c.wrong += [] if got == [f'security@{w}.example' for w in want] else [f'of wave {wave} left {got}, not {want}']
    c.do('notify', 'keys')
    c.mail('ada', A1, B1).logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1')
    leaves(1, 'alpha', 'beta')
    c.do('notify', 'cease', 'alpha.example', '--why', 'it no longer exists')
    c.mail('bob', A2, ('b2', 'bo@beta.example', 'Hello again.')).logs(bind('a2', 'b2', MailboxOwnerUPN='bob@us.example')).told(Alpha='more 1 0', Beta='more 1 0')
    leaves(2, 'beta')
    c.told().do('notify', 'resume', 'alpha.example', '--why', 'it does')
    c.told()
    leaves(2, 'alpha')
    leaves(2)
    c.end()


def rotated():
    c = Case('a credential that was rotated and stands in more mail is told of with that mail, and stays rotated', *ALL).mail('ada', A1, B1)
    c.do('notify', 'keys')
    c.logs(bind('a1', 'b1')).told(Alpha='new 1 1', Beta='new 1 1').do('notify', 'seal', '--out', c.dir + '/drop')
    db = sqlite3.connect(c.dir + '/case/case.db')
    of_alpha = ' JOIN org o ON o.id = s.org_id WHERE o.key LIKE \'Alpha%\''
    (case_id,), (exposure,) = (db.execute(f'SELECT {what}{of_alpha}').fetchone() for what in ('s.case_id FROM sealed s', 's.exposure FROM sealed_exposure s'))
    db.close()
    at = {'v': 1, 'at': '2025-07-01T00:00:00Z'}
    steps = ('NOTIFIED', 'CLAIM_PENDING', 'claim'), ('CLAIM_PENDING', 'CLAIM_WAIT', 'proof'), ('CLAIM_WAIT', 'OPEN', 'no_objection'), ('OPEN', 'REVIEWING', 'reviewer')
    events = [{**at, 'event': 'start', 'config_sha256': '00', 'version': '0.1.0'}, {**at, 'event': 'bundle', 'case': case_id, 'generation': 1, 'version': 1, 'result': 'taken', 'reason': ''},
              *[{**at, 'event': 'state', 'case': case_id, 'from': a, 'to': b, 'reason': why} for a, b, why in steps],
              {**at, 'event': 'mark', 'case': case_id, 'account': 'a1', 'person': 'Ann Lee', 'exposure': exposure, 'mark': 'rotated', 'note': '', 'application': ''}]
    with open(c.dir + '/events', 'w') as f:
        f.write(''.join('{"salt":"%032x","entry":%s}\n' % (i, json.dumps(e, separators=(',', ':'))) for i, e in enumerate(events, 1)))
    c.do('notify', 'collect', c.dir + '/events')
    c.told().mail('bob', ('a3', 'ann@alpha.example', SECRET + 'Zug-Kestrel-91'), ('a6', 'ann@alpha.example', SECRET + 'Harbour!Lamp77'))
    c.logs(bind('a3', 'a6', MailboxOwnerUPN='bob@us.example')).told(Alpha='more 2 2').do('notify', 'seal', '--out', c.dir + '/drop')
    marks = sorted(r['mark'] for r in map(json.loads, c.run('list', 'remediations', '--jsonl', '--case', c.dir + '/case').splitlines()) if r['org'] == 'Alpha Ltd')
    c.wrong += [] if marks == ['open', 'rotated'] else [f'its credentials are {marks}']
    c.told().end()


mailboxes()
verdicts()
withdrawn()
organisations()
findings()
persons()
persons_and_organisations()
kept_from()
rotated()
plan()
