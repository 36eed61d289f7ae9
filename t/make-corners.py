"""make-corners.py DIR: office documents with a secret in each corner: what is hidden, beside the text, or only for the program. Prints
the values, a line each: file, value."""
import base64
import io
import sqlite3
import sys
import warnings
import zipfile

warnings.simplefilter("ignore")  # of a name that is there twice
folder = sys.argv[1]
n = 0


def secret(file):
    global n
    n += 1
    print("%s\tNook-Reef-%d" % (file, n))
    return "password: Nook-Reef-%d" % n


def value(file):
    return secret(file).split()[1]


def package(file, parts):
    with zipfile.ZipFile(folder + "/" + file, "w", zipfile.ZIP_DEFLATED) as z:
        if parts[0][0] != "mimetype":
            z.writestr("[Content_Types].xml", "<Types/>")
        for name, text in parts:
            while "@" in text:
                text = text.replace("@", secret(file), 1)
            z.writestr(name, text, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)


def rels(*targets):
    return "<Relationships>%s</Relationships>" % "".join('<Relationship Id="r%d" Target="%s"/>' % (i, t) for i, t in enumerate(targets))


T = "<a:p><a:r><a:t>@</a:t></a:r></a:p>"
package("corners.docx", [
    ("word/document.xml", '<w:document xmlns:w="w"><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>@</w:t></w:r></w:p><w:p><w:moveFrom><w:r><w:t>@'
     '</w:t></w:r></w:moveFrom></w:p><w:p><w:sdt><w:sdtContent><w:r><w:t>@</w:t></w:r></w:sdtContent></w:sdt></w:p><w:p><w:r><wps:txbx>'
     '<w:txbxContent><w:p><w:r><w:t>@</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:r></w:p><w:p><w:r><wp:docPr id="1" descr="@"/>'
     '</w:r></w:p></w:document>'),
    ("word/document.xml", "<w:document><w:p><w:t>@</w:t></w:p></w:document>"),
    ("word/comments.xml", '<w:comments><w:comment w:author="@"/></w:comments>'),
    ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>@</w:t></w:r></w:p></w:hdr>"),
    ("word/footnotes.xml", "<w:footnotes><w:p><w:r><w:t>@</w:t></w:r></w:p></w:footnotes>"),
    ("word/settings.xml", '<w:settings><w:rsid w:val="00AB12CD"/><w:docVars><w:docVar w:name="x" w:val="@"/></w:docVars></w:settings>'),
    ("word/afchunk.html", "<html><body>@</body></html>"),
    ("word/charts/chart1.xml", "<c:chart><a:t>@</a:t><c:cat><c:v>@</c:v></c:cat></c:chart>"),
    ("word/_rels/document.xml.rels", '<Relationships><Relationship Id="r1" TargetMode="External" Target="https://reef/?@"/></Relationships>'),
    ("word/_rels/document.xml.rels", '<Relationships><Relationship Id="r1" TargetMode="External" Target="https://reef/?@"/></Relationships>'),
    ("customXml/item1.xml", "<root><value>@</value></root>"),
    ("docProps/app.xml", "<Properties><Company>@</Company></Properties>"),
    ("docProps/custom.xml", '<Properties><property name="x"><vt:lpwstr>@</vt:lpwstr></property></Properties>')])
package("corners.xlsx", [
    ("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Open" r:id="r0"/><sheet name="Very" state="veryHidden" r:id="r1"/></sheets>'
     '<definedNames><definedName name="x">"@"</definedName></definedNames></workbook>'),
    ("xl/_rels/workbook.xml.rels", rels("worksheets/sheet1.xml", "worksheets/sheet2.xml")),
    ("xl/worksheets/sheet1.xml", '<worksheet><sheetData><row r="2"><c r="B2" t="str"><f>CONCATENATE("@")</f><v>none</v></c></row></sheetData>'
     '<dataValidations><dataValidation sqref="C7" prompt="@"/></dataValidations><headerFooter><oddHeader>@</oddHeader></headerFooter></worksheet>'),
    ("xl/worksheets/sheet2.xml", '<worksheet><sheetData><row r="4"><c r="A4" t="inlineStr"><is><t>@</t></is></c></row></sheetData></worksheet>'),
    ("xl/comments1.xml", "<comments><authors><author>@</author></authors></comments>"),
    ("xl/connections.xml", '<connections><connection name="@" sourceFile="@"><webPr post="@"/></connection></connections>'),
    ("xl/queryTables/queryTable1.xml", '<queryTable name="@"/>'),
    ("xl/slicers/slicer1.xml", '<slicers><slicer caption="@"/></slicers>'),
    ("xl/persons/person.xml", '<personList><person userId="@"/></personList>'),
    ("xl/externalLinks/externalLink1.xml", '<externalLink><row r="1"><cell r="A1"><v>@</v></cell></row></externalLink>'),
    ("xl/pivotCache/pivotCacheRecords1.xml", '<pivotCacheRecords><r><s v="@"/></r></pivotCacheRecords>')])
