#!/bin/sh
# scope: what did the intruder reach? Invented logs over invented mail: each rule of the verdict, and each trap.
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
CASE=$T/c
new_case "$CASE"
mail() { # mail FOLDER N DATE SUBJECT [HEADERS]
	mkdir -p "$T/mail/ada@us.example/$1"
	printf '%bDate: %s\nFrom: x@them.example\nTo: ada@us.example\nSubject: %s\nMessage-ID: <m%s@them.example>\n\nText %s.\n' \
	    "${5-}" "$3" "$4" "$2" "$2" >"$T/mail/ada@us.example/$1/$2.eml"
}
early='Mon, 02 Jun 2025 08:00:00 +0000'
mail Inbox 1 "$early" one
mail Inbox 2 "$early" two
mail Archive 3 "$early" three
late='Mon, 23 Jun 2025 08:00:00 +0000'
mail Inbox 4 "$late" invoice "Received: from a.example by mx1.kestrelgate.example; $late\n"
mail Inbox 5 "$late" forged "Received: from a.example by mx1.kestrelgate.example; $early\n"
mail Inbox 6 "$late" unstamped
ok "mail is ingested" "$TOCSIN" ingest "$T/mail" --mailbox ada@us.example --case "$CASE" --quiet
mkdir "$T/logs"
bind() { # bind ID TIME SESSION MESSAGE-ID
	printf '{"CreationTime":"%s","Id":"%s","Operation":"MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded","Workload":"Exchange","UserId":"ada@us.example","MailboxOwnerUPN":"ada@us.example","ClientIPAddress":"198.51.100.7",%s"OperationCount":1,"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"Folders":[{"Path":"\\\\Inbox","Id":"LgA","FolderItems":[{"InternetMessageId":" <%s> "}]}]}\n' "$2" "$1" "$3" "$4"
}
session='"SessionId":"evil",'
other='"SessionId":"good",'
{
	bind 00000000-0000-0000-0000-000000000001 2025-06-10T10:00:00 "$session" m1@them.example
	bind 00000000-0000-0000-0000-000000000001 2025-06-10T10:00:00 "$session" m1@them.example
	bind 00000000-0000-0000-0000-000000000002 2025-06-10T11:00:00 "$session" gone@them.example
	bind 00000000-0000-0000-0000-000000000003 2025-06-11T11:00:00 "$other" m3@them.example
	bind 00000000-0000-0000-0000-000000000004 2025-06-12T11:00:00 "$other" m3@them.example
} >"$T/logs/audit.jsonl"
printf 'Dear Ada,\n\nno log.\n' >"$T/logs/note.txt"
verdict() { list verdicts | grep "\"message_id\":\"$1\"" | sed 's/.*"verdict":"\([a-z_]*\)","reason":"\([a-z_]*\)".*/\1 \2/'; }

ok "logs are read without an actor" "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
is "and then nothing can be told" "$(verdict m1@them.example)" "unknown no_actor"
is "the same Id counts once" "$(list events | wc -l)" 4
mkdir "$T/none"
exits "a folder with nothing in it" 1 "$TOCSIN" scope --logs "$T/none" --case "$CASE" --quiet
like "is said to be that" "$out" 'There is no file in what was given as logs'
like "a file that is no log says what it looks like" "$(list log_sources)" 'note.txt","member":null,"state":"done","outcome":"skipped"'

cat >"$T/actor.yaml" <<'Y'
actors:
  - name: intruder
    session_id: evil
window: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}
coverage:
  - {mailbox: ada@us.example, from: 2025-05-01, to: 2025-06-13, ground: "a test"}
