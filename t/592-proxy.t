#!/bin/sh
# serve: behind nginx as it is shipped, over TLS (t/proxy.mjs).
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null 2>&1 || skip_all "no nginx"
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/proxy.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal"
