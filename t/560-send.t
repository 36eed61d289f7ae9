#!/bin/sh
# notify preflight, send, stop, hold, resolve, status: each notice leaves once, whatever happens.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
cat >"$T/sendmail" <<SH
#!/bin/sh
cat >/dev/null
[ ! -e "$T/later" ] || { echo 'queue file write error'; exit 75; }
for a; do to=\$a; done
echo "\$to" >>"$T/left"
[ ! -e "$T/die" ] || kill -9 \$PPID
SH
chmod +x "$T/sendmail"
by_sendmail
# One of them is encrypted.
sed -i 's/^policy:/policy:\n  encrypt: when_known/' "$CASE/case.yaml"
notify keys >/dev/null
mkdir -p "$CASE/keys/recipients"
openssl req -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=x -addext subjectAltName=email:abuse@steelyard.example -keyout "$T/k" \
    -out "$CASE/keys/recipients/abuse@steelyard.example.pem" 2>/dev/null
# A name with what a terminal would obey.
sed "s/^Quaylight Terminals plc,/$(printf '\033')[31mQuaylight Terminals plc,/" "$SAMPLES/organisations.csv" >"$T/organisations.csv"
ingest "$SAMPLES/mailboxes"; scan; attribute --directory "$T/organisations.csv"
exits "nothing is sent without a wave" 2 notify send --send
ok "a wave is planned, approved and written" plan_write
exits "nothing is sent that was not checked" 3 notify send --send
exits "a check without a name server" 1 notify preflight --json
is "one mail of them is encrypted" "$(grep -l pkcs7-mime "$CASE"/out/wave-1/*.eml | wc -l)" 1
like "finds that the mails are as approved" "$(printf '%s' "$out" | jq -r '.checks[] | .check + " " + .state')" '^notices passed$'
failed=$(printf '%s' "$out" | jq -r '.checks[] | select(.state == "failed") | .check')
exits "failed checks stop it" 3 notify send --send
unlike "and each says what to do" "$(printf '%s' "$out" | jq -r '.checks[] | select(.state != "passed") | .check + ":" + .advice')" ':$'
exits "one person overrides nothing" 2 notify preflight --override spf --why test --by A --by a
exits "nor does one with another spelling" 2 notify preflight --override spf --why test --by A --by ' a '
exits "nor is there a check of any name" 2 notify preflight --override spff --why test --by A --by B
like "which is said" "$err" 'no check spff'
exits "nor one that did not fail" 2 notify preflight --override notices --why test --by A --by B
printf '%s\n' "$failed" >"$T/failed"
while IFS= read -r check; do notify preflight --override "$check" --why test --by A --by B </dev/null >/dev/null; done <"$T/failed"
is "who overrode what, what stood there, and why, is in the ledger" "$(list ledger | jq -r 'select(.what == "preflight override") | .detail | if type == "string" then fromjson else . end | [.check, .by, .and, .why, (.found != "")] | join(" ")' | sort)" \
	"$(sed 's/$/ A B test true/' "$T/failed" | sort)"
cp -r "$CASE" "$T/else"
sqlite3 "$T/else/case.db" "UPDATE preflight SET found = 'an older key' WHERE name = 'dkim'"
exits "what they allowed is what was found then, and nothing else" 3 "$TOCSIN" notify send --send --case "$T/else"
like "so that check stands in the way again" "$err" 'preflight failed: dkim;'
exits "it can be said what would be sent" 0 notify send --json
due=$(printf '%s' "$out" | jq .due)
ok "and nothing has left" test ! -e "$T/left"
exits "it is stopped" 0 notify stop --by A --why wait
exits "and does not start" 3 notify send --send
exits "it is lifted" 0 notify stop --lift --by A
mv "$T/sendmail" "$T/works"
printf '#!/nowhere/sh\n' >"$T/sendmail"; chmod +x "$T/sendmail"
run notify send --send --json
is "a mail server's program that cannot be started leaves nothing uncertain" \
    "$(printf '%s' "$out" | jq -c '[.handed_over, .to_retry, .failed, .uncertain]')" '[0,1,0,0]'