Y
"$TOCSIN" scope --what-if "$T/actor.yaml" --json --case "$CASE" >"$T/what" || :
rows "$CASE" >"$T/before"
like "what-if says what would leave scope" "$(cat "$T/what")" '"left_scope":5'
rows "$CASE" >"$T/after"
same "and writes nothing" "$T/before" "$T/after"
exits "as text, too" 0 "$TOCSIN" scope --what-if "$T/actor.yaml" --case "$CASE"
like "the numbers first" "$out" '^0 messages would enter scope, 5 would leave it, 1 would stay with another verdict'
like "by verdict" "$(echo $out)" 'now then accessed 0 1 presumed 0 0 unknown 6 0 not_accessed 0 5'
like "and each message that leaves, as it is and as it would be" "$out" '^  leaves  unknown now, not_accessed then: "two" from x@them.example [(]SHA-256 [0-9a-f]{12}[)]'
printf 'actors:\n  - {name: x, user: nobody.like.that@z.example}\n' >"$T/none.yaml"
like "who is in no record is asked for" "$("$TOCSIN" scope --actor "$T/none.yaml" --case "$CASE" --quiet)" 'NO RECORD FITS what the actor file says'
ok "with an actor there are verdicts" "$TOCSIN" scope --actor "$T/actor.yaml" --case "$CASE" --quiet
is "a message that a record names was accessed" "$(verdict m1@them.example)" "accessed named"
is "what is reached and in no evidence is a row" "$(verdict gone@them.example)" "accessed named"
is "what no record of the intruder's reaches is proved" "$(verdict m2@them.example)" "not_accessed covered"
is "what another session opened too" "$(verdict m3@them.example)" "not_accessed covered"
is "what came later could not be reached" "$(verdict m4@them.example)" "not_accessed arrived_after"
like "explain says why" "$("$TOCSIN" scope explain m1@them.example --case "$CASE")" 'accessed, because a record of the intruder'
rows "$CASE" >"$T/before"
ok "a second run" "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
rows "$CASE" >"$T/after"
same "changes no row" "$T/before" "$T/after"

# Doubt is decided towards reached.
bind 00000000-0000-0000-0000-000000000005 2025-06-11T12:00:00 '' m2@them.example >"$T/logs/more.jsonl"
ok "a record without a session is read" "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
is "and may be the intruder's" "$(verdict m2@them.example)" "unknown may_be_actor"
printf '%s\n' '{"CreationTime":"2025-06-11T13:00:00","Id":"00000000-0000-0000-0000-000000000006","Operation":"MailItemsAccessed","RecordType":2,"Workload":"Exchange","UserId":"ada@us.example","MailboxOwnerUPN":"ada@us.example","SessionId":"evil","OperationProperties":[{"Name":"MailAccessType","Value":"Sync"}],"Item":{"ParentFolder":{"Id":"LgB","Name":"Posteingang","Path":"Not Available"}}}' >"$T/logs/sync.jsonl"
ok "a sync of a folder by its name" "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
is "reaches what lies in it, in any language" "$(verdict m2@them.example)" "presumed folder_sync"
is "and perhaps what lies elsewhere now" "$(verdict m3@them.example)" "unknown elsewhere"
is "a Date forged ahead does not help: our server's stamp counts" "$(verdict m5@them.example)" "presumed folder_sync"
is "a Date that no stamp bears out proves nothing" "$(verdict m6@them.example)" "unknown date_only"
is "what our server stamped later stays out of reach" "$(verdict m4@them.example)" "not_accessed arrived_after"
printf '{"CreationTime": nonsense\n' >"$T/logs/broken.jsonl"
sed '1!d' "$T/logs/audit.jsonl" >>"$T/logs/broken.jsonl"
run "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
is "a log with a broken record is done with problems" "$rc" 1
like "which are rows" "$(list log_failures)" 'broken.jsonl'
# Which verdicts are in scope is a policy.
ok "what is in scope is scanned" scan
ok "and attributed" attribute
n=$(count links)
sed -i 's/^policy:/policy:\n  scope: [accessed]/' "$CASE/case.yaml"
ok "with a narrower scope, scan" scan
ok "and attribute run again" attribute
is "links of what left scope are gone" "$(list links | field message_sha256 | sort -u | wc -l)" 1
ok "there were more" test "$n" -gt "$(count links)"
like "the ledger says what left" "$(list ledger)" 'scope policy.*"after":"accessed","entered_scope":0,"left_scope":[1-9]'
exits "the report's proof asks the same question" 0 "$TOCSIN" report --check --case "$CASE"
sed -i 's/  scope: \[accessed\]/  scope: [presumed]/' "$CASE/case.yaml"
exits "what was accessed cannot be left out" 2 "$TOCSIN" scope --case "$CASE"
like "and the line is named" "$err" 'case.yaml:[0-9]+.*accessed in it'
sed -i '/  scope: \[presumed\]/d' "$CASE/case.yaml"
ok "back to the default" scan
ok "what came back is attributed again" attribute
is "to the same links" "$(count links)" "$n"
printf 'actors:\n  - sesion_id: x\n' >"$T/bad.yaml"
exits "a misspelt predicate is refused" 2 "$TOCSIN" scope --actor "$T/bad.yaml" --case "$CASE"
like "with its line" "$err" 'bad.yaml:2'
# A record that counts other than it names is read, and is a row about the log.
bind 00000000-0000-0000-0000-000000000009 2025-06-11T10:30:00 "$session" m1@them.example | sed 's/"OperationCount":1/"OperationCount":7/' >"$T/logs/count.jsonl"
run "$TOCSIN" scope --logs "$T/logs" --case "$CASE"
like "a record that counts other than it names is read in part" "$out" '1 in part[)]'
like "and it is said where to look" "$out" 'tocsin list log_problems'
like "there it stands with its place" "$(list log_problems)" 'count.jsonl","member":null,"at_byte":0,.*"mailbox":"ada@us.example","operation":"MailItemsAccessed",.*"problems":"OperationCount is more than the items named"'
is "what it does not name may be any mail of the mailbox" "$(verdict m3@them.example)" "presumed not_narrowed"

