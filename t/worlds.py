"""worlds.py TOCSIN DIR RULES: random incidents. Mailboxes of several forms share mail and hold it twice; logs of Microsoft 365, Google and
Dovecot come in several lots; what somebody vouches for, the intruder's window, mailboxes in his hands, the policy and the directory change; a
mailbox moves to another folder, a notice is withdrawn; the directory gives a private person's address to an organisation of its own, to one that
has domains, or to none; what was sealed is marked as reset, and no more. A model says by tocsin-verdicts(5), tocsin-attribute(1), tocsin-notify(1)
and tocsin-report(1) what each wave tells whom, message by message and exposure by exposure, and what is still to be reset. Then all is done once more elsewhere, in another order, with four workers, and
each run killed at some moment first: everybody must be told the same by the same bytes."""
import copy, email.utils, json, os, random, re, shutil, sqlite3, subprocess, time

from wave_case import change_directory, check, plan, rules, tocsin, top
from world_parts import SAYS, bind, card, dovecot, google, iban, june, sync

count, _, first = os.environ.get('TOCSIN_WORLDS', '').partition(',')
seeds = range(int(first or 1), int(first or 1) + int(count)) if count else (2, 7, 10)
DOMAINS, BOXES, PIA, NEVER = [f'd{i}.example' for i in range(8)], ('ada', 'bob', 'cyn', 'dov'), 'pia.private', 99
ALIAS, ALL = 'Zanderhoek Logistics', ['accessed', 'presumed', 'unknown']
NAMES = 'Aleph Beth Gimel Daleth Waw Zayin Heth Teth Yodh Kaph Lamedh Nun Samekh Ayin Tsade Qoph Resh Shin'.split()


class Told:
    """Of an organisation or person, by wave: messages, those as opened, and exposures in messages; and what was listed without a contact."""
    def __init__(self):
        self.waves, self.listed, self.first, self.domains, self.was, self.noted = {}, (set(), set(), set()), NEVER, set(), set(), False
        self.as_person, self.as_what, self.marks = set(), {}, {}  # of waves, those that told a person, and of what as a party or an owner; of exposures, what became of them

    def goes_by(self):
        """Whoever has domains goes by them, and not by the address of one of its people."""
        return self.was - {PIA} or self.was

    def had_as(self, contact):
        """Of what it was told as a party, and as an owner, which is no news to who was told as a person."""
        return {(n, x) for k, what in self.as_what.items() if k or not contact for n, role in what for x in [role, *['owner'] * (k in self.as_person)]}

    def told_at_address(self):
        """What was told to a person, or to who had nothing but that address."""
        some = [what for k, what in self.waves.items() if k in self.as_person or self.was | self.domains == {PIA}]
        return [set().union(*(what[i] for what in some)) for i in range(3)]

    def to_reset(self):
        """Of credentials, those that it was asked to reset as an organisation; None: it was not."""
        as_one = [k for k in self.waves if k not in self.as_person]
        if not as_one:
            return None
        return {s for k, (_, _, found) in [*self.waves.items(), *([(0, self.listed)] if self.listed[2] else [])] if k <= max(as_one) for _, s in found}

    def had(self, contact):
        told = [set().union(*(w[i] for w in self.waves.values())) for i in range(3)]
        return told if contact else [a | b for a, b in zip(told, self.listed)]


