. "$(dirname "$0")/lib.sh"
mkdir $T/m $T/h; python3 - $T/h <<'PY'
import sys,zipfile
with zipfile.ZipFile(sys.argv[1]+"/bomb.zip","w",zipfile.ZIP_BZIP2) as f: f.writestr("bomb.eml", b"\0"*(300<<20))
PY
printf 'From: a@b.example\nSubject: x\n\npassword: Good-Mail-77\n' > $T/m/1.eml; cp $T/h/bomb.zip $T/m
CASE=$T/c; new_case $CASE; ingest $T/m; scan; attribute
list items | grep -v parsed; list coverage
"$TOCSIN" notify collect $T/h --case $CASE --json || :; echo; "$TOCSIN" list heard --jsonl --case $CASE; sqlite3 $CASE/case.db .tables | tr " " "\n" | grep -i "heard\|return"
