# lib.sh: what the black-box tests have in common. A test is a POSIX shell script that prints TAP; it gets a folder of its
# own ($T, removed at the end) and the program by its path in $TOCSIN. Each check is one sentence and one expectation.
set -eu
LC_ALL=C.UTF-8; export LC_ALL
unset TOCSIN_CASE TOCSIN_LAW TOCSIN_NOW TOCSIN_USER TOCSIN_WEB
# Meson has malloc fill what it gives: that touches each page of it, and a program that is started a thousand times takes half as long again.
[ -n "${TOCSIN_LONG-}" ] || export MALLOC_PERTURB_=0
# A worker that is killed leaves what it has.
[ -z "${ASAN_OPTIONS-}" ] || export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
SRC=$(cd "$(dirname "$0")/.." && pwd)
SAMPLES=$SRC/samples
TOCSIN=${TOCSIN:-$SRC/build/tocsin}
TOCSIN_TEMPLATES=$SRC/templates TOCSIN_RULES=$SRC/rules; export TOCSIN_TEMPLATES TOCSIN_RULES
# Words of a command line end at a space: a checkout's path may have one, a test's own folder may not.
case ${TMPDIR:-/tmp} in *[[:space:]]*) TMPDIR=/tmp; export TMPDIR ;; esac
T=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-t.XXXXXX")
# Name servers of the tests sign nothing, and a root key that lies on this machine would call that a forgery.
echo 'anchor.test. IN DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000001' >"$T/.anchor"
TOCSIN_TRUST_ANCHOR=$T/.anchor; export TOCSIN_TRUST_ANCHOR
# LD_PRELOAD takes a space in a path for its end.
FAULT_LIB=${FAULT_LIB:-$SRC/build/t/libfault.so}
if [ -f "$FAULT_LIB" ]; then ln -s "$FAULT_LIB" "$T/.fault.so"; FAULT_LIB=$T/.fault.so; fi
export FAULT_LIB
FIELD=${FIELD:-$SRC/build/t/field}
# Tests ask Python for nothing but its own library: to look for other packages is more than half of each start.
mkdir "$T/.bin"
printf '#!/bin/sh\nexec "%s" -S "$@"\n' "$(command -v python3)" >"$T/.bin/python3"
chmod 755 "$T/.bin/python3"
PATH=$T/.bin:$PATH
trap 'chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
trap 'exit 1' INT TERM HUP
t_n=0 DNS_PID=

note() { sed 's/^/# /'; }

pass() { t_n=$((t_n + 1)); echo "ok $t_n - $1"; }
fail() { t_n=$((t_n + 1)); echo "not ok $t_n - $1"; }

# ok SENTENCE COMMAND...: the command succeeds.
ok() {
	t_what=$1; shift
	if "$@" >"$T/.ok" 2>&1; then pass "$t_what"; else fail "$t_what"; head -20 "$T/.ok" | note; fi
}
# is SENTENCE GOT WANT
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else
		fail "$1"
		printf 'got:  %s\nwant: %s\n' "$2" "$3" | head -40 | note
	fi
}
# told_in TEXT ERE; what is no more than letters is looked for by the shell itself
told_in() {
	case $2 in
	'' | *[!A-Za-z0-9\ _:,\;/@\"\'=%\<\>-]*) printf '%s\n' "$1" | grep -Eq -- "$2" ;;
	*) case $1 in *"$2"*) return 0 ;; *) return 1 ;; esac ;;
	esac
}
# like SENTENCE TEXT ERE; unlike: the opposite
like() {
	if told_in "$2" "$3"; then pass "$1"; else
		fail "$1"
		printf '%s\n' "$2" | head -20 | note
		echo "# wants: $3"
	fi
}
unlike() {
	if told_in "$2" "$3"; then
		fail "$1"
		printf '%s\n' "$2" | grep -E -- "$3" | head -5 | note
	else pass "$1"; fi
}
# same SENTENCE FILE FILE
same() {
	if cmp -s "$2" "$3"; then pass "$1"; else fail "$1"; diff "$2" "$3" | cut -c1-300 | head -20 | note; fi
}
skip_all() { echo "1..0 # SKIP $1"; exit 0; }
done_testing() { echo "1..$t_n"; }

