#!/bin/sh
# The numbers of a case that has everything are the same wherever they are said: report, facts for an authority, status, plan, wave and lists.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
cat >"$T/sendmail" <<'SH'
#!/bin/sh
cat >/dev/null
SH
chmod +x "$T/sendmail"
by_sendmail
sed -i 's/^policy:/policy:\n  notify_persons: true/' "$CASE/case.yaml"
notify keys >/dev/null

# What cannot be read: a file that is damaged, an archive that is locked, a mail that breaks off.
mkdir "$T/odd"
python3 - "$SRC/t" "$T/odd" <<'PY'
import importlib.util, sys
from email.message import EmailMessage
spec = importlib.util.spec_from_file_location("a", sys.argv[1] + "/make-attachments.py")
a = importlib.util.module_from_spec(spec)
spec.loader.exec_module(a)
def mail(number, sender, to, text, *files):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"], m["Message-ID"] = sender, to, f"Odd {number}", f"<odd{number}@example.net>"
    m["Date"] = f"Tue, 05 Aug 2025 10:0{number}:00 +0000"
    m.set_content(text)
    for name, data in files:
        m.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    with open(f"{sys.argv[2]}/{number}.eml", "wb") as f:
        f.write(m.as_bytes())
us = "Tomasz Wrona <tomasz.wrona@kestrelgate.example>"
mail(1, "Dock <dock@quaylight.example>", us, "The plans are locked.\n", ("plans.zip", a.sealed_zip(b"plans.txt", b"the password is Lotse-Boje-17\n", b"Nobody-Knows-9")))
mail(2, "Anna Beispiel <anna.beispiel@gmx.de>", us, "password: Regen-Bogen88\n")
mail(3, "Office <office@never-heard.example>", us, "Our password: Kiesel-Stein41\n")
mail(4, us, "Luc Exemple <luc.exemple@orange.fr>", "Nothing of ours.\n")
mail(5, "Hafen <hafen@nordwall.example>", us, "A picture.\n", ("a.zip", b"PK\3\4 and nothing that an archive has"))
mail(6, "Yard <yard@nordwall.example>", us, "User: nw_yard\nPassword: Dalben-Ring-63\nor all in one: ftp://nw_files:Dalben-Ring-63@files.nordwall.example/in\n") # one secret of two classes
open(sys.argv[2] + "/broken.pst", "wb").write(b"!BDN" + bytes(3000))
PY
same_sums() { is "$1" "$(python3 "$SRC/t/sums.py" "$TOCSIN" "$CASE" 2>&1)" "all of it"; }
stage ingest "$SAMPLES/mailboxes" "$T/odd"
stage scope --logs "$SAMPLES/logs" --actor "$SAMPLES/actor.yaml"; scan; attribute; same_sums "before a plan"
stage notify plan; same_sums "of a wave that is planned"
stage notify approve --by A; stage notify approve --by B; stage notify write
passed_preflight
stage notify send --send; same_sums "of one that was sent"
like "there are private persons among those told" "$(list notices)" '"track":"person","messages":[1-9].*"state":"written"'
like "a part that stayed locked" "$(list coverage)" '"filename":"plans.txt"|plans\.zip.*needs a password'
like "and a file that cannot be read" "$(list items)" 'broken\.pst.*"outcome":"failed"'

# Two people take a notice back, a detector finds nothing any more, and a second wave tells what came later.
gone=$(list notices | grep '"org":"Steelyard Hosting"' | field notice | head -1)
for who in A B; do stage notify withdraw --notice "$gone" --by $who --why 'a wrong date'; done
same_sums "when a notice is withdrawn"
cp -r "$SRC/rules" "$T/rules"
rm "$T/rules/people.yaml"
stage ingest "$SAMPLES/later"
stage scope; stage scan --rules "$T/rules"; attribute; same_sums "when a detector is gone"
stage notify plan; same_sums "of a second wave"
stage notify approve --by A; stage notify approve --by B; stage notify write; same_sums "that is written"
passed_preflight
stage notify send --send; same_sums "and sent"
is "there are two waves, and the second tells somebody anew" "$(list waves | jq -c '[.wave, .anew > 0]' | tr -d '\n')" '[1,false][2,true]'
sed -e 's/^Quaylight Terminals plc,quaylight.example,/Quaylight Group plc,quaylight.example;havretransit.example,/' -e '/^Havre-Transit SA,/d' "$SAMPLES/organisations.csv" >"$T/merged.csv"
stage attribute --directory "$T/merged.csv"; same_sums "when two organisations became one"
exits "which changes nothing of what was told, and tells nobody anything" 0 notify plan
like "not a word" "$out" '^Nothing new'
exits "the case proves itself" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
