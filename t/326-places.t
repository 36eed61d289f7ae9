#!/bin/sh
# Wherever a secret stands in mail, what tocsin writes and says has stars in its place: in what people are called, too, and where nothing but another
# place, of the same message or another, says that it is one.
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail" "$T/said" "$T/open"
python3 "$SRC/t/make-places.py" "$T/mail"
grep -oE 'Plac-(Reef|Hide)-[0-9]+' "$SRC/t/make-places.py" | sort -u >"$T/secrets"
whole_way() {
	CASE=$1; new_case "$CASE"
	sed -i 's/^portal: .*/&\nsealed: true/; s/^policy:/policy:\n  notify_persons: true/' "$CASE/case.yaml"
	ingest "$T/mail"
	"$TOCSIN" scan --case "$CASE" --rules "$SRC/rules" --workers "$2" >"$T/said/scan" 2>&1 || [ $? = 1 ]
	attribute
}
whole_way "$T/c" 1
list findings --reveal >"$T/f"
is "a secret is found in names, in comments beside addresses and wherever else people write" "$(field value <"$T/f" | grep -oE 'Plac-(Reef|Hide)-[0-9]+' | sort -u)" "$(grep Reef "$T/secrets")"
is "so is the number of a gate" "$(grep -F '"value":"482193"' "$T/f" | field part)" fields
list messages >"$T/messages"
is "what somebody is called has stars where it stands" "$(grep -oE '"(from|to|cc)_names":\["[^]]*\*[^]]*"\]' "$T/messages" | sort -u)" "$(cat <<'WANT'
"from_names":["Ann, password: ************"]
"from_names":["Kim Doe (the password is ************)"]
"from_names":["PIN ****** for the gate"]
"from_names":["password: ************"]
"to_names":["Bo (the password is ************) Ek","Jo, ************"]
"to_names":["Bo ************"]
"to_names":["It's \"Ann\", password: ************","Bo"]
"to_names":["Say \"************\", please"]
"to_names":["password: ************"]
WANT
)"
is "a subject and a file that are called what the message says is a password have stars, also where the file waited and is another's, too" \
	"$(field subject <"$T/messages" | grep -E 'Re:|about|same' | sort; list parts | field filename | grep -E '\*[.](txt|bin)' | sort)" "$(printf '%s\n' '************? the same' 'Re: (************* thanks)' 'Re: ************' 'Re: Fwd: "************", (************)?' 'Re: harbour 4821 in summer' 'about ************' \
	'************.txt' '************.txt' '************.txt' 'the ************.bin')"
is "the account that a password is for has stars where its name is the password" "$(grep -E 'Reef-6[345]"' "$T/f" | field value host | sort)" \
	"$(printf '%s\t%s\n' Plac-Reef-63 '************' Plac-Reef-64 '************@quaylight.example' Plac-Reef-65 vpn.quaylight.example)"
is "so has a member of an archive that is called what it or the mail says is one, and is found again" \
	"$(grep -E 'Reef-6[68]"' "$T/f" | field value part | sort; list coverage | field part | grep '[*]')" \
	"$(printf '%s\t%s\n' Plac-Reef-66 '2!/in/************.txt#0' Plac-Reef-68 '2!/b.txt'; echo '2!/************.png#1')"
rows "$CASE" >"$T/one"
for kind in $("$TOCSIN" list --case "$CASE" 2>&1 | sed 's/.*rows: //; s/,//g'); do say "$kind" list "$kind" --jsonl; say "$kind-text" list "$kind"; done
like "all that there is to list was" "$(ls "$T/said")" 'withdrawals-text'
say keys notify keys; say plan notify plan; say show notify show; say texts notify show --text; say approve notify approve --by A; say again notify approve --by B; say write notify write
say report report; say json report --format json; say csv report --format csv; say regulator report regulator; say status status; say verify verify; say evidence verify --evidence
say seal notify seal --out "$T/drop"
like "notices are written of it" "$(find "$CASE/out" -name '*.eml' | wc -l)" '^[1-9]'
ok "no secret stands in the case, its notices and reports, or in what is said" python3 "$SRC/t/leaks.py" "$T/secrets" "$CASE" "$T/said" "$T/drop"

# In what an organisation opens it is shown its own: what it sent and received, and what is for its hosts.
python3 "$SRC/t/access-codes.py" "$CASE" >"$T/codes"
while IFS="$(printf '\t')" read -r notice code org; do
	for bundle in "$T"/drop/*.bundle; do
		echo "$code" | "$TOCSIN" open "$bundle" --notice "$notice" --signer "$T/drop/tocsin.pub" --out "$T/open/$org" >/dev/null 2>&1 && break
	done
done <"$T/codes"
is "in a sealed dossier it is given to whose it is" "$(grep -rhoE 'Plac-Reef-[0-9]+' "$T/open/Nordwall Spedition GmbH" | sort -u)" Plac-Reef-62
like "or who got the mail" "$(cat "$T/open/Quaylight Terminals plc/credentials.csv")" 'Plac-Reef-12'
exits "the report proves itself" 0 "$TOCSIN" report --check --case "$CASE"

whole_way "$T/c4" 4
rows "$CASE" >"$T/four"
same "four workers give the same rows" "$T/one" "$T/four"
rm -rf "$T/rules0"; cp -r "$SRC/rules" "$T/rules0"; rm "$T/rules0/people.yaml"
scan --rules "$T/rules0"; scan; attribute
rows "$CASE" >"$T/again"
same "and so does another scan" "$T/one" "$T/again"
done_testing
