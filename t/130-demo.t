#!/bin/sh
# make demo, without the reading room (t/590-serve.t has it): its last screen tells the story, and its numbers are the case's.
. "$(dirname "$0")/lib.sh"
unset TOCSIN_RULES TOCSIN_TEMPLATES
exits "the demo runs" 0 env DEMO_ROOM=no "$SRC/tools/demo" "$TOCSIN" "$T/demo"
is "without a complaint" "$err" ""
like "each step shows its command" "$out" '^\$ tocsin ingest samples/mailboxes$'
story=$(printf '%s\n' "$out" | sed -n '/The story/,$p')
CASE=$T/demo/case
told() { "$TOCSIN" list told --jsonl --case "$CASE" | grep "^{\"wave\":$1," | field org | sort -u | grep -vxc ourselves; }

is "mail read" "$(printf '%s\n' "$story" | sed -n 's/^  mail read  *\([0-9]*\) messages.*/\1/p')" "$(count messages)"
is "secrets found" "$(printf '%s\n' "$story" | sed -n 's/^  secrets found  *\([0-9]*\),.*/\1/p')" "$(count exposures)"
is "organisations concerned" "$(printf '%s\n' "$story" | sed -n 's/^  concerned  *\([0-9]*\) organisations,.*/\1/p')" \
    "$(tr '>' '\n' <"$CASE/out/report.html" | sed -n 's/^\([0-9]*\)[^0-9]*organisations are concerned.*/\1/p')"
like "notices of the first wave" "$story" "^  first wave  *$(find "$CASE/out/wave-1" -name '*.eml' | wc -l) notices to [1-9][0-9]* organisations; [0-9]* have no address yet\$"
like "and of the second, after more mail was found" "$story" "^  second wave  *$(find "$CASE/out/wave-2" -name '*.eml' | wc -l) notices; new organisations: 1, with something new for them: 1; nothing is told twice\$"
is "which told as many" "$(told 2)" 2
is "nothing was told twice" "$(list told | sed 's/"wave":[0-9]*,//' | sort | uniq -d)" ""
for what in 'the report' 'for an authority' 'one notice' 'one dossier'; do
	ok "the path of $what is there" test -s "$(printf '%s\n' "$story" | sed -n "s/^  $what  *//p")"
done
for language in 'de Datenschutz\|E-Mails' 'fr courriels' 'es mensajes' 'en mail that concerns'; do
	ok "somebody is told in ${language%% *}" sh -c 'python3 -c "import email,email.policy,glob,sys
for p in glob.glob(sys.argv[1]): print(email.message_from_binary_file(open(p, \"rb\"), policy=email.policy.default)[\"subject\"])" "$1/*.eml" | grep -q "$2"' sh "$CASE/out/wave-1" "${language#* }"
done
like "a notice is one" "$(cat "$(printf '%s\n' "$story" | sed -n 's/^  one notice  *//p')")" '^Subject: .*security incident'
exits "and the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
