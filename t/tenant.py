"""tenant.py TOCSIN MAKE-TENANT FIRST N DIR: makes tenants FIRST to FIRST+N-1, lets tocsin judge them, and compares with
the truth. A message that was reached and is called not accessed is wrong; the rest is counted, for precision."""
import collections, json, os, shutil, subprocess, sys

tocsin, maker, first, n, top = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
keep = os.environ.get('TENANT_KEEP')
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(maker))
import tenant_logs


def run(*words, want=(0, 1)):
    r = subprocess.run([tocsin, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if r.returncode not in want:
        sys.exit(f'{" ".join(words)} ended with {r.returncode}: {r.stderr[:500]}')
    return r.stdout


def rows(case, kind):
    return [json.loads(line) for line in run('list', kind, '--jsonl', '--case', case).splitlines()]


def judge(seed, counts):
    """The messages of one tenant that were reached and called not accessed."""
    d, case = f'{top}/{seed}', f'{top}/{seed}/case'
    subprocess.run([maker, d, '--seed', str(seed), '--messages', '25', '--days', '10', '--mailboxes', str(1 + seed % 3)], check=True)
    run('init', '--domain', f't{seed}.example', case)
    for address in sorted(os.listdir(f'{d}/mail')):
        run('ingest', '--quiet', '--case', case, '--mailbox', address, f'{d}/mail/{address}')
    run('scope', '--quiet', '--case', case, '--logs', f'{d}/logs', '--actor', f'{d}/actor.yaml')
    subject = {m['message_sha256']: m['subject'] for m in rows(case, 'messages')}
    said, failed = {}, rows(case, 'log_failures')
    for v in rows(case, 'verdicts'):
        if v['message_sha256'] is not None:
            said[v['mailbox'], subject[v['message_sha256']]] = v
    wrong = [f'seed {seed}: a record was not read: {f["reason"]}' for f in failed]
    truth = [json.loads(line) for line in open(f'{d}/truth.jsonl')]
    ids = collections.Counter((t['mailbox'], t['message_id']) for t in truth)
    for t in truth:
        if not t['in_evidence']:
            continue
        v = said.get((t['mailbox'], t['subject']))
        word = v['verdict'] if v else 'none'
        counts[t['reached'], word] += 1
        if word == 'none' or (t['reached'] and word == 'not_accessed'):
            wrong.append(f'seed {seed}: {t["mailbox"]} {t["subject"]}: reached by {t["how"]} at {t["first"]}, and called {word} ({v and v["reason"]})')
        if word == 'accessed' and not t['reached'] and ids[t['mailbox'], t['message_id']] == 1:
            wrong.append(f'seed {seed}: {t["mailbox"]} {t["subject"]}: never reached, and called accessed ({v["reason"]})')
    if not keep and not wrong:
        shutil.rmtree(d)
    return wrong


counts, wrong = collections.Counter(), []
for seed in range(first, first + n):
    wrong += judge(seed, counts)
for line in wrong[:40]:
    print(line)
reached = {w: counts[True, w] for w in ('accessed', 'presumed', 'unknown', 'not_accessed')}
others = {w: counts[False, w] for w in reached}
flagged = reached['accessed'] + reached['presumed'], others['accessed'] + others['presumed']
print(f'{n} tenants in {min(n, len(tenant_logs.ENVELOPES))} envelopes. Reached: {reached}. Not reached: {others}.')
print(f'precision {flagged[0] / max(1, sum(flagged)):.3f} of accessed and presumed; proved untouched '
      f'{others["not_accessed"] / max(1, sum(others.values())):.3f} of those not reached; wrong {len(wrong)}')
sys.exit(bool(wrong))
