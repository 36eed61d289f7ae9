"""make-names.py DIR: mails whose files, members of archives and sheets have secrets in their names."""
import email.message
import email.policy
import io
import sys
import zipfile

folder = sys.argv[1]
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64)


def archive(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def book(sheet, cell):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return archive(
        ("_rels/.rels", f"<Relationships><Relationship Id='r1' Type='{kind}' Target='xl/workbook.xml'/></Relationships>"),
        ("xl/workbook.xml", f"<workbook><sheets><sheet name='{sheet}' r:id='r1'/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='r1' Target='worksheets/a.xml'/></Relationships>"),
        ("xl/worksheets/a.xml", f"<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>{cell}</t></is></c></row></sheetData></worksheet>"))


def mail(number, *files):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = "ann@kestrelgate.example", "bo@quaylight.example", f"Files {number}"
    m["Date"], m["Message-ID"] = f"Mon, 05 Jan 2026 10:{number:02}:00 +0000", f"<names{number}@kestrelgate.example>"
    m.set_content("They are attached.\n")
    for name, data in files:
        m.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    with open(f"{folder}/{number}.eml", "wb") as f:
        f.write(m.as_bytes())
    return m.as_bytes()


mail(1, ("password: Name-Reef-11.txt", b"password: Inner-Reef-12\n"))
mail(2, ("Zugang, Passwort Name-Reef-21 für Büro.xlsx", book("Hosts", "password: Inner-Reef-22")), ("pw=Xk29!mmA.zip", archive(("a.txt", b"password: Inner-Reef-23\n"), ("b.png", PICTURE))))
mail(3, ("password Name-Reef-31.png", PICTURE), ("Name-Reef-31.zip.001", archive(("a.txt", b"x\n"))[:60]))
