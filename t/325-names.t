#!/bin/sh
# A secret in a name is a finding like any other, and in what tocsin writes stars stand in its place; what lies under that name is found again.
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail" "$T/said"
python3 "$SRC/t/make-names.py" "$T/mail"
secrets='(Name|Memb|Leaf)-Reef-[0-9]+|Xk29!mmA'
# What of the names' secrets stands in the case, and in what was said of it.
leaks() { grep -raoE "$secrets" "$CASE" "$T/said" | sort -u; }
whole_way() {
	CASE=$1; new_case "$CASE"
	ingest "$T/mail"
	"$TOCSIN" scan --case "$CASE" --rules "$SRC/rules" --workers "$2" >"$T/said/scan" 2>&1 || [ $? = 1 ]
	attribute
}
whole_way "$T/c" 1
for table in items messages parts coverage findings exposures links ledger; do list $table >"$T/said/$table" 2>&1; done
list findings --reveal >"$T/f"
found() { grep -F "\"value\":\"$1\"" "$T/f" | field part where; }

is "secrets in the names of files are found" "$(grep -oE "\"value\":\"($secrets)\"" "$T/f" | sort -u | wc -l | tr -d ' ')" 12
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
is "what is not read has stars, too" "$(list coverage | field filename | grep -c '[*]')" 3
like "also in its reason" "$(list coverage | field reason)" 'volume 1 of \*+\.zip'
is "no secret of a name stands in the case or in what is said" "$(leaks)" ""
exits "the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"

rows "$CASE" >"$T/one"
whole_way "$T/c4" 4
rows "$CASE" >"$T/four"
same "four workers give the same rows" "$T/one" "$T/four"
rm -rf "$T/rules0"; cp -r "$SRC/rules" "$T/rules0"; rm "$T/rules0/people.yaml"
scan --rules "$T/rules0"; scan; attribute
rows "$CASE" >"$T/again"
same "and so does another scan" "$T/one" "$T/again"
done_testing