class World:
    """What is the case at some moment, and how it goes on."""
    def __init__(self, seed):
        self.seed, self.r, self.of_pia, self.pia = seed, random.Random(seed), random.Random(seed + 1000003), None
        r = self.r
        self.boxes = list(BOXES[:r.randint(2, 4)])
        self.form = {b: r.choice(['eml', 'mbox', 'maildir', 'mixed']) for b in self.boxes}
        self.covered, self.microsoft = ({b: r.random() < p for b in self.boxes} for p in (0.5, 0.7))
        self.unchanged, self.end, self.scope = r.random() < 0.5, june(12, 12), r.choice([ALL, ALL, ['accessed', 'presumed'], ['accessed']])
        self.persons_from, self.mentioned, self.persons = r.choice([NEVER, NEVER, 0, 1]), r.random() < 0.5, False
        self.mails, self.secrets, self.copies = {}, {}, {}  # copies: of mail in a mailbox, its folders
        self.named, self.syncs, self.hands, self.google, self.seen = set(), [], set(), False, set()
        self.directory, self.names, self.told, self.log, self.number, self.logged = {}, r.sample(NAMES, len(NAMES)), {}, [], 0, False
        self.of_resets = random.Random(seed + 2000003)
        self.resets, self.events = self.of_resets.random() < 0.2, [{'event': 'start', 'config_sha256': '00', 'version': '0.1.0'}]
        for domain in r.sample(DOMAINS, r.randint(2, 6)):
            if self.directory and r.random() < 0.35:
                r.choice(list(self.directory.values()))['domains'].append(domain)
            else:
                self.enter([domain], r.random() < 0.85)

    def enter(self, domains, contact=True):
        self.directory[self.names.pop()] = {'domains': domains, 'contact': contact, 'alias': False, 'address': False, 'two': self.r.random() < 0.3}

    def secret(self):
        r, n = self.r, len(self.secrets) + 1
        kind = r.choice([*SAYS, 'host'])
        value = {'iban': iban(r.randint(10**8, 10**9)), 'card': card(r.randint(10**12, 10**13)), 'key': 'AKIA' + ''.join(r.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=16))}
        self.secrets[f's{n}'] = {'kind': kind, 'value': value.get(kind, f'Zug-Kestrel-{n}{r.randint(100, 999)}'), 'host': r.choice(DOMAINS) if kind == 'host' else None}
        return f's{n}'

    def mail(self):
        r, name, k = self.r, f'm{len(self.mails) + 1}', self.r.random()
        kind = 'person' if k < 0.12 else 'out' if k < 0.25 else 'internal' if k < 0.35 else 'in'
        m = {'kind': kind, 'of': r.choice(DOMAINS), 'below': r.choice(['', '', 'hr.', 'mail.']), 'day': r.choice([1, 2, 5, 6, 10, 20]), 'alias': r.random() < 0.15}
        m['cc'] = [r.choice([d for d in DOMAINS if d != m['of']])] if kind == 'in' and r.random() < 0.25 else []
        some = [r.choice(list(self.secrets)) if self.secrets and r.random() < 0.4 else self.secret() for _ in range(r.choice([0, 0, 1, 1, 2]))]
        m['secrets'], m['to'] = list(dict.fromkeys(some)), r.sample(self.boxes, r.choice([1, 1, 2]))
        m['alias'] = m['alias'] or (any(self.secrets[s]['host'] for s in some) and r.random() < 0.6)  # so that an owner is mentioned, too
        self.mails[name] = m
        return name

    def raw(self, name, box):
        m, ours = self.mails[name], [f'{b}@us.example' for b in self.mails[name]['to']]
        date, theirs = email.utils.format_datetime(june(m['day'])), f'ann@{m["below"]}{m["of"]}'
        sender = {'person': 'Pia <pia.private@gmail.com>', 'out': ours[0], 'internal': 'eve@us.example', 'in': theirs}[m['kind']]
        says = [SAYS[s['kind']].format(s['value'], host=s['host']) for s in map(self.secrets.get, m['secrets'])] + [f'{ALIAS} has agreed to it.'] * m['alias']
        return f'Received: from a.example by mx1.us.example for <{box}@us.example>; {date}\nDate: {date}\nFrom: {sender}\nTo: {theirs if m["kind"] == "out" else ", ".join(ours)}\n' + \
            ''.join(f'Cc: cy@{c}\n' for c in m['cc']) + f'Subject: about {name}\nMessage-ID: <{name}@them.example>\n\n' + '\n\n'.join(['Hello,', *says, 'See you on Monday.']) + '\n'

    def step(self, wave):
        """What changes before that wave; new are mails and their folders by mailbox, logs what is logged besides."""
        r, self.new, self.logs, said = self.r, {b: [] for b in self.boxes}, [], []
        for _ in range((r.random() < 0.8) * r.randint(0, 3) if wave else r.randint(2, 6)):
            name = self.mail()
            for b in self.mails[name]['to']:
                self.new[b] += [(name, f) for f in (['Sent'] if self.mails[name]['kind'] == 'out' else r.choice([['Inbox'], ['Inbox'], ['Archive'], ['Inbox', 'Archive']]))]
        if wave and r.random() < 0.25:
            self.new[r.choice(self.boxes)].append((r.choice(list(self.mails)), r.choice(['Inbox', 'Archive'])))
        for b in self.boxes:
            self.new[b] = [(n, f) for n, f in dict.fromkeys(self.new[b]) if f not in self.copies.get((n, b), ())]
            for n, f in self.new[b]:
                self.copies.setdefault((n, b), set()).add(f)
            if self.microsoft[b] and b not in self.seen:
                self.seen.add(b)
                self.logs.append(bind(b, ['zero'], june(4), SessionId='good'))
            opened = sorted(n for n, box in self.copies if box == b and (n, b) not in self.named and self.mails[n]['day'] < 12 and r.random() < (0.16 if wave else 0.35))
            kind, self.number = 'microsoft' if self.microsoft[b] else r.choice(['dovecot', 'google']), self.number + 1
            if opened:
                self.logs += {'microsoft': lambda: [bind(b, opened, june(11, 10))], 'dovecot': lambda: dovecot(b, opened, june(11, 10), self.number),
                              'google': lambda: [google(b, n, june(11, 10), 100 * self.number + i) for i, n in enumerate(opened)]}[kind]()
                self.google = self.google or kind == 'google'
                self.named.update((n, b) for n in opened)
                said.append(f'{kind} names {opened} in {b}')
            there = sorted({f for (n, box), fs in self.copies.items() if box == b for f in fs if f != 'Sent'})
            if self.microsoft[b] and there and r.random() < 0.12:
                self.syncs.append((b, r.choice(there), r.choice([june(4, 12), june(11, 10)])))
                self.logs.append(sync(*self.syncs[-1]))
                said.append(f'sync {self.syncs[-1]}')
        self.moved, self.withdraws, self.persons = r.choice(self.boxes) if wave and r.random() < 0.2 else None, r.random() if r.random() < 0.3 else None, wave >= self.persons_from
        if wave:
            self.end = june(25, 12) if r.random() < 0.15 else self.end
            self.hands ^= {r.choice(self.boxes)} if r.random() < 0.1 else set()
            self.covered[r.choice(self.boxes)] ^= r.random() < 0.15
            self.mentioned = self.mentioned or r.random() < 0.4
            said += [self.name_owner()] if r.random() < 0.3 else []
            self.scope = r.choice([ALL, ['accessed', 'presumed'], ['accessed']]) if r.random() < 0.1 else self.scope
            said += [change_directory(self, ['rename', 'join', 'part', 'drop', 'add', 'below', 'contact', 'alias', 'move'], lambda what: ['hr.' + x for x in DOMAINS] if what == 'below' else DOMAINS)] if r.random() < 0.6 else []
        if self.of_pia.random() < (0.4 if wave else 0.15):
            self.pia = self.of_pia.choice([None, *['Pia' + x for x in ('bakes', 'trades', 'sails')], *list(self.directory)[:2]])
            for n, o in self.directory.items():
                o['address'] = n == self.pia
            self.pia = self.pia if self.pia not in self.directory else None
            said.append(f'the person is {self.at_address()}')
        self.logged = self.logged or bool(self.logs)
        self.log += [f'wave {wave + 1}: new {self.new}', *said, f'end {self.end}, hands {self.hands}, covered {self.covered}, scope {self.scope}, mentioned {self.mentioned}, moved {self.moved}']

    def name_owner(self):
        """The alias becomes that of who owns a secret in mail that has it."""
        owners = sorted({self.org_of('vpn.' + self.secrets[s]['host']) for m in self.mails.values() if m['alias'] for s in m['secrets'] if self.secrets[s]['host']} & set(self.directory))
        of = self.r.choice(owners) if owners else None
        for n, o in self.directory.items():
            o['alias'] = n == of if owners else o['alias']
        return f'the alias is of {of}'

    def verdict_in(self, name, box):
        arrived = june(self.mails[name]['day'])
        syncs = [f for b, f, when in self.syncs if b == box and arrived <= when]
        if (name, box) in self.named:
            return 'accessed'
        if any(f in self.copies[name, box] for f in syncs) or (box in self.hands and arrived <= june(12)):
            return 'presumed'
        if not self.logged:
            return 'unknown'
        if arrived > self.end:
            return 'not_accessed'
        return 'not_accessed' if self.covered[box] and (self.unchanged or not syncs) and (box in self.seen or not self.google) else 'unknown'

    def org_of(self, host):
        """By the longest domain of the directory that it is or is below, else by its registrable one."""
        of = [(len(d), n) for n, o in self.directory.items() for d in o['domains'] if host == d or host.endswith('.' + d)]
        return max(of)[1] if of else '.'.join(host.split('.')[-2:])

    def at_address(self):
        """Who has the private person's address."""
        return self.pia or next((n for n, o in self.directory.items() if o['address']), PIA)

    def identify(self, parties):
        """Who was told goes on: by its name, or else by a domain that it had; of several, the one told first. Who is nobody now stays told."""
        old, taken, self.told = self.told, set(), {}
        for name, (domains, _) in parties.items():
            same = sorted((o != name, t.first, o) for o, t in old.items() if t.noted and (o == name or (o not in parties and o not in taken and t.goes_by() & domains)))
            self.told[name] = old[same[0][2]] if same else Told()
            self.told[name].domains = domains
            taken.update(o for _, _, o in same[:1])
        self.told.update((o, t) for o, t in old.items() if t.noted and o not in taken and o not in parties)

    def joined(self, name, parties):
        """Who was told and is nobody now, and all of whose domains that are somebody's are that one's."""
        return [t for o, t in self.told.items() if o not in parties and t.noted and t.goes_by() != {PIA} and {self.org_of(d) for d in t.goes_by()} == {name}]

    def owners(self, messages, roles):
        """Whose a secret is that nothing beside it says: of who alone has some mail with it, or wrote it."""
        owners = {}
        for n, m in self.mails.items():
            writer = self.at_address() if m['kind'] == 'person' else self.org_of(m['below'] + m['of'])
            if m['kind'] != 'internal' and writer != PIA and n in messages[writer]:
                for s in m['secrets']:
                    if self.secrets[s]['kind'] in ('password', 'key'):
                        owners.setdefault(s, set()).add(writer)
                        roles[writer].add((n, 'owner'))
        return owners

    def told_there(self, name, own):
        """All of that message, and as what is known of it, was told to another at the address that is now whose `own` is."""
        m, known = self.mails[name], self.verdicts[name] == 'accessed' and own is not self.told.get(PIA)
        return m['kind'] == 'person' and any(name in messages and (name in opened or not known) and {(name, s) for s in m['secrets']} <= found
                                             for messages, opened, found in (t.told_at_address() for t in self.told.values() if t is not own))

    def due(self):
        parties = {n: ({*o['domains'], *[PIA] * o['address']}, o['contact']) for n, o in self.directory.items()}
        parties.update({x: ({x}, False) for x in DOMAINS if not any(x in o['domains'] for o in self.directory.values())})
        parties.setdefault(self.at_address(), ({PIA}, True))
        self.identify(parties)
        self.verdicts, want = {}, {}
        for name, box in self.copies:
            v = self.verdict_in(name, box)
            self.verdicts[name] = min(v, self.verdicts.get(name, v), key=[*ALL, 'not_accessed'].index)
        messages, found, roles = ({p: set() for p in parties} for _ in range(3))
        for n, m in self.mails.items():
            if self.verdicts.get(n) not in self.scope:
                continue
            with_ = {self.at_address()} if m['kind'] == 'person' and (self.persons or self.at_address() != PIA) else {self.org_of(m['below'] + m['of'])} if m['kind'] in ('in', 'out') else set()
            for p in with_ | set(map(self.org_of, m['cc'])):
                messages[p].add(n)
                roles[p].add((n, 'party'))
                found[p].update((n, s) for s in m['secrets'])
            for s in m['secrets']:
                if self.secrets[s]['host']:
                    messages[self.org_of('vpn.' + self.secrets[s]['host'])].add(n)
                    found[self.org_of('vpn.' + self.secrets[s]['host'])].add((n, s))
                    roles[self.org_of('vpn.' + self.secrets[s]['host'])].add((n, 'owner'))
            for p, o in self.directory.items():
                if m['alias'] and o['alias'] and self.mentioned:
                    messages[p].add(n)
        owners = self.owners(messages, roles)
        for p, (_, contact) in parties.items():
            found[p].update((n, s) for n in messages[p] for s in self.mails[n]['secrets'] if p in owners.get(s, ()))
            there = {n for n in messages[p] if p == self.at_address() and self.told_there(n, self.told[p])}
            messages[p], found[p] = messages[p] - there, {x for x in found[p] if x[0] not in there}
            had, had_as, known = self.told[p].had(contact), self.told[p].had_as(contact), {n for n in messages[p] if self.verdicts[n] == 'accessed'}
            for t in self.joined(p, parties):
                had, had_as = [a | b for a, b in zip(had, t.had(True))], had_as | t.had_as(True)
            again = set() if p == PIA else messages[p] & had[0] & known - had[1]
            new = found[p] - had[2]
            roles[p] = {x for x in roles[p] if x[0] in again or (x[0] not in there and x not in had_as)}
            tells = messages[p] - had[0] | again | {n for n, _ in roles[p]} | {n for n, _ in new}
            if tells:
                want[p] = tells, tells & known, new | {(n, s) for n, s in found[p] if n in again}
        self.planned = [(self.told[p], parties[p][1], p == PIA, roles[p], what) for p, what in want.items()]
        return want

    def wrote(self, wave):
        for t, contact, person, roles, what in self.planned:
            t.noted, t.was = True, t.was | t.domains
            t.as_what[wave if contact else 0] = roles if contact else roles | t.as_what.get(0, set())
            if contact:
                t.as_what.pop(0, None)
                t.as_person |= {wave} if person else set()
                t.waves[wave], t.first, t.listed = what, min(t.first, wave), (set(), set(), set())
            else:
                for kept, more in zip(t.listed, what):
                    kept.update(more)


