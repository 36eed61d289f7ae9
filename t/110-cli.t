#!/bin/sh
# The command line: every verb explains itself, refuses what it does not know, and says why in one line.
. "$(dirname "$0")/lib.sh"
verbs='init ingest scope scan attribute notify serve report status list open verify'

exits "no verb is a mistake" 2 "$TOCSIN"
exits "help can be asked for" 0 "$TOCSIN" --help
is "the help names each verb" "$(printf '%s\n' "$out" | sed -n 's/^  \([a-z]*\) .*/\1/p' | tr '\n' ' ')" "$verbs "
exits "an unknown verb is refused" 2 "$TOCSIN" frobnicate
exits "an option before the verb is refused" 2 "$TOCSIN" --case "$T" status
like "which is said" "$err" 'the verb comes first, and --case behind it'
is "help about a verb is what the verb says" "$("$TOCSIN" help scan; "$TOCSIN" help notify plan)" "$("$TOCSIN" scan --help; "$TOCSIN" notify plan --help)"
exits "the version can be asked for" 0 "$TOCSIN" --version
like "and is one line" "$out" '^tocsin [0-9.]+$'

new_case "$T/c"
CASE=$T/c; export TOCSIN_CASE="$T/c"
for v in $verbs; do
	exits "$v --help explains" 0 "$TOCSIN" "$v" --help
	like "$v --help shows the usage" "$out" "^usage: tocsin $v"
	is "$v --help is quiet on stderr" "$err" ""
	ok "$v --help fits on a screen" test "$(printf '%s\n' "$out" | wc -l)" -le 32
	exits "$v refuses an unknown option" 2 "$TOCSIN" "$v" --no-such-option
	is "$v says so in one line" "$(printf '%s\n' "$err" | wc -l)" 1
	exits "$v refuses a bad number" 2 "$TOCSIN" "$v" --workers few
	exits "$v refuses an option without its value" 2 "$TOCSIN" "$v" --case
done
# Each example is one that the verb takes: its options are those of the help above it.
unknown=
for v in $verbs $("$TOCSIN" notify --help | sed -n 's/^  \([a-z]*\) .*/notify.\1/p'); do
	[ "$v" != notify ] || continue
	# shellcheck disable=SC2086 # words
	"$TOCSIN" $(echo "$v" | tr . ' ') --help >"$T/help"
	example=$(sed -n "s/^For example: tocsin $v\\( \\|\$\\)/./p" "$T/help")
	[ -n "$example" ] || unknown="$unknown $v has no example;"
	for o in $(echo "$example" | grep -o -e '--[a-z-]*'); do
		grep -q "^  $o " "$T/help" || unknown="$unknown $v $o;"
	done
done
is "each verb's help has an example with options that it has" "$unknown" ""

exits "an option is not taken for the value of the one before it" 2 "$TOCSIN" scope --logs --case "$T/c"
like "which is said" "$err" '^tocsin scope: --logs wants PATH behind it$'
exits "an option that takes one value is refused when it is given twice" 2 "$TOCSIN" notify approve --by 'Alex One' --by 'Sam Two'
like "in one line" "$err" '^tocsin notify approve: --by is given twice, and takes one NAME$'
exits "so is a common one, however it is spelled" 2 "$TOCSIN" list sources --case "$T/c" --case="$T/c"
exits "what may be repeated is not" 0 "$TOCSIN" init "$T/twice" --domain one.example --domain two.example
exits "nor is a switch" 0 "$TOCSIN" list sources --quiet --quiet
exits "an option of a subcommand before it is refused" 2 "$TOCSIN" notify --wave 1 show
like "with what comes first" "$err" 'the subcommand comes first, and --wave behind it'

