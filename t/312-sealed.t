#!/bin/sh
# Encrypted 7z and RAR archives are opened as ZIP archives are: with passwords that are given, or that stand near; whatever packs them.
. "$(dirname "$0")/lib.sh"
for needed in 7z openssl; do
	command -v $needed >/dev/null || skip_all "no $needed: tools/install-needs test"
done
mkdir "$T/in" "$T/in/dir" "$T/files" "$T/mail"
cd "$T/in"
domain=quaylight.example
seq 1 3000 >dir/numbers.txt; : >empty.txt; cp "$TOCSIN" prog.exe; truncate -s 200K prog.exe
# sealed NAME VALUE PASSWORD OPTION...: an archive of these, and of hosts.csv in which the value stands
sealed() {
	name=$1 value=$2 password=$3; shift 3
	printf 'host;note\nreef01;the password: %s\n\n\nSent to desk@%s\n' "$value" "$domain" >dir/hosts.csv
	7z a "-p$password" "$@" "$T/files/$name" dir empty.txt prog.exe >/dev/null
	printf '%s\tline 2 of dir/hosts.csv in %s\n' "$value" "$name" >>"$T/want"
}
sealed lzma2.7z Lzma-Reef-941 'Käpt’n-8' -m0=LZMA2
domain=nordwall.example
sealed names.7z Name-Reef-942 'Käpt’n-8' -m0=LZMA2 -mhe=on
sealed single.7z Solo-Reef-943 'Käpt’n-8' -ms=off -m0=LZMA
sealed copy.7z Copy-Reef-944 'Käpt’n-8' -mx=0 -mhe=on
sealed ppmd.7z Ppmd-Reef-945 'Käpt’n-8' -m0=PPMd -mf=off
sealed bcj.7z Bcjx-Reef-946 other-one -m0=BCJ -m1=LZMA2
sealed bcj2.7z Bcjy-Reef-947 other-one -m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3 -mhe=on
sealed bzip2.7z Bzip-Reef-948 other-one -m0=BZip2
printf 'the password: Inner-Reef-949\n' >inner.txt
7z a -pother-one -mhe=on inner.7z inner.txt >/dev/null
7z a -tzip "$T/files/outer.zip" inner.7z >/dev/null
printf 'Inner-Reef-949\tline 1 of inner.7z!/inner.txt in outer.zip\n' >>"$T/want"
# Two passwords in one archive, and a member in plain.
printf 'the password: First-Reef-950\n' >first.txt; printf 'the password: Second-Reef-951\n' >second.txt
7z a -ms=off "$T/files/two.7z" empty.txt >/dev/null; 7z a -ms=off "-pKäpt’n-8" "$T/files/two.7z" first.txt >/dev/null; 7z a -ms=off -pother-one "$T/files/two.7z" second.txt >/dev/null
printf 'First-Reef-950\tline 1 of first.txt in two.7z\nSecond-Reef-951\tline 1 of second.txt in two.7z\n' >>"$T/want"
# RAR 5 by a writer of ours, which 7z agrees with: as many rounds as WinRAR has, names encrypted or not, packed, two passwords.
rar() { name=$1; shift; python3 "$SRC/t/make-rar5.py" "$T/files/$name" "$@"; }
for n in 1 2 3 4 5; do printf 'the password: Rar5-Reef-96%s\n' $n >r$n.txt; done
rar rar.rar --power 15 --password 'Käpt’n-8' empty.txt r1.txt
rar rarnames.rar --names --password 'Käpt’n-8' r2.txt
rar rarpacked.rar --pack --names --password other-one r3.txt
rar rartwo.rar --password 'Käpt’n-8' r4.txt r5.txt=other-one first.txt=nobody-knows
for rar in 'rar.rar 1' 'rarnames.rar 2' 'rarpacked.rar 3' 'rartwo.rar 4' 'rartwo.rar 5'; do
	printf 'Rar5-Reef-96%s\tline 1 of r%s.txt in %s\n' "${rar#* }" "${rar#* }" "${rar% *}" >>"$T/want"