cp -r "$CASE" "$T/base"
# A rule of transport stands over every mailbox, whatever its name.
printf '%s\n' '{"CreationTime":"2025-06-11T14:00:00","Id":"00000000-0000-0000-0000-00000000000a","Operation":"New-TransportRule","RecordType":1,"Workload":"Exchange","ResultStatus":"True","UserId":"ada@us.example","SessionId":"evil","ObjectId":"us.example\\copies","Parameters":[{"Name":"Name","Value":"copies"},{"Name":"BlindCopyTo","Value":"drop@evil.test"}]}' >"$T/logs/transport.jsonl"
is "what came later was out of reach so far" "$(verdict m4@them.example)" "not_accessed arrived_after"
run "$TOCSIN" scope --logs "$T/logs" --case "$CASE" --quiet
is "mail that came while it was there is presumed" "$(verdict m4@them.example)" "presumed forwarded"
like "and explained with the rule" "$("$TOCSIN" scope explain m4@them.example --case "$CASE")" 'New-TransportRule by ada@us.example.*: it sends to drop@evil.test$'

# Conditions narrow where they can be decided by subject and sender, for inbox rules and rules of transport alike.
change() { # change OPERATION TIME NAME=VALUE...: a record of the intruder's, or of the session $who
	printf '{"CreationTime":"%s","Id":"00000000-0000-0000-0000-0000000%s","Operation":"%s","RecordType":1,"Workload":"Exchange","ResultStatus":"True","UserId":"ada@us.example","SessionId":"%s","ObjectId":"us.example\\\\r","Parameters":[{"Name":"Name","Value":"r"}' \
	    "$2" "$(($(echo "$*" | cksum | cut -d' ' -f1) % 90000 + 10000))" "$1" "${who-evil}"
	shift 2
	for t_pair; do printf ',{"Name":"%s","Value":"%s"}' "${t_pair%%=*}" "${t_pair#*=}"; done
	printf ']}\n'
}
forwarded() { # the verdict on m4 (subject "invoice", from x@them.example) with the records of stdin
	rm -rf "$T/f" "$T/fl"; cp -r "$T/base" "$T/f"; mkdir "$T/fl"; cat >"$T/fl/rules.jsonl"
	"$TOCSIN" scope --logs "$T/fl" --case "$T/f" --quiet >/dev/null
	CASE=$T/f verdict m4@them.example
}
no="not_accessed arrived_after" yes="presumed forwarded"
made=2025-06-11T14:00:00
is "a word of the subject that is there" "$(change New-TransportRule $made BlindCopyTo=drop@evil.test 'SubjectContainsWords=salary;INVOICE' | forwarded)" "$yes"
is "words that are not" "$(change New-TransportRule $made BlindCopyTo=drop@evil.test 'SubjectContainsWords=salary;payment' | forwarded)" "$no"
is "another sender" "$(change New-InboxRule $made ForwardTo=drop@evil.test From=boss@them.example | forwarded)" "$no"
is "this sender among others" "$(change New-InboxRule $made ForwardTo=drop@evil.test 'From=boss@them.example;X@them.example' | forwarded)" "$yes"
is "a sender that is only a name may be anybody" "$(change New-InboxRule $made ForwardTo=drop@evil.test 'From=The Boss' | forwarded)" "$yes"
is "what the body says is not decided" "$(change New-TransportRule $made BlindCopyTo=drop@evil.test 'SubjectOrBodyContainsWords=salary' | forwarded)" "$yes"
is "a list of another form is not decided" "$(change New-TransportRule $made BlindCopyTo=drop@evil.test 'SubjectContainsWords={salary}' | forwarded)" "$yes"
narrow() { change New-InboxRule $made ForwardTo=drop@evil.test SubjectContainsWords=salary; }
is "a rule that was removed forwards no more" "$({ change New-InboxRule $made ForwardTo=drop@evil.test; change Remove-InboxRule 2025-06-12T09:00:00; } | forwarded)" "$no"
is "so does one of transport" "$({ change New-TransportRule $made BlindCopyTo=drop@evil.test; change Disable-TransportRule 2025-06-12T09:00:00; } | forwarded)" "$no"
is "disabled and enabled again it forwards" "$({ change New-InboxRule $made ForwardTo=drop@evil.test; change Disable-InboxRule 2025-06-12T09:00:00; change Enable-InboxRule 2025-06-13T09:00:00; } | forwarded)" "$yes"
is "once it was changed its conditions may be gone" "$({ narrow; change Set-InboxRule 2025-06-12T09:00:00 MarkAsRead=True; } | forwarded)" "$yes"
is "whoever changed it" "$({ narrow; who=hers change Set-InboxRule 2025-06-12T09:00:00 MarkAsRead=True; } | forwarded)" "$yes"
is "not when that was later" "$({ narrow; who=hers change Set-InboxRule 2025-06-29T09:00:00 MarkAsRead=True; } | forwarded)" "$no"
is "a rule beside it changes nothing" "$({ narrow; change New-InboxRule 2025-06-12T09:00:00 MarkAsRead=True; } | forwarded)" "$no"
like "explained with its conditions" "$({ narrow; change Set-InboxRule 2025-06-12T09:00:00 MarkAsRead=True; } | forwarded >/dev/null; "$TOCSIN" scope explain m4@them.example --case "$T/f")" \
    'it sends to drop@evil.test where SubjectContainsWords is "salary"$'
