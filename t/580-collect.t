#!/bin/sh
# notify collect, decide, reminders, report resets: what the reading room says, back in the case.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
stage ingest "$SAMPLES/mailboxes"; stage scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml"; scan; attribute
notify() { "$TOCSIN" notify "$@" --case "$CASE" --quiet; }
resets() { "$TOCSIN" report resets "$@" --case "$CASE"; }
notify plan >/dev/null; notify approve --by 'Aisling Quirke' >/dev/null; notify approve --by 'Declan Roche' >/dev/null; notify write >/dev/null
notify seal --out "$T/drop" >/dev/null
like "before any claim all is open" "$(resets)" '10 organisations told, 0 claimed, 0 read; [1-9][0-9]* credentials exposed, 0 reset'
python3 "$SRC/t/make-events.py" "$CASE" "$T/short" 0
python3 "$SRC/t/make-events.py" "$CASE" "$T/log" 1
exits "a log is collected" 0 notify collect "$T/short"
like "with what is new in it" "$out" '7 events in the log, 7 of them new'
exits "again" 0 notify collect "$T/short"
like "it says nothing new" "$out" '0 of them new'
exits "a longer one goes on; what is no event or of no case is told" 1 notify collect "$T/log" --json
is "only what is new is taken" "$(echo "$out" | python3 -c 'import json,sys; d = json.load(sys.stdin); print(d["entries"], d["new"], d["unknown_case"], d["unreadable"], d["questions"])')" "15 8 1 1 2"
exits "a log that was cut is refused" 3 notify collect "$T/short"
sed '3s/NOTIFIED/SEALED/' "$T/log" >"$T/forged"
exits "so is one whose past was changed" 3 notify collect "$T/forged"
like "and says so" "$err" 'were changed'
exits "no checkpoint without its key" 2 notify collect "$T/log" --checkpoint "$T/log"
row=$(resets --json | python3 -c 'import json,sys
for o in json.load(sys.stdin)["organisations"]:
    if o["org"].startswith("Ridgeway"):
        print(o["state"], o["claimed"], o["read"], o["exposed"], o["reset"], o["open"], o["logs_reviewed"], o["questions"])')
is "claimed, read, one reset, one open" "$row" "REVIEWING 2026-03-02T10:00:00Z 2026-03-03T11:05:00Z 2 1 1 True 2"
like "the last mark of a credential counts, with who and where" "$(list remediations | grep Ridgeway)" '"mark":"rotated","person":"Ann Lee".*"application":"AS2"'
list exposures | field exposure >"$T/exposures"
is "each names the exposure of the case that it is" "$(list remediations | field case_exposure | sort -u | grep -cvxFf "$T/exposures")" 0
is "what is in no dossier cannot be marked" "$(list remediations | grep -c ffffffffffffffff)" 0
is "as a table, with the mark that Excel wants" "$(resets --format csv | head -c 6 | od -An -tx1 | tr -d ' ')" efbbbf6f7267
like "of the same" "$(resets --format csv)" '^"Ridgeway Freight Inc.","Ridgeway Freight Inc.","REVIEWING",'
like "questions are listed" "$(list questions)" '"kind":"missed".*"text":"line 3"'
id=$(list questions | head -1 | field id)
exits "a decision has a name and a reason" 2 notify decide "$id" --accept
exits "a question is decided" 0 notify decide "$id" --accept --by 'Declan Roche' --why 'seen in the attachment'
exits "once" 2 notify decide "$id" --reject --by 'Declan Roche' --why 'no'
like "the answer stays with it" "$(list questions | head -1)" '"decision":"accepted","decided_by":"Declan Roche"'
like "who waits for an answer is in the reminders" "$(notify reminders)" 'Ridgeway.*waits for an answer'
sqlite3 "$CASE/case.db" 'UPDATE wave SET planned_utc = planned_utc - 86400 * 40' 2>/dev/null
like "after forty days the rest is to be reminded of its claim" "$(notify reminders)" 'Quaylight.*has not claimed'
like "and the credentials are overdue" "$(resets)" '[1-9][0-9]* open, [1-9][0-9]* overdue'
python3 "$SRC/t/make-events.py" "$CASE" "$T/disowned" 2
exits "what is not theirs is collected" 0 notify collect "$T/disowned" --json
like "and is to be decided" "$out" '"questions":3'
is "a message once however often it is said, a credential that was taken back as withdrawn, nothing that is in no dossier" \
  "$(list questions | field kind record exposure decision text | grep not_ours | sed "s/[0-9a-f]\{16\}/ID/g" | tail -3)" "$(printf 'not_ours\tID\tnull\tnull\tanother firm of that name\nnot_ours\tnull\tID\twithdrawn\ttheirs\nnot_ours\tnull\tID\tnull\tnot our system')"
of_ridgeway() { resets "$@" --json | python3 -c 'import json,sys
for o in json.load(sys.stdin)["organisations"]:
    if o["org"].startswith("Ridgeway"):
        print(*(str(o.get(k, o.get("since", {}).get(k))) for k in sys.argv[1:]))' reset needs_no_reset open overdue $fields; }
fields=; is "until then the credential needs no reset" "$(of_ridgeway)" '1 1 0 0'
exits "decided against" 0 notify decide "$(list questions | grep 'not our system' | field id)" --reject --by 'Declan Roche' --why 'their own user name stands beside it'
is "it is open, and past its day" "$(of_ridgeway)" '1 0 1 1'
fields="moved newly_overdue reads asked decided reopened logs_reviewed tasks_overdue"
is "what moved in a week: events, and what became late" "$(TOCSIN_NOW=2026-03-08T00:00:00Z of_ridgeway --since 7d)" '1 0 1 0 True 0 1 5 0 1 True 0'
fields="moved"
is "nothing, in the week before" "$(TOCSIN_NOW=2026-03-01T00:00:00Z of_ridgeway --since 2026-02-22)" '1 0 1 0 False'
TOCSIN_NOW=2026-03-08T00:00:00Z run resets --since 2026-03-01
like "as text" "$out" 'claim proven on 2026-03-02'
like "and how many moved" "$out" '^1 of 10 organisations moved'
exits "a day to come is no beginning" 2 resets --since 9999-01-01
exits "nor is a word" 2 resets --since week
python3 "$SRC/t/make-events.py" "$CASE" "$T/again" 3
exits "more is collected" 0 notify collect "$T/again" --json
fields=; is "what was decided is not asked again by the same words, and a name in other letters is no second event" \
  "$(of_ridgeway) $(list questions | grep -c 'not our system')" '1 0 1 1 1'
TOCSIN_NOW=2026-03-08T00:00:00Z run resets --since 2026-03-01
is "what the other host calls its state is shown, and not obeyed" "$(printf %s "$out" | LC_ALL=C grep -c "$(printf '[\001-\010\013-\037]')") $(printf %s "$out" | grep -c '^Invented')" '0 0'
like "on one line" "$out" '^Ridgeway Freight Inc. .*REVIEWING.*Invented Ltd'
python3 "$SRC/t/make-events.py" "$CASE" "$T/renewed" 4
exits "new keys are collected" 0 notify collect "$T/renewed"
row=$(resets --json | python3 -c 'import json,sys
for o in json.load(sys.stdin)["organisations"]:
    if o["org"].startswith("Ridgeway"):
        print(o["state"], o["claimed"], o["read"], o["reset"], o["open"], o["logs_reviewed"])')
is "whoever claimed under the old ones has claimed, read and reset nothing" "$row" "NOTIFIED None None 0 2 False"
like "what he said stands in the events" "$(list portal_events | grep '"event":"mark"')" 'Ann Lee'
exits "each credential of a dossier has a state" 0 "$TOCSIN" report --check --case "$CASE"
like "which is an invariant of its own" "$out" 'ok +remediation'
done_testing
