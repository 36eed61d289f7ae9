#!/bin/sh
# notify: private persons are listed, and told with texts of their own where the policy says so.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
cat >"$T/sendmail" <<SH
#!/bin/sh
cat >/dev/null
for a; do to=\$a; done
echo "\$to" >>"$T/left"
SH
chmod +x "$T/sendmail"
sed -i 's/^portal: .*/&\nsealed: true/' "$CASE/case.yaml"
by_sendmail
notify keys >/dev/null
put() { # put N FROM TO SUBJECT BODY [HEADER]: mail of Tomasz Wrona
	mkdir -p "$T/$1"
	printf 'From: %s\nTo: %s\nDate: Tue, 05 Aug 2025 10:0%s:00 +0000\nMessage-ID: <p%s@x.example>\nSubject: %s\n%b\n%s\n' "$2" "$3" "$6" "$6" "$4" "${7-}" "$5" >"$T/$1/$6.eml"
}
us=tomasz.wrona@kestrelgate.example
put one 'Anna Beispiel <anna.beispiel@gmx.de>' "$us" 'My account' 'Please pay to IBAN DE89 3704 0044 0532 0130 00.' 1
put one "$us" 'anna.beispiel@gmx.de, luc.exemple@orange.fr' 'Both of you' 'The door code is 4471, password: Regen-Bogen88' 2
put one 'Sam Sample <sam.sample@gmail.com>' "$us" 'Hello' 'Nothing here.' 3
put one 'news@gmail.com' "$us" 'Offers' 'password: Bulk-Rose77' 4 'List-Unsubscribe: <x>\nPrecedence: bulk\n'
put one 'Quay Light <cio@quaylight.example>' "$us" 'Ours' 'password: Hafen-Turm55' 5

ingest "$T/one" --mailbox "$us"; scan; attribute
exits "a wave is planned" 0 notify plan --json
is "by default a person is told nothing" "$(printf '%s' "$out" | jq .persons)" 0
is "but listed" "$(list persons | field address | sort -u | tr '\n' ' ')" 'anna.beispiel@gmx.de luc.exemple@orange.fr sam.sample@gmail.com '
like "and the report asks what to do" "$("$TOCSIN" report --format html --case "$CASE" >/dev/null; cat "$CASE"/out/report.html)" 'private persons who were not told'

sed -i 's/^policy:/policy:\n  notify_persons: true/' "$CASE/case.yaml"
exits "a policy that attribute has not seen is in no plan" 1 notify plan
like "which is said" "$out" '^Not as case.yaml says now: its names, domains or policy were others when tocsin attribute ran'
like "with what to do" "$("$TOCSIN" status --case "$CASE")" '^Next: tocsin attribute --directory FILE'
like "and the proof waits for it" "$("$TOCSIN" report --check --case "$CASE")" '^not yet  attributed .*case.yaml has other names, domains or policy'
attribute
unlike "then it is in it" "$("$TOCSIN" status --case "$CASE")" '^Next: tocsin attribute'
exits "with the policy they are part of the wave" 0 notify plan --json
is "each of them" "$(printf '%s' "$out" | jq .persons)" 3
is "and organisations are counted apart" "$(printf '%s' "$out" | jq .new)" 1
unlike "newsletters make no person a party" "$(list orgs | field org)" 'news@gmail.com'
text() { notify show --org "$1" | sed -n '/^----/,$p'; }
de=$(text anna.beispiel@gmx.de)
like "the language is that of the address" "$de" '^Jemand hat sich Zugang zu E-Mails von Kestrelgate'
like "the text is that for persons" "$de" 'weil E-Mails von dieser Adresse kamen'
like "how many of hers" "$de" '^2 E-Mails'
like "what stood in them, masked" "$de" 'Kontonummer|IBAN|Bankkonto'
like "and where a person can complain" "$de" '^Sie können sich bei Ihrer Datenschutzbehörde beschweren'
unlike "no secret" "$de" 'Regen-Bogen88|0532 0130 00|4471,'
unlike "nobody else" "$de" 'luc.exemple|sam.sample|Quay'
unlike "no access code, though organisations get one" "$de" 'Lesesaal|Leseraum|reading room'
like "as organisations do" "$(text 'Quaylight Terminals plc')" 'in a reading room'
fr=$(text luc.exemple@orange.fr)
like "in French to another" "$fr" 'Quelqu.un s.est introduit'
like "who had one mail of them" "$fr" '^1 courriel'
unlike "and not the other's account" "$fr" 'IBAN|compte bancaire'
# What the law of some countries wants said: to those who live there, and where that is not known by our country or by what the case switches on.
bureaus='IF YOU LIVE IN THE UNITED STATES.*Equifax: 1-888-298-0045.*Experian: .*TransUnion: .*Attorney General of your state.*Federal Trade Commission: 1-877-438-4338'
cp "$CASE/case.yaml" "$T/case.yaml"
unlike "of a company in Ireland nobody is told of credit bureaus in the United States" "$de$(text sam.sample@gmail.com)" 'Equifax'
sed -i 's/^  country: IE/  country: US/' "$CASE/case.yaml"
like "of one in the United States who has a .com is, as laws of states ask" "$(text sam.sample@gmail.com | tr '\n' ' ' | tr -s ' ')" "$bureaus"
unlike "whom they name, and no data protection authority, which there is none of" "$(text sam.sample@gmail.com)" 'data protection authority'
like "though there is for who is at a .de" "$(text anna.beispiel@gmx.de)" 'bei Ihrer Datenschutzbehörde'
unlike "and who is at a .de not" "$(text anna.beispiel@gmx.de)" 'Equifax'
like "who approves is told that nobody compared it with the laws" "$(notify show)" '^Nobody has compared with the law .*: person-us-states '
sed 's/^clocks:.*/&\n  on: [person-us-states]/' "$T/case.yaml" >"$CASE/case.yaml"
like "so it is where the case says that it has such residents" "$(text sam.sample@gmail.com)" 'Equifax'
cp "$T/case.yaml" "$CASE/case.yaml"
exits "approved" 0 notify approve --by A
exits "by two" 0 notify approve --by B
exits "and written" 0 notify write
is "a file for each" "$(find "$CASE/out/wave-1" -name '*.eml' | xargs grep -l '^To: .*@\(gmx.de\|orange.fr\|gmail.com\)' | wc -l)" 3
exits "the case proves itself" 0 "$TOCSIN" report --check --case "$CASE"
is "the table of waves counts them" "$(list waves | field persons)" 3
exits "the wave's manifest" 0 notify manifest --wave 1 --out "$T/manifests" --json
is "has how many of them were told, beside the organisations" "$(printf '%s' "$out" | jq -c '[.told_first, .persons]')" '[1,3]'
like "signed" "$("$TOCSIN" verify --manifest "$T/manifests/wave-1.manifest" --key "$CASE/keys/notice.pub")" 'GENUINE: .* 1 organisation told .*; 3 private persons told; [0-9]+ notices about 4 messages from 2025-08-05 to 2025-08-05'
unlike "and no name of one" "$(cat "$T/manifests/wave-1.manifest")" 'gmx|orange|gmail'
exits "nobody's proof is a person's" 2 notify manifest --wave 1 --out "$T/manifests" --prove anna.beispiel@gmx.de
cp "$CASE/case.db" "$T/saved.db"
sqlite3 "$CASE/case.db" "UPDATE wave_told_org SET track = 2 WHERE track = 3 AND org_id = (SELECT min(org_id) FROM dossier WHERE track = 3)"
like "one that counts others than were told is found" "$("$TOCSIN" report --check --case "$CASE")" 'the manifest of wave 1 says 1, 0, 0 and 3 private persons, the wave told 1, 0, 0 and 2'
cp "$T/saved.db" "$CASE/case.db"; rm -f "$CASE/case.db-wal" "$CASE/case.db-shm"
codes() { notify preflight --json | jq -r '.checks[] | select(.check == "access codes") | .state'; }
is "access codes that open nothing yet are warned of before they leave" "$(codes)" warned
exits "sealing" 0 notify seal --out "$T/drop" --json
is "makes no bundle for a person" "$(find "$T/drop" -type f -name '*.tcsd' -o -type f -path '*bundle*' | wc -l)" "$("$TOCSIN" list sealed --jsonl --case "$CASE" 2>/dev/null | wc -l)"
is "then they open it" "$(codes)" passed
unlike "nor speaks of one" "$(grep -rla 'anna.beispiel' "$T/drop" || :)" .