# Who mistypes is told what he may have meant; who means something else is not.
meant() { run "$TOCSIN" "$@"; printf '%s' "$err" | sed -n 's/.*(did you mean \([^?]*\)?).*/\1/p'; }
is "a verb" "$(meant ingets)" ingest
is "a subcommand" "$(meant notify aprove)" approve
is "an option" "$(meant scan --cas "$T/c")" --case
is "a kind of rows" "$(meant list finding)" findings
is "the same in capitals" "$(meant list ORGS)" orgs
is "but not a word that is like none" "$(meant frobnicate)$(meant scan --zzz)" ''
sed 's/^portal:/portl:/' "$T/c/case.yaml" >"$T/y" && mkdir "$T/typo" && cp -r "$T/c/." "$T/typo" && cp "$T/y" "$T/typo/case.yaml"
is "a setting, with its line" "$(meant list sources --case "$T/typo"; printf '%s' "$err" | grep -c 'case.yaml:[0-9]*: ')" 'portal1'
sed 's/country: IE/country: Ireland/' "$T/c/case.yaml" >"$T/typo/case.yaml"
exits "a country that no law could know is refused" 2 "$TOCSIN" report clocks --case "$T/typo"
like "with how it is written" "$err" 'country wants the two capitals of ISO 3166: IE, not "Ireland"'
sed 's/^  detected: .*/  detected: 2025-09-17 09:30/' "$T/c/case.yaml" >"$T/typo/case.yaml"
exits "a time in no time zone is refused" 2 "$TOCSIN" report clocks --case "$T/typo"
like "with its line, and how to write it" "$err" 'case.yaml:[0-9]+: detected: 2025-09-17 09:30 is in no time zone: write 2024-03-01T09:30:00Z for UTC, or the offset'
sed 's/^  detected: .*/  detected: 2025-09-17 09:30-05:00/' "$T/c/case.yaml" >"$T/typo/case.yaml"
exits "one with an offset is not" 0 "$TOCSIN" list sources --case "$T/typo"
sed 's/^  contained: .*/  contained: 2020-01-02/' "$T/c/case.yaml" >"$T/typo/case.yaml"
exits "an end before the beginning is refused" 2 "$TOCSIN" list sources --case "$T/typo"
like "with its line" "$err" 'case.yaml:[0-9]+: contained is before first_access'
sed 's/^  detected: .*/  detected: 1950-01-02/' "$T/c/case.yaml" >"$T/typo/case.yaml"
exits "so is what was seen before it happened" 2 "$TOCSIN" list sources --case "$T/typo"
printf 'actors:\n  - {name: x, ip: 203.0.113.777}\n' >"$T/typo.yaml"
exits "an address that is none is refused" 2 "$TOCSIN" scope --actor "$T/typo.yaml" --case "$T/c"
like "with what was written" "$err" 'typo.yaml:2: 203.0.113.777 is no address and no prefix'
printf 'actors:\n  - {name: x, user: y@z.example}\nwindow:\n  to: 2026-10-06T15:20:00\n' >"$T/typo.yaml"
exits "so is a time of the intruder's in no time zone" 2 "$TOCSIN" scope --actor "$T/typo.yaml" --case "$T/c"
like "with its line, too" "$err" 'typo.yaml:4: to: 2026-10-06T15:20:00 is in no time zone'
exits "no workers at all are refused" 2 "$TOCSIN" ingest --workers 0 "$SAMPLES"
exits "too many workers are refused" 2 "$TOCSIN" ingest --workers 1000 "$SAMPLES"
exits "list wants a kind" 2 "$TOCSIN" list
exits "list refuses an unknown kind" 2 "$TOCSIN" list unicorns
exits "report refuses an unknown format" 2 "$TOCSIN" report --format docx
exits "report takes one kind of figures" 2 "$TOCSIN" report clocks regulator
exits "the facts for an authority have one form" 2 "$TOCSIN" report regulator --format csv --case "$T/c"
like "which is said" "$err" 'report regulator takes no --format: it is a page$'
exits "where a wave stands that there is not is not said of all" 2 "$TOCSIN" notify status --wave 7 --case "$T/c"
like "but that there is none" "$err" 'there is no wave 7$'
exits "notify refuses an unknown verb" 2 "$TOCSIN" notify frobnicate
exits "ingest wants something to read" 2 "$TOCSIN" ingest
while read -r words; do
	# shellcheck disable=SC2086 # words
	exits "$words of a path that is not there is wrong usage" 2 "$TOCSIN" $words "$T/not-there"
	like "and names it" "$err" "^tocsin [a-z ]+: (--[a-z-]+: )?$T/not-there: No such file or directory\$"
