#!/bin/sh
# notify seal and open: does each organisation get what is its own, and nothing of anybody else's?
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
sed -i 's/^portal: .*/&\nsealed: true/' "$CASE/case.yaml"
stage ingest "$SAMPLES/mailboxes"; stage scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml"; scan; attribute
notify() { "$TOCSIN" notify "$@" --case "$CASE" --quiet; }
wave() { notify plan; notify approve --by 'Aisling Quirke'; notify approve --by 'Declan Roche'; }
exits "nothing is sealed before there is a wave" 2 notify seal --out "$T/drop"
wave >/dev/null
exits "nor before it is written" 3 notify seal --out "$T/drop"
notify write >/dev/null
like "a notice with an access code says where alone it is asked for" "$(notify show --org 'Quaylight Terminals plc' | tr -s '\n ' ' ')" \
	'for the access code nowhere but at notices.kestrelgate.example: not by mail, not by telephone, not on any other web page\. Anyone'
exits "a folder must be said" 2 notify seal
like "whose access codes would open nothing" "$("$TOCSIN" status --case "$CASE")" '^Next: tocsin notify seal --wave 1 --out DIR'
exits "a written wave is sealed" 0 notify seal --out "$T/drop" --json
unlike "and then they open it" "$("$TOCSIN" status --case "$CASE")" 'notify seal'
cp -r "$CASE" "$T/plain"; sed -i 's/^sealed: true/sealed: false/' "$T/plain/case.yaml"
like "where notices have no access code it is said that nobody can open it" "$("$TOCSIN" notify seal --out "$T/plain-drop" --case "$T/plain")" \
    '^No notice of it has an access code.* --new-keys ORG$'
