#!/bin/sh
# What is attached is read like the mail: documents of all ages, archives within archives, files that are a secret as a whole. What
# was not read says why, and a finding says where it stands in words.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
mkdir "$T/mail"
python3 "$SRC/t/make-attachments.py" "$T/mail"
new_case "$CASE"
ingest "$T/mail"
ok "mail with attachments is scanned" scan
list findings --reveal >"$T/f"
# found VALUE: part and place of the findings with that value
found() { grep -F "\"value\":\"$1\"" "$T/f" | field part place | sort; }

is "a hidden sheet gives its cell" "$(found Watt-Meer-31 | grep '^2	hidden')" "2	hidden sheet Hosts, cell D14 in a hidden row"
like "also in a document in which it is embedded" "$(found Watt-Meer-31)" '^2	embedded file .*inner.xlsx, hidden sheet Hosts, cell D14 in a hidden row$'
like "and in an archive within an archive" "$(found Watt-Meer-31)" '^2!/dir/inner.zip!/inventory.xlsx	hidden sheet Hosts, cell D14 in a hidden row$'
like "a tracked deletion is read, though the file is named wrongly" "$(found Deich-Graf-82)" '^2	before changes of text, paragraph '
like "so is a comment" "$(found 7719)" '^2	comments'
is "a sheet of Excel 97 gives its cell" "$(found Priel-Sand-55)" "2	sheet Open, cell B2"
is "a hidden one too" "$(found Balje-Torf-903)" "2	hidden sheet Hidden, cell C5"
is "a binary workbook gives its cells" "$(found Siel-Tor-818)" "2	sheet Hosts, cell C5"
is "those of its hidden sheets too" "$(found Priel-Alt-819)" "2	hidden sheet Old, cell B1"
is "and its comments" "$(found 8204)" "2	comments, cell B7"
is "PowerPoint 97 gives its slides" "$(found Watt-Bake-820)" "3	slide 1, paragraph 1"
is "what stands on them" "$(found 8215)" "3	slide 1, paragraph 3"
is "and the notes to them" "$(found Lotse-Wort-822)" "3	notes page 1, paragraph 1"
like "Word 97: a link does not cut a password in two" "$(found Kap@Hoorn-61)" '^3	text, paragraph 2$'
is "nor is the kind of a form's field one" "$(found FORMDROPDOWN)" ""
like "RTF: bold letters do not either" "$(found Ufer-Loos-12)" '^2	text, paragraph 1$'
like "a file that was put into RTF is read" "$(found Siel-Wacht-4410)" '^2	embedded file note.txt, line 1$'
like "a table of a database gives its row" "$(found Hallig-Rad-74)" '^2	table logins, cell C1$|^2	table logins, row 1$'
like "also where the row goes on in further pages" "$(found Wurt-Lamm-266)" '^2	table logins, row 2$'
is "a path that leads out of an archive is a name" "$(found 6620)" "2!/../../etc/x.txt	line 1"

is "a message in an archive is read with its subject" "$(found Bake-Kiel-88)" "2!/kept.eml/subject	"
is "and with the message within it" "$(found Luv-Lee-404)" "2!/kept.eml/2/1	"
is "an empty string takes none of the others' places" "$(found Kolk-Watt-12)" "2	sheet Open, cell A4"
is "a password safe is an exposure of its own" "$(list exposures | grep -c '"class":"vault".*KeePass 2 database')" 1
is "with a finding for each copy" "$(grep -c '"class":"vault"' "$T/f")" 2
like "one of them in an archive" "$(grep '"class":"vault"' "$T/f" | field part)" '^2!/keep/team.kdbx$'