package("corners.pptx", [
    ("ppt/presentation.xml", "<p:presentation/>"),
    ("ppt/slides/slide1.xml", '<p:sld show="0"><p:sp>%s</p:sp><a:tbl><a:tr><a:tc>%s</a:tc></a:tr></a:tbl></p:sld>' % (T, T)),
    ("ppt/notesSlides/notesSlide1.xml", "<p:notes>%s</p:notes>" % T),
    ("ppt/notesSlides/notesSlide1.xml", "<p:notes>%s</p:notes>" % T),
    ("ppt/comments/modernComment_1.xml", "<p188:cmLst><p188:cm>%s</p188:cm></p188:cmLst>" % T),
    ("ppt/slideMasters/slideMaster1.xml", "<p:sldMaster>%s</p:sldMaster>" % T),
    ("ppt/slides/slide2.xml", '<p:sld><p:nvSpPr><p:cNvPr id="2" name="Rectangle 7"/><p:cNvPr id="3" name="@"/></p:nvSpPr></p:sld>'),
    ("ppt/slideLayouts/slideLayout1.xml", '<p:sldLayout><p:cNvPr id="3" name="@"/></p:sldLayout>'),
    ("ppt/commentAuthors.xml", '<p:cmAuthorLst><p:cmAuthor id="1" name="@"/></p:cmAuthorLst>'),
    ("ppt/diagrams/drawing1.xml", "<dsp:drawing>%s</dsp:drawing>" % T),
    ("ppt/tags/tag1.xml", '<p:tagLst><p:tag name="X" val="@"/></p:tagLst>')])
package("corners.odt", [
    ("mimetype", "application/vnd.oasis.opendocument.text"),
    ("META-INF/manifest.xml", "<manifest/>"),
    ("content.xml", '<office:text><text:p>y<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>@</text:p></text:note-body>'
     '</text:note></text:p><text:p><text:hidden-text text:string-value="@"/></text:p><draw:frame draw:name="Image1"/><draw:frame draw:name="@"/></office:text>'),
    ("settings.xml", '<config:config-item config:name="CurrentDatabaseDataSource" config:type="string">@</config:config-item>'),
    ("Basic/Standard/Module1.xml", "<script:module>' @</script:module>"),
    ("meta.xml", "<office:meta><meta:user-defined>@</meta:user-defined></office:meta>")])


# Where programs keep what people typed: fields and their attributes, chunks of other formats, files in base64.
def ole(name, data):
    """An object of the packager, in base64, as a document of one file of XML has it: without a compound file around it, a package."""
    with io.BytesIO() as b:
        with zipfile.ZipFile(b, "w") as z:
            z.writestr(name, data)
        return base64.b64encode(b.getvalue()).decode()


MHT = ("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"x\"\n\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
       "<p>pass<b>wo=\nrd</b>: %s</p>\n--x--\n")
package("fields.docx", [
    ("word/document.xml", '<w:document><w:p><w:fldChar><w:ffData><w:textInput><w:default w:val="@"/></w:textInput></w:ffData></w:fldChar>'
     "<w:instrText>DOCVARIABLE </w:instrText><w:instrText>@</w:instrText><w:fldChar/></w:p><w:sdt><w:sdtPr><w:tag w:val='@'/><w:dropDownList>"
     "<w:listItem w:displayText='@'/></w:dropDownList></w:sdtPr></w:sdt><w:p><w:t>pass</w:t><v:shape alt='@'/><wp:docPr title='@'/><w:t>word: %s</w:t></w:p>"
     "<w:p><w:t>password: </w:t><w:del><w:delText>%s</w:delText></w:del><w:ins><w:t>%s</w:t></w:ins></w:p></w:document>"
     % (value("fields.docx"), value("fields.docx"), value("fields.docx"))),
    ("word/chunk.mht", MHT % value("fields.docx")),
    ("customXml/item1.xml", "<DataMashup>%s</DataMashup>" % ole("Formulas/Section1.m", "// " + secret("fields.docx")))])
