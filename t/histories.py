"""histories.py TOCSIN DIR RULES [FIRST COUNT]: random histories of three waves beside a small model of who must be told what. Mail comes in
two mailboxes, logs come, a rule comes and goes, the directory renames, joins, parts and drops organisations, and persons are told from some
wave on. The model knows what tocsin-notify(1) and tocsin-attribute(1) say of that, and no more."""
import json, random, shutil, sys

seeds = range(int(sys.argv[4]), int(sys.argv[4]) + int(sys.argv[5])) if len(sys.argv) > 5 else (105, 111, 120)
sys.argv = sys.argv[:4]
from wave_case import *

DOMAINS = [f'd{i}.example' for i in range(5)]
SECRETS = 'PWD-1001', 'PWD-1002', 'PWD-1003', 'PWD-1004'
ALIAS, PIA = 'Zanderhoek Logistics', 'pia.private'
NEVER = 99


class Told:
    """Of an organisation or person: messages, those as opened, and exposures; and what was listed while it had no contact."""
    def __init__(self):
        self.told, self.listed, self.first, self.domains = (set(), set(), set()), (set(), set(), set()), NEVER, set()


class World:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.covered, self.persons_from = self.r.random() < 0.5, self.r.choice([NEVER, NEVER, 0, 1, 2])
        self.mails, self.boxes, self.bound, self.told, self.log = {}, {'ada': set(), 'bob': set()}, set(), {}, []
        self.names = ['Aleph', 'Beth', 'Gimel', 'Daleth', 'He', 'Waw', 'Zayin', 'Heth']
        self.r.shuffle(self.names)
        self.directory, self.rule, self.actor_known = {}, False, True
        for domain in self.r.sample(DOMAINS, self.r.randint(2, 4)):
            if self.directory and self.r.random() < 0.4:
                self.r.choice(list(self.directory.values()))['domains'].append(domain)
            else:
                self.enter([domain], self.r.random() < 0.85)

    def enter(self, domains, contact=True):
        self.directory[self.names.pop()] = {'domains': domains, 'contact': contact, 'alias': False}

    def mail(self):
        name, k = f'm{len(self.mails) + 1}', self.r.random()
        of = PIA if self.r.random() < 0.15 else self.r.choice(DOMAINS)
        secret = self.r.choice(SECRETS) if k < 0.45 else 'QRX-4471' if 0.6 <= k < 0.7 else None
        text = 'See you on Monday.' if k >= 0.7 else f'{ALIAS} has agreed to it.' if not secret else f'The ticket is {secret}.'
        self.mails[name] = {'of': of, 'from': 'Pia <pia.private@gmail.com>' if of == PIA else f'ann@{of}', 'text': text, 'secret': secret}
        return name

    def step(self, wave):
        """What changes before that wave: mail by mailbox, and records."""
        new = {'ada': [], 'bob': []}
        for _ in range(self.r.randint(0, 2) if wave else self.r.randint(2, 4)):
            name = self.mail()
            for box in self.r.choice([['ada'], ['bob'], ['ada', 'bob']]) if wave else ['ada']:
                new[box].append(name)
        if wave and self.r.random() < 0.2:
            new[self.r.choice(['ada', 'bob'])].append(self.r.choice(list(self.mails)))
        for box, names in new.items():
            new[box] = [n for n in dict.fromkeys(names) if n not in self.boxes[box]]
            self.boxes[box].update(names)
        opened = [(n, box) for box in ('ada', 'bob') for n in sorted(self.boxes[box]) if (n, box) not in self.bound and self.r.random() < (0.35 if wave else 0.6)]
        self.bound.update(opened)
        if wave and self.r.random() < 0.7:
            self.log.append(change_directory(self, ['rename', 'join', 'part', 'drop', 'add', 'contact', 'alias', 'move'], lambda what: DOMAINS))
        if wave and self.r.random() < 0.15:
            self.actor_known = not self.actor_known
        if self.r.random() < 0.3:
            self.rule = not self.rule
        self.persons = wave >= self.persons_from
        self.log.append(f'wave {wave + 1}: new {new}, opened {opened}, actor {self.actor_known}, rule {self.rule}, persons {self.persons}')
        return new, opened

    def rows(self):
        return [(f'{n} Ltd', ';'.join(o['domains']), ALIAS if o['alias'] else '', f'security@{o["domains"][0]}' if o['contact'] else '') for n, o in self.directory.items()]

    def parties(self):
        """Of each organisation of the directory, each domain that has none, and the person: domains, whether it has the alias, and a contact."""
        all_ = {n: (set(o['domains']), o['alias'], o['contact']) for n, o in self.directory.items()}
        all_.update({x: ({x}, False, False) for x in DOMAINS if not any(x in o['domains'] for o in self.directory.values())})
        return {**all_, PIA: ({PIA}, False, True)}

    def identify(self, parties):
        """Who was told goes on: by its name, or by a domain where its name is gone; of several, the one told first, and the others are one with it."""
        old, taken, self.told = self.told, set(), {}
        for name, (domains, _, _) in parties.items():
            same = [(t.first, o != name, o) for o, t in old.items() if o == name or (o not in parties and o not in taken and t.domains & domains)]
            self.told[name] = old[min(same)[2]] if same else Told()
            self.told[name].domains = domains
            taken.update(s[2] for s in sorted(same)[:1])
        self.told.update((o, t) for o, t in old.items() if o not in parties and o not in taken)

    def due(self):
        parties, want, self.planned = self.parties(), {}, []
        self.identify(parties)
        known = {n for n, _ in self.bound} if self.actor_known else set()
        for name, (domains, alias, contact) in parties.items():
            messages, found, t = set(), {}, self.told[name]
            for n, m in self.mails.items():
                if (self.covered and n not in known) or (name == PIA and not self.persons):
                    continue
                if m['of'] in domains:
                    messages.add(n)
                    if m['secret'] and (self.rule or m['secret'] != 'QRX-4471'):
                        found.setdefault(m['secret'], set()).add(n)
                elif alias and ALIAS in m['text']:
                    messages.add(n)
            had = [a if contact else a | b for a, b in zip(t.told, t.listed)]
            for one in (x for o, x in self.told.items() if o not in parties and {p for p, (d, *_) in parties.items() if d & x.domains} == {name}):
                had = [a | b for a, b in zip(had, one.told)]
            again = {n for n in messages & had[0] if n in known and n not in had[1] and name != PIA}
            new = {e for e in found if e not in had[2]}
            tells = (messages - had[0]) | again | {n for e in new for n in found[e]}
            exposures = new | {e for e in found if found[e] & (tells - had[0] | again)}
            if tells:
                want[name] = f'{"nobody" if not contact else "new" if t.first == NEVER else "more"} {len(tells)} {len(exposures)}'
                self.planned.append((t, contact, (tells, tells & known, exposures)))
        return want

    def wrote(self, wave):
        for t, contact, what in self.planned:
            for kept, more in zip(t.told if contact else t.listed, what):
                kept.update(more)
            t.first = min(t.first, wave) if contact else t.first


