#!/bin/sh
# notify mark: what became of credentials where the reading room does not say it: our own, and those of who answers by telephone.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute
notify() { "$TOCSIN" notify "$@" --case "$CASE" --quiet; }
resets() { "$TOCSIN" report resets "$@" --case "$CASE"; }
ours() { resets --json | jq -r '.ourselves | [.exposed, .reset, .needs_no_reset, .open] | join(" ")'; }
theirs() { resets --json | jq -r '.organisations[] | select(.org | startswith("Ridgeway")) | [.exposed, .reset, .needs_no_reset, .open] | join(" ")'; }
exposure() { list remediations | jq -r "select(.org == \"$1\") | .case_exposure" | sort | sed -n "$2"; }
say="--by Ada_Example --note telephone"

exits "nobody has anything to reset before a wave is planned" 3 notify mark ourselves rotated --all $say
like "which is said of ourselves, whom nobody tells" "$err" 'no credential of our own is to be reset: none is in a wave that was planned'
notify plan >/dev/null
n=$(ours | cut -d' ' -f1)
ok "our own credentials are to be reset as soon as one is" test "$n" -gt 2
exits "those of others when they were told of them" 3 notify mark Ridgeway rotated --all $say
like "which status says, with what is to be done" "$("$TOCSIN" status --case "$CASE")" "^  resets \.+ $n of $n credentials of ours are open, 0 overdue; 0 of 0 .*"
like "at its end" "$("$TOCSIN" status --case "$CASE" --json | jq -r '[.own_credentials_open, .next[-1].command] | join(" ")')" "^$n tocsin notify mark ourselves"
one=$(exposure ourselves 1p) two=$(exposure ourselves 2p)
exits "who says so is to be said" 2 notify mark ourselves rotated "$one" --note telephone
exits "and how it is known" 2 notify mark ourselves rotated "$one" --by 'Ada Example'
exits "and which, or all" 2 notify mark ourselves rotated $say
exits "what nobody was told is nobody's to mark" 3 notify mark Ridgeway rotated --all $say
like "by a notice" "$err" 'Ridgeway Freight Inc. has no credential to reset that a written notice told it'
exits "not both" 2 notify mark ourselves rotated "$one" --all $say
exits "a slip is asked back" 2 notify mark ourselves rotatd --all $say
like "with what was meant" "$err" 'did you mean rotated'
exits "one that nobody has marks none of those beside it" 2 notify mark ourselves rotated "$one" 0000000000000 $say
is "indeed none" "$(ours)" "$n 0 0 $n"
exits "five digits are too few" 2 notify mark ourselves rotated "$(echo "$one" | cut -c1-5)" $say
exits "one is marked, by the beginning of its digest" 0 notify mark ourselves rotated "$(echo "$one" | cut -c1-12)" $say
is "and counts" "$(ours)" "$n 1 0 $((n - 1))"
like "in words, too" "$(resets)" "^our own: $n credentials exposed, 1 reset, 0 need none, $((n - 1)) open"
exits "all that are open" 0 notify mark ourselves risk_accepted --all $say
like "which leaves what was marked before" "$out" "^$((n - 1)) credentials of .*: risk_accepted. Of $n that it has to reset 0 are open"
is "alone" "$(ours)" "$n 1 $((n - 1)) 0"
exits "nothing is taken back with --all, which are those that are open already" 2 notify mark ourselves open --all $say
like "which is said" "$err" 'are open already: name those'
exits "what was said too early is open again" 0 notify mark ourselves open "$two" $say --json
is "to a program" "$(echo "$out" | jq -c .)" "{\"org\":\"ourselves\",\"mark\":\"open\",\"marked\":1,\"exposed\":$n,\"open\":1}"
notify plan --reason 'planned anew' >/dev/null
is "marks outlive a plan" "$(ours)" "$n 1 $((n - 2)) 1"
cp -r "$SRC/rules" "$T/rules"; for f in "$T"/rules/*.yaml; do echo '# read anew' >>"$f"; break; done
scan --rules "$T/rules"; attribute; notify plan --reason 'scanned anew' >/dev/null
is "and a scan" "$(ours)" "$n 1 $((n - 2)) 1"

notify approve --by 'Aisling Quirke' >/dev/null; notify approve --by 'Declan Roche' >/dev/null; notify write >/dev/null
is "a wave tells us nothing anew" "$(ours)" "$n 1 $((n - 2)) 1"
is "who was told has it open" "$(theirs)" "2 0 0 2"
TOCSIN_NOW=2099-01-01T00:00:00Z run notify reminders
unlike "nobody is reminded of a reading room that has nothing for him" "$out" 'has not claimed'
like "of credentials that are late he is" "$out" 'Ridgeway.*past their day.*2 open, 2 overdue'
like "and we are of ours" "$out" 'past their day .our own: 1 open, 1 overdue'
exits "what is not theirs is for the directory to say" 2 notify mark Ridgeway not_ours --all $say
like "and so it is answered" "$err" 'correct that.*notify withhold'
notify seal --out "$T/drop" >/dev/null
exits "one is marked by its name in the dossier, at their word" 0 env TOCSIN_NOW=2026-03-03T12:05:00Z "$TOCSIN" notify mark Ridgeway revoked \
    "$(list remediations | jq -r 'select(.org == "Ridgeway Freight Inc.") | .exposure' | sort | sed -n 1p)" $say --case "$CASE"
is "and counts" "$(theirs)" "2 1 0 1"
like "listed with who said it" "$(list remediations | grep Ridgeway)" '"mark":"revoked","person":"Ada_Example".*"note":"telephone".*"said":"by hand"'
like "the ledger has it" "$(list ledger | grep Ridgeway)" '"what":"credential marked".*"mark":"revoked","by":"Ada_Example","why":"telephone"'

# The log says risk_accepted at 12:00 and rotated at 12:10: the later word counts, whichever is entered first.
python3 "$SRC/t/make-events.py" "$CASE" "$T/log" 1
exits "its log is collected" 1 notify collect "$T/log"
like "what the reading room's log says later counts" "$(list remediations | grep Ridgeway)" '"mark":"rotated","person":"Ann Lee".*"said":"reading room"'
exits "what a person says later does" 0 env TOCSIN_NOW=2026-03-03T12:20:00Z "$TOCSIN" notify mark Ridgeway open "$(exposure 'Ridgeway Freight Inc.' 1,2p | head -n 1)" \
    "$(exposure 'Ridgeway Freight Inc.' 1,2p | tail -n 1)" $say --case "$CASE"
is "also that it is open after all" "$(theirs)" "2 0 0 2"
is "what moved in an hour is the last word, and that it was opened again" "$(TOCSIN_NOW=2026-03-03T13:00:00Z resets --since 2026-03-03T12:01:00Z --json | jq -c '.organisations[] |
    select(.org | startswith("Ridgeway")) | .since | [.moved, .reset, .needs_no_reset, .reopened]')" '[true,0,0,2]'
"$TOCSIN" report --case "$CASE" --quiet >/dev/null
like "the report has our own row" "$("$TOCSIN" report --case "$CASE" --format json --output - --quiet | jq -c '.reset_counts[] | select(.org == "ourselves")')" "\"exposed\":$n,\"reset\":1"
ok "the proof is clean" "$TOCSIN" report --check --case "$CASE"
done_testing
