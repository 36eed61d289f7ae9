"""make-names.py DIR: mails whose files, members of archives and sheets have secrets in their names."""
import email.message
import email.policy
import importlib
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
letter = mail(4, ("password: Name-Reef-41.txt", b"password: Inner-Reef-42\n"))
inner = archive(("password: Memb-Reef-51.txt", b"password: Inner-Reef-52\n"), ("password: Memb-Reef-53.txt", b"password: Inner-Reef-54\n"))
mail(5, ("five.zip", archive(("the password: Memb-Reef-55/hosts.txt", b"password: Inner-Reef-56\n"), ("in/password Memb-Reef-57.zip", inner),
    ("password: Memb-Reef-58.png", PICTURE), ("password: ************.txt", b"password: Inner-Reef-59\n"), ("letter.eml", letter),
    ("Memb-Reef-57, password Memb-Reef-57.xlsx", book("Hosts", "password: Inner-Reef-60")))), ("letter.eml", letter))
mail(6, ("six.xlsx", book("password: Leaf-Reef-61", "password: Inner-Reef-62")))
# Large enough to wait for the text of all mail, and twice the same.
for number in 7, 8:
    mail(number, ("seven.zip", archive(("password Memb-Reef-71.csv", b"password: Inner-Reef-72\n" + b"a,b\n" * 9000))))
mail(9, ("nine.zip", archive(("password: Memb-Reef-91.txt", b"for Havre-Transit SA, and password: Inner-Reef-92\n"))))

# Outlook: the file of an item in a mailbox file, and of one in a mailbox file that is attached.
olm = importlib.import_module("make-olm")


def mailbox(number):
    attached = olm.BOX + "com.microsoft.__Attachments/1_0000"
    return archive(("Categories.xml", "<?xml version=\"1.0\"?><categories/>"), (attached, f"password: Inner-Reef-{number + 1}\n"),
        (olm.BOX + "Inbox/message_00000.xml", olm.emails(olm.email("Item", f"item{number}@tern.example", "2026-01-05T08:15:30", ("Ann", "ann@kestrelgate.example"),
            [("Bo", "bo@quaylight.example")], "see", "", [(f"password: Name-Reef-{number}.txt", "text/plain", attached)]))))


with open(folder + "/box.olm", "wb") as f:
    f.write(mailbox(93))
mail(10, ("old.olm", mailbox(95)))