# Microsoft's exports end at 50,000 rows and do not say that they do.
new_case "$T/full"
mkdir -p "$T/full-logs"
python3 - "$T/full-logs" <<'PY'
import sys
for name, n in (('full', 50000), ('whole', 49999)):
    with open(f'{sys.argv[1]}/{name}.csv', 'w') as f:
        f.write('RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n')
        for i in range(n):
            f.write(f'{name}{i},2025-06-11T10:00:00.0000000Z,15,UserLoggedIn,a@us.example,"{{""Id"":""{name}{i}"",""CreationTime"":""2025-06-11T10:00:00"",""Operation"":""UserLoggedIn"",""RecordType"":15,""UserId"":""a@us.example""}}"\n')
PY
run "$TOCSIN" scope --logs "$T/full-logs" --case "$T/full" --without-jail
like "an export with as many records as one can have is said to be one" "$out" "1 export has the 50,000 records that one can have"
is "the list of log files says which" "$("$TOCSIN" list log_sources --jsonl --case "$T/full" | grep 'as many as one export' | sed 's/.*"path":"[^"]*\/\([a-z]*\.csv\)".*/\1/')" full.csv

# Folders are compared by their whole path; a record that has a name alone can mean each folder that is called so.
synced() { # synced FORM PATH [NAME]: what becomes of the mail in Clients/Acme, Acme, Partners/Acme and Inbox
	rm -rf "$T/paths" "$T/paths-logs"
	new_case "$T/paths"
	mkdir "$T/paths-logs"
	python3 - "$1" "$2" "${3-}" "$T" <<'PY'
import json, os, shutil, sys, zipfile
form, path, name, top = sys.argv[1:]
shutil.rmtree(f'{top}/paths-mail', ignore_errors=True)
os.mkdir(f'{top}/paths-mail')
packed = zipfile.ZipFile(f'{top}/paths-mail/mail.zip', 'w') if form == 'zip' else None
for folder in ('Clients/Acme', 'Acme', 'Partners/Acme', 'Inbox'):
    n = folder.replace('/', '.')
    text = f'Received: from a.example by mx1.kestrelgate.example; Mon, 02 Jun 2025 08:00:00 +0000\nDate: Mon, 02 Jun 2025 08:00:00 +0000\nFrom: x@them.example\nTo: ada@us.example\nSubject: {n}\nMessage-ID: <{n}@them.example>\n\nText of {n}.\n'
    if form == 'without' and folder == 'Clients/Acme':
        continue
    if packed:
        packed.writestr(f'export/{folder}/1.eml', text)
        continue
    os.makedirs(f'{top}/paths-mail/{folder}')
    with open(f'{top}/paths-mail/{folder}/1.eml', 'w') as f:
        f.write(text)
if packed:
    packed.close()
parent = {'Id': 'LgA', **({'Path': path} if path else {}), **({'Name': name} if name else {})}
with open(f'{top}/paths-logs/a.jsonl', 'w') as f:
    f.write(json.dumps({'CreationTime': '2025-06-11T10:00:00', 'Id': '1', 'Operation': 'MailItemsAccessed', 'RecordType': 50, 'ResultStatus': 'Succeeded', 'UserType': 0, 'Workload': 'Exchange',
        'UserId': 'ada@us.example', 'LogonType': 0, 'MailboxOwnerUPN': 'ada@us.example', 'SessionId': 'evil',
        'OperationProperties': [{'Name': 'MailAccessType', 'Value': 'Sync'}, {'Name': 'IsThrottled', 'Value': 'False'}], 'Item': {'Id': 'LgA', 'ParentFolder': parent}}) + '\n')
PY
	"$TOCSIN" ingest "$T/paths-mail" --mailbox ada@us.example --case "$T/paths" --quiet >/dev/null
	printf 'actors:\n  - {name: intruder, session_id: evil}\n' >"$T/paths.yaml"
	"$TOCSIN" scope --logs "$T/paths-logs" --actor "$T/paths.yaml" --case "$T/paths" --quiet >/dev/null
	"$TOCSIN" list verdicts --jsonl --case "$T/paths" | jq -r '"\(.message_id | split("@")[0]) \(.verdict) \(.reason)"' | sort | tr '\n' ';'
}
for form in eml zip; do
	is "a sync of a folder reaches the folder with all of its path ($form)" "$(synced $form '\Clients\Acme')" \
		"Acme unknown elsewhere;Clients.Acme presumed folder_sync;Inbox unknown elsewhere;Partners.Acme unknown elsewhere;"
	is "of one at the top that one, and those below others may be it ($form)" "$(synced $form '\Acme')" "$(
		if [ $form = eml ]; then echo 'Acme presumed folder_sync;Clients.Acme presumed not_narrowed;Inbox unknown elsewhere;Partners.Acme presumed not_narrowed;'
		else echo 'Acme presumed folder_sync;Clients.Acme presumed folder_sync;Inbox unknown elsewhere;Partners.Acme presumed folder_sync;'; fi)"
	is "of one by its name alone each that is called so, and it is not said which ($form)" "$(synced $form '' Acme)" \
		"Acme presumed not_narrowed;Clients.Acme presumed not_narrowed;Inbox unknown elsewhere;Partners.Acme presumed not_narrowed;"
	is "an inbox by its name is the inbox ($form)" "$(synced $form '' Inbox)" \
		"Acme unknown elsewhere;Clients.Acme unknown elsewhere;Inbox presumed folder_sync;Partners.Acme unknown elsewhere;"
