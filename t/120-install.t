#!/bin/sh
# make install, into a folder of its own: program, rules, texts and manual pages are there, and work from there.
. "$(dirname "$0")/lib.sh"
BUILD=$(dirname "$TOCSIN")
[ -f "$BUILD/build.ninja" ] || skip_all "$BUILD is no build folder"
root=$T/root
# What this folder last installed in earnest stays known to "make uninstall".
log=$BUILD/meson-logs/install-log.txt
[ ! -f "$log" ] || cp "$log" "$T/log"
exits "the program is installed" 0 env DESTDIR="$root" meson install -C "$BUILD" --no-rebuild --quiet
prefix=$(dirname "$(dirname "$(find "$root" -name tocsin -type f -path '*/bin/*')")")
share=$prefix/share/tocsin

is "it says its version" "$("$prefix/bin/tocsin" --version)" "$("$TOCSIN" --version)"
# there FOLDER INSTALLED: the files of the source that are not there, or not the same.
missing() { (cd "$SRC/$1" && find . -type f ! -name 'meson.build' ! -name 'README*' | while read -r f; do cmp -s "$f" "$2/$f" || echo "$f"; done); }
is "with every rule and list" "$(missing rules "$share/rules")" ""
is "with the texts of the notices" "$(missing templates "$share/templates")" ""
is "with the laws' clocks" "$(missing law "$share/law")" ""
is "with every manual page" "$(cd "$SRC/man" && for m in *.[15]; do cmp -s "$m" "$prefix/share/man/man${m##*.}/$m" || echo "$m"; done)" ""
is "and one for each verb" "$("$prefix/bin/tocsin" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | while read -r v; do
	[ -f "$prefix/share/man/man1/tocsin-$v.1" ] || echo "$v"; done)" ""
like "which a reader of manuals shows" "$(mandoc -T html "$prefix/share/man/man1/tocsin-ingest.1" 2>&1)" 'tocsin ingest'
like "the reading room's unit starts the program that was installed" "$(cat "$share/serve/tocsin-serve.service")" "^ExecStart=${prefix#"$root"}/bin/tocsin serve --config "
is "and has with it what a host of it is set up with" "$(for f in "$SRC"/share/serve/*; do
	case $f in */meson.build) ;; *) [ -s "$share/serve/${f##*/}" ] || echo "$f" ;; esac; done)" ""
is "nothing of the tests is" "$(find "$root" -name '*test*' -o -name '*.t' -o -name 'samples')" ""

# From anywhere, without a word of where its rules are.
unset TOCSIN_RULES TOCSIN_TEMPLATES
CASE=$T/case; TOCSIN=$prefix/bin/tocsin
mkdir "$T/elsewhere"; cd "$T/elsewhere"
new_case "$CASE"
exits "it reads mail" 0 "$TOCSIN" ingest "$SAMPLES/mailboxes" --case "$CASE"
exits "finds with its rules" 0 "$TOCSIN" scan --case "$CASE" --json
like "secrets" "$out" '"findings":[1-9]'
exits "knows with its lists" 0 "$TOCSIN" attribute --directory "$SAMPLES/organisations.csv" --case "$CASE"
like "who is a private person" "$(list persons)" 'gmail.com'
exits "plans a wave" 0 "$TOCSIN" notify plan --case "$CASE"
exits "with its texts" 0 "$TOCSIN" notify show --text --case "$CASE"
like "that say what happened" "$out" 'Subject: '
exits "reports" 0 "$TOCSIN" report --case "$CASE"
exits "counts legal clocks" 0 "$TOCSIN" report clocks --all --case "$CASE"
like "of the laws that it brought" "$out" 'GDPR'
exits "and proves the case" 0 "$TOCSIN" report --check --case "$CASE"
is "leaving nothing where it was called" "$(ls -A "$T/elsewhere")" ""
cd "$T"
ok "it is taken away again" ninja -C "$BUILD" uninstall
is "whole" "$(find "$root" ! -type d 2>/dev/null)" ""
[ ! -f "$T/log" ] || cp "$T/log" "$log"
done_testing
