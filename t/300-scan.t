#!/bin/sh
# scan: what does the mail give away? Each secret planted in samples/ is found, no near miss is.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes" "$SAMPLES/later"
ok "the sample is scanned" scan
list findings --reveal >"$T/findings"
list messages >"$T/messages"
python3 "$SRC/t/truth.py" "$SAMPLES/truth.tsv" "$T/findings" "$T/messages" >"$T/verdict" || :
like "what was planted is compared with what is found" "$(tail -1 "$T/verdict")" '^found [1-9][0-9]+, missed [0-9]+, false [0-9]+$'
is "every planted secret is found" "$(grep '^missed' "$T/verdict" || :)" ""
is "nothing else is" "$(grep '^false' "$T/verdict" || :)" ""
tail -1 "$T/verdict" | note

is "each reveal is in the ledger" "$(list ledger | grep -c '"what":"reveal')" 1
list findings >"$T/plain"
is "without --reveal no value is shown" "$(field value <"$T/plain" | grep -vc null)" 0
ok "no secret stands in the case file, its log or its report" python3 "$SRC/t/leaks.py" "$SAMPLES/truth.tsv" "$CASE"
exposures=$(list exposures)
n=$(printf '%s\n' "$exposures" | wc -l)
is "the exposures are distinct" "$(printf '%s\n' "$exposures" | sort -u | wc -l)" "$n"
one=$(grep 'Sandbar-Ox-316' "$T/findings" | field exposure | sort -u | wc -l)
is "a quoted copy is the same exposure" "$one" 1
is "with a finding for each copy" "$(grep -c 'Sandbar-Ox-316' "$T/findings")" 3
# Places are places in the decoded part: a colleague with another tool must find the same bytes there.
ok "a finding's place names its bytes" python3 "$SRC/t/places.py" "$SAMPLES" "$T/findings" "$T/messages"

rows "$CASE" >"$T/before"
scan
rows "$CASE" >"$T/after"
same "a second scan changes no row" "$T/before" "$T/after"

# An answer above the question that it quotes, also where it is quoted itself; a mail of one word; words that answer nothing.
mkdir "$T/replies"
python3 - "$T/replies" <<'PY'
import sys
asked = "On Monday Ann wrote:\n> I cannot open the plan, it asks for a password.\n"
mails = {
    "word": "dahlia\n\nBo\n\n" + asked,
    "thread": "Works, thanks.\n\nOn Tuesday Bo wrote:\n> marigold\n>\n> On Monday Ann wrote:\n>> Which password does the archive have?\n",
    "outlook": "It's Ebbe-Flut78.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nSubject: network\n\nWhat is the password of the guest network?\n",
    "code": "4543\n\n" + asked.replace("I cannot open the plan, it asks for a password.", "what was the code for the cellar?"),
    "padlock": "8062 love\n\n" + asked.replace("I cannot open the plan, it asks for a password.", "What was the number for the padlock of the shed?"),
    "sentence": "Hey, we changed it in May: SlowSnail.Garden\n\n" + asked.replace("I cannot open the plan, it asks for a password.", "do you have the password for the auditors?"),
    "passport": "It's EK4418207, valid till 2031.\n\n" + asked.replace("I cannot open the plan, it asks for a password.", "they want your passport number too."),
    "please": "Same as ever, it's sausagesandwich on both floors.\n\n" + asked.replace("I cannot open the plan, it asks for a password.", "wifi password please!"),
    "policy": "Twelve characters.\n\n" + asked.replace("I cannot open the plan, it asks for a password.", "what is the policy for a password?"),
    "both": "Hi Ann,\n\njharte and Tq7v%nDvv8\n\nBo\n",
    "neither": "Ann and Ben2019\n",
    "alone": "Hi Ann,\n\nTq7v%nDvv3\n\nBo\n",
    "announced": "As promised in a mail of its own:\n\nTq7v%nDvv4\n\nBo\n",
    "signed": "Bo\nTern@Kiel\n",
    "login": "bo@tern.example\nTq7v%nDvv6\n",
    "order": "Order number:\n\nTq7v%nDvv5\n",
    "thanks": "Thanks!\n\nBo\n\n" + asked,
    "wrapped": "> first it asks me for the passphrase and then it shows me the\nwindow\n> again, and the password is gone. Any ideas?\n",
    "number": "Build20250304\n",
}
for n, (name, body) in enumerate(mails.items()):
    open("%s/%s.eml" % (sys.argv[1], name), "w").write("From: bo@tern.example\nTo: ann@kestrel.example\nSubject: as discussed\nMessage-ID: <r%d@tern.example>\n\n%s" % (n, body))