class Run:
    """A case of that world, with the keys of another; with `kills` each run is killed first, all comes in another order, and four workers do it."""
    def __init__(self, folder, like=None, kills=None):
        self.dir, self.case, self.kills, self.places, self.lots = folder, folder + '/case', kills, {}, 0
        os.makedirs(folder)
        subprocess.run([tocsin, 'init', '--domain', 'us.example', self.case], check=True, capture_output=True)
        for kept in ('/case.key', '/keys') * bool(like):
            subprocess.run(['cp', '-r', like.case + kept, self.case], check=True)

    def do(self, *words, quiet='--quiet'):
        words = [tocsin, *words, '--case', self.case] + [quiet] * bool(quiet)
        if self.kills and words[1] != 'list':
            words += ['--workers', '4'] * (words[1] in ('ingest', 'scan', 'attribute'))
            p = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            time.sleep(self.kills.random() * self.kills.choice([0.01, 0.04, 0.12]))
            p.kill()
            p.wait()
        r = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if r.returncode > 1 and not (self.kills and words[2] in ('approve', 'withdraw') and 'already' in r.stderr):
            raise RuntimeError(f'{" ".join(words[1:])} ended with {r.returncode}: {r.stdout[-300:]}{r.stderr[:500]}')
        return r.stdout

    def list(self, kind, *more):
        return [json.loads(line) for line in self.do('list', kind, '--jsonl', *more, quiet='').splitlines()]

    def root(self, box):
        return f'{self.dir}/mail{self.places.get(box, 0)}/{box}'

    def put(self, w, box, name, folder):
        root, form = self.root(box), ('eml', 'mbox', 'maildir')[int(name[1:]) % 3] if w.form[box] == 'mixed' else w.form[box]
        place = {'eml': f'/{folder}/{name}.eml', 'mbox': f'/{folder}.mbox', 'maildir': f'/Maildir{"" if folder == "Inbox" else "/." + folder}/cur/{name}.host:2,S'}[form]
        os.makedirs(os.path.dirname(root + place), exist_ok=True)
        for other in ('new', 'tmp') * (form == 'maildir'):
            os.makedirs(f'{os.path.dirname(os.path.dirname(root + place))}/{other}', exist_ok=True)
        with open(root + place, 'a') as f:
            f.write(f'From x@them.example Mon Jun  2 08:00:00 2025\n{w.raw(name, box)}\n' if form == 'mbox' else w.raw(name, box))

    def write(self, path, text):
        os.makedirs(os.path.dirname(f'{self.dir}/{path}'), exist_ok=True)
        with open(f'{self.dir}/{path}', 'w') as f:
            f.write(text)

    def settings(self, w):
        def of(boxes, days, more):
            return [f'  - {{mailbox: {b}@us.example, {days}, {more}ground: "a test"}}' for b in w.boxes if b in boxes]
        self.write('case/case.yaml', 'incident: {title: "A test"}\nus: {name: "Us", domains: [us.example]}\nlanguages: [en]\n'
                   'sender: {name: "Ann Sender", title: "Officer", address: ann@us.example, phone: "+353 1 555 0100"}\n'
                   f'policy: {{notify_persons: {str(w.persons).lower()}, notify_mentioned: {str(w.mentioned).lower()}, scope: [{", ".join(w.scope)}]}}\n')
        orgs = [f'{n} Ltd,{";".join(o["domains"] + ["pia.private@gmail.com"] * o["address"])},{ALIAS if o["alias"] else ""},GB,en,' + ';'.join([f'security@{o["domains"][0]} (security)', f'it@{o["domains"][-1]} (it)'][:o['contact'] * (1 + o['two'])])
                for n, o in w.directory.items()] + [f'{w.pia} Ltd,pia.private@gmail.com,,GB,en,pia.private@gmail.com'] * bool(w.pia)
        self.write('orgs.csv', '\n'.join(['name,domains,aliases,country,language,contacts', *(orgs[::-1] if self.kills else orgs)]) + '\n')
        vouched = of([b for b in w.boxes if w.covered[b]], 'from: 2025-05-01, to: 2025-06-30', 'quiet_days: true, ')
        hands = of(w.hands, 'from: 2025-06-03, to: 2025-06-12', '')
        self.write('actor.yaml', '\n'.join(['actors:', '  - {name: intruder, any: [{session_id: evil}, {ip: 203.0.113.9}]}', 'others:', '  - {session_id: good}',
                   f'window: {{from: 2025-06-03, to: {w.end:%Y-%m-%dT%H:%M:%SZ}}}', *(['coverage:', *vouched] if vouched else []), *(['hands:', *hands] if hands else []),
                   f'folders_unchanged: {str(w.unchanged).lower()}']) + '\n')

    def plan(self, w):
        """All up to the next plan; its wave, or 0."""
        self.settings(w)
        if self.lots == 0:
            self.do('notify', 'keys')
        if w.moved and os.path.isdir(self.root(w.moved)):
            before = self.root(w.moved)
            self.places[w.moved] = self.places.get(w.moved, 0) + 1
            os.makedirs(os.path.dirname(self.root(w.moved)), exist_ok=True)
            os.rename(before, self.root(w.moved))
        for b, items in w.new.items():
            for name, folder in items[::-1] if self.kills else items:
                self.put(w, b, name, folder)
        for b in w.boxes[::-1] if self.kills else w.boxes:
            if os.path.isdir(self.root(b)):
                self.do('ingest', '--mailbox', f'{b}@us.example', self.root(b))
        self.lots += 1
        lines, records = [x for x in w.logs if isinstance(x, str)], [x for x in w.logs if 'Operation' in x and isinstance(x, dict)]
        opened = [x for x in w.logs if 'events' in x and isinstance(x, dict)]
        for name, text in (('.log', '\n'.join(lines) + '\n' if lines else ''), ('.jsonl', ''.join(json.dumps(x) + '\n' for x in records)),
                           ('.json', json.dumps({'kind': 'admin#reports#activities', 'items': opened}) if opened else '')):
            if text or (self.lots == 1 and name == '.jsonl'):
                self.write(f'logs/{self.lots}{name}', text)
        self.do('scope', '--logs', self.dir + '/logs', '--actor', self.dir + '/actor.yaml')
        self.do('scan', '--rules', rules)
        self.do('attribute', '--directory', self.dir + '/orgs.csv')
        return json.loads(self.do('notify', 'plan', '--json') or '{}').get('wave') or 0

    def release(self):
        for who in ('Ann', 'Ben'):
            self.do('notify', 'approve', '--by', who)
        self.do('notify', 'write')

    def withdraw(self, notice):
        for who in ('Ann', 'Ben'):
            self.do('notify', 'withdraw', '--notice', notice, '--by', who, '--why', 'a test')

    def answered(self, events):
        """What the reading room's log says so far of what was sealed."""
        self.write('events', ''.join('{"salt":"%032x","entry":%s}\n' % (i, json.dumps({'v': 1, 'at': '2025-07-01T00:00:00Z', **e}, separators=(',', ':'))) for i, e in enumerate(events, 1)))
        self.do('notify', 'collect', self.dir + '/events')

    def seal(self):
        self.do('notify', 'seal', '--out', self.dir + '/drop')

    def sealed(self):
        """Of whom: the case, an exposure as the reading room calls it, and as the case does."""
        db = sqlite3.connect(self.case + '/case.db')
        rows = db.execute('SELECT o.key, (SELECT min(case_id) FROM sealed WHERE org_id = o.id), s.exposure, lower(hex(x.digest)) FROM sealed_exposure s'
                          ' JOIN org o ON o.id = s.org_id JOIN exposure x ON x.id = s.exposure_id ORDER BY 1, 3').fetchall()
        db.close()
        return rows

    def who(self):
        return {o['org']: PIA if o['origin'] == 'person' else o['name'].removesuffix(' Ltd') for o in self.list('orgs') if o['origin'] != 'ourselves'}

    def secrets(self, w):
        values = {s['value']: k for k, s in w.secrets.items()}
        return {f['exposure']: next((k for v, k in values.items() if v in f['value']), f['value']) for f in self.list('findings', '--reveal')}

    def told(self, w):
        """By wave and whom: messages, those as opened, exposures in messages."""
        who, told, exposure = self.who(), {}, self.secrets(w)
        message = {m['message_sha256']: m['subject'].split()[-1] for m in self.list('messages')}
        for t in self.list('told'):
            if t['org'] in who:
                sets, n = told.setdefault((t['wave'], who[t['org']]), (set(), set(), set())), message[t['message_sha256']]
                sets[0].add(n)
                sets[1].update({n} if t['opened'] else ())
                sets[2].update({(n, exposure.get(t['exposure'], t['exposure']))} if t['exposure'] else ())
        return told

    def proved(self):
        checks = self.do('report', '--check', quiet='').splitlines()
        self.do('verify', quiet='')
        return [] if checks and checks[-1].endswith(', 0 broken') else [line for line in checks if not line.startswith('ok ')] or ['report --check says nothing']