like "an exposure says where it stands in words a person can follow" "$(list exposures | field last_where)" '^hidden sheet Hosts, cell D14 in a hidden row of dir/inner.zip!/inventory.xlsx in archive.zip$'
coverage=$(list coverage)
like "an archive with a password says so" "$coverage" '"part":"2!/plans.txt".*"reason":"encrypted: needs a password"'
like "a file within a letter that is cut off says so" "$coverage" '"filename":"cut.docx",.*"outcome":"partial","reason":"the archive is cut off here [a-z ()]+"'
like "a bomb says so" "$coverage" '"part":"2!/zero.txt".*longer than what is read'
ok "the report proves itself" "$TOCSIN" report --check --case "$CASE"
"$TOCSIN" report --case "$CASE" --format json >/dev/null
is "parts are counted by what they hold, whatever they are declared to be" "$(python3 -c '
import json, sys
for t in json.load(open(sys.argv[1]))["part_types"]: print(t["type"].split("officedocument.")[-1].split("vnd.")[-1], t["parts"])' "$CASE/out/report.json" | sort | tr '\n' ' ')" \
	"application/msword 1 application/octet-stream 1 application/rtf 1 application/zip 6 ms-excel 1 ms-excel.sheet.binary.macroenabled.12 1 ms-powerpoint 1 spreadsheetml.sheet 1 sqlite3 1 text/plain 15 wordprocessingml.document 2 "
"$TOCSIN" report --case "$CASE" >/dev/null
like "the report counts what lies in archives" "$(cat "$CASE/out/report.html")" 'In attached archives .*files were met; 3 of them could not be read, or not wholly'
if command -v sqlite3 >/dev/null; then
	cp -r "$CASE" "$T/bad"
	sqlite3 "$T/bad/case.db" "DELETE FROM coverage WHERE path LIKE '%plans.txt'"
	lost=$(list coverage | grep 'plans.txt' | field message_sha256)
	run "$TOCSIN" report --check --case "$T/bad"
	like "a part that loses its reason is found out" "$out" 'BROKEN +parts'
	like "and in which message" "$out" "$lost: [0-9]+ of [0-9]+ rows of what was not read"
fi

# An archive that is cut says so wherever the cut fell: within a picture, within a text, between members, in what is compressed.
mkdir "$T/cut" "$T/cuts"
python3 - "$T/cut" <<'PY'
import gzip, io, random, sys, tarfile, zipfile
noise = random.Random(3).randbytes(20000)
files = (("hosts.txt", b"password: Cut-Reef-31\n"), ("photo.png", b"\x89PNG\r\n\x1a\n" + noise), ("noise.bin", noise), ("last.txt", b"all well, " * 3000))
def zipped(how):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as z:
        for name, data in files:
            z.writestr(name, data)
    return out.getvalue()
tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w") as t:
    for name, data in files:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
tar, stored, packed = tar.getvalue(), zipped(0), zipped(8)
inner = io.BytesIO()
with zipfile.ZipFile(inner, "w") as z:
    z.writestr("inner.txt", "all well")
files = (files[0], ("inner.zip", inner.getvalue()), files[2])
within = zipped(0)
for name, data, end in (("1-stored.zip", stored, 9000), ("2-packed.zip", packed, 9000), ("3-noise.zip", packed, 25000), ("4-text.zip", stored, 45000),
                        ("9-within.zip", within, within.index(noise) + 9000), ("5-between.zip", stored, stored.index(b"PK\3\4", 20100)), ("6.tar", tar, 9000), ("7-noise.tar", tar, 30000),
                        ("8-text.csv.gz", gzip.compress(b"password: Cut-Reef-31\n" + bytes(range(48, 58)) * 20), -8)):
    open(sys.argv[1] + "/" + name, "wb").write(data[:end])
