#!/bin/sh
# notify contacts: whom notices go to. A web and a name server on this machine answer for invented organisations (t/contact-server.py).
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
TOCSIN_NOW=2025-10-01T09:00:00Z; export TOCSIN_NOW
TOCSIN_LAW=$SRC/law; export TOCSIN_LAW
ingest "$SAMPLES/mailboxes"; scan; attribute
contacts() { "$TOCSIN" notify contacts "$@" --case "$CASE"; }
mkdir -p "$T/net/mx"
page() { mkdir -p "$(dirname "$T/net/www/$1")"; cat >"$T/net/www/$1"; }
page quaylight.example/.well-known/security.txt <<'X'
Contact: mailto:cert@quaylight.example
Contact: tel:+44-20-5550-0100
Expires: 2026-03-01T00:00:00Z
X
page ridgewayfreight.example/security.txt <<'X'
Contact: mailto:old@ridgewayfreight.example
Expires: 2024-01-01T00:00:00Z
X
page havretransit.example/.well-known/security.txt <<'X'
302 http://elsewhere.example/security.txt
X
page elsewhere.example/security.txt <<'X'
Contact: mailto:evil@elsewhere.example
Expires: 2030-01-01T00:00:00Z
X
page saltholmport.example/.well-known/security.txt <<'X'
302 http://www.saltholmport.example/security.txt
X
page www.saltholmport.example/security.txt <<'X'
Contact: mailto:it@saltholmport.example
Expires: 2030-01-01T00:00:00Z
X
page rdap.test/domain/ardmorecold.example <<'X'
{"objectClassName":"domain","ldhName":"ardmorecold.example","entities":[{"roles":["registrar"],"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@registrar.test"]]]}]},
 {"roles":["technical"],"vcardArray":["vcard",[["email",{},"text","hostmaster@ardmorecold.example"],["email",{},"text","x@y.example\r\nBcc: z"]]]}]}
X
# Its mail host is in a network of its own, its web host in a provider's, and the longer prefix knows better.
page rdap-net.test/ip/203.0.113.7 <<'X'
{"objectClassName":"ip network","name":"ARDMORE-NET","entities":[{"roles":["abuse","technical"],"vcardArray":["vcard",[["email",{},"text","noc@ardmorecold.example"],["tel",{},"uri","tel:+353-1-5550101"]]]}]}
X
page rdap-net.test/ip/198.51.100.9 <<'X'
{"objectClassName":"ip network","name":"HOSTER-NET","entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@hoster.test"]]]}]}
X
mkdir -p "$T/net/a"; echo 203.0.113.7 >"$T/net/a/mx.ardmorecold.example"; echo 198.51.100.9 >"$T/net/a/ardmorecold.example"
printf '{"version":"1.0","services":[[["0.0.0.0/0"],["http://wrong.test/"]],[["203.0.113.0/24","198.51.100.0/22"],["http://rdap-net.test"]],[["2001:db8::/32"],["http://wrong.test/"]]]}\n' >"$T/rdap-4.json"
# A registry may call a network as it likes.
letters=$(printf '\\u00fc%.0s' $(seq 40))
printf '%s\n' '{"objectClassName":"ip network","name":"NN\u001b'"$letters"'","entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","odd@hoster.test"]]]}]}' |
    page rdap-net.test/ip/198.51.100.20
echo 198.51.100.20 >"$T/net/a/quaylight.example"
touch "$T/net/mx/ardmorecold.example" "$T/net/mx/quaylight.example"
printf '{"version":"1.0","services":[[["example"],["http://rdap.test/"]]]}\n' >"$T/rdap.json"
echo 8 >"$T/net/together"
python3 "$SRC/t/contact-server.py" "$T/net" & server=$!
trap 'kill $server 2>/dev/null || :; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
says_where "$T/net/ports"
read -r web dns <"$T/net/ports"
other_anchor
cat >>"$CASE/case.yaml" <<Y
network:
  dns_trust_anchor: $T/other-anchor
  dns_server: 127.0.0.1@$dns
  rdap_bootstrap: [$T/rdap.json, $T/rdap-4.json]
  connect_to: 127.0.0.1:$web
  plain: true
  local: true
