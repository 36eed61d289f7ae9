#!/bin/sh
# scope: what it tells people: why a verdict, what happened when, who the intruder may be. Logs that the test invents.
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-12-01T00:00:00Z; export TOCSIN_NOW
CASE=$T/c
new_case "$CASE"
mkdir -p "$T/mail/ada@kestrelgate.example/Inbox" "$T/mail/bob@kestrelgate.example/Inbox" "$T/logs"
printf 'Received: from them.example by mx1.kestrelgate.example; Mon, 02 Jun 2025 08:00:02 +0000\nDate: Mon, 02 Jun 2025 08:00:00 +0000\nFrom: Cy <cy@them.example>\nTo: ada@kestrelgate.example, bob@kestrelgate.example\nSubject: one \033[31mred\nMessage-ID: <m1@them.example>\n\nText.\n' \
	>"$T/mail/ada@kestrelgate.example/Inbox/1.eml"
cp "$T/mail/ada@kestrelgate.example/Inbox/1.eml" "$T/mail/bob@kestrelgate.example/Inbox/1.eml"
for who in ada bob; do
	ok "the mail of $who" "$TOCSIN" ingest "$T/mail/$who@kestrelgate.example" --mailbox "$who@kestrelgate.example" --case "$CASE" --quiet
done

cat >"$T/logs.py" <<'P'
"""logs.py KIND: records as JSON lines. normal: what a quiet tenant has. The others: one trace of an intruder each."""
import json, sys
n = 0
def record(when, operation, user, ip, app="owa", client="Client=OWA;Firefox", **more):
    global n
    n += 1
    r = {"CreationTime": when, "Id": f"{sys.argv[1]}-{n:08d}-0000-0000-0000-000000000000", "Operation": operation, "Workload": "Exchange", "ResultStatus": "Succeeded",
         "UserId": user, "MailboxOwnerUPN": user, "ClientIPAddress": ip, "ClientIP": ip, "AppId": app}
    if client:
        r["ClientInfoString"] = client
    r.update(more)
    print(json.dumps(r))
def bind(when, user, ip, ids, **more):
    record(when, "MailItemsAccessed", user, ip, RecordType=50, OperationCount=len(ids), OperationProperties=[{"Name": "MailAccessType", "Value": "Bind"}],
           Folders=[{"Path": "\\Inbox", "Id": "LgA", "FolderItems": [{"InternetMessageId": f"<{i}>"} for i in ids]}], **more)
def sign_in(when, user, ip, failed, client="Browser"):
    record(when, "UserLoginFailed" if failed else "UserLoggedIn", user, ip, client=None, RecordType=15, Workload="AzureActiveDirectory", ResultStatus="Failed" if failed else "Success",
           ErrorNumber="50126" if failed else "0", ExtendedProperties=[{"Name": "UserAgent", "Value": client}])
people = [f"{p}@kestrelgate.example" for p in ("ada", "bob", "cat", "dan", "eli", "fay")]
kind = sys.argv[1]
if kind == "normal":
    for day in range(1, 31):
        for i, p in enumerate(people):
            sign_in(f"2025-06-{day:02d}T07:0{i}:00", p, f"192.0.2.{i + 1}", False)
            bind(f"2025-06-{day:02d}T08:0{i}:00", p, f"192.0.2.{i + 1}", [f"d{day}-{i}@them.example"])
    for i, p in enumerate(people):
        sign_in(f"2025-06-{9 + i:02d}T07:00:00", p, f"192.0.2.{i + 1}", True)  # typing mistakes
    record("2025-06-10T09:00:00", "New-InboxRule", people[1], "192.0.2.2", RecordType=1, ObjectId="bob\\colleague", Parameters=[{"Name": "Name", "Value": "colleague"}, {"Name": "ForwardTo", "Value": "cat@kestrelgate.example"}])
if kind == "one-address":
    for i, p in enumerate(people):
        sign_in(f"2025-06-20T03:0{i}:00", p, "203.0.113.9", True)
if kind == "slow-network":
    for i in range(24):
        sign_in(f"2025-06-{15 + i // 4:02d}T0{i % 4}:00:00", people[i % 6], f"198.51.100.{10 + i}", True)
if kind == "slow-everywhere":
    for i in range(12):
        sign_in(f"2025-06-{15 + i // 2:02d}T0{i % 2}:30:00", people[i % 6], f"100.64.{i}.7", True, "python-requests/2.31")