done
is "where the evidence has the end of the path alone, that can be it" "$(synced without '\Clients\Acme')" \
	"Acme presumed folder_sync;Inbox unknown elsewhere;Partners.Acme unknown elsewhere;"
is "and where it has no such folder, its mail may lie anywhere" "$(synced eml '\Suppliers\Zeta')" \
	"Acme presumed not_narrowed;Clients.Acme presumed not_narrowed;Inbox presumed not_narrowed;Partners.Acme presumed not_narrowed;"

# Mail that comes after the verdicts has none, and a plan that takes it for exposed says so.
new_case "$T/since"
mkdir "$T/since-mail"
cp "$T/mail/ada@us.example/Inbox/1.eml" "$T/since-mail/"
run "$TOCSIN" ingest "$T/since-mail" --mailbox ada@us.example --case "$T/since" --quiet
run "$TOCSIN" scope --logs "$T/logs" --actor "$T/actor.yaml" --case "$T/since" --quiet
cp "$T/mail/ada@us.example/Inbox/2.eml" "$T/since-mail/"
run "$TOCSIN" ingest "$T/since-mail" --mailbox ada@us.example --case "$T/since" --quiet
run "$TOCSIN" scan --case "$T/since" --quiet
run "$TOCSIN" attribute --case "$T/since" --quiet
like "what was read since the verdicts is to be judged, says status" "$("$TOCSIN" status --case "$T/since" --json)" '"to_judge":1,.*"command":"tocsin scope"'
exits "and a plan over it says that no log judged it" 1 "$TOCSIN" notify plan --case "$T/since"
like "with their number" "$out" 'Judged by no log: 1 message read since the last tocsin scope'
run "$TOCSIN" scope --case "$T/since" --quiet
exits "judged, it hinders none" 0 "$TOCSIN" notify plan --case "$T/since"

