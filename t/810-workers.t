#!/bin/sh
# The same inputs give the same rows, whatever the number of workers.
. "$(dirname "$0")/lib.sh"
python3 "$SRC/t/make-mail.py" 1500 "$T/mail"
cp -r "$SAMPLES/mailboxes" "$SAMPLES/later" "$T/mail/"
for n in 1 2 3; do
	CASE=$T/c$n; new_case "$CASE"
	ingest --workers $n "$T/mail"; scan --workers $n; attribute --workers $n
	rows "$CASE" >"$T/rows$n"
done
ok "there are rows" test "$(wc -l <"$T/rows1")" -gt 3000
same "two workers write what one writes" "$T/rows1" "$T/rows2"
same "so do three" "$T/rows1" "$T/rows3"
CASE=$T/order; new_case "$CASE"
ingest "$T/mail/later"; ingest "$T/mail"; scan; attribute
is "the order of the deliveries does not change what is found" \
    "$(list exposures | field exposure findings messages | sort | cksum)" \
    "$(CASE=$T/c1; list exposures | field exposure findings messages | sort | cksum)"
CASE=$T/free; new_case "$CASE"
ingest --without-jail "$T/mail"; scan --without-jail; attribute --without-jail
list findings --reveal --without-jail >/dev/null 2>&1
is "each run without walls is in the ledger" \
	"$(list ledger | grep 'jailed[^,}]*false' | field what | tr '\n' ' ')" "ingest scan attribute reveal "
rows "$CASE" >"$T/free.rows"
same "the walls change nothing in the rows" "$T/rows1" "$T/free.rows"
done_testing