Y

exits "before anybody was asked, the directory's contacts are there" 0 contacts show 'Quaylight Terminals plc'
like "as such" "$out" '1 directory +security@quaylight.example +security +usable'
like "two of one house are not independent" "$out" 'fewer than two independent addresses'
is "and nobody was asked" "$(cat "$T/net/asked" 2>/dev/null | wc -l)" 0
exits "contacts are looked for; one redirect is refused" 1 contacts discover
like "with a tally" "$out" 'asked \.* [0-9]+ \(0 known from before\)'
exits "and shown" 0 contacts show 'Quaylight Terminals plc'
like "security.txt, with its age, its end and where it lies" "$out" '2 security.txt +cert@quaylight.example +security +usable +0 days old; until 2026-03-01; http://quaylight.example/.well-known/security.txt'
like "a telephone number of it" "$out" 'tel:\+44-20-5550-0100'
like "guessed roles, as such" "$out" '5 role +security@quaylight.example +security +guessed'
like "people of the exposed mail are for a person to judge" "$out" '7 correspondent +[a-z.]+@quaylight.example +correspondent +review'
unlike "that is enough" "$out" 'fewer than two independent addresses: call'
like "an expired file is marked" "$(contacts show ridgewayfreight.example)" 'old@ridgewayfreight.example +security +expired .*expired 2024-01-01'
unlike "a redirect to somebody else's host is not followed" "$(contacts show)" 'evil@'
unlike "and that host was never asked" "$(cat "$T/net/asked")" 'elsewhere'
like "one to www is" "$(contacts show saltholmport.example)" 'it@saltholmport.example .*http://www.saltholmport.example/security.txt'
out=$(contacts show ardmorecold.example)
like "RDAP names the organisation's people" "$out" '3 rdap_domain +hostmaster@ardmorecold.example +technical +usable'
unlike "not the registrar's, and nothing that is no address" "$out" 'registrar.test|Bcc'
like "of the network of its mail host, too, with what it is called" "$out" '4 rdap_network +noc@ardmorecold.example +abuse +usable +0 days old; http://rdap-net.test/ip/203.0.113.7; of the network ARDMORE-NET of its mail host mx.ardmorecold.example \(203.0.113.7\)$'
like "by telephone" "$out" '4 rdap_network +tel:\+353-1-5550101'
like "whoever runs the network of its web host is for a person to judge" "$out" '4 rdap_network +abuse@hoster.test +abuse +review .*HOSTER-NET of its web host ardmorecold.example \(198.51.100.9\); perhaps of a provider'
like "a name of a network is cut between letters, and no terminal obeys it" "$(contacts show quaylight.example --json | jq -r '.organisations[].contacts[].note')" \
    'of the network NN�ü{28} of its web host quaylight.example'
is "what a server says of its page is bounded, too" "$(sqlite3 "$CASE/case.db" "SELECT DISTINCT length(type), type LIKE '%�' FROM fetched WHERE status = 200 AND url LIKE 'http:%'")" '100|1'
like "each name was asked for once" "$(grep -c 'DNS mx.ardmorecold.example 1$' "$T/net/asked")" '^1$'
unlike "and only the registry of the longest prefix" "$(cat "$T/net/asked")" 'wrong.test'
is "eight pages were asked for at once, and two of one server" "$(cat "$T/net/most")" '8 2'
like "its country's CSIRT is a relay" "$(contacts show ardmorecold.example)" '6 csirt +incident@ncsc.gov.ie .*relay .*never told what was exposed'

