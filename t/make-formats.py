"""make-formats.py DIR: a file of each kind that people send beside letters, sheets and slides, with a password in it. All is invented."""
import importlib.util, os, sys

spec = importlib.util.spec_from_file_location("attachments", os.path.join(os.path.dirname(__file__), "make-attachments.py"))
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
zipped, compound = made.zipped, made.compound
OXML = "http://purl.oclc.org/ooxml/"  # the strict namespaces (ISO 29500-1)


def secret(name): return "password: Kind-Reef-" + name.replace(".", "-")
def wide(text): return text.encode("utf-16le")


def word(name):
    return zipped([("[Content_Types].xml", "<Types/>"), ("word/document.xml", '<w:document xmlns:w="%swordprocessingml/main" w:conformance="strict"><w:body>'
                    "<w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>" % (OXML, secret(name)))])


def sheet(name):
    ns = 'xmlns="%sspreadsheetml/main" xmlns:r="%sofficeDocument/relationships"' % (OXML, OXML)
    return zipped([("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", '<workbook %s conformance="strict"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>' % ns),
        ("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'),
        ("xl/sharedStrings.xml", "<sst %s><si><t>%s</t></si></sst>" % (ns, secret(name))),
        ("xl/worksheets/sheet1.xml", '<worksheet %s><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>' % ns)])


def slide(name):
    return zipped([("[Content_Types].xml", "<Types/>"), ("ppt/slides/slide1.xml", '<p:sld xmlns:a="%sdrawingml/main" xmlns:p="%spresentationml/main"><p:cSld>'
        "<p:spTree><p:sp><p:txBody><a:p><a:r><a:t>%s</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>" % (OXML, OXML, secret(name)))])


def drawing(name):
    return zipped([("[Content_Types].xml", "<Types/>"), ("visio/pages/page1.xml", '<PageContents><Shapes><Shape ID="1"><Text><cp IX="0"/>%s\n</Text></Shape>'
        "</Shapes></PageContents>" % secret(name))])


def odf(kind, name, body):
    return zipped([("mimetype", "application/vnd.oasis.opendocument." + kind), ("content.xml", '<office:document-content xmlns:office="o" xmlns:text="t" '
        'xmlns:db="d" xmlns:draw="w"><office:body>%s</office:body></office:document-content>' % (body % secret(name))), ("META-INF/manifest.xml", "<m/>")])


files = {"vsd.vsd": compound([("VisioDocument", b"Visio (TM) Drawing\r\n\0" + bytes(4500) + wide(secret("vsd.vsd")))]),
    "pub.pub": compound([("Contents", bytes(4500)), ("Quill", bytes(50) + wide(secret("pub.pub")))]),
    "mpp.mpp": compound([("   114", bytes(100) + wide(secret("mpp.mpp"))), ("Props14", bytes(20))]),
    "wps.wps": compound([("CONTENTS", b"CHNKWKS" + bytes(90) + wide(secret("wps.wps"))), ("MatOST", bytes(20))]),
    "other.sld": compound([("Catalog", bytes(70) + wide("пароль: Риф-Кит-77 " + secret("other.sld")))]),
    "odg.odg": odf("graphics", "odg.odg", "<office:drawing><draw:page><draw:frame><draw:text-box><text:p>%s</text:p></draw:text-box></draw:frame></draw:page></office:drawing>"),
    "odb.odb": odf("base", "odb.odb", '<office:database><db:queries><db:query db:name="q" db:command="SELECT 1 -- %s"/></db:queries></office:database>'),
    "epub.epub": zipped([("mimetype", "application/epub+zip"), ("OEBPS/1.xhtml", "<html><body><p>%s</p></body></html>" % secret("epub.epub"))]),
    "pages.pages": zipped([("index.xml", '<sl:document xmlns:sl="s"><sl:p>%s</sl:p></sl:document>' % secret("pages.pages"))])}
for make, endings in ((word, "docx docm dotx dotm"), (sheet, "xlsx xlsm xltx xltm xlam"), (slide, "pptx pptm potx potm ppsx ppsm"), (drawing, "vsdx vssx vstx")):
    for ending in endings.split():
        files["a." + ending] = make("a." + ending)
for name, data in files.items():
    with open(os.path.join(sys.argv[1], name), "wb") as f:
        f.write(data)