done <<-END
	ingest
	scope --logs
	scope --id-map
	scope --actor
	scope --what-if
	scan --rules
	scan --passwords
	attribute --directory
	attribute --rules
	list findings --reveal --passwords
	notify plan --templates
	notify templates --templates
	notify contacts import
	notify contacts discover --csirts
	notify collect
	notify collect $T/c/case.yaml --log-key
	notify preflight --received
	notify resolve --log
	serve --config
	serve --check --web
	open --list
	open --list --key-file
	verify
	verify --key
	verify --manifest
	verify --portal https://us.example --web
	verify --stamp
END
cp -r "$T/c" "$T/older"
python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("ALTER TABLE message RENAME COLUMN verdict TO told")' "$T/older/case.db"
exits "a case whose tables are others is refused" 2 "$TOCSIN" status --case "$T/older"
like "and said to be of another version" "$err" '^tocsin status: .*case.db is of another version of tocsin, .*: no such column: [^:]*verdict'
# shellcheck disable=SC2086 # words
is "what is refused names the subcommand, once" "$(for w in publish hold 'plan more'; do "$TOCSIN" notify $w 2>&1 || :; done)" \
	"$(printf '%s\n' 'tocsin notify publish: wants --out DIR' 'tocsin notify hold: wants ORG' 'tocsin notify plan: takes options only, not "more"')"
while read -r words; do
	# shellcheck disable=SC2086 # words
	exits "a folder for a file, or the other way, is refused as it was given: $words" 2 "$TOCSIN" $words --case "$T/c"
	like "and said to be that" "$err" '(--[a-z-]+: )?[^ ]+: that is a (folder, and a file|file, and a folder) is wanted$'
done <<END
scan --passwords $T/c
scan --rules $T/c/case.yaml
scope --actor $T/c
attribute --directory $T/c
verify $T/c
notify contacts import $T/c
END
exits "the same for who opens an export" 2 "$TOCSIN" open "$T/c" --list
is "who mistypes what stands behind a verb is told the nearest" "$(meant report clcks; meant report --format jsn; meant scope timelime; meant scope coverge; meant attribute --same-by nme; meant notify contacts discvoer)" \
	"clocksjsontimelinecoveragenamediscover"
like "notify collect --help says what may be given" "$("$TOCSIN" notify collect --help)" '^  LOG +the reading room.s event log'
like "report --help says what may follow" "$("$TOCSIN" report --help)" '^  clocks +what the law wants when'
is "the help of what opens no case leaves out what changes nothing for it" "$(for v in open init; do "$TOCSIN" $v --help; done | grep -E -- '--(case|workers|quiet|without-jail) ')" ""
exits "a reader who names no file" 2 "$TOCSIN" open
like "is told which one" "$err" 'wants one file: the export that the reading room gave you, or a sealed bundle$'
exits "who does not say where to" 2 "$TOCSIN" open "$T/c/case.yaml"
like "is told what to say" "$err" 'wants --out DIR, a new folder to unpack into, or --list, to look only$'
exits "who says both" 2 "$TOCSIN" open "$T/c/case.yaml" --list --out "$T/o"
like "is told so" "$err" 'takes --out DIR or --list, not both$'
exits "a report into a folder that is not there is refused" 4 "$TOCSIN" report --output "$T/not-there/r.html"
like "by the name that was given" "$err" "tocsin report: $T/not-there/r.html: the folder that it is to be written into is not there\$"
like "so does scope" "$("$TOCSIN" scope --help)" '^  explain MESSAGE +why'
like "and list" "$("$TOCSIN" list --help)" '^  .*findings exposures'
is "what a person says is confirmed for machines, too" "$("$TOCSIN" notify stop --by A --why b --json; "$TOCSIN" notify stop --by A --lift --json)" \
	"$(printf '%s\n' '{"done":"notify stop"}' '{"done":"notify stop"}')"