def compared(run, w, wave, want):
    """What the case has, beside what the model says."""
    wrong, got = [], {who: what for (k, who), what in run.told(w).items() if k == wave}
    said = {m['subject'].split()[-1]: m['verdict'] for m in run.list('messages')}
    wrong += [f'{n} is {said.get(n)}, not {v}' for n, v in w.verdicts.items() if said.get(n) != v]
    wrong += [f'wave {wave} tells {who} {got.get(who)}, not {want.get(who)}' for who in {**got, **want} if got.get(who) != want.get(who)]
    if not want or wrong:
        return wrong
    shown = {PIA if d['track'] == 'person' else d['name'].removesuffix(' Ltd'): (d['messages'], d['exposures']) for d in json.loads(run.do('notify', 'show', '--json'))['dossiers'] if d['track'] != 'internal'}
    counts = {who: (len(messages), len({s for _, s in found})) for who, (messages, _, found) in want.items()}
    wrong += [f'show: {shown}, not {counts}'] if shown != counts else []
    for text in run.do('notify', 'show', '--text').split('---- notice ')[1:]:
        to, text = re.search(r'^To (\w+) Ltd', text, re.M), ' '.join(text.split())
        who = to.group(1) if to else PIA
        for says, n in ((r'- opened: (\d+) message', len(want[who][1])), (r'Before this notice we had told you of (\d+) message', len(w.told[who].had(True)[0]))):
            said = re.search(says, text)
            wrong += [f'the notice to {who}: {said and said.group(0)}, not {n}'] if n != (int(said.group(1)) if said else 0) else []
    return wrong


