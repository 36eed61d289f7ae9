#!/bin/sh
# A large PST is read in pieces by all workers: the rows are those of one worker.
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail"
python3 -B - "$SRC/t" "$T/mail/large.pst" <<'PY'
import random
import sys
sys.path.insert(0, sys.argv[1])
import outlook_files as o
draw = random.Random(5)
items = []
for i in range(700):
    p = {(o.CLASS, o.UNICODE): "IPM.Note", (o.SUBJECT, o.UNICODE): "number %d" % i, (o.SUBMITTED, o.TIME): 1741076130 + i,
         (o.MESSAGE_ID, o.UNICODE): "<%d@tern.example>" % i, (o.FROM_SMTP, o.UNICODE): "ivo@tern.example", (o.BODY, o.UNICODE): "text %d\r\n" % i}
    at = [{(o.METHOD, o.INT32): 1, (o.LONG_NAME, o.UNICODE): "a.bin", (o.DATA, o.BINARY): draw.randbytes(52000)}]
    items.append(o.Item(p, [{(o.KIND, o.INT32): 1, (o.NAME, o.UNICODE): "Mara", (o.SMTP, o.UNICODE): "mara@kestrel.example"}], at))
with open(sys.argv[2], "wb") as f:
    f.write(o.pst(items))
PY
CASE=$T/one; new_case "$CASE"
ok "it is ingested by one worker" ingest "$T/mail" --workers 1
is "every item is there" "$(count messages)" 700
rows "$CASE" >"$T/before"
CASE=$T/three; new_case "$CASE"
ok "and by three" ingest "$T/mail" --workers 3
rows "$CASE" >"$T/after"
same "the rows are the same" "$T/before" "$T/after"
exits "every item has its outcome" 0 "$TOCSIN" report --check --case "$CASE"
is "it is one source, read once" "$(list sources | grep -c '"state":"done"')" 1
done_testing