PY
python3 "$SRC/t/make-held.py" "$T/cuts/1.eml" "$T"/cut/*
CASE=$T/c14; new_case "$CASE"
ingest "$T/cuts"; scan
is "what stands before a cut is read, also where the end of another archive stands there" "$(list findings --reveal | grep -c Cut-Reef-31)" 9
is "an archive that is cut says so at the member in which it is" "$(list coverage | grep -F 'the archive is cut off here' | field part outcome)" \
	"$(printf '%s\t%s\n' 10!/noise.bin not_read 2!/photo.png not_read 3!/photo.png not_read 4!/noise.bin not_read 5!/last.txt partial 7!/photo.png not_read 8!/noise.bin not_read 9!/8-text.csv partial)"
like "beside what that is" "$(list coverage)" '"part":"3!/photo.png".*"reason":"the archive is cut off here \([^)]*\(-5\)\): PNG image'
like "also where it is between two" "$(list coverage)" '"part":"6!/5-between".*"reason":"the archive is damaged or cut off here"'

# An archive whose members are packed together by a method that is not known: the first says that the others are not read, either.
mkdir "$T/solid"
python3 - "$T/solid.7z" <<'PY'
import struct, sys, zlib
data, names = b"password: Solid-Reef-33\n", "".join(n + "\0" for n in ("one.txt", "two.txt")).encode("utf-16-le")
header = (bytes((1, 4, 6, 0, 1, 9, len(data), 0, 7, 11, 1, 0, 1, 1, 9, 12, len(data), 0, 8, 13, 2, 9, 10, 0, 0, 5, 2, 17, len(names) + 1, 0)) + names + bytes(2))
start = struct.pack("<QQI", len(data), len(header), zlib.crc32(header))
open(sys.argv[1], "wb").write(b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + data + header)
PY
python3 "$SRC/t/make-held.py" "$T/solid/1.eml" "$T/solid.7z"
CASE=$T/c-solid; new_case "$CASE"
ingest "$T/solid"; scan
like "what is packed with others by a method that is not known says so of all of them" "$(list coverage)" '"part":"2!/one.txt".*"reason":"[^"]*: nor is what follows it in the archive read"'
CASE=$T/c

# A container of a kind that is not known, in which an archive lies as it is: that is read, and the rest says that it was not.
mkdir "$T/behind" "$T/found"
python3 - "$T/behind" <<'PY'
import io, sys, zipfile
inner = io.BytesIO()
with zipfile.ZipFile(inner, "w") as z:
    z.writestr("hosts.txt", "password: Behind-Reef-32\n")
for name, before in (("1-image.bin", b"MSWIM\0\0\0" + bytes(range(256)) * 9), ("2-setup.exe", b"MZ" + bytes(range(256)) * 9), ("3-mailed.zip", b"\r\n")):
    open(sys.argv[1] + "/" + name, "wb").write(before + inner.getvalue())
PY
python3 "$SRC/t/make-held.py" "$T/found/1.eml" "$T"/behind/*
CASE=$T/behind-it; new_case "$CASE"
ingest "$T/found"; scan
is "an archive behind something else is read" "$(list findings --reveal | grep Behind-Reef-32 | field part | tr '\n' ' ')" "2!/hosts.txt 3!/hosts.txt 4!/hosts.txt "
is "and what that is is not passed over in silence, but for a program that unpacks itself" "$(list coverage | field part outcome reason)" \
	"$(printf '%s\t%s\t%s' 2 not_read 'an archive was found in it and read: what stands before that was not')"
ok "with each part told once" "$TOCSIN" report --check --case "$CASE"
CASE=$T/c

# The same attachment in several messages is read once by a worker: its rows are what reading it each time gives.
mkdir "$T/same"
python3 - "$T" <<'PY'
import random, sys, zipfile
draw = random.Random(7)
for name in ("first.zip", "second.zip"):
    with zipfile.ZipFile(sys.argv[1] + "/" + name, "w") as z:
        z.writestr("hosts.csv", "host;password\nreef01;Twice-%s-71\n" % name[:5])
        z.writestr("note.txt", "password: Again-%s-72\n" % name[:5])
        z.writestr("noise.bin", draw.randbytes(9000))
PY
python3 "$SRC/t/make-held.py" "$T/same/1.eml" "$T/first.zip" "$T/second.zip"
python3 "$SRC/t/make-held.py" "$T/same/2.eml" "$T/second.zip" "$T/first.zip"
python3 "$SRC/t/make-held.py" "$T/same/3.eml" "$T/first.zip" "$T/first.zip"
facts() { list findings; list coverage; }
for i in 1 2 3; do
	CASE=$T/one$i; new_case "$CASE"
	ingest "$T/same/$i.eml"; scan
	facts
done | sort >"$T/each"
CASE=$T/all; new_case "$CASE"
ingest "$T/same"; scan --workers 1
facts | sort >"$T/together"
same "findings in attachments that are the same are those of reading each" "$T/each" "$T/together"
is "in every message and at its own part" "$(list findings --reveal | grep Twice-first-71 | field part | sort | tr '\n' ' ')" "2!/hosts.csv 2!/hosts.csv 3!/hosts.csv 3!/hosts.csv "
exits "each part has its outcome" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$T/c

# What other programs made of a file: BinHex and yEnc, the two forks of a Mac, and what lies elsewhere.
mkdir "$T/mac"
python3 - "$T/mac" <<'PY'
import base64, sys
def save(name, head, *parts):
    body = head if not parts else "Content-Type: multipart/%s; boundary=b\r\n\r\n%s--b--\r\n" % (head, "".join("--b\r\n%s\r\n" % p for p in parts))
    with open(sys.argv[1] + "/" + name, "wb") as f:
        f.write(b"From: a@kestrel.example\r\nSubject: mac\r\nMIME-Version: 1.0\r\n" + body.encode("latin-1"))
def b64(data):
    return "Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(data).decode()
secret = b"password: %s\r\n"
yenc = secret % b"Yenc-Reef-871"
save("1.eml", "appledouble", "Content-Type: application/applefile; name=hosts.txt\r\n" + b64(b"\0\5\x16\7\0\2\0\0" + bytes(60)),
     "Content-Type: text/plain; name=hosts.txt\r\n" + b64(secret % b"Fork-Reef-872"))
save("2.eml", "mixed", "Content-Type: application/applefile; name=one\r\n" + b64(b"\0\5\x16\0\0\2\0\0" + bytes(60)),
     "Content-Type: message/external-body; access-type=ftp; name=far.txt\r\n\r\nContent-Type: text/plain\r\n")
save("3.eml", "Content-Type: text/plain\r\n\r\n=ybegin line=128 size=%d name=hosts.txt\r\n%s\r\n=yend size=%d\r\n" % (
     len(yenc), "".join(chr(c) if c not in (0, 10, 13, 61) else "=" + chr(c + 64 & 255) for c in (b + 42 & 255 for b in yenc)), len(yenc)))
PY
CASE=$T/c10; new_case "$CASE"
ingest "$T/mac"; scan
is "the data of a Mac's file is read, and what is in yEnc" "$(list findings --reveal | field value where | sort)" \
	"$(printf '%s\tline 1 of hosts.txt\n' Fork-Reef-872 Yenc-Reef-871)"
coverage=$(list coverage)
like "the other fork says what it is" "$coverage" '"reason":"AppleDouble file"'
like "so does a file in which both are" "$coverage" '"reason":"AppleSingle file: unpack it on a Mac"'
like "and what lies elsewhere" "$coverage" '"reason":"what it holds lies elsewhere \(message/external-body\)"'
CASE=$T/c

# Words that are folded, escaped, encoded, or bytes.
mkdir "$T/forms" "$T/formed"
python3 "$SRC/t/make-forms.py" "$T/forms"
(cd "$T/forms" && python3 "$SRC/t/make-held.py" "$T/formed/1.eml" call.ics ivo.vcf vpn.reg host.rdp page.mht saved.eml)
CASE=$T/f2; new_case "$CASE"
ingest "$T/formed"; scan
list findings --reveal >"$T/f"
is "a folded line of an event is one" "$(found Fold-Reef-771)" "2	event Bridge call, line 5"
is "what is attached to it is read" "$(found Ics-Reef-777)" "2	embedded file ATTACH, line 1"
is "so is quoted-printable of a contact" "$(found Card-Reef-772)" "3	contact Ivo Zak, line 4"
is "an escaped value of the registry gives its key" "$(found 'Reg\\Reef-773')" '4	key HKEY_CURRENT_USER\Software\Tern\Vpn, line 5'
is "one that is written as bytes is a text" "$(found Hex-Reef-774 | cut -f1)" 4
is "a password that Remote Desktop keeps is a vault" "$(list findings | grep '"class":"vault"' | field part place)" "5	Remote Desktop settings, line 4"
printf 'Subject: x\nContent-Type: text/plain; format=flowed; delsp=yes\n\nbook it to DE89370 \n400440532 \n013000\n' >"$T/formed/2.eml"
printf 'Subject: y\nContent-Type: message/partial; id=q; number=1; total=2\n\nSubject: all\n\npassword: Part-Reef-75\n' >"$T/formed/3.eml"
printf 'Subject: z\nContent-Type: multipart/mixed; boundary=b\n\npassword: Fore-Reef-76\n--b\n\nx\n--b--\npassword: Aft-Reef-77\n' >"$T/formed/4.eml"
printf 'Subject: w\nContent-Type: text/plain; name="the password: Name-Reef-77.txt"\n\nx\n' >"$T/formed/5.eml"
ingest "$T/formed"; scan
list findings --reveal >"$T/f"
is "what stands before the parts of a message is read" "$(found Fore-Reef-76 | cut -f1)" preamble
is "so is the name of a file" "$(found Name-Reef-77 | cut -f1)" names
is "and behind them" "$(found Aft-Reef-77 | cut -f1)" epilogue
is "a number that soft line breaks cut is one, and found again" "$(found DE89370400440532013000)" "1	"
is "a piece of a message is read" "$(found Part-Reef-75)" "1	"
like "and says that it is one" "$(list coverage)" '"type":"message/partial".*"outcome":"partial","reason":"piece 1 of 2 of a message, not put together: piece 2 is not in the case"'
is "a saved page is read part by part, each by the name that people have for it" "$(grep -E 'Page-Reef-775|Frame-Reef-779' "$T/f" | field where)" \
	"$(printf '%s\n' 'frame.html in page.mht' 'the page in page.mht')"
like "also what is not read of it" "$(list coverage)" '"part":"6!/image002.png"'
is "a saved mail too" "$(grep Saved-Reef-776 "$T/f" | field where)" "the text in saved.eml"
CASE=$T/c

# Of kinds of files that are not read as what they are the letters are, and others say what they are.
mkdir "$T/kinds" "$T/kindly"
python3 - "$T/kinds" <<'PY'
import plistlib, struct, sys
say = "the password: Kind-Reef-%d"
def save(name, data):
    open(sys.argv[1] + "/" + name, "wb").write(data)
save("1.plist", plistlib.dumps({"note": say % 11, "more": list(range(99))}, fmt=plistlib.FMT_BINARY))
save("2.accdb", b"\0\1\0\0Standard ACE DB\0" + bytes(4076) + (say % 12).encode("utf-16-le") + bytes(400))
save("3.mdb", b"\0\1\0\0Standard Jet DB\0" + bytes(4076) + (say % 13).encode() + bytes(400))
save("4.lnk", struct.pack("<I16sI52x", 0x4c, bytes.fromhex("0114020000000000c000000000000046"), 0xa4) + (say % 14).encode("utf-16-le"))
save("5.evtx", b"ElfFile\0" + bytes(400) + (say % 15).encode("utf-16-le") + bytes(400))
save("6.vhd", b"conectix" + bytes(504))
save("7.dmg", bytes(2000))
save("8.parquet", b"PAR1" + bytes(200) + b"PAR1")
PY
python3 "$SRC/t/make-held.py" "$T/kindly/1.eml" "$T"/kinds/*
CASE=$T/c15; new_case "$CASE"
ingest "$T/kindly"; scan
is "the lines of a property list and the letters of a database, a shortcut and an event log are read" "$(list findings --reveal | field value where | sort)" \
	"$(printf '%s\t%s of %s\n' Kind-Reef-11 'property list, paragraph 100' 1.plist; printf '%s\tletters of %s\n' Kind-Reef-12 2.accdb Kind-Reef-13 3.mdb Kind-Reef-14 4.lnk Kind-Reef-15 5.evtx)"
coverage=$(list coverage)
like "which says that they are all that is" "$coverage" '"filename":"2.accdb",.*"outcome":"partial","reason":"Access database: the letters in it were read, not its tables"'
like "discs of other machines say what to do" "$coverage" '"filename":"6.vhd",.*"outcome":"not_read","reason":"disc of a virtual machine \(.vhd\): open it with'
like "so do those of a Mac" "$coverage" '"filename":"7.dmg",.*"outcome":"not_read","reason":"by its name an image of a disc \(macOS\)'
like "a table of Parquet is one" "$coverage" '"filename":"8.parquet",.*"outcome":"not_read","reason":"Parquet table"'
CASE=$T/c

# Files in which programs keep passwords: read where they are only turned into other letters, else vaults.
mkdir "$T/keeps" "$T/kept"
python3 "$SRC/t/make-keeps.py" "$T/keeps" >"$T/kept.tsv"
python3 "$SRC/t/make-held.py" "$T/kept/1.eml" "$T"/keeps/*
CASE=$T/c5; new_case "$CASE"
ingest "$T/kept"; scan
list findings --reveal | field class value where >"$T/f"
is "what programs keep is found, or is a vault" "$(while IFS=$(printf '\t') read -r file class value; do
	grep -q "^$class	$value.*$file\$" "$T/f" || echo "$file: $value"; done <"$T/kept.tsv")" ""
is "and nothing else is taken for one" "$(wc -l <"$T/f")" "$(wc -l <"$T/kept.tsv")"
CASE=$T/c

# The files in which people send each other a way in, and what password managers export: attached, and in an archive.
mkdir "$T/configs" "$T/exports" "$T/sent"
python3 "$SRC/t/make-configs.py" "$T/configs" >"$T/configs.tsv"
python3 "$SRC/t/make-exports.py" "$T/exports" >"$T/exports.tsv"
for set in configs exports; do
	(cd "$T/$set" && zip -q "$T/$set.zip" ./* $(find . -name '.?*' -type f))
	python3 "$SRC/t/make-held.py" "$T/sent/$set.eml" "$T/$set"/* $(find "$T/$set" -name '.?*' -type f) "$T/$set.zip"
done
CASE=$T/c6; new_case "$CASE"
ingest "$T/sent"; scan
list findings --reveal | sed 's/\\[nr]/ /g' | field class value where >"$T/f"
# each SET: what is not found of it, alone and in the archive; a value with a backslash is no matter of which awk it is (-v reads escapes)
each() {
	while IFS=$(printf '\t') read -r file class value; do
		[ "$(c="$class" v="$value" f="$file" awk -F '\t' '$1 == ENVIRON["c"] && index($2, ENVIRON["v"]) == 1 && index($3, ENVIRON["f"]) { k[$3 ~ /[.]zip$/]++ } END { print (k[0] > 0) + (k[1] > 0) }' "$T/f")" = 2 ] || echo "$file: $class $value"
	done <"$T/$1.tsv"
}
is "each way in is found in the file that has it, also in an archive" "$(each configs)" ""
is "what password managers export is found too, and what they keep is a vault" "$(each exports)" ""
is "and nothing else is taken for a secret" "$(wc -l <"$T/f")" "$(($(cat "$T/configs.tsv" "$T/exports.tsv" | wc -l) * 2))"
like "what only its name calls an encrypted volume says so" "$(list coverage)" '"filename":"disk.hc",.*"outcome":"not_read","reason":"by its name an encrypted volume \(VeraCrypt\)'
CASE=$T/c

# Cabinets and images of discs.
mkdir "$T/images" "$T/imaged"
python3 "$SRC/t/make-images.py" "$T/images"
python3 "$SRC/t/make-held.py" "$T/imaged/1.eml" "$T"/images/*
CASE=$T/c4; new_case "$CASE"
ingest "$T/imaged"; scan
is "a cabinet and an image of a disc are opened" "$(list findings --reveal | field value where | sort)" \
	"$(printf '%s\t%s\n' Cab-Reef-71 'line 2 of hosts.csv in hosts.cab' Iso-Reef-71 'line 2 of HOSTS.CSV in hosts.iso')"
CASE=$T/c

# Where nobody looks: hidden, beside the text, or only for the program.
mkdir "$T/corners" "$T/cornered"
{ python3 "$SRC/t/make-corners.py" "$T/corners"; python3 "$SRC/t/make-old-corners.py" "$T/corners"; } >"$T/nooks"
python3 "$SRC/t/make-held.py" "$T/cornered/1.eml" "$T"/corners/*
printf 'Subject: h\nContent-Type: text/html\n\n<p>Hello<!-- password: Mail-Reef-78 --><!--[if mso]><i>96</i><![endif]--></p>\n' >"$T/cornered/2.eml"
CASE=$T/c3; new_case "$CASE"
ingest "$T/cornered"; scan
list findings --reveal >"$T/f"
is "each corner of a document is read" "$(cut -f2 "$T/nooks" | while read -r nook; do grep -q "\"value\":\"$nook\"" "$T/f" || grep "$nook\$" "$T/nooks"; done)" ""
like "a formula gives its cell" "$(field place where <"$T/f")" '^formulas and notes of sheet Open, cell B2	formulas .* of corners.xlsx$'
like "also in a sheet of Excel 97" "$(field place where <"$T/f")" '^formulas and notes of sheet Open, cell B3	formulas .* of corners.xls$'
like "so does what a cell asks for" "$(field place <"$T/f")" '^formulas and notes of sheet Open, cell C7$'
like "a part that has no place in the document says which it is" "$(field place <"$T/f")" '^part word/settings.xml$'
is "a comment in the text of a mail itself is read" "$(found Mail-Reef-78)" "1!/hidden markup	"
like "what was taken out of a PDF is found where the file still has it" "$(field where <"$T/f")" '^earlier version of the file, paragraph 1 of earlier.pdf$'
like "so is a page that is not shown" "$(field place <"$T/f")" '^page that is not shown 2$'
like "so do the comments of a page" "$(field where <"$T/f")" '^hidden markup in corners.html$'
CASE=$T/c

# Archives of every kind, sealed ones, and those that lie.
mkdir "$T/archives" "$T/packed"
python3 "$SRC/t/make-archives.py" "$T/archives" >"$T/archives.tsv"
for name in 7z 7z-sealed 7z-sealed-names; do cp "$SRC/fuzz/seeds/archive/$name" "$T/archives/$name.7z"; done
printf '7z.7z\tSeven-Reef-921\thosts.csv\n' >>"$T/archives.tsv"
printf 'the password: Zst-Reef-920\n' | zstd -q >"$T/archives/hosts.csv.zst"
printf 'hosts.csv.zst\tZst-Reef-920\thosts.csv\n' >>"$T/archives.tsv"
python3 "$SRC/t/make-held.py" "$T/packed/1.eml" "$T"/archives/*
CASE=$T/c9; new_case "$CASE"
ingest "$T/packed"; scan
is "what lies in them is found by the name it has there" "$(list findings --reveal | field value where | sort)" \
	"$(awk -F '\t' '{ print $2 "\tline 1 of " $3 " in " $1 }' "$T/archives.tsv" | sort)"
coverage=$(list coverage)
is "members of a 7z archive say what they need, and so do archives whose names are encrypted" "$(printf '%s\n' "$coverage" | grep -c '"part":"[0-9]*!/\(hosts.csv\|7z-sealed-names\|locked\)".*"reason":"encrypted: needs a password"')" 3
like "one of RAR that is encrypted in the way of version 2 says so" "$coverage" '"part":"[0-9]+!/hosts.csv".*"reason":"encrypted in a way that is not known here'
like "one that lies about a size says so" "$coverage" '!/short.txt".*"outcome":"partial","reason":"ZIP uncompressed data is wrong size'
for member in 'soft link' 'hard link' 'null device or other special file' 'pipe device or other special file'; do
	like "a member that is no file is none: ${member%% *}" "$coverage" "\"part\":\"[0-9]+!/${member%% *}\".*\"n_bytes\":0,.*\"reason\":\"${member#* }\""
done
like "archives within archives are opened to a depth, and say where it ends" "$coverage" '!/next.zip!/next.zip!/next.zip!/next.zip".*too deep to be opened'
like "a program is no archive" "$coverage" '"filename":"tool.exe",.*"reason":"Windows program"'
exits "each has its outcome" 0 "$TOCSIN" report --check --case "$CASE"
CASE=$T/c

# Documents within documents, whole projects of macros, what sheets hide.
mkdir "$T/nested" "$T/nests"
python3 "$SRC/t/make-nested.py" "$T/nested" >"$T/nested.tsv"
python3 "$SRC/t/make-held.py" "$T/nests/1.eml" "$T"/nested/*
CASE=$T/c7; new_case "$CASE"
ingest "$T/nests"; scan
list findings --reveal | field value where >"$T/f"
is "a secret within is found, and its place says in what and whether that is shown" "$(sort "$T/f")" \
	"$(awk -F '\t' '{ print $2 "\t" $3 ($3 ~ / in$/ ? " " : " of ") $1 }' "$T/nested.tsv" | sort)"
CASE=$T/c

# A message that says one thing in HTML and another in plain text.
mkdir "$T/two"
two() {
	printf 'From: a@kestrel.example\nTo: b@tern.example\nSubject: %s\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n%s\n--b\nContent-Type: %s\n\n%s\n--b--\n' "$1" "$2" "${4:-text/html}" "$3"
}
two html 'please see the HTML text' '<p>the pass<b>word</b> is: <i>Html-Reef-861</i></p>' >"$T/two/1.eml"
two plain 'the password is: Plain-Reef-862' '<p>please see the plain text</p>' >"$T/two/2.eml"
two both 'the password is: "Both Reef
863"' '<p>the password is: "Both Reef 863"</p>' >"$T/two/3.eml"
two within 'nothing' "$(printf -- '--c\nContent-Type: text/html\n\n<p>the password is: Within-Reef-864</p>\n--c--')" 'multipart/related; boundary=c' >"$T/two/4.eml"
python3 - "$T/two" <<'PY'
import sys
def mail(name, texts):
    with open("%s/%s.eml" % (sys.argv[1], name), "wb") as f:
        f.write(b"From: a@kestrel.example\nTo: b@tern.example\nSubject: %s\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n" % name.encode())
        for kind, text in texts:
            f.write(b"--b\nContent-Type: text/%s\n\n%s\n" % (kind, text))
        f.write(b"--b--\n")
mail("many", [(b"plain", b"nothing to see here, and no more of it than this\n" * 40000)] +
     [(b"html", b"<p>the password is: Beside-Reef-%d</p>" % i) for i in range(800)])
mail("picture", [(b"plain", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\2\0\0\0"), (b"html", b"<p>the password is: Picture-Reef-865</p>")])
PY
CASE=$T/c8; new_case "$CASE"
ingest "$T/two"; scan
list findings --reveal >"$T/f"
is "a secret in the HTML text alone is found and says so" "$(found Html-Reef-861)" "2	HTML text of the message, not in its plain text"
is "so is one in the plain text alone" "$(found Plain-Reef-862)" "1	plain text of the message, not in its HTML text"
is "and one of a page with its pictures" "$(found Within-Reef-864)" "2.1	HTML text of the message, not in its plain text"
is "of what both say nothing is told" "$(found "Both Reef 863" | cut -f2 | sort -u)" ""
is "nor beside a text that is none" "$(found Picture-Reef-865)" "2	"
is "hundreds of texts beside one of megabytes are each compared with it" "$(grep '"value":"Beside-Reef-' "$T/f" | field where | sort | uniq -c | tr -s ' ')" \
	" 800 HTML text of the message, not in its plain text"
CASE=$T/c

# Passwords that are given, and those that stand near.
rows "$CASE" >"$T/before"
printf 'nothing\nKäpt’n-8\n' >"$T/passwords"
run "$TOCSIN" scan --case "$CASE" --quiet --passwords "$T/passwords"
like "a password that is given opens what asks for it" "$out" 'parts opened by a password .* 1$'
list findings >"$T/f"
like "what is in it is found" "$(field part masked <"$T/f")" '^2!/more.txt'
like "the ledger says which, without the password" "$(list ledger | grep '"what":"open"')" '"part":"2!/more.txt".*"password_given_in_line":2'
unlike "what no password opened still says so" "$(list coverage)" 'more.txt'
like "here the other archive" "$(list coverage)" 'plans.txt'
printf 'policy:\n  try_passwords: true\n' >"$T/policy"
grep -v '^policy:\|^  notify\|^  scope\|^  approvals' "$CASE/case.yaml" | cat - "$T/policy" >"$T/case.yaml"
cp "$T/case.yaml" "$CASE/case.yaml"
run "$TOCSIN" scan --case "$CASE" --quiet
like "a password in the same thread is tried where the policy says so" "$out" 'parts opened by a password .* 1$'
like "and what it opened is read" "$(list findings | field part)" '^2!/plans.txt$'
like "the ledger names the message in which it stood" "$(list ledger | grep '"what":"open"' | tail -1)" 'password_found_in_message'
run "$TOCSIN" scan --case "$CASE" --quiet
unlike "then nothing is left to open" "$out" 'opened'
for secret in Tonne-Rot-9 'Käpt’n-8' Lotse-Boje-17; do
	is "$secret stands in no file of the case" "$(grep -rlaF "$secret" "$CASE" || :)" ""
done
ok "the report still proves itself" "$TOCSIN" report --check --case "$CASE"
stage report
like "and asks about the parts that were opened, whose text no dossier shows" "$(cat "$CASE/out/report.html")" '>2.{1,2}parts that a password opened'
done_testing
