#!/bin/sh
# notify withhold and release: what a person decides that nobody is told, what of it holds, and where it is said.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
by_sendmail
notify keys >/dev/null
ingest "$SAMPLES/mailboxes"; scan; attribute
list exposures >"$T/exposures"
# Ridgeway's, in mail that it sent and received; Saltholm's, in mail of others: it is told of that mail as the owner of a secret alone.
theirs=$(jq -r 'select(.class == "url_credentials" and .owners == ["Ridgeway Freight Inc."]) | .exposure' "$T/exposures")
owned=$(jq -r 'select(.class == "passcode_pin" and .owners == ["Port of Saltholm Authority"]) | .exposure' "$T/exposures")
# All that Coastal Customs Agency is a party of.
list links | jq -r 'select(.org == "Coastal Customs Agency" and .counts) | .message_sha256' | sort -u >"$T/coastal"
one=$(sed -n 1p "$T/coastal") other=$(list messages | jq -r 'select(.message_sha256 == "'"$(sed -n 2p "$T/coastal")"'") | .message_id')
tells() { list told | jq -r "select($1) | .wave" | sort -u | paste -sd' '; }
planned() { notify show --json | jq -r '.dossiers[] | select(.org == "'"$1"'") | [.messages, .exposures] | join(" ")'; }

exits "who says so is to be said" 2 notify withhold exposure "$theirs" --why 'none'
exits "and why" 2 notify withhold exposure "$theirs" --by 'Ada Example'
exits "and what it is" 2 notify withhold mesage "$one" --by 'Ada Example' --why 'privileged'
like "a slip is asked back" "$err" 'wants message or exposure .*"mesage".*message'
exits "what is nowhere is withheld nowhere" 2 notify withhold message "$one" nobody@nowhere.example --by 'Ada Example' --why 'privileged'
is "nor is what was named beside it" "$(count withheld)" 0
exits "six digits say which" 2 notify withhold exposure "$(echo "$theirs" | cut -c1-5)" --by 'Ada Example' --why 'none'
exits "what is not withheld is not released" 3 notify release exposure "$theirs" --by 'Ada Example' --why 'x'

# A wave that two people have approved cannot go out with it.
notify plan >/dev/null; notify approve --by A >/dev/null; notify approve --by B >/dev/null
before=$(planned 'Ridgeway Freight Inc.') saltholm=$(planned 'Port of Saltholm Authority')
run notify withhold exposure "$(echo "$theirs" | cut -c1-12)" "$owned" --by 'Ada Example' --why 'examples of a manual'
is "exposures are withheld, at once for one reason" "$rc" 0
like "and the wave that is planned with them is said" "$out" '^Wave 1 is planned with some and cannot be written: tocsin notify plan$'
exits "it is not written" 3 notify write
like "since something is withheld" "$err" 'a person withheld something.*plan it anew'
ok "nothing of it is" test ! -e "$CASE/out/wave-1"
exits "nor is it approved" 3 notify approve --by C
like "status says what comes next" "$("$TOCSIN" status --case "$CASE")" '^Next: tocsin notify plan$'
exits "once is enough" 3 notify withhold exposure "$theirs" --by C --why 'y'
like "who it was is said" "$err" 'withheld already, since .* by Ada Example'
exits "messages are withheld, by digest and Message-ID" 0 notify withhold message "$(echo "$one" | cut -c1-8)" "<$other>" --by 'Counsel Quirke' --why 'legal privilege'

run notify plan
said='^Withheld by decision: 2 messages, 2 exposures; 1 organisation is told nothing because of it\. tocsin list withheld'
like "a plan says how much nobody is told, and who is told nothing" "$out" "$said"
like "show says it" "$(notify show)" "$said"
is "also to a program" "$(notify show --json | jq -c .withheld)" \
    '{"messages":2,"exposures":2,"exposures_in_messages_alone":0,"organisations_left_with_nothing":1,"persons_left_with_nothing":0}'
like "who approves reads it" "$(notify approve --by A)" "$said"
like "status has it" "$("$TOCSIN" status --case "$CASE")" "$said"
is "the exposures stand in no dossier" "$(tells ".exposure == \"$theirs\" or .exposure == \"$owned\"")" ""
is "their messages do, and what else is in them" "$(planned 'Ridgeway Freight Inc.')" "${before% *} $((${before#* } - 1))"
is "who is but the owner of one is told of no message as such" "$(list told | jq -r 'select(.org == "Port of Saltholm Authority" and .role == "owner") | .message_sha256' | wc -l)" 1
is "the messages stand in no dossier, nor who was concerned by them alone" "$(tells ".message_sha256 == \"$one\"")$(tells '.org == "Coastal Customs Agency"')" ""
ok "the rest is written" sh -c '"$1" notify approve --by B --case "$2" && "$1" notify write --case "$2"' sh "$TOCSIN" "$CASE"
unlike "no notice is to who is told nothing" "$(list notices | field org)" 'Coastal'
run "$TOCSIN" report --check --case "$CASE"
is "the proof is clean" "$rc" 0
like "and has a line for it" "$out" '^ok +withheld '

# It hides nothing.
is "the list has who, what and why" "$(list withheld | jq -r '[.kind, .class, .by, .why, .told] | join(",")' | sort -u)" \
    "exposure,passcode_pin,Ada Example,examples of a manual,0