# run COMMAND...: its stdout in $out, its stderr in $err, its status in $rc.
run() {
	rc=0
	"$@" >"$T/.out" 2>"$T/.err" </dev/null || rc=$?
	out= err=
	[ ! -s "$T/.out" ] || out=$(cat "$T/.out")
	[ ! -s "$T/.err" ] || err=$(cat "$T/.err")
}
# exits SENTENCE STATUS COMMAND...
exits() {
	t_what=$1; t_want=$2; shift 2
	run "$@"
	if [ "$rc" -eq "$t_want" ]; then pass "$t_what"; else
		fail "$t_what"
		echo "# status $rc, not $t_want: $*"
		head -5 "$T/.err" | note
	fi
}
# new_case DIR: a case of the sample incident. All test cases have one key, so that their rows can be compared.
new_case() {
	"$TOCSIN" init "$1" >/dev/null
	cp "$SAMPLES/case.yaml" "$1/case.yaml"
	printf '%064d\n' 7 >"$1/case.key"
	chmod 600 "$1/case.key"
}
# Each of these is one stage on the case $CASE; status 1 (done, problems recorded) is as good as 0.
stage() {
	t_rc=0
	"$TOCSIN" "$@" --case "$CASE" --quiet >"$T/.stage" 2>&1 </dev/null || t_rc=$?
	if [ $t_rc -gt 1 ]; then
		echo "# tocsin $* ended with $t_rc:"
		head -5 "$T/.stage" | note
		return $t_rc
	fi
}
ingest() { stage ingest "$@"; }
scan() { case " $*" in *' --rules '*) ;; *) set -- --rules "$SRC/rules" "$@" ;; esac; stage scan "$@"; }
attribute() { case " $*" in *' --directory '*) ;; *) set -- --directory "$SAMPLES/organisations.csv" "$@" ;; esac; stage attribute "$@"; }
notify() { "$TOCSIN" notify "$@" --case "$CASE"; }
plan_write() { notify plan && notify approve --by A && notify approve --by B && notify write; }
# by_sendmail [LINE...]: the case hands its notices to $T/sendmail, without waiting; no name server answers it.
by_sendmail() {
	cat >>"$CASE/case.yaml" <<-YAML
	network:
	  dns_server: 127.0.0.1@1
	delivery:
	  by: sendmail
	  sendmail: $T/sendmail
	  return_address: bounces@kestrelgate.example
	  pause_seconds: 0
	  per_minute: 100000
	YAML
	for t_line; do echo "  $t_line" >>"$CASE/case.yaml"; done
}
# free_ports N: ports of loopback at which nobody listens now, by UDP or TCP. None is of those that the kernel gives to whoever asks
# for any: until a server of the test binds it, another's connection would have it.
free_ports() { python3 "$SRC/t/free-ports.py" "$1"; }
# name_server CONF PORT: an unbound that answers there, instead of the one before it; its process is $DNS_PID. Where another program
# has the port just now it is tried again.
name_server() {
	for t_i in 1 2 3 4 5; do
		[ -z "${DNS_PID:-}" ] || { kill "$DNS_PID" 2>/dev/null || :; wait "$DNS_PID" 2>/dev/null || :; }
		unbound -c "$1" >"$T/unbound.said" 2>&1 &
		DNS_PID=$!
		if python3 "$SRC/t/dns-answers.py" "$2" "$DNS_PID"; then return 0; fi
		note <"$T/unbound.said"
		sleep 1
	done
	return 1
}
# says_where FILE: a server of the test has written there where it listens, and did so within two minutes.
says_where() {
	for t_i in $(seq 1200); do
		if [ -s "$1" ]; then return 0; fi
		sleep 0.1
	done
	echo "# nothing listens: there is no $1"
	return 1
}
# A trust anchor for none of the names that a test asks for, so that the root's, which a machine may have, asks nothing of them.
other_anchor() { echo 'anchor.invalid. IN DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000' >"$T/other-anchor"; }
# A certificate of an authority of our own ($T/ca.pem), for the sender's address.
smime_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/ca.key" -out "$T/ca.pem" -subj '/CN=Test CA' -days 3650 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -keyout "$CASE/keys/smime.key" -out "$T/r" -subj '/CN=Aisling Quirke/emailAddress=incident@kestrelgate.example' 2>/dev/null
	printf 'keyUsage=digitalSignature\nextendedKeyUsage=emailProtection\nsubjectAltName=email:incident@kestrelgate.example\n' >"$T/x"
	openssl x509 -req -in "$T/r" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial -days 3650 -extfile "$T/x" -out "$CASE/keys/smime.pem" 2>/dev/null
	chmod 600 "$CASE/keys/smime.key"
}
# As if every check before sending had passed just now: for tests of what comes behind it. A name server that is not there costs
# twenty seconds.
passed_preflight() {
	sqlite3 "$CASE/case.db" "DELETE FROM preflight; INSERT INTO preflight (name, seq, state, found, advice, when_utc)
	    VALUES ('test', 0, 1, '', '', $(date -u -d "${TOCSIN_NOW:-now}" +%s))"
}
list() { "$TOCSIN" list "$@" --jsonl --case "$CASE"; }
count() { list "$@" | wc -l; }
# sealed_case DIR DROP [MAIL]: a case whose first wave is written, and its bundles.
sealed_case() {
	CASE=$1
	new_case "$CASE"
	stage ingest "$SAMPLES/mailboxes" ${3:+"$3"}; stage scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml"; scan; attribute
	stage notify plan; stage notify approve --by 'Aisling Quirke'; stage notify approve --by 'Declan Roche'; stage notify write
	stage notify seal --out "$2"
}
# rows DIR: all that ingest, scan and attribute wrote, for comparison.
rows() {
	for kind in sources mailboxes items messages parts coverage findings exposures orgs links persons; do
		echo "== $kind"
		"$TOCSIN" list $kind --jsonl --case "$1"
	done
}
# say NAME VERB...: what the verb says is kept in $T/said/NAME.
say() {
	said=$1; shift
	"$TOCSIN" "$@" --case "$CASE" >"$T/said/$said" 2>&1 </dev/null || [ $? = 1 ] || echo "# $* failed"
}
# field NAME...: of JSON lines, the values of these fields, a line each.
field() { "$FIELD" "$@"; }