unset TOCSIN_CASE

exits "the case can be the current folder" 0 sh -c 'cd "$1" && "$2" list sources --jsonl' sh "$T/c" "$TOCSIN"
exits "or come from the environment" 0 env TOCSIN_CASE="$T/c" "$TOCSIN" list sources --jsonl
exits "the option counts more than the environment" 2 env TOCSIN_CASE="$T/c" "$TOCSIN" list sources --case "$T/none"
like "where no case is, it says how to name one" "$(tail -1 "$T/.err")" '^tocsin list: .*/none: no case here .*--case or [$]TOCSIN_CASE says where it is'
exits "list without a kind" 2 "$TOCSIN" list --case "$T/c"
like "names all there are" "$err" '^tocsin list: wants one kind of rows: sources, .*, findings, .*, ledger$'
exits "a full disk is not taken for success" 4 sh -c '"$1" list ledger --jsonl --case "$2" >/dev/full' sh "$TOCSIN" "$T/c"
printf 'From: a@b.example\n\nx\n' >"$T/a.eml"

# Another tocsin writes to the case: who wants to write, too, says so and goes; who reads may.
for v in "ingest $T/a.eml" "scan" "attribute" "notify plan"; do
	# shellcheck disable=SC2086 # words
	exits "a locked case refuses ${v%% /*}" 3 flock "$T/c/case.lock" "$TOCSIN" $v --case "$T/c"
	like "and says why" "$err" "^tocsin ${v%% *}[^:]*: $T/c: another tocsin is writing to this case; wait for it to end\$"
	is "in one line" "$(printf '%s\n' "$err" | wc -l)" 1
done
flock "$T/c/case.lock" sh -c 'touch "$1"; sleep 0.2' sh "$T/locked" &
while [ ! -e "$T/locked" ]; do :; done
exits "a lock that a killed run leaves for a moment is waited for" 0 "$TOCSIN" ingest "$T/a.eml" --case "$T/c"
wait
exits "who reads it where it may only be read holds a writer off" 3 flock -s "$T/c/case.lock" "$TOCSIN" ingest "$T/a.eml" --case "$T/c"
like "who is told so" "$err" "^tocsin ingest: $T/c: another tocsin is reading this case as it stands; wait for it to end\$"
exits "a locked case can be listed" 0 flock "$T/c/case.lock" "$TOCSIN" list sources --case "$T/c"
exits "and is free afterwards" 0 "$TOCSIN" ingest "$T/a.eml" --case "$T/c"

# Progress: on a terminal alone, and gone at the end.
cat >"$T/on-terminal.py" <<'PY'
import os, subprocess, sys
master, slave = os.openpty()
p = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
out = b""
try:
    while piece := os.read(master, 65536):
        out += piece
except OSError:
    pass
print(out.decode().replace("\r\x1b[K", "\n"), end="|")
sys.exit(p.wait())
PY
cd "$SRC" # for words without the spaces that its own path may have
for v in "ingest samples/mailboxes" "scan --rules rules" "attribute --directory samples/organisations.csv"; do
	# shellcheck disable=SC2086 # words
	exits "${v%% *} on a terminal" 0 python3 "$T/on-terminal.py" "$TOCSIN" $v --case "$T/c"
	like "shows how far it is" "$out" "^${v%% *}[a-z, ]*: [0-9]+ (items|messages), [0-9]+\.[0-9] MB, [0-9]+ MB/s(, [0-9]+ %, [0-9]+:[0-9][0-9] left)?\$"
	like "and takes it away" "$out" '^\|$'
	# shellcheck disable=SC2086 # words
	exits "${v%% *} --quiet on a terminal" 0 python3 "$T/on-terminal.py" "$TOCSIN" $v --case "$T/c" --quiet
	is "shows nothing" "$out" '|'
	# shellcheck disable=SC2086 # words
	exits "${v%% *} without a terminal" 0 "$TOCSIN" $v --case "$T/c"
	is "neither" "$err" ''
