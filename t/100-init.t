#!/bin/sh
# A case is a folder: case.yaml, case.db, case.key, out/.
. "$(dirname "$0")/lib.sh"

exits "init makes a case" 0 "$TOCSIN" init "$T/c" --title "The \"big\" one" --domain kestrelgate.example
for f in case.yaml case.db case.key out; do
	ok "the case has $f" test -e "$T/c/$f"
done
is "nobody else may read the key" "$(stat -c %a "$T/c/case.key")" 600
is "the folder is the owner's alone" "$(stat -c %a "$T/c")" 700
like "the title is in case.yaml, quoted" "$(cat "$T/c/case.yaml")" 'title: "The \\"big\\" one"'
like "our domain is in case.yaml" "$(cat "$T/c/case.yaml")" 'domains: \["kestrelgate.example"\]'
ok "we may have several" "$TOCSIN" init "$T/several" --domain a.example --domain b.example
like "and none is forgotten" "$(cat "$T/several/case.yaml")" 'domains: \["a.example", "b.example"\]'
exits "an address is no domain of ours" 2 "$TOCSIN" init "$T/n" --domain @kestrelgate.example
for odd in -x x- -x.example us.-x.example us..example .us.example us.example. 192.0.2.7 '*.us.example' 'us example' ''; do
	exits "neither is \"$odd\"" 2 "$TOCSIN" init "$T/n" "--domain=$odd"
done
exits "a name that begins with - is none" 2 "$TOCSIN" init "$T/n" --domain -x
exits "one of numbers with letters at its end is, and one of one word" 0 "$TOCSIN" init "$T/m" --domain 163.example --domain corp --domain münchen.example
exits "an address is no domain of ours" 2 "$TOCSIN" init "$T/n" --domain @kestrelgate.example
like "and what is wanted is said" "$err" 'wants a mail domain as us.example, not "@kestrelgate.example"'
ok "before anything is made" test ! -e "$T/n"
exits "a case is never made over another" 3 "$TOCSIN" init "$T/c"
is "the ledger begins with the case" "$("$TOCSIN" list ledger --jsonl --case "$T/c" | wc -l)" 1
exits "the new case's ledger holds" 0 "$TOCSIN" verify --case "$T/c"
like "with its one entry" "$out" ' 1 entry, the chain holds'
unlike "whose date is nobody's concern" "$out" 'set back'
cp -r "$T/c" "$T/back"
TOCSIN_NOW=2001-01-01T00:00:00Z "$TOCSIN" ingest "$T/c/case.yaml" --case "$T/back" --quiet >/dev/null 2>&1 || :
exits "a clock that was set back breaks no chain" 0 "$TOCSIN" verify --case "$T/back"
like "and is said" "$out" 'entry 2 is earlier than the one before it'

"$TOCSIN" init "$T/d" >/dev/null
ok "two cases have two keys" sh -c "! cmp -s '$T/c/case.key' '$T/d/case.key'"

# What an init has left that was cut off, or a folder that somebody put together again.
mkdir "$T/e"; cp "$T/d/case.key" "$T/d/case.yaml" "$T/e"; printf 'half' >"$T/e/case.db.new"
exits "a folder without case.db becomes a case" 0 "$TOCSIN" init "$T/e"
same "under the key that was there" "$T/e/case.key" "$T/d/case.key"
ok "and nothing half is left" test ! -e "$T/e/case.db.new"
rm "$T/e/case.db" "$T/e/case.yaml"; echo 'incident: {title: Mine}' >"$T/e/case.yaml"
exits "a case.yaml that says something else than it is asked to is refused" 3 "$TOCSIN" init "$T/e" --title Other
exits "and else kept" 0 "$TOCSIN" init "$T/e"
is "as it is" "$(cat "$T/e/case.yaml")" 'incident: {title: Mine}'
rm "$T/e/case.yaml"
exits "a case without its case.yaml is a case already" 3 "$TOCSIN" init "$T/e"
same "and has its key" "$T/e/case.key" "$T/d/case.key"

# A folder of other things stays as it is.
mkdir "$T/f"; echo mail >"$T/f/jo.mbox"
exits "a case is not made among other files" 3 "$TOCSIN" init "$T/f"
like "with the first of them, and what to do" "$err" 'jo\.mbox lies there, and no case: .* a new folder'
is "which are alone there still" "$(ls -A "$T/f")" jo.mbox
rm "$T/f/jo.mbox"; mkdir "$T/f/lost+found"
exits "the root of an empty disk may be a case" 0 "$TOCSIN" init "$T/f"

chmod 644 "$T/d/case.key"
mkdir "$T/mail" && printf 'From: a@b.example\nSubject: x\n\nhello\n' >"$T/mail/1.eml"
"$TOCSIN" ingest "$T/mail" --case "$T/d" >/dev/null 2>&1 || :
exits "a key that others can read is refused" 3 "$TOCSIN" scan --rules "$SRC/rules" --case "$T/d"
like "and the message says what to do" "$err" 'chmod 600'

printf 'incident:\n  title: x\nus:\n  domains: nope\n' >"$T/c/case.yaml"
exits "a case.yaml with a mistake is refused" 2 "$TOCSIN" ingest --case "$T/c" "$T/mail"
like "with file and line" "$err" 'case.yaml:4'
printf 'us:\n  domains: [us.example, jo@us.example]\n' >"$T/c/case.yaml"
exits "so is an address where our domains belong" 2 "$TOCSIN" ingest --case "$T/c" "$T/mail"
like "with its line, too" "$err" 'case.yaml:2: domains wants mail domains as us.example, not "jo@us.example"'
printf 'incident:\n  title: x\ndelivery: smtp\n' >"$T/c/case.yaml"
exits "a word where settings belong is refused" 2 "$TOCSIN" ingest --case "$T/c" "$T/mail"
printf 'incident:\n  titel: x\n' >"$T/c/case.yaml"
exits "a misspelt setting is refused" 2 "$TOCSIN" ingest --case "$T/c" "$T/mail"
like "by its name" "$err" 'titel'
exits "no folder, no case" 2 "$TOCSIN" ingest --case "$T/nowhere" "$T/mail"
done_testing
