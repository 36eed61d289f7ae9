#!/bin/sh
# What a written notice says is no longer what is due, before it has left: it stays, the others leave, and what holds is told.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
cat >"$T/sendmail" <<SH
#!/bin/sh
cat >/dev/null
[ ! -e "$T/later" ] || exit 75
for a; do to=\$a; done
echo "\$to" >>"$T/left"
SH
chmod +x "$T/sendmail"
by_sendmail
notify keys >/dev/null
ingest "$SAMPLES/mailboxes"; scan; attribute
ok "a wave is written" plan_write
of() { list notices | jq -r 'select(.org_name == "'"$1"'" and .state == "written" and .wave == '"$2"') | .notice' | sort | paste -sd' '; }
kept() { notify status --json | jq -r '.notices[] | select(.'"$1"') | .address' | sort | paste -sd' '; }
begin() { rm -rf "$T/x"; cp -r "$CASE" "$T/x"; : >"$T/left"; }
all=$(notify send --json | jq .due)
first=$CASE

# Who hands notices over himself has to tell whoever has one that was withdrawn.
begin; CASE=$T/x
cp "$SAMPLES/case.yaml" "$CASE/case.yaml"
notify sent --wave 1 --by 'Ann Courier' >/dev/null
one=$(of 'Steelyard Hosting' 1)
notify withdraw --notice "$one" --by A --why 'a wrong name' >/dev/null; notify withdraw --notice "$one" --by B --why 'a wrong name' >/dev/null
next() { "$TOCSIN" status --case "$CASE" | sed -n 's/^Next: //p'; }
is "what people have to do comes next, also where no mail has left" "$(next)" 'tocsin notify status'
like "which says what" "$(notify status)" "Steelyard Hosting: notice $one was withdrawn: tell everybody who may have it"
notify done "$(list tasks | jq -r 'select(.done == null) | .task')" --by A --note 'told by telephone' >/dev/null
is "until somebody says that it is done" "$(next)" 'tocsin notify plan'
CASE=$first

# Mail of Steelyard's domain turns out to be Bellweather's: neither notice is right any more.
begin; CASE=$T/x
sed -e '/^Steelyard/d' -e 's/^\(Bellweather Marine,bellweather.example\)/\1;steelyard.example/' "$SAMPLES/organisations.csv" >"$T/corrected.csv"
"$TOCSIN" attribute --directory "$T/corrected.csv" --case "$CASE" --quiet >/dev/null
run notify preflight --json
is "a check finds what is no longer due, and is in the way of nobody else" "$(printf '%s' "$out" | jq -r '.checks[] | select(.check == "still due") | .state + ": " + .found')" \
    "warned: 1 of $all will not leave: 1 tell what is no longer due, 0 that an earlier notice stands, 0 go to no contact of today"
run notify send
like "what would stay is said" "$out" '^1 mail does not leave: something that is told is no longer due\. What holds is told anew: tocsin notify plan'
cp "$CASE/case.yaml" "$T/sends.yaml"; cp "$SAMPLES/case.yaml" "$CASE/case.yaml"; run notify send; cp "$T/sends.yaml" "$CASE/case.yaml"
like "where a person hands it over it is told anew only once it is withdrawn" "$out" '^1 mail does not leave: .*due\. Hand none of them over, and withdraw it, two people'
passed_preflight
exits "the wave is sent" 1 notify send --send
unlike "who is told what is not due gets nothing" "$(cat "$T/left")" '@steelyard'
is "all others do" "$(wc -l <"$T/left")" $((all - 1))
like "status names it" "$(notify status)" '^  composed .*abuse@steelyard\.example \(outdated\)'
is "also to a program" "$(kept outdated)" "abuse@steelyard.example"
old=$(of 'Steelyard Hosting' 1)
exits "another wave is planned, and why" 0 notify plan --reason 'the directory was corrected'
like "who approves it reads that" "$(notify show)" '^reason: the directory was corrected$'
is "and so does who looks later" "$(list waves | jq -r 'select(.wave == 2) | .reason') $(list waves | jq -c 'select(.wave == 1) | .reason')" 'the directory was corrected ""'
like "which is counted as people count" "$(notify show | tail -1)" '^0 new, 0 supplements, .*0 without contact; 1 notice of [0-9]+ message|^1 new|^0 new, 1 supplement, 0 without contact; 1 notice of '
like "of whose it is" "$(notify show --json | jq -r '.dossiers[].name')" '^Bellweather Marine$'
is "with its reason in the ledger" "$(list ledger | jq -r 'select(.what == "notices taken back") | .detail | if type == "string" then fromjson else . end | .why')" outdated
like "status says that the old one is taken back" "$(notify status)" "^  composed +$old .*\(taken back"
ok "it is written" plan_write
passed_preflight
exits "and sent, with nothing left to say of the first" 0 notify send --send
like "to whom it concerns" "$(tail -1 "$T/left")" '@bellweather'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
"$TOCSIN" report --case "$CASE" >/dev/null
like "the report says why there was a second wave" "$(cat "$CASE/out/report.html")" 'the directory was corrected'