def reset(w, run):
    """What organisations do with some of the credentials that were sealed for them; and what is wrong with the count."""
    who, secret, r, last = run.who(), run.secrets(w), w.of_resets, len(w.events)
    run.seal()
    for key, case, name, exposure in run.sealed():
        t, s = w.told.get(who.get(key)), secret.get(exposure)
        if t and w.secrets[s]['kind'] not in ('iban', 'card') and r.random() < 0.4:
            t.marks[s] = r.choice(['rotated', 'revoked', 'risk_accepted', 'open'])
            w.events.append({'event': 'mark', 'case': case, 'account': 'a1', 'person': 'Ann Lee', 'exposure': name, 'mark': t.marks[s], 'note': '', 'application': ''})
    if len(w.events) > last:
        run.answered(w.events)
    got = {who.get(o['org']): (o['exposed'], o['reset'], o['needs_no_reset'], o['open']) for o in json.loads(run.do('report', 'resets', '--format', 'json', quiet=''))['organisations']}
    want = {}
    for name, t in w.told.items():
        due = t.to_reset()
        if due is not None:
            marks = [t.marks.get(s, 'open') for s in due if w.secrets[s]['kind'] not in ('iban', 'card')]
            want[name] = len(marks), sum(m in ('rotated', 'revoked') for m in marks), marks.count('risk_accepted'), marks.count('open')
    return [f'to reset: {got}, not {want}'] if got != want else []