before=$(wc -l <"$T/net/asked")
contacts show --json >"$T/first"
exits "looked for again" 0 contacts discover
is "nobody is asked: the answers are in the case" "$(wc -l <"$T/net/asked")" "$before"
contacts show --json >"$T/second"
same "and give the same" "$T/first" "$T/second"
kill $server; wait $server 2>/dev/null || :
exits "without a network it all works from the case" 0 contacts discover
contacts show --json >"$T/third"
same "with the same contacts" "$T/first" "$T/third"
attribute
contacts show --json >"$T/fourth"
same "they outlive an attribution made anew" "$T/first" "$T/fourth"
exits "when answers are too old, and nobody answers" 1 contacts discover --max-age 0
contacts show --json | sed 's/"seen":"[^"]*"//g' >"$T/fifth"; sed 's/"seen":"[^"]*"//g' "$T/first" >"$T/first2"
same "what was known stays" "$T/first2" "$T/fifth"

printf 'Organisation;E-mail;Role;Note\nArdmore Cold Stores;boss@ardmorecold.example;owner;by contract\nfennimore.example;+353 1 555 0123;reception;\n' >"$T/given.csv"
exits "the operator's own are taken" 0 contacts import "$T/given.csv"
like "and come first" "$(contacts show ardmorecold.example | sed -n 2p)" '1 directory +boss@ardmorecold.example +owner +usable .*given in given.csv; by contract'
like "telephone numbers, too" "$(contacts show fennimore.example)" 'tel:\+353 1 555 0123'
printf 'Organisation,E-mail\nNobody Ltd,a@b.example\n' >"$T/bad.csv"
exits "an organisation that is not there is refused" 2 contacts import "$T/bad.csv"
like "with its line" "$err" 'bad.csv, line 2: .*Nobody Ltd'
printf 'Organisation,E-mail\nArdmore Cold Stores,not an address\n' >"$T/bad.csv"
exits "so is what is no address" 2 contacts import "$T/bad.csv"
printf '[{"organisation":"Ardmore Cold Stores","address":"ciso@ardmorecold.example","role":"security","note":"told on the telephone"},\n {"domain":"fennimore.example","address":"+353 1 555 0199"}]' >"$T/given.json"
exits "JSON is taken as well" 0 contacts import "$T/given.json" --json
is "each entry" "$out" '{"contacts":2}'
like "like a row" "$(contacts show ardmorecold.example)" '1 directory +ciso@ardmorecold.example +security +usable .*given in given.json; told on the telephone'
echo '{"contacts":[{"organisation":"Ardmore Cold Stores","address":"a@ardmorecold.example"},{"organisation":"Nobody Ltd","address":"a@b.example"}]}' >"$T/bad.json"
exits "an organisation that is not there is refused, too" 2 contacts import "$T/bad.json"
like "with its entry" "$err" 'bad.json, entry 2: .*Nobody Ltd'
unlike "and nothing of that file is taken" "$(contacts show ardmorecold.example)" ' a@ardmorecold'
echo '[{"organisation":"Ardmore Cold Stores"' >"$T/bad.json"
exits "so is what is cut" 2 contacts import "$T/bad.json"
exits "those with fewer than two are listed" 0 contacts show --thin --json
like "before a wave has gone out it is said whose the call will be" "$(contacts show --tasks)" '^  no task yet: it is made when tocsin sends its wave .*, for nobody yet \(task_owner of case.yaml\), due after 3 days'
run contacts show --thin --json
is "and no others" "$(echo "$out" | jq '[.organisations[] | .enough] | any')" false

# Notices go to them: the best first, a mere mention of the file's address twice is one.
exits "a wave is planned" 0 "$TOCSIN" notify plan --case "$CASE"
list notices >"$T/notices"
like "with a notice for an organisation that had no contact before" "$(cat "$T/notices")" '"org":"Ardmore Cold Stores"[^}]*"address":"boss@ardmorecold.example"'
unlike "none to what has expired, to a relay, a provider or to people whom nobody judged" "$(cat "$T/notices")" 'old@ridgeway|ncsc.gov.ie|hoster.test|"contact_role":"correspondent"'
exits "the proof is clean" 0 "$TOCSIN" report --check --case "$CASE"
like "what was looked for is in the ledger" "$(list ledger)" 'contacts discovered'
done_testing
