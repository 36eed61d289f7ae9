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

# Files of a crowded folder are looked at when they are opened. A large mailbox among them is met in the middle of the reading.
mkdir "$T/crowd" "$T/alone"
for n in $(seq 100 399); do
	printf 'From: a@us.example\nTo: b@them.example\nMessage-ID: <%d@us.example>\nSubject: %d\n\nhello\n' $n $n >"$T/crowd/$n"
done
python3 - >"$T/crowd/250.mbox" <<'END'
for n in range(40):
    print("From a@us.example Mon Mar 02 10:00:00 2026\nFrom: a@us.example\nTo: c@them.example\nMessage-ID: <large%d@us.example>\n" % n)
    print(("line %d\n" % n) * 125000)
END
ln -s 100 "$T/crowd/link"
cp "$T/crowd/250.mbox" "$T/alone/250.mbox"
for n in 1 2; do
	CASE=$T/crowd$n; new_case "$CASE"; ingest --workers $n "$T/crowd"
	list items >"$T/crowd$n.items"
done
CASE=$T/alone1; new_case "$CASE"; ingest "$T/alone"; list items >"$T/alone.items"
CASE=$T/crowd1
is "a large mailbox among many files, and all of them" "$(count sources) $(count items)" "302 341"
same "whatever the number of workers" "$T/crowd1.items" "$T/crowd2.items"
is "it is read like one that lies alone" "$(grep '250\.mbox' "$T/crowd1.items" | field at_byte n_bytes outcome)" \
	"$(field at_byte n_bytes outcome <"$T/alone.items")"
ingest "$T/crowd"; list ledger | tail -1 >"$T/last"
ok "those that were opened unasked are known by size and time" grep -q 'unchanged[^0-9]*302' "$T/last"

# Owners of mailboxes that are new are counted while they are read; those of others are read back. Of what lies in two of them, too.
mkdir -p "$T/all/ada/inbox" "$T/all/ada/sent" "$T/all/bo/inbox" "$T/grown"
for n in $(seq 1 40); do
	printf 'From: x%d@them.example\nTo: ada@us.example\nCc: team@us.example, bo@us.example\nSubject: %d\n\nhello\n' $n $n >"$T/all/ada/inbox/$n"
	printf 'From: ada@us.example\nTo: x%d@them.example\nSubject: re %d\n\nhello\n' $n $n >"$T/all/ada/sent/$n"
	[ $((n % 3)) = 0 ] || cp "$T/all/ada/inbox/$n" "$T/all/bo/inbox/$n"
done
printf 'From: x1@them.example\nTo: bo@us.example\nSubject: to you\n\nhello\n' >"$T/all/bo/inbox/own"
cp -r "$T/all/ada" "$T/all/bo" "$T/grown/"
find "$T/grown" -type f ! -name 1 -delete
CASE=$T/grown1; new_case "$CASE"; ingest "$T/grown"
cp -r "$T/all/ada" "$T/all/bo" "$T/grown/"
ingest "$T/grown"; list mailboxes | sed "s|$T/grown|all|" | field root owner grade ground >"$T/grown.owners"
CASE=$T/all1; new_case "$CASE"; ingest "$T/all"; list mailboxes | sed "s|$T/all|all|" | field root owner grade ground >"$T/all.owners"
ok "there are two mailboxes with owners" test "$(grep -c 'us\.example' "$T/all.owners")" = 2
same "and they are whose they would be by what is read back" "$T/all.owners" "$T/grown.owners"
done_testing
