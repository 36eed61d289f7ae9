#!/bin/sh
# attribute: whose is each secret, where several stand together?
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail"
mail() {
	printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: list\nMessage-ID: <%s@x.example>\n\n' "$1" >"$T/mail/$1.eml"
	printf '%s\n' "$2" >>"$T/mail/$1.eml"
}

# The customer is the last field of each block.
mail below 'User: root
Password: Kx82mA0wZs
Customer: Bellweather Marine

User: root
Password: Kx82mA1wZs
PIN: 4821
Customer: Havre-Transit

User: root
Password: Kx82mA2wZs'
mail run-on 'Passwort: Kx82mA3wZs
Kunde: Nordwall
Passwort: Kx82mA4wZs
Kunde: Bellweather'
mail above 'Kunde: Nordwall
Passwort: Kx82mA5wZs
Kunde: Bellweather
Passwort: Kx82mA6wZs'
mail both 'Nordwall portal
Password: Kx82mA7wZs
Customer: Bellweather'

CASE=$T/c; new_case "$CASE"; ingest "$T/mail"; scan; attribute
list findings --reveal >"$T/findings"; list exposures >"$T/exposures"; list messages >"$T/messages"
# The owners of a message's secrets, in their order.
whose() {
	python3 - "$T" "$1@x.example" <<'PY'
import json, sys
rows = lambda name: [json.loads(line) for line in open("%s/%s" % (sys.argv[1], name))]
digest = [m["message_sha256"] for m in rows("messages") if m["message_id"] == sys.argv[2]]
owners = {e["exposure"]: "+".join(sorted(o.split()[0] for o in e["owners"])) or "-" for e in rows("exposures")}
found = sorted((f["part"], f["at_byte"], owners[f["exposure"]]) for f in rows("findings") if f["message_sha256"] in digest)
print(*[f[2] for f in found])
PY
}
is "a customer below is its block's, not the next one's" "$(whose below)" 'Bellweather Havre-Transit Havre-Transit ourselves'
is "also where no blank line is between" "$(whose run-on)" 'Nordwall Bellweather'
is "one above is, where the blocks begin so" "$(whose above)" 'Nordwall Bellweather'
is "a field with a customer counts more than a title" "$(whose both)" 'Bellweather'
done_testing
