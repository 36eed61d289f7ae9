#!/bin/sh
# notify: who is told what, once? Two waves over the sample.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
exits "a case without mail has no plan" 1 notify plan
like "and that is said" "$out" '^The case has no mail yet. Run tocsin ingest'
ingest "$SAMPLES/mailboxes"; scan; attribute
exits "nothing can be written before a plan" 2 notify write
exits "a wave is planned" 0 notify plan
unlike "by a clock of which nothing is to be said" "$out" 'clock'
like "which says that those without a contact do not count as told" "$out" '^  without a contact \.+ [1-9][0-9]*, in none of these numbers$'
cp -r "$CASE" "$T/back"
like "planned by a clock that was set back, they have its date: that is said" "$(TOCSIN_NOW=2001-01-01T00:00:00Z "$TOCSIN" notify plan --case "$T/back")" \
	'^The clock of this machine says 2001-01-01T00:00:00Z, but the ledger has an entry of 20[2-9]'
exits "a planned wave is not written" 3 notify write
ok "and no folder is made for it" test ! -e "$CASE/out/wave-1"
exits "one person's approval is taken" 0 notify approve --by 'Aisling Quirke'
exits "and is not enough" 3 notify write
exits "the same person cannot approve twice" 3 notify approve --by 'Aisling Quirke'
exits "an approval has a name" 2 notify approve
exits "a second person approves" 0 notify approve --by 'Declan Roche'
# A word in case.yaml, and it is not what they approved: whoever asks is told so.
cp "$CASE/case.yaml" "$T/case.yaml"
stands() { echo "$("$TOCSIN" status --json --case "$CASE" | jq -r '[.wave_state, .approvals, .approvals_outdated] | @csv') $(notify show --json | jq -r '[.state, .approvals] | @csv')" \
	"$(notify show --json --org Quaylight | jq -r '[.state, .approvals] | @csv') $(list waves | jq -r '[.state, (.approvals | map(select(.current)) | length)] | @csv')"; }
is "a wave that two people approved is approved, whoever asks" "$(stands)" '"approved",2,0 "approved",2 "approved",2 "approved",2'
sed -i 's/Aisling Quirke/Aisling M. Quirke/' "$CASE/case.yaml"
is "with another word in case.yaml it is not" "$(stands)" '"planned",0,2 "planned",0 "planned",0 "planned",0'
like "status says what to do" "$("$TOCSIN" status --case "$CASE" | tr -s '\n ' ' ')" 'Next: tocsin notify show the wave is not any more what was approved.* then: tocsin notify approve --by NAME 0 of 2 people'
like "and show why" "$(notify show)" '^Not counted: 2 approvals of the wave as it was'
exits "nor is it written" 3 notify write
sed -i 's/^  name: "Kestrelgate Ltd"/  name: ""/' "$CASE/case.yaml"
like "where nothing can be written status says why" "$("$TOCSIN" status --case "$CASE")" '^ +case.yaml: missing: us: name'
cp "$T/case.yaml" "$CASE/case.yaml"
is "with the old word it is approved again" "$(stands)" '"approved",2,0 "approved",2 "approved",2 "approved",2'
cp -r "$CASE" "$T/held"
exits "then the wave is written" 0 notify write
n=$(find "$CASE/out/wave-1" -name '*.eml' | wc -l)
is "a file for each notice with a contact" "$n" "$(list notices | grep -c '"state":"written"')"
like "an organisation without a contact is listed" "$(list notices | grep Ardmore)" '"state":"no_contact"'
(cd "$CASE/out" && find . -type f | sort | xargs sha256sum) >"$T/first"
exits "writing again" 0 notify write
(cd "$CASE/out" && find . -type f | sort | xargs sha256sum) >"$T/second"
same "writes nothing twice" "$T/first" "$T/second"