# bytes_when OUTCOME: of all bundles, when tables that are attached were read with that outcome (enum coverage)
bytes_when() {
	rm -rf "$T/other"; cp -r "$T/plain" "$T/other"
	sqlite3 "$T/other/case.db" "INSERT OR REPLACE INTO coverage SELECT message_id, path, type, filename, n_bytes, $1, 'x' FROM part WHERE filename LIKE '%.csv'"
	"$TOCSIN" notify seal --out "$T/other/drop" --case "$T/other" --json | jq .bytes
}
ok "an attachment that ended the worker of a scan is not read again: its record has the mail without it" test "$(bytes_when 3)" -lt "$(bytes_when 2)"
# open NOTICE CODE FOLDER: the bundle of that notice, whichever it is
unseal() {
	for b in "$T"/drop/*.bundle; do
		echo "$2" | "$TOCSIN" open "$b" --notice "$1" --signer "$T/drop/tocsin.pub" --out "$3" >"$T/opened" 2>&1 && return 0
	done
	return 1
}
is "one bundle an organisation that has a notice" "$(ls "$T"/drop/*.bundle | wc -l)" \
	"$(list notices | grep '"state":"written"' | field org | sort -u | wc -l)"
unlike "a bundle's name and bytes say nothing of whose it is" "$(ls "$T/drop"; cat "$T"/drop/*.bundle | strings)" \
	'[Qq]uaylight|Havre|Nordwall|kestrelgate'
ok "no planted secret lies in the bundles" python3 "$SRC/t/leaks.py" "$SAMPLES/truth.tsv" "$T/drop"
(cd "$T/drop" && sha256sum *) >"$T/first"
notify seal --out "$T/drop" --workers 1 >/dev/null
(cd "$T/drop" && sha256sum *) >"$T/second"
same "sealing again, with one worker, gives the same bytes" "$T/first" "$T/second"

python3 "$SRC/t/access-codes.py" "$CASE" >"$T/codes"
letters() { python3 -c 'import email,sys,glob
for p in sorted(glob.glob(sys.argv[1] + "/*.eml")):
    for q in email.message_from_binary_file(open(p, "rb")).walk():
        if q.get_content_maintype() == "text":
            print(q.get_payload(decode=True).decode())' "$1"; }
letters "$CASE/out/wave-1" >"$T/letters"
cut -f2 "$T/codes" | while read -r code; do grep -q -- "$code" "$T/letters" || echo "$code"; done >"$T/missing"
is "each notice has its own access code" "$(cat "$T/missing")" ""
like "and says where to enter it" "$(cat "$T/letters")" 'access code +[0-9A-Z]{5}-[0-9A-Z]{5}-'
unlike "who only looks at a wave does not get the codes" "$(notify show --text)" "$(cut -f2 "$T/codes" | head -1)"
mkdir "$T/x"
while IFS="$(printf '\t')" read -r notice code org; do
	unseal "$notice" "$code" "$T/x/$notice" || echo "$notice $org"
done <"$T/codes" >"$T/closed"
is "each notice's code opens a bundle" "$(cat "$T/closed")" ""
like "and all of it is as the manifest says, and signed" "$(cat "$T/opened")" 'The signature holds'
ok "nothing in it is another organisation's" sh -c '"$1" list findings --reveal --jsonl --case "$2" | python3 "$3/t/seal-leaks.py" "$2" "$4"/*' \
	sh "$TOCSIN" "$CASE" "$SRC" "$T/x"
one=$(awk -F'\t' '$3 ~ /Ridgeway/ { print $1 }' "$T/codes" | head -1)
like "the reader's own secret is there to be reset" "$(cat "$T/x/$one"/records/*.json)" '"value":"Prairie-Anchor-640"'
is "tables say that they are UTF-8, or Excel takes them for another charset" "$(cat "$T/x/$one/credentials.csv" "$T/x/$one/messages.csv" | grep -c "$(printf '^\357\273\277')")" 2
like "in the table, too" "$(cat "$T/x/$one/credentials.csv")" 'Prairie-Anchor-640'
is "each says which account or host it is for, in the index, in its record, in the table and on the page" "$(python3 - "$T/x/$one" <<'PY'
import csv, glob, html, json, re, sys
d = sys.argv[1]
index = {c["exposure"]: c["beside"] for c in json.load(open(d + "/index.json"))["credentials"]}
table = {r["exposure"]: r["beside"] for r in csv.DictReader(open(d + "/credentials.csv", newline="", encoding="utf-8-sig")) if r["exposure"] in index}
records = {}
for p in glob.glob(d + "/records/*.json"):
    for x in json.load(open(p)).get("exposures", []):
        records.setdefault(x["exposure"], set()).add(x["beside"])
page = [html.unescape(x) for x in re.findall('<tr><td>[^<]*<td>([^<]*)<td>[^<]*<td>[a-z]*<td class="day">', open(d + "/index.html").read())]
print(*sorted(x for x in index.values() if x), table == {k: v or "" for k, v in index.items()}, all(index[k] in records[k] for k in index),
      set(page) >= {v or "" for v in index.values()})
PY
)" "drop.ridgewayfreight.example tulsa_gw True True True"
like "with the day by which it must be" "$(cat "$T/x/$one/index.json")" '"due":"[0-9]{4}-'
window() { python3 -c 'import json,sys
i = json.load(open(sys.argv[1]))
print(i["tasks"][0]["from"], i["tasks"][0]["to"], i["incident"]["first_access"], i["incident"]["last_access"])' "$1"; }
timeline=$(sqlite3 "$CASE/case.db" "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(when_utc), 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%SZ', max(when_utc), 'unixepoch')
  FROM event JOIN suspect ON event_id = id WHERE certain AND same_as IS NULL" | tr '|' ' ')
is "its logs are to be reviewed from the first record of the intruder, where the case says less, to the end of the day of the last; of the incident it says what the notice says" "$(window "$T/x/$one/index.json")" "${timeline% *} 2025-09-17T23:59:59Z 2025-08-04T00:00:00Z 2025-09-17T00:00:00Z"
like "a message that only names it shows the surroundings" "$(cat "$T/x/$one"/records/*.json)" '"view":"spans".*\[\.\.\.\].*Ridgeway'
like "with others as tokens" "$(cat "$T/x/$one"/records/*.json)" '\[organisation [0-9A-Z]{5}\]'
like "a secret in an attachment says where in it" "$(cat "$T"/x/*/records/*.json)" '"where":"line 2 of brugere\.csv","value":"Fyrtaarn'
like "in the table, too" "$(cat "$T"/x/*/credentials.csv)" '"Fyrtaarn.*"line 2 of brugere\.csv"'
unlike "who neither sent nor received it sees no name of a file" "$(grep -h '"view":"spans"' "$T"/x/*/records/*.json | grep -o '"where":"[^"]*"')" ' of '
like "but the place in it" "$(grep -h '"view":"spans"' "$T"/x/*/records/*.json)" '"where":"contact Anders Holm, line 7"'
page=$(cat "$T/x/$one/index.html")
like "the page says what happened, from when to when, and how sure it is" "$page" 'Access by an intruder to the mail of Kestrelgate Ltd is recorded from 4 August 2025 to 17 September 2025.*messages concern you</strong>. Opened: [0-9]+; must be presumed read: [0-9]+'
is "what to reset is in the order of the index" "$(grep -o '<tr><td>[^<]*<td>[^<]*<td>[^<]*<td>[a-z]*<td class="day">[^<]*<td>[^<]*<td class="day">[0-9][^<]*' "$T/x/$one/index.html" | sed 's/<td[^>]*>/|/g' | cut -d'|' -f4,5)" \
  "$(python3 -c 'import json,sys
for c in json.load(open(sys.argv[1]))["credentials"]:
    if c["ours"]: print(c["masked"] + "|" + c["severity"])' "$T/x/$one/index.json")"
is "a subject that is not shown is not said to be none" "$(python3 - "$T"/x/* <<'PY'
import glob, json, re, sys
withheld = none = 0
for d in sys.argv[1:]:
    page = open(d + "/index.html").read()
    for p in glob.glob(d + "/records/*.json"):
        record = json.load(open(p))
        subject = [h["value"] for h in record["headers"] if h["name"] == "Subject"]
        said = re.search(r'<td><a href="text/%s.html">([^<]*)' % record["record"], page)[1]
        if (subject == [""] and record["view"] == "spans") or any(w["path"] == "subject" for w in record["withheld"]):
            withheld += said in ("(subject withheld)", "(Betreff zurückgehalten)", "(objet non communiqué)", "(asunto retenido)")
            none += said in ("(no subject)", "(ohne Betreff)", "(sans objet)", "(sin asunto)")
print(withheld > 0, none)
PY
)" "True 0"
is "what is another's stands apart, and what is only guessed to be the reader's is called that" "$(python3 - "$T"/x/* <<'PY'
import csv, json, re, sys
apart = possibly = 0
for d in sys.argv[1:]:
    page = open(d + "/index.html").read()
    table = {r["exposure"]: r["ours"] for r in csv.DictReader(open(d + "/credentials.csv", newline="", encoding="utf-8-sig"))}
    index = json.load(open(d + "/index.json"))
    found = index["credentials"] + index["personal"]
    lists = [s.count("<tr><td>") for s in re.split("<h2>", page)[1:]]
    ours = sum(x["ours"] for x in index["credentials"])
    n = len(found) - sum(x["ours"] for x in found)
    if ours and lists[0] != ours or n and n not in lists: print(d, lists, ours, n)
    for x in found:
        if table[x["exposure"]] != ("no" if not x["ours"] else "possibly" if x["guessed"] else "yes"): print(d, x, table[x["exposure"]])
    said = len(re.findall(r"<tr><td>[^<]*\((?:possibly yours|möglicherweise von Ihnen|peut-être à vous|quizá de ustedes)\)<td>", page))
    if said != sum(x["guessed"] for x in found): print(d, said)
    apart, possibly = apart + n, possibly + said