# The directory knows another address now.
CASE=$first; begin; CASE=$T/x
sed 's/abuse@steelyard.example (security)/soc@steelyard.example (security)/; s/; legal@quaylight.example (legal)//' "$SAMPLES/organisations.csv" >"$T/moved.csv"
"$TOCSIN" attribute --directory "$T/moved.csv" --case "$CASE" --quiet >/dev/null
passed_preflight
exits "addresses that are nobody's any more are said" 1 notify send --send
like "with what happens" "$out" '^2 mails do not leave: the address is no contact of the organisation any more\. The next contact is asked'
unlike "and get nothing" "$(cat "$T/left")" 'abuse@steelyard|legal@quaylight'
is "the others do" "$(wc -l <"$T/left")" $((all - 2))
is "nobody is to be called who has another" "$(list tasks | jq -r 'select(.kind == "call") | .org_name' | grep -c Steelyard || :)" 0
exits "who was to be told at a gone address alone is told at the new one" 0 notify plan
is "and nobody else" "$(notify show --json | jq -r '.dossiers[] | .name + " " + .notices[0].address')" "Steelyard Hosting soc@steelyard.example"
ok "it is written" plan_write
passed_preflight
: >"$T/left"; run notify send --send
is "and leaves" "$(cat "$T/left")" "soc@steelyard.example"
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# What it says would be put otherwise today: in degree, by another name of ours, by another template.
CASE=$first; begin; CASE=$T/x
passed_preflight
echo 'actors: [{name: x, ip: 203.0.113.54}]' >"$T/actor.yaml"
is "as it stands nothing would be written otherwise" "$(notify send --json | jq .changed)" 0
stage scope --logs "$SAMPLES/logs" --actor "$T/actor.yaml"
exits "a verdict that is another in degree is no other fact, and is said before anything is sent" 1 notify send
like "with what to do" "$out" '^[0-9]+ mails would be written otherwise now, .*
--send wants --as-approved'
exits "and refused" 3 notify send --send
is "so that nothing leaves" "$(wc -l <"$T/left")" 0
CASE=$first; begin; CASE=$T/x
passed_preflight
cp -r "$SRC/templates" "$T/templates"; sed -i 's/^To {{organisation}}/For {{organisation}}/' "$T/templates/notice.en.txt"
exits "so is another template" 3 notify send --send --templates "$T/templates"
sed -i 's/^  name: "Kestrelgate.*/  name: "Kestrelgate Group"/' "$CASE/case.yaml"
exits "and another name" 3 notify send --send
exits "unless somebody says that they leave as they are" 0 notify send --send --as-approved
is "then they do" "$(wc -l <"$T/left")" "$all"
like "which is in the ledger" "$(list ledger)" '"what":"sent as approved"'
like "and there is nothing more to send" "$(notify send)" '^There is nothing to send'

# Without any other address somebody has to call.
CASE=$first; begin; CASE=$T/x
sed 's/abuse@steelyard.example (security)//' "$SAMPLES/organisations.csv" >"$T/none.csv"
"$TOCSIN" attribute --directory "$T/none.csv" --case "$CASE" --quiet >/dev/null
passed_preflight
run notify send --send
unlike "one without an address gets no mail" "$(cat "$T/left")" '@steelyard'
like "somebody is to call" "$(list tasks | jq -r 'select(.org_name == "Steelyard Hosting") | .what')" 'call or write a letter'

# One address has it, the other has still to be tried, when it proves wrong.
CASE=$first; begin; CASE=$T/x
passed_preflight; : >"$T/left"
sed -i 's/^\[ ! -e .*later.*/for a; do case $a in legal@quaylight*) exit 75;; esac; done/' "$T/sendmail"
run notify send --send
like "one address has it" "$(cat "$T/left")" '^security@quaylight'
unlike "one has not" "$(cat "$T/left")" '^legal@quaylight'
sed '/^Quaylight/s/quaylight.example,/quaylight-terminals.example,/' "$SAMPLES/organisations.csv" >"$T/else.csv"
"$TOCSIN" attribute --directory "$T/else.csv" --case "$CASE" --quiet >/dev/null
TOCSIN_NOW=$(date -u -d '+1 hour' +%FT%TZ); export TOCSIN_NOW
passed_preflight
run notify send --send
unset TOCSIN_NOW
like "what to do is said" "$out" '^1 mail does not leave: something that is told is no longer due, and another address .* has it: two people withdraw it'
like "and of which" "$(notify status)" '^  retry .*legal@quaylight\.example \(outdated; others of theirs have it: withdraw it\)'
one=$(list notices | jq -r 'select(.address == "security@quaylight.example") | .notice')
notify withdraw --notice "$one" --by A --why 'another one' >/dev/null; notify withdraw --notice "$one" --by B --why 'another one' >/dev/null
exits "when it is withdrawn there is nothing to say of it" 0 notify send
unlike "any more" "$out" 'not leave'
done_testing