def lived(w, run):
    """All waves; what was done for each, to be done again, and what is wrong."""
    done, last = [], w.r.randint(2, 4)
    for i in range(last):
        w.step(i)
        at = copy.copy(w)
        at.__dict__ = copy.deepcopy({k: v for k, v in w.__dict__.items() if k not in ('r', 'of_pia', 'told', 'planned')})
        wave, want = run.plan(at), w.due()
        wrong, notice = compared(run, w, wave, want), None
        if wave and not wrong:
            run.release()
            w.wrote(wave)
            wrong = ['what was written is planned again'] if json.loads(run.do('notify', 'plan', '--json') or '{}').get('wave') else reset(w, run) if w.resets else []
        if wrong:
            return done, wrong
        if w.withdraws is not None:
            who = run.who()
            notices = sorted((n['notice'], who.get(n['org']), n['wave']) for n in run.list('notices') if n['state'] == 'written' and not n['taken_back'])
            notices = [n for n in notices if n[1] in w.told and n[2] in w.told[n[1]].waves]
            if notices:
                notice, name, k = notices[int(w.withdraws * len(notices))]
                run.withdraw(notice)
                del w.told[name].waves[k], w.told[name].as_what[k]
                w.log.append(f'withdrawn of {name}: wave {k}')
        done.append((at, wave, notice, list(w.events)))
    return done, run.proved()


def world(seed):
    w, folder = World(seed), f'{top}/{seed}'
    run, wrong = Run(folder + '/one'), []
    try:
        done, wrong = lived(w, run)
        if not wrong:
            again = Run(folder + '/another', run, random.Random(seed))
            for at, wave, notice, events in done:
                again.plan(at)
                if wave:
                    again.release()
                if wave and w.resets:
                    again.seal()
                    again.answered(events)
                if notice:
                    again.withdraw(notice)
            for what, got, want in (('who was told what', again.told(w), run.told(w)), *((kind, again.list(kind), run.list(kind)) for kind in ('notices', 'withdrawals', 'remediations'))):
                wrong += [f'done again, {what}: {got}, not {want}'] if got != want else []
            wrong += again.proved()
    except RuntimeError as e:
        wrong.append(str(e))
    if wrong:
        wrong += [*w.log, json.dumps(w.mails), json.dumps(w.secrets), json.dumps(w.directory)]
    check(not wrong, f'an incident goes as it must, also elsewhere, in another order and with every run killed: {seed}', '\n'.join(wrong))
    shutil.rmtree(folder, ignore_errors=True)


for s in seeds:
    world(s)
plan()