mv "$T/works" "$T/sendmail"
touch "$T/die"
run notify send --send
is "killed after one mail" "$(wc -l <"$T/left")" 1
rm "$T/die"
run notify send --send --json
is "the rest leaves, the one does not again" "$(wc -l <"$T/left")" "$due"
is "each once" "$(sort "$T/left" | uniq -d)" ""
run notify status --json
is "one is uncertain" "$(printf '%s' "$out" | jq '[.notices[] | select(.state == "uncertain")] | length')" 1
id=$(printf '%s' "$out" | jq -r '.notices[] | select(.state == "uncertain") | .notice')
exits "a person says that it left" 0 notify resolve --notice "$id" --sent --by A
run notify send --send --json
is "then nothing is due" "$(printf '%s' "$out" | jq -c '[.due, .uncertain]')" '[0,0]'
is "and nothing left again" "$(wc -l <"$T/left")" "$due"
exits "people are told where each stands" 0 notify status
like "by name" "$out" 'Quaylight Terminals plc, '
is "without a byte that the terminal would obey" "$(printf '%s' "$out" | tr -d '\n' | LC_ALL=C tr -d ' -~' | LC_ALL=C grep -c "$(printf '\033')" || true)" 0
# Batches of rising size, and a stop in between.
cp -r "$CASE" "$T/batches"; CASE=$T/batches
sqlite3 "$CASE/case.db" "UPDATE delivery SET state = 2, attempts = 0, intent_utc = NULL, handed_utc = NULL"
sed -i 's/pause_seconds: 0/pause_seconds: 600\n  batches: [3, 5]/' "$CASE/case.yaml"
: >"$T/left"
"$TOCSIN" notify send --send --quiet --case "$CASE" >"$T/stopped" 2>&1 </dev/null &
pid=$!
for _ in $(seq 1200); do [ "$(wc -l <"$T/left")" -ge 3 ] && break; sleep 0.1; done
exits "a run that pauses between batches is stopped" 0 notify stop --by A --why 'a wrong date'
rc=0; wait $pid || rc=$?
is "it ends, and says so" "$rc $(grep -c 'Ended early: .*a wrong date' "$T/stopped")" "1 1"
is "behind the first batch" "$(wc -l <"$T/left")" 3
# One a minute, where case.yaml says so: no second one leaves in the time that is waited here.
notify stop --lift --by A >/dev/null
sqlite3 "$CASE/case.db" "UPDATE delivery SET state = 2, attempts = 0, intent_utc = NULL, handed_utc = NULL"
sed -i 's/pause_seconds: 600/pause_seconds: 0/; s/per_minute: .*/per_minute: 1/' "$CASE/case.yaml"
: >"$T/left"
"$TOCSIN" notify send --send --quiet --case "$CASE" >/dev/null 2>&1 </dev/null &
pid=$!
for _ in $(seq 1200); do [ -s "$T/left" ] && break; sleep 0.1; done
sleep 1.5
notify stop --by A --why 'slowly' >/dev/null
wait $pid || :
is "no more leave in a minute than it says" "$(wc -l <"$T/left")" 1
# Each batch is as large as the next number, and the last one goes on.
notify stop --lift --by A >/dev/null
sqlite3 "$CASE/case.db" "UPDATE delivery SET state = 2, attempts = 0, intent_utc = NULL, handed_utc = NULL"
sed -i 's/per_minute: .*/per_minute: 100000/; s/batches: .*/batches: [1, 2, 3]/' "$CASE/case.yaml"
: >"$T/left"
list ledger >"$T/before"
exits "the others leave without a pause" 0 notify send --send
is "in batches that grow" "$(list ledger | jq -r 'select(.what == "batch sent") | .detail | if type == "string" then fromjson else . end | .mails' | sed "1,$(grep -c '"what":"batch sent"' "$T/before")d" | head -4 | tr '\n' ' ')" "1 2 3 3 "
ok "of all mails" test "$(wc -l <"$T/left")" -gt 9

