#!/bin/sh
# list: the stable machine interface. Each kind, its fields, one object a line.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan; attribute
"$TOCSIN" notify plan --case "$CASE" >/dev/null
has() {
	what=$1; shift
	list "$what" >"$T/list"
	ok "$what: every line is an object with $*" python3 - "$T/list" "$@" <<'PY'
import json, re, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert rows, "no rows"
for row in rows:
    for name in sys.argv[2:]:
        assert name in row, (name, row)
    for name, value in row.items():
        assert re.fullmatch("[a-z][a-z0-9_]*", name), name
        if name in ("date", "when", "planned") and value is not None:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), value
PY
}
has sources path sha256 n_bytes state
has items source at_byte n_bytes outcome reason message_sha256
has messages message_sha256 content_digest message_id date from to cc subject mailboxes locations
has findings message_sha256 part part_type at_byte n_bytes class detector severity certainty masked exposure
has exposures exposure class severity masked
has orgs org name origin
has links message_sha256 org role ground at
has waves wave state
has notices wave org state
has ledger seq when who what hash
exits "a table for people" 0 "$TOCSIN" list orgs --case "$CASE"
like "has a head line" "$(printf '%s\n' "$out" | head -1)" '^org +name'
# On a terminal a table has its width, and says what it leaves out for that; elsewhere it is whole.
cat >"$T/on-terminal.py" <<'PY'
import fcntl, os, struct, subprocess, sys, termios
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
p = subprocess.Popen(sys.argv[2:], stdin=slave, stdout=slave)
os.close(slave)
out = b""
try:
    while piece := os.read(master, 65536):
        out += piece
except OSError:
    pass
print(out.decode().replace("\r\n", "\n"), end="")
sys.exit(p.wait())
PY
widest() { python3 -c 'import sys; print(max(len(l.rstrip("\n")) for l in open(sys.argv[1], encoding="utf-8") if not l.startswith("Not shown")))' "$1"; }
for kind in orgs findings items messages links notices waves; do
	exits "$kind on a terminal" 0 env -u COLUMNS python3 "$T/on-terminal.py" 80 "$TOCSIN" list $kind --case "$CASE"
	printf '%s\n' "$out" >"$T/table"
	ok "no line of $kind is wider than it" test "$(widest "$T/table")" -le 80
	like "and what there was no room for is said" "$out" 'Not shown in the 80 columns of this terminal: [a-z_0-9, ]+ \(--jsonl has all\)$'
done
exits "a variable for the width" 0 env COLUMNS=60 python3 "$T/on-terminal.py" 200 "$TOCSIN" list orgs --case "$CASE"
like "COLUMNS says how wide that is" "$out" 'in the 60 columns'
exits "on a wide one" 0 env -u COLUMNS python3 "$T/on-terminal.py" 400 "$TOCSIN" list findings --case "$CASE"
unlike "nothing is cut" "$out" '…|Not shown'
exits "a wave on a terminal" 0 env -u COLUMNS python3 "$T/on-terminal.py" 80 "$TOCSIN" notify show --case "$CASE"
like "keeps who is told, where and of what" "$out" '^organisation +messages .*contact +exposures'
unlike "a table that goes elsewhere is whole" "$("$TOCSIN" list findings --case "$CASE")" '…|Not shown'

exits "values only go with findings" 2 "$TOCSIN" list messages --reveal --case "$CASE"

# Bytes from mail never reach the terminal raw.
mkdir "$T/x"
printf 'From: "\033[31mred" <a@b.example>\nSubject: \033]0;owned\007 \r\nDate: Tue, 4 Mar 2025 08:52:32 +0000\n\nx\n' >"$T/x/1.eml"
ingest "$T/x"
is "control characters of mail are shown, not obeyed" \
    "$("$TOCSIN" list messages --case "$CASE" | tr -d '\n' | tr -cd '\000-\037\177' | wc -c)" 0
done_testing