package("fields.xlsx", [
    ("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Open" r:id="r0"/></sheets></workbook>'),
    ("xl/_rels/workbook.xml.rels", rels("worksheets/sheet1.xml")),
    ("xl/sharedStrings.xml", "<sst><si><t>@</t></si></sst>"),
    ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/><autoFilter><filters><filter val='@'/></filters></autoFilter><cfRule text='@'><formula>&quot;@&quot;"
     "</formula></cfRule><hyperlinks><hyperlink ref='A2' tooltip='@'/></hyperlinks><scenario name='@'/></worksheet>"),
    ("xl/ctrlProps/ctrlProp1.xml", "<itemLst><item val='@'/></itemLst>")])
package("again.odt", [
    ("META-INF/manifest.xml", "<manifest/>"),
    ("mimetype", "application/vnd.oasis.opendocument.text"),
    ("content.xml", '<office:text><form:form><form:password form:name="password" form:current-value="%s"/></form:form><text:p><draw:frame><svg:desc>@'
     "</svg:desc></draw:frame>x<office:annotation><dc:creator>A</dc:creator><text:p>@</text:p></office:annotation></text:p><presentation:header-decl>@"
     "</presentation:header-decl></office:text>" % value("again.odt")),
    ("Scripts/python/x.py", "# @")])
package("pages.xps", [
    ("Documents/1/Pages/1.fpage", '<FixedPage><Glyphs UnicodeString="pass" OriginX="10" OriginY="9" FontRenderingEmSize="10"/><Glyphs UnicodeString='
     '"word: %s" OriginX="30" OriginY="9" FontRenderingEmSize="10"/><Path AutomationProperties.HelpText="@"/></FixedPage>' % value("pages.xps")),
    ("Documents/1/Pages/2.fpage/[0].piece", '<FixedPage><Glyphs UnicodeString="@" Orig'),
    ("Documents/1/Pages/2.fpage/[1].last.piece", 'inX="1"/></FixedPage>')])


def flat(file, text):
    while "@" in text:
        text = text.replace("@", secret(file), 1)
    while "#" in text:
        text = text.replace("#", value(file), 1)
    with open(folder + "/" + file, "w") as f:
        f.write('<?xml version="1.0"?>' + text)


flat("word2003.xml", "<w:wordDocument><o:DocumentProperties><o:Title>@</o:Title></o:DocumentProperties><w:body><w:p><w:r><w:t>pass</w:t></w:r><w:r><w:t>"
     "word: #</w:t></w:r></w:p><w:p><aml:annotation w:type='Word.Deletion'><w:delText>@</w:delText></aml:annotation></w:p><w:binData w:name='x.zip'>"
     + ole("x.txt", secret("word2003.xml")) + "</w:binData></w:body></w:wordDocument>")
flat("excel2003.xml", "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='Old'><Table><Row><Cell><Data>Password</Data></Cell>"
     "<Cell><Data>#</Data><Comment><ss:Data><B>pass</B>word: #</ss:Data></Comment></Cell></Row><Row ss:Hidden='1'><Cell ss:HRefScreenTip='@'/></Row></Table>"
     "<Header x:Data='@'/></Worksheet></Workbook>")
flat("flat.fodt", "<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><dc:title>@</dc:title><text:p>pass<text:span>word: #"
     "</text:span></text:p><office:binary-data>" + ole("x.txt", secret("flat.fodt")) + "</office:binary-data></office:document>")


