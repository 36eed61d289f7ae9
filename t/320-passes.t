#!/bin/sh
# Attachments are read behind the text of all mail, each distinct one once; cut off in between, nothing is lost or counted twice.
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail" "$T/held"
python3 "$SRC/t/make-slow.py" "$T/held"
for i in 1 2 3 4 5 6 7 8; do
	python3 "$SRC/t/make-held.py" "$T/mail/$i.eml" "$T/held/slow$i.xlsx" "$T/held/same.zip"
	printf 'From: a@quaylight.example\nTo: b@kestrelgate.example\nSubject: %s\n\npassword: Text-Reef-%s\n' $i $i >"$T/mail/text$i.eml"
done
CASE=$T/whole; new_case "$CASE"
ingest "$T/mail"
run python3 "$SRC/t/left-behind.py" "$TOCSIN" scan --workers 2 --case "$CASE" --json
is "the workers of both passes have ended before scan has, and it has waited for them" "$err" ""
like "what is attached several times is read once" "$out" '"attachments":16,"distinct_attachments":9,"attachments_failed":0'
is "and its finding stands in each message" "$(list findings | grep -c 'hosts.csv')" 8
attribute
rows "$CASE" >"$T/want"
run "$TOCSIN" scan --case "$CASE" --json
like "a second run has nothing to read" "$out" '"messages":0,.*"attachments":0'

CASE=$T/cut; new_case "$CASE"
ingest "$T/mail"
ok "the text is scanned and kept before the attachments are" python3 "$SRC/t/cut-attachments.py" between "$TOCSIN" "$CASE" "$SRC/rules"
like "what it says is in the case" "$(list findings --reveal | field value | sort | tr '\n' ' ')" 'Text-Reef-1 .*Text-Reef-8 '
run "$TOCSIN" report --check --case "$CASE"
like "the report says what is still to be read" "$out$err" 'not yet +scanned .* 8 rows waiting'
attribute
scan; attribute
rows "$CASE" >"$T/got"
same "the rerun reads them, and those concerned are asked again" "$T/want" "$T/got"
exits "then the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"

mkdir "$T/ends"
python3 "$SRC/t/make-held.py" "$T/ends/1.eml" "$T/held/heavy.xlsx" "$T/held/same.zip"
python3 "$SRC/t/make-held.py" "$T/ends/2.eml" "$T/held/heavy.xlsx"
CASE=$T/died; new_case "$CASE"
ingest "$T/ends"
ok "an attachment that ends its worker ends no scan" python3 "$SRC/t/cut-attachments.py" kill "$TOCSIN" "$CASE" "$SRC/rules"
is "it is recorded in each message that holds it" "$(list coverage | grep '"outcome":"failed"' | field part filename | sort | tr '\n\t' '  ')" \
	"2 heavy.xlsx 2 heavy.xlsx "
is "what stood beside it is read" "$(list findings | field part)" "3!/hosts.csv"
exits "and the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"
scan
rows "$CASE" >"$T/got"
CASE=$T/lives; new_case "$CASE"
ingest "$T/ends"; scan
rows "$CASE" >"$T/want"
same "the next run tries again" "$T/want" "$T/got"

# One that is small is read with the text of its mail, and costs no more.
mkdir "$T/small"
python3 "$SRC/t/make-held.py" "$T/small/1.eml" "$T/held/small.zip" "$T/held/same.zip"
sed -i 's/Please keep these./The password is Beside-Reef-8./' "$T/small/1.eml"
CASE=$T/died-small; new_case "$CASE"
ingest "$T/small"
ok "a small attachment that ends its worker ends no scan" python3 "$SRC/t/cut-attachments.py" kill:6 "$TOCSIN" "$CASE" "$SRC/rules"
is "it is recorded as it is" "$(list coverage | grep '"outcome":"failed"' | field part filename | tr '\n\t' '  ')" "2 small.zip "
is "its mail's text is read, and what stood beside it" "$(list findings | field part | sort | tr '\n' ' ')" "1 3!/hosts.csv "
attribute
is "what it says is nobody's, since it would end that worker too" "$(list orgs | field name | grep -c 'Quaylight')" 0
exits "and the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"
scan; attribute
is "until the next run has read it" "$(list orgs | field name | grep -c 'Quaylight')" 1

# So does one on which the passwords are not tried to the end. RAR of version 4 takes long for each.
mkdir "$T/shut"
printf 'the password: Rar4-Reef-1\n' >"$T/held/locked.txt"
(cd "$T/held" && python3 "$SRC/t/make-rar4.py" "$T/held/locked.rar" --password nobody-knows locked.txt)
python3 "$SRC/t/make-held.py" "$T/shut/1.eml" "$T/held/locked.rar" "$T/held/same.zip"
sed 's/^Subject: .*/Subject: again/; s/^Message-ID: <held/&.again/' "$T/shut/1.eml" >"$T/shut/2.eml"
seq -f 'Wrong-Reef-%g' 400 >"$T/passwords"
CASE=$T/tried; new_case "$CASE"
ingest "$T/shut"
ok "an archive that ends its worker over passwords ends no scan" python3 "$SRC/t/cut-attachments.py" kill "$TOCSIN" "$CASE" "$SRC/rules" --passwords "$T/passwords"
is "that they were not all tried is in its row" "$(list coverage | grep -c '"filename":"locked.txt".*"reason":"encrypted: needs a password; not all were tried: [^;]*"')" 2
is "what was found before stays" "$(list findings | field part | tr '\n' ' ')" "3!/hosts.csv 3!/hosts.csv "
exits "and the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"

# One that comes to no end: a minute without a sign of life ends its worker; the keeper's clock is put ahead here.
CASE=$T/stalls; new_case "$CASE"
mkdir -p "$T/slow" "$CASE/out"
python3 "$SRC/t/make-held.py" "$T/slow/1.eml" "$T/held/heavy.xlsx" "$T/held/same.zip"
ingest "$T/slow"
ok "an attachment that takes longer than it may ends no scan" python3 "$SRC/t/cut-attachments.py" stop "$TOCSIN" "$CASE" "$SRC/rules"
like "it says why it was not read" "$(list coverage)" '"filename":"heavy.xlsx",.*"outcome":"failed","reason":".*the worker made no progress and was ended'
is "what stood beside it is read" "$(list findings | field part)" "3!/hosts.csv"
exits "and that is proved" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