exposure,url_credentials,Ada Example,examples of a manual,0
message,,Counsel Quirke,legal privilege,0"
is "an organisation's own counts are of what is told, and say what is not" "$(list orgs | jq -c 'select(.org == "Coastal Customs Agency") | [.messages, .withheld]')" '[0,2]'
is "the ledger has each decision, by digests" "$(list ledger | jq -r 'select(.what | test("withheld$")) | .what + " " + (.detail | keys | join(","))' | sort | uniq -c | tr -s ' ')" \
    " 2 exposure withheld by,class,digest,why
 2 message withheld by,digest,message,why"
"$TOCSIN" report --case "$CASE" >/dev/null; "$TOCSIN" report regulator --case "$CASE" >/dev/null
for page in report regulator; do
	text=$(sed 's/<[^>]*>/ /g; s/\xc2\xa0/ /g' "$CASE/out/$page.html" | tr -s ' ')
	like "$page: the page says how much" "$text" 'Told to nobody by decision of a person: 2 messages and 2 exposures\. 1 organisation is told nothing because of it'
	like "$page: and by whom, and why" "$text" 'Counsel Quirke message (withheld message )?[0-9a-f]+ (0 )?legal privilege'
done

# It is about what was judged, whatever becomes of its row.
mkdir "$T/rules"; cp -r "$SRC"/rules/. "$T/rules/"; rm "$T/rules/keys.yaml"
ingest "$SAMPLES/later"; scan --rules "$T/rules"; attribute
is "an exposure that is found no more is still withheld" "$(list withheld | jq -r "select(.exposure == \"$theirs\") | .class")" null
scan; attribute
notify plan >/dev/null
is "and when it is found again" "$(list withheld | jq -r "select(.exposure == \"$theirs\") | .class")$(tells ".exposure == \"$theirs\"")" url_credentials
printf 'name,domains\nCoastal and Sons,coastalcustoms.example\n' >"$T/other.csv"
attribute --directory "$T/other.csv"; notify plan >/dev/null
is "a message is, whoever it is said to concern" "$(tells ".message_sha256 == \"$one\"")" ""
attribute; notify plan >/dev/null

# Taken back, it is due to whom it was not told.
exits "an exposure is released" 0 notify release exposure "$theirs" --by 'Ada Example' --why 'it was a password'
exits "so is a message" 0 notify release message "$one" --by 'Counsel Quirke' --why 'the client waived it'
like "the proof waits for a plan" "$("$TOCSIN" report --check --case "$CASE" | grep ' due ')" '^not yet'
notify plan >/dev/null
is "the next wave tells the one" "$(tells ".exposure == \"$theirs\"")" 2
is "and the other, to whom nothing was told" "$(tells '.org == "Coastal Customs Agency"')" 2
ok "it is written" sh -c '"$1" notify approve --by A --case "$2" && "$1" notify approve --by B --case "$2" && "$1" notify write --case "$2"' sh "$TOCSIN" "$CASE"

# What was told before stays told; what has not left does not leave.
told=$(count told)
run notify withhold exposure "$theirs" --by 'Ada Example' --why 'a manual after all'
like "that somebody was told is said, and what is for that" "$out" '^Told already by notices that are written: 1 organisation or person '
is "it stays told" "$(count told)" "$told"
is "and the list counts to whom" "$(list withheld | jq "select(.exposure == \"$theirs\") | .told")" 1
notify sent --wave 1 --by A >/dev/null
passed_preflight
like "the mail that tells it does not leave" "$(notify send)" '^1 mail does not leave: something that is told is no longer due'
notify plan >/dev/null
is "another wave tells what holds, without it" "$(tells ".exposure == \"$theirs\"")" ""
run "$TOCSIN" report --check --case "$CASE"
is "the proof is clean" "$rc" 0
sqlite3 "$CASE/case.db" "DELETE FROM withheld WHERE kind = 1"
like "a decision that is gone from the case and not from the ledger is found" "$("$TOCSIN" report --check --case "$CASE")" '^BROKEN +withheld '

# Bundles that are made afterwards have none of it, and nobody is asked to reset it.
sealed_case "$T/s" "$T/drop"
bundle() { list sealed | jq -r 'select(.org == "Ridgeway Freight Inc.") | [.messages, .exposures] | join(" ")'; }
resets() { "$TOCSIN" report resets --json --case "$CASE" | jq -r 'first(.. | objects | select(.org? == "Ridgeway Freight Inc.")) | .exposed // .credentials'; }
before=$(bundle) asked=$(resets)
one=$(list told | jq -r 'select(.org == "Ridgeway Freight Inc.") | .message_sha256' | sort -u >"$T/m"; list findings | jq -r .message_sha256 | sort -u | comm -13 - "$T/m" | sed -n 1p)
run notify withhold exposure "$theirs" --by A --why 'a manual'
like "where a bundle shows it is said" "$out" '^1 organisation has a sealed bundle with it\. The reading room shows it until'
stage notify withhold message "$one" --by A --why 'an order'
stage notify seal --out "$T/drop"
is "a bundle that is made again has neither" "$(bundle)" "$((${before% *} - 1)) $((${before#* } - 1))"
is "the credential is nobody's to reset" "$(resets)" $((asked - 1))
run "$TOCSIN" report --check --case "$CASE"
is "the proof is clean there, too" "$rc" 0
done_testing
