"""make-places.py DIR: mails with a secret at every place where text may stand, each its own: "Plac-Reef-" and a number."""
import base64
import io
import sys
import zipfile

folder = sys.argv[1]
PASSWORDS = "password: "


def encoded(text):
    return "=?utf-8?B?" + base64.b64encode(text.encode()).decode() + "?="


def mail(number, header, body="x\n"):
    header += f"\nDate: Mon, 05 Jan 2026 10:{number:02}:00 +0000\nMessage-ID: <places{number}@kestrelgate.example>"
    for name, value in ("From", "ann@kestrelgate.example"), ("To", "bo@quaylight.example"), ("Subject", f"See {number}"):
        if name + ":" not in [line.split(" ")[0] for line in header.split("\n")]:
            header += f"\n{name}: {value}"
    with open(f"{folder}/{number:02}.eml", "wb") as f:
        f.write((header.strip() + "\n\n" + body).replace("\n", "\r\n").encode())


def parts(*all_of_them):
    """A body of parts, each its header and its text."""
    return "".join(f"--b\n{header}\n\n{text}\n" for header, text in all_of_them) + "--b--\n"


MIXED = "Content-Type: multipart/mixed; boundary=b"

# What people are called, and what stands beside that.
mail(1, 'From: "Ann, password: Plac-Reef-11" <ann@kestrelgate.example>')
mail(2, "To: bo@quaylight.example (password: Plac-Reef-12)")
mail(3, f"To: bo@quaylight.example ({encoded('password: Plac-Reef-13')})")
mail(4, "To: Bo <bo@quaylight.example> password: Plac-Reef-14\nCc: password: Plac-Reef-15 for you: jo@havretransit.example;")
mail(5, f"Reply-To: {encoded('The password is Plac-Reef-16')} <ann@kestrelgate.example>\n"
    "Sender: Ann (the password is Plac-Reef-17) <ann@kestrelgate.example>\nResent-From: Bo (password:\n\tPlac-Reef-18) <bo@quaylight.example>\n"
    'Resent-To: "Jo password: Plac-Reef-19" <jo@havretransit.example>\nList-Id: password: Plac-Reef-20 <l.quaylight.example>')
mail(6, 'From: Ann Ek (the password is Plac-Reef-21) <ann@kestrelgate.example>\nTo: "Bo (the password is Plac-Reef-22) Ek" <bo@quaylight.example>,\n'
    ' "Jo, Plac-Reef-21" <jo@havretransit.example>')
mail(7, 'From: "PIN 482193 for the gate" <bo@quaylight.example>\nTo: "It\'s \\"Ann\\", password: Plac-Reef-23" <ann@kestrelgate.example>, Bo <bo@gmail.com>')

# What says itself nothing of a secret, and what it is called elsewhere in the message.
mail(8, 'Subject: Re: Plac-Reef-24\nTo: "Bo Plac-Reef-24" <bo@quaylight.example>\n' + MIXED,
    parts(("Content-Type: text/plain", PASSWORDS + "Plac-Reef-24\n"), ('Content-Type: application/octet-stream; name="Plac-Reef-25.txt"', PASSWORDS + "Plac-Reef-25\n")))
# So do attachments that wait until the text of all mail is read; of two that are the same one is read.
for n, subject in (9, "about Plac-Reef-26"), (10, "Plac-Reef-26? the same"):
    mail(n, f"Subject: {subject}\n" + MIXED, parts(("Content-Type: text/plain", "It is attached.\n"),
        ('Content-Type: application/octet-stream; name="Plac-Reef-26.txt"', PASSWORDS + "Plac-Reef-26\n" + "a,b\n" * 2000)))
# A usual word is no sign of one, nor a short one.
mail(11, "Subject: Re: harbour 4821 in summer", "The password is harbour and the PIN of the alarm is 4821.\n")

