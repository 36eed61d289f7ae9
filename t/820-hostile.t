#!/bin/sh
# Mail that means harm costs at most itself: nothing crashes, hangs or is silently dropped.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/hostile.py" "$T/mail"
printf 'From: a@good.example\nTo: b@kestrelgate.example\nSubject: good\n\npassword: Good-Mail-77\n' >"$T/mail/zz-good.eml"
CASE=$T/c; new_case "$CASE"
exits "hostile mail is read, with problems recorded" 1 timeout 900 "$TOCSIN" ingest "$T/mail" --case "$CASE"
n=$(find "$T/mail" ! -type d | wc -l)
is "every file is a source" "$(count sources)" "$n"
list items >"$T/items"
is "every source has an item" "$(list sources | field items | grep -cx 0)" 0
is "and every item an outcome" "$(field outcome <"$T/items" | grep -Evc '^(parsed|partial|failed|skipped)$')" 0
is "what is not wholly parsed says why" "$(grep -v '"outcome":"parsed"' "$T/items" | field reason | grep -cx '')" 0
grep -v '"outcome":"parsed"' "$T/items" | field source outcome reason | sed 's|.*/||' | cut -c1-110 | note
like "a bomb is one" "$(grep '/bzip2-bomb.zip' "$T/items")" '"outcome":"failed","reason":"taken for a decompression bomb"'
like "addresses past the limit make their message one that was read in part" "$(grep '/addresses.eml' "$T/items")" '"partial".*limit_addresses'
like "so does a limit hit in a message within a message" "$(grep '/parts-within.eml' "$T/items")" '"partial".*limit_parts'
is "an archive whose results are many times its bytes is read to its end" "$(grep '/crowds.mbox.gz' "$T/items" | grep -c '"outcome":"parsed"')" 20000
is "long names of archives in an archive cost nothing" "$(grep '/long-names.tar.gz' "$T/items" | grep -c '"outcome":"parsed"')" 700
is "no worker had to die" "$(grep -Ec '"reason":"[^"]*(crash|signal|no progress|forbidden)' "$T/items")" 0
like "good mail among it is read" "$(grep zz-good "$T/items")" '"outcome":"parsed"'
ok "nothing escaped from an archive" test ! -e "$T/escape.eml" -a ! -e "$T/mail/escape.eml" -a ! -e "$CASE/escape.eml"
ok "it is scanned" scan
exits "and each message attributed" 0 "$TOCSIN" attribute --directory "$SAMPLES/organisations.csv" --case "$CASE" --quiet
unlike "no worker had to die of it" "$(list coverage)" '"reason":"[^"]*(crash|signal|no progress|forbidden)'
found=$(list findings --reveal)
like "the secret in the good mail is found" "$found" 'Good-Mail-77'
like "so is one of thousands on a page" "$found" '"value":"Page-4321-x"'
like "so is one behind a huge header" "$found" 'After-The-Wide-1'
like "and one in a strange charset" "$found" 'Strange-Charset-3'
is "those beside documents that turn in circles are, too" "$(printf '%s\n' "$found" | grep -Eo 'Beside-(tree|forms).pdf-5' | sort -u | wc -l)" 2
is "and each of many messages in one that is attached, which is decoded once" "$(printf '%s\n' "$found" | grep -Eo 'Attached-[0-9]+-x' | sort -u | wc -l)" 200
like "what unpacks to thousands of times its bytes by many levels is a bomb, too" "$(list coverage | grep '"part":"2!/[0-9]*.zip"')" '"reason":"taken for a decompression bomb: neither this one nor those behind it"'
storm=$(list items | grep /passwords.eml | field message_sha256)
n=$(list findings | grep -c "$storm")
ok "findings of one message end at a limit: $n of 60,000" test "$n" -ge 5000 -a "$n" -le 20000
like "which is said" "$(list coverage | grep "$storm")" 'more findings, or places to look at, than one message is given'
like "and that is said" "$(list coverage)" '"reason":"more findings, or places to look at, than one message is given"'
run timeout 900 "$TOCSIN" notify collect "$T/mail" --case "$CASE" --json
is "what comes back may mean harm, too: no reader dies of it" "$(list heard | grep -c 'not read: the worker')" 0
is "what of its archives cannot be read has a reason each" "$rc $(printf '%s' "$out" | jq .unreadable)" "1 $(list heard | grep -c '"status":"not read: ')"
like "a bomb, too" "$(list heard | jq -r 'select(.path | endswith("/bzip2-bomb.zip")) | .status')" '^not read: .*bomb.eml: taken for a decompression bomb$'
like "archives too deep within archives, say" "$(list heard | jq -r 'select(.path | endswith("/zip-in-zip.zip")) | .status')" '^not read: .*: .'
ok "and much of it is mail" test "$(printf '%s' "$out" | jq .mails)" -ge 20
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"

# Files that change under our hands.
mkdir "$T/live"
python3 "$SRC/t/make-mail.py" 3000 "$T/live"
mkdir "$T/swapped"
printf 'From: a@b.example\nTo: c@d.example\nSubject: one\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n\nThe password is Before-99!\n' >"$T/swapped/one.eml"
CASE=$T/swapped-case; new_case "$CASE"
ingest "$T/swapped"
sed -i 's/Before-99!/Afters-11!/' "$T/swapped/one.eml"
scan
like "a message that changed after ingest is not read as what it was" "$(list coverage)" '"reason":"[^"]*has changed since it was ingested"'
is "nor is its new secret found" "$(list findings)" ""

CASE=$T/d; new_case "$CASE"
(for i in 1 2 3 4 5 6 7 8; do sleep 0.01; truncate -s 1000 "$T/live/one.mbox" 2>/dev/null; truncate -s 5000000 "$T/live/one.mbox"; done) &
rc=0; timeout 900 "$TOCSIN" ingest "$T/live" --case "$CASE" --quiet >/dev/null 2>&1 || rc=$?
wait
ok "a file that shrinks while it is read does not end the run" test $rc -le 1
ingest "$T/live"; scan; attribute
exits "and the proof is clean afterwards" 0 "$TOCSIN" report --check --case "$CASE"
truncate -s 1000 "$T/live/two.mbox"
ok "evidence that shrank after ingest does not end the scan" scan
ok "nor a reveal" sh -c '"$1" list findings --jsonl --reveal --case "$2" >/dev/null; test $? -le 1' sh "$TOCSIN" "$CASE"

# A case whose own files are damaged.
CASE=$T/e; new_case "$CASE"
printf 'not a database' >"$CASE/case.db"
exits "a damaged case file is refused" 4 "$TOCSIN" list items --case "$CASE"
new_case "$T/f"; : >"$T/f/case.key"; chmod 600 "$T/f/case.key"
ingest_good() { CASE=$T/f; ingest "$T/mail/zz-good.eml"; }
ingest_good || :
exits "an empty key is refused" 2 "$TOCSIN" scan --rules "$SRC/rules" --case "$T/f"
done_testing
