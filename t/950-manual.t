#!/bin/sh
# The manual's and the README's first case, as a reader would type it.
. "$(dirname "$0")/lib.sh"
HOME=$T; export HOME
mkdir "$T/bin"; ln -s "$TOCSIN" "$T/bin/tocsin"
PATH=$T/bin:$PATH; export PATH
ln -s "$SAMPLES" "$T/samples" # by a path without a space, which a checkout's may have

# follow NAME TEXT: runs each tocsin line of it, on the sample's mail.
follow() {
	rm -rf "$T/case"
	unset TOCSIN_CASE
	printf '%s\n' "$2" | sed -n 's/ *#.*//; s/^[$ ]*\(tocsin .*\)/\1/p' |
	    sed "s|/evidence/logs|$T/samples/logs|; s|/evidence/[a-z.]*|$T/samples/mailboxes/tierney.mbox|; s|organisations.csv|$T/samples/organisations.csv|; s|actor.yaml|$T/samples/actor.yaml|" >"$T/lines"
	ok "$1 has a case to follow" test "$(wc -l <"$T/lines")" -ge 8
	while read -r line; do
		rc=0; sh -c "$line" >"$T/.out" 2>"$T/.err" </dev/null || rc=$?
		if [ $rc -le 1 ]; then pass "$1: $(echo "$line" | sed "s|$T/||g" | cut -c1-60)"; else
			fail "$1: $line"
			head -3 "$T/.err" | note
		fi
		TOCSIN_CASE=$T/case; export TOCSIN_CASE
		case $line in *init*) cp "$SAMPLES/case.yaml" "$T/case" ;; esac # what the editor is for
	done <"$T/lines"
	ok "$1: a page of a report is there at the end" test -s "$T/case/out/report.html"
	ok "$1: and notices" sh -c 'ls "$1"/case/out/wave-1/*.eml' sh "$T"
}
follow 'tocsin(1)' "$(sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' "$SRC/man/tocsin.1")"
follow README "$(sed -n '/^## A first real case/,/^More mail/p' "$SRC/README.md")"

for page in "$SRC"/man/*.1; do
	verb=$(basename "$page" .1 | sed 's/^tocsin-//')
	[ "$verb" = tocsin ] && continue
	{
		"$TOCSIN" "$verb" --help
		# A verb with subcommands: the options of each.
		[ "$verb" != notify ] || for sub in $("$TOCSIN" notify --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
			"$TOCSIN" notify "$sub" --help
		done
	} | sed -n 's/^  --\([a-z-]*\).*/\1/p' | grep -Evx 'case|workers|json|quiet|without-jail|help' |
	while read -r option; do
		grep -q -e "Fl -$option" "$page" || echo "$option"
	done >"$T/missing"
	is "$(basename "$page") names every option of its own" "$(cat "$T/missing")" ""
done
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Cm //p' "$SRC/man/tocsin-notify.1" | tr -s '| ' '\n' >"$T/in-synopsis"
for sub in $("$TOCSIN" notify --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do grep -qx "$sub" "$T/in-synopsis" || echo "$sub"; done >"$T/missing"
is "the synopsis of tocsin-notify(1) has every subcommand" "$(cat "$T/missing")" ""
# What an example says, of a page or of --help, is taken: a verb, and options that its --help has.
{
	cat "$SRC"/man/*.1 | sed -n 's/^\.Dl //p' | sed 's/\\(dq/"/g'
	for verb in $("$TOCSIN" --help | sed -n 's/^  \([a-z]*\)  *.*/\1/p'); do "$TOCSIN" "$verb" --help; done
	for sub in $("$TOCSIN" notify --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do "$TOCSIN" notify "$sub" --help; done
} | sed -n 's/ *|.*//; / SUBCOMMAND /d; s/^For example: //; /^tocsin /p' | sed 's/"[^"]*"//g' | sort -u >"$T/examples"
ok "there are examples" test "$(wc -l <"$T/examples")" -gt 30
while read -r _ verb sub rest; do
	case $verb in notify) help="notify $sub" ;; *) help=$verb ;; esac
	if ! "$TOCSIN" $help --help >"$T/help" 2>/dev/null; then echo "no $help"; continue; fi
	for word in $sub $rest; do
		case $word in --*) grep -q -e "^  $word " "$T/help" || echo "$help: $word" ;; esac
	done
done <"$T/examples" >"$T/missing"
is "every example has a verb and options that there are" "$(cat "$T/missing")" ""
# Each field of a list stands under its kind: those of its first row, and the names of its columns where it has none.
for kind in $("$TOCSIN" list 2>&1 | sed 's/.*rows: //; s/,//g'); do
	sed -n "/^\.It Cm $kind\$/,/^\.It Cm\|^\.El/p" "$SRC/man/tocsin-list.1" | sed 1d >"$T/paragraph"
	{
		"$TOCSIN" list "$kind" --jsonl | head -n 1 | jq -r 'keys[]'
		"$TOCSIN" list "$kind" | head -n 1 | tr -s ' ' '\n'
	} | grep . | sort -u | while read -r field; do
		grep -qw -e "$field" "$T/paragraph" || { [ "$kind" = events ] || [ "$kind" = accesses ]; } && grep -qw -e "$field" "$SRC/man/tocsin-list.1" || echo "$kind: $field"
	done
done >"$T/missing"
is "tocsin-list(1) names every field" "$(cat "$T/missing")" ""
"$TOCSIN" report --check | sed -n 's/^\(ok\|not yet\|BROKEN\)  *\([a-z_]*\) .*/\2/p' >"$T/checks"
sed -n '/^\.Sh CHECKS/,/^\.El/s/^\.It Cm //p' "$SRC/man/tocsin-report.1" >"$T/listed"
same "tocsin-report(1) says what each check proves, in the order of the program" "$T/checks" "$T/listed"
# Each reason of a verdict has its rule on the page, and the page has no other.
sed -n '/^WORDS(verdict_reason/,/)$/p' "$SRC/src/case/names.c" | grep -o '"[a-z_]*"' | tr -d '"' | sort >"$T/codes"
sed -n '/^\.Ss Accessed/,/^\.Sh/s/^\.It Cm //p' "$SRC/man/tocsin-verdicts.5" | sort >"$T/rules"
same "tocsin-verdicts(5) has a rule for each reason, and none more" "$T/codes" "$T/rules"
# The reading room has words for each.
for words in "$SRC"/web/words.*.js; do
	sed -n 's/^.*verdict_reasons: { \(.*\) },$/\1/p' "$words" | grep -o '[a-z_]*: "' | tr -d ': "' | sort >"$T/said"
	same "$(basename "$words") has words for each reason" "$T/said" "$T/codes"
done
# And each source that a rule names.
sed '/^\.Sh SOURCES/,$d' "$SRC/man/tocsin-verdicts.5" | sed -n 's/^\.Bq //p' | grep -o '[0-9][0-9]*' | sort -u >"$T/named"
sed -n '/^\.Sh SOURCES/,$s/^\.It Bq //p' "$SRC/man/tocsin-verdicts.5" | sort -u >"$T/listed"
same "and each source that a rule names is listed" "$T/named" "$T/listed"
done_testing