print(apart > 0, possibly > 0)
PY
)" "True True"
is "so are the values" "$(python3 -c 'import csv,json,sys
order = [c["exposure"] for c in json.load(open(sys.argv[1] + "/index.json"))["credentials"]]
print([r["exposure"] for r in csv.DictReader(open(sys.argv[1] + "/credentials.csv", encoding="utf-8-sig")) if r["exposure"] in order] == order)' "$T/x/$one")" True
like "which logs to review, and by when" "$page" 'Review your own logs .*from 29 July 2025 to 17 September 2025.*due [0-9]'
is "each of its links is in the export" "$(cd "$T/x/$one" && python3 -c 'import os,re,glob
n = 0
for p in ["index.html"] + glob.glob("text/*.html"):
    for to in re.findall("href=\"([^\"]+)\"", open(p).read()):
        n += 1
        if not os.path.exists(os.path.join(os.path.dirname(p), to)): print(p, to)
print(n > 10)')" True
is "each message's page says what is known of it" "$(grep -L '<strong>\(opened\|must be presumed read\|not known\)' "$T/x/$one"/text/*.html)" ""
like "and has its attachments" "$(cat "$T/x/$one"/text/*.html)" 'href="../attachments/[0-9a-f]{16}/1"'
like "each kind says what to do" "$page" '<dd>Change (each|the passwords)'
is "once, however many there are of it" "$(printf '%s\n' "$page" | grep '^<dt>\|^<dl>' | sort | uniq -d)" ""
like "where something stands is said in the reader's language" "$(grep -h 'lang="de"\|lang="fr"\|lang="es"' -l "$T"/x/*/index.html | xargs cat)" '<br>(Zeile|ligne|línea|Text|texte?o?|contact[o]?|Kontakt)[ ,]'
is "days, and what the case says by language, are written on its page as the reader's language has them" "$(python3 - "$T"/x/* <<'PY'
import re, sys
months = {"en": "January|February|March|April|May|June|July|August|September|October|November|December",
          "de": "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
          "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
          "es": "de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre) de"}
