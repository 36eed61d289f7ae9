# dkim.sh: opendkim-testmsg on mails, with the DNS records that `notify keys --json` printed. Sourced behind lib.sh.

# dkim_test RECORDS MAIL...: a line a mail, "MAIL STATUS": 0 when opendkim accepts it. RECORDS is the output of notify keys. The
# records are served by a resolver of our own in a network of its own, since opendkim-testmsg asks the system's. Status 1, and
# nothing said, where there are no network namespaces; any other lack leaves lines away.
dkim_test() (
	t_records=$1; shift
	mkdir -p "$T/dkim"
	{
		printf 'server:\n interface: 127.0.0.1\n username: ""\n chroot: ""\n directory: "%s"\n pidfile: ""\n use-syslog: no\n do-daemonize: no\n' "$T/dkim"
		echo ' local-zone: "kestrelgate.example." static'
		printf '%s' "$t_records" | jq -r .dns | while IFS= read -r line; do
			[ -z "$line" ] || printf " local-data: '%s'\n" "$(printf '%s' "$line" | sed 's/( //; s/ )$//')"
		done
	} >"$T/dkim/unbound.conf"
	cat >"$T/dkim/run" <<'SH'
ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 0
unbound -c "$1/unbound.conf" >"$1/unbound.log" 2>&1 &
server=$!
python3 "$2/t/dns-answers.py" 53 "$server" || exit 0
shift 2
for m; do
	rc=0; opendkim-testmsg -C <"$m" >/dev/null 2>&1 || rc=$?
	echo "$m $rc"
done
kill $server
exit 0
SH
	echo 'nameserver 127.0.0.1' >"$T/dkim/resolv.conf"
	unshare -rmn sh -c 'ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf' sh "$T/dkim" 2>/dev/null || return 1
	unshare -rmn sh "$T/dkim/run" "$T/dkim" "$SRC" "$@"
)