done
cd "$OLDPWD"
exits "--json gives one object" 0 "$TOCSIN" ingest --json "$T/a.eml" --case "$T/c"
ok "which is JSON" sh -c 'printf "%s" "$1" | python3 -m json.tool' sh "$out"
is "on one line" "$(printf '%s\n' "$out" | wc -l)" 1
run "$TOCSIN" ingest "$(printf '/no/\033[31mfile\nat all')" --case "$T/c"
like "a file that is not there is named" "$err" 'file.*at all'
unlike "a file's name in a message is no order to the terminal" "$err" "$(printf '\033')"
is "nor a second line" "$(printf '%s\n' "$err" | wc -l)" 1

# What comes next, from the beginning to a written wave.
next() { "$TOCSIN" status --case "$T/next" | sed -n 's/^Next: //p'; }
new_case "$T/next"
is "an empty case wants mail" "$(next)" 'tocsin ingest PATH...'
like "and proposes nobody" "$("$TOCSIN" scope --suggest --case "$T/next")" '^Nothing in the logs stands out'
"$TOCSIN" ingest "$SAMPLES/mailboxes" --case "$T/next" >/dev/null
is "mail wants logs, if there are any" "$(next)" 'tocsin scope --logs PATH... --actor FILE'
"$TOCSIN" scope --logs "$SAMPLES/logs" --case "$T/next" >/dev/null
is "logs want to be told who the intruder is" "$(next)" 'tocsin scope --actor FILE'
like "without which all counts as exposed" "$("$TOCSIN" status --case "$T/next")" 'nobody has said who the intruder is: [0-9]+ messages taken for exposed'
"$TOCSIN" scope --actor "$SAMPLES/actor.yaml" --case "$T/next" >/dev/null
is "then to be scanned" "$(next)" 'tocsin scan'
"$TOCSIN" scan --rules "$SRC/rules" --case "$T/next" >/dev/null
is "and attributed" "$(next)" 'tocsin attribute --directory FILE'
"$TOCSIN" attribute --directory "$SAMPLES/organisations.csv" --case "$T/next" >/dev/null
mv "$T/next/case.yaml" "$T/y"; sed '/^sender:/,/^  phone/d' "$T/y" >"$T/next/case.yaml"
like "who does not say who signs has to" "$("$TOCSIN" status --case "$T/next")" 'missing: sender: name, sender: title, sender: address, sender: phone .a notice says'
sed '/^us:/,/^  name/s/^  name:.*/  name: ""/' "$T/y" >"$T/next/case.yaml"
like "and who does not say for whom" "$("$TOCSIN" status --case "$T/next")" 'missing: us: name .a notice says who lost the mail'
cp -r "$T/next" "$T/strange"; sed 's/^  domains:.*/  domains: []/' "$T/y" >"$T/strange/case.yaml"
is "nor is mail ours that is at no domain of ours, which comes first" "$("$TOCSIN" status --case "$T/strange" | grep -B1 '^      us: domains is empty' | grep -v '^      ')" \
	'Next: edit case.yaml'
"$TOCSIN" attribute --directory "$SAMPLES/organisations.csv" --case "$T/strange" >/dev/null
exits "we ourselves are not told as a stranger" 2 "$TOCSIN" notify plan --case "$T/strange"
like "but what is missing is" "$err" 'missing: us: domains .a notice says'
cp "$T/y" "$T/next/case.yaml"
is "then keys are made, before a wave is planned" "$("$TOCSIN" status --case "$T/next" | sed -n 's/^Next: //p; s/^then: //p' | head -2 | paste -sd,)" \
	'tocsin notify keys,tocsin notify plan'
