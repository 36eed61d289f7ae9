#!/bin/sh
# serve: proof of a domain by DNS against a signed zone (t/dnssec.mjs).
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for needed in node unbound ldns-signzone; do
	command -v "$needed" >/dev/null 2>&1 || skip_all "no $needed"
done
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/dnssec.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal"
