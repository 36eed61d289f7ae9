"""make-held.py OUT FILE...: a mail with these files attached under their names."""
import os
import sys
from email.message import EmailMessage

m = EmailMessage()
m["From"], m["To"], m["Subject"] = "a@kestrel.example", "b@tern.example", "files"
m["Date"], m["Message-ID"] = "Fri, 7 Mar 2025 10:00:00 +0000", "<held@kestrel.example>"
m.set_content("Please keep these.\n")
for path in sys.argv[2:]:
    with open(path, "rb") as f:
        m.add_attachment(f.read(), maintype="application", subtype="octet-stream", filename=os.path.basename(path))
with open(sys.argv[1], "wb") as f:
    f.write(m.as_bytes())