# Of whom somebody says that nothing leaves: it is seen everywhere, nobody has to call them, and they were not told.
was=$CASE CASE=$T/held
notify hold Quaylight --why 'they asked for a week' >/dev/null; notify cease 'Steelyard Hosting' --why 'they have it on paper' >/dev/null
is "who is held or ceased is marked" "$(notify show | grep -Eo '(HELD|CEASED): [a-z.]*@[a-z]*' | paste -sd' ')" 'HELD: legal@quaylight CEASED: abuse@steelyard'
like "write says how many files must stay" "$(notify write)" '^3 of them are for organisations that are held or ceased, and must not be handed over'
cp -r "$CASE" "$T/held-sent"
standing() { list orgs | jq -r 'select(.name | test("Quay|Steel")) | [.hold, .told_first] | @csv' | paste -sd' '; }
is "neither is told" "$(standing)" '"held", "ceased",'
"$TOCSIN" report --case "$CASE" >/dev/null
like "the report says so" "$(sed 's/<[^>]*>//g' "$CASE/out/report.html")" 'for 2 more a notice is written and nothing has left, since somebody has said so'
exits "a person hands the others over" 0 notify sent --wave 1 --by A
like "and is told of whom not" "$out" '^Not these: 3 notices of organisations that are held or ceased'
is "and these are still not told" "$(standing)" '"held", "ceased",'
exits "once more is once too often" 3 notify sent --wave 1 --by A
notify resume Quaylight --why 'the week is over' >/dev/null
exits "but of one that is resumed" 0 notify sent --wave 1 --by A
like "with its own notices" "$out" '^Wave 1: 2 notices count'
is "which is told then" "$(standing)" ',1 "ceased",'
exits "and the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$T/held-sent; by_sendmail; passed_preflight
run notify send --send
is "nobody has to call who is held or ceased" "$(list tasks | grep -c 'Quaylight\|Steelyard' || :)" 0
like "but others" "$(list tasks)" '"kind":"call"'
CASE=$was