done
# Version 4, which has no value that tells a right password.
old() { name=$1; shift; python3 "$SRC/t/make-rar4.py" "$T/files/$name" "$@"; }
for n in 1 2 3 4; do printf 'the password: Rar4-Reef-97%s\n' $n >o$n.txt; done
old rar4.rar --password 'Käpt’n-8' empty.txt o1.txt
old rar4names.rar --names --pack --password 'Käpt’n-8' o2.txt
old rar4two.rar --password other-one first.txt=nobody-knows o3.txt o4.txt='Käpt’n-8'
printf 'Rar4-Reef-97%s\tline 1 of o%s.txt in %s\n' 1 1 rar4.rar 2 2 rar4names.rar 3 3 rar4two.rar 4 4 rar4two.rar >>"$T/want"
for rar in rar rarnames rar4; do ok "7z reads $rar.rar with the password" 7z t '-pKäpt’n-8' "$T/files/$rar.rar"; done
# Its last byte of data is another one.
rar rarbad.rar --pack --password other-one --power 1 dir/numbers.txt
python3 - "$T/files/rarbad.rar" <<'PY'
import sys
b = bytearray(open(sys.argv[1], "rb").read())
b[-200] ^= 1
open(sys.argv[1], "wb").write(b)
PY
# What stays closed.
7z a -pnobody-knows "$T/files/closed.7z" first.txt >/dev/null
7z a -pnobody-knows -mhe=on "$T/files/shut.7z" first.txt >/dev/null
7z a -pother-one -m0=Deflate64 "$T/files/odd.7z" first.txt >/dev/null
7z a -pother-one "$T/files/cut.7z" first.txt >/dev/null; truncate -s -9 "$T/files/cut.7z"
# The coder of its names wants 2^60 rounds of hashing.
python3 - "$T/files/shut.7z" "$T/files/rounds.7z" <<'PY'
import struct, sys, zlib
b = bytearray(open(sys.argv[1], "rb").read())
at, n = struct.unpack_from("<QQ", b, 12)
k = b.index(b"\x06\xf1\x07\x01", 32 + at) + 5
b[k] = b[k] & 0xc0 | 60
struct.pack_into("<I", b, 28, zlib.crc32(b[32 + at:32 + at + n]))
struct.pack_into("<I", b, 8, zlib.crc32(b[12:32]))
open(sys.argv[2], "wb").write(b)
PY
cd "$T"
python3 "$SRC/t/make-held.py" "$T/mail/1.eml" "$T"/files/*
CASE=$T/c; new_case "$CASE"
ingest "$T/mail"; scan
# told ARCHIVE: rows of what was not read of it, by its number among the attachments
told() { printf '%s\n' "$coverage" | grep "\"part\":\"$(cd "$T/files" && printf '%s\n' * | grep -nx "$1" | awk -F : '{ print $1 + 1 }')!/"; }
is "without passwords nothing of them is read" "$(list findings)" ""
coverage=$(list coverage)
for archive in lzma2.7z names.7z copy.7z bcj2.7z outer.zip two.7z closed.7z shut.7z rar.rar rarnames.rar rartwo.rar rar4.rar rar4names.rar; do
	like "$archive says what it needs" "$(told $archive)" "\"reason\":\"encrypted: needs a password\""
done
like "an archive that is packed in an unknown way says so" "$(told odd.7z)" '"reason":"encrypted, and packed in a way that is not read here'
like "so does one that asks for too much" "$(told rounds.7z)" '"reason":"encrypted with more rounds of hashing than are tried'

attribute
printf 'nothing\nKäpt’n-8\nother-one\n' >"$T/passwords"
run "$TOCSIN" scan --case "$CASE" --rules "$SRC/rules" --quiet --passwords "$T/passwords"
like "passwords that are given open them" "$out" 'parts opened by a password .* 18$'
is "what is in them is found and shown, with the passwords once more" "$(list findings --reveal --passwords "$T/passwords" | field value where | sort)" "$(sort "$T/want")"
exits "without them values are not shown, and it says so" 1 "$TOCSIN" list findings --reveal --jsonl --case "$CASE"
is "none of them" "$(printf '%s\n' "$out" | field value | sort -u)" null
run "$TOCSIN" attribute --case "$CASE" --rules "$SRC/rules" --directory "$SAMPLES/organisations.csv" --quiet
is "whose it is is asked of what can be read, and a message that is shut again is an exit status of its own" "$rc $(list links | grep -c '"role":"mentioned"')" "1 0"
like "also of what was attributed before it was opened" "$out" 'messages done \.+ 1$'
like "which says what to do" "$out" 'not opened again \.+ 1 messages: give the passwords'
run "$TOCSIN" attribute --case "$CASE" --rules "$SRC/rules" --directory "$SAMPLES/organisations.csv" --quiet --passwords "$T/passwords"
is "with the passwords once more what was opened is read too" "$rc $(list links | grep '"role":"mentioned"' | field org_name | sort | tr '\n' ' ')" "0 Nordwall Spedition GmbH Quaylight Terminals plc "
exits "once that is done a run without them lacks nothing" 0 "$TOCSIN" attribute --case "$CASE" --rules "$SRC/rules" --directory "$SAMPLES/organisations.csv" --quiet
like "the ledger says which, without the password" "$(list ledger | grep '"what":"open"')" '"part":"[0-9]+!/inner.7z!/inner.txt".*"password_given_in_line":3'
two=$(cd "$T/files" && printf '%s\n' * | grep -nx two.7z | awk -F : '{ print $1 + 1 }')
is "of an archive that two of them opened it says both" "$(list ledger | grep "\"part\":\"$two!/" | grep -o 'given_in_line":[0-9]*' | sort)" 'given_in_line":2
given_in_line":3'
coverage=$(list coverage)
for archive in closed.7z shut.7z; do
	like "$archive, which none of them opened, still says so" "$(told $archive)" "\"reason\":\"encrypted: needs a password\""
done
is "a member of RAR that has a password of its own says so" "$(told rartwo.rar | field part reason | cut -d ! -f 2)" "/first.txt	encrypted: needs a password other than the rest of the archive, or is packed in a way that is not read here"
like "one of RAR that is damaged says so, though its digest is keyed" "$(told rarbad.rar)" '"outcome":"partial","reason":"[^"]*(damaged|Damaged|error)'
is "of the others nothing is left that is encrypted" "$(for name in lzma2.7z names.7z single.7z copy.7z ppmd.7z bcj.7z bcj2.7z bzip2.7z outer.zip two.7z rar.rar rarnames.rar rarpacked.rar rarbad.rar rar4.rar rar4names.rar; do told $name; done | grep encrypted)" ""
for secret in 'Käpt’n-8' other-one Lzma-Reef-941; do
	is "$secret stands in no file of the case" "$(grep -rlaF "$secret" "$CASE" || :)" ""
done
ok "the report proves itself" "$TOCSIN" report --check --case "$CASE"

# The password comes in a mail of its own.
mkdir "$T/thread"
python3 - "$T/thread" "$T/files/names.7z" <<'PY'
import sys
from email.message import EmailMessage
for i, (subject, text, path) in enumerate([("hosts", "The list is attached.\nThe password of the old server: Ahoy-Reef-55\n", sys.argv[2]), ("Re: hosts", "The password for the archive is: Käpt’n-8\n", None)]):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"], m["Date"] = "a@kestrel.example", "b@tern.example", subject, "Fri, 7 Mar 2025 10:0%d:00 +0000" % i
    m["Message-ID"] = "<%d@kestrel.example>" % i
    if i:
        m["In-Reply-To"] = "<0@kestrel.example>"
    m.set_content(text)
    if path:
        m.add_attachment(open(path, "rb").read(), maintype="application", subtype="x-7z-compressed", filename="names.7z")
    open("%s/%d.eml" % (sys.argv[1], i), "wb").write(m.as_bytes())
PY
CASE=$T/c2; new_case "$CASE"
grep -v '^policy:\|^  notify\|^  scope\|^  approvals' "$CASE/case.yaml" >"$T/case.yaml"
printf 'policy:\n  try_passwords: true\n' >>"$T/case.yaml"; cp "$T/case.yaml" "$CASE/case.yaml"
ingest "$T/thread"
run "$TOCSIN" scan --case "$CASE" --rules "$SRC/rules" --quiet
like "a password of the same thread opens one whose names are encrypted" "$(list findings | field where)" '^line 2 of dir/hosts.csv in names.7z$'
is "what it opened is shown, and read for whom it concerns, with what stands near alone" \
	"$(list findings --reveal | field value where | grep names.7z; attribute; list links | grep '"role":"mentioned"' | field org_name)" "Name-Reef-942	line 2 of dir/hosts.csv in names.7z
Nordwall Spedition GmbH"
# The rules look for passwords that stand in mail, and are wanted for nothing else.
mkdir "$T/bare"
cp "$TOCSIN" "$T/bare/tocsin"
exits "where the rules are not found, values behind such a password are not shown" 2 env -u TOCSIN_RULES "$T/bare/tocsin" list findings --reveal --case "$CASE"
like "which says what to do" "$err" 'set [$]TOCSIN_RULES'
CASE=$T/bare/c; new_case "$CASE"
mkdir "$T/bare/mail"
printf 'Subject: x\n\npassword: Bare-Reef-946\n' >"$T/bare/mail/1.eml"
ingest "$T/bare/mail"; scan
exits "others are" 0 env -u TOCSIN_RULES "$T/bare/tocsin" list findings --reveal --jsonl --case "$CASE"
like "as they stand in the mail" "$out" '"value":"Bare-Reef-946"'
CASE=$T/c2
like "the ledger names the message in which it stood, not the one with the archive, where another stands" "$(list ledger | grep '"what":"open"')" '"message":1,.*"password_found_in_message":2[,}]'

# An archive that was cut into files is read as one where all of them are attached, whatever their order; else each says what it is.
mkdir "$T/cut" "$T/volumes"
cd "$T/cut"
python3 -c 'import random; open("noise.bin", "wb").write(random.Random(4).randbytes(50000))'
printf 'the password: Split-Reef-981\n' >first.txt; printf 'the password: Split-Reef-982\n' >last.txt
7z a -mx=0 -v20k ops.7z first.txt noise.bin last.txt >/dev/null
7z a -mx=0 -v20k -pother-one -mhe=on shut.7z first.txt noise.bin last.txt >/dev/null
python3 - <<'PY'
import zipfile
with zipfile.ZipFile("whole", "w") as z:
    for name in ("first.txt", "noise.bin", "last.txt"):
        z.write(name)
data = b"PK\7\10" + open("whole", "rb").read()
for name, at, end in (("set.z01", 0, 20000), ("set.z02", 20000, 40000), ("set.zip", 40000, None)):
    open(name, "wb").write(data[at:end])
open("app.log.001", "w").write("the password: Split-Reef-983\n")
open("app.log.002", "w").write("the password: Split-Reef-984\n")
PY
python3 "$SRC/t/make-rar5.py" ops --volume 20000 first.txt noise.bin last.txt
python3 "$SRC/t/make-rar5.py" locked --password Vol-Reef-986 --volume 20000 first.txt noise.bin last.txt
python3 "$SRC/t/make-rar4.py" old --volume 20000 first.txt noise.bin last.txt
# Nothing says that it is one of several but its name.
cat >plan.002 <<'PDF'
%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 58>>stream
BT /F 12 Tf 20 200 Td (the password: Split-Reef-985) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
PDF
mkdir twin; cp ops.7z.001 twin
held() { python3 "$SRC/t/make-held.py" "$T/volumes/$@"; }
held 1.eml ops.7z.003 ops.7z.001 ops.7z.002
held 2.eml set.zip set.z01 set.z02
held 3.eml shut.7z.001 shut.7z.002 shut.7z.003
held 4.eml app.log.001 app.log.002
held 5.eml ops.7z.002 ops.7z.003
held 6.eml ops.7z.001 ops.7z.003
7z a -tzip -mx=0 outer.zip set.z01 >/dev/null
held 8.eml outer.zip
held 7.eml ops.part3.rar ops.part1.rar ops.part2.rar
held 11.eml old.r01 old.rar old.r00
held 12.eml ops.part1.rar ops.part3.rar
held 13.eml locked.part1.rar locked.part2.rar locked.part3.rar
held 9.eml plan.002
held 10.eml ops.7z.001 ops.7z.002 ops.7z.003 twin/ops.7z.001
CASE=$T/c3; new_case "$CASE"
ingest "$T/volumes"; scan --passwords "$T/passwords"
is "volumes are read as one archive" "$(list findings --reveal --passwords "$T/passwords" | field part value where | sort)" "$(sort <<-WANT
	2	Split-Reef-983	line 1 of app.log.001
	2	Split-Reef-985	page 1 of plan.002
	2!/first.txt	Split-Reef-981	line 1 of first.txt in ops.7z.001
	2!/first.txt	Split-Reef-981	line 1 of first.txt in set.zip
	2!/first.txt	Split-Reef-981	line 1 of first.txt in shut.7z.001
	2!/last.txt	Split-Reef-982	line 1 of last.txt in ops.7z.001
	2!/last.txt	Split-Reef-982	line 1 of last.txt in set.zip
	2!/set.z01!/first.txt	Split-Reef-981	line 1 of set.z01!/first.txt in outer.zip
	2!/first.txt	Split-Reef-981	line 1 of first.txt in ops.part1.rar
	2!/last.txt	Split-Reef-982	line 1 of last.txt in shut.7z.001
	3!/first.txt	Split-Reef-981	line 1 of first.txt in ops.part1.rar
	3!/last.txt	Split-Reef-982	line 1 of last.txt in ops.part1.rar
	3!/first.txt	Split-Reef-981	line 1 of first.txt in old.rar
	3!/last.txt	Split-Reef-982	line 1 of last.txt in old.rar
	3	Split-Reef-984	line 1 of app.log.002
	3!/first.txt	Split-Reef-981	line 1 of first.txt in ops.7z.001
	3!/last.txt	Split-Reef-982	line 1 of last.txt in ops.7z.001
	WANT
)"
coverage=$(list coverage)
like "the others say where they were read" "$coverage" '"part":"2","type".*"reason":"volume 3 of ops.7z, of which 3 are attached: read with the others'
like "of volumes without a first each says so" "$coverage" '"reason":"volume 2 of ops.7z, of which 2 are attached: others are missing"'
like "of a first with one missing behind it too" "$coverage" '"part":"2",.*"reason":"volume 1 of ops.7z, of which 2 are attached: others are missing"'
is "of two of one name the second is not the archive once more" \
	"$(printf '%s\n' "$coverage" | grep -c '"part":"5",.*"reason":"a volume of an archive, and another of the same name is attached: not put together"')" 1
unlike "and none counts twice" "$coverage" 'of which 4 are attached'
like "one that lies in an archive says so" "$coverage" '"reason":"volume 1 of set.zip, within an archive: volumes are put together only where they are attached themselves"'
like "of volumes of RAR too" "$coverage" '"reason":"volume 2 of ops.rar, of which 3 are attached: read with the others'
is "of which one is missing, both say so" "$(printf '%s\n' "$coverage" | grep -c '"reason":"volume [13] of ops.rar, of which 2 are attached: [or]')" 2
like "encrypted ones say that they are not put together" "$coverage" '"reason":"volume 2 of locked.rar, of which 3 are attached: encrypted RAR archives in several files are not put together here'
ok "each part has its outcome" "$TOCSIN" report --check --case "$CASE"

# Of a sender who mails passwords all day, those nearest are tried, first the one that stands beside the archive.
mkdir "$T/many"
printf 'the password: Busy-Reef-955\n' >busy.txt; 7z a -tzip -pOwn-Reef-956 "$T/busy.zip" busy.txt >/dev/null
python3 - "$T/many" "$T/busy.zip" <<'PY'
import sys
from email.message import EmailMessage
for i in range(230):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = "desk@kestrel.example", "b@tern.example", "Ticket %d" % (4000 + 7 * i)
    m["Date"], m["Message-ID"] = "Fri, 7 Mar 2025 %02d:%02d:00 +0000" % (i // 60 + 8, i % 60), "<m%d@kestrel.example>" % i
    m.set_content("Your password: %s\n" % ("Own-Reef-956" if i == 229 else "Desk-Reef-%d" % i))
    if i == 229:
        m.add_attachment(open(sys.argv[2], "rb").read(), maintype="application", subtype="zip", filename="busy.zip")
    open("%s/%03d.eml" % (sys.argv[1], i), "wb").write(m.as_bytes())
PY
CASE=$T/c4; new_case "$CASE"; cp "$T/case.yaml" "$CASE/case.yaml"
ingest "$T/many"
run "$TOCSIN" scan --case "$CASE" --rules "$SRC/rules" --quiet
like "it is opened by what stands beside it" "$(list findings | field where)" '^line 1 of busy.txt in busy.zip$'
done_testing