# EX_TEMPFAIL: not taken, and again later, after longer and longer, as what a server refuses for now (t/565-smtp.t).
TOCSIN_NOW=2027-01-01T00:00:00Z; export TOCSIN_NOW
sqlite3 "$CASE/case.db" "UPDATE delivery SET state = 2, attempts = 0, intent_utc = NULL, handed_utc = NULL, due_utc = NULL"
all=$(sqlite3 "$CASE/case.db" "SELECT count(*) FROM delivery")
: >"$T/left"; touch "$T/later"
for wait in 5 15 60; do
	passed_preflight
	run notify send --send --json
	is "what the mail server's program refuses for now is not lost, and not uncertain" \
	    "$rc $(printf '%s' "$out" | jq -c '[.handed_over, .to_retry, .failed, .uncertain]')" "0 [0,$all,0,0]"
	is "it is due again in $wait minutes" \
	    "$(sqlite3 "$CASE/case.db" "SELECT DISTINCT (due_utc - $(date -u -d "$TOCSIN_NOW" +%s)) / 60.0 FROM delivery")" $wait.0
	TOCSIN_NOW=$(date -u -d "$TOCSIN_NOW + $wait minutes" +%FT%TZ)
done
like "what the program said is shown" "$(notify status --json)" 'queue file write error'
# The fault of the program, and not of a mail: seven such days, and then a first refusal for now, lose no contact.
cp -r "$CASE" "$T/unusable"; mv "$T/sendmail" "$T/works"; printf '#!/nowhere/sh\n' >"$T/sendmail"; chmod +x "$T/sendmail"
(CASE=$T/unusable; sqlite3 "$CASE/case.db" "UPDATE delivery SET attempts = 6, state = CASE notice_id WHEN (SELECT min(notice_id) FROM delivery WHERE place = 0) THEN 5 ELSE 6 END"; notify send --send >"$T/said" || :)
mv "$T/works" "$T/sendmail"
is "while the mail server's program cannot be used no mail is tried" "$("$TOCSIN" notify send --send --case "$T/unusable" --json | jq -c '[.to_retry, .failed]')" "[1,0]"
rm "$T/later"; passed_preflight
now=$TOCSIN_NOW TOCSIN_NOW=$(date -u -d "$TOCSIN_NOW - 1 second" +%FT%TZ)
run notify send --send --json
is "nothing leaves a second before" "$(printf '%s' "$out" | jq -c .handed_over) $(wc -l <"$T/left")" "0 0"
TOCSIN_NOW=$now
run notify send --send --json
is "then each leaves" "$(printf '%s' "$out" | jq -c .handed_over) $(wc -l <"$T/left")" "$all $all"
is "once" "$(sort "$T/left" | uniq -d)" ""
unset TOCSIN_NOW
# One that is withdrawn does not leave, to no address of the organisation; where one has left, somebody has to say so.
CASE=$T/else
echo "  task_owner: Aisling Quirke" >>"$CASE/case.yaml"
passed_preflight; : >"$T/left"
gone=$(list notices | jq -r 'select(.address == "legal@quaylight.example") | .notice')
had=$(list notices | jq -r 'select(.address == "abuse@steelyard.example") | .notice')
notify withdraw --notice "$gone" --by A --why 'not theirs' >/dev/null
exits "a notice is withdrawn before it has left" 0 notify withdraw --notice "$gone" --by B --why 'not theirs'
like "which is said" "$out" '^Withdrawn\. tocsin has sent nothing that says it, nor will'
run notify send --send --json
unlike "it does not leave, nor what says the same to others of them" "$(cat "$T/left")" '@quaylight\.example'
is "all others do" "$(wc -l <"$T/left") $(printf '%s' "$out" | jq .due)" "10 10"
like "status says why" "$(notify status)" '^  composed +TN-.*security@quaylight\.example \(withdrawn\)'
is "and counts them" "$(notify status --json | jq -c '[.organisations[] | select(.withdrawn)] | length')" 1
notify withdraw --notice "$had" --by A --why 'a wrong date' >/dev/null
exits "one that has left is withdrawn" 0 notify withdraw --notice "$had" --by B --why 'a wrong date'
like "which is said" "$out" 'may have arrived: .* is a task'
is "a person has to tell them, by a day" "$(list tasks | jq -r 'select(.kind == "withdrawn") | [.org_name, .what, (.due > "2"), .owner] | join("; ")')" \
    "Steelyard Hosting; notice $had was withdrawn: tell everybody who may have it; true; Aisling Quirke"