title = {"en": "Two mailboxes read", "de": "Zwei von einem", "fr": "Deux boîtes", "es": "Dos buzones"}
seen = set()
for d in sys.argv[1:]:
    page = open(d + "/index.html").read()
    l = re.search('<html lang="(..)"', page)[1]
    seen.add(l)
    days = re.findall('<td class="day">([^<]+)', page)
    if not days: print(d, "no day")
    for day in days:
        if not re.fullmatch(r"(?:\d+\.?|1er)\s(?:%s) \d{4}" % months[l], day): print(l, day)
    if re.search(r"\b\d{4}-\d\d-\d\d\b", " ".join(re.findall("<(?:p|li|dd)[^>]*>([^<]*)", page))): print(l, "a day in figures")
    if "<dd>" + title[l] not in page: print(l, "title")
print(*sorted(seen))
PY
)" "de en es fr"
is "the pages of another language have no English word of ours, those of the dossier and those of its messages" "$(python3 - "$SRC/templates" "$T"/x/* <<'PY'
import glob, re, sys
said = lambda l: dict(re.findall(r'^  (\w+): "(.*)"$', open(f"{sys.argv[1]}/words.{l}.yaml").read().split("\npage:\n")[1], re.M))
english, spoken = said("en"), set()
for d in sys.argv[2:]:
    for p in [f"{d}/index.html"] + glob.glob(f"{d}/text/*.html"):
        page = open(p).read()
        l = re.search('<html lang="(..)"', page)[1]
        if l == "en": continue
        spoken.add(l)
        # What we say: heads, titles, and the plain text before and between links; no cell with somebody else's words.
        ours = " ".join(re.findall(r"<(?:h2|th|strong|li)>([^<]*)" if "text/" in p else r"<(?:h2|th|dt|strong|li)>([^<]*)", page) + re.findall(r'<p[^>]*>([^<]*)', page))
        for key, text in said(l).items():
            piece = max(re.split(r"\{\{\w+\}\}", english[key]), key=len).strip(" .,:")
            if text != english[key] and len(piece) > 4 and piece in ours and piece not in text: print(p, key, piece)