if kind == "comes-in":
    for i in range(4):
        sign_in(f"2025-06-1{i}T02:00:00", people[0], f"198.18.{i}.9", True)
    sign_in("2025-06-15T02:00:00", people[0], "203.0.113.66", False)
    for hour in range(3):
        bind(f"2025-06-15T0{2 + hour}:10:00", people[0], "203.0.113.66", ["m1@them.example", "gone@them.example"], SessionId="evil", client="Client=OWA;Chrome")
    record("2025-06-15T05:30:00", "New-InboxRule", people[0], "203.0.113.66", ClientIP="10.9.8.7", RecordType=1, ObjectId="ada\\x", SessionId="evil", Parameters=[{"Name": "Name", "Value": "x"}, {"Name": "ForwardTo", "Value": "drop@evil.test"}])
if kind == "app":
    record("2025-06-21T02:00:00", "Add app role assignment to service principal.", people[2], "203.0.113.7", RecordType=8, Workload="AzureActiveDirectory",
           ObjectId="app-robot", ModifiedProperties=[{"Name": "AppRole.Value", "NewValue": "full_access_as_app", "OldValue": ""}, {"Name": "ServicePrincipal.AppId", "NewValue": "app-robot", "OldValue": ""}],
           Target=[{"ID": "app-robot", "Type": 2}])
    for i, p in enumerate(people):
        bind(f"2025-06-22T03:0{i}:00", p, "2603:10a6::1", [f"r{i}@them.example"], app="app-robot", client="Client=REST;")
if kind == "pair":
    for i in range(2):
        bind(f"2025-06-25T04:0{i}:00", people[3], "192.0.2.4", ["x@them.example"], app="app-known-elsewhere", client="Client=REST;pair")
P
suggested() { # suggested KIND...: what is proposed from these logs
	rm -rf "$T/s"; new_case "$T/s"; rm -rf "$T/l"; mkdir "$T/l"
	for t_kind; do python3 "$T/logs.py" "$t_kind" >"$T/l/$t_kind.json"; done
	"$TOCSIN" scope --logs "$T/l" --case "$T/s" --quiet >/dev/null
	"$TOCSIN" scope --suggest --json --case "$T/s"
}
is "in a quiet tenant nobody is proposed" "$(suggested normal)" ""
like "an address that failed at several accounts is" "$(suggested normal one-address)" '"what":"ip","value":"203.0.113.9","mailboxes":6,"records":6,.*one address: a password spray'
like "a spray of few tries from each address of a network" "$(suggested normal slow-network)" '"value":"198.51.100.0/24","mailboxes":6,"records":24,.*6 accounts from 24 addresses of one network'
like "and one from networks everywhere, by its client" "$(suggested normal slow-everywhere)" '"what":"user_agent","value":"python-requests/2.31","mailboxes":6,"records":12,.*6 accounts from 12 networks'
out=$(suggested normal comes-in)
like "an address that came in behind failed tries, and read" "$out" '"value":"203.0.113.66","mailboxes":1,.*signed in to an account after others had failed to'
like "a rule that forwards outside, and where to" "$out" '"value":"203.0.113.66".*forwards outside, to drop@evil.test'
unlike "not one that forwards to a colleague" "$out" 'cat@kestrelgate'
like "a client string that was not there before" "$out" '"what":"user_agent","value":"Client=OWA;Chrome".*first seen late'
out=$(suggested normal app)
like "an application that gained a role and then read many mailboxes" "$out" '"value":"app-robot","mailboxes":6,"records":6,.*given a role or consent and then read'
like "an application that reads a mailbox that it had not read before" "$(suggested normal pair)" '"value":"app-known-elsewhere","mailboxes":1,.*had not read before'

# ---- what happened when, and why ----
for kind in normal comes-in; do python3 "$T/logs.py" $kind >"$T/logs/$kind.json"; done
cat >"$T/actor.yaml" <<'Y'
actors:
  - name: night visitor
    any:
      - session_id: evil
      - ip: [203.0.113.66, 198.18.0.0/16]
window: {from: 2025-06-15, to: 2025-06-16}
coverage:
  - {mailbox: bob@kestrelgate.example, from: 2025-06-01, to: 2025-06-30, ground: "a test"}