TOCSIN_NOW=$(date -u -d '+60 days' +%FT%TZ); export TOCSIN_NOW; passed_preflight
run notify send --send
unset TOCSIN_NOW
is "and nobody of either is followed for want of an answer" "$(list tasks | jq -r 'select(.made > "'"$(date -u -d '+50 days' +%F)"'") | .org_name' | grep -Ec 'Quaylight|Steelyard' || true)" 0
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
cp -r "$CASE" "$T/broken"
sqlite3 "$T/broken/case.db" "DELETE FROM withdrawal WHERE notice_id = '$gone'"
TOCSIN_NOW=$(date -u -d '+60 days' +%FT%TZ) "$TOCSIN" notify send --send --case "$T/broken" >/dev/null 2>&1 || :
found=$("$TOCSIN" report --check --case "$T/broken" 2>&1 || :)
like "one that was sent after it was withdrawn would be found" "$found" "$gone: sent after it was withdrawn"
like "and one to another address of theirs" "$found" "sent after it was withdrawn with $gone, which says the same"

# What was withdrawn is told anew, as far as it holds, in place of it; who has it is told that.
cp -r "$T/else" "$T/anew"; CASE=$T/anew
like "there is more to tell then" "$("$TOCSIN" status --case "$CASE")" 'there is more to tell'
unlike "nobody is to reset what was withdrawn until then" "$("$TOCSIN" report resets --json --case "$CASE" | jq -r '.organisations[].name')" 'Steelyard|Quaylight'
told_of() { list told | jq -c 'select(.org | test("Quaylight|Steelyard")) | del(.wave, .version)' | sort; }
told_of >"$T/before"
ok "another wave is planned" notify plan
is "of those alone whose notices were withdrawn" "$(list notices | jq -r 'select(.wave == 2) | .org_name' | sed 's/.*Quay/Quay/' | sort -u | paste -sd,)" "Quaylight Terminals plc,Steelyard Hosting"
told_of >"$T/after"
same "it tells what was withdrawn, each once" "$T/before" "$T/after"
like "who may have it reads what it takes the place of" "$(notify show --org 'Steelyard Hosting' --text | tr '\n' ' ')" \
    'We have withdrawn the notice that we sent you on [^.]*: it no longer holds. This one takes its place.'
unlike "and is not sent a supplement" "$(notify show --org 'Steelyard Hosting' --text)" 'supplement to what we told you|we told you that mail'
never=$(notify show --org "$(list notices | jq -r 'select(.notice == "'"$gone"'") | .org')" --text)
unlike "who never had it does not" "$never" 'withdrawn'
is "the plan calls neither new, nor a supplement" "$(notify show --json | jq -c '[.organisations, .new, .supplements, .anew]') $(notify show | grep -c ' anew  ')" "[2,0,0,2] 2"
like "but is told what there is" "$never" 'Someone broke into the mail of'
ok "the wave is written" plan_write
passed_preflight; : >"$T/left"
exits "its manifest is signed" 0 notify manifest --wave 2 --out "$T/manifests" --json
is "and calls them neither new nor supplemented" "$(printf '%s' "$out" | jq -c '[.told_first, .supplemented, .told_anew]')" "[0,0,2]"
exits "which can be checked" 0 "$TOCSIN" verify --manifest "$T/manifests/wave-2.manifest" --key "$CASE/keys/notice.pub"
like "for who checks it, too" "$out" '^GENUINE: .* 0 supplemented, 2 told anew what was withdrawn, 0 that nobody could be told of'
run notify send --send
like "it is theirs to reset" "$("$TOCSIN" report resets --json --case "$CASE" | jq -r '.organisations[].name')" 'Steelyard'
is "it leaves for them" "$(sort "$T/left" | paste -sd,)" "abuse@steelyard.example,legal@quaylight.example,security@quaylight.example"
run notify send --wave 1 --send
is "and the first one still does not" "$(wc -l <"$T/left")" 3
is "who withdrew what, and that it was told anew, is listed" \
    "$(list withdrawals | jq -r 'select(.org == "Steelyard Hosting") | [.by, .why, .withdrawn, .told_anew] | join(" ")' | paste -sd,)" "A a wrong date true true,B a wrong date true true"