# Fields of all kinds, of the mail and its parts.
mail(12, "Subject: password: Plac-Reef-27\nSubject: password: Plac-Reef-28\nX-Note: password: Plac-Reef-29\nX-Password: Plac-Reef-30\n"
    "Organization: Quaylight password: Plac-Reef-31\nComments: password: Plac-Reef-32\nKeywords: password: Plac-Reef-33\nX-Mailer: password: Plac-Hide-1\n"
    "In-Reply-To: the mail of (password: Plac-Hide-2) <a@b.example>\nReferences: <password=Plac-Hide-3@b.example>\n" + MIXED, parts(
    ("Content-Description: password: Plac-Reef-34\nContent-ID: <password=Plac-Hide-4@b>", "x"),
    ('Content-Type: text/calendar; name="password: Plac-Reef-35.ics"', "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:password: Plac-Reef-36\nSUMMARY:password: Plac-Reef-37\n"
        'ORGANIZER;CN="password: Plac-Reef-38":mailto:ann@kestrelgate.example\nLOCATION:password: Plac-Reef-39\nDESCRIPTION:password: Plac-Reef-40\n'
        "X-FOO:password: Plac-Reef-41\nEND:VEVENT\nEND:VCALENDAR\n"),
    ('Content-Type: text/vcard\nContent-Disposition: attachment; filename="c.vcf"', "BEGIN:VCARD\nVERSION:3.0\nFN:Bo password: Plac-Reef-42\nNOTE:password: Plac-Reef-43\n"
        "ORG:Quaylight;password: Plac-Reef-44\nEND:VCARD\n")))
mail(13, "Content-Type: multipart/mixed; boundary=b; x=\"password: Plac-Hide-5\"", "password: Plac-Reef-45\n" + parts(
    ("Content-Type: text/x-password-Plac-Reef-46", PASSWORDS + "Plac-Reef-46\n"),
    ("Content-Type: text/html", '<a href="https://vpn.quaylight.example/?password=Plac-Reef-47" title="password: Plac-Reef-48">password: Plac-Reef-49</a>'
        '<img alt="password: Plac-Reef-50"><!-- password: Plac-Reef-51 -->'),
    ('Content-Type: text/plain; charset="password: Plac-Reef-52"\nContent-Transfer-Encoding: password: Plac-Reef-53', "password: Plac-Reef-52 and password: Plac-Reef-53\n"),
    ("Content-Type: message/rfc822", 'From: "password: Plac-Reef-54" <x@quaylight.example>\nSubject: password: Plac-Reef-55\n\npassword: Plac-Reef-56\n')) + "password: Plac-Reef-57\n")
out = io.BytesIO()
with zipfile.ZipFile(out, "w") as z:
    z.writestr("password: Plac-Reef-58/password: Plac-Reef-59.txt", "password: Plac-Reef-60\n")
    z.comment = b"password: Plac-Hide-6"
mail(14, MIXED, parts(('Content-Type: application/zip; name="a.zip"\nContent-Transfer-Encoding: base64', base64.b64encode(out.getvalue()).decode())))

# Who makes the name of an account its password tells both with one word.
mail(16, "Subject: accounts", "user: Plac-Reef-63\npassword: Plac-Reef-63\n")
mail(17, "Subject: more accounts", "account Plac-Reef-64@quaylight.example, password: Plac-Reef-64\n")
mail(18, "Subject: a host", "vpn.quaylight.example, password: Plac-Reef-65\n")

# Nor does anything in this one say what another does.
mail(19, 'Subject: Re: Fwd: "Plac-Reef-24", (Plac-Reef-12)?\nTo: "Say \\"Plac-Reef-11\\", please" <bo@quaylight.example>\n' + MIXED,
    parts(("Content-Type: text/plain", "Thanks.\n"), ('Content-Type: application/x-y; name="the Plac-Reef-13.bin"', "\1\2\3\n")))

# What a member of an archive is called, only its own text or that of the mail says what that is.
out = io.BytesIO()
with zipfile.ZipFile(out, "w") as z:
    z.writestr("in/Plac-Reef-66.txt", "the password: Plac-Reef-66\n")
    z.writestr("Plac-Reef-67.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64))
    z.writestr("b.txt", "password: Plac-Reef-68\n")
mail(20, MIXED, parts(("Content-Type: text/plain", "The password is Plac-Reef-67.\n"),
    ('Content-Type: application/zip; name="b.zip"\nContent-Transfer-Encoding: base64', base64.b64encode(out.getvalue()).decode())))

# The mark at its end is its own.
mail(21, "Subject: for the till", "password: Plac-Reef-69!\n")
mail(22, "Subject: Re: (Plac-Reef-69! thanks)", "Good.\n")

# Somebody else's organisation is named beside it, and reads just that.
mail(15, 'From: "Kim Doe (the password is Plac-Reef-61)" <kim@ridgewayfreight.example>\nTo: ann@kestrelgate.example',
    "Kim Doe said that Nordwall Spedition GmbH has it: password: Plac-Reef-62 for vpn.nordwall.example\n")
