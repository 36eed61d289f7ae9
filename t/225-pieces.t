#!/bin/sh
# Mail that was sent in pieces (message/partial): put together where all are there; else it is said which are missing, or why not.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-pieces.py" "$T/ev"
mkdir "$T/later"; mv "$T/ev/b-later" "$T/later/b"; mv "$T/ev/o" "$T/many"
CASE=$T/c; new_case "$CASE"
exits "they are ingested" 0 "$TOCSIN" ingest "$T/ev" --case "$CASE" --json
like "which says how many wholes there are, and how many pieces of none" "$out" '"put_together":9,"pieces_alone":10'
ok "and scanned" scan
reasons() { list items | grep "/$1\"" | field reason; }
message() { list messages | grep "\"subject\":\"$1\""; }
# found SUBJECT: the values found in that message.
found() {
	list findings --reveal | grep "\"message_sha256\":\"$(message "$1" | field message_sha256 | head -1)\"" | field value | sort -u | tr '\n' ' '
}
is "an attachment that spans pieces is read, all of it" "$(found 'The whole a' | wc -w)" 41
like "its first and its last row" " $(found 'The whole a')" ' Pieces-Alpha-40 .* Pieces-Alpha-439? '
whole=$(message 'The whole a')
like "the whole has the header of the first piece" "$whole" '"date":"2025-03-03T10:00:00Z","from":\["ines@harbour.example"\],"to":\["ops@kestrelgate.example"\]'
like "but its own Subject and Message-ID" "$whole" '"message_id":"whole.a@harbour.example"'
like "its places say which piece each is" "$whole" 'first.mbox[^}]*"nest":"#3of3-([0-9a-f]{8})".*first.mbox[^}]*"nest":"#1of3-\1".*other/two.eml[^}]*"nest":"#2of3-\1"'
like "and a piece's item says that it was put together" "$(reasons a/first.mbox)" 'message/partial: piece 3 of 3 of a message, put together$'
like "a piece is marked as one" "$(message 'Rota (1)' | head -1)" '"traits":\["piece"\]'
unlike "and asks nobody for a look" "$(list coverage)" 'piece . of 3 of a message, put'
is "one piece can be all of it" "$(found one)" 'Pieces-Foxtrot-8 '
is "pieces can have been forwarded" "$(found forwarded)" 'Pieces-Golf-9 '
like "and lie at a path within what carries them" "$(message forwarded)" '"nest":"1/#2of2-[0-9a-f]{8}".*"nest":"2/#1of2-'
is "a message within the whole is one of its own" "$(found 'deep within')" 'Pieces-Hotel-10 '
like "that the whole carries" "$(message 'deep within')" "\"nest\":\"#1of2-[0-9a-f]{8}/1\".*\"parent\":\"$(message carrier | field message_sha256)\""
is "copies in an mbox, which quotes, and in an archive, backwards, are one message" "$(message quoted | grep -o '"nest":"#[0-9]' | sort | tr -d '\n')" \
    '"nest":"#1"nest":"#1"nest":"#2"nest":"#2"nest":"#3"nest":"#3'
is "which is found there" "$(found quoted)" 'Pieces-Kilo-12 '
is "as is one that lies between them" "$(found archived)" 'Pieces-Lima-13 '
is "first pieces that went to others are messages of their own" "$(message twice | field to | sort | tr '\n' ' ')" '["desk@kestrelgate.example"] ["ops@kestrelgate.example"] '
is "hundreds of pieces are one message" "$(found many)" 'Pieces-November-15 '

like "what is missing is named with the item" "$(reasons b/1.eml)" '^message/partial: piece 1 of 3 of a message, not put together: piece 2 is not in the case$'
like "and among what was not read" "$(list coverage)" '"reason":"piece 3 of 3 of a message, not put together: piece 2 is not in the case"'
like "without a total" "$(reasons c/1.eml)" 'piece 1 of a message, not put together: no piece says how many there are$'
like "two pieces of one number that differ" "$(reasons d/1.eml)" 'not put together: the case has piece 2 in two forms that differ$'
like "say so, each" "$(reasons d/2b.eml)" 'piece 2 of 2 of a message, not put together: the case has piece 2 in two forms that differ$'
like "totals that differ" "$(reasons e/2.eml)" 'the pieces do not agree on how many there are \(2, 3\)$'
like "a piece without a number" "$(reasons i/1.eml)" 'it does not say which piece it is$'
like "one without an id" "$(reasons i/2.eml)" 'it has no id$'
exits "the case holds together" 0 "$TOCSIN" report --check --case "$CASE"
"$TOCSIN" report --case "$CASE" --quiet >/dev/null 2>&1 || :
like "the report counts the wholes" "$(cat "$CASE/out/report.html")" '9.of them were sent in pieces'
exits "and the evidence is what it was" 0 "$TOCSIN" verify --evidence --case "$CASE"
ok "mail in pieces is attributed" attribute
like "to who sent it" "$(list links | grep "$(message 'The whole a' | field message_sha256)")" '"harbour.example".*"sender"'

rows "$CASE" >"$T/before"
exits "the same evidence again" 0 "$TOCSIN" ingest "$T/ev" --case "$CASE" --json
like "brings nothing" "$out" '"put_together":0,"pieces_alone":0'
rows "$CASE" >"$T/after"
same "and changes no row" "$T/before" "$T/after"
CASE=$T/w; new_case "$CASE"
ingest "$T/ev" --workers 3; scan --workers 3; attribute
rows "$CASE" >"$T/after"
same "the rows are the same with other workers" "$T/before" "$T/after"
CASE=$T/r; new_case "$CASE"
for part in n.mbox m k i h g f e d c b a/other a; do ingest "$T/ev/$part"; done
scan; attribute
for of in c r; do
	CASE=$T/$of
	for kind in items messages parts coverage findings exposures; do list $kind; done | sed 's/"mailboxes":\[[^]]*\],//; s/"mailbox":"[^"]*",//g; s/"folder":"[^"]*",//g' >"$T/rows.$of"