"$TOCSIN" notify plan --case "$T/next" >/dev/null
like "who has none is told what a notice is worth then" "$("$TOCSIN" notify show --case "$T/next")" '^There are no keys: notices are not signed'
"$TOCSIN" notify keys --case "$T/next" >/dev/null
unlike "and who has some is not" "$("$TOCSIN" notify show --case "$T/next")" 'no keys'
"$TOCSIN" notify plan --case "$T/next" >/dev/null
is "read" "$(next)" 'tocsin notify show'
"$TOCSIN" notify approve --by A --case "$T/next" >/dev/null
like "approved" "$("$TOCSIN" status --case "$T/next")" '^then: tocsin notify approve --by NAME
      1 of 2 people have approved it'
"$TOCSIN" notify approve --by B --case "$T/next" >/dev/null
is "written" "$(next)" 'tocsin notify write'
"$TOCSIN" notify write --case "$T/next" >/dev/null
like "and sent, once the case says how" "$("$TOCSIN" status --case "$T/next")" '^Next: edit case.yaml
      notices are written and nothing has left'
is "machines are told, too" "$("$TOCSIN" status --json --case "$T/next" | jq -r '[.wave_state, .next[0].command] | join(" ")')" 'written edit case.yaml'
"$TOCSIN" notify sent --wave 1 --by A --case "$T/next" >/dev/null
like "who handed a wave over is told so" "$("$TOCSIN" notify status --case "$T/next")" '^[1-9][0-9]* organisations? w(as|ere) handed their notices by a person'
ok "machines are told how many" sh -c '"$1" notify status --json --case "$2" | jq -e ".organisations_handed_notices > 0" >/dev/null' sh "$TOCSIN" "$T/next"
is "and what comes then" "$(next)" 'tocsin notify reminders'
cp -r "$SAMPLES/later" "$T/next-later"
"$TOCSIN" ingest "$T/next-later" --case "$T/next" >/dev/null; "$TOCSIN" scope --case "$T/next" >/dev/null; "$TOCSIN" scan --case "$T/next" >/dev/null
"$TOCSIN" attribute --directory "$SAMPLES/organisations.csv" --case "$T/next" >/dev/null
for step in plan 'approve --by A' 'approve --by B' write; do "$TOCSIN" notify $step --case "$T/next" >/dev/null; done
is "with a further wave the same is asked of that one" "$(next)" 'tocsin notify sent --wave 2 --by NAME'

is "what verify takes fits on a terminal of 80 columns" "$("$TOCSIN" verify --help | awk 'NR > 2 && length > 80')" ""

# Where 0, 1 and 2 are closed, the next file that is opened gets their number.
closed() { sh -c "exec 0<&- 1>&- 2>&-; exec \"\$@\"" sh "$TOCSIN" "$@"; }
exits "without standard descriptors a case is made, and that nobody could be told is a failure" 4 closed init "$T/closed"
before=$(cd "$T/closed" && cat case.yaml case.key | sha256sum)
exits "so it is with ingest" 4 closed ingest "$T/a.eml" --case "$T/closed"
is "no file of the case has our words in it" "$(cd "$T/closed" && cat case.yaml case.key | sha256sum; wc -c <"$T/closed/case.lock")" "$(printf '%s\n0' "$before")"
is "and the mail is there" "$(CASE=$T/closed; count messages)" 1
if [ -w /dev/full ]; then
	for v in --version --help "list messages --case $T/closed"; do
		# shellcheck disable=SC2086 # words
		exits "output that cannot be written is a failure: $v" 4 sh -c 'exec "$@" >/dev/full' sh "$TOCSIN" $v
		like "and says so in a line" "$err" '^tocsin( list)?: write: [^:]*$'
	done
fi
done_testing
