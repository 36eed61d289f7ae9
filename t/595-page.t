#!/bin/sh
# The reading room's page where something is amiss, by keys alone, in French, with an issuer of identities (t/page.mjs). SHOTS=DIR leaves pictures.
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
modules=$(dirname "$TOCSIN")/node/node_modules
[ -d "$modules/playwright-core" ] || skip_all "no playwright-core: make check installs it (npm)"
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}; export CHROMIUM
[ -n "$CHROMIUM" ] || skip_all "no chromium"
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/page.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal" "$modules"
