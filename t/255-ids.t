#!/bin/sh
# scope: Microsoft Graph's requests name messages by id. Records and maps say which messages those are.
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
CASE=$T/c
new_case "$CASE"
mkdir -p "$T/mail/ada@us.example" "$T/logs"
for n in 1 2 3 4; do
	printf 'Date: Mon, 02 Jun 2025 08:00:00 +0000\nFrom: x@them.example\nTo: ada@us.example\nSubject: s%s\nMessage-ID: <m%s@them.example>\n\nText %s.\n' $n $n $n >"$T/mail/ada@us.example/$n.eml"
done
sed -i 's/^Message-ID.*/&\nMessage-ID: <other@them.example>/' "$T/mail/ada@us.example/4.eml"
ok "mail is ingested" "$TOCSIN" ingest "$T/mail" --mailbox ada@us.example --case "$CASE" --quiet
cat >"$T/make.py" <<'PY'
import base64, json, sys
top, what = sys.argv[1:3]
guid = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
def entry(n): return bytes([0] * 4 + [0xfb, 0xff, n] * 22)[:70]
def audit(n): return base64.b64encode(b'\x46\0' + entry(n)).decode()
def graph(n): return base64.b64encode(b'\0\x03\x24\0' + guid.encode() + b'\0\x46\0' + entry(n)).decode().replace('/', '-').replace('+', '_')
def request(i, uri, status=200):
    return json.dumps({'TimeGenerated': f'2025-06-11T10:00:{i:02}Z', 'RequestId': f'r{i}', 'RequestMethod': 'GET', 'ResponseStatusCode': status, 'AppId': 'evil-app',
                       'ServicePrincipalId': 'sp', 'IPAddress': '203.0.113.9', 'RequestUri': 'https://graph.microsoft.com/v1.0/' + uri, 'Category': 'MicrosoftGraphActivityLogs'})
def write(name, *lines):
    open(f'{top}/{name}', 'w').write('\n'.join(lines) + '\n')
if what == 'first':
    # The owner opened message 1 once, and the audit log knows its id. Nothing of the intruder's names it by Message-ID.
    write('audit.jsonl', json.dumps({'CreationTime': '2025-06-10T09:00:00', 'Id': 'e0000000-0000-0000-0000-000000000001', 'Operation': 'MailItemsAccessed', 'RecordType': 50,
        'Workload': 'Exchange', 'UserId': 'ada@us.example', 'MailboxOwnerUPN': 'ada@us.example', 'MailboxGuid': guid, 'AppId': 'outlook', 'OperationCount': 1,
        'OperationProperties': [{'Name': 'MailAccessType', 'Value': 'Bind'}],
        'Folders': [{'Path': '\\Inbox', 'Id': 'LgA', 'FolderItems': [{'Id': audit(1), 'InternetMessageId': '<m1@them.example>'}]}]}))
    write('graph.jsonl', request(1, f'users/{guid}/messages/{graph(1)}?$select=body'), request(2, f'users/ada@us.example/messages/{graph(4)}', 403))
elif what == 'unknown':
    write('graph2.jsonl', request(3, f"users/ada@us.example/messages('{graph(2)}')/$value"), request(4, f'users/ada@us.example/messages/AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AAA%3D'))
else:
    write('../map.csv', 'id,internetMessageId,mailbox', f'{graph(2)},<m2@them.example>,ada@us.example')
    write('../map.json', json.dumps({'value': [{'@odata.etag': 'x', 'id': 'other', 'immutableId': 'AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AAA=', 'internetMessageId': '<m3@them.example>'}]}))
PY
cat >"$T/actor.yaml" <<'Y'
actors:
  - {name: app, app_id: evil-app}
window: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}
coverage:
  - {mailbox: ada@us.example, from: 2025-05-01, to: 2025-06-13, quiet_days: true, ground: "a test"}
Y
verdict() { list verdicts | grep "\"message_id\":\"$1\"" | sed 's/.*"verdict":"\([a-z_]*\)","reason":"\([a-z_]*\)".*/\1 \2/'; }
python3 "$T/make.py" "$T/logs" first
ok "logs are read" "$TOCSIN" scope --logs "$T/logs" --actor "$T/actor.yaml" --case "$CASE" --quiet
is "a request's id is the one that a record of the audit log gives with the Message-ID" "$(verdict m1@them.example)" "accessed named"
is "a request that was refused reached nothing" "$(verdict m4@them.example)" "not_accessed covered"
python3 "$T/make.py" "$T/logs" unknown
run "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet --json
like "ids that nothing resolves are counted" "$out" '"not_identified":2'
is "each is a row" "$(list verdicts | grep -c '"reason":"not_identified"')" 2
is "any message of the mailbox may be meant" "$(verdict m4@them.example)" "presumed not_narrowed"
like "coverage counts them" "$("$TOCSIN" scope coverage --json --case "$CASE")" '"day":"2025-06-11".*"not_identified":2'
python3 "$T/make.py" "$T/logs" map
ok "maps are read, CSV and what Graph answers" "$TOCSIN" scope --id-map "$T/map.csv" --id-map "$T/map.json" --case "$CASE" --quiet
is "then the message is named" "$(verdict m2@them.example)" "accessed named"
is "also by its immutable id" "$(verdict m3@them.example)" "accessed named"
is "nothing else may be meant any more" "$(verdict m4@them.example)" "not_accessed covered"
is "and no id is left over" "$(list verdicts | grep -c '"reason":"not_identified"')" 0
# Message 4 has two Message-IDs, of which the case keeps the first.
sed 's/<m1@/<other@/; s/000001"/000002"/; s/outlook/evil-app/; s/T09/T10/' "$T/logs/audit.jsonl" >"$T/logs/audit2.jsonl"
ok "a record that names the other one is read" "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
is "a message that has a second Message-ID may be the one that a record names" "$(verdict m4@them.example)" "unknown not_narrowed"
exits "the proof holds" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
