#!/bin/sh
# A secret in a name is a finding like any other, and in what tocsin writes stars stand in its place; what lies under that name is found again.
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail" "$T/said"
python3 "$SRC/t/make-names.py" "$T/mail"
secrets='(Name|Memb|Leaf)-Reef-[0-9]+|Xk29!mmA'
grep -oE "(Name|Memb|Leaf)-Reef-[0-9]+" "$SRC/t/make-names.py" | sort -u >"$T/secrets"; printf '%s\n' Name-Reef-93 Name-Reef-95 'Xk29!mmA' >>"$T/secrets"
whole_way() {
	CASE=$1; new_case "$CASE"
	sed -i 's/^portal: .*/&\nsealed: true/' "$CASE/case.yaml"
	ingest "$T/mail"
	"$TOCSIN" scan --case "$CASE" --rules "$SRC/rules" --workers "$2" >"$T/said/scan" 2>&1 || [ $? = 1 ]
	attribute
}
whole_way "$T/c" 1
for table in items messages parts coverage findings exposures links ledger; do list $table >"$T/said/$table" 2>&1; done
list findings --reveal >"$T/f"
found() { grep -F "\"value\":\"$1\"" "$T/f" | field part where; }

is "secrets in the names of files are found" "$(grep -oE "\"value\":\"($secrets)\"" "$T/f" | sort -u | wc -l)" 15
is "and starred in the rows of the parts" "$(list parts | field filename | grep '[*]' | sort -u)" "$(printf '%s\n' '************.zip.001' 'Zugang, Passwort ************ für Büro.xlsx' 'password ************.png' 'password: ************.txt' 'pw=********.zip')"
is "what lies in such a file says so" "$(found Inner-Reef-22)" "2	sheet Hosts, cell A1 of Zugang, Passwort ************ für Büro.xlsx"
is "also in an archive" "$(found Inner-Reef-23)" "3!/a.txt	line 1 of a.txt in pw=********.zip"
is "a folder, and what lies in it" "$(found Memb-Reef-55; found Inner-Reef-56)" "$(printf '%s\n' '2!/the password: ************/hosts.txt#0!name	name of the password: ************/hosts.txt#0 in five.zip' \
	'2!/the password: ************/hosts.txt#0	line 1 of the password: ************/hosts.txt#0 in five.zip')"
is "of two that look the same each is found again" "$(found Inner-Reef-52; found Memb-Reef-53; found Inner-Reef-54 | cut -f1)" "$(printf '%s\n' \
	'2!/in/password ************.zip#1!/password: ************.txt#0	line 1 of in/password ************.zip#1!/password: ************.txt#0 in five.zip' \
	'2!/in/password ************.zip#1!/password: ************.txt#1!name	name of in/password ************.zip#1!/password: ************.txt#1 in five.zip' \
	'2!/in/password ************.zip#1!/password: ************.txt#1')"
is "one that is called so is itself" "$(found Inner-Reef-59 | cut -f1)" '2!/password: ************.txt'
is "a message in an archive and one that is attached name their files alike" "$(found Inner-Reef-42 | cut -f1 | sort)" "$(printf '%s\n' 2 '2!/letter.eml/2' '3!/password: ************.txt#2')"
is "so does a sheet" "$(found Inner-Reef-62; found Leaf-Reef-61)" "$(printf '%s\n' '2	sheet password: ************, cell A1 of six.xlsx' '2	names of sheets of six.xlsx')"
is "and what several messages have" "$(found Memb-Reef-71; found Inner-Reef-72)" "$(printf '%s\n' '2!/password ************.csv#0!name	name of password ************.csv#0 in seven.zip' '2!/password ************.csv#0	line 1 of password ************.csv#0 in seven.zip' | sed p)"
is "files of items of Outlook are no other" "$(found Inner-Reef-94; found Name-Reef-95 | cut -f1; found Inner-Reef-96 | cut -f1)" "$(printf '%s\n' '2	line 1 of password: ************.txt' \
	'2!/Accounts/mara@kestrel.example/com.microsoft.__Messages/Inbox/message_00000.xml/'names '2!/Accounts/mara@kestrel.example/com.microsoft.__Messages/Inbox/message_00000.xml/'2)"
is "what is not read has stars, too" "$(list coverage | field filename | grep -c '[*]')" 3
like "also in its reason" "$(list coverage | field reason)" 'volume 1 of \*+\.zip'
rows "$CASE" >"$T/one"
say keys notify keys; say plan notify plan; say show notify show; say approve notify approve --by A; say again notify approve --by B; say write notify write
say report report; say json report --format json; say csv report --format csv; say regulator report regulator; say status status; say verify verify; say evidence verify --evidence
say seal notify seal --out "$T/drop"
notices=$(find "$CASE/out" -name '*.eml' | wc -l)
like "notices are written of it" "$notices" '^[1-9]'
ok "no secret of a name stands in the case, its notices and reports, or in what is said" python3 "$SRC/t/leaks.py" "$T/secrets" "$CASE" "$T/said"
python3 "$SRC/t/access-codes.py" "$CASE" >"$T/codes"
mkdir "$T/open"
while IFS="$(printf '\t')" read -r notice code org; do
	for bundle in "$T"/drop/*.bundle; do
		echo "$code" | "$TOCSIN" open "$bundle" --notice "$notice" --signer "$T/drop/tocsin.pub" --out "$T/open/$notice" >/dev/null 2>&1 && break
	done
done <"$T/codes"
is "whose they are is given each in a sealed dossier" "$(grep -rhoE --include="*.json" '"value":"([^"]*-Reef-|Xk)[^"]*"' "$T/open" | sort -u)" "$(grep -oE '"value":"[^"]*"' "$T/f" | sort -u)"
exits "the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"

whole_way "$T/c4" 4
rows "$CASE" >"$T/four"
same "four workers give the same rows" "$T/one" "$T/four"
rm -rf "$T/rules0"; cp -r "$SRC/rules" "$T/rules0"; rm "$T/rules0/people.yaml"
scan --rules "$T/rules0"; scan; attribute
rows "$CASE" >"$T/again"
same "and so does another scan" "$T/one" "$T/again"

# Whom it concerns was asked first: where that stood in an archive was said with the name of its member.
CASE=$T/early; new_case "$CASE"
ingest "$T/mail"; attribute
like "before scan a place has the name as it is" "$(list links | field at)" 'Memb-Reef-9'
scan
rm -rf "$T/said"; mkdir "$T/said"; say links list links
ok "then it has it no longer" python3 "$SRC/t/leaks.py" "$T/secrets" "$CASE" "$T/said"
attribute
like "and asked again it has stars" "$(list links | field at)" '^2!/password: \*{12}.txt#0:'
done_testing