one=$(grep -l quaylight "$CASE"/out/wave-1/*.eml | head -1)
cat "$one" >"$T/one"
is "a notice has one recipient address" "$(grep -ci '^To:' "$one")" 1
text=$(python3 -c 'import email,sys
for p in sys.argv[1:]:
    m = email.message_from_binary_file(open(p, "rb"))
    for q in m.walk():
        if q.get_content_maintype() == "text":
            print(q.get_payload(decode=True).decode())' "$CASE"/out/wave-1/*.eml)
unlike "no notice has a link" "$text" 'https?://|www\.|<a '
ok "no notice holds a secret" python3 "$SRC/t/leaks.py" "$SAMPLES/truth.tsv" "$CASE/out"
like "a French organisation is told in French" "$text" 'Nous|Madame|boîtes'
# Whoever reads has duties of his own, by his country: told in his language, and to be checked by him.
duties() { TOCSIN_LAW=${law:-$SRC/law} notify show --org "$1" | tr '\n' ' ' | tr -s ' '; }
like "a reader in the United Kingdom is told of the law there" "$(duties 'Quaylight Terminals plc')" '- You may have legal duties of your own; please have these checked: - UK GDPR, articles 33 and 34: .*Information Commissioner without undue delay and, where feasible, within 72 hours'
unlike "and not of the Union's" "$(duties 'Quaylight Terminals plc')" 'NIS 2|[^K] GDPR, articles'
like "one in the United States of the states' laws" "$(duties 'Ridgeway Freight Inc.')" 'US state laws on breaches of personal information: .*within 30 days'
unlike "and of no other" "$(duties 'Ridgeway Freight Inc.')" 'GDPR|NIS 2'
like "one in the Union of both of the Union's" "$(duties 'Steelyard Hosting')" ' GDPR, articles 33 and 34: .*NIS 2 Directive, article 23'
is "introduced once" "$(notify show --org 'Steelyard Hosting' | grep -c 'You may have legal duties of your own')" 1
like "in his language" "$(duties 'Nordwall Spedition GmbH')" 'DSGVO, Artikel 33 und 34: .*NIS-2-Richtlinie, Artikel 23'
mkdir "$T/law"; grep -v '^      de: "DSGVO' "$SRC/law/clocks.yaml" >"$T/law/clocks.yaml"; law=$T/law
like "with what happened and what was done, too, where the case says it in that" "$(duties 'Nordwall Spedition GmbH')" 'Vorfall: Zwei von einem .*WAS WIR GETAN HABEN Am 18. September 2025 .*Datenschutzbeauftragte, Kestrelgate'
like "to others in theirs" "$(duties 'Puertos de Levante S.A.')" 'Incidente: Dos buzones .*QUÉ HEMOS HECHO El 18 de septiembre .*Delegada de protección de datos, Kestrelgate'
cp "$CASE/case.yaml" "$T/case.yaml"; sed -i 's|^    es: "Dos buzones|    es: "www.example Dos buzones|' "$CASE/case.yaml"
exits "what the case says in another language has no link either" 2 notify show --org 'Puertos de Levante S.A.'
like "and its line is named" "$err" 'case.yaml:[0-9]+: incident: title has a link in it'
cp "$T/case.yaml" "$CASE/case.yaml"
unlike "nothing is missing of what the case has to say" "$(notify show)" '^case.yaml does not say'
sed -i '/^    de: "Datenschutzbeauftragte/d; /^  measures:/,/^    es:/d' "$CASE/case.yaml"
like "who approves is told what is not said in a language of the notices" "$(notify show)" 'does not say in each of the languages of notices: sender: title \(de\); these notices'
sed -i 's/^languages: .*/languages: [en]/' "$CASE/case.yaml"
like "also where case.yaml names English alone: they are in the language of their readers" "$(notify show)" 'sender: title \(de\); these notices'
like "and that nothing is said of what was done" "$(notify show)" 'what was done against the breach \(incident: measures\): GDPR 33\(3\)\(d\) and 34\(2\)'
cp "$T/case.yaml" "$CASE/case.yaml"
like "or, where there are no words in it, in English" "$(duties 'Nordwall Spedition GmbH')" ' GDPR, articles 33 and 34: .*NIS-2-Richtlinie, Artikel 23'
law=
unlike "what all were compared with is not warned of" "$(TOCSIN_LAW=$SRC/law notify show)" '^Nobody has compared with the law'
sed '/id: recipient-uk-gdpr-33/,/checked:/s/checked: .*/checked: never/; /id: recipient-nis2/,/checked:/s/checked: .*/checked: never/' "$SRC/law/clocks.yaml" >"$T/law/clocks.yaml"
like "who approves is told which of these nobody has compared with the law" "$(TOCSIN_LAW=$T/law notify show)" '^Nobody has compared with the law .*recipient-uk-gdpr-33, recipient-nis2'
like "the notice says whom to call" "$text" '\+353 1 555 0199'
like "and where to check it" "$text" 'notices.kestrelgate.example'
unlike "no organisation reads of another" \
    "$(python3 -c 'import email,sys
for p in sys.argv[1:]:
    m = email.message_from_binary_file(open(p, "rb")); t = "".join(q.get_payload(decode=True).decode() for q in m.walk() if q.get_content_maintype() == "text")
    if "quaylight" not in m["To"] and "Quaylight" in t: print("named in", p)' "$CASE"/out/wave-1/*.eml)" 'named'

# An organisation goes by what people call it.
heading() { notify show --org "$1" | grep -m 1 '^---- notice'; }
for called in 'quaylight terminals PLC' quaylight quaylight.example ' Quaylight '; do
	is "an organisation is known as \"$called\" too" "$(heading "$called")" "$(heading 'Quaylight Terminals plc')"
done
exits "one that is spelled wrong is none" 2 notify show --org 'Quaylght'
like "but said, with what was perhaps meant" "$err" 'no organisation is called "Quaylght" \(did you mean Quaylight\?\): tocsin list orgs'
exits "nor is the beginning of a name" 2 notify show --org 'Ridgeway Frei'
like "which says whose it is" "$err" 'did you mean Ridgeway Freight Inc\.\?'
exits "in no other verb either" 2 notify hold Quaylght --why 'they moved'
like "as there" "$err" 'did you mean Quaylight\?'

# What concerns only ourselves is a dossier without a notice: mail that concerns nobody else, and our own secrets wherever they stand.
list links >"$T/links"; list findings >"$T/findings"; list exposures >"$T/exposures"; list told >"$T/told"
ours=$(python3 - "$T" <<'PY'
import json, sys
rows = {k: [json.loads(l) for l in open(f"{sys.argv[1]}/{k}", encoding="utf-8")] for k in ("links", "findings", "exposures", "told")}
us = "ourselves"
internal = {l["message_sha256"] for l in rows["links"] if l["org"] == us and l["role"] != "owner"}
others = {l["message_sha256"] for l in rows["links"] if l["org"] != us and l["counts"]}
own = {x["exposure"] for x in rows["exposures"] if us in x["owners"]}
want = {(f["message_sha256"], f["exposure"]) for f in rows["findings"] if f["message_sha256"] in internal or f["exposure"] in own}
got = {(t["message_sha256"], t["exposure"]) for t in rows["told"] if t["org"] == us and t["exposure"]}
print("mail of others" if internal & others else "", want ^ got or "", len({x for _, x in want}))
PY
)
like "our own dossier holds what is ours and no more" "$ours" '^  [1-9][0-9]*$'
exits "it can be read" 0 notify show --org ourselves --text
is "with each exposure" "$(printf '%s\n' "$out" | grep -Ec '^- [a-z_]+  .*  in [0-9]+ messages?, first 202[0-9-]+$')" "${ours#  }"
is "and no notice is sent of it" "$(list notices | grep -c '"org":"ourselves"')" 0

exits "with nothing new" 0 notify plan
untold=$(python3 -c 'import json, sys
told = {json.loads(l)["exposure"] for l in open(sys.argv[2], encoding="utf-8")}
print(sum(json.loads(l)["exposure"] not in told for l in open(sys.argv[1], encoding="utf-8")))' "$T/exposures" "$T/told")
like "what no organisation is told is counted" "$out" "^Told to nobody: $untold exposures, in mail of private persons"
"$TOCSIN" report --case "$CASE" >/dev/null
like "and listed as an open question" "$(cat "$CASE/out/report.html")" "<h3>$untold.exposures that no wave tells anybody of"
is "there is no second wave" "$(count waves)" 1

# Mail is found later.
ingest "$SAMPLES/later"
exits "a plan before that was scanned has a problem" 1 notify plan
like "which it tells" "$out" '^Nothing new to tell anybody of the mail that was looked at'
like "with what to do" "$out" '[1-9][0-9]* messages in scope have not been scanned'
scan
like "as does one before it was attributed" "$(notify plan)" 'of [1-9][0-9]* messages in scope nobody has said whose'
attribute
exits "more mail, a second wave" 0 notify plan
like "with the new organisation" "$(list notices | grep '"wave":2')" '"org":"Tidepool Robotics"[^}]*"version":1'
like "and a supplement for one already told" "$(list notices | grep '"wave":2')" '"org":"Quaylight Terminals plc"[^}]*"version":2'
unlike "and nothing for one with nothing new" "$(list notices | grep '"wave":2')" 'Havre-Transit|Nordwall|Levante'
exits "of which nothing is shown" 2 notify show --org Nordwall
like "but the wave that has it is named" "$err" 'wave 2 tells Nordwall Spedition GmbH nothing; waves that do: 1$'
# What wave 2 tells is what one wave over everything would tell, less what wave 1 told.
all=$T/all; new_case "$all"
(CASE=$all; ingest "$SAMPLES/mailboxes" "$SAMPLES/later"; scan; attribute)
"$TOCSIN" notify plan --case "$all" >/dev/null
# A message goes by its content here: which of its copies was met first depends on the order of the deliveries.
told_by_content() {
	"$TOCSIN" list messages --jsonl --case "$1" >"$T/messages"
	"$TOCSIN" list told --jsonl --case "$1" | python3 -c 'import json, sys
content = {m["message_sha256"]: m["content_digest"] for m in map(json.loads, open(sys.argv[1], encoding="utf-8"))}
for row in map(json.loads, sys.stdin):
    print(row["org"], content[row["message_sha256"]], row["role"], row["exposure"])' "$T/messages" | sort
}
told_by_content "$CASE" >"$T/both"
told_by_content "$all" >"$T/once"
same "the two waves together are exactly what one would have been" "$T/once" "$T/both"
is "and nothing is told twice" "$(uniq -d "$T/both" | wc -l)" 0

exits "the second wave is approved" 0 notify approve --by 'Aisling Quirke'
# New mail after the first approval changes the plan: the approval falls.
mkdir "$T/more"; sed 's/crane1/crane2/; s/BAD9B40EEE92/0000B40EEE92/; s/Jetty\.Mussel\.09/Jetty.Oyster.10/' "$SAMPLES/later/tierney-2024.mbox" >"$T/more/x.mbox"
ingest "$T/more"; scan; attribute
exits "planned anew" 0 notify plan
exits "the second approver" 0 notify approve --by 'Declan Roche'
exits "does not make up for the first, who approved another plan" 3 notify write
exits "who approves again" 0 notify approve --by 'Aisling Quirke'
exits "and then it is written" 0 notify write
exits "show prints the wave" 0 notify show
like "with every organisation of it" "$out" 'Tidepool'
exits "the ledger holds" 0 "$TOCSIN" verify --case "$CASE"
exits "and the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# The directory calls a customer by another name, and gives another a second domain: they are who they were.
sed 's/^Quaylight Terminals plc,/Quaylight Group plc,/; s/^\(Havre-Transit SA,havretransit.example\),/\1;havre-ports.example,/' \
	"$SAMPLES/organisations.csv" >"$T/renamed.csv"
told_quaylight=$(list told | grep -c '"org":"Quaylight Terminals plc"')
exits "the links are made anew" 0 "$TOCSIN" attribute --case "$CASE" --directory "$T/renamed.csv"
like "which says who has another name" "$out" 'another name .*Quaylight Terminals plc is Quaylight Group plc now'
exits "and nobody is told again" 0 notify plan
like "what was told under the old one" "$out" '^Nothing new'
is "the rows go by the new name" "$(list told | grep -c '"org":"Quaylight Group plc"')" "$told_quaylight"
exits "without a directory by the domain" 0 "$TOCSIN" attribute --directory none --case "$CASE"
like "all of them" "$(list told)" '"org":"quaylight.example"'
attribute
exits "and back under the first names" 0 notify plan
like "nobody is told again" "$out" '^Nothing new'
unlike "whatever the domains were in between" "$(list told)" '"org":"(quaylight|havre-ports|havretransit)'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# Two that the directory makes one for a time, and two again.
sed -e 's/^Quaylight Terminals plc,quaylight.example,/Quaylight Group plc,quaylight.example;havretransit.example,/' -e '/^Havre-Transit SA,/d' \
	"$SAMPLES/organisations.csv" >"$T/merged.csv"
exits "two become one" 0 "$TOCSIN" attribute --case "$CASE" --directory "$T/merged.csv"
like "which is said" "$out" 'told, and one with another .*Havre-Transit SA is one with Quaylight Group plc now'
exits "of two that became one, neither is told again" 0 notify plan
like "what the other was" "$out" '^Nothing new'
like "and the one that is left was told in the waves of both" "$("$TOCSIN" list orgs --jsonl --case "$CASE" | grep '"org":"Quaylight Group plc"')" '"told_first":1'
attribute
exits "when they are two again" 0 notify plan
like "neither is told again" "$out" '^Nothing new'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# A plan of what is found no more leaves nothing behind when it is made anew.
rm -rf "$T/fewer"; mkdir "$T/fewer"; cp "$SRC/rules"/* "$T/fewer/" 2>/dev/null || :; rm "$T/fewer/tokens.yaml"
kept=$CASE; CASE=$T/anew; new_case "$CASE"; ingest "$SAMPLES/mailboxes"; scan; attribute
exits "a wave is planned" 0 notify plan
like "of all that is exposed" "$(list exposures)" '"class":"api_token"'
exits "mail is scanned by fewer rules" 0 "$TOCSIN" scan --case "$CASE" --rules "$T/fewer"
attribute
exits "the wave is planned anew" 0 notify plan
unlike "of what is still found" "$(list exposures)" '"findings":0'
exits "and the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$kept

# Rules that find less: what was told stays told, counts no more, and is not told again when it is found again.
every=$(list exposures | wc -l)
exits "mail is scanned by fewer rules" 0 "$TOCSIN" scan --case "$CASE" --rules "$T/fewer"
attribute
like "an exposure that was told and is found no more stays" "$(list exposures)" '"class":"api_token"[^}]*"findings":0,"messages":0'
is "of which there are as many as before" "$(list exposures | wc -l)" "$every"
exits "there is nothing to tell" 0 notify plan
like "of what is no longer found" "$out" '^Nothing new'
exits "the proof is clean, too" 0 "$TOCSIN" report --check --case "$CASE"
exits "the report is made" 0 "$TOCSIN" report --format json --output "$T/fewer.json" --case "$CASE"
is "and counts what is found" "$(python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
print(sum(c["exposures"] for c in r["classes"]) - sum(x["findings"] > 0 for x in r["exposures"]))' "$T/fewer.json")" 0
exits "all rules again" 0 "$TOCSIN" scan --case "$CASE" --rules "$SRC/rules"
attribute
exits "find what was told" 0 notify plan
like "and nobody is told again" "$out" '^Nothing new'

unset TOCSIN_TEMPLATES
# Each organisation in its own language; texts that a lawyer changed.
exits "a notice is shown" 0 notify show --wave 1 --org 'Nordwall Spedition GmbH' --text
like "and told of the duties that its country may give it" "$out" '^  - DSGVO, Artikel 33'
like "a German organisation is written to in German" "$out" 'WAS ZU ÄNDERN ODER ZU BEOBACHTEN IST|WAS WIR DARIN GEFUNDEN HABEN'
exits "another is shown" 0 notify show --wave 1 --org 'Puertos de Levante S.A.' --text
like "and a Spanish one in Spanish" "$out" 'QUÉ NO SABEMOS'
unlike "names that end in a full stop stand with one" "$(sed 's/Kestrelgate Ltd"/Kestrelgate S.A."/' "$CASE/case.yaml" >"$T/sa.yaml"; cp "$T/sa.yaml" "$CASE/case.yaml"; notify show --wave 1 --text)" 'Kestrelgate S\.A\.\.'
cp "$T/case.yaml" "$CASE/case.yaml"
exits "the texts are copied into the case" 0 notify templates
sed 's/{{from}} to/{{frm}} to/' "$SRC/templates/words.en.yaml" >"$CASE/templates/words.en.yaml"
exits "a name that no page of an export knows is found before anything is sealed" 2 notify show --wave 1 --text
like "with its line" "$err" 'words.en.yaml:[0-9]+: .*frm'
cp "$SRC/templates/words.en.yaml" "$CASE/templates/words.en.yaml"
sed 's/Wir bedauern, dass dies geschehen ist/Wir bedauern das sehr/' "$CASE/templates/notice.de.txt" >"$T/de"; cp "$T/de" "$CASE/templates/notice.de.txt"
exits "the notice is shown again" 0 notify show --wave 1 --org 'Nordwall Spedition GmbH' --text
like "and the case's own are used" "$out" 'Wir bedauern das sehr'
exits "copying them again" 0 notify templates
like "keeps what was changed" "$(cat "$CASE/templates/notice.de.txt")" 'Wir bedauern das sehr'
echo 'Yours, {{sendr_name}}' >>"$CASE/templates/notice.de.txt"
exits "a name that no text can have is refused" 2 notify show --wave 1 --text
like "with file, line and name" "$err" 'notice\.de\.txt:[0-9]+.*sendr_name'
rm -r "$CASE/templates"
# A place in a document is in the language of the notice, whatever kind it is.
cat "$SRC"/src/document/*.c | grep -E '(layout_group|layout_lines|numbered_read|words_read|asides_put|xml_lines|group_begin|page_read|attributes_read|flow_read)\(' |
    sed 's/SPAN_LIT("[^"]*")//g; s/err_set(.*//' | grep -oE '"[a-z][a-z ,]+"' | tr -d '"' | sort -u >"$T/kinds"
ok "there are kinds of places" test "$(wc -l <"$T/kinds")" -gt 30
for l in de fr es; do
	sed -n '/^places:/,/^[a-z]*:$/s/^  "\(.*\)": .*/\1/p' "$SRC/templates/words.$l.yaml" | sort >"$T/have"
	is "$l has a word for each" "$(comm -23 "$T/kinds" "$T/have")" ""
done
done_testing
