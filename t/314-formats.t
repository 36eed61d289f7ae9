#!/bin/sh
# Of each kind of document that people send the text is read, or the row says what it is and how far it was read; none is passed over.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
mkdir "$T/files" "$T/mail"
python3 "$SRC/t/make-formats.py" "$T/files"
python3 "$SRC/t/make-held.py" "$T/mail/1.eml" "$T"/files/*
new_case "$CASE"
ingest "$T/mail"; scan
is "each gives the password in it" "$(list findings --reveal | field value | grep -o 'Kind-Reef-.*' | sort)" "$(ls "$T/files" | tr . - | sed 's/^/Kind-Reef-/' | sort)"
like "also in Cyrillic, where only letters are read" "$(list findings --reveal)" '"value":"Риф-Кит-77"'
is "and says what it is where it is read for its letters alone" "$(list coverage | field filename outcome reason)" "$(printf '%s\tpartial\t%s\n' \
	mpp.mpp 'Project plan (.mpp): the letters in it were read, not their order' \
	other.sld 'a file of a program that is not known (in the form of old Office documents): the letters in it were read' \
	pub.pub 'Publisher document (.pub): the letters in it were read, not their order' \
	vsd.vsd 'Visio drawing (.vsd): the letters in it were read, but for what it compresses' \
	wps.wps 'Works document (.wps): the letters in it were read, not their order')"
exits "each part has its outcome" 0 "$TOCSIN" report --check --case "$CASE"

# Parts of Office packages have the names that their relationships say: a document that was edited in a browser is word/document2.xml.
mkdir "$T/parts" "$T/named"
python3 - "$T/parts" <<'PY'
import sys, zipfile
def save(name, main, related, parts, turn=False):
    folder, _, last = main.rpartition("/")
    relation = '<Relationship Id="r%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>'
    def relations(*v): return "<Relationships>" + "".join(relation % (i, *r) for i, r in enumerate(v, 1)) + "</Relationships>"
    with zipfile.ZipFile(sys.argv[1] + "/" + name, "w") as z:
        for path, text in (("[Content_Types].xml", "<Types/>"), ("_rels/.rels", relations(("officeDocument", main))),
                           (folder + "/_rels/" + last + ".rels", relations(*related)), *parts):
            member = zipfile.ZipInfo(path)
            member.filename = path.replace("/", "\\") if turn else path
            z.writestr(member, text)
def word(secret): return "<w:document><w:tbl>%s</w:tbl></w:document>" % "".join("<w:tr>%s</w:tr>" % "".join(
    "<w:tc><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>" % c for c in row) for row in (("host", "password"), ("reef01", secret)))
def note(secret): return "<w:footnotes><w:p><w:r><w:t>password</w:t></w:r><w:tab/><w:r><w:t>%s</w:t></w:r></w:p></w:footnotes>" % secret
book = '<workbook><sheets><sheet name="Hosts" r:id="r1"/></sheets></workbook>'
sheet = "<worksheet><sheetData>%s</sheetData></worksheet>" % "".join("<row>%s</row>" % "".join('<c t="s"><v>%d</v></c>' % (2 * r + c) for c in (0, 1)) for r in (0, 1))
def strings(secret): return "<sst>%s</sst>" % "".join("<si><t>%s</t></si>" % t for t in ("host", "password", "reef01", secret))
save("browser.docx", "word/document2.xml", [("footnotes", "footnotes2.xml")], [("word/document2.xml", word("Part-Reef-1")), ("word/footnotes2.xml", note("Part-Reef-2"))])
save("folder.docx", "text/main.xml", [], [("text/main.xml", word("Part-Reef-3"))])
save("turned.docx", "word/document.xml", [], [("word/document.xml", word("Part-Reef-4"))], True)
save("book2.xlsx", "xl/workbook2.xml", [("worksheet", "worksheets/sheet.xml"), ("sharedStrings", "/xl/sharedStrings2.xml")],
     [("xl/workbook2.xml", book), ("xl/worksheets/sheet.xml", sheet), ("xl/sharedStrings2.xml", strings("Part-Reef-5"))])
save("folder.xlsx", "book/in/workbook.xml", [("worksheet", "../sheets/a.xml"), ("sharedStrings", "strings.xml")],
     [("book/in/workbook.xml", book), ("book/sheets/a.xml", sheet), ("book/in/strings.xml", strings("Part-Reef-6"))])
save("slide.pptx", "ppt/presentation2.xml", [("slide", "slides/slide.xml")], [("ppt/presentation2.xml", "<presentation/>"),
     ("ppt/slides/slide.xml", word("Part-Reef-7")), ("ppt/slides/slide2.xml", word("Part-Reef-8"))])
# What no relationship leads to is read a text at a time.
save("loose.xlsx", "xl/workbook.xml", [], [("xl/workbook.xml", "<workbook/>"), ("xl/loose.xml", strings("Part-Reef-9"))])
PY
(cd "$T/parts" && python3 "$SRC/t/make-held.py" "$T/named/1.eml" browser.docx folder.docx turned.docx book2.xlsx folder.xlsx slide.pptx loose.xlsx)
CASE=$T/c2; new_case "$CASE"
ingest "$T/named"; scan
is "a row is a row and a cell a cell, whatever the parts of a package are called" "$(list findings --reveal | grep Part-Reef | field value place | sort -u)" "$(printf '%s\t%s\n' \
	Part-Reef-1 'text, paragraph 4' Part-Reef-2 'footnotes, paragraph 1' Part-Reef-3 'text, paragraph 4' Part-Reef-4 'text, paragraph 4' \
	Part-Reef-5 'sheet Hosts, cell B2' Part-Reef-6 'sheet Hosts, cell B2' Part-Reef-7 'slide 1, paragraph 4' Part-Reef-8 'slide 2, paragraph 4' Part-Reef-9 'part xl/loose.xml')"

# PostScript is a program that draws: words that stand in it are found, and nobody is told that it was read. Pages may be nothing but drawn.
mkdir "$T/drawn"
printf '%%!PS-Adobe-3.0\n/Courier 10 selectfont 40 700 moveto (password: Print-Reef-10) show\n(p)40 680(a)46 680(s)52 680(s)58 680 show\n' >"$T/print.ps"
python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    for name, text in (("[Content_Types].xml", "<Types/>"), ("Pages/1.fpage", "<FixedPage><Path Data=\"M0,0 L9,9\"/></FixedPage>")): z.writestr(name, text)' "$T/print.xps"
python3 "$SRC/t/make-held.py" "$T/drawn/1.eml" "$T/print.ps" "$T/print.xps"
CASE=$T/c3; new_case "$CASE"
ingest "$T/drawn"; scan
is "words of a PostScript program are found" "$(list findings --reveal | field value where)" "$(printf 'Print-Reef-10\tline 2 of print.ps')"
is "and that it draws others is said, as it is of pages without a word" "$(list coverage | field filename outcome reason)" "$(printf '%s\t%s\t%s\n' \
	print.ps partial 'PostScript document: words were read where they stand in its program as such, not as it draws them' \
	print.xps not_read 'no text in it: pictures of pages, perhaps')"
done_testing
