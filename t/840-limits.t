#!/bin/sh
# A machine that gives little: few descriptors, no /proc, a reader that goes away, name servers that say nothing. What can be done is done, and
# what cannot is said.
. "$(dirname "$0")/lib.sh"
python3 - "$T/md" <<'PY'
import os, sys
for d in ("cur", "new", "tmp"):
    os.makedirs(sys.argv[1] + "/" + d)
for i in range(1500):
    with open("%s/cur/%d.x:2,S" % (sys.argv[1], i), "w") as f:
        f.write("From: a%d@tern.example\nTo: b@kestrelgate.example\nSubject: s%d\n\nhello %d\n" % (i, i, i))
PY
CASE=$T/free; new_case "$CASE"
ingest "$T/md"
rows "$CASE" >"$T/want"
# limited SENTENCE LIMIT WORKERS
limited() {
	CASE=$T/limited; rm -rf "$CASE"; new_case "$CASE"
	exits "$1" 0 sh -c 'ulimit $1; shift; exec "$@"' sh "$2" "$TOCSIN" ingest "$T/md" --workers "$3" --case "$CASE"
	rows "$CASE" >"$T/got"
	same "  and gives the same rows" "$T/want" "$T/got"
}
limited "a folder of many small mails is read where a process may have 1024 files open" '-S -n 1024' 16
limited "where it may never have more" '-n 1024' 16
limited "and with 320, one task after the other" '-n 320' 4
CASE=$T/none; new_case "$CASE"
exits "where one task's files are too many nothing is read" 4 sh -c 'ulimit -n 64; exec "$@"' sh "$TOCSIN" ingest "$T/md" --case "$CASE"
like "and what to do is said" "$err" '^tocsin ingest: [^ ]*/md/cur/[^ ]*: Too many open files \(ulimit -n\)$'
is "no mail is taken for damaged" "$(count items)" 0
exits "run again it is read" 0 "$TOCSIN" ingest "$T/md" --case "$CASE"
rows "$CASE" >"$T/got"
same "with the same rows" "$T/want" "$T/got"

# Many descriptors under way are the world's fault, and no mail's.
if unshare -m true 2>/dev/null; then
	exits "without /proc there are no workers" 4 unshare -m sh -c 'umount -l /proc && exec "$@"' sh "$TOCSIN" ingest "$SAMPLES/mailboxes" --case "$CASE"
	like "which is said" "$err" 'cannot start a worker \(/proc/self/exe\): No such file'
	cp -r "$CASE" "$T/read-only"
	read_only() { unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"' sh "$T/read-only" "$TOCSIN" "$@" --case "$T/read-only"; }
	exits "a case on a file system that cannot be written to is read" 0 read_only list messages --jsonl
	is "all of it" "$(printf '%s\n' "$out" | wc -l)" 1500
	exits "its ledger is looked at" 0 read_only verify
	exits "and a stage is refused" 4 read_only scan
	like "with the reason" "$err" 'the case cannot be written to: Read-only file system'
	# A mail that is larger, taken out of its archive, than what is left of the disk that the case lies on.
	CASE=$T/small; new_case "$CASE"
	(cd "$T" && { printf 'From: a@tern.example\nTo: b@kestrelgate.example\n\n'; yes hello | head -c 20000000; } >large.eml && tar czf large.tar.gz large.eml)
	on_small_disk='mount -t tmpfs -o size=8m none "$2" && cp -rp "$3/." "$2" || exit 9
		"$1" ingest "$4" --case "$2" 2>"$5"; echo "$?"; "$1" list items --jsonl --case "$2" | wc -l
		mount -o remount,size=64m "$2" && "$1" ingest "$4" --case "$2" >/dev/null; echo "$?"; "$1" list messages --jsonl --case "$2" | wc -l'
	mkdir "$T/disk"
	is "where the disk is full no mail is failed, and with more room it is read" "$(unshare -m sh -c "$on_small_disk" sh "$TOCSIN" "$T/disk" "$CASE" "$T/large.tar.gz" "$T/said" | xargs)" '4 0 0 1'
	like "what there is no room for is said" "$(cat "$T/said")" '^tocsin ingest: .*no room for what is decompressed: .*No space left on device$'
else
	echo "# no mount namespace here: /proc and a read-only file system are not looked at"
fi

# list | head
CASE=$T/free
python3 - "$TOCSIN" "$CASE" >"$T/pipe" 2>&1 <<'PY'
import subprocess, sys
p = subprocess.Popen([sys.argv[1], "list", "items", "--jsonl", "--case", sys.argv[2]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.stdout.read(1)
p.stdout.close()
print(p.stderr.read().decode() + "%d" % p.wait())
PY
is "a reader that has seen enough ends a list without a word, like other programs" "$(cat "$T/pipe")" -13

# Told to end while name servers say nothing.
cat >>"$CASE/case.yaml" <<X
delivery:
  by: sendmail
  sendmail: /bin/true
  return_address: bounces@kestrelgate.example
X
python3 - "$TOCSIN" notify preflight --case "$CASE" >"$T/stopped" 2>&1 <<'PY'
import signal, socket, subprocess, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
s.settimeout(60)
with open(sys.argv[-1] + "/case.yaml", "a") as f:
    f.write("network:\n  dns_server: 127.0.0.1@%d\n" % s.getsockname()[1])
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
s.recv(4096)
p.send_signal(signal.SIGTERM)
print(p.communicate()[0].decode().strip(), p.returncode)
PY
is "preflight ends when it is told to" "$(cat "$T/stopped")" 'tocsin notify preflight: stopped while waiting for a name server 4'
is "and leaves no half of its checks" "$(sqlite3 "$CASE/case.db" 'SELECT count(*) FROM preflight')" 0

# The clock goes backwards.
CASE=$T/clock; new_case "$CASE"
TOCSIN_NOW=2026-03-01T12:00:00Z; export TOCSIN_NOW
ingest "$SAMPLES/mailboxes"; scan
TOCSIN_NOW=2019-01-01T00:00:00Z
attribute; stage notify plan; stage notify approve --by A
TOCSIN_NOW=2018-01-01T00:00:00Z
stage notify approve --by B; stage notify write
exits "with a clock that goes backwards the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
exits "and the ledger holds" 0 "$TOCSIN" verify --case "$CASE"
is "in the order in which things were done" "$(list ledger | field what | tail -4 | tr '\n' ' ')" "wave planned wave approval wave approved wave written "
done_testing
