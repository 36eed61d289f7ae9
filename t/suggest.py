"""suggest.py TOCSIN MAKE-TENANT DIR SEED...: makes a tenant of each seed with some traces of an intruder, and compares what
`scope --suggest` says with what it should: nothing left out, nothing else."""
import json, os, random, shutil, subprocess, sys

tocsin, maker, top, *seeds = sys.argv[1:]
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(maker))
import tenant_logs, tenant_traces

ENVELOPES = sorted(set(tenant_logs.ENVELOPES) - {'google', 'plain_list'})  # a list of accesses has no sign-ins


def run(*words):
    r = subprocess.run([tocsin, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if r.returncode not in (0, 1):
        sys.exit(f'{" ".join(words)} ended with {r.returncode}: {r.stderr[:500]}')
    return r.stdout


found = missed = 0
wrong = []
for seed in map(int, seeds):
    rng, d = random.Random(seed), f'{top}/{seed}'
    traces = rng.sample(tenant_traces.NAMES, rng.randrange(0, 5)) or ['none']
    subprocess.run([maker, d, '--seed', str(seed), '--messages', '20', '--days', '20', '--mailboxes', str(2 + seed % 3), '--envelope',
                    ENVELOPES[seed % len(ENVELOPES)]] + [w for t in traces for w in ('--trace', t)], check=True)
    run('init', '--domain', f't{seed}.example', f'{d}/case')
    for address in sorted(os.listdir(f'{d}/mail')):
        run('ingest', '--quiet', '--case', f'{d}/case', '--mailbox', address, f'{d}/mail/{address}')
    run('scope', '--quiet', '--case', f'{d}/case', '--logs', f'{d}/logs')
    want = {(r['what'], r['value']) for r in map(json.loads, open(f'{d}/suggest.jsonl'))}
    said = {(r['what'], r['value']) for r in map(json.loads, run('scope', '--suggest', '--json', '--case', f'{d}/case').splitlines())}
    found += len(want & said)
    missed += len(want - said)
    wrong += [f'seed {seed} ({", ".join(traces)}): not said: {w}' for w in want - said] + [f'seed {seed} ({", ".join(traces)}): said: {w}' for w in said - want]
    shutil.rmtree(d)
print(f'{len(seeds)} tenants: {found} suggestions right, {missed} missing, {len(wrong) - missed} too many')
for w in sorted(wrong):
    print(w)
sys.exit(bool(wrong) or found == 0)