file = "MIME-Version: 1.0\nContent-Type: text/plain; name=auth.txt\nContent-Disposition: attachment; filename=auth.txt\n\nsvcferry\nTq7v%nDvv7\n"
open("%s/file.eml" % sys.argv[1], "w").write("From: bo@tern.example\nTo: ann@kestrel.example\nMessage-ID: <file@tern.example>\n" + file)
PY
CASE=$T/answered; new_case "$CASE"; ingest "$T/replies"; scan
is "a short answer is read behind the question that it quotes" "$(list findings --reveal | field value | sort | tr '\n' ' ')" "4543 8062 EK4418207 Ebbe-Flut78 SlowSnail.Garden Tq7v%nDvv3 Tq7v%nDvv4 Tq7v%nDvv6 Tq7v%nDvv7 Tq7v%nDvv8 dahlia marigold sausagesandwich "

# Text that is attached is read by its name where its type says nothing; a picture of that name is not.
mkdir "$T/named"
python3 - "$T/named/1.eml" <<'PY'
import base64, sys
names = "hosts.csv settings.json config.xml prod.env app.ini app.log dump.sql run.ps1 call.ics card.vcf".split()
out = "From: ann@kestrel.example\nTo: bo@tern.example\nMessage-ID: <named@kestrel.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
for i, name in enumerate(names + ["trace.log"]):
    body = b"first line\npassword: Named-Tern-%d\n" % (300 + i) if name != "trace.log" else b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64)
    out += '--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="%s"\nContent-Transfer-Encoding: base64\n\n%s\n' % (
        name, base64.encodebytes(body).decode())
open(sys.argv[1], "w").write(out + "--b--\n")
PY
CASE=$T/by-name; new_case "$CASE"; ingest "$T/named"; scan
list findings --reveal >"$T/f"
is "a text is read by its name when its type does not say that it is one" "$(grep -o 'Named-Tern-[0-9]*' "$T/f" | sort | tr '\n' ' ')" \
    "$(for i in 0 1 2 3 4 5 6 7 8 9; do printf 'Named-Tern-%d ' $((300 + i)); done)"
is "with the line that it stands in" "$(field where <"$T/f" | grep -c '^line 2 of ')" 10
is "what is none is not" "$(list coverage | field filename reason | grep -c '^trace.log	PNG image')" 1

# A secret in a subject line, encoded words and folding undone.
mkdir "$T/mail"
printf 'From: ann@kestrel.example\nTo: bo@tern.example\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe,_?=\n =?utf-8?Q?Passwort:_Ebbe-Flut77?= and\n PIN: 4821\nMessage-ID: <s1@kestrel.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nPassword: Ebbe-Flut77\n--b--\n' >"$T/mail/1.eml"
CASE=$T/subject
new_case "$CASE"
ingest "$T/mail"
scan
subject=$(list findings --reveal | grep '"part":"subject"')
like "a password in a subject is found" "$subject" '"part_type":"message/header","at_byte":19,"n_bytes":11,.*"value":"Ebbe-Flut77"'
like "and the code behind it" "$subject" '"value":"4821"'
is "the same password in the body is the same exposure" "$(list findings --reveal | grep 'Ebbe-Flut77' | field exposure | sort -u | wc -l)" 1
is "the row of the message does not keep it" "$(list messages | field subject)" 'Grüße, Passwort: *********** and PIN: ****'
rows "$CASE" >"$T/before"
rm -rf "$T/rules0"; cp -r "$SRC/rules" "$T/rules0"; rm "$T/rules0/people.yaml"
scan --rules "$T/rules0"
is "scanned with other rules it is found again" "$(list findings | grep -c '"part":"subject"')" 2
scan
rows "$CASE" >"$T/after"
same "and the rows are the same" "$T/before" "$T/after"
rm -rf "$T/rules0"; cp -r "$SRC/rules" "$T/rules0"; echo "# nothing new" >>"$T/rules0/people.yaml"
like "the same rules in other files are the same rules" "$("$TOCSIN" scan --case "$CASE" --rules "$T/rules0" --json)" '"messages":0,"unchanged":[1-9]'
ok "the report proves itself" "$TOCSIN" report --check --case "$CASE"