done
same "and in another order of runs" "$T/rows.c" "$T/rows.r"

# What was missing comes later.
CASE=$T/c
ok "the piece that was missing comes" ingest "$T/later"
like "its fellows say so" "$(reasons b/1.eml)" '^message/partial: piece 1 of 3 of a message, put together$'
scan
is "and the whole is scanned" "$(found 'The whole b' | wc -w)" 41
unlike "the row of what was missing is gone" "$(list coverage)" 'piece 2 is not in the case'
exits "the case still holds together" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$T/l; new_case "$CASE"
ingest "$T/ev" "$T/later"; scan; attribute
CASE=$T/c; attribute
for of in c l; do
	CASE=$T/$of
	for kind in sources items messages parts coverage findings exposures; do list $kind; done >"$T/rows.$of"
done
same "what came later is as if it had come at once" "$T/rows.l" "$T/rows.c"

# A piece that is not where it was, or not what it was.
CASE=$T/c
sed -i '1,/^\r*$/!y/ab/ba/' "$T/ev/a/other/two.eml"
run "$TOCSIN" list findings --reveal --jsonl --case "$CASE"
unlike "nothing of a whole is shown whose piece has changed" "$out" '"value":"Pieces-Alpha-420"'
CASE=$T/g; new_case "$CASE"
ingest "$T/ev/b" "$T/later"; rm "$T/ev/b/3.eml"; scan
like "nor is one scanned whose piece is gone" "$(list coverage)" "\"message_sha256\":\"$(message 'The whole b' | field message_sha256)\",\"part\":\"\".*\"its source can no longer be opened\""

# Of an archive that was read to its end, the pieces are before that.
CASE=$T/t; new_case "$CASE"
ingest "$T/ev/k/k.tar"; scan
is "wholes that lie in one archive are scanned behind their pieces" "$(found quoted)$(found archived)" 'Pieces-Kilo-12 Pieces-Lima-13 '

# More files than one worker is handed.
CASE=$T/m; new_case "$CASE"
ingest "$T/many"; scan
is "pieces in hundreds of files are one message" "$(found many)" 'Pieces-Oscar-15 '
is "nothing of that stays behind" "$(ls "$CASE" | grep -c spool)" 0
touch "$T/many/007.eml"
is "files that were only touched are read" "$(found many)" 'Pieces-Oscar-15 '
sed -i 's/^line 5$/line 9/' "$T/many/007.eml"
is "and one that was changed is not" "$(found many 2>/dev/null)" 'null '

# What the missing piece brings is told by the next wave.
python3 "$SRC/t/make-pieces.py" "$T/known"; sed -i 's/harbour\.example/quaylight.example/' "$T"/known/b/*.eml "$T"/known/b-later/*.eml
CASE=$T/v; new_case "$CASE"
ingest "$T/known/b"; scan; attribute; plan_write >/dev/null
ingest "$T/known/b-later"; scan; attribute
out=$(notify plan)
like "one that was told of pieces is told of the whole" "$out" 'organisations, supplement \.+ 1$'
like "with what is new in it" "$out" 'exposures \.+ (3[0-9]|4[0-9])(,|$)'

# Cut off at any moment, the rerun ends with the same wholes.
for moment in 0.05 0.1 0.15 0.2 0.25 0.3 0.4; do
	CASE=$T/k; rm -rf "$CASE"; new_case "$CASE"
	"$TOCSIN" ingest "$T/ev/h" "$T/ev/n.mbox" --case "$CASE" --quiet >/dev/null 2>&1 & pid=$!
	sleep $moment; kill -KILL $pid 2>/dev/null || :; wait $pid 2>/dev/null || :
	ingest "$T/ev/h" "$T/ev/n.mbox"
	for subject in many carrier 'deep within'; do message "$subject" | field locations | grep -o '#' | wc -l; done
done >"$T/cut"
is "a run that was cut off is made good" "$(sort "$T/cut" | uniq -c | tr -s ' \n' ' ')" " 14 2 7 251 "

# Whoever read a piece has reached the whole.
CASE=$T/s; new_case "$CASE"
ingest "$T/ev/a" "$T/ev/f" --mailbox ops@kestrelgate.example
mkdir "$T/logs"
printf '{"CreationTime":"2025-06-10T10:00:00","Id":"00000000-0000-0000-0000-000000000001","Operation":"MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded","Workload":"Exchange","UserId":"ops@kestrelgate.example","MailboxOwnerUPN":"ops@kestrelgate.example","ClientIPAddress":"198.51.100.7","SessionId":"evil","OperationCount":1,"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"Folders":[{"Path":"\\\\Inbox","Id":"LgA","FolderItems":[{"InternetMessageId":"<a.2@harbour.example>"}]}]}\n' >"$T/logs/audit.jsonl"
printf 'actors:\n  - name: x\n    session_id: evil\n' >"$T/actor.yaml"
stage scope --logs "$T/logs" --actor "$T/actor.yaml"
is "a record that names a piece reaches the whole" "$(message 'The whole a' | field verdict)" accessed
is "and the piece" "$(message 'Rota (2)' | field verdict)" accessed
is "and not another" "$(message 'Rota (3)' | field verdict)" unknown
is "nor a whole of other pieces" "$(message one | field verdict)" unknown
done_testing