print(*sorted(spoken))
PY
)" "de es fr"
unlike "no page of it has a script or fetches anything" "$(cat "$T/x/$one"/text/*.html)" '<script|src=|<img|<link'
unlike "the page of the export has no script and fetches nothing" "$(cat "$T/x/$one/index.html")" '<script|https?:|src='
ok "no cell of a table is a formula [2]" python3 -c 'import csv,sys
n = 0
for p in sys.argv[1:]:
    for row in csv.reader(open(p, newline="")):
        for c in row:
            n += 1
            assert c[:1] not in ("=", "+", "-", "@", "\t", "\r"), (p, c[:1])
assert n > 100' "$T"/x/*/messages.csv "$T"/x/*/credentials.csv
ok "the mails in it are mails" python3 -c 'import email,email.policy,sys,glob
n = 0
for p in glob.glob(sys.argv[1] + "/*/messages/*.eml"):
    m = email.message_from_binary_file(open(p, "rb"), policy=email.policy.default)
    n += 1
    assert m.is_multipart() and not m.defects, (p, m.defects)
assert n > 20, n' "$T/x"

IFS="$(printf '\t')" read -r notice code org <"$T/codes"
bad=$(printf '%s' "$code" | sed 's/.$/0/'); [ "$bad" = "$code" ] && bad=$(printf '%s' "$code" | sed 's/.$/1/')
exits "a mistyped code opens nothing" 3 sh -c 'echo "$1" | "$2" open "$3" --notice "$4" --signer "$5" --list' sh "$bad" "$TOCSIN" \
	"$(ls "$T"/drop/*.bundle | head -1)" "$notice" "$T/drop/tocsin.pub"