"$TOCSIN" report --case "$CASE" >/dev/null
like "and in the report" "$(cat "$CASE/out/report.html")" 'Notices that no longer hold'
unlike "then there is no more to tell" "$("$TOCSIN" status --case "$CASE")" 'there is more to tell'
exits "and the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# A supplement that was written and had not left when an earlier notice was withdrawn says that it stands: it does not leave, and is told with it.
cp -r "$T/anew" "$T/over"; CASE=$T/over
ingest "$SAMPLES/later"; scan; attribute --directory "$T/organisations.csv"
ok "a third wave is written" plan_write
late=$(list notices | jq -r 'select(.wave == 3 and .address == "security@quaylight.example") | .notice')
quaylight=$(list notices | jq -r 'select(.notice == "'"$late"'") | .org')
like "with a supplement" "$(notify show --wave 3 --org "$quaylight" --text | tr '\n' ' ')" 'What we told you before still stands'
told_of >"$T/before"
second=$(list notices | jq -r 'select(.wave == 2 and .address == "security@quaylight.example") | .notice')
cp -r "$CASE" "$T/stood"
notify withdraw --notice "$second" --by A --why 'a wrong name' >/dev/null
exits "what it adds to is withdrawn" 0 notify withdraw --notice "$second" --by B --why 'a wrong name'
like "which is said" "$out" '^2 later mails to them have not left, and say that it stands: they will not leave'
cp -r "$CASE" "$T/forgot"
passed_preflight; : >"$T/left"; touch "$T/later"
exits "the wave is sent" 1 notify send --send
rm "$T/later"
like "but for these, and what to do is said" "$out" '^2 mails do not leave: an earlier notice, of which is said that it stands, stands no more.*: tocsin notify plan'
unlike "they do not leave" "$(cat "$T/left")" '@quaylight\.example'
like "others are tried again later" "$(notify status)" '^  retry .*@tidepool'
run notify status
like "who is told in several waves is counted once" "$out" "^$(list deliveries | jq -r .org | sort -u | wc -l) organisations, some in several waves: "
like "status says why" "$out" '^  composed +'"$late"'.*security@quaylight\.example \(overtaken\)'
like "and what is next" "$out" 'Next: tocsin notify plan'
is "to a program, too" "$(notify status --json | jq -c '[.to_tell_anew, ([.notices[] | select(.overtaken)] | length)]')" '[1,2]'
exits "it is planned anew" 0 notify plan
told_of >"$T/after"
same "all of it, each once" "$T/before" "$T/after"
is "for that organisation alone" "$(list notices | jq -r 'select(.wave == 4) | .org' | sort -u)" "$quaylight"
like "in place of the one that they have" "$(notify show --org "$quaylight" --text | tr '\n' ' ')" "We have withdrawn the notice that we sent you on [^.]*\($second\): it no longer holds"
unlike "and nothing stands beside it" "$(notify show --org "$quaylight" --text)" 'still stands|supplement to what'
is "each that was taken back is listed with its reason" "$(list notices | jq -r 'select(.address == "security@quaylight.example" and .taken_back) | "\(.wave) \(.taken_back) \(.anew_wave)"' | sort -u | paste -sd,)" \
    "1 withdrawn 2,2 withdrawn 4,3 overtaken 4"