# A mailbox that was ingested as another's is put right without reading it again, and the logs are asked again.
cp -r "$T/c" "$T/given"; CASE=$T/given
list verdicts | grep ada@us.example | wc -l >"$T/right"
exits "the same mail as somebody else's" 0 "$TOCSIN" ingest "$T/mail" --mailbox ida@us.example --case "$CASE" --json
like "is read no second time" "$out" '"sources":0,.*"sources_given":[1-9]'
like "but is another's" "$(list mailboxes)" '"owner":"ida@us.example","grade":"given"'
is "of whom no log said anything yet" "$(list verdicts | grep -c ida@us.example)" 0
exits "so no wave is planned over it unasked" 1 "$TOCSIN" notify plan --case "$CASE"
exits "which scope says" 0 "$TOCSIN" scope --case "$CASE"
like "and asks how the address is spelled" "$out" '1 mailbox of the evidence stands in no record of these logs: ida@us.example\. Is it spelled as there'
run "$TOCSIN" ingest "$T/mail" --mailbox ada@us.example --case "$CASE" --quiet
exits "put right" 0 "$TOCSIN" scope --case "$CASE"
unlike "it does not ask" "$out" 'in no record of these logs'
is "put right, it is judged as before" "$(list verdicts | grep -c ada@us.example)" "$(cat "$T/right")"