def history(seed):
    w = World(seed)
    c = Case(f'a history of three waves is as it must be: {seed}', *w.rows())
    few, more = self_made(c, 'few', ('PWD-', '[0-9]{4}')), self_made(c, 'more', ('PWD-', '[0-9]{4}'), ('QRX-', '[0-9]{4}'))
    with open(c.dir + '/case/case.yaml') as f:
        config = f.read()
    for wave in range(3):
        new, opened = w.step(wave)
        with open(c.dir + '/case/case.yaml', 'w') as f:
            f.write(config + ('policy: {notify_persons: true}\n' if w.persons else ''))
        for box in new:
            if new[box]:
                c.mail(box, *[(n, w.mails[n]['from'], w.mails[n]['text']) for n in new[box]])
        c.directory(*w.rows()).rules = more if w.rule else few
        c.logs(bind('zero', SessionId='good'), *[bind(n, MailboxOwnerUPN=f'{box}@us.example') for n, box in opened],
               actor=(ACTOR if w.actor_known else ACTOR.replace('evil', 'nobody')) + (COVERAGE if w.covered else ''))
        want = w.due()
        c.told(**want)
        if want:
            w.wrote(wave)
        if c.wrong:
            c.wrong += w.log + [json.dumps(w.mails)]
            break
    if not c.wrong:
        c.told()
    c.end()
    shutil.rmtree(c.dir, ignore_errors=True)


for s in seeds:
    history(s)
plan()
