#!/bin/sh
# serve in a network of its own, with a way out that leads nowhere: what leaves goes to the hosts of the configuration, and to no other (t/outbound.mjs).
. "$(dirname "$0")/lib.sh"
for needed in node ip unshare; do
	command -v "$needed" >/dev/null 2>&1 || skip_all "no $needed"
done
# All that is not this machine goes out at v0, and is seen at v1.
cat >"$T/network" <<'SH'
set -e
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add 198.51.100.2/24 dev v0
ip link set v1 arp off up
ip link set v0 arp off up
ip route add default dev v0
SH
unshare -rn sh "$T/network" 2>/dev/null || skip_all "no network namespace can be made here"
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
unshare -rn sh -c 'sh "$1" && shift && exec "$@"' sh "$T/network" node "$SRC/t/outbound.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal"