Y
sed '/first_access/d; /last_access/d; s/^\( *detected:\).*/\1 2025-06-25/; s/^\( *contained:\).*/\1 2025-06-27T12:00:00Z/' "$SAMPLES/case.yaml" >"$CASE/case.yaml"
ok "there are verdicts" "$TOCSIN" scope --logs "$T/logs" --actor "$T/actor.yaml" --case "$CASE" --quiet
exits "the timeline" 0 "$TOCSIN" scope timeline --case "$CASE"
like "begins with the first sign" "$out" '^First sign  *2025-06-10 02:00 UTC'
like "has the first reading" "$out" '^First mail read  *2025-06-15 02:10 UTC'
like "detection and containment as the case has them" "$(echo $out)" 'Detected 2025-06-25 Contained 2025-06-27 12:00 UTC'
like "how long it took" "$out" '^Dwell time  *14 days'
like "failed tries apart from what succeeded" "$(echo "$out" | sed -n 's/^2025.*  \(tried\|signed\)/\1/p' | cut -d' ' -f1-2 | tr '\n' ';')" '^tried to;signed in;$'
like "the rule, and what it does" "$(echo $out)" 'changed a rule of the mailbox in ada.*drop@evil.test'
like "and the reading by hour" "$out" '^2025-06-15 03:00  #+ 1 record, 2 messages named$'
"$TOCSIN" scope timeline --json --case "$CASE" >"$T/t.json"
is "as one JSON object, too" "$(jq -c '[.first_sign, .first_read, .last_record, .detected, .contained, .dwell_hours, [.steps[].step], [.hours[].items]]' "$T/t.json")" \
	'["2025-06-10T02:00:00Z","2025-06-15T02:10:00Z","2025-06-15T05:30:00Z","2025-06-25T00:00:00Z","2025-06-27T12:00:00Z",358,["sign_in","sign_in","bind","inbox_rule"],[2,2,2]]'
after() { # after DATE: how many steps lie after a containment of that date
	sed -i "s/^\( *contained:\).*/\1 $1/" "$CASE/case.yaml"
	"$TOCSIN" scope timeline --json --case "$CASE" | jq .steps_after_containment
}
is "a day of containment is over when the day is" "$(after 2025-06-15) $(after 2025-06-15T04:30:00Z) $(after 2025-06-15T00:00:00Z)" "0 1 3"
until_contained() { after "$1" >/dev/null; "$TOCSIN" scope timeline --case "$CASE" | grep -E '^(Contained|Until)' | tr -s ' ' | paste -sd';'; }
is "how long it took is counted to that end, too" "$(until_contained 2025-06-10);$("$TOCSIN" scope timeline --json --case "$CASE" | jq -c '[.contained, .contained_after_hours]')" \
	'Contained 2025-06-10;Until containment 21 hours from the first sign;["2025-06-10T00:00:00Z",21]'
is "and of a midnight it is said that it is one, and nothing took a time less than none" "$(until_contained 2025-06-10T00:00:00Z)" 'Contained 2025-06-10 00:00 UTC'
after 2025-06-27T12:00:00Z >/dev/null
is "with what a rule forwards to" "$(jq -r '.steps[-1].detail.targets[0]' "$T/t.json")" drop@evil.test
ok "the report is written" "$TOCSIN" report --case "$CASE"
like "and has the dwell time, and failed tries as such" "$(cat "$CASE/out/report.html")" 'tried to sign in, and failed'
like "in days" "$(tr -d '\n' <"$CASE/out/report.html" | sed 's/<[^>]*>//g')" 'From the first record to detection passed 14.{1,8}days'