like "and in the ledger" "$(list ledger)" '"what":"notices taken back"[^}]*"org":"[^"]*Quaylight Terminals plc","wave":"3","why":"overtaken"'
exits "what people can look at is published" 0 notify publish --out "$T/pub"
is "with each that does not hold" "$(grep -oE "^($second|$late)" "$T/pub/withdrawn" | sort | paste -sd,)" "$(printf '%s\n%s\n' "$second" "$late" | sort | paste -sd,)"
unlike "then there is no more to plan" "$(notify status)" 'Next: tocsin notify plan'
ok "the wave is written" plan_write
passed_preflight; : >"$T/left"
TOCSIN_NOW=$(date -u -d '+10 minutes' +%FT%TZ); export TOCSIN_NOW
exits "what was taken back is in nobody's way" 0 notify send --send
unset TOCSIN_NOW
is "and leaves, with what of the one before is still to leave" "$(sed 's/.*@tidepool/@tidepool/' "$T/left" | sort | uniq | paste -sd,)" \
    "@tidepool.example,ciso@ridgewayfreight.example,legal@quaylight.example,security@quaylight.example"
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$T/forgot
ok "a wave is written, of which the one before was never sent" plan_write
cp -r "$CASE" "$T/by-hand"
passed_preflight; : >"$T/left"
exits "it is not sent in front of that" 3 notify send --send
like "which is said, and what to do" "$err" 'wave 3 is written and nothing of it was sent; send it first: tocsin notify send --wave 3'
exits "which can be done" 0 notify send --wave 3 --send
exits "then it can be sent" 0 notify send --send
is "in that order" "$(sed 's/.*@//' "$T/left" | uniq | paste -sd,)" "ridgewayfreight.example,tidepool.example,quaylight.example"
# Somebody has handed it over.
CASE=$T/by-hand
exits "who handed a wave over has a name" 2 notify sent --wave 3
passed_preflight; : >"$T/left"
exits "it is refused" 3 notify send --send
like "with the way on for who handed it over" "$err" 'notify sent --wave 3 --by NAME'
exits "a person says that he did" 0 notify sent --wave 3 --by 'Aisling Quirke' --how 'on paper, by courier'
like "which is in the ledger" "$(list ledger)" '"what":"wave handed over"[^}]*"wave":"3"[^}]*"by":"Aisling Quirke","how":"on paper, by courier"'
is "and in the list of waves" "$(list waves | jq -c '[.wave, .by_hand]' | paste -sd' ')" "[1,false] [2,false] [3,true] [4,false]"
exits "said twice it is refused" 3 notify sent --wave 3 --by B
exits "the wave behind it would say now what has arrived of that" 3 notify send --send
like "which is said" "$err" 'would be written otherwise now.* --as-approved'
exits "then it can be sent as it is" 0 notify send --send --as-approved
is "and nothing of the other leaves" "$(sed 's/.*@//' "$T/left" | sort -u | paste -sd,)" "quaylight.example"
exits "also not when it is asked for" 0 notify send --wave 3 --send
like "which says why" "$out" '^Wave 3 was handed over by hand'
is "nothing has left" "$(wc -l <"$T/left")" 2
exits "what has begun to leave was not handed over" 3 notify sent --wave 1 --by B
exits "a mistake can be taken back" 0 notify sent --wave 3 --by B --not
exits "and then it leaves" 0 notify send --wave 3 --send
like "as it would have" "$(cat "$T/left")" '@tidepool'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$T/stood
notify withdraw --notice "$second" --by A --why x >/dev/null; notify withdraw --notice "$second" --by B --why x >/dev/null
sqlite3 "$CASE/case.db" "CREATE TABLE kept AS SELECT * FROM withdrawal; DELETE FROM withdrawal"
passed_preflight; notify send --send >/dev/null 2>&1 || :
sqlite3 "$CASE/case.db" "INSERT INTO withdrawal SELECT * FROM kept; DROP TABLE kept"
like "one that was sent all the same would be found" "$("$TOCSIN" report --check --case "$CASE" 2>&1 || :)" "$late: sent after $second was withdrawn, which it says stands"

CASE=$T/c
ingest "$SAMPLES/later"; scan; attribute --directory "$T/organisations.csv"
ok "another wave is planned" notify plan
run notify preflight --json
like "the one that is written is still what would leave" "$(printf '%s' "$out" | jq -r '.checks[] | .check + " " + .state')" '^notices passed$'
done_testing
