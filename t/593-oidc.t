#!/bin/sh
# serve: proof by an account with an issuer of identities, oidc-provider from npm, and by a file on a web site (t/oidc.mjs).
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
modules=$(dirname "$TOCSIN")/node/node_modules
[ -d "$modules/oidc-provider" ] || skip_all "no oidc-provider: make check installs it (npm)"
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}; export CHROMIUM
mkdir "$T/sealed" "$T/portal"
sealed_case "$T/c" "$T/sealed"
node "$SRC/t/oidc.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal" "$modules"