# What each notice tells of the access is held beside the records.
sed -i 's/^  first_access:.*/  first_access: 2025-06-09/' "$CASE/case.yaml"
unlike "dates that the records bear out" "$("$TOCSIN" status --case "$CASE")" 'the intruder read mail before'
sed -i 's/^  first_access:.*/  first_access: 2025-06-12/' "$CASE/case.yaml"
like "dates that they refute are said" "$("$TOCSIN" status --case "$CASE")" 'the intruder read mail before first_access'
run "$TOCSIN" report --case "$CASE" --quiet
ok "in the report, too" grep -q 'Dates of the access that the logs refute' "$CASE/out/report.html"
ok "which asks for mail that is missing" grep -q 'message that the intruder reached and that is not in evidence' "$CASE/out/report.html"

# A record names a message of which the evidence has but the copy that somebody forwarded: it was opened.
mkdir -p "$T/fwd/ada@us.example/Inbox" "$T/fwd.logs"
printf 'Received: from a.example by mx.us.example; Mon, 02 Jun 2025 08:00:00 +0000\nFrom: ada@us.example\nTo: bo@us.example\nDate: %s\nMessage-ID: <outer@us.example>\nSubject: fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: x@them.example\nTo: ada@us.example\nSubject: inner\nMessage-ID: <inner@them.example>\nDate: %s\n\ninner\n--b--\n' \
	"$early" "$early" >"$T/fwd/ada@us.example/Inbox/1.eml"
bind 00000000-0000-0000-0000-0000000000f1 2025-06-10T10:00:00 "$session" inner@them.example >"$T/fwd.logs/audit.jsonl"
CASE=$T/forwarded; new_case "$CASE"; ingest "$T/fwd"
cat >"$T/fwd.yaml" <<'END'
actors: [{name: i, session_id: evil}]
window: {from: 2025-06-09, to: 2025-06-12}
coverage: [{mailbox: all, from: 2025-06-01, to: 2025-06-20, ground: "whole export", quiet_days: true}]
folders_unchanged: true
END
run "$TOCSIN" scope --logs "$T/fwd.logs" --actor "$T/fwd.yaml" --case "$CASE" --quiet
is "what was opened before it was deleted is told" "$(list messages | grep inner@them.example | field verdict)" accessed
like "and the proof waits for nothing" "$("$TOCSIN" report --check --case "$CASE")" '^ok +verdicts'

# Logs are evidence: what they do not name is proved by them.
cp -r "$T/logs" "$T/kept.logs"; CASE=$T/logged; new_case "$CASE"
ingest "$T/mail" --mailbox ada@us.example; run "$TOCSIN" scope --logs "$T/kept.logs" --case "$CASE" --quiet
exits "logs that are as they were" 0 "$TOCSIN" verify --evidence --case "$CASE"
like "are counted" "$out" 'audit logs \.* [0-9]+ files, [0-9]+ as they were, 0 not'
echo >>"$T/kept.logs/audit.jsonl"
exits "one that was written to" 1 "$TOCSIN" verify --evidence --case "$CASE"
like "is named" "$out" 'kept.logs/audit.jsonl: has another length than when it was read'
rm -r "$T/kept.logs"
exits "and so are those that are gone" 1 "$TOCSIN" verify --evidence --json --case "$CASE"
like "each" "$out" '"logs_bad":[2-9]'
# Logs that were read again from where they are now are not missing, as with mail.
cp -r "$T/logs" "$T/here"; CASE=$T/moved; new_case "$CASE"
ingest "$T/mail" --mailbox ada@us.example; run "$TOCSIN" scope --logs "$T/here" --case "$CASE" --quiet
mv "$T/here" "$T/there"; exits "logs that are gone" 1 "$TOCSIN" verify --evidence --case "$CASE"
run "$TOCSIN" scope --logs "$T/there" --case "$CASE" --quiet
exits "and were read again from elsewhere" 0 "$TOCSIN" verify --evidence --case "$CASE"
like "have moved" "$out" '^  moved \.* [0-9]+ more, gone from where they were'
done_testing