# A subject is the sentence before the first: below it a secret may stand alone.
rm "$T/mail/1.eml"
printf 'From: ann@kestrel.example\nTo: bo@tern.example\nSubject: Password for the archive\nMessage-ID: <s2@kestrel.example>\n\nDear Bo, \n\nKnoll&Ferry71\n\nAnn\n' >"$T/mail/2.eml"
printf 'From: ann@kestrel.example\nTo: bo@tern.example\nSubject: Minutes of Tuesday\nMessage-ID: <s3@kestrel.example>\n\nDear Bo, \n\nKnoll&Ferry72\n\nSee you at 9, Ann\n' >"$T/mail/3.eml"
printf 'From: ann@kestrel.example\nTo: bo@tern.example\nSubject: Wifi password\nMessage-ID: <s4@kestrel.example>\n\nHi Bo,\n\npenguin-parade-6\n\nAnn\n' >"$T/mail/4.eml"
printf 'From: ann@kestrel.example\nTo: bo@tern.example\nSubject: Meeting about passwords\nMessage-ID: <s5@kestrel.example>\n\nAgenda:\n1. Who needs one\n\nAnn\n' >"$T/mail/5.eml"
python3 - "$T/mail" <<'PY'
import sys
# parts(NAME, BYTES OF SUBJECT, N)
def parts(name, size, n):
    subject = ("and so on " * (size // 10) + "Password for the archive")[-size:]
    with open("%s/%s.eml" % (sys.argv[1], name), "w") as f:
        f.write("From: ann@kestrel.example\nTo: bo@tern.example\nSubject: %s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" % subject)
        for i in range(n):
            f.write("--b\nContent-Type: text/plain\n\nDear Bo,\n\n%s&Ferry%d\nSee you at 9.\n" % (name, i + 7000))
        f.write("--b--\n")
with open(sys.argv[1] + "/codes.eml", "w") as f:
    f.write("From: ann@kestrel.example\nTo: bo@tern.example\nSubject: Backup codes for the account\n\n")
    for i in range(30):
        f.write("%d-%d\n" % (1024 + 37 * i, 8391 - 53 * i))
parts("Line", 1000, 2)
parts("Long", 1000000, 1700)
PY
CASE=$T/below; new_case "$CASE"; ingest "$T/mail"; scan
list findings --reveal >"$T/f"
like "a password is found below a subject that speaks of one" "$(cat "$T/f")" '"at_byte":11,"n_bytes":13,.*"value":"Knoll&Ferry71"'
like "and one that might be a word of a sentence, where it stands alone" "$(cat "$T/f")" '"at_byte":8,"n_bytes":16,.*"value":"penguin-parade-6"'
is "and not below another" "$(grep -c 'Ferry72' "$T/f")" 0
is "nor is what a heading says" "$(grep -c 'Agenda' "$T/f")" 0
is "all codes of a list below it are found" "$(field detector <"$T/f" | grep -c recovery-codes)" 30
is "a subject of a line is read before each text" "$(grep -c '"value":"Line&Ferry' "$T/f")" 2
is "one of a megabyte is not read a thousand times, which is said" "$(grep -c '"value":"Long&Ferry' "$T/f") $(list coverage | grep '"part":"subject"' | field part outcome reason)" \
    "0 subject	partial	a subject too long to be read once more before each text"
CASE=$T/c

# Text that does not say its charset, or the wrong one, is read as it is likely to be, which is said.
mkdir "$T/undeclared"
python3 - "$T/undeclared" <<'PY'
import sys
def mail(n, charset, text, head="Content-Type: text/plain", more=b"Subject: box"):
    top = "From: ann@kestrel.example\nTo: bo@tern.example\nMessage-ID: <%d@kestrel.example>\nMIME-Version: 1.0\n%s\n" % (n, head)
    open("%s/%02d.eml" % (sys.argv[1], n), "wb").write(top.encode() + more + b"\n\n" + text.encode(charset) + b"\n")
mail(1, "koi8-r", "Пароль: Zima-Reef-1")
mail(2, "windows-1251", "Hello, as asked.\nВаш пароль: Zima-Reef-2\nRegards")
mail(3, "shift_jis", "パスワード：Zima-Reef-3", "Content-Type: text/plain; charset=us-ascii")
mail(4, "euc-jp", "パスワード：Zima-Reef-4")
mail(5, "gb18030", "密码：Zima-Reef-5", "Content-Type: text/plain; charset=klingon")
mail(6, "big5", "密碼：Zima-Reef-6")
mail(7, "euc-kr", "비밀번호: Zima-Reef-7", "Content-Type: text/plain; charset=utf-8")
mail(8, "windows-1250", "Hasło: Zima-Reef-8", "Content-Type: text/plain; name=konto.txt\nContent-Disposition: attachment; filename=konto.txt")
mail(9, "iso-8859-7", "<p>Κωδικός: <b>Zima-Reef-9</b>", "Content-Type: text/html")
mail(10, "windows-1254", "far from it, " * 9000 + "\nŞifre: Zima-Reef-10")
mail(11, "ascii", "see above", more=b"Subject: " + "Пароль: Zima-Reef-11".encode("koi8-r"))
mail(12, "koi8-r", "<meta charset=koi8-r><p>Пароль: Zima-Reef-12", "Content-Type: text/html")
mail(13, "windows-1252", "Grüße, das Kennwort für morgen: Zima-Reef-13")
mail(14, "koi8-r", "Пароль для входа: Zima-Reef-14", "Content-Type: text/plain; charset=iso-8859-1")
mail(15, "utf-8", "das Paßwort: Zima-Reef-15", "Content-Type: text/plain; charset=windows-1252")
mail(16, "windows-1252", "das Paßwort für morgen: Zima-Reef-16", "Content-Type: text/plain; charset=iso-8859-1")
PY
# A pattern that tries all ways to part a word before it looks for what ends it.
mkdir "$T/slow" "$T/slow-rules"
cat >"$T/slow-rules/slow.yaml" <<'EOF'
rules:
  - id: reef-word
    name: Word of a reef
    class: password
    severity: low
    anchors: [reef]
    pattern: 'reef\ (?=(?:\w|\w\w)+\#)(?<v>\w+)'
    examples:
      match:
        - {text: "reef kelp9#", value: "kelp9"}
      no_match:
        - "reef kelp9"
EOF
printf 'From: ann@kestrel.example\nTo: bo@tern.example\nSubject: Reefs\n\nThe reef %s\nthe reef kelp9#\n' "$(printf 'a%.0s' $(seq 60))" >"$T/slow/slow.eml"
CASE=$T/slow-case; new_case "$CASE"; ingest "$T/slow"; stage scan --rules "$T/slow-rules"
is "where looking takes too long is said, and what stands behind is found" \
    "$(list findings | grep -c '"detector":"reef-word"') $(list coverage | field outcome reason)" \
    "1 partial	a place that takes longer to look at than one is given"
CASE=$T/guessed; new_case "$CASE"; ingest "$T/undeclared"; scan
is "a secret behind a label in an undeclared charset is found" \
    "$(list findings --reveal | grep -o '"value":"Zima-Reef-[0-9]*"' | grep -o '[0-9]*' | sort -nu | tr '\n' ' ')" "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 "
is "and each guess is a row, but for text that says it and for the usual charset" "$(list coverage | field reason | sort)" \
    "$(sort <<'EOF'
charset not declared, read as koi8-r
charset not declared, read as windows-1251
charset declared as us-ascii, which it is not, read as shift_jis
charset not declared, read as euc-jp
unknown charset, read as gb18030
charset not declared, read as big5
charset declared as utf-8, which it is not, read as euc-kr
charset not declared, read as windows-1250
charset not declared, read as windows-1253
charset not declared, read as windows-1254
charset declared as a Western one, which it is not, read as koi8-r
charset declared as a Western one, which it is not, read as utf-8
EOF
)"
is "a subject is shown in its letters" "$(list messages | field subject | grep -c '^Пароль: ')" 1
CASE=$T/c

# Evidence that lies elsewhere now: nothing of it is read until it is ingested from there, and then all.
cp -r "$SAMPLES/later" "$T/stick"
CASE=$T/moved; new_case "$CASE"
ingest "$T/stick"
all=$(count messages)
mv "$T/stick" "$T/stick2"
exits "what was moved cannot be scanned" 1 "$TOCSIN" scan --rules "$SRC/rules" --case "$CASE"
like "how much is said" "$out" "messages not readable [.]* $all\$"
like "and what to do" "$out" 'verify --evidence names them.*ingest them from where they are now'
like "status says it, too" "$("$TOCSIN" status --case "$CASE")" "0 messages in scope to scan, $all not readable"
like "and asks for the files before all else" "$("$TOCSIN" status --case "$CASE")" '^Next: tocsin verify --evidence'
like "the files that are gone are named" "$("$TOCSIN" verify --evidence --case "$CASE")" "stick/.*cannot be opened: No such file"
ingest "$T/stick2"; scan
exits "what was ingested from where it is now is not missing any more" 0 "$TOCSIN" verify --evidence --case "$CASE"
like "nothing is" "$out" 'evidence [.]* [0-9]+ sources, [0-9]+ as they were, 0 not$'
like "it has moved" "$out" '^  moved [.]* [0-9]+ more, gone from where they were ingested, with the same bytes'
is "it is read from where it was ingested again" "$(list coverage | grep -c 'no longer be opened')" 0
is "all of it" "$(list findings | field masked | sort)" "$(CASE=$T/c list findings | grep -F "$(list messages | field message_sha256)" | field masked | sort)"
unlike "and its values are shown" "$(list findings --reveal)" '"value":null'
CASE=$T/c

# Rules.
mkdir "$T/rules"
printf -- '- id: broken\n  name: x\n  nonsense: 1\n' >"$T/rules/a.yaml"
exits "a rule with an error is refused" 2 "$TOCSIN" scan --rules "$T/rules" --case "$CASE"
like "with file and line" "$err" 'a\.yaml:[0-9]+'
mkdir "$T/no-rules"; echo 'words: {w: [door]}' >"$T/no-rules/words.yaml"
exits "files without a rule are no rules, by which everything would be clean" 2 "$TOCSIN" scan --rules "$T/no-rules" --case "$CASE"
exits "no rules, no scan" 2 "$TOCSIN" scan --rules "$T/nothing-here" --case "$CASE"

# What was not read is said.
coverage=$(list coverage)
unlike "a PDF was read" "$coverage" 'application/pdf'
like "so is S/MIME mail" "$coverage" '"type":"application/pkcs7-mime"'
like "and OpenPGP mail" "$coverage" '"reason":"[^"]*OpenPGP'
unlike "text attachments were read" "$coverage" 'habilitations.csv|schnittstelle.ini|settings.json|deploy.ps1|"[.]env"|purge.sql'
done_testing