like "and is said to be that" "$err" 'this is not the access code of notice TN-[0-9A-Z-]*: a character is wrong'
exits "what is no export is called so" 2 "$TOCSIN" open "$T/x/$one/index.html" --list --key-file "$T/codes"
like "in one line" "$err" 'index.html is neither an export of a reading room \(an age file\) nor a sealed bundle$'
mkdir "$T/changed"
first=$(ls "$T"/drop/*.bundle | head -1)
python3 -c 'import sys; b = bytearray(open(sys.argv[1], "rb").read()); b[-100] ^= 1; open(sys.argv[2], "wb").write(b)' "$first" "$T/changed/b"
for line in $(cut -f1,2 "$T/codes" | tr '\t' '='); do
	echo "${line#*=}" | "$TOCSIN" open "$T/changed/b" --notice "${line%%=*}" --signer "$T/drop/tocsin.pub" --list
done >"$T/.out" 2>&1 || true
like "a changed byte is seen" "$(cat "$T/.out")" 'was changed'
unlike "and nothing of it is taken" "$(cat "$T/.out")" 'as the manifest says'
python3 - "$T/drop" "$T/changed" <<'PY'
import glob, json, struct, sys
b = open(sorted(glob.glob(sys.argv[1] + "/*.bundle"))[0], "rb").read()
n, = struct.unpack("<I", b[16:20])
s, = struct.unpack("<I", b[20 + n:24 + n])
x = json.loads(b[20:20 + n])["export"]
at = 24 + n + s + x["offset"]
open(sys.argv[2] + "/export.age", "wb").write(b[at:at + x["length"]])
PY
exits "an access code opens no export" 3 "$TOCSIN" open "$T/changed/export.age" --list --key-file "$T/codes"
like "which is said" "$err" 'opens with the key that was shown when it was made'

mkdir "$T/zipped"
python3 - "$T/zipped/1.eml" <<'PY'
import io, sys, zipfile
from email.message import EmailMessage
b = io.BytesIO()
with zipfile.ZipFile(b, "w") as z:
    z.writestr("hosts.csv", "host;password\nsftp.ridgewayfreight.example;Zip-Harbour-77\n")
m = EmailMessage()
m["From"], m["To"], m["Subject"] = "dispatch@ridgewayfreight.example", "tomasz.wrona@kestrelgate.example", "hosts"
m["Date"], m["Message-ID"] = "Fri, 1 Aug 2025 10:00:00 +0000", "<zipped@ridgewayfreight.example>"
m.set_content("attached\nUser: rf_yard\nPassword: Gantry-Moor-58\nor all in one: ftp://rf_files:Gantry-Moor-58@files.ridgewayfreight.example/in\n")
m.add_attachment(b.getvalue(), maintype="application", subtype="zip", filename="hosts.zip")
open(sys.argv[1], "wb").write(m.as_bytes())
PY
python3 - "$T/quoting" <<'PY'
import binascii, sys
hosts = "as typed, for us:\nUser: qb_ops\nPassword: Lantern-Weir-83\nor sftp://qb_ops:Lantern-Weir-83@files.quaylight.example/in\n"
lines = "".join(binascii.b2a_uu(hosts[i:i + 45].encode()).decode() for i in range(0, len(hosts), 45))
open(sys.argv[1], "w").write("From: dispatch@ridgewayfreight.example\nTo: tomasz.wrona@kestrelgate.example\nSubject: what others sent" + " word" * 3271 + " jane.doe@elsewhere.example\nDate: Fri, 1 Aug 2025 11:00:00 +0000\n"
    "Message-ID: <quoting@ridgewayfreight.example>\n\nas you asked:\nbegin 644 hosts.txt\n" + lines + "`\nend\n")
PY
stage ingest "$SAMPLES/later" "$T/zipped" "$T/quoting"; stage scope; scan; attribute
wave >/dev/null; notify write >/dev/null
exits "a supplement is sealed as a whole dossier" 0 notify seal --out "$T/drop"
rm -rf "$T/x2"; mkdir "$T/x2"
unseal "$one" "$(awk -F'\t' -v n="$one" '$1 == n { print $2 }' "$T/codes")" "$T/x2/$one"
ok "which the first notice's code opens" test -s "$T/x2/$one/index.json"
like "a secret of the reader's in an archive is there, and where in it" "$(cat "$T/x2/$one"/records/*.json)" \
	'"where":"line 2 of hosts\.csv in hosts\.zip","value":"Zip-Harbour-77"'
is "what lies encoded in a text is given as little as in clear: not to whom it does not belong; nor is the first half of an address, where a subject is cut" "$(python3 - "$T/x2/$one" <<'PY'
import glob, sys
all = [open(p).read() for p in glob.glob(sys.argv[1] + "/records/*.json")]
mail = [r for r in all if "what others sent" in r]
print(len(mail), *("begin 644" in r or "M87,@" in r for r in mail), *("jane" in r for r in mail))
PY
)" "1 False False"
is "a password of two accounts is one, names both, and each place its own" "$(python3 - "$T/x2/$one" <<'PY'
import csv, glob, json, sys
d = sys.argv[1]
mail = [r for r in map(json.load, map(open, glob.glob(d + "/records/*.json"))) if any(x.get("value", "").find("Gantry-Moor-58") >= 0 for x in r["exposures"])]
places = [x for r in mail for x in r["exposures"] if "Gantry-Moor-58" in x["value"]]
names = {x["exposure"] for x in places}
held = [r["credentials"] for r in csv.DictReader(open(d + "/messages.csv", newline="", encoding="utf-8-sig")) if r["subject"] == "hosts"]
print(len(names), *(x["beside"] for x in places), *(c["beside"] for c in json.load(open(d + "/index.json"))["credentials"] if c["exposure"] in names), *held, sep=", ")
PY
)" "1, rf_yard, files.ridgewayfreight.example, rf_yard; files.ridgewayfreight.example, 2"
is "what was told before keeps its day" "$(python3 -c 'import json,sys
due = lambda p: {c["exposure"]: c["due"] for c in json.load(open(p))["credentials"]}
a, b = due(sys.argv[1]), due(sys.argv[2])
print(all(b[x] == a[x] for x in a), len(b) > len(a))' "$T/x/$one/index.json" "$T/x2/$one/index.json")" "True True"
sed -i '/first_access/d; /last_access/d; /contained/d' "$CASE/case.yaml"
notify seal --out "$T/drop" >/dev/null
rm -rf "$T/x4"; mkdir "$T/x4"
unseal "$one" "$(awk -F'\t' -v n="$one" '$1 == n { print $2 }' "$T/codes")" "$T/x4/$one"
is "and where it says nothing; then the incident has no day either, as in the notice: the first record need not be the first access" "$(window "$T/x4/$one/index.json")" "$timeline None None"
like "nor has the page" "$(cat "$T/x4/$one/index.html")" 'An intruder had access to the mail of Kestrelgate Ltd\.'
printf 'incident:\n  title: "t"\n  reference: "r"\n  first_access: 2025-07-01\n  last_access: 2025-10-01\n' >"$T/incident"
sed '/^incident:/,/^us:/{/^us:/!d}' "$CASE/case.yaml" | cat "$T/incident" - >"$T/yaml"; cp "$T/yaml" "$CASE/case.yaml"
notify seal --out "$T/drop" >/dev/null
unseal "$one" "$(awk -F'\t' -v n="$one" '$1 == n { print $2 }' "$T/codes")" "$T/x4/wide"
is "and what the case says, where that is more: to the end of a day that is said alone" "$(window "$T/x4/wide/index.json")" "2025-07-01T00:00:00Z 2025-10-01T23:59:59Z 2025-07-01T00:00:00Z 2025-10-01T00:00:00Z"
exits "new keys for one organisation" 0 notify seal --wave 1 --out "$T/drop" --new-keys 'Ridgeway Freight Inc.'
rm -rf "$T/x3"
if unseal "$one" "$(awk -F'\t' -v n="$one" '$1 == n { print $2 }' "$T/codes")" "$T/x3"; then fail "an old code is refused"; else pass "an old code is refused"; fi
rm -rf "$T/x3"
ok "the new one, in a file of its own, does" test -s "$(ls "$CASE"/out/codes-*.txt)"
new=$(awk -v n="$one" '$1 == n { print $2 }' "$CASE"/out/codes-*.txt)
if unseal "$one" "$new" "$T/x3"; then pass "the new code opens it"; else fail "the new code opens it"; fi
# A disk that is full, or a run that is killed, in the middle of unpacking: nobody takes a part for the whole.
bundle=$(ls "$T"/drop/*.bundle | while read -r b; do echo "$new" | "$TOCSIN" open "$b" --notice "$one" --signer "$T/drop/tocsin.pub" --list >/dev/null 2>&1 && echo "$b"; done || :)
FAULT_LIB=${FAULT_LIB:-$SRC/build/t/libfault.so}
for fault in full:4 kill:8; do
	t_rc=0
	(echo "$new" | FAULT=$fault LD_PRELOAD=$FAULT_LIB "$TOCSIN" open "$bundle" --notice "$one" --signer "$T/drop/tocsin.pub" --out "$T/unpacked") >/dev/null 2>&1 || t_rc=$?
	ok "with $fault it fails" test $t_rc -ge 4
	ok "and what is there of it does not have its name" test ! -e "$T/unpacked" -a -d "$T/unpacked.unfinished"
	exits "which is said" 3 sh -c 'echo "$1" | "$2" open "$3" --notice "$4" --signer "$5" --out "$6"' sh "$new" "$TOCSIN" "$bundle" "$one" "$T/drop/tocsin.pub" "$T/unpacked"
	like "with what to do" "$err" 'unpacked.unfinished is there, of a run that was cut off: remove it'
	rm -r "$T/unpacked.unfinished"
done
ok "a folder may be written with a slash behind it" sh -c 'echo "$1" | "$2" open "$3" --notice "$4" --signer "$5" --out "$6/"' sh "$new" "$TOCSIN" "$bundle" "$one" "$T/drop/tocsin.pub" "$T/unpacked"
exits "who gives no number and no key" 2 "$TOCSIN" open "$(ls "$T"/drop/*.bundle | head -1)" --list --key-file "$T/codes"
like "is told that it is a bundle, and what it wants" "$err" "[.]bundle is a sealed bundle: it wants --notice ID, the number on the notice that has the access code, and --signer FILE"
ok "and holds what was sealed" test -s "$T/unpacked/index.html"
like "the ledger says what was sealed" "$(list ledger 2>/dev/null || sqlite3 "$CASE/case.db" 'SELECT what FROM ledger')" 'sealed with new keys'
exits "the case holds together" 0 "$TOCSIN" report --check --case "$CASE"

# Whose name the mail has otherwise than the list, and whose link has another ground: each of them got the mail.
CASE=$T/ways
new_case "$CASE"
sed -i 's/^portal: .*/&\nsealed: true/' "$CASE/case.yaml"
cat >"$T/ways.csv" <<'EOF'
name,domains,contact
Drossel Fahrwerk GmbH & Co. KG,dfx.example,a@dfx.example
Aurelio Impianti S.r.l. in liquidazione,aix.example,b@aix.example
Borkwald e.V.,bwv.example,d@bwv.example
Bramble & Oates Ltd,bno.example,e@bno.example
Kyd Shipping (formerly Marlowe Lines plc),ksl.example,f@ksl.example
Tarnholt Group AG,thg.example,g@thg.example
Reader Corp,reader.example,c@reader.example
EOF
mkdir "$T/ways.d"
cat >"$T/ways.d/1.eml" <<'EOF'
From: Kim <kim@kestrelgate.example>
To: max@reader.example, h@dfx.example, p@aix.example, j@bwv.example, o@bno.example, k@ksl.example, t@thg.example
Subject: Bramble and Oates
Date: Mon, 4 Aug 2025 10:00:00 +0000
Message-ID: <1@kestrelgate.example>

the FTP of Reader Corp: user readerftp, password: Prairie-Anchor-640
Drossel Fahrwerk, Aurelio Impianti, Borkwald, Bramble und Oates, Marlowe Lines and Tarnholt know of it.
EOF
stage ingest --mailbox kim@kestrelgate.example "$T/ways.d"; scan; attribute --directory "$T/ways.csv"; wave >/dev/null
notify write >/dev/null; notify seal --out "$T/ways.drop" >/dev/null
python3 "$SRC/t/access-codes.py" "$CASE" | grep 'Reader Corp' >"$T/way"
for b in "$T"/ways.drop/*.bundle; do
	cut -f2 "$T/way" | "$TOCSIN" open "$b" --notice "$(cut -f1 "$T/way")" --signer "$T/ways.drop/tocsin.pub" --out "$T/ways.x" >/dev/null 2>&1 || :
done
like "what is the reader's own stands there" "$(cat "$T"/ways.x/records/*.json)" 'Prairie-Anchor-640'
unlike "a name without its legal form, with a word for its &, or a former one is masked as the listed one is" "$(cat "$T"/ways.x/records/*.json "$T/ways.x/messages.csv" "$T/ways.x/index.html")" \
	'Drossel|Aurelio|Borkwald|Bramble|Oates|Marlowe|Kyd|Tarnholt'
done_testing