cp -r "$CASE" "$T/undeclared"
sed 's/to: 2025-06-30/to: 2025-06-15/' "$T/actor.yaml" >"$T/undeclared.yaml"
ok "with fewer days vouched for" "$TOCSIN" scope --actor "$T/undeclared.yaml" --case "$T/undeclared" --quiet
exits "one verdict is explained" 0 "$TOCSIN" scope explain '<m1@them.example>' --case "$CASE"
like "with what it is about" "$out" '^Message "one .*" from cy@them.example, dated 2025-06-02 08:00 UTC'
is "no escape of its subject reaches the terminal" "$(printf %s "$out" | tr -d '\033' | wc -c)" "$(printf %s "$out" | wc -c)"
like "in each mailbox that holds it" "$out" 'In the mailbox ada@kestrelgate.example: accessed, because a record of the intruder.s names it'
like "as it stands there" "$out" 'In the mailbox bob@kestrelgate.example: not accessed, because'
like "of a day without logs it says which" "$("$TOCSIN" scope explain '<m1@them.example>' --case "$T/undeclared")" '^  The first such day: 2025-06-16\.$'
like "what a log of Microsoft's leaves out is said of it" "$out" '^  Within an hour a repeated access is not logged'
like "with the rule" "$out" 'The rule: named in tocsin-verdicts'
like "records of one context are one line" "$(echo $out)" '2025-06-15 02:10 to 2025-06-15 04:10, 3 records: MailItemsAccessed by ada@kestrelgate.example from 203.0.113.66 .*of the intruder: night visitor'
"$TOCSIN" scope explain m1@them.example --json --case "$CASE" >"$T/e.json"
is "in JSON each by itself" "$(jq -c '[(.messages|length), .messages[0].from, [.verdicts[] | [.mailbox, .verdict, .reason]], [.records[] | .certain], (.records[0].path | endswith("comes-in.json"))]' "$T/e.json")" \
	'[1,"cy@them.example",[["ada@kestrelgate.example","accessed","named"],["bob@kestrelgate.example","not_accessed","covered"]],[true,true,true],true]'
sha=$(list messages | field message_sha256 | head -1)
is "by the beginning of its SHA-256 it is the same" "$("$TOCSIN" scope explain "$(echo "$sha" | cut -c1-8)" --json --case "$CASE")" "$(cat "$T/e.json")"
is "and by its Message-ID in letters of another case" "$("$TOCSIN" scope explain '<M1@Them.Example>' --json --case "$CASE")" "$(cat "$T/e.json")"
like "what is reached and in no evidence is explained as such" "$("$TOCSIN" scope explain gone@them.example --case "$CASE")" '^In the mailbox ada@kestrelgate.example: accessed'
like "with what that means" "$("$TOCSIN" scope explain gone@them.example --case "$CASE")" '^No mail that was read has this Message-ID'
unlike "which is not said of one that is there" "$("$TOCSIN" scope explain m1@them.example --case "$CASE")" 'No mail that was read'
cp -r "$CASE" "$T/unsure"
printf 'time,mailbox,message_id,ip\n05/06/2025 10:00,ada@kestrelgate.example,<m1@them.example>,203.0.113.66\n' >"$T/unsure.csv"
"$TOCSIN" scope --logs "$T/unsure.csv" --case "$T/unsure" --quiet >/dev/null || :
like "a record of which the day is not sure is not brought as proof of that day" "$("$TOCSIN" scope explain m1@them.example --case "$T/unsure")" \
	'^  2025-05-06 10:00  bind by nobody .*\(the zone of the date is not known, it counts from 15 hours before to 15 hours after; day and month of the date may stand'
printf 'time,mailbox,message_id,ip\n2025-06-15T02:10:00Z,ada@kestrelgate.example,<only@them.example>,203.0.113.66\n' >"$T/list.csv"
printf '{"kind":"admin#reports#activity","id":{"time":"2025-06-15T02:10:00Z","uniqueQualifier":"7","applicationName":"gmail"},"ipAddress":"203.0.113.66","actor":{"email":"ada@kestrelgate.example"},"events":[{"name":"delivery","parameters":[{"name":"message_info","messageValue":{"parameter":[{"name":"rfc2822_message_id","value":"<google@them.example>"}]}},{"name":"event_info","messageValue":{"parameter":[{"name":"mail_event_type","intValue":"7"}]}}]}]}\n' >"$T/google.json"
ok "logs of others" "$TOCSIN" scope --logs "$T/list.csv" --logs "$T/google.json" --case "$T/unsure" --quiet
unlike "that a repeated access is not logged is not said of a list that somebody made" "$("$TOCSIN" scope explain only@them.example --case "$T/unsure")" 'not logged|logs the first'
like "and of Gmail's that it logs the first opening" "$("$TOCSIN" scope explain google@them.example --case "$T/unsure")" '^  Gmail logs the first opening only: the last'
exits "a message that is not there" 2 "$TOCSIN" scope explain nowhere@them.example --case "$CASE"
like "is refused with what is wanted" "$err" 'nowhere@them.example.*Message-ID, or the beginning of a SHA-256'
exits "nor do signs stand for any letters" 2 "$TOCSIN" scope explain '%%%%%%%%' --case "$CASE"
done_testing