def pdf(file):
    def s():
        return secret(file).encode()

    def stream(kind, data):
        return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (kind, len(data), data)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R /OpenAction << /S /JavaScript /JS 9 0 R >> /AcroForm << /XFA [ (template) 5 0 R ] >>"
        b" /Names << /EmbeddedFiles << /Names [ (s) << /Type /Filespec /F (s.txt) /EF << /F 4 0 R >> >> ] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Annots [ << /Subtype /Text /Contents (%s) >> ] >>" % s(),
        stream(b"/Type /EmbeddedFile", s()),
        stream(b"", b"<xdp><field><value><text>%s</text></value></field></xdp>" % s()),
        b"<< /First 7 0 R >>",
        b"<< /Title (%s) /Parent 6 0 R >>" % s(),
        b"<< /FT /Tx /T (f) /TU (%s) /V (%s) >>" % (s(), s()),
        stream(b"", b"var x = 1; // %s" % s()),
        stream(b"/Type /Metadata /Subtype /XML", b"<x:xmpmeta><dc:description>%s</dc:description></x:xmpmeta>" % s()),
        b"<< /S /JavaScript /JS (%s) >>" % s(),
        b"<< /Title (x) /Company (%s) >>" % s()]
    objects += [
        b"<< /FT /Tx /T (password) /DV (%s) /AP << /N 14 0 R >> /MK << /CA (%s) >> >>" % (value(file).encode(), s()),
        stream(b"/Subtype /Form /Resources << /Font << /F 15 0 R >> >>", b"BT /F 9 Tf (%s) Tj ET" % s()),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /FT /Ch /T (g) /Opt [ (%s) [ (x) (%s) ] ] /V 17 0 R >>" % (s(), s()),
        stream(b"", s()),
        b"<< /Type /Page /Contents 19 0 R /Resources << /Font << /F 15 0 R >> >> >>",
        stream(b"", b"/Span << /ActualText (%s) >> BDC BT /F 9 Tf (%s) Tj ET EMC" % (s(), s())),
        b"<< /Subtype /Text /RC (<p>pass<b>word</b>: %s</p>) /Subj (%s) >>" % (value(file).encode(), s()),
        stream(b"/Type /Metadata", b"<rdf:Description pdf:Keywords='%s'/>" % s()),
        b"<< /FT /Tx /T (Text22[0]) /TU (Password) /V (%s) >>" % value(file).encode()]
    objects[2] = objects[2].replace(b"/Annots [", b"/Annots [ 13 0 R << /Subtype /Stamp /AP << /N 14 0 R >> >>")
    with open(folder + "/" + file, "wb") as f:
        f.write(b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (i + 1, o) for i, o in enumerate(objects)) +
                b"trailer << /Root 1 0 R /Info 12 0 R >>\n%%EOF\n")


pdf("corners.pdf")


def shows(words):
    return b"4 0 obj\n<< /Length %d >>\nstream\nBT /F 9 Tf (%s) Tj ET\nendstream\nendobj\n" % (len(words) + 15, words)


with open(folder + "/earlier.pdf", "wb") as f:  # what was blackened: the page was replaced, the old one is before it
    f.write(b"%PDF-1.7\n1 0 obj\n<< /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Kids [3 0 R] >>\nendobj\n3 0 obj\n<< /Type /Page /Contents 4 0 R /Resources "
            b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nendobj\n" + shows(secret("earlier.pdf").encode()) +
            b"trailer << /Root 1 0 R >>\n%%EOF\n" + shows(b"password: xxxxxxxxx") + b"trailer << /Root 1 0 R >>\n%%EOF\n")
db = sqlite3.connect(folder + "/corners.sqlite")
db.execute("PRAGMA secure_delete = 0")
db.execute("CREATE TABLE t (x)")
db.executemany("INSERT INTO t VALUES (?)", [("kept",), (secret("corners.sqlite"),), ("kept, too",)])
db.commit()
db.execute("DELETE FROM t WHERE x LIKE 'password%'")
db.commit()
db.close()
with open(folder + "/corners.rtf", "w") as f:
    f.write(r"{\rtf1\ansi{\info{\doccomm %s}}text{\v %s}\par {\*\annotation %s}{\footnote %s}end{\deleted  %s}{\shp{\*\shpinst{\shptxt %s}}}\par}"
            % tuple(secret("corners.rtf") for _ in range(6)))
with open(folder + "/corners.html", "w") as f:
    f.write("<html><title>%s</title><!-- %s --><p>text</p><img alt='%s'><script>var x = 1; // %s\n</script><b title='%s'>x</b>"
            "<!-- <p>pass<b>word</b>: %s</p> --><iframe srcdoc='&lt;i>%s&lt;/i>'></iframe><input type=password value='%s'>"
            "<input type=hidden name=password value='%s'><input placeholder='%s'><select><option value='%s'></select></html>"
            % tuple(value("corners.html") if i in (5, 7, 8) else secret("corners.html") for i in range(11)))
