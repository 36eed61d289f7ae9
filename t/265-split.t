#!/bin/sh
# scope on large logs: a file that is read in pieces gives the rows of one that is read whole.
. "$(dirname "$0")/lib.sh"
mkdir "$T/logs" "$T/whole"
cat >"$T/make.py" <<'PY'
import csv, gzip, json, shutil, sys
top, whole = sys.argv[1:]
def record(i):
    return {'CreationTime': f'2025-06-{1 + i % 28:02}T10:11:12', 'Id': f'00000000-0000-4000-8000-{i:012x}', 'Operation': 'Set-Mailbox', 'RecordType': 1,
            'Workload': 'Exchange', 'UserId': f'u{i % 7}@us.example', 'ObjectId': f'o{i}', 'Parameters': [{'Name': 'Note', 'Value': 'x' * 4000}]}
with open(f'{top}/a.jsonl', 'w') as f:
    for i in range(7000):
        # Some stand in several lines, so that a line that begins with a brace begins no record; some are damaged.
        f.write(json.dumps(record(i)).replace(', "', ',\n"').replace('[{', '[\n{') if i % 3 == 0 else '{"Id": nonsense' if i % 500 == 1 else json.dumps(record(i)))
        f.write('\n')
with open(f'{top}/b.csv', 'w', newline='') as f:
    w = csv.writer(f)
    w.writerow(['CreationDate', 'UserIds', 'Operations', 'AuditData'])
    for i in range(7000, 12000):
        text = json.dumps(record(i), indent=1) if i % 2 else json.dumps(record(i))
        w.writerow([record(i)['CreationTime'], 'u', 'Set-Mailbox', text if i % 400 else '{"cut'])
for name in ('a.jsonl', 'b.csv'):
    with open(f'{top}/{name}', 'rb') as f, gzip.open(f'{whole}/{name}.gz', 'wb', 1) as g:
        shutil.copyfileobj(f, g)
PY
python3 "$T/make.py" "$T/logs" "$T/whole"
dump() { # dump CASE LOGS OPTIONS: the rows, without where they lie
	CASE=$1; logs=$2; shift 2
	"$TOCSIN" init "$CASE" >/dev/null
	stage scope --logs "$logs" "$@"
	for kind in events log_failures; do list $kind; done | sed 's/"path":"[^"]*","member":[^,]*,//'
}
dump "$T/w" "$T/whole" --workers 2 >"$T/whole.rows"
dump "$T/s1" "$T/logs" --workers 1 >"$T/s1.rows"
dump "$T/s3" "$T/logs" --workers 3 >"$T/s3.rows"
is "each record is a row" "$(wc -l <"$T/whole.rows")" 12000
same "read in pieces by one worker: the same rows, bytes and lines" "$T/s1.rows" "$T/whole.rows"
same "by three: the same" "$T/s3.rows" "$T/whole.rows"
is "and the digest of the file is that of all of it" "$(list log_sources | grep -o '"sha256":"[0-9a-f]*"' | head -1)" \
	"\"sha256\":\"$(sha256sum "$T/logs/a.jsonl" | cut -d' ' -f1)\""

# A member of an archive that is more than one result goes on where it stopped, and so do the members behind it.
cat >"$T/zip.py" <<'PY'
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as z:
    for name, first, n in (('0.jsonl', 0, 3), ('1.jsonl', 3, 18000), ('2.jsonl', 18003, 4)):
        h = hashlib.sha256()
        with z.open(name, 'w') as f:
            for i in range(first, first + n):
                line = json.dumps({'CreationTime': f'2025-06-{1 + i % 28:02}T10:11:12', 'Id': f'00000000-0000-4000-8000-{i:012x}', 'Operation': 'New-InboxRule',
                    'RecordType': 1, 'Workload': 'Exchange', 'UserId': 'u@us.example', 'Parameters': [{'Name': 'SubjectContainsWords', 'Value': 'x' * 8000}]}) + '\n'
                h.update(line.encode())
                f.write(line.encode())
        print(f'{name} {n} {h.hexdigest()}')
PY
mkdir "$T/zipped"
python3 "$T/zip.py" "$T/zipped/a.zip" >"$T/want"
CASE=$T/z
"$TOCSIN" init "$CASE" >/dev/null
stage scope --logs "$T/zipped"
list log_sources | sed -n 's/.*"member":"\([^"]*\)".*"records":\([0-9]*\).*"sha256":"\([0-9a-f]*\)".*/\1 \2 \3/p' >"$T/have"
same "a log in an archive that fills several results is whole, and what lies behind it is read" "$T/have" "$T/want"
is "each record once" "$(list events | field record_id | sort -u | wc -l)" 18007
done_testing
