"""make-slow.py DIR: slow1.xlsx ... slow8.xlsx, workbooks that take a worker a tenth of a second each, heavy.xlsx, that takes it a
second, small.zip, that does so though it is small, and same.zip, that takes it none."""
import random
import sys
import zipfile


def workbook(path, n_rows, quay):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Berths" r:id="1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>')
        with z.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for r in range(1, n_rows):
                cells = "".join('<c t="inlineStr"><is><t>berth %d of quay %d</t></is></c>' % (c, r * quay) for c in range(40))
                sheet.write(('<row r="%d">%s</row>' % (r, cells)).encode())
            sheet.write(b"</sheetData></worksheet>")


folder = sys.argv[1]
for i in range(1, 9):
    workbook("%s/slow%d.xlsx" % (folder, i), 4000, i)
workbook(folder + "/heavy.xlsx", 30000, 9)
# The same second in less than 4 KiB, which is read with the text of its mail.
with zipfile.ZipFile(folder + "/small.zip", "w", zipfile.ZIP_DEFLATED) as z:
    with zipfile.ZipFile(folder + "/packed.xlsx", "w", zipfile.ZIP_DEFLATED) as x:
        x.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        x.writestr("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Berths" r:id="1"/></sheets></workbook>')
        x.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>')
        x.writestr("xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + '<row><c t="inlineStr"><is><t>alongside at quaylight.example</t></is></c></row>' + '<row><c t="inlineStr"><is><t>berth</t></is></c></row>' * 1200000)
    for name in ("packed.xlsx", "again.xlsx"):
        z.write(folder + "/packed.xlsx", name)
with zipfile.ZipFile(folder + "/same.zip", "w") as z:
    z.writestr("hosts.csv", "host;password\nreef01;Same-Reef-71\n")
    z.writestr("noise.bin", random.Random(7).randbytes(9000))
