#!/bin/sh
# tools/install-needs on machines that are not as ours is: what it says where it cannot install, and as whom it asks to.
. "$(dirname "$0")/lib.sh"
mkdir "$T/bin" "$T/sudo" "$T/meson"
for p in sh grep cat; do ln -s "$(command -v $p)" "$T/bin/$p"; done
printf '#!/bin/sh\necho 1000\n' >"$T/bin/id"
printf '#!/bin/sh\nexit 1\n' >"$T/bin/dpkg-query"
printf '#!/bin/sh\nexit 0\n' >"$T/meson/meson"
cp "$T/meson/meson" "$T/meson/ninja"
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s/asked"; exit "$(cat "%s/status")"\n' "$T" "$T" >"$T/sudo/sudo"
chmod +x "$T"/bin/id "$T"/bin/dpkg-query "$T"/sudo/* "$T"/meson/*
needs() { run env PATH="$1" "$SRC/tools/install-needs" build; }

needs "$T/bin"
is "where there is no apt-get, it fails" "$rc" 1
like "and says what Debian calls the packages" "$err" 'no apt-get here.*: gcc libc6-dev make meson .*libpff-dev'
needs "$T/bin:$T/meson"
is "with a Meson, which says by itself what it lacks, it goes on" "$rc|$(printf '%s' "$err" | grep -c 'libpff-dev')" "0|1"

printf '#!/bin/sh\nexit 0\n' >"$T/bin/apt-get"
chmod +x "$T/bin/apt-get"
needs "$T/bin"
is "neither root nor sudo: it fails" "$rc" 1
like "and says what root is to type" "$err" '^As root:  apt-get install --no-install-recommends gcc .*linux-libc-dev$'

echo 0 >"$T/status"
needs "$T/bin:$T/sudo"
is "a user with sudo: it goes on" "$rc|$err" "0|"
like "having said what it installs" "$out" '^installing: gcc '
like "nobody is asked by debconf, though sudo keeps no environment" "$(head -n 2 "$T/asked" | tr '\n' ' ')" '^env DEBIAN_FRONTEND=noninteractive'
echo 1 >"$T/status"
needs "$T/bin:$T/sudo"
is "sudo refuses: it fails, and says what root is to type" "$rc|$(printf '%s' "$err" | grep -c '^As root:')" "1|1"
run "$SRC/tools/install-needs" tests
is "a word that it does not know is not taken for nothing to do" "$rc|$err" "2|install-needs: what is 'tests'?"
done_testing