person=$(list notices | jq -r 'select(.track == "person") | .org' | head -1)
exits "what a letter asks of a person is nobody's to follow" 3 notify mark "$person" rotated --all --by A --note telephone
like "and nobody says that the person was told of nothing" "$err" 'is a private person: what the letter asks of one is nobody'
like "where each mail stands, organisations and persons are counted apart" "$(notify status)" '^1 organisation and 3 private persons: 4 composed\.$'
is "to a program, too" "$(notify status --json | jq -c '[.organisations[].person] | sort')" '[false,true,true,true]'
"$TOCSIN" report --format csv --case "$CASE" >/dev/null
is "the report's table of resets has those whom report resets has" "$(sed '1d; s/,.*//' "$CASE/out/report-csv/reset_counts.csv")" \
	"$("$TOCSIN" report resets --format json --case "$CASE" | jq -r '.organisations[].org')"
told=$(list told | grep -i quay | field message_sha256 | sort -u | wc -l)
exits "the facts for an authority" 0 "$TOCSIN" report regulator --case "$CASE"
like "say of how many messages organisations are told, without those of persons" "$(cat "$CASE/out/regulator.html")" \
	"notices are written to 1 in 1.wave, of $told.messages? and 1.exposure"
"$TOCSIN" report --case "$CASE" >/dev/null
unlike "who is told needs no word of counsel" "$(cat "$CASE/out/report.html")" 'for counsel to decide'

passed_preflight
exits "one of them must not be written to" 0 notify cease luc.exemple@orange.fr --why "asked for it"
run notify send --send --json
is "the others are, once each" "$(sort "$T/left" | uniq -c | sed 's/^ *//' | grep -v quaylight | tr '\n' ';')" '1 anna.beispiel@gmx.de;1 sam.sample@gmail.com;'
is "nobody has to telephone a person" "$(list tasks | grep -c '@\(gmx.de\|gmail.com\|orange.fr\)' || :)" 0

# More mail: only the difference.
put two 'Anna Beispiel <anna.beispiel@gmx.de>' "$us" 'Again' 'Card 4111 1111 1111 1111, exp 09/27' 6
ingest "$T/two" --mailbox "$us"; scan; attribute
exits "a second wave" 0 notify plan --json
is "tells one of them" "$(list notices | grep '"wave":2' | field address version | tr '\t\n' '  ')" 'anna.beispiel@gmx.de 2 '
de=$(text anna.beispiel@gmx.de)
like "only what is new" "$de" '^1 E-Mail,'
like "where that is a card, the bank is to be called" "$de" '^- Rufen Sie Ihre Bank an'
unlike "and no password to be changed" "$de" 'Ändern Sie jedes'
like "and says what she was told" "$(echo $de)" 'Vor dieser Mitteilung haben wir Sie bereits über 2 E-Mails informiert'
exits "with nothing told twice" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
